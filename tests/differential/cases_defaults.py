"""What the server fills in, and what it takes as equal: Services of each type, quantities, pods, autoscalers."""

from cases import Book
from cases_apply import edit
from kinds import (
    AUTOSCALER,
    BUDGET,
    CONFIG_MAP,
    DEPLOYMENT,
    ENDPOINTS,
    GATEWAY,
    LEASE,
    POD,
    REPLICA_SET,
    SERVICE,
    SLICE,
    sample,
)

BOOK = Book("defaults")
PORTS = [{"port": 80, "name": "http"}]


def addressed(talk, name):
    talk.eventually(
        lambda: ((talk.get(SERVICE, name, quiet=True).body.get("status") or {}).get("loadBalancer") or {}).get("ingress")
    )


SERVICES = {
    "bare": {"ports": [{"port": 80}]},
    "no ports": {},
    "headless without ports": {"clusterIP": "None"},
    "headless": {"clusterIP": "None", "ports": PORTS, "selector": {"a": "b"}},
    "headless load balancer": {"clusterIP": "None", "ports": PORTS, "type": "LoadBalancer"},
    "node port": {"type": "NodePort", "ports": PORTS},
    "external name": {"type": "ExternalName", "externalName": "x.example"},
    "external name with a port": {"type": "ExternalName", "externalName": "x.example", "ports": PORTS},
    "external name that is none": {"type": "ExternalName", "externalName": "no name!"},
    "unknown type": {"type": "Balancer", "ports": PORTS},
    "session": {"ports": PORTS, "sessionAffinity": "ClientIP"},
    "session with timeout": {
        "ports": PORTS,
        "sessionAffinity": "ClientIP",
        "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 5}},
    },
    "external policy without need": {"ports": PORTS, "externalTrafficPolicy": "Local"},
    "external policy wrong": {"type": "NodePort", "ports": PORTS, "externalTrafficPolicy": "Somewhere"},
    "port zero": {"ports": [{"port": 0}]},
    "port too high": {"ports": [{"port": 65536}]},
    "port name too long": {"ports": [{"port": 1, "name": "a" * 64}]},
    "target port name": {"ports": [{"port": 1, "targetPort": "web"}]},
    "target port bad name": {"ports": [{"port": 1, "targetPort": "-web-"}]},
    "target port zero": {"ports": [{"port": 1, "targetPort": 0}]},
    "protocol": {"ports": [{"port": 1, "protocol": "SCTP"}]},
    "protocol wrong": {"ports": [{"port": 1, "protocol": "tcp"}]},
    "same port twice": {"ports": [{"port": 1, "name": "a"}, {"port": 1, "name": "b"}]},
    "families": {"ports": PORTS, "ipFamilyPolicy": "PreferDualStack"},
    "two families required": {"ports": PORTS, "ipFamilyPolicy": "RequireDualStack"},
    "family six": {"ports": PORTS, "ipFamilies": ["IPv6"]},
    "external ips": {"ports": PORTS, "externalIPs": ["192.0.2.7"]},
    "external ips bad": {"ports": PORTS, "externalIPs": ["x"]},
    "node port on cluster ip": {"ports": [{"port": 80, "nodePort": 30123}]},
    "cluster ip outside": {"ports": PORTS, "clusterIP": "192.0.2.1"},
    "publish not ready": {"ports": PORTS, "publishNotReadyAddresses": True},
    "traffic distribution": {"ports": PORTS, "trafficDistribution": "PreferClose"},
    "node port out of range": {"type": "NodePort", "ports": [{"port": 80, "nodePort": 80}]},
    "selector bad": {"ports": PORTS, "selector": {"a b": "c"}},
}
for WORD, SPEC in SERVICES.items():

    def service(talk, spec=SPEC):
        talk.create(SERVICE, SERVICE.object("s", spec=spec))
        talk.get(SERVICE, "s")
        talk.apply(SERVICE, SERVICE.object("t", spec=spec))

    BOOK.add(f"service: {WORD}", service)

