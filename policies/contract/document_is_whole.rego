# METADATA
# title: A contract says who promises what, and which contract it is
# description: >
#   A contract without a version cannot be broken, since nobody can say which one held; one without an owner
#   binds nobody.
# custom:
#   id: MESH-CON-007
#   severity: error
#   remediation: >
#     Give the document a version and an owner.
package meshc.contract.document_is_whole

import rego.v1

# Contracts in files: the Open Data Contract Standard by its kind, and the shorthand that teams write.
promises := {"sla", "slaProperties", "quality", "quality_rules", "sla_properties"}

shape := {"schema", "columns", "fields"}

is_contract(value) if value.kind == "DataContract"

is_contract(value) if {
	some promise in promises
	value[promise]
	some part in shape
	value[part]
	not value.apiVersion == "meshc/v1"
}

owners := {"owner", "owners", "team", "dataProductOwner"}

owned(value) if {
	some owner in owners
	value[owner]
}

lacks(value) := array.concat(
	["a version" | not value.version],
	["an owner" | not owned(value)],
)

deny contains finding if {
	some document in input.documents
	is_object(document.value)
	is_contract(document.value)
	missing := lacks(document.value)
	count(missing) > 0
	finding := {"message": sprintf("the contract in `%s` has not %s", [document.path, concat(" and ", missing)]), "at": document.at}
}
