# METADATA
# title: A promise can be measured
# description: >
#   A service level in prose, several promises in one text, cannot be compared with anything. Each is a value
#   with a unit under a name of its own.
# custom:
#   id: MESH-CON-008
#   severity: error
#   remediation: >
#     Write `sla: {freshness: 5m, availability: 99.9%}`, a key for each promise.
package meshc.contract.promises_are_measured

import rego.v1

said(value) := value.sla if is_string(value.sla)

said(value) := value.sla.description if is_string(value.sla.description)

deny contains finding if {
	some document in input.documents
	is_object(document.value)
	text := said(document.value)
	regex.match(`[0-9]`, text)
	finding := {"message": sprintf("`%s` promises in prose: `%s`", [document.path, text]), "at": document.at}
}
