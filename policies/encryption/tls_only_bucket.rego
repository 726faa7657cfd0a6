# METADATA
# title: A bucket refuses what is not encrypted on its way
# description: >
#   S3 answers plain HTTP unless the bucket's policy denies it, to everybody and for every action.
#   https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-5
# custom:
#   id: MESH-ENC-004
#   severity: error
#   remediation: >
#     Deny `s3:*` to `*` where `aws:SecureTransport` is `false`, in the bucket's policy.
package meshc.encryption.tls_only_bucket

import data.meshc.lib.statements
import data.meshc.lib.terraform
import rego.v1

refuses(document) if {
	some statement in statements.of(document)
	statement.Effect == "Deny"
	statements.everybody(statement)
	some action in statements.actions(statement)
	action in {"*", "s3:*"}
	some condition in statements.conditions(statement)
	condition.key == "aws:securetransport"
	"false" in condition.values
}

# A policy whose text is not known here, as from a variable, cannot be held against the bucket.
plaintext_is_refused(policy) if {
	some document in terraform.documents(policy, "policy")
	refuses(document)
}

plaintext_is_refused(policy) if {
	not is_string(policy.values.policy)
	count(terraform.documents(policy, "policy")) == 0
}

policies := terraform.of_type("aws_s3_bucket_policy")

safe := {bucket |
	some policy in policies
	plaintext_is_refused(policy)
	bucket := terraform.target(policy, "bucket")
}

deny contains finding if {
	some bucket in terraform.of_type("aws_s3_bucket")
	count(terraform.keys(bucket, "bucket") & safe) == 0
	finding := {"message": sprintf("the bucket `%s` has no policy that denies plain HTTP", [bucket.name]), "at": bucket.at}
}
