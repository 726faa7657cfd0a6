# METADATA
# title: A binding takes nothing from anybody else
# description: >
#   `_iam_policy` and `_iam_binding` of the Google provider replace what others have granted, on the whole
#   project or for the whole role, and nobody is told.
# custom:
#   id: MESH-ACC-005
#   severity: error
#   remediation: >
#     Use the `_iam_member` resource: one member, one role, nothing else.
package meshc.access.additive_bindings

import data.meshc.lib.terraform
import rego.v1

replaces(type) if endswith(type, "_iam_policy")

replaces(type) if endswith(type, "_iam_binding")

deny contains finding if {
	some resource in input.resources
	startswith(resource.type, "google_")
	replaces(resource.type)
	finding := {"message": sprintf("`%s` replaces the bindings of others", [terraform.label(resource)]), "at": resource.at}
}
