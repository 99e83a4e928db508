#!/usr/bin/env python3
"""Times mesh as whole processes beside `true` in the same run: start-up, and validate on specs of 50, 100 and 250 clusters.

usage: MESH_BIN=build/release/bin/mesh tests/bench/whole_process.py [RUNS]
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

MESH = os.path.abspath(os.environ["MESH_BIN"])
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 20


def spec(count):
    lines = ['version = 1', '[mesh]', 'name = "bench"', 'fleet_project = "acme-fleet"', 'project_number = 123456789012',
             'ca = "mesh-ca"', 'revision = "asm-1233-2"']
    for number in range(count):
        lines += [f"[cluster.c{number:03}]", 'platform = "gke-vmware"', f'kubeconfig = "kubeconfigs/c{number:03}.yaml"',
                  f'context = "admin@c{number:03}"', f'network = "n{number:03}"', f'gateway.load_balancer_ip = "10.1.0.{number % 254 + 1}"']
    return "\n".join(lines) + "\n"


def timed(command):
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def main():
    with tempfile.TemporaryDirectory() as folder:
        commands = {"true": ["true"], "mesh version": [MESH, "version"]}
        for count in (50, 100, 250):
            path = os.path.join(folder, f"{count}.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(spec(count))
            commands[f"mesh validate, {count} clusters"] = [MESH, "validate", "-f", path]
        times = {name: [] for name in commands}
        for _ in range(RUNS + 1):
            for name, command in commands.items():
                times[name].append(timed(command))
        base = statistics.median(times["true"][1:])
        print(f"{'command':34} {'median ms':>10} {'min':>8} {'max':>8} {'x true':>8}")
        for name, found in times.items():
            found = found[1:]
            median = statistics.median(found)
            print(f"{name:34} {median:10.2f} {min(found):8.2f} {max(found):8.2f} {median / base:8.1f}")
        print(f"peak memory of the largest child: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.1f} MiB")


if __name__ == "__main__":
    main()
