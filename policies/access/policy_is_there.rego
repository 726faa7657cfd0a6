# METADATA
# title: A policy that is attached is there
# description: >
#   A reference to a policy document that no file defines is an error of Terraform at best; at worst another
#   document of that name is attached later.
# custom:
#   id: MESH-ACC-012
#   severity: error
#   remediation: >
#     Write the document, or correct the name.
package meshc.access.policy_is_there

import data.meshc.lib.terraform
import rego.v1

attributes := {"policy", "assume_role_policy", "policy_data", "access_policy"}

defined := {sprintf("%s|data.%s.%s", [source.root, source.type, source.name]) | some source in input.data_sources}

deny contains finding if {
	some resource in input.resources
	endswith(resource.path, ".tf")
	some attribute in attributes
	text := resource.values[attribute].text
	startswith(text, "data.")
	parts := split(terraform.plain(text), ".")
	name := concat(".", array.slice(parts, 0, 3))
	not sprintf("%s|%s", [resource.root, name]) in defined
	finding := {"message": sprintf("`%s` attaches `%s`, which is nowhere", [terraform.label(resource), name]), "at": resource.at}
}
