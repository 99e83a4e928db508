"""The guide from start to end on real istiods and Envoys, and what happens when something of it breaks.

Bed: --istio --clusters 2. After each fault mesh names it, mesh apply fixes it, and traffic crosses again.
"""

import json
import os

import any_order
from bed import GATEWAY, SYSTEM, Answer, ctl, eventually
from istio_bed import NAMES, REVISION, SAMPLE, MeshCase, answers, dialled, istiod, kubectl, pods, server, service_of, synced, version
# Their tests run on the same bed.
from istio_effective_test import EffectiveState  # noqa: F401
from istio_init_test import Adoption  # noqa: F401
from istio_secret_test import RemoteSecrets  # noqa: F401
from istio_trust_test import Trust  # noqa: F401

EXPOSE = "cross-network-gateway"


class Guide(MeshCase):
    def judge(self, spec, heard):
        """mesh verify says that exactly these clusters hear each other."""
        document = self.verify(0, "-f", spec)
        self.assertEqual({(path["from"], path["to"]) for path in document["paths"] if path["answers"]}, heard, document["paths"])

    def test_the_guide_from_start_to_end(self):
        alone = self.write_spec(*NAMES, file="alone.toml", more="discovery.peers = []\n")
        both = os.path.join(self.work.folder, "mesh.toml")
        themselves = {(name, name) for name in NAMES}
        everyone = {(start, end) for start in NAMES for end in NAMES}
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        self.judge(alone, themselves)
        self.apply()
        self.judge(both, everyone)
        self.assert_nothing_to_do(self.work)
        self.ok(self.work.mesh("drift"))
        for name in NAMES:
            self.assertEqual(len(synced(name)), len(NAMES))
        self.write_spec("c1")
        # Their kubeconfigs are not in the folder of the spec.
        self.apply("--allow-mass-removal", *(word for name in NAMES[1:] for word in ("--reach", name)))
        # c1 alone is in the spec: the others, of which mesh removed what it made, are alone as well.
        self.judge(alone, themselves)
        self.assertEqual(len(istiod("c1", "clusterz")), 1)
        self.write_spec(*NAMES)
        self.join()

    def test_no_check_fires_on_a_mesh_that_works(self):
        self.join()
        document = self.ok(self.work.mesh("check", "--format", "json")).json()
        self.assertEqual(document["findings"], [])
        self.assertTrue(document["complete"], document["diagnostics"])

    def test_exec_and_logs_reach_what_runs(self):
        self.join()
        gateway = pods("c1", f"istio={GATEWAY.removeprefix('istio-')}", SYSTEM)[0]["metadata"]["name"]
        self.assertIn("Envoy proxy is ready", kubectl("c1", "-n", SYSTEM, "logs", gateway))
        self.assertEqual(kubectl("c1", "-n", SYSTEM, "logs", gateway, "--tail=1").count("\n"), 1)
        self.assertIn(gateway, kubectl("c1", "-n", SYSTEM, "exec", gateway, "--", "hostname"))
        with self.assertRaisesRegex(AssertionError, "exit 7"):
            kubectl("c1", "-n", SYSTEM, "exec", gateway, "--", "sh", "-c", "exit 7")


