# METADATA
# title: Events can be read again for an hour at least
# description: >
#   A reader that was down for a moment has to find what it missed. A stream that forgets sooner loses
#   events whenever a reader is restarted.
# custom:
#   id: MESH-RET-101
#   severity: error
#   remediation: Set `options.replay` of the stream to one hour or more.
package meshc.retention.replay

import rego.v1

deny contains finding if {
	some stream in input.streams
	stream.replay_seconds < 3600
	finding := {
		"message": sprintf("`%s` forgets events after %d seconds", [stream.address, stream.replay_seconds]),
		"at": stream.at,
	}
}
