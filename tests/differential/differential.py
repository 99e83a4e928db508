"""Sends the same requests to a real API server and to another one, and says where the answers differ.

REAL and OTHER are kubeconfigs; run.sh starts both servers. Each case runs in a namespace of its own.
Exit codes: 0 they agree, 1 they differ, 64 wrong usage."""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import random
import re
import sys
import threading
import time
import traceback

import cases
from compare import differences, short
from normal import Normal, written_by
from server import Server
from talk import Talk


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real")
    parser.add_argument("other")
    parser.add_argument("--only", default="", help="regular expression; cases whose name it finds")
    parser.add_argument("--seed", type=int, help="of the random cases; printed when not given")
    parser.add_argument("--random", type=int, default=60, help="how many random cases")
    parser.add_argument("--steps", type=int, default=12, help="of each random case")
    parser.add_argument("--jobs", type=int, default=6, help="cases at a time")
    parser.add_argument("--list", action="store_true", help="print the names of the cases and end")
    parser.add_argument("--fields", type=int, default=12, help="differing fields shown of each case")
    parser.add_argument("--slowest", type=int, default=0, help="how many of the slowest cases to name")
    parser.add_argument("--json", help="a file for all differences")
    return parser.parse_args(arguments)


class Run:
    """Both servers, and what became of the cases."""

    def __init__(self, options):
        self.options = options
        self.sides = [Server(options.real), Server(options.other)]
        self.lock = threading.Lock()
        self.differing = {}
        self.salt = time.time()  # a second run with the same servers takes other names
        self.requests = 0
        self.seconds = {}

    def namespace(self, name):
        # Short, for it begins the names of objects that stand in no namespace, and the same on both sides.
        return "d" + hashlib.sha256(f"{self.salt} {name}".encode()).hexdigest()[:8]

    def talk(self, case, server):
        """Runs a case with one server. A case that cannot go on says why in its last step."""
        talk = Talk(server, self.namespace(case.name))
        try:
            if case.namespace:
                cases.prepare(talk)
            case.run(talk)
        except Exception as error:  # noqa: BLE001  an answer may lack anything that the case looks for
            place = traceback.extract_tb(error.__traceback__)[-1]
            talk.note(
                f"the case stopped on {server.url.netloc}", f"{type(error).__name__} {error} ({place.name}:{place.lineno})"
            )
        return talk

    def one(self, case):
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(2) as both:
            talks = list(both.map(lambda server: self.talk(case, server), self.sides))
        found = compare(*talks)
        self.seconds[case.name] = time.monotonic() - began
        with self.lock:
            self.requests += len(talks[0].sent)
            if found:
                self.differing[case.name] = found
                self.report(case.name, found)

    def report(self, name, found):
        print(f"\nDIFFERS {name}")
        shown = 0
        for title, fields in found:
            print(f"  {title}")
            for path, real, other in fields:
                shown += 1
                if shown > self.options.fields:
                    print("    … and more")
                    return
                print(f"    {path}\n      real:  {short(real)}\n      other: {short(other)}")
        sys.stdout.flush()


def said(step):
    return "" if hasattr(step.answer, "status") else step.answer


def brief(answer, other):
    """What is enough of an answer beside one of another sort: a refusal and an object have no field in common."""
    if not isinstance(answer, dict) or not isinstance(other, dict) or answer.get("status") == other.get("status"):
        return answer
    body = answer.get("body")
    text = body.get("message", f"a {body.get('kind')}") if isinstance(body, dict) else answer.get("text", answer.get("events"))
    return {"answer": f"{answer.get('status')} {text}"}


def compare(real, other):
    """[(step, [(path, real, other)])] of a case."""
    written = written_by(real, other)
    left, right = Normal(real, written), Normal(other, written)
    found = []
    for one, two in zip(real.steps, other.steps):
        # Both sides say the same until the first difference, and what follows from it.
        here, there = left.answer(one.answer), right.answer(two.answer)
        fields = differences(brief(here, there), brief(there, here))
        if left.text(one.title.partition("?")[0]) != right.text(two.title.partition("?")[0]):
            fields.append(("the request itself", f"{one.title}: {said(one)}", f"{two.title}: {said(two)}"))
        if fields:
            found.append((one.title, fields))
    if len(real.steps) != len(other.steps):
        found.append(("number of steps", [("steps", len(real.steps), len(other.steps))]))
    return found


def known_differences():
    """Cases in which the simulator is known to answer otherwise than a real API server."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "known_differences.txt"), encoding="utf-8") as file:
        return {line.strip() for line in file if line.strip() and not line.startswith("#")}


def main(arguments):
    options = parse(arguments)
    seed = options.seed if options.seed is not None else random.randrange(1 << 30)
    chosen = [case for case in cases.everything(seed, options.random, options.steps) if re.search(options.only, case.name)]
    doubles = [name for name, times in collections.Counter(case.name for case in chosen).items() if times > 1]
    if doubles:
        raise SystemExit(f"two cases of one name: {doubles}")
    if options.list:
        print("\n".join(case.name for case in chosen))
        return 0
    if not chosen:
        print("no case has such a name", file=sys.stderr)
        return 64
    scripted = sum(not case.name.startswith("random/") for case in chosen)
    print(f"{scripted} scripted cases, {len(chosen) - scripted} random ones with --seed {seed}", flush=True)
    run, began = Run(options), time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(run.one, [case for case in chosen if not case.alone]))
    for case in chosen:
        if case.alone:
            run.one(case)
    print(
        f"\n{len(chosen) - len(run.differing)} of {len(chosen)} cases agree; {run.requests} requests to each server, "
        f"{time.monotonic() - began:.1f} s"
    )
    slowest = sorted(run.seconds, key=lambda name: -run.seconds[name])[: options.slowest]
    for name in slowest:
        print(f"  {run.seconds[name]:.1f} s {name}")
    known = known_differences()
    if run.differing and all(name in known for name in run.differing):
        print(f"all {len(run.differing)} that differ are in known_differences.txt")
    for name in sorted(name for name in run.differing if name not in known):
        print(f"NEW  {name}")
    agreeing = sorted(case.name for case in chosen if case.name in known and case.name not in run.differing)
    for name in agreeing:
        print(f"AGREES NOW  {name}: take it out of known_differences.txt")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(run.differing, file, indent=1)
    return 1 if any(name not in known for name in run.differing) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
