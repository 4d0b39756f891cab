mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { name = "eu-west-2" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_vpc" {
    defaults = { id = "vpc-0123456789abcdef0" }
  }
  mock_data "aws_subnets" {
    defaults = { ids = ["subnet-0b", "subnet-0a"] }
  }
  mock_data "aws_ec2_managed_prefix_list" {
    defaults = { id = "pl-93a247fa" }
  }
  mock_data "aws_ssm_parameter" {
    defaults = { value = "ami-0123456789abcdef0" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_lb" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:loadbalancer/app/jeth-proxy/0123456789abcdef"
      arn_suffix = "app/jeth-proxy/0123456789abcdef"
      dns_name   = "jeth-proxy-1.eu-west-2.elb.amazonaws.com"
      zone_id    = "ZHURV8PSTC4K8"
    }
  }
  mock_resource "aws_lb_target_group" {
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:targetgroup/jeth-proxy/0123456789abcdef"
      arn_suffix = "targetgroup/jeth-proxy/0123456789abcdef"
    }
  }
  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:listener/app/jeth-proxy/0123456789abcdef/0123456789abcdef" }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-0123456789abcdef0", latest_version = 7 }
  }
  mock_resource "aws_iam_instance_profile" {
    defaults = { arn = "arn:aws:iam::123456789012:instance-profile/jeth-proxy-instance-eu-west-2" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-2:123456789012:jeth-proxy-alarms" }
  }
  mock_resource "aws_acm_certificate" {
    defaults = { arn = "arn:aws:acm:eu-west-2:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef" }
  }
  mock_resource "aws_acm_certificate_validation" {
    defaults = { certificate_arn = "arn:aws:acm:eu-west-2:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-2:123456789012:log-group:/jeth-proxy/gateway" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::jeth-proxy-access" }
  }
}

variables {
  image                   = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/jeth-proxy@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  repository_arn          = "arn:aws:ecr:eu-west-2:123456789012:repository/jeth-proxy"
  secret_arn              = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:jeth-proxy/gateway-AbCdEf"
  names                   = ["rpc.example.org", "origin.rpc.example.org"]
  validation_record_fqdns = ["_a.rpc.example.org", "_a.origin.rpc.example.org"]
  origin_secrets          = ["0123456789abcdef0123456789abcdef"]
}

# Its user data is what deploy/check reads and lints, too.
run "behind_cloudfront" {
  command = apply

  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "IMDSv2 must be required, and containers must not reach it"
  }
  assert {
    condition     = aws_launch_template.this.key_name == null && tobool(aws_launch_template.this.block_device_mappings[0].ebs[0].encrypted)
    error_message = "no SSH key, and an encrypted disk"
  }
  assert {
    condition     = aws_launch_template.this.image_id == "ami-0123456789abcdef0" && aws_autoscaling_group.this.launch_template[0].version == "7"
    error_message = "instances come from Debian's image and from one version of the template, so that a rollout can be turned back"
  }
  assert {
    condition     = length(base64decode(aws_launch_template.this.user_data)) <= 16384
    error_message = "user data is at most 16 KiB"
  }
  assert {
    condition     = !can(regex("0123456789abcdef0123456789abcdef[^0-9a-f]|https?://[^/ ]*@", replace(output.user_data, var.image, "")))
    error_message = "no secret in user data"
  }
  assert {
    condition     = aws_lb_target_group.this.health_check[0].path == "/ready" && aws_autoscaling_group.this.health_check_type == "ELB"
    error_message = "instances are healthy by /ready"
  }
  assert {
    condition     = aws_lb.this.idle_timeout == 300 && aws_lb.this.enable_deletion_protection && aws_lb.this.access_logs[0].enabled
    error_message = "the balancer keeps WebSockets for 300 s, is protected and logs"
  }
  assert {
    condition     = yamldecode(yamlencode(local.settings)).server.idleTimeoutSeconds > aws_lb.this.idle_timeout
    error_message = "the gateway must keep idle connections longer than the balancer, or the balancer sends into closed ones"
  }
  assert {
    condition     = local.settings.requests.longRequestTimeoutSeconds < 60
    error_message = "the gateway answers before CloudFront has waited its 60 s"
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.latency.evaluate_low_sample_count_percentiles == "ignore" && aws_cloudwatch_metric_alarm.providers["ProvidersOut"].datapoints_to_alarm > 1 && aws_cloudwatch_metric_alarm.providers["ProvidersNeedAction"].datapoints_to_alarm == 1
    error_message = "one slow request of few, or one ejection, wakes nobody; a provider that needs somebody does"
  }
  assert {
    condition     = strcontains(output.user_data, "s#http://#https://#g")
    error_message = "packages are fetched by HTTPS, the only way out"
  }
  assert {
    condition     = aws_lb_target_group.this.deregistration_delay == "90" && local.settings.drainSeconds > 30
    error_message = "draining lasts longer than the longest request, and the balancer sees it"
  }
  assert {
    condition     = startswith(aws_lb_listener.https.ssl_policy, "ELBSecurityPolicy-TLS13-1-2-") && aws_lb_listener.https.default_action[0].fixed_response[0].status_code == "403"
    error_message = "TLS 1.2 at least, and nothing without CloudFront's secret"
  }
  assert {
    condition     = length(aws_lb_listener_rule.from_cloudfront) == 1 && length(aws_vpc_security_group_ingress_rule.clients) == 0 && aws_vpc_security_group_ingress_rule.cloudfront[0].prefix_list_id == "pl-93a247fa"
    error_message = "only CloudFront reaches the balancer"
  }
  assert {
    condition     = aws_lb_listener.http.default_action[0].redirect[0].protocol == "HTTPS"
    error_message = "HTTP is redirected"
  }
  assert {
    condition     = aws_autoscaling_policy.requests.target_tracking_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ALBRequestCountPerTarget" && aws_autoscaling_policy.requests.target_tracking_configuration[0].predefined_metric_specification[0].resource_label == "app/jeth-proxy/0123456789abcdef/targetgroup/jeth-proxy/0123456789abcdef"
    error_message = "the group follows requests per target"
  }
  assert {
    condition     = aws_autoscaling_policy.cpu.target_tracking_configuration[0].predefined_metric_specification[0].predefined_metric_type == "ASGAverageCPUUtilization"
    error_message = "the CPU guards"
  }
  assert {
    condition     = !aws_autoscaling_group.this.instance_refresh[0].preferences[0].auto_rollback && aws_autoscaling_group.this.instance_refresh[0].preferences[0].min_healthy_percentage == 100 && contains(aws_autoscaling_group.this.instance_refresh[0].preferences[0].alarm_specification[0].alarms, "jeth-proxy-errors")
    error_message = "a rollout replaces first, and is ended by errors; who turns it back is the deployment"
  }
  assert {
    condition     = length(aws_vpc_security_group_egress_rule.out) == 1 && aws_vpc_security_group_egress_rule.out["443"].from_port == 443
    error_message = "instances reach port 443 only"
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.from_balancer.referenced_security_group_id == aws_security_group.balancer.id && length(aws_vpc_security_group_ingress_rule.metrics) == 0
    error_message = "only the balancer reaches instances"
  }
  assert {
    condition     = strcontains(output.user_data, "MANAGEMENT_ADDRESS=127.0.0.1\n") && strcontains(output.user_data, var.image)
    error_message = "the management listener stays on the instance, and the image is that of the digest"
  }
  assert {
    condition     = alltrue([for a in [aws_cloudwatch_metric_alarm.healthy_hosts, aws_cloudwatch_metric_alarm.errors, aws_cloudwatch_metric_alarm.latency] : length(a.alarm_actions) == 1])
    error_message = "alarms tell somebody"
  }
}

