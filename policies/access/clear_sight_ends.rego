# METADATA
# title: Seeing personal data in clear has an end
# description: >
#   A right to see in clear is given for a reason, and reasons end. One without a last day is never asked
#   about again. The owner of the domain answers for the data anyway; some clouds could not end a right of a
#   group that keeps others.
# custom:
#   id: MESH-ACC-006
#   severity: error
#   remediation: >
#     Give the entry an `until`.
package meshc.access.clear_sight_ends

import rego.v1

deny contains finding if {
	some grant in input.grants
	"unmask" in grant.atoms
	grant.group != input.domain.owner.name
	is_null(grant.until)
	finding := {"message": sprintf("`%s` sees `%s` in clear, without an end", [grant.group, grant.resource]), "at": grant.at}
}
