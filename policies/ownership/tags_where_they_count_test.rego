package meshc.ownership.tags_where_they_count_test

import data.meshc.ownership.tags_where_they_count as rule
import rego.v1

tag(id) := {"resources": [{"type": "aws_ec2_tag", "name": "owner", "values": {"resource_id": id}, "at": 1}]}

test_an_instance_may_be_tagged if {
	count(rule.deny) == 0 with input as tag("i-0123456789abcdef0")
	count(rule.deny) == 0 with input as tag("arn:aws:ec2:eu-west-1:111122223333:volume/vol-1")
	count(rule.deny) == 0 with input as tag({"expression": true, "text": "aws_subnet.data.id"})
}

test_a_bucket_may_not if {
	rule.deny == {{"message": "`aws_ec2_tag.owner` tags `arn:aws:s3:::sales-data`, which is nothing of EC2", "at": 1}} with input as tag("arn:aws:s3:::sales-data")
	count(rule.deny) == 1 with input as tag({"expression": true, "text": "aws_s3_bucket.raw.arn"})
}