class Faults(MeshCase):
    def setUp(self):
        super().setUp()
        self.join()
        self.addCleanup(self.join)

    def test_the_gateway_is_scaled_to_zero(self):
        kubectl("c2", "-n", SYSTEM, "scale", f"deployment/{GATEWAY}", "--replicas=0")
        self.expect_cut("c1", "c2")
        self.expect_heard("c2", NAMES)
        self.expect_planned("c2/gateway", "Deployment", GATEWAY, "spec.replicas")
        self.join()
        self.assert_nothing_to_do(self.work)

    def test_the_selector_of_the_service_has_a_foreign_key(self):
        server("c2").merge("Service", GATEWAY, {"spec": {"selector": {"foreign": "key"}}}, "kubectl-edit")
        self.renew_connections("c1")
        self.expect_cut("c1", "c2")
        self.expect_planned("c2/gateway", "Service", GATEWAY, "spec.selector", '"foreign": "key"')
        self.join()

    def test_the_selector_of_the_gateway_has_a_foreign_key(self):
        server("c2").merge("Gateway", EXPOSE, {"spec": {"selector": {"foreign": "key"}}}, "kubectl-edit")
        self.expect_cut("c1", "c2")
        self.expect_planned("c2/expose", "Gateway", EXPOSE, "spec.selector.foreign", '"key"')
        self.join()

    def test_the_port_number_of_the_service_is_changed_by_hand(self):
        ports = server("c2").get("Service", GATEWAY)["spec"]["ports"]
        index = next(i for i, port in enumerate(ports) if port["port"] == 15443)
        step = {"op": "replace", "path": f"/spec/ports/{index}/port", "value": 15444}
        server("c2").json_patch("Service", GATEWAY, [step], "kubectl-edit")
        self.expect_cut("c1", "c2")
        self.expect_planned("c2/gateway", "Service", GATEWAY, 'spec.ports[port=15444,protocol="TCP"]')
        self.join()
        self.assertNotIn(15444, [port["port"] for port in server("c2").get("Service", GATEWAY)["spec"]["ports"]])

    def test_the_gateway_object_is_deleted(self):
        server("c2").delete("Gateway", EXPOSE)
        self.expect_cut("c1", "c2")
        self.expect_planned("c2/expose", "Gateway", EXPOSE, "create")
        self.join()

    def test_the_service_is_being_deleted_and_a_finalizer_holds_it(self):
        server("c2").merge("Service", GATEWAY, {"metadata": {"finalizers": ["example.com/held"]}}, "kubectl-edit")
        self.addCleanup(self.release, "Service")
        kubectl("c2", "-n", SYSTEM, "delete", "service", GATEWAY, "--wait=false")
        self.assertEqual(set(answers("c1", service=service_of("c2"))), {"v2"}, "istiod and load balancer keep what is still there")
        self.expect_planned("c2/gateway", "Service", GATEWAY, "replace", "example.com/held")
        self.release("Service")
        self.join()

    def release(self, kind):
        try:
            server("c2").merge(kind, GATEWAY, {"metadata": {"finalizers": None}}, "kubectl-edit")
        except Answer as error:
            self.assertEqual(error.status, 404)

    def test_the_gateway_pod_is_killed(self):
        self.delete_gateway_pods("c2")
        self.expect_joined()
        self.assert_nothing_to_do(self.work)

    def test_the_api_server_is_down_while_traffic_flows(self):
        self.addCleanup(ctl, "start", "c2")
        ctl("stop", "c2")
        self.assertEqual(set(answers("c1")), {version(name) for name in NAMES})
        run = self.work.mesh("plan", "--detailed-exitcode", "--timeout", "5s", "--format", "json")
        self.assertEqual({c["name"]: c["reachable"] for c in run.json()["clusters"]}, {name: name != "c2" for name in NAMES}, str(run))
        self.doCleanups()

    def test_no_webhook_injects_the_gateway(self):
        hook = next(name for name in kubectl("c2", "get", "mutatingwebhookconfigurations", "-o", "name").split() if "injector" in name)
        saved = json.loads(kubectl("c2", "get", hook, "-o", "json"))
        saved["metadata"] = {"name": saved["metadata"]["name"], "labels": saved["metadata"]["labels"]}
        path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
        kubectl("c2", "delete", hook)
        try:
            self.delete_gateway_pods("c2")
            self.assertTrue(eventually(self.gateway_waits_for_its_image, 30))
            self.expect_cut("c1", "c2")
            self.expect_found("gateway-injection", "c2")
            run = self.ok(self.work.mesh("apply", "--auto-approve"), 3)
            self.assertIn("check gateway-injection", run.err)
            run = self.ok(self.work.mesh("apply", "--auto-approve", "--skip-check", "gateway-injection"), 1)
            self.assertIn("ErrImagePull for the image `auto`", run.out)
        finally:
            server("c2").request("POST", path, saved)
            # The API server calls a new webhook only after a moment.
            self.assertTrue(eventually(self.new_gateway_pod_is_injected, 30))

    def gateway_waits_for_its_image(self):
        return "ErrImagePull" in kubectl("c2", "-n", SYSTEM, "get", "pods", "-l", "istio=eastwestgateway")

    def new_gateway_pod_is_injected(self):
        self.delete_gateway_pods("c2")
        return eventually(lambda: pods("c2", "istio=eastwestgateway", SYSTEM), 5)[0]["spec"]["containers"][0]["image"] != "auto"

    def delete_gateway_pods(self, cluster):
        kubectl(cluster, "-n", SYSTEM, "delete", "pods", "-l", "istio=eastwestgateway", "--grace-period=0", "--force")

    def test_the_deployment_is_being_deleted_and_a_finalizer_holds_it(self):
        server("c2").merge("Deployment", GATEWAY, {"metadata": {"finalizers": ["example.com/held"]}}, "kubectl-edit")
        self.addCleanup(self.release, "Deployment")
        kubectl("c2", "-n", SYSTEM, "delete", "deployment", GATEWAY, "--wait=false", "--cascade=foreground")
        self.expect_cut("c1", "c2")
        self.expect_planned("c2/gateway", "Deployment", GATEWAY, "replace", "example.com/held")
        self.release("Deployment")
        self.join()

    def test_the_injector_puts_another_network_on_pods(self):
        self.write_injector("elsewhere")
        try:
            self.restart_hello("c2")
            self.expect_cut("c1", "c2")
            self.expect_heard("c2", NAMES)
            self.expect_found("network-injector", "c2", f"istio-sidecar-injector-{REVISION}", "`elsewhere`", "`c2`")
        finally:
            self.write_injector("c2")
            self.restart_hello("c2")
        self.expect_joined()

    def write_injector(self, network):
        """Has the injector of c2 put that network on pods, and waits until it does."""
        path = f"/api/v1/namespaces/{SYSTEM}/configmaps/istio-sidecar-injector-{REVISION}"
        values = json.loads(server("c2").request("GET", path)["data"]["values"])
        values["global"]["network"] = network
        server("c2").request("PATCH", path, {"data": {"values": json.dumps(values)}}, "application/merge-patch+json")
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "never-created"},
               "spec": {"containers": [{"name": "sleep", "image": "curl"}]}}

        def injected():
            made = server("c2").request("POST", f"/api/v1/namespaces/{SAMPLE}/pods?dryRun=All", pod)
            return made["metadata"]["labels"]["topology.istio.io/network"]

        self.assertTrue(eventually(lambda: injected() == network, 30))

    def restart_hello(self, cluster):
        kubectl(cluster, "-n", SAMPLE, "rollout", "restart", f"deployment/helloworld-{version(cluster)}")
        kubectl(cluster, "-n", SAMPLE, "rollout", "status", f"deployment/helloworld-{version(cluster)}", "--timeout=60s")

    def test_another_service_says_that_it_is_a_gateway_of_the_network(self):
        second = {"apiVersion": "v1", "kind": "Service",
                  "metadata": {"name": "second-gateway", "labels": {"topology.istio.io/network": "c2"}},
                  "spec": {"type": "LoadBalancer", "selector": {"app": "nothing"}, "ports": [{"name": "tls", "port": 15443}]}}
        (own,) = dialled("c1", service_of("c2"))
        server("c2").create("Service", second, SAMPLE)
        try:
            self.assertTrue(eventually(lambda: len(dialled("c1", service_of("c2"))) == 2, 30), "istiod of c1 takes it for a way")
            (other,) = dialled("c1", service_of("c2")).keys() - {own}
            # Nothing is behind it: Envoy tries the other way after that, so that callers do not see it.
            self.assertTrue(eventually(lambda: answers("c1", service=service_of("c2")) and dialled("c1", service_of("c2"))[other], 30))
            self.expect_found("gateway-second", "c2", f'"namespace": "{SAMPLE}", "name": "second-gateway"')
        finally:
            server("c2").delete("Service", "second-gateway", SAMPLE)
        self.assertTrue(eventually(lambda: set(dialled("c1", service_of("c2"))) == {own}, 30))
        self.expect_joined()

    def test_another_autoscaler_scales_the_gateway(self):
        path = f"/apis/autoscaling/v2/namespaces/{SYSTEM}/horizontalpodautoscalers"
        server("c2").request("POST", path, {
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "second"},
            "spec": {"minReplicas": 2, "maxReplicas": 2,
                     "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": GATEWAY}}})
        try:
            self.assertTrue(eventually(lambda: server("c2").get("Deployment", GATEWAY)["spec"]["replicas"] == 2, 60))
            self.assertEqual(set(answers("c1", service=service_of("c2"))), {"v2"})
            self.expect_found("gateway-autoscalers", "c2", "second")
        finally:
            server("c2").request("DELETE", f"{path}/second")
        self.join()
        self.assert_nothing_to_do(self.work)

    def test_istiod_is_gone_while_traffic_flows(self):
        kubectl("c2", "-n", SYSTEM, "scale", f"deployment/istiod-{REVISION}", "--replicas=0")
        # mesh apply refuses to write where no istiod is: it has to be back before that.
        self.addCleanup(kubectl, "c2", "-n", SYSTEM, "rollout", "status", f"deployment/istiod-{REVISION}", "--timeout=90s")
        self.addCleanup(kubectl, "c2", "-n", SYSTEM, "scale", f"deployment/istiod-{REVISION}", "--replicas=1")
        self.assertTrue(eventually(lambda: not pods("c2", "app=istiod", SYSTEM), 20))
        self.assertEqual(set(answers("c1")), {version(name) for name in NAMES})

    def test_strict_mutual_tls(self):
        path = "/apis/security.istio.io/v1/namespaces/istio-system/peerauthentications"
        for name in NAMES:
            self.addCleanup(server(name).request, "DELETE", f"{path}/default")
            server(name).request("POST", path, {"apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication",
                                                "metadata": {"name": "default"}, "spec": {"mtls": {"mode": "STRICT"}}})
        self.expect_joined()


if __name__ == "__main__":
    any_order.main()
