# METADATA
# title: Nobody comes in with a shared key
# description: >
#   A key of a storage account or namespace opens everything in it, to whoever holds it, under nobody's name
#   and until somebody turns it.
# custom:
#   id: MESH-EXP-004
#   severity: error
#   remediation: >
#     Turn shared keys off and let callers come with an identity of Entra ID.
package meshc.exposure.no_shared_keys

import data.meshc.lib.terraform
import rego.v1

settings := {
	"azurerm_storage_account": "shared_access_key_enabled",
	"azurerm_eventhub_namespace": "local_authentication_enabled",
	"azurerm_servicebus_namespace": "local_auth_enabled",
}

deny contains finding if {
	some resource in input.resources
	setting := settings[resource.type]
	object.get(resource.values, setting, true) != false
	finding := {"message": sprintf("`%s` takes shared keys: `%s` is not false", [terraform.label(resource), setting]), "at": resource.at}
}

deny contains finding if {
	some resource in input.resources
	resource.type in {"azurerm_eventhub_authorization_rule", "azurerm_eventhub_namespace_authorization_rule"}
	finding := {"message": sprintf("`%s` makes a shared key", [terraform.label(resource)]), "at": resource.at}
}
