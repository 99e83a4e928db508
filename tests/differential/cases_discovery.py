"""What a client learns about the server before it asks for anything."""

from cases import Book
from kinds import (
    ACCOUNT,
    AUTOSCALER,
    BUDGET,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    DEFINITION,
    DEPLOYMENT,
    ENDPOINTS,
    EVENT,
    GATEWAY,
    LEASE,
    NAMESPACE,
    NODE,
    POD,
    REPLICA_SET,
    ROLE,
    ROLE_BINDING,
    SECRET,
    SERVICE,
    SLICE,
    VIRTUAL_SERVICE,
)

BOOK = Book("discovery")
KINDS = [
    ACCOUNT,
    AUTOSCALER,
    BUDGET,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    DEFINITION,
    DEPLOYMENT,
    ENDPOINTS,
    EVENT,
    GATEWAY,
    LEASE,
    NAMESPACE,
    NODE,
    POD,
    REPLICA_SET,
    ROLE,
    ROLE_BINDING,
    SECRET,
    SERVICE,
    SLICE,
    VIRTUAL_SERVICE,
]
GROUPS = sorted(
    {kind.api_version.split("/")[0] for kind in KINDS if "/" in kind.api_version}
    | {
        "authentication.k8s.io",
        "authorization.k8s.io",
        "admissionregistration.k8s.io",
        "security.istio.io",
        "telemetry.istio.io",
    }
)
AGGREGATED = "application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList,application/json"
VOLATILE = ("storageVersionHash",)  # follows from the storage version, by a hash that nobody reads


def clean(entry):
    return {key: value for key, value in entry.items() if key not in VOLATILE}


@BOOK.case("version", namespace=False)
def _(talk):
    answer = talk.send("GET", "/version", quiet=True)
    talk.note("keys", sorted(answer.body))
    talk.note(
        "version",
        {key: answer.body.get(key) for key in ("major", "minor", "gitVersion", "gitTreeState", "platform", "compiler")},
    )
    talk.note("content type", answer.headers.get("content-type"))


@BOOK.case("groups", namespace=False)
def _(talk):
    core = talk.send("GET", "/api", quiet=True).body
    talk.note("core", {key: core.get(key) for key in ("kind", "versions")})
    listed = talk.send("GET", "/apis", quiet=True).body
    talk.note("list", {key: listed.get(key) for key in ("kind", "apiVersion")})
    found = {group["name"]: group for group in listed["groups"]}
    for name in GROUPS:
        talk.note(name, found.get(name))
        talk.send("GET", f"/apis/{name}")
        talk.send("GET", f"/apis/{name}/")


for KIND in KINDS:

    def resource(talk, kind=KIND):
        path = kind.everywhere.rsplit("/", 1)[0]
        body = talk.send("GET", path, quiet=True).body or {}
        talk.note("list", {key: body.get(key) for key in ("kind", "apiVersion", "groupVersion")})
        for entry in body.get("resources", []):
            if entry["name"].split("/")[0] == kind.plural:
                talk.note(entry["name"], clean(entry))
        group, _, version = kind.api_version.rpartition("/")
        listed = talk.send("GET", "/apis" if group else "/api", quiet=True, Accept=AGGREGATED)
        talk.note("content type", listed.headers.get("content-type"))
        for item in (listed.body or {}).get("items", []):
            if item["metadata"].get("name", "") == group:
                talk.note("versions", [v["version"] for v in item["versions"]])
                resources = [r for v in item["versions"] if v["version"] == version for r in v["resources"]]
                talk.note("resource", [clean(r) for r in resources if r["resource"] == kind.plural])

    BOOK.add(f"{KIND.name}", resource, namespace=False)


@BOOK.case("health", namespace=False)
def _(talk):
    for path in ("/healthz", "/livez", "/readyz"):
        answer = talk.send("GET", path, quiet=True)
        talk.note(
            path,
            {
                "status": answer.status,
                "type": answer.headers.get("content-type"),
                "text": answer.text if "verbose" not in path else "",
            },
        )


@BOOK.case("definitions", namespace=False)
def _(talk):
    for name in ("gateways.networking.istio.io", "virtualservices.networking.istio.io"):
        body = talk.get(DEFINITION, name, quiet=True).body or {}
        spec = body.get("spec") or {}
        talk.note(
            name,
            {
                "names": spec.get("names"),
                "scope": spec.get("scope"),
                "group": spec.get("group"),
                "versions": [(v["name"], v["served"], v["storage"]) for v in spec.get("versions", [])],
            },
        )
        talk.note("conditions", sorted((c["type"], c["status"]) for c in (body.get("status") or {}).get("conditions", [])))
