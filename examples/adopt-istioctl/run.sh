#!/usr/bin/env bash
# istioctl created the gateway of c1 earlier: mesh takes it over in place, and its address stays.
set -euo pipefail
# shellcheck source=examples/simulate.sh
source "$(dirname "${BASH_SOURCE[0]}")/../simulate.sh"

# What `istioctl install` sends, as it sends it: server-side apply as field manager istio-operator.
by="fieldManager=istio-operator&force=true"
TYPE=application/apply-patch+yaml
send c1 PATCH "/apis/apps/v1/namespaces/istio-system/deployments/istio-eastwestgateway?$by" "@$example/deployment.yaml"
send c1 PATCH "/api/v1/namespaces/istio-system/services/istio-eastwestgateway?$by" "@$example/service.yaml"

show mesh plan --only c1/gateway
show mesh apply --auto-approve
show mesh plan --detailed-exitcode
