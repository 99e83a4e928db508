"""How lists and maps of several managers become one: keys, order, duplicates, nothing, null."""

import copy

from cases import Book
from kinds import (
    ACCOUNT,
    AUTOSCALER,
    CLUSTER_ROLE,
    CONFIG_MAP,
    DEFINITION,
    DEPLOYMENT,
    GATEWAY,
    NAMESPACE,
    SECRET,
    SERVICE,
    deployment_spec,
    sample,
)
from talk import APPLY

BOOK = Book("merge")


def ports(*numbers, protocol=None):
    more = {"protocol": protocol} if protocol else {}
    return SERVICE.object(
        "s", spec={"ports": [{"port": n, "name": f"p{n}{(protocol or '').lower()}", **more} for n in numbers]}
    )


def pod(**fields):
    """A deployment of which a manager says only its selector and something of the one container."""
    return DEPLOYMENT.object(
        "d",
        spec={
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"spec": {"containers": [{"name": "main", **fields}]}},
        },
    )


def whole():
    return DEPLOYMENT.object("d", spec=deployment_spec())


def env(*pairs):
    return [{"name": name, "value": value} for name, value in pairs]


# name: (kind, [(manager, body, force)])
SEQUENCES = {
    "ports of two managers": (
        SERVICE,
        [
            ("one", ports(1, 2), False),
            ("two", ports(3), False),
            ("one", ports(2), False),
            ("two", ports(3, 2), False),
            ("one", ports(1, 4), False),
        ],
    ),
    "ports in another order": (
        SERVICE,
        [
            ("one", ports(1, 2, 3), False),
            ("one", ports(3, 1, 2), False),
            ("two", ports(2, 9, 1), False),
            ("one", ports(9, 3), False),
        ],
    ),
    "ports of two protocols": (
        SERVICE,
        [
            ("one", ports(53), False),
            ("two", ports(53, protocol="UDP"), False),
            ("one", ports(53, protocol="TCP"), True),
            ("one", ports(54), False),
        ],
    ),
    "a port twice": (SERVICE, [("one", ports(1, 1), False), ("one", ports(1), False), ("one", ports(1, 1), False)]),
    "a port without its key": (SERVICE, [("one", SERVICE.object("s", spec={"ports": [{"name": "x"}]}), False)]),
    "env of two managers": (
        DEPLOYMENT,
        [
            ("one", whole(), False),
            ("two", pod(env=env(("C", "3"))), False),
            ("two", pod(env=env(("C", "4"), ("D", "5"))), False),
            ("one", whole(), False),
            ("two", pod(), False),
        ],
    ),
    "env in another order": (
        DEPLOYMENT,
        [
            ("one", whole(), False),
            ("two", pod(env=env(("B", "2"), ("A", "1"))), False),
            ("two", pod(env=env(("Z", "0"), ("A", "1"))), False),
        ],
    ),
    "env twice": (
        DEPLOYMENT,
        [
            ("one", pod(image="i", env=env(("A", "1"), ("A", "2"))), False),
            ("one", whole(), False),
            ("one", pod(image="i", env=env(("A", "1"), ("A", "2"))), False),
        ],
    ),
    "container of another manager": (
        DEPLOYMENT,
        [
            ("one", whole(), False),
            (
                "two",
                DEPLOYMENT.object("d", spec={"template": {"spec": {"containers": [{"name": "side", "image": "side:1"}]}}}),
                False,
            ),
            (
                "two",
                DEPLOYMENT.object(
                    "d",
                    spec={
                        "template": {
                            "spec": {"containers": [{"name": "side", "image": "side:2"}], "nodeSelector": {"a": "b"}}
                        }
                    },
                ),
                False,
            ),
            ("one", whole(), False),
            ("two", DEPLOYMENT.object("d"), False),
        ],
    ),
    "labels of pods": (
        DEPLOYMENT,
        [
            ("one", whole(), False),
            ("two", DEPLOYMENT.object("d", spec={"template": {"metadata": {"labels": {"two": "x"}}}}), False),
            ("three", DEPLOYMENT.object("d", spec={"template": {"metadata": {"labels": {"two": "y"}}}}), True),
            ("two", DEPLOYMENT.object("d"), False),
        ],
    ),
    "atomic selector": (
        SERVICE,
        [
            ("one", sample(SERVICE, "s"), False),
            ("two", SERVICE.object("s", spec={"selector": {"app": "web"}}), False),
            ("two", SERVICE.object("s", spec={"selector": {"app": "web", "x": "y"}}), False),
            ("two", SERVICE.object("s", spec={"selector": {"x": "y"}}), True),
            ("one", sample(SERVICE, "s"), False),
            ("two", SERVICE.object("s"), False),
        ],
    ),
    "atomic rules": (
        CLUSTER_ROLE,
        [
            ("one", sample(CLUSTER_ROLE, "NS-r"), False),
            ("two", CLUSTER_ROLE.object("NS-r", rules=[]), False),
            ("two", CLUSTER_ROLE.object("NS-r", rules=[]), True),
        ],
    ),
    "atomic spec of a gateway": (
        GATEWAY,
        [
            ("one", sample(GATEWAY, "g"), False),
            ("two", GATEWAY.object("g", spec={"selector": {"x": "y"}}), False),
            ("two", GATEWAY.object("g", spec={"servers": []}), False),
            ("two", GATEWAY.object("g", spec={"servers": []}), True),
            ("two", GATEWAY.object("g"), False),
        ],
    ),
    "pull secrets": (
        ACCOUNT,
        [
            ("one", ACCOUNT.object("a", imagePullSecrets=[{"name": "x"}]), False),
            ("two", ACCOUNT.object("a", imagePullSecrets=[{"name": "y"}]), False),
            ("one", ACCOUNT.object("a", imagePullSecrets=[]), False),
            ("two", ACCOUNT.object("a"), False),
        ],
    ),
    "empty data": (
        CONFIG_MAP,
        [
            ("one", CONFIG_MAP.object("m", data={}), False),
            ("two", CONFIG_MAP.object("m", data={"a": "1"}), False),
            ("one", CONFIG_MAP.object("m"), False),
            ("two", CONFIG_MAP.object("m", data={}), False),
        ],
    ),
    "null data": (
        CONFIG_MAP,
        [
            ("one", CONFIG_MAP.object("m", data=None), False),
            ("one", CONFIG_MAP.object("m", data={"a": None}), False),
            ("two", CONFIG_MAP.object("m", data={"a": "1"}), False),
        ],
    ),
    "null in places": (
        SERVICE,
        [
            (
                "one",
                SERVICE.object("s", spec={"ports": [{"port": 1, "targetPort": None}], "selector": None, "type": None}),
                False,
            ),
            ("one", SERVICE.object("s", spec={"ports": None}), False),
            ("one", SERVICE.object("s", spec=None), False),
        ],
    ),
    "empty labels": (
        NAMESPACE,
        [
            ("one", NAMESPACE.object("NS-n", {"labels": {}}), False),
            ("two", NAMESPACE.object("NS-n", {"labels": {"a": "b"}}), False),
            ("two", NAMESPACE.object("NS-n", {"labels": None}), False),
            ("one", NAMESPACE.object("NS-n"), False),
        ],
    ),
    "string data": (
        SECRET,
        [
            ("one", SECRET.object("k", stringData={"a": "1"}), False),
            ("one", SECRET.object("k", stringData={"a": "2"}, data={"b": "eA=="}), False),
            ("two", SECRET.object("k", data={"a": "Mg=="}), False),
            ("two", SECRET.object("k", data={"a": "Mw=="}), False),
            ("one", SECRET.object("k"), False),
        ],
    ),
    "metrics": (
        AUTOSCALER,
        [
            ("one", sample(AUTOSCALER, "h"), False),
            ("two", AUTOSCALER.object("h", spec={"metrics": sample(AUTOSCALER, "h")["spec"]["metrics"]}), False),
            ("two", AUTOSCALER.object("h", spec={"metrics": []}), True),
            ("one", sample(AUTOSCALER, "h"), False),
        ],
    ),
    "tolerations and volumes": (
        DEPLOYMENT,
        [
            ("one", whole(), False),
            (
                "two",
                DEPLOYMENT.object(
                    "d",
                    spec={
                        "template": {
                            "spec": {"volumes": [{"name": "v", "emptyDir": {}}], "tolerations": [{"operator": "Exists"}]}
                        }
                    },
                ),
                False,
            ),
            (
                "three",
                DEPLOYMENT.object(
                    "d", spec={"template": {"spec": {"volumes": [{"name": "v", "emptyDir": {"medium": "Memory"}}]}}}
                ),
                False,
            ),
            (
                "three",
                DEPLOYMENT.object("d", spec={"template": {"spec": {"tolerations": [{"key": "x", "operator": "Exists"}]}}}),
                True,
            ),
        ],
    ),
    "limits of two managers": (
        DEPLOYMENT,
        [
            ("one", whole(), False),
            ("two", pod(resources={"limits": {"cpu": "2"}}), False),
            ("two", pod(resources={"limits": {"cpu": "3"}}), False),
            ("two", pod(resources={"limits": {"ephemeral-storage": "1Gi"}}), False),
            ("one", whole(), False),
        ],
    ),
    "strategy changes its sort": (
        DEPLOYMENT,
        [
            ("one", whole(), False),
            ("two", DEPLOYMENT.object("d", spec={"strategy": {"type": "Recreate"}}), False),
            ("two", DEPLOYMENT.object("d", spec={"strategy": {"type": "Recreate", "rollingUpdate": None}}), True),
        ],
    ),
    "wrong types": (
        SERVICE,
        [
            ("one", SERVICE.object("s", spec={"ports": {"port": 1}}), False),
            ("one", SERVICE.object("s", spec=[]), False),
            ("one", SERVICE.object("s", spec={"ports": [1]}), False),
            ("one", SERVICE.object("s", spec={"ports": [{"port": "80"}]}), False),
            ("one", SERVICE.object("s", spec={"ports": [{"port": 80.5}]}), False),
            ("one", SERVICE.object("s", spec={"publishNotReadyAddresses": "yes", "ports": [{"port": 1}]}), False),
            ("one", SERVICE.object("s", {"labels": {"a": 1}}), False),
        ],
    ),
    "unknown deep": (
        DEPLOYMENT,
        [
            ("one", pod(image="i", nonsense=1), False),
            ("one", DEPLOYMENT.object("d", spec={"template": {"spec": {"x": {}}}}), False),
        ],
    ),
}


