#!/usr/bin/env python3
"""Writes schemas.json: the types of the kinds that the simulator serves, as a real API server publishes them.

    GO=$(tests/realcluster/toolchain.sh) tests/realcluster/run.sh -- python3 providers/simulator/apimachinery/schema/extract_schema.py

Types, merge rules and key defaults come from /openapi/v3. What OpenAPI does not tell, namely which members a Go type leaves
out when empty, comes from the same release's Go sources, found with `go list` in tests/realcluster ($GO, or go on PATH).

Shape of the file: {"types": {NAME: TYPE}, "kinds": {"GROUP/VERSION/KIND": NAME}}
  TYPE    a name of `types`, or one of "text boolean int32 int64 number int_or_text quantity time micro_time bytes any",
          or an object:
          {"list": TYPE, "by": "set" | [key…]}     no "by": atomic
          {"map": TYPE, "atomic": true?}
          {"fields": {NAME: FIELD}, "atomic": true?, "keep": true?, "name": "DeploymentSpec"?, "required": […]?}
          {"scalar": SCALAR, …limits}              of custom resources: enum, minimum, maximum, minLength, maxLength, pattern
  FIELD   TYPE, or {"t": TYPE, "d": default, "p": patch strategy, "m": merge key, "o": 1 (left out when empty),
          "z": value when nobody gave one, "g": Go type of a scalar}
"""

