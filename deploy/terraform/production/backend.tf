# The bucket and its region come from backend.hcl: terraform init -backend-config=backend.hcl
terraform {
  backend "s3" {
    key          = "production.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}