def named(body, talk):
    body = copy.deepcopy(body)
    body["metadata"]["name"] = body["metadata"]["name"].replace("NS", talk.ns)
    return body


for WORD, (KIND, STEPS) in SEQUENCES.items():

    def sequence(talk, kind=KIND, steps=STEPS):
        for manager, body, force in steps:
            talk.apply(kind, named(body, talk), manager, **({"force": True} if force else {}))
        talk.get(kind, named(steps[0][1], talk)["metadata"]["name"])

    BOOK.add(WORD, sequence)


@BOOK.case("owners")
def _(talk):
    owner = talk.create(CONFIG_MAP, CONFIG_MAP.object("owner"), quiet=True)
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner.meta["uid"]}
    talk.apply(CONFIG_MAP, CONFIG_MAP.object("m", {"ownerReferences": [reference]}))
    del reference["uid"]
    talk.apply(CONFIG_MAP, CONFIG_MAP.object("m", {"ownerReferences": [reference]}))
    talk.apply(CONFIG_MAP, CONFIG_MAP.object("m"), "two")
    talk.apply(CONFIG_MAP, CONFIG_MAP.object("m"))


def definition(talk, **schema):
    plural, group = "widgets", f"{talk.ns}.example"
    return DEFINITION.object(
        f"{plural}.{group}",
        spec={
            "group": group,
            "scope": "Namespaced",
            "names": {
                "plural": plural,
                "singular": "widget",
                "kind": "Widget",
                "listKind": "WidgetList",
                "shortNames": ["w" + talk.ns],
            },
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}],
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "properties": {
                                "spec": {
                                    "type": "object",
                                    "properties": {
                                        "size": {"type": "integer", "minimum": 1},
                                        "word": {"type": "string", "default": "none"},
                                        "parts": {
                                            "type": "array",
                                            "x-kubernetes-list-type": "map",
                                            "x-kubernetes-list-map-keys": ["name"],
                                            "items": {
                                                "type": "object",
                                                "required": ["name"],
                                                "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
                                            },
                                        },
                                        "tags": {
                                            "type": "array",
                                            "x-kubernetes-list-type": "set",
                                            "items": {"type": "string"},
                                        },
                                        **schema,
                                    },
                                },
                                "status": {"type": "object", "properties": {"phase": {"type": "string"}}},
                            },
                        }
                    },
                }
            ],
        },
    )


