package meshc.cost.scan_limit_test

import data.meshc.cost.scan_limit as rule
import rego.v1

group(configuration) := {"resources": [{"type": "aws_athena_workgroup", "name": "sales", "values": {"configuration": configuration}, "at": 1}]}

test_an_enforced_limit_passes if {
	count(rule.deny) == 0 with input as group([{"bytes_scanned_cutoff_per_query": 10000000000, "enforce_workgroup_configuration": true}])
	count(rule.deny) == 0 with input as group([{"bytes_scanned_cutoff_per_query": 10000000000}])
}

test_no_limit_is_denied if {
	rule.deny == {{"message": "the workgroup `sales` has no limit per query", "at": 1}} with input as group([{}])
	count(rule.deny) == 1 with input as group([])
	count(rule.deny) == 1 with input as group([{"bytes_scanned_cutoff_per_query": 1, "enforce_workgroup_configuration": false}])
}
