package meshc.contract.freshness_alarm_test

import data.meshc.contract.freshness_alarm as rule
import rego.v1

alarm(values) := {"resources": [{"type": "aws_cloudwatch_metric_alarm", "name": "orders", "values": values, "at": 1}]}

test_breaching_passes if {
	count(rule.deny) == 0 with input as alarm({"metric_name": "DataAgeSeconds", "treat_missing_data": "breaching"})
}

test_quiet_is_denied if {
	rule.deny == {{"message": "the alarm `orders` stays quiet when nothing comes", "at": 1}} with input as alarm({"metric_name": "DataAgeSeconds"})
	count(rule.deny) == 1 with input as alarm({"metric_name": "LastUpdateTime", "treat_missing_data": "notBreaching"})
}

test_other_alarms_are_left_alone if {
	count(rule.deny) == 0 with input as alarm({"metric_name": "Errors"})
	count(rule.deny) == 0 with input as alarm({"metric_query": []})
}
