"""The main job on three real control planes: plan, apply, nothing left, drift and mending, destroy.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global- --lb c2=hostname
"""

import base64

import yaml

import any_order
from bed import (GATEWAY, SYSTEM, TEST_DIR, TOKEN_SECRET, Answer, Case, Kube, Workdir, addresses, audit, changes, cluster_id,
                 kube, path_of, remote_secret, spec_text)

CLUSTERS = {
    "c1": {"platform": '"gke-vmware"', "gateway.load_balancer_ip": '"10.1.2.3"'},
    "c2": {"platform": '"gke-aws"'},
    "c3": {"platform": '"aks"'},
}
NAMES = list(CLUSTERS)
READER = f"mesh-istio-reader-{SYSTEM}"


def all_addresses():
    found = set()
    for name in NAMES:
        found |= {f"{name}/{kind}" for kind in ("network", "reader", "gateway", "expose")}
        found |= {f"{name}/discovery/{peer}" for peer in NAMES if peer != name}
    return found


class MainJob(Case):
    work = None

    @classmethod
    def setUpClass(cls):
        # One state for all tests, as one person would have it.
        MainJob.work = MainJob.work or Workdir()
        cls.work.write(spec_text(CLUSTERS))
        cls.kube = {name: kube(name) for name in NAMES}


class Fresh(MainJob):
    """On clusters without a mesh."""

    def setUp(self):
        self.ok(self.work.mesh("destroy", "--auto-approve"))

    def test_plan_says_what_it_will_do(self):
        run = self.ok(self.work.mesh("plan", "--detailed-exitcode", "--format", "json"), 2)
        document = run.json()
        self.assertEqual(set(addresses(document)), all_addresses())
        self.assertTrue(document["complete"])
        for secret_free in ("BEGIN CERTIFICATE", "eyJ"):
            self.assertNotIn(secret_free, run.out)
        text = self.ok(self.work.mesh("plan", "--detailed-exitcode"), 2).out
        for address in all_addresses():
            self.assertIn(address, text)
        for name in NAMES:
            self.assertIsNone(self.kube[name].find("Service", GATEWAY), "a plan wrote something")

    def test_apply(self):
        run = self.ok(self.work.mesh("apply", "--auto-approve", "--format", "json"))
        report = run.json()
        self.assertEqual({a["address"] for a in report["actions"]}, all_addresses())
        self.assertEqual({a["outcome"] for a in report["actions"]}, {"done"})
        self.assertTrue(report["snapshot"])