import base64
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../../.."))
BUILT_IN = {
    "api/v1": ["Namespace", "Node", "ConfigMap", "Secret", "Service", "ServiceAccount", "Endpoints", "Pod", "Event",
               "ReplicationController"],
    "apis/apps/v1": ["Deployment", "ReplicaSet"],
    "apis/autoscaling/v1": ["HorizontalPodAutoscaler"],
    "apis/autoscaling/v2": ["HorizontalPodAutoscaler"],
    "apis/policy/v1": ["PodDisruptionBudget"],
    "apis/rbac.authorization.k8s.io/v1": ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"],
    "apis/coordination.k8s.io/v1": ["Lease"],
    "apis/discovery.k8s.io/v1": ["EndpointSlice"],
    "apis/events.k8s.io/v1": ["Event"],
    "apis/apiextensions.k8s.io/v1": ["CustomResourceDefinition"],
    "apis/admissionregistration.k8s.io/v1": ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
    "apis/authentication.k8s.io/v1": ["TokenReview", "SelfSubjectReview"],
    "apis/authorization.k8s.io/v1": ["SubjectAccessReview", "LocalSubjectAccessReview", "SelfSubjectAccessReview",
                                     "SelfSubjectRulesReview"],
}
# Kinds of subresources, published beside the resource they belong to.
BESIDE = {
    "io.k8s.api.authentication.v1.TokenRequest": "authentication.k8s.io/v1/TokenRequest",
    "io.k8s.api.policy.v1.Eviction": "policy/v1/Eviction",
    "io.k8s.api.autoscaling.v1.Scale": "autoscaling/v1/Scale",
    "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions": "meta.k8s.io/v1/DeleteOptions",
}
CUSTOM_GROUPS = ("networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io")
# Not on that server: fleet memberships as GKE's hub agent defines them.
MEMBERSHIP = {"type": "object", "properties": {
    "apiVersion": {"type": "string"}, "kind": {"type": "string"},
    "metadata": {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"},
    "spec": {"type": "object", "properties": {
        "owner": {"type": "object", "properties": {"id": {"type": "string"}}},
        "identity_provider": {"type": "string"}, "workload_identity_pool": {"type": "string"}}}}}
LIMITS = ("enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern")
OPAQUE = {
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "micro_time",
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int_or_text",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": {"scalar": "any", "atomic": True},
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": {"scalar": "any", "atomic": True},
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "any",
}


def connect():
    with open(os.path.join(os.environ["MESH_TEST_DIR"], "c1.kubeconfig"), encoding="utf-8") as file:
        config = yaml.safe_load(file)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    with tempfile.NamedTemporaryFile("wb", suffix=".pem") as pem:
        for key in ("client-certificate-data", "client-key-data"):
            pem.write(base64.b64decode(user[key]))
        pem.flush()
        context.load_cert_chain(pem.name)
    connection = http.client.HTTPSConnection(urllib.parse.urlparse(cluster["server"]).netloc, context=context)

    def get(path):
        connection.request("GET", path, headers={"Accept": "application/json"})
        return json.loads(connection.getresponse().read())

    return get


class GoTypes:
    """The struct types of the released Go sources: {package folder: {type: [(member, go type, tag options)]}}."""

    def __init__(self):
        go = os.environ.get("GO", "go")
        self.folders = {}
        for module in ("k8s.io/api", "k8s.io/apimachinery", "k8s.io/apiextensions-apiserver"):
            self.folders[module] = subprocess.run(
                [go, "list", "-m", "-f", "{{.Dir}}", module], cwd=os.path.join(ROOT, "tests/realcluster"), check=True,
                capture_output=True, text=True).stdout.strip()
        self.cache = {}

    def folder_of(self, name):
        """io.k8s.api.apps.v1.DeploymentSpec: the folder with its Go type."""
        for prefix, module in (("io.k8s.api.", "k8s.io/api"), ("io.k8s.apimachinery.", "k8s.io/apimachinery"),
                               ("io.k8s.apiextensions-apiserver.", "k8s.io/apiextensions-apiserver")):
            if name.startswith(prefix):
                parts = name[len(prefix):].split(".")[:-1]
                return os.path.join(self.folders[module], *parts)
        return None

    def structs(self, folder):
        if folder not in self.cache:
            found = {}
            for file in sorted(os.listdir(folder)):
                if not file.startswith("types") or not file.endswith(".go"):
                    continue
                with open(os.path.join(folder, file), encoding="utf-8") as text:
                    for name, body in re.findall(r"^type (\w+) struct \{\n(.*?)^\}", text.read(), re.S | re.M):
                        found[name] = [self.member(line) for line in body.splitlines() if self.member(line)]
            self.cache[folder] = found
        return self.cache[folder]

    @staticmethod
    def member(line):
        match = re.match(r'\s*(?:(\w+)\s+)?([^\s`/]+)\s+`.*?json:"([^"]*)"', line)
        if not match or line.strip().startswith("//"):
            return None
        name, *options = match.group(3).split(",")
        return name, match.group(2), options

    def members(self, name):
        """{member: (go type, options)} of the type published under that name, embedded ones among them."""
        folder = self.folder_of(name)
        return self.flat(folder, name.rsplit(".", 1)[1]) if folder else {}

    def flat(self, folder, struct):
        found = {}
        for member, go_type, options in self.structs(folder).get(struct, []):
            if "inline" in options:
                if "." not in go_type:
                    found.update(self.flat(folder, go_type))
            else:
                found[member] = (go_type, options)
        return found


class Extract:
    def __init__(self):
        self.go = GoTypes()
        self.types, self.models = {}, {}

    def named(self, name):
        """Adds the published type and what it needs; answers how to refer to it."""
        if name in OPAQUE:
            return OPAQUE[name]
        short = name.removeprefix("io.k8s.").removeprefix("apimachinery.pkg.apis.").removeprefix("api.")
        if short not in self.types:
            self.types[short] = None
            self.types[short] = self.type_of(self.models[name], name, False)
        return short

    def reference(self, schema):
        target = schema.get("$ref") or (len(schema.get("allOf", [])) == 1 and schema["allOf"][0].get("$ref"))
        return target.rsplit("/", 1)[1] if target else None

    def type_of(self, schema, name, custom):
        target = self.reference(schema)
        if target:
            found = self.named(target)
            if schema.get("x-kubernetes-map-type") == "atomic" and isinstance(found, str):
                found = {"of": found, "atomic": True}
            return found
        kind = schema.get("type")
        if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
            return "int_or_text"
        if kind == "array":
            return self.list_of(schema, name, custom)
        if kind == "object":
            return self.object_of(schema, name, custom)
        return self.scalar_of(schema, kind, custom)

    def scalar_of(self, schema, kind, custom):
        form = schema.get("format", "")
        scalar = {"string": "text", "boolean": "boolean", "number": "number"}.get(kind, "any")
        if kind == "string":
            scalar = {"byte": "bytes", "date-time": "time"}.get(form, "text") if not custom else "text"
        if kind == "integer":
            scalar = "int32" if form == "int32" else "int64"
        limits = {key: schema[key] for key in LIMITS if key in schema} if custom else {}
        return {"scalar": scalar, **limits} if limits else scalar

    def list_of(self, schema, name, custom):
        out = {"list": self.type_of(schema["items"], name, custom)}
        kind = schema.get("x-kubernetes-list-type", "atomic")
        if kind == "set":
            out["by"] = "set"
        elif kind == "map":
            out["by"] = schema["x-kubernetes-list-map-keys"]
        if custom:
            out.update({key: schema[key] for key in LIMITS if key in schema})
        return out

    def object_of(self, schema, name, custom):
        atomic = {"atomic": True} if schema.get("x-kubernetes-map-type") == "atomic" else {}
        more = schema.get("additionalProperties")
        if "properties" not in schema:
            return {"map": self.type_of(more, name, custom) if isinstance(more, dict) else "any", **atomic}
        out = {"fields": {}, **atomic}
        if schema.get("x-kubernetes-preserve-unknown-fields"):
            out["keep"] = True
        if name and not custom:
            out["name"] = name.rsplit(".", 1)[1]
        if schema.get("required"):
            out["required"] = sorted(schema["required"])
        members = self.go.members(name) if name and not custom else {}
        for field, one in schema["properties"].items():
            out["fields"][field] = self.field(field, one, members, name, custom)
        return out

    def field(self, field, schema, members, name, custom):
        out = {"t": self.type_of(schema, None if not custom else name, custom)}
        if "default" in schema and schema["default"] != {}:
            out["d"] = schema["default"]
        if "x-kubernetes-patch-strategy" in schema:
            out["p"] = schema["x-kubernetes-patch-strategy"]
        if "x-kubernetes-patch-merge-key" in schema:
            out["m"] = schema["x-kubernetes-patch-merge-key"]
        if field in members and not custom:
            self.go_rules(out, *members[field])
        elif not custom and name:
            if field not in ("apiVersion", "kind", "metadata"):
                print(f"no Go member for {name} {field}", file=sys.stderr)
        return out if set(out) != {"t"} else out["t"]

    def go_rules(self, out, go_type, options):
        """When a stored object has the member: Go leaves out what is empty, but never a structure."""
        kind = out["t"]
        reference = go_type[0] in "*[m" or go_type.startswith("map[")
        node = self.types.get(kind) if isinstance(kind, str) else kind
        structure = kind in ("time", "micro_time", "quantity", "int_or_text") or (isinstance(kind, str) and kind in self.types and (
            node is None or "fields" in node)) or (isinstance(kind, dict) and ("of" in kind or "fields" in kind))
        pointer = go_type.startswith("*")
        reference = pointer or go_type.startswith("[]") or go_type.startswith("map[")
        if "omitzero" in options or ("omitempty" in options and not pointer and (reference or not structure)):
            out["o"] = 1
        elif "omitempty" not in options or (structure and not reference):
            zero = {"time": None, "micro_time": None, "quantity": "0", "int_or_text": 0, "text": "", "boolean": False, "number": 0,
                    "int32": 0, "int64": 0}
            out["z"] = None if reference else {} if structure and kind not in zero else zero.get(
                kind if isinstance(kind, str) else None)
        bare = go_type.lstrip("*").rsplit(".", 1)[-1]
        if isinstance(kind, str) and kind in ("text", "boolean", "int32", "int64", "number", "bytes"):
            if not bare.startswith("[") and bare not in ("string", "bool", "int32", "int64", "float64"):
                out["g"] = go_type.lstrip("*")


def published(get):
    """The index of /openapi/v3 once every custom resource definition stands in it: that takes a moment after a start."""
    for _ in range(120):
        crds = get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]
        wanted = [(f"apis/{crd['spec']['group']}/{version['name']}", crd["spec"]["names"]["kind"])
                  for crd in crds for version in crd["spec"]["versions"] if crd["spec"]["group"] in CUSTOM_GROUPS]
        index = get("/openapi/v3")["paths"]
        kinds = {}
        for path in {path for path, _ in wanted} & set(index):
            schemas = get(index[path]["serverRelativeURL"])["components"]["schemas"].values()
            kinds[path] = {gvk["kind"] for one in schemas for gvk in one.get("x-kubernetes-group-version-kind", [])}
        missing = [f"{path} {kind}" for path, kind in wanted if kind not in kinds.get(path, ())]
        if crds and not missing:
            return index
        time.sleep(0.5)
    raise SystemExit(f"custom resources that the server does not publish: {missing}")


