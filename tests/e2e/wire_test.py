"""What crosses the wire while mesh only looks: never the value of a Secret.

Bed: --clusters 2 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import base64
import json
import os
import urllib.parse

import any_order
from bed import SYSTEM, TEST_DIR, TOKEN_SECRET, Case, Kube, Workdir, addresses, audit, kube, remote_secret, spec_text
from recording_proxy import RecordingProxy

NAMES = ("c1", "c2")


def values_of_secrets():
    """{what it is: bytes that must not be seen} of every Secret in every cluster."""
    found = {}
    for name in NAMES:
        for secret in kube(name).request("GET", "/api/v1/secrets")["items"]:
            for key, encoded in secret.get("data", {}).items():
                what = f"{name} {secret['metadata']['name']} {key}"
                value = base64.b64decode(encoded)
                if len(value) < 16 or key == "ca.crt":
                    # The namespace's name, and such: no secret, and anywhere. The authority's certificate stands in ConfigMap
                    # kube-root-ca.crt of every namespace, and a plan's checks list those of the system namespace.
                    continue
                found[f"{what}, base64"] = encoded.encode()
                found[f"{what}, base64, its middle"] = encoded.encode()[len(encoded) // 3:][:40]
                # As JSON writes it, without the quotes.
                found[what] = json.dumps(value.decode(errors="replace"))[1:-1].encode()
                if key == "token":
                    # Its claims alone would do harm; its header is the same for all.
                    found[f"{what}, its claims"] = value.split(b".")[1]
                    found[f"{what}, its signature"] = value.split(b".")[2]
    return found


def data_in(document):
    """Places where an object that is no ConfigMap has data."""
    found = []

    def walk(value, path, kind):
        if isinstance(value, list):
            for i, item in enumerate(value):
                walk(item, f"{path}[{i}]", kind)
        elif isinstance(value, dict):
            kind = value.get("kind", kind) if isinstance(value.get("kind", kind), str) else kind
            for key, item in value.items():
                if key in ("data", "stringData") and not kind.startswith("ConfigMap"):
                    found.append(f"{path}.{key} of {kind}")
                walk(item, f"{path}.{key}", kind)

    walk(document, "", "")
    return found


class Wire(Case):
    def setUp(self):
        self.work = Workdir()
        self.work.write(spec_text({name: {"platform": '"kubernetes"'} for name in NAMES}))
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.addCleanup(self.clean_up)
        self.proxies = {name: RecordingProxy(f"{TEST_DIR}/{name}.kubeconfig") for name in NAMES}
        # A spec beside the applied one: same mesh, same state, read through the proxies.
        self.work.write(spec_text({name: {
            "platform": '"kubernetes"', "kubeconfig": f'"{proxy.kubeconfig}"', "api_server": f'"{kube(name).url.geturl()}"'
        } for name, proxy in self.proxies.items()}), "through.toml")
        self.secrets = values_of_secrets()
        for name, peer in (NAMES, NAMES[::-1]):
            for what in (f"{name} {remote_secret(peer)} cn-acme-fleet-global-{peer}", f"{name} {TOKEN_SECRET} token"):
                self.assertIn(what, self.secrets)

    def clean_up(self):
        for proxy in self.proxies.values():
            proxy.close()
        self.ok(self.work.mesh("destroy", "--auto-approve"))

    def said(self):
        return {name: proxy.answers() for name, proxy in self.proxies.items()}

    def leaks(self):
        """What of the Secrets is in the answers, as {cluster: {what}}."""
        return {name: {what for what, value in self.secrets.items() if value in b"\n".join(answers)}
                for name, answers in self.said().items()}

    def look(self, *arguments, code):
        """Runs mesh through the proxies and checks what came over the wire."""
        before = {name: len(audit(name)) for name in NAMES}
        run = self.ok(self.work.mesh(*arguments, "-f", "through.toml"), code)
        for name, answers in self.said().items():
            requests = [e for e in audit(name)[before[name]:] if e.get("userAgent", "").startswith("mesh/")]
            secrets = [e for e in requests if e.get("objectRef", {}).get("resource") == "secrets"]
            self.assertTrue(secrets, "Secrets were not even asked for")
            self.assertEqual({e["verb"] for e in requests} - {"get", "list"}, set())
            self.assertGreaterEqual(len(answers), len(requests), "the record has gaps")
            documents = [json.loads(body) for body in answers if body.startswith(b"{")]
            kinds = [document.get("kind", "") for document in documents]
            self.assertIn("PartialObjectMetadataList", kinds)
            self.assertFalse([kind for kind in kinds if kind.startswith("Secret")])
            # Their metadata came: the record is one of them.
            everything = b"\n".join(answers)
            for secret in (TOKEN_SECRET, remote_secret("c2" if name == "c1" else "c1")):
                self.assertIn(secret.encode(), everything)
            self.assertEqual([place for document in documents for place in data_in(document)], [])
        self.assertEqual(self.leaks(), {name: set() for name in NAMES})
        for what, value in self.secrets.items():
            self.assertNotIn(value.decode(), run.out + run.err, what)
        return run

    def write_foreign_value(self):
        """Another manager's value in c1's remote Secret."""
        kube("c1").merge("Secret", remote_secret("c2"), {"stringData": {"cn-acme-fleet-global-c2": "W" * 40}}, "kubectl-edit")
        self.secrets |= {f"new {what}": value for what, value in values_of_secrets().items()}
        self.assertIn(b"W" * 40, self.secrets.values())

    def test_plan(self):
        run = self.look("plan", "--format", "json", "--detailed-exitcode", code=2)
        # The kubeconfigs trust the proxies' CA now: nothing else differs.
        self.assertEqual(addresses(run.json()), {"c1/discovery/c2": "update", "c2/discovery/c1": "update"})
        for proxy in self.proxies.values():
            self.assertEqual(proxy.protocols(), {"h2"})

    def test_plan_over_a_foreign_value(self):
        self.write_foreign_value()
        self.assertIn("kubectl-edit", self.look("plan", "--out", "plan.json", code=0).out)
        with open(os.path.join(self.work.folder, "plan.json"), "rb") as file:
            saved = file.read()
        self.assertEqual([what for what, value in self.secrets.items() if value in saved], [])

    def test_drift(self):
        self.write_foreign_value()
        self.assertIn("kubectl-edit", self.look("drift", "--format", "json", code=2).out)

    def test_the_record_would_show_a_value(self):
        for name, proxy in self.proxies.items():
            through = Kube(f"{TEST_DIR}/{name}.kubeconfig")
            through.url, through.context = urllib.parse.urlparse(proxy.url), proxy.trust()
            through.request("GET", f"/api/v1/namespaces/{SYSTEM}/secrets/{TOKEN_SECRET}")
            self.assertIn(f"{name} {TOKEN_SECRET} token, base64", self.leaks()[name])
            documents = [json.loads(body) for body in proxy.answers()]
            self.assertEqual([data_in(document) for document in documents], [[".data of Secret"]])


if __name__ == "__main__":
    any_order.main()
