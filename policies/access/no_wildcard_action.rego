# METADATA
# title: A right names what it allows
# description: >
#   A wildcard over a whole service, or over everything but a few actions, also allows what the service
#   learns to do next year, and what nobody meant.
# custom:
#   id: MESH-ACC-002
#   severity: error
#   remediation: >
#     List the actions. `meshc` makes a capability of the blueprint into the actions that it needs.
package meshc.access.no_wildcard_action

import data.meshc.lib.statements
import data.meshc.lib.terraform
import rego.v1

# `*` and `s3:*`; `s3:Get*` names what it allows well enough.
whole(action) if action == "*"

whole(action) if endswith(action, ":*")

# A key that nobody can administer is lost: AWS itself gives every action on it to the account.
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
keeps_the_key(statement, action) if {
	action == "kms:*"
	some principal in statements.listed(statement.Principal.AWS)
	endswith(principal, ":root")
}

deny contains finding if {
	some one in statements.allowing
	some action in statements.actions(one.statement)
	whole(action)
	not keeps_the_key(one.statement, action)
	finding := {"message": sprintf("`%s` allows `%s`", [one.document.path, action]), "at": one.document.at}
}

deny contains finding if {
	some one in statements.allowing
	one.statement.NotAction
	finding := {"message": sprintf("`%s` allows everything but a few actions", [one.document.path]), "at": one.document.at}
}

# Roles of Azure, as Terraform and as JSON.
permissions := array.concat(
	[{"actions": block.actions, "of": terraform.label(role), "at": role.at} |
		some role in terraform.of_type("azurerm_role_definition")
		some block in terraform.blocks(role.values, "permissions")
	],
	[{"actions": block.actions, "of": document.path, "at": document.at} |
		some document in input.documents
		some block in document.value.properties.permissions
	],
)

deny contains finding if {
	some permission in permissions
	some action in permission.actions
	action == "*"
	finding := {"message": sprintf("`%s` allows `*`", [permission.of]), "at": permission.at}
}
