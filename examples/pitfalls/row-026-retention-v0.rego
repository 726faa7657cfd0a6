package acme.retention

# A product is kept for a month to a year.
default allow = false

allow {
	days := input.product.retention_days
	days >= 30
	days <= 365
}
