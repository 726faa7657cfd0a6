# METADATA
# title: A role that others come into says who
# description: >
#   A trust in an identity provider without a condition on the subject lets in everybody whom the provider
#   knows: for a code host, every repository in the world. An audience alone names nobody.
# custom:
#   id: MESH-ACC-009
#   severity: error
#   remediation: >
#     Add a condition on the claim that names the group, repository or service account.
package meshc.access.federated_trust

import data.meshc.lib.statements
import rego.v1

federated := {"sts:assumerolewithwebidentity", "sts:assumerolewithsaml"}

# Operators that exclude, or look away where the claim is missing, name nobody.
names_somebody(statement) if {
	some condition in statements.conditions(statement)
	contains(condition.key, ":")
	not endswith(condition.key, ":aud")
	not startswith(condition.key, "aws:")
	not contains(condition.operator, "not")
	not endswith(condition.operator, "ifexists")
	not "*" in condition.values
}

deny contains finding if {
	some one in statements.allowing
	some action in statements.actions(one.statement)
	action in federated
	not names_somebody(one.statement)
	finding := {"message": sprintf("`%s` lets in everybody whom the identity provider knows", [one.document.path]), "at": one.document.at}
}
