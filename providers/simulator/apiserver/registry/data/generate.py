#!/usr/bin/env python3
"""Writes the data beside it from what a real API server says:

    tests/realcluster/run.sh --clusters 1 -- python3 providers/simulator/apiserver/registry/data/generate.py

resources.json: discovery's entries of the built-in kinds that are simulated, in its order of groups.
definitions.json: Istio's CustomResourceDefinitions without schemas and columns.
rbac.json: the rights with which a cluster begins.
"""

import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[4] / "tests" / "e2e"))
os.environ.setdefault("MESH_BIN", "none")  # bed.py is for tests of the program
from bed import kube  # noqa: E402

SERVED = {
    "v1": "configmaps endpoints events namespaces nodes pods secrets serviceaccounts services",
    "apps/v1": "deployments replicasets",
    "authentication.k8s.io/v1": "selfsubjectreviews",
    "authorization.k8s.io/v1": "selfsubjectaccessreviews selfsubjectrulesreviews",
    "autoscaling/v2": "horizontalpodautoscalers",
    "policy/v1": "poddisruptionbudgets",
    "rbac.authorization.k8s.io/v1": "clusterrolebindings clusterroles rolebindings roles",
    "admissionregistration.k8s.io/v1": "mutatingwebhookconfigurations validatingwebhookconfigurations",
    "apiextensions.k8s.io/v1": "customresourcedefinitions",
    "coordination.k8s.io/v1": "leases",
    "discovery.k8s.io/v1": "endpointslices",
}
SUBRESOURCES = ("binding", "exec", "log", "proxy", "scale", "status", "token")

# No real server here has it: what GKE's connect agent installs on a cluster of a fleet.
MEMBERSHIPS = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": {"name": "memberships.hub.gke.io"},
    "spec": {
        "group": "hub.gke.io", "scope": "Cluster",
        "names": {"kind": "Membership", "listKind": "MembershipList", "plural": "memberships", "singular": "membership"},
        "versions": [{"name": "v1", "served": True, "storage": True,
                      "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}
# Who needs them runs outside of a simulated cluster or is played by a member of system:masters.
LEFT_OUT_ROLES = ("system:controller:", "system:node", "system:kube-", "system::", "system:certificates", "system:heapster",
                  "system:persistent-volume", "system:volume", "system:kubelet")


def write(name, items):
    lines = ",\n".join(json.dumps(item, separators=(",", ":"), sort_keys=True) for item in items)
    (HERE / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def path_of(group_version):
    return f"/api/{group_version}" if group_version == "v1" else f"/apis/{group_version}"


def resources(server):
    order = ["v1"] + [version["groupVersion"] for group in server.request("GET", "/apis")["groups"]
                      for version in group["versions"]]
    for group_version in order:
        for entry in server.request("GET", path_of(group_version))["resources"]:
            resource, _, part = entry["name"].partition("/")
            if part and (part not in SUBRESOURCES or (part == "proxy" and resource != "pods")):
                continue
            if resource in SERVED.get(group_version, "").split():
                entry.pop("storageVersionHash", None)
                yield {"groupVersion": group_version, **entry}


def definitions(server):
    for item in server.request("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]:
        for version in item["spec"]["versions"]:
            version["schema"] = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
            version.pop("additionalPrinterColumns", None)
        metadata = {key: value for key, value in item["metadata"].items() if key in ("name", "labels")}
        item["spec"].pop("conversion", None)
        yield {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata,
               "spec": item["spec"]}
    yield MEMBERSHIPS


def rbac(server):
    for kind, plural in (("ClusterRole", "clusterroles"), ("ClusterRoleBinding", "clusterrolebindings")):
        for item in server.request("GET", f"/apis/rbac.authorization.k8s.io/v1/{plural}")["items"]:
            if item["metadata"].get("labels", {}).get("kubernetes.io/bootstrapping") != "rbac-defaults":
                continue
            if item["metadata"]["name"].startswith(LEFT_OUT_ROLES):
                continue
            metadata = {key: value for key, value in item["metadata"].items() if key in ("name", "labels", "annotations")}
            yield {**item, "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata}


def main():
    server = kube("c1")
    write("resources.json", resources(server))
    write("definitions.json", definitions(server))
    write("rbac.json", rbac(server))


if __name__ == "__main__":
    main()
