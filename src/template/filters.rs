//! The only two ways for a value to get into a template: as a whole HCL value, or as a label.

use std::io::Write;

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::artifact::hcl;

/// Called by tera for every value that no filter marked as safe.
///
/// Templates are compiled with automatic escaping everywhere, and this refuses to escape.
pub(super) fn refuse(_: &str, _: &mut dyn Write) -> std::io::Result<()> {
    Err(std::io::Error::other(
        "a value is printed without `| hcl` or `| ident`",
    ))
}

pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("hcl", as_value);
    tera.register_filter("ident", as_label);
    // tera's own `safe` would open the door that the two filters guard.
    tera.register_filter(
        "safe",
        |_: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
            Err(Error::message("`safe` is not available in templates"))
        },
    );
}

#[allow(clippy::needless_pass_by_value, reason = "the signature is tera's")]
/// Any value as an HCL literal: strings quoted, lists and maps with every part quoted.
fn as_value(value: Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    let mut json =
        serde_json::to_value(&value).map_err(|error| Error::message(error.to_string()))?;
    if json.is_null() {
        return Err(Error::message("the value is missing"));
    }
    // Tera keeps maps in the order of their hashes, which differs from run to run.
    json.sort_all_objects();
    Ok(Value::safe_string(&hcl::inline(&hcl::expr::literal(&json))))
}

#[allow(clippy::needless_pass_by_value, reason = "the signature is tera's")]
/// A text as a part of an identifier, such as a resource's label.
fn as_label(value: Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    let text = value
        .as_str()
        .ok_or_else(|| Error::message("a label is a text"))?;
    let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if first && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        Ok(Value::safe_string(text))
    } else {
        Err(Error::message(format!(
            "`{}` is not a label",
            text.escape_debug()
        )))
    }
}
