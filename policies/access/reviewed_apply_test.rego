package meshc.access.reviewed_apply_test

import data.meshc.access.reviewed_apply as rule
import rego.v1

runs(text) := {"documents": [{"path": ".github/workflows/deploy.yml", "value": {"jobs": {"deploy": {"steps": [{"uses": "actions/checkout@v4"}, {"run": text}]}}}, "at": 1}]}

test_a_saved_plan_passes if {
	count(rule.deny) == 0 with input as runs("terraform apply -input=false prod.tfplan")
	count(rule.deny) == 0 with input as runs("terraform apply -auto-approve prod.tfplan")
	count(rule.deny) == 0 with input as runs("terraform plan -out prod.tfplan")
}

test_a_plan_that_nobody_saw_is_denied if {
	rule.deny == {{"message": "`.github/workflows/deploy.yml` applies without a plan that somebody saw", "at": 1}} with input as runs("terraform init\nterraform apply -auto-approve")
	count(rule.deny) == 1 with input as {"documents": [{"path": ".gitlab-ci.yml", "value": {"deploy": {"script": ["terraform apply -auto-approve"]}}, "at": 1}]}
}
