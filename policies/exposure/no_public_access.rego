# METADATA
# title: Nothing is open to the public
# description: >
#   Every store blocks public access by itself, and no policy names everybody. A template that
#   drops one of these settings is caught here.
# custom:
#   id: MESH-EXP-001
#   severity: error
#   remediation: Restore the setting in the template, or remove the template's override.
package meshc.exposure.no_public_access

import rego.v1

of_type(type) := [resource | some resource in input.resources; resource.type == type]

blocking := ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"]

# A bucket and its block share their label's start; each bucket needs a block that is wholly on.
blocks(name) := [block | some block in of_type("aws_s3_bucket_public_access_block"); block.name == name]

deny contains finding if {
	some bucket in of_type("aws_s3_bucket")
	count(blocks(bucket.name)) == 0
	finding := {"message": sprintf("the bucket `%s` has no public access block", [bucket.name]), "at": bucket.at}
}

deny contains finding if {
	some block in of_type("aws_s3_bucket_public_access_block")
	some setting in blocking
	object.get(block.values, setting, false) != true
	finding := {"message": sprintf("the public access block `%s` leaves `%s` off", [block.name, setting]), "at": block.at}
}

deny contains finding if {
	some account in of_type("azurerm_storage_account")
	object.get(account.values, "allow_nested_items_to_be_public", true) != false
	finding := {"message": sprintf("the storage account `%s` lets containers be public", [account.name]), "at": account.at}
}

deny contains finding if {
	some bucket in of_type("google_storage_bucket")
	object.get(bucket.values, "public_access_prevention", "inherited") != "enforced"
	finding := {"message": sprintf("the bucket `%s` does not enforce public access prevention", [bucket.name]), "at": bucket.at}
}

deny contains finding if {
	some resource in input.resources
	some member in members(resource)
	member in {"allUsers", "allAuthenticatedUsers"}
	finding := {"message": sprintf("`%s.%s` grants to `%s`", [resource.type, resource.name, member]), "at": resource.at}
}

members(resource) := array.concat(
	[member | member := resource.values.member],
	[member | some member in resource.values.members],
)

# A policy may name everybody only to deny, or to allow under a condition that narrows whom.
deny contains finding if {
	some document in input.documents
	some statement in document.value.Statement
	statement.Effect == "Allow"
	everybody(statement.Principal)
	not statement.Condition
	finding := {"message": sprintf("`%s` allows everybody", [document.path]), "at": document.at}
}

everybody(principal) if principal == "*"

everybody(principal) if principal.AWS == "*"

everybody(principal) if "*" in principal.AWS
