resource "aws_cloudtrail" "this" {
  name                          = "mesh"
  s3_bucket_name                = "acme-prod-trail"
  s3_key_prefix                 = "trail"
  include_global_service_events = true
  is_multi_region_trail         = true
  enable_log_file_validation    = true
  kms_key_id                    = "arn:aws:kms:eu-west-1:444455556666:key/1b4a2c3d-0000-4000-8000-123456789012"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/mesh/prod/sales"
  retention_in_days = 365
  log_group_class   = "STANDARD"
}

resource "aws_cloudwatch_log_resource_policy" "this" {
  policy_name     = "mesh"
  policy_document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"delivery.logs.amazonaws.com\"},\"Action\":\"logs:PutLogEvents\",\"Resource\":\"*\"}]}"
}

resource "aws_sns_topic" "this" {
  name              = "mesh-alarms"
  kms_master_key_id = "alias/acme-prod-sales-confidential"
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"events.amazonaws.com\"},\"Action\":\"sns:Publish\",\"Resource\":\"*\"}]}"
}

resource "aws_sqs_queue" "this" {
  name                       = "landing"
  message_retention_seconds  = 345600
  visibility_timeout_seconds = 60
  sqs_managed_sse_enabled    = true
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy    = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"s3.amazonaws.com\"},\"Action\":\"sqs:SendMessage\",\"Resource\":\"*\"}]}"
}
