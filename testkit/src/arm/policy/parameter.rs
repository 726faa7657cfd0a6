//! Parameters of a policy definition or set: what may be declared, and which value fits.
//!
//! Source: APD, definition-structure-parameters.

use serde_json::{Map, Value, json};

use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};

/// The types as the service writes them back: it answers `"Array"` to a stored `"array"`.
/// Source: REC, `test_resource_policy_default`.
const TYPES: &[&str] = &[
    "String", "Array", "Object", "Boolean", "Integer", "Float", "DateTime",
];

/// Checks and normalises a declaration; `limit` is 20 for a definition and 300 for a set (AZL).
pub(crate) fn declare(parameters: Option<&Value>, limit: usize) -> Outcome<Map<String, Value>> {
    let mut out = Map::new();
    let declared = match parameters {
        None | Some(Value::Null) => return Ok(out),
        Some(Value::Object(declared)) => declared,
        Some(_) => return Err(shape("properties.parameters", "is not an object")),
    };
    if declared.len() > limit {
        return Err(refuse(
            ArmRefusal::ParameterCount,
            format!(
                "The number of parameters '{}' exceeds the limit of '{limit}'.",
                declared.len()
            ),
        ));
    }
    for (name, parameter) in declared {
        out.insert(name.clone(), one(name, parameter)?);
    }
    Ok(out)
}

fn one(name: &str, parameter: &Value) -> Outcome<Value> {
    let place = format!("properties.parameters.{name}");
    let Some(members) = parameter.as_object() else {
        return Err(shape(&place, "is not an object"));
    };
    for member in members.keys() {
        if ![
            "type",
            "metadata",
            "defaultValue",
            "allowedValues",
            "schema",
        ]
        .contains(&member.as_str())
        {
            return Err(refuse(
                ArmRefusal::ParameterShape,
                format!(
                    "The request content was invalid and could not be deserialized: 'Could not find \
                     member '{member}' on object of type 'PolicyParameterDefinition'. Path '{place}.{member}'.'."
                ),
            ));
        }
    }
    let wanted = members
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let Some(kind) = TYPES.iter().find(|kind| kind.eq_ignore_ascii_case(wanted)) else {
        return Err(refuse(
            ArmRefusal::ParameterType,
            format!(
                "The request content was invalid and could not be deserialized: 'Error converting value \
                 \"{wanted}\" to type 'PolicyParameterType'. Path '{place}.type'.'."
            ),
        ));
    };
    if members.contains_key("schema") && *kind != "Object" {
        return Err(shape(&place, "has a schema but is no object"));
    }
    let allowed = match members.get("allowedValues") {
        None | Some(Value::Null) => None,
        Some(Value::Array(values)) => Some(values),
        Some(_) => return Err(shape(&place, "has allowedValues that are no array")),
    };
    let mut normal = members.clone();
    normal.insert("type".to_owned(), json!(kind));
    if let Some(default) = members.get("defaultValue").filter(|value| !value.is_null()) {
        if !fits(kind, default) {
            return Err(refuse(
                ArmRefusal::ParameterDefault,
                format!(
                    "The default value of the policy parameter '{name}' is not of type '{kind}'."
                ),
            ));
        }
        if let Some(values) = allowed
            && !is_among(default, values)
        {
            return Err(refuse(
                ArmRefusal::ParameterDefault,
                format!(
                    "The default value of the policy parameter '{name}' is not among its allowed values."
                ),
            ));
        }
    }
    Ok(Value::Object(normal))
}

/// Whether a value is of a parameter's type. An expression stands for a value of any type.
pub(crate) fn fits(kind: &str, value: &Value) -> bool {
    if value.as_str().is_some_and(super::expression::is_expression) {
        return true;
    }
    match kind.to_lowercase().as_str() {
        "string" => value.is_string(),
        "datetime" => value
            .as_str()
            .is_some_and(|text| text.len() >= 10 && text.as_bytes()[4] == b'-'),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "float" => value.is_number(),
        _ => false,
    }
}

