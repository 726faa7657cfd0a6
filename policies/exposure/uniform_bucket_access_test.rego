package meshc.exposure.uniform_bucket_access_test

import data.meshc.exposure.uniform_bucket_access as rule
import rego.v1

with_resource(type, values) := {"resources": [{"type": type, "name": "raw", "values": values, "at": 3}]}

test_uniform_access_passes if {
	count(rule.deny) == 0 with input as with_resource("google_storage_bucket", {"uniform_bucket_level_access": true})
}

test_without_it_is_denied if {
	rule.deny == {{"message": "the bucket `raw` has no uniform access", "at": 3}} with input as with_resource("google_storage_bucket", {})
	count(rule.deny) == 1 with input as with_resource("google_storage_bucket", {"uniform_bucket_level_access": false})
}

test_lists_are_denied if {
	count(rule.deny) == 1 with input as with_resource("google_storage_bucket_acl", {})
}
