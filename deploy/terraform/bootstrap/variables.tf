variable "name" {
  description = "Begins the name of everything: of the repository, the secret, the roles."
  type        = string
  default     = "jeth-proxy"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name: 3 to 20 lower-case letters, digits and hyphens."
  }
}

variable "regions" {
  description = "Two or three regions. The first holds the state and takes pushes; images and the secret are copied to the others."
  type        = list(string)
  validation {
    condition     = length(var.regions) >= 2 && length(var.regions) <= 3 && length(distinct(var.regions)) == length(var.regions)
    error_message = "regions: two or three, each another."
  }
}

variable "github_repository" {
  description = "Whose workflows may take the roles, as owner/name."
  type        = string
  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository: as owner/name, without wildcards."
  }
}

variable "github_environment" {
  description = "The environment of GitHub, with approval, whose jobs may deploy."
  type        = string
  default     = "production"
}

variable "zone_name" {
  description = "The hosted zone that deployments may write records in."
  type        = string
}

variable "github_provider_exists" {
  description = "Whether the account has GitHub's identity provider already; there can be only one."
  type        = bool
  default     = false
}
