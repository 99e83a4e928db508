"""Every field that mesh writes, with a foreign entry in it or beside it: planned with its owner and taken away, or harmless.

The table of providers/istio/FACTS.md says why; each of its rows has a case here. One mesh is applied, then each case writes as
another field manager, plans, applies, and finds the object as it was before.

Bed: --clusters 2 --istiod asm-1233-2 --cluster-id-prefix cn-acme-fleet-global-
"""

import json
from dataclasses import dataclass

import any_order
from bed import (GATEWAY, SIMULATED, SYSTEM, TOKEN_SECRET, Case, Workdir, cluster_id, eventually, kube, path_of, remote_secret,
                 spec_text)

GUEST = "guest"
ACCOUNT = "istio-reader-service-account"
ROLE = f"mesh-istio-reader-{SYSTEM}"
EXPOSE = "cross-network-gateway"
SECRET = remote_secret("c2")
PROXY = 'spec.template.spec.containers[name="istio-proxy"]'
PLATFORMS = {"c1": '"kubernetes"', "c2": '"aks"'}

ACTIONS = {"Namespace": "network", "ServiceAccount": "gateway", "ClusterRole": "reader", "ClusterRoleBinding": "reader",
           "Deployment": "gateway", "Service": "gateway", "HorizontalPodAutoscaler": "gateway",
           "PodDisruptionBudget": "gateway", "Gateway": "expose"}
OWNED = (("ClusterRole", ROLE), ("ClusterRoleBinding", ROLE), ("ServiceAccount", GATEWAY), ("Deployment", GATEWAY),
         ("Service", GATEWAY), ("HorizontalPodAutoscaler", GATEWAY), ("PodDisruptionBudget", GATEWAY), ("Gateway", EXPOSE),
         ("Secret", SECRET))


@dataclass
class Foreign:
    """One foreign write: what is patched, and the paths that the plan names; without paths it is harmless."""

    name: str
    kind: str
    object: str
    patch: dict | list
    paths: tuple = ()
    cluster: str = "c1"
    # What else controllers make of it, waited for before the plan.
    settled: object = None
    # A field of `spec` that stays behind and is harmless.
    leaves: str = ""

    @property
    def address(self):
        action = ACTIONS.get(self.kind, "reader" if self.object == TOKEN_SECRET else "discovery/c2")
        return f"{self.cluster}/{'reader' if self.object == ACCOUNT else action}"


def labels(values):
    return {"metadata": {"labels": values}}


def label(key, value="x"):
    return labels({key: value})


def annotations(values):
    return {"metadata": {"annotations": values}}


def annotation(key, value="x"):
    return annotations({key: value})


def spec(**fields):
    return {"spec": fields}


def pod(**fields):
    return {"spec": {"template": {"spec": fields}}}


def template(metadata):
    return {"spec": {"template": metadata}}


def proxy(**fields):
    return pod(containers=[{"name": "istio-proxy", **fields}])


def at(group, key, prefix=""):
    return f'{prefix}metadata.{group}["{key}"]' if "/" in key else f"{prefix}metadata.{group}.{key}"


def all_at(group, keys, prefix=""):
    return tuple(at(group, key, prefix) for key in keys)


def owner(api):
    """An owner that exists, so that the garbage collector leaves the object alone while the test looks."""
    namespace = api.get("Namespace", SYSTEM, "")
    return {"apiVersion": "v1", "kind": "Namespace", "name": SYSTEM, "uid": namespace["metadata"]["uid"]}


def managers(thing):
    return {entry["manager"] for entry in thing["metadata"]["managedFields"]}


NETWORK = "topology.istio.io/network"
AGGREGATE = "rbac.authorization.k8s.io/aggregate-to-"
AGGREGATED = [f"{AGGREGATE}{verb}" for verb in ("admin", "edit", "view")]
POD_LABELS = {NETWORK: "other", "sidecar.istio.io/inject": "false", "istio.io/rev": "other"}
POD_ANNOTATIONS = {"inject.istio.io/templates": "sidecar", "sidecar.istio.io/inject": "false",
                   "proxy.istio.io/overrides": "{}",
                   "sidecar.istio.io/bootstrapOverride": "other", "sidecar.istio.io/discoveryAddress": "elsewhere:15012",
                   "sidecar.istio.io/status": '{"containers":["istio-proxy"]}'}
