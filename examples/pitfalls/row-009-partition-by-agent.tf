# Calls are carried from a queue to a stream, and spread over its shards by who took them.
resource "aws_pipes_pipe" "calls" {
  name     = "acme-support-calls"
  role_arn = aws_iam_role.calls.arn
  source   = aws_sqs_queue.calls.arn
  target   = aws_kinesis_stream.calls.arn

  target_parameters {
    kinesis_stream_parameters {
      partition_key = "$.body.agent_id"
    }
  }
}
