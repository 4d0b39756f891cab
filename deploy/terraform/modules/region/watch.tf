resource "aws_cloudwatch_log_group" "gateway" {
  name              = "/${var.name}/gateway"
  retention_in_days = var.log_days
}

# The gateway writes one line when a provider's state changes, so these count events, not states: a provider that stays out
# is one line of each instance. One that fails before it has told its chain is a line, too, for each cause. When no provider is left, /ready says so and the alarm of healthy hosts lasts.
resource "aws_cloudwatch_log_metric_filter" "providers" {
  for_each = {
    ProvidersOut        = "($.message = \"provider is ejected\") || (($.message = \"provider is unidentified\") && ($.level = \"WARN\"))"
    ProvidersNeedAction = "$.level = \"ERROR\""
  }
  name           = "${var.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.gateway.name
  pattern        = "{ ($.logger = \"fleet\") && (${each.value}) }"
  metric_transformation {
    name          = each.key
    namespace     = var.name
    value         = "1"
    default_value = "0"
  }
}

module "alarms" {
  source = "../alarms"
  name   = "${var.name}-alarms"
  emails = var.alarm_emails
}

locals {
  tell = [module.alarms.topic_arn]
  balancer_and_targets = {
    LoadBalancer = aws_lb.this.arn_suffix
    TargetGroup  = aws_lb_target_group.this.arn_suffix
  }
}

resource "aws_cloudwatch_metric_alarm" "healthy_hosts" {
  alarm_name          = "${var.name}-healthy-hosts"
  alarm_description   = "Fewer instances are ready than there must be at least."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = local.balancer_and_targets
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = var.instances.min
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "breaching"
  alarm_actions       = local.tell
  ok_actions          = local.tell
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-errors"
  alarm_description   = "More than 2 % of at least 100 requests a minute end with 5xx, of the gateway or of the balancer. It also ends a rollout."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 2
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.tell
  ok_actions          = local.tell

  metric_query {
    id          = "share"
    label       = "5xx, per cent"
    expression  = "IF(requests >= 100, 100 * (FILL(gateway, 0) + FILL(balancer, 0)) / requests, 0)"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = {
      requests = "RequestCount"
      gateway  = "HTTPCode_Target_5XX_Count"
      balancer = "HTTPCode_ELB_5XX_Count"
    }
    content {
      id          = metric_query.key
      return_data = false
      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = { LoadBalancer = aws_lb.this.arn_suffix }
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "${var.name}-latency"
  alarm_description   = "One request in a hundred takes longer than ${var.latency_seconds_max} s."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "TargetResponseTime"
  dimensions          = local.balancer_and_targets
  extended_statistic  = "p99"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.latency_seconds_max
  period              = 60
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.tell
  ok_actions          = local.tell

  # Of a few requests, the slowest one is the 99th percentile.
  evaluate_low_sample_count_percentiles = "ignore"
}

resource "aws_cloudwatch_metric_alarm" "providers" {
  for_each = {
    # One ejection that heals is everyday; ejections in three of six periods are a provider that does not come back for good.
    ProvidersOut = {
      text                = "Providers were taken out of use, or failed from the start, again and again within half an hour."
      periods             = 6
      periods_with_a_line = 3
    }
    ProvidersNeedAction = {
      text                = "A provider refuses the key, is unpaid or used up, or is of another chain: somebody must act."
      periods             = 1
      periods_with_a_line = 1
    }
  }
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.text} The line in the log says which, and why."
  namespace           = var.name
  metric_name         = each.key
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.periods_with_a_line
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.tell

  depends_on = [aws_cloudwatch_log_metric_filter.providers]
}
