# The state's bucket refuses to be destroyed, also after a test: so plans, with what AWS would say known already.
mock_provider "aws" {
  override_during = plan
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_route53_zone" {
    defaults = { zone_id = "Z0123456789" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/jeth-proxy-instance-boundary" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::jeth-proxy-state-123456789012" }
  }
}
mock_provider "aws" {
  alias           = "second"
  override_during = plan
}
mock_provider "aws" {
  alias           = "third"
  override_during = plan
}

variables {
  regions           = ["eu-west-2", "us-east-1"]
  github_repository = "owner/jeth-proxy"
  zone_name         = "example.org"
}

run "two_regions" {
  command = plan

  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled" && one(one(aws_s3_bucket_server_side_encryption_configuration.state.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "the state is versioned and encrypted"
  }
  assert {
    condition     = length(aws_secretsmanager_secret.gateway.replica) == 1 && one(aws_secretsmanager_secret.gateway.replica).region == "us-east-1"
    error_message = "the secret is copied to the other region"
  }
  assert {
    condition     = length(aws_ecr_replication_configuration.this.replication_configuration[0].rule[0].destination) == 1
    error_message = "images are copied to the other region"
  }
  assert {
    condition     = alltrue(flatten([for subjects in values(local.subjects) : [for s in subjects : startswith(s, "repo:owner/jeth-proxy:")]]))
    error_message = "roles are for this repository alone"
  }
  assert {
    condition     = local.subjects.deploy == ["repo:owner/jeth-proxy:environment:production"] && !strcontains(join(" ", concat(local.subjects.plan, local.subjects.deploy)), "*")
    error_message = "only the approved environment deploys"
  }
  assert {
    condition     = length(data.aws_iam_policy_document.read.statement) > 0 && !anytrue(flatten([for s in data.aws_iam_policy_document.read.statement : [for a in s.actions : can(regex("(?i):(put|create|delete|update|modify|getsecretvalue|\\*)", a))]]))
    error_message = "a plan of a pull request only reads, and no secret"
  }
  assert {
    condition     = !anytrue(flatten([for s in data.aws_iam_policy_document.deploy.statement : [for a in s.actions : a == "*" || can(regex("^[a-z0-9]+:\\*$", a)) || a == "secretsmanager:GetSecretValue"]]))
    error_message = "a deployment has no whole service, and no secret"
  }
}

run "one_region_is_too_few" {
  command = plan
  variables {
    regions = ["eu-west-2"]
  }
  expect_failures = [var.regions]
}

run "a_repository_with_wildcards" {
  command = plan
  variables {
    github_repository = "owner/*"
  }
  expect_failures = [var.github_repository]
}
