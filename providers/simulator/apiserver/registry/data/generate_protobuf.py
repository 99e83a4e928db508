#!/usr/bin/env python3
"""Writes protobuf.json beside it: how the kinds that a client may send are numbered in protocol buffers.

    generate_protobuf.py DIR        DIR has the Go modules api@vX and apimachinery@vX of k8s.io

From the tags of the Go types. Each line is a message: {"name", "fields": {number: [JSON name, type, flags]}}, and for the
kinds themselves "kind": "apiVersion kind". Types: s text, i integer, b boolean, d double, y bytes, or a message's name; flags:
* repeated, % map, = inlined into the message above, ? pointer (a zero value means something).
"""

import glob
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = {
    "core.v1": "api@*/core/v1", "apps.v1": "api@*/apps/v1", "rbac.v1": "api@*/rbac/v1", "policy.v1": "api@*/policy/v1",
    "autoscaling.v2": "api@*/autoscaling/v2", "authentication.v1": "api@*/authentication/v1",
    "authorization.v1": "api@*/authorization/v1", "meta.v1": "apimachinery@*/pkg/apis/meta/v1"}
GROUPS = {"rbac": "rbac.authorization.k8s.io", "authentication": "authentication.k8s.io", "authorization": "authorization.k8s.io"}
# What kubectl creates with the clients of its own types; all else it sends as JSON.
KINDS = {
    "core.v1": "Namespace ServiceAccount Secret ConfigMap Service Pod", "apps.v1": "Deployment",
    "rbac.v1": "Role RoleBinding ClusterRole ClusterRoleBinding", "policy.v1": "PodDisruptionBudget",
    "autoscaling.v2": "HorizontalPodAutoscaler", "authentication.v1": "TokenRequest SelfSubjectReview",
    "authorization.v1": "SelfSubjectAccessReview SelfSubjectRulesReview"}
SCALARS = {"string": "s", "bool": "b", "int32": "i", "int64": "i", "float64": "d", "[]byte": "y"}
# Types that read and write themselves: the decoder knows them.
OWN = {"meta.v1.Time", "meta.v1.MicroTime", "meta.v1.FieldsV1", "resource.Quantity", "intstr.IntOrString",
       "runtime.RawExtension"}
FIELD = re.compile(r'^\t(?:(\w+)\s+)?(\S+)\s+`([^`]*protobuf:"[^`]*)`')


def read_package(name, directory):
    """Its structures {name: [(JSON name, Go type, number, inline)]} and the names that stand for other types."""
    structures, aliases, current = {}, {}, None
    for path in glob.glob(f"{directory}/{PACKAGES[name]}/*types.go"):
        for line in open(path, encoding="utf-8"):
            if opened := re.match(r"^type (\w+) struct {", line):
                current = structures.setdefault(opened.group(1), [])
            elif line.startswith("}"):
                current = None
            elif alias := re.match(r"^type (\w+) ([\w.\[\]*]+)$", line.rstrip()):
                aliases[alias.group(1)] = alias.group(2)
            elif current is not None and (field := FIELD.match(line)):
                number = int(re.search(r'protobuf:"\w+,(\d+)', field.group(3)).group(1))
                tag = re.search(r'json:"([^",]*)([^"]*)"', field.group(3))
                current.append((tag.group(1), field.group(2), number, "inline" in tag.group(2)))
    return structures, aliases


class Types:
    def __init__(self, directory):
        self.packages = {name: read_package(name, directory) for name in PACKAGES}
        self.messages = {}

    def full(self, package, go_type):
        """"v1.Pod" inside of a package's file as "core.v1.Pod"."""
        if "." not in go_type:
            return f"{package}.{go_type}"
        prefix, name = go_type.split(".")
        return {"metav1": "meta.v1", "v1": "core.v1", "corev1": "core.v1"}.get(prefix, prefix) + "." + name

    def resolve(self, package, go_type):
        """The type's letter or message, and its flags."""
        flags = ""
        if go_type.startswith("*"):
            go_type, flags = go_type[1:], "?"
        if go_type in SCALARS:
            return SCALARS[go_type], flags
        if go_type.startswith("[]"):
            return self.resolve(package, go_type[2:])[0], "*"
        if entry := re.match(r"map\[[\w.]+\](.+)", go_type):
            return self.resolve(package, entry.group(1))[0], "%"
        full = self.full(package, go_type)
        if full in OWN:
            return full.rsplit(".", 1)[1], flags
        home, name = full.rsplit(".", 1)
        if home == "types":
            return "s", flags
        structures, aliases = self.packages[home]
        if name in structures:
            self.add(home, name)
            return full, flags
        if name == "ExtraValue":
            self.messages[full] = {"name": full, "fields": {"1": ["", "s", "*"]}}
            return full, flags
        return tuple(a or b for a, b in zip(self.resolve(home, aliases[name]), ("", flags)))

    def add(self, package, name, left_out=""):
        full = f"{package}.{name}"
        if full in self.messages:
            return
        made = self.messages[full] = {"name": full, "fields": {}}
        for json_name, go_type, number, inline in self.packages[package][0][name]:
            if json_name == left_out:
                continue
            kind, flags = self.resolve(package, go_type)
            made["fields"][str(number)] = [json_name, kind, flags + ("=" if inline else "")]


def main():
    types = Types(sys.argv[1])
    for package, names in KINDS.items():
        group, version = package.split(".")
        prefix = "" if group == "core" else GROUPS.get(group, group) + "/"
        for name in names.split():
            types.add(package, name, left_out="status")
            types.messages[f"{package}.{name}"]["kind"] = f"{prefix}{version} {name}"
    lines = ",\n".join(json.dumps(types.messages[name], separators=(",", ":")) for name in sorted(types.messages))
    (HERE / "protobuf.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
