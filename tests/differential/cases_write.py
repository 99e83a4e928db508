"""POST and PUT: defaults of creation, generated names, dry runs, optimistic concurrency, unknown fields."""

import copy

from cases import Book
from cases_apply import DROP, edit, name_of
from kinds import ACCOUNT, CONFIG_MAP, DEPLOYMENT, GATEWAY, LEASE, NAMESPACE, POD, ROLE, SECRET, SERVICE, WRITTEN, sample

BOOK = Book("write")


def posted(kind):
    """POST, POST again, GET, PUT of what is there, PUT of what was sent, PUT with an old version."""

    def run(talk):
        name = name_of(talk)
        body = sample(kind, name)
        talk.create(kind, body)
        talk.create(kind, body)
        live = talk.get(kind, name).ok()
        talk.update(kind, name, live)
        talk.update(kind, name, body)
        old = edit(live, ("metadata", "labels", "more"), "x")
        talk.update(kind, name, old)
        talk.update(kind, name, edit(old, ("metadata", "labels", "more"), "y"))
        talk.get(kind, name)

    return run


def dry(kind):
    """Dry runs of every verb leave nothing behind."""

    def run(talk):
        name = name_of(talk)
        body = sample(kind, name)
        talk.create(kind, body, dryRun="All")
        talk.get(kind, name)
        talk.apply(kind, body, dryRun="All")
        talk.get(kind, name)
        talk.apply(kind, body)
        live = talk.get(kind, name).ok()
        talk.update(kind, name, edit(live, ("metadata", "labels", "app"), "dry"), dryRun="All")
        talk.patch(kind, name, {"metadata": {"labels": {"app": "dry"}}}, dryRun="All")
        talk.delete(kind, name, dryRun="All")
        talk.delete(kind, name, {"kind": "DeleteOptions", "apiVersion": "v1", "dryRun": ["All"]})
        talk.get(kind, name)
        talk.create(kind, body, dryRun="Some")

    return run


def unknown(kind):
    """A field that the schema lacks, under each fieldValidation."""

    def run(talk):
        body = edit(sample(kind, name_of(talk)), ("metadata", "wrong"), "x")
        body["strange"] = {"a": [1]}
        for how in ("Strict", "Warn", "Ignore", "Other"):
            talk.create(kind, body, fieldValidation=how, dryRun="All")
        talk.create(kind, body)
        good = sample(kind, name_of(talk))
        talk.apply(kind, good)
        talk.patch(kind, name_of(talk), {"strange": 1}, fieldValidation="Strict")
        talk.patch(kind, name_of(talk), {"metadata": {"wrong": 1}}, fieldValidation="Warn")
        talk.apply(kind, {**good, "strange": 1}, fieldValidation="Strict")

    return run


