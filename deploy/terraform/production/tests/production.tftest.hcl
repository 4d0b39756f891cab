mock_provider "aws" {
  source = "./tests/mock"
}
mock_provider "aws" {
  alias  = "second"
  source = "./tests/mock"
}
mock_provider "aws" {
  alias  = "third"
  source = "./tests/mock"
}
mock_provider "aws" {
  alias  = "edge"
  source = "./tests/mock"
}

variables {
  domain         = "rpc.example.org"
  zone_name      = "example.org"
  image_digest   = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  origin_secrets = ["0123456789abcdef0123456789abcdef"]
  regions        = [{ region = "eu-west-2" }, { region = "us-east-1", instances = { min = 3, max = 9 } }]
}

run "two_regions" {
  command = apply

  assert {
    condition     = length(aws_route53_record.origin) == 2 && alltrue([for r in aws_route53_record.origin : r.latency_routing_policy[0].region == r.set_identifier && r.alias[0].evaluate_target_health])
    error_message = "one record per region, by latency and health"
  }
  assert {
    condition     = length(module.third) == 0 && join(" ", keys(output.autoscaling_groups)) == "eu-west-2 us-east-1"
    error_message = "two regions are two"
  }
  assert {
    condition     = local.images["us-east-1"] == "123456789012.dkr.ecr.us-east-1.amazonaws.com/jeth-proxy@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    error_message = "each region pulls from its own registry"
  }
}

run "three_regions" {
  command = plan
  variables {
    regions = [{ region = "eu-west-2" }, { region = "us-east-1" }, { region = "ap-southeast-1", ami_id = "ami-0aaaaaaaaaaaaaaaa", latency_seconds_max = 9, ssm_agent_url = "https://mirror.example.org/agent.deb" }]
  }

  assert {
    condition     = length(aws_route53_record.origin) == 3 && length(module.third) == 1
    error_message = "a third region is a line"
  }
}

run "one_region" {
  command = plan
  variables {
    regions = [{ region = "eu-west-2" }]
  }
  expect_failures = [var.regions]
}

run "a_region_twice" {
  command = plan
  variables {
    regions = [{ region = "eu-west-2" }, { region = "eu-west-2" }]
  }
  expect_failures = [var.regions]
}

run "a_tag" {
  command = plan
  variables {
    image_digest = "latest"
  }
  expect_failures = [var.image_digest]
}
