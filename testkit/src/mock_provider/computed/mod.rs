//! The values that a provider decides: ids, ARNs, names, addresses.
//!
//! In: a planned state with unknowns and the provider's settings. Out: a whole state. The
//! same plan gives the same values in every run, so that a second plan is empty and a test
//! can name what it expects. The shapes are rows of one table a provider; what no row says
//! follows from the attribute's name and type.

mod aws;
mod azurerm;
mod google;
mod settings;
mod template;

use serde_json::Value as Json;

use super::schema::{Attribute, Block, Nesting};
use super::value::{Number, Value};
pub(super) use settings::Settings;
use template::Context;

/// `(resource type, attribute, template)`; see [`template`] for the language.
type Shape = (&'static str, &'static str, &'static str);

/// An attribute name of a row that names the object in the world, where `id` is not enough.
const WORLD_KEY: &str = "@key";
/// An attribute name of a row that says what `terraform import` takes, where it is not `id`.
const IMPORT_ID: &str = "@import";

fn shapes(provider: &str) -> &'static [Shape] {
    match provider {
        "aws" => aws::SHAPES,
        "azurerm" => azurerm::SHAPES,
        "google" => google::SHAPES,
        _ => &[],
    }
}

/// Whether creating an object that exists overwrites it, as the service's own call does.
pub(super) fn overwrites(provider: &str, kind: &str) -> bool {
    match provider {
        "aws" => aws::PUT.contains(&kind),
        "google" => {
            [
                "_iam_member",
                "_iam_binding",
                "_iam_policy",
                "_iam_audit_config",
            ]
            .iter()
            .any(|suffix| kind.ends_with(suffix))
                || kind == "google_project_service"
        }
        _ => false,
    }
}

/// Fills every unknown of a planned state. `attempt` varies what is made up, for when the
/// first id is taken.
pub(super) fn filled(
    provider: &str,
    kind: &str,
    block: &Block,
    planned: &Value,
    settings: &Settings,
    attempt: u64,
) -> Value {
    let Value::Map(members) = planned else {
        return planned.clone();
    };
    let seed = format!("{kind} {} {attempt}", planned.to_json());
    let mut state = members.clone();
    // Rows come first and in order: a later one may use an earlier one.
    for (row, attribute, template) in shapes(provider) {
        let unknown = state.get(*attribute) == Some(&Value::Unknown);
        if *row == kind && unknown {
            let context = Context::new(provider, kind, &state, settings, &seed);
            let text = context.expand(template);
            let value = match block.attributes.get(*attribute) {
                Some(attribute) => typed(attribute, text),
                None => continue,
            };
            state.insert((*attribute).to_owned(), value);
        }
    }
    let context = Context::new(provider, kind, &state, settings, &seed);
    fill_block(block, &Value::Map(state.clone()), &context, "")
}

/// What names this object in the world.
pub(super) fn world_key(provider: &str, kind: &str, state: &Value, settings: &Settings) -> String {
    let id = row_or_id(provider, kind, WORLD_KEY, state, settings);
    if provider != "aws" {
        return id;
    }
    // Buckets have one name space for all accounts, what belongs to an organisation has no account;
    // IAM is the same in each region of an account.
    if ["aws_s3_", "aws_organizations_"]
        .iter()
        .any(|stem| kind.starts_with(stem))
    {
        id
    } else if kind.starts_with("aws_iam_") {
        format!("{}/{id}", settings.account)
    } else {
        // Major 6 takes a region for each resource.
        let region = state
            .member("region")
            .as_str()
            .unwrap_or(&settings.region)
            .to_owned();
        format!("{}/{region}/{id}", settings.account)
    }
}

/// What `terraform import` takes for this object.
pub(super) fn import_id(provider: &str, kind: &str, state: &Value, settings: &Settings) -> String {
    row_or_id(provider, kind, IMPORT_ID, state, settings)
}

fn row_or_id(provider: &str, kind: &str, row: &str, state: &Value, settings: &Settings) -> String {
    let shape = shapes(provider)
        .iter()
        .find(|(resource, attribute, _)| *resource == kind && *attribute == row);
    match (shape, state) {
        (Some((_, _, template)), Value::Map(members)) => {
            Context::new(provider, kind, members, settings, "").expand(template)
        }
        _ => match state.member("id") {
            Value::String(id) => id.clone(),
            // Resources of the plugin framework may have no id; their arguments name them.
            _ => state.to_json().to_string(),
        },
    }
}

fn typed(attribute: &Attribute, text: String) -> Value {
    match attribute.ty.as_str() {
        Some("number") => text
            .parse()
            .map_or(Value::Null, |number| Value::Number(Number::Integer(number))),
        Some("bool") => Value::Bool(text == "true"),
        Some(_) => Value::String(text),
        None => {
            serde_json::from_str::<Json>(&text).map_or(Value::Null, |json| Value::from_json(&json))
        }
    }
}

fn fill_block(block: &Block, planned: &Value, context: &Context<'_>, path: &str) -> Value {
    let Value::Map(members) = planned else {
        return planned.clone();
    };
    let mut state = members.clone();
    for (name, attribute) in &block.attributes {
        if state.get(name) == Some(&Value::Unknown) {
            let value = context.generic(&format!("{path}{name}"), name, attribute);
            state.insert(name.clone(), value);
        }
    }
    for (name, nested) in &block.blocks {
        let inside = format!("{path}{name}.");
        let value = match planned.member(name) {
            Value::List(items) => Value::List(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| {
                        fill_block(&nested.block, item, context, &format!("{inside}{index}."))
                    })
                    .collect(),
            ),
            Value::Map(members) if nested.nesting == Nesting::Map => Value::Map(
                members
                    .iter()
                    .map(|(key, item)| {
                        let filled =
                            fill_block(&nested.block, item, context, &format!("{inside}{key}."));
                        (key.clone(), filled)
                    })
                    .collect(),
            ),
            value @ Value::Map(_) => fill_block(&nested.block, value, context, &inside),
            Value::Unknown => Value::List(Vec::new()),
            value => value.clone(),
        };
        state.insert(name.clone(), value);
    }
    Value::Map(state)
}
