"""Clusters whose istiods have different roots do not hear each other, until each knows the other's.

Bed: --istio --clusters 2.
"""

import base64
import os
import subprocess
import tempfile

import any_order
from bed import SYSTEM, eventually
from istio_bed import REVISION, SAMPLE, MeshCase, kubectl, server

EXTENSIONS = "basicConstraints=critical,CA:true\nkeyUsage=critical,digitalSignature,keyCertSign,cRLSign\n"


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def authority():
    """What Istio's guide calls cacerts, under a root of its own."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "extensions"), "w", encoding="utf-8") as file:
            file.write(EXTENSIONS)
        for name in ("root", "ca"):
            openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}-key.pem")
            openssl(folder, "req", "-new", "-key", f"{name}-key.pem", "-subj", f"/O=Istio/CN={name}", "-out", f"{name}.csr")
        openssl(folder, "x509", "-req", "-in", "root.csr", "-signkey", "root-key.pem", "-days", "30", "-extfile", "extensions",
                "-out", "root-cert.pem")
        openssl(folder, "x509", "-req", "-in", "ca.csr", "-CA", "root-cert.pem", "-CAkey", "root-key.pem", "-CAcreateserial", "-days", "20",
                "-extfile", "extensions", "-out", "ca-cert.pem")
        text = {}
        for name in ("ca-cert.pem", "ca-key.pem", "root-cert.pem"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text[name] = file.read()
    return {**text, "cert-chain.pem": text["ca-cert.pem"] + text["root-cert.pem"]}


class Trust(MeshCase):
    def certify(self, cluster, data):
        """Gives the cluster's istiod an authority, and every pod a certificate of it."""
        encoded = {name: base64.b64encode(text.encode()).decode() for name, text in data.items()}
        server(cluster).merge("Secret", "cacerts", {"data": encoded}, "kubectl-edit")
        self.restart(cluster, SYSTEM, f"istiod-{REVISION}")

        def published():
            return kubectl(cluster, "-n", SAMPLE, "get", "configmap", "istio-ca-root-cert", "-o", "jsonpath={.data.root-cert\\.pem}")

        self.assertTrue(eventually(lambda: published().strip() == data["root-cert.pem"].strip(), 60))
        self.restart(cluster, SYSTEM, "istio-eastwestgateway")
        for name in kubectl(cluster, "-n", SAMPLE, "get", "deployments", "-o", "jsonpath={.items[*].metadata.name}").split():
            self.restart(cluster, SAMPLE, name)

    def restart(self, cluster, namespace, deployment):
        kubectl(cluster, "-n", namespace, "rollout", "restart", f"deployment/{deployment}")
        kubectl(cluster, "-n", namespace, "rollout", "status", f"deployment/{deployment}", "--timeout=90s")

    def test_two_roots_cut_and_one_root_joins(self):
        self.join()
        before = {name: base64.b64decode(text).decode() for name, text in server("c2").get("Secret", "cacerts")["data"].items()}
        self.certify("c2", authority())
        try:
            self.expect_cut("c1", "c2")
            self.expect_cut("c2", "c1")
            self.expect_found_by_probe_and_check()
        finally:
            self.certify("c2", before)
        self.expect_joined()
        self.assertEqual(self.verify(0, "--probe")["findings"], [])

    def expect_found_by_probe_and_check(self):
        """The chain that comes through each gateway is held against what the other cluster trusts."""
        document = self.verify(1, "--probe")
        self.assertTrue(all(probe["connected"] and probe["issuer"] for probe in document["probes"]), document["probes"])
        self.assertEqual([(one["from"], one["to"], one["fault"]) for one in document["findings"]],
                         [("c1", "c2", "trust"), ("c2", "c1", "trust")])
        self.assertIn("workloads of c1 refuse those of c2, workloads of c2 refuse those of c1", document["findings"][0]["means"])
        self.assertIn("in c1 add ", document["findings"][0]["do"])
        run = self.work.mesh("check", "--format", "json")
        self.assertEqual({(one["id"], one["cluster"], one["peer"]) for one in run.json()["findings"] if one["severity"] == "error"},
                         {("trust-roots-differ", "c1", "c2")}, str(run))


if __name__ == "__main__":
    any_order.main()
