# METADATA
# title: A guardrail checks what it says it checks
# description: >
#   In Azure Policy the effect `deny` takes no details: a condition that stands there is never looked at, and
#   the rule denies everything of its type, or is refused.
#   https://learn.microsoft.com/azure/governance/policy/concepts/effect-deny
# custom:
#   id: MESH-EXP-007
#   severity: error
#   remediation: >
#     Move the condition into `if`.
package meshc.exposure.guardrails_bite

import rego.v1

rule_of(document) := document.value.properties.policyRule

rule_of(document) := document.value.policyRule

rule_of(document) := {"if": document.value["if"], "then": document.value["then"]}

without_details := {"deny", "audit", "disabled"}

deny contains finding if {
	some document in input.documents
	then := rule_of(document)["then"]
	lower(then.effect) in without_details
	then.details
	finding := {"message": sprintf("`%s` has details beside the effect `%s`, which nothing reads", [document.path, then.effect]), "at": document.at}
}
