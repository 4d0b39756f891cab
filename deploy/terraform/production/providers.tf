locals {
  tags = { Application = var.name, ManagedBy = "terraform" }
}

provider "aws" {
  region = var.regions[0].region
  default_tags { tags = local.tags }
}

# CloudFront takes its certificate and its firewall from us-east-1 only.
provider "aws" {
  alias  = "edge"
  region = "us-east-1"
  default_tags { tags = local.tags }
}

provider "aws" {
  alias  = "second"
  region = var.regions[1].region
  default_tags { tags = local.tags }
}

# Stands for the first when there is no third region, and makes nothing then.
provider "aws" {
  alias  = "third"
  region = try(var.regions[2].region, var.regions[0].region)
  default_tags { tags = local.tags }
}
