"""What is not there, not allowed, not understood: the forms of refusal."""

from cases import Book
from kinds import CONFIG_MAP, DEPLOYMENT, GATEWAY, NAMESPACE, SECRET, SERVICE, WRITTEN, sample
from talk import APPLY

BOOK = Book("errors")

PATHS = [
    "/nothing",
    "/api/v2",
    "/api/v1/nothing",
    "/api/v1/namespaces/default/nothing",
    "/api/v1/namespaces/default/nothing/x",
    "/apis/no.such.group",
    "/apis/no.such.group/v1",
    "/apis/no.such.group/v1/things",
    "/apis/apps/v9/deployments",
    "/apis/apps/v1/nothing",
    "/apis/apps/v1/namespaces/default/nothing",
    "/apis/apps/v1/namespaces/default/deployments/none",
    "/apis/apps/v1/namespaces/default/deployments/none/scale",
    "/apis/apps/v1/namespaces/default/deployments/none/nothing",
    "/apis/networking.istio.io/v1beta1/namespaces/default/gateways/none",
    "/apis/networking.istio.io/v1beta1/namespaces/default/nothing",
    "/apis/networking.istio.io/v9/gateways",
    "/api/v1/namespaces/none",
    "/api/v1/namespaces/no-such/configmaps",
    "/api/v1/namespaces/no-such/configmaps/x",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/none",
    "/api/v1/namespaces/default/secrets/none",
    "/api/v1/namespaces/default/pods/none/log",
    "/api/v1/namespaces/default/services/none/status",
    "/api/v1/clusterroles",
    "/apis/apps/v1/namespaces/default/configmaps",
    "/api/v1/configmaps/x",
    "/openapi",
    "/metrics/nothing",
    "/apis/networking.istio.io/v1beta1/namespaces/default/gateways/none/status",
    "/api/v1/namespaces/default/configmaps/none/status",
]
for PATH in PATHS:

    def missing(talk, path=PATH):
        talk.send("GET", path)
        talk.send("DELETE", path)
        talk.send("PATCH", path, "{}", Content_Type=APPLY, query={"fieldManager": "x"})
        talk.send("PUT", path, {})
        talk.send("POST", path, {})

    BOOK.add(f"path: {PATH}", missing, namespace=False)


for KIND in WRITTEN:

    def methods(talk, kind=KIND):
        """Verbs at places that do not have them."""
        name = f"{talk.ns}-x"
        talk.send("PUT", talk.path(kind), sample(kind, name))
        talk.send("PATCH", talk.path(kind), "{}", Content_Type="application/merge-patch+json")
        talk.send("POST", talk.path(kind, name), sample(kind, name))
        talk.send("OPTIONS", talk.path(kind))
        talk.send("BREW", talk.path(kind))
        if kind.namespaced:
            talk.send("PUT", kind.everywhere, {})
            talk.send("POST", kind.everywhere, sample(kind, name), query={"dryRun": "All"})
            talk.send("DELETE", kind.everywhere)

    BOOK.add(f"{KIND}/methods", methods)

    def bodies(talk, kind=KIND):
        """Bodies that are no object of this kind."""
        good = sample(kind, f"{talk.ns}-x")
        for body in ("", "{", "[]", "null", "text", "1", "{}"):
            talk.send("POST", talk.path(kind), body, query={"dryRun": "All"})
        for change in (
            {"kind": "Other"},
            {"apiVersion": "v9"},
            {"apiVersion": "no.such/v1"},
            {"kind": ""},
            {"apiVersion": ""},
            {"metadata": None},
            {"metadata": []},
            {"metadata": {}},
        ):
            talk.send("POST", talk.path(kind), {**good, **change}, query={"dryRun": "All"})
        talk.send("POST", talk.path(kind), {"apiVersion": "v1", "kind": "List", "items": []})
        for form in ("text/plain", "application/xml", "nonsense", "application/json; charset=utf-8", APPLY):
            talk.send("POST", talk.path(kind), good, query={"dryRun": "All"}, Content_Type=form)

    BOOK.add(f"{KIND}/bodies", bodies)


