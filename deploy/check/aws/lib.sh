# shellcheck shell=bash
# What the parts about AWS share; sourced after deploy/check/lib.sh.
#
#   TERRAFORM_MIRROR   a folder in the layout of a file-system mirror that has hashicorp/aws; without it the registry is used

# terraform_copy: a copy of deploy/terraform to work in, so that nothing is left in the sources.
terraform_copy() {
  need terraform "1.11 or newer"
  export CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_INPUT=0
  tf=$CHECK_WORK/terraform
  mkdir -p "$tf"
  (cd deploy/terraform && tar cf - --exclude=.terraform --exclude='*.tfstate*' .) | (cd "$tf" && tar xf -)
  if [ -n "${TERRAFORM_MIRROR:-}" ]; then
    export TF_CLI_CONFIG_FILE=$CHECK_WORK/terraform.rc
    cat >"$TF_CLI_CONFIG_FILE" <<END
provider_installation {
  filesystem_mirror {
    path    = "$TERRAFORM_MIRROR"
    include = ["registry.terraform.io/hashicorp/*"]
  }
}
END
  fi
}

# terraform_init FOLDER ARGUMENTS...: leaves the part out where no provider can be had.
terraform_init() {
  local folder=$1 output
  shift
  if output=$(cd "$tf/$folder" && terraform init -no-color "$@" 2>&1); then
    pass "init $folder"
  elif grep -qE 'Failed to (query available provider|install provider)|could not connect to registry' <<<"$output"; then
    skip_all "the AWS provider cannot be had: set TERRAFORM_MIRROR, or let the registry be reached"
  else
    fail "init $folder"
    printf '%s\n' "$output" | tail -n 30
    finish
  fi
}

# rendered_user_data FILE: what an instance would run, as Terraform renders it (with mocked answers of AWS).
rendered_user_data() {
  (cd "$tf/modules/region" && terraform test -no-color -json -verbose -filter=tests/region.tftest.hcl) >"$CHECK_WORK/test.json" || true
  grep '"type":"test_state"' "$CHECK_WORK/test.json" | jq -r '.test_state.outputs.user_data.value' >"$1"
  rm "$CHECK_WORK/test.json" # 100 MB
  [ "$(wc -l <"$1")" -gt 50 ]
}

# emulated_aws ADDRESS: starts it on a free port; sets AWS_ENDPOINT_URL and keys that are none. emulator_pid is to be ended.
emulated_aws() {
  local address=$1 port
  need python3
  python3 -c 'import moto.server' 2>/dev/null || skip_all 'needs moto (pip install "moto[server]==5.2.1")'
  need aws "AWS CLI"
  port=$(python3 -c 'import socket,sys; s = socket.socket(); s.bind((sys.argv[1], 0)); print(s.getsockname()[1])' "$address")
  python3 deploy/check/aws/emulator.py "$port" "$address" >"$CHECK_WORK/emulator.log" 2>&1 &
  # shellcheck disable=SC2034 # the part ends it
  emulator_pid=$!
  export AWS_ENDPOINT_URL=http://$address:$port AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none AWS_DEFAULT_REGION=eu-west-2
  export AWS_MAX_ATTEMPTS=2 AWS_PAGER='' AWS_EC2_METADATA_DISABLED=true
  unset AWS_PROFILE AWS_SESSION_TOKEN
  await 60 curl -sf -o /dev/null "$AWS_ENDPOINT_URL/moto-api/" || { fail "the emulated AWS does not start"; tail -n 20 "$CHECK_WORK/emulator.log"; finish; }
}
