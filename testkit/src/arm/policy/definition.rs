//! Policy definitions: write, read, delete.

use serde_json::{Map, Value, json};

use super::super::Arm;
use super::super::id::{ResourceId, is, key};
use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};
use super::{builtin, metadata, parameter, rule};
use crate::loopback::Reply;

pub(crate) const KIND: &str = "Microsoft.Authorization/policyDefinitions";

/// Modes: All, Indexed, and the resource provider modes.
/// Source: APD, definition-structure-basics, mode.
const MODES: &[&str] = &[
    "All",
    "Indexed",
    "Microsoft.Kubernetes.Data",
    "Microsoft.KeyVault.Data",
    "Microsoft.Network.Data",
    "Microsoft.ManagedHSM.Data",
    "Microsoft.DataFactory.Data",
    "Microsoft.MachineLearningServices.v2.Data",
];

/// Quota of a scope. Source: AZL.
const QUOTA: usize = 500;

/// Creates or replaces a definition. The service answers 201 either way (REC,
/// `test_resource_policy_default`).
pub(crate) fn put(arm: &mut Arm, id: &ResourceId, body: &Value, now: &str) -> Outcome<Reply> {
    metadata::name(id.name(), ArmRefusal::PolicyName, 64)?;
    let properties = properties(body)?;
    metadata::only(
        properties,
        &[
            "displayName",
            "policyType",
            "mode",
            "description",
            "metadata",
            "parameters",
            "policyRule",
            "version",
            "versions",
            "externalEvaluationEnforcementSettings",
        ],
        "PolicyDefinitionProperties",
    )?;
    metadata::texts(properties)?;
    custom(properties)?;
    let mode = mode(properties)?;
    let parameters = parameter::declare(properties.get("parameters"), 20)?;
    let Some(policy_rule) = properties.get("policyRule").filter(|rule| !rule.is_null()) else {
        return Err(refuse(
            ArmRefusal::PolicyRuleMissing,
            "The request content was invalid and could not be deserialized: 'Required property 'policyRule' \
             not found in JSON. Path 'properties'.'.",
        ));
    };
    let mut walk = rule::Walk::new(&parameters);
    walk.rule(policy_rule)?;
    if let Some(unused) = parameters
        .keys()
        .find(|name| !walk.used.contains(&name.to_lowercase()))
    {
        return Err(refuse(
            ArmRefusal::ParameterUnused,
            format!(
                "The policy '{}' has defined parameters '{unused}' which are not used in the policy rule. Please \
                 either remove these parameters from the definition or ensure that they are used in the policy \
                 rule.",
                id.name()
            ),
        ));
    }
    let path = id.path();
    let old = arm.store.get(&key(&path)).cloned();
    match &old {
        Some(old) => {
            let declared = old["properties"]["parameters"]
                .as_object()
                .cloned()
                .unwrap_or_default();
            parameter::update(&declared, &parameters)?;
        }
        None => quota(arm, id)?,
    }
    let who = arm.tenant.caller().to_owned();
    let mut normal = Map::new();
    copy(properties, &mut normal, "displayName");
    normal.insert("policyType".to_owned(), json!("Custom"));
    normal.insert("mode".to_owned(), json!(mode));
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
    normal.insert("policyRule".to_owned(), policy_rule.clone());
    normal.insert("versions".to_owned(), json!([version]));
    let stored = json!({
        "properties": normal,
        "id": path,
        "type": KIND,
        "name": id.name(),
        "systemData": metadata::system_data(old.as_ref().map(|old| &old["systemData"]), &who, now),
    });
    arm.store.insert(key(&path), stored.clone());
    Ok(Reply::json(201, &stored))
}

