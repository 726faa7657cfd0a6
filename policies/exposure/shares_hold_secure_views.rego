# METADATA
# title: What is shared out of Snowflake is a secure view
# description: >
#   A view that is not secure lets its reader see its text and, through clever filters, rows that it hides; a
#   share refuses it. https://docs.snowflake.com/en/user-guide/data-sharing-secure-views
# custom:
#   id: MESH-EXP-006
#   severity: error
#   remediation: >
#     Create the view with `SECURE`.
package meshc.exposure.shares_hold_secure_views

import rego.v1

view := `(?i)^CREATE (OR REPLACE )?(SECURE )?VIEW (IF NOT EXISTS )?([^ (]+)`

spelled(name) := upper(replace(name, `"`, ""))

made := [{"name": spelled(found[0][4]), "secure": found[0][2] != ""} |
	some statement in input.statements
	startswith(statement.head, "CREATE")
	contains(statement.head, " VIEW ")
	found := regex.find_all_string_submatch_n(view, statement.text, 1)
	count(found) > 0
]

deny contains finding if {
	some statement in input.statements
	startswith(statement.head, "GRANT SELECT ON VIEW ")
	found := regex.find_all_string_submatch_n(`(?i)^GRANT SELECT ON VIEW ([^ ]+) TO SHARE ([^ ]+)$`, statement.text, 1)
	count(found) > 0
	some one in made
	one.name == spelled(found[0][1])
	not one.secure
	finding := {"message": sprintf("the share `%s` holds the view `%s`, which is not secure", [found[0][2], found[0][1]]), "at": statement.at}
}
