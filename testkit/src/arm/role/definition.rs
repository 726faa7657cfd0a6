//! Role definitions.
//!
//! Source: REST, Role Definitions - Create Or Update; AZR, custom-roles.

use serde_json::{Map, Value, json};

use super::super::Arm;
use super::super::id::{ResourceId, Scope, is, is_guid, key};
use super::super::policy::definition::properties;
use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};
use super::{action, builtin};
use crate::loopback::Reply;

pub(crate) const KIND: &str = "Microsoft.Authorization/roleDefinitions";

/// Creates or replaces a custom role. The service answers 201 either way (REC,
/// `test_custom_role_definition_scenario`).
pub(crate) fn put(arm: &mut Arm, id: &ResourceId, body: &Value, now: &str) -> Outcome<Reply> {
    let name = id.name().to_lowercase();
    if !is_guid(&name) {
        return Err(refuse(
            ArmRefusal::RoleId,
            format!(
                "The role definition ID '{}' is not valid. The role definition ID must be a GUID.",
                id.name()
            ),
        ));
    }
    let properties = properties(body)?;
    if builtin::find(&name).is_some() {
        return Err(refuse(
            ArmRefusal::RoleBuiltIn,
            format!("A role definition with the ID '{name}' already exists as a built-in role."),
        ));
    }
    let role_name = role_name(arm, properties, &name)?;
    let description = description(properties)?;
    let kind = properties
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("CustomRole");
    if !is(kind, "CustomRole") && !kind.is_empty() {
        return Err(refuse(
            ArmRefusal::RoleType,
            format!(
                "The role definition type '{kind}' is not valid. Only 'CustomRole' can be created."
            ),
        ));
    }
    let scopes = scopes(arm, id, properties)?;
    let permissions = permissions(properties)?;
    let path = stored_path(&name);
    let old = arm.store.get(&key(&path)).cloned();
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
            "roleName": role_name,
            "type": "CustomRole",
            "description": description,
            "assignableScopes": scopes,
            "permissions": permissions,
            "createdOn": created.0,
            "updatedOn": now,
            "createdBy": created.1,
            "updatedBy": who,
        },
        "id": path,
        "type": KIND,
        "name": name,
    });
    arm.store.insert(key(&path), stored.clone());
    let mut answer = seen_from(&stored, &id.scope);
    // REC, test_custom_role_definition_scenario: the answer to a PUT has no creator yet.
    answer["properties"]["createdBy"] = Value::Null;
    Ok(Reply::json(201, &answer))
}

/// Reads one role.
pub(crate) fn get(arm: &Arm, id: &ResourceId) -> Outcome<Reply> {
    match find(arm, id.name()) {
        Some(role) => Ok(Reply::json(200, &seen_from(&role, &id.scope))),
        None => Err(unknown(id.name())),
    }
}

/// Lists the roles that can be assigned at a scope, custom and built in.
pub(crate) fn list(arm: &Arm, scope: &str, filter: Option<&str>) -> Outcome<Reply> {
    let filter = filter.unwrap_or_default().trim();
    let wanted = |member: &str| {
        let rest = filter
            .strip_prefix(member)?
            .trim_start()
            .strip_prefix("eq ")?
            .trim();
        Some(rest.trim_matches('\'').replace("''", "'"))
    };
    let (name, kind) = (wanted("roleName"), wanted("type"));
    if !filter.is_empty()
        && name.is_none()
        && kind.is_none()
        && !filter.starts_with("atScopeAndBelow()")
    {
        return Err(refuse(
            ArmRefusal::GrantFilter,
            format!(
                "The filter '{filter}' is not supported. Supported filters are roleName eq, type eq and atScopeAndBelow()."
            ),
        ));
    }
    let custom = arm
        .store
        .values()
        .filter(|role| role["type"] == KIND)
        .cloned();
    let value: Vec<Value> = custom
        .chain(builtin::all())
        .filter(|role| {
            let properties = &role["properties"];
            name.as_ref()
                .is_none_or(|name| is(properties["roleName"].as_str().unwrap_or_default(), name))
                && kind
                    .as_ref()
                    .is_none_or(|kind| is(properties["type"].as_str().unwrap_or_default(), kind))
                && is_assignable(arm, role, scope)
        })
        .map(|role| seen_from(&role, scope))
        .collect();
    Ok(Reply::json(200, &json!({ "value": value })))
}