/// Deletes a definition: 200 if it was there, 204 if not. Source: REST, Policy Definitions - Delete.
pub(crate) fn delete(arm: &mut Arm, id: &ResourceId) -> Outcome<Reply> {
    let path = id.path();
    if let Some(user) = arm.user_of_definition(&path) {
        return Err(refuse(
            ArmRefusal::PolicyInUse,
            format!(
                "The policy definition '{}' cannot be deleted. It is referenced by '{user}'. Please delete all \
                 policy assignments and policy set definitions referencing the policy.",
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

/// Finds a definition by its id: a custom one, or a built-in of the tenant's root.
pub(crate) fn find(arm: &Arm, path: &str) -> Option<Value> {
    let id = ResourceId::read(path)?;
    if !is(&id.kind(), KIND) || id.is_collection() {
        return None;
    }
    if let Some(stored) = arm.store.get(&key(path)) {
        return Some(stored.clone());
    }
    if id.scope.is_empty() {
        builtin::find(id.name())
    } else {
        None
    }
}

/// The effect that a definition has under given parameter values, in lower case.
pub(crate) fn effect(definition: &Value, value_of: impl Fn(&str) -> Option<Value>) -> String {
    let properties = &definition["properties"];
    let effect = properties["policyRule"]["then"]["effect"]
        .as_str()
        .unwrap_or_default();
    let Some(name) = super::expression::sole_parameter(effect) else {
        return effect.to_lowercase();
    };
    let default = || {
        let declared = properties["parameters"].as_object()?;
        parameter::find(declared, &name).map(|(_, parameter)| parameter["defaultValue"].clone())
    };
    value_of(&name)
        .or_else(default)
        .and_then(|value| Some(value.as_str()?.to_lowercase()))
        .unwrap_or_default()
}

/// The `properties` of a body.
pub(crate) fn properties(body: &Value) -> Outcome<&Map<String, Value>> {
    body.get("properties").and_then(Value::as_object).ok_or_else(|| {
        refuse(
            ArmRefusal::JsonMalformed,
            "The request content was invalid and could not be deserialized: 'Required property 'properties' not \
             found in JSON.'.",
        )
    })
}

/// Copies a member that is there and not null.
pub(crate) fn copy(from: &Map<String, Value>, into: &mut Map<String, Value>, member: &str) {
    if let Some(value) = from.get(member).filter(|value| !value.is_null()) {
        into.insert(member.to_owned(), value.clone());
    }
}

/// A customer's object is Custom. Source: APD, definition-structure-basics, policy type.
pub(crate) fn custom(properties: &Map<String, Value>) -> Outcome<()> {
    match properties.get("policyType") {
        None | Some(Value::Null) => Ok(()),
        Some(kind)
            if kind
                .as_str()
                .is_some_and(|kind| is(kind, "Custom") || is(kind, "NotSpecified")) =>
        {
            Ok(())
        }
        Some(kind) => Err(refuse(
            ArmRefusal::PolicyTypeReadOnly,
            format!("The policy type '{kind}' is not allowed. Only 'Custom' is."),
        )),
    }
}

/// The mode as the service spells it; Indexed when it is left out (REST, Policy Definitions).
fn mode(properties: &Map<String, Value>) -> Outcome<&'static str> {
    match properties.get("mode") {
        None | Some(Value::Null) => Ok("Indexed"),
        Some(given) => {
            let text = given.as_str().unwrap_or_default();
            MODES.iter().find(|mode| is(mode, text)).copied().ok_or_else(|| {
                refuse(
                    ArmRefusal::PolicyMode,
                    format!("The policy definition mode '{text}' is invalid. The supported modes are '{}'.", MODES.join(", ")),
                )
            })
        }
    }
}

fn quota(arm: &Arm, id: &ResourceId) -> Outcome<()> {
    let count = arm.children(&id.scope, KIND).count();
    if count < QUOTA {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::PolicyQuota,
        format!(
            "Creating policy definition '{}' would exceed the quota at current scope. Existing policy definitions: \
             '{count}', the quota is: '{QUOTA}'.",
            id.name()
        ),
    ))
}
