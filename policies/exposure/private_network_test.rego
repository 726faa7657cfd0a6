package meshc.exposure.private_network_test

import data.meshc.exposure.private_network as rule
import rego.v1

with_resource(type, values) := {"resources": [{"type": type, "name": "a", "root": ".", "values": values, "at": 3}]}

test_no_public_network_passes if {
	count(rule.deny) == 0 with input as with_resource("azurerm_storage_account", {"public_network_access_enabled": false})
	count(rule.deny) == 0 with input as with_resource("azurerm_key_vault", {"public_network_access_enabled": true, "network_acls": [{"default_action": "Deny"}]})
	count(rule.deny) == 0 with input as with_resource("aws_db_instance", {"publicly_accessible": false})
}

test_the_default_is_open if {
	rule.deny == {{"message": "`azurerm_storage_account.a` is open to every network", "at": 3}} with input as with_resource("azurerm_storage_account", {})
	count(rule.deny) == 1 with input as with_resource("azurerm_storage_account", {"network_rules": [{"default_action": "Allow"}]})
	count(rule.deny) == 1 with input as with_resource("azurerm_eventhub_namespace", {})
	count(rule.deny) == 1 with input as with_resource("azurerm_key_vault", {})
}

account := {"type": "azurerm_storage_account", "name": "a", "root": ".", "values": {}, "at": 0}

rules := {"type": "azurerm_storage_account_network_rules", "name": "r", "root": ".", "values": {"storage_account_id": {"expression": true, "text": "azurerm_storage_account.a.id"}, "default_action": "Deny"}, "at": 1}

test_rules_in_a_resource_of_their_own_count if {
	count(rule.deny) == 0 with input as {"resources": [account, rules]}
}

test_a_public_database_is_denied if {
	count(rule.deny) == 1 with input as with_resource("aws_redshift_cluster", {"publicly_accessible": true})
}
