"""A mesh that carries traffic: what the tests on real istiods and Envoys share.

Run under tests/realcluster/run.sh --istio. helloworld v1 runs in c1, v2 in c2 and so on; sleep calls from each. What a
broken way looks like: Envoy tries the other endpoints too, so that only the local version answers, or some calls fail.
"""

import collections
import functools
import json
import os
import subprocess
import tempfile

import yaml

from bed import GATEWAY, SYSTEM, TEST_DIR, Answer, Case, Workdir, changes, eventually, kube

KUBECTL = os.environ.get("KUBECTL", "kubectl")
SAMPLE = "sample"
REVISION = "asm-1233-2"
NAMES = [f"c{number + 1}" for number in range(int(os.environ.get("MESH_TEST_CLUSTERS", "2")))]
CALLS = 12
# One call after the other, each on a connection of its own, as the guide has people do by hand.
CALL = "curl -sS -m 5 {service}.sample:5000/hello 2>&1 | head -n 1 | cut -c 1-100"


def kubectl(cluster, *arguments, timeout=120):
    """What kubectl prints; it speaks to the API server of that cluster."""
    command = [KUBECTL, "--kubeconfig", f"{TEST_DIR}/{cluster}.kubeconfig", *arguments]
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


def service_of(cluster):
    """Of the cluster's version alone: a call of it from elsewhere has one way, and fails where that is broken."""
    return f"hello-{version(cluster)}"


def in_sleep(script):
    return ["-n", SAMPLE, "exec", "deploy/sleep", "-c", "sleep", "--", "sh", "-c", script]


def counted(text):
    """{version or error: how often}."""
    seen = collections.Counter()
    for line in text.splitlines():
        hello = line.partition("Hello version: ")[2]
        seen[hello.partition(",")[0] if hello else line.strip()] += 1
    return seen


def answers(cluster, count=CALLS, service="helloworld"):
    """{version or error: how often} of calls from that cluster."""
    return counted(kubectl(cluster, *in_sleep(f"for i in $(seq {count}); do {CALL.format(service=service)}; done")))


def dialled(cluster, service="helloworld"):
    """{address that the sidecar of sleep in that cluster has for the service: connections to it that failed}."""
    page = kubectl(cluster, "-n", SAMPLE, "exec", "deploy/sleep", "-c", "istio-proxy", "--", "pilot-agent", "request", "GET", "clusters")
    host = f"|{service}.{SAMPLE}.svc.cluster.local::"
    found = [line.split("::") for line in page.splitlines() if host in line and "::cx_connect_fail::" in line]
    return {address: int(count) for _, address, _, count in found}


class Caller:
    """Calls the service of `peer` from a cluster, one call after the other, until it is stopped."""

    def __init__(self, cluster, peer):
        # The echo ends the loop when the end of kubectl closes the stream.
        loop = f"for i in $(seq 10000); do echo || exit; {CALL.format(service=service_of(peer))}; done"
        self.output = tempfile.TemporaryFile("w+", encoding="utf-8")
        command = [KUBECTL, "--kubeconfig", f"{TEST_DIR}/{cluster}.kubeconfig", *in_sleep(loop)]
        self.process = subprocess.Popen(command, stdout=self.output, stderr=self.output, text=True)

    def so_far(self):
        """{version or error: how often}, without what may be half a line."""
        self.output.seek(0)
        text = self.output.read()
        return counted("\n".join(line for line in text[:text.rfind("\n") + 1].splitlines() if line))

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        with self.output:
            return self.so_far()


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

    def service(name, port, **selector):
        return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": SAMPLE, "labels": {"app": name}},
                "spec": {"ports": [{"port": port, "name": "http"}], "selector": selector}}

    objects = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SAMPLE, "labels": {"istio.io/rev": REVISION}}},
        service("helloworld", 5000, app="helloworld"), service("sleep", 80, app="sleep"),
        *[service(service_of(name), 5000, app="helloworld", version=version(name)) for name in NAMES],
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

    def write_spec(self, *names, file="mesh.toml", more=""):
        """The spec of these clusters, each with some lines more."""
        head, *clusters = self.spec.split("\n[cluster.")
        chosen = [text + more for text in clusters if text.partition("]")[0] in names]
        return self.work.write("\n[cluster.".join([head, *chosen]), file)

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

    def expect_planned(self, address, kind, name, path, *words):
        """mesh plan must name exactly that, a field of an object or with an operation as path the object, with these words in
        the reason or in what is there now."""
        run = self.work.mesh("plan", "--detailed-exitcode", "--format", "json")
        self.assertEqual(run.code, 2, str(run))
        document = run.json()
        self.assertIn((address, kind, name, path), changes(document))
        action = next(one for one in document["actions"] if one["address"] == address)
        before = [change["before"] for thing in action["objects"] for change in thing["changes"] if change["path"] == path]
        for word in words:
            self.assertIn(word, json.dumps([action["reason"], before]))

    def expect_found(self, check, cluster, *words):
        """mesh check must find that, once, in that cluster, with these words in what it read."""
        run = self.work.mesh("check", "--format", "json")
        found = [one for one in run.json()["findings"] if (one["id"], one["cluster"]) == (check, cluster)]
        self.assertEqual(len(found), 1, str(run))
        for word in words:
            self.assertIn(word, json.dumps(found[0]))

    def verify(self, code, *arguments):
        """The document of mesh verify, which leaves nothing behind."""
        run = self.ok(self.work.mesh("verify", "--format", "json", *arguments), code)
        for name in NAMES:
            self.assertEqual(server(name).list("Namespace", "mesh-engine.dev/purpose=verify"), [])
        return run.json()
