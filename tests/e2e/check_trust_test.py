"""Who trusts whom: `mesh check` on clusters with roots of their own, and after they have got one.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import base64
import json

import any_order
from bed import SYSTEM, Case, Workdir, eventually, kube, spec_text

CLUSTERS = {name: {"platform": '"kubernetes"'} for name in ("c1", "c2", "c3")}
MAPS = f"/api/v1/namespaces/{SYSTEM}/configmaps/"
REVISION = "asm-1233-2"


class CheckTrust(Case):
    def setUp(self):
        self.kube = {name: kube(name) for name in CLUSTERS}
        self.work = Workdir()
        self.work.write(spec_text(CLUSTERS).replace('ca = "mesh-ca"', 'ca = "istio-ca"'))
        for api in self.kube.values():
            self.sign_by_istiod(api)

    def sign_by_istiod(self, api):
        """As an installation with Istio's own CA; the bed's has Mesh CA."""
        config = api.request("GET", MAPS + f"istio-{REVISION}")
        config["data"]["mesh"] = config["data"]["mesh"].replace("GoogleCA", "Citadel")
        api.request("PUT", MAPS + f"istio-{REVISION}", config)
        injector = api.request("GET", MAPS + f"istio-sidecar-injector-{REVISION}")
        values = json.loads(injector["data"]["values"])
        values["global"]["caAddress"] = ""
        injector["data"]["values"] = json.dumps(values)
        api.request("PUT", MAPS + f"istio-sidecar-injector-{REVISION}", injector)

    def plug(self, api, root):
        """A CA below that root; what istiod gives out is the root. Then istiod starts again."""
        secrets = f"/api/v1/namespaces/{SYSTEM}/secrets"
        api.request("POST", secrets, {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "cacerts"},
                                      "data": {"root-cert.pem": base64.b64encode(root.encode()).decode()}})
        self.addCleanup(api.request, "DELETE", secrets + "/cacerts")
        pods = f"/api/v1/namespaces/{SYSTEM}/pods"
        for pod in api.request("GET", pods + "?labelSelector=app=istiod")["items"]:
            api.request("DELETE", f"{pods}/{pod['metadata']['name']}")

    def check(self):
        run = self.work.mesh("check", "--format", "json")
        return run.json()

    def differing(self, document):
        return [(one["cluster"], one["peer"]) for one in document["findings"] if one["id"] == "trust-roots-differ"]

    def test_roots_of_their_own_then_one_root(self):
        before = self.check()
        self.assertEqual(self.differing(before), [("c1", "c2"), ("c1", "c3"), ("c2", "c3")])
        trust = before["trust"]
        self.assertEqual(trust["summary"], {"works": 0, "works_one_way": 0, "cannot_work": 6, "unknown": 0})
        self.assertEqual([group["clusters"] for group in trust["groups"]], [["c1"], ["c2"], ["c3"]])
        self.assertEqual([len(bundle["into"]) for bundle in trust["bundles"]], [2, 2, 2])
        text = self.work.mesh("check").out
        self.assertIn("c1 <-> c2  cannot work", text)
        self.assertNotIn("PRIVATE KEY", text + json.dumps(before))

        root = self.kube["c1"].request("GET", MAPS + "istio-ca-root-cert")["data"]["root-cert.pem"]
        for api in self.kube.values():
            self.plug(api, root)
        self.assertTrue(eventually(lambda: not self.differing(self.check())))
        after = self.check()["trust"]
        self.assertEqual(after["summary"]["works"], 6)
        self.assertEqual([group["clusters"] for group in after["groups"]], [["c1", "c2", "c3"]])
        self.assertEqual(after["bundles"], [])
        self.assertEqual({one["plugged"] for one in after["clusters"]}, {"yes"})


if __name__ == "__main__":
    any_order.main()
