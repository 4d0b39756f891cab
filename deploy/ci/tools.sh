#!/usr/bin/env bash
# Installs what deploy/check.sh uses and a runner of GitHub does not have: Prometheus' tools, linters, a registry, an emulated AWS,
# and anvil, where the checks look for it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

sudo apt-get update -qq
sudo apt-get install -qq -y --no-install-recommends prometheus prometheus-alertmanager yamllint shellcheck jq docker-registry python3-venv

# The system's Python belongs to its packages.
venv=${RUNNER_TEMP:-$HOME/.cache/jeth-proxy}/python
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet 'moto[server]==5.2.1' boto3
if [ -n "${GITHUB_PATH:-}" ]; then echo "$venv/bin" >>"$GITHUB_PATH"; else echo "tools: put $venv/bin on the PATH"; fi

anvil=$(sed -n 's/^anvil=\([0-9.]*\) .*/\1/p' .ci/run)
peers=${XDG_CACHE_HOME:-$HOME/.cache}/jeth-proxy/peers
mkdir -p "$peers"
if [ ! -e "$peers/package.json" ]; then printf '{"private": true}\n' >"$peers/package.json"; fi
npm install --prefix "$peers" --ignore-scripts --no-audit --no-fund --loglevel=error "@foundry-rs/anvil@${anvil:?.ci/run names no version}"
