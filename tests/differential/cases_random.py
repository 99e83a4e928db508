"""Random sequences of writes by several managers to a few objects. Every choice hangs on the seed alone, so that both servers
are told the same."""

import copy
import random

from cases import Case
from cases_apply import CHANGES, edit
from kinds import (
    ACCOUNT,
    AUTOSCALER,
    BUDGET,
    CLUSTER_ROLE,
    CONFIG_MAP,
    DEPLOYMENT,
    GATEWAY,
    NAMESPACE,
    SECRET,
    SERVICE,
    sample,
)
from talk import JSON_PATCH, STRATEGIC

KINDS = [ACCOUNT, AUTOSCALER, BUDGET, CLUSTER_ROLE, CONFIG_MAP, DEPLOYMENT, GATEWAY, NAMESPACE, SECRET, SERVICE]
MANAGERS = ["one", "two", "three"]
# Changes of the table that no server takes are tried there; here they would only stop the sequence.
UNFIT = {"not base64", "by stringData", "quantity", "selector changed", "volumes", "immutable", "headless", "type node port"}


class Sequence:
    def __init__(self, seed, steps):
        self.seed, self.steps = seed, steps

    def __call__(self, talk):
        rng = random.Random(self.seed)
        kinds = rng.sample(KINDS, 2)
        for _ in range(self.steps):
            kind = rng.choice(kinds)
            name = f"{talk.ns}-{rng.choice('ab')}"
            action = rng.choices(
                [self.apply, self.post, self.put, self.merge, self.strategic, self.remove, self.delete],
                [8, 2, 4, 3, 2, 2, 1],
            )[0]
            action(talk, rng, kind, name)
            talk.get(kind, name)

    def body(self, rng, kind, name):
        """A sample with some fields changed and some left out."""
        body = sample(kind, name)
        changes = [change for what, change in CHANGES[kind].items() if what not in UNFIT]
        for path, value in rng.sample(changes, rng.randrange(min(3, len(changes)) + 1)):
            try:
                body = edit(body, path, value)
            except (AttributeError, IndexError, KeyError, TypeError):
                pass  # an earlier change took it away
        labels = {word: rng.choice("xyz") for word in rng.sample(["app", "tier", "new", "other"], rng.randrange(4))}
        body["metadata"]["labels"] = labels
        if rng.random() < 0.3:
            body["metadata"]["annotations"] = {rng.choice("ab"): rng.choice("xyz")}
        if rng.random() < 0.2:  # says little
            body = kind.object(name, {"labels": labels})
        return body

    def apply(self, talk, rng, kind, name):
        query = {"dryRun": "All"} if rng.random() < 0.15 else {}
        if rng.random() < 0.4:
            query["force"] = "true"
        talk.apply(kind, self.body(rng, kind, name), rng.choice(MANAGERS), **query)

    def post(self, talk, rng, kind, name):
        talk.create(kind, self.body(rng, kind, name), fieldManager=rng.choice(MANAGERS))

    def put(self, talk, rng, kind, name):
        manager, patch = rng.choice(MANAGERS), self.body(rng, kind, name)
        live = talk.get(kind, name, quiet=True)
        if live.status == 200:
            body = copy.deepcopy(live.body)
            body["metadata"]["labels"] = patch["metadata"].get("labels", {})
            for key in ("spec", "data", "rules", "imagePullSecrets"):
                if key in patch and kind not in (SERVICE, DEPLOYMENT, NAMESPACE):
                    body[key] = patch[key]
            talk.update(kind, name, body, fieldManager=manager)

    def merge(self, talk, rng, kind, name):
        manager = rng.choice(MANAGERS)
        key = rng.choice(["app", "tier", "new"])
        patch = {"metadata": {"labels": {key: rng.choice(["x", "y", None])}}}
        if kind in (CONFIG_MAP, SECRET):
            patch["data"] = {rng.choice("abc"): rng.choice(["eA==", "eQ==", None])}
        if kind is GATEWAY:
            patch["spec"] = {"selector": {rng.choice("ab"): rng.choice(["x", None])}}
        if kind is AUTOSCALER:
            patch["spec"] = {"maxReplicas": rng.randrange(2, 9)}
        talk.patch(kind, name, patch, fieldManager=manager)

    def strategic(self, talk, rng, kind, name):
        manager, value = rng.choice(MANAGERS), rng.choice("xyz")
        patch = {"metadata": {"annotations": {"s": value}}}
        if kind is DEPLOYMENT:
            patch["spec"] = {
                "template": {"spec": {"containers": [{"name": "main", "env": [{"name": "B", "value": value}]}]}}
            }
        if kind is SERVICE:
            patch["spec"] = {"ports": [{"port": 80, "targetPort": rng.randrange(8000, 8003)}]}
        talk.patch(kind, name, patch, STRATEGIC, fieldManager=manager)

    def remove(self, talk, rng, kind, name):
        path = "/metadata/labels/" + rng.choice(["app", "tier", "new"])
        talk.patch(kind, name, [{"op": "remove", "path": path}], JSON_PATCH, fieldManager=rng.choice(MANAGERS))

    def delete(self, talk, rng, kind, name):
        if kind is not NAMESPACE:  # it takes its time
            talk.delete(kind, name, {"propagationPolicy": "Background"})
            talk.gone(kind, name)


def cases(seed, count, steps):
    return [Case(f"random/{seed}-{index}", Sequence(f"{seed}-{index}", steps)) for index in range(count)]
