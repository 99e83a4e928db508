"""What the end-to-end tests share: a plain HTTP client for the API servers, and the mesh program as a user runs it.

Run under tests/realcluster/run.sh or tests/simulated/run.sh, which export MESH_TEST_DIR and MESH_TEST_CTL; MESH_BIN names
the program under test. The tests are the same on both beds.
"""

import base64
import http.client
import json
import os
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import yaml

TEST_DIR = os.environ.get("MESH_TEST_DIR", "")
MESH_BIN = os.environ.get("MESH_BIN", "")
# Whether the clusters are simulated (tests/simulated/run.sh) or real (tests/realcluster/run.sh).
SIMULATED = os.environ.get("MESH_TEST_BED") == "simulated"
SYSTEM = "istio-system"
GATEWAY = "istio-eastwestgateway"
TOKEN_SECRET = "istio-reader-service-account-istio-remote-secret-token"

PATHS = {
    "Namespace": "/api/v1/namespaces",
    "ServiceAccount": "/api/v1/namespaces/{ns}/serviceaccounts",
    "Secret": "/api/v1/namespaces/{ns}/secrets",
    "Service": "/api/v1/namespaces/{ns}/services",
    "Deployment": "/apis/apps/v1/namespaces/{ns}/deployments",
    "HorizontalPodAutoscaler": "/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers",
    "PodDisruptionBudget": "/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets",
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "Gateway": "/apis/networking.istio.io/v1beta1/namespaces/{ns}/gateways",
}


def path_of(kind, name="", namespace=SYSTEM):
    path = PATHS[kind].format(ns=namespace)
    return f"{path}/{name}" if name else path


class Answer(Exception):
    """An answer that was not a success."""

    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {body[:500]}")
        self.status = status


class Kube:
    """One API server, spoken to with the standard library alone."""

    def __init__(self, kubeconfig):
        with open(kubeconfig, encoding="utf-8") as file:
            config = yaml.safe_load(file)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.url = urllib.parse.urlparse(cluster["server"])
        ca = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.context = ssl.create_default_context(cadata=ca)
        self.headers = {}
        if "token" in user:
            self.headers["Authorization"] = f"Bearer {user['token']}"
        else:
            with tempfile.NamedTemporaryFile("wb", suffix=".pem") as pem:
                for key in ("client-certificate-data", "client-key-data"):
                    pem.write(base64.b64decode(user[key]))
                pem.flush()
                self.context.load_cert_chain(pem.name)
        self.connection = None

    def request(self, *arguments, **more):
        return json.loads(self.text(*arguments, **more))

    def text(self, method, path, body=None, content_type="application/json", accept="application/json"):
        headers = dict(self.headers, Accept=accept)
        data = None
        if body is not None:
            data = body if isinstance(body, str) else json.dumps(body)
            headers["Content-Type"] = content_type
        for last in (False, True):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPSConnection(self.url.netloc, context=self.context, timeout=30)
                self.connection.request(method, self.url.path.rstrip("/") + path, data, headers)
                answer = self.connection.getresponse()
                text = answer.read().decode()
                break
            except (http.client.HTTPException, ConnectionError, OSError):
                self.connection = None
                if last:
                    raise
        if answer.status >= 300:
            raise Answer(answer.status, text)
        return text

    def get(self, kind, name, namespace=SYSTEM):
        return self.request("GET", path_of(kind, name, namespace))

    def find(self, kind, name, namespace=SYSTEM):
        """The object, or nothing."""
        try:
            return self.get(kind, name, namespace)
        except Answer as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind, selector="", namespace=SYSTEM):
        query = f"?labelSelector={urllib.parse.quote(selector)}" if selector else ""
        return self.request("GET", path_of(kind, "", namespace) + query)["items"]

    def apply(self, kind, name, body, manager, namespace=SYSTEM, force=True):
        """Server-side apply."""
        query = f"?fieldManager={manager}&force={'true' if force else 'false'}"
        return self.request("PATCH", path_of(kind, name, namespace) + query, body, "application/apply-patch+yaml")

    def merge(self, kind, name, patch, manager, namespace=SYSTEM):
        """JSON merge patch, as `kubectl patch --type merge` sends it."""
        query = f"?fieldManager={manager}"
        return self.request("PATCH", path_of(kind, name, namespace) + query, patch, "application/merge-patch+json")

    def json_patch(self, kind, name, steps, manager, namespace=SYSTEM):
        query = f"?fieldManager={manager}"
        return self.request("PATCH", path_of(kind, name, namespace) + query, steps, "application/json-patch+json")

    def delete(self, kind, name, namespace=SYSTEM):
        return self.request("DELETE", path_of(kind, name, namespace))

    def create(self, kind, body, namespace=SYSTEM):
        return self.request("POST", path_of(kind, "", namespace), body)