BALANCERS = {
    "bare": {},
    "local": {"externalTrafficPolicy": "Local"},
    "ranges": {"loadBalancerSourceRanges": ["203.0.113.0/24"]},
    "ranges wrong": {"loadBalancerSourceRanges": ["x"]},
    "class": {"loadBalancerClass": "example.com/lb"},
    "no node ports": {"allocateLoadBalancerNodePorts": False},
    "address": {"loadBalancerIP": "10.1.2.3"},
    "address wrong": {"loadBalancerIP": "x"},
    "health port": {"externalTrafficPolicy": "Local", "healthCheckNodePort": 31999},
}
for WORD, SPEC in BALANCERS.items():

    def balancer(talk, spec=SPEC):
        body = SERVICE.object("b", spec={"type": "LoadBalancer", "selector": {"app": "web"}, "ports": PORTS, **spec})
        if talk.apply(SERVICE, body).status < 300 and spec.get("loadBalancerClass") is None:
            addressed(talk, "b")
        talk.get(SERVICE, "b")
        talk.apply(SERVICE, body)
        talk.apply(SERVICE, edit(body, ("spec", "type"), "ClusterIP"))
        talk.get(SERVICE, "b")

    BOOK.add(f"balancer: {WORD}", balancer)


@BOOK.case("service changes its type back and forth")
def _(talk):
    talk.create(SERVICE, SERVICE.object("s", spec={"ports": PORTS}))
    for kind in ("NodePort", "ClusterIP", "LoadBalancer", "NodePort", "ClusterIP"):
        talk.patch(SERVICE, "s", {"spec": {"type": kind}})
        if kind == "LoadBalancer":
            addressed(talk, "s")
            talk.get(SERVICE, "s")
    talk.patch(SERVICE, "s", {"spec": {"clusterIP": None}})
    talk.patch(SERVICE, "s", {"spec": {"clusterIP": "", "clusterIPs": None}})
    talk.patch(
        SERVICE, "s", {"spec": {"type": "ExternalName", "externalName": "x.example", "clusterIP": "", "clusterIPs": None}}
    )


QUANTITIES = [
    "0.1",
    "100m",
    "1024Mi",
    "2000m",
    "1073741824",
    "1Gi",
    "1.5Gi",
    "1e3",
    "1E3",
    "0",
    "1k",
    "1000",
    "128974848",
    "1500m",
    "12e6",
    "1.0",
    "001",
    "+5",
    "5M",
    "-1",
    "1GiB",
    "",
    "abc",
    "1 Gi",
    "0.5Mi",
    "1000000k",
]
for TEXT in QUANTITIES:

    def quantity(talk, text=TEXT):
        for resource in ("cpu", "memory"):
            body = sample(DEPLOYMENT, f"q-{resource}")
            body["spec"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {resource: text}}
            talk.apply(DEPLOYMENT, body, dryRun="All")
            talk.create(DEPLOYMENT, body, dryRun="All")

    BOOK.add(f"quantity: {TEXT}", quantity)


@BOOK.case("quantity as a number")
def _(talk):
    for value in (1, 0.5, 1073741824):
        body = sample(DEPLOYMENT, "q")
        body["spec"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {"cpu": value}}
        talk.apply(DEPLOYMENT, body, dryRun="All")