class Applied(MainJob):
    """On clusters that are as the spec says."""

    def setUp(self):
        self.ok(self.work.mesh("apply", "--auto-approve"))

    def test_gateway_is_the_canonical_set(self):
        for name in NAMES:
            with self.subTest(name):
                api = self.kube[name]
                deployment = api.get("Deployment", GATEWAY)
                spec, pod = deployment["spec"], deployment["spec"]["template"]
                labels = {"app": GATEWAY, "istio": "eastwestgateway"}
                self.assertEqual(spec["selector"]["matchLabels"], labels)
                self.assertEqual(pod["metadata"]["labels"], {
                    **labels, "topology.istio.io/network": name, "sidecar.istio.io/inject": "true",
                    "istio.io/rev": "asm-1233-2"})
                self.assertEqual(pod["metadata"]["annotations"]["inject.istio.io/templates"], "gateway")
                container = pod["spec"]["containers"][0]
                self.assertEqual((container["name"], container["image"]), ("istio-proxy", "auto"))
                self.assertIn({"name": "ISTIO_META_REQUESTED_NETWORK_VIEW", "value": name}, container["env"])
                # Number of pods: the autoscaler's. (A gateway that was scaled to zero is set going by an update, once.)
                self.assertFalse([m for m in deployment["metadata"]["managedFields"] if m["manager"].startswith("mesh.")
                                  and m["operation"] == "Apply" and "f:replicas" in m["fieldsV1"].get("f:spec", {})])
                service = api.get("Service", GATEWAY)
                self.assertEqual(service["spec"]["type"], "LoadBalancer")
                self.assertEqual(service["spec"]["selector"], labels)
                self.assertEqual(service["metadata"]["labels"]["topology.istio.io/network"], name)
                self.assertEqual([p["port"] for p in service["spec"]["ports"]][:2], [15021, 15443])
                self.assertTrue(service["status"]["loadBalancer"]["ingress"])
                autoscaler = api.get("HorizontalPodAutoscaler", GATEWAY)["spec"]
                self.assertEqual((autoscaler["minReplicas"], autoscaler["maxReplicas"]), (2, 5))
                self.assertEqual(api.get("PodDisruptionBudget", GATEWAY)["spec"]["minAvailable"], 1)
                self.assertIsNotNone(api.find("ServiceAccount", GATEWAY))
        self.assertEqual(self.kube["c1"].get("Service", GATEWAY)["spec"]["loadBalancerIP"], "10.1.2.3")
        self.assertIn("hostname", self.kube["c2"].get("Service", GATEWAY)["status"]["loadBalancer"]["ingress"][0])

    def test_network_expose_and_labels(self):
        for name in NAMES:
            with self.subTest(name):
                api = self.kube[name]
                namespace = api.get("Namespace", SYSTEM, "")
                self.assertEqual(namespace["metadata"]["labels"]["topology.istio.io/network"], name)
                gateway = api.get("Gateway", "cross-network-gateway")
                self.assertEqual(gateway["spec"], {
                    "selector": {"istio": "eastwestgateway"},
                    "servers": [{"port": {"number": 15443, "name": "tls", "protocol": "TLS"},
                                 "tls": {"mode": "AUTO_PASSTHROUGH"}, "hosts": ["*.local"]}]})
                for kind, thing in (("Service", GATEWAY), ("Gateway", "cross-network-gateway"), ("ClusterRole", READER),
                                    ("Secret", TOKEN_SECRET)):
                    labels = api.get(kind, thing)["metadata"]["labels"]
                    self.assertEqual(labels["app.kubernetes.io/managed-by"], "mesh", thing)
                    self.assertEqual(labels["mesh-engine.dev/mesh"], "e2e", thing)
                    self.assertFalse([label for label in labels if "operator.istio.io" in label])

    def test_remote_secrets(self):
        for name in NAMES:
            for peer in NAMES:
                if peer == name:
                    continue
                with self.subTest(f"{name} -> {peer}"):
                    secret = self.kube[name].get("Secret", remote_secret(peer))
                    self.assertEqual(secret["metadata"]["labels"]["istio/multiCluster"], "true")
                    self.assertEqual(secret["metadata"]["annotations"]["networking.istio.io/cluster"], cluster_id(peer))
                    self.assertNotIn("kubectl.kubernetes.io/last-applied-configuration", secret["metadata"]["annotations"])
                    self.assertEqual(list(secret["data"]), [cluster_id(peer)])
                    text = base64.b64decode(secret["data"][cluster_id(peer)]).decode()
                    config = yaml.safe_load(text)
                    self.assertEqual(list(config), ["apiVersion", "clusters", "contexts", "current-context", "kind",
                                                    "preferences", "users"])
                    token = self.kube[peer].get("Secret", TOKEN_SECRET)["data"]
                    self.assertEqual(config["clusters"][0]["cluster"]["server"], self.kube[peer].url.geturl())
                    self.assertEqual(config["clusters"][0]["cluster"]["certificate-authority-data"], token["ca.crt"])
                    self.assertEqual(config["users"], [{"name": cluster_id(peer), "user": {
                        "token": base64.b64decode(token["token"]).decode()}}])
                    self.assertEqual(config["current-context"], cluster_id(peer))

    def test_token_reads_the_peer_and_cannot_write(self):
        secret = self.kube["c1"].get("Secret", remote_secret("c2"))
        path = self.work.write(base64.b64decode(secret["data"][cluster_id("c2")]).decode(), "remote.kubeconfig")
        reader = Kube(path)
        for kind, namespace in (("Service", "default"), ("Secret", SYSTEM), ("Namespace", ""), ("Gateway", SYSTEM)):
            self.assertIsInstance(reader.list(kind, namespace=namespace), list)
        reader.request("GET", "/apis/discovery.k8s.io/v1/endpointslices")
        for method, target in (("POST", path_of("Service")), ("DELETE", path_of("Service", GATEWAY)),
                               ("POST", path_of("Secret"))):
            with self.assertRaises(Answer) as refused:
                reader.request(method, target, {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}})
            self.assertEqual(refused.exception.status, 403)

    def test_second_plan_is_empty(self):
        self.assert_nothing_to_do(self.work)
        self.assertIn("No changes", self.ok(self.work.mesh("plan")).out)
        self.assertEqual(self.ok(self.work.mesh("drift", "--format", "json")).json()["items"], [])

    def test_second_apply_writes_nothing(self):
        before = {name: len(audit(name)) for name in NAMES}
        self.ok(self.work.mesh("apply", "--auto-approve"))
        for name in NAMES:
            ours = [e for e in audit(name)[before[name]:] if e.get("userAgent", "").startswith("mesh/")]
            self.assertTrue(ours)
            self.assertEqual({e["verb"] for e in ours} - {"get", "list"}, set())

    def test_requests_of_a_plan_are_few(self):
        for name in NAMES:
            before = len(audit(name))
            self.ok(self.work.mesh("plan"))
            ours = [e for e in audit(name)[before:] if e.get("userAgent", "").startswith("mesh/")]
            self.assertLessEqual(len(ours), 32, [e["requestURI"] for e in ours])

    def test_each_foreign_change_is_told_and_mended(self):
        for case in foreign_changes():
            with self.subTest(case["name"]):
                self.ok(self.work.mesh("apply", "--auto-approve"))
                case["do"](self.kube[case["cluster"]])
                plan = self.ok(self.work.mesh("plan", "--detailed-exitcode", "--format", "json"), 2).json()
                self.assertEqual(changes(plan), case["expected"])
                drift = self.ok(self.work.mesh("drift", "--format", "json"), 2).json()
                self.assertEqual({(i["address"], i["object"]["kind"], i["object"]["name"], i["path"] or "create")
                                  for i in drift["items"]}, case["expected"])
                if case["manager"]:
                    self.assertEqual({i["manager"] for i in drift["items"]}, {case["manager"]})
                    owners = {owner["manager"] for action in plan["actions"] for thing in action["objects"]
                              for change in thing["changes"] for owner in change["owned_by"]}
                    self.assertEqual(owners, {case["manager"]})
                self.ok(self.work.mesh("apply", "--auto-approve"))
                self.assert_nothing_to_do(self.work)
                self.assertEqual(self.ok(self.work.mesh("drift", "--format", "json")).json()["items"], [])

    def test_an_object_on_its_way_out_is_waited_for_and_created_again(self):
        api, held = self.kube["c1"], "example.com/hold"
        things = (("Service", GATEWAY), ("Secret", remote_secret("c2")))
        before = {kind: api.get(kind, name)["metadata"]["uid"] for kind, name in things}
        for kind, name in things:
            api.merge(kind, name, {"metadata": {"finalizers": [held]}}, "kubectl-patch")
            self.addCleanup(lambda kind=kind, name=name: api.merge(kind, name, {"metadata": {"finalizers": None}}, "x"))
            api.request("DELETE", path_of(kind, name))
        expected = {("c1/gateway", "Service", GATEWAY, "metadata.deletionTimestamp"),
                    ("c1/discovery/c2", "Secret", remote_secret("c2"), "metadata.deletionTimestamp")}
        plan = self.ok(self.work.mesh("plan", "--detailed-exitcode", "--format", "json"), 2).json()
        self.assertEqual(changes(plan), {(*place, "replace") for *place, _ in expected})
        self.assertIn(held, self.ok(self.work.mesh("plan")).out)
        drift = self.ok(self.work.mesh("drift", "--format", "json"), 2).json()
        self.assertEqual({(i["address"], i["object"]["kind"], i["object"]["name"], i["path"]) for i in drift["items"]},
                         expected)
        failed = self.work.mesh("apply", "--auto-approve", "--timeout", "2s")
        self.assertEqual(failed.code, 1, str(failed))
        self.assertIn(held, failed.out)
        for kind, name in things:
            api.merge(kind, name, {"metadata": {"finalizers": None}}, "kubectl-patch")
        self.ok(self.work.mesh("apply", "--auto-approve"))
        for kind, name in things:
            self.assertNotEqual(api.get(kind, name)["metadata"]["uid"], before[kind])
        self.assert_nothing_to_do(self.work)

    def test_what_others_add_beside_ours_is_no_difference(self):
        api = self.kube["c1"]
        self.addCleanup(self.work.mesh, "destroy", "--auto-approve")
        api.merge("Service", GATEWAY, {"metadata": {"labels": {"team": "net"}}}, "kubectl-label")
        api.json_patch("Deployment", GATEWAY, [{"op": "add", "path": "/spec/template/spec/containers/0/env/-",
                                                "value": {"name": "EXTRA", "value": "1"}}], "kubectl-edit")
        self.assert_nothing_to_do(self.work)
        self.ok(self.work.mesh("drift"))

    def test_history_and_show(self):
        before = self.ok(self.work.mesh("history")).out.splitlines()
        self.kube["c2"].delete("PodDisruptionBudget", GATEWAY)
        self.ok(self.work.mesh("apply", "--auto-approve"))
        history = self.ok(self.work.mesh("history")).out.splitlines()
        self.assertEqual(len(history), len(before) + 1)
        shown = self.ok(self.work.mesh("show", "HEAD")).out
        self.assertIn("c1", shown)
        self.assertNotIn("eyJ", shown)

    def test_destroy_leaves_nothing_of_ours(self):
        run = self.ok(self.work.mesh("destroy", "--auto-approve"))
        self.assertIn("c1/discovery/c2", run.out + run.err)
        for name in NAMES:
            with self.subTest(name):
                api = self.kube[name]
                for kind in ("Secret", "Service", "Deployment", "ServiceAccount", "HorizontalPodAutoscaler",
                             "PodDisruptionBudget", "Gateway", "ClusterRole", "ClusterRoleBinding"):
                    self.assertEqual([o["metadata"]["name"] for o in api.list(kind, "mesh-engine.dev/mesh=e2e")], [], kind)
                self.assertEqual(api.list("Secret", "istio/multiCluster=true"), [])
                self.assertNotIn("topology.istio.io/network", api.get("Namespace", SYSTEM, "")["metadata"]["labels"])
        again = self.ok(self.work.mesh("destroy", "--auto-approve"))
        self.assertIn("No changes", again.out)


