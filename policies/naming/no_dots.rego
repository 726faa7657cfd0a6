# METADATA
# title: Names of buckets have no dots
# description: >
#   A bucket's name becomes a host name, and the certificate of the cloud covers one level of it; with a dot
#   in the name TLS fails or has to be weakened. On Google Cloud a name with dots is a domain that somebody
#   has to own. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
# custom:
#   id: MESH-NAM-001
#   severity: error
#   remediation: >
#     Use `-` in the name.
package meshc.naming.no_dots

import data.meshc.lib.terraform
import rego.v1

named := {"aws_s3_bucket": "bucket", "google_storage_bucket": "name"}

deny contains finding if {
	some resource in input.resources
	name := resource.values[named[resource.type]]
	is_string(name)
	contains(name, ".")
	finding := {"message": sprintf("the bucket `%s` is named `%s`, with a dot", [resource.name, name]), "at": resource.at}
}
