package meshc.access.readers_can_query_test

import data.meshc.access.readers_can_query as rule
import rego.v1

role(permissions) := {"type": "google_project_iam_custom_role", "name": "analyst", "root": ".", "values": {"permissions": permissions}, "at": 4}

member := {"type": "google_project_iam_member", "name": "analysts", "root": ".", "values": {"role": {"expression": true, "text": "google_project_iam_custom_role.analyst.id"}}, "at": 1}

test_with_jobs_it_passes if {
	count(rule.deny) == 0 with input as {"resources": [role(["bigquery.tables.getData", "bigquery.jobs.create"]), member]}
}

test_without_jobs_it_is_denied if {
	rule.deny == {{"message": "`google_project_iam_custom_role.analyst` reads tables and cannot run a query", "at": 4}} with input as {"resources": [role(["bigquery.tables.getData"]), member]}
}

test_a_role_for_a_dataset_needs_none if {
	count(rule.deny) == 0 with input as {"resources": [role(["bigquery.tables.getData"])]}
}
