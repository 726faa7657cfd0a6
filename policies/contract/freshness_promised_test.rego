package meshc.contract.freshness_promised_test

import data.meshc.contract.freshness_promised as rule
import rego.v1

read(freshness, consumer) := {
	"products": [{"address": "sales/orders", "freshness_seconds": freshness, "at": 1}],
	"grants": [{"resource": "sales/orders:curated", "consumer": consumer}],
}

test_a_promise_passes if {
	count(rule.deny) == 0 with input as read(3600, "support")
}

test_none_is_denied if {
	rule.deny == {{"message": "`sales/orders` is read by others and promises no freshness", "at": 1}} with input as read(null, "support")
}

test_what_only_the_domain_reads_needs_none if {
	count(rule.deny) == 0 with input as read(null, null)
}
