"""The kinds that the cases use: where they are served, a plain object of each, and when its controllers are done with it."""

import copy


class Kind:
    def __init__(self, name, api_version, plural, namespaced=True, settled=None):
        self.name, self.api_version, self.plural, self.namespaced = name, api_version, plural, namespaced
        base = f"/api/{api_version}" if "/" not in api_version else f"/apis/{api_version}"
        self.path = f"{base}/namespaces/{{ns}}/{plural}" if namespaced else f"{base}/{plural}"
        self.everywhere = f"{base}/{plural}"
        self.settled = settled

    def object(self, name, metadata=None, **fields):
        return {"apiVersion": self.api_version, "kind": self.name, "metadata": {"name": name, **(metadata or {})}, **fields}

    def __repr__(self):
        return self.name


def deployment_settled(body):
    spec, status = body.get("spec") or {}, body.get("status") or {}
    wanted = spec.get("replicas", 1)
    if status.get("observedGeneration") != body.get("metadata", {}).get("generation"):
        return False
    conditions = {c["type"]: c for c in status.get("conditions", [])}
    if spec.get("paused"):
        return True
    counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")]
    done = conditions.get("Progressing", {}).get("reason") == "NewReplicaSetAvailable"
    return done and counts == [wanted] * 4 and not status.get("terminatingReplicas")


def observed(body):
    return (body.get("status") or {}).get("observedGeneration") == body.get("metadata", {}).get("generation")


RBAC = "rbac.authorization.k8s.io/v1"
NAMESPACE = Kind("Namespace", "v1", "namespaces", namespaced=False)
CONFIG_MAP = Kind("ConfigMap", "v1", "configmaps")
SECRET = Kind("Secret", "v1", "secrets")
SERVICE = Kind("Service", "v1", "services")
ACCOUNT = Kind("ServiceAccount", "v1", "serviceaccounts")
ENDPOINTS = Kind("Endpoints", "v1", "endpoints")
POD = Kind("Pod", "v1", "pods")
NODE = Kind("Node", "v1", "nodes", namespaced=False)
EVENT = Kind("Event", "v1", "events")
DEPLOYMENT = Kind("Deployment", "apps/v1", "deployments", settled=deployment_settled)
REPLICA_SET = Kind("ReplicaSet", "apps/v1", "replicasets")
AUTOSCALER = Kind("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers")
BUDGET = Kind("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets", settled=observed)
ROLE = Kind("Role", RBAC, "roles")
ROLE_BINDING = Kind("RoleBinding", RBAC, "rolebindings")
CLUSTER_ROLE = Kind("ClusterRole", RBAC, "clusterroles", namespaced=False)
CLUSTER_ROLE_BINDING = Kind("ClusterRoleBinding", RBAC, "clusterrolebindings", namespaced=False)
LEASE = Kind("Lease", "coordination.k8s.io/v1", "leases")
SLICE = Kind("EndpointSlice", "discovery.k8s.io/v1", "endpointslices")
GATEWAY = Kind("Gateway", "networking.istio.io/v1beta1", "gateways")
GATEWAY_V1 = Kind("Gateway", "networking.istio.io/v1", "gateways")
VIRTUAL_SERVICE = Kind("VirtualService", "networking.istio.io/v1", "virtualservices")
DEFINITION = Kind("CustomResourceDefinition", "apiextensions.k8s.io/v1", "customresourcedefinitions", namespaced=False)

LABELS = {"app": "web", "tier": "front"}


def deployment_spec(**more):
    return {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web", "track": "stable"}, "annotations": {"inject": "yes"}},
            "spec": {
                "terminationGracePeriodSeconds": 0,
                "containers": [
                    {
                        "name": "main",
                        "image": "main:1",
                        "ports": [{"containerPort": 8080, "name": "http"}, {"containerPort": 8443, "protocol": "TCP"}],
                        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                        "resources": {
                            "requests": {"cpu": "0.1", "memory": "128Mi"},
                            "limits": {"cpu": "2000m", "memory": "1024Mi"},
                        },
                    }
                ],
            },
        },
        **more,
    }


SAMPLES = {
    NAMESPACE: {"metadata": {"labels": {**LABELS, "topology.istio.io/network": "n1"}}},
    ACCOUNT: {
        "metadata": {"labels": LABELS, "annotations": {"note": "x"}},
        "imagePullSecrets": [{"name": "pull"}],
        "automountServiceAccountToken": True,
    },
    SECRET: {
        "metadata": {"labels": LABELS, "annotations": {"note": "x"}},
        "type": "Opaque",
        "data": {"a": "MQ==", "b": "Mg=="},
    },
    CLUSTER_ROLE: {
        "metadata": {"labels": LABELS},
        "rules": [
            {"apiGroups": [""], "resources": ["pods", "services"], "verbs": ["get", "list", "watch"]},
            {"nonResourceURLs": ["/healthz"], "verbs": ["get"]},
        ],
    },
    CLUSTER_ROLE_BINDING: {
        "metadata": {"labels": LABELS},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "ServiceAccount", "name": "x", "namespace": "default"}],
    },
    DEPLOYMENT: {"metadata": {"labels": LABELS, "annotations": {"note": "x"}}, "spec": deployment_spec()},
    SERVICE: {
        "metadata": {"labels": LABELS, "annotations": {"note": "x"}},
        "spec": {
            "selector": {"app": "web"},
            "ports": [
                {"name": "http", "port": 80, "targetPort": 8080},
                {"name": "tls", "port": 443, "targetPort": "https", "protocol": "TCP"},
            ],
        },
    },
    AUTOSCALER: {
        "metadata": {"labels": LABELS},
        "spec": {
            "minReplicas": 2,
            "maxReplicas": 5,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                }
            ],
        },
    },
    BUDGET: {"metadata": {"labels": LABELS}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "none"}}}},
    GATEWAY: {
        "metadata": {"labels": LABELS, "annotations": {"note": "x"}},
        "spec": {
            "selector": {"istio": "eastwestgateway"},
            "servers": [
                {
                    "port": {"number": 15443, "name": "tls", "protocol": "TLS"},
                    "tls": {"mode": "AUTO_PASSTHROUGH"},
                    "hosts": ["*.local"],
                }
            ],
        },
    },
    CONFIG_MAP: {"metadata": {"labels": LABELS}, "data": {"a": "1", "b": "2"}},
    ROLE: {"metadata": {"labels": LABELS}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
    ROLE_BINDING: {
        "metadata": {"labels": LABELS},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "User", "name": "anna", "apiGroup": "rbac.authorization.k8s.io"}],
    },
    LEASE: {"metadata": {"labels": LABELS}, "spec": {"holderIdentity": "me", "leaseDurationSeconds": 30}},
}
# What mesh writes.
WRITTEN = [NAMESPACE, ACCOUNT, SECRET, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, DEPLOYMENT, SERVICE, AUTOSCALER, BUDGET, GATEWAY]


def sample(kind, name, **metadata):
    """A fresh object of a kind, to be changed at will."""
    body = copy.deepcopy(SAMPLES[kind])
    own = body.pop("metadata")
    return kind.object(name, {**own, **metadata}, **body)
