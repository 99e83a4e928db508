"""What comes from outside kills or floods no run: answers, annotations, kubeconfigs, limits of the machine.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import base64
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import warnings

import any_order
from bed import (MESH_BIN, SYSTEM, Case, Run, Workdir, addresses, eventually, kube, register, remote_secret, spec_text)
from rogue_server import RogueServer

NAMES = ("c1", "c2", "c3")
HERE = os.path.dirname(os.path.abspath(__file__))
# A line feed, a carriage return, an escape sequence, a C1 control, a turn of direction.
HOSTILE = "x\n2026-01-01T00:00:00.000Z forged cluster=c1\r\x1b[2J\x1b[31mred\u009b31m\u202etxet"
STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Outside(Case):
    def setUp(self):
        self.work = Workdir()
        self.write()
        for name in NAMES:
            register(kube(name))

    def write(self, **own):
        self.work.write(spec_text({name: {"platform": '"kubernetes"', **own.get(name, {})} for name in NAMES}))

    def rogue(self, **more):
        server = RogueServer("c2", self.work.folder, **more)
        self.addCleanup(server.close)
        self.write(c2={"kubeconfig": f'"{server.kubeconfig}"', "api_server": '"https://127.0.0.1:1"'})
        return server

    def assert_others_are_planned(self, run):
        """c2 could not be read; c1 and c3 are planned."""
        self.ok(run, 3)
        reachable = {cluster["name"]: cluster["reachable"] for cluster in run.json()["clusters"]}
        self.assertEqual(reachable, {"c1": True, "c2": False, "c3": True}, str(run))

    def assert_clean(self, run, forged="forged"):
        """Nothing steers the terminal, and no line begins with what a value says."""
        for text in (run.out, run.err):
            self.assertIsNone(STEERS.search(text.replace("\t", "")), repr(STEERS.search(text.replace("\t", ""))) + str(run))
            for line in text.splitlines():
                self.assertFalse(line.startswith("2026-01-01T00:00:00.000Z " + forged), line)

    # Answers

    def test_answers_that_nest_without_end(self):
        deep = "[" * 300_000
        for name, text in (("open", deep), ("closed", deep + "]" * 300_000),
                           ("in an item", '{"kind":"List","metadata":{},"items":[{"metadata":{"name":"a","labels":' + deep +
                            "]" * 300_000 + "}}]}")):
            with self.subTest(name):
                self.rogue(refuse=lambda path, text=text: (200, text))
                self.assert_others_are_planned(self.work.mesh("plan", "--format", "json", "--timeout", "20s"))
                self.assertEqual(self.work.mesh("check", "--timeout", "20s").code in (1, 3), True)

    def test_refusals_that_nest_without_end(self):
        for status in (400, 404, 409, 500):
            with self.subTest(status):
                self.rogue(refuse=lambda path, status=status: (status, '{"kind":"Status","details":' + "[" * 300_000))
                self.assertGreaterEqual(self.work.mesh("plan", "--format", "json", "--timeout", "2s").code, 0)

    def test_names_that_are_paths(self):
        def change(path, text):
            return text.replace('"name":"istiod', '"name":"../../../../version?x=/istiod')

        server = self.rogue(change=change)
        for command in (("plan", "--format", "json"), ("check", "--format", "json")):
            self.assertGreaterEqual(self.work.mesh(*command, "--timeout", "5s").code, 0)
        for path in server.paths:
            self.assertNotIn("..", path)
            self.assertNotIn("%2F", path.upper().split("?")[0])

    # Texts

    def hostile_secret(self, api, name="hostile", **more):
        secret = {"metadata": {"name": name, "labels": {"istio/multiCluster": "true", **more.pop("labels", {})},
                               "annotations": {"networking.istio.io/cluster": HOSTILE, "mesh.dev/server": HOSTILE,
                                               "note": HOSTILE, **more.pop("annotations", {})}},
                  "data": more.pop("data", {HOSTILE.encode("ascii", "ignore").hex()[:40]: base64.b64encode(b"x").decode()})}
        api.create("Secret", secret)
        self.addCleanup(lambda: api.find("Secret", name) and api.delete("Secret", name))

    def test_annotations_do_not_reach_the_terminal(self):
        api = kube("c2")
        ours = {"app.kubernetes.io/managed-by": "mesh", "mesh.dev/mesh": "e2e"}
        self.hostile_secret(api, "istio-remote-secret-" + "hostile", labels=ours)
        # A second one says the same: what is named twice stops its cluster at most.
        self.hostile_secret(api, "istio-remote-secret-" + "hostile2", labels=ours)
        for verbose in ((), ("-v",), ("-vv",), ("-vvv",), ("-vvv", "--log-format", "json")):
            for command in (("plan",), ("plan", "--format", "json"), ("check",), ("check", "--format", "json")):
                with self.subTest(f"{command} {verbose}"):
                    run = self.work.mesh(*command, *verbose)
                    self.assertIn(run.code, (0, 1, 2, 3), str(run))
                    self.assert_clean(run)
        planned = self.work.mesh("plan", "--format", "json").json()
        self.assertTrue({"c1", "c3"} <= {address.split("/")[0] for address in addresses(planned)} or
                        not addresses(planned))
        run = self.work.mesh("apply", "--auto-approve", "-v", "--log-file", "run.log")
        self.assert_clean(run)
        with open(os.path.join(self.work.folder, "run.log"), encoding="utf-8") as file:
            text = file.read()
        self.assertIsNone(STEERS.search(text))
        self.assertNotIn("\n2026-01-01T00:00:00.000Z forged", text)
        for command in (("drift",), ("drift", "--format", "json"), ("history",), ("destroy", "--auto-approve", "-v")):
            with self.subTest(command):
                run = self.work.mesh(*command)
                self.assertIn(run.code, (0, 1, 2, 3), str(run))
                self.assert_clean(run)
        for name in ("c1", "c3"):
            self.assertIsNone(kube(name).find("Secret", remote_secret("c2")), name)

    def test_words_of_a_server_do_not_reach_the_terminal(self):
        said = json.dumps({"kind": "Status", "status": "Failure", "code": 403, "reason": "Forbidden", "message": HOSTILE})
        self.rogue(refuse=lambda path: (403, said))
        for arguments in (("plan",), ("plan", "-vvv"), ("check",)):
            run = self.work.mesh(*arguments)
            self.assert_clean(run)
        self.rogue(refuse=lambda path: (403, b'{"kind":"Status","message":"\xff\xfe\x9b31m"}'))
        self.assert_clean(self.work.mesh("plan", "-vvv"))

    # Kubeconfigs

    def test_a_pipe_that_stays_silent_is_no_kubeconfig(self):
        pipe = os.path.join(self.work.folder, "pipe")
        os.mkfifo(pipe)
        self.write(c2={"kubeconfig": f'"{pipe}"'})
        run = self.work.mesh("plan", "--format", "json")
        self.assert_others_are_planned(run)
        self.assertIn("not a regular file", run.err)

    @unittest.skipUnless(os.geteuid() == 0, "nobody else sees what mesh has opened")
    def test_a_signal_ends_the_wait_for_a_pipe(self):
        pipe = os.path.join(self.work.folder, "pipe")
        os.mkfifo(pipe)
        self.write(c2={"kubeconfig": f'"{pipe}"'})
        process = self.work.start("plan", "-v")
        # The others are asked at the same time.
        self.assertTrue(eventually(lambda: self.opened(process.pid, pipe)))
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        process.communicate(timeout=60)
        self.assertLess(time.monotonic() - started, 8)

    @staticmethod
    def opened(pid, path):
        """mesh is not dumpable: only root may look."""
        try:
            return any(os.readlink(f"/proc/{pid}/fd/{one}") == path for one in os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            return False

    def test_a_kubeconfig_from_a_pipe_is_read(self):
        with open(os.path.join(os.environ["MESH_TEST_DIR"], "c2.kubeconfig"), encoding="utf-8") as file:
            text = file.read()
        self.write(c2={"kubeconfig": '"/dev/stdin"'})
        done = subprocess.run([MESH_BIN, "plan", "--format", "json"], cwd=self.work.folder, input=text, text=True,
                              capture_output=True, check=False, timeout=120)
        run = Run(done.returncode, done.stdout, done.stderr)
        self.assertEqual([c["reachable"] for c in run.json()["clusters"]], [True, True, True], str(run))

    def test_kubeconfigs_that_nest_without_end(self):
        for text in ("[" * 100_000, "- " * 100_000, "a: &a [*a, *a]\nclusters: *a\n",
                     "x0: &x0 [y, y]\n" + "".join(f"x{i + 1}: &x{i + 1} [*x{i}, *x{i}]\n" for i in range(40)),
                     '{"users": ' + "[" * 100_000):
            with self.subTest(text[:20]):
                self.work.write(text, "odd.kubeconfig")
                self.write(c2={"kubeconfig": '"odd.kubeconfig"'})
                self.assert_others_are_planned(self.work.mesh("plan", "--format", "json"))

    def test_an_exec_plugin_that_nests_without_end(self):
        plugin = self.work.write("#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' '['\n", "plugin.sh")
        os.chmod(plugin, 0o755)
        self.work.write(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "x",
            "clusters": [{"name": "x", "cluster": {"server": "https://127.0.0.1:1"}}],
            "users": [{"name": "x", "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1",
                                                      "interactiveMode": "Never", "command": plugin}}}],
            "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}]}), "exec.kubeconfig")
        self.write(c2={"kubeconfig": '"exec.kubeconfig"'})
        self.assert_others_are_planned(self.work.mesh("plan", "--format", "json"))

    # Limits of the machine

    def few_threads(self):
        """A library that, preloaded, gives only so many threads."""
        library = os.path.join(tempfile.gettempdir(), f"mesh-few-threads-{os.getpid()}.so")
        if not os.path.exists(library):
            root = os.path.dirname(os.path.dirname(HERE))
            subprocess.run(["g++", "-std=c++20", "-shared", "-fPIC", "-I", root, "-o", library,
                            os.path.join(root, "tests/support/few_threads.cpp"), "-ldl"], check=True)
        return library

    def test_few_threads(self):
        library = self.few_threads()
        self.ok(self.work.mesh("destroy", "--auto-approve"))
        for threads in range(9):
            with self.subTest(threads):
                self.work = Workdir()
                self.write()
                environment = dict(os.environ, LD_PRELOAD=library, MESH_TEST_THREADS=str(threads))
                run = self.work.mesh("apply", "--auto-approve", "--format", "json", env=environment)
                # An end of its own, never a signal; what was written is in the snapshot.
                self.assertIn(run.code, (0, 1, 3), str(run))
                if run.out and "done" in {action.get("outcome") for action in json.loads(run.out)["actions"]}:
                    self.assertIsNotNone(json.loads(run.out)["snapshot"], str(run))
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_nothing_to_do(self.work)

    def test_few_descriptors(self):
        for descriptors in (4, 6, 8, 12, 20):
            with self.subTest(descriptors):
                limit = (descriptors, descriptors)
                run = self.work.mesh("plan", "--timeout", "5s",
                                     preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_NOFILE, limit))
                self.assertGreaterEqual(run.code, 0, str(run))

    def test_no_core_is_left(self):
        """As a user without rights, if this one has them: what the kernel shows of a process that may not be dumped
        belongs to root."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            program, pipe = shutil.copy(MESH_BIN, folder), os.path.join(folder, "pipe")
            os.mkfifo(pipe)
            os.chmod(pipe, 0o666)
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            # The spec itself is waited for.
            process = subprocess.Popen([program, "validate", "-f", pipe], cwd=folder, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, user=65534 if os.geteuid() == 0 else None,
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)))
            try:
                self.assertTrue(eventually(lambda: os.stat(f"/proc/{process.pid}/environ").st_uid == 0))
                with open(f"/proc/{process.pid}/limits", encoding="utf-8") as file:
                    core = next(line for line in file if line.startswith("Max core file size"))
                self.assertEqual(core.split()[4:6], ["0", "0"])
            finally:
                process.kill()
                process.wait()


if __name__ == "__main__":
    any_order.main()
