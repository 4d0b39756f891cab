variable "name" {
  description = "Begins the name of everything; that of bootstrap."
  type        = string
  default     = "jeth-proxy"
}

variable "domain" {
  description = "The name that clients use, such as rpc.example.org. origin.<domain> becomes the name of the load balancers."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.domain))
    error_message = "domain: a name in lower case without a scheme, such as rpc.example.org."
  }
}

variable "zone_name" {
  description = "The public hosted zone in Route 53 that the domain is in, such as example.org."
  type        = string
}

variable "image_digest" {
  description = "What to run: the digest that the push to the registry printed."
  type        = string
  validation {
    condition     = can(regex("^sha256:[0-9a-f]{64}$", var.image_digest))
    error_message = "image_digest: sha256: and 64 hexadecimal digits, not a tag."
  }
}

variable "regions" {
  description = "Where it runs: two or three regions, the first of them bootstrap's. What each may have is described in modules/region."
  type = list(object({
    region        = string
    instance_type = optional(string, "c7i.large")
    instances     = optional(object({ min = number, max = number }), { min = 2, max = 6 })
    network = optional(object({
      vpc_id              = string
      balancer_subnet_ids = list(string)
      instance_subnet_ids = list(string)
      public_addresses    = optional(bool, false)
    }))
    metrics_security_group_id = optional(string)
    ami_id                    = optional(string)
    latency_seconds_max       = optional(number, 3)
    ssm_agent_url             = optional(string)
  }))
  validation {
    condition     = length(var.regions) >= 2 && length(var.regions) <= 3 && length(distinct(var.regions[*].region)) == length(var.regions)
    error_message = "regions: two or three, each another; a fourth needs one more module and provider in regions.tf."
  }
}

variable "origin_secrets" {
  description = "The header's values by which load balancers know CloudFront, from TF_VAR_origin_secrets. The first is sent, all are accepted: put a new one first to replace it, and drop the old one when that is applied."
  type        = list(string)
  sensitive   = true
  validation {
    condition     = length(var.origin_secrets) >= 1
    error_message = "origin_secrets: at least one (openssl rand -hex 32)."
  }
}

variable "settings" {
  description = "Sections of the gateway's YAML file, such as { chain = { agree = 3 } }."
  type        = any
  default     = {}
}

variable "cors_origins" {
  description = "Exact origins of web pages that may call."
  type        = list(string)
  default     = []
}

variable "provider_ports" {
  description = "Ports of providers."
  type        = list(number)
  default     = [443]
}

variable "requests_per_instance_minute" {
  description = "HTTP requests to one instance in a minute that groups are sized for."
  type        = number
  default     = 30000
}

variable "requests_per_address_minute" {
  description = "HTTP requests of one client address in a minute, beyond which it gets 429."
  type        = number
  default     = 6000
}

variable "alarm_emails" {
  description = "Who is told of alarms; each must confirm, once per region and once for the edge."
  type        = list(string)
  default     = []
}

variable "rollout_ends_at_errors" {
  description = "Whether the alarm of errors ends a rollout, or keeps it from beginning. Not for going back from a version that causes them."
  type        = bool
  default     = true
}

variable "log_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
}

variable "deletion_protection" {
  description = "Whether load balancers refuse to be destroyed."
  type        = bool
  default     = true
}
