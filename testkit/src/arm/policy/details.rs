//! The `details` of an effect.
//!
//! Source: APD, the page of each effect: effect-append, -modify, -audit-if-not-exists,
//! -deploy-if-not-exists, -deny-action, -manual. Audit, deny and disabled ignore details.

use serde_json::Value;

use super::super::id;
use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};
use super::rule::{Walk, unknown_member};

/// Checks the details against every effect that the rule can have.
pub(crate) fn check(
    walk: &mut Walk<'_>,
    effects: &[String],
    details: Option<&Value>,
) -> Outcome<()> {
    let details = details.filter(|details| !details.is_null());
    for effect in effects {
        let Some(check) = checker(effect) else {
            continue;
        };
        let Some(details) = details else {
            return Err(refuse(
                ArmRefusal::DetailsMissing,
                format!("The policy effect '{effect}' requires 'details'."),
            ));
        };
        check(walk, details)?;
    }
    // Details that no known effect has judged still hold expressions: those of an effect that an
    // expression computes, and those that audit and deny ignore.
    match details {
        Some(details) if effects.iter().all(|effect| checker(effect).is_none()) => {
            expressions(walk, details)
        }
        _ => Ok(()),
    }
}

type Check = fn(&mut Walk<'_>, &Value) -> Outcome<()>;

fn checker(effect: &str) -> Option<Check> {
    match effect {
        "append" => Some(append),
        "modify" => Some(modify),
        "auditifnotexists" => Some(audit_if_not_exists),
        "deployifnotexists" => Some(deploy_if_not_exists),
        "denyaction" => Some(deny_action),
        _ => None,
    }
}

fn append(walk: &mut Walk<'_>, details: &Value) -> Outcome<()> {
    let Some(items) = details.as_array().filter(|items| !items.is_empty()) else {
        return Err(bad_member(
            "append",
            "details are a list of field and value",
        ));
    };
    for item in items {
        members(item, "append", &["field", "value"])?;
        let (Some(field), Some(value)) = (item.get("field"), item.get("value")) else {
            return Err(bad_member(
                "append",
                "details are a list of field and value",
            ));
        };
        walk.field(field, "then.details")?;
        walk.any(value, "then.details")?;
    }
    Ok(())
}

fn modify(walk: &mut Walk<'_>, details: &Value) -> Outcome<()> {
    members(
        details,
        "modify",
        &["roleDefinitionIds", "conflictEffect", "operations"],
    )?;
    roles(details, "modify")?;
    if let Some(conflict) = details.get("conflictEffect") {
        let known = ["audit", "deny", "disabled"];
        let fits = conflict.as_str().is_some_and(|effect| {
            super::expression::is_expression(effect)
                || known.iter().any(|known| known.eq_ignore_ascii_case(effect))
        });
        if !fits {
            return Err(bad_member(
                "modify",
                "conflictEffect is audit, deny or disabled",
            ));
        }
        walk.any(conflict, "then.details.conflictEffect")?;
    }
    let Some(operations) = details
        .get("operations")
        .and_then(Value::as_array)
        .filter(|o| !o.is_empty())
    else {
        return Err(operation("operations are a list"));
    };
    for item in operations {
        modify_operation(walk, item)?;
    }
    Ok(())
}

fn modify_operation(walk: &mut Walk<'_>, item: &Value) -> Outcome<()> {
    members(
        item,
        "modify",
        &["operation", "field", "value", "condition"],
    )?;
    let name = item
        .get("operation")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_lowercase();
    let Some(field) = item.get("field") else {
        return Err(operation("an operation has a field"));
    };
    walk.field(field, "then.details.operations")?;
    match name.as_str() {
        "add" | "addorreplace" => {
            let Some(value) = item.get("value") else {
                return Err(operation("add and addOrReplace have a value"));
            };
            walk.any(value, "then.details.operations")?;
        }
        "remove" => {
            let text = field.as_str().unwrap_or_default().to_lowercase();
            if item.get("value").is_some() || !text.contains("tags") {
                return Err(operation("remove has no value and removes tags only"));
            }
        }
        _ => return Err(operation("an operation is add, addOrReplace or remove")),
    }
    if let Some(condition) = item.get("condition") {
        walk.any(condition, "then.details.operations.condition")?;
        // APD, effect-modify: field(), resourceGroup() and subscription() cannot be used here.
        let text = condition.as_str().unwrap_or_default().to_lowercase();
        if ["field(", "resourcegroup(", "subscription("]
            .iter()
            .any(|call| text.contains(call))
        {
            return Err(operation(
                "an operation's condition uses no field(), resourceGroup() or subscription()",
            ));
        }
    }
    Ok(())
}

const RELATED: &[&str] = &[
    "type",
    "name",
    "kind",
    "resourceGroupName",
    "existenceScope",
    "existenceCondition",
    "evaluationDelay",
];

fn audit_if_not_exists(walk: &mut Walk<'_>, details: &Value) -> Outcome<()> {
    // An effect parameter may offer audit and deploy at once, so deploy's members are lawful here.
    // APD, effect-basics, interchanging effects.
    let allowed: Vec<&str> = RELATED
        .iter()
        .copied()
        .chain(["roleDefinitionIds", "deployment", "deploymentScope"])
        .collect();
    members(details, "auditIfNotExists", &allowed)?;
    related(walk, details, "auditIfNotExists")?;
    deployment_expressions(walk, details)
}

fn deploy_if_not_exists(walk: &mut Walk<'_>, details: &Value) -> Outcome<()> {
    let allowed: Vec<&str> = RELATED
        .iter()
        .copied()
        .chain(["roleDefinitionIds", "deployment", "deploymentScope"])
        .collect();
    members(details, "deployIfNotExists", &allowed)?;
    related(walk, details, "deployIfNotExists")?;
    roles(details, "deployIfNotExists")?;
    let properties = details
        .get("deployment")
        .map(|deployment| &deployment["properties"]);
    let whole = properties.is_some_and(|properties| {
        properties["template"]["resources"].is_array()
            || properties["template"]["resources"].is_object()
            || properties["templateLink"].is_object()
    });
    if !whole {
        return Err(refuse(
            ArmRefusal::DetailsDeployment,
            "The policy effect 'deployIfNotExists' requires 'details.deployment.properties.template'.",
        ));
    }
    let mode = properties
        .and_then(|properties| properties["mode"].as_str())
        .unwrap_or_default();
    if !mode.eq_ignore_ascii_case("incremental") && !mode.eq_ignore_ascii_case("complete") {
        return Err(refuse(
            ArmRefusal::DetailsDeployment,
            "The policy effect 'deployIfNotExists' requires 'details.deployment.properties.mode'.",
        ));
    }
    deployment_expressions(walk, details)
}

fn related(walk: &mut Walk<'_>, details: &Value, effect: &str) -> Outcome<()> {
    let kind = details
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let whole = kind.contains('.') && kind.contains('/');
    if !whole && !super::expression::is_expression(kind) {
        return Err(refuse(
            ArmRefusal::DetailsType,
            format!(
                "The policy effect '{effect}' requires 'details.type' of the form provider/type."
            ),
        ));
    }
    for name in ["existenceScope", "deploymentScope"] {
        let fits = details.get(name).is_none_or(|scope| {
            scope.as_str().is_some_and(|scope| {
                id::is(scope, "resourceGroup") || id::is(scope, "subscription")
            })
        });
        if !fits {
            return Err(bad_member(
                effect,
                "a scope is resourceGroup or subscription",
            ));
        }
    }
    for name in [
        "type",
        "name",
        "kind",
        "resourceGroupName",
        "evaluationDelay",
    ] {
        if let Some(value) = details.get(name) {
            walk.any(value, &format!("then.details.{name}"))?;
        }
    }
    match details.get("existenceCondition") {
        None => Ok(()),
        Some(condition) => walk.condition(condition, "then.details.existenceCondition"),
    }
}

fn deny_action(walk: &mut Walk<'_>, details: &Value) -> Outcome<()> {
    members(details, "denyAction", &["actionNames", "cascadeBehaviors"])?;
    let delete = details
        .get("actionNames")
        .and_then(Value::as_array)
        .is_some_and(|names| {
            !names.is_empty() && names.iter().all(|name| name.as_str() == Some("delete"))
        });
    if !delete {
        return Err(bad_member("denyAction", "the only action name is delete"));
    }
    walk.any(details, "then.details")
}

/// The role ids of an effect that acts. Source: APD, effect-modify, "Modify properties".
fn roles(details: &Value, effect: &str) -> Outcome<()> {
    let ids = details.get("roleDefinitionIds").and_then(Value::as_array);
    let whole = ids.is_some_and(|ids| {
        !ids.is_empty()
            && ids.iter().all(|role| {
                let path = role.as_str().unwrap_or_default();
                id::ResourceId::read(path).is_some_and(|read| {
                    id::is(&read.kind(), "Microsoft.Authorization/roleDefinitions")
                        && id::is_guid(read.name())
                })
            })
    });
    if whole {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::DetailsRoles,
        format!(
            "The policy effect '{effect}' requires 'details.roleDefinitionIds', a list of role definition ids."
        ),
    ))
}

