#!/usr/bin/env bash
# what: bootstrap and production are applied to an emulated AWS in three regions, hold still, roll a version out and back
# quick: no
# seconds: 300
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"
. deploy/check/aws/lib.sh

need jq
emulator_pid=''
clean_up() { if [ -n "$emulator_pid" ]; then kill "$emulator_pid" 2>/dev/null || true; fi; }

terraform_copy
emulated_aws 127.0.0.1

marker=sk-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
origin_secret=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
export TF_VAR_origin_secrets="[\"$origin_secret\"]"
first=sha256:$(printf '1%.0s' $(seq 64)) second=sha256:$(printf '2%.0s' $(seq 64))
regions='"eu-west-2", "us-east-1", "ap-southeast-1"'

# holds WHAT VALUE WANTED: what the API says.
holds() { if [ "$2" = "$3" ]; then pass "$1: $2"; else fail "$1: $2 (expected: $3)"; fi; }
quietly() { # COMMAND...: its output only if it fails, which ends the part
  local began=$SECONDS
  if "$@" >"$CHECK_WORK/command.log" 2>&1; then
    pass "$* ($((SECONDS - began)) s; $(grep -aE '^(Apply complete|Plan:|No changes)' "$CHECK_WORK/command.log" | tail -n 1))"
  else
    fail "$*"
    tail -n 60 "$CHECK_WORK/command.log"
    finish
  fi
}
in_bootstrap() { (cd "$tf/bootstrap" && "$@"); }
in_production() { (cd "$tf/production" && "$@"); }
unchanged() { # FOLDER: a plan finds nothing to do
  local status=0
  (cd "$tf/$1" && terraform plan -no-color -detailed-exitcode) >"$CHECK_WORK/plan.log" 2>&1 || status=$?
  if [ "$status" -eq 0 ]; then pass "$1: a second plan changes nothing"; else
    fail "$1: a second plan is not empty (exit $status)"
    grep -E '^ +# |^ +[~+-]|Error' "$CHECK_WORK/plan.log" | head -n 60
  fi
}

aws route53 create-hosted-zone --name example.org --caller-reference check >/dev/null

# ---------------------------------------------------------------- bootstrap, and its state into the bucket that it made
cat >"$tf/bootstrap/terraform.tfvars" <<END
regions           = [$regions]
github_repository = "owner/jeth-proxy"
zone_name         = "example.org"
END
terraform_init bootstrap
quietly in_bootstrap terraform apply -no-color -auto-approve
unchanged bootstrap
bucket=$(in_bootstrap terraform output -raw state_bucket)
sed "s/jeth-proxy-state-123456789012/$bucket/" "$tf/bootstrap/backend.tf.example" >"$tf/bootstrap/backend.tf"
path_style='-backend-config=use_path_style=true' # of the emulator; buckets have no names in its DNS
quietly in_bootstrap terraform init -no-color -migrate-state -force-copy "$path_style"
unchanged bootstrap
holds "the secret's copies" "$(aws secretsmanager describe-secret --secret-id jeth-proxy/gateway --query 'length(ReplicationStatus)')" 2
for region in eu-west-2 us-east-1 ap-southeast-1; do
  holds "repository in $region" "$(aws ecr describe-repositories --region "$region" --query 'repositories[0].[imageTagMutability,imageScanningConfiguration.scanOnPush]' --output text)" $'IMMUTABLE\tTrue'
done
aws secretsmanager put-secret-value --secret-id jeth-proxy/gateway \
  --secret-string "{\"RPC_PROVIDERS_HTTP\": \"https://rpc.example.org/$marker\"}" >/dev/null

