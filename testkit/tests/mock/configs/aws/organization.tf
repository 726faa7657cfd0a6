resource "aws_organizations_organizational_unit" "this" {
  name      = "mesh"
  parent_id = "r-ab12"
}

resource "aws_organizations_policy" "this" {
  name        = "mesh-guardrails"
  description = "No public data"
  type        = "SERVICE_CONTROL_POLICY"
  content     = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:PutBucketPublicAccessBlock\",\"Resource\":\"*\"}]}"
}

resource "aws_organizations_policy_attachment" "this" {
  policy_id = aws_organizations_policy.this.id
  target_id = "ou-ab12-11111111"
}

resource "aws_ram_principal_association" "this" {
  principal          = "111122223333"
  resource_share_arn = aws_ram_resource_share.this.arn
}

resource "aws_ram_resource_association" "this" {
  resource_arn       = "arn:aws:glue:eu-west-1:444455556666:database/prod_sales"
  resource_share_arn = aws_ram_resource_share.this.arn
}

resource "aws_ram_resource_share" "this" {
  name                      = "prod-sales"
  allow_external_principals = false
}
