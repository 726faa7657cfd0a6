//! Which way a change of something that grants goes: more for somebody, less, or both.
//!
//! Only what is known is judged: lists of rights, of things and of people, conditions that come and go,
//! values of conditions, dates of expiry. Anything else may do both.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Risk;
use crate::diff::Part;

/// Whether more is allowed, and whether less.
type Way = (bool, bool);

const BOTH: Way = (true, true);
const MORE: Way = (true, false);
const LESS: Way = (false, true);

/// Lists whose every item allows more, by the last step of their pointer.
const GIVES: &[&str] = &[
    "Action",
    "Resource",
    "Principal",
    "actions",
    "dataActions",
    "assignableScopes",
    "includedPermissions",
    "permissions",
    "permissions_with_grant_option",
    "column_names",
    "members",
];
/// Lists whose every item allows less.
const TAKES: &[&str] = &[
    "notActions",
    "notDataActions",
    "NotAction",
    "NotResource",
    "NotPrincipal",
    "excluded_column_names",
];

/// What the parts of a grant may do together.
pub(super) fn changes(parts: &[&Part]) -> BTreeSet<Risk> {
    let mut risk = BTreeSet::new();
    for part in parts {
        let (more, less) = way(part);
        if more {
            risk.insert(Risk::WidensAccess);
        }
        if less {
            risk.insert(Risk::NarrowsAccess);
        }
    }
    risk
}

fn way(part: &Part) -> Way {
    let mut steps = part.pointer.split('.');
    let first = steps.next().unwrap_or_default();
    // Names of conditions hold dots nowhere but colons (`aws:CurrentTime`).
    let last = part.pointer.rsplit('.').next().unwrap_or_default();
    match (first, last) {
        ("Condition", _) => condition(part),
        ("condition", _) | (_, "condition_version") => text_condition(part),
        // `NotAction` in place of `Action` and the like: what is in neither list cannot be told.
        _ if first == part.pointer && is_statement(first) && is_new_or_gone(part) => BOTH,
        ("Principal", _) => lists(part),
        ("NotPrincipal", _) => turned(lists(part)),
        _ if GIVES.contains(&last) => lists(part),
        _ if TAKES.contains(&last) => turned(lists(part)),
        _ => BOTH,
    }
}

fn is_statement(key: &str) -> bool {
    key.starts_with("Not") || matches!(key, "Action" | "Resource" | "Principal")
}

fn is_new_or_gone(part: &Part) -> bool {
    part.before.is_none() || part.after.is_none()
}

fn turned((more, less): Way) -> Way {
    (less, more)
}

/// A list that only grew, or only shrank. An empty list and none at all are the same.
fn lists(part: &Part) -> Way {
    match (texts(part.before.as_ref()), texts(part.after.as_ref())) {
        // `*` is every item there is.
        (Some(_), Some(new)) if new.contains("*") => MORE,
        (Some(old), Some(_)) if old.contains("*") => LESS,
        _ => values(part),
    }
}

/// The same, where `*` is a text like any other.
fn values(part: &Part) -> Way {
    match (texts(part.before.as_ref()), texts(part.after.as_ref())) {
        (Some(old), Some(new)) if old.is_subset(&new) => MORE,
        (Some(old), Some(new)) if new.is_subset(&old) => LESS,
        _ => BOTH,
    }
}

/// A list of texts; one text counts as a list of one, nothing as none.
fn texts(value: Option<&Value>) -> Option<BTreeSet<&str>> {
    match value {
        None => Some(BTreeSet::new()),
        Some(Value::Array(list)) => list.iter().map(Value::as_str).collect(),
        Some(Value::String(one)) => Some(BTreeSet::from([one.as_str()])),
        Some(_) => None,
    }
}

/// Operators of which one matching value is enough
/// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html).
const ANY_VALUE: &[&str] = &[
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "ArnEquals",
    "ArnLike",
    "IpAddress",
    "NumericEquals",
    "DateEquals",
    "BinaryEquals",
];
/// Operators of which every value must differ.
const NO_VALUE: &[&str] = &[
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
    "ArnNotEquals",
    "ArnNotLike",
    "NotIpAddress",
    "NumericNotEquals",
    "DateNotEquals",
];

/// `Condition.OPERATOR.KEY`: conditions are all met at once, so that one more allows less.
fn condition(part: &Part) -> Way {
    match (&part.before, &part.after) {
        (None, Some(_)) => return LESS,
        (Some(_), None) => return MORE,
        _ => {}
    }
    let Some(operator) = part.pointer.split('.').nth(1) else {
        return BOTH;
    };
    let operator = operator.strip_suffix("IfExists").unwrap_or(operator);
    let operator = operator.strip_prefix("ForAnyValue:").unwrap_or(operator);
    let dates = || {
        part.before
            .as_ref()
            .and_then(date)
            .zip(part.after.as_ref().and_then(date))
    };
    match operator {
        "DateLessThan" | "DateLessThanEquals" => dates().map_or(BOTH, |(old, new)| later(old, new)),
        "DateGreaterThan" | "DateGreaterThanEquals" => {
            dates().map_or(BOTH, |(old, new)| turned(later(old, new)))
        }
        _ if ANY_VALUE.contains(&operator) => values(part),
        _ if NO_VALUE.contains(&operator) => turned(values(part)),
        _ => BOTH,
    }
}

/// An instant in UTC as we write it; those compare as texts.
fn date(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let shape = text
        .bytes()
        .map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    (shape.collect::<Vec<_>>() == b"0000-00-00T00:00:00Z").then_some(text)
}

fn later(old: &str, new: &str) -> Way {
    match new.cmp(old) {
        std::cmp::Ordering::Greater => MORE,
        std::cmp::Ordering::Less => LESS,
        std::cmp::Ordering::Equal => (false, false),
    }
}

/// A condition in a language of its own: one that comes allows less, one that goes allows more, and
/// of one that changes only the date of its expiry is understood.
fn text_condition(part: &Part) -> Way {
    let (Some(before), Some(after)) = (&part.before, &part.after) else {
        return if part.before.is_none() { LESS } else { MORE };
    };
    let (Some(before), Some(after)) = (before.as_str(), after.as_str()) else {
        return BOTH;
    };
    if matches!(
        part.pointer.rsplit('.').next(),
        Some("title" | "description")
    ) {
        return (false, false);
    }
    match (expiry(before), expiry(after)) {
        (Some((rest, old)), Some((other, new))) if rest == other => later(old, new),
        _ => BOTH,
    }
}

/// What stands before the one date of a condition that says "before then".
const BEFORE: &[&str] = &["request.time < timestamp(\"", "DateTimeLessThan '"];

/// A condition without its date of expiry, and that date.
fn expiry(text: &str) -> Option<((&str, &str), &str)> {
    let (start, length) = BEFORE
        .iter()
        .find_map(|mark| text.find(mark).map(|at| (at + mark.len(), 20)))?;
    let date = text.get(start..start + length)?;
    let value = Value::from(date);
    self::date(&value)?;
    let rest = (text.get(..start)?, text.get(start + length..)?);
    // A negation or an alternative turns "before then" round.
    let twisted = ["!", "||", " NOT ", " OR "]
        .iter()
        .any(|word| text.contains(word));
    (!twisted).then_some((rest, date))
}
