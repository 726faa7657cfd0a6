# METADATA
# title: Nobody's name is in a path
# description: >
#   A partition's value stands in the key of every object, and from there in logs, listings and error
#   messages, where no mask reaches.
# custom:
#   id: MESH-CLS-002
#   severity: error
#   remediation: >
#     Partition by a date, or by a value that means nothing outside.
package meshc.classification.no_personal_paths

import data.meshc.lib.names
import data.meshc.lib.terraform
import rego.v1

labelled(key) if lower(terraform.block(key, "parameters").classification) in {"pii", "personal"}

labelled(key) if lower(key.parameters.classification) in {"pii", "personal"}

telling(key) if names.personal(key.name)

telling(key) if labelled(key)

deny contains finding if {
	some table in terraform.of_type("aws_glue_catalog_table")
	some key in terraform.blocks(table.values, "partition_keys")
	telling(key)
	finding := {"message": sprintf("the table `%s` is split by `%s`, which is about a person", [table.name, key.name]), "at": table.at}
}

deny contains finding if {
	some table in terraform.of_type("google_bigquery_table")
	some column in terraform.block(table.values, "hive_partitioning_options").fields
	names.personal(column)
	finding := {"message": sprintf("the table `%s` is split by `%s`, which is about a person", [table.name, column]), "at": table.at}
}

# What carries events to a stream says by which of their parts.
stream_keys(resource) := [key |
	some parameters in terraform.blocks(terraform.block(resource.values, "target_parameters"), "kinesis_stream_parameters")
	key := parameters.partition_key
]

other_keys(resource) := [key |
	some parameters in terraform.blocks(resource.values, "kinesis_target")
	key := parameters.partition_key_path
]

# `$.detail.agent_id` ends with the name of what it takes.
last(path) := regex.replace(path, `^.*\.`, "")

deny contains finding if {
	some resource in input.resources
	resource.type in {"aws_pipes_pipe", "aws_cloudwatch_event_target"}
	some key in array.concat(stream_keys(resource), other_keys(resource))
	is_string(key)
	names.person(last(key))
	finding := {"message": sprintf("`%s.%s` spreads events by `%s`, which is about a person", [resource.type, resource.name, key]), "at": resource.at}
}
