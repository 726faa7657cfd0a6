# METADATA
# title: A bucket has one way to grant
# description: >
#   Without uniform access every object of a Google Cloud bucket has a list of its own, which IAM does not
#   show and conditions do not bind.
# custom:
#   id: MESH-EXP-003
#   severity: error
#   remediation: >
#     Set `uniform_bucket_level_access`, and grant with IAM.
package meshc.exposure.uniform_bucket_access

import data.meshc.lib.terraform
import rego.v1

deny contains finding if {
	some bucket in terraform.of_type("google_storage_bucket")
	object.get(bucket.values, "uniform_bucket_level_access", false) != true
	finding := {"message": sprintf("the bucket `%s` has no uniform access", [bucket.name]), "at": bucket.at}
}

deny contains finding if {
	some list in input.resources
	list.type in {"google_storage_bucket_acl", "google_storage_object_acl", "google_storage_default_object_acl", "google_storage_bucket_access_control", "google_storage_object_access_control", "google_storage_default_object_access_control"}
	finding := {"message": sprintf("`%s` grants beside IAM", [terraform.label(list)]), "at": list.at}
}
