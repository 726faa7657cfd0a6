package meshc.encryption.tls_only_bucket_test

import data.meshc.encryption.tls_only_bucket as rule
import rego.v1

bucket := {"type": "aws_s3_bucket", "name": "raw", "root": ".", "values": {"bucket": "acme-raw"}, "at": 0}

policy(of, document) := {"type": "aws_s3_bucket_policy", "name": "raw", "root": ".", "values": {"bucket": of, "policy": {"expression": true, "document": document}}, "at": 1}

statement := {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}

document(one) := {"name": "p.json", "path": "p.json", "value": {"Statement": [one]}, "at": 2}

judged(of, one) := {"resources": [bucket, policy(of, "p.json")], "documents": [document(one)]}

test_a_policy_that_denies_passes_by_name_and_by_reference if {
	count(rule.deny) == 0 with input as judged("acme-raw", statement)
	count(rule.deny) == 0 with input as judged({"expression": true, "text": "aws_s3_bucket.raw.id"}, statement)
	count(rule.deny) == 0 with input as judged("acme-raw", object.union(statement, {"Principal": {"AWS": ["*"]}, "Action": ["s3:*"]}))
}

test_a_bucket_without_a_policy_is_denied if {
	rule.deny == {{"message": "the bucket `raw` has no policy that denies plain HTTP", "at": 0}} with input as {"resources": [bucket], "documents": []}
}

test_another_buckets_policy_does_not_count if {
	count(rule.deny) == 1 with input as judged("acme-other", statement)
}

test_half_a_denial_does_not_count if {
	count(rule.deny) == 1 with input as judged("acme-raw", object.union(statement, {"Effect": "Allow"}))
	count(rule.deny) == 1 with input as judged("acme-raw", object.union(statement, {"Action": "s3:GetObject"}))
	count(rule.deny) == 1 with input as judged("acme-raw", object.union(statement, {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}))
	count(rule.deny) == 1 with input as judged("acme-raw", {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}})
}

test_a_policy_that_is_not_known_is_not_held_against_it if {
	count(rule.deny) == 0 with input as {"resources": [bucket, {"type": "aws_s3_bucket_policy", "name": "raw", "root": ".", "values": {"bucket": "acme-raw", "policy": {"expression": true, "text": "var.policy"}}, "at": 1}], "documents": []}
}
