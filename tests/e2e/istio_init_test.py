"""`mesh init` on a mesh that carries traffic: what it writes is what is there, and adopting it interrupts nothing.

Bed: --istio --clusters 2.
"""

import base64
import os
import tomllib

import any_order
import yaml

from bed import GATEWAY, SYSTEM, TEST_DIR, TOKEN_SECRET, Answer, Workdir, changes, cluster_id, eventually
from init_test import ISTIOCTL, address_of, clean, folder_of_kubeconfigs, make_by_hand
from istio_bed import NAMES, REVISION, Caller, MeshCase, kubectl, pods, server, version

CUT = "upstream connect error or disconnect/reset before headers. reset reason: connection termination"
READER = "istio-reader-service-account"


def token_of_reader(cluster):
    """The data of the token Secret, which is made as `istioctl create-remote-secret` makes it (istio-facts 5.3)."""
    api = server(cluster)
    if not api.find("Secret", TOKEN_SECRET):
        api.create("Secret", {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
                              "metadata": {"name": TOKEN_SECRET, "annotations": {"kubernetes.io/service-account.name": READER}}})
    return eventually(lambda: (lambda data: "token" in data and data)(api.get("Secret", TOKEN_SECRET).get("data", {})))


def kubeconfig_for_peers(cluster):
    """What the guide puts into remote Secrets (istio-facts 5.1)."""
    with open(os.path.join(TEST_DIR, f"{cluster}.kubeconfig"), encoding="utf-8") as file:
        url = yaml.safe_load(file)["clusters"][0]["cluster"]["server"]
    data, name = token_of_reader(cluster), cluster_id(cluster)
    return yaml.safe_dump({
        "apiVersion": "v1", "kind": "Config", "preferences": {}, "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": url, "certificate-authority-data": data["ca.crt"]}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "users": [{"name": name, "user": {"token": base64.b64decode(data["token"]).decode()}}]})


def make_accounts(api):
    """What istioctl makes beside the gateway's Deployment (istio-facts 1.1)."""
    account, role = f"{GATEWAY}-service-account", f"{GATEWAY}-sds"
    roles = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{SYSTEM}"
    group = "rbac.authorization.k8s.io"
    api.apply("ServiceAccount", account, {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account}}, ISTIOCTL)
    for path, body in (
            ("roles", {"kind": "Role", "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "watch", "list"]}]}),
            ("rolebindings", {"kind": "RoleBinding", "roleRef": {"apiGroup": group, "kind": "Role", "name": role},
                              "subjects": [{"kind": "ServiceAccount", "name": account}]})):
        body.update(apiVersion=f"{group}/v1", metadata={"name": role})
        api.request("PATCH", f"{roles}/{path}/{role}?fieldManager={ISTIOCTL}&force=true", body, "application/apply-patch+yaml")


def remove_accounts(api):
    roles = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{SYSTEM}"
    for path in (f"{roles}/roles/{GATEWAY}-sds", f"{roles}/rolebindings/{GATEWAY}-sds",
                 f"/api/v1/namespaces/{SYSTEM}/serviceaccounts/{GATEWAY}-service-account"):
        try:
            api.request("DELETE", path)
        except Answer as error:
            if error.status != 404:
                raise


class Adoption(MeshCase):
    def setUp(self):
        super().setUp()
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        # The name of the mesh stays, so that the other tests find a mesh of theirs.
        self.new = Workdir()
        self.addCleanup(self.join)

    def init(self):
        self.ok(self.new.mesh("init", folder_of_kubeconfigs(self.new, NAMES), "--mesh", "e2e"))
        with open(os.path.join(self.new.folder, "mesh.toml"), encoding="utf-8") as file:
            return tomllib.loads(file.read())

    def test_clusters_without_a_mesh(self):
        spec = self.init()
        self.assertEqual(spec["mesh"]["revision"], REVISION)
        self.ok(self.new.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.new)
        self.expect_joined()
        self.init_again()

    def init_again(self):
        """The mesh that is there now is described as it is."""
        self.ok(self.new.mesh("init", "kubeconfigs", "--mesh", "e2e", "--force"))
        self.assert_nothing_to_do(self.new)

    def test_a_mesh_that_was_made_with_the_guide(self):
        self.addCleanup(self.remove_all)
        for name in NAMES:
            make_accounts(server(name))
            make_by_hand(server(name), [peer for peer in NAMES if peer != name], kubeconfig_for_peers)
        self.expect_joined()
        before = {name: address_of(server(name)) for name in NAMES}
        self.init()
        document = self.ok(self.new.mesh("plan", "--format", "json")).json()
        self.assertTrue(document["complete"], document["diagnostics"])
        self.assertEqual({action["address"]: action["interrupts"] for action in document["actions"] if action["interrupts"]}, {})
        self.assertEqual({change for change in changes(document) if change[3] in ("replace", "delete")}, set())
        callers = {(start, end): Caller(start, end) for start in NAMES for end in NAMES if start != end}
        try:
            self.assertTrue(eventually(lambda: all(sum(caller.so_far().values()) > 5 for caller in callers.values()), 30))
            self.ok(self.new.mesh("apply", "--auto-approve"))
            self.assertTrue(eventually(self.gateways_are_rolled_out, 60))
            after = {way: sum(caller.so_far().values()) for way, caller in callers.items()}
            self.assertTrue(eventually(lambda: all(sum(callers[way].so_far().values()) > count + 20 for way, count in after.items()), 30))
        finally:
            heard = {way: caller.stop() for way, caller in callers.items()}
        for (_, end), seen in heard.items():
            # The adopted gateway gets a new pod: what is on its way through the old one when that ends is cut, once, and Envoy does
            # not send again what may have arrived. Nothing else fails.
            self.assertLessEqual(set(seen), {version(end), CUT}, heard)
            self.assertLessEqual(seen[CUT], 1, heard)
        self.assertEqual({name: address_of(server(name)) for name in NAMES}, before)
        self.assert_nothing_to_do(self.new)
        self.init_again()

    def gateways_are_rolled_out(self):
        """The pods that were there before are gone."""
        for name in NAMES:
            kubectl(name, "-n", SYSTEM, "rollout", "status", f"deployment/{GATEWAY}", "--timeout=60s")
        return not any("deletionTimestamp" in pod["metadata"] for name in NAMES
                       for pod in pods(name, "istio=eastwestgateway", SYSTEM))

    def remove_all(self):
        for name in NAMES:
            clean(server(name))
            remove_accounts(server(name))


if __name__ == "__main__":
    any_order.main()
