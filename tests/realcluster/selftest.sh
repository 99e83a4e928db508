#!/usr/bin/env bash
# Checks that the control planes of run.sh behave as clusters do, and that runs
# end as promised. Needs curl and jq. Without arguments it runs everything.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
failures=0

# check WHAT COMMAND...: COMMAND must succeed.
check() {
  local what="$1"
  shift
  if "$@"; then
    echo "ok    $what"
  else
    echo "FAIL  $what"
    failures=$((failures + 1))
  fi
}

# soon COMMAND...: COMMAND must succeed within half a minute.
soon() {
  local _
  for _ in {1..300}; do
    "$@" && return
    sleep 0.1
  done
  echo "      waited in vain for: $*" >&2
  return 1
}

# request CLUSTER METHOD PATH [BODY]: as administrator; prints the answer.
request() {
  local body=()
  [[ $# -lt 4 ]] || body=(-H 'Content-Type: application/json' --data-binary "$4")
  curl -sS --max-time 20 -X "$2" "${body[@]}" --cacert "$keys/$1.ca" --cert "$keys/$1.crt" --key "$keys/$1.key" \
    "$(server "$1")$3"
}

apply() { # CLUSTER PATH BODY
  curl -sS --max-time 20 -X PATCH -H 'Content-Type: application/apply-patch+yaml' --data-binary "$3" \
    --cacert "$keys/$1.ca" --cert "$keys/$1.crt" --key "$keys/$1.key" "$(server "$1")$2?fieldManager=selftest" >/dev/null
}

server() { sed -n 's/^ *server: //p' "$MESH_TEST_DIR/$1.kubeconfig"; }

unpack() { # CLUSTER: its kubeconfig's data as files for curl
  local field
  for field in certificate-authority-data:ca client-certificate-data:crt client-key-data:key; do
    sed -n "s/^ *${field%:*}: //p" "$MESH_TEST_DIR/$1.kubeconfig" | base64 -d >"$keys/$1.${field#*:}"
  done
}

# answer FILTER CLUSTER PATH: does the filter hold for the object at PATH?
answer() { request "$2" GET "$3" | jq -e "$1" >/dev/null; }

core=/api/v1/namespaces
apps=/apis/apps/v1/namespaces

deployment() { # NAME: with what a gateway has that could stand in a pod's way
  cat <<JSON
{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "$1"}, "spec": {
  "selector": {"matchLabels": {"app": "$1"}},
  "template": {"metadata": {"labels": {"app": "$1", "istio.io/rev": "asm-1233-2", "sidecar.istio.io/inject": "true"}},
    "spec": {"containers": [{"name": "istio-proxy", "image": "auto"}],
      "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "$1"}}}]}}}}
JSON
}

balancer() { # NAME [MORE FIELDS]
  echo "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"$1\"}, \"spec\": {\"type\": \"LoadBalancer\",
    \"selector\": {\"app\": \"gateway\"}, \"ports\": [{\"name\": \"tls\", \"port\": 15443}] ${2:-}}}"
}

refused() { # a token that RBAC gives no rights
  local token code
  token="$(request c1 GET $core/default/secrets/probe | jq -r .data.token | base64 -d)"
  code="$(curl -sS -o /dev/null -w '%{http_code}' --cacert "$keys/c1.ca" -H "Authorization: Bearer $token" \
    "$(server c1)$core/default/secrets")"
  [[ "$code" == 403 ]]
}

not_served() { ! curl -sS --max-time 2 -o /dev/null --cacert "$keys/$1.ca" "$(server "$1")/readyz" 2>/dev/null; }

inside() {
  keys="$(mktemp -d)"
  trap 'rm -rf "$keys"' EXIT
  unpack c1
  unpack c2
  check "authorities differ" bash -c "! cmp -s $keys/c1.ca $keys/c2.ca"
  local version
  for version in v1 v1beta1 v1alpha3; do
    check "Gateway is served in $version" answer '.kind == "GatewayList"' c1 "/apis/networking.istio.io/$version/gateways"
  done
  check "istiod is available" answer '.status.availableReplicas == 1' c2 $apps/istio-system/deployments/istiod-asm-1233-2
  check "istiod has the cluster's ID" answer '[.spec.template.spec.containers[0].env[] | select(.name == "CLUSTER_ID").value] == ["test-c2"]' \
    c2 $apps/istio-system/deployments/istiod-asm-1233-2
  check "the mesh's namespace has no network" answer '.metadata.labels["topology.istio.io/network"] == null' c1 $core/istio-system

  request c1 POST $core/default/serviceaccounts '{"metadata": {"name": "probe"}}' >/dev/null
  request c1 POST $core/default/secrets '{"metadata": {"name": "probe", "annotations": {"kubernetes.io/service-account.name": "probe"}},
    "type": "kubernetes.io/service-account-token"}' >/dev/null
  check "a token Secret is filled" soon answer '.data.token != null' c1 $core/default/secrets/probe
  check "its data belongs to kube-controller-manager" answer '[.metadata.managedFields[].manager] | index("kube-controller-manager")' \
    c1 $core/default/secrets/probe
  check "RBAC refuses what nobody allowed" refused
  "$MESH_TEST_CTL" user c1 jane viewers >"$MESH_TEST_DIR/jane.kubeconfig"
  unpack jane
  check "and what a user may not do" answer '.reason == "Forbidden" and (.message | contains("\"jane\""))' jane $core/default/pods

  request c1 POST $core '{"metadata": {"name": "work"}}' >/dev/null
  soon answer '.kind == "ServiceAccount"' c1 $core/work/serviceaccounts/default
  apply c1 $apps/work/deployments/gateway "$(deployment gateway)"
  check "a Deployment becomes available" soon answer '.status.availableReplicas == 1 and
    ([.status.conditions[] | select(.type == "Available").status] == ["True"])' c1 $apps/work/deployments/gateway
  request c1 POST /apis/autoscaling/v2/namespaces/work/horizontalpodautoscalers '{"metadata": {"name": "gateway"}, "spec": {
    "minReplicas": 2, "maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gateway"}}}' >/dev/null
  check "an autoscaler keeps its minimum" soon answer '.status.availableReplicas == 2' c1 $apps/work/deployments/gateway

  apply c1 $core/work/services/plain "$(balancer plain)"
  apply c1 $core/work/services/asked "$(balancer asked ', "loadBalancerIP": "10.1.2.3"')"
  apply c2 $core/default/services/named "$(balancer named)"
  check "a load balancer gets an IP address" soon answer '.status.loadBalancer.ingress[0].ip | startswith("198.18.1.")' c1 $core/work/services/plain
  check "or the one it asks for" soon answer '.status.loadBalancer.ingress[0].ip == "10.1.2.3"' c1 $core/work/services/asked
  check "or a host name" soon answer '.status.loadBalancer.ingress[0].hostname | startswith("named-")' c2 $core/default/services/named
  check "its endpoints are the ready pods" soon answer '[.items[].endpoints[]? | select(.conditions.ready)] | length >= 2' \
    c1 /apis/discovery.k8s.io/v1/namespaces/work/endpointslices

  "$MESH_TEST_CTL" set c1 lb=none deployments=never
  apply c1 $core/work/services/waiting "$(balancer waiting)"
  apply c1 $apps/work/deployments/stuck "$(deployment stuck)"
  sleep 1
  check "a load balancer can be kept waiting" answer '.status.loadBalancer == {}' c1 $core/work/services/waiting
  check "and a Deployment" answer '.status.unavailableReplicas == 1' c1 $apps/work/deployments/stuck
  request c1 PUT $core/kube-system/configmaps/realcluster \
    '{"metadata": {"name": "realcluster"}, "data": {"lb": "hostname", "lb-delay": "0s", "deployments": "available"}}' >/dev/null
  check "until the ConfigMap says otherwise" soon answer '.status.loadBalancer.ingress[0].hostname != null' c1 $core/work/services/waiting
  check "for both" soon answer '.status.availableReplicas == 1' c1 $apps/work/deployments/stuck

  request c1 DELETE $core/work >/dev/null
  check "a namespace with pods goes away" soon answer '.code == 404' c1 $core/work

  "$MESH_TEST_CTL" stop c2
  check "a stopped API server refuses" not_served c2
  check "and the other serves" answer '.kind == "Namespace"' c1 $core/default
  "$MESH_TEST_CTL" start c2
  check "it comes back with its data" answer '.metadata.name == "named"' c2 $core/default/services/named
  "$MESH_TEST_CTL" pause c2
  check "a paused one hangs" not_served c2
  "$MESH_TEST_CTL" resume c2
  check "and resumes" soon answer '.kind == "Namespace"' c2 $core/default
  check "requests are counted by user agent" test \
    "$(jq -r 'select(.userAgent | startswith("curl/")).verb' "$MESH_TEST_DIR/logs/c1.audit.log" | grep -c patch)" -ge 5
}

# left DIR: is anything running that works in DIR?
left() { pgrep -f "$1/" >/dev/null; }

none_left() { soon eval "! left '$1'"; }

# ended SIGNAL CODE: a run that gets SIGNAL ends with CODE and leaves nothing,
# not even what its command has put into the background.
ended() {
  local dir code=0 run
  dir="$(mktemp -d)"
  "$here/run.sh" --dir "$dir" -- bash -c "setsid -f sleep 1000 '$dir/'; touch '$dir/up'; exec sleep 1001" 2>/dev/null &
  run=$!
  soon test -e "$dir/up"
  kill "-$1" "$run"
  wait "$run" 2>/dev/null || code=$?
  [[ "$code" == "$2" ]] && none_left "$dir"
  local good=$?
  rm -rf "$dir"
  return "$good"
}

seven() {
  local dir code=0
  dir="$(mktemp -d)"
  "$here/run.sh" --dir "$dir" -- bash -c 'exit 7' 2>/dev/null || code=$?
  [[ "$code" == 7 ]] && ! left "$dir"
  local good=$?
  rm -rf "$dir"
  return "$good"
}

outside() {
  check "the clusters' own checks passed" "$here/run.sh" --clusters 2 --lb c2=hostname --lb-delay 50ms \
    --istiod asm-1233-2 --cluster-id-prefix test- -- "$0" inside
  check "the command's exit code comes through" seven
  check "SIGTERM takes everything down" ended TERM 143
  check "SIGINT too" ended INT 130
  check "and SIGKILL" ended KILL 137
}

"${1:-outside}"
[[ "$failures" == 0 ]] || { echo "$failures checks failed" >&2; exit 1; }
