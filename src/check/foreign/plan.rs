//! What Terraform plans, as `terraform show -json` prints it.
//!
//! The format: <https://developer.hashicorp.com/terraform/internals/json-format>. Its first number
//! changes when a reader has to change, so any other than 1 is refused.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::check::input::{CellInput, Parts, Place, skeleton};

/// Why a document cannot be judged as a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAPlan {
    /// It says no `format_version`.
    NoVersion,
    /// It says one that is not known here.
    OtherVersion(String),
    /// It has no `planned_values`.
    NoValues,
}

impl fmt::Display for NotAPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoVersion => f.write_str("it has no `format_version`"),
            Self::OtherVersion(version) => write!(
                f,
                "its `format_version` is `{}`, and 1.x is read",
                version.escape_debug()
            ),
            Self::NoValues => f.write_str("it has no `planned_values`"),
        }
    }
}

/// The input of a plan.
pub fn planned(plan: &Value, day: Option<Date>) -> Result<CellInput, NotAPlan> {
    let version = plan.get("format_version").ok_or(NotAPlan::NoVersion)?;
    let version = version.as_str().unwrap_or_default();
    if version.split('.').next() != Some("1") {
        return Err(NotAPlan::OtherVersion(version.to_owned()));
    }
    let values = plan.get("planned_values").ok_or(NotAPlan::NoValues)?;
    let mut reader = Reader {
        unknown: unknown(plan),
        references: BTreeMap::new(),
        parts: Parts::default(),
        places: Vec::new(),
    };
    if let Some(module) = plan.pointer("/configuration/root_module") {
        reader.configuration(module, "");
    }
    if let Some(module) = values.get("root_module") {
        reader.module(module);
    }
    let mut document = skeleton(day);
    reader.parts.put(&mut document);
    let document = Value::Object(document);
    Ok(CellInput {
        value: regorus::Value::from(document.clone()),
        json: document,
        places: reader.places,
        address: String::new(),
    })
}

struct Reader {
    /// By resource address, what is known only after apply.
    unknown: BTreeMap<String, Map<String, Value>>,
    /// By address without indexes and attribute, what the configuration refers to.
    references: BTreeMap<(String, String), String>,
    parts: Parts,
    places: Vec<Place>,
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn unknown(plan: &Value) -> BTreeMap<String, Map<String, Value>> {
    list(plan, "resource_changes")
        .iter()
        .filter_map(|change| {
            let after = change.pointer("/change/after_unknown")?.as_object()?;
            Some((text(change, "address").to_owned(), after.clone()))
        })
        .collect()
}

/// An address without `[0]` and `["key"]`. Keys may hold any character but an unescaped quote.
fn without_indexes(address: &str) -> String {
    let (mut plain, mut inside, mut quoted, mut escaped) = (String::new(), false, false, false);
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if inside => quoted = !quoted,
            '[' if !inside => inside = true,
            ']' if inside && !quoted => inside = false,
            _ if !inside => plain.push(c),
            _ => {}
        }
    }
    plain
}

impl Reader {
    fn configuration(&mut self, module: &Value, outside: &str) {
        for resource in list(module, "resources") {
            let address = format!("{outside}{}", text(resource, "address"));
            let expressions = resource.get("expressions").and_then(Value::as_object);
            for (attribute, expression) in expressions.into_iter().flatten() {
                let first = list(expression, "references")
                    .first()
                    .and_then(Value::as_str);
                if let Some(first) = first {
                    self.references
                        .insert((address.clone(), attribute.clone()), first.to_owned());
                }
            }
        }
        let calls = module.get("module_calls").and_then(Value::as_object);
        for (name, call) in calls.into_iter().flatten() {
            if let Some(inner) = call.get("module") {
                self.configuration(inner, &format!("{outside}module.{name}."));
            }
        }
    }

    fn module(&mut self, module: &Value) {
        let root = match text(module, "address") {
            "" => "the plan",
            address => address,
        };
        for resource in list(module, "resources") {
            if text(resource, "mode") != "data" {
                self.resource(resource, root);
            }
        }
        for inner in list(module, "child_modules") {
            self.module(inner);
        }
    }

    fn resource(&mut self, resource: &Value, root: &str) {
        let address = text(resource, "address");
        let mut values = match resource.get("values") {
            Some(Value::Object(values)) => values.clone(),
            _ => Map::new(),
        };
        // What is not set is null in a plan and absent in a file; rules know one of the two.
        values.retain(|_, value| !value.is_null());
        if let Some(unknown) = self.unknown.get(address) {
            let plain = without_indexes(address);
            for (attribute, _) in unknown.iter().filter(|(_, known)| **known == json!(true)) {
                let refers = self.references.get(&(plain.clone(), attribute.clone()));
                let text = refers.map_or("(known after apply)", String::as_str);
                let value = json!({"expression": true, "text": text});
                values.entry(attribute.clone()).or_insert(value);
            }
        }
        self.places.push(Place {
            address: address.to_owned(),
            span: None,
            file: None,
            output: None,
        });
        let at = self.places.len() - 1;
        let (kind, name) = (text(resource, "type"), text(resource, "name"));
        self.parts
            .planned(kind, name, root, &Value::Object(values), at);
    }
}
