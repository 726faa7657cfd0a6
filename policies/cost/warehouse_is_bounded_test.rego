package meshc.cost.warehouse_is_bounded_test

import data.meshc.cost.warehouse_is_bounded as rule
import rego.v1

said(texts) := {"statements": [{"head": upper(text), "text": text, "path": "wh.sql", "at": at} | some at, text in texts], "resources": []}

test_one_statement_or_several_pass if {
	count(rule.deny) == 0 with input as said([`CREATE WAREHOUSE WH AUTO_SUSPEND = 60 RESOURCE_MONITOR = RM`])
	count(rule.deny) == 0 with input as said([`CREATE WAREHOUSE IF NOT EXISTS "WH" INITIALLY_SUSPENDED = TRUE`, `ALTER WAREHOUSE "WH" SET AUTO_SUSPEND = 60`, `ALTER WAREHOUSE "WH" SET RESOURCE_MONITOR = "RM"`])
}

test_what_is_missing_is_said if {
	rule.deny == {{"message": "the warehouse `WH` does not suspend within ten minutes and has no resource monitor", "at": 0}} with input as said([`CREATE WAREHOUSE WH WAREHOUSE_SIZE = LARGE`])
	count(rule.deny) == 1 with input as said([`CREATE WAREHOUSE WH AUTO_SUSPEND = 0 RESOURCE_MONITOR = RM`])
	count(rule.deny) == 1 with input as said([`CREATE WAREHOUSE WH AUTO_SUSPEND = 3600 RESOURCE_MONITOR = RM`])
	count(rule.deny) == 1 with input as said([`CREATE WAREHOUSE A AUTO_SUSPEND = 60`, `ALTER WAREHOUSE B SET RESOURCE_MONITOR = RM`])
}

test_terraform_is_judged if {
	count(rule.deny) == 1 with input as {"statements": [], "resources": [{"type": "snowflake_warehouse", "name": "w", "values": {}, "at": 0}]}
	count(rule.deny) == 0 with input as {"statements": [], "resources": [{"type": "snowflake_warehouse", "name": "w", "values": {"auto_suspend": 60}, "at": 0}]}
}
