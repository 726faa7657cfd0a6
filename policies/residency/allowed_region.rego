# METADATA
# title: Data lies in an allowed region
# description: >
#   Storage and streams lie in one of the regions that governance allows.
# custom:
#   id: MESH-RES-001
#   severity: error
#   remediation: Use an allowed region, or add it to `regions` where they are given.
package meshc.residency.allowed_region

import rego.v1

deny contains finding if {
	allowed := input.governance.regions
	is_array(allowed)
	some thing in array.concat(input.storages, input.streams)
	is_string(thing.region)
	not thing.region in allowed
	finding := {
		"message": sprintf("`%s` lies in `%s`, allowed is %s", [thing.address, thing.region, concat(", ", allowed)]),
		"at": thing.region_at,
	}
}
