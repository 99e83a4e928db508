#!/usr/bin/env bash
# istioctl created the gateway of c1 earlier. mesh init describes both clusters, and the first plan takes the gateway over.
set -euo pipefail
# shellcheck source=examples/simulate.sh
source "$(dirname "${BASH_SOURCE[0]}")/../simulate.sh"

by="fieldManager=istio-operator&force=true"
TYPE=application/apply-patch+yaml
istioctl="$example/../adopt-istioctl"
send c1 PATCH "/apis/apps/v1/namespaces/istio-system/deployments/istio-eastwestgateway?$by" "@$istioctl/deployment.yaml"
send c1 PATCH "/api/v1/namespaces/istio-system/services/istio-eastwestgateway?$by" "@$istioctl/service.yaml"
rm mesh.toml

show mesh init . --mesh prod
show cat mesh.toml
mesh apply --auto-approve >/dev/null 2>&1
show mesh init .
show mesh init . --force
show mesh plan --detailed-exitcode
