package meshc.classification.personal_names_test

import data.meshc.classification.personal_names as rule
import rego.v1

column(name, label) := {"governance": {"masked": ["pii"]}, "products": [{"address": "sales/orders", "columns": [{"name": name, "classification": label, "at": 5}]}]}

test_a_label_makes_it_right if {
	count(rule.deny) == 0 with input as column("email", "pii")
}

test_names_in_any_spelling_are_seen if {
	rule.deny == {{"message": "the column `customerEmail` of `sales/orders` sounds personal and is labelled internal", "at": 5}} with input as column("customerEmail", "internal")
	count(rule.deny) == 1 with input as column("DATE_OF_BIRTH", "confidential")
	count(rule.deny) == 1 with input as column("home address", "confidential")
	count(rule.deny) == 1 with input as column("ip_address", "internal")
}

test_parts_of_other_words_are_not if {
	count(rule.deny) == 0 with input as column("emails_sent_count", "internal")
	count(rule.deny) == 0 with input as column("product_name", "internal")
	count(rule.deny) == 0 with input as column("order_id", "internal")
}

test_a_mesh_that_masks_nothing_has_no_label_for_it if {
	count(rule.deny) == 0 with input as {"governance": {"masked": []}, "products": [{"address": "a/b", "columns": [{"name": "email", "classification": "internal", "at": 0}]}]}
}
