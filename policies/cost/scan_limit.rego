# METADATA
# title: A query that is paid by the byte has a limit
# description: >
#   One careless query over a lake can cost as much as a month of careful ones. A workgroup stops a query
#   that reads too much, if its settings are enforced.
# custom:
#   id: MESH-CST-002
#   severity: error
#   remediation: >
#     Set `bytes_scanned_cutoff_per_query`, and `enforce_workgroup_configuration`.
package meshc.cost.scan_limit

import data.meshc.lib.terraform
import rego.v1

lacks(configuration) := array.concat(
	["no limit per query" | not configuration.bytes_scanned_cutoff_per_query],
	["settings that callers may replace" | object.get(configuration, "enforce_workgroup_configuration", true) == false],
)

deny contains finding if {
	some group in terraform.of_type("aws_athena_workgroup")
	missing := lacks(terraform.block(group.values, "configuration"))
	count(missing) > 0
	finding := {"message": sprintf("the workgroup `%s` has %s", [group.name, concat(" and ", missing)]), "at": group.at}
}
