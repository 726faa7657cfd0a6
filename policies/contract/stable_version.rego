# METADATA
# title: What others read has a stable version
# description: >
#   A version below 1.0.0 promises nothing: it may change in any way at any time. Another domain cannot build
#   on that. https://semver.org/#spec-item-4
# custom:
#   id: MESH-CON-004
#   severity: error
#   remediation: >
#     Give the product version 1.0.0 once its columns may be relied on, or end the agreement.
package meshc.contract.stable_version

import rego.v1

read_by_others := {address |
	some grant in input.grants
	is_string(grant.consumer)
	address := split(grant.resource, ":")[0]
}

deny contains finding if {
	some product in input.products
	product.address in read_by_others
	startswith(product.version, "0.")
	finding := {"message": sprintf("`%s` is read by others at version %s", [product.address, product.version]), "at": product.at}
}
