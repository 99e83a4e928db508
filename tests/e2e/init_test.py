"""mesh init: specs for clusters without a mesh, with one that mesh applied, and with one that the guide made by hand.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import json
import os
import re
import shutil
import tomllib

import yaml

import any_order
from bed import GATEWAY, SIMULATED, SYSTEM, TEST_DIR, Answer, Case, Workdir, cluster_id, eventually, kube

NAMES = ["c1", "c2", "c3"]
ISTIOCTL = "istio-operator"


def folder_of_kubeconfigs(work, names):
    """A folder with what admins have: one kubeconfig per cluster, and a file that is none."""
    folder = os.path.join(work.folder, "kubeconfigs")
    os.makedirs(folder, exist_ok=True)
    for name in names:
        shutil.copy(os.path.join(TEST_DIR, f"{name}.kubeconfig"), os.path.join(folder, f"{name}.yaml"))
    work.write("not a kubeconfig\n", "kubeconfigs/README")
    return "kubeconfigs"


def allow_loopback(work):
    """What a person decides for clusters of a test; of simulated ones mesh knows it."""
    path = os.path.join(work.folder, "mesh.toml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if "local_api_servers = true" not in text.split("[state]")[0]:
        text = text.replace("\n[state]", "local_api_servers = true\n\n[state]", 1)
    work.write(text)
    return tomllib.loads(text)


def gateway_objects(network):
    """What the guide's gen-eastwest-gateway.sh and istioctl install (istio-facts 1.1)."""
    name = {"app": GATEWAY, "istio": "eastwestgateway", "topology.istio.io/network": network}
    labels = {**name, "release": "istio", "istio.io/rev": "asm-1233-2",
              "install.operator.istio.io/owning-resource": "installed-state-eastwest",
              "operator.istio.io/component": "IngressGateways", "operator.istio.io/managed": "Reconcile"}
    pod = {"metadata": {"labels": {**name, "sidecar.istio.io/inject": "true", "istio.io/rev": "asm-1233-2"},
                        "annotations": {"inject.istio.io/templates": "gateway", "sidecar.istio.io/inject": "true"}},
           "spec": {"serviceAccountName": f"{GATEWAY}-service-account",
                    "containers": [{"name": "istio-proxy", "image": "auto",
                                    "ports": [{"containerPort": port, "protocol": "TCP"} for port in (15021, 15443)],
                                    "env": [{"name": "ISTIO_META_REQUESTED_NETWORK_VIEW", "value": network}]}]}}
    ports = [("status-port", 15021), ("tls", 15443), ("tls-istiod", 15012), ("tls-webhook", 15017)]
    return [
        ("Deployment", "apps/v1", {"selector": {"matchLabels": name}, "template": pod}),
        ("Service", "v1", {"type": "LoadBalancer", "selector": name,
                           "ports": [{"name": title, "port": port, "targetPort": port, "protocol": "TCP"}
                                     for title, port in ports]}),
        ("HorizontalPodAutoscaler", "autoscaling/v2", {
            "minReplicas": 1, "maxReplicas": 5,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": GATEWAY},
            "metrics": [{"type": "Resource",
                         "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]}),
        ("PodDisruptionBudget", "policy/v1", {"minAvailable": 1, "selector": {"matchLabels": name}}),
    ], labels


def network_of(api):
    """What the control plane was installed with."""
    path = f"/api/v1/namespaces/{SYSTEM}/configmaps/istio-sidecar-injector-asm-1233-2"
    return json.loads(api.request("GET", path)["data"]["values"])["global"]["network"]


def make_by_hand(api, peers, kubeconfig_of=lambda peer: "apiVersion: v1\nkind: Config\n# hush\n"):
    """The guide's part of one cluster, by the tools that it names. kubeconfig_of: what istiod gets for a peer."""
    network = network_of(api)
    api.merge("Namespace", SYSTEM, {"metadata": {"labels": {"topology.istio.io/network": network}}}, "kubectl-label", "")
    objects, labels = gateway_objects(network)
    for kind, version, spec in objects:
        api.apply(kind, GATEWAY, {"apiVersion": version, "kind": kind, "spec": spec,
                                  "metadata": {"name": GATEWAY, "namespace": SYSTEM, "labels": labels}}, ISTIOCTL)
    api.apply("Gateway", "cross-network-gateway", {
        "apiVersion": "networking.istio.io/v1beta1", "kind": "Gateway",
        "metadata": {"name": "cross-network-gateway", "namespace": SYSTEM},
        "spec": {"selector": {"istio": "eastwestgateway"},
                 "servers": [{"port": {"number": 15443, "name": "tls", "protocol": "TLS"},
                              "tls": {"mode": "AUTO_PASSTHROUGH"}, "hosts": ["*.local"]}]}}, "kubectl")
    for peer in peers:
        key = cluster_id(peer)
        api.apply("Secret", f"istio-remote-secret-{key}", {
            "apiVersion": "v1", "kind": "Secret", "stringData": {key: kubeconfig_of(peer)},
            "metadata": {"name": f"istio-remote-secret-{key}", "namespace": SYSTEM,
                         "labels": {"istio/multiCluster": "true"},
                         "annotations": {"networking.istio.io/cluster": key}}}, ISTIOCTL)


def address_of(api):
    service = api.find("Service", GATEWAY)
    return ((service or {}).get("status") or {}).get("loadBalancer", {}).get("ingress")


def gateways(api):
    """All of them, and nothing behind them; nothing at all while the API server is not ready with a new definition."""
    try:
        return [*api.list("Gateway"), None]
    except Answer as error:
        if error.status == 429:
            return None
        raise


def clean(api):
    """Everything that a test or mesh may have left."""
    for one in eventually(lambda: gateways(api)) or []:
        if one:
            api.delete("Gateway", one["metadata"]["name"])
    for kind in ("Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget", "ServiceAccount"):
        if api.find(kind, GATEWAY):
            api.delete(kind, GATEWAY)
    for secret in api.list("Secret", "istio/multiCluster=true"):
        api.delete("Secret", secret["metadata"]["name"])
    api.merge("Namespace", SYSTEM, {"metadata": {"labels": {"topology.istio.io/network": None}}}, "kubectl-label", "")
    eventually(lambda: not api.find("Service", GATEWAY) and not api.find("Deployment", GATEWAY))


class Init(Case):
    @classmethod
    def setUpClass(cls):
        cls.kube = {name: kube(name) for name in NAMES}

    def setUp(self):
        for api in self.kube.values():
            clean(api)
        self.work = Workdir()
        self.addCleanup(shutil.rmtree, self.work.folder)

    def tearDown(self):
        if os.path.exists(os.path.join(self.work.folder, "mesh.toml")):
            self.work.mesh("destroy", "--auto-approve")

    def init(self, *arguments, names=("c1", "c2", "c3"), code=0):
        run = self.ok(self.work.mesh("init", folder_of_kubeconfigs(self.work, names), *arguments), code)
        self.assertNotIn("hush", run.out + run.err)
        return run

    def text(self):
        with open(os.path.join(self.work.folder, "mesh.toml"), encoding="utf-8") as file:
            return file.read()

    def test_clusters_without_a_mesh(self):
        run = self.init()
        self.assertIn("mesh plan", run.out)
        self.ok(self.work.mesh("validate"))
        spec = tomllib.loads(self.text())
        self.assertEqual(spec["mesh"].get("local_api_servers", False), SIMULATED)
        spec = allow_loopback(self.work)
        self.assertEqual(sorted(spec["cluster"]), NAMES)
        self.assertEqual(spec["mesh"]["revision"], "asm-1233-2")
        for name in NAMES:
            self.assertEqual(spec["cluster"][name]["kubeconfig"], f"kubeconfigs/{name}.yaml")
            self.assertNotIn("discovery", spec["cluster"][name])
        for secret_free in ("BEGIN", "eyJ", "-data"):
            self.assertNotIn(secret_free, self.text())
        self.ok(self.work.mesh("plan", "--detailed-exitcode"), 2)
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.work)

    def test_a_mesh_that_mesh_applied(self):
        self.init("--mesh", "e2e")
        allow_loopback(self.work)
        self.ok(self.work.mesh("apply", "--auto-approve"))
        before = {name: address_of(self.kube[name]) for name in NAMES}
        self.init("--force")
        self.assertEqual(tomllib.loads(self.text())["mesh"]["name"], "e2e")
        self.assert_nothing_to_do(self.work)
        self.assertEqual({name: address_of(self.kube[name]) for name in NAMES}, before)

    def test_a_mesh_made_with_the_guide(self):
        for name in NAMES:
            make_by_hand(self.kube[name], [peer for peer in NAMES[:2] if peer != name and name != "c3"])
        before = {name: eventually(lambda name=name: address_of(self.kube[name])) for name in NAMES}
        uids = {name: self.kube[name].get("Service", GATEWAY)["metadata"]["uid"] for name in NAMES}
        self.init()
        spec = allow_loopback(self.work)
        self.assertEqual(spec["cluster"]["c1"]["discovery"]["peers"], ["c2"])
        self.assertEqual(spec["cluster"]["c3"]["discovery"]["peers"], [])
        document = self.ok(self.work.mesh("plan", "--format", "json")).json()
        self.assertTrue(document["complete"], document["diagnostics"])
        for action in document["actions"]:
            self.assertEqual(action["interrupts"] or [], [], action)
            self.assertNotIn(action["operation"], ("replace", "delete"), action)
            for thing in action["objects"]:
                self.assertNotIn(thing["operation"], ("replace", "delete"), thing)
        self.ok(self.work.mesh("apply", "--auto-approve"))
        for name in NAMES:
            self.assertEqual(address_of(self.kube[name]), before[name])
            self.assertEqual(self.kube[name].get("Service", GATEWAY)["metadata"]["uid"], uids[name])
        self.assert_nothing_to_do(self.work)

    def test_a_cluster_that_does_not_answer(self):
        folder_of_kubeconfigs(self.work, ("c1", "c2"))
        with open(os.path.join(TEST_DIR, "c3.kubeconfig"), encoding="utf-8") as file:
            text = re.sub(r"https://[^\s\"]+", "https://127.0.0.1:1", file.read())
        self.work.write(text, "kubeconfigs/z.yaml")
        run = self.init(names=("c1", "c2"), code=3)
        self.assertIn("left out", run.err)
        self.assertIn("# Left out: context", self.text())
        self.assertEqual(sorted(tomllib.loads(self.text())["cluster"]), ["c1", "c2"])
        self.ok(self.work.mesh("validate"))

    def test_nothing_is_overwritten(self):
        self.work.write("mine\n")
        run = self.init(code=1)
        self.assertIn("--force", run.err)
        self.assertEqual(self.text(), "mine\n")
        os.remove(os.path.join(self.work.folder, "mesh.toml"))

    def test_two_contexts_of_one_cluster_count_once(self):
        folder_of_kubeconfigs(self.work, ("c1",))
        with open(os.path.join(TEST_DIR, "c1.kubeconfig"), encoding="utf-8") as file:
            config = yaml.safe_load(file)
        config["contexts"][0]["name"] = config["current-context"] = "viewer"
        self.work.write(yaml.safe_dump(config), "kubeconfigs/viewer.yaml")
        self.init(names=("c1",))
        self.assertEqual(len(tomllib.loads(self.text())["cluster"]), 1)
        self.assertIn("leads to the same cluster", self.text())


if __name__ == "__main__":
    any_order.main()
