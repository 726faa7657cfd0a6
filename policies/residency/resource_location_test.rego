package meshc.residency.resource_location_test

import data.meshc.residency.resource_location as rule
import rego.v1

made(place, allowed) := {"governance": {"regions": allowed}, "storages": [], "streams": [], "resources": [{"type": "google_storage_bucket", "name": "raw", "values": {"location": place}, "at": 1}]}

test_an_allowed_place_passes_in_any_spelling if {
	count(rule.deny) == 0 with input as made("EUROPE-WEST1", ["europe-west1"])
	count(rule.deny) == 0 with input as made("West Europe", ["westeurope"])
	count(rule.deny) == 0 with input as made("global", ["europe-west1"])
}

test_another_place_is_denied if {
	rule.deny == {{"message": "`google_storage_bucket.raw` is made in `US`", "at": 1}} with input as made("US", ["europe-west1"])
}

test_what_the_blueprint_says_is_judged_elsewhere if {
	count(rule.deny) == 0 with input as object.union(made("us-east1", ["europe-west1"]), {"storages": [{"region": "us-east1"}]})
}

test_without_bounds_everything_passes if {
	count(rule.deny) == 0 with input as made("US", null)
	count(rule.deny) == 0 with input as {"governance": null, "resources": [{"type": "a", "name": "b", "values": {"location": "US"}, "at": 0}]}
}
