data "aws_region" "here" {}

data "aws_vpc" "default" {
  count   = var.network == null ? 1 : 0
  default = true
}

data "aws_subnets" "default" {
  count = var.network == null ? 1 : 0
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default[0].id]
  }
  filter {
    name   = "default-for-az"
    values = ["true"]
  }
}

data "aws_ec2_managed_prefix_list" "cloudfront" {
  count = local.behind_cloudfront ? 1 : 0
  name  = "com.amazonaws.global.cloudfront.origin-facing"
}

locals {
  region            = data.aws_region.here.name
  behind_cloudfront = nonsensitive(length(var.origin_secrets) > 0)
  network = var.network != null ? var.network : {
    vpc_id              = data.aws_vpc.default[0].id
    balancer_subnet_ids = sort(data.aws_subnets.default[0].ids)
    instance_subnet_ids = sort(data.aws_subnets.default[0].ids)
    public_addresses    = true
  }
}

resource "aws_security_group" "balancer" {
  name_prefix = "${var.name}-balancer-"
  description = "The load balancer: from CloudFront or the given addresses, to the instances"
  vpc_id      = local.network.vpc_id
  tags        = { Name = "${var.name}-balancer" }
  lifecycle { create_before_destroy = true }
}

# CloudFront's list counts as 55 of the 60 rules that a group may have: no second port fits beside it.
resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  count             = local.behind_cloudfront ? 1 : 0
  security_group_id = aws_security_group.balancer.id
  description       = "HTTPS from CloudFront"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront[0].id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each          = { for pair in setproduct(var.open_to_cidrs, [443, 80]) : "${pair[0]}-${pair[1]}" => pair }
  security_group_id = aws_security_group.balancer.id
  description       = each.value[1] == 443 ? "HTTPS" : "HTTP, to be redirected"
  cidr_ipv4         = each.value[0]
  ip_protocol       = "tcp"
  from_port         = each.value[1]
  to_port           = each.value[1]
}

resource "aws_vpc_security_group_egress_rule" "balancer_to_instances" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "The gateway"
  referenced_security_group_id = aws_security_group.instance.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_security_group" "instance" {
  name_prefix = "${var.name}-instance-"
  description = "The instances: from the load balancer alone, to providers and AWS"
  vpc_id      = local.network.vpc_id
  tags        = { Name = "${var.name}-instance" }
  lifecycle { create_before_destroy = true }
}

resource "aws_vpc_security_group_ingress_rule" "from_balancer" {
  security_group_id            = aws_security_group.instance.id
  description                  = "The load balancer"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8000
  to_port                      = 8000
}

resource "aws_vpc_security_group_ingress_rule" "metrics" {
  count                        = var.metrics_security_group_id == null ? 0 : 1
  security_group_id            = aws_security_group.instance.id
  description                  = "Prometheus"
  referenced_security_group_id = var.metrics_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 8001
  to_port                      = 8001
}

resource "aws_vpc_security_group_egress_rule" "out" {
  for_each          = toset([for port in var.provider_ports : tostring(port)])
  security_group_id = aws_security_group.instance.id
  description       = "Providers, AWS, Debian"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.value)
  to_port           = tonumber(each.value)
}
