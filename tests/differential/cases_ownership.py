"""Fields that change hands: several managers, by apply, update, patch and force."""

import copy

from cases import Book
from cases_apply import edit, name_of
from kinds import (
    ACCOUNT,
    AUTOSCALER,
    BUDGET,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    DEPLOYMENT,
    GATEWAY,
    NAMESPACE,
    SECRET,
    SERVICE,
    WRITTEN,
    sample,
)
from talk import JSON_PATCH, STRATEGIC

BOOK = Book("ownership")
IMAGE = ("spec", "template", "spec", "containers", 0, "image")
# One field of each kind: its path, another value, and the other value alone in an object that says nothing else.
FIELD = {
    NAMESPACE: (("metadata", "labels", "app"), "theirs"),
    ACCOUNT: (("automountServiceAccountToken",), False),
    SECRET: (("data", "a"), "dGhlaXJz"),
    CLUSTER_ROLE: (("rules",), [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}]),
    CLUSTER_ROLE_BINDING: (("subjects",), [{"kind": "Group", "name": "theirs", "apiGroup": "rbac.authorization.k8s.io"}]),
    DEPLOYMENT: (IMAGE, "theirs:1"),
    SERVICE: (("spec", "ports", 0, "targetPort"), 9999),
    AUTOSCALER: (("spec", "maxReplicas"), 9),
    BUDGET: (("spec", "minAvailable"), 3),
    GATEWAY: (("spec", "selector"), {"istio": "theirs"}),
}


def alone(kind, name, value):
    """An object that has, of all its fields, only the one in question (and the keys that lead to it)."""
    body = kind.object(name)
    if kind is DEPLOYMENT:
        body["spec"] = {"template": {"spec": {"containers": [{"name": "main", "image": value}]}}}
    elif kind is SERVICE:
        body["spec"] = {"ports": [{"port": 80, "targetPort": value}]}
    else:
        where = body
        *way, last = FIELD[kind][0]
        for part in way:
            where = where.setdefault(part, {})
        where[last] = value
    return body


def value_at(body, path):
    for part in path:
        body = body[part]
    return body


def conflict(kind):
    """Another manager wants another value: refused, then forced, then we are refused in turn."""

    def run(talk):
        path, theirs = FIELD[kind]
        body = sample(kind, name_of(talk))
        talk.apply(kind, body)
        talk.apply(kind, alone(kind, name_of(talk), theirs), "two")
        talk.apply(kind, alone(kind, name_of(talk), theirs), "two", dryRun="All", force=True)
        talk.apply(kind, alone(kind, name_of(talk), theirs), "two", force=True)
        talk.get(kind, name_of(talk))
        talk.apply(kind, body)
        talk.apply(kind, body, force=False)
        talk.apply(kind, body, force=True)
        talk.get(kind, name_of(talk))

    return run


def shared(kind):
    """Two managers with an equal value: both own it; it stays until both have let go."""

    def run(talk):
        path, _ = FIELD[kind]
        name = name_of(talk)
        body = sample(kind, name)
        talk.apply(kind, body)
        talk.apply(kind, alone(kind, name, value_at(body, path)), "two")
        talk.apply(kind, edit(body, ("metadata", "labels", "tier"), "back"))
        talk.apply(kind, alone(kind, name, value_at(body, path)), "three")
        talk.apply(kind, kind.object(name), "two")
        talk.apply(kind, kind.object(name), "three")
        talk.get(kind, name)

    return run


def updated(kind):
    """Another manager's PUT changes the value, another one's PUT changes nothing."""

    def run(talk):
        path, theirs = FIELD[kind]
        name = name_of(talk)
        body = sample(kind, name)
        talk.apply(kind, body)
        live = talk.get(kind, name).ok()
        talk.update(kind, name, live, fieldManager="idle")
        talk.update(kind, name, edit(live, path, theirs), fieldManager="editor")
        talk.get(kind, name)
        talk.apply(kind, body)
        talk.apply(kind, body, force=True)
        talk.get(kind, name)

    return run


