"""What happens to a mesh over time: peers come and go, clusters are down, plans grow old, applies are stopped.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import json
import os
import pty
import random
import shutil
import signal
import subprocess
import time

import yaml

import any_order
from bed import (GATEWAY, MESH_BIN, PATHS, SYSTEM, TEST_DIR, TOKEN_SECRET, Case, Workdir, addresses, changes, cluster_id,
                 ctl, eventually, kube, remote_secret, spec_text)


def clusters(*names, **more):
    return {name: {"platform": '"kubernetes"', **more.get(name, {})} for name in names}


def files_of(folder):
    """{path: bytes} of all below the folder."""
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(at, name), "rb") as file:
                found[os.path.relpath(os.path.join(at, name), folder)] = file.read()
    return found


class AuditTail:
    """What mesh asks of a cluster from now on. Reads only what is new, for time counts."""

    def __init__(self, name):
        self.path = os.path.join(TEST_DIR, "logs", f"{name}.audit.log")
        self.start = os.path.getsize(self.path)

    def requests(self):
        with open(self.path, encoding="utf-8") as file:
            file.seek(self.start)
            events = [json.loads(line) for line in file if line.endswith("\n")]
        return [event for event in events if event.get("userAgent", "").startswith("mesh/")]


class Life(Case):
    def setUp(self):
        self.work = Workdir()
        self.addCleanup(self.clean_up)

    def clean_up(self):
        for name in ("c1", "c2", "c3"):
            ctl("resume", name)
            ctl("set", name, "lb=ip", "lb-delay=200ms", "deployments=available")
        self.work.write(spec_text(clusters("c1", "c2", "c3")))
        self.ok(self.work.mesh("destroy", "--auto-approve"))

    def apply(self, text):
        self.work.write(text)
        self.ok(self.work.mesh("apply", "--auto-approve"))

    def plan(self, *arguments, code=2):
        return self.ok(self.work.mesh("plan", "--detailed-exitcode", "--format", "json", *arguments), code).json()

    # Namespaces

    def copy_control_plane(self, name, namespace):
        """What an installation of istiod in another namespace would bring; removed at the end of the test."""
        api = kube(name)
        api.create("Namespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        self.addCleanup(api.delete, "Namespace", namespace)
        core, apps = "/api/v1/namespaces/{ns}/", "/apis/apps/v1/namespaces/{ns}/"
        for path in (core + "serviceaccounts", core + "configmaps", core + "services", apps + "deployments"):
            for found in api.request("GET", path.format(ns=SYSTEM))["items"]:
                metadata = found["metadata"]
                ours = metadata.get("labels", {}).get("app.kubernetes.io/managed-by") == "mesh"
                if ours or metadata["name"] in ("default", "istio-reader-service-account", "kube-root-ca.crt",
                                                "istio-ca-root-cert"):
                    continue
                body = {key: value for key, value in found.items() if key in ("data", "spec")}
                for key in ("clusterIP", "clusterIPs"):
                    body.get("spec", {}).pop(key, None)
                kind = {"serviceaccounts": "ServiceAccount", "configmaps": "ConfigMap", "services": "Service",
                        "deployments": "Deployment"}[path.rsplit("/", 1)[1]]
                api.request("POST", path.format(ns=namespace), {
                    "apiVersion": "apps/v1" if kind == "Deployment" else "v1", "kind": kind, **body,
                    "metadata": {"name": metadata["name"], "namespace": namespace, "labels": metadata.get("labels", {})}})
        self.assertTrue(eventually(lambda: api.get("Deployment", "istiod-asm-1233-2", namespace)["status"].get("availableReplicas")))

    def ours(self, name):
        """{(kind, namespace, name)} of all that carries the labels of the mesh, in any namespace."""
        selector = "?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dmesh%2Cmesh-engine.dev%2Fmesh%3De2e"
        return {(kind, one["metadata"].get("namespace", ""), one["metadata"]["name"]) for kind, path in PATHS.items()
                for one in kube(name).request("GET", path.replace("/namespaces/{ns}", "") + selector)["items"]}

    def test_another_system_namespace_takes_the_place_of_the_old(self):
        moved = 'namespace = "istio-moved"'
        self.apply(spec_text(clusters("c1", "c2")))
        for name in ("c1", "c2"):
            self.copy_control_plane(name, "istio-moved")
        self.work.write(spec_text(clusters("c1", "c2"), moved))
        planned = addresses(self.plan())
        for kind in ("reader", "gateway", "expose", "discovery/c2"):
            self.assertEqual(planned[f"c1/{kind}/former"], "delete")
        self.assertEqual(planned["c1/gateway"], "create")
        self.assertEqual(planned["c1/network/former"], "update")
        # What is still to be moved has not drifted.
        self.ok(self.work.mesh("drift"))

        self.ok(self.work.mesh("plan", "--out", "moved.json"))
        self.ok(self.work.mesh("apply", "moved.json", "--auto-approve"))
        self.assert_nothing_to_do(self.work)
        self.ok(self.work.mesh("drift"))
        for name in ("c1", "c2"):
            found = self.ours(name)
            self.assertIn(("Deployment", "istio-moved", GATEWAY), found)
            self.assertEqual({one for one in found if one[1] == SYSTEM}, set())
            home = kube(name).get("Namespace", SYSTEM)
            self.assertFalse([m for m in home["metadata"]["managedFields"] if m["manager"] == "mesh.e2e"])

        # The old one is left where the run ends too early; destroy finds it by its labels.
        self.apply(spec_text(clusters("c1", "c2")))
        self.work.write(spec_text(clusters("c1", "c2"), moved))
        self.ok(self.work.mesh("apply", "--auto-approve", "--only", "*/network", "--only", "*/reader"))
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        for name in ("c1", "c2"):
            self.assertEqual(self.ours(name), set())

    def test_objects_of_an_earlier_build_and_of_another_name_are_taken_over_by_the_command_that_is_told(self):
        self.apply(spec_text(clusters("c1")))
        api = kube("c1")
        home = api.get("Namespace", SYSTEM)["metadata"]
        entry = next(i for i, m in enumerate(home["managedFields"]) if m["manager"] == "mesh.e2e")
        api.json_patch("Namespace", SYSTEM, [
            {"op": "replace", "path": f"/metadata/managedFields/{entry}/manager", "value": "mesh"}], "test")
        service = api.get("Service", GATEWAY)["metadata"]
        entry = next(i for i, m in enumerate(service["managedFields"]) if m["manager"] == "mesh.e2e")
        api.json_patch("Service", GATEWAY, [
            {"op": "replace", "path": "/metadata/labels/mesh-engine.dev~1mesh", "value": "before"},
            {"op": "replace", "path": f"/metadata/managedFields/{entry}/manager", "value": "mesh.before"}], "test")
        document = self.work.mesh("plan", "--format", "json").json()
        told = {d["where"]: d for d in document["diagnostics"] if d["code"] == "belongs_to_other_mesh"}
        self.assertEqual(len(told), 2, document["diagnostics"])
        for one in told.values():
            command = one["hint"][one["hint"].index("kubectl "):]
            kind, name = command.split()[command.split().index("patch") + 1:][:2]
            api.json_patch(kind, name, json.loads(command[command.index("'") + 1:command.rindex("'")]), "kubectl-patch")
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.work)
        for found in (api.get("Namespace", SYSTEM), api.get("Service", GATEWAY)):
            managers = {m["manager"] for m in found["metadata"]["managedFields"]}
            self.assertIn("mesh.e2e", managers)
            self.assertFalse(managers & {"mesh", "mesh.before"})

    def test_another_name_of_the_mesh_is_refused_until_its_objects_are_taken_over(self):
        self.apply(spec_text(clusters("c1", "c2")))
        text = spec_text(clusters("c1", "c2")).replace('name = "e2e"', 'name = "renamed"')
        self.work.write(text)
        document = self.work.mesh("plan", "--format", "json").json()
        told = [d["hint"] for d in document["diagnostics"] if d["code"] == "belongs_to_other_mesh"]
        self.assertTrue(any("mesh destroy" in hint for hint in told), document["diagnostics"])
        self.assertEqual({operation for operation in addresses(document).values()}, {"unknown"})
        for diagnostic in document["diagnostics"]:
            if "kubectl " not in diagnostic["hint"] or diagnostic["code"] != "belongs_to_other_mesh":
                continue
            command = diagnostic["hint"][diagnostic["hint"].index("kubectl "):]
            kind, name = command.split()[command.split().index("patch") + 1:][:2]
            kube(diagnostic["where"].split()[1].rstrip(":")).json_patch(
                kind.split(".")[0], name, json.loads(command[command.index("'") + 1:command.rindex("'")]), "kubectl-patch")
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.work)
        for name in ("c1", "c2"):
            self.assertEqual(self.ours(name), set())
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        self.assertIsNone(kube("c1").find("Deployment", GATEWAY))

    # Peers

    def test_a_new_peer_touches_only_what_it_must(self):
        self.apply(spec_text(clusters("c1", "c2")))
        self.work.write(spec_text(clusters("c1", "c2", "c3")))
        expected = {f"c3/{kind}" for kind in ("network", "reader", "gateway", "expose", "discovery/c1", "discovery/c2")}
        expected |= {"c1/discovery/c3", "c2/discovery/c3"}
        # The namespace and Istio's reader account are there already.
        self.assertEqual(addresses(self.plan()), {
            address: "update" if address in ("c3/network", "c3/reader") else "create" for address in expected})
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.work)

    def test_a_removed_cluster_is_destroyed_and_its_traces_go(self):
        self.apply(spec_text(clusters("c1", "c2", "c3")))
        self.work.write(spec_text(clusters("c1", "c2")))
        # Whoever may push to the state repository could name any kubeconfig there.
        self.assertIn("--reach c3", self.ok(self.work.mesh("plan"), 3).err)
        found = addresses(self.plan("--reach", "c3"))
        self.assertEqual(set(found), {f"c3/{k}" for k in ("network", "reader", "gateway", "expose", "discovery/c1",
                                                          "discovery/c2")} | {"c1/discovery/c3", "c2/discovery/c3"})
        self.ok(self.work.mesh("apply", "--auto-approve", "--reach", "c3"))
        self.assertIsNone(kube("c1").find("Secret", remote_secret("c3")))
        self.assertIsNone(kube("c3").find("Deployment", GATEWAY))
        self.assert_nothing_to_do(self.work)

    def test_a_removed_cluster_that_is_down_stays_as_a_tombstone(self):
        self.apply(spec_text(clusters("c1", "c2", "c3")))
        ctl("pause", "c3")
        self.work.write(spec_text(clusters("c1", "c2")))
        run = self.work.mesh("apply", "--auto-approve", "--reach", "c3")
        self.ok(run, 3)
        self.assertIsNone(kube("c1").find("Secret", remote_secret("c3")))
        ctl("resume", "c3")
        left = addresses(self.plan("--reach", "c3"))
        self.assertEqual({a.split("/")[0] for a in left}, {"c3"})
        self.ok(self.work.mesh("apply", "--auto-approve", "--reach", "c3"))
        self.assertIsNone(kube("c3").find("Deployment", GATEWAY))
        self.assert_nothing_to_do(self.work)

    def renamed(self, **more):
        """c1, c2 and the cluster c3 under a new name."""
        keys = {"kubeconfig": f'"{TEST_DIR}/c3.kubeconfig"', "network": '"c3"', "id": f'"{cluster_id("c3")}"', **more}
        return spec_text(clusters("c1", "c2", "c3new", c3new=keys))

    def test_a_renamed_cluster_keeps_what_it_has(self):
        self.apply(spec_text(clusters("c1", "c2", "c3")))
        uid = kube("c3").get("Service", GATEWAY)["metadata"]["uid"]
        self.work.write(self.renamed())
        run = self.ok(self.work.mesh("plan", "--format", "json"))
        self.assertIn("same_cluster", run.err)
        # The Secrets say by which name their cluster goes.
        self.assertEqual(addresses(run.json()), {"c1/discovery/c3new": "update", "c2/discovery/c3new": "update"})
        self.ok(self.work.mesh("apply", "--auto-approve", "--only", "c1"))
        self.assertIsNotNone(kube("c1").find("Secret", remote_secret("c3")))
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assertEqual(kube("c3").get("Service", GATEWAY)["metadata"]["uid"], uid)
        run = self.ok(self.work.mesh("plan", "--detailed-exitcode"))
        self.assertNotIn("c3`", run.err)
        self.ok(self.work.mesh("drift"))
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        self.assertIsNone(kube("c3").find("Deployment", GATEWAY))

    def test_a_renamed_cluster_with_a_new_id_is_registered_under_it(self):
        self.apply(spec_text(clusters("c1", "c2", "c3")))
        self.apply(self.renamed(id='"another"'))
        self.assertIsNotNone(kube("c3").find("Deployment", GATEWAY))
        self.assertIsNone(kube("c1").find("Secret", remote_secret("c3")))
        self.assertIsNotNone(kube("c1").find("Secret", "istio-remote-secret-another"))
        self.assert_nothing_to_do(self.work)

    def test_a_new_name_that_cannot_be_read_destroys_nothing(self):
        self.apply(spec_text(clusters("c1", "c2", "c3")))
        self.work.write(self.renamed(kubeconfig='"nowhere.kubeconfig"'))
        run = self.ok(self.work.mesh("apply", "--auto-approve"), 3)
        self.assertIn("removed cluster is left alone", run.err)
        self.assertIsNotNone(kube("c3").find("Deployment", GATEWAY))
        self.apply(self.renamed())
        self.assert_nothing_to_do(self.work)

    def test_a_new_name_whose_login_fails_destroys_nothing(self):
        self.apply(spec_text(clusters("c1", "c2", "c3")))
        with open(os.path.join(TEST_DIR, "c3.kubeconfig"), encoding="utf-8") as file:
            config = yaml.safe_load(file)
        server = config["clusters"][0]["cluster"]
        server["server"] = server["server"].replace("127.0.0.1", "localhost")
        config["users"][0]["user"] = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "false",
                                               "interactiveMode": "Never"}}
        self.work.write(yaml.safe_dump(config), "other.kubeconfig")
        self.work.write(self.renamed(kubeconfig='"other.kubeconfig"', id='"another"'))
        run = self.ok(self.work.mesh("apply", "--auto-approve"), 3)
        self.assertIn("removed cluster is left alone", run.err)
        self.ok(self.work.mesh("apply", "--auto-approve", "--exclude", "c3new", "--exclude", "*/discovery/c3new"))
        # Only what was chosen is tried, and c3new has no token to give.
        self.ok(self.work.mesh("apply", "--auto-approve", "--only", "c1"), 1)
        for kind in ("Deployment", "Service"):
            self.assertIsNotNone(kube("c3").find(kind, GATEWAY))
        for cluster in ("c1", "c2"):
            self.assertIsNotNone(kube(cluster).find("Secret", remote_secret("c3")))
        self.assertIsNotNone(kube("c3").find("Secret", remote_secret("c1")))
        self.apply(spec_text(clusters("c1", "c2", "c3")))

    def test_a_renamed_cluster_whose_old_kubeconfig_is_gone_keeps_its_secrets(self):
        old, new = (os.path.join(self.work.folder, name) for name in ("c3.kubeconfig", "c3new.kubeconfig"))
        shutil.copy(os.path.join(TEST_DIR, "c3.kubeconfig"), old)
        self.apply(spec_text(clusters("c1", "c2", "c3", c3={"kubeconfig": '"c3.kubeconfig"'})))
        os.rename(old, new)
        self.work.write(self.renamed(kubeconfig='"c3new.kubeconfig"'))
        self.assertEqual(addresses(self.plan()), {"c1/discovery/c3new": "update", "c2/discovery/c3new": "update"})
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assertIsNotNone(kube("c1").find("Secret", remote_secret("c3")))
        self.assert_nothing_to_do(self.work)

    def test_a_renamed_cluster_is_reached_all_the_time(self):
        self.apply(spec_text(clusters("c1", "c2", "c3")))
        self.work.write(self.renamed(id='"another"'))
        plan = self.plan()
        removal = next(action for action in plan["actions"] if action["address"] == "c1/discovery/c3new/former")
        self.assertEqual((removal["operation"], removal["depends_on"]), ("delete", ["c1/discovery/c3new"]))
        self.assertEqual(removal["interrupts"], [])

    def test_a_removed_cluster_whose_kubeconfig_leads_elsewhere_is_not_forgotten(self):
        own = os.path.join(self.work.folder, "c3.kubeconfig")
        shutil.copy(os.path.join(TEST_DIR, "c3.kubeconfig"), own)
        self.apply(spec_text(clusters("c1", "c2", "c3", c3={"kubeconfig": '"c3.kubeconfig"'})))
        shutil.copy(os.path.join(TEST_DIR, "c1.kubeconfig"), own)
        self.work.write(spec_text(clusters("c1", "c2")))
        run = self.ok(self.work.mesh("apply", "--auto-approve"), 3)
        self.assertIn("name leads to another cluster than before", run.err)
        self.assertIsNotNone(kube("c1").find("Deployment", GATEWAY))
        shutil.copy(os.path.join(TEST_DIR, "c3.kubeconfig"), own)
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assertIsNone(kube("c3").find("Deployment", GATEWAY))
        self.assert_nothing_to_do(self.work)

    def test_two_names_of_one_cluster_are_refused(self):
        text = spec_text(clusters("c1", "c2", "c3", c3={"kubeconfig": f'"{TEST_DIR}/c2.kubeconfig"'}))
        self.work.write(text)
        line = text.splitlines().index("[cluster.c2]") + 1
        run = self.ok(self.work.mesh("apply", "--auto-approve"), 1)
        self.assertIn("error[same_cluster]", run.err)
        self.assertIn(f"`c2` (mesh.toml:{line})", run.err)
        self.assertIsNone(kube("c1").find("Deployment", GATEWAY))
        self.ok(self.work.mesh("apply", "--auto-approve", "--exclude", "c3", "--exclude", "*/discovery/c3"))
        self.assertIsNotNone(kube("c2").find("Deployment", GATEWAY))
        run = self.ok(self.work.mesh("destroy", "--auto-approve"), 1)
        self.assertIn("error[same_cluster]", run.err)
        self.work.write(spec_text(clusters("c1", "c2")))

    def test_a_removed_cluster_whose_kubeconfig_is_gone_blocks_nobody(self):
        gone = os.path.join(self.work.folder, "c3.kubeconfig")
        shutil.copy(os.path.join(TEST_DIR, "c3.kubeconfig"), gone)
        self.apply(spec_text(clusters("c1", "c2", "c3", c3={"kubeconfig": '"c3.kubeconfig"'})))
        os.rename(gone, gone + ".away")
        self.work.write(spec_text(clusters("c1", "c2")))
        run = self.ok(self.work.mesh("plan", "--format", "json"), 3)
        self.assertEqual(addresses(run.json())["c1/discovery/c3"], "delete")
        self.assertEqual(addresses(run.json())["c3/gateway"], "unknown")
        self.assertIn("file_not_readable", run.err)
        self.assertNotIn("file_not_readable", self.ok(self.work.mesh("plan", "--exclude", "c3")).err)
        self.ok(self.work.mesh("apply", "--auto-approve"), 3)
        self.assertIsNone(kube("c1").find("Secret", remote_secret("c3")))
        self.ok(self.work.mesh("destroy", "--auto-approve"), 3)
        self.ok(self.work.mesh("destroy", "--auto-approve", "--exclude", "c3"))
        self.assertIsNone(kube("c1").find("Deployment", GATEWAY))
        os.rename(gone + ".away", gone)
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        self.assertIsNone(kube("c3").find("Deployment", GATEWAY))

    def test_a_login_that_fails_concerns_one_cluster(self):
        with open(os.path.join(TEST_DIR, "c1.kubeconfig"), encoding="utf-8") as file:
            config = yaml.safe_load(file)
        config["users"][0]["user"] = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "sh",
                                               "args": ["-c", "echo login expired >&2; exit 3"],
                                               "interactiveMode": "Never"}}
        self.work.write(yaml.safe_dump(config), "broken.kubeconfig")
        self.work.write(spec_text(clusters("c1", "c2", "c3", c1={"kubeconfig": '"broken.kubeconfig"'})))
        run = self.ok(self.work.mesh("apply", "--auto-approve"), 3)
        self.assertIn("login expired", run.err)
        self.assertIsNotNone(kube("c2").find("Deployment", GATEWAY))
        self.assertIsNotNone(kube("c3").find("Secret", remote_secret("c2")))
        run = self.ok(self.work.mesh("apply", "--auto-approve", "--exclude", "c1", "--exclude", "*/discovery/c1"))
        self.assertNotIn("login expired", run.err)
        self.assertNotIn("login expired", self.ok(self.work.mesh("drift", "--exclude", "c1")).err)

    def test_one_way_discovery(self):
        self.apply(spec_text(clusters("c1", "c2", c2={"discovery.peers": "[]"})))
        self.assertIsNotNone(kube("c1").find("Secret", remote_secret("c2")))
        self.assertIsNone(kube("c2").find("Secret", remote_secret("c1")))
        self.assert_nothing_to_do(self.work)

    def test_protect_refuses_destruction(self):
        self.apply(spec_text(clusters("c1", "c2", c2={"protect": "true"})))
        run = self.ok(self.work.mesh("destroy", "--auto-approve"), 1)
        self.assertIn("protected_cluster", run.err)
        self.assertIsNotNone(kube("c1").find("Deployment", GATEWAY))
        self.work.write(spec_text(clusters("c1", "c2")))
        self.assertIn("mesh unprotect c2", self.ok(self.work.mesh("destroy", "--auto-approve"), 1).err)
        self.work.write(spec_text(clusters("c1")))
        removal = ("apply", "--auto-approve", "--reach", "c2")
        self.assertIn("protected_cluster", self.ok(self.work.mesh(*removal), 1).err)
        self.ok(self.work.mesh("unprotect", "c2"))
        self.ok(self.work.mesh(*removal))
        self.assertIsNone(kube("c2").find("Deployment", GATEWAY))

    def test_destroying_another_mesh_leaves_this_one_alone(self):
        text = spec_text(clusters("c1", "c2"))
        self.apply(text)
        self.work.write(text.replace('name = "e2e"', 'name = "another"'))
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        self.work.write(text)
        self.assert_nothing_to_do(self.work)
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        self.assertNotIn("topology.istio.io/network", kube("c1").get("Namespace", SYSTEM)["metadata"].get("labels", {}))

    def test_an_object_whose_labels_somebody_changed_is_still_ours(self):
        self.apply(spec_text(clusters("c1")))
        labels = {"app.kubernetes.io/managed-by": "Helm", "mesh-engine.dev/mesh": None}
        for kind, name in (("Service", GATEWAY), ("Deployment", GATEWAY), ("PodDisruptionBudget", GATEWAY),
                           ("HorizontalPodAutoscaler", GATEWAY), ("Gateway", "cross-network-gateway")):
            kube("c1").merge(kind, name, {"metadata": {"labels": labels}}, "evil")
        run = self.ok(self.work.mesh("plan"))
        self.assertNotIn("adopts", run.out)
        self.assertIn("taken over from evil", run.out)
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        for kind in ("Service", "Deployment", "PodDisruptionBudget", "HorizontalPodAutoscaler"):
            self.assertIsNone(kube("c1").find(kind, GATEWAY))

    def test_a_moved_api_server_is_an_update_of_the_secrets_alone(self):
        self.apply(spec_text(clusters("c1", "c2")))
        url = kube("c2").url
        self.work.write(spec_text(clusters("c1", "c2", c2={"api_server": f'"https://localhost:{url.port}{url.path}"'})))
        self.assertEqual(addresses(self.plan()), {"c1/discovery/c2": "update"})
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.work)

    def test_a_new_token_secret_is_followed(self):
        self.apply(spec_text(clusters("c1", "c2")))
        kube("c2").delete("Secret", TOKEN_SECRET)
        self.assertEqual(addresses(self.plan()), {"c2/reader": "create", "c1/discovery/c2": "update"} |
                         {"c2/reader": addresses(self.plan())["c2/reader"]})
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.work)

    # Clusters that do not answer

    def test_an_unreachable_cluster_delays_nobody(self):
        self.apply(spec_text(clusters("c1", "c2")))
        self.work.write(spec_text(clusters("c1", "c2", "c3")))
        ctl("pause", "c3")
        started = time.monotonic()
        run = self.ok(self.work.mesh("plan", "--format", "json", "--timeout", "2s"), 3)
        self.assertLess(time.monotonic() - started, 10)
        plan = run.json()
        self.assertFalse(plan["complete"])
        self.assertEqual({c["name"]: c["reachable"] for c in plan["clusters"]}, {"c1": True, "c2": True, "c3": False})
        self.assertEqual({o for a, o in addresses(plan).items() if a.startswith("c3/")}, {"unknown"})
        text = self.ok(self.work.mesh("plan", "--timeout", "2s"), 3).out
        self.assertIn("c3", text)
        drift = self.ok(self.work.mesh("drift", "--format", "json", "--timeout", "2s"), 0).json()
        self.assertEqual(drift["items"], [])

    # Saved plans

    def test_a_saved_plan_is_what_runs(self):
        self.work.write(spec_text(clusters("c1", "c2")))
        self.ok(self.work.mesh("plan", "--out", "plan.json"))
        self.ok(self.work.mesh("apply", "plan.json"))
        self.assert_nothing_to_do(self.work)

    def test_a_saved_plan_on_moved_ground_is_refused(self):
        self.apply(spec_text(clusters("c1", "c2")))
        self.work.write(spec_text(clusters("c1", "c2"), extra="[gateway]\nreplicas = { min = 3, max = 6 }"))
        self.ok(self.work.mesh("plan", "--out", "plan.json"))
        kube("c1").merge("HorizontalPodAutoscaler", GATEWAY, {"spec": {"maxReplicas": 9}}, "kubectl-edit")
        run = self.ok(self.work.mesh("apply", "plan.json"), 1)
        self.assertIn("ground_moved", run.err)
        self.assertIn("kubectl-edit", run.err)
        self.assertIn("c1/gateway", run.err)
        self.assertEqual(kube("c2").get("HorizontalPodAutoscaler", GATEWAY)["spec"]["maxReplicas"], 5)
        run = self.ok(self.work.mesh("apply", "plan.json", "--skip-moved", "--format", "json"), 1)
        left = {a["address"]: a["error"][0] for a in run.json()["actions"] if a["outcome"] == "skipped"}
        self.assertEqual({code["code"] for code in left.values()}, {"ground_moved"})
        self.assertEqual(left["c1/gateway"]["cause"], "its ground has moved since the plan was made")
        self.assertEqual(kube("c2").get("HorizontalPodAutoscaler", GATEWAY)["spec"]["maxReplicas"], 6)
        self.assertEqual(kube("c1").get("HorizontalPodAutoscaler", GATEWAY)["spec"]["maxReplicas"], 9)

    def test_a_saved_plan_for_an_object_that_was_created_again_is_refused(self):
        self.apply(spec_text(clusters("c1", "c2")))
        self.work.write(spec_text(clusters("c1", "c2"), extra="[gateway]\nreplicas = { min = 3, max = 6 }"))
        self.ok(self.work.mesh("plan", "--out", "plan.json"))
        api = kube("c1")
        body = api.get("HorizontalPodAutoscaler", GATEWAY)
        body["metadata"] = {key: body["metadata"][key] for key in ("name", "namespace", "labels")}
        del body["status"]
        api.delete("HorizontalPodAutoscaler", GATEWAY)
        # With equal content and equal owners: only its uid shows that it is another one.
        api.apply("HorizontalPodAutoscaler", GATEWAY, body, "mesh.e2e")
        run = self.ok(self.work.mesh("apply", "plan.json"), 1)
        self.assertIn("deleted and recreated", run.err)
        self.assertEqual(kube("c2").get("HorizontalPodAutoscaler", GATEWAY)["spec"]["maxReplicas"], 5)

    def test_a_saved_plan_of_another_spec_is_refused(self):
        self.work.write(spec_text(clusters("c1", "c2")))
        self.ok(self.work.mesh("plan", "--out", "plan.json"))
        self.work.write(spec_text(clusters("c1", "c2"), extra="# one more line"))
        run = self.ok(self.work.mesh("apply", "plan.json"), 1)
        self.assertIn("error[spec_changed]", run.err)
        self.assertIsNone(kube("c1").find("Deployment", GATEWAY))

    def test_a_saved_plan_stands_on_what_it_keeps_and_needs(self):
        self.apply(spec_text(clusters("c1", "c2")))
        kube("c1").delete("Secret", remote_secret("c2"))
        self.ok(self.work.mesh("plan", "--out", "plan.json"))
        # The way to c2 goes away: announcing its endpoints in c1 now would send traffic nowhere.
        kube("c2").delete("Gateway", "cross-network-gateway")
        run = self.ok(self.work.mesh("apply", "plan.json"), 1)
        self.assertIn("c2/expose", run.err)
        self.assertIsNone(kube("c1").find("Secret", remote_secret("c2")))
        # A kept object of a changed action counts as well.
        self.work.write(spec_text(clusters("c1", "c2"), extra="[gateway]\nreplicas = { min = 3, max = 6 }"))
        self.ok(self.work.mesh("plan", "--only", "c1/gateway", "--out", "plan.json"))
        kube("c1").merge("Service", GATEWAY, {"spec": {"selector": {"app": "other"}}}, "kubectl-edit")
        run = self.ok(self.work.mesh("apply", "plan.json"), 1)
        self.assertIn("spec.selector (now of kubectl-edit)", run.err)

    def test_a_saved_plan_is_not_carried_out_on_another_cluster(self):
        copies = {name: {"kubeconfig": f'"{name}.yaml"'} for name in ("c1", "c2")}
        for name in copies:
            shutil.copy(f"{TEST_DIR}/{name}.kubeconfig", os.path.join(self.work.folder, f"{name}.yaml"))
        self.work.write(spec_text(clusters("c1", "c2", **copies)))
        self.ok(self.work.mesh("plan", "--out", "plan.json"))
        shutil.copy(f"{TEST_DIR}/c3.kubeconfig", os.path.join(self.work.folder, "c1.yaml"))
        run = self.ok(self.work.mesh("apply", "plan.json"), 1)
        self.assertIn("plan was made for another cluster", run.err)
        self.assertIsNone(kube("c3").find("Deployment", GATEWAY))

    def test_controllers_at_work_do_not_move_the_ground(self):
        self.work.write(spec_text(clusters("c1", "c2")))
        ctl("set", "c1", "lb-delay=3s")
        self.ok(self.work.mesh("apply", "--auto-approve", "--only", "*/network", "--only", "*/reader"))
        process = self.work.start("apply", "--auto-approve")
        self.assertTrue(eventually(lambda: kube("c1").find("Service", GATEWAY)))
        process.terminate()
        process.communicate(timeout=60)
        self.work.write(spec_text(clusters("c1", "c2"), extra="[gateway]\nreplicas = { min = 3, max = 6 }"))
        self.ok(self.work.mesh("plan", "--out", "plan.json"))
        # Meanwhile the load balancer gets its address and pods become ready: status only.
        eventually(lambda: kube("c1").get("Service", GATEWAY)["status"]["loadBalancer"].get("ingress"))
        self.ok(self.work.mesh("apply", "plan.json"))
        self.assert_nothing_to_do(self.work)

    def asked(self, *arguments):
        """A command that asks, and the terminal at which it does."""
        terminal, other_end = pty.openpty()
        process = subprocess.Popen([MESH_BIN, *arguments], cwd=self.work.folder, text=True, stdin=other_end,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.close(other_end)
        self.addCleanup(os.close, terminal)
        asked = ""
        while "Only `yes` will be accepted: " not in asked:
            asked += process.stderr.read(1) or self.fail(asked)
        return process, terminal

    def test_a_stop_while_the_question_stands_changes_nothing(self):
        self.work.write(spec_text(clusters("c1", "c2")))
        process, _ = self.asked("apply")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 1, out + err)
        self.assertIn("error[cancelled]: stopped, nothing was changed", err)
        self.assertEqual(kube("c1").find("Service", GATEWAY), None)
        self.assertIn("No snapshots yet", self.ok(self.work.mesh("history")).out)

    def test_what_appears_while_the_question_stands_is_left_as_it_is_where_it_is_right(self):
        self.work.write(spec_text(clusters("c1", "c2")))
        plan = self.plan("--only", "c1/gateway")
        body = next(o["desired"] for a in plan["actions"] for o in a["objects"] if o["kind"] == "PodDisruptionBudget")
        process, terminal = self.asked("apply", "--only", "c1/gateway", "--format", "json")
        kube("c1").apply("PodDisruptionBudget", GATEWAY, body, "helm")
        os.write(terminal, b"yes\n")
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, out + err)
        managers = {entry["manager"] for entry in kube("c1").get("PodDisruptionBudget", GATEWAY)["metadata"]["managedFields"]}
        self.assertNotIn("mesh.e2e", managers)
        self.plan("--only", "c1/gateway", code=0)

    def test_what_appears_otherwise_while_the_question_stands_is_refused(self):
        self.work.write(spec_text(clusters("c1", "c2")))
        process, terminal = self.asked("apply", "--only", "c1/gateway")
        body = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": GATEWAY, "namespace": SYSTEM},
                "spec": {"minAvailable": 2}}
        kube("c1").apply("PodDisruptionBudget", GATEWAY, body, "helm")
        os.write(terminal, b"yes\n")
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, out + err)
        self.assertIn("ground_moved", err)
        self.assertIsNone(kube("c1").find("Service", GATEWAY))
        kube("c1").delete("PodDisruptionBudget", GATEWAY)

    def test_an_apply_between_the_plan_and_the_snapshot_of_another_is_in_it(self):
        self.apply(spec_text(clusters("c1", "c2")))
        self.work.write(spec_text(clusters("c1", "c2"), extra="[gateway]\nreplicas = { min = 3, max = 6 }"))
        terminal, other_end = pty.openpty()
        process = subprocess.Popen([MESH_BIN, "apply", "--only", "c1/gateway"], cwd=self.work.folder, text=True,
                                   stdin=other_end, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.close(other_end)
        self.addCleanup(os.close, terminal)
        asked = ""
        while "Only `yes` will be accepted: " not in asked:
            asked += process.stderr.read(1) or self.fail(asked)
        self.ok(self.work.mesh("apply", "--auto-approve", "--only", "c2/gateway"))
        os.write(terminal, b"yes\n")
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, out + err)
        self.assertEqual(subprocess.run(["git", "-C", os.path.join(self.work.folder, "state"), "rev-list", "--count", "mesh/e2e"],
                                        check=True, text=True, capture_output=True).stdout, "3\n")
        drift = self.ok(self.work.mesh("drift"))
        self.assertIn("No drift", drift.out)
        self.assert_nothing_to_do(self.work)

    def test_nothing_is_changed_that_cannot_be_recorded(self):
        text = spec_text(clusters("c1", "c2"))
        lock = os.path.join(self.work.folder, "state", "refs", "heads", "mesh", "e2e.lock")
        for state, hint in (("mesh.toml/state", "a file is where a folder must be"), ("/sys/mesh/state", "rights to write"),
                            ("state", f"rm {lock}")):
            with self.subTest(state):
                self.work.write(text.replace('repo = "state"', f'repo = "{state}"'))
                if state == "state":
                    subprocess.run(["git", "init", "-q", "--bare", os.path.join(self.work.folder, state)], check=True)
                    os.makedirs(os.path.dirname(lock))
                    self.work.write("", lock)
                news = {name: AuditTail(name) for name in ("c1", "c2")}
                run = self.ok(self.work.mesh("apply", "--auto-approve"), 1)
                self.assertIn("error[state_unusable]", run.err)
                self.assertIn("so nothing was changed", run.err)
                self.assertIn(hint, run.err)
                self.assertEqual({e["verb"] for tail in news.values() for e in tail.requests()} - {"get", "list"}, set())
        os.remove(lock)
        self.apply(text)

    # Choosing

    def test_only_and_exclude(self):
        self.work.write(spec_text(clusters("c1", "c2")))
        self.assertEqual(set(addresses(self.plan("--only", "c1/network", "--only", "*/reader"))),
                         {"c1/network", "c1/reader", "c2/reader"})
        found = addresses(self.plan("--exclude", "**/discovery/*"))
        self.assertFalse([address for address in found if "discovery" in address])
        run = self.ok(self.work.mesh("plan", "--only", "c9/network"), 64)
        self.assertIn("no_such_address", run.err)

    def test_a_choice_reads_only_what_it_concerns(self):
        self.apply(spec_text(clusters("c1", "c2", "c3")))
        ctl("pause", "c3")
        self.ok(self.work.mesh("plan", "--only", "c1"))
        self.assertIn("actions chosen", self.work.mesh("plan", "--only", "c1").out)
        kube("c1").delete("Secret", remote_secret("c3"))
        plan = self.plan("--only", "c1")
        self.assertEqual(addresses(plan), {"c1/discovery/c3": "create"})
        self.assertTrue(plan["complete"])
        drift = self.ok(self.work.mesh("drift", "--only", "c1", "--format", "json"), 2).json()
        self.assertEqual([item["address"] for item in drift["items"]], ["c1/discovery/c3"])
        self.ok(self.work.mesh("drift", "--only", "c2"))
        self.ok(self.work.mesh("drift", "--only", "nonsense"), 64)

    # Waiting, failing, stopping

    def test_a_load_balancer_without_address_fails_only_what_needs_it(self):
        ctl("set", "c2", "lb=none")
        self.work.write(spec_text(clusters("c1", "c2")))
        run = self.ok(self.work.mesh("apply", "--auto-approve", "--timeout", "5s", "--format", "json"), 1)
        outcome = {a["address"]: a["outcome"] for a in run.json()["actions"]}
        self.assertEqual(outcome["c2/gateway"], "failed")
        self.assertEqual(outcome["c2/expose"], "skipped")
        self.assertEqual(outcome["c1/discovery/c2"], "skipped")
        self.assertEqual(outcome["c2/discovery/c1"], "done")
        self.assertIn("address", run.out)
        ctl("set", "c2", "lb=ip")
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.work)

    def test_an_unfinished_gateway_is_waited_for_by_the_next_apply(self):
        ctl("set", "c2", "lb=none")
        self.work.write(spec_text(clusters("c1", "c2")))
        self.ok(self.work.mesh("apply", "--auto-approve", "--timeout", "5s"), 1)
        run = self.ok(self.work.mesh("apply", "--auto-approve", "--timeout", "5s", "--format", "json"), 1)
        self.assertEqual({a["address"]: a["outcome"] for a in run.json()["actions"]}["c1/discovery/c2"], "skipped")

    def test_a_gateway_that_is_not_ready_is_waited_for_also_when_nothing_is_to_be_changed(self):
        self.apply(spec_text(clusters("c1", "c2")))
        for kind, broken, mended, words in (("Service", "lb=none", "lb=ip", "has no address yet"),
                                            ("Deployment", "deployments=never", "deployments=available", "is not available")):
            with self.subTest(kind):
                ctl("set", "c2", broken)
                kube("c2").delete(kind, GATEWAY)
                self.ok(self.work.mesh("apply", "--auto-approve", "--timeout", "3s"), 1)
                history = self.ok(self.work.mesh("history")).out
                plan = self.ok(self.work.mesh("plan", "--detailed-exitcode"))
                self.assertRegex(plan.out, f"No changes.*\nNot ready: c2/gateway, {kind} istio-system/{GATEWAY} {words}")
                self.assertIn("warning[not_ready]", plan.err)
                document = self.ok(self.work.mesh("plan", "--format", "json")).json()
                self.assertIn(("not_ready", "c2/gateway"), [(d["code"], d["where"]) for d in document["diagnostics"]])
                run = self.ok(self.work.mesh("apply", "--auto-approve", "--timeout", "3s", "--format", "json"), 1)
                self.assertEqual({a["address"]: a["outcome"] for a in run.json()["actions"]}, {"c2/gateway": "failed"})
                self.assertEqual(self.ok(self.work.mesh("history")).out, history, "waiting is nothing to record")
                ctl("set", "c2", mended)
                self.ok(self.work.mesh("apply", "--auto-approve"))
                self.assert_nothing_to_do(self.work)

    def test_new_pods_that_never_start_fail_the_update_of_a_gateway(self):
        self.apply(spec_text(clusters("c1", "c2")))
        ctl("set", "c1", "deployments=never")
        # The old pods stay available meanwhile.
        self.work.write(spec_text(clusters("c1", "c2", c1={"network": '"renamed"'})))
        skip = ("--skip-check", "network-injector")
        run = self.ok(self.work.mesh("apply", "--auto-approve", *skip, "--timeout", "5s", "--format", "json"), 1)
        outcome = {a["address"]: a["outcome"] for a in run.json()["actions"]}
        self.assertEqual(outcome["c1/gateway"], "failed")
        self.assertRegex(run.out + run.err, "is not (rolled out|available): .* pods")
        ctl("set", "c1", "deployments=available")
        self.ok(self.work.mesh("apply", "--auto-approve", *skip))
        self.assert_nothing_to_do(self.work, *skip)

    def test_a_stop_starts_nothing_new_and_records(self):
        ctl("set", "c1", "lb=none")
        self.work.write(spec_text(clusters("c1", "c2")))
        process = self.work.start("apply", "--auto-approve", "--format", "json")
        self.assertTrue(eventually(lambda: kube("c1").find("Service", GATEWAY)))
        # As GNU timeout does: the process, then its group; and the terminal may be gone.
        for sent in (signal.SIGTERM, signal.SIGTERM, signal.SIGHUP):
            process.send_signal(sent)
            time.sleep(0.02)
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 1, out + err)
        outcome = {a["address"]: a["outcome"] for a in json.loads(out)["actions"]}
        self.assertEqual(outcome["c1/gateway"], "cancelled")
        self.assertIn(outcome["c1/expose"], ("cancelled", "skipped"))
        self.assertTrue(json.loads(out)["snapshot"])
        ctl("set", "c1", "lb=ip")
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.work)

    def test_a_stop_while_the_clusters_are_read_changes_nothing(self):
        self.apply(spec_text(clusters("c1", "c2")))
        self.work.write(spec_text(clusters("c1", "c2", "c3"), extra="[gateway]\nreplicas = { min = 3, max = 6 }"))
        self.ok(self.work.mesh("plan", "--out", "saved.json"))
        head = self.ok(self.work.mesh("history")).out
        before = files_of(self.work.folder)
        ctl("pause", "c3")
        for arguments, sent in ((("plan", "--out", "plan.json"), signal.SIGINT),
                                (("plan", "--format", "json"), signal.SIGTERM),
                                (("drift",), signal.SIGINT),
                                (("apply", "--auto-approve"), signal.SIGINT),
                                (("apply", "--auto-approve", "--format", "json"), signal.SIGTERM),
                                (("apply", "saved.json"), signal.SIGINT),
                                (("destroy", "--auto-approve"), signal.SIGTERM)):
            with self.subTest(arguments):
                news = {name: AuditTail(name) for name in ("c1", "c2")}
                process = self.work.start(*arguments)
                # The others have answered: it waits for c3 alone, until its budget is used up.
                self.assertTrue(eventually(lambda: all(tail.requests() for tail in news.values()), 10))
                started = time.monotonic()
                process.send_signal(sent)
                out, err = process.communicate(timeout=30)
                self.assertEqual(process.returncode, 1, out + err)
                self.assertLess(time.monotonic() - started, 5)
                self.assertEqual(out, "")
                self.assertIn("error[cancelled]: stopped, nothing was changed", err)
                self.assertEqual({e["verb"] for tail in news.values() for e in tail.requests()} - {"get", "list"}, set())
                self.assertEqual(files_of(self.work.folder), before)
        ctl("resume", "c3")
        self.assertEqual(self.ok(self.work.mesh("history")).out, head)

    def test_killed_at_any_moment_the_next_apply_reaches_the_goal(self):
        seed = random.randrange(1 << 30)
        rng = random.Random(seed)
        for round_number in range(5):
            with self.subTest(f"seed {seed} round {round_number}"):
                self.work.write(spec_text(clusters("c1", "c2", "c3")))
                process = self.work.start("apply", "--auto-approve")
                time.sleep(rng.uniform(0.02, 1.2))
                process.kill()
                process.communicate(timeout=30)
                # Of what is dead nothing else tells before its lock expires.
                self.ok(self.work.mesh("lock", "release", "c1", "c2", "c3", "--auto-approve"))
                self.ok(self.work.mesh("apply", "--auto-approve"))
                self.assert_nothing_to_do(self.work)
                self.ok(self.work.mesh("drift"))
                self.ok(self.work.mesh("destroy", "--auto-approve"))

    # State

    def test_an_apply_that_could_try_nothing_adds_no_snapshot(self):
        self.apply(spec_text(clusters("c1", "c2")))
        # A gateway to which the autoscaler still adds pods would be waited for.
        for name in ("c1", "c2"):
            self.assertTrue(eventually(lambda name=name: kube(name).get("Deployment", GATEWAY)["status"].get("availableReplicas") == 2))
        head = self.ok(self.work.mesh("history")).out
        # Another text of the same mesh, so that a complete plan without changes would be recorded.
        self.work.write(spec_text(clusters("c1", "c2"), extra="# one more line"))
        ctl("stop", "c2")
        try:
            report = self.ok(self.work.mesh("apply", "--auto-approve", "--format", "json"), 3).json()
        finally:
            ctl("start", "c2")
        self.assertIsNone(report["snapshot"])
        self.assertEqual({action["outcome"] for action in report["actions"]}, {"skipped"})
        self.assertEqual(self.ok(self.work.mesh("history")).out, head)
        report = self.ok(self.work.mesh("apply", "--auto-approve", "--format", "json")).json()
        self.assertTrue(report["snapshot"])
        self.assertNotEqual(self.ok(self.work.mesh("history")).out, head)

    def test_the_state_is_readable_git_and_pushed(self):
        remote = os.path.join(self.work.folder, "remote.git")
        subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
        text = spec_text(clusters("c1", "c2")).replace('repo = "state"', f'repo = "state"\nremote = "{remote}"')
        self.apply(text)
        git = ["git", "-C", remote]
        log = subprocess.run([*git, "log", "--format=%B", "mesh/e2e"], check=True, text=True, capture_output=True).stdout
        for trailer in ("Mesh-Plan:", "Mesh-Spec:", "Mesh-Result: done"):
            self.assertIn(trailer, log)
        files = subprocess.run([*git, "ls-tree", "-r", "--name-only", "mesh/e2e"], check=True, text=True,
                               capture_output=True).stdout.splitlines()
        for expected in ("spec.toml", "plan.json", "report.json", f"clusters/c1/service.{SYSTEM}.{GATEWAY}.yaml",
                         f"clusters/c1/secret.{SYSTEM}.{remote_secret('c2')}.yaml"):
            self.assertIn(expected, files)
        everything = subprocess.run([*git, "grep", "-hI", "", "mesh/e2e"], check=True, text=True, capture_output=True).stdout
        self.assertNotIn("eyJ", everything)
        spec = subprocess.run([*git, "show", "mesh/e2e:spec.toml"], check=True, text=True, capture_output=True).stdout
        self.assertEqual(spec, text)
        # As a fresh checkout in a pipeline: what is fetched to be read is gone when the command has ended.
        fresh, temporary = Workdir(), os.path.join(self.work.folder, "tmp")
        os.mkdir(temporary)
        fresh.write(text.replace('repo = "state"', 'repo = "new/state"'))
        for command in (("plan",), ("drift",), ("destroy",)):
            self.ok(fresh.mesh(*command, env={**os.environ, "TMPDIR": temporary}), 1 if command == ("destroy",) else 0)
            self.assertEqual(os.listdir(temporary), [], command)

    def test_losing_the_state_loses_no_ability_to_plan(self):
        self.apply(spec_text(clusters("c1", "c2")))
        subprocess.run(["rm", "-rf", os.path.join(self.work.folder, "state")], check=True)
        self.assert_nothing_to_do(self.work)
        run = self.ok(self.work.mesh("drift"), 1)
        self.assertIn("nothing was applied yet", run.err)


class Adoption(Case):
    """A gateway that `gen-eastwest-gateway.sh | istioctl install` made, and Secrets that the guide's create-mesh made."""

    def setUp(self):
        self.work = Workdir()
        self.legacy = {"app": GATEWAY, "istio": "eastwestgateway", "topology.istio.io/network": "c1"}
        api = kube("c1")
        labels = {**self.legacy, "install.operator.istio.io/owning-resource": "installed-state-eastwest",
                  "operator.istio.io/component": "IngressGateways", "release": "istio", "istio.io/rev": "asm-1233-2"}
        metadata = {"name": GATEWAY, "namespace": SYSTEM, "labels": labels}
        api.apply("ServiceAccount", f"{GATEWAY}-service-account", {
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": {"name": f"{GATEWAY}-service-account", "namespace": SYSTEM}}, "istio-operator")
        api.apply("Deployment", GATEWAY, {
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata,
            "spec": {"selector": {"matchLabels": self.legacy}, "template": {
                "metadata": {"labels": {**self.legacy, "sidecar.istio.io/inject": "true", "heritage": "Tiller",
                                        "release": "istio", "chart": "gateways"},
                             "annotations": {"inject.istio.io/templates": "gateway"}},
                "spec": {"serviceAccountName": f"{GATEWAY}-service-account", "containers": [
                    {"name": "istio-proxy", "image": "auto", "ports": [{"containerPort": 15021, "protocol": "TCP"},
                                                                       {"containerPort": 15443, "protocol": "TCP"}],
                     "env": [{"name": "ISTIO_META_REQUESTED_NETWORK_VIEW", "value": "c1"}],
                     "resources": {"requests": {"cpu": "0.1", "memory": "128Mi"},
                                   "limits": {"cpu": "2000m", "memory": "1024Mi"}}}]}}}}, "istio-operator")
        ports = [("status-port", 15021), ("tls", 15443), ("tls-istiod", 15012), ("tls-webhook", 15017)]
        api.apply("Service", GATEWAY, {
            "apiVersion": "v1", "kind": "Service", "metadata": metadata,
            "spec": {"type": "LoadBalancer", "selector": self.legacy,
                     "ports": [{"name": n, "port": p, "targetPort": p, "protocol": "TCP"} for n, p in ports]}}, "istio-operator")
        self.service = eventually(lambda: api.get("Service", GATEWAY)["status"]["loadBalancer"].get("ingress")
                                  and api.get("Service", GATEWAY))
        self.addCleanup(self.clean_up)

    def clean_up(self):
        self.work.write(spec_text(clusters("c1", "c2")))
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        for kind, name in (("Deployment", GATEWAY), ("Service", GATEWAY), ("ServiceAccount", f"{GATEWAY}-service-account"),
                           ("Secret", remote_secret("c2"))):
            if kube("c1").find(kind, name):
                kube("c1").delete(kind, name)

    def test_the_gateway_keeps_its_address_and_selector(self):
        self.work.write(spec_text(clusters("c1", "c2")))
        run = self.ok(self.work.mesh("plan", "--detailed-exitcode"), 2)
        self.assertIn("istio-operator", run.out)
        plan = self.ok(self.work.mesh("plan", "--format", "json")).json()
        gateway = next(a for a in plan["actions"] if a["address"] == "c1/gateway")
        self.assertEqual(gateway["operation"], "update")
        self.assertEqual(gateway["interrupts"], [])
        self.ok(self.work.mesh("apply", "--auto-approve"))
        service = kube("c1").get("Service", GATEWAY)
        self.assertEqual(service["metadata"]["uid"], self.service["metadata"]["uid"])
        self.assertEqual(service["spec"]["clusterIP"], self.service["spec"]["clusterIP"])
        self.assertEqual(service["status"]["loadBalancer"]["ingress"], self.service["status"]["loadBalancer"]["ingress"])
        self.assertEqual(kube("c1").get("Deployment", GATEWAY)["spec"]["selector"]["matchLabels"], self.legacy)
        for kind in ("Deployment", "Service"):  # by these `istioctl uninstall` would take the gateway away
            kept = [label for label in kube("c1").get(kind, GATEWAY)["metadata"]["labels"] if "operator.istio.io/" in label]
            self.assertEqual(kept, [], kind)
        self.assert_nothing_to_do(self.work)

    def test_a_renamed_network_replaces_only_the_deployment(self):
        self.work.write(spec_text(clusters("c1", "c2")))
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.work.write(spec_text(clusters("c1", "c2", c1={"network": '"other"'})))
        self.assertIn("check network-injector", self.ok(self.work.mesh("plan"), 3).err)
        skip = ("--skip-check", "network-injector")
        plan = self.ok(self.work.mesh("plan", "--format", "json", *skip)).json()
        gateway = next(a for a in plan["actions"] if a["address"] == "c1/gateway")
        self.assertEqual({o["kind"]: o["operation"] for o in gateway["objects"] if o["operation"] != "unchanged"},
                         {"Deployment": "replace", "Service": "update"})
        self.assertEqual(gateway["interrupts"], ["c2 -> c1"])
        self.ok(self.work.mesh("apply", "--auto-approve", *skip))
        service = kube("c1").get("Service", GATEWAY)
        self.assertEqual(service["metadata"]["uid"], self.service["metadata"]["uid"])
        self.assert_nothing_to_do(self.work, *skip)

    def test_a_secret_of_create_mesh_loses_its_copied_credential(self):
        work, name = self.work, remote_secret("c2")
        body = {"apiVersion": "v1", "kind": "Secret",
                "metadata": {"name": name, "namespace": SYSTEM, "labels": {"istio/multiCluster": "true"},
                             "annotations": {"networking.istio.io/cluster": "cn-acme-fleet-global-c2"}},
                "stringData": {"cn-acme-fleet-global-c2": "TOPSECRET"}}
        body["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] = json.dumps(body)
        kube("c1").create("Secret", body)
        work.write(spec_text(clusters("c1", "c2")))
        run = self.ok(work.mesh("plan", "--detailed-exitcode", "--format", "json"), 2)
        self.assertNotIn("TOPSECRET", run.out + run.err)
        self.assertIn("last-applied-configuration", run.out)
        self.assertIn("credential_in_annotation", run.out)
        self.ok(work.mesh("apply", "--auto-approve"))
        secret = kube("c1").get("Secret", name)
        self.assertNotIn("TOPSECRET", json.dumps(secret))
        self.assertEqual(list(secret["data"]), ["cn-acme-fleet-global-c2"])
        self.assert_nothing_to_do(work)


if __name__ == "__main__":
    any_order.main()
