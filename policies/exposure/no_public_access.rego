# METADATA
# title: Nothing is open to the public
# description: >
#   Every store blocks public access by itself, and no policy names everybody without saying whom it means. A
#   template that drops one of these settings is caught here.
# custom:
#   id: MESH-EXP-001
#   severity: error
#   remediation: >
#     Restore the setting in the template, or remove the template's override; name whom a policy is for.
package meshc.exposure.no_public_access

import data.meshc.lib.statements
import data.meshc.lib.terraform
import rego.v1

blocking := ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"]

blocked := terraform.targets("aws_s3_bucket_public_access_block", "bucket")

deny contains finding if {
	some bucket in terraform.of_type("aws_s3_bucket")
	count(terraform.keys(bucket, "bucket") & blocked) == 0
	finding := {"message": sprintf("the bucket `%s` has no public access block", [bucket.name]), "at": bucket.at}
}

deny contains finding if {
	some block in terraform.of_type("aws_s3_bucket_public_access_block")
	off := [setting | some setting in blocking; object.get(block.values, setting, false) != true]
	count(off) > 0
	finding := {"message": sprintf("the public access block `%s` leaves off: %s", [block.name, concat(", ", off)]), "at": block.at}
}

deny contains finding if {
	some account in terraform.of_type("azurerm_storage_account")
	object.get(account.values, "allow_nested_items_to_be_public", true) != false
	finding := {"message": sprintf("the storage account `%s` lets containers be public", [account.name]), "at": account.at}
}

deny contains finding if {
	some bucket in terraform.of_type("google_storage_bucket")
	object.get(bucket.values, "public_access_prevention", "inherited") != "enforced"
	finding := {"message": sprintf("the bucket `%s` does not enforce public access prevention", [bucket.name]), "at": bucket.at}
}

deny contains finding if {
	some resource in input.resources
	startswith(resource.type, "google_")
	some member in members(resource)
	member in {"allUsers", "allAuthenticatedUsers"}
	finding := {"message": sprintf("`%s.%s` grants to `%s`", [resource.type, resource.name, member]), "at": resource.at}
}

members(resource) := array.concat(
	[member | member := resource.values.member],
	[member | some member in resource.values.members],
)

# A policy may name everybody only to deny, or to allow under a condition that says whom.
deny contains finding if {
	some one in statements.allowing
	statements.everybody(one.statement)
	not statements.narrowed(one.statement)
	finding := {"message": sprintf("`%s` allows everybody", [one.document.path]), "at": one.document.at}
}

# Whoever is not on a list of exceptions is everybody else.
deny contains finding if {
	some one in statements.allowing
	one.statement.NotPrincipal
	finding := {"message": sprintf("`%s` allows everybody but a few", [one.document.path]), "at": one.document.at}
}
