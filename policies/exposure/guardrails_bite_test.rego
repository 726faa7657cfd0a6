package meshc.exposure.guardrails_bite_test

import data.meshc.exposure.guardrails_bite as rule
import rego.v1

definition(then) := {"documents": [{"path": "cmk.json", "value": {"properties": {"policyRule": {"if": {"field": "type", "equals": "x"}, "then": then}}}, "at": 1}]}

test_an_effect_alone_passes if {
	count(rule.deny) == 0 with input as definition({"effect": "deny"})
}

test_effects_that_need_details_pass if {
	count(rule.deny) == 0 with input as definition({"effect": "modify", "details": {"operations": []}})
	count(rule.deny) == 0 with input as definition({"effect": "[parameters('effect')]", "details": {}})
}

test_a_denial_with_details_is_denied if {
	rule.deny == {{"message": "`cmk.json` has details beside the effect `Deny`, which nothing reads", "at": 1}} with input as definition({"effect": "Deny", "details": {"field": "a"}})
}

test_a_rule_in_terraform_is_one if {
	count(rule.deny) == 1 with input as {"documents": [{"path": "main.tf", "value": {"if": {"field": "type", "equals": "x"}, "then": {"effect": "deny", "details": {}}}, "at": 1}]}
}
