"""`mesh verify` on real istiods and Envoys: what it sees is what traffic does, and its explanations are the faults.

Bed: --istio --clusters 2
"""

import os

import any_order
from bed import GATEWAY, Case, Workdir, kube, remote_secret

NAMES = ["c1", "c2"]
NAMESPACE = "mesh-verify-e2e"


class VerifyOnIstio(Case):
    def setUp(self):
        self.work = Workdir()
        with open(os.environ["MESH_TEST_SPEC"], encoding="utf-8") as file:
            self.work.write(file.read())
        self.kube = {name: kube(name) for name in NAMES}
        self.apply()

    def apply(self):
        self.ok(self.work.mesh("apply", "--auto-approve"))

    def verify(self, code, *arguments):
        run = self.ok(self.work.mesh("verify", "--format", "json", *arguments), code)
        for name in NAMES:
            self.assertIsNone(self.kube[name].find("Namespace", NAMESPACE))
        return run.json()

    def finding(self, document, start, end):
        found = [one for one in document["findings"] if (one["from"], one["to"]) == (start, end)]
        self.assertEqual(len(found), 1, document["findings"])
        return found[0]

    def test_both_versions_answer_from_both_sides(self):
        document = self.verify(0)
        self.assertTrue(all(path["answers"] > 0 for path in document["paths"]), document["paths"])

    def test_a_remote_secret_is_gone(self):
        self.kube["c1"].delete("Secret", remote_secret("c2"))
        try:
            document = self.verify(1, "--timeout", "20s")
            found = self.finding(document, "c1", "c2")
            self.assertEqual(found["fault"], "not_discovered")
            # The sidecar was asked, and dials the version of its own cluster alone.
            self.assertRegex(found["read"], r"the sidecar of Sleep in c1 dials [0-9.]+:5000;")
        finally:
            self.apply()

    def test_the_gateway_has_no_pod(self):
        self.kube["c2"].merge("Deployment", GATEWAY, {"spec": {"replicas": 0}}, "kubectl-scale")
        try:
            self.assertEqual(self.finding(self.verify(1, "--timeout", "20s"), "c1", "c2")["fault"], "gateway_not_ready")
        finally:
            self.kube["c2"].merge("Deployment", GATEWAY, {"spec": {"replicas": 1}}, "kubectl-scale")
            self.apply()

    def test_a_closed_port(self):
        self.kube["c2"].merge("Service", GATEWAY, {"spec": {"loadBalancerSourceRanges": ["203.0.113.0/24"]}}, "kubectl-edit")
        try:
            found = self.finding(self.verify(1, "--timeout", "20s"), "c1", "c2")
            self.assertEqual(found["fault"], "connection")
            self.assertIn(":15443", found["read"])
        finally:
            self.kube["c2"].merge("Service", GATEWAY, {"spec": {"loadBalancerSourceRanges": None}}, "kubectl-edit")
            self.apply()

    def test_a_probe(self):
        document = self.ok(self.work.mesh("verify", "--probe", "--format", "json")).json()
        self.assertEqual([probe["connected"] for probe in document["probes"]], [True, True])


if __name__ == "__main__":
    any_order.main()
