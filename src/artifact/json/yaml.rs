//! The YAML printer, for the few documents whose reader wants YAML.
//!
//! A small subset that YAML 1.1 and 1.2 read alike (`gcloud` reads 1.1): block style, plain scalars
//! only where no reader can take them for anything but a string, everything else in JSON's own
//! double quotes. The gate reads it back with `serde_yaml`, which did not write it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::Value;

use super::print::{push_hex, push_quoted};
use super::{Document, HEADER, OriginRef, Printed, check_document, ranges, same, step, visible};

/// Prints a document below the header and its origin.
pub fn print_yaml(document: &Document) -> Printed {
    let mut printer = Printer {
        out: String::new(),
        line: 1,
        wanted: document
            .parts
            .iter()
            .map(|(pointer, origin)| (pointer.as_str(), origin))
            .collect(),
        found: Vec::new(),
    };
    printer.comment(HEADER);
    let why = visible::origin_line(&document.origin);
    if !why.is_empty() {
        printer.comment(&why);
    }
    if is_block(&document.value) {
        printer.block(&document.value, 0, "", false);
    } else {
        printer.flow(&document.value);
        printer.end_line();
    }
    let last = printer.line - 1;
    Printed {
        text: printer.out,
        ranges: ranges(document, last, printer.found),
    }
}

/// Reads the printed text back and compares it, key order included.
pub fn verify_yaml(document: &Document, text: &str) -> Result<(), String> {
    check_document(document)?;
    let read: Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    same(&document.value, &read, "")
}

struct Printer<'a> {
    out: String,
    line: u32,
    wanted: BTreeMap<&'a str, &'a OriginRef>,
    found: Vec<(RangeInclusive<u32>, OriginRef)>,
}

impl Printer<'_> {
    fn comment(&mut self, text: &str) {
        self.out.push_str("# ");
        self.out.push_str(text);
        self.end_line();
    }

    fn end_line(&mut self) {
        self.out.push('\n');
        self.line += 1;
    }

    fn indent(&mut self, depth: usize) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
    }

    /// A non-empty list or mapping, line by line; the first line may stand behind a `- `.
    fn block(&mut self, value: &Value, depth: usize, at: &str, mut behind_dash: bool) {
        let entries: Vec<(Option<&str>, String, &Value)> = match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(n, item)| (None, format!("{at}/{n}"), item))
                .collect(),
            Value::Object(entries) => entries
                .iter()
                .map(|(key, value)| (Some(key.as_str()), step(at, key), value))
                .collect(),
            _ => Vec::new(),
        };
        for (key, at, value) in entries {
            if !std::mem::take(&mut behind_dash) {
                self.indent(depth);
            }
            let first = self.line;
            if let Some(key) = key {
                push_scalar(&mut self.out, key);
                self.out.push(':');
            } else {
                self.out.push('-');
            }
            if !is_block(value) {
                self.out.push(' ');
                self.flow(value);
                self.end_line();
            } else if key.is_some() {
                self.end_line();
                self.block(value, depth + 1, &at, false);
            } else {
                self.out.push(' ');
                self.block(value, depth + 1, &at, true);
            }
            if let Some(origin) = self.wanted.get(at.as_str()) {
                self.found.push((first..=self.line - 1, (*origin).clone()));
            }
        }
    }

    /// A scalar or something empty.
    fn flow(&mut self, value: &Value) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            // JSON writes `1e100`, which YAML 1.1 takes for a string: it wants a dot and a sign.
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (None, None, Some(float)) => self.out.push_str(&float_text(float)),
                _ => self.out.push_str(&number.to_string()),
            },
            Value::String(text) => push_scalar(&mut self.out, text),
            Value::Array(_) => self.out.push_str("[]"),
            Value::Object(_) => self.out.push_str("{}"),
        }
    }
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        _ => false,
    }
}

/// Rust prints floats without an exponent, which every YAML reads, if it has a dot.
fn float_text(float: f64) -> String {
    let text = float.to_string();
    if text.contains('.') {
        text
    } else {
        format!("{text}.0")
    }
}

fn push_scalar(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
    } else {
        // YAML has no surrogate pairs.
        push_quoted(out, text, |out, c| match u32::from(c) {
            code @ ..=0xffff => push_hex(out, "\\u", code, 4),
            code => push_hex(out, "\\U", code, 8),
        });
    }
}

/// Words that some YAML takes for a truth value or nothing (YAML 1.1's `bool` and `null` types).
const WORDS: [&str; 11] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
];

/// Letters, digits and a few marks that mean nothing to YAML between them, starting with a letter:
/// no number, date, sexagesimal or indicator can look like this.
fn is_plain(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b"_./ -".contains(&b))
        && !text.ends_with(' ')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}
