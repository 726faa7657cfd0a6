package meshc.access.agreements_end_soon_test

import data.meshc.access.agreements_end_soon as rule
import rego.v1

agreed(as_of, consumer, until) := {"as_of": as_of, "grants": [{"resource": "sales/orders:curated", "consumer": consumer, "until": until, "at": 8}]}

test_two_years_pass if {
	count(rule.deny) == 0 with input as agreed("2026-06-30", "support", "2028-06-30")
	count(rule.deny) == 0 with input as agreed("2026-06-30", "support", "2025-01-01")
}

test_more_is_denied if {
	rule.deny == {{"message": "domain `support` reads `sales/orders:curated` until 2028-07-01, which is more than two years away", "at": 8}} with input as agreed("2026-06-30", "support", "2028-07-01")
}

test_the_own_domain_and_no_day_pass if {
	count(rule.deny) == 0 with input as agreed("2026-06-30", null, "2035-01-01")
	count(rule.deny) == 0 with input as agreed(null, "support", "2035-01-01")
	count(rule.deny) == 0 with input as agreed("2026-06-30", "support", null)
}
