package meshc.access.no_lasting_credentials_test

import data.meshc.access.no_lasting_credentials as rule
import rego.v1

with_resource(type) := {"resources": [{"type": type, "name": "etl", "values": {}, "at": 1}]}

test_roles_and_identities_pass if {
	count(rule.deny) == 0 with input as with_resource("aws_iam_role")
	count(rule.deny) == 0 with input as with_resource("google_service_account")
}

test_keys_are_denied if {
	rule.deny == {{"message": "`google_service_account_key.etl` is a credential that lasts", "at": 1}} with input as with_resource("google_service_account_key")
	count(rule.deny) == 1 with input as with_resource("aws_iam_access_key")
}
