"""Who may do what: tokens, RBAC as it is enforced, reviews."""

import json

from cases import Book
from kinds import (
    ACCOUNT,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    DEPLOYMENT,
    GATEWAY,
    NAMESPACE,
    POD,
    ROLE,
    ROLE_BINDING,
    SECRET,
    SERVICE,
)
from talk import APPLY, METADATA_LIST

BOOK = Book("access")
GROUP = "rbac.authorization.k8s.io"
AUTHENTICATION, AUTHORIZATION = "/apis/authentication.k8s.io/v1", "/apis/authorization.k8s.io/v1"


def token(talk, account="robot", quiet=True, **spec):
    """Asks for a token of an account; makes the account when there is none."""
    if talk.get(ACCOUNT, account, quiet=True).status == 404:
        talk.create(ACCOUNT, ACCOUNT.object(account), quiet=True).ok()
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": [], **spec}}
    answer = talk.send("POST", talk.path(ACCOUNT, account, sub="token"), body, quiet=quiet)
    status = (answer.body or {}).get("status")
    return status.get("token", "") if isinstance(status, dict) else ""


def rule(groups, resources, verbs, **more):
    return {"apiGroups": groups, "resources": resources, "verbs": verbs, **more}


def grant(talk, *rules, account="robot", cluster=False):
    """Gives an account rights in the namespace of the case, or everywhere."""
    name = f"{talk.ns}-grant" if cluster else "grant"
    subject = {"kind": "ServiceAccount", "name": account, "namespace": talk.ns}
    role, binding = (CLUSTER_ROLE, CLUSTER_ROLE_BINDING) if cluster else (ROLE, ROLE_BINDING)
    talk.apply(role, role.object(name, rules=list(rules)), "admin", quiet=True).ok()
    talk.apply(
        binding,
        binding.object(name, roleRef={"apiGroup": GROUP, "kind": role.name, "name": name}, subjects=[subject]),
        "admin",
        quiet=True,
    ).ok()


def ready(talk, key, method, path, seconds=5.0):
    """Waits until the grant has reached the real authorizer's cache."""
    talk.eventually(lambda: talk.api.request(method, path, token=key).status != 403, seconds)


def everything(talk, key):
    """One of each sort of request, as somebody."""
    maps = talk.path(CONFIG_MAP)
    body = CONFIG_MAP.object("m", data={"a": "1"})

    def say(*what, **how):
        return talk.send(*what, token=key, **how)

    say("GET", maps)
    say("GET", maps + "/m")
    say("POST", maps, body)
    say("PUT", maps + "/m", body)
    say("PATCH", maps + "/m", {"data": {"b": "2"}}, Content_Type="application/merge-patch+json")
    say("PATCH", maps + "/n", {**body, "metadata": {"name": "n"}}, Content_Type=APPLY, query={"fieldManager": "robot"})
    say(
        "PATCH",
        maps + "/n",
        {**body, "metadata": {"name": "n"}},
        Content_Type=APPLY,
        query={"fieldManager": "robot", "dryRun": "All"},
    )
    say("DELETE", maps + "/m")
    say("DELETE", maps + "?labelSelector=x")
    say("GET", maps + "?watch=1&timeoutSeconds=1&labelSelector=none")
    say("GET", CONFIG_MAP.everywhere)
    say("GET", NAMESPACE.everywhere)
    say("GET", NAMESPACE.everywhere + "/" + talk.ns)
    say("GET", talk.path(SECRET), Accept=METADATA_LIST)
    say("GET", talk.path(GATEWAY) + "/g")
    say("GET", talk.path(DEPLOYMENT) + "/d/scale")
    say("GET", talk.path(POD) + "/p/log")
    say("POST", talk.path(POD) + "/p/exec?command=ls")
    say("GET", "/metrics")
    say("GET", "/apis/no.such.group/v1/things")


RIGHTS = {
    "nothing": [],
    "read maps": [rule([""], ["configmaps"], ["get", "list", "watch"])],
    "write maps": [rule([""], ["configmaps"], ["create", "update", "patch", "delete"])],
    "patch without create": [rule([""], ["configmaps"], ["patch", "get"])],
    "one name": [rule([""], ["configmaps"], ["get", "update", "patch", "delete", "list", "watch"], resourceNames=["m"])],
    "all resources": [rule(["*"], ["*"], ["*"])],
    "all verbs of maps": [rule([""], ["configmaps"], ["*"])],
    "another group": [rule(["apps"], ["configmaps"], ["*"])],
    "subresource alone": [rule([""], ["pods/log", "pods/exec"], ["get", "create"]), rule(["apps"], ["*/scale"], ["get"])],
    "secrets and gateways": [rule([""], ["secrets"], ["list"]), rule(["networking.istio.io"], ["*"], ["get"])],
}
for WORD, RULES in RIGHTS.items():
    for WIDE in (False, True):

        def righted(talk, rules=RULES, wide=WIDE):
            talk.create(CONFIG_MAP, CONFIG_MAP.object("probe"), quiet=True)
            key = token(talk)
            grant(talk, rule([""], ["services"], ["get"]), *rules, cluster=wide)
            ready(talk, key, "GET", talk.path(SERVICE, "none"))
            everything(talk, key)

        # A list of what everybody can see is not the same on two servers.
        if not (WIDE and WORD in ("read maps", "all resources", "all verbs of maps", "one name")):
            BOOK.add(f"rights: {WORD}{' everywhere' if WIDE else ''}", righted)


