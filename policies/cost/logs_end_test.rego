package meshc.cost.logs_end_test

import data.meshc.cost.logs_end as rule
import rego.v1

with_resource(type, values) := {"resources": [{"type": type, "name": "logs", "values": values, "at": 1}]}

test_an_end_passes if {
	count(rule.deny) == 0 with input as with_resource("aws_cloudwatch_log_group", {"retention_in_days": 365})
	count(rule.deny) == 0 with input as with_resource("aws_cloudwatch_log_group", {"retention_in_days": {"expression": true, "text": "var.days"}})
	count(rule.deny) == 0 with input as with_resource("azurerm_log_analytics_workspace", {"retention_in_days": 365})
}

test_for_ever_is_denied if {
	rule.deny == {{"message": "the log group `logs` is kept for ever", "at": 1}} with input as with_resource("aws_cloudwatch_log_group", {})
	count(rule.deny) == 1 with input as with_resource("aws_cloudwatch_log_group", {"retention_in_days": 0})
}

test_a_month_is_too_short if {
	count(rule.deny) == 1 with input as with_resource("azurerm_log_analytics_workspace", {"retention_in_days": 30})
}
