package meshc.naming.custom_role_id_test

import data.meshc.naming.custom_role_id as rule
import rego.v1

role(id) := {"resources": [{"type": "google_project_iam_custom_role", "name": "analyst", "values": {"role_id": id}, "at": 3}]}

test_letters_digits_underscores_and_dots_pass if {
	count(rule.deny) == 0 with input as role("mesh_prod.table_read1")
	count(rule.deny) == 0 with input as role({"expression": true, "text": "var.id"})
}

test_a_hyphen_is_denied if {
	rule.deny == {{"message": "`google_project_iam_custom_role.analyst` has the id `data-analyst`, which Google refuses", "at": 3}} with input as role("data-analyst")
}

test_the_length_counts if {
	count(rule.deny) == 1 with input as role("ab")
	count(rule.deny) == 1 with input as role(concat("", ["a" | some _ in numbers.range(1, 65)]))
}
