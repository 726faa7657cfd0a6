# METADATA
# title: Who may read tables of a project may query them
# description: >
#   Reading a table's data goes through a job. A role that is given on a whole project to read tables, but
#   without `bigquery.jobs.create`, reads nothing. https://cloud.google.com/bigquery/docs/running-
#   queries#required_permissions
# custom:
#   id: MESH-ACC-011
#   severity: warning
#   remediation: >
#     Add `bigquery.jobs.create`, or bind the role on the dataset and give the job user's role on the project.
package meshc.access.readers_can_query

import data.meshc.lib.terraform
import rego.v1

bound_to_projects := {role |
	some member in terraform.of_type("google_project_iam_member")
	role := terraform.target(member, "role")
}

deny contains finding if {
	some role in terraform.of_type("google_project_iam_custom_role")
	"bigquery.tables.getData" in role.values.permissions
	not "bigquery.jobs.create" in role.values.permissions
	terraform.own_key(role) in bound_to_projects
	finding := {"message": sprintf("`%s` reads tables and cannot run a query", [terraform.label(role)]), "at": role.at}
}
