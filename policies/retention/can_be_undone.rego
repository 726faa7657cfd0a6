# METADATA
# title: A deletion can be undone for a while
# description: >
#   Whoever deletes or overwrites by mistake, or with a stolen credential, should not have the last word.
#   Storage keeps what was replaced for some days. It is for recovery only: where data came from is another
#   matter.
# custom:
#   id: MESH-RET-004
#   severity: error
#   remediation: >
#     Turn on versioning (S3), soft delete or versioning (Google Cloud), or a delete retention policy (Azure).
package meshc.retention.can_be_undone

import data.meshc.lib.terraform
import rego.v1

versioned := {bucket |
	some versioning in terraform.of_type("aws_s3_bucket_versioning")
	terraform.block(versioning.values, "versioning_configuration").status == "Enabled"
	bucket := terraform.target(versioning, "bucket")
}

deny contains finding if {
	some bucket in terraform.of_type("aws_s3_bucket")
	count(terraform.keys(bucket, "bucket") & versioned) == 0
	not terraform.block(bucket.values, "versioning").enabled
	finding := {"message": sprintf("the bucket `%s` is not versioned", [bucket.name]), "at": bucket.at}
}

# Google Cloud keeps deleted objects for a week unless it is told not to.
deny contains finding if {
	some bucket in terraform.of_type("google_storage_bucket")
	terraform.block(bucket.values, "soft_delete_policy").retention_duration_seconds == 0
	not terraform.block(bucket.values, "versioning").enabled
	finding := {"message": sprintf("the bucket `%s` keeps nothing that was deleted", [bucket.name]), "at": bucket.at}
}

deny contains finding if {
	some account in terraform.of_type("azurerm_storage_account")
	object.get(account.values, "account_kind", "StorageV2") != "FileStorage"
	blobs := terraform.block(account.values, "blob_properties")
	count(terraform.blocks(blobs, "delete_retention_policy")) == 0
	finding := {"message": sprintf("the storage account `%s` keeps nothing that was deleted", [account.name]), "at": account.at}
}