/// Whether a value is allowed. An array parameter's allowed values are those of its elements.
/// Compared with case: APD, definition-structure-parameters, allowedValues.
pub(crate) fn is_among(value: &Value, allowed: &[Value]) -> bool {
    match value {
        Value::Array(items) => {
            allowed.contains(value) || items.iter().all(|item| allowed.contains(item))
        }
        _ => allowed.contains(value),
    }
}

/// Finds a parameter by name without regard to case.
pub(crate) fn find<'a>(
    parameters: &'a Map<String, Value>,
    name: &str,
) -> Option<(&'a str, &'a Value)> {
    parameters
        .iter()
        .find(|(declared, _)| declared.eq_ignore_ascii_case(name))
        .map(|(declared, parameter)| (declared.as_str(), parameter))
}

/// Whether a parameter has a default value.
pub(crate) fn has_default(parameter: &Value) -> bool {
    parameter
        .get("defaultValue")
        .is_some_and(|value| !value.is_null())
}

/// Checks the values that a reference or an assignment gives to a definition's parameters.
///
/// `who` is "policy assignment 'x'" or "policy set definition 'x'", `whose` the definition's name.
pub(crate) fn give(
    declared: &Map<String, Value>,
    given: &Map<String, Value>,
    who: &str,
    whose: &str,
    resolve: impl Fn(&Value) -> Option<Value>,
) -> Outcome<()> {
    for (name, wrapped) in given {
        let Some((_, parameter)) = find(declared, name) else {
            return Err(refuse(
                ArmRefusal::AssignmentParameterUndefined,
                format!(
                    "The {who} is attempting to assign the parameter(s) '{name}' which are not defined \
                     in the policy definition '{whose}'."
                ),
            ));
        };
        // A value may be an expression that only the enclosing set can resolve.
        let Some(value) = wrapped.get("value").and_then(&resolve) else {
            continue;
        };
        let kind = parameter["type"].as_str().unwrap_or_default();
        let allowed = parameter["allowedValues"].as_array();
        if !fits(kind, &value) || allowed.is_some_and(|allowed| !is_among(&value, allowed)) {
            return Err(refuse(
                ArmRefusal::AssignmentParameterValue,
                format!(
                    "The value '{value}' is not allowed for policy parameter '{name}' in policy \
                     definition '{whose}'."
                ),
            ));
        }
    }
    let missing: Vec<&str> = declared
        .iter()
        .filter(|(name, parameter)| !has_default(parameter) && find(given, name).is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::AssignmentParameterMissing,
        format!(
            "The {who} is missing the parameter(s) '{}' as defined in the policy definition '{whose}'.",
            missing.join(",")
        ),
    ))
}

/// An update may add parameters with defaults and may remove none.
pub(crate) fn update(old: &Map<String, Value>, new: &Map<String, Value>) -> Outcome<()> {
    if let Some((name, _)) = old.iter().find(|(name, _)| find(new, name).is_none()) {
        return Err(refuse(
            ArmRefusal::ParameterRemoved,
            format!(
                "The policy contains fewer parameter(s) '{name}' than those present in the existing policy. \
                 Policy parameters cannot be removed during policy update."
            ),
        ));
    }
    let added = new
        .iter()
        .find(|(name, parameter)| find(old, name).is_none() && !has_default(parameter));
    if let Some((name, _)) = added {
        return Err(refuse(
            ArmRefusal::ParameterAdded,
            format!(
                "The policy contains new parameter(s) '{name}' which are not present in the existing policy \
                 and have no default value. New parameters may be added to a policy only if they have a \
                 default value."
            ),
        ));
    }
    Ok(())
}

fn shape(place: &str, what: &str) -> super::super::Refused {
    refuse(
        ArmRefusal::ParameterShape,
        format!(
            "The request content was invalid and could not be deserialized: '{place} {what}.'."
        ),
    )
}
