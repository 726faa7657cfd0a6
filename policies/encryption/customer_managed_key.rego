# METADATA
# title: Confidential data is encrypted with our own keys
# description: >
#   Data labelled `confidential` or stricter is encrypted with keys that the domain holds, so that
#   access to it can be taken away for good. Snowflake's tables are encrypted by the account.
# custom:
#   id: MESH-ENC-001
#   severity: error
#   remediation: Set `encryption` to `customer` in the mesh's governance, or name an existing key on the product.
package meshc.encryption.customer_managed_key

import rego.v1

rank(label) := position if {
	some position, own in input.mesh.classifications
	own == label
}

sensitive(label) if rank(label) >= rank("confidential")

deny contains finding if {
	input.target != "snowflake"
	some thing in array.concat(input.storages, input.streams)
	sensitive(thing.classification)
	thing.encryption == "provider"
	finding := {
		"message": sprintf("`%s` holds %s data under the provider's own key", [thing.address, thing.classification]),
		"at": thing.at,
	}
}
