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
mock_data "aws_secretsmanager_secret" {
  defaults = { arn = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:jeth-proxy/gateway-AbCdEf" }
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
  defaults = {
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
    domain_validation_options = [
      { domain_name = "rpc.example.org", resource_record_name = "_a.rpc.example.org", resource_record_type = "CNAME", resource_record_value = "_b" },
      { domain_name = "origin.rpc.example.org", resource_record_name = "_a.origin.rpc.example.org", resource_record_type = "CNAME", resource_record_value = "_c" },
    ]
  }
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
mock_resource "aws_wafv2_web_acl" {
  defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/jeth-proxy/01234567-89ab-cdef-0123-456789abcdef" }
}
mock_data "aws_route53_zone" {
  defaults = { zone_id = "Z0123456789" }
}
