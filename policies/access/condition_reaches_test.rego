package meshc.access.condition_reaches_test

import data.meshc.access.condition_reaches as rule
import rego.v1

role := {"type": "google_project_iam_custom_role", "name": "analyst", "root": ".", "values": {"permissions": ["storage.objects.get", "bigquery.tables.getData"]}, "at": 0}

member(expression) := {"type": "google_project_iam_member", "name": "analysts", "root": ".", "values": {"role": {"expression": true, "text": "google_project_iam_custom_role.analyst.id"}, "condition": [{"expression": expression}]}, "at": 1}

bucket := `resource.name.startsWith("projects/_/buckets/acme-")`

test_a_condition_on_buckets_loses_tables if {
	rule.deny == {{"message": "the condition of `google_project_iam_member.analysts` is about buckets, and takes away bigquery.tables.getData", "at": 1}} with input as {"resources": [role, member(bucket)]}
}

test_a_condition_that_lets_other_types_pass_is_right if {
	count(rule.deny) == 0 with input as {"resources": [role, member(sprintf(`resource.type != "storage.googleapis.com/Bucket" || %s`, [bucket]))]}
}

test_a_role_of_buckets_alone_is_right if {
	count(rule.deny) == 0 with input as {"resources": [object.union(role, {"values": {"permissions": ["storage.objects.get"]}}), member(bucket)]}
}

test_no_condition_is_right if {
	count(rule.deny) == 0 with input as {"resources": [role, object.union(member(bucket), {"values": {"condition": []}})]}
}
