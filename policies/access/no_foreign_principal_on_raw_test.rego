package meshc.access.no_foreign_principal_on_raw_test

import data.meshc.access.no_foreign_principal_on_raw as rule
import rego.v1

grant(raw, consumer) := {"grants": [{"group": "support", "resource": "sales/orders:raw", "raw": raw, "consumer": consumer, "at": 1}]}

test_the_own_domain_may_read_its_raw_zone if {
	count(rule.deny) == 0 with input as grant(true, null)
}

test_another_domain_may_read_a_refined_zone if {
	count(rule.deny) == 0 with input as grant(false, "support")
}

test_another_domain_may_not_read_a_raw_zone if {
	rule.deny == {{"message": "domain `support` reads the raw zone `sales/orders:raw` through `support`", "at": 1}} with input as grant(true, "support")
}
