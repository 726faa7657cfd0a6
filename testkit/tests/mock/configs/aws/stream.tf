resource "aws_kinesis_firehose_delivery_stream" "this" {
  name        = "orders"
  destination = "extended_s3"

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.this.arn
    role_arn           = "arn:aws:iam::444455556666:role/firehose"
  }

  extended_s3_configuration {
    role_arn            = "arn:aws:iam::444455556666:role/firehose"
    bucket_arn          = "arn:aws:s3:::acme-prod-sales-orders-raw"
    prefix              = "orders/"
    error_output_prefix = "errors/"
    buffering_size      = 64
    buffering_interval  = 300
    compression_format  = "GZIP"
  }
}

resource "aws_kinesis_resource_policy" "this" {
  resource_arn = aws_kinesis_stream.this.arn
  policy       = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"kinesis:GetRecords\",\"Resource\":\"arn:aws:kinesis:eu-west-1:444455556666:stream/orders\"}]}"
}

resource "aws_kinesis_stream" "this" {
  name                      = "acme-prod-sales-orders"
  shard_count               = 1
  retention_period          = 48
  encryption_type           = "KMS"
  kms_key_id                = "alias/acme-prod-sales-confidential"
  enforce_consumer_deletion = false
  shard_level_metrics       = ["IncomingBytes"]

  stream_mode_details {
    stream_mode = "PROVISIONED"
  }
}

resource "aws_kinesis_stream_consumer" "this" {
  name       = "lake"
  stream_arn = "arn:aws:kinesis:eu-west-1:444455556666:stream/orders"
}
