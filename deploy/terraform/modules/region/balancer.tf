resource "aws_acm_certificate" "this" {
  domain_name               = var.names[0]
  subject_alternative_names = slice(var.names, 1, length(var.names))
  validation_method         = "DNS"
  lifecycle { create_before_destroy = true }
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = var.validation_record_fqdns
}

resource "aws_lb" "this" {
  name                       = var.name
  load_balancer_type         = "application"
  security_groups            = [aws_security_group.balancer.id]
  subnets                    = local.network.balancer_subnet_ids
  idle_timeout               = 300 # a WebSocket is pinged each 30 s
  enable_deletion_protection = var.deletion_protection
  drop_invalid_header_fields = true

  access_logs {
    bucket  = aws_s3_bucket.access_log.id
    enabled = true
  }

  depends_on = [aws_s3_bucket_policy.access_log]
}

resource "aws_lb_target_group" "this" {
  name                          = var.name
  vpc_id                        = local.network.vpc_id
  port                          = 8000
  protocol                      = "HTTP"
  load_balancing_algorithm_type = "least_outstanding_requests"
  deregistration_delay          = 90 # longer than the longest request

  health_check {
    path                = "/ready"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
  certificate_arn   = aws_acm_certificate_validation.this.certificate_arn

  # Behind CloudFront, only what carries its secret goes further.
  dynamic "default_action" {
    for_each = local.behind_cloudfront ? [] : [1]
    content {
      type             = "forward"
      target_group_arn = aws_lb_target_group.this.arn
    }
  }
  dynamic "default_action" {
    for_each = local.behind_cloudfront ? [1] : []
    content {
      type = "fixed-response"
      fixed_response {
        status_code  = "403"
        content_type = "application/json"
        message_body = jsonencode({ jsonrpc = "2.0", id = null, error = { code = -32016, message = "not this way" } })
      }
    }
  }
}

resource "aws_lb_listener_rule" "from_cloudfront" {
  count        = local.behind_cloudfront ? 1 : 0
  listener_arn = aws_lb_listener.https.arn
  priority     = 10

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
  condition {
    http_header {
      http_header_name = "X-Origin-Verify"
      values           = var.origin_secrets
    }
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

data "aws_caller_identity" "me" {}

resource "aws_s3_bucket" "access_log" {
  bucket = "${var.name}-access-${data.aws_caller_identity.me.account_id}-${local.region}"
}

resource "aws_s3_bucket_public_access_block" "access_log" {
  bucket                  = aws_s3_bucket.access_log.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "access_log" {
  bucket = aws_s3_bucket.access_log.id
  rule { object_ownership = "BucketOwnerEnforced" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "access_log" {
  bucket = aws_s3_bucket.access_log.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" } # the one that balancers can write with
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "access_log" {
  bucket = aws_s3_bucket.access_log.id
  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration { days = var.log_days }
    abort_incomplete_multipart_upload { days_after_initiation = 1 }
  }
}

data "aws_iam_policy_document" "access_log" {
  statement {
    sid       = "BalancerWrites"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.access_log.arn}/AWSLogs/${data.aws_caller_identity.me.account_id}/*"]
    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }
  }
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.access_log.arn, "${aws_s3_bucket.access_log.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "access_log" {
  bucket     = aws_s3_bucket.access_log.id
  policy     = data.aws_iam_policy_document.access_log.json
  depends_on = [aws_s3_bucket_public_access_block.access_log]
}
