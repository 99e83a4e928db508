"""`mesh verify` on real istiods and Envoys: what it sees is what traffic does, and its explanations are the faults.

Bed: --istio --clusters 2
"""

import any_order
from bed import GATEWAY, remote_secret
from istio_bed import MeshCase, server


class VerifyOnIstio(MeshCase):
    def setUp(self):
        super().setUp()
        self.apply()

    def finding(self, document, start, end):
        found = [one for one in document["findings"] if (one["from"], one["to"]) == (start, end)]
        self.assertEqual(len(found), 1, document["findings"])
        return found[0]

    def test_a_remote_secret_is_gone(self):
        server("c1").delete("Secret", remote_secret("c2"))
        try:
            document = self.verify(1, "--timeout", "20s")
            found = self.finding(document, "c1", "c2")
            self.assertEqual(found["fault"], "not_discovered")
            # The sidecar was asked, and dials the version of its own cluster alone.
            self.assertRegex(found["read"], r"the sidecar of Sleep in c1 dials [0-9.]+:5000;")
        finally:
            self.apply()

    def test_the_gateway_has_no_pod(self):
        server("c2").merge("Deployment", GATEWAY, {"spec": {"replicas": 0}}, "kubectl-scale")
        try:
            self.assertEqual(self.finding(self.verify(1, "--timeout", "20s"), "c1", "c2")["fault"], "gateway_not_ready")
        finally:
            server("c2").merge("Deployment", GATEWAY, {"spec": {"replicas": 1}}, "kubectl-scale")
            self.apply()

    def test_a_closed_port(self):
        server("c2").merge("Service", GATEWAY, {"spec": {"loadBalancerSourceRanges": ["203.0.113.0/24"]}}, "kubectl-edit")
        try:
            found = self.finding(self.verify(1, "--timeout", "20s"), "c1", "c2")
            self.assertEqual(found["fault"], "connection")
            self.assertIn(":15443", found["read"])
            checked = self.work.mesh("check", "--format", "json").json()
            self.assertIn(("gateway-reach", "c2"), {(one["id"], one["cluster"]) for one in checked["findings"]})
        finally:
            server("c2").merge("Service", GATEWAY, {"spec": {"loadBalancerSourceRanges": None}}, "kubectl-edit")
            self.apply()


if __name__ == "__main__":
    any_order.main()
