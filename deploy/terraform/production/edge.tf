module "edge" {
  source    = "../modules/edge"
  providers = { aws = aws.edge }

  name                        = var.name
  domain                      = var.domain
  origin_domain               = local.origin_domain
  zone_id                     = data.aws_route53_zone.this.zone_id
  origin_secret               = var.origin_secrets[0]
  requests_per_address_minute = var.requests_per_address_minute
  alarm_emails                = var.alarm_emails
}

locals {
  balancers = merge(
    {
      (var.regions[0].region) = module.first.balancer
      (var.regions[1].region) = module.second.balancer
    },
    { for third in module.third : var.regions[2].region => third.balancer },
  )
}

# Each place of CloudFront is led to the region that is nearest to it, and to another while no instance there is ready.
resource "aws_route53_record" "origin" {
  for_each       = toset(var.regions[*].region)
  zone_id        = data.aws_route53_zone.this.zone_id
  name           = local.origin_domain
  type           = "A"
  set_identifier = each.key

  latency_routing_policy { region = each.key }

  alias {
    name                   = local.balancers[each.key].dns_name
    zone_id                = local.balancers[each.key].zone_id
    evaluate_target_health = true
  }
}