def kube(name):
    return Kube(os.path.join(TEST_DIR, f"{name}.kubeconfig"))


def audit(name):
    """Every request that the API server of that cluster has answered, oldest first."""
    with open(os.path.join(TEST_DIR, "logs", f"{name}.audit.log"), encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.endswith("\n")]


def ctl(*arguments):
    subprocess.run([os.environ["MESH_TEST_CTL"], *arguments], check=True, capture_output=True)


class Run:
    """A finished run of mesh."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Workdir:
    """A folder with a mesh.toml, where mesh is run."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="mesh-e2e-")

    def write(self, text, name="mesh.toml"):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def start(self, *arguments, **more):
        return subprocess.Popen([MESH_BIN, *arguments], cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def mesh(self, *arguments, timeout=300, **more):
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=timeout)
        return Run(process.returncode, out, err)


MEMBERSHIP = {
    "apiVersion": "hub.gke.io/v1", "kind": "Membership", "metadata": {"name": "membership"},
    "spec": {"identity_provider": "https://gkehub.googleapis.com/projects/acme-fleet/locations/global/memberships/x",
             "owner": {"id": "//gkehub.googleapis.com/projects/acme-fleet/locations/global/memberships/x"}}}


def register(api):
    """Makes the cluster a member of the fleet of spec_text, where it is none."""
    try:
        api.request("POST", "/apis/hub.gke.io/v1/memberships", MEMBERSHIP)
    except Answer as error:
        if error.status != 409:
            raise


def spec_text(clusters, mesh_extra="", extra=""):
    """A fleet's spec: clusters as {name: {key: TOML value}}; kubeconfigs are the test bed's unless given."""
    lines = [
        "version = 1", "[mesh]", 'name = "e2e"', 'fleet_project = "acme-fleet"', "project_number = 123456789012",
        'ca = "mesh-ca"', 'revision = "asm-1233-2"', "local_api_servers = true", mesh_extra, "[state]", 'repo = "state"',
        extra,
    ]
    for name, keys in clusters.items():
        lines.append(f"[cluster.{name}]")
        merged = {"kubeconfig": f'"{TEST_DIR}/{name}.kubeconfig"', "network": f'"{name}"', **keys}
        lines += [f"{key} = {value}" for key, value in merged.items()]
    return "\n".join(line for line in lines if line) + "\n"


def cluster_id(name):
    return f"cn-acme-fleet-global-{name}"


def remote_secret(peer):
    return f"istio-remote-secret-{cluster_id(peer)}"


def changes(document):
    """What a plan would do, flat: {(address, kind, name, path)}; an object that comes or goes has its operation as path."""
    found = set()
    for action in document["actions"]:
        for thing in action["objects"]:
            if thing["operation"] == "update":
                found |= {(action["address"], thing["kind"], thing["name"], change["path"]) for change in thing["changes"]}
            elif thing["operation"] != "unchanged":
                found.add((action["address"], thing["kind"], thing["name"], thing["operation"]))
    return found


def addresses(document):
    """{address: operation} of all that is not unchanged."""
    return {a["address"]: a["operation"] for a in document["actions"] if a["operation"] != "unchanged"}


def eventually(check, seconds=20):
    """Waits until check() is true; answers its last value."""
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(0.1)


class Case(unittest.TestCase):
    maxDiff = None

    def ok(self, run, code=0):
        self.assertEqual(run.code, code, str(run))
        return run

    def assert_nothing_to_do(self, workdir, *arguments):
        run = workdir.mesh("plan", "--detailed-exitcode", "--format", "json", *arguments)
        self.assertEqual(run.code, 0, str(run))
        self.assertEqual(changes(run.json()), set())


def require_bed():
    if not TEST_DIR or not MESH_BIN:
        raise SystemExit("run this through tests/run.sh, or: MESH_BIN=… tests/realcluster/run.sh … -- python3 -m unittest …")


require_bed()
