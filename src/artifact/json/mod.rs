//! JSON and YAML documents: serde values in, canonical text with line ranges out.
//!
//! In: a [`Document`]. Out: [`Printed`], the verdict of the last gate, and the size that a quota
//! counts ([`minified_len`]). Keys keep the order they were given in. Free text goes in as serde
//! values only, so that quoting is no topic; what cannot be seen is printed as an escape.

mod print;
#[cfg(test)]
mod tests;
mod yaml;

pub use print::print;
pub use yaml::{print_yaml, verify_yaml};

use serde_json::Value;

use super::{Document, HEADER, OriginRef, Printed, visible};

/// Reads the printed text back and compares it, key order included.
pub fn verify(document: &Document, text: &str) -> Result<(), String> {
    let read: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    check_document(document)?;
    same(&document.value, &read, "")
}

/// How many bytes the document has without insignificant white space, which is what clouds count.
pub fn minified_len(value: &Value) -> usize {
    /// Counts instead of keeping.
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.0,
        // A value of strings as keys always serialises; if not, no quota may be met by it.
        Err(_) => usize::MAX,
    }
}

/// What text alone cannot show: parts that point nowhere, and text that Terraform would change.
fn check_document(document: &Document) -> Result<(), String> {
    if let Some((pointer, _)) = document
        .parts
        .iter()
        .find(|(pointer, _)| document.value.pointer(pointer).is_none())
    {
        return Err(format!("there is no part at `{}`", pointer.escape_debug()));
    }
    check_text(&document.value, "")
}

/// `file()` of Terraform (cty, seen with 1.11.4) turns text into Unicode NFC.
fn check_text(value: &Value, at: &str) -> Result<(), String> {
    let check = |text: &str, at: &str| {
        if unicode_normalization::is_nfc(text) {
            Ok(())
        } else {
            Err(format!(
                "{at}: the text `{}` is not in Unicode's normal form C",
                text.escape_unicode()
            ))
        }
    };
    match value {
        Value::String(text) => check(text, at),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(n, item)| check_text(item, &format!("{at}/{n}"))),
        Value::Object(entries) => entries.iter().try_for_each(|(key, value)| {
            check(key, at)?;
            check_text(value, &step(at, key))
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// The pointer of an entry, by RFC 6901.
fn step(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Equality that knows order: serde's own ignores the order of keys.
fn same(ours: &Value, read: &Value, at: &str) -> Result<(), String> {
    match (ours, read) {
        (Value::Array(ours), Value::Array(read)) if ours.len() == read.len() => ours
            .iter()
            .zip(read)
            .enumerate()
            .try_for_each(|(n, (ours, read))| same(ours, read, &format!("{at}/{n}"))),
        (Value::Object(ours), Value::Object(read)) if ours.keys().eq(read.keys()) => ours
            .iter()
            .zip(read.values())
            .try_for_each(|((key, ours), read)| same(ours, read, &step(at, key))),
        (ours, read) if ours == read && !ours.is_array() && !ours.is_object() => Ok(()),
        _ => Err(format!(
            "`{}` came back as another value",
            at.escape_debug()
        )),
    }
}

/// The document's own range, then its parts' in the order of their lines.
fn ranges(
    document: &Document,
    last: u32,
    mut parts: Vec<(std::ops::RangeInclusive<u32>, OriginRef)>,
) -> Vec<(std::ops::RangeInclusive<u32>, OriginRef)> {
    // An outer part starts before or with its inner one and ends later.
    parts.sort_by_key(|(range, _)| (*range.start(), std::cmp::Reverse(*range.end())));
    parts.insert(0, (1..=last, document.origin.clone()));
    parts
}
