# METADATA
# title: A mask asks for every role of the session
# description: >
#   `CURRENT_ROLE` is one role: whoever has the right one by inheritance or as a secondary role sees the
#   mask, and whoever switches sees through it. A mask that is in use cannot be replaced either: `CREATE OR
#   REPLACE` fails. https://docs.snowflake.com/en/sql-reference/functions/is_role_in_session
# custom:
#   id: MESH-ACC-014
#   severity: error
#   remediation: >
#     Ask `IS_ROLE_IN_SESSION`, create the policy only if it is missing, and change it with `ALTER MASKING
#     POLICY … SET BODY`.
package meshc.access.masks_ask_for_roles_in_session

import rego.v1

about_policy(text) if regex.match(`(?i)^(CREATE|ALTER) (OR REPLACE )?(MASKING|ROW ACCESS) POLICY `, text)

wrong(text) := ["`CURRENT_ROLE`" | regex.match(`(?i)\bCURRENT_ROLE\s*\(`, text)]

replaced(text) := ["`CREATE OR REPLACE`" | regex.match(`(?i)^CREATE OR REPLACE (MASKING|ROW ACCESS) POLICY `, text)]

deny contains finding if {
	some statement in input.statements
	contains(statement.head, " POLICY ")
	about_policy(statement.text)
	reasons := array.concat(wrong(statement.text), replaced(statement.text))
	count(reasons) > 0
	finding := {"message": sprintf("a policy in `%s` uses %s", [statement.path, concat(" and ", reasons)]), "at": statement.at}
}