SERVICE_LABELS = {NETWORK: "other", "networking.istio.io/gatewayPort": "443", "service.kubernetes.io/service-proxy-name": "other"}
AGAINST_PASSTHROUGH = {f"service.beta.kubernetes.io/aws-load-balancer-{name}": "x"
                       for name in ("ssl-cert", "backend-protocol", "proxy-protocol")}
SECRET_ANNOTATIONS = {key: "x" for key in ("networking.istio.io/cluster", "mesh-engine.dev/server", "mesh-engine.dev/token-secret-uid",
                                           "kubectl.kubernetes.io/last-applied-configuration")}
DIALLED = {"name": "probe", "containerPort": 8080}
LATER_PORTS = [{"op": "replace", "path": "/spec/ports/1/port", "value": 15444}]
RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
TEMPLATE = "spec.template."
SPREAD = "preferredDuringSchedulingIgnoredDuringExecution"

NETWORK_CASES = [
    Foreign("network label", "Namespace", SYSTEM, label(NETWORK, "other"), (at("labels", NETWORK),)),
]

READER_CASES = [
    Foreign("a rule", "ClusterRole", ROLE, {"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}, ("rules",)),
    Foreign("rules that a controller gathers", "ClusterRole", ROLE,
            {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {f"{AGGREGATE}view": "true"}}]}},
            ("aggregationRule",) if SIMULATED else ("aggregationRule", "rules"),
            settled=lambda role: SIMULATED or "clusterrole-aggregation-controller" in managers(role)),
    Foreign("rules for all who view, edit or administer", "ClusterRole", ROLE, labels({key: "true" for key in AGGREGATED}),
            all_at("labels", AGGREGATED)),
    Foreign("a subject", "ClusterRoleBinding", ROLE,
            {"subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": SYSTEM},
                          {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "guest"}]}, ("subjects",)),
    Foreign("a token that counts no more", "Secret", TOKEN_SECRET, label("kubernetes.io/legacy-token-invalid-since", "2026-01-01"),
            (at("labels", "kubernetes.io/legacy-token-invalid-since"),)),
]

DEPLOYMENT_CASES = [
    Foreign("no pods", "Deployment", GATEWAY, spec(replicas=0), ("spec.replicas",)),
    Foreign("paused", "Deployment", GATEWAY, spec(paused=True), ("spec.paused",)),
    Foreign("old pods end first", "Deployment", GATEWAY, spec(strategy={"type": "Recreate", "rollingUpdate": None}),
            ("spec.strategy.type",)),
    Foreign("all old pods may end first", "Deployment", GATEWAY, spec(strategy={"rollingUpdate": {"maxUnavailable": "100%"}}),
            ("spec.strategy.rollingUpdate.maxUnavailable",)),
    Foreign("label", "Deployment", GATEWAY, label(NETWORK, "other"), (at("labels", NETWORK),)),
    Foreign("labels of the pods", "Deployment", GATEWAY, template(labels(POD_LABELS)), all_at("labels", POD_LABELS, TEMPLATE)),
    Foreign("annotations of the pods", "Deployment", GATEWAY, template(annotations(POD_ANNOTATIONS)),
            all_at("annotations", POD_ANNOTATIONS, TEMPLATE)),
    # Beside our sysctl the API server refuses it.
    Foreign("host network", "Deployment", GATEWAY, pod(hostNetwork=True, securityContext={"sysctls": None}),
            ("spec.template.spec.hostNetwork", "spec.template.spec.securityContext.sysctls")),
    Foreign("another account", "Deployment", GATEWAY, pod(serviceAccountName="default"),
            ("spec.template.spec.serviceAccountName",)),
    Foreign("another spread", "Deployment", GATEWAY, pod(affinity={"podAntiAffinity": {SPREAD: [{"weight": 1, "podAffinityTerm": {
        "labelSelector": {"matchLabels": {"team": "x"}}, "topologyKey": "zone"}}]}}),
            (f"spec.template.spec.affinity.podAntiAffinity.{SPREAD}",)),
    Foreign("image", "Deployment", GATEWAY, proxy(image="proxy:mine"), (f"{PROXY}.image",)),
    Foreign("another program", "Deployment", GATEWAY, proxy(command=["sleep"], args=["9"]), (f"{PROXY}.command", f"{PROXY}.args")),
    Foreign("a variable", "Deployment", GATEWAY, proxy(env=[{"name": "ISTIO_META_NETWORK", "value": "other"},
                                                            {"name": "CA_ADDR", "value": "elsewhere:15012"}]),
            (f'{PROXY}.env[name="ISTIO_META_NETWORK"]', f'{PROXY}.env[name="CA_ADDR"]')),
    Foreign("our variable", "Deployment", GATEWAY, proxy(env=[{"name": "ISTIO_META_REQUESTED_NETWORK_VIEW", "value": "other"}]),
            (f'{PROXY}.env[name="ISTIO_META_REQUESTED_NETWORK_VIEW"].value',)),
    Foreign("variables from elsewhere", "Deployment", GATEWAY, proxy(envFrom=[{"configMapRef": {"name": "kube-root-ca.crt"}}]),
            (f"{PROXY}.envFrom",)),
    Foreign("another probe", "Deployment", GATEWAY, proxy(readinessProbe={"exec": {"command": ["true"]}}),
            (f"{PROXY}.readinessProbe",)),
    Foreign("a port of the node", "Deployment", GATEWAY, proxy(ports=[{"containerPort": 15443, "hostPort": 15443}]),
            (f'{PROXY}.ports[containerPort=15443,protocol="TCP"].hostPort',)),
    Foreign("resources", "Deployment", GATEWAY, proxy(resources={"limits": {"memory": "64Mi"}, "requests": {"memory": "64Mi"}}),
            (f"{PROXY}.resources.limits.memory", f"{PROXY}.resources.requests.memory")),
    Foreign("rights in the container", "Deployment", GATEWAY, proxy(securityContext={"readOnlyRootFilesystem": False}),
            (f"{PROXY}.securityContext.readOnlyRootFilesystem",)),
]

