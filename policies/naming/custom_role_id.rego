# METADATA
# title: A custom role's id is one that Google takes
# description: >
#   The id of a custom role holds letters, digits, `_` and `.`, from 3 to 64 of them. It cannot be used again
#   for weeks after a deletion, so a wrong one is better found before it is made.
#   https://cloud.google.com/iam/docs/creating-custom-roles
# custom:
#   id: MESH-NAM-002
#   severity: error
#   remediation: >
#     Write `_` for a hyphen.
package meshc.naming.custom_role_id

import data.meshc.lib.terraform
import rego.v1

deny contains finding if {
	some resource in input.resources
	resource.type in {"google_project_iam_custom_role", "google_organization_iam_custom_role"}
	id := resource.values.role_id
	is_string(id)
	not regex.match(`^[A-Za-z0-9_.]{3,64}$`, id)
	finding := {"message": sprintf("`%s` has the id `%s`, which Google refuses", [terraform.label(resource), id]), "at": resource.at}
}
