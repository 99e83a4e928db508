"""The differences between two normalised answers, field by field."""

import json

MISSING = "(absent)"


def differences(real, other, path=""):
    """[(path, value there, value here)]; nothing when they agree."""
    if isinstance(real, dict) and isinstance(other, dict):
        found = []
        for key in sorted(real.keys() | other.keys()):
            found += differences(real.get(key, MISSING), other.get(key, MISSING), join(path, key))
        return found
    if isinstance(real, list) and isinstance(other, list):
        if len(real) != len(other):
            return lists_of_other_length(real, other, path)
        found = []
        for index, (left, right) in enumerate(zip(real, other)):
            found += differences(left, right, f"{path}[{index}]")
        return found
    # 1 and True and 1.0 are one value to Python, not to JSON.
    return [] if type(real) is type(other) and real == other else [(path, real, other)]


def lists_of_other_length(real, other, path):
    """Says what is only on one side, where the items can be told apart."""
    only_real = [item for item in real if item not in other]
    only_other = [item for item in other if item not in real]
    if not only_real and not only_other:
        return [(path, f"{len(real)} items", f"{len(other)} items")]
    return [(f"{path} ({len(real)} items there, {len(other)} here)", only_real or MISSING, only_other or MISSING)]


def join(path, key):
    return f"{path}.{key}" if path else str(key)


def short(value, limit=600):
    text = value if value is MISSING else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= limit else text[:limit] + "…"
