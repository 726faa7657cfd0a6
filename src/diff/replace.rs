//! Which changes make Terraform destroy a resource and make it anew, by the table of such facts.

use serde_json::Value;

use super::document::{self, Of};
use crate::schema::{ForceNew, When, force_new};

/// The first attribute whose change replaces the resource, if there is one.
pub(super) fn first(kind: &str, before: &Value, after: &Value) -> Option<&'static ForceNew> {
    document::parts(before, after, Of::Block)
        .into_iter()
        .find_map(|part| {
            // The table names paths without the numbers of repeated blocks.
            let path: Vec<&str> = part
                .pointer
                .split('.')
                .filter(|step| step.parse::<usize>().is_err())
                .collect();
            let row = force_new(kind, &path.join("."))?;
            holds(row.when, part.before.as_ref(), part.after.as_ref()).then_some(row)
        })
}

/// Whether the change is of the sort that replaces. What cannot be told counts as one.
fn holds(when: Option<When>, before: Option<&Value>, after: Option<&Value>) -> bool {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let text = |value: Option<&'_ Value>| value.and_then(Value::as_str).map(str::to_owned);
    match when {
        None => true,
        Some(When::Removed) => after.is_none(),
        Some(When::Decreases) => match (number(before), number(after)) {
            (Some(old), Some(new)) => new < old,
            _ => true,
        },
        Some(When::FewerMembers) => match (
            before.and_then(Value::as_object),
            after.and_then(Value::as_object),
        ) {
            (Some(old), Some(new)) => old.keys().any(|key| !new.contains_key(key)),
            _ => true,
        },
        Some(When::ReplicationFamily) => {
            let zonal = |value| text(value).is_some_and(|text| text.to_uppercase().contains("ZRS"));
            zonal(before) != zonal(after)
        }
        Some(When::AccountKind) => {
            (text(before).as_deref(), text(after).as_deref())
                != (Some("Storage"), Some("StorageV2"))
        }
    }
}
