package meshc.exposure.no_public_access_test

import data.meshc.exposure.no_public_access as rule
import rego.v1

with_resources(resources) := {"resources": resources, "documents": []}

bucket := {"type": "aws_s3_bucket", "name": "raw", "root": ".", "values": {"bucket": "acme-raw"}, "at": 0}

block(values) := {"type": "aws_s3_bucket_public_access_block", "name": "all", "root": ".", "values": object.union({"bucket": {"expression": true, "text": "aws_s3_bucket.raw.id"}}, values), "at": 1}

on := {"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}

test_a_blocked_bucket_passes_by_reference_and_by_name if {
	count(rule.deny) == 0 with input as with_resources([bucket, block(on)])
	count(rule.deny) == 0 with input as with_resources([bucket, object.union(block(on), {"root": "other", "values": {"bucket": "acme-raw"}})])
}

test_a_bucket_without_a_block_is_denied if {
	rule.deny == {{"message": "the bucket `raw` has no public access block", "at": 0}} with input as with_resources([bucket])
}

test_the_block_of_another_root_does_not_count if {
	count(rule.deny) == 1 with input as with_resources([bucket, object.union(block(on), {"root": "other"})])
}

test_half_a_block_is_denied if {
	rule.deny == {{"message": "the public access block `all` leaves off: restrict_public_buckets", "at": 1}} with input as with_resources([bucket, block(object.union(on, {"restrict_public_buckets": false}))])
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

says(statement) := {"resources": [], "documents": [{"path": "policies/raw.json", "value": {"Statement": [statement]}, "at": 4}]}

document(effect, principal) := says({"Effect": effect, "Principal": principal})

test_a_policy_may_deny_everybody if {
	count(rule.deny) == 0 with input as document("Deny", "*")
}

test_a_policy_may_not_allow_everybody if {
	rule.deny == {{"message": "`policies/raw.json` allows everybody", "at": 4}} with input as document("Allow", "*")
	count(rule.deny) == 1 with input as document("Allow", {"AWS": "*"})
	count(rule.deny) == 1 with input as document("Allow", {"AWS": ["arn:aws:iam::111122223333:root", "*"]})
	count(rule.deny) == 0 with input as document("Allow", {"AWS": "arn:aws:iam::111122223333:root"})
}

test_a_condition_has_to_say_whom if {
	count(rule.deny) == 0 with input as says({"Effect": "Allow", "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}})
	count(rule.deny) == 1 with input as says({"Effect": "Allow", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}})
	count(rule.deny) == 1 with input as says({"Effect": "Allow", "Principal": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}})
	count(rule.deny) == 1 with input as says({"Effect": "Allow", "Principal": "*", "Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}})
}

test_everybody_but_a_few_is_everybody if {
	count(rule.deny) == 1 with input as says({"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}})
}
