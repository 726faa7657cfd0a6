//! Policy exemptions.
//!
//! Source: REST, Policy Exemptions - Create Or Update.

use serde_json::{Value, json};

use super::super::Arm;
use super::super::id::{ResourceId, is, key};
use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};
use super::definition::properties;
use super::{assignment, metadata};
use crate::loopback::Reply;

pub(crate) const KIND: &str = "Microsoft.Authorization/policyExemptions";

/// Creates or replaces an exemption.
pub(crate) fn put(arm: &mut Arm, id: &ResourceId, body: &Value, now: &str) -> Outcome<Reply> {
    metadata::name(id.name(), ArmRefusal::PolicyName, 64)?;
    let properties = properties(body)?;
    metadata::texts(properties)?;
    let of = properties
        .get("policyAssignmentId")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let assigned = ResourceId::read(of).is_some_and(|read| is(&read.kind(), assignment::KIND))
        && arm.store.contains_key(&key(of));
    let category = properties
        .get("exemptionCategory")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !assigned || !(is(category, "Waiver") || is(category, "Mitigated")) {
        return Err(refuse(
            ArmRefusal::ExemptionShape,
            format!(
                "The policy exemption '{}' needs an existing policyAssignmentId and the category Waiver or Mitigated.",
                id.name()
            ),
        ));
    }
    let path = id.path();
    let old = arm.store.get(&key(&path)).cloned();
    let who = arm.tenant.caller().to_owned();
    let stored = json!({
        "properties": properties,
        "id": path,
        "type": KIND,
        "name": id.name(),
        "systemData": metadata::system_data(old.as_ref().map(|old| &old["systemData"]), &who, now),
    });
    arm.store.insert(key(&path), stored.clone());
    Ok(Reply::json(if old.is_none() { 201 } else { 200 }, &stored))
}
