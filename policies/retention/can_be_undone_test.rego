package meshc.retention.can_be_undone_test

import data.meshc.retention.can_be_undone as rule
import rego.v1

bucket := {"type": "aws_s3_bucket", "name": "raw", "root": ".", "values": {"bucket": "acme-raw"}, "at": 1}

versioning(status, of) := {"type": "aws_s3_bucket_versioning", "name": "v", "root": ".", "values": {"bucket": of, "versioning_configuration": [{"status": status}]}, "at": 2}

test_a_versioned_bucket_passes if {
	count(rule.deny) == 0 with input as {"resources": [bucket, versioning("Enabled", {"expression": true, "text": "aws_s3_bucket.raw.id"})]}
	count(rule.deny) == 0 with input as {"resources": [bucket, versioning("Enabled", "acme-raw")]}
}

test_one_that_is_not_is_denied if {
	rule.deny == {{"message": "the bucket `raw` is not versioned", "at": 1}} with input as {"resources": [bucket]}
	count(rule.deny) == 1 with input as {"resources": [bucket, versioning("Suspended", "acme-raw")]}
	count(rule.deny) == 1 with input as {"resources": [bucket, versioning("Enabled", "acme-other")]}
}

test_google_keeps_by_itself if {
	count(rule.deny) == 0 with input as {"resources": [{"type": "google_storage_bucket", "name": "g", "values": {}, "at": 0}]}
	count(rule.deny) == 1 with input as {"resources": [{"type": "google_storage_bucket", "name": "g", "values": {"soft_delete_policy": [{"retention_duration_seconds": 0}]}, "at": 0}]}
}

test_azure_has_to_be_told if {
	count(rule.deny) == 1 with input as {"resources": [{"type": "azurerm_storage_account", "name": "z", "values": {}, "at": 0}]}
	count(rule.deny) == 0 with input as {"resources": [{"type": "azurerm_storage_account", "name": "z", "values": {"blob_properties": [{"delete_retention_policy": [{"days": 7}]}]}, "at": 0}]}
}
