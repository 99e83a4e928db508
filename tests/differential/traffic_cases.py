"""What the traffic test breaks in a mesh of two clusters, and who is heard afterwards: one case a row."""

import dataclasses
from typing import Callable

from traffic_bed import GATEWAY, SAMPLE, SYSTEM, Mesh, remote_kubeconfig

from bed import TOKEN_SECRET, remote_secret

EXPOSE = "cross-network-gateway"
NETWORK = "topology.istio.io/network"
HELLO = "helloworld-v2"
READER = "istio-reader-clusterrole-asm-1233-2-istio-system"


@dataclasses.dataclass
class Case:
    name: str
    act: Callable[[Mesh], object]
    # Versions that answer calls from c1 and c2.
    c1: str = "12"
    c2: str = "12"
    # (cluster, peer): status that clusterz comes to have.
    clusterz: dict = dataclasses.field(default_factory=dict)
    # Pods of (cluster, namespace, app) to replace after the break, for connections that are open stay so.
    renew: tuple = ()
    # The same after healing.
    restart: tuple = ()
    seconds: int = 30
    # Looks in a row that must see the same. What changes nothing has no moment at which it has come about.
    rounds: int = 2
    # Some rows are in continuous integration.
    quick: bool = False


NO_CHANGE = 4
SLEEP = (("c1", SAMPLE, "sleep"),)
ISTIOD = (("c1", SYSTEM, "istiod"),)


def label(cluster, kind, name, key, value, namespace=SYSTEM):
    return lambda mesh: mesh.merge(cluster, kind, name, {"metadata": {"labels": {key: value}}}, namespace)


def spec(cluster, kind, name, patch, namespace=SYSTEM):
    return lambda mesh: mesh.merge(cluster, kind, name, {"spec": patch}, namespace)


def gone(cluster, kind, name, namespace=SYSTEM):
    return lambda mesh: mesh.delete(cluster, kind, name, namespace)


def kubeconfig(change):
    """Of c1's remote Secret for c2."""
    return lambda mesh: remote_kubeconfig(mesh, "c1", change)


def replaced_line(start, line):
    """A kubeconfig with another line where one begins so, whatever its depth."""
    def change(text):
        lines = text.splitlines()
        places = [i for i, one in enumerate(lines) if one.strip().startswith(start)]
        lines[places[0]] = lines[places[0]][:lines[places[0]].index(start)] + line
        return "\n".join(lines) + "\n"
    return change


def server_of_expose(change):
    def edit(thing):
        change(thing["spec"]["servers"][0])
    return lambda mesh: mesh.edit("c2", "Gateway", EXPOSE, edit)


def port_of_gateway(mesh):
    def edit(service):
        next(port for port in service["spec"]["ports"] if port["port"] == 15443)["port"] = 15444
    mesh.edit("c2", "Service", GATEWAY, edit)


def second_gateway(mesh):
    """Opens the port of the first one by other hosts, so that Envoy sees one name twice."""
    mesh.create("c2", "Gateway", {
        "apiVersion": "networking.istio.io/v1beta1", "kind": "Gateway", "metadata": {"name": "second", "namespace": SYSTEM},
        "spec": {"selector": {"istio": GATEWAY.removeprefix("istio-")},
                 "servers": [{"port": {"number": 15443, "name": "tls", "protocol": "TLS"}, "tls": {"mode": "AUTO_PASSTHROUGH"},
                              "hosts": ["*.svc.cluster.local"]}]}})


def authentication(cluster, mode, namespace):
    return lambda mesh: mesh.create(cluster, "PeerAuthentication", {
        "apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication", "metadata": {"name": "default", "namespace": namespace},
        "spec": {"mtls": {"mode": mode}}}, namespace)


def strict_everywhere(mesh):
    for cluster in ("c1", "c2"):
        authentication(cluster, "STRICT", SYSTEM)(mesh)


def plain_rule(mesh):
    mesh.create("c1", "DestinationRule", {
        "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "metadata": {"name": "plain", "namespace": SAMPLE},
        "spec": {"host": f"helloworld.{SAMPLE}.svc.cluster.local", "trafficPolicy": {"tls": {"mode": "DISABLE"}}}}, SAMPLE)


def other_key(mesh):
    """c1 knows c2 by another name."""
    def edit(secret):
        secret["data"] = {"other": next(iter(secret["data"].values()))}
    mesh.edit("c1", "Secret", remote_secret("c2"), edit)


def two_keys(mesh):
    """c1 knows c2 by two names."""
    def edit(secret):
        secret["data"]["other"] = next(iter(secret["data"].values()))
    mesh.edit("c1", "Secret", remote_secret("c2"), edit)


def both_secrets(mesh):
    mesh.delete("c1", "Secret", remote_secret("c2"))
    mesh.delete("c2", "Secret", remote_secret("c1"))


def no_sidecar(mesh):
    mesh.merge("c2", "Deployment", HELLO,
               {"spec": {"template": {"metadata": {"labels": {"sidecar.istio.io/inject": "false"}}}}}, SAMPLE)


def mesh_without_c2(mesh):
    mesh.undo.append(lambda: mesh.mesh("c1", "c2"))
    mesh.mesh("c1")


