"""The sequences that record_golden.py sends: every kind that mesh writes, and what else meets the same rules."""

import copy
import json

NS = "golden"
KINDS = {
    "Namespace": ("", "v1", "Namespace", "namespaces", "/api/v1/namespaces"),
    "ServiceAccount": ("", "v1", "ServiceAccount", "serviceaccounts", f"/api/v1/namespaces/{NS}/serviceaccounts"),
    "Secret": ("", "v1", "Secret", "secrets", f"/api/v1/namespaces/{NS}/secrets"),
    "ConfigMap": ("", "v1", "ConfigMap", "configmaps", f"/api/v1/namespaces/{NS}/configmaps"),
    "Service": ("", "v1", "Service", "services", f"/api/v1/namespaces/{NS}/services"),
    "Pod": ("", "v1", "Pod", "pods", f"/api/v1/namespaces/{NS}/pods"),
    "Deployment": ("apps", "v1", "Deployment", "deployments", f"/apis/apps/v1/namespaces/{NS}/deployments"),
    "ReplicaSet": ("apps", "v1", "ReplicaSet", "replicasets", f"/apis/apps/v1/namespaces/{NS}/replicasets"),
    "HorizontalPodAutoscaler": ("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers",
                                f"/apis/autoscaling/v2/namespaces/{NS}/horizontalpodautoscalers"),
    "PodDisruptionBudget": ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets",
                            f"/apis/policy/v1/namespaces/{NS}/poddisruptionbudgets"),
    "ClusterRole": ("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles",
                    "/apis/rbac.authorization.k8s.io/v1/clusterroles"),
    "ClusterRoleBinding": ("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings",
                           "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"),
    "Role": ("rbac.authorization.k8s.io", "v1", "Role", "roles", f"/apis/rbac.authorization.k8s.io/v1/namespaces/{NS}/roles"),
    "Lease": ("coordination.k8s.io", "v1", "Lease", "leases", f"/apis/coordination.k8s.io/v1/namespaces/{NS}/leases"),
    "Gateway": ("networking.istio.io", "v1", "Gateway", "gateways", f"/apis/networking.istio.io/v1/namespaces/{NS}/gateways"),
    "Gateway_v1beta1": ("networking.istio.io", "v1beta1", "Gateway", "gateways",
                        f"/apis/networking.istio.io/v1beta1/namespaces/{NS}/gateways"),
    "VirtualService": ("networking.istio.io", "v1", "VirtualService", "virtualservices",
                       f"/apis/networking.istio.io/v1/namespaces/{NS}/virtualservices"),
    "EndpointSlice": ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices",
                      f"/apis/discovery.k8s.io/v1/namespaces/{NS}/endpointslices"),
    "MutatingWebhookConfiguration": ("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration",
                                     "mutatingwebhookconfigurations",
                                     "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"),
}


def obj(kind, name, /, **more):
    group, version, kind_name = KINDS[kind][:3]
    body = {"apiVersion": f"{group}/{version}" if group else version, "kind": kind_name, "metadata": {"name": name}}
    if "/namespaces/" in KINDS[kind][4]:
        body["metadata"]["namespace"] = NS
    return merged(body, more)


def merged(base, more):
    """Both; a value of None takes the member away."""
    out = copy.deepcopy(base)
    for key, value in more.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = merged(out[key], value)
        else:
            out[key] = value
    return out


def sent(verb, title, body, **more):
    return {"verb": verb, "title": title, "body": body, **more}


def apply(title, body, manager="mesh", **more):
    return sent("apply", title, body, manager=manager, **more)


def put(title, change, **more):
    """Sends back what is there, changed in place."""
    def body(before):
        new = copy.deepcopy(before)
        change(new)
        return new
    return sent("update", title, body, **more)


def case(file, kind, name, *steps):
    return {"file": file, "kind": kind, "name": name, "steps": list(steps)}


# ---- objects

LABELS = {"app": "istio-eastwestgateway", "istio": "eastwestgateway"}