@BOOK.case("yaml bodies")
def _(talk):
    text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: y\ndata:\n  a: "1"\n'
    talk.send("POST", talk.path(CONFIG_MAP), text, Content_Type="application/yaml")
    talk.send("PATCH", talk.path(CONFIG_MAP, "y"), text, Content_Type=APPLY, query={"fieldManager": "y"})
    talk.send(
        "PATCH",
        talk.path(CONFIG_MAP, "y"),
        "apiVersion: v1\nkind: ConfigMap\ndata: {b: 2}\n",
        Content_Type=APPLY,
        query={"fieldManager": "y"},
    )
    talk.send("PATCH", talk.path(CONFIG_MAP, "y"), "a: [\n", Content_Type=APPLY, query={"fieldManager": "y"})
    talk.send(
        "PATCH",
        talk.path(GATEWAY, "g"),
        "apiVersion: networking.istio.io/v1beta1\nkind: Gateway\nspec:\n  selector: {a: b}\n",
        Content_Type=APPLY,
        query={"fieldManager": "y"},
    )


QUERIES = [
    "dryRun=",
    "dryRun=all",
    "fieldValidation=strict",
    "fieldManager=",
    "force=maybe",
    "timeout=1s",
    "timeout=x",
    "nonsense=1",
    "watch=maybe",
    "limit=1.5",
    "timeoutSeconds=-1",
]
for QUERY in QUERIES:

    def queried(talk, query=QUERY):
        body = sample(CONFIG_MAP, "q")
        talk.send("POST", talk.path(CONFIG_MAP) + "?" + query, body)
        talk.send("PATCH", talk.path(CONFIG_MAP, "q") + "?fieldManager=x&" + query, body, Content_Type=APPLY)
        talk.send("PUT", talk.path(CONFIG_MAP, "q") + "?" + query, body)
        if not query.startswith(("watch", "timeoutSeconds")):
            talk.send("GET", talk.path(CONFIG_MAP) + "?labelSelector=app&" + query)
        talk.send("GET", talk.path(CONFIG_MAP, "q") + "?" + query)
        talk.send("DELETE", talk.path(CONFIG_MAP, "q") + "?" + query)

    BOOK.add(f"query: {QUERY}", queried)


@BOOK.case("force without apply")
def _(talk):
    talk.create(CONFIG_MAP, sample(CONFIG_MAP, "m"))
    talk.patch(CONFIG_MAP, "m", {"data": {"a": "2"}}, force=True)
    talk.patch(CONFIG_MAP, "m", [], "application/json-patch+json", force=True)
    talk.patch(DEPLOYMENT, "none", {}, force=True)


@BOOK.case("many faults in one object")
def _(talk):
    body = sample(DEPLOYMENT, "web")
    container = body["spec"]["template"]["spec"]["containers"][0]
    container["ports"][0]["containerPort"] = 99999
    container["env"][0]["name"] = "a b"
    container["resources"]["requests"]["cpu"] = "4"
    body["spec"]["replicas"] = -1
    body["spec"]["template"]["metadata"]["labels"]["bad key"] = "x"
    talk.create(DEPLOYMENT, body)
    talk.apply(DEPLOYMENT, body)
    container["resources"]["limits"]["cpu"] = "lots"
    talk.create(DEPLOYMENT, body)
    service = sample(SERVICE, "web")
    service["spec"].update(
        type="Nonsense", sessionAffinity="Maybe", ports=[{"port": 0}, {"port": 1, "protocol": "ICMP", "name": "UPPER"}]
    )
    talk.create(SERVICE, service)


@BOOK.case("headers of answers")
def _(talk):
    answer = talk.send("GET", "/api/v1/namespaces/" + talk.ns)
    for name in (
        "audit-id",
        "date",
        "content-length",
    ):
        talk.note(f"has {name}", name in answer.headers)
    talk.send("GET", "/api/v1/namespaces/" + talk.ns + "/")
    talk.send("GET", "//api/v1/namespaces/" + talk.ns)


@BOOK.case("the same name in another kind")
def _(talk):
    for kind in (CONFIG_MAP, SECRET, SERVICE, GATEWAY):
        talk.create(kind, sample(kind, "same"))
    talk.delete(SECRET, "same")
    talk.get(SECRET, "same")
    talk.get(CONFIG_MAP, "same")
    talk.get(NAMESPACE, "same-" + talk.ns)
