"""`mesh check` on a mesh that works, and on broken ones.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import json
import os
import re

import any_order
from bed import GATEWAY, SYSTEM, TEST_DIR, Case, Workdir, eventually, kube, register, remote_secret, spec_text

CLUSTERS = {name: {"platform": '"kubernetes"'} for name in ("c1", "c2", "c3")}
NAMES = list(CLUSTERS)


class Check(Case):
    work = None

    @classmethod
    def setUpClass(cls):
        Check.work = Check.work or Workdir()
        cls.work.write(spec_text(CLUSTERS))
        cls.kube = {name: kube(name) for name in NAMES}
        for one in cls.kube.values():
            register(one)

    def setUp(self):
        self.ok(self.work.mesh("apply", "--auto-approve"))

    def check(self, code, *arguments):
        return self.ok(self.work.mesh("check", "--format", "json", *arguments), code).json()

    def found(self, document):
        return {(one["id"], one["cluster"]) for one in document["findings"]}

    def settled(self, document_is):
        self.assertTrue(eventually(lambda: document_is(self.work.mesh("check", "--format", "json").json())))

    def edit(self, path, edit):
        """Writes the object with what `edit` makes of it; answers how to put it back."""
        before = self.kube["c1"].request("GET", path)
        after = json.loads(json.dumps(before))
        edit(after)
        self.kube["c1"].request("PUT", path, after)

        def put_back():
            now = self.kube["c1"].request("GET", path)
            before["metadata"]["resourceVersion"] = now["metadata"]["resourceVersion"]
            self.kube["c1"].request("PUT", path, before)

        self.addCleanup(put_back)


class Healthy(Check):
    def test_nothing_is_found(self):
        document = self.check(0)
        self.assertEqual(document["findings"], [])
        self.assertTrue(document["complete"])
        self.assertIn("No findings", self.ok(self.work.mesh("check")).out)

    def test_the_catalogue(self):
        listed = self.ok(self.work.mesh("check", "--list", "--format", "json")).json()
        self.assertEqual([one["id"] for one in listed], [one["id"] for one in self.check(0)["checks"]])


class Broken(Check):
    def test_the_injector_has_another_network(self):
        def other_network(config):
            values = json.loads(config["data"]["values"])
            values["global"]["network"] = "elsewhere"
            config["data"]["values"] = json.dumps(values)

        self.edit(f"/api/v1/namespaces/{SYSTEM}/configmaps/istio-sidecar-injector-asm-1233-2", other_network)
        self.assertEqual(self.found(self.check(1)), {("network-injector", "c1")})
        self.assertEqual(self.check(0, "--skip-check", "network-injector")["findings"], [])
        self.assertEqual(self.check(0, "--only", "c2")["findings"], [])

    def test_the_namespace_is_not_injected(self):
        self.edit(f"/api/v1/namespaces/{SYSTEM}",
                  lambda namespace: namespace["metadata"]["labels"].update({"istio-injection": "disabled"}))
        self.assertEqual(self.found(self.check(1)), {("gateway-injection", "c1")})

    def test_a_second_autoscaler(self):
        scaler = self.kube["c1"].get("HorizontalPodAutoscaler", GATEWAY)
        scaler["metadata"] = {"name": "another", "namespace": SYSTEM}
        scaler.pop("status", None)
        self.kube["c1"].create("HorizontalPodAutoscaler", scaler)
        self.addCleanup(self.kube["c1"].delete, "HorizontalPodAutoscaler", "another")
        self.assertIn(("gateway-autoscalers", "c1"), self.found(self.check(1)))

    def test_mtls_off(self):
        policies = f"/apis/security.istio.io/v1beta1/namespaces/{SYSTEM}/peerauthentications"
        self.kube["c1"].request("POST", policies, {
            "apiVersion": "security.istio.io/v1beta1", "kind": "PeerAuthentication",
            "metadata": {"name": "default", "namespace": SYSTEM}, "spec": {"mtls": {"mode": "DISABLE"}}})
        self.addCleanup(self.kube["c1"].request, "DELETE", policies + "/default")
        self.assertEqual(self.found(self.check(1)), {("mtls-mesh", "c1")})

    def test_a_remote_secret_is_gone_and_a_foreign_one_there(self):
        self.kube["c1"].delete("Secret", remote_secret("c2"))
        self.kube["c1"].create("Secret", {
            "apiVersion": "v1", "kind": "Secret", "data": {"cn-unknown": "eA=="},
            "metadata": {"name": "by-hand", "namespace": SYSTEM, "labels": {"istio/multiCluster": "true"}}})
        self.addCleanup(self.kube["c1"].delete, "Secret", "by-hand")
        # Warnings: what works today goes on.
        self.assertEqual(self.found(self.check(0)), {("remote-secret-missing", "c1"), ("remote-secret-foreign", "c1")})

    def test_the_gateway_is_scaled_to_zero(self):
        self.kube["c1"].merge("Deployment", GATEWAY, {"spec": {"replicas": 0}}, "kubectl-scale")
        self.settled(lambda document: {("gateway-ready", "c1"), ("gateway-endpoints", "c1")} <= self.found(document))

    def test_a_cluster_does_not_answer(self):
        lost = os.path.join(TEST_DIR, "lost.kubeconfig")
        with open(os.path.join(TEST_DIR, "c3.kubeconfig"), encoding="utf-8") as file:
            text = file.read()
        with open(lost, "w", encoding="utf-8") as file:
            file.write(re.sub(r"(server: https://[^:/]+):[0-9]+", r"\1:1", text))
        self.work.write(spec_text({**CLUSTERS, "c3": {**CLUSTERS["c3"], "kubeconfig": f'"{lost}"'}}))
        self.addCleanup(self.work.write, spec_text(CLUSTERS))
        document = self.check(3, "--timeout", "3s")
        self.assertEqual(self.found(document), {("api-server-reach", "c3")})
        self.assertFalse(document["complete"])


if __name__ == "__main__":
    any_order.main()
