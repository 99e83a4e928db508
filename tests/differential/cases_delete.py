"""Deleting: preconditions, propagation, finalizers, collections, namespaces that terminate."""

from cases import Book
from cases_apply import edit, name_of
from kinds import BUDGET, CONFIG_MAP, DEPLOYMENT, GATEWAY, NAMESPACE, POD, REPLICA_SET, SECRET, SERVICE, WRITTEN, sample
from talk import JSON_PATCH

BOOK = Book("delete")
NOBODY = "00000000-0000-0000-0000-000000000001"


def options(**fields):
    return {"apiVersion": "v1", "kind": "DeleteOptions", **fields}


def preconditions(kind):
    def run(talk):
        name = name_of(talk)
        talk.delete(kind, name)
        talk.create(kind, sample(kind, name))
        live = talk.get(kind, name)
        talk.delete(kind, name, options(preconditions={"uid": NOBODY}))
        talk.delete(kind, name, options(preconditions={"resourceVersion": "1"}))
        talk.delete(kind, name, options(preconditions={"uid": NOBODY, "resourceVersion": "1"}))
        talk.delete(kind, name, options(preconditions={"uid": live.meta.get("uid"), "resourceVersion": "1"}))
        talk.get(kind, name)
        talk.delete(kind, name, options(preconditions={"uid": live.meta.get("uid"), "resourceVersion": live.version}))
        if kind is not NAMESPACE:
            talk.get(kind, name)
            talk.delete(kind, name)

    return run


def finalizer(kind):
    """It stays, marked, until its finalizer is gone."""

    def run(talk):
        name = name_of(talk)
        talk.create(kind, sample(kind, name, finalizers=["a.example/wait", "a.example/more"]))
        talk.delete(kind, name)
        talk.get(kind, name)
        talk.delete(kind, name)
        talk.patch(kind, name, {"metadata": {"labels": {"late": "x"}}})
        talk.patch(kind, name, {"metadata": {"finalizers": ["a.example/wait", "a.example/new"]}})
        talk.patch(kind, name, {"metadata": {"deletionTimestamp": None}})
        talk.create(kind, sample(kind, name))
        talk.patch(kind, name, {"metadata": {"finalizers": ["a.example/wait"]}})
        talk.patch(kind, name, [{"op": "remove", "path": "/metadata/finalizers"}], JSON_PATCH)
        if kind is not NAMESPACE:
            talk.get(kind, name)

    return run


for KIND in WRITTEN:
    BOOK.add(f"{KIND}/preconditions", preconditions(KIND))
    if KIND not in (NAMESPACE, DEPLOYMENT, BUDGET):  # their controllers go on working on what is marked
        BOOK.add(f"{KIND}/finalizers", finalizer(KIND))


@BOOK.case("options that are wrong")
def _(talk):
    talk.create(CONFIG_MAP, sample(CONFIG_MAP, "m"))
    for body in (
        options(propagationPolicy="Sideways"),
        options(propagationPolicy="Orphan", orphanDependents=True),
        options(gracePeriodSeconds=-1),
        options(dryRun=["Some"]),
        {"kind": "ConfigMap", "apiVersion": "v1"},
        {"kind": "DeleteOptions", "apiVersion": "v9"},
        {"nonsense": 1},
        "{",
        "[]",
    ):
        talk.delete(CONFIG_MAP, "m", body, dryRun="All")
    talk.delete(CONFIG_MAP, "m", dryRun="Some")
    talk.delete(CONFIG_MAP, "m", propagationPolicy="Sideways")
    talk.delete(CONFIG_MAP, "m", gracePeriodSeconds="x")
    talk.get(CONFIG_MAP, "m")
    talk.delete(CONFIG_MAP, "m", {"gracePeriodSeconds": 0, "propagationPolicy": "Background"})
    talk.get(CONFIG_MAP, "m")


def owned(talk, block=False):
    """A map that owns another one."""
    owner = talk.create(CONFIG_MAP, CONFIG_MAP.object("owner"))
    reference = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": "owner",
        "uid": owner.meta["uid"],
        "blockOwnerDeletion": block,
    }
    talk.create(CONFIG_MAP, CONFIG_MAP.object("owned", {"ownerReferences": [reference]}))