def foreign_changes():
    """One field after another, changed, removed or added by others. `manager` is empty where Kubernetes keeps no name."""
    gateway = "c1/gateway"

    def case(name, cluster, do, expected, manager):
        return {"name": name, "cluster": cluster, "do": do, "expected": expected, "manager": manager}

    return [
        case("service port changed", "c1",
             lambda api: api.json_patch("Service", GATEWAY, [
                 {"op": "replace", "path": "/spec/ports/1/targetPort", "value": 9999}], "kubectl-edit"),
             {(gateway, "Service", GATEWAY, 'spec.ports[port=15443,protocol="TCP"].targetPort')}, "kubectl-edit"),
        case("label changed by a forced apply", "c1",
             lambda api: api.apply("Service", GATEWAY, {
                 "apiVersion": "v1", "kind": "Service", "metadata": {"name": GATEWAY, "labels": {
                     "topology.istio.io/network": "other"}}}, "flux"),
             {(gateway, "Service", GATEWAY, 'metadata.labels["topology.istio.io/network"]')}, "flux"),
        case("label removed", "c1",
             lambda api: api.json_patch("Service", GATEWAY, [
                 {"op": "remove", "path": "/metadata/labels/topology.istio.io~1network"}], "kubectl-label"),
             {(gateway, "Service", GATEWAY, 'metadata.labels["topology.istio.io/network"]')}, ""),
        case("whole port removed", "c1",
             lambda api: api.json_patch("Service", GATEWAY, [{"op": "remove", "path": "/spec/ports/0"}], "kubectl-edit"),
             {(gateway, "Service", GATEWAY, 'spec.ports[port=15021,protocol="TCP"]')}, ""),
        case("port number changed", "c1",
             lambda api: api.json_patch("Service", GATEWAY, [
                 {"op": "replace", "path": "/spec/ports/1/port", "value": 15444}], "kubectl-edit"),
             {(gateway, "Service", GATEWAY, 'spec.ports[port=15443,protocol="TCP"]'),
              (gateway, "Service", GATEWAY, 'spec.ports[port=15444,protocol="TCP"]')}, ""),
        case("port that peers dial labelled", "c1",
             lambda api: api.merge("Service", GATEWAY, {"metadata": {"labels": {"networking.istio.io/gatewayPort": "443"}}},
                                   "kubectl-label"),
             {(gateway, "Service", GATEWAY, 'metadata.labels["networking.istio.io/gatewayPort"]')}, "kubectl-label"),
        case("external IPs set", "c1",
             lambda api: api.merge("Service", GATEWAY, {"spec": {"externalIPs": ["192.0.2.7"]}}, "kubectl-edit"),
             {(gateway, "Service", GATEWAY, "spec.externalIPs")}, "kubectl-edit"),
        case("source ranges set", "c1",
             lambda api: api.merge("Service", GATEWAY, {"spec": {"loadBalancerSourceRanges": ["192.0.2.0/24"]}},
                                   "kubectl-edit"),
             {(gateway, "Service", GATEWAY, "spec.loadBalancerSourceRanges")}, "kubectl-edit"),
        case("scaled to nothing", "c1",
             lambda api: api.merge("Deployment", GATEWAY, {"spec": {"replicas": 0}}, "kubectl-edit"),
             {(gateway, "Deployment", GATEWAY, "spec.replicas")}, "kubectl-edit"),
        case("rollout paused", "c1",
             lambda api: api.merge("Deployment", GATEWAY, {"spec": {"paused": True}}, "kubectl-rollout"),
             {(gateway, "Deployment", GATEWAY, "spec.paused")}, "kubectl-rollout"),
        case("image changed", "c1",
             lambda api: api.json_patch("Deployment", GATEWAY, [
                 {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "envoy:1"}], "kubectl-set"),
             {(gateway, "Deployment", GATEWAY, 'spec.template.spec.containers[name="istio-proxy"].image')}, "kubectl-set"),
        case("budget changed", "c2",
             lambda api: api.merge("PodDisruptionBudget", GATEWAY, {"spec": {"minAvailable": "50%"}}, "kubectl-patch"),
             {("c2/gateway", "PodDisruptionBudget", GATEWAY, "spec.minAvailable")}, "kubectl-patch"),
        case("budget turned round", "c2",
             lambda api: api.merge("PodDisruptionBudget", GATEWAY, {"spec": {"minAvailable": None, "maxUnavailable": 0}},
                                   "kubectl-patch"),
             {("c2/gateway", "PodDisruptionBudget", GATEWAY, "spec.minAvailable"),
              ("c2/gateway", "PodDisruptionBudget", GATEWAY, "spec.maxUnavailable")}, ""),
        case("autoscaler maximum changed", "c2",
             lambda api: api.merge("HorizontalPodAutoscaler", GATEWAY, {"spec": {"maxReplicas": 9}}, "kubectl-edit"),
             {("c2/gateway", "HorizontalPodAutoscaler", GATEWAY, "spec.maxReplicas")}, "kubectl-edit"),
        case("autoscaler deleted", "c2", lambda api: api.delete("HorizontalPodAutoscaler", GATEWAY),
             {("c2/gateway", "HorizontalPodAutoscaler", GATEWAY, "create")}, ""),
        case("exposed hosts changed", "c3",
             lambda api: api.json_patch("Gateway", "cross-network-gateway", [
                 {"op": "replace", "path": "/spec/servers/0/hosts", "value": ["*.example.com"]}], "kubectl-edit"),
             {("c3/expose", "Gateway", "cross-network-gateway", "spec.servers")}, "kubectl-edit"),
        case("key added to the exposed gateway's selector", "c3",
             lambda api: api.merge("Gateway", "cross-network-gateway", {"spec": {"selector": {"version": "v2"}}},
                                   "kubectl-patch"),
             {("c3/expose", "Gateway", "cross-network-gateway", "spec.selector.version")}, "kubectl-patch"),
        case("rule added to the reader", "c3",
             lambda api: api.json_patch("ClusterRole", READER, [
                 {"op": "add", "path": "/rules/-", "value": {"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]}}],
                 "kubectl-edit"),
             {("c3/reader", "ClusterRole", READER, "rules")}, "kubectl-edit"),
        case("network label of the namespace changed", "c3",
             lambda api: api.merge("Namespace", SYSTEM, {"metadata": {"labels": {"topology.istio.io/network": "x"}}},
                                   "kubectl-label", ""),
             {("c3/network", "Namespace", SYSTEM, 'metadata.labels["topology.istio.io/network"]')}, "kubectl-label"),
        case("credential changed", "c1",
             lambda api: api.merge("Secret", remote_secret("c2"), {"data": {cluster_id("c2"): "eA=="}}, "kubectl-edit"),
             {("c1/discovery/c2", "Secret", remote_secret("c2"), f"data.{cluster_id('c2')}")}, "kubectl-edit"),
        case("second cluster added to a remote Secret", "c1",
             lambda api: api.merge("Secret", remote_secret("c2"), {"data": {"intruder": "eA=="}}, "kubectl-edit"),
             {("c1/discovery/c2", "Secret", remote_secret("c2"), "data.intruder")}, "kubectl-edit"),
        case("discovery label removed", "c1",
             lambda api: api.json_patch("Secret", remote_secret("c3"), [
                 {"op": "remove", "path": "/metadata/labels/istio~1multiCluster"}], "kubectl-label"),
             {("c1/discovery/c3", "Secret", remote_secret("c3"), 'metadata.labels["istio/multiCluster"]')}, ""),
        case("remote Secret deleted", "c1", lambda api: api.delete("Secret", remote_secret("c3")),
             {("c1/discovery/c3", "Secret", remote_secret("c3"), "create")}, ""),
    ]


if __name__ == "__main__":
    any_order.main()
