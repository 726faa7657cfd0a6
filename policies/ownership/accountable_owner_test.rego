package meshc.ownership.accountable_owner_test

import data.meshc.ownership.accountable_owner
import rego.v1

domain(workload) := {"domain": {"name": "sales", "owner": {"name": "team", "workload": workload}, "at": 0}}

test_people_may_own if {
	count(accountable_owner.deny) == 0 with input as domain(false)
}

test_a_workload_may_not if {
	accountable_owner.deny == {{"message": "domain `sales` is owned by `team`, which is a workload", "at": 0}} with input as domain(true)
}

test_what_stands_above_domains_has_no_owner if {
	count(accountable_owner.deny) == 0 with input as {"domain": null}
}
