package meshc.retention.no_age_zero_test

import data.meshc.retention.no_age_zero as rule
import rego.v1

bucket(action, condition) := {"resources": [{"type": "google_storage_bucket", "name": "raw", "values": {"lifecycle_rule": [{"action": [{"type": action}], "condition": [condition]}]}, "at": 2}]}

test_an_age_passes if {
	count(rule.deny) == 0 with input as bucket("Delete", {"age": 365})
	count(rule.deny) == 0 with input as bucket("Delete", {"age": {"expression": true, "text": "var.days"}})
	count(rule.deny) == 0 with input as bucket("Delete", {"num_newer_versions": 3})
	count(rule.deny) == 0 with input as bucket("AbortIncompleteMultipartUpload", {"age": 0})
}

test_no_age_and_age_zero_are_denied if {
	rule.deny == {{"message": "the bucket `raw` deletes every object at once", "at": 2}} with input as bucket("Delete", {"age": 0})
	count(rule.deny) == 1 with input as bucket("Delete", {})
	count(rule.deny) == 1 with input as bucket("Delete", {"with_state": "ANY"})
}

test_other_clouds_are_judged if {
	count(rule.deny) == 1 with input as {"resources": [{"type": "aws_s3_bucket_lifecycle_configuration", "name": "a", "values": {"rule": [{"expiration": [{"days": 0}]}]}, "at": 0}]}
	count(rule.deny) == 1 with input as {"resources": [{"type": "azurerm_storage_management_policy", "name": "a", "values": {"rule": [{"actions": [{"base_blob": [{"delete_after_days_since_modification_greater_than": 0}]}]}]}, "at": 0}]}
}
