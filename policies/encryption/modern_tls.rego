# METADATA
# title: Nothing takes old TLS or plain HTTP
# description: >
#   TLS before 1.2 is broken, and a service that takes it will be spoken to with it.
# custom:
#   id: MESH-ENC-003
#   severity: error
#   remediation: >
#     Set the smallest version to 1.2, and leave HTTPS the only way in.
package meshc.encryption.modern_tls

import data.meshc.lib.terraform
import rego.v1

versions := {"azurerm_storage_account": "min_tls_version", "azurerm_eventhub_namespace": "minimum_tls_version", "azurerm_mssql_server": "minimum_tls_version"}

old := {"TLS1_0", "TLS1_1", "1.0", "1.1", "Disabled"}

deny contains finding if {
	some resource in input.resources
	version := resource.values[versions[resource.type]]
	version in old
	finding := {"message": sprintf("`%s` takes TLS from `%s`", [terraform.label(resource), version]), "at": resource.at}
}

deny contains finding if {
	some resource in terraform.of_type("azurerm_storage_account")
	some setting in ["https_traffic_only_enabled", "enable_https_traffic_only"]
	resource.values[setting] == false
	finding := {"message": sprintf("`%s` takes plain HTTP", [terraform.label(resource)]), "at": resource.at}
}
