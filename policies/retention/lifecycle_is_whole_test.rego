package meshc.retention.lifecycle_is_whole_test

import data.meshc.retention.lifecycle_is_whole as rule
import rego.v1

rules(list) := {"resources": [{"type": "aws_s3_bucket_lifecycle_configuration", "name": "raw", "values": {"rule": list}, "at": 6}]}

expire := {"status": "Enabled", "expiration": [{"days": 365}]}

versions := {"status": "Enabled", "noncurrent_version_expiration": [{"noncurrent_days": 30}]}

uploads := {"status": "Enabled", "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}]}

test_all_three_pass if {
	count(rule.deny) == 0 with input as rules([expire, versions, uploads])
	count(rule.deny) == 0 with input as rules([uploads])
}

test_what_is_forgotten_is_denied if {
	rule.deny == {{"message": "`aws_s3_bucket_lifecycle_configuration.raw` keeps versions that were replaced for ever", "at": 6}} with input as rules([expire, uploads])
	rule.deny == {{"message": "`aws_s3_bucket_lifecycle_configuration.raw` keeps versions that were replaced and uploads that were never finished for ever", "at": 6}} with input as rules([{"status": "Enabled", "transition": [{"days": 90}]}])
}

test_a_rule_that_is_off_does_nothing if {
	count(rule.deny) == 1 with input as rules([expire, object.union(versions, {"status": "Disabled"}), uploads])
}
