"""Which exception of a judge covers which subject.

In: {"subjects": [text], "exceptions": [[id, regular expression]]}. Out: an id or null for each subject.
"""

import json
import re
import sys

if __name__ == "__main__":
    question = json.load(sys.stdin)
    exceptions = [(name, re.compile(pattern)) for name, pattern in question["exceptions"]]
    subjects = question["subjects"]
    json.dump(
        [next((name for name, pattern in exceptions if pattern.fullmatch(each)), None) for each in subjects], sys.stdout
    )