SERVICE_CASES = [
    Foreign("a key in the selector", "Service", GATEWAY, spec(selector={"team": "x"}), ("spec.selector",)),
    Foreign("port number", "Service", GATEWAY, LATER_PORTS,
            ('spec.ports[port=15443,protocol="TCP"]', 'spec.ports[port=15444,protocol="TCP"]')),
    Foreign("port name", "Service", GATEWAY, spec(ports=[{"port": 15443, "name": "other"}]),
            ('spec.ports[port=15443,protocol="TCP"].name',)),
    Foreign("target port", "Service", GATEWAY, spec(ports=[{"port": 15443, "targetPort": 443}]),
            ('spec.ports[port=15443,protocol="TCP"].targetPort',)),
    Foreign("no load balancer", "Service", GATEWAY, spec(type="ClusterIP"), ("spec.type",)),
    Foreign("another name", "Service", GATEWAY,
            spec(type="ExternalName", externalName="gateway.example", clusterIP=None, clusterIPs=None), ("spec.type",),
            leaves="externalName"),
    Foreign("external IPs", "Service", GATEWAY, spec(externalIPs=["192.0.2.7"]), ("spec.externalIPs",)),
    Foreign("source ranges", "Service", GATEWAY, spec(loadBalancerSourceRanges=["192.0.2.0/24"]), ("spec.loadBalancerSourceRanges",)),
    Foreign("older source ranges", "Service", GATEWAY, annotation(RANGES, "192.0.2.0/24"), (at("annotations", RANGES),)),
    Foreign("pods that are not ready", "Service", GATEWAY, spec(publishNotReadyAddresses=True), ("spec.publishNotReadyAddresses",)),
    Foreign("labels", "Service", GATEWAY, labels(SERVICE_LABELS), all_at("labels", SERVICE_LABELS)),
    Foreign("TLS that ends early", "Service", GATEWAY, annotations(AGAINST_PASSTHROUGH), all_at("annotations", AGAINST_PASSTHROUGH)),
]

