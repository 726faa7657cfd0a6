package meshc.exposure.no_acls_test

import data.meshc.exposure.no_acls as rule
import rego.v1

with_resource(type, values) := {"resources": [{"type": type, "name": "raw", "values": values, "at": 3}]}

test_a_bucket_without_a_list_passes if {
	count(rule.deny) == 0 with input as with_resource("aws_s3_bucket", {"bucket": "acme-raw"})
	count(rule.deny) == 0 with input as with_resource("aws_s3_bucket_ownership_controls", {"rule": [{"object_ownership": "BucketOwnerEnforced"}]})
}

test_even_a_private_list_is_denied if {
	rule.deny == {{"message": "the bucket `raw` sets `acl`", "at": 3}} with input as with_resource("aws_s3_bucket", {"acl": "private"})
}

test_lists_of_their_own_are_denied if {
	count(rule.deny) == 1 with input as with_resource("aws_s3_bucket_acl", {"acl": "private"})
	count(rule.deny) == 1 with input as with_resource("aws_s3_object", {"acl": "public-read"})
	count(rule.deny) == 1 with input as with_resource("aws_s3_bucket_ownership_controls", {"rule": [{"object_ownership": "BucketOwnerPreferred"}]})
}
