package meshc.classification.no_personal_paths_test

import data.meshc.classification.no_personal_paths as rule
import rego.v1

table(key) := {"resources": [{"type": "aws_glue_catalog_table", "name": "orders", "values": {"partition_keys": [key]}, "at": 2}]}

test_a_date_passes if {
	count(rule.deny) == 0 with input as table({"name": "order_date", "type": "date"})
}

test_a_person_is_denied if {
	rule.deny == {{"message": "the table `orders` is split by `email`, which is about a person", "at": 2}} with input as table({"name": "email", "type": "string"})
	count(rule.deny) == 1 with input as table({"name": "agent", "parameters": {"classification": "pii"}})
}

pipe(key) := {"resources": [{"type": "aws_pipes_pipe", "name": "calls", "values": {"target_parameters": [{"kinesis_stream_parameters": [{"partition_key": key}]}]}, "at": 3}]}

test_events_are_spread_by_what_means_nothing if {
	count(rule.deny) == 0 with input as pipe("$.call_id")
	rule.deny == {{"message": "`aws_pipes_pipe.calls` spreads events by `$.body.agent_id`, which is about a person", "at": 3}} with input as pipe("$.body.agent_id")
	count(rule.deny) == 1 with input as {"resources": [{"type": "aws_cloudwatch_event_target", "name": "calls", "values": {"kinesis_target": [{"partition_key_path": "$.detail.email"}]}, "at": 3}]}
}
