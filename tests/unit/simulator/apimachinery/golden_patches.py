"""Patches that are no apply: JSON patch, merge patch, strategic merge patch."""

from golden_cases import case, container, obj, plain_deployment, sent, service


def cases():
    return [json_patches(), merge_patches(), strategic_patches(), strategic_service()]


def json_patch(title, *steps, **more):
    return sent("json", title, list(steps), **more)


def op(name, path, *value, **more):
    step = {"op": name, "path": path, **{key.rstrip("_"): one for key, one in more.items()}}
    if value:
        step["value"] = value[0]
    return step


def json_patches():
    at = "/spec/template/spec/containers"
    return case(
        "json_patch", "Deployment", "jp",
        sent("create", "create", plain_deployment("jp")),
        json_patch("test, add, replace", op("test", "/spec/replicas", 1), op("add", "/metadata/labels", {"a/b": "c"}), op("replace", "/spec/replicas", 3)),
        json_patch("escaped", op("add", "/metadata/labels/x~1y~0z", "w"), op("remove", "/metadata/labels/a~1b")),
        json_patch("item in the middle", op("add", at + "/0", {"name": "b", "image": "b"})),
        json_patch("item at the end", op("add", at + "/-", {"name": "z", "image": "z"})),
        json_patch("move", op("move", at + "/0", from_=at + "/2")),
        json_patch("remove item", op("remove", at + "/1")),
        json_patch("failing test", op("test", "/spec/replicas", 77)),
        json_patch("test of nothing", op("test", "/spec/nothing", 5)),
        json_patch("remove nothing", op("remove", "/spec/nothing")),
        json_patch("remove below nothing", op("remove", "/nothing/a/b")),
        json_patch("replace nothing", op("replace", "/spec/paused", True)),
        json_patch("add below nothing", op("add", "/spec/nothing/a", 1)),
        json_patch("index too large", op("add", at + "/9", {})),
        json_patch("index no number", op("add", at + "/x", {})),
        json_patch("unknown operation", op("frob", "/spec/replicas", 1)),
        json_patch("no operation", {"path": "/spec/replicas"}),
        json_patch("no path", {"op": "add", "value": 1}),
        json_patch("move from nothing", op("move", "/spec/paused", from_="/spec/nothing")),
        json_patch("annotation of none", op("add", "/metadata/annotations/new", "x")),
        json_patch("nothing"),
        json_patch("unknown field", op("add", "/spec/foo", "x")),
        sent("json", "no list", {"op": "add"}),
        sent("json", "cut off", '[{"op": "add"'))


def merge_patches():
    return case(
        "merge_patch", "Deployment", "mp",
        sent("create", "create", plain_deployment("mp")),
        sent("merge", "labels", {"metadata": {"labels": {"a": "b", "c": "d"}}}),
        sent("merge", "null removes", {"metadata": {"labels": {"a": None}}}),
        sent("merge", "null of nothing", {"metadata": {"labels": {"zz": None}}}),
        sent("merge", "list is replaced", {"spec": {"template": {"spec": {"containers": [{"name": "d", "image": "d"}]}}}}),
        sent("merge", "empty", {}),
        sent("merge", "same values", {"spec": {"replicas": 1}}),
        sent("merge", "all labels", {"metadata": {"labels": None}}),
        sent("merge", "default comes back", {"spec": {"replicas": None}}),
        sent("merge", "unknown field", {"spec": {"foo": "x"}}),
        sent("merge", "list", []),
        sent("merge", "text", '"a"'),
        sent("merge", "cut off", '{"a":'),
        sent("merge", "other kind", {"kind": "Foo"}))


