# METADATA
# title: Nobody gets a role over everything
# description: >
#   Owner, Contributor, Editor, administrator policies and ACCOUNTADMIN reach far beyond one product, and
#   nobody can say what a group with one of them may do with data.
# custom:
#   id: MESH-ACC-003
#   severity: error
#   remediation: >
#     Give the capabilities that are needed, on what they are needed for.
package meshc.access.no_basic_roles

import data.meshc.lib.terraform
import rego.v1

basic := {"roles/owner", "roles/editor", "roles/viewer"}

azure_names := {"Owner", "Contributor", "User Access Administrator", "Role Based Access Control Administrator"}

# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
azure_ids := {"8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "b24988ac-6180-42a0-ab88-20f7382dd24c", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "f58310d9-a9f6-439a-9e8d-f62e7b41a168"}

# A cheap look before the dear one.
binds(type) if contains(type, "_iam_")

binds(type) if type == "azurerm_role_assignment"

given(resource) := resource.values.role if {
	startswith(resource.type, "google_")
	resource.values.role in basic
}

given(resource) := resource.values.role_definition_name if {
	resource.type == "azurerm_role_assignment"
	resource.values.role_definition_name in azure_names
}

given(resource) := id if {
	resource.type == "azurerm_role_assignment"
	parts := split(resource.values.role_definition_id, "/")
	id := lower(parts[count(parts) - 1])
	id in azure_ids
}

given(resource) := resource.values.policy_arn if {
	startswith(resource.type, "aws_iam_")
	is_string(resource.values.policy_arn)
	regex.match(`^arn:aws[a-z-]*:iam::aws:policy/(AdministratorAccess|PowerUserAccess|[A-Za-z0-9]*FullAccess)$`, resource.values.policy_arn)
}

deny contains finding if {
	some resource in input.resources
	binds(resource.type)
	finding := {"message": sprintf("`%s` gives `%s`", [terraform.label(resource), given(resource)]), "at": resource.at}
}

deny contains finding if {
	some statement in input.statements
	startswith(statement.head, "GRANT ROLE ")
	found := regex.find_all_string_submatch_n(`(?i)^GRANT ROLE "?(ACCOUNTADMIN|ORGADMIN|SECURITYADMIN|SYSADMIN)"? TO (ROLE|USER) (.+)$`, statement.text, 1)
	count(found) > 0
	finding := {"message": sprintf("`%s` gives `%s` to `%s`", [statement.path, found[0][1], found[0][3]]), "at": statement.at}
}
