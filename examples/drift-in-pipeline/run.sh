#!/usr/bin/env bash
# A job on a schedule: exit code 0 is quiet, 2 reports what others changed, 3 says that a cluster could not be read.
set -euo pipefail
# shellcheck source=examples/simulate.sh
source "$(dirname "${BASH_SOURCE[0]}")/../simulate.sh"

mesh apply --auto-approve >/dev/null 2>&1
show mesh drift

TYPE=application/json-patch+json send c1 PATCH \
  "/api/v1/namespaces/istio-system/services/istio-eastwestgateway?fieldManager=kubectl-edit" \
  '[{"op": "replace", "path": "/spec/ports/1/targetPort", "value": 9999}]'
send c2 DELETE "/api/v1/namespaces/istio-system/secrets/istio-remote-secret-cn-acme-fleet-global-c1"
show mesh drift

mesh sim fault add id=gone kind=unauthorized cluster=c2 >/dev/null
show mesh drift
mesh sim fault clear gone
show mesh apply --auto-approve
show mesh drift
