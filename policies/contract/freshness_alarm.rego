# METADATA
# title: Silence sets the alarm off
# description: >
#   An alarm on the age of data that hears nothing is not in alarm unless it is told so: the day the pipeline
#   stops is the day it says nothing. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-
#   and-missing-data.html
# custom:
#   id: MESH-CON-009
#   severity: error
#   remediation: >
#     Set `treat_missing_data` to `breaching`.
package meshc.contract.freshness_alarm

import data.meshc.lib.terraform
import rego.v1

about_age(alarm) if regex.match(`(?i)(fresh|age|lag|staleness|last_?update|delay)`, alarm.values.metric_name)

deny contains finding if {
	some alarm in terraform.of_type("aws_cloudwatch_metric_alarm")
	is_string(alarm.values.metric_name)
	about_age(alarm)
	object.get(alarm.values, "treat_missing_data", "missing") != "breaching"
	finding := {"message": sprintf("the alarm `%s` stays quiet when nothing comes", [alarm.name]), "at": alarm.at}
}
