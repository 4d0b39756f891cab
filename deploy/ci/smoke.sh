#!/usr/bin/env bash
# Asks a gateway what a client would: is it ready, and does it answer real calls? Tries for SMOKE_SECONDS (120).
#
#   deploy/ci/smoke.sh https://rpc.example.org
set -euo pipefail

url=${1:?the address of the gateway is required}
url=${url%/}
until=$((SECONDS + ${SMOKE_SECONDS:-120}))

call() { # method: its result, or nothing
  curl -sS --max-time 15 -H 'content-type: application/json' \
    --data "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":[]}" "$url/" |
    jq -er 'select(.id == 1) | .result'
}

is_quantity() { [[ $1 =~ ^0x[0-9a-f]+$ ]]; }

attempt() { # one look; says in `why` what was wrong
  ready=$(curl -sS --max-time 15 -o /dev/null -w '%{http_code}' "$url/ready") || return 1
  why="/ready answers $ready"
  if [ "$ready" != 200 ]; then return 1; fi
  why="eth_chainId has no result"
  chain=$(call eth_chainId) || return 1
  is_quantity "$chain" || return 1
  why="eth_blockNumber has no result"
  head=$(call eth_blockNumber) || return 1
  is_quantity "$head"
}

why="it does not answer"
until attempt 2>/dev/null; do
  if [ "$SECONDS" -ge "$until" ]; then
    echo "smoke: $url: $why" >&2
    exit 1
  fi
  sleep 2
done
echo "smoke: $url is ready, chain $chain, head $head"
