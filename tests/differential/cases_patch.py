"""JSON, merge and strategic patches, beside the ownership that they move."""

from cases import Book
from kinds import (
    ACCOUNT,
    AUTOSCALER,
    BUDGET,
    CLUSTER_ROLE,
    CONFIG_MAP,
    DEPLOYMENT,
    GATEWAY,
    NAMESPACE,
    SECRET,
    SERVICE,
    sample,
)
from talk import APPLY, JSON_PATCH, MERGE, STRATEGIC

BOOK = Book("patch")

# name: (kind, [(how, patch)])
CASES = {
    "merge sets, changes, removes": (
        CONFIG_MAP,
        [
            (MERGE, {"data": {"c": "3"}}),
            (MERGE, {"data": {"a": "9", "b": None}}),
            (MERGE, {"data": None}),
            (MERGE, {"data": {"x": {"deep": "no"}}}),
            (MERGE, {"metadata": {"labels": {"app": None, "new": "1"}}}),
            (MERGE, {}),
        ],
    ),
    "merge replaces lists": (
        SERVICE,
        [(MERGE, {"spec": {"ports": [{"port": 1, "name": "one"}]}}), (MERGE, {"spec": {"ports": []}})],
    ),
    "merge of nonsense": (
        CONFIG_MAP,
        [(MERGE, "[]"), (MERGE, "nonsense"), (MERGE, '"text"'), (MERGE, "null"), (MERGE, "{"), (MERGE, "")],
    ),
    "merge with an immutable name": (
        CONFIG_MAP,
        [
            (MERGE, {"metadata": {"name": "other"}}),
            (MERGE, {"metadata": {"namespace": "other"}}),
            (MERGE, {"metadata": {"uid": "x"}}),
            (MERGE, {"metadata": {"resourceVersion": "1"}}),
            (MERGE, {"kind": "Other"}),
            (MERGE, {"apiVersion": "v2"}),
            (MERGE, {"metadata": {"creationTimestamp": None}}),
            (MERGE, {"metadata": {"generation": 9}}),
        ],
    ),
    "json operations": (
        CONFIG_MAP,
        [
            (JSON_PATCH, [{"op": "add", "path": "/data/c", "value": "3"}]),
            (JSON_PATCH, [{"op": "replace", "path": "/data/a", "value": "9"}]),
            (JSON_PATCH, [{"op": "remove", "path": "/data/b"}]),
            (JSON_PATCH, [{"op": "copy", "from": "/data/a", "path": "/data/copied"}]),
            (JSON_PATCH, [{"op": "move", "from": "/data/copied", "path": "/data/moved"}]),
            (JSON_PATCH, [{"op": "test", "path": "/data/a", "value": "9"}, {"op": "remove", "path": "/data/a"}]),
            (JSON_PATCH, []),
        ],
    ),
    "json refusals": (
        CONFIG_MAP,
        [
            (JSON_PATCH, [{"op": "test", "path": "/data/a", "value": "no"}]),
            (JSON_PATCH, [{"op": "remove", "path": "/data/none"}]),
            (JSON_PATCH, [{"op": "replace", "path": "/data/none", "value": "1"}]),
            (JSON_PATCH, [{"op": "add", "path": "/no/where", "value": "1"}]),
            (JSON_PATCH, [{"op": "invent", "path": "/data/a"}]),
            (JSON_PATCH, [{"path": "/data/a"}]),
            (JSON_PATCH, {"op": "add"}),
            (JSON_PATCH, "["),
        ],
    ),
    "json on lists": (
        SERVICE,
        [
            (JSON_PATCH, [{"op": "add", "path": "/spec/ports/-", "value": {"port": 1, "name": "one"}}]),
            (JSON_PATCH, [{"op": "add", "path": "/spec/ports/0", "value": {"port": 2, "name": "two"}}]),
            (JSON_PATCH, [{"op": "remove", "path": "/spec/ports/1"}]),
            (JSON_PATCH, [{"op": "remove", "path": "/spec/ports/9"}]),
            (JSON_PATCH, [{"op": "replace", "path": "/spec/ports/0/port", "value": 99999}]),
            (JSON_PATCH, [{"op": "add", "path": "/spec/ports/9", "value": {"port": 3}}]),
        ],
    ),
    "json with escaped names": (
        CONFIG_MAP,
        [
            (JSON_PATCH, [{"op": "add", "path": "/metadata/annotations", "value": {"a/b": "1", "c~d": "2"}}]),
            (
                JSON_PATCH,
                [
                    {"op": "replace", "path": "/metadata/annotations/a~1b", "value": "9"},
                    {"op": "remove", "path": "/metadata/annotations/c~0d"},
                ],
            ),
        ],
    ),
    "strategic merges containers by name": (
        DEPLOYMENT,
        [
            (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "new:1"}]}}}}),
            (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "side:1"}]}}}}),
            (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}}}),
        ],
    ),
    "strategic env and ports": (
        DEPLOYMENT,
        [
            (
                STRATEGIC,
                {
                    "spec": {
                        "template": {
                            "spec": {
                                "containers": [
                                    {"name": "main", "env": [{"name": "B", "value": "9"}, {"name": "C", "value": "3"}]}
                                ]
                            }
                        }
                    }
                },
            ),
            (
                STRATEGIC,
                {
                    "spec": {
                        "template": {
                            "spec": {"containers": [{"name": "main", "ports": [{"containerPort": 8080, "name": "renamed"}]}]}
                        }
                    }
                },
            ),
            (
                STRATEGIC,
                {
                    "spec": {
                        "template": {"spec": {"containers": [{"name": "main", "env": [{"name": "A", "$patch": "delete"}]}]}}
                    }
                },
            ),
        ],
    ),
    "strategic replaces by directive": (
        DEPLOYMENT,
        [
            (
                STRATEGIC,
                {"spec": {"template": {"spec": {"containers": [{"$patch": "replace"}, {"name": "only", "image": "o:1"}]}}}},
            ),
            (STRATEGIC, {"spec": {"template": {"metadata": {"annotations": {"$patch": "replace", "x": "y"}}}}}),
            (STRATEGIC, {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}),
        ],
    ),
    "strategic ports of a service": (
        SERVICE,
        [
            (STRATEGIC, {"spec": {"ports": [{"port": 80, "targetPort": 1}]}}),
            (STRATEGIC, {"spec": {"ports": [{"port": 9, "name": "nine"}]}}),
            (STRATEGIC, {"spec": {"ports": [{"port": 9, "$patch": "delete"}]}}),
            (STRATEGIC, {"spec": {"ports": [{"name": "no key"}]}}),
            (STRATEGIC, {"spec": {"$setElementOrder/ports": [{"port": 443}, {"port": 80}]}}),
        ],
    ),
    "strategic finalizers": (
        CONFIG_MAP,
        [
            (STRATEGIC, {"metadata": {"finalizers": ["a.example/x"]}}),
            (STRATEGIC, {"metadata": {"finalizers": ["a.example/y"]}}),
            (STRATEGIC, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a.example/x"]}}),
            (STRATEGIC, {"metadata": {"finalizers": None}}),
        ],
    ),
    "strategic pull secrets": (
        ACCOUNT,
        [
            (STRATEGIC, {"imagePullSecrets": [{"name": "more"}]}),
            (STRATEGIC, {"imagePullSecrets": [{"name": "pull", "$patch": "delete"}]}),
        ],
    ),
    "strategic atomic rules": (
        CLUSTER_ROLE,
        [(STRATEGIC, {"rules": [{"apiGroups": ["x"], "resources": ["y"], "verbs": ["get"]}]})],
    ),
    "strategic null and empty": (
        CONFIG_MAP,
        [(STRATEGIC, {"data": {"a": None}}), (STRATEGIC, {"data": {}}), (STRATEGIC, {}), (STRATEGIC, {"data": None})],
    ),
    "strategic nonsense": (
        CONFIG_MAP,
        [
            (STRATEGIC, "["),
            (STRATEGIC, "[]"),
            (STRATEGIC, {"$patch": "delete"}),
            (STRATEGIC, {"data": {"$patch": "invent"}}),
        ],
    ),
    "strategic metrics are replaced": (
        AUTOSCALER,
        [
            (
                STRATEGIC,
                {
                    "spec": {
                        "metrics": [
                            {
                                "type": "Resource",
                                "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 70}},
                            }
                        ]
                    }
                },
            )
        ],
    ),
    "budget selector is replaced": (
        BUDGET,
        [
            (STRATEGIC, {"spec": {"selector": {"matchLabels": {"other": "x"}}}}),
            (MERGE, {"spec": {"selector": {"matchLabels": {"more": "y"}}}}),
        ],
    ),
    "gateway takes no strategic": (GATEWAY, [(STRATEGIC, {"spec": {"selector": {"a": "b"}}})]),
    "gateway by merge and json": (
        GATEWAY,
        [
            (MERGE, {"spec": {"selector": {"a": "b"}}}),
            (JSON_PATCH, [{"op": "add", "path": "/spec/servers/0/hosts/-", "value": "*.more"}]),
            (MERGE, {"spec": {"servers": "text"}}),
            (JSON_PATCH, [{"op": "remove", "path": "/spec"}]),
            (MERGE, {"spec": {"strange": 1}}),
        ],
    ),
    "secret by merge": (
        SECRET,
        [
            (MERGE, {"data": {"a": "eA=="}}),
            (MERGE, {"data": {"a": "!"}}),
            (MERGE, {"stringData": {"n": "x"}}),
            (MERGE, {"data": {"a": None}}),
        ],
    ),
    "wrong content types": (
        CONFIG_MAP,
        [
            ("application/json", {"data": {}}),
            ("text/plain", "x"),
            ("application/yaml", "data: {}"),
            ("application/merge-patch+json; charset=utf-8", {"data": {"a": "5"}}),
            ("", {"data": {}}),
        ],
    ),
    "types that do not fit": (
        DEPLOYMENT,
        [
            (MERGE, {"spec": {"replicas": "two"}}),
            (MERGE, {"spec": {"replicas": 1.5}}),
            (MERGE, {"spec": {"replicas": -1}}),
            (MERGE, {"spec": []}),
            (MERGE, {"metadata": {"labels": {"a": True}}}),
            (STRATEGIC, {"spec": {"replicas": "two"}}),
            (JSON_PATCH, [{"op": "replace", "path": "/spec/replicas", "value": "x"}]),
        ],
    ),
    "labels of a namespace": (
        NAMESPACE,
        [
            (STRATEGIC, {"metadata": {"labels": {"x": "1"}}}),
            (MERGE, {"metadata": {"labels": None}}),
            (MERGE, {"spec": {"finalizers": []}}),
        ],
    ),
    "restart annotation": (
        DEPLOYMENT,
        [
            (
                STRATEGIC,
                {
                    "spec": {
                        "template": {
                            "metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2001-01-01T00:00:00Z"}}
                        }
                    }
                },
            )
        ],
    ),
    "no change at all": (
        SERVICE,
        [
            (MERGE, {"spec": {"type": "ClusterIP"}}),
            (STRATEGIC, {"metadata": {"labels": {"app": "web"}}}),
            (JSON_PATCH, [{"op": "test", "path": "/kind", "value": "Service"}]),
        ],
    ),
    "type of a service": (
        SERVICE,
        [
            (MERGE, {"spec": {"type": "NodePort"}}),
            (MERGE, {"spec": {"type": "ClusterIP"}}),
            (MERGE, {"spec": {"clusterIP": "10.0.0.1"}}),
            (MERGE, {"spec": {"type": "ExternalName", "externalName": "x.example"}}),
            (MERGE, {"spec": {"type": "Nonsense"}}),
        ],
    ),
    "managed fields by patch": (
        CONFIG_MAP,
        [
            (JSON_PATCH, [{"op": "replace", "path": "/metadata/managedFields", "value": [{}]}]),
            (MERGE, {"data": {"z": "1"}}),
            (APPLY, {"apiVersion": "v1", "kind": "ConfigMap", "data": {"z": "2"}}),
        ],
    ),
    "patch of nothing": (CONFIG_MAP, []),
}


def run(kind, patches):
    def say(talk):
        name = f"{talk.ns}-p"
        talk.apply(kind, sample(kind, name))
        for index, (how, patch) in enumerate(patches):
            talk.patch(kind, name, patch, how, fieldManager=f"m{index}")
            talk.get(kind, name)
        talk.patch(kind, name + "-none", {}, fieldManager="m")

    return say


for WORD, (KIND, PATCHES) in CASES.items():
    BOOK.add(WORD, run(KIND, PATCHES))