CASES = [
    Case("healthy", lambda mesh: None, rounds=NO_CHANGE, quick=True),
    # What joins the clusters.
    Case("remote Secret deleted", gone("c1", "Secret", remote_secret("c2")), c1="1", quick=True),
    Case("remote Secrets of both deleted", both_secrets, c1="1", c2="2"),
    Case("remote Secret without its label", label("c1", "Secret", remote_secret("c2"), "istio/multiCluster", None), c1="1"),
    Case("remote Secret with a key of its own", other_key, clusterz={("c1", "other"): "synced"}),
    Case("remote Secret with two keys for one cluster", two_keys, clusterz={("c1", "other"): "synced"}),
    Case("remote Secret that is no kubeconfig", kubeconfig(lambda text: "{"), rounds=NO_CHANGE),
    Case("wrong token", kubeconfig(replaced_line("token: ", "token: wrong")), clusterz={("c1", "c2"): "syncing"}, rounds=NO_CHANGE,
         restart=ISTIOD, quick=True),
    Case("server that does not answer", kubeconfig(replaced_line("server: ", "server: https://127.0.0.1:1")),
         clusterz={("c1", "c2"): "syncing"}, rounds=NO_CHANGE, restart=ISTIOD),
    Case("token Secret deleted", gone("c2", "Secret", TOKEN_SECRET), rounds=NO_CHANGE, restart=ISTIOD),
    Case("API server down", lambda mesh: mesh.stop_api_server("c2"), rounds=NO_CHANGE,
         # Until the controllers have found it again.
         restart=(("c2", SAMPLE, "sleep"),)),
    # The gateway.
    Case("gateway scaled to nothing", spec("c2", "Deployment", GATEWAY, {"replicas": 0}), c1="1", quick=True),
    Case("gateway Service deleted", gone("c2", "Service", GATEWAY), c1="1"),
    Case("gateway Service without its network", label("c2", "Service", GATEWAY, NETWORK, None), c1="1"),
    Case("gateway Service of another network", label("c2", "Service", GATEWAY, NETWORK, "other"), c1="1"),
    Case("gateway Service that chooses no pod", spec("c2", "Service", GATEWAY, {"selector": {"foreign": "key"}}), c1="1", renew=SLEEP),
    Case("gateway Service with another port", port_of_gateway, c1="1", renew=SLEEP),
    Case("gateway port by label", label("c2", "Service", GATEWAY, "networking.istio.io/gatewayPort", "15444"), c1="1"),
    Case("gateway Service that keeps everybody out", spec("c2", "Service", GATEWAY, {"loadBalancerSourceRanges": ["203.0.113.0/24"]}),
         c1="1", renew=SLEEP),
    Case("gateway Service that is no load balancer", spec("c2", "Service", GATEWAY, {"type": "ClusterIP"}), c1="1", renew=SLEEP),
    Case("gateway with an external address beside", spec("c2", "Service", GATEWAY, {"externalIPs": ["192.0.2.77"]}), rounds=NO_CHANGE),
    Case("Gateway deleted", gone("c2", "Gateway", EXPOSE), c1="1", quick=True),
    Case("Gateway that chooses no pod", spec("c2", "Gateway", EXPOSE, {"selector": {"foreign": "key"}}), c1="1"),
    Case("Gateway of other hosts", server_of_expose(lambda one: one.update(hosts=["*.other.svc.cluster.local"])), c1="1"),
    Case("Gateway that ends TLS", server_of_expose(lambda one: one.update(tls={"mode": "PASSTHROUGH"})), c1="1"),
    Case("a second Gateway with overlapping hosts", second_gateway, rounds=NO_CHANGE),
    # Networks.
    Case("another network on the system namespace", label("c2", "Namespace", SYSTEM, NETWORK, "other"), rounds=NO_CHANGE, quick=True),
    Case("no network on the system namespace", label("c2", "Namespace", SYSTEM, NETWORK, None), rounds=NO_CHANGE),
    # The service.
    Case("helloworld scaled to nothing", spec("c2", "Deployment", HELLO, {"replicas": 0}, SAMPLE), c1="1", c2="1"),
    Case("Service deleted at the caller", gone("c1", "Service", "helloworld", SAMPLE), c1="2", c2="2"),
    Case("Service deleted at the peer", gone("c2", "Service", "helloworld", SAMPLE), c1="1", c2="1"),
    Case("internal traffic stays local", spec("c1", "Service", "helloworld", {"internalTrafficPolicy": "Local"}, SAMPLE), c1="1"),
    Case("a pod without a sidecar", no_sidecar, c1="1"),
    Case("STRICT everywhere", strict_everywhere, rounds=NO_CHANGE),
    Case("mutual TLS off at the peer", authentication("c2", "DISABLE", SAMPLE), c1="1", c2="2"),
    Case("mutual TLS off at the caller", authentication("c1", "DISABLE", SAMPLE), c1="1", c2="2"),
    Case("a rule of the caller without TLS", plain_rule, c1="1"),
    # mesh.
    Case("c2 leaves", mesh_without_c2, c1="1", c2="2", quick=True),
]