@BOOK.case("a definition of a user's own")
def _(talk):
    body = definition(talk)
    talk.create(DEFINITION, body, quiet=True).ok()
    base = f"/apis/{talk.ns}.example/v1/namespaces/{talk.ns}/widgets"
    talk.eventually(lambda: talk.api.request("GET", base).status == 200)

    def make(**spec):
        return {"apiVersion": f"{talk.ns}.example/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": spec}

    def say(manager, body, **more):
        return talk.send("PATCH", base + "/w", body, Content_Type=APPLY, query={"fieldManager": manager, **more})

    say("one", make(size=1, parts=[{"name": "a", "value": "1"}], tags=["x", "y"]))
    say("two", make(parts=[{"name": "b", "value": "2"}], tags=["y", "z"]))
    say("two", make(size=2))
    say("one", make(size=0))
    say("one", make(strange=1))
    say("one", {**make(size=1), "status": {"phase": "x"}})
    talk.send("PUT", base + "/w/status", {**talk.api.request("GET", base + "/w").body, "status": {"phase": "done"}})
    talk.send("GET", base + "/w")
    talk.send("GET", base, Accept="application/json;as=Table;v=v1;g=meta.k8s.io")
    talk.send("POST", base, make(size="x"))
    talk.send("DELETE", base + "/w")
    talk.delete(DEFINITION, f"widgets.{talk.ns}.example", quiet=True)
    talk.note("it is gone", bool(talk.eventually(lambda: talk.api.request("GET", base).status == 404)))


@BOOK.case("definitions that are refused")
def _(talk):
    good = definition(talk)
    for change in (
        {"group": "other.example"},
        {"scope": "Everywhere"},
        {"versions": []},
        {"names": {"plural": "widgets", "kind": "Widget"}},
    ):
        talk.create(DEFINITION, {**good, "spec": {**good["spec"], **change}}, dryRun="All")
