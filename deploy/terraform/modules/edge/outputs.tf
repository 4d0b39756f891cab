output "validation_record_fqdns" {
  description = "The records that prove both names to ACM."
  value       = [for record in aws_route53_record.validation : record.fqdn]
}

output "distribution_id" {
  value = aws_cloudfront_distribution.this.id
}