@BOOK.case("nobody and strangers")
def _(talk):
    for key in ("", "nonsense", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", "a.b.c"):
        for path in (
            "/api/v1/namespaces/default",
            "/version",
            "/healthz",
            "/livez",
            "/readyz",
            "/api",
            "/apis",
            "/metrics",
            "/apis/apps/v1",
            "/apis/no.such/v1",
            "/nothing",
        ):
            if path in ("/version", "/api", "/apis", "/apis/apps/v1") and key == "":
                answer = talk.send("GET", path, token=key, quiet=True)
                talk.note(f"nobody gets {path}", answer.status)
            else:
                talk.send("GET", path, token=key)
    talk.send("GET", "/api/v1/namespaces/default", token="", Authorization="Basic eDp5")
    talk.send("POST", talk.path(CONFIG_MAP), CONFIG_MAP.object("x"), token="")


@BOOK.case("what every account may see")
def _(talk):
    key = token(talk)
    for path in ("/version", "/healthz", "/api", "/apis", "/api/v1", "/apis/apps/v1", "/openapi/v3", "/readyz", "/livez"):
        talk.note(path, talk.send("GET", path, token=key, quiet=True).status)
    talk.send("GET", "/logs", token=key)
    talk.send(
        "POST",
        AUTHORIZATION + "/selfsubjectaccessreviews",
        {"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}},
        token=key,
    )


@BOOK.case("token requests")
def _(talk):
    talk.create(ACCOUNT, ACCOUNT.object("robot"), quiet=True)
    for spec in (
        {},
        {"expirationSeconds": 600},
        {"expirationSeconds": 599},
        {"expirationSeconds": 86400 * 365},
        {"expirationSeconds": 1 << 33},
        {"audiences": ["a", "b"]},
    ):
        token(talk, quiet=False, **spec)
    path = talk.path(ACCOUNT, "robot", sub="token")
    talk.send("POST", path, {})
    talk.send("POST", path, "")
    talk.send("POST", path, {"apiVersion": "v1", "kind": "ConfigMap"})
    talk.send(
        "POST",
        path,
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": {"name": "other"}, "spec": {}},
    )
    talk.send("POST", talk.path(ACCOUNT, "none", sub="token"), {"spec": {}})
    talk.send("POST", path, {"spec": {}}, query={"dryRun": "All"})
    talk.send("GET", path)


@BOOK.case("token for another audience")
def _(talk):
    key = token(talk, audiences=["elsewhere"])
    talk.send("GET", "/api/v1/namespaces/default", token=key)


@BOOK.case("account deleted")
def _(talk):
    key = token(talk)
    talk.send("GET", talk.path(CONFIG_MAP, "x"), token=key)
    talk.delete(ACCOUNT, "robot", quiet=True)
    talk.eventually(lambda: talk.api.request("GET", "/version", token=key).status == 401)
    talk.send("GET", talk.path(CONFIG_MAP, "x"), token=key)
    talk.create(ACCOUNT, ACCOUNT.object("robot"), quiet=True)
    talk.send("GET", talk.path(CONFIG_MAP, "x"), token=key)


def filled(talk, name):
    talk.eventually(lambda: (talk.get(SECRET, name, quiet=True).body.get("data") or {}).get("token"))


@BOOK.case("token secret")
def _(talk):
    talk.create(ACCOUNT, ACCOUNT.object("robot"), quiet=True)
    body = SECRET.object(
        "key",
        {"annotations": {"kubernetes.io/service-account.name": "robot"}, "labels": {"x": "y"}},
        type="kubernetes.io/service-account-token",
    )
    talk.apply(SECRET, body)
    filled(talk, "key")
    found = talk.get(SECRET, "key").ok()
    talk.get(ACCOUNT, "robot")
    talk.apply(SECRET, body)
    import base64

    key = base64.b64decode(found["data"]["token"]).decode()
    talk.send("GET", talk.path(CONFIG_MAP, "x"), token=key)
    talk.get(SECRET, "key", quiet=True)
    talk.patch(SECRET, "key", {"data": {"token": None}}, quiet=True)
    filled(talk, "key")
    talk.note("it is filled again", sorted(talk.get(SECRET, "key", quiet=True).body["data"]))
    talk.patch(SECRET, "key", {"metadata": {"annotations": {"kubernetes.io/service-account.name": "other"}}})
    talk.delete(SECRET, "key", quiet=True)
    talk.eventually(lambda: talk.api.request("GET", "/version", token=key).status == 401)
    talk.send("GET", talk.path(CONFIG_MAP, "x"), token=key)


@BOOK.case("token secret and its account")
def _(talk):
    talk.create(
        SECRET,
        SECRET.object(
            "lost",
            {"annotations": {"kubernetes.io/service-account.name": "nobody"}},
            type="kubernetes.io/service-account-token",
        ),
    )
    talk.note("the one without account goes", talk.gone(SECRET, "lost"))
    talk.create(ACCOUNT, ACCOUNT.object("robot"), quiet=True)
    talk.create(
        SECRET,
        SECRET.object(
            "key",
            {"annotations": {"kubernetes.io/service-account.name": "robot"}},
            type="kubernetes.io/service-account-token",
        ),
    )
    filled(talk, "key")
    talk.delete(ACCOUNT, "robot")
    talk.note("the other goes with its account", talk.gone(SECRET, "key"))


# Reviews

ATTRIBUTES = [
    {"verb": "get", "resource": "configmaps"},
    {"verb": "list", "resource": "secrets"},
    {"verb": "*", "resource": "*", "group": "*"},
    {"verb": "get", "resource": "configmaps", "name": "x"},
    {"verb": "get", "resource": "pods", "subresource": "log"},
    {"verb": "create", "resource": "deployments", "group": "apps"},
    {"verb": "watch", "group": "networking.istio.io", "resource": "gateways", "version": "v1"},
]


@BOOK.case("self subject access reviews")
def _(talk):
    key = token(talk)
    grant(talk, rule([""], ["configmaps"], ["get"]), rule(["networking.istio.io"], ["gateways"], ["watch"]))
    ready(talk, key, "GET", talk.path(CONFIG_MAP, "x"))
    path = AUTHORIZATION + "/selfsubjectaccessreviews"
    for attributes in ATTRIBUTES:
        for namespace in (talk.ns, "", "default"):
            body = {
                "apiVersion": "authorization.k8s.io/v1",
                "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": {**attributes, "namespace": namespace}},
            }
            talk.send("POST", path, body, token=key)
    talk.send("POST", path, {"spec": {"nonResourceAttributes": {"path": "/api", "verb": "get"}}}, token=key)
    talk.send("POST", path, {"spec": {"nonResourceAttributes": {"path": "/metrics", "verb": "get"}}}, token=key)
    talk.send("POST", path, {"spec": {}}, token=key)
    talk.send(
        "POST", path, {"spec": {"nonResourceAttributes": {"path": "/x"}, "resourceAttributes": {"verb": "get"}}}, token=key
    )
    talk.send("POST", path, {"metadata": {"name": "x"}, "spec": {"resourceAttributes": {"verb": "get"}}}, token=key)
    talk.send("GET", path, token=key)


@BOOK.case("self subject rules reviews")
def _(talk):
    key = token(talk)
    grant(talk, rule([""], ["configmaps"], ["get", "list"]), rule(["apps"], ["deployments"], ["get"], resourceNames=["x"]))
    ready(talk, key, "GET", talk.path(CONFIG_MAP, "x"))
    for spec in ({"namespace": talk.ns}, {"namespace": "default"}):
        answer = talk.send("POST", AUTHORIZATION + "/selfsubjectrulesreviews", {"spec": spec}, token=key, quiet=True)
        body = answer.body
        for name in ("resourceRules", "nonResourceRules"):  # in the order of a cache
            body["status"][name] = sorted(body["status"][name], key=lambda r: json.dumps(r, sort_keys=True))
        talk.note(f"rules in {spec}", body)
    talk.send("POST", AUTHORIZATION + "/selfsubjectrulesreviews", {"spec": {}}, token=key)


@BOOK.case("who am I")
def _(talk):
    key = token(talk)
    talk.send(
        "POST",
        AUTHENTICATION + "/selfsubjectreviews",
        {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"},
        token=key,
    )
    talk.send("POST", AUTHENTICATION + "/selfsubjectreviews", {}, token="")


@BOOK.case("no escalation")
def _(talk):
    key = token(talk)
    grant(talk, rule([GROUP], ["roles", "rolebindings"], ["*"]), rule([""], ["configmaps"], ["get"]))
    ready(talk, key, "GET", talk.path(ROLE, "none"))

    def say(kind, body):
        return talk.send("POST", talk.path(kind), body, token=key)

    say(ROLE, ROLE.object("same", rules=[rule([""], ["configmaps"], ["get"])]))
    say(ROLE, ROLE.object("more", rules=[rule([""], ["configmaps"], ["get", "delete"])]))
    say(ROLE, ROLE.object("all", rules=[rule(["*"], ["*"], ["*"])]))

    def binding(name, kind, role):
        return ROLE_BINDING.object(
            name,
            roleRef={"apiGroup": GROUP, "kind": kind, "name": role},
            subjects=[{"kind": "User", "name": "anna", "apiGroup": GROUP}],
        )

    say(ROLE_BINDING, binding("same", "Role", "same"))
    say(ROLE_BINDING, binding("none", "Role", "none"))
    say(ROLE_BINDING, binding("admin", "ClusterRole", "cluster-admin"))
    talk.send(
        "PATCH",
        talk.path(ROLE, "same"),
        ROLE.object("same", rules=[rule([""], ["pods"], ["get"])]),
        token=key,
        Content_Type=APPLY,
        query={"fieldManager": "robot", "force": "true"},
    )


@BOOK.case("impersonation")
def _(talk):
    key = token(talk)
    talk.send("GET", talk.path(CONFIG_MAP, "x"), token=key, Impersonate_User="anna")
    talk.send("GET", talk.path(CONFIG_MAP, "x"), Impersonate_User="anna")
    talk.send("GET", talk.path(CONFIG_MAP, "x"), Impersonate_User="anna", Impersonate_Group="system:masters")
    talk.send("POST", AUTHENTICATION + "/selfsubjectreviews", {}, Impersonate_User="anna", Impersonate_Group="team")
    talk.send("GET", talk.path(CONFIG_MAP, "x"), Impersonate_Group="team")


@BOOK.case("bindings to groups and users")
def _(talk):
    key = token(talk)
    talk.create(ROLE, ROLE.object("r", rules=[rule([""], ["configmaps"], ["get"])]), quiet=True)
    for index, subject in enumerate(
        (
            {"kind": "Group", "name": f"system:serviceaccounts:{talk.ns}", "apiGroup": GROUP},
            {"kind": "User", "name": f"system:serviceaccount:{talk.ns}:robot", "apiGroup": GROUP},
            {"kind": "Group", "name": "system:authenticated", "apiGroup": GROUP},
        )
    ):
        talk.send("GET", talk.path(CONFIG_MAP, "x"), token=key)
        talk.create(
            ROLE_BINDING,
            ROLE_BINDING.object("b", roleRef={"apiGroup": GROUP, "kind": "Role", "name": "r"}, subjects=[subject]),
        )
        ready(talk, key, "GET", talk.path(CONFIG_MAP, "x"))
        talk.send("GET", talk.path(CONFIG_MAP, "x"), token=key)
        talk.delete(ROLE_BINDING, "b", quiet=True)
        talk.eventually(lambda: talk.api.request("GET", talk.path(CONFIG_MAP, "x"), token=key).status == 403)
        talk.note("round", index)


@BOOK.case("aggregated roles")
def _(talk):
    label = f"{talk.ns}.example/aggregate"
    talk.create(
        CLUSTER_ROLE,
        CLUSTER_ROLE.object(
            f"{talk.ns}-sum", aggregationRule={"clusterRoleSelectors": [{"matchLabels": {label: "yes"}}]}, rules=[]
        ),
    )
    talk.create(
        CLUSTER_ROLE,
        CLUSTER_ROLE.object(f"{talk.ns}-part", {"labels": {label: "yes"}}, rules=[rule([""], ["configmaps"], ["get"])]),
    )
    talk.eventually(lambda: talk.get(CLUSTER_ROLE, f"{talk.ns}-sum", quiet=True).body.get("rules"))
    talk.get(CLUSTER_ROLE, f"{talk.ns}-sum")


@BOOK.case("roles that every cluster has")
def _(talk):
    for name in ("cluster-admin", "system:discovery", "system:basic-user", "system:public-info-viewer"):
        answer = talk.get(CLUSTER_ROLE, name, quiet=True)
        talk.note(name, {"status": answer.status, "rules": (answer.body or {}).get("rules")})
    for name in ("cluster-admin", "system:discovery", "system:basic-user", "system:public-info-viewer"):
        answer = talk.get(CLUSTER_ROLE_BINDING, name, quiet=True)
        talk.note(f"binding {name}", {key: (answer.body or {}).get(key) for key in ("roleRef", "subjects")})
