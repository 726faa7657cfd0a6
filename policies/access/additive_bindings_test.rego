package meshc.access.additive_bindings_test

import data.meshc.access.additive_bindings as rule
import rego.v1

with_resource(type) := {"resources": [{"type": type, "name": "readers", "values": {}, "at": 1}]}

test_a_member_passes if {
	count(rule.deny) == 0 with input as with_resource("google_storage_bucket_iam_member")
	count(rule.deny) == 0 with input as with_resource("aws_iam_policy")
	count(rule.deny) == 0 with input as with_resource("google_project_iam_audit_config")
}

test_authoritative_resources_are_denied if {
	rule.deny == {{"message": "`google_project_iam_binding.readers` replaces the bindings of others", "at": 1}} with input as with_resource("google_project_iam_binding")
	count(rule.deny) == 1 with input as with_resource("google_bigquery_dataset_iam_policy")
}
