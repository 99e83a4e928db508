#!/usr/bin/env python3
"""Records what a real API server answers to the requests of golden_cases.py, one file per sequence, in golden/.

    MESH_BIN=- tests/realcluster/run.sh --deployments never -- python3 tests/unit/simulator/apimachinery/record_golden.py [NAME…]

A step holds the object before it (null: none), the request and the answer. replay_test.cpp sends the same through the
simulator's functions. Times stay as they were; `now` is the second in which the step ran. A controller may write between
the look at an object and the request: such a step shows itself in the replay and is recorded again, or left out.
"""

import http.client
import json
import os
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))
sys.path[:0] = [os.path.join(ROOT, "tests/e2e"), os.path.dirname(os.path.abspath(__file__))]
os.environ.setdefault("MESH_BIN", "-")

import bed  # noqa: E402
import golden_cases  # noqa: E402

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
TYPES = {"create": "application/json", "update": "application/json", "apply": "application/apply-patch+yaml",
         "json": "application/json-patch+json", "merge": "application/merge-patch+json",
         "strategic": "application/strategic-merge-patch+json"}
CONTROLLED = ("Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Service", "Secret", "Namespace")


class Server:
    def __init__(self):
        self.kube = bed.kube("c1")

    def ask(self, method, path, body=None, content_type="application/json"):
        for last in (False, True):
            try:
                if self.kube.connection is None:
                    self.kube.connection = http.client.HTTPSConnection(self.kube.url.netloc, context=self.kube.context)
                headers = dict(self.kube.headers, Accept="application/json")
                if body is not None:
                    headers["Content-Type"] = content_type
                self.kube.connection.request(method, path, body, headers)
                answer = self.kube.connection.getresponse()
                text = answer.read().decode()
                warnings = [value for name, value in answer.getheaders() if name == "Warning"]
                return answer.status, warnings, json.loads(text) if text.startswith("{") else text
            except (http.client.HTTPException, ConnectionError, OSError):
                self.kube.connection = None
                if last:
                    raise

    def settled(self, path, wait):
        """The object once nothing else writes it, or null; then at the start of a new second."""
        before = None
        while True:
            status, _, found = self.ask("GET", path)
            found = found if status == 200 else None
            if not wait or found == before:
                break
            before = found
            time.sleep(0.4)
        time.sleep(1.02 - time.time() % 1)
        status, _, found = self.ask("GET", path)
        return found if status == 200 else None


def step_of(server, kind, path_name, step):
    group, version, kind_name, resource, collection = kind
    verb, manager, body = step["verb"], step.get("manager", "tester"), step["body"]
    name, subresource = step.get("name", path_name), step.get("subresource", "")
    path = f"{collection}/{name}" + (f"/{subresource}" if subresource else "")
    before = server.settled(f"{collection}/{name}", kind_name in CONTROLLED)
    if callable(body):
        body = body(before)
    text = body if isinstance(body, str) else json.dumps(body)
    query = f"?fieldManager={manager}" + (f"&force={'true' if step['force'] else 'false'}" if "force" in step else "")
    query += f"&fieldValidation={step['validation']}" if "validation" in step else ""
    method, where = ("POST", collection) if verb == "create" else ("PUT", path) if verb == "update" else ("PATCH", path)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    status, warnings, after = server.ask(method, where + query, text, TYPES[verb])
    return {"title": step["title"], "verb": verb, "group": group, "version": version, "kind": kind_name,
            "resource": resource, "name": name, "subresource": subresource, "manager": manager,
            "force": step.get("force", False), "validation": step.get("validation", "Warn"), "now": now,
            "before": None if verb == "create" else before, "body": text, "status": status, "warnings": warnings,
            "after": after}


def record(server, case):
    kind = golden_cases.KINDS[case["kind"]]
    steps = [step_of(server, kind, case["name"], step) for step in case["steps"]]
    with open(os.path.join(GOLDEN, case["file"] + ".json"), "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(step, sort_keys=True) for step in steps) + "\n]\n")
    print(f"{case['file']}: {[step['status'] for step in steps]}", flush=True)


def main():
    server = Server()
    os.makedirs(GOLDEN, exist_ok=True)
    server.ask("POST", "/api/v1/namespaces", json.dumps({"metadata": {"name": "golden"}}))
    for case in golden_cases.cases():
        if len(sys.argv) < 2 or case["file"] in sys.argv[1:]:
            record(server, case)


if __name__ == "__main__":
    main()