PODS = {
    "security": {"securityContext": {"runAsUser": 1337, "runAsGroup": 1337, "runAsNonRoot": True, "sysctls": []}},
    "host network": {"hostNetwork": True},
    "dns": {"dnsPolicy": "Default"},
    "restart": {"restartPolicy": "Always"},
    "restart never": {"restartPolicy": "Never"},
    "node selector": {"nodeSelector": {"a": "b"}},
    "priority": {"priorityClassName": "system-cluster-critical"},
    "init container": {"initContainers": [{"name": "i", "image": "i"}]},
    "volume types": {
        "volumes": [
            {"name": "s", "secret": {"secretName": "x"}},
            {
                "name": "t",
                "projected": {
                    "sources": [{"serviceAccountToken": {"path": "t", "audience": "a", "expirationSeconds": 43200}}]
                },
            },
            {"name": "d", "downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
            {"name": "h", "hostPath": {"path": "/x"}},
        ]
    },
    "volume without type": {"volumes": [{"name": "v"}]},
    "volume twice": {"volumes": [{"name": "v", "emptyDir": {}}, {"name": "v", "emptyDir": {}}]},
}
for WORD, SPEC in PODS.items():

    def templated(talk, spec=SPEC):
        body = sample(DEPLOYMENT, "d")
        body["spec"]["template"]["spec"].update(spec)
        talk.apply(DEPLOYMENT, body, dryRun="All")
        talk.create(DEPLOYMENT, body, dryRun="All")

    BOOK.add(f"pod: {WORD}", templated)

CONTAINERS = {
    "tag latest": {"image": "x:latest"},
    "tag": {"image": "x:1"},
    "digest": {"image": "x@sha256:" + "a" * 64},
    "no image": {"image": ""},
    "command": {"command": ["a"], "args": ["b"]},
    "probes": {
        "livenessProbe": {"tcpSocket": {"port": 1}},
        "readinessProbe": {"httpGet": {"port": 15021, "path": "/healthz/ready"}, "failureThreshold": 30},
    },
    "lifecycle": {"lifecycle": {"preStop": {"exec": {"command": ["x"]}}}},
    "mount": {"volumeMounts": [{"name": "none", "mountPath": "/x"}]},
    "request above limit": {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}},
    "limits alone": {"resources": {"limits": {"cpu": "1"}}},
    "env of nothing": {"env": [{"name": "E"}]},
    "env twice": {"env": [{"name": "E", "value": "1"}, {"name": "E", "value": "2"}]},
    "env from": {"envFrom": [{"configMapRef": {"name": "m"}}]},
    "env of resource": {"env": [{"name": "E", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}]},
    "port names": {"ports": [{"containerPort": 1, "name": "UPPER"}]},
    "port twice": {"ports": [{"containerPort": 1}, {"containerPort": 1}]},
    "host port": {"ports": [{"containerPort": 1, "hostPort": 1}]},
}
for WORD, FIELDS in CONTAINERS.items():

    def contained(talk, fields=FIELDS):
        body = sample(DEPLOYMENT, "d")
        container = body["spec"]["template"]["spec"]["containers"][0]
        body["spec"]["template"]["spec"]["containers"] = [{"name": "main", "image": container["image"], **fields}]
        talk.apply(DEPLOYMENT, body, dryRun="All")
        talk.create(DEPLOYMENT, body, dryRun="All")

    BOOK.add(f"container: {WORD}", contained)

STRATEGIES = {
    "recreate with numbers": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}},
    "unknown": {"type": "Other"},
    "both zero": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}},
    "percent": {"rollingUpdate": {"maxSurge": "50%"}},
    "percent wrong": {"rollingUpdate": {"maxSurge": "fifty"}},
    "more than all": {"rollingUpdate": {"maxUnavailable": "101%"}},
}
for WORD, STRATEGY in STRATEGIES.items():

    def strategic(talk, strategy=STRATEGY):
        talk.apply(DEPLOYMENT, edit(sample(DEPLOYMENT, "d"), ("spec", "strategy"), strategy), dryRun="All")

    BOOK.add(f"strategy: {WORD}", strategic)

