"""What real istiods say of what is applied: all of it in effect, a token that is wrong, and metrics instead of commands.

Bed: --istio --clusters 2. Another suite on that bed may include it.
"""

import any_order
from bed import SYSTEM, cluster_id, eventually, remote_secret
from check_effective_test import PAGES, encoded, kubeconfig_in, reader_kubeconfig
from istio_bed import NAMES, REVISION, MeshCase, kubectl, server


class EffectiveState(MeshCase):
    @classmethod
    def setUpClass(cls):
        """No traffic: what istiods have in memory is asked, the samples are not needed."""

    def look(self, code, *arguments):
        return self.ok(self.work.mesh("check", "--effective", "--format", "json", *arguments), code).json()

    def edges(self, document):
        return {(edge["from"], edge["to"]): edge for edge in document["discovery"]["edges"]}

    def test_all_that_is_applied_is_in_effect(self):
        self.apply()
        document = self.look(0)
        self.assertEqual(document["findings"], [])
        self.assertEqual(set(self.edges(document)), {(start, end) for start in NAMES for end in NAMES if start != end})
        for (_, end), edge in self.edges(document).items():
            self.assertEqual(edge["verdict"], "effective", edge)
            for pod in edge["istiods"]:
                self.assertEqual((pod["status"], pod["secret"]), ("synced", f"{SYSTEM}/{remote_secret(end)}"))
                self.assertGreater(pod["services"], 0)
                self.assertGreater(len(pod["gateways"]), 0)

    def test_a_wrong_token_is_applied_and_not_in_effect(self):
        self.apply()
        self.addCleanup(self.fix)
        text = kubeconfig_in(server("c1").get("Secret", remote_secret("c2")), "c2")
        head, _, _ = text.partition("    token: ")
        server("c1").merge("Secret", remote_secret("c2"), {"data": {cluster_id("c2"): encoded(f"{head}    token: wrong\n")}}, "kubectl")
        last = []

        def looked():
            last.append(self.work.mesh("check", "--effective", "--format", "json"))
            return any(one["id"] == "discovery-effective" for one in last[-1].json()["findings"])

        self.assertTrue(eventually(looked, 60), last[-1])
        edges = self.edges(last[-1].json())
        self.assertEqual(edges["c1", "c2"]["verdict"], "not_effective")
        self.assertIn(edges["c1", "c2"]["istiods"][0]["fault"], ("syncing", "timeout"))
        self.assertEqual(edges["c2", "c1"]["verdict"], "effective")

    def test_metrics_tell_the_state_where_no_command_may_run(self):
        self.apply()
        admin = f'kubeconfig = "{self.kubeconfig_of("c1")}"'
        self.assertIn(admin, self.spec)
        self.spec = self.spec.replace(admin, f'kubeconfig = "{reader_kubeconfig(server("c1"), "c1", PAGES)}"')
        self.write_spec(*NAMES)
        document = self.ok(self.work.mesh("check", "--format", "json", "--skip-check", "rights-apply")).json()
        self.assertEqual(document["findings"], [])
        self.assertTrue(document["complete"])
        # Endpoints and gateways are on no page that is open to it.
        last = []

        def synced():
            last.append(self.look(3, "--skip-check", "rights-apply"))
            return [pod["status"] for pod in self.edges(last[-1])["c1", "c2"]["istiods"]] == ["synced"]

        # A pod whose page does not come in time tells nothing for once.
        self.assertTrue(eventually(synced, 60), last[-1])

    def fix(self):
        self.apply()
        # An istiod that has replaced a peer's credentials was seen not to take the peer up again after a removal: start afresh.
        kubectl("c1", "-n", SYSTEM, "rollout", "restart", f"deployment/istiod-{REVISION}")
        kubectl("c1", "-n", SYSTEM, "rollout", "status", f"deployment/istiod-{REVISION}", "--timeout=60s")

    def kubeconfig_of(self, cluster):
        start = self.spec.index(f"[cluster.{cluster}]")
        return self.spec[start:].partition('kubeconfig = "')[2].partition('"')[0]


if __name__ == "__main__":
    any_order.main()
