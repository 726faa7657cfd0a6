# METADATA
# title: A domain is owned by people
# description: >
#   Somebody has to answer for a domain's data. A program cannot, so the owner of a domain is a
#   group of people.
# custom:
#   id: MESH-OWN-001
#   severity: error
#   remediation: Name a group of kind `people` as the domain's owner.
package meshc.ownership.accountable_owner

import rego.v1

deny contains finding if {
	input.domain.owner.workload
	finding := {
		"message": sprintf("domain `%s` is owned by `%s`, which is a workload", [input.domain.name, input.domain.owner.name]),
		"at": input.domain.at,
	}
}
