package acme.access

# Whoever belongs to the team that owns a product may use it.
allow[reason] {
	input.caller.team == input.product.owner
	reason := "the team owns the product"
}
