"""Server-side apply by one manager: every kind that mesh writes, each change of a field that matters there."""

import copy

from cases import Book
from kinds import (
    ACCOUNT,
    AUTOSCALER,
    BUDGET,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    DEPLOYMENT,
    GATEWAY,
    LEASE,
    NAMESPACE,
    ROLE,
    ROLE_BINDING,
    SECRET,
    SERVICE,
    WRITTEN,
    sample,
)
from talk import APPLY

BOOK = Book("apply")
DROP = object()


def at(body, path):
    """The container that holds the last part of a path, and that part."""
    *way, last = path
    for part in way:
        if isinstance(part, int) != isinstance(body, list):
            raise KeyError(part)
        body = body[part] if isinstance(body, list) else body.setdefault(part, {})
    return body, last


def edit(body, path, value):
    """A copy with one field set, added to a list ("+"), or dropped."""
    body = copy.deepcopy(body)
    where, last = at(body, path)
    if value is DROP:
        del where[last]
    elif last == "+":
        where.append(value)
    else:
        where[last] = value
    return body


CONTAINER = ("spec", "template", "spec", "containers", 0)
PORT = {"name": "more", "port": 8080, "targetPort": 80}
# kind: {name of the change: (path, value)}
CHANGES = {
    NAMESPACE: {
        "label changed": (("metadata", "labels", "app"), "other"),
        "label removed": (("metadata", "labels", "topology.istio.io/network"), DROP),
        "labels all removed": (("metadata", "labels"), DROP),
        "annotation added": (("metadata", "annotations"), {"a/b": "c"}),
        "label emptied": (("metadata", "labels", "app"), ""),
    },
    ACCOUNT: {
        "pull secret added": (("imagePullSecrets", "+"), {"name": "more"}),
        "pull secret replaced": (("imagePullSecrets", 0), {"name": "other"}),
        "pull secrets removed": (("imagePullSecrets",), DROP),
        "automount changed": (("automountServiceAccountToken",), False),
        "automount removed": (("automountServiceAccountToken",), DROP),
        "secrets added": (("secrets",), [{"name": "s1"}, {"name": "s2"}]),
    },
    SECRET: {
        "value changed": (("data", "a"), "Mw=="),
        "key added": (("data", "c"), "Mw=="),
        "key removed": (("data", "b"), DROP),
        "data removed": (("data",), DROP),
        "by stringData": (("stringData",), {"a": "9", "d": "10"}),
        "type changed": (("type",), "other.example/x"),
        "not base64": (("data", "a"), "%%%"),
        "immutable": (("immutable",), True),
        "empty value": (("data", "a"), ""),
    },
    CLUSTER_ROLE: {
        "rule added": (("rules", "+"), {"apiGroups": ["apps"], "resources": ["*"], "verbs": ["*"]}),
        "verb changed": (("rules", 0, "verbs"), ["get"]),
        "rules removed": (("rules",), DROP),
        "rules emptied": (("rules",), []),
        "rule without verbs": (("rules", 0, "verbs"), []),
        "aggregation": (("aggregationRule",), {"clusterRoleSelectors": [{"matchLabels": {"no": "such"}}]}),
    },
    CLUSTER_ROLE_BINDING: {
        "subject added": (("subjects", "+"), {"kind": "Group", "name": "g", "apiGroup": "rbac.authorization.k8s.io"}),
        "subjects removed": (("subjects",), DROP),
        "role changed": (("roleRef", "name"), "edit"),
        "subject without namespace": (("subjects", 0, "namespace"), DROP),
        "subject of unknown kind": (("subjects", 0, "kind"), "Robot"),
    },
    DEPLOYMENT: {
        "image changed": ((*CONTAINER, "image"), "other:1"),
        "label of pods added": (("spec", "template", "metadata", "labels", "more"), "x"),
        "replicas changed": (("spec", "replicas"), 2),
        "replicas removed": (("spec", "replicas"), DROP),
        "env changed": ((*CONTAINER, "env", 1, "value"), "9"),
        "env added": ((*CONTAINER, "env", "+"), {"name": "C", "value": "3"}),
        "env removed": ((*CONTAINER, "env", 0), DROP),
        "port added": ((*CONTAINER, "ports", "+"), {"containerPort": 9090}),
        "port removed": ((*CONTAINER, "ports", 1), DROP),
        "port of another protocol": ((*CONTAINER, "ports", "+"), {"containerPort": 8080, "protocol": "UDP"}),
        "container added": ((*CONTAINER[:-1], "+"), {"name": "side", "image": "side"}),
        "limit of equal value": ((*CONTAINER, "resources", "limits", "cpu"), "2"),
        "limit changed": ((*CONTAINER, "resources", "limits", "memory"), "2Gi"),
        "selector changed": (("spec", "selector", "matchLabels", "app"), "else"),
        "labels of pods beside the selector": (("spec", "template", "metadata", "labels"), {"app": "else"}),
        "strategy set": (("spec", "strategy"), {"rollingUpdate": {"maxSurge": "100%", "maxUnavailable": "25%"}}),
        "strategy recreate": (("spec", "strategy"), {"type": "Recreate"}),
        "security context": ((*CONTAINER, "securityContext"), {"capabilities": {"drop": ["ALL"]}, "privileged": False}),
        "volumes": (
            ("spec", "template", "spec", "volumes"),
            [{"name": "v", "emptyDir": {}}, {"name": "c", "configMap": {"name": "m", "optional": True}}],
        ),
        "tolerations": (("spec", "template", "spec", "tolerations"), [{"key": "k", "operator": "Exists"}]),
        "readiness probe": ((*CONTAINER, "readinessProbe"), {"httpGet": {"path": "/", "port": "http"}}),
        "env from field": (
            (*CONTAINER, "env", "+"),
            {"name": "P", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ),
        "spread": (
            ("spec", "template", "spec", "topologySpreadConstraints"),
            [
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": {"app": "web"}},
                }
            ],
        ),
        "affinity": (
            ("spec", "template", "spec", "affinity"),
            {
                "podAntiAffinity": {
                    "preferredDuringSchedulingIgnoredDuringExecution": [
                        {
                            "weight": 1,
                            "podAffinityTerm": {"topologyKey": "host", "labelSelector": {"matchLabels": {"app": "web"}}},
                        }
                    ]
                }
            },
        ),
        "grace period": (("spec", "template", "spec", "terminationGracePeriodSeconds"), 5),
        "two containers of one name": ((*CONTAINER[:-1], "+"), {"name": "main", "image": "again"}),
        "no containers": (("spec", "template", "spec", "containers"), []),
    },
    SERVICE: {
        "port added": (("spec", "ports", "+"), PORT),
        "port removed": (("spec", "ports", 1), DROP),
        "target port changed": (("spec", "ports", 0, "targetPort"), 9090),
        "port number changed": (("spec", "ports", 0, "port"), 81),
        "same port of another protocol": (("spec", "ports", "+"), {"name": "udp", "port": 80, "protocol": "UDP"}),
        "selector changed": (("spec", "selector"), {"app": "web", "version": "2"}),
        "selector removed": (("spec", "selector"), DROP),
        "type node port": (("spec", "type"), "NodePort"),
        "app protocol": (("spec", "ports", 0, "appProtocol"), "http"),
        "headless": (("spec", "clusterIP"), "None"),
        "affinity": (("spec", "sessionAffinity"), "ClientIP"),
        "internal policy": (("spec", "internalTrafficPolicy"), "Local"),
        "ports of equal name": (("spec", "ports", 1, "name"), "http"),
        "nameless second port": (("spec", "ports", 1, "name"), DROP),
        "no ports": (("spec", "ports"), []),
        "external name without name": (("spec", "type"), "ExternalName"),
        "annotation removed": (("metadata", "annotations", "note"), DROP),
    },
    AUTOSCALER: {
        "maximum changed": (("spec", "maxReplicas"), 7),
        "minimum removed": (("spec", "minReplicas"), DROP),
        "maximum below minimum": (("spec", "maxReplicas"), 1),
        "utilization changed": (("spec", "metrics", 0, "resource", "target", "averageUtilization"), 50),
        "metrics removed": (("spec", "metrics"), DROP),
        "behavior": (("spec", "behavior"), {"scaleDown": {"stabilizationWindowSeconds": 60}}),
        "target changed": (("spec", "scaleTargetRef", "name"), "other"),
    },
    BUDGET: {
        "minimum in percent": (("spec", "minAvailable"), "50%"),
        "minimum removed": (("spec", "minAvailable"), DROP),
        "both bounds": (("spec", "maxUnavailable"), 1),
        "selector changed": (("spec", "selector", "matchLabels"), {"app": "nobody"}),
        "policy": (("spec", "unhealthyPodEvictionPolicy"), "AlwaysAllow"),
    },
    GATEWAY: {
        "hosts changed": (("spec", "servers", 0, "hosts"), ["*.example.com"]),
        "server added": (
            ("spec", "servers", "+"),
            {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["*"]},
        ),
        "selector changed": (("spec", "selector", "istio"), "other"),
        "servers removed": (("spec", "servers"), DROP),
        "mode not in enum": (("spec", "servers", 0, "tls", "mode"), "SOMETIMES"),
        "port without number": (("spec", "servers", 0, "port", "number"), DROP),
        "status written": (("status",), {"x": 1}),
    },
    CONFIG_MAP: {
        "value changed": (("data", "a"), "2"),
        "binary data": (("binaryData",), {"z": "AAE="}),
        "binary beside text": (("binaryData",), {"a": "AAE="}),
        "number as value": (("data", "a"), 7),
        "immutable": (("immutable",), True),
        "null value": (("data", "a"), None),
    },
    ROLE: {
        "rule added": (
            ("rules", "+"),
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], "resourceNames": ["x"]},
        )
    },
    ROLE_BINDING: {
        "role changed": (("roleRef", "name"), "edit"),
        "subject of a service account without namespace": (("subjects", "+"), {"kind": "ServiceAccount", "name": "a"}),
    },
    LEASE: {
        "renewed": (("spec", "renewTime"), "2026-01-02T03:04:05.678901Z"),
        "holder changed": (("spec", "holderIdentity"), "you"),
        "duration not positive": (("spec", "leaseDurationSeconds"), 0),
    },
}


