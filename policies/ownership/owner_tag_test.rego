package meshc.ownership.owner_tag_test

import data.meshc.ownership.owner_tag as rule
import rego.v1

bucket(values) := {"type": "aws_s3_bucket", "name": "raw", "root": ".", "values": values, "at": 2}

judged(resource, tags, providers) := {"governance": {"tags": tags}, "resources": [resource], "providers": providers}

test_tags_of_governance_pass if {
	count(rule.deny) == 0 with input as judged(bucket({"tags": {"Owner": "sales", "cost_center": "CC-1"}}), ["owner", "cost-center"], [])
}

test_a_missing_tag_is_denied if {
	rule.deny == {{"message": "`aws_s3_bucket.raw` does not say its cost-center", "at": 2}} with input as judged(bucket({"tags": {"owner": "sales"}}), ["owner", "cost-center", "classification"], [])
}

test_no_tags_at_all_are_denied if {
	count(rule.deny) == 1 with input as judged(bucket({}), ["owner"], [])
}

test_files_without_a_mesh_name_an_owner if {
	count(rule.deny) == 1 with input as {"governance": null, "resources": [bucket({"tags": {"team": "a"}})], "providers": []}
	count(rule.deny) == 0 with input as {"governance": null, "resources": [bucket({"tags": {"owner": "a"}})], "providers": []}
}

aws := {"name": "aws", "root": ".", "values": {"default_tags": [{"tags": {"owner": "sales"}}]}}

test_defaults_of_the_provider_count if {
	count(rule.deny) == 0 with input as judged(bucket({}), ["owner"], [aws])
	count(rule.deny) == 1 with input as judged(bucket({}), ["owner"], [object.union(aws, {"root": "other"})])
}

topic := {"type": "google_pubsub_topic", "name": "calls", "root": ".", "values": {"labels": {"owner": "support"}}, "at": 0}

test_labels_of_google_count if {
	count(rule.deny) == 0 with input as judged(topic, ["owner"], [])
}

test_computed_tags_are_left_alone if {
	count(rule.deny) == 0 with input as judged(bucket({"tags": {"expression": true, "text": "local.tags"}}), ["owner"], [])
}