for POLICY in ("Background", "Foreground", "Orphan"):

    def collected(talk, policy=POLICY):
        owned(talk, block=policy == "Foreground")
        talk.delete(CONFIG_MAP, "owner", options(propagationPolicy=policy))
        talk.note("the owner goes", talk.gone(CONFIG_MAP, "owner"))
        if policy == "Orphan":
            talk.eventually(lambda: not talk.get(CONFIG_MAP, "owned", quiet=True).meta.get("ownerReferences"))
            talk.get(CONFIG_MAP, "owned")
        else:
            talk.note("the owned goes", talk.gone(CONFIG_MAP, "owned"))

    BOOK.add(f"dependents: {POLICY}", collected)

    def deployment(talk, policy=POLICY):
        talk.create(DEPLOYMENT, sample(DEPLOYMENT, "web"))
        talk.delete(DEPLOYMENT, "web", options(propagationPolicy=policy))
        talk.note("the deployment goes", talk.gone(DEPLOYMENT, "web"))

        def left():
            sets = talk.list(REPLICA_SET, quiet=True).ok()["items"]
            return (not sets) if policy != "Orphan" else (sets and not sets[0]["metadata"].get("ownerReferences"))

        talk.note("its replica sets follow", bool(talk.eventually(left)))

        def pods():
            return len(talk.list(POD, quiet=True).ok()["items"])

        talk.note("its pods follow", bool(talk.eventually(lambda: (pods() == 0) == (policy != "Orphan"))))

    BOOK.add(f"deployment: {POLICY}", deployment)


@BOOK.case("foreground is seen on the way")
def _(talk):
    owner = talk.create(CONFIG_MAP, CONFIG_MAP.object("owner"))
    reference = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": "owner",
        "uid": owner.meta["uid"],
        "blockOwnerDeletion": True,
    }
    talk.create(CONFIG_MAP, CONFIG_MAP.object("owned", {"ownerReferences": [reference], "finalizers": ["a.example/wait"]}))
    talk.delete(CONFIG_MAP, "owner", options(propagationPolicy="Foreground"))
    talk.get(CONFIG_MAP, "owner")
    talk.eventually(lambda: talk.get(CONFIG_MAP, "owned", quiet=True).meta.get("deletionTimestamp"))
    talk.get(CONFIG_MAP, "owned")
    talk.patch(CONFIG_MAP, "owned", {"metadata": {"finalizers": None}})
    talk.note("the owner goes", talk.gone(CONFIG_MAP, "owner"))


@BOOK.case("an owner that is not there")
def _(talk):
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "nobody", "uid": NOBODY}
    talk.create(CONFIG_MAP, CONFIG_MAP.object("orphan", {"ownerReferences": [reference]}))
    talk.note("it is collected", talk.gone(CONFIG_MAP, "orphan"))


@BOOK.case("collections")
def _(talk):
    for index in range(4):
        talk.create(CONFIG_MAP, CONFIG_MAP.object(f"m{index}", {"labels": {"parity": str(index % 2)}}))
        talk.create(GATEWAY, GATEWAY.object(f"g{index}", {"labels": {"parity": str(index % 2)}}, spec={}))
    for kind in (CONFIG_MAP, GATEWAY):
        talk.delete_all(kind, labelSelector="parity=1", dryRun="All")
        talk.delete_all(kind, labelSelector="parity=1")
        talk.list(kind, labelSelector="parity")
        talk.delete_all(kind, fieldSelector="metadata.name=m0")
        talk.delete_all(kind, labelSelector="bad selector!")
        talk.delete_all(kind, options(propagationPolicy="Background"), labelSelector="parity=0")
        talk.list(kind, labelSelector="parity")
    talk.delete_all(SERVICE)
    talk.send("DELETE", CONFIG_MAP.everywhere)
    talk.send("DELETE", NAMESPACE.everywhere)


