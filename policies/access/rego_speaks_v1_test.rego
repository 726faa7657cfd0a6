package meshc.access.rego_speaks_v1_test

import data.meshc.access.rego_speaks_v1 as rule
import rego.v1

policy(text) := {"policies": [{"path": "retention.rego", "text": text, "at": 1}]}

test_the_language_of_today_passes if {
	count(rule.deny) == 0 with input as policy("package a\n\ndefault allow := false\n\nallow if {\n\tinput.x\n}\n\ndeny contains m if {\n\tm := {\"a\": 1}\n}\n\nbounds := {\n\t\"a\": 1,\n}\n\nf(x) := y if {\n\ty := x\n}\n")
}

test_a_body_without_if_is_denied if {
	rule.deny == {{"message": "`retention.rego` is written in Rego v0: `allow {`", "at": 1}} with input as policy("package a\n\ndefault allow = false\n\nallow {\n\tinput.x\n}\n")
	count(rule.deny) == 1 with input as policy("package a\n\ndeny[message] {\n\tmessage := \"no\"\n}\n")
}
