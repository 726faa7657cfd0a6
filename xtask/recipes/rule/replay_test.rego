package meshc.retention.replay_test

import data.meshc.retention.replay
import rego.v1

stream(seconds) := {"streams": [{"address": "sales/clicks:main", "replay_seconds": seconds, "at": 7}]}

test_an_hour_is_enough if {
	count(replay.deny) == 0 with input as stream(3600)
}

test_less_is_denied if {
	replay.deny == {{"message": "`sales/clicks:main` forgets events after 60 seconds", "at": 7}} with input as stream(60)
}
