package meshc.cost.current_instances_test

import data.meshc.cost.current_instances as rule
import rego.v1

cluster(type) := {"resources": [{"type": "aws_redshift_cluster", "name": "dwh", "values": {"node_type": type}, "at": 1}]}

test_current_families_pass if {
	count(rule.deny) == 0 with input as cluster("ra3.xlplus")
	count(rule.deny) == 0 with input as {"resources": [{"type": "aws_db_instance", "name": "a", "values": {"instance_class": "db.m7g.large"}, "at": 0}]}
	count(rule.deny) == 0 with input as cluster({"expression": true, "text": "var.type"})
}

test_old_families_are_denied if {
	rule.deny == {{"message": "`aws_redshift_cluster.dwh` runs on `dc2.large`, which is on its way out", "at": 1}} with input as cluster("dc2.large")
	count(rule.deny) == 1 with input as {"resources": [{"type": "aws_db_instance", "name": "a", "values": {"instance_class": "db.m4.large"}, "at": 0}]}
}
