"""Breaks the same mesh of two clusters in the same ways on the simulator and on real istiods and Envoys, and says where what
is seen then differs: who hears whom, clusterz, endpoints and networkz of each istiod.

traffic.sh starts the beds. What the real one showed can be kept (--record) and compared with later (--recorded).
Exit codes: 0 they agree but for traffic_known_differences.txt, 1 they do not, 64 wrong usage.
"""

import argparse
import concurrent.futures
import json
import os
import re
import sys
import time

from compare import differences, short
from traffic_bed import Mesh
from traffic_cases import CASES

from bed import Answer

HERE = os.path.dirname(os.path.abspath(__file__))


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="regular expression; cases whose name it finds")
    parser.add_argument("--quick", action="store_true", help="the cases of continuous integration alone")
    parser.add_argument("--list", action="store_true", help="print the names of the cases and end")
    parser.add_argument("--record", help="a file for what the real bed showed; what it has of other cases stays")
    parser.add_argument("--recorded", help="a file that --record wrote, instead of a real bed")
    return parser.parse_args(arguments)


def beds(options):
    """The simulated bed and, unless there is a record, the real one; traffic.sh says where they are."""
    folder = os.environ["MESH_TEST_DIR"]
    with open(os.path.join(folder, "mesh.toml"), encoding="utf-8") as file:
        found = [Mesh("simulated", folder, os.environ["MESH_TEST_CTL"], file.read())]
    if not options.recorded:
        with open(os.environ["REAL_SPEC"], encoding="utf-8") as file:
            found.insert(0, Mesh("real", os.environ["REAL_DIR"], os.environ["REAL_CTL"], file.read()))
    return found


def look(mesh, case):
    """What there is to see of a case on one bed, which is whole again afterwards."""
    try:
        case.act(mesh)
        for place in case.renew:
            mesh.restart(*place)
        seen = mesh.settle({"c1": case.c1, "c2": case.c2}, case.clusterz, case.rounds, case.seconds)
    except (AssertionError, Answer) as error:
        seen = {"stopped": f"{mesh.title}: {error}"}
    mesh.heal(case.restart)
    return seen


def known_differences():
    """{"CASE: PATH"} in which the simulator is known to show something else."""
    with open(os.path.join(HERE, "traffic_known_differences.txt"), encoding="utf-8") as file:
        return {line.strip() for line in file if line.strip() and not line.startswith("#")}


def compare(case, seen, known):
    """Prints the differences of a case; answers how many are not known."""
    # Whether the table expected it is no part of what was seen.
    new = int(not seen["simulated"].pop("settled", True))
    if new:
        print(f"UNEXPECTED  {case.name}: not what the table of cases says: {short(seen['simulated'])}")
    seen["real"].pop("settled", None)
    for path, real, simulated in differences(seen["real"], seen["simulated"]):
        name = f"{case.name}: {path}"
        new += name not in known
        print(f"{'known' if name in known else 'DIFFERS'}  {name}\n    real:      {short(real)}\n    simulated: {short(simulated)}")
    return new


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, recorded):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


def main(arguments):
    options = parse(arguments)
    chosen = [case for case in CASES if re.search(options.only, case.name) and (case.quick or not options.quick)]
    if options.list:
        print("\n".join(case.name for case in chosen))
        return 0
    if not chosen:
        print("no case has such a name", file=sys.stderr)
        return 64
    recorded = read(options.recorded) if options.recorded else {}
    if options.record and os.path.exists(options.record):
        recorded = read(options.record)
    known, new, began = known_differences(), 0, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as both:
        meshes = beds(options)
        list(both.map(Mesh.begin, meshes))
        print(f"{len(chosen)} cases; the beds stand after {time.monotonic() - began:.0f} s", flush=True)
        for case in chosen:
            start = time.monotonic()
            seen = dict(zip([mesh.title for mesh in meshes], both.map(lambda mesh, case=case: look(mesh, case), meshes)))
            if options.recorded:
                seen["real"] = recorded.get(case.name, {"nothing": "is recorded of this case"})
            fresh = compare(case, seen, known)
            recorded[case.name] = seen["real"]
            if options.record:
                write(options.record, recorded)
            new += fresh
            print(f"{'differ' if fresh else 'agree'} {time.monotonic() - start:5.1f} s  {case.name}", flush=True)
    print(f"{len(chosen)} cases, {new} new differences, {time.monotonic() - began:.0f} s")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
