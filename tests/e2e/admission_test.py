"""Admission webhooks that change what mesh writes, on real API servers.

Run under tests/realcluster/run.sh with one cluster; MESH_BIN names the program under test.
"""

import base64
import contextlib
import http.server
import json
import os
import ssl
import subprocess
import threading
import unittest

from bed import GATEWAY, SYSTEM, Answer, Workdir, kube, spec_text

WEBHOOKS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
CONTAINER = "/spec/template/spec/containers/0"


def eventually(what, seconds=30):
    """Waits until it is so; the API server reads webhook configurations from its own watch."""
    waited = threading.Event()
    for _ in range(int(seconds * 10)):
        if what():
            return True
        waited.wait(0.1)
    return False


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers each review with the JSON patch of the server."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = {"uid": review["request"]["uid"], "allowed": True}
        if review["request"]["object"]["metadata"]["name"] == GATEWAY:
            patch = base64.b64encode(json.dumps(self.server.patch).encode()).decode()
            answer |= {"patchType": "JSONPatch", "patch": patch}
        body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    def server_bind(self):
        # HTTPServer would ask DNS for its own name.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]


@contextlib.contextmanager
def webhook(api, folder, patch):
    """A webhook that changes Deployments of the system namespace with these steps."""
    key, certificate = os.path.join(folder, "webhook.key"), os.path.join(folder, "webhook.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = Server(("127.0.0.1", 0), Handler)
    server.patch = patch
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(certificate, "rb") as file:
        bundle = base64.b64encode(file.read()).decode()
    api.request("POST", WEBHOOKS, {
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration", "metadata": {"name": "limits"},
        "webhooks": [{
            "name": "limits.policy.example", "sideEffects": "None", "failurePolicy": "Fail", "admissionReviewVersions": ["v1"],
            "clientConfig": {"url": f"https://127.0.0.1:{server.server_port}/m", "caBundle": bundle},
            "rules": [{"apiGroups": ["apps"], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"], "resources": ["deployments"]}],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": SYSTEM}},
        }],
    })
    try:
        yield
    finally:
        api.request("DELETE", f"{WEBHOOKS}/limits")
        server.shutdown()
        server.server_close()


class Admission(unittest.TestCase):
    def setUp(self):
        self.work = Workdir()
        self.api = kube("c1")
        self.work.write(spec_text({"c1": {"platform": '"kubernetes"'}}))
        self.addCleanup(lambda: self.work.mesh("destroy", "--auto-approve"))

    def mesh(self, *arguments, code=0):
        run = self.work.mesh(*arguments)
        self.assertEqual(run.code, code, run)
        return run

    def in_force(self):
        """Whether the API server asks the webhook already: seen at a write that stores nothing."""
        probe = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": GATEWAY}, "spec": {
            "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [
                {"name": "probe", "image": "probe", "resources": {"limits": {"cpu": "2"}}}]}}}}
        try:
            made = self.api.request("POST", f"/apis/apps/v1/namespaces/{SYSTEM}/deployments?dryRun=All", probe)
        except Answer:
            return False
        limits = made["spec"]["template"]["spec"]["containers"][0].get("resources", {}).get("limits", {})
        return limits.get("cpu") != "2"

    def test_a_value_that_a_webhook_changes_is_told_recorded_and_not_planned_again(self):
        with webhook(self.api, self.work.folder, [{"op": "add", "path": f"{CONTAINER}/resources/limits/cpu", "value": "1"}]):
            self.assertTrue(eventually(self.in_force))
            applied = self.mesh("apply", "--auto-approve")
            self.assertIn("the API server stored another value than mesh sent", applied.out)
            self.assertIn('resources.limits.cpu: sent "2", stored "1"', applied.out)
            self.assertEqual(self.mesh("plan", "--detailed-exitcode").err.count("error"), 0)
            self.mesh("drift")
            self.assertIn("No changes", self.mesh("plan").out)
            # Another change of the same object does not bring it back.
            self.work.write(spec_text({"c1": {"platform": '"kubernetes"', "network": '"other"'}}))
            skip = ("--skip-check", "network-injector")
            self.mesh("apply", "--auto-approve", *skip)
            self.mesh("plan", "--detailed-exitcode", *skip)
        # Without its record it is planned once more.
        subprocess.run(["rm", "-rf", os.path.join(self.work.folder, "state")], check=True)
        self.mesh("plan", "--detailed-exitcode", *skip, code=2)
        self.assertNotIn("stored another value", self.mesh("apply", "--auto-approve", *skip).out)
        self.mesh("plan", "--detailed-exitcode", *skip)

    def test_a_field_that_a_webhook_takes_out(self):
        with webhook(self.api, self.work.folder, [{"op": "remove", "path": f"{CONTAINER}/resources/limits/cpu"}]):
            self.assertTrue(eventually(self.in_force))
            self.assertIn("stored nothing", self.mesh("apply", "--auto-approve").out)
            self.mesh("plan", "--detailed-exitcode")
            self.mesh("drift")


if __name__ == "__main__":
    unittest.main()
