"""Every platform preset, applied to a real API server, leaves an empty plan; and again after each change of its gateway's
settings.

Bed: --clusters 2 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import any_order
from bed import GATEWAY, Case, Workdir, ctl, kube, spec_text

FLEET_PLATFORMS = {"gke-vmware": "ip", "gdc-bare-metal": "ip", "gke-azure": "ip", "gke-aws": "hostname", "eks": "hostname",
                   "aks": "ip", "kubernetes": "ip"}


def clusters(platform, extra=None):
    more = extra or {}
    return {name: {"platform": f'"{platform}"', **more} for name in ("c1", "c2")}


class Platforms(Case):
    def setUp(self):
        self.work = Workdir()
        self.addCleanup(self.clean_up)

    def clean_up(self):
        for name in ("c1", "c2"):
            ctl("set", name, "lb=ip")
        self.ok(self.work.mesh("destroy", "--auto-approve"))

    def test_apply_then_empty_plan(self):
        for platform, address in FLEET_PLATFORMS.items():
            for exposure in ("public", "internal"):
                with self.subTest(f"{platform} {exposure}"):
                    ctl("set", "c1", f"lb={address}")
                    ctl("set", "c2", f"lb={address}")
                    gateway = f'[gateway]\nexposure = "{exposure}"\nsource_ranges = ["203.0.113.0/24"]'
                    self.work.write(spec_text(clusters(platform), extra=gateway))
                    self.ok(self.work.mesh("apply", "--auto-approve"))
                    self.assert_nothing_to_do(self.work)
                    service = kube("c1").get("Service", GATEWAY)
                    self.assertEqual(service["spec"]["loadBalancerSourceRanges"], ["203.0.113.0/24"])
                    self.assertIn(address, service["status"]["loadBalancer"]["ingress"][0])
                    self.ok(self.work.mesh("destroy", "--auto-approve"))

    def test_plain_istio_with_the_default_revision(self):
        lines = spec_text(clusters("kubernetes")).splitlines()
        lines = [line for line in lines if not line.startswith(("fleet_project", "project_number", "ca =", "revision"))]
        text = "\n".join(lines).replace("[mesh]", '[mesh]\nid = "plain"\nca = "istio-ca"\nrevision = "auto"')
        self.work.write(text)
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.work)
        self.assertIn("istio-remote-secret-c2", [s["metadata"]["name"] for s in kube("c1").list("Secret")])

    def test_recreates_the_service_where_the_platform_demands_it(self):
        self.work.write(spec_text(clusters("gke-aws")))
        self.ok(self.work.mesh("apply", "--auto-approve"))
        before = kube("c1").get("Service", GATEWAY)["metadata"]["uid"]
        self.work.write(spec_text(clusters("gke-aws", {"gateway.exposure": '"internal"'})))
        plan = self.ok(self.work.mesh("plan", "--detailed-exitcode", "--format", "json"), 2).json()
        gateway = next(a for a in plan["actions"] if a["address"] == "c1/gateway")
        self.assertEqual(gateway["operation"], "replace")
        self.assertEqual(gateway["interrupts"], ["c2 -> c1"])
        self.assertIn("interrupts c2 -> c1", self.ok(self.work.mesh("plan")).out)
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assertNotEqual(kube("c1").get("Service", GATEWAY)["metadata"]["uid"], before)
        self.assert_nothing_to_do(self.work)

    def test_one_run_after_another_moves_every_setting(self):
        settings = [{}, {"gateway.replicas": "{ min = 3, max = 7 }"}, {"gateway.source_ranges": '["10.0.0.0/8"]'},
                    {"gateway.exposure": '"internal"'}, {}]
        for extra in settings:
            self.work.write(spec_text(clusters("eks", extra)))
            self.ok(self.work.mesh("apply", "--auto-approve"))
            self.assert_nothing_to_do(self.work)


if __name__ == "__main__":
    any_order.main()
