package meshc.access.policy_is_there_test

import data.meshc.access.policy_is_there as rule
import rego.v1

policy(text) := {"type": "aws_s3_bucket_policy", "name": "raw", "root": ".", "path": "main.tf", "values": {"policy": {"expression": true, "text": text}}, "at": 2}

source := {"type": "aws_iam_policy_document", "name": "raw", "root": "."}

test_a_document_that_is_there_passes if {
	count(rule.deny) == 0 with input as {"resources": [policy("data.aws_iam_policy_document.raw.json")], "data_sources": [source]}
	count(rule.deny) == 0 with input as {"resources": [policy("data.aws_iam_policy_document.raw[0].json")], "data_sources": [source]}
	count(rule.deny) == 0 with input as {"resources": [policy("aws_iam_policy.raw.policy")], "data_sources": []}
}

test_one_that_is_not_is_denied if {
	rule.deny == {{"message": "`aws_s3_bucket_policy.raw` attaches `data.aws_iam_policy_document.sales_access`, which is nowhere", "at": 2}} with input as {"resources": [policy("data.aws_iam_policy_document.sales_access.json")], "data_sources": [source]}
}

test_another_root_does_not_count if {
	count(rule.deny) == 1 with input as {"resources": [policy("data.aws_iam_policy_document.raw.json")], "data_sources": [object.union(source, {"root": "other"})]}
}

test_plans_know_no_data_sources if {
	count(rule.deny) == 0 with input as {"resources": [object.union(policy("data.aws_iam_policy_document.raw.json"), {"path": "the plan"})], "data_sources": []}
}
