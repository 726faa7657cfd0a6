package meshc.cost.jobs_are_bounded_test

import data.meshc.cost.jobs_are_bounded as rule
import rego.v1

job(spec) := {"documents": [{"path": "job.yaml", "value": {"kind": "Job", "spec": {"template": {"spec": spec}}}, "at": 1}]}

limited := {"name": "spark", "resources": {"limits": {"memory": "4Gi"}}}

test_a_bounded_job_passes if {
	count(rule.deny) == 0 with input as job({"restartPolicy": "Never", "containers": [limited]})
	count(rule.deny) == 0 with input as {"documents": [{"path": "d.yaml", "value": {"kind": "Deployment", "spec": {"template": {"spec": {}}}}, "at": 1}]}
}

test_what_is_missing_is_denied if {
	rule.deny == {{"message": "the job in `job.yaml` has not a `restartPolicy` that a job may have", "at": 1}} with input as job({"containers": [limited]})
	count(rule.deny) == 1 with input as job({"restartPolicy": "Always", "containers": [limited]})
	count(rule.deny) == 1 with input as job({"restartPolicy": "Never", "containers": [{"name": "spark"}]})
}

test_jobs_on_a_clock_are_jobs if {
	count(rule.deny) == 1 with input as {"documents": [{"path": "c.yaml", "value": {"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [limited]}}}}}}, "at": 1}]}
}
