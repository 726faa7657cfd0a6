# METADATA
# title: Nothing is deleted the day it comes
# description: >
#   A deletion rule without an age matches every object of a bucket. An age that is missing and an age of
#   zero are the same to the service.
# custom:
#   id: MESH-RET-002
#   severity: error
#   remediation: >
#     Give the condition an age of a day at least, or what else it should match.
package meshc.retention.no_age_zero

import data.meshc.lib.terraform
import rego.v1

# Conditions that select some objects only.
selects := ["created_before", "custom_time_before", "days_since_custom_time", "days_since_noncurrent_time", "noncurrent_time_before", "num_newer_versions", "matches_prefix", "matches_suffix"]

narrow(condition) if {
	some key in selects
	condition[key]
}

narrow(condition) if condition.with_state == "ARCHIVED"

narrow(condition) if condition.age > 0

# An age that is computed elsewhere cannot be judged here.
narrow(condition) if terraform.is_expression(condition.age)

deny contains finding if {
	some bucket in terraform.of_type("google_storage_bucket")
	some lifecycle in terraform.blocks(bucket.values, "lifecycle_rule")
	terraform.block(lifecycle, "action").type == "Delete"
	not narrow(terraform.block(lifecycle, "condition"))
	finding := {"message": sprintf("the bucket `%s` deletes every object at once", [bucket.name]), "at": bucket.at}
}

deny contains finding if {
	some configuration in terraform.of_type("aws_s3_bucket_lifecycle_configuration")
	some lifecycle in terraform.blocks(configuration.values, "rule")
	terraform.block(lifecycle, "expiration").days < 1
	finding := {"message": sprintf("`%s` deletes every object at once", [terraform.label(configuration)]), "at": configuration.at}
}

deny contains finding if {
	some policy in terraform.of_type("azurerm_storage_management_policy")
	some lifecycle in terraform.blocks(policy.values, "rule")
	blob := terraform.block(terraform.block(lifecycle, "actions"), "base_blob")
	some key in ["delete_after_days_since_modification_greater_than", "delete_after_days_since_creation_greater_than"]
	blob[key] < 1
	finding := {"message": sprintf("`%s` deletes every blob within a day", [terraform.label(policy)]), "at": policy.at}
}
