"""GET and LIST: selectors, paging, versions, metadata alone, tables."""

import base64
import json

from cases import Book
from cases_apply import name_of
from kinds import (
    ACCOUNT,
    AUTOSCALER,
    BUDGET,
    CLUSTER_ROLE,
    CONFIG_MAP,
    DEPLOYMENT,
    ENDPOINTS,
    EVENT,
    GATEWAY,
    GATEWAY_V1,
    LEASE,
    NAMESPACE,
    POD,
    REPLICA_SET,
    ROLE,
    ROLE_BINDING,
    SECRET,
    SERVICE,
    SLICE,
    WRITTEN,
    sample,
)
from talk import METADATA, METADATA_LIST

BOOK = Book("read")

ITEMS = {
    "a": {"env": "prod", "tier": "web"},
    "b": {"env": "prod"},
    "c": {"env": "test", "tier": "db"},
    "d": {},
    "e": {"env": "dev", "n": "5"},
}


def five(talk, kind=CONFIG_MAP):
    """Five objects with labels; what controllers make beside them is kept out by the label `of`."""
    for name, labels in ITEMS.items():
        body = sample(kind, f"{talk.ns}-{name}", labels={**labels, "of": talk.ns})
        talk.create(kind, body, quiet=True).ok()


SELECTORS = [
    "",
    "env=prod",
    "env==prod",
    "env!=prod",
    "env in (prod,test)",
    "env notin (prod, test)",
    "env",
    "!env",
    "env,tier",
    "env=prod,tier!=web",
    "n=5",
    "n>4",
    "n<5",
    "n>x",
    "env=",
    "env in ()",
    "env in (prod",
    "=x",
    "a b",
    "env===x",
    "tier in (web),env",
    "!!env",
    "x/y/z=1",
    "env=p@d",
]
for TEXT in SELECTORS:

    def labelled(talk, text=TEXT):
        five(talk)
        for kind in (CONFIG_MAP, SECRET):
            talk.list(kind, labelSelector=",".join(part for part in (f"of={talk.ns}", text) if part))
        talk.list(GATEWAY, labelSelector=text)

    BOOK.add(f"label selector: {TEXT}", labelled)

FIELDS = [
    "metadata.name=a",
    "metadata.name!=kube-root-ca.crt",
    "metadata.namespace=default",
    "data.a=1",
    "type=Opaque",
    "metadata.name in (a)",
    "metadata.name",
    "metadata.labels.env=prod",
    "metadata.name=a,metadata.namespace=b",
    "status.phase=Running",
    "spec.nodeName=x",
    "=",
    "involvedObject.name=x",
]
for TEXT in FIELDS:

    def fielded(talk, text=TEXT):
        five(talk)
        text = text.replace("name=a", f"name={talk.ns}-a")
        for kind in (CONFIG_MAP, SECRET, GATEWAY, POD, SERVICE, EVENT, DEPLOYMENT):
            talk.list(kind, fieldSelector=text)

    BOOK.add(f"field selector: {TEXT}", fielded)


def paged(kind):
    def run(talk):
        five(talk, kind)
        first = talk.list(kind, limit=2, labelSelector="of=" + talk.ns) if not kind.namespaced else talk.list(kind, limit=2)
        query = {} if kind.namespaced else {"labelSelector": "of=" + talk.ns}
        second = talk.list(kind, limit=2, **query, **{"continue": first.meta.get("continue", "")})
        talk.note("one version through all pages", first.version == second.version)
        talk.list(kind, **query, **{"continue": second.meta.get("continue", "")})
        talk.list(kind, limit=100, **query)
        talk.list(kind, limit=0, **query)
        talk.list(kind, limit=2, Accept=METADATA_LIST, **query)

    return run


for KIND in (CONFIG_MAP, SECRET, GATEWAY, SERVICE, CLUSTER_ROLE, NAMESPACE):
    BOOK.add(f"{KIND}/pages", paged(KIND))


@BOOK.case("pages of a list that changes")
def _(talk):
    five(talk, SECRET)
    first = talk.list(SECRET, limit=2)
    talk.delete(SECRET, f"{talk.ns}-d", quiet=True)
    talk.create(SECRET, SECRET.object(f"{talk.ns}-bb"), quiet=True)
    talk.list(SECRET, limit=10, **{"continue": first.meta.get("continue", "")})
    talk.list(SECRET)


@BOOK.case("pages that are asked for wrongly")
def _(talk):
    five(talk, SECRET)
    first = talk.list(SECRET, limit=2)
    token = first.meta.get("continue", "")
    talk.list(SECRET, limit=2, **{"continue": "nonsense"})
    talk.list(SECRET, limit=2, **{"continue": base64.b64encode(b"{}").decode().rstrip("=")})
    talk.list(SECRET, limit=2, resourceVersion="0", **{"continue": token})
    talk.list(SECRET, limit=2, resourceVersion="5", **{"continue": token})
    talk.list(SECRET, limit="x")
    talk.list(SECRET, limit=-1)
    old = json.loads(base64.urlsafe_b64decode(token + "=="))
    old["rv"] = 1
    old = base64.urlsafe_b64encode(json.dumps(old).encode()).decode().rstrip("=")
    talk.list(SECRET, limit=2, fieldSelector="metadata.name!=x", **{"continue": token})
    talk.note("fields of the token", sorted(json.loads(base64.urlsafe_b64decode(token + "=="))))