def name_of(talk):
    return f"{talk.ns}-web"


def life(kind):
    """Create, nothing new, read, metadata, delete."""

    def run(talk):
        body, name = sample(kind, name_of(talk)), name_of(talk)
        talk.apply(kind, body)
        talk.apply(kind, body)
        talk.get(kind, name)
        talk.apply(kind, body, "two")
        talk.apply(kind, body, dryRun="All")
        talk.delete(kind, name)

    return run


def changed(kind, path, value):
    """A changed field, first as a dry run, then in earnest, then back."""

    def run(talk):
        before = sample(kind, name_of(talk))
        after = edit(before, path, value)
        talk.apply(kind, before)
        talk.apply(kind, after, dryRun="All")
        talk.get(kind, name_of(talk))
        talk.apply(kind, after)
        talk.get(kind, name_of(talk))
        talk.apply(kind, before)

    return run


def created_so(kind, path, value):
    """The other way round: it is there from the start, and then goes."""

    def run(talk):
        before = sample(kind, name_of(talk))
        talk.apply(kind, edit(before, path, value))
        talk.apply(kind, before)
        talk.get(kind, name_of(talk))

    return run


for KIND, EDITS in CHANGES.items():
    BOOK.add(f"{KIND}/create, repeat, share, delete", life(KIND))
    for WHAT, (PATH, VALUE) in EDITS.items():
        BOOK.add(f"{KIND}/{WHAT}", changed(KIND, PATH, VALUE))
        if KIND in (SERVICE, DEPLOYMENT, SECRET):
            BOOK.add(f"{KIND}/created with: {WHAT}", created_so(KIND, PATH, VALUE))