run "without_cloudfront" {
  command = plan
  variables {
    origin_secrets            = []
    rollout_ends_at_errors    = false
    open_to_cidrs             = ["203.0.113.0/24"]
    metrics_security_group_id = "sg-0123456789abcdef0"
    provider_ports            = [443, 8545]
    settings                  = { chain = { agree = 3 }, requests = { timeoutSeconds = 5 } }
    cors_origins              = ["https://app.example.org"]
    network = {
      vpc_id              = "vpc-1"
      balancer_subnet_ids = ["subnet-1", "subnet-2"]
      instance_subnet_ids = ["subnet-3", "subnet-4"]
    }
  }

  assert {
    condition     = aws_lb_listener.https.default_action[0].type == "forward" && length(aws_lb_listener_rule.from_cloudfront) == 0
    error_message = "without CloudFront there is no header to ask for"
  }
  assert {
    condition     = length(aws_autoscaling_group.this.instance_refresh[0].preferences[0].alarm_specification) == 0
    error_message = "a rollback begins although there are errors"
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.clients) == 2 && length(aws_vpc_security_group_ingress_rule.cloudfront) == 0
    error_message = "443 and 80 for the addresses that were given"
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.metrics) == 1 && length(aws_vpc_security_group_egress_rule.out) == 2
    error_message = "Prometheus reaches the metrics, the gateway reaches its providers"
  }
  assert {
    condition     = local.settings.chain.agree == 3 && local.settings.requests.timeoutSeconds == 5 && local.settings.requests.longRequestTimeoutSeconds == 55 && local.settings.server.cors.origins == tolist(["https://app.example.org"])
    error_message = "settings reach the gateway"
  }
  assert {
    condition     = tobool(aws_launch_template.this.network_interfaces[0].associate_public_ip_address) == false
    error_message = "no public addresses in private subnets"
  }
}

run "a_tag_is_no_digest" {
  command = plan
  variables {
    image = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/jeth-proxy:latest"
  }
  expect_failures = [var.image]
}

run "one_instance_is_too_few" {
  command = plan
  variables {
    instances = { min = 1, max = 4 }
  }
  expect_failures = [var.instances]
}

run "open_and_behind_cloudfront_at_once" {
  command = plan
  variables {
    open_to_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.open_to_cidrs]
}

run "a_short_secret" {
  command = plan
  variables {
    origin_secrets = ["guess"]
  }
  expect_failures = [var.origin_secrets]
}

run "settings_that_follow_from_the_balancer" {
  command = plan
  variables {
    settings = { server = { port = 9000 } }
  }
  expect_failures = [var.settings]
}

run "settings_that_do_not_fit" {
  command = plan
  variables {
    settings = { providers = [for i in range(300) : { url = "https://provider-${i}.example.org/a/long/path/to/it" }] }
  }
  expect_failures = [aws_launch_template.this]
}
