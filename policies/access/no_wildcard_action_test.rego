package meshc.access.no_wildcard_action_test

import data.meshc.access.no_wildcard_action as rule
import rego.v1

allows(statement) := {"documents": [{"path": "iam/a.json", "value": {"Statement": [object.union({"Effect": "Allow"}, statement)]}, "at": 2}], "resources": []}

test_named_actions_pass if {
	count(rule.deny) == 0 with input as allows({"Action": ["s3:GetObject", "s3:List*"]})
	count(rule.deny) == 0 with input as allows({"Effect": "Deny", "Action": "s3:*"})
}

test_a_whole_service_is_denied if {
	rule.deny == {{"message": "`iam/a.json` allows `s3:*`", "at": 2}} with input as allows({"Action": "s3:*"})
	count(rule.deny) == 1 with input as allows({"Action": ["s3:GetObject", "*"]})
	count(rule.deny) == 1 with input as {"documents": [{"path": "a.json", "value": {"Statement": {"Effect": "Allow", "Action": "*"}}, "at": 0}], "resources": []}
}

test_everything_but_is_denied if {
	count(rule.deny) == 1 with input as allows({"NotAction": "iam:*"})
}

test_the_account_keeps_its_key if {
	count(rule.deny) == 0 with input as allows({"Action": "kms:*", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}})
	count(rule.deny) == 1 with input as allows({"Action": "kms:*", "Principal": {"AWS": "arn:aws:iam::111122223333:role/a"}})
}

test_roles_of_azure_are_judged if {
	count(rule.deny) == 1 with input as {"documents": [{"path": "r.json", "value": {"properties": {"permissions": [{"actions": ["*"]}]}}, "at": 0}], "resources": []}
	count(rule.deny) == 1 with input as {"documents": [], "resources": [{"type": "azurerm_role_definition", "name": "r", "values": {"permissions": [{"actions": ["*"]}]}, "at": 0}]}
	count(rule.deny) == 0 with input as {"documents": [], "resources": [{"type": "azurerm_role_definition", "name": "r", "values": {"permissions": [{"actions": ["Microsoft.Storage/storageAccounts/read"]}]}, "at": 0}]}
}
