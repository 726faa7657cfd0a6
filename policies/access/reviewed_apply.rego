# METADATA
# title: What is applied is what was reviewed
# description: >
#   `terraform apply -auto-approve` in a pipeline plans once more and applies that, whatever it is by then.
#   What people looked at is a saved plan, and only that may run.
# custom:
#   id: MESH-ACC-016
#   severity: error
#   remediation: >
#     Save the plan with `-out`, let somebody approve it in a protected environment, and apply that file.
package meshc.access.reviewed_apply

import data.meshc.lib.statements
import rego.v1

# What a pipeline runs: steps of GitHub Actions, scripts of GitLab.
commands(document) := array.concat(
	[step.run | some job in document.value.jobs; some step in job.steps; is_string(step.run)],
	[line | some name, job in document.value; is_object(job); some line in statements.listed(job.script); is_string(line)],
)

deny contains finding if {
	some document in input.documents
	some command in commands(document)
	some line in split(command, "\n")
	regex.match(`\b(terraform|tofu)\b.*\bapply\b.*-auto-approve`, line)
	not regex.match(`(\.tfplan|\.plan|\bplan\.out|\btfplan)\b`, line)
	finding := {"message": sprintf("`%s` applies without a plan that somebody saw", [document.path]), "at": document.at}
}
