//! The JSON Schema (draft 2020-12) of blueprint files, made from the tables that the decoder reads.

use serde_json::{Map, Value, json};

use super::schema::{Field, Leaf, Shape, Table, reachable};
use super::tree::{domain, mesh};

/// The schema of both sorts of documents; a product's `options` follow its kind.
pub fn schema(kinds: &[(&'static str, &'static Table)]) -> Value {
    let roots = [&mesh::TABLE, &domain::TABLE];
    let mut definitions = Map::new();
    for root in roots {
        for table in reachable(root) {
            definitions
                .entry(key(table))
                .or_insert_with(|| object(table, kinds));
        }
    }
    for (_, table) in kinds {
        definitions.insert(key(table), object(table, kinds));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "meshc blueprint",
        "description": "mesh.yaml and domains/*.yaml of a data mesh.",
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": ["Mesh", "Domain"]}},
        "if": {"properties": {"kind": {"const": "Mesh"}}},
        "then": reference(&mesh::TABLE),
        "else": reference(&domain::TABLE),
        "$defs": definitions,
    })
}

fn key(table: &Table) -> String {
    table.name.replace(' ', "-")
}

fn reference(table: &Table) -> Value {
    json!({"$ref": format!("#/$defs/{}", key(table))})
}

fn object(table: &'static Table, kinds: &[(&'static str, &'static Table)]) -> Value {
    let properties: Map<String, Value> = table
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), described(field)))
        .collect();
    let required: Vec<&str> = table
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name)
        .collect();
    let mut schema = json!({
        "type": "object",
        "description": table.doc,
        "properties": properties,
        "additionalProperties": false,
    });
    if let Value::Object(schema) = &mut schema {
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        if table
            .fields
            .iter()
            .any(|field| matches!(field.shape, Shape::KindOptions))
        {
            schema.insert(
                "allOf".to_owned(),
                kinds
                    .iter()
                    .map(|(name, options)| options_of(name, options))
                    .collect(),
            );
        }
    }
    schema
}

fn options_of(kind: &str, options: &'static Table) -> Value {
    json!({
        "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
        "then": {"properties": {"options": reference(options)}},
    })
}

fn described(field: &Field) -> Value {
    let mut schema = shape(&field.shape);
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".to_owned(), json!(field.doc));
    }
    schema
}

fn shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text(most) => json!({"type": "string", "maxLength": most}),
        Shape::Leaf(leaf) => scalar(leaf),
        Shape::Choice(words) => json!({"enum": words}),
        Shape::Boolean => json!({"type": "boolean"}),
        Shape::Integer(least, most) => {
            json!({"type": "integer", "minimum": least, "maximum": most})
        }
        Shape::List(inner) => json!({"type": "array", "minItems": 1, "items": self::shape(inner)}),
        Shape::Map(leaf, inner) => json!({
            "type": "object",
            "propertyNames": {"pattern": leaf.pattern},
            "additionalProperties": self::shape(inner),
        }),
        Shape::Object(table) => reference(table),
        Shape::ShortOrLong(leaf, table) => json!({"anyOf": [scalar(leaf), reference(table)]}),
        Shape::KindOptions => json!({"type": "object"}),
    }
}

/// YAML reads some scalars as numbers, booleans or dates; the decoder takes their text, so an editor
/// must not complain about their type.
fn scalar(leaf: &Leaf) -> Value {
    json!({"type": ["string", "number", "boolean"], "pattern": leaf.pattern, "examples": [leaf.example]})
}
