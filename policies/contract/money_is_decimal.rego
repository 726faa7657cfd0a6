# METADATA
# title: Money is never a floating number
# description: >
#   A binary fraction cannot hold a tenth; sums of money in it are wrong by cents, and differently wrong in
#   every engine.
# custom:
#   id: MESH-CON-005
#   severity: error
#   remediation: >
#     Use `decimal(precision,scale)`; in Avro, `bytes` with the logical type `decimal`.
package meshc.contract.money_is_decimal

import data.meshc.lib.names
import data.meshc.lib.terraform
import rego.v1

floating := {"number", "float", "float32", "float64", "double", "real"}

deny contains finding if {
	some product in input.products
	some column in product.columns
	lower(column.type) in floating
	names.money(column.name)
	finding := {"message": sprintf("`%s` of `%s` is money and a `%s`", [column.name, product.address, column.type]), "at": column.at}
}

# Columns of the Glue catalogue.
deny contains finding if {
	some table in terraform.of_type("aws_glue_catalog_table")
	some column in terraform.blocks(terraform.block(table.values, "storage_descriptor"), "columns")
	lower(column.type) in floating
	names.money(column.name)
	finding := {"message": sprintf("`%s` of the table `%s` is money and a `%s`", [column.name, table.name, column.type]), "at": table.at}
}

# Avro records, whose types may be a choice with null.
choices(type) := [type] if is_string(type)

choices(type) := [one | some one in type; is_string(one)] if is_array(type)

deny contains finding if {
	some document in input.documents
	document.value.type == "record"
	some field in document.value.fields
	some type in choices(field.type)
	lower(type) in floating
	names.money(field.name)
	finding := {"message": sprintf("`%s` of the record in `%s` is money and a `%s`", [field.name, document.path, type]), "at": document.at}
}

# The schema of a BigQuery table is a list of columns.
deny contains finding if {
	some document in input.documents
	is_array(document.value)
	some column in document.value
	lower(column.type) in floating
	names.money(column.name)
	finding := {"message": sprintf("`%s` in `%s` is money and a `%s`", [column.name, document.path, column.type]), "at": document.at}
}

# Tables of a warehouse; `NUMBER` without a scale holds whole numbers there and is no fraction.
deny contains finding if {
	some statement in input.statements
	startswith(statement.head, "CREATE ")
	contains(statement.head, "TABLE ")
	some found in regex.find_all_string_submatch_n(`(?i)[(,]\s*"?([A-Za-z_0-9]+)"? (FLOAT|FLOAT4|FLOAT8|DOUBLE|DOUBLE PRECISION|REAL)\b`, statement.text, -1)
	names.money(found[1])
	finding := {"message": sprintf("`%s` in `%s` is money and a `%s`", [found[1], statement.path, found[2]]), "at": statement.at}
}
