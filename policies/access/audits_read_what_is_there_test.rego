package meshc.access.audits_read_what_is_there_test

import data.meshc.access.audits_read_what_is_there as rule
import rego.v1

said(text) := {"statements": [{"head": upper(text), "text": text, "path": "audit.sql", "at": 1}]}

test_what_is_there_passes if {
	count(rule.deny) == 0 with input as said("SELECT query_id, base_objects_accessed FROM snowflake.account_usage.access_history")
	count(rule.deny) == 0 with input as said("SELECT h.query_text FROM snowflake.account_usage.access_history a JOIN snowflake.account_usage.query_history h USING (query_id)")
	count(rule.deny) == 0 with input as said("SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.OBJECT_DEPENDENCIES")
}

test_what_is_not_is_denied if {
	rule.deny == {{"message": "access history has no `objects_accessed` in `audit.sql`", "at": 1}} with input as said("SELECT query_text, objects_accessed FROM snowflake.account_usage.access_history")
	count(rule.deny) == 1 with input as said("SELECT query_text FROM snowflake.account_usage.access_history")
	count(rule.deny) == 1 with input as said("SELECT * FROM TABLE(INFORMATION_SCHEMA.OBJECT_DEPENDENCIES('A'))")
}
