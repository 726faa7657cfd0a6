# METADATA
# title: A copy in another region is a decision
# description: >
#   Geo-redundant storage and cross-region replication carry data to a second region, which the region of the
#   resource does not show and the residency of the data may not allow.
# custom:
#   id: MESH-RES-003
#   severity: warning
#   remediation: >
#     Use redundancy within the region, or record why the copy may lie where it lies.
package meshc.residency.no_silent_copies

import data.meshc.lib.terraform
import rego.v1

copied := {"GRS", "RAGRS", "GZRS", "RAGZRS"}

deny contains finding if {
	some account in terraform.of_type("azurerm_storage_account")
	account.values.account_replication_type in copied
	finding := {"message": sprintf("the storage account `%s` copies its data to the paired region (%s)", [account.name, account.values.account_replication_type]), "at": account.at}
}

deny contains finding if {
	some configuration in terraform.of_type("aws_s3_bucket_replication_configuration")
	finding := {"message": sprintf("`%s` copies objects to another bucket", [terraform.label(configuration)]), "at": configuration.at}
}

# https://cloud.google.com/storage/docs/locations
deny contains finding if {
	some bucket in terraform.of_type("google_storage_bucket")
	upper(bucket.values.location) in {"US", "EU", "ASIA", "NAM4", "EUR4", "EUR5", "EUR7", "EUR8", "ASIA1"}
	finding := {"message": sprintf("the bucket `%s` lies in several regions (%s)", [bucket.name, bucket.values.location]), "at": bucket.at}
}
