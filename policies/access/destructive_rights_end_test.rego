package meshc.access.destructive_rights_end_test

import data.meshc.access.destructive_rights_end as rule
import rego.v1

may(group, atoms, until) := {"domain": {"owner": {"name": "sales-team"}}, "grants": [{"group": group, "resource": "sales/orders:raw", "atoms": atoms, "until": until, "at": 2}]}

test_the_owner_may if {
	count(rule.deny) == 0 with input as may("sales-team", ["delete", "write"], null)
}

test_others_may_for_a_while if {
	count(rule.deny) == 0 with input as may("migration", ["delete"], "2026-12-31")
	count(rule.deny) == 0 with input as may("migration", ["write"], null)
}

test_others_may_not_for_good if {
	rule.deny == {{"message": "`migration` may delete data of `sales/orders:raw` without an end, and does not own it", "at": 2}} with input as may("migration", ["delete"], null)
}
