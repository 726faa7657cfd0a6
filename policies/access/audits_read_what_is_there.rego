# METADATA
# title: An audit reads what Snowflake records
# description: >
#   An audit query over columns or functions that do not exist fails, and one that is scheduled fails where
#   nobody looks. Access history has `query_id`, `base_objects_accessed` and `objects_modified`, and no text
#   of the query; object dependencies are a view. https://docs.snowflake.com/en/sql-reference/account-
#   usage/access_history
# custom:
#   id: MESH-ACC-015
#   severity: warning
#   remediation: >
#     Flatten `base_objects_accessed` and join `query_history` on `query_id`; read
#     `SNOWFLAKE.ACCOUNT_USAGE.OBJECT_DEPENDENCIES`.
package meshc.access.audits_read_what_is_there

import rego.v1

# Most statements of a warehouse grant or change and read nothing.
changes(head) if {
	some verb in ["GRANT ", "ALTER ", "USE ", "COMMENT "]
	startswith(head, verb)
}

wrong(text) := "`OBJECT_DEPENDENCIES` is called as a function" if {
	regex.match(`(?i)\bINFORMATION_SCHEMA\.OBJECT_DEPENDENCIES\s*\(`, text)
} else := "access history has no `objects_accessed`" if {
	regex.match(`(?i)\bACCESS_HISTORY\b`, text)
	regex.match(`(?i)(^|[^_A-Z])OBJECTS_ACCESSED\b`, text)
} else := "access history has no `query_text`" if {
	regex.match(`(?i)\bACCESS_HISTORY\b`, text)
	regex.match(`(?i)\bQUERY_TEXT\b`, text)
	not regex.match(`(?i)\bQUERY_HISTORY\b`, text)
}

deny contains finding if {
	some statement in input.statements
	not changes(statement.head)
	finding := {"message": sprintf("%s in `%s`", [wrong(statement.text), statement.path]), "at": statement.at}
}
