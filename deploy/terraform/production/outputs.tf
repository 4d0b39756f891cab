output "url" {
  value = "https://${var.domain}"
}

output "autoscaling_groups" {
  description = "By region: what a deployment watches."
  value = merge(
    {
      (var.regions[0].region) = module.first.autoscaling_group
      (var.regions[1].region) = module.second.autoscaling_group
    },
    { for third in module.third : var.regions[2].region => third.autoscaling_group },
  )
}

output "distribution_id" {
  value = module.edge.distribution_id
}

output "image_digest" {
  description = "What was rolled out last: where a rollback goes back to."
  value       = var.image_digest
}
