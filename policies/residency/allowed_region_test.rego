package meshc.residency.allowed_region_test

import data.meshc.residency.allowed_region
import rego.v1

lies(region, allowed) := {
	"governance": {"regions": allowed},
	"storages": [],
	"streams": [{"address": "support/calls:live", "region": region, "region_at": 2}],
}

test_an_allowed_region_passes if {
	count(allowed_region.deny) == 0 with input as lies("eu-west-1", ["eu-west-1", "westeurope"])
}

test_another_region_is_denied if {
	allowed_region.deny == {{"message": "`support/calls:live` lies in `us-east-1`, allowed is eu-west-1", "at": 2}} with input as lies("us-east-1", ["eu-west-1"])
}

test_without_bounds_everything_passes if {
	count(allowed_region.deny) == 0 with input as lies("us-east-1", null)
}

test_a_cloud_without_regions_passes if {
	count(allowed_region.deny) == 0 with input as lies(null, ["eu-west-1"])
}
