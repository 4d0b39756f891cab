output "balancer" {
  description = "For a record of Route 53: the load balancer's name and zone."
  value       = { dns_name = aws_lb.this.dns_name, zone_id = aws_lb.this.zone_id }
}

output "region" {
  value = local.region
}

output "autoscaling_group" {
  value = aws_autoscaling_group.this.name
}

output "alarm_topic_arn" {
  value = module.alarms.topic_arn
}

output "user_data" {
  description = "What an instance runs at its first boot, for checks."
  value       = local.user_data
}