/// Deletes a role that is not assigned, and answers it once more; 204 if there was none.
pub(crate) fn delete(arm: &mut Arm, id: &ResourceId) -> Outcome<Reply> {
    let path = stored_path(&id.name().to_lowercase());
    let Some(role) = arm.store.get(&key(&path)).cloned() else {
        return Ok(Reply::empty(204));
    };
    let assigned = arm.store.values().any(|grant| {
        grant["type"] == super::assignment::KIND
            && grant["properties"]["roleDefinitionId"]
                .as_str()
                .and_then(|role| role.rsplit('/').next())
                .is_some_and(|role| is(role, id.name()))
    });
    if assigned {
        return Err(refuse(
            ArmRefusal::RoleInUse,
            format!(
                "There are existing role assignments referencing the role definition '{}'.",
                id.name()
            ),
        ));
    }
    arm.store.remove(&key(&path));
    Ok(Reply::json(200, &seen_from(&role, &id.scope)))
}

/// Finds a role by its GUID. Custom roles belong to the tenant, whatever scope they are read at.
pub(crate) fn find(arm: &Arm, name: &str) -> Option<Value> {
    arm.store
        .get(&key(&stored_path(&name.to_lowercase())))
        .cloned()
        .or_else(|| builtin::find(name))
}

pub(crate) fn unknown(name: &str) -> super::super::Refused {
    refuse(
        ArmRefusal::RoleUnknown,
        format!("The specified role definition with ID '{name}' does not exist."),
    )
}

/// Whether a role can be assigned at a scope.
pub(crate) fn is_assignable(arm: &Arm, role: &Value, scope: &str) -> bool {
    role["properties"]["assignableScopes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .any(|assignable| {
            assignable == "/" || scope.is_empty() || arm.tenant.is_above(assignable, scope)
        })
}

/// A role's id as it shows at a scope: below a subscription it carries the subscription's prefix.
/// Source: REC, `test_role_assignment_create_update`.
pub(crate) fn id_at(name: &str, scope: &str) -> String {
    match Scope::read(scope).as_ref().and_then(Scope::subscription) {
        Some(subscription) => format!("/subscriptions/{subscription}/providers/{KIND}/{name}"),
        None => stored_path(name),
    }
}

fn stored_path(name: &str) -> String {
    format!("/providers/{KIND}/{name}")
}

fn seen_from(role: &Value, scope: &str) -> Value {
    let mut role = role.clone();
    role["id"] = json!(id_at(role["name"].as_str().unwrap_or_default(), scope));
    role
}

fn role_name(arm: &Arm, properties: &Map<String, Value>, name: &str) -> Outcome<String> {
    let role_name = properties
        .get("roleName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if role_name.is_empty() {
        return Err(refuse(
            ArmRefusal::RoleName,
            "The role definition name cannot be null or empty.",
        ));
    }
    if role_name.chars().count() > 512 {
        return Err(refuse(
            ArmRefusal::RoleNameLength,
            "The role definition name exceeds 512 characters.",
        ));
    }
    let custom = arm
        .store
        .values()
        .filter(|role| role["type"] == KIND)
        .cloned();
    let taken = custom.chain(builtin::all()).any(|role| {
        !is(role["name"].as_str().unwrap_or_default(), name)
            && is(
                role["properties"]["roleName"].as_str().unwrap_or_default(),
                role_name,
            )
    });
    if taken {
        return Err(refuse(
            ArmRefusal::RoleNameTaken,
            "A custom role with the same name already exists in this directory. Use a different name.",
        ));
    }
    Ok(role_name.to_owned())
}

