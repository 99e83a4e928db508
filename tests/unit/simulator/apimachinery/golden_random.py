"""Random writes of several managers to one object, always the same ones."""

import random

from golden_cases import apply, case, obj, sent

MANAGERS = ("one", "two", "three")


def cases():
    return [sequence("random_config_map", "ConfigMap", "rnd", config_map, 60, 11),
            sequence("random_service", "Service", "rnd", service, 60, 12),
            sequence("random_deployment", "Deployment", "rnd", deployment, 40, 13)]


def sequence(file, kind, name, body, count, seed):
    rng = random.Random(seed)
    steps = [sent("create", "create", body(rng, True), manager="creator")]
    for i in range(count):
        manager = rng.choice(MANAGERS)
        kind_of = rng.choice(("apply", "apply", "force", "force", "merge", "strategic", "put"))
        content = body(rng, False)
        if kind_of in ("apply", "force"):
            steps.append(apply(f"{i} apply", content, manager, force=kind_of == "force"))
        elif kind_of == "put":
            steps.append(sent("update", f"{i} put", replaced(content), manager=manager))
        else:
            content.pop("metadata" if "labels" not in content["metadata"] else "kind")
            content.pop("apiVersion", None)
            content.pop("kind", None)
            content.get("metadata", {}).pop("name", None)
            content.get("metadata", {}).pop("namespace", None)
            steps.append(sent(kind_of, f"{i} {kind_of}", content, manager=manager))
    return case(file, kind, name, *steps)


def replaced(content):
    """The object with the new content and the old identity."""
    def body(before):
        new = {**before, **{key: value for key, value in content.items() if key not in ("metadata", "spec")}}
        new["metadata"] = {**before["metadata"], "labels": content["metadata"].get("labels", {})}
        if "spec" in content:
            new["spec"] = {**before["spec"], **content["spec"]}
        return new
    return body


def some(rng, names, value):
    return {name: value(name) for name in names if rng.random() < 0.5}


def metadata(rng):
    labels = some(rng, "abc", lambda _: rng.choice("xy"))
    return {"labels": labels} if labels or rng.random() < 0.3 else {}


def config_map(rng, _full):
    more = {"finalizers": rng.sample(["golden.io/a", "golden.io/b", "golden.io/c"], rng.randint(0, 3))} if rng.random() < 0.3 else {}
    return obj("ConfigMap", "rnd", metadata={**metadata(rng), **more}, data=some(rng, "klmn", lambda _: rng.choice("12")))


def service(rng, full):
    all_ports = [("a", 1, "TCP"), ("b", 2, "TCP"), ("c", 2, "UDP"), ("d", 4, None)]
    ports = []
    for name, port, protocol in rng.sample(all_ports, rng.randint(1, 4)):
        one = {"name": name, "port": port, "targetPort": rng.choice([port, 77])}
        if protocol:
            one["protocol"] = protocol
        if rng.random() < 0.3:
            one.pop("targetPort")
        ports.append(one)
    spec = {"type": "ClusterIP", "ports": ports}
    if rng.random() < 0.4:
        spec["selector"] = some(rng, "pq", lambda _: rng.choice("12"))
    if rng.random() < 0.3:
        spec["publishNotReadyAddresses"] = rng.random() < 0.5
    return obj("Service", "rnd", metadata=metadata(rng), spec=spec)


def deployment(rng, full):
    containers = []
    for name in rng.sample("rst", rng.randint(1, 3)):
        one = {"name": name, "image": f"i:{rng.choice('12')}"}
        if rng.random() < 0.5:
            one["env"] = [{"name": key, "value": rng.choice("12")} for key in rng.sample("UVW", rng.randint(0, 3))]
        if rng.random() < 0.5:
            one["ports"] = [{"containerPort": port} for port in rng.sample([1, 2, 10], rng.randint(0, 3))]
        if rng.random() < 0.3:
            one["args"] = rng.sample("gh", rng.randint(0, 2))
        if rng.random() < 0.4:
            one["resources"] = {"requests": some(rng, ("cpu", "memory"), lambda _: rng.choice(["1", "0.5", "1024Mi"]))}
        containers.append(one)
    spec = {"selector": {"matchLabels": {"app": "x"}},
            "template": {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": containers}}}
    if rng.random() < 0.4:
        spec["replicas"] = rng.randint(0, 3)
    if rng.random() < 0.3:
        spec["template"]["spec"]["tolerations"] = [{"key": rng.choice("ab"), "operator": "Exists"}]
    if rng.random() < 0.3:
        spec["strategy"] = rng.choice([{"type": "Recreate"}, {"rollingUpdate": {"maxSurge": 2}}])
    return obj("Deployment", "rnd", metadata=metadata(rng), spec=spec)