def strategic_patches():
    spec = lambda **pod: {"spec": {"template": {"spec": pod}}}  # noqa: E731
    return case(
        "strategic_patch", "Deployment", "sp",
        sent("create", "create", plain_deployment("sp", template={"spec": {
            "containers": [container(name="a"), {"name": "b", "image": "b"}, {"name": "c", "image": "c"}],
            "tolerations": [{"key": "a", "operator": "Exists"}],
            "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "configMap": {"name": "w"}}]}})),
        sent("strategic", "merge one", spec(containers=[{"name": "b", "image": "b2"}])),
        sent("strategic", "add one", spec(containers=[{"name": "d", "image": "d"}])),
        sent("strategic", "delete one", spec(containers=[{"name": "d", "$patch": "delete"}])),
        sent("strategic", "delete and change", spec(containers=[{"name": "c", "$patch": "delete"}, {"name": "b", "image": "b3"}])),
        sent("strategic", "delete nothing", spec(containers=[{"name": "zz", "$patch": "delete"}])),
        sent("strategic", "order", spec(**{"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}], "containers": [{"name": "b", "image": "b4"}]})),
        sent("strategic", "inner list", spec(containers=[{"name": "a", "env": [{"name": "NET", "value": "n9"}, {"name": "NEW", "value": "x"}]}])),
        sent("strategic", "inner delete", spec(containers=[{"name": "a", "env": [{"name": "NEW", "$patch": "delete"}], "ports": [{"containerPort": 15021, "$patch": "delete"}]}])),
        sent("strategic", "value becomes source", spec(containers=[{"name": "a", "env": [{"name": "NET", "value": None, "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}])),
        sent("strategic", "list without key is replaced", spec(tolerations=[{"key": "b", "operator": "Exists"}])),
        sent("strategic", "null removes", spec(tolerations=None)),
        sent("strategic", "retain keys of a volume", spec(volumes=[{"name": "w", "$retainKeys": ["name", "secret"], "secret": {"secretName": "s"}}])),
        sent("strategic", "retain keys of the strategy", {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}),
        sent("strategic", "replace a list", spec(containers=[{"$patch": "replace"}, {"name": "only", "image": "o"}])),
        sent("strategic", "replace a map", {"metadata": {"labels": {"$patch": "replace", "x": "y"}}}),
        sent("strategic", "delete a map", {"metadata": {"labels": {"$patch": "delete"}}}),
        sent("strategic", "finalizers merge", {"metadata": {"finalizers": ["golden.io/a"]}}),
        sent("strategic", "finalizers merge more", {"metadata": {"finalizers": ["golden.io/b", "golden.io/a"]}}),
        sent("strategic", "delete from a primitive list", {"metadata": {"$deleteFromPrimitiveList/finalizers": ["golden.io/a", "golden.io/b"]}}),
        sent("strategic", "no merge key", spec(containers=[{"image": "x"}])),
        sent("strategic", "unknown directive", {"spec": {"$patch": "foo"}}),
        sent("strategic", "unknown directive in a list", spec(containers=[{"name": "only", "$patch": "foo"}])),
        sent("strategic", "retain keys against the patch", {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate", "foo": "x"}}}),
        sent("strategic", "order is no list", spec(**{"$setElementOrder/containers": "x", "containers": [{"name": "only", "image": "z"}]})),
        sent("strategic", "items of two types", spec(containers=["c"])),
        sent("strategic", "text for a number", {"spec": {"replicas": "x"}}),
        sent("strategic", "text for a structure", {"spec": {"template": "x"}}),
        sent("strategic", "structure for a list", spec(containers={"name": "c"})),
        sent("strategic", "unknown field", {"spec": {"foo": "x"}}),
        sent("strategic", "unknown field, strict", {"spec": {"foo": "x"}}, validation="Strict"),
        sent("strategic", "unknown field, ignored", {"spec": {"foo": "x"}}, validation="Ignore"),
        sent("strategic", "empty", {}))


def strategic_service():
    return case(
        "strategic_service", "Service", "sps",
        sent("create", "create", service("sps", type="ClusterIP")),
        sent("strategic", "port by number", {"spec": {"ports": [{"port": 15443, "targetPort": 8443}]}}),
        sent("strategic", "selector merges", {"spec": {"selector": {"more": "x"}}}),
        sent("strategic", "delete a port", {"spec": {"ports": [{"port": 15021, "$patch": "delete"}]}}),
        sent("create", "another", obj("Service", "sps2", spec={"ports": [{"port": 1, "name": "a"}, {"port": 1, "name": "b", "protocol": "UDP"}]}), name="sps2"),
        sent("strategic", "first of two protocols", {"spec": {"ports": [{"port": 1, "name": "c"}]}}, name="sps2"))
