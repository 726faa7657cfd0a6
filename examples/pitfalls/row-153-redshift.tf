# A warehouse on nodes that are no longer sold.
resource "aws_redshift_cluster" "analytics" {
  cluster_identifier     = "acme-analytics"
  database_name          = "analytics"
  master_username        = "administrator"
  manage_master_password = true
  node_type              = "dc2.large"
  encrypted              = true
  publicly_accessible    = false

  tags = {
    owner = "analytics-engineering"
  }
}