SCALING_CASES = [
    Foreign("another target", "HorizontalPodAutoscaler", GATEWAY, spec(scaleTargetRef={"name": "other"}),
            ("spec.scaleTargetRef.name",)),
    Foreign("least pods", "HorizontalPodAutoscaler", GATEWAY, spec(minReplicas=1), ("spec.minReplicas",)),
    Foreign("most pods", "HorizontalPodAutoscaler", GATEWAY, spec(maxReplicas=2), ("spec.maxReplicas",)),
    Foreign("a metric", "HorizontalPodAutoscaler", GATEWAY,
            spec(metrics=[{"type": "Resource", "resource": {"name": "memory", "target": {
                "type": "Utilization", "averageUtilization": 9}}}]),
            ("spec.metrics",)),
    Foreign("no more pods", "HorizontalPodAutoscaler", GATEWAY, spec(behavior={"scaleUp": {"selectPolicy": "Disabled"}}),
            ("spec.behavior.scaleUp.selectPolicy",), leaves="behavior"),
    Foreign("the other bound", "PodDisruptionBudget", GATEWAY, spec(minAvailable=None, maxUnavailable=0),
            ("spec.minAvailable", "spec.maxUnavailable")),
    Foreign("bound", "PodDisruptionBudget", GATEWAY, spec(minAvailable=0), ("spec.minAvailable",)),
    Foreign("selector of the budget", "PodDisruptionBudget", GATEWAY, spec(selector={"matchLabels": {"team": "x"}}),
            ("spec.selector",)),
    Foreign("label of the account", "ServiceAccount", GATEWAY, label("app", "other"), (at("labels", "app"),)),
]

SERVER = {"port": {"number": 15443, "name": "tls", "protocol": "TLS"}, "tls": {"mode": "AUTO_PASSTHROUGH"}, "hosts": ["*.local"]}
EXPOSE_CASES = [
    Foreign("a key in the selector", "Gateway", EXPOSE, spec(selector={"team": "x"}), ("spec.selector.team",)),
    Foreign("a server", "Gateway", EXPOSE,
            spec(servers=[SERVER, {**SERVER, "port": {"number": 443, "name": "more", "protocol": "TLS"}}]), ("spec.servers",)),
    Foreign("a host", "Gateway", EXPOSE, spec(servers=[{**SERVER, "hosts": ["*.local", "*.example"]}]), ("spec.servers",)),
    Foreign("another mode", "Gateway", EXPOSE, spec(servers=[{**SERVER, "tls": {"mode": "PASSTHROUGH"}}]), ("spec.servers",)),
    Foreign("another revision", "Gateway", EXPOSE, label("istio.io/rev", "other"), (at("labels", "istio.io/rev"),)),
    Foreign("Services in the place of the selector", "Gateway", EXPOSE, annotation("internal.istio.io/gateway-service", "other"),
            (at("annotations", "internal.istio.io/gateway-service"),)),
]

DISCOVERY_CASES = [
    Foreign("another cluster", "Secret", SECRET, {"data": {"guest": "eA=="}}, ("data.guest",)),
    Foreign("another kubeconfig", "Secret", SECRET, {"data": {cluster_id("c2"): "eA=="}}, (f"data.{cluster_id('c2')}",)),
    Foreign("label that istiod selects by", "Secret", SECRET, label("istio/multiCluster", "false"),
            (at("labels", "istio/multiCluster"),)),
    Foreign("annotations", "Secret", SECRET, annotations(SECRET_ANNOTATIONS), all_at("annotations", SECRET_ANNOTATIONS)),
    # Last: mesh makes a new Secret.
    Foreign("no further change", "Secret", SECRET, {"immutable": True}, ("replace",)),
]