# ---------------------------------------------------------------- production
cat >"$tf/production/terraform.tfvars" <<END
domain       = "rpc.example.org"
zone_name    = "example.org"
regions      = [{ region = "eu-west-2" }, { region = "us-east-1" }, { region = "ap-southeast-1" }]
alarm_emails = ["oncall@example.org"]
settings     = { chain = { agree = 2 } }
END
printf 'bucket = "%s"\nregion = "eu-west-2"\n' "$bucket" >"$tf/production/backend.hcl"
terraform_init production -backend-config=backend.hcl "$path_style"
quietly in_production env TF_LOG_PROVIDER=debug TF_LOG_PATH="$CHECK_WORK/calls.log" terraform apply -no-color -auto-approve -var "image_digest=$first"
export TF_VAR_image_digest=$first
unchanged production
in_production terraform state list >"$CHECK_WORK/resources"
pass "production: $(grep -vc '\.data\.\|^data\.' "$CHECK_WORK/resources") resources in three regions and at the edge"
groups=$(in_production terraform output -json autoscaling_groups)
ok env GROUPS_JSON="$groups" POLL_SECONDS=0 REFRESH_SECONDS=60 deploy/ci/refresh.sh

in_production terraform state pull >"$CHECK_WORK/state.json"
if grep -q "$marker" "$CHECK_WORK/state.json"; then fail "the providers' secret is in the state"; else pass "the providers' secret is not in the state"; fi
holds "the state lies in the bucket, encrypted" "$(aws s3api head-object --bucket "$bucket" --key production.tfstate --query ServerSideEncryption --output text)" AES256

zone=$(aws route53 list-hosted-zones --query 'HostedZones[0].Id' --output text)
holds "latency records with health" \
  "$(aws route53 list-resource-record-sets --hosted-zone-id "$zone" --query "length(ResourceRecordSets[?Name=='origin.rpc.example.org.' && Region!=null && AliasTarget.EvaluateTargetHealth])")" 3
for region in eu-west-2 us-east-1 ap-southeast-1; do
  export AWS_DEFAULT_REGION=$region
  group() { aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names jeth-proxy --query "AutoScalingGroups[0].$1" --output text; }
  holds "$region: group" "$(group '[MinSize,MaxSize,HealthCheckType]')" $'2\t6\tELB'
  template=$(group LaunchTemplate.LaunchTemplateId)
  version=$(group LaunchTemplate.Version)
  aws ec2 describe-launch-template-versions --launch-template-id "$template" --versions "$version" \
    --query 'LaunchTemplateVersions[0].LaunchTemplateData' >"$CHECK_WORK/template.json"
  holds "$region: metadata and disk" "$(jq -c '[.MetadataOptions.HttpTokens, .MetadataOptions.HttpPutResponseHopLimit, .BlockDeviceMappings[0].Ebs.Encrypted, .KeyName]' "$CHECK_WORK/template.json")" '["required",1,true,null]'
  jq -r .UserData "$CHECK_WORK/template.json" | base64 -d >"$CHECK_WORK/user-data.$region"
  if grep -q "$marker\|$origin_secret" "$CHECK_WORK/user-data.$region"; then fail "$region: a secret is in user data"; else pass "$region: no secret in user data"; fi
  holds "$region: image" "$(sed -n 's/^IMAGE=//p' "$CHECK_WORK/user-data.$region" | sed 's/^[0-9]*//')" ".dkr.ecr.$region.amazonaws.com/jeth-proxy@$first"
  holds "$region: secret of the region" "$(sed -n 's/^SECRET_ARN=//p' "$CHECK_WORK/user-data.$region" | cut -d: -f4)" "$region"
  holds "$region: policies" "$(aws autoscaling describe-policies --query 'sort(ScalingPolicies[].TargetTrackingConfiguration.PredefinedMetricSpecification.PredefinedMetricType)' --output text)" $'ALBRequestCountPerTarget\tASGAverageCPUUtilization'
  holds "$region: alarms" "$(aws cloudwatch describe-alarms --alarm-name-prefix jeth-proxy --query 'length(MetricAlarms[?AlarmActions])')" "$(if [ "$region" = us-east-1 ]; then echo 6; else echo 5; fi)"
  holds "$region: counted log lines" "$(aws logs describe-metric-filters --log-group-name /jeth-proxy/gateway --query 'length(metricFilters)')" 2
  balancer=$(aws elbv2 describe-load-balancers --names jeth-proxy --query 'LoadBalancers[0].LoadBalancerArn' --output text)
  holds "$region: balancer" "$(aws elbv2 describe-load-balancer-attributes --load-balancer-arn "$balancer" --output json |
    jq -c '[.Attributes[] | select(.Key | IN("idle_timeout.timeout_seconds", "deletion_protection.enabled", "access_logs.s3.enabled")) | .Value] | sort')" '["300","true","true"]'
  holds "$region: role" "$(aws iam get-role-policy --role-name "jeth-proxy-instance-$region" --policy-name gateway --output json |
    jq -c --arg region "$region" '[.PolicyDocument.Statement[] | select(.Resource != "*") | .Resource | split(":")[3] == $region] | all')" true
