"""mesh as a program, without a cluster: usage, offline commands, and input that is broken in every way.

Every broken input: a clear error on stderr, exit 1 or 64, nothing on stdout, nothing written.
"""

import http.server
import json
import os
import pty
import select
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

import any_order

MESH_BIN = os.environ["MESH_BIN"]

SPEC = """version = 1
[mesh]
name = "m"
id = "m"
ca = "istio-ca"
local_api_servers = true
[state]
repo = "state"
[cluster.a]
platform = "kubernetes"
kubeconfig = "a.kubeconfig"
network = "a"
"""

KUBECONFIG = """apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "%s"%s}}]
users: [{name: a, user: {%s}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
current-context: a
"""


def kubeconfig(server="https://127.0.0.1:1", cluster="", user="token: top-secret-token"):
    return KUBECONFIG % (server, cluster, user)


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="mesh-cli-")
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def write(self, name, content):
        with open(os.path.join(self.folder, name), "w" if isinstance(content, str) else "wb",
                  **({"encoding": "utf-8"} if isinstance(content, str) else {})) as file:
            file.write(content)

    def files(self):
        return sorted(os.path.relpath(os.path.join(at, name), self.folder)
                      for at, _, names in os.walk(self.folder) for name in names)

    def mesh(self, *arguments, env=None):
        return subprocess.run([MESH_BIN, *arguments], cwd=self.folder, text=True, capture_output=True, timeout=60,
                              stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})}, check=False)

    def assert_refused(self, run, words, code=1):
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        for word in [words] if isinstance(words, str) else words:
            self.assertIn(word, run.stderr)
        self.assertNotIn("top-secret", run.stdout + run.stderr)


class Usage(Folder):
    def test_wrong_usage_is_64(self):
        for arguments, words in ((["fly"], "fly"), ([], "subcommand"), (["plan", "--frobnicate"], "--frobnicate"),
                                 (["plan", "--format", "xml"], "xml"), (["plan", "--timeout", "fast"], "fast"),
                                 (["plan", "--timeout", "0s"], "0s"), (["plan", "--timeout", "721h"], "721h"),
                                 (["plan", "--timeout", "999999999h"], "720h"), (["plan", "--out", ""], "--out"), (["plan", "--parallelism", "0"], "parallelism"),
                                 (["show"], "rev"), (["apply", "p.json", "--only", "a"], "--only"),
                                 (["apply", "--skip-moved"], "--skip-moved"), (["schema", "nothing"], "nothing")):
            with self.subTest(arguments):
                self.assert_refused(self.mesh(*arguments), words, 64)
                self.assertEqual(self.files(), [])

    def test_help(self):
        run = self.mesh("--help")
        self.assertEqual(run.returncode, 0)
        for command in ("validate", "plan", "apply", "drift", "destroy", "history", "show", "schema", "version"):
            self.assertIn(command, run.stdout)
            self.assertIn(f"Usage: mesh {command} [OPTIONS]", self.mesh(command, "--help").stdout)
        self.assertIn("Usage: mesh sim fault add [OPTIONS]", self.mesh("sim", "fault", "add", "--help").stdout)

    def test_version_and_schema(self):
        self.assertRegex(self.mesh("version").stdout, r"^mesh \d+\.\d+\.\d+\n")
        self.assertEqual(json.loads(self.mesh("version", "--format", "json").stdout)["format"], "mesh.version/v1")
        for name in ("mesh", "plan", "report", "drift"):
            self.assertIn("$schema", json.loads(self.mesh("schema", name).stdout))

    def test_version_is_a_flag_as_well(self):
        for more in ((), ("--format", "json")):
            run = self.mesh("--version", *more)
            self.assertEqual((run.returncode, run.stdout), (0, self.mesh("version", *more).stdout))

    def test_what_cannot_be_written_is_told(self):
        self.write("mesh.toml", SPEC)
        self.write("a.kubeconfig", kubeconfig())
        for words in (["version"], ["schema"], ["validate"], ["plan", "--timeout", "2s"], ["--help"]):
            for to, why in ((">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")):
                with self.subTest(words=words, to=to):
                    run = subprocess.run(["bash", "-c", f'"$0" "$@" {to}', MESH_BIN, *words], cwd=self.folder, text=True,
                                         stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60, check=False)
                    self.assertEqual(run.returncode, 1)
                    self.assertIn(f"mesh: stdout could not be written: {why}\n", run.stderr)

    def test_a_dumb_terminal_is_none(self):
        for terminal, escapes in (("xterm", True), ("dumb", False)):
            with self.subTest(terminal):
                ours, theirs = pty.openpty()
                environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
                subprocess.run([MESH_BIN, "validate"], cwd=self.folder, stdin=theirs, stdout=theirs, stderr=theirs,
                               env={**environment, "TERM": terminal}, timeout=60, check=False)
                os.close(theirs)
                said = os.read(ours, 1 << 16)
                os.close(ours)
                self.assertIn(b"file_not_readable", said)
                self.assertEqual(b"\x1b" in said, escapes, said)

    def test_validate(self):
        self.write("mesh.toml", SPEC)
        run = self.mesh("validate")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.files(), ["mesh.toml"])

    def test_all_problems_in_one_run(self):
        self.write("mesh.toml", SPEC.replace("network", "netwrok").replace("istio-ca", "my-ca") + "colour = 1\n")
        run = self.mesh("validate")
        self.assert_refused(run, ["mesh.toml:5:", "mesh.toml:12:", "did you mean `network`?", "mesh.toml:13:"])


