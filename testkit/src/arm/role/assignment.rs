//! Role assignments.
//!
//! Source: REST, Role Assignments - Create; Azure docs, "List Azure role assignments using the REST
//! API"; REC, `test_role_assignment_create_update`.

use serde_json::{Map, Value, json};

use super::super::Arm;
use super::super::id::{ResourceId, Scope, is, is_guid, key};
use super::super::policy::definition::properties;
use super::super::refusal::ArmRefusal;
use super::super::tenant::principal_type;
use super::super::{Outcome, refuse};
use super::{condition, definition};
use crate::loopback::Reply;

pub(crate) const KIND: &str = "Microsoft.Authorization/roleAssignments";

/// Creates an assignment, or changes its description and condition.
pub(crate) fn put(arm: &mut Arm, id: &ResourceId, body: &Value, now: &str) -> Outcome<Reply> {
    if !is_guid(id.name()) {
        return Err(refuse(
            ArmRefusal::GrantId,
            format!(
                "The role assignment ID '{}' is not valid. The role assignment ID must be a GUID.",
                id.name()
            ),
        ));
    }
    let properties = properties(body)?;
    let role = role(arm, id, properties)?;
    let role_name = role["name"].as_str().unwrap_or_default().to_owned();
    let (principal, kind) = principal(arm, properties)?;
    let description = description(properties)?;
    let (condition, version) = conditions(properties)?;
    at_scope(arm, id, &role)?;
    let path = id.path();
    let old = arm.store.get(&key(&path)).cloned();
    match &old {
        Some(old) => {
            let same = is(
                old["properties"]["principalId"]
                    .as_str()
                    .unwrap_or_default(),
                &principal,
            ) && is(last(&old["properties"]["roleDefinitionId"]), &role_name);
            if !same {
                return Err(refuse(
                    ArmRefusal::GrantImmutable,
                    "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
                ));
            }
        }
        None => {
            unique(arm, id, &principal, &role_name)?;
            quota(arm, id)?;
        }
    }
    arm.tenant.add_principal(&principal, kind);
    let who = arm.tenant.caller();
    let created = old.as_ref().map_or_else(
        || (json!(now), json!(who)),
        |old| {
            (
                old["properties"]["createdOn"].clone(),
                old["properties"]["createdBy"].clone(),
            )
        },
    );
    let stored = json!({
        "properties": {
            "roleDefinitionId": definition::id_at(&role_name, &id.scope),
            "principalId": principal,
            "principalType": kind,
            "scope": if id.scope.is_empty() { "/" } else { &id.scope },
            "condition": condition,
            "conditionVersion": version,
            "createdOn": created.0,
            "updatedOn": now,
            "createdBy": created.1,
            "updatedBy": who,
            "delegatedManagedIdentityResourceId": properties.get("delegatedManagedIdentityResourceId"),
            "description": description,
        },
        "id": path,
        "type": KIND,
        "name": id.name().to_lowercase(),
    });
    arm.store.insert(key(&path), stored.clone());
    let mut answer = stored;
    if old.is_none() {
        // REC, test_role_assignment_create_update: the answer to a PUT has no creator yet.
        answer["properties"]["createdBy"] = Value::Null;
    }
    Ok(Reply::json(if old.is_none() { 201 } else { 200 }, &answer))
}

/// Reads one assignment.
pub(crate) fn get(arm: &Arm, id: &ResourceId) -> Outcome<Reply> {
    arm.store
        .get(&key(&id.path()))
        .map(|grant| Reply::json(200, grant))
        .ok_or_else(|| {
            refuse(
                ArmRefusal::GrantUnknown,
                format!("The role assignment '{}' is not found.", id.name()),
            )
        })
}

/// Deletes an assignment and answers it once more; 204 if there was none.
pub(crate) fn delete(arm: &mut Arm, id: &ResourceId) -> Reply {
    match arm.store.remove(&key(&id.path())) {
        Some(grant) => Reply::json(200, &grant),
        None => Reply::empty(204),
    }
}

