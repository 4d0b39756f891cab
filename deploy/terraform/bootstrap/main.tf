# What lives longer than a deployment and must be there before the first: the state's bucket, the image repositories, the
# secret (made empty and filled by people: never here, so never in the state), and the roles of GitHub's workflows.
locals {
  tags  = { Application = var.name, ManagedBy = "terraform" }
  third = length(var.regions) > 2
}

provider "aws" {
  region = var.regions[0]
  default_tags { tags = local.tags }
}

provider "aws" {
  alias  = "second"
  region = var.regions[1]
  default_tags { tags = local.tags }
}

# Stands for the first when there is no third region, and makes nothing then.
provider "aws" {
  alias  = "third"
  region = try(var.regions[2], var.regions[0])
  default_tags { tags = local.tags }
}

data "aws_caller_identity" "me" {}

module "repository" {
  source = "../modules/repository"
  name   = var.name
}

module "repository_second" {
  source    = "../modules/repository"
  providers = { aws = aws.second }
  name      = var.name
}

module "repository_third" {
  count     = local.third ? 1 : 0
  source    = "../modules/repository"
  providers = { aws = aws.third }
  name      = var.name
}

# One setting of the whole registry: merge this into yours, if the account replicates others.
resource "aws_ecr_replication_configuration" "this" {
  replication_configuration {
    rule {
      repository_filter {
        filter      = var.name
        filter_type = "PREFIX_MATCH"
      }
      dynamic "destination" {
        for_each = slice(var.regions, 1, length(var.regions))
        content {
          region      = destination.value
          registry_id = data.aws_caller_identity.me.account_id
        }
      }
    }
  }
  depends_on = [module.repository_second, module.repository_third]
}

resource "aws_secretsmanager_secret" "gateway" {
  name                    = "${var.name}/gateway"
  description             = "A JSON object of NAME: value for the gateway, such as RPC_PROVIDERS_HTTP; filled by hand"
  recovery_window_in_days = 30

  dynamic "replica" {
    for_each = slice(var.regions, 1, length(var.regions))
    content { region = replica.value }
  }
}
