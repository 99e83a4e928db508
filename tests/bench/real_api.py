#!/usr/bin/env python3
"""One real API server that holds the remote Secrets of 249 peers: mesh beside curl on the same work, in one run.

* plan: `mesh plan --only home` beside one curl that sends the same reads.
* apply: `mesh apply` of a saved plan that creates 249 remote Secrets, beside `curl --parallel` sending the same patches,
  and beside one that sends all that the apply asks for: the reads of home, and of each peer its token and a call with it.

All peers are one other API server under 249 names, so that the cost measured is home's.

usage: tests/realcluster/run.sh --clusters 2 --istiod default -- env MESH_BIN=… python3 tests/bench/real_api.py [PEERS] [RUNS]
"""

import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from bed import MESH_BIN, SYSTEM, TEST_DIR, Workdir, audit, kube  # noqa: E402
import yaml  # noqa: E402

PEERS = int(sys.argv[1]) if len(sys.argv) > 1 else 249
RUNS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
METADATA_ONE = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


def spec():
    lines = ['version = 1', '[mesh]', 'name = "bench"', 'id = "bench"', 'ca = "istio-ca"', 'revision = "default"',
             'local_api_servers = true', 'flat_networks = ["peers"]', '[state]', 'repo = "state"', '[cluster.home]',
             'platform = "kubernetes"', f'kubeconfig = "{TEST_DIR}/c1.kubeconfig"', 'network = "home"']
    for number in range(PEERS):
        lines += [f"[cluster.p{number:03}]", 'platform = "kubernetes"', f'kubeconfig = "{TEST_DIR}/c2.kubeconfig"',
                  'network = "peers"', "discovery.peers = []"]
    return "\n".join(lines) + "\n"


class Curl:
    """curl with the client certificates of c1 and c2."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="mesh-bench-")
        self.servers = {}
        for cluster in ("c1", "c2"):
            with open(os.path.join(TEST_DIR, f"{cluster}.kubeconfig"), encoding="utf-8") as file:
                config = yaml.safe_load(file)
            self.servers[cluster] = config["clusters"][0]["cluster"]["server"]
            user = config["users"][0]["user"]
            for name, data in (("ca", config["clusters"][0]["cluster"]["certificate-authority-data"]),
                               ("cert", user["client-certificate-data"]), ("key", user["client-key-data"])):
                with open(os.path.join(self.folder, f"{cluster}.{name}"), "wb") as file:
                    file.write(base64.b64decode(data))

    def run(self, transfers):
        """transfers: (cluster, method, path, accept, content type, body file)"""
        lines = []
        for number, (cluster, method, path, accept, content_type, body) in enumerate(transfers):
            if number:
                lines.append("next")
            lines += [f'url = "{self.servers[cluster]}{path}"', f'request = "{method}"', f'header = "Accept: {accept}"',
                      "silent", 'output = "/dev/null"', "compressed", "http2"]
            lines += [f'{option} = "{self.folder}/{cluster}.{file}"'
                      for option, file in (("cacert", "ca"), ("cert", "cert"), ("key", "key"))]
            if body:
                lines += [f'header = "Content-Type: {content_type}"', f'data-binary = "@{body}"']
        config = os.path.join(self.folder, "config")
        with open(config, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        started = time.perf_counter()
        subprocess.run(["curl", "--parallel", "--parallel-max", "50", "--fail", "-K", config], check=True)
        return time.perf_counter() - started


def timed_mesh(work, *arguments):
    """Its output goes to a file: nothing of ours reads along while it runs, as for curl."""
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        run = subprocess.run([MESH_BIN, *arguments], cwd=work.folder, stdin=subprocess.DEVNULL, stdout=output,
                             stderr=subprocess.STDOUT, check=False)
        took = time.perf_counter() - started
        if run.returncode != 0:
            output.seek(0)
            raise SystemExit(f"mesh {' '.join(arguments)}: exit code {run.returncode}\n{output.read()}")
    return took


def reads_of(work, cluster, *command):
    """What a command of mesh reads from a cluster, for curl to read as well."""
    before = len(audit(cluster))
    timed_mesh(work, *command)
    transfers = []
    for event in audit(cluster)[before:]:
        uri = event["requestURI"]
        if event["verb"] not in ("get", "list") or not event.get("userAgent", "").startswith("mesh/"):
            continue
        accept = "application/json"
        if "/secrets" in uri and cluster == "c1":
            accept = METADATA if "?" in uri else METADATA_ONE
        transfers.append((cluster, "GET", uri, accept, None, None))
    return transfers


def patches(curl):
    found = []
    for secret in kube("c1").list("Secret", "istio/multiCluster=true"):
        meta = secret["metadata"]
        body = {"apiVersion": "v1", "kind": "Secret", "data": secret["data"],
                "metadata": {key: meta[key] for key in ("name", "namespace", "labels", "annotations")}}
        path = os.path.join(curl.folder, meta["name"])
        with open(path, "w", encoding="utf-8") as file:
            json.dump(body, file)
        found.append(("c1", "PATCH", f"/api/v1/namespaces/{SYSTEM}/secrets/{meta['name']}?fieldManager=mesh.bench",
                      "application/json", "application/apply-patch+yaml", path))
    return found


def wipe():
    kube("c1").request("DELETE", f"/api/v1/namespaces/{SYSTEM}/secrets?labelSelector=istio/multiCluster=true")


def show(name, ours, theirs):
    ratios = [a / b for a, b in zip(ours, theirs)]
    print(f"{name:28} mesh {statistics.median(ours):7.3f} s   curl {statistics.median(theirs):7.3f} s   "
          f"ratio {statistics.median(ratios):5.2f} (min {min(ratios):.2f}, max {max(ratios):.2f})")


def main():
    work, curl = Workdir(), Curl()
    work.write(spec())
    timed_mesh(work, "apply", "--auto-approve", "--only", "p000", "--only", "home/network", "--only", "home/reader",
               "--only", "home/gateway", "--only", "home/expose")
    timed_mesh(work, "plan", "--only", "home", "--out", "plan.json")
    timed_mesh(work, "apply", "plan.json")
    sent = patches(curl)
    assert len(sent) == PEERS, len(sent)
    wipe()
    timed_mesh(work, "plan", "--only", "home", "--out", "plan.json")
    peer_reads = reads_of(work, "c2", "apply", "plan.json")
    reads = reads_of(work, "c1", "plan", "--only", "home")
    applied, patched, everything = [], [], []
    for _ in range(RUNS):
        wipe()
        timed_mesh(work, "plan", "--only", "home", "--out", "plan.json")
        applied.append(timed_mesh(work, "apply", "plan.json"))
        wipe()
        patched.append(curl.run(sent))
        wipe()
        everything.append(curl.run(reads) + curl.run(peer_reads + sent))
    planned, read = [], []
    for _ in range(RUNS):
        planned.append(timed_mesh(work, "plan", "--only", "home"))
        read.append(curl.run(reads))
    print(f"{PEERS} peers, {RUNS} runs, {len(reads)} reads a plan")
    show("plan beside the same reads", planned, read)
    show("apply beside the patches", applied, patched)
    show(f"apply beside all {len(reads + peer_reads + sent)}", applied, everything)


if __name__ == "__main__":
    main()