SCALERS = {
    "bare": {"maxReplicas": 3},
    "zero": {"maxReplicas": 0},
    "minimum zero": {"minReplicas": 0, "maxReplicas": 3},
    "no maximum": {"minReplicas": 1},
    "memory value": {
        "maxReplicas": 3,
        "metrics": [
            {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "0.5Gi"}}}
        ],
    },
    "unknown metric": {"maxReplicas": 3, "metrics": [{"type": "Magic"}]},
    "metric without its part": {"maxReplicas": 3, "metrics": [{"type": "Resource"}]},
    "behavior": {
        "maxReplicas": 3,
        "behavior": {"scaleUp": {"policies": [{"type": "Pods", "value": 4, "periodSeconds": 60}]}},
    },
    "no target": {"maxReplicas": 3, "scaleTargetRef": {}},
}
for WORD, SPEC in SCALERS.items():

    def scaler(talk, spec=SPEC):
        body = AUTOSCALER.object(
            "h", spec={"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}, **spec}
        )
        talk.apply(AUTOSCALER, body)
        talk.get(AUTOSCALER, "h")
        talk.create(AUTOSCALER, {**body, "metadata": {"name": "i"}})

    BOOK.add(f"autoscaler: {WORD}", scaler)

BUDGETS = {
    "nothing": {},
    "empty selector": {"minAvailable": 1, "selector": {}},
    "zero": {"minAvailable": 0},
    "negative": {"minAvailable": -1},
    "maximum": {"maxUnavailable": "30%"},
    "percent wrong": {"minAvailable": "150%"},
    "text": {"minAvailable": "some"},
    "expression": {"minAvailable": 1, "selector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}},
    "expression wrong": {"minAvailable": 1, "selector": {"matchExpressions": [{"key": "a", "operator": "Is"}]}},
    "policy wrong": {"minAvailable": 1, "unhealthyPodEvictionPolicy": "Never"},
}
for WORD, SPEC in BUDGETS.items():

    def budget(talk, spec=SPEC):
        talk.apply(BUDGET, BUDGET.object("b", spec=spec))
        talk.get(BUDGET, "b")

    BOOK.add(f"budget: {WORD}", budget)

GATEWAYS = {
    "empty": {},
    "unknown field": {"nonsense": 1},
    "wrong type": {"selector": "x"},
    "server without port": {"servers": [{"hosts": ["*"]}]},
    "no hosts": {"servers": [{"port": {"number": 1, "name": "a", "protocol": "TCP"}}]},
    "deep unknown": {"servers": [{"port": {"number": 1, "name": "a", "protocol": "TCP", "strange": 1}, "hosts": ["*"]}]},
    "number as text": {"servers": [{"port": {"number": "1", "name": "a", "protocol": "TCP"}, "hosts": ["*"]}]},
    "null selector": {"selector": None},
    "mode wrong": {
        "servers": [{"port": {"number": 1, "name": "a", "protocol": "TLS"}, "hosts": ["*"], "tls": {"mode": "X"}}]
    },
}
for WORD, SPEC in GATEWAYS.items():

    def gateway(talk, spec=SPEC):
        body = GATEWAY.object("g", spec=spec)
        talk.apply(GATEWAY, body)
        talk.create(GATEWAY, {**body, "metadata": {"name": "h"}})
        talk.create(GATEWAY, {**body, "metadata": {"name": "i"}}, fieldValidation="Strict")
        talk.create(GATEWAY, {**body, "metadata": {"name": "j"}}, fieldValidation="Warn")
        talk.get(GATEWAY, "h")

    BOOK.add(f"gateway: {WORD}", gateway)


# What controllers make of it


@BOOK.case("world: a deployment, its replica set and pods")
def _(talk):
    talk.create(DEPLOYMENT, edit(sample(DEPLOYMENT, "web"), ("spec", "replicas"), 2))
    talk.get(DEPLOYMENT, "web")
    talk.list(REPLICA_SET)
    pods = talk.list(POD, quiet=True).ok()["items"]
    talk.note("pods", len(pods))
    pod = pods[0]
    talk.note(
        "a pod",
        {
            "labels": sorted(pod["metadata"]["labels"]),
            "owners": [(o["kind"], o["controller"]) for o in pod["metadata"]["ownerReferences"]],
            "phase": pod["status"]["phase"],
            "node": bool(pod["spec"].get("nodeName")),
            "ip": bool(pod["status"].get("podIP")),
            "conditions": sorted((c["type"], c["status"]) for c in pod["status"]["conditions"]),
            "containers": [(c["name"], c["ready"]) for c in pod["status"]["containerStatuses"]],
        },
    )


@BOOK.case("world: rolling to another image")
def _(talk):
    body = sample(DEPLOYMENT, "web")
    talk.apply(DEPLOYMENT, body)
    talk.apply(DEPLOYMENT, edit(body, ("spec", "template", "spec", "containers", 0, "image"), "next:1"))
    talk.get(DEPLOYMENT, "web")
    sets = talk.list(REPLICA_SET, quiet=True).ok()["items"]
    talk.note(
        "replica sets",
        sorted((s["metadata"]["annotations"]["deployment.kubernetes.io/revision"], s["spec"]["replicas"]) for s in sets),
    )
    talk.apply(DEPLOYMENT, edit(body, ("spec", "replicas"), 0))
    talk.get(DEPLOYMENT, "web")
    talk.note("no pods", talk.eventually(lambda: not talk.list(POD, quiet=True).ok()["items"]))


@BOOK.case("world: endpoints of a service")
def _(talk):
    talk.create(SERVICE, sample(SERVICE, "web"))
    talk.create(DEPLOYMENT, sample(DEPLOYMENT, "web"))
    talk.eventually(lambda: (talk.get(ENDPOINTS, "web", quiet=True).body.get("subsets") or [{}])[0].get("addresses"))
    found = talk.get(ENDPOINTS, "web", quiet=True).body
    talk.note(
        "endpoints",
        [
            {
                "addresses": len(s.get("addresses", [])),
                "ports": sorted((p.get("name"), p["port"], p["protocol"]) for p in s["ports"]),
            }
            for s in found["subsets"]
        ],
    )

    def ready():
        return [
            e
            for s in talk.list(SLICE, quiet=True).ok()["items"]
            for e in s["endpoints"] or []
            if e["conditions"].get("ready")
        ]

    talk.eventually(ready)
    slices = talk.list(SLICE, quiet=True).ok()["items"]
    talk.note(
        "slices",
        [
            {
                "labels": s["metadata"]["labels"],
                "type": s["addressType"],
                "ports": sorted((p["name"], p["port"]) for p in s["ports"] or []),
                "ready": len(s["endpoints"] or []),
                "owner": s["metadata"]["ownerReferences"][0]["kind"],
            }
            for s in slices
        ],
    )
    talk.delete(SERVICE, "web", quiet=True)
    talk.note("they go with the service", bool(talk.eventually(lambda: not talk.list(SLICE, quiet=True).ok()["items"])))


@BOOK.case("world: a budget counts pods")
def _(talk):
    talk.create(DEPLOYMENT, edit(sample(DEPLOYMENT, "web"), ("spec", "replicas"), 2))
    talk.create(BUDGET, BUDGET.object("b", spec={"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}))
    talk.eventually(lambda: (talk.get(BUDGET, "b", quiet=True).body.get("status") or {}).get("currentHealthy") == 2)
    talk.get(BUDGET, "b")


@BOOK.case("world: a replica set alone")
def _(talk):
    template = sample(DEPLOYMENT, "x")["spec"]["template"]
    talk.create(
        REPLICA_SET,
        REPLICA_SET.object("rs", spec={"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": template}),
        quiet=True,
    )
    talk.note("its pod", bool(talk.eventually(lambda: talk.list(POD, quiet=True).ok()["items"])))
    first = talk.list(POD, quiet=True).ok()["items"][0]["metadata"]["name"]
    talk.delete(POD, first, quiet=True)

    def others():
        return [pod for pod in talk.list(POD, quiet=True).ok()["items"] if pod["metadata"]["name"] != first]

    talk.note("another pod", len(talk.eventually(others)))
    talk.note("the first one is gone", talk.gone(POD, first))


@BOOK.case("leases and maps have no defaults")
def _(talk):
    talk.apply(LEASE, LEASE.object("l"))
    talk.apply(CONFIG_MAP, CONFIG_MAP.object("m"))
    talk.create(LEASE, LEASE.object("k"))
    talk.create(CONFIG_MAP, CONFIG_MAP.object("k"))