def refused(kind):
    """What a body or a request may lack or have too much."""

    def run(talk):
        name = name_of(talk)
        good = sample(kind, name)
        talk.apply(kind, good, manager="")
        talk.apply(kind, {**good, "kind": "Other"})
        talk.apply(kind, {**good, "apiVersion": "v9"})
        talk.apply(kind, {key: value for key, value in good.items() if key != "kind"}, name=name)
        talk.apply(kind, {key: value for key, value in good.items() if key != "apiVersion"}, name=name)
        talk.apply(kind, good, name=name + "-else")
        talk.apply(kind, edit(good, ("metadata", "resourceVersion"), "1"))
        talk.apply(kind, edit(good, ("metadata", "uid"), "00000000-0000-0000-0000-000000000001"))
        talk.apply(kind, edit(good, ("metadata", "managedFields"), [{"manager": "x", "operation": "Apply"}]))
        talk.apply(kind, {**good, "nonsense": {"a": 1}})
        talk.apply(kind, edit(good, ("metadata", "labels", "bad key!"), "x"))
        talk.apply(kind, edit(good, ("metadata", "labels"), ["a"]))
        talk.apply(kind, edit(good, ("metadata", "nonsense"), "x"))
        talk.patch(kind, name, "{not json: [", APPLY, fieldManager="one")
        talk.patch(kind, name, "[]", APPLY, fieldManager="one")
        talk.apply(kind, good, "m" * 129)
        talk.get(kind, name)

    return run


def preconditions(kind):
    def run(talk):
        name = name_of(talk)
        good = sample(kind, name)
        first = talk.apply(kind, good)
        if kind.settled:
            first = talk.get(kind, name)
        more = edit(good, ("metadata", "labels", "more"), "x")
        talk.apply(kind, edit(more, ("metadata", "resourceVersion"), "1"))
        talk.apply(kind, edit(more, ("metadata", "uid"), "00000000-0000-0000-0000-000000000001"))
        talk.apply(kind, edit(more, ("metadata", "uid"), first.meta.get("uid", "")))
        talk.apply(kind, edit(more, ("metadata", "resourceVersion"), first.version))
        talk.apply(kind, edit(more, ("metadata", "namespace"), "elsewhere"))
        talk.apply(kind, {**more, "metadata": {**more["metadata"], "creationTimestamp": None, "generation": 99}})
        talk.apply(kind, {**more, "metadata": {**more["metadata"], "name": name, "generateName": "x-"}})

    return run


for KIND in WRITTEN:
    BOOK.add(f"{KIND}/refusals", refused(KIND))
    BOOK.add(f"{KIND}/preconditions in the body", preconditions(KIND))
