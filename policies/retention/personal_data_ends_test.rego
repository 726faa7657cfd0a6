package meshc.retention.personal_data_ends_test

import data.meshc.retention.personal_data_ends as rule
import rego.v1

keeps(seconds, label, bounds) := {
	"governance": {"masked": ["pii"], "retention": bounds},
	"storages": [{"address": "sales/orders:curated", "classification": "confidential", "retention_seconds": seconds, "columns": [{"name": "email", "classification": label}], "retention_at": 3}],
}

test_a_retention_passes if {
	count(rule.deny) == 0 with input as keeps(86400, "pii", {})
}

test_other_data_may_stay if {
	count(rule.deny) == 0 with input as keeps(null, "confidential", {})
}

test_for_ever_is_denied if {
	rule.deny == {{"message": "`sales/orders:curated` keeps email for ever", "at": 3}} with input as keeps(null, "pii", {})
	count(rule.deny) == 1 with input as keeps(null, "pii", {"confidential": {"min_seconds": 86400, "max_seconds": null}})
}

test_where_governance_has_a_bound_that_rule_speaks if {
	count(rule.deny) == 0 with input as keeps(null, "pii", {"confidential": {"min_seconds": null, "max_seconds": 86400}})
}
