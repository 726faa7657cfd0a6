# METADATA
# title: Access to buckets is never a list on an object
# description: >
#   Access control lists of S3 grant beside every policy and are seen by nobody who reads policies. Buckets
#   made since April 2023 refuse any list, so that setting one fails.
#   https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
# custom:
#   id: MESH-EXP-002
#   severity: error
#   remediation: >
#     Drop the list, set object ownership to `BucketOwnerEnforced`, and grant by policy.
package meshc.exposure.no_acls

import data.meshc.lib.terraform
import rego.v1

deny contains finding if {
	some bucket in terraform.of_type("aws_s3_bucket")
	some setting in ["acl", "grant"]
	bucket.values[setting]
	finding := {"message": sprintf("the bucket `%s` sets `%s`", [bucket.name, setting]), "at": bucket.at}
}

deny contains finding if {
	some list in terraform.of_type("aws_s3_bucket_acl")
	finding := {"message": sprintf("`%s` is an access control list", [terraform.label(list)]), "at": list.at}
}

deny contains finding if {
	some object in terraform.of_type("aws_s3_object")
	object.values.acl
	finding := {"message": sprintf("the object `%s` sets `acl`", [object.name]), "at": object.at}
}

deny contains finding if {
	some controls in terraform.of_type("aws_s3_bucket_ownership_controls")
	ownership := terraform.block(controls.values, "rule").object_ownership
	ownership != "BucketOwnerEnforced"
	finding := {"message": sprintf("`%s` keeps lists in force: `%s`", [terraform.label(controls), ownership]), "at": controls.at}
}