def put_refused(kind):
    """What a PUT may not do."""

    def run(talk):
        name = name_of(talk)
        body = sample(kind, name)
        talk.update(kind, name, body)
        talk.apply(kind, body)
        live = talk.get(kind, name).ok()
        talk.update(kind, name + "x", live)
        talk.update(kind, name, edit(live, ("metadata", "name"), "other"))
        talk.update(kind, name, edit(live, ("metadata", "uid"), "00000000-0000-0000-0000-000000000001"))
        talk.update(kind, name, edit(live, ("metadata", "resourceVersion"), "1"))
        talk.update(kind, name, edit(live, ("metadata", "resourceVersion"), "abc"))
        talk.update(kind, name, edit(live, ("metadata", "resourceVersion"), DROP))
        talk.update(kind, name, edit(live, ("metadata", "namespace"), "other"))
        talk.update(kind, name, {key: value for key, value in live.items() if key not in ("kind", "apiVersion")})
        talk.update(kind, name, edit(live, ("kind",), "Wrong"))
        talk.update(kind, name, "")
        talk.update(kind, name, "no json")
        talk.update(kind, name, edit(live, ("metadata", "labels"), {"-bad": "x"}))
        talk.update(kind, name, edit(live, ("metadata", "annotations"), {"bad key": "x"}))
        talk.update(kind, name, edit(live, ("metadata", "creationTimestamp"), "2001-02-03T04:05:06Z"))
        talk.update(kind, name, edit(live, ("metadata", "finalizers"), ["noslash"]))
        talk.update(
            kind, name, edit(live, ("metadata", "ownerReferences"), [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x"}])
        )

    return run


for KIND in WRITTEN:
    BOOK.add(f"{KIND}/post and put", posted(KIND))
    BOOK.add(f"{KIND}/dry runs", dry(KIND))
    BOOK.add(f"{KIND}/unknown fields", unknown(KIND))
    BOOK.add(f"{KIND}/refused updates", put_refused(KIND))


@BOOK.case("generated names")
def _(talk):
    for kind in (CONFIG_MAP, SECRET, GATEWAY):
        body = kind.object("x", {"generateName": "some-"})
        del body["metadata"]["name"]
        first = talk.create(kind, body)
        second = talk.create(kind, body)
        talk.note("names are different", first.meta.get("name") != second.meta.get("name"))
        talk.note("length of the name", len(first.meta.get("name", "")))
        talk.create(kind, {**body, "metadata": {"generateName": "a" * 300}})
        talk.create(kind, {**body, "metadata": {"generateName": "Upper-"}})
        talk.create(kind, {**body, "metadata": {}})


NAMES = {
    "upper case": "Web",
    "underscore": "a_b",
    "dot": "a.b",
    "leading dash": "-a",
    "digit first": "1a",
    "too long": "a" * 254,
    "63": "a" * 63,
    "64": "a" * 64,
    "slash": "a/b",
    "percent": "a%b",
    "empty": "",
    "space": "a b",
    "dot alone": ".",
}
for WORD, NAME in NAMES.items():

    def named(talk, name=NAME):
        for kind in (CONFIG_MAP, SERVICE, ROLE, GATEWAY, LEASE, NAMESPACE):
            talk.create(kind, kind.object(name), dryRun="All")

    BOOK.add(f"name: {WORD}", named)

LABELS = {
    "bad key": {"a b": "x"},
    "bad value": {"a": "x y"},
    "long value": {"a": "x" * 64},
    "long key": {"k" * 64: "x"},
    "prefix": {"a.b/c": "x"},
    "two slashes": {"a/b/c": "x"},
    "empty key": {"": "x"},
    "number": {"a": 1},
    "null": {"a": None},
    "ends with dash": {"a": "x-"},
}
for WORD, LABEL in LABELS.items():

    def labelled(talk, labels=LABEL):
        talk.create(CONFIG_MAP, CONFIG_MAP.object("x", {"labels": labels}))
        talk.create(GATEWAY, GATEWAY.object("x", {"labels": labels}))
        talk.create(CONFIG_MAP, CONFIG_MAP.object("y", {"annotations": labels}))

    BOOK.add(f"labels: {WORD}", labelled)


@BOOK.case("namespace in body and path")
def _(talk):
    talk.create(CONFIG_MAP, CONFIG_MAP.object("a", {"namespace": talk.ns}))
    talk.create(CONFIG_MAP, CONFIG_MAP.object("b", {"namespace": "else"}))
    talk.create(CONFIG_MAP, CONFIG_MAP.object("c"), ns="no-such-namespace")
    talk.apply(CONFIG_MAP, CONFIG_MAP.object("c"), ns="no-such-namespace")
    talk.create(GATEWAY, GATEWAY.object("c"), ns="no-such-namespace")
    talk.create(NAMESPACE, NAMESPACE.object(talk.ns + "-b", {"namespace": "x"}))
    talk.send("POST", CONFIG_MAP.everywhere, CONFIG_MAP.object("d", {"namespace": talk.ns}))


@BOOK.case("what a client may not set")
def _(talk):
    talk.create(
        CONFIG_MAP,
        CONFIG_MAP.object(
            "a",
            {
                "uid": "00000000-0000-0000-0000-000000000001",
                "generation": 7,
                "selfLink": "/x",
                "creationTimestamp": "2001-02-03T04:05:06Z",
                "deletionTimestamp": "2001-02-03T04:05:06Z",
            },
        ),
    )
    talk.create(CONFIG_MAP, CONFIG_MAP.object("b", {"resourceVersion": "5"}))
    talk.create(CONFIG_MAP, CONFIG_MAP.object("c", {"managedFields": [{"manager": "x", "operation": "Update"}]}))
    talk.create(
        CONFIG_MAP,
        CONFIG_MAP.object(
            "d",
            {
                "managedFields": [
                    {
                        "manager": "x",
                        "operation": "Update",
                        "apiVersion": "v1",
                        "fieldsType": "FieldsV1",
                        "fieldsV1": {"f:data": {"f:a": {}}},
                    }
                ]
            },
            data={"a": "1"},
        ),
    )
    talk.create(DEPLOYMENT, {**sample(DEPLOYMENT, "e"), "status": {"replicas": 7}}, dryRun="All")
    talk.create(GATEWAY, {**sample(GATEWAY, "e"), "status": {"x": 7}})
    talk.create(CONFIG_MAP, CONFIG_MAP.object("f", {"finalizers": ["bad"]}))
    talk.create(CONFIG_MAP, CONFIG_MAP.object("g", {"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p"}]}))
    talk.create(
        CONFIG_MAP,
        CONFIG_MAP.object(
            "h",
            {
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u1", "controller": True},
                    {"apiVersion": "v1", "kind": "Pod", "name": "q", "uid": "u2", "controller": True},
                ]
            },
        ),
    )
    talk.create(CONFIG_MAP, CONFIG_MAP.object("i"), fieldManager="bad\nmanager")
    talk.create(CONFIG_MAP, CONFIG_MAP.object("i"), fieldManager="x" * 129)


