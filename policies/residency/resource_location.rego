# METADATA
# title: What is made is made in an allowed region
# description: >
#   The files say where things are made, whatever the blueprint meant: a template or a hand may have changed
#   it.
# custom:
#   id: MESH-RES-002
#   severity: error
#   remediation: >
#     Use an allowed region, or add it to `regions` where they are given.
package meshc.residency.resource_location

import data.meshc.lib.terraform
import rego.v1

located := {"location", "region"}

# Where the blueprint puts data; whether that is allowed is the matter of another rule.
meant := {lower(thing.region) | some thing in array.concat(input.storages, input.streams); is_string(thing.region)}

# Things without a place of their own.
nowhere := {"global"}

deny contains finding if {
	is_array(input.governance.regions)
	allowed := {lower(region) | some region in input.governance.regions}
	count(allowed) > 0
	some resource in input.resources
	some attribute in located
	place := resource.values[attribute]
	is_string(place)
	not lower(replace(place, " ", "")) in allowed
	not lower(place) in nowhere
	not lower(place) in meant
	finding := {"message": sprintf("`%s` is made in `%s`", [terraform.label(resource), place]), "at": resource.at}
}