HARMLESS = [
    Foreign("labels of the namespace", "Namespace", SYSTEM, label("team")),
    Foreign("accounts", "ServiceAccount", ACCOUNT,
            {"automountServiceAccountToken": False, "secrets": [{"name": "x"}], "imagePullSecrets": [{"name": "x"}]}),
    Foreign("accounts", "ServiceAccount", GATEWAY,
            {"automountServiceAccountToken": False, "secrets": [{"name": "x"}], "imagePullSecrets": [{"name": "x"}]}),
    Foreign("content of the token Secret", "Secret", TOKEN_SECRET, {"immutable": True, "data": {"more": "eA=="}}),
    Foreign("rollouts", "Deployment", GATEWAY, spec(minReadySeconds=1, revisionHistoryLimit=2, progressDeadlineSeconds=99)),
    Foreign("metadata of the pods", "Deployment", GATEWAY,
            template({"metadata": {"labels": {"team": "x"},
                                   "annotations": {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z",
                                                   "proxy.istio.io/config": "concurrency: 2"}}})),
    Foreign("places of the pods", "Deployment", GATEWAY,
            pod(nodeSelector={"disk": "fast"}, tolerations=[{"operator": "Exists"}], terminationGracePeriodSeconds=9,
                dnsPolicy="Default", automountServiceAccountToken=False,
                hostAliases=[{"ip": "192.0.2.7", "hostnames": ["x.example"]}])),
    Foreign("more containers", "Deployment", GATEWAY,
            pod(containers=[{"name": "more", "image": "more"}], initContainers=[{"name": "first", "image": "first"}],
                volumes=[{"name": "more", "emptyDir": {}}])),
    Foreign("more in the container", "Deployment", GATEWAY,
            proxy(ports=[DIALLED], imagePullPolicy="Always", env=[{"name": "EXTRA", "value": "1"}],
                  volumeMounts=[{"name": "more", "mountPath": "/more"}])),
    Foreign("a port", "Service", GATEWAY, spec(ports=[{"name": "more", "port": 80}])),
    Foreign("ways of the Service", "Service", GATEWAY,
            spec(externalTrafficPolicy="Local", internalTrafficPolicy="Local", sessionAffinity="ClientIP",
                 allocateLoadBalancerNodePorts=False, ipFamilyPolicy="PreferDualStack")),
    Foreign("annotations of the Service", "Service", GATEWAY,
            {"metadata": {"annotations": {"networking.istio.io/exportTo": "~", "traffic.istio.io/nodeSelector": "{}"}}}),
    Foreign("what a port is for", "Service", GATEWAY, spec(ports=[{"port": 15443, "appProtocol": "tls"}])),
    Foreign("how fast it scales", "HorizontalPodAutoscaler", GATEWAY, spec(behavior={"scaleDown": {"stabilizationWindowSeconds": 9}})),
    Foreign("pods that are not healthy", "PodDisruptionBudget", GATEWAY, spec(unhealthyPodEvictionPolicy="AlwaysAllow")),
    Foreign("metadata of a Gateway", "Gateway", EXPOSE, {"metadata": {"labels": {"team": "x"}, "annotations": {"team": "x"}}}),
    Foreign("metadata of a remote Secret", "Secret", SECRET, {"metadata": {"labels": {"team": "x"}, "annotations": {"team": "x"}}}),
]


def core(thing, leaves=""):
    """What mesh and others decide of an object, without what servers and controllers fill in."""
    kept = json.loads(json.dumps({key: value for key, value in thing.items() if key not in ("status", "data")}))
    for name in ("uid", "resourceVersion", "generation", "managedFields", "creationTimestamp"):
        kept["metadata"].pop(name, None)
    kept["metadata"].get("annotations", {}).pop("deployment.kubernetes.io/revision", None)
    for part in ("labels", "annotations"):
        if not kept["metadata"].get(part):
            kept["metadata"].pop(part, None)
    fields = kept.get("spec", {})
    for name in ("replicas", "clusterIP", "clusterIPs", "healthCheckNodePort", leaves):
        fields.pop(name, None)
    fields["ports"] = sorted(({k: v for k, v in port.items() if k != "nodePort"} for port in fields.get("ports", [])),
                             key=lambda port: port["port"])
    return kept


def only(address):
    """Chooses the action, and for a discovery what it was made from: a peer that is not chosen is not read."""
    return ["--only", address] + (["--only", "c2/reader"] if "/discovery/" in address else [])


class Applied(Case):
    """A mesh that was applied for all tests of the class."""

    @classmethod
    def setUpClass(cls):
        cls.work = Workdir()
        cls.work.write(spec_text({name: {"platform": platform} for name, platform in PLATFORMS.items()}))
        run = cls.work.mesh("apply", "--auto-approve")
        assert run.code == 0, run
        cls.api = {name: kube(name) for name in PLATFORMS}

    @classmethod
    def tearDownClass(cls):
        run = cls.work.mesh("destroy", "--auto-approve")
        assert run.code == 0, run

    def write(self, case):
        api = self.api[case.cluster]
        namespace = "" if case.kind in ("Namespace", "ClusterRole", "ClusterRoleBinding") else SYSTEM
        if isinstance(case.patch, list):
            return api.json_patch(case.kind, case.object, case.patch, GUEST)
        # Kinds of custom resources know no strategic merge.
        kind = "merge-patch" if case.kind == "Gateway" else "strategic-merge-patch"
        path = f"{path_of(case.kind, case.object, namespace)}?fieldManager={GUEST}"
        return api.request("PATCH", path, case.patch, f"application/{kind}+json")