def container(**more):
    return merged({"name": "istio-proxy", "image": "auto",
                   "ports": [{"containerPort": 15443, "name": "tls"}, {"containerPort": 15021, "protocol": "TCP"}],
                   "env": [{"name": "NET", "value": "n1"}, {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
                   "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "2000m", "memory": "1024Mi"}},
                   "securityContext": {"capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True}}, more)


def deployment(name="gw", containers=None, **spec):
    base = {"selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS, "annotations": {"inject.istio.io/templates": "gateway"}},
                         "spec": {"serviceAccountName": "gw", "securityContext": {"sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]},
                                  "containers": containers or [container()]}}}
    return obj("Deployment", name, metadata={"labels": LABELS}, spec=merged(base, spec))


def plain_deployment(name, **spec):
    return obj("Deployment", name, spec=merged(
        {"selector": {"matchLabels": {"app": "x"}},
         "template": {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "c", "image": "x"}]}}}, spec))


def service(name="svc", **spec):
    return obj("Service", name, metadata={"labels": LABELS}, spec=merged(
        {"type": "LoadBalancer", "selector": LABELS,
         "ports": [{"name": "status-port", "port": 15021, "targetPort": 15021}, {"name": "tls", "port": 15443}]}, spec))


def gateway(name="cross", **spec):
    return obj("Gateway", name, spec=merged(
        {"selector": {"istio": "eastwestgateway"},
         "servers": [{"port": {"number": 15443, "name": "tls", "protocol": "TLS"}, "tls": {"mode": "AUTO_PASSTHROUGH"},
                      "hosts": ["*.local"]}]}, spec))


def secret(name="remote", data=None, **more):
    return obj("Secret", name, metadata={"labels": {"istio/multiCluster": "true"}, "annotations": {"networking.istio.io/cluster": "c2"}},
               type="Opaque", data=data or {"c2": "YXBpVmVyc2lvbg=="}, **more)


def hpa(name="gw", **spec):
    return obj("HorizontalPodAutoscaler", name, spec=merged(
        {"minReplicas": 2, "maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gw"},
         "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]}, spec))


def pdb(name="gw", **spec):
    return obj("PodDisruptionBudget", name, spec=merged({"minAvailable": 1, "selector": {"matchLabels": LABELS}}, spec))


def role(name="golden-reader", **more):
    return obj("ClusterRole", name, **merged({"rules": [{"apiGroups": [""], "resources": ["pods", "services"], "verbs": ["get", "list"]}]}, more))


def binding(name="golden-reader", **more):
    return obj("ClusterRoleBinding", name, **merged(
        {"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "golden-reader"},
         "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": NS}]}, more))


def in_container(index, **more):
    def change(o):
        o["spec"]["template"]["spec"]["containers"][index].update(more)
    return change


def at(path, value):
    """Sets (or with None takes away) what stands at a.b.c."""
    def change(o):
        keys = path.split(".")
        for key in keys[:-1]:
            o = o[int(key)] if isinstance(o, list) else o.setdefault(key, {})
        if value is None:
            o.pop(keys[-1], None)
        else:
            o[keys[-1]] = value
    return change


def cases():
    import golden_errors
    import golden_patches
    import golden_random
    return [*ownership(), *other_kinds(), *golden_patches.cases(), *golden_errors.cases(), *golden_random.cases()]


def ownership():
    net = "topology.istio.io/network"
    return [
        case("namespace", "Namespace", "golden-ns",
             sent("create", "create", obj("Namespace", "golden-ns", metadata={"labels": {"team": "a"}})),
             apply("take a label", obj("Namespace", "golden-ns", metadata={"labels": {net: "n1"}})),
             apply("same again", obj("Namespace", "golden-ns", metadata={"labels": {net: "n1"}})),
             apply("another value by another applier", obj("Namespace", "golden-ns", metadata={"labels": {net: "n2"}}), "other"),
             apply("equal value by another applier", obj("Namespace", "golden-ns", metadata={"labels": {net: "n1"}}), "other"),
             apply("forced change of a shared label", obj("Namespace", "golden-ns", metadata={"labels": {net: "n3"}}), force=True),
             apply("a label of an updater", obj("Namespace", "golden-ns", metadata={"labels": {net: "n3", "team": "b"}})),
             sent("merge", "label changed by hand", {"metadata": {"labels": {net: "x"}}}, manager="kubectl-label"),
             apply("the hand's value is a conflict", obj("Namespace", "golden-ns", metadata={"labels": {net: "n3"}})),
             sent("merge", "label removed by hand", {"metadata": {"labels": {net: None}}}, manager="kubectl-label"),
             apply("set again", obj("Namespace", "golden-ns", metadata={"labels": {net: "n3"}})),
             apply("nothing applied any more", obj("Namespace", "golden-ns"))),
        case("service_account", "ServiceAccount", "reader",
             apply("create", obj("ServiceAccount", "reader", metadata={"labels": {"a": "b"}})),
             apply("same", obj("ServiceAccount", "reader", metadata={"labels": {"a": "b"}})),
             apply("pull secrets", obj("ServiceAccount", "reader", imagePullSecrets=[{"name": "one"}])),
             apply("pull secrets by another", obj("ServiceAccount", "reader", imagePullSecrets=[{"name": "two"}]), "other"),
             apply("secrets", obj("ServiceAccount", "reader", secrets=[{"name": "s"}], automountServiceAccountToken=False), "other"),
             apply("none left of mine", obj("ServiceAccount", "reader"))),
        case("secret", "Secret", "remote",
             apply("create", secret()),
             apply("same", secret()),
             apply("text data", obj("Secret", "remote", stringData={"note": "hello"}), "texts"),
             sent("merge", "foreign key", {"data": {"extra": "eA=="}}, manager="someone"),
             sent("merge", "foreign change", {"data": {"c2": "eHh4"}}, manager="someone"),
             apply("conflict", secret()),
             apply("forced", secret(), force=True),
             sent("json", "removed by hand", [{"op": "remove", "path": "/data/c2"}], manager="someone"),
             put("equal put leaves no trace", lambda o: None, manager="putter"),
             put("reset of the owners", at("metadata.managedFields", [{}]), manager="resetter"),
             put("update without owners", at("data.more", "bQ=="), manager="someone"),
             apply("first apply after a reset", secret()),
             apply("type cannot change", merged(secret(), {"type": "other"}), force=True)),
        case("token_secret", "Secret", "reader-token",
             apply("create", obj("Secret", "reader-token", type="kubernetes.io/service-account-token",
                                 metadata={"annotations": {"kubernetes.io/service-account.name": "reader"}})),
             apply("same", obj("Secret", "reader-token", type="kubernetes.io/service-account-token",
                               metadata={"annotations": {"kubernetes.io/service-account.name": "reader"}}))),
        case("cluster_role", "ClusterRole", "golden-reader",
             apply("create", role()),
             apply("same", role()),
             apply("other rules", role(rules=[{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get"]}]), "other"),
             apply("equal rules", role(), "other"),
             apply("rules dropped, shared", role(rules=None)),
             apply("rules dropped by the last", role(rules=None), "other"),
             sent("strategic", "rules by hand", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}]}, manager="kubectl-edit"),
             apply("aggregation", role(rules=None, aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}))),
        case("cluster_role_binding", "ClusterRoleBinding", "golden-reader",
             apply("create", binding()),
             apply("another subject", binding(subjects=[{"kind": "User", "name": "u"}])),
             apply("group named", binding(subjects=[{"kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"}])),
             apply("conflict", binding(), "other"),
             apply("role cannot change", binding(roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "x"}))),
        case("deployment", "Deployment", "gw",
             apply("create", deployment()),
             apply("same", deployment()),
             apply("replicas", deployment(replicas=2)),
             apply("replicas dropped", deployment()),
             sent("strategic", "scaled by hand", {"spec": {"replicas": 4}}, manager="kubectl-scale"),
             apply("conflict", deployment(replicas=2)),
             apply("replicas by another applier", obj("Deployment", "gw", spec={"replicas": 4}), "hpa-like"),
             sent("strategic", "image set by hand", {"spec": {"template": {"spec": {"containers": [{"name": "istio-proxy", "image": "foo:1"}]}}}},
                  manager="kubectl-set"),
             apply("two conflicts", deployment(replicas=3)),
             apply("forced", deployment(replicas=3), force=True),
             apply("second container by another", obj("Deployment", "gw", spec={"template": {"spec": {"containers": [
                 {"name": "side", "image": "side:1", "ports": [{"containerPort": 80}]}]}}}), "sider"),
             apply("port and variable dropped", deployment(containers=[container(ports=[{"containerPort": 15443}], env=[{"name": "NET", "value": "n2"}])])),
             apply("ports in another order", deployment(containers=[container(ports=[
                 {"containerPort": 15021, "protocol": "TCP"}, {"containerPort": 15012}, {"containerPort": 15443}])])),
             apply("side container dropped", obj("Deployment", "gw"), "sider"),
             apply("annotation", merged(deployment(), {"metadata": {"annotations": {"a": "b"}}})),
             apply("selector cannot change", deployment(selector={"matchLabels": {"new": "x"}},
                                                        template={"metadata": {"labels": {"new": "x"}}}), force=True),
             apply("uid of another", merged(deployment(), {"metadata": {"uid": "11111111-1111-1111-1111-111111111111"}}), force=True),
             put("put with a change", in_container(0, image="foo:2"), manager="kubectl-replace"),
             put("put of status through the main door", at("status.replicas", 7), manager="kubectl-replace"),
             put("status", at("status.observedGeneration", 1), manager="controller", subresource="status"),
             put("status changes nothing else", at("spec.replicas", 9), manager="controller", subresource="status"),
             apply("unlike quantities of equal value", deployment(containers=[container(resources={"requests": {"cpu": "0.1"}})]), force=True),
             apply("unlike quantities again", deployment(containers=[container(resources={"requests": {"cpu": "0.1"}})]), force=True)),
        case("deployment_created", "Deployment", "plain",
             sent("create", "create", plain_deployment("plain"), manager="kubectl-create"),
             apply("take over with equal values", plain_deployment("plain")),
             apply("empty lists and maps", plain_deployment("plain", template={"spec": {"volumes": [], "nodeSelector": {}}})),
             apply("explicit nulls", merged(plain_deployment("plain"), {"spec": {"template": {"spec": {"affinity": {"nodeAffinity": {}}}}}})),
             apply("strategy", plain_deployment("plain", strategy={"type": "Recreate", "rollingUpdate": None})),
             apply("strategy complete", plain_deployment("plain", strategy={"rollingUpdate": {"maxSurge": "100%", "maxUnavailable": 0}}), force=True)),
        case("deployment_rich", "Deployment", "rich",
             apply("create", plain_deployment("rich", template={"spec": {
                 "initContainers": [{"name": "i", "image": "reg:5000/i"}],
                 "containers": [{"name": "c", "image": "a/b:v1@sha256:" + "0" * 64,
                                 "readinessProbe": {"httpGet": {"port": 15021}}, "livenessProbe": {"exec": {"command": ["a"]}, "periodSeconds": 3},
                                 "startupProbe": {"grpc": {"port": 5}}, "lifecycle": {"preStop": {"httpGet": {"port": "http", "path": "x"}}},
                                 "volumeMounts": [{"name": "s", "mountPath": "/s"}],
                                 "resources": {"limits": {"cpu": 1, "memory": "0.5Gi", "ephemeral-storage": "1e3"}}}],
                 "tolerations": [{"operator": "Exists"}],
                 "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "h", "whenUnsatisfiable": "ScheduleAnyway",
                                                "labelSelector": {"matchLabels": {"app": "x"}}}],
                 "volumes": [{"name": "e"}, {"name": "s", "secret": {"secretName": "s"}}, {"name": "h", "hostPath": {"path": "/"}},
                             {"name": "p", "projected": {"sources": [{"serviceAccountToken": {"path": "t", "audience": "x"}},
                                                                     {"downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}}]}}],
                 "hostAliases": [{"ip": "1.2.3.4", "hostnames": ["a"]}], "imagePullSecrets": [{"name": "p"}]}})),
             apply("changed in the middle", plain_deployment("rich", template={"spec": {
                 "containers": [{"name": "c", "image": "nginx:latest", "volumeMounts": [{"name": "e", "mountPath": "/e"}]}],
                 "volumes": [{"name": "e"}]}}))),
        case("deployment_many", "Deployment", "many",
             sent("create", "create", plain_deployment("many"), manager="m0"),
             *[sent("merge", f"writer {i}", {"metadata": {"annotations": {f"k{i}": "v"}}}, manager=f"m{i}") for i in range(1, 14)]),
        case("client_side_apply", "ConfigMap", "csa",
             sent("create", "as kubectl apply creates", obj("ConfigMap", "csa", data={"a": "1", "b": "2"}, metadata={"annotations": {
                 "kubectl.kubernetes.io/last-applied-configuration": json.dumps(obj("ConfigMap", "csa", data={"a": "1", "b": "2"})) + "\n"}}),
                  manager="kubectl-client-side-apply"),
             apply("kubectl moves to server-side apply", obj("ConfigMap", "csa", data={"a": "9"}), "kubectl"),
             apply("another manager does not", obj("ConfigMap", "csa", data={"b": "9"}), "mesh")),
    ]


def other_kinds():
    return [
        case("service", "Service", "svc",
             apply("create", service()),
             apply("same", service()),
             apply("port by another applier", obj("Service", "svc", spec={"ports": [{"port": 15012, "name": "tls-istiod"}]}), "other"),
             apply("target port conflict", obj("Service", "svc", spec={"ports": [{"port": 15443, "targetPort": 8443, "name": "tls"}]}), "other"),
             apply("port dropped", service(ports=[{"name": "status-port", "port": 15021, "targetPort": 15021}])),
             apply("same number, another protocol", service(ports=[{"name": "status-port", "port": 15021, "targetPort": 15021},
                                                                  {"name": "udp", "port": 15021, "protocol": "UDP"}])),
             apply("local traffic", service(externalTrafficPolicy="Local")),
             apply("selector of another", obj("Service", "svc", spec={"selector": {"a": "b"}}), "other"),
             put("status by the cloud", at("status.loadBalancer.ingress", [{"ip": "1.2.3.4"}]), manager="cloud", subresource="status"),
             sent("strategic", "port by hand", {"spec": {"ports": [{"port": 99, "name": "x"}]}}, manager="kubectl-edit"),
             apply("type cluster", service(type="ClusterIP", externalTrafficPolicy=None), force=True),
             sent("merge", "address cannot change", {"spec": {"clusterIP": "10.0.0.77"}})),
        case("service_created", "Service", "made",
             sent("create", "create", service("made", type=None), manager="kubectl-create"),
             sent("create", "session affinity", service("made2", type="NodePort", sessionAffinity="ClientIP"), name="made2"),
             sent("create", "headless", service("made3", type="ClusterIP", clusterIP="None"), name="made3"),
             sent("create", "external name", obj("Service", "made4", spec={"type": "ExternalName", "externalName": "a.b"}), name="made4"),
             apply("take over", service("made", type=None))),
        case("horizontal_pod_autoscaler", "HorizontalPodAutoscaler", "gw",
             apply("create", hpa()),
             apply("same", hpa()),
             apply("more", hpa(maxReplicas=7)),
             sent("merge", "by hand", {"spec": {"maxReplicas": 9}}, manager="kubectl-edit"),
             apply("conflict", hpa(maxReplicas=7)),
             apply("metrics dropped", hpa(maxReplicas=9, metrics=None)),
             apply("behavior", hpa(maxReplicas=9, behavior={"scaleDown": {"stabilizationWindowSeconds": 60}})),
             apply("wrong bounds", hpa(minReplicas=10, maxReplicas=9))),
        case("pod_disruption_budget", "PodDisruptionBudget", "gw",
             apply("create", pdb()),
             apply("same", pdb()),
             apply("percent", pdb(minAvailable="50%")),
             apply("the other bound", pdb(minAvailable=None, maxUnavailable=1)),
             apply("selector by another", obj("PodDisruptionBudget", "gw", spec={"selector": {"matchLabels": {"x": "y"}}}), "other"),
             apply("both bounds", pdb(minAvailable=1, maxUnavailable=1))),
        case("gateway", "Gateway", "cross",
             apply("create", gateway()),
             apply("same", gateway()),
             apply("servers are one value", gateway(servers=[]), "other"),
             apply("selector by another", obj("Gateway", "cross", spec={"selector": {"more": "x"}}), "other"),
             sent("merge", "hosts by hand", {"spec": {"servers": [{"port": {"number": 1, "name": "a", "protocol": "TLS"}, "hosts": ["x"]}]}},
                  manager="kubectl-edit"),
             apply("conflict", gateway()),
             apply("forced", gateway(), force=True),
             put("status through the main door", at("status", {"conditions": []}), manager="someone"),
             put("status", at("status", {"conditions": [{"type": "Ready", "status": "True"}]}), manager="istiod", subresource="status"),
             put("put", at("spec.selector.third", "z"), manager="someone"),
             apply("selector dropped", gateway(selector=None))),
        case("gateway_created", "Gateway", "made",
             sent("create", "create", gateway("made"), manager="kubectl-create"),
             sent("create", "with status and generation", merged(gateway("made2"), {"status": {"a": "b"}, "metadata": {"generation": 7}}), name="made2"),
             apply("take over", gateway("made"))),
        case("gateway_v1beta1", "Gateway_v1beta1", "older",
             apply("create", merged(gateway("older"), {"apiVersion": "networking.istio.io/v1beta1"})),
             apply("same", merged(gateway("older"), {"apiVersion": "networking.istio.io/v1beta1"}))),
        case("pod", "Pod", "p",
             sent("create", "create", obj("Pod", "p", spec={"containers": [{"name": "c", "image": "x", "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}]})),
             apply("label", obj("Pod", "p", metadata={"labels": {"a": "b"}})),
             put("image can", lambda o: o["spec"]["containers"][0].update(image="y"))),
        case("lease", "Lease", "lock",
             sent("create", "create", obj("Lease", "lock", spec={"holderIdentity": "a", "leaseDurationSeconds": 30, "renewTime": "2026-01-01T00:00:00.000000Z"})),
             put("renew", at("spec.renewTime", "2026-01-01T00:00:30.000000Z")),
             put("hand over", at("spec.holderIdentity", "b"), manager="other")),
        case("role", "Role", "r",
             sent("create", "without rules", obj("Role", "r")),
             apply("rules", obj("Role", "r", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]))),
        case("endpoint_slice", "EndpointSlice", "e",
             sent("create", "create", obj("EndpointSlice", "e", addressType="IPv4", ports=[{"port": 80}], endpoints=[{"addresses": ["10.0.0.1"]}])),
             apply("ports", obj("EndpointSlice", "e", addressType="IPv4", endpoints=[{"addresses": ["10.0.0.1"]}], ports=[{"port": 81}]))),
        case("webhooks", "MutatingWebhookConfiguration", "golden",
             sent("create", "create", obj("MutatingWebhookConfiguration", "golden", webhooks=[
                 {"name": "a.b.c", "admissionReviewVersions": ["v1"], "sideEffects": "None", "clientConfig": {"service": {"name": "x", "namespace": "golden-none"}},
                  "failurePolicy": "Ignore", "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]}],
                  "objectSelector": {"matchLabels": {"golden-never": "x"}}}])),
             apply("bundle", obj("MutatingWebhookConfiguration", "golden", webhooks=[{"name": "a.b.c", "clientConfig": {"caBundle": "eA=="}}]))),
    ]
