#!/usr/bin/env bash
# Breaks simulated clusters on purpose, and shows what mesh says of it. The README lists all kinds of faults.
set -euo pipefail
# shellcheck source=examples/simulate.sh
source "$(dirname "${BASH_SOURCE[0]}")/../simulate.sh"

with() { # with FAULT... -- COMMAND...: one fault, one command, and the fault is taken back.
  local words=()
  while [[ "$1" != -- ]]; do words+=("$1") && shift; done
  shift
  echo
  echo "\$ mesh sim fault add ${words[*]}"
  mesh sim fault add id=one "${words[@]}" >/dev/null
  show "$@"
  mesh sim fault clear one
}

mesh apply --auto-approve >/dev/null 2>&1
with kind=error_503 cluster=c2 -- mesh plan --timeout 2s
with kind=silent cluster=c2 -- mesh plan --timeout 2s
with kind=unauthorized cluster=c2 -- mesh plan --timeout 2s
with kind=forbidden cluster=c2 verb=list resource=secrets -- mesh plan --timeout 2s
with kind=too_many_requests cluster=c2 count=3 delay=1s -- mesh plan --timeout 10s

send c2 DELETE "/apis/apps/v1/namespaces/istio-system/deployments/istio-eastwestgateway"
with kind=admission cluster=c2 resource=deployments "message=images must come from our registry" \
  -- mesh apply --auto-approve --timeout 5s
with kind=pods_not_ready cluster=c2 -- mesh apply --auto-approve --timeout 3s
# Waits for the gateway, where it is not available again yet.
mesh apply --auto-approve >/dev/null 2>&1
show mesh plan
