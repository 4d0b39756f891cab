data "aws_caller_identity" "me" {}

data "aws_route53_zone" "this" {
  name         = var.zone_name
  private_zone = false
}

# Bootstrap made it in the first region; its copies have the same ARN but for the region.
data "aws_secretsmanager_secret" "gateway" {
  name = "${var.name}/gateway"
}

locals {
  account       = data.aws_caller_identity.me.account_id
  origin_domain = "origin.${var.domain}"
  names         = [var.domain, local.origin_domain] # CloudFront passes the name on that the client used
  images        = { for r in var.regions : r.region => "${local.account}.dkr.ecr.${r.region}.amazonaws.com/${var.name}@${var.image_digest}" }
  boundary      = "arn:aws:iam::${local.account}:policy/${var.name}-instance-boundary" # bootstrap's
  secrets       = { for r in var.regions : r.region => replace(data.aws_secretsmanager_secret.gateway.arn, ":${var.regions[0].region}:", ":${r.region}:") }
  repositories  = { for r in var.regions : r.region => "arn:aws:ecr:${r.region}:${local.account}:repository/${var.name}" }
}

module "first" {
  source = "../modules/region"

  name                         = var.name
  image                        = local.images[var.regions[0].region]
  repository_arn               = local.repositories[var.regions[0].region]
  instance_type                = var.regions[0].instance_type
  ami_id                       = var.regions[0].ami_id
  ssm_agent_url                = var.regions[0].ssm_agent_url
  latency_seconds_max          = var.regions[0].latency_seconds_max
  instances                    = var.regions[0].instances
  network                      = var.regions[0].network
  metrics_security_group_id    = var.regions[0].metrics_security_group_id
  secret_arn                   = local.secrets[var.regions[0].region]
  permissions_boundary_arn     = local.boundary
  names                        = local.names
  validation_record_fqdns      = module.edge.validation_record_fqdns
  origin_secrets               = var.origin_secrets
  settings                     = var.settings
  cors_origins                 = var.cors_origins
  provider_ports               = var.provider_ports
  requests_per_instance_minute = var.requests_per_instance_minute
  alarm_emails                 = var.alarm_emails
  rollout_ends_at_errors       = var.rollout_ends_at_errors
  log_days                     = var.log_days
  deletion_protection          = var.deletion_protection
}

module "second" {
  source    = "../modules/region"
  providers = { aws = aws.second }

  name                         = var.name
  image                        = local.images[var.regions[1].region]
  repository_arn               = local.repositories[var.regions[1].region]
  instance_type                = var.regions[1].instance_type
  ami_id                       = var.regions[1].ami_id
  ssm_agent_url                = var.regions[1].ssm_agent_url
  latency_seconds_max          = var.regions[1].latency_seconds_max
  instances                    = var.regions[1].instances
  network                      = var.regions[1].network
  metrics_security_group_id    = var.regions[1].metrics_security_group_id
  secret_arn                   = local.secrets[var.regions[1].region]
  permissions_boundary_arn     = local.boundary
  names                        = local.names
  validation_record_fqdns      = module.edge.validation_record_fqdns
  origin_secrets               = var.origin_secrets
  settings                     = var.settings
  cors_origins                 = var.cors_origins
  provider_ports               = var.provider_ports
  requests_per_instance_minute = var.requests_per_instance_minute
  alarm_emails                 = var.alarm_emails
  rollout_ends_at_errors       = var.rollout_ends_at_errors
  log_days                     = var.log_days
  deletion_protection          = var.deletion_protection
}

module "third" {
  count     = length(var.regions) > 2 ? 1 : 0
  source    = "../modules/region"
  providers = { aws = aws.third }

  name                         = var.name
  image                        = local.images[var.regions[2].region]
  repository_arn               = local.repositories[var.regions[2].region]
  instance_type                = var.regions[2].instance_type
  ami_id                       = var.regions[2].ami_id
  ssm_agent_url                = var.regions[2].ssm_agent_url
  latency_seconds_max          = var.regions[2].latency_seconds_max
  instances                    = var.regions[2].instances
  network                      = var.regions[2].network
  metrics_security_group_id    = var.regions[2].metrics_security_group_id
  secret_arn                   = local.secrets[var.regions[2].region]
  permissions_boundary_arn     = local.boundary
  names                        = local.names
  validation_record_fqdns      = module.edge.validation_record_fqdns
  origin_secrets               = var.origin_secrets
  settings                     = var.settings
  cors_origins                 = var.cors_origins
  provider_ports               = var.provider_ports
  requests_per_instance_minute = var.requests_per_instance_minute
  alarm_emails                 = var.alarm_emails
  rollout_ends_at_errors       = var.rollout_ends_at_errors
  log_days                     = var.log_days
  deletion_protection          = var.deletion_protection
}
