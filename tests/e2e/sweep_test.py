"""An apply that is stopped or killed at each of its writes: the next one reaches the goal, and drift says nothing.

Bed: --clusters 5 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import os
import random
import shutil
import signal
import time

import any_order
from bed import TEST_DIR, Case, Workdir, cluster_id, kube, spec_text

ALL = ("c1", "c2", "c3", "c4", "c5")
WRITES = (b'"verb":"create"', b'"verb":"patch"', b'"verb":"delete"', b'"verb":"update"')
LONG = os.environ.get("MESH_LONG") == "1"
EVERY = 1 if LONG else 7
FLAGS = ("--skip-check", "network-injector", "--allow-mass-removal")


def clusters(*names, **more):
    """Their kubeconfigs are in the folder of the spec, so that they are opened when a cluster is gone from it."""
    return {name: {"platform": '"kubernetes"', "kubeconfig": f'"{name}.kubeconfig"', **more.get(name, {})} for name in names}


class WriteCounter:
    """How many writes of mesh the clusters have answered since it was made."""

    def __init__(self):
        self.files = []
        for name in ALL:
            # A cluster that was never asked has none yet; the server appends.
            file = open(os.path.join(TEST_DIR, "logs", f"{name}.audit.log"), "ab+")
            file.seek(0, os.SEEK_END)
            self.files.append(file)
        self.count = 0

    def close(self):
        for file in self.files:
            file.close()

    def look(self):
        for file in self.files:
            for line in file.readlines():
                if b'"userAgent":"mesh/' in line and b"accessreviews" not in line:
                    self.count += any(verb in line for verb in WRITES)
        return self.count


class Sweep(Case):
    def setUp(self):
        self.work = Workdir()
        for name in ALL:
            shutil.copy(os.path.join(TEST_DIR, f"{name}.kubeconfig"), self.work.folder)
        self.addCleanup(self.clean_up)

    def clean_up(self):
        self.work.write(spec_text(clusters(*ALL)))
        self.release()
        self.ok(self.work.mesh("destroy", "--auto-approve"))

    def release(self):
        self.ok(self.work.mesh("lock", "release", *ALL, "--auto-approve", "-f", self.work.write(spec_text(clusters(*ALL)),
                                                                                             "all.toml")))

    def apply(self, text):
        self.work.write(text)
        self.ok(self.work.mesh("apply", "--auto-approve", *FLAGS))

    def writes_of_a_run(self, before, after):
        self.apply(before)
        counter = WriteCounter()
        self.apply(after)
        count = counter.look()
        counter.close()
        return count

    def interrupt(self, before, after, at, sent):
        """Applies `after` to `before`, and sends the signal when write number `at` was answered."""
        self.apply(before)
        self.work.write(after)
        counter = WriteCounter()
        process = self.work.start("apply", "--auto-approve", *FLAGS)
        while counter.look() < at and process.poll() is None:
            time.sleep(0.0005)
        if process.poll() is None:
            process.send_signal(sent)
        out, err = process.communicate(timeout=120)
        counter.close()
        if sent == signal.SIGTERM:
            self.assertIn(process.returncode, (0, 1), out + err)
        else:
            self.release()
        self.ok(self.work.mesh("apply", "--auto-approve", *FLAGS))
        self.assert_nothing_to_do(self.work, *FLAGS)
        self.ok(self.work.mesh("drift"))

    def sweep(self, before, after):
        total = self.writes_of_a_run(before, after)
        self.assertGreater(total, 0)
        seed = random.randrange(EVERY)
        for sent in (signal.SIGTERM, signal.SIGKILL):
            for at in range(1 + seed, total + 1, EVERY):
                with self.subTest(f"{sent.name} at write {at} of {total}, MESH_LONG=1 tries all; first {1 + seed}"):
                    self.interrupt(before, after, at, sent)

    def test_a_first_apply(self):
        self.sweep(spec_text(clusters("c1")), spec_text(clusters(*ALL)))

    def test_a_replacement(self):
        eks = {"platform": '"eks"'}
        self.sweep(spec_text(clusters(*ALL, c2=eks)),
                   spec_text(clusters(*ALL, c2={**eks, "gateway.exposure": '"internal"'})))

    def test_a_removal(self):
        self.sweep(spec_text(clusters(*ALL)), spec_text(clusters("c1", "c2", "c3", "c4")))

    def test_a_rename(self):
        keys = {"kubeconfig": '"c5.kubeconfig"', "network": '"c5"', "id": f'"{cluster_id("c5")}"'}
        self.sweep(spec_text(clusters(*ALL)), spec_text(clusters("c1", "c2", "c3", "c4", "c5new", c5new=keys)))


if __name__ == "__main__":
    any_order.main()
