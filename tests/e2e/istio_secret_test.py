"""What istiod and mesh do with remote Secrets that are broken.

Bed: --istio --clusters 2.
"""

import base64
import glob
import json
import subprocess

import any_order
import yaml

from bed import SYSTEM, TEST_DIR, Answer, cluster_id, eventually, remote_secret
from istio_bed import NAMES, REVISION, MeshCase, answers, istiod, kubectl, server, service_of, synced, version

READER = "istio-reader-service-account"
CREDENTIAL = ("c1/discovery/c2", "Secret", remote_secret("c2"), f"data.{cluster_id('c2')}")


def kubeconfig_of_secret(secret):
    (text,) = secret["data"].values()
    return yaml.safe_load(base64.b64decode(text))


def part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def expired_token(cluster):
    """What TokenRequest gives for the reader of the cluster, but of an hour ago: signed by the cluster's own key."""
    path = f"/api/v1/namespaces/{SYSTEM}/serviceaccounts/{READER}/token"
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
    head, body, _ = server(cluster).request("POST", path, request)["status"]["token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    for name in ("iat", "nbf", "exp"):
        claims[name] -= 3600
    text = head.encode() + b"." + part(json.dumps(claims).encode())
    (key,) = glob.glob(f"{TEST_DIR}/**/{cluster}/**/accounts.key", recursive=True)
    der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=text, check=True, capture_output=True).stdout
    return (text + b"." + part(raw_signature(der))).decode()


def raw_signature(der):
    """The two numbers of an ECDSA signature (P-256), 32 bytes each, as a token has them."""
    numbers, rest = b"", der[2:]
    for _ in range(2):
        size = rest[1]
        numbers += rest[2:2 + size].lstrip(b"\0").rjust(32, b"\0")
        rest = rest[2 + size:]
    return numbers


class RemoteSecrets(MeshCase):
    def setUp(self):
        super().setUp()
        self.join()
        self.addCleanup(self.join)

    def write_token(self, change):
        """Writes by hand what `change` makes of the token in c1's remote Secret of c2."""
        secret = server("c1").get("Secret", remote_secret("c2"))
        config = kubeconfig_of_secret(secret)
        user = config["users"][0]["user"]
        user["token"] = change(user["token"])
        data = {key: base64.b64encode(yaml.safe_dump(config).encode()).decode() for key in secret["data"]}
        server("c1").merge("Secret", remote_secret("c2"), {"data": data}, "kubectl-edit")

    def expect_refused_and_fixed(self, status):
        self.assertTrue(eventually(lambda: cluster_id("c2") not in synced("c1"), 30))
        self.assertEqual(set(answers("c1")), {version(name) for name in NAMES}, "traffic goes on with what is known")
        self.expect_planned(*CREDENTIAL)
        self.assertTrue(eventually(lambda: self.status_of_c2() == status, 90))
        self.apply()
        self.assertTrue(eventually(lambda: cluster_id("c2") in synced("c1"), 30))
        # An istiod that has replaced a peer's credentials was seen not to take the peer up again after a removal: start afresh.
        kubectl("c1", "-n", SYSTEM, "rollout", "restart", f"deployment/istiod-{REVISION}")
        kubectl("c1", "-n", SYSTEM, "rollout", "status", f"deployment/istiod-{REVISION}", "--timeout=60s")

    def status_of_c2(self):
        return {entry["id"]: entry["syncStatus"] for entry in istiod("c1", "clusterz")}.get(cluster_id("c2"))

    def test_the_token_is_wrong(self):
        self.write_token(lambda token: "broken" + token)
        self.expect_refused_and_fixed("syncing")

    def test_the_token_is_expired(self):
        self.write_token(lambda _: expired_token("c2"))
        self.expect_refused_and_fixed("syncing")

    def test_the_secret_is_deleted(self):
        server("c1").delete("Secret", remote_secret("c2"))
        self.expect_cut("c1", "c2")
        self.expect_heard("c2", NAMES)
        self.expect_planned("c1/discovery/c2", "Secret", remote_secret("c2"), "create")
        self.join()

    def test_the_secret_is_being_deleted_and_a_finalizer_holds_it(self):
        server("c1").merge("Secret", remote_secret("c2"), {"metadata": {"finalizers": ["example.com/held"]}}, "kubectl-edit")
        self.addCleanup(self.release)
        kubectl("c1", "-n", SYSTEM, "delete", "secret", remote_secret("c2"), "--wait=false")
        self.assertEqual(set(answers("c1", service=service_of("c2"))), {"v2"}, "istiod keeps what is still there")
        self.expect_planned("c1/discovery/c2", "Secret", remote_secret("c2"), "replace", "example.com/held")
        run = self.work.mesh("apply", "--auto-approve", "--timeout", "5s")
        self.assertEqual(run.code, 1, str(run))
        self.assertIn("example.com/held", run.out + run.err)
        self.release()
        self.expect_cut("c1", "c2")
        self.join()

    def release(self):
        try:
            server("c1").merge("Secret", remote_secret("c2"), {"metadata": {"finalizers": None}}, "kubectl-edit")
        except Answer as error:
            self.assertEqual(error.status, 404)


if __name__ == "__main__":
    any_order.main()
