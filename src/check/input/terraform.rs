//! Terraform as a policy sees it: blocks as plain values, and the JSON documents that they carry.
//!
//! In: one block of a file. Out: its values, where nested blocks are lists and what is no literal is
//! `{"expression": true, "text": …}`, so that a rule never mistakes it for a value; and every policy
//! that the block holds itself, as `jsonencode(…)`, as a text, or as a data source. Nothing is
//! evaluated: a variable stays a variable.

use hcl::expr::{Expression, FuncCall, ObjectKey, TemplateExpr};
use serde_json::{Map, Value, json};

/// A JSON document inside a block.
#[derive(Debug)]
pub(super) struct Inner {
    /// The name by which rules find it.
    pub name: String,
    /// Where in the block it stands, as a JSON pointer.
    pub pointer: String,
    /// What it says.
    pub value: Value,
}

/// Reads one block.
pub(super) struct Reader<'a> {
    /// The folder of the file: references mean blocks of the same one.
    pub root: &'a str,
    /// `aws_s3_bucket_policy.raw`.
    pub owner: &'a str,
    /// What was found on the way.
    pub inner: Vec<Inner>,
}

/// The data source that spells a policy as blocks.
pub(super) const POLICY_DATA: &str = "aws_iam_policy_document";

/// The name of a document that stands in a block or is one.
fn inner_name(root: &str, owner: &str) -> String {
    format!("{root}|{owner}")
}

impl Reader<'_> {
    /// A block's body as plain values. Repeated blocks become lists.
    pub(super) fn body(&mut self, body: &hcl::Body, outside: &str) -> Value {
        let mut values = Map::new();
        for structure in body {
            match structure {
                hcl::Structure::Attribute(attribute) => {
                    let pointer = format!("{outside}/{}", attribute.key());
                    let value = self.expression(attribute.expr(), &pointer);
                    values.insert(attribute.key().to_owned(), value);
                }
                hcl::Structure::Block(block) => {
                    let entry = values
                        .entry(block.identifier().to_owned())
                        .or_insert_with(|| Value::Array(Vec::new()));
                    if let Value::Array(list) = entry {
                        let pointer = format!("{outside}/{}/{}", block.identifier(), list.len());
                        list.push(self.body(block.body(), &pointer));
                    }
                }
            }
        }
        Value::Object(values)
    }

    fn expression(&mut self, value: &Expression, pointer: &str) -> Value {
        match value {
            Expression::Null => Value::Null,
            Expression::Bool(it) => json!(it),
            Expression::Number(it) => serde_json::to_value(it).unwrap_or(Value::Null),
            Expression::String(it) => {
                self.text(it, pointer);
                json!(it)
            }
            Expression::Array(items) => (items.iter().enumerate())
                .map(|(at, item)| self.expression(item, &format!("{pointer}/{at}")))
                .collect(),
            Expression::Object(entries) => entries
                .iter()
                .map(|(key, value)| {
                    let key = object_key(key);
                    let value = self.expression(value, &format!("{pointer}/{key}"));
                    (key, value)
                })
                .collect::<Map<_, _>>()
                .into(),
            Expression::Parenthesis(inner) => self.expression(inner, pointer),
            Expression::FuncCall(call) => self.call(call, pointer),
            Expression::Traversal(_) => {
                let text = value.to_string();
                let mut seen = json!({"expression": true, "text": text});
                let policy = text
                    .strip_prefix("data.")
                    .filter(|_| text.contains(POLICY_DATA));
                if let (Some(policy), Value::Object(seen)) = (policy, &mut seen) {
                    let owner: Vec<&str> = policy.split('.').take(2).collect();
                    let name = inner_name(self.root, &format!("data.{}", owner.join(".")));
                    seen.insert("document".to_owned(), json!(name));
                }
                seen
            }
            Expression::TemplateExpr(template) => {
                let text = match &**template {
                    TemplateExpr::QuotedString(text) => text.clone(),
                    TemplateExpr::Heredoc(heredoc) => heredoc.template.clone(),
                };
                match self.text(&text, pointer) {
                    Some(name) => json!({"expression": true, "text": text, "document": name}),
                    None => json!({"expression": true, "text": text}),
                }
            }
            other => json!({"expression": true, "text": other.to_string()}),
        }
    }

    /// A text that is a JSON object is a document, whoever reads it later.
    fn text(&mut self, text: &str, pointer: &str) -> Option<String> {
        if !text.trim_start().starts_with('{') {
            return None;
        }
        match serde_json::from_str(text) {
            Ok(value @ Value::Object(_)) => Some(self.found(value, pointer)),
            _ => None,
        }
    }

    fn found(&mut self, value: Value, pointer: &str) -> String {
        let name = inner_name(self.root, &format!("{}{pointer}", self.owner));
        self.inner.push(Inner {
            name: name.clone(),
            pointer: pointer.to_owned(),
            value,
        });
        name
    }

    fn call(&mut self, call: &FuncCall, pointer: &str) -> Value {
        let name = call.name.name.as_str();
        match (name, call.args.as_slice()) {
            ("jsonencode", [value]) => {
                let value = self.expression(value, pointer);
                let name = self.found(value, pointer);
                json!({"expression": true, "text": "jsonencode(…)", "document": name})
            }
            ("file", [path]) => {
                let text = match path {
                    Expression::String(path) => path.clone(),
                    Expression::TemplateExpr(template) => match &**template {
                        TemplateExpr::QuotedString(text) => text.replace("${path.module}/", ""),
                        TemplateExpr::Heredoc(_) => String::new(),
                    },
                    _ => String::new(),
                };
                let document = match self.root {
                    "." => text.trim_start_matches("./").to_owned(),
                    root => format!("{root}/{}", text.trim_start_matches("./")),
                };
                json!({"expression": true, "text": format!("file({text:?})"), "document": document})
            }
            _ => json!({"expression": true, "text": Expression::from(call.clone()).to_string()}),
        }
    }
}

