package meshc.access.clear_sight_ends_test

import data.meshc.access.clear_sight_ends as rule
import rego.v1

grant(atoms, until) := of("fraud", atoms, until)

of(group, atoms, until) := {"domain": {"owner": {"name": "sales-team"}}, "grants": [{"group": group, "resource": "sales/orders:curated", "atoms": atoms, "until": until, "at": 3}]}

test_an_end_makes_it_right if {
	count(rule.deny) == 0 with input as grant(["read-data", "unmask"], "2027-06-30")
}

test_the_owner_needs_no_end if {
	count(rule.deny) == 0 with input as of("sales-team", ["unmask"], null)
}

test_reading_masked_needs_no_end if {
	count(rule.deny) == 0 with input as grant(["read-data"], null)
}

test_without_an_end_is_denied if {
	rule.deny == {{"message": "`fraud` sees `sales/orders:curated` in clear, without an end", "at": 3}} with input as grant(["unmask"], null)
}
