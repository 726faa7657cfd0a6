//! The JSON printer: two spaces, one entry a line, final line break; what `jq .` would write, but
//! for hidden characters, which are escaped.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use serde_json::Value;

use super::{Document, OriginRef, Printed, ranges, step, visible};

/// Prints a document with the ranges of its parts.
pub fn print(document: &Document) -> Printed {
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
    printer.value(&document.value, 0, "");
    printer.out.push('\n');
    let last = printer.line;
    Printed {
        text: printer.out,
        ranges: ranges(document, last, printer.found),
    }
}

struct Printer<'a> {
    out: String,
    line: u32,
    /// Parts by pointer. Without any, pointers are not built.
    wanted: BTreeMap<&'a str, &'a OriginRef>,
    found: Vec<(RangeInclusive<u32>, OriginRef)>,
}

impl Printer<'_> {
    fn new_line(&mut self, depth: usize) {
        self.out.push('\n');
        self.line += 1;
        for _ in 0..depth {
            self.out.push_str("  ");
        }
    }

    fn value(&mut self, value: &Value, depth: usize, at: &str) {
        let first = self.line;
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => self.out.push_str(&number.to_string()),
            Value::String(text) => push_string(&mut self.out, text),
            Value::Array(items) if items.is_empty() => self.out.push_str("[]"),
            Value::Object(entries) if entries.is_empty() => self.out.push_str("{}"),
            Value::Array(items) => {
                self.out.push('[');
                for (n, item) in items.iter().enumerate() {
                    self.out.push_str(if n == 0 { "" } else { "," });
                    self.new_line(depth + 1);
                    let at = if self.wanted.is_empty() {
                        String::new()
                    } else {
                        format!("{at}/{n}")
                    };
                    self.value(item, depth + 1, &at);
                }
                self.new_line(depth);
                self.out.push(']');
            }
            Value::Object(entries) => {
                self.out.push('{');
                for (n, (key, value)) in entries.iter().enumerate() {
                    self.out.push_str(if n == 0 { "" } else { "," });
                    self.new_line(depth + 1);
                    push_string(&mut self.out, key);
                    self.out.push_str(": ");
                    let at = if self.wanted.is_empty() {
                        String::new()
                    } else {
                        step(at, key)
                    };
                    self.value(value, depth + 1, &at);
                }
                self.new_line(depth);
                self.out.push('}');
            }
        }
        if !at.is_empty()
            && let Some(origin) = self.wanted.get(at)
        {
            self.found.push((first..=self.line, (*origin).clone()));
        }
    }
}

/// A JSON string (RFC 8259) without raw hidden characters.
fn push_string(out: &mut String, text: &str) {
    push_quoted(out, text, |out, c| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            push_hex(out, "\\u", u32::from(*unit), 4);
        }
    });
}

/// What JSON and double-quoted YAML have in common; `push_code` escapes a hidden character.
pub(super) fn push_quoted(out: &mut String, text: &str, push_code: fn(&mut String, char)) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if visible::is_hidden(c) => push_code(out, c),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// An escape with a fixed number of digits.
pub(super) fn push_hex(out: &mut String, mark: &str, code: u32, digits: usize) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{mark}{code:0digits$x}");
}
