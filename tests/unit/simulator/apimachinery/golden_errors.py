"""What people get wrong: texts that are no objects, wrong types, unknown fields, values that a kind refuses."""

import json

from golden_cases import (apply, at, case, gateway, hpa, merged, obj, plain_deployment, put, secret,
                          sent, service)


def cases():
    return [bodies(), types(), fields(), names(), deployments(), containers(), services(), secrets(), others(), gateways(),
            applied(), immutable(), custom_patches()]


def create(title, body, **more):
    return sent("create", title, body, **more)


def bad(name, /, **more):
    """A deployment that is wrong in one place."""
    return merged(plain_deployment(name), more)


def one(**container):
    return {"spec": {"template": {"spec": {"containers": [merged({"name": "c", "image": "x"}, container)]}}}}


def bodies():
    return case(
        "bodies", "Deployment", "b",
        create("cut off", '{"a":'), create("empty", ""), create("list", "[]"), create("text", '"x"'),
        create("another kind", bad("b", kind="Service")), create("a kind of the group", bad("b", kind="ReplicaSet")),
        create("unknown version", bad("b", apiVersion="apps/v2")), create("another group", bad("b", apiVersion="v1")),
        create("unknown fields", bad("b2", spec={"replica": 3, **one(imge="y")["spec"]}, foo=1), name="b2"),
        create("unknown fields, strict", bad("b3", spec={"replica": 3, **one(imge="y")["spec"]}, foo=1), name="b3", validation="Strict"),
        create("unknown fields, ignored", bad("b4", spec={"replica": 3}, foo=1), name="b4", validation="Ignore"),
        create("no kind and version", bad("b5", kind=None, apiVersion=None), name="b5"))


def types():
    return case(
        "types", "Deployment", "t",
        create("text for a number", bad("t", spec={"replicas": "3"})), create("fraction", bad("t", spec={"replicas": 1.5})),
        create("too large", bad("t", spec={"replicas": 99999999999})), create("number for a text", bad("t", **one(image=5))),
        create("number for a label", bad("t", metadata={"labels": {"a": 5}})),
        create("object for a list", bad("t", spec={"template": {"spec": {"containers": {"name": "c"}}}})),
        create("text for an object", bad("t", spec={"template": "x"})), create("number for a named text", bad("t", **one(imagePullPolicy=3))),
        create("no quantity", bad("t", **one(resources={"requests": {"cpu": "abc"}}))),
        create("boolean for a quantity", bad("t", **one(resources={"requests": {"cpu": True}}))),
        create("text for a boolean", bad("t", spec={"paused": "yes"})),
        create("boolean for number or text", bad("t", spec={"strategy": {"rollingUpdate": {"maxSurge": True}}})),
        create("text for a selector", bad("t", spec={"selector": "x"})), create("time", bad("t", metadata={"creationTimestamp": "yesterday"})),
        create("null label", bad("t2", metadata={"labels": {"a": None}}), name="t2"))


def fields():
    return case(
        "secret_types", "Secret", "st",
        create("no base64", secret("st", data={"a": "!!!"})), create("number", secret("st", data={"a": 5})),
        create("number for a text", obj("Secret", "st", stringData={"a": 5})), create("short", secret("st", data={"a": "abc"})),
        create("list", secret("st", data=["a"])))


