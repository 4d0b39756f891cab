variable "name" {
  description = "Begins the name of everything in the region."
  type        = string
  default     = "jeth-proxy"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name: 3 to 20 lower-case letters, digits and hyphens, since a load balancer's name takes no more than 32."
  }
}

variable "image" {
  description = "The image by digest, in the region's own registry: what runs can never change under a name."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9.:-]+/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "image: such as 123456789012.dkr.ecr.eu-west-2.amazonaws.com/jeth-proxy@sha256:… with 64 hexadecimal digits, not a tag."
  }
}

variable "repository_arn" {
  description = "The repository in ECR that instances may pull from."
  type        = string
}

variable "secret_arn" {
  description = "The secret in Secrets Manager, in this region: a JSON object of NAME: value, such as RPC_PROVIDERS_HTTP. Instances read it at each start."
  type        = string
  validation {
    condition     = can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:", var.secret_arn))
    error_message = "secret_arn: the ARN of a secret, such as arn:aws:secretsmanager:eu-west-2:123456789012:secret:jeth-proxy/gateway-AbCdEf."
  }
}

variable "permissions_boundary_arn" {
  description = "A policy that bounds the instances' role, where whoever applies this may make bounded roles only."
  type        = string
  default     = null
}

variable "network" {
  description = "Subnets of at least two zones for the load balancer and for the instances. Instances in private subnets need a NAT gateway; in public ones they get addresses, and accept nothing from there. Without it: the region's default VPC."
  type = object({
    vpc_id              = string
    balancer_subnet_ids = list(string)
    instance_subnet_ids = list(string)
    public_addresses    = optional(bool, false)
  })
  default = null
  validation {
    condition     = var.network == null || try(min(length(var.network.balancer_subnet_ids), length(var.network.instance_subnet_ids)) >= 2, false)
    error_message = "network: two subnets at least, in different zones, for the balancer and for the instances."
  }
}

variable "names" {
  description = "The names by which the balancer is reached, for its certificate."
  type        = list(string)
  validation {
    condition     = length(var.names) > 0 && alltrue([for n in var.names : can(regex("^[a-z0-9.-]+\\.[a-z]+$", n))])
    error_message = "names: at least one, in lower case, such as rpc.example.org."
  }
}

variable "validation_record_fqdns" {
  description = "The records that prove the names to ACM; the same in all regions of an account, so they are made once, outside."
  type        = list(string)
}

variable "origin_secrets" {
  description = "For a balancer behind CloudFront: values of the header X-Origin-Verify that it accepts, two while one is being replaced. Only CloudFront's addresses reach it then."
  type        = list(string)
  default     = []
  sensitive   = true
  validation {
    condition     = length(var.origin_secrets) <= 2 && alltrue([for s in var.origin_secrets : can(regex("^[A-Za-z0-9_-]{32,128}$", s))])
    error_message = "origin_secrets: at most two, each of 32 to 128 letters, digits, hyphens and underscores (openssl rand -hex 32)."
  }
}

variable "open_to_cidrs" {
  description = "For a balancer without CloudFront: who may reach it, such as [\"0.0.0.0/0\"]. Port 80 redirects to 443."
  type        = list(string)
  default     = []
  validation {
    condition     = (length(var.open_to_cidrs) > 0) != (length(var.origin_secrets) > 0)
    error_message = "open_to_cidrs or origin_secrets: exactly one of them, or nobody or everybody reaches the balancer."
  }
}

variable "instance_type" {
  description = "amd64, as the image and the machine image are."
  type        = string
  default     = "c7i.large"
}

variable "ami_id" {
  description = "Debian 13 for amd64. Without it, Debian's newest; a newer one appears in the plan and is rolled out as a version is."
  type        = string
  default     = null
}

variable "instances" {
  description = "How many instances. One more than the load needs is what survives the loss of a zone."
  type        = object({ min = number, max = number })
  default     = { min = 2, max = 6 }
  validation {
    condition     = var.instances.min >= 2 && var.instances.max >= var.instances.min
    error_message = "instances: min of at least 2, so that one may be lost, and max not below it."
  }
}

variable "requests_per_instance_minute" {
  description = "HTTP requests to one instance in a minute that the group is sized for. Messages of WebSockets are not counted; the CPU guards for those."
  type        = number
  default     = 30000
  validation {
    condition     = var.requests_per_instance_minute >= 60
    error_message = "requests_per_instance_minute: at least 60; it counts a minute, not a second."
  }
}

variable "settings" {
  description = "Sections of the gateway's YAML file, such as { chain = { agree = 3 } }. Providers may be there too, with keys as $${NAME} of the secret."
  type        = any
  default     = {}
  validation {
    condition     = length(setintersection(keys(var.settings), ["server", "management", "logging", "drainSeconds"])) == 0
    error_message = "settings: server, management, logging and drainSeconds follow from the balancer; for pages of other origins there is cors_origins."
  }
}

variable "cors_origins" {
  description = "Exact origins of web pages that may call, such as https://app.example."
  type        = list(string)
  default     = []
}

variable "metrics_security_group_id" {
  description = "The security group of a Prometheus that may read the instances' /metrics on port 8001. Without it that port is bound to the instance's loopback."
  type        = string
  default     = null
}

variable "provider_ports" {
  description = "Ports of providers; AWS needs 443."
  type        = list(number)
  default     = [443]
  validation {
    condition     = contains(var.provider_ports, 443)
    error_message = "provider_ports: must hold 443, on which AWS and Debian's mirror are reached."
  }
}

variable "alarm_emails" {
  description = "Who is told of alarms; each must confirm."
  type        = list(string)
  default     = []
}

variable "latency_seconds_max" {
  description = "The alarm of slow answers: the 99th percentile over three minutes. Reads of logs and traces are slow by nature."
  type        = number
  default     = 3
}

variable "rollout_ends_at_errors" {
  description = "Whether the alarm of errors ends a rollout, or keeps it from beginning. Not for going back from a version that causes them."
  type        = bool
  default     = true
}

variable "log_days" {
  description = "How long the gateway's log and the balancer's access log are kept."
  type        = number
  default     = 30
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_days)
    error_message = "log_days: one of the numbers of days that CloudWatch offers, such as 30 or 90."
  }
}

variable "deletion_protection" {
  description = "Whether the balancer refuses to be destroyed."
  type        = bool
  default     = true
}

variable "ssm_agent_url" {
  description = "Amazon's Debian package of the agent for Session Manager. Without it, the region's newest."
  type        = string
  default     = null
  validation {
    condition     = var.ssm_agent_url == null || can(regex("^https://[^'[:space:]]+$", var.ssm_agent_url))
    error_message = "ssm_agent_url: an https:// address."
  }
}