/// Lists assignments: `atScope()` those at the scope and above, every other form those above, at and
/// below. Source: Azure docs, "List Azure role assignments using the REST API", the filter table.
pub(crate) fn list(arm: &Arm, scope: &str, filter: Option<&str>) -> Outcome<Reply> {
    let filter = filter.unwrap_or_default();
    let mut at_scope = false;
    let mut principal: Option<String> = None;
    for part in filter
        .split(" and ")
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let quoted = |text: &str| text.trim().trim_matches('\'').to_owned();
        if is(part, "atScope()") {
            at_scope = true;
        } else if let Some(rest) = strip(part, "principalId eq ") {
            principal = Some(quoted(rest));
        } else if let Some(rest) =
            strip(part, "assignedTo(").and_then(|rest| rest.strip_suffix(')'))
        {
            // The directory of this server knows no memberships, so this is the principal itself.
            principal = Some(quoted(rest));
        } else {
            return Err(refuse(
                ArmRefusal::GrantFilter,
                format!(
                    "The filter '{filter}' is not supported. Supported filters are atScope(), principalId eq and assignedTo()."
                ),
            ));
        }
    }
    if at_scope && strip(filter, "principalId").is_some() {
        return Err(refuse(
            ArmRefusal::GrantFilter,
            "The filters atScope() and principalId cannot be combined.",
        ));
    }
    let value: Vec<&Value> = arm
        .store
        .values()
        .filter(|grant| grant["type"] == KIND)
        .filter(|grant| {
            let granted = grant["properties"]["scope"].as_str().unwrap_or_default();
            let above = arm.tenant.is_above(granted, scope);
            above || (!at_scope && arm.tenant.is_below(granted, scope))
        })
        .filter(|grant| {
            principal.as_ref().is_none_or(|id| {
                is(
                    grant["properties"]["principalId"]
                        .as_str()
                        .unwrap_or_default(),
                    id,
                )
            })
        })
        .collect();
    Ok(Reply::json(200, &json!({ "value": value })))
}

fn strip<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let head = text.get(..start.len())?;
    is(head, start).then(|| &text[start.len()..])
}

fn last(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_default()
        .rsplit('/')
        .next()
        .unwrap_or_default()
}

fn role(arm: &Arm, id: &ResourceId, properties: &Map<String, Value>) -> Outcome<Value> {
    let known = [
        "roleDefinitionId",
        "principalId",
        "principalType",
        "description",
        "condition",
        "conditionVersion",
        "delegatedManagedIdentityResourceId",
        "scope",
        // Read-only members that a client may send back; the service ignores them.
        "createdOn",
        "updatedOn",
        "createdBy",
        "updatedBy",
        "canDelegate",
    ];
    let given = properties.get("roleDefinitionId").and_then(Value::as_str);
    let foreign = properties
        .keys()
        .find(|member| !known.contains(&member.as_str()));
    let (Some(path), None) = (given, foreign) else {
        return Err(refuse(
            ArmRefusal::GrantBody,
            "The request content was invalid and could not be deserialized: 'roleDefinitionId and principalId are \
             required, and unknown members are not allowed.'.",
        ));
    };
    let read = ResourceId::read(path)
        .filter(|role| is(&role.kind(), definition::KIND) && is_guid(role.name()));
    let Some(read) = read else {
        return Err(refuse(
            ArmRefusal::GrantRoleId,
            format!(
                "The role definition ID '{path}' is not valid. It is the full id of a role definition."
            ),
        ));
    };
    let role =
        definition::find(arm, read.name()).ok_or_else(|| definition::unknown(read.name()))?;
    if !definition::is_assignable(arm, &role, &id.scope) {
        return Err(refuse(
            ArmRefusal::GrantRoleScope,
            format!(
                "The role definition '{}' is not assignable at the scope '{}'.",
                read.name(),
                id.scope
            ),
        ));
    }
    Ok(role)
}

fn principal(arm: &Arm, properties: &Map<String, Value>) -> Outcome<(String, &'static str)> {
    let Some(id) = properties.get("principalId").and_then(Value::as_str) else {
        return Err(refuse(
            ArmRefusal::GrantBody,
            "The request content was invalid and could not be deserialized: 'principalId is required.'.",
        ));
    };
    if !is_guid(id) {
        return Err(refuse(
            ArmRefusal::GrantPrincipal,
            "A valid principal ID must be provided for role assignment.",
        ));
    }
    if arm.tenant.is_unknown(id) {
        return Err(refuse(
            ArmRefusal::GrantPrincipalUnknown,
            format!(
                "Principal {id} does not exist in the directory {}.",
                arm.tenant.id()
            ),
        ));
    }
    let known = arm.tenant.principal(id).and_then(principal_type);
    let given = match properties.get("principalType") {
        None | Some(Value::Null) => None,
        Some(given) => Some(given.as_str().and_then(principal_type).ok_or_else(|| {
            refuse(
                ArmRefusal::GrantPrincipalType,
                format!("The request content was invalid and could not be deserialized: '{given} is no principal type.'."),
            )
        })?),
    };
    match (known, given) {
        (Some(known), Some(given)) if known != given => Err(refuse(
            ArmRefusal::GrantPrincipalMismatch,
            format!(
                "The PrincipalId '{id}' has type '{known}', which is different from specified PrincipalType '{given}'."
            ),
        )),
        (Some(known), _) => Ok((id.to_owned(), known)),
        (None, Some(given)) => Ok((id.to_owned(), given)),
        // Without a type the service asks the directory, which takes an unknown id for a user here.
        (None, None) => Ok((id.to_owned(), "User")),
    }
}

