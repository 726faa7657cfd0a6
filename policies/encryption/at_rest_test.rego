package meshc.encryption.at_rest_test

import data.meshc.encryption.at_rest as rule
import rego.v1

thing(type, values) := {"resources": [{"type": type, "name": "a", "values": values, "at": 9}]}

test_what_is_encrypted_passes if {
	count(rule.deny) == 0 with input as thing("aws_kinesis_stream", {"encryption_type": "KMS"})
	count(rule.deny) == 0 with input as thing("aws_redshift_cluster", {"encrypted": true})
	count(rule.deny) == 0 with input as thing("aws_redshift_cluster", {"encrypted": "true"})
	count(rule.deny) == 0 with input as thing("aws_dynamodb_table", {})
}

test_what_is_not_is_denied if {
	rule.deny == {{"message": "`aws_kinesis_stream.a` stores in clear: `encryption_type` is not `KMS`", "at": 9}} with input as thing("aws_kinesis_stream", {"encryption_type": "NONE"})
	count(rule.deny) == 1 with input as thing("aws_kinesis_stream", {})
	count(rule.deny) == 1 with input as thing("aws_db_instance", {"storage_encrypted": {"expression": true, "text": "var.encrypt"}})
}
