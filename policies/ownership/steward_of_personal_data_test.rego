package meshc.ownership.steward_of_personal_data_test

import data.meshc.ownership.steward_of_personal_data as rule
import rego.v1

sees(group, atoms, steward, label) := {
	"domain": {"name": "sales", "owner": {"name": "sales-team", "workload": false}, "steward": steward},
	"governance": {"masked": ["pii"]},
	"storages": [{"address": "sales/orders:curated", "columns": [{"name": "email", "classification": label}]}],
	"streams": [],
	"grants": [{"group": group, "resource": "sales/orders:curated", "atoms": atoms, "at": 4}],
}

test_without_a_steward_nobody_else_sees_it if {
	rule.deny == {{"message": "`fraud` sees personal data of `sales/orders:curated` in clear, and domain `sales` has no steward", "at": 4}} with input as sees("fraud", ["read-data", "unmask"], null, "pii")
}

test_a_steward_makes_it_right if {
	count(rule.deny) == 0 with input as sees("fraud", ["unmask"], {"name": "privacy", "workload": false}, "pii")
}

test_a_program_is_no_steward if {
	count(rule.deny) == 1 with input as sees("fraud", ["unmask"], {"name": "robot", "workload": true}, "pii")
}

test_the_owner_is_no_steward_for_others if {
	count(rule.deny) == 1 with input as sees("fraud", ["unmask"], {"name": "sales-team", "workload": false}, "pii")
}

test_the_owner_itself_may if {
	count(rule.deny) == 0 with input as sees("sales-team", ["unmask"], null, "pii")
}

test_masked_rows_need_none if {
	count(rule.deny) == 0 with input as sees("fraud", ["read-data"], null, "pii")
	count(rule.deny) == 0 with input as sees("fraud", ["unmask"], null, "internal")
}
