data "aws_ssm_parameter" "debian" {
  count = var.ami_id == null ? 1 : 0
  name  = "/aws/service/debian/release/13/latest/amd64"
}

locals {
  # What follows from the balancer: its connections stay open for 300 s, so the gateway's must for longer; all clients have
  # the balancer's few addresses; and the balancer needs up to 30 s to see that /ready has turned to 503.
  settings = merge(var.settings, {
    server = merge(
      {
        idleTimeoutSeconds = 330
        connectionsMax     = 40000
        webSocket          = { perAddressMax = 35000 }
      },
      length(var.cors_origins) > 0 ? { cors = { origins = var.cors_origins } } : {},
    )
    # CloudFront waits 60 s: the gateway's own answer, which says why, comes before its 504.
    requests     = merge({ longRequestTimeoutSeconds = 55 }, try(var.settings.requests, {}))
    drainSeconds = 35
  })

  user_data = templatefile("${path.module}/user-data.sh.tftpl", {
    region             = local.region
    image              = var.image
    log_group          = aws_cloudwatch_log_group.gateway.name
    secret_arn         = var.secret_arn
    management_address = var.metrics_security_group_id == null ? "127.0.0.1" : "0.0.0.0"
    settings           = yamlencode(local.settings)
    compose            = file("${path.module}/instance/compose.instance.yaml")
    prepare            = file("${path.module}/instance/prepare.sh")
    unit               = file("${path.module}/instance/jeth-proxy.service")
    ssm_agent_url = coalesce(
      var.ssm_agent_url,
      "https://s3.${local.region}.amazonaws.com/amazon-ssm-${local.region}/latest/debian_amd64/amazon-ssm-agent.deb",
    )
  })
}

resource "aws_launch_template" "this" {
  name_prefix            = "${var.name}-"
  image_id               = var.ami_id != null ? var.ami_id : nonsensitive(data.aws_ssm_parameter.debian[0].value)
  instance_type          = var.instance_type
  user_data              = base64encode(local.user_data)
  ebs_optimized          = true
  update_default_version = true

  iam_instance_profile { arn = aws_iam_instance_profile.this.arn }

  # IMDSv2 alone, and one hop: containers do not reach the role's credentials.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      encrypted             = true
      volume_type           = "gp3"
      volume_size           = 12
      delete_on_termination = true
    }
  }

  network_interfaces {
    associate_public_ip_address = local.network.public_addresses
    security_groups             = [aws_security_group.instance.id]
    delete_on_termination       = true
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = var.name }
  }
  tag_specifications {
    resource_type = "volume"
    tags          = { Name = var.name }
  }

  lifecycle {
    create_before_destroy = true
    precondition {
      condition     = length(local.user_data) <= 16384
      error_message = "The user data is over 16 KiB: settings are too large."
    }
  }
}

resource "aws_autoscaling_group" "this" {
  name                      = var.name
  min_size                  = var.instances.min
  max_size                  = var.instances.max
  vpc_zone_identifier       = local.network.instance_subnet_ids
  target_group_arns         = [aws_lb_target_group.this.arn]
  health_check_type         = "ELB"
  health_check_grace_period = 300
  default_instance_warmup   = 120
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupTotalInstances"]
  wait_for_capacity_timeout = "0" # the refresh below is watched by the deployment, not by Terraform

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  # An instance leaves only when another has taken its place, also when all are unready because providers are.
  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 200
  }

  # A new version of the template: new instances first, then the old ones leave the balancer, finish and stop.
  instance_refresh {
    strategy = "Rolling"
    preferences {
      min_healthy_percentage = 100
      max_healthy_percentage = 200
      instance_warmup        = 120
      # It would go back to what the group was last told to be. Terraform tells it the new version before it begins the refresh,
      # so that is the version which fails. The deployment sees the refresh fail, and applies the digest before.
      auto_rollback = false
      skip_matching = true
      dynamic "alarm_specification" {
        for_each = var.rollout_ends_at_errors ? [1] : []
        content {
          alarms = [aws_cloudwatch_metric_alarm.errors.alarm_name]
        }
      }
    }
  }

  tag {
    key                 = "Name"
    value               = var.name
    propagate_at_launch = false
  }

  lifecycle { ignore_changes = [desired_capacity] }

  depends_on = [aws_iam_role_policy.instance, aws_vpc_security_group_egress_rule.out]
}

resource "aws_autoscaling_policy" "requests" {
  name                   = "requests"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    target_value = var.requests_per_instance_minute
    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = "${aws_lb.this.arn_suffix}/${aws_lb_target_group.this.arn_suffix}"
    }
  }
  depends_on = [aws_lb_listener.https, aws_lb_listener_rule.from_cloudfront]
}

# The guard: messages of WebSockets and expensive calls are no requests to the balancer.
resource "aws_autoscaling_policy" "cpu" {
  name                   = "cpu"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    target_value = 60
    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}
