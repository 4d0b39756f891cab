module "alarms" {
  source = "../alarms"
  name   = "${var.name}-edge-alarms"
  emails = var.alarm_emails
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-edge-errors"
  alarm_description   = "More than 2 % of what CloudFront answers is 5xx: no region is healthy, or none can be reached."
  namespace           = "AWS/CloudFront"
  metric_name         = "5xxErrorRate"
  dimensions          = { DistributionId = aws_cloudfront_distribution.this.id, Region = "Global" }
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 2
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [module.alarms.topic_arn]
  ok_actions          = [module.alarms.topic_arn]
}
