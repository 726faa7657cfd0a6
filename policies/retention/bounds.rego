# METADATA
# title: Data is kept as long as governance says
# description: >
#   Retention lies within the bounds of the product's classification. Data without a retention is
#   kept forever, which no upper bound allows.
# custom:
#   id: MESH-RET-001
#   severity: error
#   remediation: Change the product's `retention`, or the bounds where they are given.
package meshc.retention.bounds

import rego.v1

bounds(storage) := input.governance.retention[storage.classification]

days(seconds) := seconds / 86400

deny contains finding if {
	some storage in input.storages
	least := bounds(storage).min_seconds
	is_number(least)
	is_number(storage.retention_seconds)
	storage.retention_seconds < least
	finding := {
		"message": sprintf("`%s` is kept for %v days, %s data is kept for at least %v", [storage.address, days(storage.retention_seconds), storage.classification, days(least)]),
		"at": storage.retention_at,
	}
}

deny contains finding if {
	some storage in input.storages
	most := bounds(storage).max_seconds
	is_number(most)
	is_number(storage.retention_seconds)
	storage.retention_seconds > most
	finding := {
		"message": sprintf("`%s` is kept for %v days, %s data is kept for at most %v", [storage.address, days(storage.retention_seconds), storage.classification, days(most)]),
		"at": storage.retention_at,
	}
}

deny contains finding if {
	some storage in input.storages
	most := bounds(storage).max_seconds
	is_number(most)
	is_null(storage.retention_seconds)
	finding := {
		"message": sprintf("`%s` is kept forever, %s data is kept for at most %v days", [storage.address, storage.classification, days(most)]),
		"at": storage.retention_at,
	}
}
