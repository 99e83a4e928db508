"""What people do with kubectl 1.31 or newer, done to a simulated cluster.

Bed: --clusters 1 --istiod asm-1233-2; KUBECTL names the program.
"""

import json
import os
import subprocess
import tempfile
import unittest

from bed import SIMULATED, SYSTEM, TEST_DIR, eventually, kube

KUBECONFIG = os.path.join(TEST_DIR, "c1.kubeconfig")

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - {name: main, image: "web:1", ports: [{containerPort: 8080, name: http}], resources: {requests: {cpu: 100m}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {minReplicas: 2, maxReplicas: 5, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {app: web}}
data: {a: "1", b: "2"}
---
apiVersion: v1
kind: Secret
metadata: {name: password}
stringData: {word: sesame}
---
apiVersion: networking.istio.io/v1beta1
kind: Gateway
metadata: {name: door}
spec:
  selector: {istio: eastwestgateway}
  servers: [{port: {number: 15443, name: tls, protocol: TLS}, tls: {mode: AUTO_PASSTHROUGH}, hosts: ["*.local"]}]
"""


class Ran:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Kubectl(unittest.TestCase):
    program = os.environ["KUBECTL"]
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="kubectl-test-")
        cls.ns = "kubectl"
        cls.run_now("create", "namespace", cls.ns)
        # The controllers put the account into it without which no pod is made.
        eventually(lambda: kube("c1").find("ServiceAccount", "default", cls.ns))
        cls.web = cls.file(WEB)
        cls.run_now("apply", "--server-side", "-n", cls.ns, "-f", cls.web)
        cls.run_now("wait", "-n", cls.ns, "--for=condition=Available", "deployment/web", "--timeout=30s")

    @classmethod
    def tearDownClass(cls):
        cls.run_now("delete", "namespace", cls.ns, "--wait=false")

    @classmethod
    def file(cls, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=cls.home, delete=False, encoding="utf-8") as file:
            file.write(text)
        return file.name

    @classmethod
    def run_now(cls, *words, stdin="", **environment):
        # An empty HOME: no cache of another cluster's discovery, no settings.
        found = subprocess.run([cls.program, "--kubeconfig", KUBECONFIG, *words], input=stdin, text=True, capture_output=True,
                               timeout=60, check=False, env={"PATH": os.environ["PATH"], "HOME": cls.home, **environment})
        return Ran(found.returncode, found.stdout, found.stderr)

    def k(self, *words, code=0, stdin=""):
        """Runs it in the tests' namespace, and expects the exit code."""
        ran = self.run_now("-n", self.ns, *words, stdin=stdin)
        self.assertEqual(ran.code, code, f"kubectl {' '.join(words)}: {ran}")
        return ran

    def j(self, *words):
        return json.loads(self.k("get", *words, "-o", "json").out)

    # Reading

    def test_get_prints_name_ready_status_and_age(self):
        for what, header, row in (
                ("deployments", ["NAME", "READY", "AGE"], ["web", "2/2"]), ("pods", ["NAME", "READY", "STATUS", "AGE"], []),
                ("services", ["NAME", "AGE"], ["web"]), ("gw", ["NAME", "AGE"], ["door"]), ("sa", ["NAME"], ["default"])):
            with self.subTest(what):
                lines = self.k("get", what).out.splitlines()
                for word in header:
                    self.assertIn(word, lines[0])
                line = next((line for line in lines if line.startswith((row or [""])[0])), "") if row else ""
                for word in row:
                    self.assertIn(word, line)

    def test_get_in_other_forms(self):
        self.assertEqual(self.k("get", "cm", "settings", "-o", "name").out, "configmap/settings\n")
        self.assertEqual(self.k("get", "cm", "settings", "-o", "jsonpath={.data.a}").out, "1")
        self.assertIn("b: \"2\"", self.k("get", "cm", "settings", "-o", "yaml").out)
        self.assertEqual(self.k("get", "cm", "settings", "-o", "custom-columns=N:.metadata.name", "--no-headers").out, "settings\n")
        self.assertEqual(self.k("get", "secret", "password", "-o", "go-template={{.data.word | base64decode}}").out, "sesame")
        self.assertIn("app=web", self.k("get", "deploy", "--show-labels").out)
        self.assertIn("deployment.apps/web", self.k("get", "all").out)
        self.assertIn("service/web", self.k("get", "deploy,svc", "-l", "app=web", "-o", "name").out)
        self.assertEqual(self.k("get", "cm", "--field-selector", "metadata.name=settings", "-o", "name").out, "configmap/settings\n")
        self.assertIn("istio-system", self.k("get", "namespaces").out)
        self.assertIn("istiod", self.k("get", "deploy", "-A").out)
        self.assertEqual(len(self.k("get", "cm", "-A", "--chunk-size=1", "-o", "name").out.splitlines()),
                         len(self.k("get", "cm", "-A", "-o", "name").out.splitlines()))
        self.assertIn("web", self.k("get", "-f", self.web).out)
        self.assertEqual(self.k("get", "--raw", "/healthz").out, "ok")

    def test_what_is_not_there(self):
        self.assertIn('configmaps "none" not found', self.k("get", "cm", "none", code=1).err)
        self.assertEqual(self.k("get", "cm", "none", "--ignore-not-found").out, "")
        self.assertIn("doesn't have a resource type", self.k("get", "nonsense", code=1).err)
        self.assertIn("No resources found", self.k("get", "leases").err)

    def test_describe(self):
        for what, words in (
                ("deployment/web", ["RollingUpdate", "2 available", "web:1", "NewReplicaSetAvailable", "Replicas:"]),
                ("service/web", ["Selector", "app=web", "80/TCP", "Endpoints:"]), ("configmap/settings", ["Data", "a:"]),
                ("secret/password", ["word:", "6 bytes"]), ("hpa/web", ["Reference:", "Deployment/web", "Max replicas:"]),
                ("pdb/web", ["Min available:", "Allowed disruptions:"]), ("gw/door", ["AUTO_PASSTHROUGH", "Kind:", "Gateway"]),
                (f"namespace/{self.ns}", ["Status:", "Active"]), ("pods", ["Status:", "Running", "Ready", "Containers:"]),
                ("rs", ["Replicas:", "Controlled By:"]), ("nodes", ["Conditions", "Addresses:"]),
                ("clusterrole/cluster-admin", ["Resources", "*.*"]), ("sa/default", ["Image pull secrets:"])):
            with self.subTest(what):
                text = self.k("describe", *what.split("/")).out
                for word in words:
                    self.assertIn(word, text)

    def test_watch_sees_a_change(self):
        self.k("create", "configmap", "watched", "--from-literal=a=1")
        process = subprocess.Popen([self.program, "--kubeconfig", KUBECONFIG, "-n", self.ns, "get", "cm", "watched", "-w", "-o",
                                    "jsonpath={.data.a}{'\\n'}"], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={"PATH": os.environ["PATH"], "HOME": self.home})
        try:
            self.assertEqual(process.stdout.readline(), "1\n")
            self.k("patch", "cm", "watched", "--type=merge", "-p", '{"data":{"a":"2"}}')
            self.assertEqual(process.stdout.readline(), "2\n")
        finally:
            process.kill()
            process.communicate()
            self.k("delete", "cm", "watched")

    def test_resources(self):
        resources = self.k("api-resources").out
        for word in ("configmaps", "cm", "deployments", "poddisruptionbudgets", "gateways", "networking.istio.io"):
            self.assertIn(word, resources)
        self.assertIn("clusterroles", self.k("api-resources", "--namespaced=false", "-o", "name").out)
        self.assertIn("networking.istio.io/v1beta1", self.k("api-versions").out)
        self.assertIn("Server Version", self.k("version").out)
        self.assertIn("control plane", self.k("cluster-info").out)

    # Writing

    def test_apply_server_side(self):
        body = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ss}\ndata: {a: '%s'}\n"
        one, two = self.file(body % 1), self.file(body % 2)
        self.assertIn("serverside-applied", self.k("apply", "--server-side", "-f", one).out)
        self.assertIn("serverside-applied", self.k("apply", "--server-side", "-f", two).out)
        self.k("patch", "cm", "ss", "--type=merge", "-p", '{"data":{"a":"3"}}')
        refused = self.k("apply", "--server-side", "-f", two, "--field-manager=other", code=1)
        self.assertIn("conflict", refused.err)
        self.assertIn(".data.a", refused.err)
        self.k("apply", "--server-side", "-f", two, "--field-manager=other", "--force-conflicts")
        self.assertEqual(self.j("cm", "ss")["data"], {"a": "2"})
        self.k("apply", "--server-side", "--dry-run=server", "-f", one, "--force-conflicts")
        self.assertEqual(self.j("cm", "ss")["data"], {"a": "2"})
        self.k("delete", "-f", one)

    def test_apply_on_the_client_side(self):
        body = "apiVersion: v1\nkind: Service\nmetadata: {name: cs}\nspec: {ports: [{port: %s}], selector: {app: other}}\n"
        one, two = self.file(body % 1), self.file(body % 2)
        self.assertIn("created", self.k("apply", "-f", one).out)
        self.assertIn("unchanged", self.k("apply", "-f", one).out)
        self.assertIn("configured", self.k("apply", "-f", two).out)
        self.assertEqual([p["port"] for p in self.j("svc", "cs")["spec"]["ports"]], [2])
        self.k("delete", "svc", "cs")

    def test_diff(self):
        self.k("diff", "--server-side", "-f", self.web)
        other = self.file(WEB.replace("web:1", "web:2"))
        shown = self.k("diff", "--server-side", "-f", other, code=1)
        self.assertRegex(shown.out, r"(?m)^\+ .*image: web:2$")
        self.assertRegex(shown.out, r"(?m)^- .*image: web:1$")
        self.assertEqual(self.j("deploy", "web")["spec"]["template"]["spec"]["containers"][0]["image"], "web:1")

    def test_patch_in_three_ways(self):
        self.k("create", "configmap", "patched", "--from-literal=a=1")
        self.assertIn("patched", self.k("patch", "cm", "patched", "--type=json", "-p", '[{"op":"add","path":"/data/b","value":"2"}]').out)
        self.assertIn("patched", self.k("patch", "cm", "patched", "--type=merge", "-p", '{"data":{"a":null}}').out)
        self.assertIn("patched", self.k("patch", "cm", "patched", "--type=strategic", "-p", '{"data":{"c":"3"}}').out)
        self.assertIn("no change", self.k("patch", "cm", "patched", "-p", '{"data":{"c":"3"}}').out)
        self.assertEqual(self.j("cm", "patched")["data"], {"b": "2", "c": "3"})
        self.k("delete", "cm", "patched")

    def test_label_and_annotate(self):
        self.k("create", "configmap", "marked")
        self.assertIn("labeled", self.k("label", "cm", "marked", "x=1").out)
        self.assertIn("--overwrite", self.k("label", "cm", "marked", "x=2", code=1).err)
        self.k("label", "cm", "marked", "x=2", "--overwrite")
        self.k("annotate", "cm", "marked", "a/b=c")
        found = self.j("cm", "marked")["metadata"]
        self.assertEqual((found["labels"], found["annotations"]), ({"x": "2"}, {"a/b": "c"}))
        self.k("label", "cm", "marked", "x-")
        self.k("annotate", "cm", "marked", "a/b-")
        self.assertNotIn("labels", self.j("cm", "marked")["metadata"])
        self.k("delete", "cm", "marked")

    def test_wait_and_delete(self):
        self.k("create", "deployment", "brief", "--image=brief:1")
        self.assertIn("condition met", self.k("wait", "--for=condition=Available", "deploy/brief", "--timeout=30s").out)
        self.assertIn("deleted", self.k("delete", "deployment", "brief").out)
        self.k("wait", "--for=delete", "deploy/brief", "--timeout=30s")
        self.assertTrue(eventually(lambda: not self.j("pods", "-l", "app=brief")["items"]))
        self.assertIn("not found", self.k("delete", "deployment", "brief", code=1).err)
        for index in range(3):
            self.k("create", "configmap", f"many-{index}")
            self.k("label", "cm", f"many-{index}", "many=yes")
        self.assertEqual(self.k("delete", "cm", "-l", "many=yes").out.count("deleted"), 3)

    def test_rollout_and_scale(self):
        self.k("create", "deployment", "roll", "--image=roll:1")
        self.assertIn("successfully rolled out", self.k("rollout", "status", "deploy/roll", "--timeout=30s").out)
        self.k("set", "image", "deploy/roll", "roll=roll:2")
        self.assertIn("successfully rolled out", self.k("rollout", "status", "deploy/roll", "--timeout=30s").out)
        self.k("rollout", "restart", "deploy/roll")
        self.k("rollout", "status", "deploy/roll", "--timeout=30s")
        self.assertIn("3", self.k("rollout", "history", "deploy/roll").out)
        self.k("rollout", "undo", "deploy/roll")
        self.k("scale", "deploy/roll", "--replicas=3")
        self.assertTrue(eventually(lambda: self.j("deploy", "roll")["status"].get("availableReplicas") == 3))
        self.k("delete", "deploy", "roll")

    def test_create_and_replace(self):
        self.k("create", "secret", "generic", "made", "--from-literal=k=v")
        self.k("create", "serviceaccount", "made")
        self.k("create", "role", "made", "--verb=get", "--resource=configmaps")
        self.k("create", "rolebinding", "made", "--role=made", f"--serviceaccount={self.ns}:made")
        self.assertIn("already exists", self.k("create", "serviceaccount", "made", code=1).err)
        self.k("replace", "-f", "-", stdin=json.dumps({**self.j("secret", "made"), "data": {"k": "eA=="}}))
        self.assertEqual(self.j("secret", "made")["data"], {"k": "eA=="})
        who = f"--as=system:serviceaccount:{self.ns}:made"
        self.assertEqual(self.k("auth", "can-i", "get", "configmaps", who).out, "yes\n")
        self.assertEqual(self.k("auth", "can-i", "delete", "configmaps", who, code=1).out.splitlines()[0], "no")
        self.assertIn("forbidden", self.k("get", "secrets", who, code=1).err)
        for kind in ("secret", "serviceaccount", "role", "rolebinding"):
            self.k("delete", kind, "made")

    def test_auth_can_i(self):
        self.assertEqual(self.k("auth", "can-i", "create", "deployments").out, "yes\n")
        self.assertEqual(self.k("auth", "can-i", "*", "*").out, "yes\n")
        self.assertIn("[*]", self.k("auth", "can-i", "--list").out)

    def test_bad_input(self):
        self.assertIn("unknown field", self.k("create", "-f", "-", code=1, stdin=json.dumps(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "bad"}, "dta": {}})).err)
        wrong = json.dumps({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "bad"}, "spec": {"ports": [{"port": 99999}]}})
        self.assertIn("spec.ports[0].port", self.k("create", "-f", "-", code=1, stdin=wrong).err)
        nothing = '{"apiVersion":"v1","kind":"Nothing","metadata":{"name":"x"}}'
        self.assertIn("no matches for kind", self.k("create", "--validate=false", "-f", "-", code=1, stdin=nothing).err)

    # Pods

    @unittest.skipUnless(SIMULATED, "real API servers of the test bed have no kubelet")
    def test_logs_and_exec(self):
        self.assertIsInstance(self.k("logs", "deploy/web").out, str)
        self.k("logs", "deploy/web", "-c", "main", "--tail=1")
        self.assertIn("not valid for pod", self.k("logs", "deploy/web", "-c", "nothing", code=1).err)
        self.assertEqual(self.k("exec", "deploy/web", "--", "echo", "hello").out, "hello\n")
        self.k("exec", "deploy/web", "--", "true")
        self.assertIn("executable file not found", self.k("exec", "deploy/web", "--", "false", code=1).err)
        self.assertIn("container nothing is not valid", self.k("exec", "deploy/web", "-c", "nothing", "--", "true", code=1).err)

    @unittest.skipUnless(SIMULATED, "real API servers of the test bed have no kubelet")
    def test_exec_takes_input(self):
        for size in (0, 10, 1_000_000):
            with self.subTest(size):
                ran = self.k("exec", "-i", "deploy/web", "--", "echo", "hello", stdin="x" * size)
                self.assertEqual(ran.out, "hello\n")
                # A command that ends before its input does cuts the input off, and kubectl says so when it notices.
                if ran.err:
                    self.assertRegex(ran.err, r"\AE.*Copying stdin failed.*\n\Z")

    @unittest.skipUnless(SIMULATED, "real API servers of the test bed have no kubelet")
    def test_exec_asks_istiod(self):
        pods = json.loads(self.run_now("get", "pods", "-n", SYSTEM, "-l", "app=istiod", "-o", "json").out)["items"]
        ran = self.run_now("exec", "-n", SYSTEM, pods[0]["metadata"]["name"], "--", "pilot-discovery", "request", "GET",
                           "/debug/clusterz")
        self.assertEqual(ran.code, 0, str(ran))
        self.assertEqual([cluster["id"] for cluster in json.loads(ran.out)], ["c1"])

    def test_newer_commands(self):
        self.k("events")
        token = self.k("create", "token", "default").out
        self.assertEqual(token.count("."), 2)
        self.assertIn("ATTRIBUTE", self.k("auth", "whoami").out)
        self.assertIn("managedFields", self.k("get", "cm", "settings", "-o", "yaml", "--show-managed-fields").out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
