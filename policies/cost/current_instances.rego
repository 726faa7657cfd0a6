# METADATA
# title: Clusters run on what is still sold
# description: >
#   Families of instances go out of sale and out of support, and what runs on them has to be moved in a
#   hurry. DC2 and DS2 of Redshift are such. https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-
#   clusters.html
# custom:
#   id: MESH-CST-004
#   severity: error
#   remediation: >
#     Use RA3 or Redshift Serverless, and a current generation elsewhere.
package meshc.cost.current_instances

import rego.v1

old := `^(db\.|cache\.|ml\.)?(dc1|dc2|ds2|m1|m2|m3|m4|t1|t2|c1|c3|c4|r3|r4|i2)\.`

# Where each type says what it runs on.
attributes := {
	"aws_redshift_cluster": "node_type", "aws_db_instance": "instance_class", "aws_rds_cluster_instance": "instance_class",
	"aws_instance": "instance_type", "aws_elasticache_cluster": "node_type",
}

deny contains finding if {
	some resource in input.resources
	family := resource.values[attributes[resource.type]]
	is_string(family)
	regex.match(old, lower(family))
	finding := {"message": sprintf("`%s.%s` runs on `%s`, which is on its way out", [resource.type, resource.name, family]), "at": resource.at}
}