def broken_specs():
    """name -> (text, words that stderr must hold)"""
    def with_line(line, old='network = "a"'):
        return SPEC.replace(old, line)

    second = '[cluster.b]\nplatform = "kubernetes"\nkubeconfig = "a.kubeconfig"\n'
    return {
        "empty": ("", "missing_field"),
        "not toml": ("{{{", "syntax_error"),
        "binary": (bytes(range(256)), "syntax_error"),
        "cut off": (SPEC[:-5], "syntax_error"),
        "duplicate key": (SPEC + 'network = "b"\n', ["mesh.toml:13:"]),
        "version of the future": (SPEC.replace("version = 1", "version = 2"), "unsupported_version"),
        "wrong type": (SPEC.replace('name = "m"', "name = 7"), "wrong_type"),
        "unknown key": (with_line('netwrok = "a"'), "did you mean `network`?"),
        "unknown platform": (SPEC.replace('"kubernetes"', '"gke-vmare"'), "did you mean `gke-vmware`?"),
        "no clusters": (SPEC[:SPEC.index("[cluster")], "no_clusters"),
        "ca not offered": (SPEC.replace('"istio-ca"', '"ca-service"').replace('id = "m"', 'fleet_project = "f"\nproject_number = 1')
                           .replace('"kubernetes"', '"eks"'), "unsupported_ca"),
        "duplicate id": (SPEC + second + 'network = "b"\nid = "a"\n', "duplicate_id"),
        "shared network": (SPEC + second + 'network = "a"\n', "shared_network"),
        "unknown peer": (SPEC + 'discovery.peers = ["z"]\n', "unknown_peer"),
        "loopback api server": (SPEC.replace("local_api_servers = true\n", "") + 'api_server = "https://127.0.0.1:6443"\n',
                                "undialable_api_server"),
        "api server without scheme": (SPEC + 'api_server = "example.com"\n', "invalid_value"),
        "bad cidr": (SPEC + 'gateway.source_ranges = ["10.0.0.0/33"]\n', "10.0.0.0/33"),
        "replicas upside down": (SPEC + "gateway.replicas = { min = 5, max = 2 }\n", "conflicting_fields"),
    }


def broken_kubeconfigs():
    return {
        "missing file": (None, "file_not_readable"),
        "empty": ("", "no current-context"),
        "not yaml": ("a: [", "syntax_error"),
        "a list": ("[1, 2]", "kubeconfig_invalid"),
        "no current context": (kubeconfig().replace("current-context: a", ""), "unknown_context"),
        "context of nothing": (kubeconfig().replace("current-context: a", "current-context: b"), "unknown_context"),
        "cluster that is not there": (kubeconfig().replace("cluster: a, user", "cluster: z, user"), "kubeconfig_invalid"),
        "user that is not there": (kubeconfig().replace("user: a}}", "user: z}}"), "kubeconfig_invalid"),
        "no server": (kubeconfig(server=""), "kubeconfig_invalid"),
        "ca that is no base64": (kubeconfig(cluster=', certificate-authority-data: "***"'), "certificate-authority-data"),
        "ca file that is not there": (kubeconfig(cluster=", certificate-authority: nowhere.pem"), "nowhere.pem"),
        "key without certificate": (kubeconfig(user="client-key-data: AAAA"), "client-certificate"),
        "auth provider": (kubeconfig(user="auth-provider: {name: gcp}"), "gke-gcloud-auth-plugin"),
        "exec of an old version": (kubeconfig(user="exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}"),
                                   "v1alpha1"),
        "exec that is not installed": (kubeconfig(user="exec: {apiVersion: client.authentication.k8s.io/v1, "
                                                       "command: no-such-plugin, interactiveMode: Never, "
                                                       "installHint: install it}"), ["no-such-plugin", "install it"]),
        "exec that fails": (kubeconfig(user="exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, "
                                            "args: [-c, 'echo login expired >&2; exit 3'], interactiveMode: Never}"),
                            "login expired"),
        "exec that prints rubbish": (kubeconfig(user="exec: {apiVersion: client.authentication.k8s.io/v1, command: echo, "
                                                     "args: [top-secret], interactiveMode: Never}"), "exec_plugin_failed"),
        "duplicate key": (kubeconfig() + "kind: Config\n", "duplicate_key"),
    }