@BOOK.case("a pod with grace")
def _(talk):
    body = POD.object(
        "p",
        {"finalizers": ["a.example/wait"]},
        spec={"containers": [{"name": "c", "image": "i"}], "terminationGracePeriodSeconds": 7},
    )
    talk.create(POD, body, quiet=True)
    talk.eventually(lambda: (talk.get(POD, "p", quiet=True).body.get("status") or {}).get("phase") == "Running")
    first = talk.delete(POD, "p", quiet=True)
    talk.note("grace period", first.meta.get("deletionGracePeriodSeconds"))
    talk.patch(POD, "p", {"metadata": {"finalizers": None}}, quiet=True)
    talk.note("it goes", talk.gone(POD, "p"))


# Namespaces


def make(talk, *objects):
    name = talk.ns + "-own"
    talk.create(NAMESPACE, NAMESPACE.object(name))
    talk.eventually(lambda: talk.get(CONFIG_MAP, "kube-root-ca.crt", name, quiet=True).status == 200)
    for kind, body in objects:
        talk.create(kind, body, ns=name)
    return name


@BOOK.case("namespace with content")
def _(talk):
    name = make(
        talk,
        (CONFIG_MAP, CONFIG_MAP.object("m")),
        (SECRET, SECRET.object("s")),
        (GATEWAY, GATEWAY.object("g", spec={})),
        (DEPLOYMENT, sample(DEPLOYMENT, "web")),
    )
    talk.delete(NAMESPACE, name)
    talk.note("it goes", talk.gone(NAMESPACE, name))
    talk.get(CONFIG_MAP, "m", name)
    talk.list(CONFIG_MAP, name)
    talk.create(NAMESPACE, NAMESPACE.object(name))


@BOOK.case("namespace held by a finalizer of its content")
def _(talk):
    name = make(
        talk, (CONFIG_MAP, CONFIG_MAP.object("m", {"finalizers": ["a.example/wait"]})), (CONFIG_MAP, CONFIG_MAP.object("n"))
    )
    talk.delete(NAMESPACE, name)

    def told():
        conditions = (talk.get(NAMESPACE, name, quiet=True).body.get("status") or {}).get("conditions") or []
        return any(c["type"] == "NamespaceFinalizersRemaining" and c["status"] == "True" for c in conditions)

    talk.note("it is told", bool(talk.eventually(told)))
    found = talk.get(NAMESPACE, name, quiet=True).body["status"]
    talk.note(
        "status",
        {
            "phase": found["phase"],
            "conditions": [{k: c[k] for k in ("type", "status", "reason", "message")} for c in found["conditions"]],
        },
    )
    talk.create(CONFIG_MAP, CONFIG_MAP.object("late"), ns=name)
    talk.apply(CONFIG_MAP, CONFIG_MAP.object("late"), ns=name)
    talk.create(GATEWAY, GATEWAY.object("late", spec={}), ns=name)
    talk.patch(CONFIG_MAP, "m", {"data": {"still": "writable"}}, ns=name)
    talk.delete(NAMESPACE, name)
    talk.create(NAMESPACE, NAMESPACE.object(name))
    talk.patch(NAMESPACE, name, {"metadata": {"labels": {"x": "y"}}}, quiet=True)
    talk.patch(CONFIG_MAP, "m", {"metadata": {"finalizers": None}}, ns=name)
    talk.note("it goes", talk.gone(NAMESPACE, name))


@BOOK.case("namespace held by its own finalizers")
def _(talk):
    name = talk.ns + "-own"
    talk.create(NAMESPACE, NAMESPACE.object(name, {"finalizers": ["a.example/wait"]}))
    talk.delete(NAMESPACE, name)
    talk.eventually(lambda: not (talk.get(NAMESPACE, name, quiet=True).body.get("spec") or {}).get("finalizers"))
    found = talk.get(NAMESPACE, name).ok()
    talk.update(NAMESPACE, name, edit(found, ("metadata", "finalizers"), []))
    talk.note("it goes", talk.gone(NAMESPACE, name))



@BOOK.case("namespaces that are kept")
def _(talk):
    for name in ("default", "kube-system", "kube-public"):
        talk.delete(NAMESPACE, name)
