mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
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
    defaults = { certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef" }
  }
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/jeth-proxy/01234567-89ab-cdef-0123-456789abcdef" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-1:123456789012:jeth-proxy-edge-alarms" }
  }
}

variables {
  domain        = "rpc.example.org"
  origin_domain = "origin.rpc.example.org"
  zone_id       = "Z0123456789"
  origin_secret = "0123456789abcdef0123456789abcdef"
}

run "edge" {
  command = apply

  assert {
    condition     = contains(aws_cloudfront_distribution.this.default_cache_behavior[0].allowed_methods, "POST") && aws_cloudfront_distribution.this.default_cache_behavior[0].cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    error_message = "POST passes, and nothing is cached"
  }
  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].origin_request_policy_id == "216adef6-5c7f-47e4-b989-5492eafa07d3"
    error_message = "all headers pass, so WebSockets do"
  }
  assert {
    condition     = aws_cloudfront_distribution.this.default_cache_behavior[0].viewer_protocol_policy == "https-only" && aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021"
    error_message = "TLS 1.2 at least, never in clear"
  }
  assert {
    condition     = one(aws_cloudfront_distribution.this.origin).custom_origin_config[0].origin_protocol_policy == "https-only" && one(one(aws_cloudfront_distribution.this.origin).custom_header).name == "X-Origin-Verify"
    error_message = "TLS to the origin, with the header that it knows CloudFront by"
  }
  assert {
    condition     = aws_cloudfront_distribution.this.web_acl_id == aws_wafv2_web_acl.this.arn && aws_wafv2_web_acl.this.scope == "CLOUDFRONT"
    error_message = "the firewall stands before it"
  }
  assert {
    condition = length([
      for rule in aws_wafv2_web_acl.this.rule : rule
      if rule.name == "rate-per-address" && rule.priority == 0 && try(rule.statement[0].rate_based_statement[0].limit, 0) == 6000
    ]) == 1
    error_message = "one address has a rate"
  }
  assert {
    condition     = !anytrue([for rule in aws_wafv2_web_acl.this.rule : one(rule.visibility_config).sampled_requests_enabled])
    error_message = "no samples of requests, which may hold keys"
  }
  assert {
    condition     = length(aws_route53_record.validation) == 2 && length(aws_route53_record.clients) == 2
    error_message = "both names are proved; A and AAAA lead to CloudFront"
  }
}

run "a_rate_that_waf_does_not_take" {
  command = plan
  variables {
    requests_per_address_minute = 5
  }
  expect_failures = [var.requests_per_address_minute]
}
