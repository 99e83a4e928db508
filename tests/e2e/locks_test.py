"""Runs at once, runs that die, runs that are stopped: what is applied is what one of them meant, and it is recorded.

Bed: --clusters 3 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import json
import os
import random
import shutil
import signal
import subprocess
import time

import any_order
from bed import GATEWAY, SYSTEM, TEST_DIR, Answer, Case, Run, Workdir, ctl, eventually, kube, spec_text

ALL = ("c1", "c2", "c3")
LEASE = f"/apis/coordination.k8s.io/v1/namespaces/{SYSTEM}/leases/mesh-lock.e2e"
RELEASE = ("lock", "release", *ALL, "--auto-approve")
EKS = {"platform": '"eks"'}
WRITES = ("POST", "PUT", "PATCH", "DELETE")


def clusters(*names, **more):
    """Their kubeconfigs are in the folder of the spec, so that they are opened when a cluster is gone from it."""
    return {name: {"platform": '"kubernetes"', "kubeconfig": f'"{name}.kubeconfig"', **more.get(name, {})} for name in names}


def lease(name):
    """The Lease of that cluster, or nothing."""
    try:
        return kube(name).request("GET", LEASE)
    except Answer as error:
        if error.status == 404:
            return None
        raise


class Locks(Case):
    def setUp(self):
        self.work = Workdir()
        for name in ALL:
            shutil.copy(os.path.join(TEST_DIR, f"{name}.kubeconfig"), self.work.folder)
        self.addCleanup(self.clean_up)

    def clean_up(self):
        for name in ALL:
            ctl("set", name, "lb=ip", "lb-delay=0s", "deployments=available")
        self.work.mesh(*RELEASE, "-f", self.work.write(spec_text(clusters(*ALL)), "all.toml"))
        self.ok(self.work.mesh("destroy", "--auto-approve", "-f", "all.toml"))

    def apply(self, text, *arguments):
        self.work.write(text)
        return self.ok(self.work.mesh("apply", "--auto-approve", *arguments))

    def assert_settled(self, *arguments):
        self.assert_nothing_to_do(self.work, *arguments)
        self.ok(self.work.mesh("drift", *arguments))
        self.assertEqual([name for name in ALL if lease(name)], [])

    # Runs at once

    def writes_of(self, log):
        """{cluster: (first, last)} of what a run wrote beside its Leases, as it logged it."""
        spans = {}
        with open(log, encoding="utf-8") as file:
            for line in map(json.loads, file):
                path = line.get("path", "")
                if line.get("verb") not in WRITES or "/leases/" in path or "accessreviews" in path:
                    continue
                first, _ = spans.get(line["cluster"], (line["time"], None))
                spans[line["cluster"]] = (first, line["time"])
        return spans

    def assert_serial(self, specs, rng):
        before = self.apply(spec_text(clusters("c1", "c2")))
        self.assertEqual(before.code, 0)
        files = {}
        for number, text in enumerate(specs):
            files[f"{number}.toml"] = self.work.write(text, f"{number}.toml")
        started = {}
        for name in files:
            log = os.path.join(self.work.folder, f"{name}.log")
            started[name] = self.work.start("apply", "--auto-approve", "--allow-mass-removal", "-f", name, "--lock-timeout", "2m", "-vv", "--log-file",
                                            log, "--log-format", "json")
            time.sleep(rng.uniform(0, 0.4))
        ended = {}
        for name, process in started.items():
            out, err = process.communicate(timeout=200)
            ended[name] = Run(process.returncode, out, err)
            # Done, or refused because another run came first.
            if process.returncode != 0:
                self.assertIn("ground_moved", err, str(ended[name]))
        reached = [name for name in (*files, "mesh.toml")
                   if self.work.mesh("plan", "--detailed-exitcode", "--allow-mass-removal", "-f", name).code == 0]
        meant = [name for name, run in ended.items() if run.code == 0] or ["mesh.toml"]
        self.assertTrue(set(reached) & set(meant), f"reached {reached}, done {meant}: {[str(r) for r in ended.values()]}")
        self.assertEqual([name for name in ALL if lease(name)], [])
        self.ok(self.work.mesh("drift", "-f", next(name for name in reached if name in meant)))
        spans = [self.writes_of(os.path.join(self.work.folder, f"{name}.log")) for name in files]
        self.assertTrue(any(spans), "no run wrote")
        for cluster in ALL:
            ordered = sorted(span[cluster] for span in spans if cluster in span)
            for (_, end), (begin, _) in zip(ordered, ordered[1:]):
                self.assertLessEqual(end, begin, f"writes of two runs at once in {cluster}")

    def test_two_at_once_end_as_one_after_the_other(self):
        seed = random.randrange(1 << 30)
        for number in range(3):
            with self.subTest(f"seed {seed} round {number}"):
                rng = random.Random(seed + number)
                self.assert_serial([spec_text(clusters("c1", "c2", "c3")), spec_text(clusters("c1"))], rng)

    def test_five_at_once_end_as_one_after_the_other(self):
        seed = random.randrange(1 << 30)
        print("seed", seed, flush=True)
        rng = random.Random(seed)
        specs = [spec_text(clusters(*sorted(rng.sample(ALL, rng.randint(1, 3)))),
                           extra=f"[gateway]\nreplicas = {{ min = 2, max = {6 + number} }}") for number in range(5)]
        self.assert_serial(specs, rng)

    def test_the_second_is_told_who_holds_the_lock(self):
        ctl("set", "c1", "lb=none")
        self.work.write(spec_text(clusters("c1", "c2")))
        env = {**os.environ, "CI_JOB_URL": "https://ci.example/7"}
        first = self.work.start("apply", "--auto-approve", env=env)
        self.assertTrue(eventually(lambda: kube("c1").find("Service", GATEWAY)))
        self.assertIn("c1/gateway", lease("c1")["metadata"]["annotations"]["mesh-engine.dev/lock-addresses"])
        listed = self.ok(self.work.mesh("lock", "list"))
        self.assertIn("(https://ci.example/7), last heard of", listed.out)
        second = self.ok(self.work.mesh("apply", "--auto-approve"), 1)
        self.assertIn("error[lock_held]", second.err)
        self.assertIn("https://ci.example/7", second.err)
        # What only reads is not held up.
        self.ok(self.work.mesh("plan"))
        # Taken from it, it starts nothing new.
        self.ok(self.work.mesh("lock", "release", "c1", "--auto-approve"))
        out, err = first.communicate(timeout=60)
        self.assertEqual(first.returncode, 1, out + err)
        self.assertIn("lock_lost", err)
        ctl("set", "c1", "lb=ip")
        again = self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assertIn("closed the journal of a run that did not end", again.err)
        self.assert_settled()

    # Runs that die

    def test_killed_after_the_writes_and_before_the_commit(self):
        self.apply(spec_text(clusters("c1", "c2")))
        head = self.ok(self.work.mesh("history")).out
        ctl("set", "c3", "lb=none")
        self.work.write(spec_text(clusters(*ALL)))
        process = self.work.start("apply", "--auto-approve")
        self.assertTrue(eventually(lambda: kube("c3").find("Service", GATEWAY)))
        process.kill()
        process.communicate(timeout=30)
        self.assertEqual(self.ok(self.work.mesh("history")).out, head)
        self.ok(self.work.mesh("apply", "--auto-approve"), 1)
        ctl("set", "c3", "lb=ip")
        run = self.ok(self.work.mesh("apply", "--auto-approve", "--lock-timeout", "1m"))
        self.assertIn("closed the journal of a run that did not end", run.err)
        self.assert_settled()

    def test_what_is_applied_and_not_recorded_is_recorded_by_an_apply_that_writes_nothing(self):
        self.apply(spec_text(clusters("c1", "c2")))
        # As a run leaves it that is killed when all is written.
        git = ("git", "-C", os.path.join(self.work.folder, "state"))
        old = subprocess.run([*git, "rev-parse", "mesh/e2e"], check=True, capture_output=True, text=True).stdout.strip()
        self.apply(spec_text(clusters(*ALL), extra="[gateway]\nreplicas = { min = 2, max = 6 }"))
        subprocess.run([*git, "update-ref", "refs/heads/mesh/e2e", old], check=True)
        self.ok(self.work.mesh("drift"), 2)
        run = self.ok(self.work.mesh("apply", "--auto-approve", "--format", "json"))
        self.assertTrue(run.json()["snapshot"], str(run))
        self.assert_settled()
        again = self.ok(self.work.mesh("apply", "--auto-approve", "--format", "json"))
        self.assertIsNone(again.json()["snapshot"])

    # Runs that are stopped

    def replacement(self, finalizer):
        """A mesh whose next apply replaces a Service that a finalizer holds."""
        self.apply(spec_text(clusters("c1", "c2", c1=EKS)))
        kube("c1").merge("Service", GATEWAY, {"metadata": {"finalizers": [finalizer]}}, "test")
        self.work.write(spec_text(clusters("c1", "c2", c1={**EKS, "gateway.exposure": '"internal"'})))
        return kube("c1").get("Service", GATEWAY)["metadata"]["uid"]

    def assert_replaced(self, *arguments, sent=None):
        old = self.replacement("example.com/slow")
        process = self.work.start("apply", "--auto-approve", "--format", "json", *arguments)
        dying = lambda: kube("c1").get("Service", GATEWAY)["metadata"].get("deletionTimestamp")
        self.assertTrue(eventually(dying))
        if sent:
            process.send_signal(sent)
        time.sleep(1.5)
        kube("c1").merge("Service", GATEWAY, {"metadata": {"finalizers": None}}, "test")
        out, err = process.communicate(timeout=90)
        # What is up is the time of the deletion; the rest has its own.
        self.assertIn(process.returncode, (1,) if sent else (0, 1), out + err)
        now = kube("c1").find("Service", GATEWAY)
        self.assertIsNotNone(now, out + err)
        self.assertNotEqual(now["metadata"]["uid"], old)
        gateway = next(a for a in json.loads(out)["actions"] if a["address"] == "c1/gateway")
        self.assertIn({"kind": "Service", "deleted": False},
                      [{"kind": o["kind"], "deleted": o["deleted"]} for o in gateway["objects"]])
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assert_settled()

    def test_a_replacement_is_finished_after_ctrl_c(self):
        self.assert_replaced(sent=signal.SIGINT)

    def test_a_replacement_is_finished_after_its_time_is_up(self):
        self.assert_replaced("--timeout", "1s")

    def test_signals_end_an_apply_though_nobody_reads_its_messages(self):
        ctl("set", "c1", "lb=none")
        self.work.write(spec_text(clusters("c1", "c2")))
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(writer, True)
        process = subprocess.Popen([os.environ["MESH_BIN"], "apply", "--auto-approve"], cwd=self.work.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writer)
        def takes_signals():
            with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
                blocked = next(line.split()[1] for line in file if line.startswith("SigBlk:"))
            return int(blocked, 16) >> (signal.SIGINT - 1) & 1

        self.assertTrue(eventually(takes_signals))
        process.send_signal(signal.SIGINT)
        # Within a second two are one.
        time.sleep(1.2)
        self.assertIsNone(process.poll(), "the first one only asks")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=10), -signal.SIGINT)
        os.close(reader)
        os.close(writer)


if __name__ == "__main__":
    any_order.main()
