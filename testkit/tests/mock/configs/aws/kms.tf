resource "aws_kms_key" "this" {
  description             = "Sales, confidential"
  enable_key_rotation     = true
  rotation_period_in_days = 180
  deletion_window_in_days = 30
  key_usage               = "ENCRYPT_DECRYPT"
  multi_region            = false
}

resource "aws_kms_alias" "this" {
  name          = "alias/acme-prod-sales-confidential"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_kms_grant" "this" {
  name              = "reader"
  key_id            = aws_kms_key.this.key_id
  grantee_principal = "arn:aws:iam::444455556666:role/reader"
  operations        = ["Decrypt", "DescribeKey"]
}

resource "aws_kms_key_policy" "this" {
  key_id = aws_kms_key.this.id
  policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Root\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::444455556666:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}"
}