def patched(kind):
    """A foreign JSON patch that sets a label, then one that takes ours away: nobody owns what is absent."""

    def run(talk):
        name = name_of(talk)
        body = sample(kind, name)
        talk.apply(kind, body)
        talk.patch(
            kind, name, [{"op": "add", "path": "/metadata/labels/foreign", "value": "1"}], JSON_PATCH, fieldManager="editor"
        )
        talk.patch(kind, name, [{"op": "remove", "path": "/metadata/labels/tier"}], JSON_PATCH, fieldManager="editor")
        talk.patch(kind, name, {"metadata": {"labels": {"app": "merged"}}}, fieldManager="merger")
        if kind is not GATEWAY:
            talk.patch(kind, name, {"metadata": {"labels": {"app": "strategic"}}}, STRATEGIC, fieldManager="strategist")
        talk.apply(kind, body)
        talk.apply(kind, body, force=True)
        talk.get(kind, name)

    return run


def created_by_post(kind):
    """Made by an Update manager; we apply equal values, then fewer: what the other owns stays."""

    def run(talk):
        name = name_of(talk)
        body = sample(kind, name)
        talk.create(kind, body, fieldManager="maker")
        talk.apply(kind, body)
        talk.apply(kind, edit(body, ("metadata", "labels"), {"app": "web"}))
        talk.apply(kind, edit(body, ("metadata", "labels", "app"), "mine"))
        talk.get(kind, name)

    return run


def reset(kind):
    """Ownership thrown away, then applied again: the manager before-first-apply."""

    def run(talk):
        name = name_of(talk)
        body = sample(kind, name)
        talk.apply(kind, body)
        talk.patch(kind, name, {"metadata": {"managedFields": [{}]}}, fieldManager="cleaner")
        talk.get(kind, name)
        talk.apply(kind, edit(body, ("metadata", "labels", "app"), "again"))
        talk.apply(kind, edit(body, ("metadata", "labels", "app"), "again"), force=True)
        talk.get(kind, name)

    return run


for KIND in WRITTEN:
    BOOK.add(f"{KIND}/conflict and force", conflict(KIND))
    BOOK.add(f"{KIND}/shared value", shared(KIND))
    BOOK.add(f"{KIND}/moved by an update", updated(KIND))
    BOOK.add(f"{KIND}/moved by patches", patched(KIND))
    BOOK.add(f"{KIND}/made by another", created_by_post(KIND))
    BOOK.add(f"{KIND}/thrown away", reset(KIND))


@BOOK.case("two conflicts at once")
def _(talk):
    body = sample(SERVICE, "web")
    talk.apply(SERVICE, body)
    theirs = edit(edit(body, ("spec", "ports", 0, "targetPort"), 1), ("metadata", "labels", "app"), "x")
    talk.apply(SERVICE, theirs, "two")
    talk.apply(SERVICE, edit(theirs, ("spec", "ports", 1, "targetPort"), 2), "two")


@BOOK.case("conflict with two managers")
def _(talk):
    body = sample(CONFIG_MAP, "m")
    talk.apply(CONFIG_MAP, body)
    talk.apply(CONFIG_MAP, body, "two")
    talk.apply(CONFIG_MAP, edit(body, ("data", "a"), "9"), "three")
    talk.apply(CONFIG_MAP, edit(edit(body, ("data", "a"), "9"), ("data", "b"), "9"), "three")


@BOOK.case("conflict with an update manager says its version and time")
def _(talk):
    body = sample(DEPLOYMENT, "web")
    talk.create(DEPLOYMENT, body, fieldManager="kubectl-client-side-apply")
    talk.apply(DEPLOYMENT, edit(body, IMAGE, "mine"))
    talk.apply(DEPLOYMENT, edit(body, ("spec", "replicas"), 3))


@BOOK.case("a list's item taken by another and left")
def _(talk):
    body = sample(SERVICE, "web")
    talk.apply(SERVICE, body)
    port = {"port": 9000, "name": "extra"}
    theirs = SERVICE.object("web", spec={"ports": [port]})
    talk.apply(SERVICE, theirs, "two")
    talk.apply(SERVICE, edit(body, ("spec", "ports"), body["spec"]["ports"][:1]))
    talk.apply(SERVICE, SERVICE.object("web"), "two")
    talk.get(SERVICE, "web")


