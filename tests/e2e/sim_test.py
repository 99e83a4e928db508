"""mesh sim as a user runs it: what it writes, what it says, how it ends. Needs no bed: MESH_BIN names the program."""

import base64
import contextlib
import ctypes
import errno
import json
import os
import re
import resource
import shlex
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
import tomllib
import unittest
import urllib.error
import urllib.parse
import urllib.request

import yaml

MESH_BIN = os.environ["MESH_BIN"]


def mesh(*arguments, timeout=120, **more):
    return subprocess.run([MESH_BIN, *arguments], capture_output=True, text=True, timeout=timeout, check=False,
                          stdin=subprocess.DEVNULL, **more)


def python(text):
    """A command for `sim run`."""
    return ["--", sys.executable, "-c", text]


def cpu_of(pid):
    """Seconds that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Sim(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="mesh-sim-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.dir = os.path.join(self.folder, "sim")

    def ok(self, run, code=0):
        self.assertEqual(run.returncode, code, f"{run.stdout}\n{run.stderr}")
        return run

    def spec(self):
        with open(os.path.join(self.dir, "mesh.toml"), "rb") as file:
            return tomllib.load(file)

    # run

    def test_run_gives_the_commands_exit_code(self):
        for code in (0, 7):
            with self.subTest(code):
                self.ok(mesh("sim", "run", "--clusters", "1", "--dir", self.dir, *python(f"raise SystemExit({code})")), code)
        self.ok(mesh("sim", "run", "--clusters", "1", "--dir", self.dir, "--", "sh", "-c", "kill -9 $$"), 128 + 9)
        self.ok(mesh("sim", "run", "--clusters", "1", "--dir", self.dir, "--", "no-such-command"), 127)

    def test_run_passes_flags_of_the_command_on(self):
        run = self.ok(mesh("sim", "run", "--clusters", "1", "--dir", self.dir, "--", "echo", "--clusters", "-x", "--", "up"))
        self.assertEqual(run.stdout, "--clusters -x -- up\n")

    def test_run_exports_its_folder_and_takes_a_temporary_one_away(self):
        run = self.ok(mesh("sim", "run", "--clusters", "2", *python(
            "import os; d = os.environ['MESH_TEST_DIR']; print(d); print(sorted(os.listdir(d))); "
            "print(os.environ['MESH_TEST_CLUSTERS'])")))
        folder, names, number = run.stdout.splitlines()
        self.assertFalse(os.path.exists(folder))
        self.assertEqual(names, str(["c1.kubeconfig", "c2.kubeconfig", "control.json", "logs", "mesh.toml", "simulator.lock"]))
        self.assertEqual(number, "2")

    def test_run_leaves_its_folder_only_where_the_command_failed(self):
        temporary = os.path.join(self.folder, "tmp")
        os.mkdir(temporary)
        not_to_be_run = os.path.join(self.folder, "words")
        with open(not_to_be_run, "w", encoding="utf-8") as file:
            file.write("nothing to run\n")
        with socket.create_server(("127.0.0.1", 0)) as used:
            port = used.getsockname()[1]
            for flags, command in ((["--platform", "zzz"], ["true"]), (["--listen", "127.0.0.1:99999"], ["true"]),
                                   (["--listen", f"127.0.0.1:{port}"], ["true"]), (["--delay", "x=1s"], ["true"]),
                                   ([], ["no-such-command"]), ([], [not_to_be_run]), ([], ["true"])):
                with self.subTest(flags=flags, command=command):
                    run = mesh("sim", "run", "--clusters", "1", *flags, "--", *command, env={**os.environ, "TMPDIR": temporary})
                    self.assertEqual(run.returncode == 0, not flags and command == ["true"], run.stderr)
                    self.assertEqual(os.listdir(temporary), [])
        run = self.ok(mesh("sim", "run", "--clusters", "1", "--", "sh", "-c", "exit 127",
                           env={**os.environ, "TMPDIR": temporary}), 127)
        self.assertIn(os.path.join(temporary, os.listdir(temporary)[0]), run.stderr)
        self.assertNotIn("cannot be started", run.stderr)

    def test_a_hundred_clusters_are_read_again_and_again(self):
        """All of them share a connection, and none of a thousand streams may lie there until its time is over."""
        script = ("import os, subprocess, sys\n"
                  "here = {'cwd': os.environ['MESH_TEST_DIR'], 'capture_output': True, 'text': True}\n"
                  f"mesh = lambda *words: subprocess.run([{MESH_BIN!r}, *words], **here)\n"
                  "runs = [mesh('apply', '--auto-approve')] + [mesh('plan') for _ in range(8)]\n"
                  "for run in runs:\n"
                  "    if run.returncode: sys.exit(run.stdout[-2000:] + run.stderr[-2000:])\n"
                  "print(sum('No changes' in run.stdout for run in runs))\n")
        run = self.ok(mesh("sim", "run", "--clusters", "100", "--dir", self.dir, *python(script)))
        self.assertEqual(run.stdout, "8\n")

    def test_run_ends_its_command_when_it_is_stopped(self):
        note = os.path.join(self.folder, "note")
        script = ("import os, signal, subprocess, sys, time\n"
                  "child = subprocess.Popen(['sleep', '300'])\n"
                  f"open({note!r} + '.new', 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
                  f"os.rename({note!r} + '.new', {note!r})\n"
                  "time.sleep(300)\n")
        with subprocess.Popen([MESH_BIN, "sim", "run", "--clusters", "1", "--dir", self.dir, *python(script)],
                              stdin=subprocess.DEVNULL) as process:
            while not os.path.exists(note):
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=30), 128 + signal.SIGTERM)
        with open(note, encoding="utf-8") as file:
            for pid in file.read().split():
                deadline = time.monotonic() + 10
                while os.path.exists(f"/proc/{pid}") and running(pid) and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertFalse(os.path.exists(f"/proc/{pid}") and running(pid), f"process {pid} was left running")
        self.assertFalse(os.path.exists(os.path.join(self.dir, "control.json")))

    def test_run_needs_no_new_calls_of_the_system(self):
        """Sandboxes refuse what they do not know."""
        for code in (0, 7):
            run = mesh("sim", "run", "--clusters", "1", "--dir", self.dir, "--", "sh", "-c", f"exit {code}", timeout=30,
                       preexec_fn=refuse_pidfd_open)
            self.ok(run, code)

    # up

    @contextlib.contextmanager
    def up(self, *flags):
        """`sim up` and what it says; killed in the end if it still runs."""
        with subprocess.Popen([MESH_BIN, "sim", "up", "--dir", self.dir, *flags], stdout=subprocess.PIPE, text=True,
                              stdin=subprocess.DEVNULL) as process:
            try:
                told = ""
                while "Ctrl-C" not in told:
                    line = process.stdout.readline()
                    self.assertTrue(line, f"it ended early: {told}")
                    told += line
                yield process, told
            finally:
                process.kill()

    def test_commands_can_be_pasted_whatever_the_folder(self):
        self.dir = os.path.join(self.folder, "a b's")
        with self.up("--clusters", "1") as (_, told):
            command = next(line for line in told.splitlines() if "mesh plan -f" in line)
            self.assertEqual(shlex.split(command), ["mesh", "plan", "-f", os.path.join(self.dir, "mesh.toml")])

    def test_a_folder_has_one_simulator(self):
        def names():
            return sorted(name for name in os.listdir(self.dir) if name.endswith(".kubeconfig"))

        with self.up("--clusters", "2") as (process, _):
            self.get("c2", "/version")
            log = ""
            while "/version" not in log:
                log = self.audit_log("c2")
            for second in (["up"], ["run", *python("pass")]):
                run = self.ok(mesh("sim", second[0], "--clusters", "1", "--dir", self.dir, *second[1:], timeout=20), 1)
                self.assertIn("a simulator runs there", run.stderr)
                self.assertIn(self.dir, run.stderr)
                self.assertIn("--dir", run.stderr)
            self.assertEqual(names(), ["c1.kubeconfig", "c2.kubeconfig"])
            self.assertTrue(self.audit_log("c2").startswith(log))
            self.assertEqual(self.get("c2", "/version")["gitVersion"], "v1.36.3")
            self.ok(mesh("sim", "fault", "list", "--dir", self.dir))
            process.kill()
            process.wait(timeout=30)
        # Whoever was killed has given the folder back; what led to its second cluster is gone, what is the user's is not.
        mine = os.path.join(self.dir, "mine.kubeconfig")
        with open(mine, "w", encoding="utf-8"):
            pass
        with self.up("--clusters", "1"):
            self.assertEqual(names(), ["c1.kubeconfig", "mine.kubeconfig"])
            self.assertEqual(self.get("c1", "/version")["gitVersion"], "v1.36.3")

    def test_up_serves_until_it_is_stopped(self):
        with self.up("--clusters", "2") as (process, told):
            self.assertIn(f"mesh plan -f {self.dir}/mesh.toml", told)
            self.assertIn(f"mesh apply -f {self.dir}/mesh.toml", told)
            address = re.search(r"https://127\.0\.0\.1:\d+", told).group()
            self.ok(mesh("plan", "-f", f"{self.dir}/mesh.toml", "--detailed-exitcode"), 2)
            self.assertEqual(self.get("c2", "/version")["gitVersion"], "v1.36.3")
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=30), 0)
        with self.assertRaises(urllib.error.URLError):
            urllib.request.urlopen(address + "/clusters/c1/version", context=self.context("c1"), timeout=5)

    def test_up_rests_while_it_has_no_descriptors(self):
        process = subprocess.Popen([MESH_BIN, "sim", "up", "--clusters", "1", "--dir", self.dir], stdout=subprocess.PIPE,
                                   text=True, stdin=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        told = ""
        while "Ctrl-C" not in told:
            told += process.stdout.readline()
        port = int(re.search(r"https://127\.0\.0\.1:(\d+)", told).group(1))
        used = {int(fd) for fd in os.listdir(f"/proc/{process.pid}/fd")}
        before = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (min(set(range(len(used) + 1)) - used), before[1]))
        with socket.create_connection(("127.0.0.1", port)):
            spent = cpu_of(process.pid)
            time.sleep(1)
            # A loop that never rests would have used all of it.
            self.assertLess(cpu_of(process.pid) - spent, 0.5)
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, before)
        self.assertEqual(self.get("c1", "/version")["gitVersion"], "v1.36.3")

    def test_the_spec_of_a_user_is_not_overwritten(self):
        os.makedirs(self.dir)
        spec = os.path.join(self.dir, "mesh.toml")
        with open(spec, "w", encoding="utf-8") as file:
            file.write("version = 1\n")
        run = self.ok(mesh("sim", "run", "--clusters", "1", "--dir", self.dir, "--", "true"), 1)
        self.assertIn("no simulator wrote the mesh.toml there", run.stderr)
        with open(spec, encoding="utf-8") as file:
            self.assertEqual(file.read(), "version = 1\n")
        os.remove(spec)
        for _ in range(2):
            self.ok(mesh("sim", "run", "--clusters", "1", "--dir", self.dir, "--", "true"))

    def test_samples_show_how_traffic_comes_about(self):
        with self.up("--clusters", "2", "--samples") as (_, told):
            self.assertIn(f"kubectl --kubeconfig {self.dir}/c1.kubeconfig exec -n sample deploy/sleep -c sleep -- "
                          "curl -sS helloworld.sample:5000/hello\n", told)
            # Right away, and again and again: only the own version answers.
            self.assertEqual({self.ask_hello("c1") for _ in range(4)}, {"v1"})
            self.assertEqual({self.ask_hello("c2") for _ in range(4)}, {"v2"})
            self.ok(mesh("apply", "-f", f"{self.dir}/mesh.toml", "--auto-approve"))
            for name in ("c1", "c2"):
                answers = set()
                for _ in range(100):
                    answers.add(self.ask_hello(name))
                    if len(answers) > 1:
                        break
                    # Until istiod has read its new Secret and its peer.
                    time.sleep(0.1)
                self.assertEqual(answers, {"v1", "v2"})

    def ask_hello(self, name):
        """The version that answers curl in the sleep pod of a cluster."""
        pods = self.get(name, "/api/v1/namespaces/sample/pods?labelSelector=app%3Dsleep")["items"]
        words = ("curl", "-sS", "helloworld.sample:5000/hello")
        query = urllib.parse.urlencode([("container", "sleep"), ("stdout", "true"), *(("command", word) for word in words)])
        context = self.context(name)
        server = urllib.parse.urlsplit(self.config["clusters"][0]["cluster"]["server"])
        with socket.create_connection((server.hostname, server.port), timeout=30) as plain, \
                context.wrap_socket(plain, server_hostname=server.hostname) as wire:
            wire.sendall((f"GET {server.path}/api/v1/namespaces/sample/pods/{pods[0]['metadata']['name']}/exec?{query} HTTP/1.1\r\n"
                          f"Host: {server.netloc}\r\nAuthorization: Bearer {self.config['users'][0]['user']['token']}\r\n"
                          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: bm90IG11Y2ggb2YgYSBrZQ==\r\n"
                          "Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n").encode())
            got = b""
            while b'"status":"' not in got:
                part = wire.recv(65536)
                self.assertTrue(part, got)
                got += part
        return re.search(rb"Hello version: (v\d)", got).group(1).decode()

    def audit_log(self, name):
        with open(os.path.join(self.dir, "logs", f"{name}.audit.log"), encoding="utf-8") as file:
            return file.read()

    def context(self, name):
        with open(os.path.join(self.dir, f"{name}.kubeconfig"), encoding="utf-8") as file:
            self.config = yaml.safe_load(file)
        ca = base64.b64decode(self.config["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
        return ssl.create_default_context(cadata=ca)

    def get(self, name, path):
        context = self.context(name)
        server = self.config["clusters"][0]["cluster"]["server"]
        request = urllib.request.Request(server + path,
                                         headers={"Authorization": "Bearer " + self.config["users"][0]["user"]["token"]})
        with urllib.request.urlopen(request, context=context, timeout=10) as answer:
            return json.load(answer)

    # What it writes

    def test_files_with_credentials_are_for_their_owner_alone(self):
        run = self.ok(mesh("sim", "run", "--clusters", "1", "--dir", self.dir, "--", "stat", "-c", "%a",
                           f"{self.dir}/c1.kubeconfig", f"{self.dir}/control.json"))
        self.assertEqual(run.stdout.split(), ["600", "600"])

    def test_the_spec_names_what_is_served(self):
        self.ok(mesh("sim", "run", "--clusters", "3", "--platform", "eks", "aks", "--dir", self.dir, "--", MESH_BIN, "validate",
                     "-f", f"{self.dir}/mesh.toml"))
        spec = self.spec()
        self.assertEqual([c["platform"] for c in spec["cluster"].values()], ["eks", "aks", "eks"])
        self.assertTrue(spec["mesh"]["local_api_servers"])
        self.assertEqual({name: c["kubeconfig"] for name, c in spec["cluster"].items()},
                         {name: f"{name}.kubeconfig" for name in ("c1", "c2", "c3")})

    def test_a_given_spec_is_simulated_as_it_is(self):
        path = os.path.join(self.folder, "given.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write('version = 1\n[mesh]\nname = "given"\nid = "plain"\nca = "istio-ca"\nrevision = "default"\n'
                       'flat_networks = ["flat"]\n[state]\nrepo = "nowhere"\n[gateway]\nreplicas = { min = 3, max = 4 }\n'
                       '[cluster.a]\nplatform = "gke-vmware"\nkubeconfig = "not-there"\ncontext = "x"\nnetwork = "flat"\n'
                       'gateway.load_balancer_ip = "10.1.2.3"\nid = "cluster-a"\n'
                       '[cluster.b]\nplatform = "kubernetes"\nkubeconfig = "not-there"\nnetwork = "flat"\nprotect = true\n'
                       'discovery.peers = []\n')
        script = (f"cd {self.dir} && $MESH_BIN apply -f mesh.toml --auto-approve >&2 && "
                  "$MESH_BIN plan -f mesh.toml --detailed-exitcode")
        run = self.ok(mesh("sim", "run", "--spec", path, "--dir", self.dir, "--", "sh", "-c", script))
        self.assertIn("No changes", run.stdout)
        self.assertEqual(self.spec(), {
            "version": 1,
            "mesh": {"name": "given", "id": "plain", "ca": "istio-ca", "revision": "default", "flat_networks": ["flat"],
                     "local_api_servers": True},
            "state": {"repo": "mesh-state"},
            "cluster": {
                "a": {"platform": "gke-vmware", "kubeconfig": "a.kubeconfig", "network": "flat", "id": "cluster-a",
                      "gateway": {"replicas": {"min": 3, "max": 4}, "load_balancer_ip": "10.1.2.3"}},
                "b": {"platform": "kubernetes", "kubeconfig": "b.kubeconfig", "network": "flat", "protect": True,
                      "gateway": {"replicas": {"min": 3, "max": 4}}, "discovery": {"peers": []}}}})
        self.assertFalse(os.path.exists(os.path.join(self.folder, "nowhere")))

    # Faults from a file

    def test_faults_from_a_file_are_on_from_the_start(self):
        path = os.path.join(self.folder, "faults.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write('[[fault]]\nkind = "down"\ncluster = "c2"\n')
        script = f"$MESH_BIN sim fault list; $MESH_BIN plan -f {self.dir}/mesh.toml --timeout 2s >/dev/null"
        run = self.ok(mesh("sim", "run", "--clusters", "2", "--faults", path, "--dir", self.dir, "--", "sh", "-c", script), 3)
        self.assertIn("kind=down cluster=c2", run.stdout)

    def test_a_fault_that_can_never_strike_is_refused(self):
        path = os.path.join(self.folder, "faults.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write('[[fault]]\nkind = "down"\ncluster = "c1"\n[[fault]]\nkind = "down"\ncluster = "d*"\n')
        run = self.ok(mesh("sim", "run", "--clusters", "2", "--faults", path, "--dir", self.dir, "--", "true"), 1)
        self.assertIn(path, run.stderr)
        self.assertIn("`d*` covers none of those that are served: c1, c2", run.stderr)
        self.assertNotIn("`c1` covers", run.stderr)
        script = ("$MESH_BIN sim fault add kind=slow cluster=c9 delay=1s; echo $?; $MESH_BIN sim fault list; "
                  "$MESH_BIN sim fault add kind=slow 'cluster=*2'")
        run = self.ok(mesh("sim", "run", "--clusters", "2", "--dir", self.dir, "--", "sh", "-c", script))
        self.assertEqual(run.stdout, "64\nNo faults are on.\nf1\n")
        self.assertIn("`c9` covers none of those that are served: c1, c2", run.stderr)

    def test_a_bad_file_of_faults_is_told_with_every_place(self):
        path = os.path.join(self.folder, "faults.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write('[[fault]]\nkind = "dwon"\n[[fault]]\nkind = "slow"\ndelya = "1s"\n')
        run = self.ok(mesh("sim", "run", "--clusters", "1", "--faults", path, "--dir", self.dir, "--", "true"), 1)
        self.assertIn(f"{path}:2:8: error[invalid_value]", run.stderr)
        self.assertIn(f"{path}:5:1: error[unknown_field]", run.stderr)
        self.assertIn("did you mean `delay`?", run.stderr)

    # What it refuses

    def test_wrong_usage(self):
        spec = os.path.join(self.folder, "given.toml")
        for arguments, words in ((("run", "--clusters", "1"), "after `--`"),
                                 (("up", "--spec", spec, "--clusters", "2"), "--clusters does not go with --spec"),
                                 (("up", "--spec", spec, "--platform", "eks"), "--platform does not go with --spec"),
                                 (("up", "--spec", spec, "--cluster-id-prefix", "a-"), "the spec names the clusters"),
                                 (("up", "--clusters", "0"), "--clusters"),
                                 (("run", "--platform", "gke-aw", "--", "true"), "did you mean `gke-aws`?"),
                                 (("run", "--platform", "zzz", "--", "true"), "none of aks, eks, gdc-bare-metal"),
                                 (("run", "--cluster-id-prefix", "A B/", "--", "true"), "--cluster-id-prefix: `A B/c1`"),
                                 (("run", "--istiod", "A B", "--", "true"), "--istiod: `A B`"),
                                 (("run", "--listen", "127.0.0.1:99999", "--", "true"), "names no port"),
                                 (("run", "--lb", "c9=ip", "--", "true"), "no cluster is called `c9`"),
                                 (("run", "--lb", "c1=dns", "--", "true"), "not a kind of address"),
                                 (("run", "--delay", "lb=2s", "--", "true"), "--delay"),
                                 (("run", "--listen", "127.0.0.1:many", "--", "true"), "names no port"),
                                 (("run", "--listen", "192.0.2.1:0", "--", "true"), "192.0.2.1"),
                                 (("sideways",), "subcommand")):
            with self.subTest(arguments):
                run = mesh("sim", *arguments, cwd=self.folder)
                self.assertEqual(run.returncode, 64, run.stderr)
                self.assertIn(words, run.stderr)
                self.assertNotIn("internal", run.stderr)
                self.assertEqual(run.stderr.count("error[usage]"), 0 if "See `mesh" in run.stderr else 1)

    def test_an_address_may_stand_alone(self):
        for address, shown in (("127.0.0.2", "https://127.0.0.2:"), ("::1", "https://[::1]:"), ("[::1]", "https://[::1]:"),
                               ("[::1]:0", "https://[::1]:")):
            with self.subTest(address):
                run = self.ok(mesh("sim", "run", "--clusters", "1", "--listen", address, "--dir", self.dir, "--", "sh", "-c",
                                   f"grep server: {self.dir}/c1.kubeconfig; $MESH_BIN plan -f {self.dir}/mesh.toml >&2"))
                self.assertIn(shown, run.stdout)

    def test_mesh_without_its_simulator(self):
        alone = shutil.copy(MESH_BIN, self.folder)
        run = self.ok(subprocess.run([alone, "sim", "up"], capture_output=True, text=True, timeout=20, check=False), 1)
        self.assertIn(f"{self.folder}/mesh-sim: No such file or directory", run.stderr)
        self.assertIn("install mesh-sim into the folder of mesh", run.stderr)

    def test_the_simulator_by_its_own_name(self):
        for program, name in (((MESH_BIN, "sim"), "mesh sim"), ((os.path.join(os.path.dirname(MESH_BIN), "mesh-sim"),), "mesh-sim")):
            run = self.ok(subprocess.run([*program, "up", "--help"], capture_output=True, text=True, timeout=20, check=False))
            self.assertIn(f"Usage: {name} up [OPTIONS]", run.stdout)

    def test_no_simulator_in_a_folder(self):
        run = self.ok(mesh("sim", "fault", "list", "--dir", self.folder), 1)
        self.assertIn("mesh sim up", run.stderr)


def refuse_pidfd_open():
    """From now on the call fails in this process and its children, as under a seccomp filter of containers."""
    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]

    # Load the call's number; pidfd_open, 434 on every architecture: EPERM, all others are allowed.
    steps = ((0x20, 0, 0, 0), (0x15, 0, 1, 434), (0x06, 0, 0, 0x00050000 | errno.EPERM), (0x06, 0, 0, 0x7FFF0000))
    filters = b"".join(struct.pack("=HBBI", *step) for step in steps)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    no_new_privileges, seccomp, by_filter = 38, 22, 2
    if prctl(no_new_privileges, 1, 0, 0, 0) or prctl(seccomp, by_filter, ctypes.byref(Program(len(steps), filters)), 0, 0):
        raise OSError(ctypes.get_errno(), "no filter")


def running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    unittest.main(verbosity=2)
