"""Reads JSON texts with Python's own parser.

In: [text]. Out: [{"value": what it is} or {"error": why it is nothing}].
"""

import json
import sys


def object_of(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key twice in one object")
    return result


def constant(name):
    raise ValueError(f"{name} is not JSON")


def read(text):
    try:
        value = json.loads(text, object_pairs_hook=object_of, parse_constant=constant)
        # Half of a surrogate pair is no character, though Python holds it.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        return {"error": str(error) or type(error).__name__}
    return {"value": value}


if __name__ == "__main__":
    json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
