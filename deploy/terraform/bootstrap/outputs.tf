output "state_bucket" {
  value = aws_s3_bucket.state.bucket
}

output "repository_url" {
  description = "Where images are pushed to."
  value       = module.repository.url
}

output "secret_arn" {
  description = "What to fill: aws secretsmanager put-secret-value."
  value       = aws_secretsmanager_secret.gateway.arn
}

output "github_roles" {
  description = "The roles of workflows: push, plan, deploy."
  value       = { for name, role in aws_iam_role.github : name => role.arn }
}