/// Expressions of a deployment belong to policy only outside its template.
/// Source: Azure/azure-policy built-in definitions: the template's own parameters are written with
/// plain single brackets.
fn deployment_expressions(walk: &mut Walk<'_>, details: &Value) -> Outcome<()> {
    let Some(deployment) = details.get("deployment") else {
        return Ok(());
    };
    expressions(walk, deployment)
}

/// Every expression outside a template.
fn expressions(walk: &mut Walk<'_>, value: &Value) -> Outcome<()> {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| name.as_str() != "template")
            .try_for_each(|(_, inner)| expressions(walk, inner)),
        Value::Array(items) => items.iter().try_for_each(|item| expressions(walk, item)),
        _ => walk.any(value, "then.details"),
    }
}

fn members(value: &Value, effect: &str, allowed: &[&str]) -> Outcome<()> {
    let Some(members) = value.as_object() else {
        return Err(bad_member(effect, "details are an object"));
    };
    match members
        .keys()
        .find(|name| !allowed.iter().any(|known| known.eq_ignore_ascii_case(name)))
    {
        None => Ok(()),
        Some(name) => Err(unknown_member(
            ArmRefusal::DetailsMember,
            name,
            &format!("{effect} details"),
            &format!("then.details.{name}"),
        )),
    }
}

fn bad_member(effect: &str, what: &str) -> super::super::Refused {
    refuse(
        ArmRefusal::DetailsMember,
        format!("The details of the policy effect '{effect}' are invalid: {what}."),
    )
}

fn operation(what: &str) -> super::super::Refused {
    refuse(
        ArmRefusal::DetailsOperation,
        format!("The 'operations' of the policy effect 'modify' are invalid: {what}."),
    )
}
