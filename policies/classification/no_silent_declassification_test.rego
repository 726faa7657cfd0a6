package meshc.classification.no_silent_declassification_test

import data.meshc.classification.no_silent_declassification as rule
import rego.v1

made(label, from_label) := {
	"mesh": {"classifications": ["public", "internal", "confidential", "pii"]},
	"products": [{"address": "sales/revenue", "classification": label, "inputs": [{"address": "sales/orders:curated", "classification": from_label, "at": 2}]}],
}

test_as_strict_or_stricter_passes if {
	count(rule.deny) == 0 with input as made("confidential", "confidential")
	count(rule.deny) == 0 with input as made("pii", "confidential")
}

test_weaker_is_denied if {
	rule.deny == {{"message": "`sales/revenue` is internal and made from `sales/orders:curated`, which is confidential", "at": 2}} with input as made("internal", "confidential")
}

test_what_lies_outside_the_mesh_has_no_label if {
	count(rule.deny) == 0 with input as made("public", null)
}
