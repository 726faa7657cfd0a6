package meshc.naming.no_dots_test

import data.meshc.naming.no_dots as rule
import rego.v1

bucket(type, values) := {"resources": [{"type": type, "name": "raw", "values": values, "at": 5}]}

test_a_hyphen_passes if {
	count(rule.deny) == 0 with input as bucket("aws_s3_bucket", {"bucket": "acme-sales-raw"})
	count(rule.deny) == 0 with input as bucket("google_storage_bucket", {"name": "acme-sales-raw"})
}

test_a_dot_is_denied if {
	rule.deny == {{"message": "the bucket `raw` is named `acme.sales.raw`, with a dot", "at": 5}} with input as bucket("aws_s3_bucket", {"bucket": "acme.sales.raw"})
	count(rule.deny) == 1 with input as bucket("google_storage_bucket", {"name": "acme.sales"})
}

test_a_name_that_is_not_known_passes if {
	count(rule.deny) == 0 with input as bucket("aws_s3_bucket", {})
	count(rule.deny) == 0 with input as bucket("aws_s3_bucket", {"bucket": {"expression": true, "text": "var.name"}})
}
