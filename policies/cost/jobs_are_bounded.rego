# METADATA
# title: A job says what it may use and when it is over
# description: >
#   A job of Kubernetes is refused unless its pod says `Never` or `OnFailure`, and one without limits takes
#   what its neighbours need.
# custom:
#   id: MESH-CST-005
#   severity: error
#   remediation: >
#     Set `restartPolicy`, and limits of memory for every container.
package meshc.cost.jobs_are_bounded

import rego.v1

jobs := [{"spec": document.value.spec.template.spec, "document": document} |
	some document in input.documents
	document.value.kind == "Job"
]

crons := [{"spec": document.value.spec.jobTemplate.spec.template.spec, "document": document} |
	some document in input.documents
	document.value.kind == "CronJob"
]

lacks(spec) := array.concat(
	["a `restartPolicy` that a job may have" | not spec.restartPolicy in {"Never", "OnFailure"}],
	[sprintf("a limit of memory for `%s`", [container.name]) | some container in spec.containers; not container.resources.limits.memory],
)

deny contains finding if {
	some job in array.concat(jobs, crons)
	missing := lacks(job.spec)
	count(missing) > 0
	finding := {"message": sprintf("the job in `%s` has not %s", [job.document.path, concat(" and ", missing)]), "at": job.document.at}
}
