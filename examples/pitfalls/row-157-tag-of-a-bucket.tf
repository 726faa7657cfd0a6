# A bucket is nothing of EC2, so this tag reaches nothing.
resource "aws_ec2_tag" "sales_data" {
  resource_id = "arn:aws:s3:::acme-sales-data"
  key         = "Domain"
  value       = "sales"
}
