# METADATA
# title: A condition fits everything that the role gives
# description: >
#   A condition on the names of buckets is false for every table: names of BigQuery start with
#   `projects/PROJECT/datasets`. A role that gives both then gives nothing of BigQuery.
#   https://cloud.google.com/iam/docs/conditions-resource-attributes
# custom:
#   id: MESH-ACC-010
#   severity: error
#   remediation: >
#     Split the role in two bindings, or let the condition pass for other types with `resource.type`.
package meshc.access.condition_reaches

import data.meshc.lib.terraform
import rego.v1

permissions(member) := role.values.permissions if {
	some role in input.resources
	role.type in {"google_project_iam_custom_role", "google_organization_iam_custom_role"}
	terraform.target(member, "role") == terraform.own_key(role)
}

of_buckets_only(expression) if {
	contains(expression, "/buckets/")
	not contains(expression, "resource.type")
	not contains(expression, "resource.service")
}

deny contains finding if {
	some member in input.resources
	regex.match(`^google_(project|folder|organization)_iam_(member|binding)$`, member.type)
	of_buckets_only(terraform.block(member.values, "condition").expression)
	lost := [permission | some permission in permissions(member); startswith(permission, "bigquery.")]
	count(lost) > 0
	finding := {"message": sprintf("the condition of `%s` is about buckets, and takes away %s", [terraform.label(member), concat(", ", lost)]), "at": member.at}
}
