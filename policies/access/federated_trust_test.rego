package meshc.access.federated_trust_test

import data.meshc.access.federated_trust as rule
import rego.v1

trust(conditions) := {"documents": [{"path": "ci.trust.json", "value": {"Statement": [object.union({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}, conditions)]}, "at": 1}]}

host := "token.actions.githubusercontent.com"

test_a_subject_passes if {
	count(rule.deny) == 0 with input as trust({"Condition": {"StringLike": {concat(":", [host, "sub"]): "repo:acme/sales:environment:prod"}}})
}

test_no_condition_is_denied if {
	rule.deny == {{"message": "`ci.trust.json` lets in everybody whom the identity provider knows", "at": 1}} with input as trust({})
}

test_an_audience_or_a_wildcard_names_nobody if {
	count(rule.deny) == 1 with input as trust({"Condition": {"StringEquals": {concat(":", [host, "aud"]): "sts.amazonaws.com"}}})
	count(rule.deny) == 1 with input as trust({"Condition": {"StringLike": {concat(":", [host, "sub"]): "*"}}})
	count(rule.deny) == 1 with input as trust({"Condition": {"StringLikeIfExists": {concat(":", [host, "sub"]): "repo:acme/*"}}})
}

test_services_are_another_matter if {
	count(rule.deny) == 0 with input as {"documents": [{"path": "a.json", "value": {"Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}]}, "at": 1}]}
}
