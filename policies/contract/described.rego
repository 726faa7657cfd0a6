# METADATA
# title: What others read says what it is
# description: >
#   Whoever reads another domain's product has nobody beside them who knows it. It says in a sentence what a
#   row is and where it comes from.
# custom:
#   id: MESH-CON-001
#   severity: error
#   remediation: >
#     Give the product a `description`.
package meshc.contract.described

import rego.v1

read_by_others := {address |
	some grant in input.grants
	is_string(grant.consumer)
	address := split(grant.resource, ":")[0]
}

silent(product) if is_null(product.description)

silent(product) if {
	is_string(product.description)
	trim_space(product.description) == ""
}

deny contains finding if {
	some product in input.products
	product.address in read_by_others
	silent(product)
	finding := {"message": sprintf("`%s` is read by others and has no description", [product.address]), "at": product.at}
}
