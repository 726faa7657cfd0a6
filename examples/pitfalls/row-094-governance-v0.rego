package acme.governance

# Personal data is encrypted and read by role.
default compliant = false

compliant {
	input.product.contains_personal_data
	input.product.encrypted
	input.product.access == "role-based"
}
