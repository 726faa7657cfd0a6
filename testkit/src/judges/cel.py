"""Asks cel-python about expressions.

In: [{"expression", "variables"}]; {"$timestamp": text} in a variable is an instant.
Out: for each {"value": ...} or {"error": why}.
"""

import json
import sys

import celpy
from celpy import celtypes


def to_cel(value):
    if isinstance(value, dict):
        if set(value) == {"$timestamp"}:
            return celtypes.TimestampType(value["$timestamp"])
        return celtypes.MapType({celtypes.StringType(key): to_cel(each) for key, each in value.items()})
    if isinstance(value, list):
        return celtypes.ListType([to_cel(each) for each in value])
    return celpy.json_to_cel(value)


def extract(text, template):
    """The part of a text that stands where `{name}` stands in the template, or nothing.

    https://cloud.google.com/iam/docs/conditions-attribute-reference#extract
    """
    before, opened, rest = template.partition("{")
    _, closed, after = rest.partition("}")
    if not opened or not closed:
        raise ValueError("a template holds one name in braces")
    start = text.find(before)
    if start < 0:
        return celtypes.StringType("")
    start += len(before)
    end = text.find(after, start) if after else len(text)
    return celtypes.StringType(text[start:end] if end >= 0 else "")


def evaluate(environment, question):
    try:
        program = environment.program(environment.compile(question["expression"]), functions={"extract": extract})
        value = program.evaluate({name: to_cel(each) for name, each in question["variables"].items()})
        if isinstance(value, celtypes.BoolType):
            # Not a bool to Python, but an int.
            return {"value": bool(value)}
        return {"value": json.loads(json.dumps(value, cls=celpy.CELJSONEncoder))}
    except (celpy.CELParseError, celpy.CELEvalError, ValueError) as error:
        return {"error": str(error)}


if __name__ == "__main__":
    questions = json.load(sys.stdin)
    environment = celpy.Environment()
    json.dump([evaluate(environment, each) for each in questions], sys.stdout)
