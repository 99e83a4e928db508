"""`mesh verify` on a mesh that carries traffic, and on broken ones.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import signal
import xml.etree.ElementTree

import any_order
from bed import GATEWAY, SYSTEM, Case, Workdir, eventually, kube, remote_secret, spec_text

CLUSTERS = {name: {"platform": '"kubernetes"'} for name in ("c1", "c2", "c3")}
NAMES = list(CLUSTERS)
NAMESPACE = "mesh-verify-e2e"
LABELS = {"app.kubernetes.io/managed-by": "mesh", "mesh-engine.dev/mesh": "e2e", "mesh-engine.dev/purpose": "verify"}


class Verify(Case):
    work = None

    @classmethod
    def setUpClass(cls):
        Verify.work = Verify.work or Workdir()
        cls.work.write(spec_text(CLUSTERS))
        cls.kube = {name: kube(name) for name in NAMES}

    def setUp(self):
        self.ok(self.work.mesh("apply", "--auto-approve"))

    def verify(self, code, *arguments):
        run = self.ok(self.work.mesh("verify", "--format", "json", *arguments), code)
        self.assert_nothing_left()
        return run.json()

    def assert_nothing_left(self):
        for name in NAMES:
            self.assertIsNone(self.kube[name].find("Namespace", NAMESPACE), f"{name} still has the namespace")

    def fault(self, document, start, end):
        found = [one for one in document["findings"] if (one["from"], one["to"]) == (start, end)]
        self.assertEqual(len(found), 1, document["findings"])
        return found[0]["fault"]

    def faults(self, document):
        return {(one["from"], one["to"]): one["fault"] for one in document["findings"]}


class Healthy(Verify):
    def test_every_version_answers_from_everywhere(self):
        document = self.verify(0)
        self.assertTrue(document["passed"] and document["complete"])
        self.assertEqual(len(document["paths"]), 9)
        for path in document["paths"]:
            self.assertGreater(path["answers"], 0, path)
        self.assertEqual([one["version"] for one in document["clusters"]], ["v1", "v2", "v1"])

    def test_a_plan_afterwards_is_empty(self):
        self.verify(0)
        self.assert_nothing_to_do(self.work)

    def test_text_and_junit(self):
        self.assertIn("Every expected version answered", self.ok(self.work.mesh("verify")).out)
        junit = xml.etree.ElementTree.fromstring(self.ok(self.work.mesh("verify", "--format", "junit")).out)
        self.assertEqual([suite.get("failures") for suite in junit], ["0", "0", "0"])

    def test_only_peers_are_expected(self):
        self.work.write(spec_text({**CLUSTERS, "c1": {**CLUSTERS["c1"], "discovery.peers": '["c2"]'}}))
        try:
            self.ok(self.work.mesh("apply", "--auto-approve"))
            document = self.verify(0)
            self.assertIn({"from": "c1", "to": "c3", "expected": False, "answers": 0}, document["paths"])
        finally:
            self.work.write(spec_text(CLUSTERS))


class Broken(Verify):
    def test_gateway_scaled_to_zero(self):
        self.kube["c2"].merge("Deployment", GATEWAY, {"spec": {"replicas": 0}}, "kubectl-scale")
        try:
            document = self.verify(1, "--timeout", "8s")
            self.assertEqual(self.faults(document), {("c1", "c2"): "gateway_not_ready", ("c3", "c2"): "gateway_not_ready"})
        finally:
            self.kube["c2"].merge("Deployment", GATEWAY, {"spec": {"replicas": 2}}, "kubectl-scale")

    def test_remote_secret_removed(self):
        self.kube["c1"].delete("Secret", remote_secret("c2"))
        document = self.verify(1, "--timeout", "8s")
        self.assertEqual(self.faults(document), {("c1", "c2"): "not_discovered"})

    def test_same_network(self):
        label = "topology.istio.io/network"
        injector = "istio-sidecar-injector-asm-1233-2"
        path = f"/api/v1/namespaces/{SYSTEM}/configmaps/{injector}"
        values = self.kube["c2"].request("GET", path)["data"]["values"]
        same = values.replace('"network": "c2"', '"network": "c1"').replace('"network":"c2"', '"network":"c1"')
        self.assertNotEqual(values, same, "the injector does not name its network")
        patch = lambda text: self.kube["c2"].request("PATCH", path, {"data": {"values": text}}, "application/merge-patch+json")
        patch(same)
        self.kube["c2"].merge("Namespace", SYSTEM, {"metadata": {"labels": {label: "c1"}}}, "kubectl-label", "")
        try:
            document = self.verify(1, "--timeout", "8s")
            self.assertEqual(self.faults(document)[("c1", "c2")], "network")
        finally:
            patch(values)

    def test_cluster_whose_kubeconfig_is_gone(self):
        self.work.write(spec_text({**CLUSTERS, "c3": {**CLUSTERS["c3"], "kubeconfig": '"gone.kubeconfig"'}}))
        try:
            document = self.verify(3)
            self.assertFalse(document["complete"])
            self.assertEqual([one["asked"] for one in document["clusters"]], [True, True, False])
        finally:
            self.work.write(spec_text(CLUSTERS))


class Clean(Verify):
    def namespace(self, labels):
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}

    def test_an_interrupt_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                # A version that never answers keeps it busy until it is stopped.
                self.kube["c1"].delete("Secret", remote_secret("c2"))
                process = self.work.start("verify")
                self.assertTrue(eventually(lambda: self.kube["c1"].find("Namespace", NAMESPACE)))
                process.send_signal(number)
                out, err = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 1, out + err)
                self.assertIn("stopped", err)
                self.assert_nothing_left()
                self.ok(self.work.mesh("apply", "--auto-approve"))

    def test_a_foreign_namespace_is_refused(self):
        self.kube["c2"].create("Namespace", self.namespace({"team": "x"}))
        try:
            run = self.ok(self.work.mesh("verify"), 1)
            self.assertIn(f"namespace {NAMESPACE} exists without the labels of this mesh", run.err)
            self.assertEqual(self.kube["c2"].get("Namespace", NAMESPACE)["metadata"]["labels"]["team"], "x")
            self.assertIsNone(self.kube["c1"].find("Namespace", NAMESPACE))
        finally:
            self.kube["c2"].delete("Namespace", NAMESPACE)
            self.assertTrue(eventually(lambda: self.kube["c2"].find("Namespace", NAMESPACE) is None))

    def test_what_an_earlier_run_left_is_removed(self):
        self.kube["c2"].create("Namespace", self.namespace(LABELS))
        self.kube["c2"].create("Service", {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "old"},
                                           "spec": {"ports": [{"port": 1}]}}, NAMESPACE)
        run = self.ok(self.work.mesh("verify"))
        self.assertIn("c2: removes what an earlier run left", run.err)
        self.assert_nothing_left()


if __name__ == "__main__":
    any_order.main()
