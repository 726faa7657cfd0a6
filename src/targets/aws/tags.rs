//! Tags as AWS spells them, with the stamp by which meshc knows its own.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::here::Here;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::{Primitive, Tags};

/// The key of the stamp; its value is the mesh's name.
const STAMP: &str = "meshc";

/// The longest value (AWS tagging guide).
const MOST: usize = 256;

/// The tags of something, with the stamp.
pub(super) fn stamped(here: Here<'_>, tags: &Tags) -> Value {
    let mut all: Map<String, Value> = tags
        .iter()
        .map(|(key, value)| ((*key).to_owned(), json!(value)))
        .collect();
    all.insert(STAMP.to_owned(), json!(here.cell.mesh.name.as_str()));
    Value::Object(all)
}

/// The tags that everything of the domain carries.
pub(super) fn of_domain(here: Here<'_>) -> Tags {
    here.computes()
        .next()
        .map(|compute| compute.tags.clone())
        .unwrap_or_default()
}

/// Reports values that not every AWS service takes: at most 256 letters, digits, spaces and
/// `_ . : / = + - @` (AWS tagging guide). Each is reported once, where the domain is declared.
pub(super) fn check(here: Here<'_>, out: &mut Diagnostics) {
    let mut known: BTreeSet<(&str, &str)> = BTreeSet::new();
    for primitive in &here.cell.primitives {
        let tags = match primitive {
            Primitive::Key(key) => &key.tags,
            Primitive::Storage(storage) => &storage.tags,
            Primitive::Stream(stream) => &stream.tags,
            Primitive::Compute(compute) => &compute.tags,
            // A view lies on no bucket and no catalogue: its kind is refused here.
            Primitive::View(_)
            | Primitive::Share(_)
            | Primitive::Principal(_)
            | Primitive::Mask(_)
            | Primitive::Grant(_)
            | Primitive::Guardrail(_) => continue,
        };
        known.extend(tags.iter().map(|(key, value)| (*key, value.as_str())));
    }
    let allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    let span = here
        .cell
        .domain
        .as_ref()
        .map_or(here.cell.span, |domain| domain.span);
    for (key, value) in known {
        let message = match value.chars().find(|c| !allowed(*c)) {
            Some(odd) => format!(
                "`{}` is not allowed in the tag `{key}` on AWS",
                odd.escape_debug()
            ),
            None if value.chars().count() > MOST => {
                format!("the tag `{key}` is longer than the {MOST} characters that AWS takes")
            }
            None => continue,
        };
        let help = "AWS takes letters, digits, spaces and `_ . : / = + - @` in tags";
        out.push(Diagnostic::new(code::TEXT_NOT_FOR_CLOUD, span, message).help(help));
    }
}
