package meshc.residency.no_silent_copies_test

import data.meshc.residency.no_silent_copies as rule
import rego.v1

with_resource(type, values) := {"resources": [{"type": type, "name": "raw", "values": values, "at": 1}]}

test_one_region_passes if {
	count(rule.deny) == 0 with input as with_resource("azurerm_storage_account", {"account_replication_type": "ZRS"})
	count(rule.deny) == 0 with input as with_resource("google_storage_bucket", {"location": "europe-west1"})
}

test_copies_are_denied if {
	rule.deny == {{"message": "the storage account `raw` copies its data to the paired region (GRS)", "at": 1}} with input as with_resource("azurerm_storage_account", {"account_replication_type": "GRS"})
	count(rule.deny) == 1 with input as with_resource("google_storage_bucket", {"location": "EU"})
	count(rule.deny) == 1 with input as with_resource("aws_s3_bucket_replication_configuration", {})
}
