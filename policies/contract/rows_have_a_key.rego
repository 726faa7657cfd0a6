# METADATA
# title: A row can be told from another
# description: >
#   Without a key nobody can find a duplicate, correct one row, join safely, or delete what a person asks to
#   have deleted.
# custom:
#   id: MESH-CON-003
#   severity: warning
#   remediation: >
#     Mark the columns that identify a row with `key: true`.
package meshc.contract.rows_have_a_key

import rego.v1

deny contains finding if {
	some product in input.products
	product.status != "retired"
	product.status != "destroyed"
	count(product.columns) > 0
	keys := [column.name | some column in product.columns; column.key]
	count(keys) == 0
	finding := {"message": sprintf("no column of `%s` is a key", [product.address]), "at": product.at}
}
