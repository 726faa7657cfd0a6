# METADATA
# title: A column that sounds like a person is labelled
# description: >
#   A column named after an e-mail address, a birthday or an account number is personal data until somebody
#   says that it is not; without the label it is neither masked nor kept out of files.
# custom:
#   id: MESH-CLS-001
#   severity: warning
#   remediation: >
#     Give the column the label of personal data, or a name that says what it holds instead.
package meshc.classification.personal_names

import data.meshc.lib.names
import rego.v1

deny contains finding if {
	count(input.governance.masked) > 0
	some product in input.products
	some column in product.columns
	not column.classification in input.governance.masked
	names.personal(column.name)
	finding := {"message": sprintf("the column `%s` of `%s` sounds personal and is labelled %s", [column.name, product.address, column.classification]), "at": column.at}
}
