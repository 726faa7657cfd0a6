# METADATA
# title: Streams and databases are encrypted at rest
# description: >
#   These services store in clear unless they are told otherwise, and most cannot be changed in place
#   afterwards.
# custom:
#   id: MESH-ENC-005
#   severity: error
#   remediation: >
#     Set the attribute, with a key of the domain where the data is confidential.
package meshc.encryption.at_rest

import data.meshc.lib.terraform
import rego.v1

wanted := {
	"aws_kinesis_stream": ["encryption_type", "KMS"],
	"aws_redshift_cluster": ["encrypted", true],
	"aws_db_instance": ["storage_encrypted", true],
	"aws_rds_cluster": ["storage_encrypted", true],
	"aws_efs_file_system": ["encrypted", true],
	"aws_ebs_volume": ["encrypted", true],
	"aws_neptune_cluster": ["storage_encrypted", true],
	"aws_docdb_cluster": ["storage_encrypted", true],
}

# Terraform takes `"true"` for true.
is_set(value, want) if value == want

is_set(value, true) if value == "true"

deny contains finding if {
	some resource in input.resources
	[attribute, want] := wanted[resource.type]
	not is_set(object.get(resource.values, attribute, null), want)
	finding := {"message": sprintf("`%s` stores in clear: `%s` is not `%v`", [terraform.label(resource), attribute, want]), "at": resource.at}
}
