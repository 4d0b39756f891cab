variable "name" {
  description = "Begins the name of everything here."
  type        = string
  default     = "jeth-proxy"
}

variable "domain" {
  description = "The name that clients use."
  type        = string
}

variable "origin_domain" {
  description = "The name of the load balancers, resolved to the nearest one that is healthy."
  type        = string
}

variable "zone_id" {
  description = "The hosted zone of both names."
  type        = string
}

variable "origin_secret" {
  description = "The value of X-Origin-Verify that load balancers accept. It is in Terraform's state, which is why that is encrypted."
  type        = string
  sensitive   = true
}

variable "requests_per_address_minute" {
  description = "HTTP requests of one address in a minute, beyond which it gets 429 until it slows down. Approximate; messages of WebSockets are not counted."
  type        = number
  default     = 6000
  validation {
    condition     = var.requests_per_address_minute >= 10
    error_message = "requests_per_address_minute: at least 10, the least that WAF takes."
  }
}

variable "alarm_emails" {
  description = "Who is told of alarms; each must confirm."
  type        = list(string)
  default     = []
}
