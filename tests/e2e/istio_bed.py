"""A mesh that carries traffic: what the tests on real istiods and Envoys share.

Run under tests/realcluster/run.sh --istio. helloworld v1 runs in c1, v2 in c2 and so on; sleep calls from each. What a
broken way looks like: Envoy tries the other endpoints too, so that only the local version answers, or some calls fail.
"""

import collections
import functools
import json
import os
import subprocess

import yaml

from bed import GATEWAY, SYSTEM, TEST_DIR, Answer, Case, Workdir, eventually, kube

SAMPLE = "sample"
REVISION = "asm-1233-2"
NAMES = [f"c{number + 1}" for number in range(int(os.environ.get("MESH_TEST_CLUSTERS", "2")))]
CALLS = 12
# One call after the other, each on a connection of its own, as the guide has people do by hand.
CALL = "for i in $(seq {count}); do curl -sS -m 5 helloworld.sample:5000/hello 2>&1 | head -n 1 | cut -c 1-100; done"


def kubectl(cluster, *arguments, timeout=120):
    """What kubectl prints; it speaks to the API server of that cluster."""
    command = [os.environ.get("KUBECTL", "kubectl"), "--kubeconfig", f"{TEST_DIR}/{cluster}.kubeconfig", *arguments]
    done = subprocess.run(command, text=True, capture_output=True, timeout=timeout, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


@functools.cache
def server(cluster):
    """The API server of a cluster, on one connection for all tests."""
    return kube(cluster)


def version(cluster):
    return "v" + cluster[1:]


def pods(cluster, selector, namespace):
    return json.loads(kubectl(cluster, "-n", namespace, "get", "pods", "-l", selector, "-o", "json"))["items"]


def answers(cluster, count=CALLS):
    """{version or error: how often} of calls from that cluster."""
    text = kubectl(cluster, "-n", SAMPLE, "exec", "deploy/sleep", "-c", "sleep", "--", "sh", "-c", CALL.format(count=count))
    seen = collections.Counter()
    for line in text.splitlines():
        hello = line.partition("Hello version: ")[2]
        seen[hello.partition(",")[0] if hello else line.strip()] += 1
    return seen


def istiod(cluster, page):
    """A debug page of istiod, asked as the guide asks it."""
    return json.loads(kubectl(cluster, "-n", SYSTEM, "exec", f"deploy/istiod-{REVISION}", "--",
                              "pilot-discovery", "request", "GET", f"/debug/{page}"))


def synced(cluster):
    """The clusters that istiod has in sync, its own among them."""
    return {entry["id"] for entry in istiod(cluster, "clusterz") if entry["syncStatus"] == "synced"}


def samples(cluster):
    """What the guide's verification deploys: one version of helloworld, and sleep."""
    own = version(cluster)

    def deployment(name, labels, container):
        return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": SAMPLE},
                "spec": {"selector": {"matchLabels": labels},
                         "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}}}

    def service(name, port):
        return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": SAMPLE, "labels": {"app": name}},
                "spec": {"ports": [{"port": port, "name": "http"}], "selector": {"app": name}}}

    objects = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SAMPLE, "labels": {"istio.io/rev": REVISION}}},
        service("helloworld", 5000), service("sleep", 80),
        deployment(f"helloworld-{own}", {"app": "helloworld", "version": own},
                   {"name": "helloworld", "image": f"docker.io/istio/examples-helloworld-{own}:1.0", "ports": [{"containerPort": 5000}]}),
        deployment("sleep", {"app": "sleep"}, {"name": "sleep", "image": "curlimages/curl", "command": ["/bin/sleep", "infinity"]}),
    ]
    path = os.path.join(TEST_DIR, f"samples-{cluster}.yaml")
    with open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump_all(objects, file)
    kubectl(cluster, "apply", "-f", path)


class MeshCase(Case):
    """Tests on one bed, which each of them leaves as a joined mesh or finds out of joint and joins again."""

    @classmethod
    def setUpClass(cls):
        for name in NAMES:
            samples(name)
        for name in NAMES:
            kubectl(name, "-n", SAMPLE, "wait", "--for=condition=Available", "deployment", "--all", "--timeout=90s")

    def setUp(self):
        self.work = Workdir()
        with open(os.environ["MESH_TEST_SPEC"], encoding="utf-8") as file:
            self.spec = file.read()
        self.write_spec(*NAMES)

    def write_spec(self, *names):
        head, *clusters = self.spec.split("\n[cluster.")
        chosen = [text for text in clusters if text.partition("]")[0] in names]
        self.work.write("\n[cluster.".join([head, *chosen]))

    def apply(self, *arguments):
        return self.ok(self.work.mesh("apply", "--auto-approve", *arguments))

    def expect_heard(self, cluster, names, seconds=60):
        """Waits until calls from the cluster are answered by exactly these clusters' versions, twice in a row: what was just
        changed may still swing."""
        expected = {version(name) for name in names}
        last = []
        self.assertTrue(eventually(lambda: all(last.append(answers(cluster)) or set(last[-1]) == expected for _ in range(2)), seconds),
                        f"{cluster} should hear {sorted(expected)} and hears {last[-1]}\n{self.state(cluster)}")

    def expect_joined(self):
        for name in NAMES:
            self.expect_heard(name, NAMES)

    def expect_cut(self, cluster, peer, seconds=45):
        """Waits until the peer's version answers no call from the cluster."""
        last = []
        self.assertTrue(eventually(lambda: last.append(answers(cluster)) or version(peer) not in last[-1], seconds),
                        f"{cluster} should not hear {peer} and hears {last[-1]}")

    def renew_connections(self, cluster):
        """Has sleep's Envoy connect anew: what a load balancer no longer leads to keeps what it has."""
        kubectl(cluster, "-n", SAMPLE, "rollout", "restart", "deployment/sleep")
        kubectl(cluster, "-n", SAMPLE, "rollout", "status", "deployment/sleep", "--timeout=60s")

    def join(self):
        self.apply()
        self.expect_joined()

    def state(self, cluster):
        """What explains a test that failed."""
        lines = []
        for name in NAMES:
            try:
                lines += [f"{name}:", kubectl(name, "get", "pods", "-A", "-o", "wide"),
                          kubectl(name, "-n", SYSTEM, "get", "service", GATEWAY, "-o", "wide"), json.dumps(istiod(name, "clusterz"))]
            except (AssertionError, Answer, subprocess.TimeoutExpired) as error:
                lines.append(str(error))
        return "\n".join(lines)

    def planned(self):
        """{address: operation} of what mesh plan would do, and the text of its diagnostics."""
        run = self.work.mesh("plan", "--detailed-exitcode", "--format", "json")
        self.assertIn(run.code, (0, 2), str(run))
        document = run.json()
        found = {a["address"]: a["operation"] for a in document["actions"] if a["operation"] != "unchanged"}
        return found, json.dumps(document["diagnostics"]) + run.err
