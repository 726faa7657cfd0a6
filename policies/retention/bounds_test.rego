package meshc.retention.bounds_test

import data.meshc.retention.bounds
import rego.v1

kept(seconds) := {
	"governance": {"retention": {"confidential": {"min_seconds": 2592000, "max_seconds": 31536000}}},
	"storages": [{"address": "sales/orders:raw", "classification": "confidential", "retention_seconds": seconds, "retention_at": 7}],
}

test_the_bounds_themselves_pass if {
	count(bounds.deny) == 0 with input as kept(2592000)
	count(bounds.deny) == 0 with input as kept(31536000)
}

test_shorter_is_denied if {
	bounds.deny == {{"message": "`sales/orders:raw` is kept for 29 days, confidential data is kept for at least 30", "at": 7}} with input as kept(2505600)
}

test_longer_is_denied if {
	bounds.deny == {{"message": "`sales/orders:raw` is kept for 366 days, confidential data is kept for at most 365", "at": 7}} with input as kept(31622400)
}

test_forever_is_denied if {
	bounds.deny == {{"message": "`sales/orders:raw` is kept forever, confidential data is kept for at most 365 days", "at": 7}} with input as kept(null)
}

test_a_label_without_bounds_passes if {
	count(bounds.deny) == 0 with input as {"governance": {"retention": {}}, "storages": [{"address": "a/b:c", "classification": "public", "retention_seconds": null, "retention_at": 0}]}
}
