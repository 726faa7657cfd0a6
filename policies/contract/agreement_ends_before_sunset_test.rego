package meshc.contract.agreement_ends_before_sunset_test

import data.meshc.contract.agreement_ends_before_sunset as rule
import rego.v1

agreed(port, until, sunset) := {
	"products": [{"address": "sales/orders", "ports": [{"name": "totals", "sunset": sunset}]}],
	"grants": [{"resource": "sales/orders:curated", "port": port, "consumer": "support", "until": until, "at": 3}],
}

test_an_agreement_that_ends_in_time_passes if {
	count(rule.deny) == 0 with input as agreed("totals", "2027-06-30", "2027-06-30")
	count(rule.deny) == 0 with input as agreed("totals", "2027-06-30", null)
	count(rule.deny) == 0 with input as agreed("curated", "2029-06-30", "2027-06-30")
}

test_one_that_outlives_the_port_is_denied if {
	rule.deny == {{"message": "domain `support` may read `sales/orders:totals` beyond its sunset on 2027-06-30", "at": 3}} with input as agreed("totals", "2027-07-01", "2027-06-30")
	count(rule.deny) == 1 with input as agreed("totals", null, "2027-06-30")
}
