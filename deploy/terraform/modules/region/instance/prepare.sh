#!/usr/bin/env bash
# Before each start of the gateway: its memory, the login to the registry, and each key of the secret as a file of its own.
# Everything lies on tmpfs below RUNTIME_DIRECTORY, which systemd removes when the gateway is stopped. Nothing secret is
# an argument or a variable of any process.
set -euo pipefail
umask 077
: "${RUNTIME_DIRECTORY:?}" "${AWS_REGION:?}" "${SECRET_ARN:?}" "${IMAGE:?}" "${DOCKER_CONFIG:?}"
uid=10001 # of the image's user

say() { printf 'jeth-proxy: %s\n' "$*" >&2; }

# 400 MiB are left to the system, or a quarter of a small instance.
total_kib=$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
for_system_kib=$((total_kib / 4 < 409600 ? total_kib / 4 : 409600))
metadata=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}
metadata=${metadata%/}/latest
token=$(curl -fsS -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token")
instance=$(curl -fsS -m 5 -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/instance-id")
printf 'MEMORY_LIMIT=%d\nINSTANCE_ID=%s\n' "$(((total_kib - for_system_kib) * 1024))" "$instance" >"$RUNTIME_DIRECTORY/here.env"

mkdir -p "$DOCKER_CONFIG"
answer=$(aws ecr get-login-password --region "$AWS_REGION" | docker login --username AWS --password-stdin "${IMAGE%%/*}" 2>&1) \
  || { say "no login to ${IMAGE%%/*}: $answer"; exit 1; }

json=$RUNTIME_DIRECTORY/secret.json
trap 'rm -f "$json"' EXIT
aws secretsmanager get-secret-value --region "$AWS_REGION" --secret-id "$SECRET_ARN" --query SecretString --output text >"$json"
jq -e 'type == "object" and length > 0 and all(to_entries[]; (.key | test("^[A-Z][A-Z0-9_]*$")) and (.value | type == "string"))' \
  "$json" >/dev/null 2>&1 || { say "the secret is not a JSON object of NAME: \"value\""; exit 1; }
secrets=$RUNTIME_DIRECTORY/secrets
rm -rf "$secrets"
mkdir "$secrets"
: >"$RUNTIME_DIRECTORY/secrets.env"
while read -r name; do
  jq -j --arg name "$name" '.[$name]' "$json" >"$secrets/$name"
  printf '%s_FILE=/run/secrets/%s\n' "$name" "$name" >>"$RUNTIME_DIRECTORY/secrets.env"
done < <(jq -r 'keys[]' "$json")
chown -R "$uid:$uid" "$secrets"
chmod 0500 "$secrets"
chmod 0400 "$secrets"/*
say "$(wc -l <"$RUNTIME_DIRECTORY/secrets.env") secrets for $IMAGE"
