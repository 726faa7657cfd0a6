# METADATA
# title: What is made from confidential data stays confidential
# description: >
#   A product made from stricter data is as strict unless something was taken out on the way. That may well
#   be so for totals, but it is for its owner to say.
# custom:
#   id: MESH-CLS-004
#   severity: warning
#   remediation: >
#     Give the product the label of what it is made from, or exempt it and say what was taken out.
package meshc.classification.no_silent_declassification

import rego.v1

rank(label) := position if {
	some position, own in input.mesh.classifications
	own == label
}

deny contains finding if {
	some product in input.products
	some source in product.inputs
	rank(product.classification) < rank(source.classification)
	finding := {
		"message": sprintf("`%s` is %s and made from `%s`, which is %s", [product.address, product.classification, source.address, source.classification]),
		"at": source.at,
	}
}