def broken_plans():
    good = {"format": "mesh.plan/v1", "mesh": "m", "spec_digest": "x", "intent": "apply", "complete": True, "summary": {},
            "clusters": [], "actions": [], "diagnostics": []}
    return {
        "missing": (None, "file_not_readable"),
        "empty": ("", "syntax_error"),
        "cut off": (json.dumps(good)[:40], "syntax_error"),
        "another format": (json.dumps({**good, "format": "mesh.report/v1"}), "mesh.report/v1"),
        "a list": ("[]", "plan_invalid"),
        "missing fields": ('{"format": "mesh.plan/v1"}', "/actions"),
        "wrong types": (json.dumps({**good, "actions": 7}), "/actions"),
        "wrong action": (json.dumps({**good, "actions": [{"address": 1}]}), "/actions/0"),
        "duplicate key": ('{"format": "mesh.plan/v1", "format": "mesh.plan/v1"}', "duplicate_key"),
    }


class BrokenInput(Folder):
    def test_specs(self):
        for name, (text, words) in broken_specs().items():
            for command in ("validate", "plan"):
                with self.subTest(f"{name}: {command}"):
                    self.write("mesh.toml", text)
                    run = self.mesh(command)
                    self.assert_refused(run, words)
                    self.assertEqual(run.stdout, "")
                    self.assertEqual(self.files(), ["mesh.toml"])

    def test_spec_that_is_not_there(self):
        self.assert_refused(self.mesh("plan"), "file_not_readable")
        self.assert_refused(self.mesh("plan", "-f", "."), "file_not_readable")

    def test_kubeconfigs(self):
        self.write("mesh.toml", SPEC)
        for name, (text, words) in broken_kubeconfigs().items():
            with self.subTest(name):
                if text is not None:
                    self.write("a.kubeconfig", text)
                run = self.mesh("plan", "--timeout", "3s", "--format", "json")
                self.assert_refused(run, words, 3)
                self.assertEqual({action["operation"] for action in json.loads(run.stdout)["actions"]}, {"unknown"})
                self.assert_refused(self.mesh("apply", "--timeout", "3s"), words, 3)
                self.assertNotIn("state/HEAD", self.files())

    def test_an_encrypted_certificate_asks_for_no_pass_phrase(self):
        self.write("mesh.toml", SPEC)
        self.write("a.kubeconfig", kubeconfig(cluster=", certificate-authority: ca.pem"))
        for block in ("CERTIFICATE", "X509 CERTIFICATE"):
            self.write("ca.pem", f"-----BEGIN {block}-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,{'0' * 32}\n\n"
                                 f"{'A' * 64}\n-----END {block}-----\n")
            # With a terminal of its own, which a library might ask at.
            process, terminal = pty.fork()
            if process == 0:
                os.chdir(self.folder)
                os.execv(MESH_BIN, [MESH_BIN, "plan"])
            said = b""
            while select.select([terminal], [], [], 10)[0]:
                try:
                    said += os.read(terminal, 4096)
                except OSError:  # all of it
                    break
            else:
                os.kill(process, signal.SIGKILL)
            os.close(terminal)
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), 3, said)
            self.assertIn(b"PEM block `CERTIFICATE`", said)

    def test_saved_plans(self):
        self.write("mesh.toml", SPEC)
        self.write("a.kubeconfig", kubeconfig())
        for name, (text, words) in broken_plans().items():
            with self.subTest(name):
                if text is not None:
                    self.write("plan.json", text)
                before = self.files()
                run = self.mesh("apply", "plan.json")
                self.assert_refused(run, words)
                self.assertEqual(run.stdout, "")
                self.assertEqual(self.files(), before)