fn description(properties: &Map<String, Value>) -> Outcome<Value> {
    match properties.get("description") {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(text)) if text.chars().count() <= 2_048 => Ok(json!(text)),
        Some(_) => Err(refuse(
            ArmRefusal::RoleDescription,
            "The role definition description exceeds 2048 characters.",
        )),
    }
}

fn scopes(arm: &Arm, id: &ResourceId, properties: &Map<String, Value>) -> Outcome<Vec<String>> {
    let given: Vec<&str> = properties
        .get("assignableScopes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if given.is_empty() || given.len() > 2_000 {
        return Err(refuse(
            ArmRefusal::RoleScopesMissing,
            "The role definition has no assignable scopes, or more than 2000.",
        ));
    }
    let mut groups = 0;
    for scope in &given {
        match Scope::read(scope).filter(|_| scope.starts_with('/') && !scope.contains('*')) {
            // The existence of a management group is not checked (AZR, custom-roles, limits).
            Some(Scope::ManagementGroup(_)) => groups += 1,
            Some(Scope::Subscription(_) | Scope::Group(..) | Scope::Resource(..)) => {}
            Some(Scope::Tenant) | None => {
                return Err(refuse(
                    ArmRefusal::RoleScopeInvalid,
                    format!(
                        "Property id '{scope}' at path 'properties.assignableScopes' is invalid. Expect fully qualified resource Id."
                    ),
                ));
            }
        }
    }
    if groups > 1 {
        return Err(refuse(
            ArmRefusal::RoleScopeGroups,
            "The role definition has more than one management group among its assignable scopes.",
        ));
    }
    // A role can be written at the tenant's root, at one of its scopes, or anywhere below one.
    if !id.scope.is_empty()
        && !given.iter().any(|scope| {
            arm.tenant.is_above(scope, &id.scope) || arm.tenant.is_above(&id.scope, scope)
        })
    {
        return Err(refuse(
            ArmRefusal::RoleScopeForeign,
            format!(
                "The scope '{}' is not among the assignable scopes of the role definition.",
                id.scope
            ),
        ));
    }
    Ok(given
        .into_iter()
        .map(|scope| scope.trim_end_matches('/').to_owned())
        .collect())
}

/// Permissions with all four lists, as the service fills them.
fn permissions(properties: &Map<String, Value>) -> Outcome<Vec<Value>> {
    let missing = || {
        refuse(
            ArmRefusal::RolePermissionsMissing,
            "The request content was invalid and could not be deserialized: 'properties.permissions' is not a list \
             of actions, notActions, dataActions and notDataActions.",
        )
    };
    let given = properties
        .get("permissions")
        .and_then(Value::as_array)
        .ok_or_else(missing)?;
    let mut out = Vec::new();
    for permission in given {
        let members = permission.as_object().ok_or_else(missing)?;
        let mut normal = Map::new();
        for list in ["actions", "notActions", "dataActions", "notDataActions"] {
            let actions = match members.get(list) {
                None | Some(Value::Null) => Vec::new(),
                Some(Value::Array(actions)) => actions.clone(),
                Some(_) => return Err(missing()),
            };
            for name in &actions {
                let name = name.as_str().ok_or_else(missing)?;
                if list.to_lowercase().contains("data") {
                    action::data(name)?;
                } else {
                    action::control(name)?;
                }
            }
            normal.insert(list.to_owned(), Value::Array(actions));
        }
        let foreign = |member: &&String| {
            !normal.contains_key(member.as_str())
                && !matches!(member.as_str(), "condition" | "conditionVersion")
        };
        if members.keys().any(|member| foreign(&member)) {
            return Err(missing());
        }
        out.push(Value::Object(normal));
    }
    Ok(out)
}
