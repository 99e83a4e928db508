"""A plain HTTP client for one API server, with the standard library alone. It takes answers as they come."""

import base64
import http.client
import json
import ssl
import tempfile
import threading
import time
import urllib.parse

import yaml

USER_AGENT = "differential/1"


class Answer:
    """What came back: status, headers with lower-case names, text, and the text as JSON where it is JSON."""

    def __init__(self, status, headers, text, events=None):
        self.status, self.headers, self.text, self.events = status, headers, text, events
        try:
            self.body = json.loads(text)
        except ValueError:
            self.body = None

    def ok(self):
        if self.status >= 300:
            raise AssertionError(f"HTTP {self.status}: {self.text[:300]}")
        return self.body

    @property
    def meta(self):
        return (self.body or {}).get("metadata") or {}

    @property
    def version(self):
        return self.meta.get("resourceVersion", "")


class Server:
    """One API server. Every thread has a connection of its own."""

    def __init__(self, kubeconfig):
        with open(kubeconfig, encoding="utf-8") as file:
            config = yaml.safe_load(file)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.url = urllib.parse.urlparse(cluster["server"])
        self.ca = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.token = user.get("token")
        self.trusting = ssl.create_default_context(cadata=self.ca)
        self.admin = ssl.create_default_context(cadata=self.ca)
        if not self.token:
            with tempfile.NamedTemporaryFile("wb", suffix=".pem") as pem:
                for key in ("client-certificate-data", "client-key-data"):
                    pem.write(base64.b64decode(user[key]))
                pem.flush()
                self.admin.load_cert_chain(pem.name)
        self.local = threading.local()

    def connection(self, who, fresh=False):
        """who: "admin" or another word for a client without certificate."""
        pool = self.local.__dict__.setdefault("pool", {})
        key = "admin" if who == "admin" else "other"
        if fresh or key not in pool:
            context = self.admin if key == "admin" else self.trusting
            pool[key] = http.client.HTTPSConnection(self.url.netloc, context=context, timeout=30)
        return pool[key]

    def headers(self, token, extra):
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json", **extra}
        if token is None and self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        elif token:
            headers["Authorization"] = f"Bearer {token}"
        return {name: value for name, value in headers.items() if value is not None}

    def request(self, method, target, body=None, token=None, **headers):
        """token: None is the administrator, "" is nobody. headers: names with `_` for `-`; None leaves one out."""
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        who = "admin" if token is None else "other"
        for last in (False, True):
            connection = self.connection(who, fresh=last)
            try:
                connection.request(method, self.url.path.rstrip("/") + target, body, self.headers(token, extra))
                answer = connection.getresponse()
                text = answer.read().decode(errors="replace")
                return Answer(answer.status, {n.lower(): v for n, v in answer.getheaders()}, text)
            except (http.client.HTTPException, ConnectionError, OSError):
                connection.close()
                if last:
                    raise
        raise AssertionError("unreachable")

    def watch(self, target, count, seconds=5.0, token=None, **headers):
        """Reads `count` events of a watch, or those that come in `seconds`, or all until it ends."""
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        context = self.admin if token is None else self.trusting
        connection = http.client.HTTPSConnection(self.url.netloc, context=context, timeout=seconds)
        events, text = [], ""
        try:
            connection.request("GET", self.url.path.rstrip("/") + target, None, self.headers(token, extra))
            answer = connection.getresponse()
            found = {n.lower(): v for n, v in answer.getheaders()}
            if answer.status != 200:
                return Answer(answer.status, found, answer.read().decode(errors="replace"))
            deadline = time.monotonic() + seconds
            while len(events) < count and time.monotonic() < deadline:
                line = answer.readline()
                if not line:
                    text = "ended"
                    break
                events.append(json.loads(line))
            return Answer(200, found, text, events)
        except (TimeoutError, ConnectionError):
            return Answer(200, {}, "no more events", events)
        finally:
            connection.close()
