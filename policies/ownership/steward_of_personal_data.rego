# METADATA
# title: Personal data in clear has a steward
# description: >
#   Where anybody besides the owner sees personal data in clear, somebody who is not the owner looks after
#   why, for how long, and whether it is still needed.
# custom:
#   id: MESH-OWN-002
#   severity: error
#   remediation: >
#     Name a group of people as the domain's `steward`, or take `unmask` away.
package meshc.ownership.steward_of_personal_data

import rego.v1

# A right to see in clear says nothing where there is nothing to hide.
hides(resource) if {
	some thing in array.concat(input.storages, input.streams)
	thing.address == resource
	some column in thing.columns
	column.classification in input.governance.masked
}

# The steward has to be somebody else than the owner, and no program.
looked_after if {
	input.domain.steward.workload == false
	input.domain.steward.name != input.domain.owner.name
}

deny contains finding if {
	some grant in input.grants
	"unmask" in grant.atoms
	grant.group != input.domain.owner.name
	hides(grant.resource)
	not looked_after
	finding := {
		"message": sprintf("`%s` sees personal data of `%s` in clear, and domain `%s` has no steward", [grant.group, grant.resource, input.domain.name]),
		"at": grant.at,
	}
}
