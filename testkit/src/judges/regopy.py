"""Asks rego-cpp about policies.

In: [{"modules": [[name, text]], "input", "data", "query"}].
Out: for each {"value": ...}, "undefined", or {"error": why}.
"""

import json
import os
import sys

from regopy import Interpreter, RegoError, set_default_log_level


def evaluate(question):
    try:
        interpreter = Interpreter()
        for name, text in question["modules"]:
            interpreter.add_module(name, text)
        interpreter.add_data(question["data"])
        interpreter.set_input(question["input"])
        output = interpreter.query("answer := " + question["query"])
        if not output.ok():
            return {"error": str(output)}
        if str(output) == "undefined":
            return "undefined"
        return {"value": json.loads(output.binding("answer").json())}
    except (RegoError, ValueError) as error:
        # A policy that cannot be evaluated is answered with a text of the engine's own, which is no JSON.
        return {"error": str(error)}


def main():
    questions = json.load(sys.stdin)
    # The engine reports errors on the standard output of the process, beside Python's.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    set_default_log_level("None")
    json.dump([evaluate(question) for question in questions], answer)
    answer.flush()


if __name__ == "__main__":
    main()
