package meshc.contract.rows_have_a_key_test

import data.meshc.contract.rows_have_a_key as rule
import rego.v1

product(status, columns) := {"products": [{"address": "sales/orders", "status": status, "columns": columns, "at": 1}]}

test_a_key_passes if {
	count(rule.deny) == 0 with input as product("active", [{"name": "id", "key": true}, {"name": "total", "key": false}])
}

test_no_key_is_denied if {
	rule.deny == {{"message": "no column of `sales/orders` is a key", "at": 1}} with input as product("active", [{"name": "total", "key": false}])
}

test_products_without_columns_or_life_pass if {
	count(rule.deny) == 0 with input as product("active", [])
	count(rule.deny) == 0 with input as product("retired", [{"name": "total", "key": false}])
}
