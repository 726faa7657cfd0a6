# METADATA
# title: Data is not reached from every network
# description: >
#   An identity that leaks is worth little where the network says no as well. Storage, streams, vaults and
#   databases answer private endpoints or named networks only.
# custom:
#   id: MESH-EXP-005
#   severity: error
#   remediation: >
#     Turn public network access off, or deny by default and name the networks.
package meshc.exposure.private_network

import data.meshc.lib.terraform
import rego.v1

# Per type, the block whose default may deny instead.
fenced := {
	"azurerm_storage_account": "network_rules",
	"azurerm_eventhub_namespace": "network_rulesets",
	"azurerm_key_vault": "network_acls",
}

deny contains finding if {
	some resource in input.resources
	fence := fenced[resource.type]
	object.get(resource.values, "public_network_access_enabled", true) != false
	object.get(terraform.block(resource.values, fence), "default_action", "Allow") != "Deny"
	not fenced_elsewhere(resource)
	finding := {"message": sprintf("`%s` is open to every network", [terraform.label(resource)]), "at": resource.at}
}

# Rules may stand in a resource of their own.
fenced_elsewhere(resource) if {
	resource.type == "azurerm_storage_account"
	some rules in terraform.of_type("azurerm_storage_account_network_rules")
	rules.values.default_action == "Deny"
	terraform.target(rules, "storage_account_id") == terraform.own_key(resource)
}

deny contains finding if {
	some resource in input.resources
	resource.type in {"aws_db_instance", "aws_rds_cluster_instance", "aws_redshift_cluster", "aws_redshiftserverless_workgroup"}
	resource.values.publicly_accessible == true
	finding := {"message": sprintf("`%s` has a public address", [terraform.label(resource)]), "at": resource.at}
}