fn object_key(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Identifier(name) => name.to_string(),
        ObjectKey::Expression(Expression::String(name)) => name.clone(),
        ObjectKey::Expression(other) => other.to_string(),
        other => format!("{other:?}"),
    }
}

/// A policy that is spelled as the data source's blocks, as the document that it becomes.
pub(super) fn policy_document(values: &Value) -> Value {
    let statements = list(values, "statement").map(|from| {
        let mut statement = Map::new();
        let effect = from
            .get("effect")
            .and_then(Value::as_str)
            .unwrap_or("Allow");
        statement.insert("Effect".to_owned(), json!(effect));
        for (ours, theirs) in [
            ("sid", "Sid"),
            ("actions", "Action"),
            ("not_actions", "NotAction"),
            ("resources", "Resource"),
            ("not_resources", "NotResource"),
        ] {
            if let Some(value) = from.get(ours) {
                statement.insert(theirs.to_owned(), value.clone());
            }
        }
        for (ours, theirs) in [
            ("principals", "Principal"),
            ("not_principals", "NotPrincipal"),
        ] {
            let mut of_type = Map::new();
            for principal in list(from, ours) {
                let kind = principal.get("type").and_then(Value::as_str).unwrap_or("*");
                let kind = if kind == "*" { "AWS" } else { kind };
                let whom = principal.get("identifiers").cloned().unwrap_or_default();
                of_type.insert(kind.to_owned(), whom);
            }
            if !of_type.is_empty() {
                statement.insert(theirs.to_owned(), Value::Object(of_type));
            }
        }
        let mut conditions = Map::new();
        for condition in list(from, "condition") {
            let word = |key: &str| condition.get(key).and_then(Value::as_str).unwrap_or("");
            let entry = conditions
                .entry(word("test").to_owned())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(entry) = entry {
                let values = condition.get("values").cloned().unwrap_or_default();
                entry.insert(word("variable").to_owned(), values);
            }
        }
        if !conditions.is_empty() {
            statement.insert("Condition".to_owned(), Value::Object(conditions));
        }
        Value::Object(statement)
    });
    json!({"Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>()})
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
}

/// The folder of a file.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// The name of the document that a data source is.
pub(super) fn data_name(root: &str, kind: &str, name: &str) -> String {
    inner_name(root, &format!("data.{kind}.{name}"))
}
