package meshc.contract.described_test

import data.meshc.contract.described as rule
import rego.v1

read(description, consumer) := {
	"products": [{"address": "sales/orders", "description": description, "at": 1}],
	"grants": [{"resource": "sales/orders:curated", "consumer": consumer}],
}

test_a_description_passes if {
	count(rule.deny) == 0 with input as read("Every order, a row per order.", "support")
}

test_silence_is_denied if {
	rule.deny == {{"message": "`sales/orders` is read by others and has no description", "at": 1}} with input as read(null, "support")
	count(rule.deny) == 1 with input as read("  ", "support")
}

test_what_only_the_domain_reads_may_be_silent if {
	count(rule.deny) == 0 with input as read(null, null)
}
