package meshc.contract.stable_version_test

import data.meshc.contract.stable_version as rule
import rego.v1

read(version, consumer) := {
	"products": [{"address": "sales/orders", "version": version, "at": 1}],
	"grants": [{"resource": "sales/orders:curated", "consumer": consumer}],
}

test_a_stable_version_passes if {
	count(rule.deny) == 0 with input as read("1.0.0", "support")
	count(rule.deny) == 0 with input as read("10.2.0", "support")
}

test_a_draft_is_denied if {
	rule.deny == {{"message": "`sales/orders` is read by others at version 0.9.0", "at": 1}} with input as read("0.9.0", "support")
}

test_a_draft_for_oneself_passes if {
	count(rule.deny) == 0 with input as read("0.9.0", null)
}