def names():
    return case(
        "names", "ConfigMap", "n",
        create("upper case", obj("ConfigMap", "Upper")), create("underscore", obj("ConfigMap", "a_b")),
        create("too long", obj("ConfigMap", "x" * 254)), create("none", obj("ConfigMap", None)),
        create("label key", obj("ConfigMap", "n", metadata={"labels": {"a b": "c"}})),
        create("label key with two slashes", obj("ConfigMap", "n", metadata={"labels": {"a/b/c": "c"}})),
        create("label prefix", obj("ConfigMap", "n", metadata={"labels": {"A_/b": "c"}})),
        create("label value", obj("ConfigMap", "n", metadata={"labels": {"a": "b c"}})),
        create("long label value", obj("ConfigMap", "n", metadata={"labels": {"a": "x" * 64}})),
        create("long label key", obj("ConfigMap", "n", metadata={"labels": {"x" * 64: "a"}})),
        create("annotation key", obj("ConfigMap", "n", metadata={"annotations": {"a b": "c"}})),
        create("annotation too large", obj("ConfigMap", "n", metadata={"annotations": {"a": "x" * (256 * 1024 + 1)}})),
        create("finalizer", obj("ConfigMap", "n", metadata={"finalizers": ["nodomain"]})),
        create("owner", obj("ConfigMap", "n", metadata={"ownerReferences": [{"apiVersion": "v1", "kind": "", "name": "x", "uid": ""}]})),
        create("two controllers", obj("ConfigMap", "n", metadata={"ownerReferences": [
            {"apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "1", "controller": True},
            {"apiVersion": "v1", "kind": "Pod", "name": "y", "uid": "2", "controller": True}]})),
        create("data key", obj("ConfigMap", "n", data={"a b": "c"})),
        create("same key twice", obj("ConfigMap", "n", data={"a": "c"}, binaryData={"a": "eA=="})),
        create("another namespace", obj("ConfigMap", "n", metadata={"namespace": "other"})),
        create("several", obj("ConfigMap", "n", metadata={"labels": {"a b": "c d", "ok": "-"}})))


def deployments():
    return case(
        "deployments", "Deployment", "d",
        create("nothing", obj("Deployment", "d")), create("selector elsewhere", bad("d", spec={"selector": {"matchLabels": {"y": "z"}}})),
        create("empty selector", bad("d", spec={"selector": {"matchLabels": None}})),
        create("negative replicas", bad("d", spec={"replicas": -1})), create("strategy", bad("d", spec={"strategy": {"type": "Foo"}})),
        create("recreate with rolling", bad("d", spec={"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}})),
        create("surge", bad("d", spec={"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}})),
        create("percent", bad("d", spec={"strategy": {"rollingUpdate": {"maxSurge": "x%"}}})),
        create("selector operator", bad("d", spec={"selector": {"matchExpressions": [{"key": "app", "operator": "Foo"}]}})),
        create("restart policy", bad("d", spec={"template": {"spec": {"restartPolicy": "Never"}}})),
        create("deadline", bad("d", spec={"minReadySeconds": 700, "progressDeadlineSeconds": 600})),
        create("dns policy", bad("d", spec={"template": {"spec": {"dnsPolicy": "Foo"}}})),
        create("grace", bad("d", spec={"template": {"spec": {"terminationGracePeriodSeconds": -1}}})),
        create("upper case", bad("D_d")))


def containers():
    return case(
        "containers", "Deployment", "c",
        create("no image", bad("c", **one(image=None))), create("no name", bad("c", **one(name=None))), create("name", bad("c", **one(name="A_b"))),
        create("two of a name", bad("c", spec={"template": {"spec": {"containers": [{"name": "c", "image": "x"}, {"name": "c", "image": "y"}]}}})),
        create("pull policy", bad("c", **one(imagePullPolicy="Foo"))), create("port", bad("c", **one(ports=[{"containerPort": 99999}]))),
        create("no port", bad("c", **one(ports=[{"name": "x"}]))), create("protocol", bad("c", **one(ports=[{"containerPort": 1, "protocol": "tcp"}]))),
        create("port name", bad("c", **one(ports=[{"containerPort": 1, "name": "way-too-long-name"}]))),
        create("port names", bad("c", **one(ports=[{"containerPort": 1, "name": "a"}, {"containerPort": 2, "name": "a"}]))),
        create("variable", bad("c", **one(env=[{"name": ""}]))), create("variable name", bad("c", **one(env=[{"name": "a=b"}]))),
        create("value and source", bad("c", **one(env=[{"name": "a", "value": "b", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]))),
        create("request above limit", bad("c", **one(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}))),
        create("negative request", bad("c", **one(resources={"requests": {"cpu": "-1"}}))),
        create("mount of nothing", bad("c", **one(volumeMounts=[{"name": "v", "mountPath": "/v"}]))),
        create("probe with two handlers", bad("c", **one(readinessProbe={"httpGet": {"port": 1}, "exec": {"command": ["a"]}}))),
        create("probe without handler", bad("c", **one(readinessProbe={"periodSeconds": 1}))),
        create("volume without name", bad("c", spec={"template": {"spec": {"volumes": [{"emptyDir": {}}]}}})),
        create("volumes of a name", bad("c", spec={"template": {"spec": {"volumes": [{"name": "a"}, {"name": "a"}]}}})),
        create("volume with two sources", bad("c", spec={"template": {"spec": {"volumes": [{"name": "a", "emptyDir": {}, "hostPath": {"path": "/"}}]}}})),
        create("template label", bad("c", spec={"template": {"metadata": {"labels": {"a b": "c"}}}})))


def services():
    def bad_service(**spec):
        return service("s", **spec)
    return case(
        "services", "Service", "s",
        create("no ports", bad_service(ports=None)), create("port", bad_service(ports=[{"port": 0}])), create("port range", bad_service(ports=[{"port": 70000}])),
        create("ports without names", bad_service(ports=[{"port": 1}, {"port": 2}])),
        create("two of a name", bad_service(ports=[{"port": 1, "name": "a"}, {"port": 2, "name": "a"}])),
        create("same port twice", bad_service(type="ClusterIP", ports=[{"port": 1, "name": "a"}, {"port": 1, "name": "b"}])),
        create("protocol", bad_service(ports=[{"port": 1, "protocol": "HTTP"}])), create("type", bad_service(type="Foo")),
        create("selector", bad_service(selector={"a b": "c"})), create("affinity", bad_service(sessionAffinity="Foo")),
        create("name", service("1abc")), create("port name", bad_service(ports=[{"port": 1, "name": "A_b"}])),
        create("cluster address", bad_service(clusterIP="foo")), create("traffic policy", bad_service(externalTrafficPolicy="Foo")),
        create("traffic policy of a cluster address", bad_service(type="ClusterIP", externalTrafficPolicy="Local")),
        create("external name", obj("Service", "s", spec={"type": "ExternalName"})),
        create("class of a cluster address", bad_service(type="ClusterIP", loadBalancerClass="x/y")),
        create("source ranges", bad_service(loadBalancerSourceRanges=["x"])),
        create("target port", bad_service(ports=[{"port": 1, "targetPort": "way-too-long-port-name"}])),
        create("family policy", bad_service(ipFamilyPolicy="Foo")))


def secrets():
    token = {"metadata": {"annotations": {"kubernetes.io/service-account.name": "x"}}}
    return case(
        "secrets", "Secret", "sec",
        create("token without account", obj("Secret", "sec", type="kubernetes.io/service-account-token")),
        create("key", secret("sec", data={"a b": "eA=="})), create("too large", secret("sec", data={"a": "eHh4" * 350000})),
        create("tls without files", obj("Secret", "sec", type="kubernetes.io/tls")),
        create("docker without file", obj("Secret", "sec", type="kubernetes.io/dockerconfigjson")),
        create("immutable", merged(secret("fixed"), {"immutable": True}), name="fixed"),
        sent("merge", "change of an immutable", {"data": {"new": "eA=="}}, name="fixed"),
        sent("merge", "immutable no more", {"immutable": False}, name="fixed"),
        create("token", merged(obj("Secret", "tok", type="kubernetes.io/service-account-token"), token), name="tok"))


def others():
    many = [
        ("HorizontalPodAutoscaler", [hpa("h", minReplicas=0), hpa("h", maxReplicas=0), hpa("h", minReplicas=6), hpa("h", scaleTargetRef={"name": None}),
                                     hpa("h", scaleTargetRef={"kind": None}),
                                     hpa("h", metrics=[{"type": "Resource"}]), hpa("h", metrics=[{"type": "Foo"}]),
                                     hpa("h", metrics=[{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}])]),
    ]
    steps = [create(f"autoscaler {i}", body) for i, body in enumerate(many[0][1])]
    return case("autoscalers", "HorizontalPodAutoscaler", "h", *steps)


def gateways():
    def server(**more):
        return gateway("g", servers=[merged({"port": {"number": 1, "name": "a", "protocol": "TLS"}, "hosts": ["a"]}, more)])
    return case(
        "gateways", "Gateway", "g",
        create("text for a list", gateway("g", servers="x")), create("text for a number", server(port={"number": "x"})),
        create("missing members", server(port={"name": None}, hosts=None)), create("no such value", server(tls={"mode": "FOO"})),
        create("too small", server(port={"number": -1})), create("unknown fields", merged(server(bar=2), {"spec": {"foo": 1}})),
        create("unknown fields, strict", merged(server(bar=2), {"spec": {"foo": 1}}), validation="Strict", name="g2"),
        create("label", merged(gateway("g3"), {"metadata": {"labels": {"a": 5}}})), create("kind", merged(gateway("g3"), {"kind": "Foo"})),
        create("no kind", merged(gateway("g3"), {"kind": None})), create("version", merged(gateway("g3"), {"apiVersion": "networking.istio.io/v1beta1"})),
        create("unknown metadata", merged(gateway("g3"), {"metadata": {"foo": 1}}), validation="Strict"),
        create("name", gateway("A_b")), create("null", gateway("g4", selector=None, servers=None), name="g4"),
        create("text for spec", merged(gateway("g5"), {"spec": "x"})), create("list item", gateway("g5", servers=["x"])))


def applied():
    def one_apply(title, **more):
        return apply(title, merged(plain_deployment("ap"), more))
    pod = lambda **p: {"spec": {"template": {"spec": p}}}  # noqa: E731
    return case(
        "applied", "Deployment", "ap",
        one_apply("unknown field", spec={"foo": 1}), one_apply("unknown field below", **one(imge=1)), one_apply("text for a number", spec={"replicas": "x"}),
        one_apply("text for a boolean", spec={"paused": "x"}), one_apply("number for a text", **pod(nodeName=5)), one_apply("text for an object", spec={"template": "x"}),
        one_apply("list for an object", spec={"template": [{"a": 1}]}), one_apply("object for a list", **pod(containers={"name": "c", "x": 1})),
        one_apply("number for a label", metadata={"labels": {"a": 5}}), one_apply("fraction", spec={"replicas": 1.5}),
        one_apply("object for a quantity", **one(resources={"requests": {"cpu": {"a": 1}}})), one_apply("no quantity", **one(resources={"requests": {"cpu": "abc"}})),
        one_apply("key twice", **pod(containers=[{"name": "c", "image": "x"}, {"name": "c", "image": "y"}])),
        one_apply("item twice", metadata={"finalizers": ["a/b", "a/b"]}), one_apply("no key", **pod(volumes=[{"emptyDir": {}}])),
        one_apply("null item", **pod(containers=[None])), one_apply("text item", **pod(containers=["x"])),
        one_apply("managed fields", metadata={"managedFields": [{"manager": "x"}]}), one_apply("empty managed fields", metadata={"managedFields": []}),
        one_apply("another kind", kind="Foo"), one_apply("no kind", kind=None), one_apply("no version", apiVersion=None), one_apply("old version", apiVersion="apps/v1beta1"),
        apply("list", "[a]"), apply("text", "abc"), apply("empty", ""),
        apply("YAML", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ap, labels: {on: 'yes'}}\nspec:\n  selector: {matchLabels: {app: x}}\n"
              "  replicas: 2\n  paused: no\n  template:\n    metadata: {labels: {app: x}}\n    spec:\n      containers:\n      - name: c\n        image: \"5\"\n"))


def immutable():
    return case(
        "immutable", "Deployment", "im",
        sent("create", "create", plain_deployment("im")),
        sent("merge", "selector", {"spec": {"selector": {"matchLabels": {"app": "y"}}, "template": {"metadata": {"labels": {"app": "y"}}}}}),
        sent("merge", "uid", {"metadata": {"uid": "zzz"}}), sent("merge", "creation", {"metadata": {"creationTimestamp": "2020-01-01T00:00:00Z"}}),
        sent("merge", "deletion", {"metadata": {"deletionTimestamp": "2020-01-01T00:00:00Z"}}),
        sent("merge", "generation", {"metadata": {"generation": 77}}), sent("merge", "self link", {"metadata": {"selfLink": "x"}}),
        put("invalid managed fields", at("metadata.managedFields", [{"manager": "x", "operation": "Foo", "apiVersion": "v1"}])),
        put("managed fields of a stranger", at("metadata.managedFields", [{"manager": "x", "operation": "Update", "apiVersion": "apps/v1", "fieldsType": "FieldsV1",
                                                                            "fieldsV1": {"f:spec": {"f:replicas": {}}}}])),
        put("empty managed fields", at("metadata.managedFields", [])))


def custom_patches():
    return case(
        "custom_patches", "Gateway", "cp",
        sent("create", "create", gateway("cp")), sent("merge", "merge", {"spec": {"selector": {"a": "b"}}}),
        sent("json", "json", [{"op": "replace", "path": "/spec/servers/0/hosts/0", "value": "x.local"}]),
        sent("merge", "wrong type", {"spec": {"servers": "x"}}), sent("merge", "null", {"spec": {"selector": None}}),
        sent("merge", "unknown", {"spec": {"foo": 1}}), sent("strategic", "strategic", {"spec": {}}), sent("merge", "status", {"status": {"a": "b"}}),
        put("put without version", lambda o: o["metadata"].pop("resourceVersion")), put("kind", at("kind", "Foo")))
