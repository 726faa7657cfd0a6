package meshc.contract.promises_are_measured_test

import data.meshc.contract.promises_are_measured as rule
import rego.v1

descriptor(sla) := {"documents": [{"path": "revenue.yaml", "value": {"name": "revenue", "sla": sla}, "at": 1}]}

test_values_with_units_pass if {
	count(rule.deny) == 0 with input as descriptor({"freshness": "5m", "availability": "99.9%"})
	count(rule.deny) == 0 with input as descriptor(null)
}

test_prose_is_denied if {
	rule.deny == {{"message": "`revenue.yaml` promises in prose: `99.9% uptime, under 5min`", "at": 1}} with input as descriptor("99.9% uptime, under 5min")
}

test_a_name_of_a_level_is_no_prose if {
	count(rule.deny) == 0 with input as descriptor("gold")
}
