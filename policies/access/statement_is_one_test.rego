package meshc.access.statement_is_one_test

import data.meshc.access.statement_is_one as rule
import rego.v1

says(statement) := {"documents": [{"path": "bucket.json", "value": {"Version": "2012-10-17", "Statement": [statement]}, "at": 1}]}

test_every_element_passes if {
	count(rule.deny) == 0 with input as says({"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {}})
	count(rule.deny) == 0 with input as says({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "*"})
}

test_a_transition_is_denied if {
	rule.deny == {{"message": "a statement in `bucket.json` has StorageClass, Transition, which no policy knows", "at": 1}} with input as says({"Effect": "Allow", "Action": "s3:GetObject", "Transition": {"Days": 90}, "StorageClass": "GLACIER"})
}

test_other_documents_are_left_alone if {
	count(rule.deny) == 0 with input as says({"Text": "no statement of AWS"})
}
