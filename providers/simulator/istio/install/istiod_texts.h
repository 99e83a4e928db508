#pragma once

/// Objects of an installation, as JSON with {{NAME}} where a setting goes. Only names and fields that somebody reads:
/// istioctl, asmcli, the injector's users and `mesh` itself.
namespace mesh::simulator {

inline constexpr const char* istiod_deployment_text = R"json({
  "apiVersion": "apps/v1", "kind": "Deployment",
  "metadata": {"name": "istiod{{-REV}}", "namespace": "{{NS}}", "labels": {
    "app": "istiod", "istio": "pilot", "istio.io/rev": "{{REV}}", "release": "istio",
    "operator.istio.io/component": "Pilot", "install.operator.istio.io/owning-resource": "unknown"}},
  "spec": {
    "replicas": {{REPLICAS}},
    "strategy": {"rollingUpdate": {"maxSurge": "100%", "maxUnavailable": "25%"}},
    "selector": {"matchLabels": {"app": "istiod", "istio.io/rev": "{{REV}}"}},
    "template": {
      "metadata": {
        "labels": {"app": "istiod", "istio": "pilot", "istio.io/rev": "{{REV}}", "sidecar.istio.io/inject": "false"},
        "annotations": {"prometheus.io/port": "15014", "prometheus.io/scrape": "true",
                        "sidecar.istio.io/inject": "false"}},
      "spec": {
        "serviceAccountName": "istiod{{-REV}}",
        "containers": [{
          "name": "discovery",
          "image": "{{HUB}}/pilot:{{VERSION}}",
          "args": ["discovery", "--monitoringAddr=:15014", "--log_output_level=default:info", "--domain",
                   "cluster.local", "--keepaliveMaxServerConnectionAge", "30m"],
          "env": [
            {"name": "REVISION", "value": "{{REV}}"},
            {"name": "PILOT_CERT_PROVIDER", "value": "istiod"},
            {"name": "POD_NAMESPACE", "value": "{{NS}}"},
            {"name": "KUBECONFIG", "value": "/var/run/secrets/remote/config"},
            {"name": "PILOT_TRACE_SAMPLING", "value": "1"},
            {"name": "PILOT_ENABLE_ANALYSIS", "value": "false"},
            {"name": "CLUSTER_ID", "value": "{{CLUSTER_ID}}"},
            {"name": "TOKEN_AUDIENCES", "value": "{{AUDIENCES}}"}],
          "ports": [
            {"containerPort": 8080, "protocol": "TCP"},
            {"containerPort": 15010, "protocol": "TCP"},
            {"containerPort": 15012, "protocol": "TCP"},
            {"containerPort": 15014, "protocol": "TCP"},
            {"containerPort": 15017, "protocol": "TCP"}],
          "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}, "initialDelaySeconds": 1,
                             "periodSeconds": 3, "timeoutSeconds": 5},
          "resources": {"requests": {"cpu": "500m", "memory": "2Gi"}}}]}}}
})json";

inline constexpr const char* istiod_service_text = R"json({
  "apiVersion": "v1", "kind": "Service",
  "metadata": {"name": "istiod{{-REV}}", "namespace": "{{NS}}", "labels": {
    "app": "istiod", "istio": "pilot", "istio.io/rev": "{{REV}}", "release": "istio"}},
  "spec": {
    "selector": {"app": "istiod", "istio.io/rev": "{{REV}}"},
    "ports": [
      {"name": "grpc-xds", "port": 15010, "protocol": "TCP"},
      {"name": "https-dns", "port": 15012, "protocol": "TCP"},
      {"name": "https-webhook", "port": 443, "targetPort": 15017, "protocol": "TCP"},
      {"name": "http-monitoring", "port": 15014, "protocol": "TCP"}]}
})json";

/// Injection (istio-facts 6.7): by namespace, or by the pod where the namespace says nothing.
inline constexpr const char* injector_text = R"json({
  "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
  "metadata": {"name": "istio-sidecar-injector{{-REV}}", "labels": {
    "app": "sidecar-injector", "istio.io/rev": "{{REV}}", "release": "istio"}},
  "webhooks": []
})json";

inline constexpr const char* injector_webhook_text = R"json({
  "name": "sidecar-injector.istio.io",
  "admissionReviewVersions": ["v1beta1", "v1"],
  "clientConfig": {"caBundle": "Q0E=",
    "service": {"name": "istiod{{-REV}}", "namespace": "{{NS}}", "path": "/inject", "port": 443}},
  "failurePolicy": "Fail",
  "sideEffects": "None",
  "reinvocationPolicy": "Never",
  "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"], "scope": "*"}]
})json";

inline constexpr const char* mesh_config_text = R"yaml(defaultConfig:
  discoveryAddress: istiod{{-REV}}.{{NS}}.svc:15012
  meshId: {{MESH_ID}}
  proxyMetadata:
    CA_PROVIDER: {{CA_PROVIDER}}
enablePrometheusMerge: true
rootNamespace: {{NS}}
trustDomain: {{TRUST_DOMAIN}}
trustDomainAliases:
)yaml";

inline constexpr const char* injector_values_text = R"json({
  "global": {
    "caAddress": "{{CA_ADDRESS}}",
    "caName": "{{CA_NAME}}",
    "hub": "{{HUB}}",
    "istioNamespace": "{{NS}}",
    "meshID": "{{MESH_ID}}",
    "multiCluster": {"clusterName": "{{CLUSTER_ID}}", "enabled": true},
    "network": "{{NETWORK}}",
    "pilotCertProvider": "istiod",
    "tag": "{{VERSION}}",
    "trustDomain": "{{TRUST_DOMAIN}}"
  },
  "revision": "{{REVISION}}"
})json";

}  // namespace mesh::simulator