fn description(properties: &Map<String, Value>) -> Outcome<Value> {
    match properties.get("description") {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(text)) if text.len() <= 2_048 => Ok(json!(text)),
        Some(_) => Err(refuse(
            ArmRefusal::GrantDescription,
            "The description of the role assignment exceeds 2 KB.",
        )),
    }
}

fn conditions(properties: &Map<String, Value>) -> Outcome<(Value, Value)> {
    let text = |member: &str| properties.get(member).filter(|value| !value.is_null());
    let (condition, version) = (text("condition"), text("conditionVersion"));
    let Some(condition) = condition else {
        return match version {
            None => Ok((Value::Null, Value::Null)),
            Some(_) => Err(refuse(
                ArmRefusal::ConditionVersion,
                "The given role assignment condition is invalid. A condition version needs a condition.",
            )),
        };
    };
    if version.and_then(Value::as_str) != Some("2.0") {
        return Err(refuse(
            ArmRefusal::ConditionVersion,
            "The given role assignment condition is invalid. The condition version must be '2.0'.",
        ));
    }
    let text = condition.as_str().unwrap_or_default();
    if text.len() > 8_192 {
        return Err(refuse(
            ArmRefusal::ConditionLength,
            "The given role assignment condition is invalid. It exceeds 8 KB.",
        ));
    }
    condition::check(text)?;
    Ok((condition.clone(), json!("2.0")))
}

/// A custom role with data actions cannot be assigned at a management group.
fn at_scope(arm: &Arm, id: &ResourceId, role: &Value) -> Outcome<()> {
    let scope = Scope::read(&id.scope);
    let custom = role["properties"]["type"] == "CustomRole";
    let data = role["properties"]["permissions"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|permission| {
            permission["dataActions"]
                .as_array()
                .is_some_and(|list| !list.is_empty())
        });
    if custom && data && matches!(scope, Some(Scope::ManagementGroup(_) | Scope::Tenant)) {
        return Err(refuse(
            ArmRefusal::GrantDataAtGroup,
            "A custom role with data actions cannot be assigned at the scope of a management group.",
        ));
    }
    arm.check_tracked(scope.as_ref())
}

fn unique(arm: &Arm, id: &ResourceId, principal: &str, role: &str) -> Outcome<()> {
    let twin = arm.children(&id.scope, KIND).find(|grant| {
        is(
            grant["properties"]["principalId"]
                .as_str()
                .unwrap_or_default(),
            principal,
        ) && is(last(&grant["properties"]["roleDefinitionId"]), role)
    });
    match twin {
        None => Ok(()),
        Some(twin) => Err(refuse(
            ArmRefusal::GrantExists,
            format!(
                "The role assignment already exists. The ID of the conflicting role assignment is {}.",
                last(&twin["name"]).replace('-', "")
            ),
        )),
    }
}

fn quota(arm: &Arm, id: &ResourceId) -> Outcome<()> {
    let scope = Scope::read(&id.scope);
    let (count, limit) = match scope.as_ref().and_then(Scope::subscription) {
        Some(subscription) => {
            let root = key(&format!("/subscriptions/{subscription}"));
            let within = arm.store.values().filter(|grant| {
                grant["type"] == KIND
                    && super::super::id::is_at_or_below(
                        grant["properties"]["scope"].as_str().unwrap_or_default(),
                        &root,
                    )
            });
            (within.count(), 4_000)
        }
        None => (arm.children(&id.scope, KIND).count(), 500),
    };
    if count < limit {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::GrantQuota,
        "No more role assignments can be created.",
    ))
}
