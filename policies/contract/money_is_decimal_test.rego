package meshc.contract.money_is_decimal_test

import data.meshc.contract.money_is_decimal as rule
import rego.v1

nothing := {"products": [], "resources": [], "documents": [], "statements": []}

column(name, type) := object.union(nothing, {"products": [{"address": "sales/orders", "columns": [{"name": name, "type": type, "at": 4}]}]})

test_decimals_pass if {
	count(rule.deny) == 0 with input as column("total", "decimal(12,2)")
	count(rule.deny) == 0 with input as column("amount", "integer")
}

test_numbers_that_are_no_money_pass if {
	count(rule.deny) == 0 with input as column("temperature", "number")
	count(rule.deny) == 0 with input as column("subtotalled", "number")
}

test_floating_money_is_denied if {
	rule.deny == {{"message": "`total` of `sales/orders` is money and a `number`", "at": 4}} with input as column("total", "number")
	count(rule.deny) == 1 with input as column("unitPrice", "number")
}

test_other_languages_are_read if {
	count(rule.deny) == 1 with input as object.union(nothing, {"resources": [{"type": "aws_glue_catalog_table", "name": "t", "values": {"storage_descriptor": [{"columns": [{"name": "price", "type": "double"}]}]}, "at": 0}]})
	count(rule.deny) == 1 with input as object.union(nothing, {"documents": [{"path": "order.json", "value": {"type": "record", "fields": [{"name": "total", "type": ["null", "double"]}]}, "at": 0}]})
	count(rule.deny) == 1 with input as object.union(nothing, {"documents": [{"path": "schema.json", "value": [{"name": "revenue", "type": "FLOAT64"}], "at": 0}]})
	count(rule.deny) == 1 with input as object.union(nothing, {"statements": [{"path": "t.sql", "head": "CREATE TABLE T", "text": `CREATE TABLE "T" ( "ID" VARCHAR, "REVENUE" FLOAT )`, "at": 0}]})
	count(rule.deny) == 0 with input as object.union(nothing, {"statements": [{"path": "t.sql", "head": "CREATE TABLE T", "text": `CREATE TABLE "T" ( "ID" VARCHAR, "REVENUE" NUMBER(18, 2) )`, "at": 0}]})
	count(rule.deny) == 0 with input as object.union(nothing, {"documents": [{"path": "order.json", "value": {"type": "record", "fields": [{"name": "total", "type": {"type": "bytes", "logicalType": "decimal"}}]}, "at": 0}]})
}