done
export AWS_DEFAULT_REGION=us-east-1
holds "firewall" "$(aws wafv2 list-web-acls --scope CLOUDFRONT --query 'length(WebACLs)')" 1
aws cloudfront get-distribution-config --id "$(in_production terraform output -raw distribution_id)" --query DistributionConfig --output json >"$CHECK_WORK/distribution.json"
holds "distribution" "$(jq -c '[.Aliases.Items[0], .DefaultCacheBehavior.ViewerProtocolPolicy, .Origins.Items[0].DomainName, (.WebACLId | length > 0)]' "$CHECK_WORK/distribution.json")" '["rpc.example.org","https-only","origin.rpc.example.org",true]'
export AWS_DEFAULT_REGION=eu-west-2

# ---------------------------------------------------------------- the rights of the role that deploys
aws iam get-role-policy --role-name jeth-proxy-github-deploy --policy-name deploy --query PolicyDocument --output json >"$CHECK_WORK/deploy.json"
holds "length of the deployment's policy is below 10240" "$([ "$(jq -c . "$CHECK_WORK/deploy.json" | wc -c)" -lt 10240 ] && echo yes)" yes
ok python3 deploy/check/aws/rights.py "$CHECK_WORK/deploy.json" "$CHECK_WORK/calls.log"
jq '.Statement |= map(select(.Sid != "Edge"))' "$CHECK_WORK/deploy.json" >"$CHECK_WORK/less.json"
fails "a policy that lacks a right" python3 deploy/check/aws/rights.py "$CHECK_WORK/less.json" "$CHECK_WORK/calls.log"

# ---------------------------------------------------------------- a version out, and back
roll() { # DIGEST REFRESHES: what changes, and that each group begins a refresh
  export TF_VAR_image_digest=$1
  local region status=0
  in_production terraform plan -no-color -out=roll.tfplan >"$CHECK_WORK/plan.log" 2>&1 || status=$?
  holds "what a version changes" "$(grep -E '^Plan:' "$CHECK_WORK/plan.log")" 'Plan: 0 to add, 6 to change, 0 to destroy.'
  quietly in_production env TF_LOG_PROVIDER=debug TF_LOG_PATH="$CHECK_WORK/roll.log" terraform apply -no-color roll.tfplan
  for region in eu-west-2 us-east-1 ap-southeast-1; do
    holds "$region: refreshes" "$(aws autoscaling describe-instance-refreshes --region "$region" --auto-scaling-group-name jeth-proxy --query 'length(InstanceRefreshes)')" "$2"
  done
  unchanged production
}
roll "$second" 1
ok env GROUPS_JSON="$groups" POLL_SECONDS=0 REFRESH_SECONDS=60 deploy/ci/refresh.sh
roll "$first" 2
ok python3 deploy/check/aws/rights.py "$CHECK_WORK/deploy.json" "$CHECK_WORK/roll.log"
finish
