"""Rehearsals: a plan carried out on simulated copies, and simulated clusters that begin as a snapshot left them.

The clusters that are copied are simulated themselves; MESH_BIN names the program under test.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

MESH_BIN = os.environ.get("MESH_BIN", "")
# kube CLUSTER 'CALL': what somebody else does to a cluster, in the words of bed.Kube.
KUBE = f"""kube() {{
    PYTHONPATH="{os.path.dirname(os.path.abspath(__file__))}" PYTHONDONTWRITEBYTECODE=1 "{sys.executable}" -W ignore -c \\
        "from bed import *; kube('$1').$2"; }}"""


class Rehearsal(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="mesh-e2e-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def sim(self, script, *flags, folder="real", code=0):
        """Runs a shell script in the folder of simulated clusters; answers its output."""
        path = os.path.join(self.folder, folder)
        run = subprocess.run([MESH_BIN, "sim", "run", "--dir", path, *flags, "--", "bash", "-euc",
                              f'cd "$MESH_TEST_DIR"; mesh() {{ "{MESH_BIN}" "$@"; }}\n{KUBE}\n{script}'],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=180, check=False)
        self.assertEqual(run.returncode, code, run.stdout)
        return run.stdout

    def writes(self, since=0):
        """What mesh wrote to the clusters that it copied."""
        found = []
        for log in glob.glob(os.path.join(self.folder, "real", "logs", "*.audit.log")):
            with open(log, encoding="utf-8") as file:
                for line in file:
                    event = json.loads(line)
                    if event.get("userAgent", "").startswith("mesh/") and event["verb"] not in ("get", "list", "watch"):
                        found.append((event["verb"], event["requestURI"]))
        return found[since:]

    def test_the_first_plan_is_carried_out_and_only_there(self):
        told = self.sim("mesh plan --rehearse", "--clusters", "2")
        self.assertIn("Rehearsal on 2 simulated clusters\n  plan        the same as above\n", told)
        self.assertIn("  apply       10 done\n  plan again  nothing to do\n", told)
        self.assertIn("  paths       2 of 4 before, 4 after, none broke on the way\n", told)
        self.assertEqual(self.writes(), [])

    def test_a_rename_that_the_injector_does_not_know_of(self):
        told = self.sim("""mesh apply --auto-approve >/dev/null 2>&1
            sed -i 's/network = "c2"/network = "new"/' mesh.toml
            mesh plan --rehearse --skip-check network-injector""", "--clusters", "2")
        self.assertRegex(told, r"paths       4 of 4 before, [0-3] after, [1-4] broke on the way")
        self.assertIn("Worked before and do not any more:", told)
        self.assertRegex(told, r"    c[12] -> c[12]\n      \S.*\n")

    def test_the_document_of_the_plan_holds_the_rehearsal(self):
        told = self.sim("""mesh plan --rehearse --format json --detailed-exitcode 2>text >first.json || echo "exit $?"
            grep -c 'Rehearsal on 2' text
            mesh apply --auto-approve first.json >/dev/null 2>&1
            sed -i 's/network = "c2"/network = "new"/' mesh.toml
            mesh plan --rehearse --format json --skip-check network-injector 2>/dev/null >second.json
            mesh plan --format json --skip-check network-injector >plain.json""", "--clusters", "2")
        self.assertEqual(told, "exit 2\n1\n")
        first, second, plain = (self.document(name) for name in ("first", "second", "plain"))
        new = {"before": False, "after": True, "broke": False, "during": [], "reason": None}
        self.assertEqual(first["rehearsal"], {
            "succeeded": True, "planned_otherwise": [], "failed": [], "second_plan_empty": True, "left": [],
            "paths": [{"from": "c1", "to": "c2", **new}, {"from": "c2", "to": "c1", **new}]})
        lost = [path for path in second["rehearsal"]["paths"] if path["before"] and not path["after"]]
        self.assertTrue(lost, second["rehearsal"])
        self.assertTrue(all(path["reason"] for path in lost), lost)
        self.assertNotIn("rehearsal", plain)
        self.assertEqual(sorted(second), sorted([*plain, "rehearsal"]))
        self.assertEqual([(action["address"], action["operation"]) for action in second["actions"]],
                         [(action["address"], action["operation"]) for action in plain["actions"]])

    def document(self, name):
        with open(os.path.join(self.folder, "real", f"{name}.json"), encoding="utf-8") as file:
            return json.load(file)

    def test_what_was_read_in_part_is_rehearsed_in_part(self):
        told = self.sim("""mesh apply --auto-approve >/dev/null 2>&1
            mesh sim fault add kind=forbidden cluster=c2 verb=list resource=secrets >/dev/null
            mesh plan --rehearse""", "--clusters", "2", code=3)
        self.assertIn("  plan        differs in c2/discovery/c1, c2/reader, c1/discovery/c2\n", told)

    def test_a_token_that_is_made_anew(self):
        told = self.sim("""mesh apply --auto-approve >/dev/null 2>&1
            kube c2 'delete("Secret", TOKEN_SECRET)'
            mesh plan --rehearse""", "--clusters", "2")
        self.assertIn("  plan        the same as above\n  apply       2 done\n  plan again  nothing to do\n", told)
        self.assertIn("  paths       3 of 4 before, 4 after, none broke on the way\n", told)

    def test_an_address_that_others_dial_from_now_on(self):
        """The old one goes on answering: what uses it worked before."""
        told = self.sim("""mesh apply --auto-approve >/dev/null 2>&1
            server=$(sed -n "s/ *server: https:..127.0.0.1/https:\\/\\/localhost/p" c1.kubeconfig)
            sed -i "s|^kubeconfig = .c1.kubeconfig.*|&\\napi_server = '$server'|" mesh.toml
            mesh plan --rehearse""", "--clusters", "2")
        self.assertIn("~ c2/discovery/c1  1 field differs\n", told)
        self.assertIn("  plan        the same as above\n  apply       1 done\n  plan again  nothing to do\n", told)
        self.assertIn("  paths       4 of 4 before, 4 after, none broke on the way\n", told)

    def test_pods_have_the_network_of_the_injector_whatever_the_namespace_is_labelled(self):
        told = self.sim("""mesh apply --auto-approve >/dev/null 2>&1
            kube c2 'merge("Namespace", SYSTEM, {"metadata": {"labels": {"topology.istio.io/network": "foo"}}}, "somebody")'
            mesh plan --rehearse""", "--clusters", "2")
        self.assertIn("  apply       1 done\n  plan again  nothing to do\n", told)
        self.assertIn("  paths       4 of 4 before, 4 after, none broke on the way\n", told)

    def test_where_the_injector_may_not_be_read_the_label_is_taken(self):
        told = self.sim("""mesh apply --auto-approve >/dev/null 2>&1
            mesh sim fault add kind=forbidden cluster=c2 verb=get resource=configmaps >/dev/null
            mesh plan --rehearse
            sed -i 's/network = "c2"/network = "new"/' mesh.toml
            mesh plan --rehearse --skip-check network-injector""", "--clusters", "2")
        self.assertEqual(told.count("warning[incomplete]: rehearsal does not know the network of the injector"), 1)
        self.assertIn("pods are taken to be of network `c2`", told)

    def test_a_gateway_that_is_not_ready_is_not_ready_in_the_copy(self):
        """Until the plan makes anew what it lacks."""
        for fault, kind, words in (("no_load_balancer", "Service", "has no address"),
                                   ("pods_not_ready", "Deployment", "is not available: 0 of ")):
            with self.subTest(fault):
                told = self.sim(f"""mesh apply --auto-approve >/dev/null 2>&1
                    mesh sim fault add kind={fault} cluster=c2 >/dev/null
                    kube c2 'delete("{kind}", GATEWAY)'
                    mesh plan --rehearse 2>/dev/null
                    mesh apply --auto-approve --timeout 1s >/dev/null 2>&1 || true
                    mesh plan --rehearse 2>errors""", "--clusters", "2", code=1, folder=fault)
                made_anew, stays = told.split("Not ready: c2/gateway")
                self.assertRegex(made_anew, "paths       3 of 4 before, 4 after")
                self.assertIn("apply       0 done, 1 failed", stays)
                self.assertIn("paths       3 of 4 before, 3 after", stays)
                with open(os.path.join(self.folder, fault, "errors"), encoding="utf-8") as file:
                    self.assertRegex(file.read(), r"rehearsal of c2/gateway: .*error\[not_ready\](.|\n)*" + words)

    def test_what_was_not_read_cannot_be_rehearsed(self):
        told = self.sim("""mesh sim fault add kind=down cluster=c2 >/dev/null
            mesh plan --rehearse --timeout 2s""", "--clusters", "2", code=1)
        self.assertIn("plan cannot be rehearsed", told)
        self.assertIn("cluster c2", told)

    def test_clusters_as_a_snapshot_left_them(self):
        self.sim("""mesh apply --auto-approve >/dev/null 2>&1
            sed -i 's/max = 5/max = 5/; $a gateway.replicas = { min = 3, max = 4 }' mesh.toml
            mesh apply --auto-approve >/dev/null 2>&1
            mesh history""", "--clusters", "2")
        spec = os.path.join(self.folder, "real", "mesh.toml")
        newest = self.sim("mesh plan", "--spec", spec, "--world", "HEAD", folder="newest")
        self.assertIn("No changes. The clusters match the spec.", newest)
        before = self.sim(f"""cat mesh.toml; mesh plan
            sed -i '$a gateway.replicas = {{ min = 3, max = 4 }}' mesh.toml
            mesh plan""", "--spec", spec, "--world", "HEAD~1", folder="before")
        first, second = before.split("No changes. The clusters match the spec.")
        self.assertNotIn("min = 3", first)
        self.assertIn("Plan: 0 to create, 1 to update", second)
        self.assertTrue(re.search(r"minReplicas:\s+2 -> 3", second), second)

    def test_flags_that_do_not_go_together(self):
        for arguments in (["plan", "--rehearse", "--only", "c1"], ["sim", "run", "--world", "HEAD", "--", "true"]):
            run = subprocess.run([MESH_BIN, *arguments], capture_output=True, text=True, check=False, cwd=self.folder)
            self.assertEqual(run.returncode, 64, run.stderr)
        run = subprocess.run([MESH_BIN, "sim", "run", "--spec", "x", "--world", "HEAD", "--istiod", "none", "--", "true"],
                             capture_output=True, text=True, check=False, cwd=self.folder)
        self.assertEqual(run.returncode, 64, run.stderr)
        self.assertIn("--world does not go with --istiod none", run.stderr)


if __name__ == "__main__":
    unittest.main()
