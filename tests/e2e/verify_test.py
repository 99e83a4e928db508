"""`mesh verify` on a mesh that carries traffic, and on broken ones.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import json
import signal
import xml.etree.ElementTree

import any_order
from bed import GATEWAY, SYSTEM, Case, Workdir, eventually, kube, remote_secret, spec_text

CLUSTERS = {name: {"platform": '"kubernetes"'} for name in ("c1", "c2", "c3")}
NAMES = list(CLUSTERS)
LONG_AGO = "2026-01-01T00:00:00Z"
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
            self.assertEqual(self.namespaces(name), [], f"{name} still has namespaces")

    def namespaces(self, name):
        """Those of every `mesh verify`."""
        return [one["metadata"]["name"] for one in self.kube[name].list("Namespace", "mesh-engine.dev/purpose=verify")]

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
    OTHER = "mesh-verify-e2e-0123abcd"

    def other_namespace(self, labels, needed_until=None, manager="mesh.e2e"):
        """In c2, until the end of the test."""
        metadata = {"name": self.OTHER, "labels": labels}
        if needed_until:
            metadata["annotations"] = {"mesh-engine.dev/needed-until": needed_until}
        self.kube["c2"].apply("Namespace", self.OTHER, {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, manager, "")
        self.addCleanup(self.remove_other_namespace)

    def remove_other_namespace(self):
        if self.kube["c2"].find("Namespace", self.OTHER):
            self.kube["c2"].delete("Namespace", self.OTHER)
        self.assertTrue(eventually(lambda: self.kube["c2"].find("Namespace", self.OTHER) is None))

    def test_an_interrupt_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                # A version that never answers keeps it busy until it is stopped.
                self.kube["c1"].delete("Secret", remote_secret("c2"))
                process = self.work.start("verify")
                self.assertTrue(eventually(lambda: self.namespaces("c1")))
                process.send_signal(number)
                out, err = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 1, out + err)
                self.assertIn("stopped", err)
                self.assert_nothing_left()
                self.ok(self.work.mesh("apply", "--auto-approve"))

    def test_two_runs_at_once_do_not_meet(self):
        runs = [self.work.start("verify", "--format", "json", "--requests", "40") for _ in range(2)]
        names = set()
        for process in runs:
            out, err = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, out + err)
            names.add(json.loads(out)["namespace"])
        self.assertEqual(len(names), 2)
        self.assert_nothing_left()

    def test_a_foreign_namespace_is_left_alone(self):
        for labels, needed_until in (({"team": "x"}, None), ({"team": "x"}, LONG_AGO), ({**LABELS, "mesh-engine.dev/mesh": "y"}, LONG_AGO)):
            with self.subTest(labels):
                self.other_namespace(labels, needed_until)
                self.ok(self.work.mesh("verify"))
                found = self.kube["c2"].get("Namespace", self.OTHER)["metadata"]
                self.assertEqual({key: found["labels"].get(key) for key in labels}, labels)
                self.doCleanups()

    def test_labels_that_were_copied_to_a_namespace_remove_nothing(self):
        self.other_namespace(LABELS, LONG_AGO, "kubectl")
        self.ok(self.work.mesh("verify"))
        self.assertEqual(self.namespaces("c2"), [self.OTHER])

    def test_the_namespace_of_a_run_that_may_go_on_is_left_alone(self):
        self.other_namespace(LABELS, "2999-01-01T00:00:00Z")
        self.ok(self.work.mesh("verify"))
        self.assertEqual(self.namespaces("c2"), [self.OTHER])

    def test_what_an_earlier_run_left_is_removed(self):
        self.other_namespace(LABELS, LONG_AGO)
        self.kube["c2"].create("Service", {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "old"},
                                           "spec": {"ports": [{"port": 1}]}}, self.OTHER)
        run = self.ok(self.work.mesh("verify"))
        self.assertIn(f"c2: removes {self.OTHER}, which an earlier run left", run.err)
        self.assert_nothing_left()

    def test_a_run_that_is_killed_leaves_a_namespace_that_says_until_when_it_is_needed(self):
        self.kube["c1"].delete("Secret", remote_secret("c2"))
        process = self.work.start("verify")
        self.assertTrue(eventually(lambda: all(self.namespaces(name) for name in NAMES)))
        process.kill()
        process.communicate(timeout=60)
        for name in NAMES:
            (left,) = self.kube[name].list("Namespace", "mesh-engine.dev/purpose=verify")
            self.assertRegex(left["metadata"]["annotations"]["mesh-engine.dev/needed-until"], r"^\d{4}-.*Z$")
            self.kube[name].merge("Namespace", left["metadata"]["name"],
                                  {"metadata": {"annotations": {"mesh-engine.dev/needed-until": LONG_AGO}}}, "test", "")
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.ok(self.work.mesh("verify"))
        self.assert_nothing_left()


if __name__ == "__main__":
    any_order.main()
