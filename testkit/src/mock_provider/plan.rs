//! What a change will do: which values become known only after apply, and whether it
//! replaces the resource.
//!
//! In: prior and proposed state along the schema, and the rows of `data/force-new.json`.
//! Out: the planned state and the arguments that force replacement. Optional arguments that
//! the configuration leaves out keep what they were; nothing is invented here.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::schema::{Block, Nesting};
use super::value::Value;

/// The planned state: computed attributes of new objects are unknown.
pub(super) fn planned(block: &Block, prior: &Value, proposed: &Value) -> Value {
    let Value::Map(members) = proposed else {
        return proposed.clone();
    };
    let is_new = !matches!(prior, Value::Map(_));
    let mut planned = members.clone();
    for (name, attribute) in &block.attributes {
        let value = proposed.member(name);
        if attribute.computed && value.is_null() && is_new {
            planned.insert(name.clone(), Value::Unknown);
        }
    }
    for (name, nested) in &block.blocks {
        let before = prior.member(name);
        let value = match (proposed.member(name), nested.nesting) {
            (Value::List(items), Nesting::List) => Value::List(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self::planned(&nested.block, element(before, index), item))
                    .collect(),
            ),
            // Items of a set have no place: one that was there before is itself, any other
            // is new.
            (Value::List(items), _) => Value::List(
                items
                    .iter()
                    .map(|item| {
                        let known = matches!(before, Value::List(all) if all.contains(item));
                        let before = if known { item } else { &Value::Null };
                        self::planned(&nested.block, before, item)
                    })
                    .collect(),
            ),
            (Value::Map(members), Nesting::Map) => Value::Map(
                members
                    .iter()
                    .map(|(key, item)| {
                        let item = self::planned(&nested.block, before.member(key), item);
                        (key.clone(), item)
                    })
                    .collect(),
            ),
            (value @ Value::Map(_), _) => self::planned(&nested.block, before, value),
            (value, _) => value.clone(),
        };
        planned.insert(name.clone(), value);
    }
    Value::Map(planned)
}

fn element(value: &Value, index: usize) -> &Value {
    const NULL: &Value = &Value::Null;
    match value {
        Value::List(items) => items.get(index).unwrap_or(NULL),
        _ => NULL,
    }
}

/// The force-new table, by resource type.
#[derive(Debug)]
pub(super) struct ForceNew {
    rows: BTreeMap<String, Vec<Row>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Row {
    resource: String,
    attribute: String,
    #[serde(default)]
    when: Option<When>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum When {
    ReplicationFamily,
    AccountKind,
    FewerMembers,
    Decreases,
    Removed,
}

impl ForceNew {
    /// Reads the repository's own table, the one that the compiler uses.
    pub(super) fn embedded() -> Result<Self> {
        #[derive(Deserialize)]
        struct Table {
            rows: Vec<Row>,
        }
        let table: Table = serde_json::from_str(include_str!("../../../data/force-new.json"))
            .context("data/force-new.json does not parse")?;
        let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for row in table.rows {
            rows.entry(row.resource.clone()).or_default().push(row);
        }
        Ok(Self { rows })
    }

    /// The top-level names whose change replaces the resource.
    pub(super) fn replacing(
        &self,
        kind: &str,
        block: &Block,
        prior: &Value,
        planned: &Value,
    ) -> Vec<String> {
        let mut names = Vec::new();
        for row in self.rows.get(kind).into_iter().flatten() {
            if row.attribute == "*" {
                names.extend(changed_arguments(block, prior, planned));
                continue;
            }
            let steps: Vec<&str> = row.attribute.split('.').collect();
            let (before, after) = (collect(prior, &steps), collect(planned, &steps));
            if replaces(row.when, &before, &after)
                && let Some(first) = steps.first()
            {
                names.push((*first).to_owned());
            }
        }
        names.sort();
        names.dedup();
        names
    }
}

fn changed_arguments(block: &Block, prior: &Value, planned: &Value) -> Vec<String> {
    let settable = block
        .attributes
        .iter()
        .filter(|(_, attribute)| attribute.is_settable())
        .map(|(name, _)| name);
    settable
        .chain(block.blocks.keys().filter(|name| *name != "timeouts"))
        .filter(|name| !same(prior.member(name), planned.member(name)))
        .cloned()
        .collect()
}

/// Every value that the path leads to, through lists and sets.
fn collect(value: &Value, steps: &[&str]) -> Vec<Value> {
    match (value, steps) {
        (Value::List(items), [_, ..]) => {
            items.iter().flat_map(|item| collect(item, steps)).collect()
        }
        (_, []) => vec![value.clone()],
        (_, [first, rest @ ..]) => collect(value.member(first), rest),
    }
}

fn replaces(when: Option<When>, before: &[Value], after: &[Value]) -> bool {
    let changed = before.len() != after.len()
        || before
            .iter()
            .zip(after)
            .any(|(before, after)| !same(before, after));
    if !changed {
        return false;
    }
    let text = |values: &[Value]| {
        values
            .first()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    match when {
        None => true,
        Some(When::ReplicationFamily) => {
            let zonal = |name: String| matches!(name.as_str(), "ZRS" | "GZRS" | "RAGZRS");
            zonal(text(before)) != zonal(text(after))
        }
        Some(When::AccountKind) => !(text(before) == "Storage" && text(after) == "StorageV2"),
        Some(When::FewerMembers) => members(&text(after)) < members(&text(before)),
        Some(When::Decreases) => match (before.first(), after.first()) {
            (Some(Value::Number(before)), Some(Value::Number(after))) => {
                after.as_f64() < before.as_f64()
            }
            _ => false,
        },
        Some(When::Removed) => after.iter().all(|value| same(value, &Value::Null)),
    }
}

fn members(text: &str) -> usize {
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
        .map_or(0, |map| map.len())
}

/// Equal as the providers' SDK sees it: a value that is not set and the zero of its type
/// are no difference.
fn same(before: &Value, after: &Value) -> bool {
    before == after || (is_zero(before) && is_zero(after))
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Unknown | Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == 0.0,
        Value::String(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(members) => members.is_empty(),
    }
}
