#!/usr/bin/env bash
# Installs what deploy/check.sh uses and a runner of GitHub does not have: Prometheus' tools, linters, an emulated AWS.
set -euo pipefail

sudo apt-get update -qq
sudo apt-get install -qq -y --no-install-recommends prometheus prometheus-alertmanager yamllint shellcheck jq
python3 -m pip install --quiet --user 'moto[server]==5.2.1' boto3
