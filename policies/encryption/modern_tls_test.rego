package meshc.encryption.modern_tls_test

import data.meshc.encryption.modern_tls as rule
import rego.v1

account(values) := {"resources": [{"type": "azurerm_storage_account", "name": "a", "values": values, "at": 1}]}

test_new_tls_passes_and_so_does_the_default if {
	count(rule.deny) == 0 with input as account({"min_tls_version": "TLS1_2", "https_traffic_only_enabled": true})
	count(rule.deny) == 0 with input as account({})
}

test_old_tls_is_denied if {
	rule.deny == {{"message": "`azurerm_storage_account.a` takes TLS from `TLS1_0`", "at": 1}} with input as account({"min_tls_version": "TLS1_0"})
	count(rule.deny) == 1 with input as {"resources": [{"type": "azurerm_eventhub_namespace", "name": "n", "values": {"minimum_tls_version": "1.1"}, "at": 0}]}
}

test_plain_http_is_denied if {
	count(rule.deny) == 1 with input as account({"https_traffic_only_enabled": false})
	count(rule.deny) == 1 with input as account({"enable_https_traffic_only": false})
}
