"""Makes answers of two servers comparable: what no two servers can have in common gets a name of its own, the same name
wherever the same value comes again. The n-th uid of a case becomes UID-n on both sides; what the case itself sent stays."""

import base64
import datetime
import json
import re

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?Z| \+0000 UTC)?( m=[+-][\d.]+)?")
ADDRESS = re.compile(r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b")
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
CURRENT = re.compile(r"(Too large resource version: \d+, current: )\d+")
VERSION_IN_TEXT = re.compile(r"((?:resource ?version|ResourceVersion)[^\d\n]{1,40})(\d+)", re.IGNORECASE)
# Of the warnings, those about fields that a kind does not have; others are not simulated.
UNKNOWN_FIELD = re.compile(r'unknown field \\"[^"\\]*\\"')
SUFFIX = "[bcdfghjklmnpqrstvwxz2456789]{5}"
TEMPLATE_HASH = re.compile(r"(?<=-)[bcdfghjklmnpqrstvwxz2456789]{8,10}\b")
MOUNT = re.compile(f"kube-api-access-{SUFFIX}")
WORD = re.compile(r"[\w.:-]+")
AGE = re.compile(r"^(\d+[smhd])+$|^<unknown>$|^<invalid>$")
HEADERS = ("content-type", "warning", "www-authenticate", "retry-after", "cache-control", "location", "allow")


class Names:
    """Values of one sort, named in the order in which they come."""

    def __init__(self, word):
        self.word, self.names = word, {}

    def of(self, value):
        return self.names.setdefault(value, f"{self.word}-{len(self.names) + 1}")


class Normal:
    """The answers of one case from one server. `written`: what the case sent to both servers, and so came from nobody."""

    def __init__(self, talk, written):
        self.written, self.server = written, talk.api
        self.names = {word: Names(word) for word in ("UID", "VERSION", "IP", "PORT", "HASH", "NAME")}
        self.words = {}  # generated words -> their names, replaced in every text
        for step in talk.steps:
            for body in bodies(step.answer):
                self.learn(body)

    def learn(self, value):
        """Finds generated names before anything is replaced, for they stand in messages too."""
        if isinstance(value, list):
            for item in value:
                self.learn(item)
        if not isinstance(value, dict):
            return
        labels = value.get("labels")
        if isinstance(labels, dict) and isinstance(labels.get("pod-template-hash"), str):
            self.words.setdefault(labels["pod-template-hash"], self.names["HASH"].of(labels["pod-template-hash"]))
        prefix, name = value.get("generateName"), value.get("name")
        if isinstance(prefix, str) and isinstance(name, str) and name.startswith(prefix) and name not in self.written:
            self.learn_suffix(name[len(prefix) :])
        elif isinstance(name, str) and "generateName" in self.written and name not in self.written and "causes" in value:
            self.learn_suffix(name[-5:])
        for item in value.values():
            self.learn(item)

    def learn_suffix(self, suffix):
        if re.fullmatch(SUFFIX, suffix):
            self.words.setdefault(suffix, self.names["NAME"].of(suffix))

    def answer(self, answer):
        """Status, headers that matter, and body or events, in one dict."""
        if not hasattr(answer, "status"):
            return self.value(answer)
        headers = {name: self.text(answer.headers[name]) for name in HEADERS if name in answer.headers}
        if "warning" in headers:
            headers["warning"] = UNKNOWN_FIELD.findall(headers["warning"])
        found = {"status": answer.status, "headers": {name: item for name, item in headers.items() if item}}
        if answer.events is not None:
            found["events"] = [self.value(event) for event in answer.events]
            found["end"] = answer.text
            found.pop("headers")
        elif answer.body is not None:
            found["body"] = self.value(answer.body)
        else:
            found["text"] = self.text(answer.text)
        return found

    def value(self, value, key=""):
        if isinstance(value, dict):
            return self.object(value)
        if isinstance(value, list):
            if key == "managedFields":
                return self.managers(value)
            return [self.value(item, key) for item in value]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            if key in ("nodePort", "healthCheckNodePort") and str(value) not in self.written:
                return self.names["PORT"].of(value)
            return value
        return self.string(value, key)

    def without_wording(self, status):
        """A refusal is compared by all but its wording. Of its causes reason and field count, each pair once and in no order,
        for a server checks some fields several times; a conflict's cause names the other manager in its message."""
        found = {key: item for key, item in status.items() if key != "message" and (key, item) != ("details", {})}
        causes = (status.get("details") or {}).get("causes")
        if causes:
            kept = ("reason", "field", "message")
            pairs = {tuple(c.get(k, "") for k in (kept if c.get("reason") == "FieldManagerConflict" else kept[:2])) for c in causes}
            found["details"] = {**status["details"], "causes": [dict(zip(kept, pair)) for pair in sorted(pairs)]}
        return found

    def object(self, value):
        if value.get("kind") == "Status" and value.get("status") == "Failure":
            value = self.without_wording(value)
        if value.get("type") == "BOOKMARK" and isinstance(value.get("object"), dict):
            own = value["object"].get("metadata") or {}
            kept = {key: value["object"].get(key) for key in ("apiVersion", "kind")}
            return {**value, "object": {**kept, "metadata": self.list_metadata(own)}}
        is_list = str(value.get("kind", "")).endswith("List") or value.get("kind") == "Table" and "rows" in value
        result = {}
        for key in sorted(value):
            item = value[key]
            if is_list and key == "metadata" and isinstance(item, dict):
                result[key] = self.list_metadata(item)
            elif key == "cells" and isinstance(item, list):
                result[key] = [self.cell(cell) for cell in item]
            else:
                result[self.text(key)] = self.value(item, key)
        return result

    def list_metadata(self, metadata):
        """A list's version moves with every write to the server, whoever made it."""
        result = dict(metadata)
        if "resourceVersion" in result and result["resourceVersion"] != "":
            result["resourceVersion"] = "LIST-VERSION" if result["resourceVersion"].isdigit() else result["resourceVersion"]
        if result.get("continue"):
            result["continue"] = "CONTINUE"
        return result

    def cell(self, cell):
        if isinstance(cell, str) and AGE.match(cell):
            return "AGE"
        if isinstance(cell, str) and re.fullmatch(r"[\d,:/A-Z]+", cell):
            return re.sub(r":(3\d{4})", lambda m: ":" + self.names["PORT"].of(int(m[1])), cell)
        return self.value(cell)

    def managers(self, entries):
        """In an order that does not hang on where a second ended, after the order itself was checked."""

        def rank(entry, time):
            return (
                entry.get("operation", ""),
                time,
                entry.get("manager", ""),
                entry.get("apiVersion", ""),
                entry.get("subresource", ""),
            )

        found = [rank(entry, entry.get("time", "")) for entry in entries]
        result = [self.object(entry) for entry in sorted(entries, key=lambda entry: rank(entry, ""))]
        return result if found == sorted(found) else ["NOT IN ORDER", *result]

    def string(self, text, key):
        if key == "resourceVersion" and text:
            return self.names["VERSION"].of(text)
        if key in ("time",) and TIME.fullmatch(text):
            return "TIME"
        if text and base64_token(text):
            return self.token(base64.b64decode(text).decode())
        if key == "ca.crt" and text in (self.server.ca, base64.b64encode(self.server.ca.encode()).decode()):
            return "CA"
        if TOKEN.fullmatch(text) and text not in self.written:
            return self.token(text)
        return self.text(text)

    def text(self, text):
        """Replaces what is volatile within any text."""
        text = TOKEN.sub("TOKEN", text)
        text = MOUNT.sub("kube-api-access-NAME", text)
        text = UUID.sub(lambda m: self.names["UID"].of(m[0]), text)
        text = TIME.sub(self.time, text)
        text = ADDRESS.sub(lambda m: m[0] if m[0] in self.written else self.names["IP"].of(m[0]), text)
        text = TEMPLATE_HASH.sub(lambda m: self.names["HASH"].of(m[0]), text)
        text = CURRENT.sub(r"\1VERSION", text)
        text = VERSION_IN_TEXT.sub(lambda m: m[1] + self.names["VERSION"].names.get(m[2], m[2]), text)
        for word, name in self.words.items():
            text = text.replace(word, name)
        return text

    def time(self, match):
        """A case that sends times of its own takes old ones: those of today it has from the server."""
        if match[0] in self.written and match[0][:10] < datetime.date.today().isoformat():
            return match[0]
        return "MICROTIME" if match[1] and len(match[1]) == 7 else "TIME"

    def token(self, text):
        """The claims of a token, its times relative to when it was issued."""
        head, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in text.split(".")[:2])
        start = claims.get("iat", 0)
        for name in ("exp", "nbf", "iat"):
            if name in claims:
                claims[name] = f"issued {claims[name] - start:+d} s"
        head.pop("kid", None)
        warn = (claims.get("kubernetes.io") or {}) if isinstance(claims.get("kubernetes.io"), dict) else {}
        if "warnafter" in warn:
            warn["warnafter"] = f"issued {warn['warnafter'] - start:+d} s"
        return {"head": head, "claims": self.value(claims)}


def written_by(real, other):
    """What a case sent to both servers, word by word; a value that one server gave and the case sent back is not among it."""
    return set(WORD.findall("\n".join(real.sent))) & set(WORD.findall("\n".join(other.sent)))


def base64_token(text):
    return text.startswith("ZXlK") and len(text) > 200


def bodies(answer):
    if hasattr(answer, "status"):
        return [answer.body] + list(answer.events or [])
    return [answer]
