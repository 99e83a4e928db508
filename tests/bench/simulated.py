#!/usr/bin/env python3
"""Plan and apply on meshes of simulated clusters, each cluster discovering all others: what mesh itself costs, and how it grows.

For every size: the apply of everything, then plans that find nothing to do. CPU and memory are those of mesh alone;
requests and bytes are what the simulated API servers counted.

usage: MESH_BIN=… python3 tests/bench/simulated.py [CLUSTERS...]     (default: 10 50 100 250)
"""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

MESH_BIN = os.environ["MESH_BIN"]
PLANS = 3


def measured(arguments, folder, code=0):
    """Wall seconds, CPU seconds, peak MiB of one mesh process, and its output."""
    started = time.perf_counter()
    with open(os.path.join(folder, "output"), "w+", encoding="utf-8") as output:
        process = subprocess.Popen([MESH_BIN, *arguments], cwd=folder, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode != code:
        raise SystemExit(f"mesh {' '.join(arguments)}: exit code {process.returncode}\n{text[-3000:]}")
    return {"wall": took, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}, text


def counted(folder, skip):
    """Requests and bytes of answers in the audit logs, beyond the first lines that `skip` counts per log."""
    requests = size = 0
    for log in glob.glob(os.path.join(folder, "logs", "*.audit.log")):
        with open(log, encoding="utf-8") as file:
            lines = file.readlines()
        for line in lines[skip.get(log, 0):]:
            event = json.loads(line)
            if not event.get("userAgent", "").startswith("mesh/"):
                continue
            requests += 1
            size += int(event.get("annotations", {}).get("simulator.bytes", 0))
        skip[log] = len(lines)
    return requests, size


def show(clusters, what, figures, requests, size):
    print(f"{clusters:4} clusters  {what:14} {figures['wall']:8.2f} s wall  {figures['cpu']:7.2f} s CPU  "
          f"{figures['memory']:6.0f} MiB  {requests:7} requests  {size / 1e6:8.1f} MB", flush=True)


def inside(clusters):
    """Runs beside the simulated clusters."""
    folder, skip = os.environ["MESH_TEST_DIR"], {}
    counted(folder, skip)
    figures, _ = measured(["apply", "--auto-approve", "--timeout", "600s"], folder)
    show(clusters, "apply of all", figures, *counted(folder, skip))
    plans = []
    for _ in range(PLANS):
        figures, text = measured(["plan", "--timeout", "60s"], folder)
        assert "No changes" in text, text[-2000:]
        requests, size = counted(folder, skip)
        plans.append(figures)
    best = {key: sorted(plan[key] for plan in plans)[PLANS // 2] for key in plans[0]}
    show(clusters, "plan of nothing", best, requests, size)


def main():
    if sys.argv[1:2] == ["--inside"]:
        return inside(int(sys.argv[2]))
    for clusters in [int(one) for one in sys.argv[1:]] or [10, 50, 100, 250]:
        folder = tempfile.mkdtemp(prefix="mesh-bench-")
        try:
            subprocess.run([MESH_BIN, "sim", "run", "--clusters", str(clusters), "--dir", folder, "--platform", "kubernetes",
                            "--delay", "load_balancer=20ms", "--", sys.executable, os.path.abspath(__file__), "--inside",
                            str(clusters)], check=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return None


if __name__ == "__main__":
    main()
