# METADATA
# title: A tag reaches what it is meant for
# description: >
#   `aws_ec2_tag` sets tags of EC2 resources only; on the ARN of a bucket or a stream it fails, or tags
#   nothing that the bill shows.
# custom:
#   id: MESH-OWN-004
#   severity: error
#   remediation: >
#     Put the tags on the resource itself, or into `default_tags` of the provider.
package meshc.ownership.tags_where_they_count

import data.meshc.lib.terraform
import rego.v1

of_ec2(id) if not startswith(id, "arn:")

of_ec2(id) if regex.match(`^arn:[a-z-]+:ec2:`, id)

pointed(resource) := resource.values.resource_id if is_string(resource.values.resource_id)

# A reference says its type.
pointed(resource) := sprintf("arn:aws:%s", [text]) if {
	text := resource.values.resource_id.text
	regex.match(`^aws_(s3|kinesis|glue|kms|redshift|dynamodb|sns|sqs|athena|iam)_`, text)
}

deny contains finding if {
	some resource in terraform.of_type("aws_ec2_tag")
	not of_ec2(pointed(resource))
	finding := {
		"message": sprintf("`%s` tags `%s`, which is nothing of EC2", [terraform.label(resource), pointed(resource)]),
		"at": resource.at,
	}
}
