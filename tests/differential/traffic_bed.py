"""One mesh of two clusters, simulated or real, that cases of the traffic test break and that heals itself afterwards.

helloworld v1 runs in c1, v2 in c2; sleep calls from each. Everything goes through the API servers, calls included.
"""

import base64
import collections
import json
import os
import re
import subprocess
import time

import bed as e2e
from bed import GATEWAY, SYSTEM, Answer, Kube
from pod_exec import execute

SAMPLE = "sample"
REVISION = "asm-1233-2"
NAMES = ("c1", "c2")
CALLS = 8
PREFIX = "cn-acme-fleet-global-"
HOST = f"helloworld.{SAMPLE}.svc.cluster.local"

e2e.PATHS.update({
    "ConfigMap": "/api/v1/namespaces/{ns}/configmaps",
    "Pod": "/api/v1/namespaces/{ns}/pods",
    "PeerAuthentication": "/apis/security.istio.io/v1/namespaces/{ns}/peerauthentications",
    "DestinationRule": "/apis/networking.istio.io/v1/namespaces/{ns}/destinationrules",
    "MutatingWebhookConfiguration": "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
})


def samples(cluster):
    """What the guide's verification deploys, as (kind, namespace, object)."""
    own = "v" + cluster[1:]

    def deployment(name, labels, container):
        return "Deployment", SAMPLE, {
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": SAMPLE},
            "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}}}

    def service(name, port):
        return "Service", SAMPLE, {
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": SAMPLE, "labels": {"app": name}},
            "spec": {"ports": [{"port": port, "name": "http"}], "selector": {"app": name}}}

    return [
        ("Namespace", "", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SAMPLE, "labels": {"istio.io/rev": REVISION}}}),
        service("helloworld", 5000), service("sleep", 80),
        deployment(f"helloworld-{own}", {"app": "helloworld", "version": own},
                   {"name": "helloworld", "image": f"docker.io/istio/examples-helloworld-{own}:1.0", "ports": [{"containerPort": 5000}]}),
        deployment("sleep", {"app": "sleep"}, {"name": "sleep", "image": "curlimages/curl", "command": ["/bin/sleep", "infinity"]}),
    ]


