# METADATA
# title: A warehouse stops by itself
# description: >
#   A warehouse that never suspends is paid for around the clock, and one without a monitor has no end to
#   what it may cost.
# custom:
#   id: MESH-CST-001
#   severity: error
#   remediation: >
#     Set `AUTO_SUSPEND` to ten minutes at most, and a resource monitor.
package meshc.cost.warehouse_is_bounded

import data.meshc.lib.terraform
import rego.v1

most_seconds := 600

name := `"?([A-Za-z0-9_$]+)"?`

of_warehouse(statement) if {
	contains(statement.head, "WAREHOUSE ")
	not startswith(statement.head, "GRANT ")
}

made := {upper(found[0][3]): statement |
	some statement in input.statements
	of_warehouse(statement)
	found := regex.find_all_string_submatch_n(sprintf(`(?i)^CREATE (OR REPLACE )?WAREHOUSE (IF NOT EXISTS )?%s`, [name]), statement.text, 1)
	count(found) > 0
}

about := [{"name": upper(found[0][4]), "text": statement.text} |
	some statement in input.statements
	of_warehouse(statement)
	found := regex.find_all_string_submatch_n(sprintf(`(?i)^(CREATE|ALTER) (OR REPLACE )?WAREHOUSE (IF NOT EXISTS |IF EXISTS )?%s`, [name]), statement.text, 1)
	count(found) > 0
]

suspends(warehouse) if {
	some one in about
	one.name == warehouse
	found := regex.find_all_string_submatch_n(`(?i)\bAUTO_SUSPEND = ([0-9]+)`, one.text, 1)
	seconds := to_number(found[0][1])
	seconds > 0
	seconds <= most_seconds
}

monitored(warehouse) if {
	some one in about
	one.name == warehouse
	regex.match(`(?i)\bRESOURCE_MONITOR = `, one.text)
}

lacks(warehouse) := array.concat(
	["does not suspend within ten minutes" | not suspends(warehouse)],
	["has no resource monitor" | not monitored(warehouse)],
)

deny contains finding if {
	some warehouse, statement in made
	missing := lacks(warehouse)
	count(missing) > 0
	finding := {"message": sprintf("the warehouse `%s` %s", [warehouse, concat(" and ", missing)]), "at": statement.at}
}

deny contains finding if {
	some warehouse in terraform.of_type("snowflake_warehouse")
	not short(warehouse.values.auto_suspend)
	finding := {"message": sprintf("the warehouse `%s` does not suspend within ten minutes", [warehouse.name]), "at": warehouse.at}
}

short(seconds) if {
	is_number(seconds)
	seconds > 0
	seconds <= most_seconds
}
