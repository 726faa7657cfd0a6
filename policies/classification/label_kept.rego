# METADATA
# title: A column keeps its label on its way
# description: >
#   A column that comes from another product under the same name holds the same values. If it loses its label
#   there, everybody reads in clear what is hidden at its source.
# custom:
#   id: MESH-CLS-003
#   severity: error
#   remediation: >
#     Give the column the label that it has in the product it comes from, or another name if it holds something
#     else.
package meshc.classification.label_kept

import rego.v1

rank(label) := position if {
	some position, own in input.mesh.classifications
	own == label
}

deny contains finding if {
	some product in input.products
	some source in product.inputs
	some column in product.columns
	some origin in source.columns
	lower(origin.name) == lower(column.name)
	origin.classification in input.governance.masked
	rank(column.classification) < rank(origin.classification)
	finding := {
		"message": sprintf("the column `%s` of `%s` is labelled %s, and %s in `%s`", [column.name, product.address, column.classification, origin.classification, source.address]),
		"at": column.at,
	}
}
