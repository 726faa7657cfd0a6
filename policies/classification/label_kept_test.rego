package meshc.classification.label_kept_test

import data.meshc.classification.label_kept as rule
import rego.v1

made(name, label, from_label) := {
	"mesh": {"classifications": ["public", "internal", "confidential", "pii"]},
	"governance": {"masked": ["pii"]},
	"products": [{"address": "sales/revenue", "columns": [{"name": name, "classification": label, "at": 6}], "inputs": [{"address": "sales/orders:curated", "columns": [{"name": "email", "classification": from_label}]}]}],
}

test_the_same_label_passes if {
	count(rule.deny) == 0 with input as made("email", "pii", "pii")
}

test_a_lost_label_is_denied if {
	rule.deny == {{"message": "the column `EMAIL` of `sales/revenue` is labelled internal, and pii in `sales/orders:curated`", "at": 6}} with input as made("EMAIL", "internal", "pii")
}

test_other_names_and_other_labels_pass if {
	count(rule.deny) == 0 with input as made("email_domain", "internal", "pii")
	count(rule.deny) == 0 with input as made("email", "public", "internal")
}
