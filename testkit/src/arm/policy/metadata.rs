//! The texts and metadata that definitions, sets and assignments share, and the object's name.

use serde_json::{Map, Value, json};

use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};

/// Metadata that the service writes itself and ignores on input.
/// Source: REC, `test_resource_policy_default`: createdBy, createdOn, updatedBy, updatedOn.
const OF_SERVER: &[&str] = &["createdBy", "createdOn", "updatedBy", "updatedOn"];

/// Checks a policy object's name: `^[^<>*%&:\?.+/]*[^<>*%&:\?.+/ ]+$`, so it does not end in a
/// space. Source: REST, Policy Definitions - Create Or Update, policyDefinitionName.
pub(crate) fn name(name: &str, kind: ArmRefusal, limit: usize) -> Outcome<()> {
    let forbidden = |c: char| "<>*%&:\\?.+/".contains(c);
    if name.is_empty()
        || name.contains(forbidden)
        || name.ends_with(' ')
        || name.chars().count() > limit
    {
        return Err(refuse(
            kind,
            format!(
                "The name '{name}' is invalid: it has forbidden characters or more than {limit} characters."
            ),
        ));
    }
    Ok(())
}

/// Checks displayName, description and metadata.
pub(crate) fn texts(properties: &Map<String, Value>) -> Outcome<()> {
    for (member, limit, kind) in [
        ("displayName", 128, ArmRefusal::PolicyDisplayName),
        ("description", 512, ArmRefusal::PolicyDescription),
    ] {
        match properties.get(member) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.chars().count() <= limit => {}
            Some(_) => {
                return Err(refuse(
                    kind,
                    format!("The property '{member}' exceeds {limit} characters."),
                ));
            }
        }
    }
    match properties.get("metadata") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Object(metadata)) => {
            // APD: each metadata property has a limit of 1,024 characters.
            let long = metadata.iter().find(|(_, value)| match value {
                Value::String(text) => text.chars().count() > 1_024,
                other => other.to_string().chars().count() > 1_024,
            });
            match long {
                None => Ok(()),
                Some((member, _)) => Err(refuse(
                    ArmRefusal::PolicyMetadata,
                    format!("The metadata property '{member}' exceeds 1024 characters."),
                )),
            }
        }
        Some(_) => Err(refuse(
            ArmRefusal::PolicyMetadata,
            "The property 'metadata' is not an object.",
        )),
    }
}

/// Refuses members that a kind of properties does not have, as the service's strict reader does.
pub(crate) fn only(properties: &Map<String, Value>, allowed: &[&str], object: &str) -> Outcome<()> {
    match properties
        .keys()
        .find(|member| !allowed.contains(&member.as_str()))
    {
        None => Ok(()),
        Some(member) => Err(refuse(
            ArmRefusal::PolicyProperty,
            format!(
                "The request content was invalid and could not be deserialized: 'Could not find member \
                 '{member}' on object of type '{object}'. Path 'properties.{member}'.'."
            ),
        )),
    }
}

/// The metadata as the service stores it: what came in, without the server's own members, which it
/// then adds. `old` is the metadata of an existing object.
pub(crate) fn stamp(given: Option<&Value>, old: Option<&Value>, who: &str, now: &str) -> Value {
    let mut out = Map::new();
    for (member, value) in given.and_then(Value::as_object).into_iter().flatten() {
        if !OF_SERVER.contains(&member.as_str()) {
            out.insert(member.clone(), value.clone());
        }
    }
    match old {
        None => {
            out.insert("createdBy".to_owned(), json!(who));
            out.insert("createdOn".to_owned(), json!(now));
            out.insert("updatedBy".to_owned(), Value::Null);
            out.insert("updatedOn".to_owned(), Value::Null);
        }
        Some(old) => {
            out.insert("createdBy".to_owned(), old["createdBy"].clone());
            out.insert("createdOn".to_owned(), old["createdOn"].clone());
            out.insert("updatedBy".to_owned(), json!(who));
            out.insert("updatedOn".to_owned(), json!(now));
        }
    }
    Value::Object(out)
}

/// The `systemData` of an object.
/// Source: REC, `test_resource_policy_identity_systemassigned`.
pub(crate) fn system_data(old: Option<&Value>, who: &str, now: &str) -> Value {
    let created = old.filter(|old| old.is_object());
    json!({
        "createdBy": created.map_or(json!(who), |old| old["createdBy"].clone()),
        "createdByType": "Application",
        "createdAt": created.map_or(json!(now), |old| old["createdAt"].clone()),
        "lastModifiedBy": who,
        "lastModifiedByType": "Application",
        "lastModifiedAt": now,
    })
}