@BOOK.case("generation moves with the spec only")
def _(talk):
    for kind in (DEPLOYMENT, GATEWAY):
        body = sample(kind, "web")
        talk.apply(kind, body)
        talk.apply(kind, edit(body, ("metadata", "labels", "x"), "y"))
        path = ("spec", "replicas") if kind is DEPLOYMENT else ("spec", "selector", "a")
        talk.apply(kind, edit(body, path, 2 if kind is DEPLOYMENT else "b"))
        talk.get(kind, "web")


@BOOK.case("lease as a lock")
def _(talk):
    spec = {
        "holderIdentity": "one",
        "leaseDurationSeconds": 15,
        "acquireTime": "2026-01-02T03:04:05.000006Z",
        "renewTime": "2026-01-02T03:04:05.678900Z",
    }
    first = talk.create(LEASE, LEASE.object("lock", spec=spec))
    talk.create(LEASE, LEASE.object("lock", spec=spec))
    live = copy.deepcopy(first.ok())
    live["spec"]["renewTime"] = "2026-01-02T03:04:06.1Z"
    talk.update(LEASE, "lock", live)
    live["spec"]["holderIdentity"] = "two"
    talk.update(LEASE, "lock", live)
    talk.update(LEASE, "lock", edit(live, ("spec", "renewTime"), "yesterday"))
    talk.delete(LEASE, "lock", {"preconditions": {"resourceVersion": first.version}})


@BOOK.case("secrets of a type")
def _(talk):
    def make(name, kind, **more):
        talk.create(SECRET, SECRET.object(name, type=kind, **more))

    make("a", "kubernetes.io/dockerconfigjson")
    make("b", "kubernetes.io/dockerconfigjson", data={".dockerconfigjson": "e30="})
    make("c", "kubernetes.io/tls", data={"tls.crt": "eA=="})
    make("d", "kubernetes.io/tls", data={"tls.crt": "eA==", "tls.key": "eA=="})
    make("f", "kubernetes.io/service-account-token")
    make("g", "", stringData={"a": "b"}, data={"a": "eA==", "c": "eA=="})
    make("h", "Opaque", data={"bad key": "eA=="})
    make("i", "Opaque", data={"..": "eA=="})
    make("j", "Opaque", immutable=True, data={"a": "eA=="})
    talk.patch(SECRET, "j", {"data": {"a": "eQ=="}})
    talk.patch(SECRET, "j", {"immutable": False})
    talk.patch(SECRET, "j", {"metadata": {"labels": {"a": "b"}}})
    talk.patch(SECRET, "g", {"type": "Other"})
    talk.patch(SECRET, "g", {"stringData": {"z": "26"}})
    make("k", "Opaque", data={"big": "QUFB" * 350000})


@BOOK.case("big config map")
def _(talk):
    talk.create(CONFIG_MAP, CONFIG_MAP.object("big", data={"a": "x" * (1 << 20), "b": "y"}))
    talk.create(CONFIG_MAP, CONFIG_MAP.object("annotated", {"annotations": {"a": "x" * (1 << 18)}}))


@BOOK.case("pods are filled in by admission")
def _(talk):
    body = POD.object("p", spec={"containers": [{"name": "c", "image": "i:1"}]})
    talk.create(POD, body, dryRun="All")
    talk.create(POD, edit(body, ("spec", "serviceAccountName"), "no-such"), dryRun="All")
    talk.create(POD, edit(body, ("spec", "containers", 0, "image"), DROP), dryRun="All")
    talk.create(POD, edit(body, ("spec", "containers", 0, "name"), "Bad_Name"), dryRun="All")
    talk.create(POD, edit(body, ("spec", "automountServiceAccountToken"), False), dryRun="All")


@BOOK.case("service accounts")
def _(talk):
    talk.create(ACCOUNT, ACCOUNT.object("a"))
    talk.get(ACCOUNT, "a")
    talk.get(ACCOUNT, "default")
    talk.patch(ACCOUNT, "a", {"secrets": [{"name": "x"}]})
    talk.get(CONFIG_MAP, "kube-root-ca.crt")
