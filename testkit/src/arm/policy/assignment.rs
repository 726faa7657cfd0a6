//! Policy assignments.
//!
//! Source: REST, Policy Assignments - Create; APD, assignment-structure.

use serde_json::{Map, Value, json};

use super::super::Arm;
use super::super::id::{ResourceId, Scope, is, key};
use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};
use super::definition::{copy, properties};
use super::{definition, metadata, parameter, set};
use crate::loopback::Reply;

pub(crate) const KIND: &str = "Microsoft.Authorization/policyAssignments";

/// Quota of a scope. Source: AZL.
const QUOTA: usize = 200;

/// Creates or replaces an assignment. The service answers 201 either way (REC,
/// `test_resource_policy_identity_systemassigned`).
pub(crate) fn put(arm: &mut Arm, id: &ResourceId, body: &Value, now: &str) -> Outcome<Reply> {
    let limit = if matches!(Scope::read(&id.scope), Some(Scope::ManagementGroup(_))) {
        24
    } else {
        64
    };
    metadata::name(id.name(), ArmRefusal::AssignmentName, limit)?;
    let properties = properties(body)?;
    metadata::only(
        properties,
        &[
            "displayName",
            "policyDefinitionId",
            "definitionVersion",
            "scope",
            "notScopes",
            "parameters",
            "description",
            "metadata",
            "enforcementMode",
            "nonComplianceMessages",
            "resourceSelectors",
            "overrides",
            "assignmentType",
            "instanceId",
            "latestDefinitionVersion",
            "effectiveDefinitionVersion",
            "selfServeExemptionSettings",
        ],
        "PolicyAssignmentProperties",
    )?;
    metadata::texts(properties)?;
    let Some(target) = properties.get("policyDefinitionId").and_then(Value::as_str) else {
        return Err(refuse(
            ArmRefusal::AssignmentTarget,
            "The request content was invalid and could not be deserialized: 'Required property \
             'policyDefinitionId' not found in JSON. Path 'properties'.'.",
        ));
    };
    let (found, is_set) = target_of(arm, target)?;
    in_scope(arm, id, target)?;
    let given = properties
        .get("parameters")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let declared = found["properties"]["parameters"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    parameter::give(
        &declared,
        &given,
        &format!("policy assignment '{}'", id.name()),
        found["name"].as_str().unwrap_or_default(),
        |value| Some(value.clone()),
    )?;
    let enforcement = enforcement(properties)?;
    not_scopes(arm, id, properties)?;
    let path = id.path();
    let old = arm.store.get(&key(&path)).cloned();
    match &old {
        None => quota(arm, id)?,
        Some(old) => {
            let present = old["properties"]["policyDefinitionId"]
                .as_str()
                .unwrap_or_default();
            if !is(present, target) {
                return Err(refuse(
                    ArmRefusal::AssignmentRetargeted,
                    format!(
                        "The policy assignment '{}' cannot change its policy definition.",
                        id.name()
                    ),
                ));
            }
        }
    }
    let identity = identity(arm, id, body, old.as_ref())?;
    let effects = if is_set {
        set::effects(arm, &found, &given)
    } else {
        vec![definition::effect(&found, |name| {
            Some(parameter::find(&given, name)?.1["value"].clone())
        })]
    };
    needs_identity(id, &effects, identity.as_ref())?;
    let who = arm.tenant.caller().to_owned();
    let mut normal = Map::new();
    copy(properties, &mut normal, "displayName");
    normal.insert("policyDefinitionId".to_owned(), json!(target));
    normal.insert(
        "definitionVersion".to_owned(),
        properties
            .get("definitionVersion")
            .filter(|v| !v.is_null())
            .cloned()
            .unwrap_or_else(|| json!("1.*.*")),
    );
    normal.insert("scope".to_owned(), json!(id.scope));
    for member in [
        "notScopes",
        "parameters",
        "description",
        "nonComplianceMessages",
        "resourceSelectors",
        "overrides",
    ] {
        copy(properties, &mut normal, member);
    }
    normal.insert(
        "metadata".to_owned(),
        metadata::stamp(
            properties.get("metadata"),
            old.as_ref().map(|old| &old["properties"]["metadata"]),
            &who,
            now,
        ),
    );
    normal.insert("enforcementMode".to_owned(), json!(enforcement));
    let mut stored = Map::new();
    if let Some(identity) = identity {
        stored.insert("identity".to_owned(), identity);
    }
    stored.insert("properties".to_owned(), Value::Object(normal));
    stored.insert("id".to_owned(), json!(path));
    stored.insert("type".to_owned(), json!(KIND));
    stored.insert("name".to_owned(), json!(id.name()));
    if let Some(location) = body.get("location").filter(|location| location.is_string()) {
        stored.insert("location".to_owned(), location.clone());
    }
    stored.insert(
        "systemData".to_owned(),
        metadata::system_data(old.as_ref().map(|old| &old["systemData"]), &who, now),
    );
    let stored = Value::Object(stored);
    arm.store.insert(key(&path), stored.clone());
    Ok(Reply::json(201, &stored))
}

/// Deletes an assignment and answers it once more; 204 if there was none.
pub(crate) fn delete(arm: &mut Arm, id: &ResourceId) -> Reply {
    let path = id.path();
    match arm.store.remove(&key(&path)) {
        Some(old) => Reply::json(200, &old),
        None => Reply::empty(204),
    }
}

fn target_of(arm: &Arm, target: &str) -> Outcome<(Value, bool)> {
    if let Some(found) = definition::find(arm, target) {
        return Ok((found, false));
    }
    if let Some(found) = set::find(arm, target) {
        return Ok((found, true));
    }
    let id = ResourceId::read(target);
    if id.as_ref().is_some_and(|id| is(&id.kind(), set::KIND)) {
        return Err(refuse(
            ArmRefusal::SetUnknown,
            format!(
                "The policy set definition '{}' could not be found.",
                id.map_or_else(String::new, |id| id.name().to_owned())
            ),
        ));
    }
    Err(refuse(
        ArmRefusal::PolicyUnknown,
        format!(
            "The policy definition '{}' could not be found.",
            id.map_or_else(|| target.to_owned(), |id| id.name().to_owned())
        ),
    ))
}

fn in_scope(arm: &Arm, id: &ResourceId, target: &str) -> Outcome<()> {
    let scope = ResourceId::read(target).map_or_else(String::new, |id| id.scope);
    if arm.tenant.is_above(&scope, &id.scope) {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::AssignmentScope,
        format!(
            "The policy definition specified in policy assignment '{}' is out of scope. Policy definitions should be \
             specified only at or above the policy assignment scope.",
            id.name()
        ),
    ))
}

