"""Asks parliament, a linter of AWS policies, about whole documents.

In: {"documents": [{"name", "document"}], "exceptions": [[id, regular expression]]}.
Out: for each document {"findings": [{"issue", "severity", "detail"}], "not_judged": {id: count}}.
"""

import json
import re
import sys
import warnings

# It imports a part of setuptools that warns of its own end.
warnings.filterwarnings("ignore")

from parliament import analyze_policy_string, enhance_finding  # noqa: E402


def main():
    question = json.load(sys.stdin)
    exceptions = [(name, re.compile(pattern, re.DOTALL)) for name, pattern in question["exceptions"]]
    answer = []
    for each in question["documents"]:
        policy = analyze_policy_string(json.dumps(each["document"]), ignore_private_auditors=True)
        findings, excused = [], {}
        for finding in map(enhance_finding, policy.findings):
            detail = finding.detail if isinstance(finding.detail, str) else json.dumps(finding.detail)
            where = finding.location.get("string") if isinstance(finding.location, dict) else None
            text = f"{finding.issue}: {detail}" + (f" at {where}" if where else "")
            name = next((name for name, pattern in exceptions if pattern.fullmatch(text)), None)
            if name is None:
                findings.append({"issue": finding.issue, "severity": finding.severity, "detail": text})
            else:
                excused[name] = excused.get(name, 0) + 1
        answer.append({"findings": findings, "not_judged": excused})
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
