# What rules share about policies of AWS: statements, one shape for everything that may be a word or
# a list.
package meshc.lib.statements

import rego.v1

# Every statement of every document, with the document that it stands in.
all := [{"document": document, "statement": statement} |
	some document in input.documents
	some statement in of(document)
]

allowing := [one | some one in all; one.statement.Effect == "Allow"]

of(document) := [document.value.Statement] if is_object(document.value.Statement)

of(document) := [statement | some statement in document.value.Statement; is_object(statement)] if is_array(document.value.Statement)

listed(value) := value if is_array(value)

listed(value) := [value] if is_string(value)

actions(statement) := [lower(action) | some action in listed(statement.Action); is_string(action)]

everybody(statement) if statement.Principal == "*"

everybody(statement) if "*" in listed(statement.Principal.AWS)

# The condition keys of a statement in lower case, with their values.
conditions(statement) := [{"operator": lower(operator), "key": lower(key), "values": values} |
	some operator, tests in statement.Condition
	some key, value in tests
	values := listed(value)
]

# Keys that say whom a statement means: a condition on any other key leaves it open to everybody.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
narrowing := {
	"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
	"aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceip", "aws:userid",
	"aws:sourceowner", "kms:calleraccount", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
}

# An operator that looks away where the key is missing, or that excludes a few, narrows nothing.
narrowed(statement) if {
	some condition in conditions(statement)
	condition.key in narrowing
	not endswith(condition.operator, "ifexists")
	not contains(condition.operator, "not")
	not "*" in condition.values
}
