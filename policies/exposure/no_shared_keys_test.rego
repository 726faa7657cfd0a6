package meshc.exposure.no_shared_keys_test

import data.meshc.exposure.no_shared_keys as rule
import rego.v1

with_resource(type, values) := {"resources": [{"type": type, "name": "a", "values": values, "at": 3}]}

test_identities_pass if {
	count(rule.deny) == 0 with input as with_resource("azurerm_storage_account", {"shared_access_key_enabled": false})
	count(rule.deny) == 0 with input as with_resource("azurerm_eventhub_namespace", {"local_authentication_enabled": false})
}

test_keys_are_on_unless_turned_off if {
	rule.deny == {{"message": "`azurerm_storage_account.a` takes shared keys: `shared_access_key_enabled` is not false", "at": 3}} with input as with_resource("azurerm_storage_account", {})
	count(rule.deny) == 1 with input as with_resource("azurerm_eventhub_namespace", {"local_authentication_enabled": true})
}

test_a_rule_that_makes_one_is_denied if {
	count(rule.deny) == 1 with input as with_resource("azurerm_eventhub_authorization_rule", {})
}
