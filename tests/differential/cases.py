"""All cases, gathered from the files cases_*.py."""

import importlib

from kinds import ACCOUNT, CONFIG_MAP, NAMESPACE


class Case:
    """A name, and what to say. alone: not beside other cases. namespace: whether it needs one."""

    def __init__(self, name, run, alone=False, namespace=True):
        self.name, self.run, self.alone, self.namespace = name, run, alone, namespace


class Book:
    """The cases of one file, under one word."""

    def __init__(self, word):
        self.word, self.cases = word, []

    def case(self, name, **more):
        """Decorates the function that is the case."""

        def add(function):
            self.add(name, function, **more)
            return function

        return add

    def add(self, name, function, **more):
        self.cases.append(Case(f"{self.word}/{name}", function, **more))


def prepare(talk):
    """Makes the namespace of a case, with all that controllers put into it."""
    talk.create(NAMESPACE, NAMESPACE.object(talk.ns), quiet=True).ok()
    talk.eventually(
        lambda: (
            talk.get(ACCOUNT, "default", quiet=True).status == 200
            and talk.get(CONFIG_MAP, "kube-root-ca.crt", quiet=True).status == 200
        )
    )


FILES = (
    "apply",
    "ownership",
    "write",
    "patch",
    "delete",
    "read",
    "watch",
    "errors",
    "access",
    "discovery",
    "defaults",
    "merge",
)


def everything(seed, random_cases, steps):
    found = []
    for name in FILES:
        found += importlib.import_module(f"cases_{name}").BOOK.cases
    return found + importlib.import_module("cases_random").cases(seed, random_cases, steps)
