"""Runs the tests of a file in an order of chance, so that none can rely on what another left behind."""

import os
import random
import sys
import unittest


class ShuffledLoader(unittest.TestLoader):
    """Classes, and the tests of each, in an order that the seed decides."""

    def __init__(self, seed):
        super().__init__()
        self.chance = random.Random(seed)

    def getTestCaseNames(self, testCaseClass):
        names = super().getTestCaseNames(testCaseClass)
        self.chance.shuffle(names)
        return names

    def loadTestsFromModule(self, *arguments, **more):
        classes = list(super().loadTestsFromModule(*arguments, **more))
        self.chance.shuffle(classes)
        return self.suiteClass(classes)


def main():
    """As unittest.main(). MESH_TEST_ORDER_SEED repeats an order; without it each run has another one, and prints it."""
    seed = os.environ.get("MESH_TEST_ORDER_SEED") or str(random.randrange(1_000_000))
    print(f"order of the tests: MESH_TEST_ORDER_SEED={seed}", file=sys.stderr, flush=True)
    unittest.main(module="__main__", testLoader=ShuffledLoader(seed), verbosity=2)
