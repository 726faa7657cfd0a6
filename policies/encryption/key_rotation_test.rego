package meshc.encryption.key_rotation_test

import data.meshc.encryption.key_rotation as rule
import rego.v1

key(type, values) := {"resources": [{"type": type, "name": "data", "values": values, "at": 6}]}

test_rotated_keys_pass if {
	count(rule.deny) == 0 with input as key("aws_kms_key", {"enable_key_rotation": true})
	count(rule.deny) == 0 with input as key("google_kms_crypto_key", {"rotation_period": "31536000s"})
	count(rule.deny) == 0 with input as key("azurerm_key_vault_key", {"rotation_policy": [{"automatic": [{"time_after_creation": "P365D"}]}]})
}

test_aws_does_not_by_itself if {
	rule.deny == {{"message": "the key `data` is not rotated", "at": 6}} with input as key("aws_kms_key", {})
	count(rule.deny) == 1 with input as key("aws_kms_key", {"enable_key_rotation": false})
}

test_signing_and_asymmetric_keys_cannot if {
	count(rule.deny) == 0 with input as key("aws_kms_key", {"key_usage": "SIGN_VERIFY", "customer_master_key_spec": "ECC_NIST_P256"})
	count(rule.deny) == 0 with input as key("aws_kms_key", {"customer_master_key_spec": "RSA_4096"})
	count(rule.deny) == 0 with input as key("aws_kms_key", {"custom_key_store_id": "cks-1"})
	count(rule.deny) == 0 with input as key("google_kms_crypto_key", {"purpose": "ASYMMETRIC_SIGN"})
}

test_two_years_are_too_long if {
	count(rule.deny) == 1 with input as key("google_kms_crypto_key", {"rotation_period": "63072000s"})
	count(rule.deny) == 1 with input as key("google_kms_crypto_key", {})
}

test_azure_needs_a_policy if {
	count(rule.deny) == 1 with input as key("azurerm_key_vault_key", {})
	count(rule.deny) == 1 with input as key("azurerm_key_vault_key", {"rotation_policy": [{"expire_after": "P90D"}]})
}
