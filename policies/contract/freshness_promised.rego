# METADATA
# title: What others read says how old it may be
# description: >
#   Another domain builds on the product and cannot see that it stopped coming. A promise of freshness is
#   what both sides can measure.
# custom:
#   id: MESH-CON-002
#   severity: error
#   remediation: >
#     Give the product `sla: {freshness: …}`.
package meshc.contract.freshness_promised

import rego.v1

read_by_others := {address |
	some grant in input.grants
	is_string(grant.consumer)
	address := split(grant.resource, ":")[0]
}

deny contains finding if {
	some product in input.products
	product.address in read_by_others
	is_null(product.freshness_seconds)
	finding := {"message": sprintf("`%s` is read by others and promises no freshness", [product.address]), "at": product.at}
}
