# METADATA
# title: Only the owner may delete for ever
# description: >
#   Whoever may delete a product's data can end it. A group that does not answer for the domain has such a
#   right for a while, not for good.
# custom:
#   id: MESH-ACC-008
#   severity: error
#   remediation: >
#     Give the entry an `until`, or give `write` instead of `own`.
package meshc.access.destructive_rights_end

import rego.v1

deny contains finding if {
	some grant in input.grants
	"delete" in grant.atoms
	grant.group != input.domain.owner.name
	is_null(grant.until)
	finding := {"message": sprintf("`%s` may delete data of `%s` without an end, and does not own it", [grant.group, grant.resource]), "at": grant.at}
}
