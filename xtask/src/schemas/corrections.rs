//! What `xtask schemas` changes beyond leaving out, each with its reason.
//!
//! Schemas that were rebuilt from generated packages lost a few facts. Only facts
//! that another source states are put back here; a type that nobody states makes
//! its resource be dropped, because a made-up type crashes terraform.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

/// Applies every correction to one trimmed provider.
pub(super) fn apply(name: &str, trimmed: &mut Value, older: Option<&Value>) {
    drop_meta_arguments(trimmed);
    if name == "azurerm" {
        require_features(trimmed);
    }
    fix_tags(trimmed);
    if let Some(older) = older {
        inherit_from_older(trimmed, older);
    }
    drop_unknown_types(trimmed);
}

/// `alias` is terraform's own argument of a provider block, never part of a schema;
/// packages generated for a programming language list it beside the schema's.
/// (Terraform language: "alias: Multiple Provider Configurations".)
fn drop_meta_arguments(trimmed: &mut Value) {
    if let Some(attributes) = object(trimmed, &["provider_schema", "block", "attributes"]) {
        attributes.shift_remove("alias");
    }
}

/// azurerm declares `features` as Required with `MaxItems` 1, and its documents say
/// "A features block ... which can be used to customize the behaviour" is required.
/// (terraform-provider-azurerm, internal/provider/features.go, schemaFeatures.)
fn require_features(trimmed: &mut Value) {
    if let Some(features) = object(
        trimmed,
        &["provider_schema", "block", "block_types", "features"],
    ) {
        features.insert("min_items".to_owned(), 1.into());
        features.insert("max_items".to_owned(), 1.into());
    }
}

/// Tags are a map of strings in every resource and data source of these providers
/// (AWS: internal/tags; azurerm: internal/tags); the generator could not name the type of
/// a map that is only computed.
fn fix_tags(trimmed: &mut Value) {
    for section in ["resource_schemas", "data_source_schemas"] {
        let Some(types) = object(trimmed, &[section]) else {
            continue;
        };
        for (_, schema) in types.iter_mut() {
            for attribute in ["tags", "tags_all"] {
                if let Some(kind) =
                    schema.pointer_mut(&format!("/block/attributes/{attribute}/type"))
                    && *kind == json!("unknown")
                {
                    *kind = json!(["map", "string"]);
                }
            }
        }
    }
}

/// Serving a schema with a type that terraform does not know crashes terraform.
fn drop_unknown_types(trimmed: &mut Value) {
    for section in ["resource_schemas", "data_source_schemas"] {
        if let Some(types) = object(trimmed, &[section]) {
            types.retain(|_, schema| !mentions_unknown(schema));
        }
    }
}

fn mentions_unknown(value: &Value) -> bool {
    match value {
        Value::String(text) => text == "unknown",
        Value::Array(items) => items.iter().any(mentions_unknown),
        Value::Object(map) => map.values().any(mentions_unknown),
        _ => false,
    }
}

/// The provider block has to be whole: dropping it would lose the provider.
pub(super) fn refuse_unknown_types(trimmed: &Value) -> Result<()> {
    match trimmed.get("provider_schema") {
        Some(block) if !mentions_unknown(block) => Ok(()),
        _ => bail!("the provider block has a type that terraform does not know"),
    }
}

/// A rebuilt schema has no state versions, no `max_items` above 1, no `min_items`
/// above 1 and sometimes no type. Where an older major of the same provider states them
/// for the same block or attribute, they are taken over. A state version never falls between majors, so the older one
/// is the safe value: terraform refuses a state that is newer than the schema.
fn inherit_from_older(trimmed: &mut Value, older: &Value) {
    let Some(resources) = object(trimmed, &["resource_schemas"]) else {
        return;
    };
    for (name, schema) in resources.iter_mut() {
        let Some(before) = older.get("resource_schemas").and_then(|all| all.get(name)) else {
            continue;
        };
        if schema.get("version") == Some(&json!(0))
            && let Some(version) = before.get("version")
        {
            schema["version"] = version.clone();
        }
        if let (Some(block), Some(before)) = (schema.get_mut("block"), before.get("block")) {
            inherit_types(block, before);
            inherit_limits(block, before);
        }
    }
}

fn inherit_types(block: &mut Value, older: &Value) {
    let Some(attributes) = object(block, &["attributes"]) else {
        return;
    };
    for (name, attribute) in attributes.iter_mut() {
        if attribute.get("type") == Some(&json!("unknown"))
            && let Some(before) = older.pointer(&format!("/attributes/{name}/type"))
        {
            attribute["type"] = before.clone();
        }
    }
}

fn inherit_limits(block: &mut Value, older: &Value) {
    let Some(blocks) = object(block, &["block_types"]) else {
        return;
    };
    for (name, nested) in blocks.iter_mut() {
        let Some(before) = older.get("block_types").and_then(|all| all.get(name)) else {
            continue;
        };
        if nested.get("nesting_mode") != before.get("nesting_mode") {
            continue;
        }
        let lost: Vec<(&str, u64)> = ["min_items", "max_items"]
            .into_iter()
            .filter_map(|limit| Some((limit, before.get(limit)?.as_u64()?)))
            // A limit of 1 survives the extraction, so its absence is a change.
            .filter(|(_, count)| *count > 1)
            .collect();
        if let Value::Object(map) = nested {
            for (limit, count) in lost {
                map.entry(limit.to_owned()).or_insert_with(|| count.into());
            }
        }
        if let (Some(inner), Some(before)) = (nested.get_mut("block"), before.get("block")) {
            inherit_limits(inner, before);
        }
    }
}

fn object<'a>(value: &'a mut Value, path: &[&str]) -> Option<&'a mut Map<String, Value>> {
    let mut current = value;
    for key in path {
        current = current.get_mut(*key)?;
    }
    current.as_object_mut()
}
