# METADATA
# title: Logs are kept for a time
# description: >
#   Logs that nobody set an end for are kept and paid for until somebody looks, and what they hold about
#   people stays as long.
# custom:
#   id: MESH-CST-003
#   severity: error
#   remediation: >
#     Set how long they are kept, as long as the audit needs them.
package meshc.cost.logs_end

import data.meshc.lib.terraform
import rego.v1

deny contains finding if {
	some group in terraform.of_type("aws_cloudwatch_log_group")
	object.get(group.values, "retention_in_days", 0) == 0
	finding := {"message": sprintf("the log group `%s` is kept for ever", [group.name]), "at": group.at}
}

# A log analytics workspace that says nothing keeps a month, which is too short to look into anything.
deny contains finding if {
	some workspace in terraform.of_type("azurerm_log_analytics_workspace")
	object.get(workspace.values, "retention_in_days", 30) < 90
	finding := {"message": sprintf("the workspace `%s` forgets within 90 days", [workspace.name]), "at": workspace.at}
}
