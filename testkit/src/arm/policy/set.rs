//! Policy set definitions (initiatives).
//!
//! Source: REST, Policy Set Definitions - Create Or Update.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::Arm;
use super::super::id::{ResourceId, is, key};
use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};
use super::definition::{copy, custom, properties};
use super::{definition, expression, metadata, parameter};
use crate::loopback::Reply;

pub(crate) const KIND: &str = "Microsoft.Authorization/policySetDefinitions";

/// Creates or replaces a set.
pub(crate) fn put(arm: &mut Arm, id: &ResourceId, body: &Value, now: &str) -> Outcome<Reply> {
    metadata::name(id.name(), ArmRefusal::PolicyName, 64)?;
    let properties = properties(body)?;
    metadata::only(
        properties,
        &[
            "displayName",
            "policyType",
            "description",
            "metadata",
            "parameters",
            "policyDefinitions",
            "policyDefinitionGroups",
            "version",
            "versions",
        ],
        "PolicySetDefinitionProperties",
    )?;
    metadata::texts(properties)?;
    custom(properties)?;
    let parameters = parameter::declare(properties.get("parameters"), 300)?;
    let references = references(arm, id, properties, &parameters)?;
    let path = id.path();
    let old = arm.store.get(&key(&path)).cloned();
    if let Some(old) = &old {
        let declared = old["properties"]["parameters"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        parameter::update(&declared, &parameters)?;
    }
    let who = arm.tenant.caller().to_owned();
    let mut normal = Map::new();
    copy(properties, &mut normal, "displayName");
    normal.insert("policyType".to_owned(), json!("Custom"));
    copy(properties, &mut normal, "description");
    normal.insert(
        "metadata".to_owned(),
        metadata::stamp(
            properties.get("metadata"),
            old.as_ref().map(|old| &old["properties"]["metadata"]),
            &who,
            now,
        ),
    );
    let version = properties
        .get("version")
        .and_then(Value::as_str)
        .unwrap_or("1.0.0");
    normal.insert("version".to_owned(), json!(version));
    normal.insert("parameters".to_owned(), Value::Object(parameters));
    normal.insert("policyDefinitions".to_owned(), Value::Array(references));
    copy(properties, &mut normal, "policyDefinitionGroups");
    normal.insert("versions".to_owned(), json!([version]));
    let stored = json!({
        "properties": normal,
        "id": path,
        "type": KIND,
        "name": id.name(),
        "systemData": metadata::system_data(old.as_ref().map(|old| &old["systemData"]), &who, now),
    });
    let created = arm.store.insert(key(&path), stored.clone()).is_none();
    Ok(Reply::json(if created { 201 } else { 200 }, &stored))
}

/// Deletes a set unless it is assigned.
pub(crate) fn delete(arm: &mut Arm, id: &ResourceId) -> Outcome<Reply> {
    let path = id.path();
    if let Some(user) = arm.user_of_definition(&path) {
        return Err(refuse(
            ArmRefusal::SetInUse,
            format!(
                "The policy set definition '{}' cannot be deleted. It is referenced by the policy assignment \
                 '{user}'. Please delete all policy assignments referencing the policy.",
                id.name()
            ),
        ));
    }
    Ok(Reply::empty(if arm.store.remove(&key(&path)).is_some() {
        200
    } else {
        204
    }))
}

fn references(
    arm: &Arm,
    id: &ResourceId,
    properties: &Map<String, Value>,
    parameters: &Map<String, Value>,
) -> Outcome<Vec<Value>> {
    let given = properties
        .get("policyDefinitions")
        .and_then(Value::as_array);
    let Some(given) = given.filter(|given| !given.is_empty()) else {
        return Err(refuse(
            ArmRefusal::SetEmpty,
            "The request content was invalid and could not be deserialized: 'Required property \
             'policyDefinitions' not found in JSON. Path 'properties'.'.",
        ));
    };
    if given.len() > 1_000 {
        return Err(refuse(
            ArmRefusal::SetCount,
            format!(
                "The policy set definition references '{}' policy definitions; the limit is '1000'.",
                given.len()
            ),
        ));
    }
    let groups: BTreeSet<&str> = properties
        .get("policyDefinitionGroups")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|group| group["name"].as_str())
        .collect();
    let mut seen = BTreeSet::new();
    let mut used = BTreeSet::new();
    let mut out = Vec::new();
    for (at, reference) in given.iter().enumerate() {
        let normal = self::reference(arm, id, reference, at, parameters, &groups, &mut used)?;
        let name = normal["policyDefinitionReferenceId"]
            .as_str()
            .unwrap_or_default()
            .to_lowercase();
        if !seen.insert(name.clone()) {
            return Err(refuse(
                ArmRefusal::SetReference,
                format!(
                    "The policy definition reference id '{name}' is not unique in the policy set definition."
                ),
            ));
        }
        out.push(normal);
    }
    if let Some(unused) = parameters
        .keys()
        .find(|name| !used.contains(&name.to_lowercase()))
    {
        return Err(refuse(
            ArmRefusal::ParameterUnused,
            format!(
                "The policy set '{}' has defined parameters '{unused}' which are not used in the policy \
                 definitions.",
                id.name()
            ),
        ));
    }
    Ok(out)
}