class TakenAway(Applied):
    def plan(self, address, code):
        run = self.ok(self.work.mesh("plan", *only(address), "--detailed-exitcode", "--format", "json"), code)
        return next(action for action in run.json()["actions"] if action["address"] == address)

    def taken_away(self, case):
        api = self.api[case.cluster]
        before = core(api.get(case.kind, case.object))
        self.write(case)
        if case.settled:
            self.assertTrue(eventually(lambda: case.settled(api.get(case.kind, case.object))))
        planned = next(thing for thing in self.plan(case.address, 2)["objects"]
                       if (thing["kind"], thing["name"]) == (case.kind, case.object))
        found = {change["path"]: {by["manager"] for by in change["owned_by"]} for change in planned["changes"]}
        if case.paths == ("replace",):
            self.assertEqual(planned["operation"], "replace")
            found["replace"] = {by for names in found.values() for by in names}
        for path in case.paths:
            self.assertIn(path, found)
        # A removal leaves no owner, so that of several paths one may have none.
        self.assertTrue(any(GUEST in found[path] for path in case.paths), found)
        self.ok(self.work.mesh("apply", *only(case.address), "--auto-approve"))
        self.plan(case.address, 0)
        self.assertEqual(core(api.get(case.kind, case.object), case.leaves), before)

    def each(self, cases):
        for case in cases:
            with self.subTest(f"{case.kind}: {case.name}"):
                self.taken_away(case)

    def test_the_network(self):
        self.each(NETWORK_CASES)

    def test_the_reader(self):
        self.each(READER_CASES)

    def test_the_role_that_is_bound(self):
        api, path = self.api["c1"], path_of("ClusterRoleBinding", ROLE)
        binding = api.request("GET", path)
        api.request("DELETE", path)
        binding["roleRef"]["name"] = "cluster-admin"
        binding["metadata"] = {"name": ROLE, "labels": binding["metadata"]["labels"]}
        api.request("POST", f"{path_of('ClusterRoleBinding')}?fieldManager={GUEST}", binding)
        planned = next(thing for thing in self.plan("c1/reader", 2)["objects"] if thing["kind"] == "ClusterRoleBinding")
        self.assertEqual(planned["operation"], "replace")
        self.assertIn("roleRef", {change["path"] for change in planned["changes"]})
        self.ok(self.work.mesh("apply", *only("c1/reader"), "--auto-approve"))
        self.plan("c1/reader", 0)
        self.assertEqual(api.request("GET", path)["roleRef"]["name"], ROLE)

    def test_the_gateway_deployment(self):
        self.each(DEPLOYMENT_CASES)

    def test_the_gateway_service(self):
        self.each(SERVICE_CASES)

    def test_scaling_and_account(self):
        self.each(SCALING_CASES)

    def test_the_services_that_are_opened(self):
        self.each(EXPOSE_CASES)

    def test_the_remote_secret(self):
        self.each(DISCOVERY_CASES)

    def test_what_lets_others_delete_an_object(self):
        component, applyset = "operator.istio.io/component", "applyset.kubernetes.io/part-of"
        patch = {"metadata": {"labels": {component: "Pilot", applyset: "x"}, "ownerReferences": [owner(self.api["c1"])]}}
        paths = (at("labels", component), at("labels", applyset), "metadata.ownerReferences")
        self.each(Foreign("owners and pruning", kind, name, patch, paths) for kind, name in OWNED)


class Harmless(Applied):
    def test_what_is_harmless(self):
        for case in HARMLESS:
            with self.subTest(f"{case.kind}: {case.name}"):
                self.write(case)
        written = {(case.kind, case.object): core(self.api["c1"].get(case.kind, case.object)) for case in HARMLESS}
        run = self.ok(self.work.mesh("plan", "--detailed-exitcode", "--format", "json"))
        self.assertEqual({action["operation"] for action in run.json()["actions"]}, {"unchanged"})
        self.ok(self.work.mesh("apply", "--auto-approve"))
        self.assertEqual({key: core(self.api["c1"].get(*key)) for key in written}, written)


if __name__ == "__main__":
    any_order.main()
