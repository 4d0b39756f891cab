#!/usr/bin/env bash
# what: GitHub's own language service accepts the workflows; actions are pinned, rights are least, each run: is one script of ours
# quick: no
# seconds: 15
set -euo pipefail
. "${BASH_SOURCE[0]%/*}/lib.sh"

need npm "Node.js 20 or newer"
authorities=/etc/ssl/certs/ca-certificates.crt
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$authorities" ]; then export NODE_EXTRA_CA_CERTS=$authorities; fi

# Bundled, as its modules do not load in Node otherwise. Kept outside the sources, by version.
home=${XDG_CACHE_HOME:-$HOME/.cache}/jeth-proxy/workflows
source=deploy/check/workflows
sum=$(cat "$source/package.json" "$source/check.mjs" | cksum)
if [ "$(cat "$home/complete" 2>/dev/null)" != "$sum" ]; then
  rm -rf "$home"
  mkdir -p "$home"
  cp "$source/package.json" "$source/check.mjs" "$home/"
  (cd "$home" && npm install --no-audit --no-fund --loglevel=error >npm.log 2>&1) || {
    tail -n 5 "$home/npm.log"
    skip_all "the language service cannot be installed from the package registry"
  }
  (cd "$home" && npx --no-install esbuild check.mjs --bundle --platform=node --format=esm --log-level=error \
    --banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' \
    --outfile=bundle.mjs)
  echo "$sum" >"$home/complete"
fi

workflows=$(ls .github/workflows/*.yml)
# shellcheck disable=SC2086 # names without blanks
ok node "$home/bundle.mjs" "$source/actions.yaml" $workflows

# What it must find.
spoilt() { # WHAT SED_EXPRESSION FILE: fails to be accepted
  sed -E "$2" ".github/workflows/$3" >"$CHECK_WORK/$3"
  if cmp -s ".github/workflows/$3" "$CHECK_WORK/$3"; then
    fail "$1 was not planted"
    return
  fi
  fails "$1" node "$home/bundle.mjs" "$source/actions.yaml" "$CHECK_WORK/$3"
}
spoilt "an input that does not exist" 's/distribution:/distributor:/' ci.yml
spoilt "an action pinned by a tag" 's/(checkout)@[0-9a-f]{40}/\1@v7/' ci.yml
spoilt "an unknown runner's expression" 's/github\.ref /gihtub.ref /' ci.yml
spoilt "a script that is not there" 's#run: \.ci/run#run: deploy/ci/none.sh#' ci.yml
spoilt "a line of shell" 's#run: \.ci/run#run: .ci/run \&\& true#' ci.yml
spoilt "a job that needs none that exists" 's/needs: image/needs: picture/' release.yml
spoilt "rights for all" 's/contents: read/contents: write/' deploy.yml

if command -v yamllint >/dev/null; then
  ok yamllint -s -d '{extends: default, rules: {line-length: disable, document-start: disable, truthy: disable, comments: {min-spaces-from-content: 1}}}' \
    .github
else
  skip yamllint "not there (apt install yamllint)"
fi
finish
