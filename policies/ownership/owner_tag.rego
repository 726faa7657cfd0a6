# METADATA
# title: What holds data says whose it is
# description: >
#   A bucket, stream, account or dataset carries the tags that governance asks for, or at least the owner
#   where no mesh says more; what nobody owns is never cleaned up, paid for or answered for. What a service
#   shares between products carries no product and no label of one.
# custom:
#   id: MESH-OWN-003
#   severity: error
#   remediation: >
#     Set the tags on the resource, or as default tags of the provider.
package meshc.ownership.owner_tag

import data.meshc.lib.terraform
import rego.v1

# Where tags stand, by type. What a provider sets by default counts as well.
tagged := {
	"aws_s3_bucket": "tags", "aws_kinesis_stream": "tags", "aws_redshift_cluster": "tags", "aws_db_instance": "tags",
	"aws_dynamodb_table": "tags", "aws_rds_cluster": "tags", "azurerm_storage_account": "tags",
	"azurerm_eventhub_namespace": "tags", "google_storage_bucket": "labels", "google_bigquery_dataset": "labels",
	"google_pubsub_topic": "labels",
}

wanted := [tag | some tag in input.governance.tags; not tag in {"classification", "product"}] if is_array(input.governance.tags)

else := ["owner"]

spelled(key) := replace(replace(lower(key), "_", "-"), " ", "-")

own(resource) := {spelled(key) | some key, _ in resource.values[tagged[resource.type]]}

by_default(resource) := {spelled(key) |
	some provider in input.providers
	provider.root == resource.root
	startswith(resource.type, sprintf("%s_", [provider.name]))
	some key, _ in defaults(provider.values)
}

defaults(values) := values.default_labels

defaults(values) := terraform.block(values, "default_tags").tags if not values.default_labels

# Tags that are computed elsewhere cannot be judged here.
known(resource) if not terraform.is_expression(object.get(resource.values, tagged[resource.type], {}))

missing(resource) := [tag | some tag in wanted; not tag in (own(resource) | by_default(resource))]

deny contains finding if {
	some resource in input.resources
	tagged[resource.type]
	known(resource)
	lacks := missing(resource)
	count(lacks) > 0
	finding := {
		"message": sprintf("`%s` does not say its %s", [terraform.label(resource), concat(", ", lacks)]),
		"at": resource.at,
	}
}
