# METADATA
# title: Keys that encrypt data are rotated
# description: >
#   A key is replaced at least once a year without anybody's doing, so that what was once copied of it stops
#   being worth much. Keys that sign cannot be rotated by their cloud.
# custom:
#   id: MESH-ENC-002
#   severity: error
#   remediation: >
#     Turn rotation on, with a period of a year at most.
package meshc.encryption.key_rotation

import data.meshc.lib.terraform
import rego.v1

year := 31536000

encrypts(key) if object.get(key.values, "key_usage", "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"

# Keys of other people's hardware are rotated there.
held_by_aws(key) if not key.values.custom_key_store_id

symmetric(key) if object.get(key.values, "customer_master_key_spec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"

deny contains finding if {
	some key in terraform.of_type("aws_kms_key")
	encrypts(key)
	symmetric(key)
	held_by_aws(key)
	object.get(key.values, "enable_key_rotation", false) != true
	finding := {"message": sprintf("the key `%s` is not rotated", [key.name]), "at": key.at}
}

deny contains finding if {
	some key in terraform.of_type("google_kms_crypto_key")
	object.get(key.values, "purpose", "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"
	not rotated_in_time(key)
	finding := {"message": sprintf("the key `%s` is not rotated within a year", [key.name]), "at": key.at}
}

rotated_in_time(key) if {
	is_string(key.values.rotation_period)
	to_number(trim_suffix(key.values.rotation_period, "s")) <= year
}

deny contains finding if {
	some key in terraform.of_type("azurerm_key_vault_key")
	not rotates(terraform.block(terraform.block(key.values, "rotation_policy"), "automatic"))
	finding := {"message": sprintf("the key `%s` is not rotated", [key.name]), "at": key.at}
}

rotates(automatic) if automatic.time_after_creation

rotates(automatic) if automatic.time_before_expiry