@BOOK.case("a set's item shared")
def _(talk):
    name = f"{talk.ns}-x"

    def keeping(*finalizers):
        return CONFIG_MAP.object(name, {"finalizers": list(finalizers)})

    talk.apply(CONFIG_MAP, keeping("a.example/one", "a.example/two"))
    talk.apply(CONFIG_MAP, keeping("a.example/two", "a.example/three"), "two")
    talk.apply(CONFIG_MAP, keeping("a.example/three"))
    talk.apply(CONFIG_MAP, keeping(), "two")
    talk.apply(CONFIG_MAP, keeping())


@BOOK.case("scale changes hands")
def _(talk):
    body = sample(DEPLOYMENT, "web")
    talk.apply(DEPLOYMENT, body)
    scale = talk.get(DEPLOYMENT, "web", sub="scale")
    wanted = copy.deepcopy(scale.ok())
    wanted["spec"]["replicas"] = 2
    talk.update(DEPLOYMENT, "web", wanted, sub="scale", fieldManager="scaler")
    talk.get(DEPLOYMENT, "web")
    talk.apply(DEPLOYMENT, body)
    talk.apply(DEPLOYMENT, edit(body, ("spec", "replicas"), 2))


@BOOK.case("status by its subresource")
def _(talk):
    body = sample(SERVICE, "web")
    talk.apply(SERVICE, body)
    status = SERVICE.object("web", status={"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}})
    talk.apply(SERVICE, status, "cloud", sub="status")
    talk.patch(
        SERVICE,
        "web",
        {"status": {"loadBalancer": {"ingress": [{"hostname": "h.example"}]}}},
        sub="status",
        fieldManager="cloud2",
    )
    talk.patch(SERVICE, "web", {"status": {"loadBalancer": None}}, fieldManager="nobody")
    talk.apply(SERVICE, {**body, "status": {"loadBalancer": {}}}, "one")
    talk.get(SERVICE, "web", sub="status")


@BOOK.case("renamed manager")
def _(talk):
    body = sample(CONFIG_MAP, "m")
    talk.apply(CONFIG_MAP, body)
    live = talk.get(CONFIG_MAP, "m").ok()
    for entry in live["metadata"]["managedFields"]:
        entry["manager"] = "renamed"
    talk.update(CONFIG_MAP, "m", live, fieldManager="x")
    talk.apply(CONFIG_MAP, edit(body, ("data", "a"), "9"))
    talk.apply(CONFIG_MAP, edit(body, ("data", "a"), "9"), "renamed")


@BOOK.case("managed fields that are nonsense")
def _(talk):
    talk.apply(CONFIG_MAP, sample(CONFIG_MAP, "m"))
    entry = {
        "manager": "x",
        "operation": "Update",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:data": {"f:zzz": {}}},
    }
    for change in (
        {"operation": "Other"},
        {"fieldsType": "FieldsV2"},
        {"apiVersion": ""},
        {"fieldsV1": {"q": 1}},
        {"manager": "m" * 200},
        {},
    ):
        talk.patch(CONFIG_MAP, "m", {"metadata": {"managedFields": [{**entry, **change}]}}, fieldManager="y")
    talk.patch(CONFIG_MAP, "m", {"metadata": {"managedFields": []}}, fieldManager="y")
    talk.patch(CONFIG_MAP, "m", {"metadata": {"managedFields": None}}, fieldManager="y")


@BOOK.case("times move only with fields")
def _(talk):
    import time

    body = sample(CONFIG_MAP, "m")
    first = talk.apply(CONFIG_MAP, body)

    def stamps(answer):
        return {e["manager"]: e["time"] for e in answer.meta["managedFields"]}

    time.sleep(1.1)
    second = talk.apply(CONFIG_MAP, body)
    talk.note("time after a repeated apply is unchanged", stamps(first) == stamps(second))
    third = talk.apply(CONFIG_MAP, edit(body, ("data", "a"), "2"))
    talk.note("time after another value is unchanged", stamps(first)["one"] == stamps(third)["one"])
    fourth = talk.apply(CONFIG_MAP, edit(body, ("data", "c"), "2"))
    talk.note("time after another field is unchanged", stamps(third)["one"] == stamps(fourth)["one"])
    fifth = talk.patch(CONFIG_MAP, "m", {"data": {"a": "7"}}, fieldManager="two")
    talk.note("time of the robbed manager is unchanged", stamps(fourth)["one"] == stamps(fifth)["one"])
