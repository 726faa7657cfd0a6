# What rules share about resources of Terraform: which belong together, and which documents they use.
package meshc.lib.terraform

import rego.v1

of_type(type) := [resource | some resource in input.resources; resource.type == type]

# `aws_s3_bucket.raw[0].id` without its indexes.
plain(text) := regex.replace(text, `\[[^\]]*\]`, "")

# The name by which references of the same root mean a resource.
own_key(resource) := sprintf("%s|%s.%s", [resource.root, resource.type, resource.name])

# Every name that a resource goes by: its own, and the literal one that its cloud knows.
keys(resource, attribute) := {own_key(resource)} | {name |
	name := resource.values[attribute]
	is_string(name)
}

# What an attribute points at: a literal name, or a resource of the same root. A literal that is an
# id or ARN ends with the name.
target(resource, attribute) := resource.values[attribute] if is_string(resource.values[attribute])

target(resource, attribute) := sprintf("%s|%s.%s", [resource.root, parts[0], parts[1]]) if {
	parts := split(plain(resource.values[attribute].text), ".")
	count(parts) > 1
}

# What every resource of a type points at through one of its attributes.
targets(type, attribute) := {pointed |
	some resource in of_type(type)
	pointed := target(resource, attribute)
}

# The documents that an attribute holds or refers to; none where it cannot be known.
documents(resource, attribute) := [document |
	name := document_name(resource, attribute)
	some document in input.documents
	document.name == name
]

document_name(resource, attribute) := resource.values[attribute].document

document_name(resource, attribute) := sprintf("%s/%s", [own_key(resource), attribute]) if is_string(resource.values[attribute])

blocks(values, name) := block if {
	block := object.get(values, name, [])
	is_array(block)
} else := []

# The first block of a name, or an empty one.
block(values, name) := blocks(values, name)[0]

block(values, name) := {} if count(blocks(values, name)) == 0

label(resource) := sprintf("%s.%s", [resource.type, resource.name])

is_expression(value) if value.expression == true
