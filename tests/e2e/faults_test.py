"""What mesh plan and mesh apply do when clusters misbehave: a clear report, no lost work, and success afterwards.

Bed: mesh sim run --clusters 3 --platform kubernetes --istiod asm-1233-2
"""

import contextlib
import http.client
import os
import signal
import subprocess
import time
import unittest

from bed import (GATEWAY, MESH_BIN, SYSTEM, TEST_DIR, Answer, Case, Run, Workdir, addresses, audit, eventually, kube,
                 remote_secret, spec_text)

NAMES = ("c1", "c2", "c3")


def sim_fault(*arguments):
    done = subprocess.run([MESH_BIN, "sim", "fault", *arguments, "--dir", TEST_DIR], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(f"mesh sim fault {arguments}: exit {done.returncode}: {done.stderr}")
    return done.stdout


@contextlib.contextmanager
def fault(kind, **fields):
    """A fault that is on in the block; `space` stands for namespace, `lasts` for for."""
    names = {"space": "namespace", "lasts": "for"}
    words = [f"kind={kind}"] + [f"{names.get(key, key)}={value}" for key, value in fields.items()]
    number = sim_fault("add", *words).strip()
    try:
        yield number
    finally:
        if f"{number} " in sim_fault("list"):
            sim_fault("clear", number)


def outcomes(run):
    return {action["address"]: action["outcome"] for action in run.json()["actions"]}


class Faults(Case):
    """Each test starts from a mesh that is applied, with some work left to do in c2, and ends with none."""

    @classmethod
    def setUpClass(cls):
        sim_fault("clear")
        cls.work = Workdir()
        cls.work.write(spec_text({name: {"platform": '"kubernetes"'} for name in NAMES}))
        run = cls.work.mesh("apply", "--auto-approve")
        assert run.code == 0, str(run)

    def setUp(self):
        self.addCleanup(sim_fault, "clear")
        api = kube("c2")
        for kind, name in (("Service", GATEWAY), ("Secret", remote_secret("c3"))):
            if api.find(kind, name):
                api.delete(kind, name)
        self.todo = {"c2/gateway", "c2/discovery/c3"}

    def plan(self, *arguments):
        return self.work.mesh("plan", "--detailed-exitcode", "--format", "json", *arguments)

    def apply(self, *arguments):
        return self.work.mesh("apply", "--auto-approve", "--format", "json", *arguments)

    def assert_recovers(self):
        """With the fault gone one apply does all that is left."""
        sim_fault("clear")
        self.ok(self.apply())
        self.assert_nothing_to_do(self.work)

    def assert_plan_unharmed(self, run):
        self.ok(run, 2)
        self.assertTrue(run.json()["complete"], str(run))
        self.assertEqual(set(addresses(run.json())), self.todo)

    def assert_without_c2(self, run, code, *words):
        """c2 could not be read; what is said of the others holds."""
        self.ok(run, code)
        plan = run.json()
        self.assertFalse(plan["complete"])
        reachable = {cluster["name"]: cluster["reachable"] for cluster in plan["clusters"]}
        self.assertEqual(reachable, {"c1": True, "c2": False, "c3": True})
        self.assertEqual({a.split("/")[0] for a, o in addresses(plan).items() if o == "unknown"}, {"c2"})
        for word in words:
            self.assertIn(word, run.err)

    # Faults that pass: nobody notices

    def test_few_failures_are_retried(self):
        for kind, fields in (("cut", {"resource": "secrets", "count": 2}), ("truncate", {"resource": "secrets", "count": 1}),
                             ("too_many_requests", {"delay": "1s", "count": 2}), ("error_500", {"count": 2}),
                             ("error_503", {"count": 2}), ("down", {"count": 2})):
            with self.subTest(kind), fault(kind, cluster="c2", **fields) as number:
                self.assert_plan_unharmed(self.plan())
                struck = [line for line in sim_fault("list").splitlines() if line.startswith(number)]
                self.assertNotIn("struck 0 times", struck[0])
        self.assert_recovers()

    def test_retry_after_is_waited_for(self):
        with fault("too_many_requests", cluster="c2", verb="list", resource="secrets", delay="2s", count=1):
            started = time.monotonic()
            self.assert_plan_unharmed(self.plan())
            self.assertGreater(time.monotonic() - started, 1.9)
        self.assert_recovers()

    def test_an_apply_survives_a_bad_line(self):
        with fault("cut", cluster="c2", probability=0.15), fault("error_503", cluster="c3", probability=0.15):
            self.ok(self.apply())
        self.assert_nothing_to_do(self.work)

    # Faults that stay: the cluster is left out, the others are not

    def test_a_cluster_that_is_down(self):
        with fault("down", cluster="c2"):
            self.assert_without_c2(self.plan("--timeout", "3s"), 3, "c2")
            run = self.ok(self.apply("--timeout", "3s"), 3)
            self.assertNotIn("c2/gateway", [a for a, o in outcomes(run).items() if o == "done"])
        self.assert_recovers()

    def test_others_get_their_work_done_beside_a_cluster_that_is_down(self):
        kube("c1").delete("Secret", remote_secret("c3"))
        with fault("down", cluster="c2"):
            run = self.ok(self.apply("--timeout", "3s"), 3)
            self.assertEqual(outcomes(run)["c1/discovery/c3"], "done")
            self.assertIsNotNone(kube("c1").find("Secret", remote_secret("c3")))
        self.assert_recovers()

    def test_a_slow_cluster_is_waited_for_within_its_budget(self):
        with fault("slow", cluster="c2", verb="list", delay="1s"):
            self.assert_plan_unharmed(self.plan())
        with fault("slow", cluster="c2", delay="30s"):
            started = time.monotonic()
            self.assert_without_c2(self.plan("--timeout", "2s"), 3, "c2")
            self.assertLess(time.monotonic() - started, 10)
        self.assert_recovers()

    def test_a_silent_cluster_holds_nobody_up(self):
        with fault("silent", cluster="c2") as number:
            started = time.monotonic()
            self.assert_without_c2(self.plan("--timeout", "2s"), 3, "c2")
            run = self.ok(self.apply("--timeout", "2s"), 3)
            self.assertNotIn("c2/gateway", [a for a, o in outcomes(run).items() if o == "done"])
            self.assertLess(time.monotonic() - started, 20)
            self.assertNotIn("struck 0 times", next(line for line in sim_fault("list").splitlines() if line.startswith(number)))
        # What is silent beside what answers costs only the action that needs it.
        with fault("silent", cluster="c2", verb="patch", resource="services"):
            self.assert_only_the_gateway_fails(self.apply("--timeout", "3s"), "c2")
        self.assert_recovers()

    def test_a_watch_that_falls_silent(self):
        api = kube("c2")
        watch = http.client.HTTPSConnection(api.url.netloc, context=api.context, timeout=3)
        self.addCleanup(watch.close)
        path = f"{api.url.path}/api/v1/namespaces/{SYSTEM}/secrets?watch=true&resourceVersion="
        version = api.request("GET", f"/api/v1/namespaces/{SYSTEM}/secrets?limit=1")["metadata"]["resourceVersion"]
        watch.request("GET", path + version, headers=api.headers)
        answer = watch.getresponse()
        secret = {"metadata": {"name": "seen"}}
        api.create("Secret", secret)
        self.addCleanup(api.delete, "Secret", "seen")
        self.assertIn(b'"seen"', answer.readline())
        with fault("silent", cluster="c2", verb="watch"):
            # Other requests are answered.
            api.merge("Secret", "seen", {"metadata": {"labels": {"a": "1"}}}, "test")
            with self.assertRaises(TimeoutError):
                answer.readline()
        self.assert_recovers()

    def test_errors_that_do_not_end(self):
        for kind in ("error_500", "error_503", "too_many_requests", "cut", "truncate"):
            with self.subTest(kind), fault(kind, cluster="c2"):
                self.assert_without_c2(self.plan("--timeout", "2s"), 3, "c2")
        self.assert_recovers()

    def test_a_token_that_ends(self):
        with fault("unauthorized", cluster="c2"):
            self.assert_without_c2(self.plan(), 3, "unauthorized", "c2")
        self.assert_recovers()

    def test_a_token_that_ends_amid_an_apply_loses_no_work(self):
        with fault("unauthorized", cluster="c2", verb="patch", resource="services"):
            run = self.ok(self.apply(), 1)
            self.assertEqual(outcomes(run)["c2/gateway"], "failed")
            self.assertEqual(outcomes(run)["c2/discovery/c3"], "done")
            self.assertIn("unauthorized", run.out)
        self.assert_recovers()

    def test_a_right_that_is_missing_to_read(self):
        with fault("forbidden", cluster="c2", verb="list", resource="secrets"):
            run = self.plan()
            self.assertEqual(run.code, 2, str(run))
            self.assertFalse(run.json()["complete"])
            self.assertIn("forbidden", run.err)
            self.assertIn("secrets", run.err)
        self.assert_recovers()

    def test_a_right_that_is_missing_to_tell_drift(self):
        with fault("forbidden", cluster="c2", resource="services"):
            run = self.ok(self.work.mesh("drift"), 2)
            self.assertIn("the object is gone", run.out)
            self.assertIn("1 object could not be read.", run.out)
            with fault("forbidden", cluster="c2", resource="secrets"):
                run = self.ok(self.work.mesh("drift"), 3)
                self.assertIn("No drift where it could be read since", run.out)
                self.assertEqual(run.err.count("Secret in istio-system"), 1, run.err)
                self.assertFalse(self.ok(self.work.mesh("drift", "--format", "json"), 3).json()["complete"])
                self.ok(self.work.mesh("drift", "--exclude", "c2"))
        self.assertTrue(self.ok(self.work.mesh("drift", "--format", "json"), 2).json()["complete"])
        self.assert_recovers()

    # Writes that are tried again

    def test_a_stop_ends_the_wait_for_another_try(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(sent), fault("error_503", cluster="c2", verb="patch", resource="services"):
                process = self.work.start("apply", "--auto-approve", "--format", "json")
                said = ""
                # The fourth wait is long enough to fall into.
                while said.count("c2/gateway: trying again") < 4:
                    said += process.stderr.readline()
                process.send_signal(sent)
                started = time.monotonic()
                out, err = process.communicate(timeout=30)
                self.assertLess(time.monotonic() - started, 5)
                run = self.ok(Run(process.returncode, out, said + err), 1)
                self.assertIn("stopping: what runs is finished and recorded", err)
                self.assertEqual(outcomes(run)["c2/gateway"], "cancelled")
                gateway = next(a for a in run.json()["actions"] if a["address"] == "c2/gateway")
                self.assertIn("503", gateway["error"][0]["cause"])
                self.assertEqual(outcomes(run)["c2/discovery/c3"], "done")
                self.assertTrue(run.json()["snapshot"], "what was done is recorded")
            sim_fault("clear")
            kube("c2").delete("Secret", remote_secret("c3"))
        self.assert_recovers()

    def test_tries_go_on_as_long_as_the_timeout_says(self):
        with fault("too_many_requests", cluster="c2", verb="patch", resource="services", delay="1s"):
            for timeout, least, most in (("3s", 1, 10), ("6s", 4, 15)):
                with self.subTest(timeout):
                    started = time.monotonic()
                    run = self.ok(self.apply("--timeout", timeout), 1)
                    took = time.monotonic() - started
                    self.assertEqual(outcomes(run)["c2/gateway"], "failed")
                    self.assertIn("allow more time with --timeout", run.out)
                    self.assertGreater(took, least)
                    self.assertLess(took, most)
        self.assert_recovers()

    def test_an_apply_whose_report_cannot_be_written_is_told(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            process = subprocess.run([MESH_BIN, "apply", "--auto-approve"], cwd=self.work.folder, stdout=full,
                                     stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
        self.assertEqual(process.returncode, 1)
        self.assertIn("mesh: stdout could not be written: No space left on device", process.stderr)
        newest = self.ok(self.work.mesh("history")).out.splitlines()[1].split()[0]
        self.assertIn("Applied: 2 done", process.stderr)
        self.assertIn(f"Snapshot: {newest}", process.stderr)
        self.assert_recovers()

    # Refused writes: that action fails, what does not need it goes on

    def assert_only_the_gateway_fails(self, run, *words):
        self.ok(run, 1)
        found = outcomes(run)
        self.assertEqual(found["c2/gateway"], "failed")
        self.assertEqual(found["c2/discovery/c3"], "done")
        for word in words:
            self.assertIn(word, run.out)
        self.assertTrue(run.json()["snapshot"], "what was done is recorded")

    def test_a_right_that_is_missing_to_write(self):
        with fault("forbidden", cluster="c2", verb="patch", resource="services"):
            self.assert_plan_unharmed(self.plan())
            self.assert_only_the_gateway_fails(self.apply(), "forbidden", "services")
        self.assert_recovers()

    def test_an_admission_webhook_that_refuses(self):
        with fault("admission", cluster="c2", verb="patch", resource="services", message="no load balancers on Fridays"):
            self.assert_plan_unharmed(self.plan())
            self.assert_only_the_gateway_fails(self.apply(), "no load balancers on Fridays")
            writes = [e for e in audit("c2") if e["requestURI"].startswith(f"/api/v1/namespaces/{SYSTEM}/services/{GATEWAY}")
                      and e["verb"] == "patch" and e["responseStatus"]["code"] == 400]
            self.assertEqual(len(writes), 1, "a refusal is not tried again")
        self.assert_recovers()

    def test_a_writer_who_comes_first(self):
        api = kube("c2")
        api.merge("Deployment", GATEWAY, {"metadata": {"labels": {"app": "changed"}}}, "somebody")
        with fault("conflict", cluster="c2", verb="patch", resource="deployments", count=1):
            self.assert_only_the_gateway_fails(self.apply(), "ground_moved", "another-writer")
        self.assertIn("simulator.example/another-writer", api.get("Deployment", GATEWAY)["metadata"]["annotations"])
        self.assert_recovers()

    # Faults behind the API

    def test_a_load_balancer_that_never_gets_its_address(self):
        with fault("no_load_balancer", cluster="c2"):
            self.assert_plan_unharmed(self.plan())
            run = self.apply("--timeout", "3s")
            self.assert_only_the_gateway_fails(run, "address")
        self.assertTrue(eventually(lambda: kube("c2").get("Service", GATEWAY)["status"]["loadBalancer"].get("ingress")))
        self.assert_recovers()

    def test_pods_that_do_not_become_ready(self):
        kube("c2").delete("Deployment", GATEWAY)
        with fault("pods_not_ready", cluster="c2"):
            self.assert_only_the_gateway_fails(self.apply("--timeout", "3s"), "pods")
        self.assert_recovers()

    def test_addresses_of_the_other_kind_and_later(self):
        with fault("load_balancer_hostname", cluster="c2"), fault("load_balancer_slow", cluster="c2", delay="1500ms"):
            started = time.monotonic()
            self.ok(self.apply())
            self.assertGreater(time.monotonic() - started, 1.5)
            self.assertIn("hostname", kube("c2").get("Service", GATEWAY)["status"]["loadBalancer"]["ingress"][0])
        self.assert_recovers()

    def test_an_istiod_that_ignores_a_secret(self):
        def remotes():
            pods = kube("c2").request("GET", f"/api/v1/namespaces/{SYSTEM}/pods?labelSelector=app%3Distiod")["items"]
            name = pods[0]["metadata"]["name"]
            text = kube_text("c2", f"/api/v1/namespaces/{SYSTEM}/pods/{name}:15014/proxy/metrics")
            found = [line for line in text.splitlines() if line.startswith("istiod_managed_clusters")
                     and 'cluster_type="remote"' in line]
            return float(found[0].split()[-1]) if found else 0

        self.assertTrue(eventually(lambda: remotes() == 1), "c3's Secret is gone")
        with fault("istiod_ignores_secret", cluster="c2"):
            # Nothing that mesh writes is amiss, and the API server says so: only istiod tells.
            run = self.ok(self.apply("--timeout", "3s"), 1)
            self.assertIn("istiod has not synced a peer", run.out)
            self.assertIn("does not know cn-acme-fleet-global-c3 yet", run.out)
            self.assert_nothing_to_do(self.work)
            self.assertEqual(remotes(), 1)
        self.assertTrue(eventually(lambda: remotes() == 2))
        self.assert_recovers()


def kube_text(name, path):
    """An answer that is no JSON."""
    api = kube(name)
    connection = http.client.HTTPSConnection(api.url.netloc, context=api.context, timeout=30)
    connection.request("GET", api.url.path + path, headers=api.headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.status >= 300:
        raise Answer(answer.status, text)
    return text


class SimFault(Case):
    """The command itself."""

    def run_it(self, *arguments):
        return subprocess.run([MESH_BIN, "sim", "fault", *arguments, "--dir", TEST_DIR], capture_output=True, text=True,
                              check=False)

    def test_add_list_clear(self):
        self.addCleanup(sim_fault, "clear")
        number = sim_fault("add", "kind=slow", "cluster=c2", "delay=10ms", "count=3").strip()
        self.assertIn("kind=slow cluster=c2 delay=10ms count=3  (struck 0 times)", sim_fault("list"))
        kube("c2").request("GET", "/version")
        self.assertIn("(struck 1 times)", sim_fault("list"))
        sim_fault("clear", number)
        self.assertEqual(sim_fault("list"), "No faults are on.\n")

    def test_what_is_wrong_is_told(self):
        for arguments, code, words in ((("add", "kind=slwo"), 64, "did you mean `slow`?"),
                                       (("add", "kind=down", "clutser=c2"), 64, "did you mean `cluster`?"),
                                       (("add", "cluster=c2"), 64, "a fault needs `kind`"),
                                       (("clear", "nonsense"), 64, "no fault `nonsense` is on")):
            with self.subTest(arguments):
                done = self.run_it(*arguments)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(words, done.stderr)

    def test_the_control_file_is_for_its_owner_alone(self):
        self.assertEqual(os.stat(os.path.join(TEST_DIR, "control.json")).st_mode & 0o777, 0o600)

    def test_without_its_token_nobody_steers(self):
        with self.assertRaises(Answer) as refused:
            api = kube("c1")
            api.url = api.url._replace(path="")
            api.request("GET", "/control/faults")
        self.assertEqual(refused.exception.status, 401)


if __name__ == "__main__":
    unittest.main(verbosity=2)
