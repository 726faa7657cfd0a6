//! Where the parts of a file stand, by JSON pointer.
//!
//! Made when a file's place is asked for and not before: most files are read and never reported.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};

use super::ReadContent;
use crate::yaml::positions::{of_parts, push_step};

/// Byte ranges by pointer.
#[derive(Debug, Default)]
pub(super) struct Positions(BTreeMap<String, Range<usize>>);

impl Positions {
    /// The range of a pointer, or of the innermost part around it that has one.
    pub(super) fn nearest(&self, pointer: &str) -> Option<Range<usize>> {
        let mut pointer = pointer;
        loop {
            if let Some(found) = self.0.get(pointer) {
                return Some(found.clone());
            }
            pointer = pointer.get(..pointer.rfind('/')?)?;
        }
    }
}

/// The positions of a file that could be read.
pub(super) fn of(text: &str, content: &ReadContent) -> Positions {
    let mut positions = Positions::default();
    match content {
        ReadContent::Hcl(_) | ReadContent::HclValues(_) => {
            if let Ok(body) = hcl_edit::parser::parse_body(text) {
                let blocks_only = matches!(content, ReadContent::Hcl(_));
                hcl_body(&body, "", blocks_only, &mut positions.0);
            }
        }
        ReadContent::Json(_) => Json { text, at: 0 }.value("", &mut positions.0),
        ReadContent::Yaml(_) => positions.0 = of_parts(text).0,
        // Statements know their lines themselves.
        ReadContent::Sql(_) | ReadContent::Text => {}
    }
    positions
}

/// `numbered`: the blocks of a file go by their number alone.
fn hcl_body(
    body: &Body,
    outside: &str,
    numbered: bool,
    found: &mut BTreeMap<String, Range<usize>>,
) {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (number, structure) in body.iter().enumerate() {
        let mut pointer = outside.to_owned();
        match structure {
            Structure::Attribute(attribute) => {
                push_step(&mut pointer, attribute.key.as_str());
                found.extend(attribute.span().map(|span| (pointer.clone(), span)));
                hcl_parts(&attribute.value, &pointer, found);
            }
            Structure::Block(block) if numbered => {
                push_step(&mut pointer, &number.to_string());
                found.extend(block.span().map(|span| (pointer.clone(), span)));
                hcl_body(&block.body, &pointer, false, found);
            }
            Structure::Block(block) => {
                push_step(&mut pointer, block.ident.as_str());
                let count = counts.entry(block.ident.as_str()).or_default();
                push_step(&mut pointer, &count.to_string());
                *count += 1;
                found.extend(block.span().map(|span| (pointer.clone(), span)));
                hcl_body(&block.body, &pointer, false, found);
            }
        }
    }
}

fn hcl_parts(value: &Expression, outside: &str, found: &mut BTreeMap<String, Range<usize>>) {
    let mut part = |key: &str, span: Option<Range<usize>>, value: &Expression| {
        let mut pointer = outside.to_owned();
        push_step(&mut pointer, key);
        found.extend(span.map(|span| (pointer.clone(), span)));
        hcl_parts(value, &pointer, found);
    };
    match value {
        Expression::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                part(&number.to_string(), item.span(), item);
            }
        }
        Expression::Object(entries) => {
            for (key, value) in entries {
                let name = match key {
                    ObjectKey::Ident(name) => name.as_str(),
                    ObjectKey::Expression(Expression::String(text)) => text.value(),
                    ObjectKey::Expression(_) => continue,
                };
                let span = key
                    .span()
                    .zip(value.expr().span())
                    .map(|(key, value)| key.start..value.end);
                part(name, span, value.expr());
            }
        }
        Expression::Parenthesis(inner) => hcl_parts(inner.inner(), outside, found),
        _ => {}
    }
}

/// A walk over text that `serde_json` has read already: it is known to be well-formed, and not
/// nested deeper than `serde_json`'s own limit of 128.
struct Json<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Json<'t> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// The string at the cursor, quotes included.
    fn string(&mut self) -> &'t str {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                b'\\' => self.at += 2,
                b'"' => break,
                0 if self.at >= self.text.len() => break,
                _ => self.at += 1,
            }
        }
        self.at = (self.at + 1).min(self.text.len());
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn value(&mut self, pointer: &str, found: &mut BTreeMap<String, Range<usize>>) {
        self.skip_space();
        let start = self.at;
        match self.peek() {
            open @ (b'{' | b'[') => {
                self.at += 1;
                let mut number = 0_usize;
                loop {
                    self.skip_space();
                    match self.peek() {
                        b'}' | b']' => {
                            self.at += 1;
                            break;
                        }
                        b',' => self.at += 1,
                        0 if self.at >= self.text.len() => break,
                        _ => {
                            let mut inner = pointer.to_owned();
                            let from = self.at;
                            if open == b'{' {
                                let key: String =
                                    serde_json::from_str(self.string()).unwrap_or_default();
                                push_step(&mut inner, &key);
                                self.skip_space();
                                // The colon.
                                self.at += 1;
                            } else {
                                push_step(&mut inner, &number.to_string());
                                number += 1;
                            }
                            self.value(&inner, found);
                            // An entry starts at its key: that is where a person looks.
                            found.insert(inner, from..self.at);
                        }
                    }
                }
            }
            b'"' => drop(self.string()),
            _ => {
                while !matches!(
                    self.peek(),
                    0 | b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r'
                ) {
                    self.at += 1;
                }
            }
        }
        if pointer.is_empty() {
            found.insert(String::new(), start..self.at);
        }
    }
}
