# METADATA
# title: Nobody is promised more than there will be
# description: >
#   A port with a sunset may go the day after. An agreement that runs longer promises what its provider has
#   announced to take away.
# custom:
#   id: MESH-CON-006
#   severity: error
#   remediation: >
#     End the agreement with the port's sunset, or move the consumer to another port.
package meshc.contract.agreement_ends_before_sunset

import rego.v1

deny contains finding if {
	some product in input.products
	some port in product.ports
	is_string(port.sunset)
	some grant in input.grants
	is_string(grant.consumer)
	split(grant.resource, ":")[0] == product.address
	grant.port == port.name
	outlives(grant.until, port.sunset)
	finding := {
		"message": sprintf("domain `%s` may read `%s:%s` beyond its sunset on %s", [grant.consumer, product.address, port.name, port.sunset]),
		"at": grant.at,
	}
}

# Dates in this form are in order as text.
outlives(until, sunset) if until > sunset

outlives(until, _) if is_null(until)
