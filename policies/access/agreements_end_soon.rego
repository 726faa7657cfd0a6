# METADATA
# title: Agreements are renewed every other year
# description: >
#   An agreement whose end is far away is one without an end: purposes change, and people who agreed leave.
#   Both sides look at it again after two years at most.
# custom:
#   id: MESH-ACC-007
#   severity: warning
#   remediation: >
#     Move the end of the `needs` entry, or of the grant, to within two years.
package meshc.access.agreements_end_soon

import rego.v1

most_days := 731

days_until(date) := (time.parse_rfc3339_ns(sprintf("%sT00:00:00Z", [date])) - time.parse_rfc3339_ns(sprintf("%sT00:00:00Z", [input.as_of]))) / 86400000000000

deny contains finding if {
	is_string(input.as_of)
	some grant in input.grants
	is_string(grant.consumer)
	is_string(grant.until)
	days_until(grant.until) > most_days
	finding := {
		"message": sprintf("domain `%s` reads `%s` until %s, which is more than two years away", [grant.consumer, grant.resource, grant.until]),
		"at": grant.at,
	}
}
