"""`mesh check --effective`: what the spec wants, what the API servers hold, and what each istiod acts on.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import base64
import json
import os
import time

import yaml

import any_order
from bed import GATEWAY, SYSTEM, TEST_DIR, Case, Workdir, cluster_id, eventually, kube, register, remote_secret, spec_text

CLUSTERS = {name: {"platform": '"kubernetes"'} for name in ("c1", "c2", "c3")}
NAMES = list(CLUSTERS)
EDGES = [(start, end) for start in NAMES for end in NAMES if start != end]
# Reads all that mesh check lists and the metrics of pods, and runs no command in them.
READER = {
    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "check-reader"},
    "rules": [
        {"apiGroups": [""], "verbs": ["get", "list", "watch"],
         "resources": ["namespaces", "secrets", "pods", "services", "serviceaccounts", "configmaps"]},
        {"apiGroups": ["apps", "autoscaling", "policy", "rbac.authorization.k8s.io", "networking.istio.io", "security.istio.io",
                       "admissionregistration.k8s.io", "discovery.k8s.io", "apiextensions.k8s.io", "hub.gke.io"],
         "resources": ["*"], "verbs": ["get", "list", "watch"]}]}
PAGES = {"apiGroups": [""], "verbs": ["get"], "resources": ["pods/proxy"]}


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def kubeconfig_in(secret, peer):
    return base64.b64decode(secret["data"][cluster_id(peer)]).decode()


def reader_kubeconfig(api, name, *more):
    """A kubeconfig of an account of that cluster with the rules of READER and these besides."""
    role = {**READER, "rules": [*READER["rules"], *more]}
    api.apply("ClusterRole", "check-reader", role, "test")
    api.apply("ClusterRoleBinding", "check-reader", {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "check-reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "check-reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "check-reader", "namespace": "default"}]}, "test")
    api.apply("ServiceAccount", "check-reader", {
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "check-reader", "namespace": "default"}}, "test", "default")
    token = api.request("POST", "/api/v1/namespaces/default/serviceaccounts/check-reader/token", {
        "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}})["status"]["token"]
    with open(os.path.join(TEST_DIR, f"{name}.kubeconfig"), encoding="utf-8") as file:
        config = yaml.safe_load(file)
    config["users"][0]["user"] = {"token": token}
    path = os.path.join(TEST_DIR, f"{name}.reader.kubeconfig")
    with open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump(config, file)
    return path


class Effective(Case):
    work = None

    @classmethod
    def setUpClass(cls):
        Effective.work = Effective.work or Workdir()
        cls.kube = {name: kube(name) for name in NAMES}
        for one in cls.kube.values():
            register(one)

    def setUp(self):
        self.work.write(spec_text(CLUSTERS))
        self.ok(self.work.mesh("apply", "--auto-approve"))
        # The autoscaler may still have to add the second pod of a gateway.
        self.assertTrue(eventually(lambda: all(self.pods_of_gateway(one) >= 2 for one in self.kube.values())))
        self.settled(lambda document: document["findings"] == [])

    def pods_of_gateway(self, api):
        return api.get("Deployment", GATEWAY).get("status", {}).get("availableReplicas", 0)

    def check(self, code, *arguments):
        return self.ok(self.work.mesh("check", "--effective", "--format", "json", *arguments), code).json()

    def found(self, document):
        return {(one["id"], one["cluster"], one["peer"]) for one in document["findings"]}

    def edges(self, document):
        return {(edge["from"], edge["to"]): edge for edge in document["discovery"]["edges"]}

    def replace(self, cluster, peer, kubeconfig):
        """Puts another kubeconfig into the remote Secret, and what was there back in the end, as somebody who deletes it and
        applies again would."""
        self.kube[cluster].merge("Secret", remote_secret(peer), {"data": {cluster_id(peer): encoded(kubeconfig)}}, "kubectl")
        self.addCleanup(self.kube[cluster].delete, "Secret", remote_secret(peer))

    def settled(self, holds):
        """Waits until the check says so; answers the document."""
        documents = []

        def looked():
            documents.append(self.work.mesh("check", "--effective", "--format", "json").json())
            return holds(documents[-1])

        self.assertTrue(eventually(looked, 90), documents[-1:])
        return documents[-1]


class Healthy(Effective):
    def test_every_discovery_is_in_effect(self):
        document = self.check(0)
        self.assertEqual(document["findings"], [])
        self.assertTrue(document["complete"])
        self.assertEqual(document["discovery"]["summary"],
                         {"effective": 6, "not_applied": 0, "not_effective": 0, "unwanted": 0, "unknown": 0})
        self.assertEqual([(edge["from"], edge["to"]) for edge in document["discovery"]["edges"]], EDGES)
        for (start, end), edge in self.edges(document).items():
            self.assertEqual((edge["cluster_id"], edge["secret"], edge["gateway"], edge["exposed"]), (cluster_id(end), "yes", "yes", "yes"))
            addresses = [one["ip"] for one in self.kube[end].get("Service", GATEWAY)["status"]["loadBalancer"]["ingress"]]
            self.assertGreaterEqual(len(edge["istiods"]), 1, start)
            for pod in edge["istiods"]:
                self.assertEqual((pod["status"], pod["secret"]), ("synced", f"{SYSTEM}/{remote_secret(end)}"))
                self.assertGreater(pod["endpoints"], 0)
                self.assertEqual(pod["gateways"], addresses)

    def test_the_text_is_short(self):
        text = self.ok(self.work.mesh("check", "--effective")).out
        self.assertIn("discovery\n  6 of 6 discoveries of the spec are in effect in every istiod\n", text)

    def test_without_the_flag_only_the_list_of_clusters_is_asked(self):
        document = self.ok(self.work.mesh("check", "--format", "json")).json()
        self.assertIsNone(document["discovery"])
        self.assertEqual(document["findings"], [])


class Broken(Effective):
    def test_the_token_is_wrong(self):
        text = kubeconfig_in(self.kube["c1"].get("Secret", remote_secret("c2")), "c2")
        head, _, _ = text.partition("    token: ")
        self.replace("c1", "c2", f"{head}    token: wrong\n")
        document = self.settled(lambda document: self.found(document) == {("discovery-effective", "c1", "c2")})
        edge = self.edges(document)["c1", "c2"]
        self.assertEqual((edge["verdict"], edge["secret"]), ("not_effective", "yes"))
        self.assertIn(edge["istiods"][0]["fault"], ("syncing", "timeout"))
        self.assertEqual(document["discovery"]["summary"]["effective"], 5)
        run = self.ok(self.work.mesh("check", "--effective"), 1)
        self.assertRegex(run.out, r"c1 -> c2 +yes +yes +no +istiod\S+: (syncing|timeout)")
        self.assertIn("5 of 6 discoveries", run.out)
        # The plain check asks for the same list.
        self.assertIn("discovery-effective", self.ok(self.work.mesh("check"), 1).out)

    def test_a_kubeconfig_that_istiod_refuses(self):
        text = kubeconfig_in(self.kube["c1"].get("Secret", remote_secret("c2")), "c2")
        head, _, _ = text.partition("    token: ")
        self.replace("c1", "c2", f"{head}    tokenFile: /var/run/token\n")
        # istiod goes on with what it has, until it restarts.
        document = self.check(1)
        self.assertEqual(self.found(document), {("remote-secret-auth", "c1", "c2")})
        self.assertEqual(document["discovery"]["summary"]["effective"], 6)

    def test_a_token_that_expired_is_named_and_never_shown(self):
        text = kubeconfig_in(self.kube["c1"].get("Secret", remote_secret("c2")), "c2")
        head, _, _ = text.partition("    token: ")
        claims = encoded(json.dumps({"exp": int(time.time()) - 60, "sub": "reader"})).rstrip("=")
        token = f"eyJhbGciOiJSUzI1NiJ9.{claims}.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"
        self.replace("c1", "c2", f"{head}    token: {token}\n")
        document = self.settled(lambda document: ("discovery-effective", "c1", "c2") in self.found(document))
        self.assertIn(("remote-secret-expired", "c1", "c2"), self.found(document))
        log = os.path.join(self.work.folder, "log.json")
        run = self.ok(self.work.mesh("check", "--effective", "-vvv", "--log-file", log), 1)
        with open(log, encoding="utf-8") as file:
            shown = run.out + run.err + file.read()
        self.assertIn("remote-secret-expired", shown)
        for part in (token, claims, claims[:16], "c2lnbmF0dXJl", encoded(token)[4:40]):
            self.assertNotIn(part, shown)

    def test_what_is_not_applied_is_no_fault_of_istiod(self):
        self.kube["c1"].delete("Secret", remote_secret("c2"))
        document = self.settled(lambda document: self.edges(document)["c1", "c2"]["istiods"][0]["status"] == "absent")
        self.assertEqual(self.found(document), {("remote-secret-missing", "c1", "c2")})
        self.assertEqual(self.edges(document)["c1", "c2"]["verdict"], "not_applied")
        self.assertIn("no remote Secret", self.work.mesh("check", "--effective").out)

    def test_a_peer_that_left_the_spec_is_still_in_memory(self):
        self.work.write(spec_text({**CLUSTERS, "c1": {**CLUSTERS["c1"], "discovery.peers": '["c3"]'}}))
        document = self.check(0)
        self.assertEqual(self.found(document), {("discovery-stale", "c1", "c2")})
        self.assertEqual(self.edges(document)["c1", "c2"]["verdict"], "unwanted")
        self.assertEqual(document["discovery"]["summary"]["effective"], 5)


class Rights(Effective):
    def test_without_the_right_to_run_commands_it_is_not_known(self):
        spec = spec_text({**CLUSTERS, "c1": {**CLUSTERS["c1"], "kubeconfig": f'"{reader_kubeconfig(self.kube["c1"], "c1")}"'}})
        self.work.write(spec)
        document = self.check(3, "--skip-check", "rights-apply")
        self.assertEqual({(one["id"], one["severity"], one["cluster"]) for one in document["findings"]}, {("read-rights", "unknown", "c1")})
        self.assertIn("discovery-effective, discovery-stale", document["findings"][0]["means"])
        self.assertIn("pods/exec", document["findings"][0]["do"])
        self.assertEqual({edge["verdict"] for (start, _), edge in self.edges(document).items() if start == "c1"}, {"unknown"})
        self.check(0, "--skip-check", "rights-apply", "--skip-check", "discovery-effective", "--skip-check", "discovery-stale")

    def test_metrics_tell_how_many_clusters_are_registered(self):
        spec = spec_text({**CLUSTERS, "c1": {**CLUSTERS["c1"], "kubeconfig": f'"{reader_kubeconfig(self.kube["c1"], "c1", PAGES)}"'}})
        self.work.write(spec)
        document = self.check(3, "--skip-check", "rights-apply")
        self.assertIn("its metrics tell only that 2 remote clusters are registered", document["findings"][0]["read"])


if __name__ == "__main__":
    any_order.main()
