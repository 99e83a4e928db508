"""What a case says to a server: every request and its answer are written down, to be compared."""

import json
import os
import time
import urllib.parse

APPLY, MERGE = "application/apply-patch+yaml", "application/merge-patch+json"
STRATEGIC, JSON_PATCH = "application/strategic-merge-patch+json", "application/json-patch+json"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"

# How long controllers may take, in seconds: long for a machine that does much else.
PATIENCE = float(os.environ.get("MESH_TEST_PATIENCE", "15"))


class Step:
    """One request and its answer, or a remark of the case (answer is then any value)."""

    def __init__(self, title, answer):
        self.title, self.answer = title, answer


class Talk:
    """One case with one server, in namespace `ns`. `api` is the Server; requests through it are not compared."""

    def __init__(self, api, ns):
        self.api, self.ns, self.steps, self.sent = api, ns, [], []

    def path(self, kind, name="", ns=None, sub=""):
        path = kind.path.format(ns=self.ns if ns is None else ns)
        return path + (f"/{name}" if name else "") + (f"/{sub}" if sub else "")

    def send(self, method, path, body=None, query=None, quiet=False, **more):
        """Sends and writes down. body: text as it is, anything else as JSON. query: a dict."""
        target = path + ("?" + urllib.parse.urlencode(query) if query else "")
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        if body is not None:
            more.setdefault("Content_Type", "application/json")
        answer = self.api.request(method, target, body, **more)
        self.sent.append(target + " " + str(body or ""))
        if not quiet:
            self.steps.append(Step(f"{method} {urllib.parse.unquote_plus(target)}", answer))
        return answer

    def note(self, title, value):
        """Has a value compared that the case has worked out."""
        self.steps.append(Step(title, json.loads(json.dumps(value))))

    # The verbs. Query parameters are keyword arguments; `headers` and `quiet` go to send().

    def call(self, method, path, body, query, **more):
        how = {
            key: query.pop(key) for key in ("token", "quiet", "Accept", "Content_Type", "Impersonate_User") if key in query
        }
        query = {name: ("true" if value is True else "false" if value is False else value) for name, value in query.items()}
        return self.send(method, path, body, query, **how, **more)

    def create(self, kind, body, ns=None, **query):
        return self.settled(kind, self.call("POST", self.path(kind, ns=ns), body, dict(query)), ns, query)

    def get(self, kind, name, ns=None, sub="", **query):
        return self.call("GET", self.path(kind, name, ns, sub), None, query)

    def list(self, kind, ns=None, **query):
        return self.call("GET", self.path(kind, ns=ns), None, query)

    def update(self, kind, name, body, ns=None, sub="", **query):
        return self.settled(kind, self.call("PUT", self.path(kind, name, ns, sub), body, dict(query)), ns, query)

    def patch(self, kind, name, body, how=MERGE, ns=None, sub="", **query):
        answer = self.call("PATCH", self.path(kind, name, ns, sub), body, {"Content_Type": how, **query})
        return self.settled(kind, answer, ns, query)

    def apply(self, kind, body, manager="one", ns=None, name=None, sub="", **query):
        name = name or body["metadata"]["name"]
        if manager:
            query["fieldManager"] = manager
        return self.patch(kind, name, body, APPLY, ns, sub, **query)

    def delete(self, kind, name, body=None, ns=None, **query):
        return self.call("DELETE", self.path(kind, name, ns), body, query)

    def delete_all(self, kind, body=None, ns=None, **query):
        return self.call("DELETE", self.path(kind, ns=ns), body, query)

    def watch(self, kind, count, ns=None, seconds=5.0, title="", **query):
        token = query.pop("token", None)
        accept = query.pop("Accept", "application/json")
        query = {name: ("true" if value is True else value) for name, value in query.items()}
        target = self.path(kind, ns=ns) + "?" + urllib.parse.urlencode({"watch": "1", **query})
        answer = self.api.watch(target, count, seconds, token, Accept=accept)
        self.steps.append(Step(title or f"WATCH {urllib.parse.unquote_plus(target)}", answer))
        return answer

    # Waiting for controllers; none of this is compared.

    def eventually(self, done, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while True:
            value = done()
            if value or time.monotonic() > deadline:
                return value
            time.sleep(0.02)

    def settled(self, kind, answer, ns, query):
        """The answer to a write, after the controllers have followed it."""
        if kind.settled and answer.status < 300 and "dryRun" not in query and answer.meta.get("name"):
            self.settle(kind, answer.meta["name"], ns)
        return answer

    def settle(self, kind, name, ns=None):
        """Waits until the controllers have nothing left to do on the object."""

        def done():
            answer = self.get(kind, name, ns, quiet=True)
            return answer.status != 200 or "deletionTimestamp" in answer.meta or kind.settled(answer.body)

        return self.eventually(done)

    def gone(self, kind, name, ns=None):
        return self.eventually(lambda: self.get(kind, name, ns, quiet=True).status == 404)