fn reference(
    arm: &Arm,
    id: &ResourceId,
    reference: &Value,
    at: usize,
    parameters: &Map<String, Value>,
    groups: &BTreeSet<&str>,
    used: &mut BTreeSet<String>,
) -> Outcome<Value> {
    let place = format!("properties.policyDefinitions[{at}]");
    let Some(members) = reference.as_object() else {
        return Err(refuse(
            ArmRefusal::SetReference,
            format!("'{place}' is not an object."),
        ));
    };
    let allowed = [
        "policyDefinitionId",
        "parameters",
        "policyDefinitionReferenceId",
        "groupNames",
        "definitionVersion",
        "latestDefinitionVersion",
        "effectiveDefinitionVersion",
    ];
    if let Some(member) = members
        .keys()
        .find(|member| !allowed.contains(&member.as_str()))
    {
        return Err(refuse(
            ArmRefusal::SetReference,
            format!(
                "The request content was invalid and could not be deserialized: 'Could not find member '{member}' \
                 on object of type 'PolicyDefinitionReference'. Path '{place}.{member}'.'."
            ),
        ));
    }
    let path = members
        .get("policyDefinitionId")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let Some(found) = definition::find(arm, path) else {
        return Err(refuse(
            ArmRefusal::PolicyUnknown,
            format!("The policy definition '{path}' could not be found."),
        ));
    };
    let scope = ResourceId::read(path).map_or_else(String::new, |id| id.scope);
    if !arm.tenant.is_above(&scope, &id.scope) {
        return Err(refuse(
            ArmRefusal::SetScope,
            format!(
                "The policy set definition '{}' request is invalid. The policy definition '{path}' is out of scope: \
                 it must be at or above the scope of the policy set definition.",
                id.name()
            ),
        ));
    }
    let given = members
        .get("parameters")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for wrapped in given.values() {
        note_uses(wrapped, parameters, used)?;
    }
    let declared = found["properties"]["parameters"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let whose = found["name"].as_str().unwrap_or_default();
    let who = format!("policy set definition '{}'", id.name());
    parameter::give(&declared, &given, &who, whose, |value| {
        resolve(value, parameters)
    })?;
    if let Some(names) = members.get("groupNames").and_then(Value::as_array)
        && let Some(name) = names
            .iter()
            .filter_map(Value::as_str)
            .find(|name| !groups.contains(name))
    {
        return Err(refuse(
            ArmRefusal::SetGroup,
            format!("The group name '{name}' is not defined in 'policyDefinitionGroups'."),
        ));
    }
    let mut normal = members.clone();
    // The service makes up a reference id where none is given.
    let name = members
        .get("policyDefinitionReferenceId")
        .and_then(Value::as_str)
        .map_or_else(|| format!("{}_{}", whose, at + 1), str::to_owned);
    normal.insert("policyDefinitionReferenceId".to_owned(), json!(name));
    normal
        .entry("definitionVersion")
        .or_insert_with(|| json!("1.*.*"));
    normal.insert("parameters".to_owned(), Value::Object(given));
    Ok(Value::Object(normal))
}

/// Marks the set parameters that a value names, and refuses undeclared ones.
fn note_uses(
    value: &Value,
    parameters: &Map<String, Value>,
    used: &mut BTreeSet<String>,
) -> Outcome<()> {
    match value {
        Value::String(text) if expression::is_expression(text) => {
            for name in expression::check(text, "properties.policyDefinitions")?.parameters {
                if parameter::find(parameters, &name).is_none() {
                    return Err(refuse(
                        ArmRefusal::ParameterUndeclared,
                        format!(
                            "The policy set has undefined parameter '{name}' which is used in a policy definition reference."
                        ),
                    ));
                }
                used.insert(name.to_lowercase());
            }
            Ok(())
        }
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| note_uses(item, parameters, used)),
        Value::Object(members) => members
            .values()
            .try_for_each(|item| note_uses(item, parameters, used)),
        _ => Ok(()),
    }
}

/// A literal stands for itself; a reference for the set parameter's default, if it has one. The
/// service checks that default against the definition (GH, Azure/Azure-Landing-Zones#2794).
fn resolve(value: &Value, parameters: &Map<String, Value>) -> Option<Value> {
    let Some(text) = value
        .as_str()
        .filter(|text| expression::is_expression(text))
    else {
        return Some(value.clone());
    };
    let name = expression::sole_parameter(text)?;
    let (_, parameter) = parameter::find(parameters, &name)?;
    parameter
        .get("defaultValue")
        .filter(|value| !value.is_null())
        .cloned()
}

/// The effects that a set's members have under an assignment's values, in lower case.
pub(crate) fn effects(arm: &Arm, set: &Value, given: &Map<String, Value>) -> Vec<String> {
    let declared = set["properties"]["parameters"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let mut out = Vec::new();
    for reference in set["properties"]["policyDefinitions"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let path = reference["policyDefinitionId"].as_str().unwrap_or_default();
        let Some(found) = definition::find(arm, path) else {
            continue;
        };
        let effect = definition::effect(&found, |name| {
            let members = reference["parameters"].as_object()?;
            let (_, wrapped) = parameter::find(members, name)?;
            let value = &wrapped["value"];
            match value.as_str().and_then(expression::sole_parameter) {
                None => Some(value.clone()),
                Some(name) => parameter::find(given, &name)
                    .map(|(_, wrapped)| wrapped["value"].clone())
                    .or_else(|| Some(parameter::find(&declared, &name)?.1["defaultValue"].clone())),
            }
        });
        out.push(effect);
    }
    out
}

/// Finds a set by its id.
pub(crate) fn find(arm: &Arm, path: &str) -> Option<Value> {
    let id = ResourceId::read(path)?;
    (is(&id.kind(), KIND) && !id.is_collection())
        .then(|| arm.store.get(&key(path)).cloned())
        .flatten()
}