def main():
    get = connect()
    index = published(get)
    extract, kinds = Extract(), {}

    def load(path):
        document = get(index[path]["serverRelativeURL"])["components"]["schemas"]
        extract.models.update(document)
        return document

    for path, wanted in BUILT_IN.items():
        document = load(path)
        for name, schema in document.items():
            for gvk in schema.get("x-kubernetes-group-version-kind", []):
                here = path == "api/" + gvk["version"] or path == f"apis/{gvk['group']}/{gvk['version']}"
                if here and gvk["kind"] in wanted and name.startswith("io.k8s."):
                    kinds[f"{gvk['group']}/{gvk['version']}/{gvk['kind']}"] = extract.named(name)
    for name, where in BESIDE.items():
        kinds[where] = extract.named(name)
    for group in CUSTOM_GROUPS:
        for path in index:
            if not path.startswith(f"apis/{group}/"):
                continue
            for name, schema in load(path).items():
                for gvk in schema.get("x-kubernetes-group-version-kind", []):
                    if gvk["group"] == group and not gvk["kind"].endswith("List") and gvk["kind"] != "DeleteOptions":
                        where = f"{group}/{gvk['version']}/{gvk['kind']}"
                        extract.types[where] = {**extract.type_of(schema, None, True), "custom": True}
                        kinds[where] = where
    extract.types["hub.gke.io/v1/Membership"] = {**extract.type_of(MEMBERSHIP, None, True), "custom": True}
    kinds["hub.gke.io/v1/Membership"] = "hub.gke.io/v1/Membership"
    share(extract.types)
    with open(os.path.join(HERE, "schemas.json"), "w", encoding="utf-8") as out:
        out.write('{"kinds":' + json.dumps(kinds, sort_keys=True, separators=(",", ":")) + ',\n"types":{\n')
        out.write(",\n".join(f"{json.dumps(name)}:{json.dumps(extract.types[name], sort_keys=True, separators=(',', ':'))}"
                             for name in sorted(extract.types)))
        out.write("}}\n")


def share(types):
    """Objects that stand more than once in custom resources (three versions of each) become types of their own."""
    names, seen = {}, {}

    def count(node):
        if isinstance(node, dict):
            if "fields" in node:
                text = json.dumps(node, sort_keys=True)
                seen[text] = seen.get(text, 0) + 1
                if seen[text] > 1:
                    return
            for value in node.values():
                count(value)

    def replace(node, top):
        if not isinstance(node, dict):
            return node
        text = json.dumps(node, sort_keys=True) if "fields" in node else None
        new = {key: replace(value, False) for key, value in node.items()}
        if top or text is None or seen.get(text, 0) < 2 or len(text) < 120:
            return new
        if text not in names:
            names[text] = f"shared{len(names)}"
            types[names[text]] = {**new, "custom": True}
        return names[text]

    custom = [name for name, node in types.items() if node.get("custom")]
    for name in custom:
        count(types[name])
    for name in custom:
        types[name] = replace(types[name], True)


if __name__ == "__main__":
    main()
