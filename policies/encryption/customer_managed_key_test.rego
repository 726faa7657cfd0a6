package meshc.encryption.customer_managed_key_test

import data.meshc.encryption.customer_managed_key
import rego.v1

thing(target, label, encryption) := {
	"mesh": {"classifications": ["public", "internal", "confidential", "pii"]},
	"target": target,
	"storages": [{"address": "sales/orders:raw", "classification": label, "encryption": encryption, "at": 3}],
	"streams": [],
}

test_own_and_existing_keys_pass if {
	count(customer_managed_key.deny) == 0 with input as thing("aws", "confidential", "own")
	count(customer_managed_key.deny) == 0 with input as thing("aws", "pii", "existing")
}

test_internal_data_may_use_the_providers_key if {
	count(customer_managed_key.deny) == 0 with input as thing("aws", "internal", "provider")
}

test_confidential_data_may_not if {
	customer_managed_key.deny == {{"message": "`sales/orders:raw` holds confidential data under the provider's own key", "at": 3}} with input as thing("aws", "confidential", "provider")
}

test_stricter_labels_may_not if {
	count(customer_managed_key.deny) == 1 with input as thing("gcp", "pii", "provider")
}

test_snowflake_is_left_out if {
	count(customer_managed_key.deny) == 0 with input as thing("snowflake", "pii", "provider")
}
