# METADATA
# title: Policies are written in today's Rego
# description: >
#   Since OPA 1.0 a rule needs `if` before its body, and `contains` where it makes a set. A policy of the
#   older language does not compile, so that it guards nothing.
#   https://www.openpolicyagent.org/docs/v0-upgrade
# custom:
#   id: MESH-ACC-013
#   severity: error
#   remediation: >
#     Run `opa fmt --v0-v1` over it.
package meshc.access.rego_speaks_v1

import rego.v1

# A head is what stands at the start of a line, up to a brace; `:=` and `if` belong to today's.
old_heads(text) := regex.find_n(`(?m)^(default\s+)?[a-z_][a-z0-9_]*(\[[^\]]*\]|\([^)]*\))?(\s*=\s*[a-z0-9_"]+)?\s*\{`, text, 1)

deny contains finding if {
	some policy in input.policies
	heads := old_heads(policy.text)
	count(heads) > 0
	finding := {"message": sprintf("`%s` is written in Rego v0: `%s`", [policy.path, trim_space(heads[0])]), "at": policy.at}
}
