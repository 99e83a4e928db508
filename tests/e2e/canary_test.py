"""No credential comes out: known secrets go in everywhere, mesh does everything, and each byte that it writes is searched.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import base64
import json
import os
import shutil
import subprocess
import urllib.parse

import any_order
import yaml
from bed import SYSTEM, TEST_DIR, TOKEN_SECRET, Case, Workdir, kube, register, remote_secret, spec_text
from git_servers import HttpsServer
from rogue_server import RogueServer

NAMES = ("c1", "c2", "c3")
PASSWORD = "canary/pass+word=4711%of$the~state"
WRONG = "canary-token-that-no-server-knows-0815"
STATIC = "canary-password-of-basic-auth-2342"
PROXY = "canary-password-of-a-proxy-7777"


def encodings(secret):
    """The secret as it may stand somewhere: as it is, in a URL, as JSON writes it, as a part of something in base64."""
    raw = secret.encode()
    forms = {raw, urllib.parse.quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode()}
    for shift in range(3):
        # Without the characters that the bytes around it change.
        coded = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")[(0, 2, 3)[shift]:-1]
        forms |= {coded, coded.replace(b"+", b"-").replace(b"/", b"_")}
    return forms


def token_of(cluster, name):
    """A token of an account that may do everything."""
    api = kube(cluster)
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": "default"}}
    api.apply("ServiceAccount", name, account, "canary", "default")
    api.apply("ClusterRoleBinding", name, {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "default"}]}, "canary")
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    path = f"/api/v1/namespaces/default/serviceaccounts/{name}/token"
    return api.request("POST", path, request)["status"]["token"]


class Canary(Case):
    def setUp(self):
        self.work = Workdir()
        # What goes in lies elsewhere: all below the work folder is mesh's own.
        self.inputs = Workdir()
        self.secrets = {}
        self.written = []
        for name in NAMES:
            register(kube(name))
        self.git = HttpsServer("robot", PASSWORD)
        self.addCleanup(self.git.close)
        self.add("password of the state", PASSWORD)
        self.home = self.inputs.folder
        self.inputs.write(f"https://robot:{urllib.parse.quote(PASSWORD, safe='')}@localhost:{self.git.port}\n", ".git-credentials")
        self.inputs.write("[credential]\n\thelper = store\n", ".gitconfig")
        self.kubeconfigs = {"c1": self.with_token("c1", self.secret_token("c1", "token of a kubeconfig")),
                            "c2": os.path.join(TEST_DIR, "c2.kubeconfig"), "c3": self.with_plugin("c3")}
        with open(self.kubeconfigs["c2"], encoding="utf-8") as file:
            self.add_token("token of the bed", yaml.safe_load(file)["users"][0]["user"]["token"])
        self.write()

    def add(self, name, secret):
        self.assertGreater(len(secret), 20)
        self.secrets[name] = secret

    def add_token(self, name, token):
        """A JWT: its signature is what makes it one; whoever has that has the rest as well."""
        self.add(name, token.split(".")[2] if token.count(".") == 2 else token)
        return token

    def secret_token(self, cluster, name):
        return self.add_token(name, token_of(cluster, name.replace(" ", "-")))

    def config(self, cluster, user, name, server=None, **more):
        with open(os.path.join(TEST_DIR, f"{cluster}.kubeconfig"), encoding="utf-8") as file:
            config = yaml.safe_load(file)
        config["users"][0]["user"] = user
        if server:
            config["clusters"][0]["cluster"] = {"server": server}
        config["clusters"][0]["cluster"].update(more)
        return self.inputs.write(yaml.safe_dump(config), name)

    def with_token(self, cluster, token, name="token.kubeconfig", **more):
        return self.config(cluster, {"token": token}, name, **more)

    def with_key(self, cluster):
        """A pair that no server knows."""
        key, certificate = (os.path.join(self.inputs.folder, name) for name in ("key.pem", "cert.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "2", "-subj", "/CN=canary"], check=True, capture_output=True)
        user = {}
        for name, path in (("client-key-data", key), ("client-certificate-data", certificate)):
            with open(path, "rb") as file:
                user[name] = base64.b64encode(file.read()).decode()
        for line in base64.b64decode(user["client-key-data"]).decode().splitlines()[1:4]:
            self.add(f"client key {line[:8]}", line)
        return self.config(cluster, user, "key.kubeconfig")

    def with_plugin(self, cluster):
        token = self.secret_token(cluster, "token of a plugin")
        answer = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": token}}
        # It says its secret on stderr too.
        plugin = self.inputs.write(f"#!/bin/sh\necho 'token: {token}' >&2\necho '{json.dumps(answer)}'\n", "plugin.sh")
        os.chmod(plugin, 0o755)
        return self.config(cluster, {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
                                              "command": plugin}}, "plugin.kubeconfig")

    def write(self, remote=True, **own):
        files = {**self.kubeconfigs, **own}
        # Only the lines of this mesh's own file name them.
        self.work.write(spec_text({name: {"platform": '"kubernetes"', "kubeconfig": f'"{files[name]}"', "api_server":
                                          f'"{kube(name).url.geturl()}"'} for name in NAMES},
                                  extra=f'remote = "{self.git.url}"' if remote else ""))

    def mesh(self, *arguments, **more):
        environment = dict(os.environ, HOME=self.home, GIT_SSL_CAINFO=self.git.ca, **more)
        run = self.work.mesh(*arguments, env=environment)
        self.written.append((" ".join(arguments), (run.out + run.err).encode()))
        return run

    def everything(self):
        yield from self.written
        for folder, _, files in os.walk(self.work.folder):
            for name in files:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    yield path, file.read()
        for repository in (os.path.join(self.work.folder, "state"), self.git.repository):
            if os.path.isdir(repository):
                yield repository, subprocess.run(["git", "-C", repository, "cat-file", "--batch-all-objects", "--batch"],
                                                 check=True, capture_output=True).stdout

    def assert_nothing_came_out(self):
        for where, content in self.everything():
            for name, secret in self.secrets.items():
                for form in encodings(secret):
                    if form in content:
                        at = content.index(form)
                        self.fail(f"{name} came out, as {form!r}, in {where}: …{content[max(0, at - 200):at]!r}")

    def take_tokens_of_clusters(self):
        for name in NAMES:
            token = base64.b64decode(kube(name).get("Secret", TOKEN_SECRET)["data"]["token"]).decode()
            self.add_token(f"reader token of {name}", token)
            for peer in NAMES:
                if peer == name:
                    continue
                data = kube(name).get("Secret", remote_secret(peer))["data"]
                for kubeconfig in data.values():
                    self.add_token(f"{name}'s remote Secret of {peer}",
                                   yaml.safe_load(base64.b64decode(kubeconfig))["users"][0]["user"]["token"])

    def test_a_whole_life(self):
        self.mesh("init", *self.kubeconfigs.values(), "--out", "proposed.toml", "--mesh", "e2e")
        self.mesh("validate")
        for command in (("check",), ("check", "--format", "json"), ("plan",), ("plan", "--format", "json"), ("plan", "-v"),
                        ("plan", "-vv"), ("plan", "-vvv"), ("plan", "-vvv", "--log-format", "json", "--log-file", "plan.log")):
            self.mesh(*command)
        self.ok(self.mesh("plan", "--out", "saved.json"))
        run = self.ok(self.mesh("apply", "saved.json", "-vvv", "--log-file", "apply.log"))
        self.assertIn("Pushing the state", run.out + run.err)
        self.take_tokens_of_clusters()
        for name in NAMES:
            # A change of data that is ours: drift and plan say that it changed, not what to.
            kube(name).merge("Secret", remote_secret("c2" if name != "c2" else "c1"), {"data": {"odd": "b2Rk"}}, "editor")
        for command in (("drift",), ("drift", "--format", "json", "-vvv"), ("plan", "-vvv"), ("plan", "--format", "json"),
                        ("history",), ("show", "HEAD"), ("verify",), ("verify", "--format", "json"), ("check", "-vvv"),
                        ("apply", "--auto-approve", "-vvv")):
            self.mesh(*command)
        self.ok(self.mesh("destroy", "--auto-approve", "-vvv", "--log-format", "json"))
        self.assert_nothing_came_out()

    def test_what_is_searched_is_found(self):
        self.written.append(("a leak", b"x" + base64.b64encode(b"ab" + PASSWORD.encode() + b"cd")))
        with self.assertRaises(AssertionError):
            self.assert_nothing_came_out()

    def test_refused_credentials(self):
        self.add("token that is refused", WRONG)
        self.add("password that is refused", STATIC)
        self.add("password of a proxy", PROXY)
        for kubeconfig in (self.with_token("c1", WRONG, "wrong.kubeconfig"), self.with_key("c1"),
                           self.config("c1", {"username": "robot", "password": STATIC}, "basic.kubeconfig"),
                           self.with_token("c1", WRONG, "proxy.kubeconfig",
                                           **{"proxy-url": f"http://robot:{PROXY}@127.0.0.1:1"}),
                           self.with_token("c1", WRONG, "url.kubeconfig", server=f"https://robot:{STATIC}@127.0.0.1:1"),
                           self.with_token("c1", WRONG + "\nX-Header: y", "broken.kubeconfig")):
            self.write(c1=kubeconfig)
            for command in (("plan", "-vvv"), ("plan", "--format", "json"), ("check",), ("apply", "--auto-approve"),
                            ("init", kubeconfig, "--out", "-")):
                self.mesh(*command, "--timeout", "3s")
        self.assert_nothing_came_out()

    def test_a_server_that_says_what_it_heard(self):
        self.add("token that is said back", WRONG)
        for status in (401, 403, 409, 422, 500):
            heard = {}

            def refuse(_, status=status, heard=heard):
                said = json.dumps(heard["server"].headers[-1]) if "server" in heard else ""
                return status, json.dumps({"kind": "Status", "status": "Failure", "code": status, "reason": "Forbidden",
                                           "message": f"you said {said} Bearer {WRONG}",
                                           "details": {"causes": [{"reason": "FieldManagerConflict", "field": WRONG,
                                                                   "message": f'conflict with "{WRONG}" using v1'}]}})

            server = RogueServer("c1", self.inputs.folder, refuse=refuse)
            heard["server"] = server
            self.addCleanup(server.close)
            with open(server.kubeconfig, encoding="utf-8") as file:
                text = file.read().replace("token: rogue", f"token: {WRONG}")
            self.write(c1=self.inputs.write(text, f"echo-{status}.kubeconfig"))
            for command in (("plan", "-vvv"), ("check", "--format", "json"), ("apply", "--auto-approve", "-vvv")):
                self.mesh(*command, "--timeout", "2s")
        self.assert_nothing_came_out()

    def test_a_remote_that_refuses(self):
        self.add("password that the remote refuses", "canary-wrong-password-of-the-remote")
        self.inputs.write(f"https://robot:canary-wrong-password-of-the-remote@localhost:{self.git.port}\n", ".git-credentials")
        self.mesh("plan", "-vvv")
        self.mesh("apply", "--auto-approve", "-vvv")
        in_url = self.git.url.replace("https://", "https://robot:canary-wrong-password-of-the-remote@")
        shutil.rmtree(os.path.join(self.work.folder, "state"), ignore_errors=True)
        with open(os.path.join(self.work.folder, "mesh.toml"), encoding="utf-8") as file:
            text = file.read()
        # A file of the user's, which says the password itself.
        path = self.inputs.write(text.replace(self.git.url, in_url).replace('repo = "state"', f'repo = "{self.work.folder}/state"'))
        self.mesh("plan", "-vvv", "-f", path)
        self.mesh("apply", "--auto-approve", "-vvv", "-f", path)
        self.assert_nothing_came_out()


if __name__ == "__main__":
    any_order.main()
