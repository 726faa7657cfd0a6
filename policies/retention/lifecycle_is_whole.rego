# METADATA
# title: A lifecycle reaches old versions and lost uploads
# description: >
#   In a versioned bucket the expiry of objects only hides them: the versions stay and are paid for until a
#   rule of their own removes them. Parts of uploads that were never finished stay for ever and are shown
#   nowhere. https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
# custom:
#   id: MESH-RET-003
#   severity: error
#   remediation: >
#     Add `noncurrent_version_expiration`, and a rule with `abort_incomplete_multipart_upload`.
package meshc.retention.lifecycle_is_whole

import data.meshc.lib.terraform
import rego.v1

active(configuration) := [lifecycle |
	some lifecycle in terraform.blocks(configuration.values, "rule")
	object.get(lifecycle, "status", "Enabled") == "Enabled"
]

has(rules, block) if {
	some lifecycle in rules
	count(terraform.blocks(lifecycle, block)) > 0
}

# A rule that moves or removes current objects is one that old versions have to follow.
ages(rules) if has(rules, "expiration")

ages(rules) if has(rules, "transition")

# In a function of its own: the engine's machine loses what a comprehension in a call's arguments
# takes from the body of a rule.
lacks(rules) := array.concat(
	["versions that were replaced" | ages(rules); not has(rules, "noncurrent_version_expiration")],
	["uploads that were never finished" | not has(rules, "abort_incomplete_multipart_upload")],
)

deny contains finding if {
	some configuration in terraform.of_type("aws_s3_bucket_lifecycle_configuration")
	missing := lacks(active(configuration))
	count(missing) > 0
	finding := {"message": sprintf("`%s` keeps %s for ever", [terraform.label(configuration), concat(" and ", missing)]), "at": configuration.at}
}
