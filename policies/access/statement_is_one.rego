# METADATA
# title: A policy holds what a policy can hold
# description: >
#   A statement of AWS says who may do what on what, and when. Where data moves and when it goes is for the
#   lifecycle of its store; an element that no statement has makes the whole policy malformed, so that
#   nothing is denied either.
#   https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
# custom:
#   id: MESH-ACC-017
#   severity: error
#   remediation: >
#     Take the element out of the policy, and put it where it belongs.
package meshc.access.statement_is_one

import data.meshc.lib.statements
import rego.v1

elements := {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

deny contains finding if {
	some one in statements.all
	one.statement.Effect in {"Allow", "Deny"}
	strange := object.keys(one.statement) - elements
	count(strange) > 0
	finding := {"message": sprintf("a statement in `%s` has %s, which no policy knows", [one.document.path, concat(", ", sort(strange))]), "at": one.document.at}
}
