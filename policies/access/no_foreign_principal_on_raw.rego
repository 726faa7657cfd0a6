# METADATA
# title: Raw zones are nobody else's business
# description: >
#   Data in a raw zone is as it was delivered: unchecked, undocumented and often personal. Other
#   domains read refined zones, never raw ones.
# custom:
#   id: MESH-ACC-001
#   severity: error
#   remediation: Grant a refined zone or a port of it instead.
package meshc.access.no_foreign_principal_on_raw

import rego.v1

deny contains finding if {
	some grant in input.grants
	grant.raw
	is_string(grant.consumer)
	finding := {
		"message": sprintf("domain `%s` reads the raw zone `%s` through `%s`", [grant.consumer, grant.resource, grant.group]),
		"at": grant.at,
	}
}