fn enforcement(properties: &Map<String, Value>) -> Outcome<&'static str> {
    match properties.get("enforcementMode") {
        None | Some(Value::Null) => Ok("Default"),
        Some(given) => ["Default", "DoNotEnforce", "Enroll"]
            .into_iter()
            .find(|known| given.as_str().is_some_and(|given| is(given, known)))
            .ok_or_else(|| {
                refuse(
                    ArmRefusal::AssignmentEnforcement,
                    format!(
                        "The request content was invalid and could not be deserialized: 'Error converting value \
                         {given} to type 'EnforcementMode'. Path 'properties.enforcementMode'.'."
                    ),
                )
            }),
    }
}

fn not_scopes(arm: &Arm, id: &ResourceId, properties: &Map<String, Value>) -> Outcome<()> {
    let given = match properties.get("notScopes") {
        None | Some(Value::Null) => return Ok(()),
        Some(given) => given.as_array(),
    };
    let fits = given.is_some_and(|given| {
        given.len() <= 400
            && given.iter().all(|scope| {
                scope.as_str().is_some_and(|scope| {
                    Scope::read(scope).is_some() && arm.tenant.is_above(&id.scope, scope)
                })
            })
    });
    if fits {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::AssignmentNotScopes,
        format!(
            "The notScopes of the policy assignment '{}' are not at most 400 scopes below its own.",
            id.name()
        ),
    ))
}

/// The identity as it is stored: a system identity gets a principal, which stays on update.
fn identity(
    arm: &mut Arm,
    id: &ResourceId,
    body: &Value,
    old: Option<&Value>,
) -> Outcome<Option<Value>> {
    let Some(given) = body.get("identity").filter(|identity| identity.is_object()) else {
        return Ok(None);
    };
    let kind = given["type"].as_str().unwrap_or("None");
    if is(kind, "None") {
        return Ok(Some(json!({"type": "None"})));
    }
    if body
        .get("location")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .is_empty()
    {
        return Err(refuse(
            ArmRefusal::AssignmentLocation,
            format!(
                "The location property is required when the policy assignment '{}' has an identity.",
                id.name()
            ),
        ));
    }
    if is(kind, "UserAssigned") {
        return Ok(Some(
            json!({"type": "UserAssigned", "userAssignedIdentities": given["userAssignedIdentities"]}),
        ));
    }
    let present = old
        .and_then(|old| old["identity"]["principalId"].as_str())
        .map(str::to_owned);
    let principal = present.unwrap_or_else(|| arm.tenant.mint_identity(&id.path()));
    Ok(Some(json!({
        "principalId": principal,
        "tenantId": arm.tenant.id(),
        "type": "SystemAssigned",
    })))
}

fn needs_identity(id: &ResourceId, effects: &[String], identity: Option<&Value>) -> Outcome<()> {
    let acting = effects
        .iter()
        .find(|effect| matches!(effect.as_str(), "modify" | "deployifnotexists"));
    let bare = identity.is_none_or(|identity| identity["type"] == "None");
    match acting {
        Some(effect) if bare => {
            let name = if effect == "modify" {
                "Modify"
            } else {
                "DeployIfNotExists"
            };
            Err(refuse(
                ArmRefusal::AssignmentIdentity,
                format!(
                    "The policy assignment '{}' request is invalid. Policy assignments must include a 'managed \
                     identity' when assigning '{name}' policy definitions.",
                    id.name()
                ),
            ))
        }
        _ => Ok(()),
    }
}

fn quota(arm: &Arm, id: &ResourceId) -> Outcome<()> {
    let count = arm.children(&id.scope, KIND).count();
    if count < QUOTA {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::AssignmentQuota,
        format!(
            "Creating policy assignment '{}' would exceed the quota '{QUOTA}' at current scope.",
            id.name()
        ),
    ))
}