VERSIONS = {
    "zero": {"resourceVersion": "0"},
    "exact without version": {"resourceVersionMatch": "Exact"},
    "not older than zero": {"resourceVersion": "0", "resourceVersionMatch": "NotOlderThan"},
    "exact zero": {"resourceVersion": "0", "resourceVersionMatch": "Exact"},
    "text": {"resourceVersion": "abc"},
    "unknown match": {"resourceVersion": "1", "resourceVersionMatch": "Sometimes"},
    "negative": {"resourceVersion": "-1"},
    "not older than one": {"resourceVersion": "1", "resourceVersionMatch": "NotOlderThan"},
    "initial events without watch": {"sendInitialEvents": "true"},
}
for WORD, QUERY in VERSIONS.items():

    def versioned(talk, query=QUERY):
        five(talk, SECRET)
        talk.list(SECRET)  # also makes the caches of the real server catch up
        talk.list(SECRET, **query)
        talk.get(SECRET, f"{talk.ns}-a", **{k: v for k, v in query.items() if k == "resourceVersion"})
        talk.list(GATEWAY, **query)

    BOOK.add(f"version: {WORD}", versioned)


@BOOK.case("version: the present one")
def _(talk):
    five(talk, SECRET)
    version = talk.list(SECRET).version
    talk.list(SECRET, resourceVersion=version, resourceVersionMatch="Exact")
    talk.list(SECRET, resourceVersion=version, resourceVersionMatch="NotOlderThan")
    talk.delete(SECRET, f"{talk.ns}-a", quiet=True)
    talk.list(SECRET, resourceVersion=version, resourceVersionMatch="Exact")
    talk.list(SECRET, resourceVersion=version)


@BOOK.case("version: of the future")
def _(talk):
    talk.list(SECRET, resourceVersion="999999999999")
    talk.get(CONFIG_MAP, "kube-root-ca.crt", resourceVersion="999999999999")


def metadata_only(kind):
    def run(talk):
        name = name_of(talk)
        talk.create(kind, sample(kind, name))
        talk.get(kind, name, Accept=METADATA)
        talk.get(kind, name, Accept=METADATA + ",application/json")
        query = {"labelSelector": "app=web"} if kind.namespaced else {"fieldSelector": "metadata.name=" + name}
        talk.list(kind, Accept=METADATA_LIST, **query)
        talk.get(kind, name + "-none", Accept=METADATA)
        talk.patch(kind, name, {"metadata": {"labels": {"x": "y"}}}, Accept=METADATA)
        talk.delete(kind, name, Accept=METADATA)

    return run


for KIND in WRITTEN:
    BOOK.add(f"{KIND}/metadata only", metadata_only(KIND))

ACCEPTS = [
    "*/*",
    "",
    "text/html",
    "application/json;as=Other;g=meta.k8s.io;v=v1",
    "application/json;as=Table;g=meta.k8s.io;v=v9",
    "application/json;stream=watch",
    "application/json; charset=utf-8",
    "application/xml,application/json",
]
for TEXT in ACCEPTS:

    def accepted(talk, text=TEXT):
        for kind in (CONFIG_MAP, GATEWAY):
            talk.create(kind, sample(kind, "x"))
            talk.get(kind, "x", Accept=text)
            talk.list(kind, labelSelector="app=web", Accept=text)

    BOOK.add(f"accept: {TEXT}", accepted)


@BOOK.case("pretty or not")
def _(talk):
    talk.create(CONFIG_MAP, sample(CONFIG_MAP, "x"))
    for query in ({"pretty": "true"}, {"pretty": "1"}, {"pretty": "false"}):
        answer = talk.get(CONFIG_MAP, "x", **query)
        talk.note(f"lines with {query}", min(answer.text.count("\n"), 2))


@BOOK.case("lists everywhere")
def _(talk):
    five(talk)
    for kind in (CONFIG_MAP, SECRET, SERVICE, GATEWAY):
        talk.send("GET", kind.everywhere + f"?fieldSelector=metadata.namespace%3D{talk.ns}")
        talk.send("GET", kind.everywhere + f"?labelSelector=of%3D{talk.ns}")


@BOOK.case("empty lists")
def _(talk):
    for kind in (
        SECRET,
        SERVICE,
        POD,
        DEPLOYMENT,
        REPLICA_SET,
        AUTOSCALER,
        BUDGET,
        ROLE,
        ROLE_BINDING,
        LEASE,
        SLICE,
        ENDPOINTS,
        GATEWAY,
        EVENT,
    ):
        talk.list(kind)
        talk.list(kind, Accept=METADATA_LIST)


@BOOK.case("two versions of one object")
def _(talk):
    talk.create(GATEWAY, sample(GATEWAY, "g"))
    talk.get(GATEWAY_V1, "g")
    talk.apply(GATEWAY_V1, GATEWAY_V1.object("g", spec={"selector": {"x": "y"}}), "v1er")
    talk.apply(GATEWAY_V1, GATEWAY_V1.object("g", spec={"selector": {"x": "y"}}), "v1er", force=True)
    talk.get(GATEWAY, "g")


@BOOK.case("accounts and their secrets")
def _(talk):
    talk.list(ACCOUNT)