class Mesh:
    """One of the two beds. What a case changes through it is put back by heal()."""

    def __init__(self, title, folder, control, spec):
        self.title, self.folder, self.control, self.spec = title, folder, control, spec
        self.simulated = title == "simulated"
        self.kubes = {name: Kube(os.path.join(folder, f"{name}.kubeconfig")) for name in NAMES}
        self.undo = []

    # What a case does

    def merge(self, cluster, kind, name, patch, namespace=SYSTEM):
        self.save(cluster, kind, name, namespace)
        return self.kubes[cluster].merge(kind, name, patch, "kubectl-edit", namespace)

    def edit(self, cluster, kind, name, change, namespace=SYSTEM):
        """change(object) edits it in place."""
        thing = self.save(cluster, kind, name, namespace)
        change(thing)
        return self.kubes[cluster].request("PUT", e2e.path_of(kind, name, namespace), thing)

    def delete(self, cluster, kind, name, namespace=SYSTEM):
        self.save(cluster, kind, name, namespace)
        self.kubes[cluster].delete(kind, name, namespace)

    def create(self, cluster, kind, thing, namespace=SYSTEM):
        self.kubes[cluster].create(kind, thing, namespace)
        self.undo.append(lambda: self.kubes[cluster].delete(kind, thing["metadata"]["name"], namespace))

    def save(self, cluster, kind, name, namespace):
        before = self.kubes[cluster].get(kind, name, namespace)
        self.undo.append(lambda: self.put_back(cluster, kind, name, namespace, json.loads(json.dumps(before))))
        return json.loads(json.dumps(before))

    def put_back(self, cluster, kind, name, namespace, before):
        kube, path = self.kubes[cluster], e2e.path_of(kind, name, namespace)
        now = kube.find(kind, name, namespace)
        if now:
            before["metadata"]["resourceVersion"] = now["metadata"]["resourceVersion"]
            kube.request("PUT", path, before)
            return
        for field in ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation"):
            before["metadata"].pop(field, None)
        if kind == "Service":
            for field in ("clusterIP", "clusterIPs", "healthCheckNodePort"):
                before["spec"].pop(field, None)
            for port in before["spec"]["ports"]:
                port.pop("nodePort", None)
            before.pop("status", None)
        kube.create(kind, before, namespace)

    def ctl(self, *words):
        subprocess.run([self.control, *words], check=True, capture_output=True, env={**os.environ, "MESH_TEST_DIR": self.folder})

    def stop_api_server(self, cluster):
        self.undo.append(lambda: self.ctl("start", cluster))
        self.ctl("stop", cluster)

    def mesh(self, *names):
        """Applies the spec of these clusters."""
        head, *clusters = re.split(r"\n *\[cluster\.", self.spec)
        path = os.path.join(self.folder, "traffic.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n[cluster.".join([head, *(text for text in clusters if re.search(r"\w+", text).group() in names)]))
        done = subprocess.run([e2e.MESH_BIN, "apply", "-f", path, "--auto-approve"], cwd=self.folder, text=True, capture_output=True,
                              timeout=300, check=False)
        if done.returncode:
            raise AssertionError(f"{self.title}: mesh apply: exit {done.returncode}\n{done.stdout}\n{done.stderr}")

    def restart(self, cluster, namespace, app):
        """Replaces the pods of an app, and waits for the new ones."""
        old = {pod["metadata"]["uid"] for pod in self.pods(cluster, namespace, app)}
        for pod in self.pods(cluster, namespace, app):
            self.kubes[cluster].delete("Pod", pod["metadata"]["name"], namespace)
        self.wait(f"a new pod of {app} in {cluster}", lambda: (pods := self.pods(cluster, namespace, app)) and all(
            pod["metadata"]["uid"] not in old and ready(pod) for pod in pods))

    def heal(self, restarts=()):
        """Undoes what was done, last first, and waits until the mesh is whole again."""
        while self.undo:
            self.undo.pop()()
        for cluster, namespace, app in restarts:
            self.restart(cluster, namespace, app)
        found = self.settle({name: "12" for name in NAMES}, {}, 2, 90)
        if not found["settled"]:
            raise AssertionError(f"{self.title}: the mesh is not whole again: {found}")

    # What there is to see

    def pods(self, cluster, namespace, app):
        return self.kubes[cluster].list("Pod", f"app={app}", namespace)

    def wait(self, what, check, seconds=90):
        if not e2e.eventually(check, seconds):
            raise AssertionError(f"{self.title}: {what} does not come about")

    def begin(self):
        for name, kube in self.kubes.items():
            if self.simulated:
                # As the real bed's istio_operator.yaml has it: names resolve in a cluster that has no such Service.
                mesh = kube.get("ConfigMap", f"istio-{REVISION}")["data"]["mesh"]
                mesh = mesh.replace("  proxyMetadata:\n", "  proxyMetadata:\n    ISTIO_META_DNS_CAPTURE: \"true\"\n")
                kube.merge("ConfigMap", f"istio-{REVISION}", {"data": {"mesh": mesh}}, "kubectl-edit")
            for kind, namespace, thing in samples(name):
                kube.apply(kind, thing["metadata"]["name"], thing, "kubectl", namespace)
        for name in NAMES:
            for app in ("helloworld", "sleep"):
                self.wait(f"a ready pod of {app}", lambda name=name, app=app: any(map(ready, self.pods(name, SAMPLE, app))))
        self.mesh(*NAMES)
        self.heal()

    def hears(self, cluster):
        """The versions that answer calls from the cluster: "12"; "" when none does."""
        pod = next(pod["metadata"]["name"] for pod in self.pods(cluster, SAMPLE, "sleep") if ready(pod))
        call = ["curl", "-sS", "-m", "5", "helloworld.sample:5000/hello"]
        if self.simulated:
            text = "\n".join(execute(self.kubes[cluster], SAMPLE, pod, "sleep", call) for _ in range(CALLS))
        else:
            loop = f"for i in $(seq {CALLS}); do {' '.join(call)} 2>&1; echo; done"
            text = execute(self.kubes[cluster], SAMPLE, pod, "sleep", ["sh", "-c", loop])
        seen = collections.Counter(line.split("version: v")[1][0] for line in text.splitlines() if "Hello version: v" in line)
        return "".join(sorted(seen))

    def istiod(self, cluster, page):
        pod = next(pod["metadata"]["name"] for pod in self.pods(cluster, SYSTEM, "istiod") if ready(pod))
        return json.loads(execute(self.kubes[cluster], SYSTEM, pod, "discovery",
                                  ["pilot-discovery", "request", "GET", f"/debug/{page}"]))

    def of_cluster(self, cluster):
        shards = self.istiod(cluster, "endpointShardz").get(HOST, {}).get(SAMPLE, {}).get("Shards") or {}
        return {
            "hears": self.hears(cluster),
            "clusterz": {short(one["id"]): one["syncStatus"] for one in self.istiod(cluster, "clusterz")},
            "endpoints": {short(key.partition("/")[2]): len(entries) for key, entries in shards.items() if entries},
            "networkz": sorted(f"{one['Network']} of {short(one['Cluster'])} at {one['Port']}" for one in self.istiod(cluster, "networkz") or []),
        }

    def observe(self):
        found = {}
        for cluster in NAMES:
            try:
                found[cluster] = self.of_cluster(cluster)
            except (OSError, Answer, StopIteration, json.JSONDecodeError):
                found[cluster] = {"cannot be asked": ""}
        return found

    def settle(self, hears, clusterz, rounds, seconds):
        """Looks until it is as expected so many times in a row; what was seen last."""
        deadline, good = time.monotonic() + seconds, 0
        while True:
            found = self.observe()
            fits = all(found[name].get("hears", heard) == heard for name, heard in hears.items()) and all(
                found[name].get("clusterz", {}).get(peer) == status for (name, peer), status in clusterz.items())
            good = good + 1 if fits else 0
            if good >= rounds or time.monotonic() > deadline:
                return {"settled": good >= rounds, **found}
            time.sleep(0.2)


def short(cluster):
    return cluster.removeprefix(PREFIX)


def ready(pod):
    return "deletionTimestamp" not in pod["metadata"] and any(
        one["type"] == "Ready" and one["status"] == "True" for one in pod.get("status", {}).get("conditions", []))


def remote_kubeconfig(mesh, cluster, change):
    """Has the remote Secret for the other cluster hold change(its kubeconfig)."""
    peer = next(name for name in NAMES if name != cluster)
    name = e2e.remote_secret(peer)

    def edit(secret):
        key = next(iter(secret["data"]))
        secret["data"][key] = base64.b64encode(change(base64.b64decode(secret["data"][key]).decode()).encode()).decode()

    mesh.edit(cluster, "Secret", name, edit)


__all__ = ["GATEWAY", "NAMES", "REVISION", "SAMPLE", "SYSTEM", "Mesh", "remote_kubeconfig"]
