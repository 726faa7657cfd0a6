"""Asks sqlfluff's Snowflake grammar about many statements.

In: {"statements": [text], "exceptions": [[id, regular expression]]}.
Out: one of "parsed", {"not_judged": id}, {"rejected": why} for each statement.

Or in: {"literals": [text]}. Out: for each statement its string literals as they are written, or null where it is not
one statement.
"""

import json
import re
import sys

from sqlfluff.core import Lexer, Parser
from sqlfluff.core.config import FluffConfig


def problem(lexer, parser, statement):
    """What of a statement cannot be read, or None. Exactly one statement must be there."""
    tokens, errors = lexer.lex(statement)
    if errors:
        return str(errors[0])
    tree = parser.parse(tokens)
    if tree is None:
        return "nothing in it"
    unparsable = [segment.raw for segment in tree.recursive_crawl("unparsable")]
    if unparsable:
        return "cannot read: " + " … ".join(unparsable)
    count = sum(1 for _ in tree.recursive_crawl("statement", recurse_into=False))
    if count != 1:
        return f"{count} statements where there should be one"
    return None


def literals(lexer, parser, statement):
    """The string literals of a statement, or None where it cannot be read to its end."""
    if problem(lexer, parser, statement) is not None:
        return None
    tokens, _ = lexer.lex(statement)
    return [token.raw for token in tokens if token.raw.startswith("'")]


def main():
    question = json.load(sys.stdin)
    config = FluffConfig(overrides={"dialect": "snowflake"})
    lexer, parser = Lexer(config=config), Parser(config=config)
    if "literals" in question:
        json.dump([literals(lexer, parser, it) for it in question["literals"]], sys.stdout)
        return
    exceptions = [(name, re.compile(pattern)) for name, pattern in question["exceptions"]]
    verdicts = []
    for statement in question["statements"]:
        why = problem(lexer, parser, statement)
        excused = next((name for name, pattern in exceptions if pattern.fullmatch(statement.strip())), None)
        if why is None:
            verdicts.append("parsed")
        elif excused is not None:
            verdicts.append({"not_judged": excused})
        else:
            verdicts.append({"rejected": why})
    json.dump(verdicts, sys.stdout)


if __name__ == "__main__":
    main()
