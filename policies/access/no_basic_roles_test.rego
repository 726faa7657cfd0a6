package meshc.access.no_basic_roles_test

import data.meshc.access.no_basic_roles as rule
import rego.v1

with_resource(type, values) := {"resources": [{"type": type, "name": "a", "values": values, "at": 7}], "statements": []}

test_narrow_roles_pass if {
	count(rule.deny) == 0 with input as with_resource("google_project_iam_member", {"role": "roles/bigquery.jobUser"})
	count(rule.deny) == 0 with input as with_resource("azurerm_role_assignment", {"role_definition_name": "Storage Blob Data Reader"})
	count(rule.deny) == 0 with input as with_resource("aws_iam_role_policy_attachment", {"policy_arn": {"expression": true, "text": "aws_iam_policy.a.arn"}})
}

test_basic_roles_are_denied if {
	rule.deny == {{"message": "`google_project_iam_member.a` gives `roles/editor`", "at": 7}} with input as with_resource("google_project_iam_member", {"role": "roles/editor"})
	count(rule.deny) == 1 with input as with_resource("azurerm_role_assignment", {"role_definition_name": "Contributor"})
	count(rule.deny) == 1 with input as with_resource("azurerm_role_assignment", {"role_definition_id": "/providers/Microsoft.Authorization/roleDefinitions/8E3AF657-a8ff-443c-a75c-2fe8c4bcb635"})
	count(rule.deny) == 1 with input as with_resource("aws_iam_role_policy_attachment", {"policy_arn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"})
}

test_account_roles_are_not_handed_out if {
	count(rule.deny) == 1 with input as {"resources": [], "statements": [{"head": "GRANT ROLE ACCOUNTADMIN TO USER JANE", "text": "GRANT ROLE ACCOUNTADMIN TO USER JANE", "path": "a.sql", "at": 0}]}
	count(rule.deny) == 0 with input as {"resources": [], "statements": [{"head": "GRANT ROLE SALES_TEAM TO ROLE SYSADMIN", "text": "GRANT ROLE SALES_TEAM TO ROLE SYSADMIN", "path": "a.sql", "at": 0}]}
}