class Answers(Folder):
    """API servers that answer with what no API server should."""

    def serve(self, respond):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                respond(self)

            def log_message(self, *_):
                pass

        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
                       cwd=self.folder, check=True, capture_output=True)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.folder, "cert.pem"), os.path.join(self.folder, "key.pem"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.write("mesh.toml", SPEC)
        self.write("a.kubeconfig", kubeconfig(f"https://127.0.0.1:{server.server_port}", ", certificate-authority: cert.pem"))

    @staticmethod
    def answering(status, body, content_type="application/json", length=None):
        def respond(handler):
            data = body.encode()
            handler.send_response(status)
            handler.send_header("Content-Type", content_type)
            handler.send_header("Content-Length", str(length or len(data)))
            handler.end_headers()
            handler.wfile.write(data)
            if length:
                handler.close_connection = True
        return respond

    def test_answers(self):
        status = json.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "no", "reason": "Forbidden",
                             "code": 403})
        cases = {
            "rubbish": (self.answering(200, "<html>login</html>", "text/html"), "malformed_answer"),
            "half a body": (self.answering(200, '{"items": [', length=500), "cluster a"),
            "json of another kind": (self.answering(200, "[1]"), "malformed_answer"),
            "an object without metadata": (self.answering(200, "{}"), "malformed_answer"),
            "a refusal": (self.answering(403, status), "forbidden"),
            "not logged in": (self.answering(401, status.replace("403", "401")), "unauthorized"),
            "an error that stays": (self.answering(500, "oops", "text/plain"), "cluster a"),
            "a redirect": (self.answering(302, ""), "cluster a"),
        }
        for name, (respond, words) in cases.items():
            with self.subTest(name):
                self.serve(respond)
                run = self.mesh("plan", "--timeout", "2s")
                self.assert_refused(run, words, 3)
                self.assertNotIn("state/HEAD", self.files())

    def test_no_server_there(self):
        self.write("mesh.toml", SPEC)
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self.write("a.kubeconfig", kubeconfig(f"https://127.0.0.1:{closed.getsockname()[1]}"))
        self.assert_refused(self.mesh("plan", "--timeout", "2s"), ["unreachable", "cluster a"], 3)

    def test_a_certificate_nobody_vouches_for(self):
        self.serve(self.answering(200, "{}"))
        with open(os.path.join(self.folder, "a.kubeconfig"), encoding="utf-8") as file:
            text = file.read()
        self.write("a.kubeconfig", text.replace(", certificate-authority: cert.pem", ""))
        self.assert_refused(self.mesh("plan", "--timeout", "2s"), "tls_failed", 3)


class Files(Folder):
    def test_a_state_repository_that_is_none(self):
        self.write("mesh.toml", SPEC)
        self.write("a.kubeconfig", kubeconfig())
        self.write("state", "not a repository")
        self.assert_refused(self.mesh("plan", "--timeout", "2s"), "state_unusable")
        self.assert_refused(self.mesh("history"), "state_unusable")

    def test_a_kubeconfig_that_is_missing(self):
        self.write("mesh.toml", SPEC)
        line = SPEC[:SPEC.index("[cluster.a]")].count("\n") + 1
        self.assert_refused(self.mesh("plan", "--timeout", "2s"),
                            [f"mesh.toml:{line}:1: cluster a: warning[file_not_readable]", "a.kubeconfig: No such file"], 3)

    def test_globs_that_leave_nothing(self):
        self.write("mesh.toml", SPEC)
        self.write("a.kubeconfig", kubeconfig())
        for command in ("plan", "apply", "destroy"):
            run = self.mesh(command, "--only", "a", "--exclude", "a")
            self.assert_refused(run, ["warning[no_such_address]: nothing is left of the mesh", "--only `a` --exclude `a`"], 0)

    def test_history_of_nothing(self):
        self.write("mesh.toml", SPEC)
        run = self.mesh("history")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assert_refused(self.mesh("show", "HEAD"), "unknown_revision")

    def test_a_plan_goes_on_in_the_file_behind_a_redirection(self):
        self.write("mesh.toml", SPEC)
        self.write("a.kubeconfig", kubeconfig())
        self.write("log", "before\n")
        plan = [MESH_BIN, "plan", "--timeout", "2s"]
        with open(os.path.join(self.folder, "log"), "a", encoding="utf-8") as log:
            run = subprocess.run([*plan, "--out", "/dev/stdout"], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=subprocess.DEVNULL, timeout=60, check=False)
        self.assertEqual(run.returncode, 3)
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as log:
            text = log.read()
        before, _, document = text.partition("{\n")
        self.assertEqual(before, "before\n" + self.mesh("plan", "--timeout", "2s").stdout)
        self.assertEqual(json.loads("{" + document)["format"], "mesh.plan/v1")

    def test_nobody_to_ask(self):
        self.write("mesh.toml", SPEC)
        self.write("a.kubeconfig", kubeconfig())
        run = self.mesh("apply")
        self.assertEqual(run.returncode, 3, run.stdout + run.stderr)
        self.assertNotIn("state/HEAD", self.files())


if __name__ == "__main__":
    any_order.main()
