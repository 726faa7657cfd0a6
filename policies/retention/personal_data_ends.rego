# METADATA
# title: Personal data is kept for a time
# description: >
#   Data about people is kept no longer than its purpose needs. Storage with such a column says for how long,
#   even where governance sets no bound on its label.
# custom:
#   id: MESH-RET-005
#   severity: error
#   remediation: >
#     Give the product a `retention`.
package meshc.retention.personal_data_ends

import rego.v1

bounded(storage) if is_number(input.governance.retention[storage.classification].max_seconds)

deny contains finding if {
	some storage in input.storages
	is_null(storage.retention_seconds)
	not bounded(storage)
	columns := [column.name | some column in storage.columns; column.classification in input.governance.masked]
	count(columns) > 0
	finding := {"message": sprintf("`%s` keeps %s for ever", [storage.address, concat(", ", columns)]), "at": storage.retention_at}
}
