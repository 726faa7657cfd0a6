# What the names of columns say about what they hold.
package meshc.lib.names

import rego.v1

# `customerEmail` and `CUSTOMER_EMAIL` as words: `customer_email`.
words(name) := sprintf("_%s_", [lower(regex.replace(regex.replace(name, `([a-z0-9])([A-Z])`, "${1}_${2}"), `[^A-Za-z0-9]+`, "_"))])

personal(name) if regex.match(
	`_(e_?mail|phone|mobile|fax|iban|bic|ssn|passport|birth|birthday|birthdate|dob|first_name|last_name|surname|full_name|maiden_name|street|postal_address|home_address|ip_address|credit_card|card_number|tax_id|national_id|gender|religion|health|latitude|longitude)_`,
	words(name),
)

money(name) if regex.match(
	`_(amount|price|total|revenue|cost|costs|fee|fees|salary|balance|tax|vat|discount|payment|refund|turnover|income|profit|budget)_`,
	words(name),
)

# Where a value stands in clear, a number of a person is one too.
person(name) if personal(name)

person(name) if regex.match(`_(agent|employee|staff|customer|client|user|person|patient|caller|driver|account_holder)_(id|no|nr|number|key|name)_`, words(name))
