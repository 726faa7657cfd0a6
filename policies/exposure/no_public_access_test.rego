package meshc.exposure.no_public_access_test

import data.meshc.exposure.no_public_access as rule
import rego.v1

with_resources(resources) := {"resources": resources, "documents": []}

bucket := {"type": "aws_s3_bucket", "name": "raw", "values": {}, "at": 0}

block(values) := {"type": "aws_s3_bucket_public_access_block", "name": "raw", "values": values, "at": 1}

on := {"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}

test_a_blocked_bucket_passes if {
	count(rule.deny) == 0 with input as with_resources([bucket, block(on)])
}

test_a_bucket_without_a_block_is_denied if {
	rule.deny == {{"message": "the bucket `raw` has no public access block", "at": 0}} with input as with_resources([bucket])
}

test_half_a_block_is_denied if {
	rule.deny == {{"message": "the public access block `raw` leaves `restrict_public_buckets` off", "at": 1}} with input as with_resources([bucket, block(object.union(on, {"restrict_public_buckets": false}))])
}

test_a_setting_that_is_no_literal_is_denied if {
	count(rule.deny) == 1 with input as with_resources([bucket, block(object.union(on, {"block_public_acls": {"expression": true}}))])
}

test_azure_containers_must_not_be_public if {
	count(rule.deny) == 0 with input as with_resources([{"type": "azurerm_storage_account", "name": "a", "values": {"allow_nested_items_to_be_public": false}, "at": 0}])
	count(rule.deny) == 1 with input as with_resources([{"type": "azurerm_storage_account", "name": "a", "values": {}, "at": 0}])
}

test_google_buckets_enforce_prevention if {
	count(rule.deny) == 0 with input as with_resources([{"type": "google_storage_bucket", "name": "a", "values": {"public_access_prevention": "enforced"}, "at": 0}])
	count(rule.deny) == 1 with input as with_resources([{"type": "google_storage_bucket", "name": "a", "values": {"public_access_prevention": "inherited"}, "at": 0}])
}

test_nobody_grants_to_everybody if {
	count(rule.deny) == 1 with input as with_resources([{"type": "google_storage_bucket_iam_member", "name": "a", "values": {"member": "allUsers"}, "at": 0}])
	count(rule.deny) == 1 with input as with_resources([{"type": "google_storage_bucket_iam_binding", "name": "a", "values": {"members": ["group:a@b.c", "allAuthenticatedUsers"]}, "at": 0}])
	count(rule.deny) == 0 with input as with_resources([{"type": "google_storage_bucket_iam_member", "name": "a", "values": {"member": "group:a@b.c"}, "at": 0}])
}

document(effect, principal) := {"resources": [], "documents": [{"path": "policies/raw.json", "value": {"Statement": [{"Effect": effect, "Principal": principal}]}, "at": 4}]}

test_a_policy_may_deny_everybody if {
	count(rule.deny) == 0 with input as document("Deny", "*")
}

test_a_policy_may_not_allow_everybody if {
	rule.deny == {{"message": "`policies/raw.json` allows everybody", "at": 4}} with input as document("Allow", "*")
	count(rule.deny) == 1 with input as document("Allow", {"AWS": "*"})
	count(rule.deny) == 1 with input as document("Allow", {"AWS": ["arn:aws:iam::111122223333:root", "*"]})
	count(rule.deny) == 0 with input as document("Allow", {"AWS": "arn:aws:iam::111122223333:root"})
}
