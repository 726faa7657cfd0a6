//! The lossless editor: one value of a YAML text changes, every other byte stays.
//!
//! In: a text, a JSON pointer, a value. Out: the new text. Values are written on one line, in flow
//! style where they are lists or maps. Each edit is done on the text and, apart from that, on what the
//! text says; should the two differ afterwards, the edit is refused and the text is as it was. So an
//! edit never damages a file, whatever spelling it meets.

use std::ops::Range;

use serde_json::Value;

use super::positions::{of_parts, push_step};
use super::tokens::{Kind, Token, Trouble, tokens};

/// A text that is being edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    text: String,
}

/// A part of the text.
struct Part {
    /// Where the key or the item starts.
    start: usize,
    /// Where the value ends; comments behind it stand outside.
    end: usize,
}

impl Editor {
    /// Takes a text; the error says where something stands that is not understood.
    pub fn new(text: &str) -> Result<Self, Trouble> {
        tokens(text)?;
        meaning(text)?;
        Ok(Self {
            text: text.to_owned(),
        })
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Gives a value that is there another one.
    pub fn set(&mut self, pointer: &str, value: &Value) -> Result<(), Trouble> {
        let found = tokens(&self.text)?;
        let part = self.part(pointer, &found)?;
        let is_item = parent(pointer).is_some_and(|(above, _)| self.is_list(above));
        let from = if is_item {
            part.start
        } else {
            let colon = found
                .iter()
                .find(|token| token.kind == Kind::Colon && token.start >= part.start)
                .ok_or_else(|| Trouble::at(part.start, "a value without a key"))?;
            colon.end
        };
        let text = format!("{}{}", if is_item { "" } else { " " }, inline(value));
        self.replace(from..part.end.max(from), &text, |said| {
            if let Some(place) = said.pointer_mut(pointer) {
                *place = value.clone();
            }
        })
    }

    /// Adds a key to a map that has keys, behind one of them or behind the last one.
    pub fn insert(
        &mut self,
        map: &str,
        key: &str,
        value: &Value,
        after: Option<&str>,
    ) -> Result<(), Trouble> {
        let found = tokens(&self.text)?;
        let sibling = match after {
            Some(name) => self.part(&below(map, name), &found)?,
            None => self.last(map, &found)?,
        };
        let entry = format!("{}: {}", scalar(key), inline(value));
        let in_flow = token_at(&found, sibling.start).is_some_and(|token| token.in_flow);
        let (at, text) = self.behind(&sibling, in_flow, sibling.start, &entry);
        self.replace(at..at, &text, |said| {
            if let Some(Value::Object(members)) = said.pointer_mut(map) {
                members.insert(key.to_owned(), value.clone());
            }
        })
    }

    /// Adds an item to the end of a list that has items.
    pub fn append(&mut self, list: &str, value: &Value) -> Result<(), Trouble> {
        let found = tokens(&self.text)?;
        let last = self.last(list, &found)?;
        let dash = dash_of(&found, last.start);
        let in_flow = dash.is_none();
        let item = if in_flow {
            inline(value)
        } else {
            format!("- {}", inline(value))
        };
        let column = dash.map_or(last.start, |dash| dash.start);
        let (at, text) = self.behind(&last, in_flow, column, &item);
        self.replace(at..at, &text, |said| {
            if let Some(Value::Array(items)) = said.pointer_mut(list) {
                items.push(value.clone());
            }
        })
    }

    /// Removes a key or an item with the comment on its line and those directly above it. The last one
    /// of a map or list cannot be removed; remove what holds it.
    pub fn remove(&mut self, pointer: &str) -> Result<(), Trouble> {
        let found = tokens(&self.text)?;
        let part = self.part(pointer, &found)?;
        let (above, name) = parent(pointer).ok_or_else(|| Trouble::at(0, "the whole document"))?;
        let range = self.removed(above, &part, &found);
        self.replace(range, "", |said| match said.pointer_mut(above) {
            Some(Value::Object(members)) => {
                members.remove(&unescaped(name));
            }
            Some(Value::Array(items)) => {
                if let Some(at) = name.parse().ok().filter(|at| *at < items.len()) {
                    items.remove(at);
                }
            }
            _ => {}
        })
    }

    fn removed(&self, above: &str, part: &Part, found: &[Token]) -> Range<usize> {
        let dash = if self.is_list(above) {
            dash_of(found, part.start)
        } else {
            None
        };
        let start = dash.map_or(part.start, |dash| dash.start);
        let line = self.line_start(start);
        let indent = self.text.get(line..start).unwrap_or_default();
        let in_flow = token_at(found, start).is_some_and(|token| token.in_flow);
        if !in_flow && indent.trim().is_empty() {
            let mut from = line;
            while let Some(before) = from.checked_sub(1) {
                let above = self.line_start(before);
                let text = self.text.get(above..before).unwrap_or_default();
                let rest = text.strip_prefix(indent).unwrap_or_default();
                if !rest.starts_with('#') {
                    break;
                }
                from = above;
            }
            return from..(self.line_end(part.end) + 1).min(self.text.len());
        }
        // Up to the next one, or, for the last one, from the end of the one before.
        let siblings = self.children(above, found);
        if let Some(next) = siblings.iter().find(|other| other.start > part.start) {
            return start..next.start;
        }
        let before = siblings.iter().rev().find(|other| other.start < part.start);
        before.map_or(start, |before| before.end)..part.end
    }

    /// Where something new goes behind a part, and its text.
    fn behind(&self, part: &Part, in_flow: bool, column: usize, new: &str) -> (usize, String) {
        if in_flow {
            return (part.end, format!(", {new}"));
        }
        let width = self
            .text
            .get(self.line_start(column)..column)
            .map_or(0, |before| before.chars().count());
        let at = self.line_end(part.end);
        (at, format!("\n{}{new}", " ".repeat(width)))
    }

    fn replace(
        &mut self,
        range: Range<usize>,
        text: &str,
        edit: impl FnOnce(&mut Value),
    ) -> Result<(), Trouble> {
        let at = range.start;
        let mut wanted = meaning(&self.text)?;
        edit(&mut wanted);
        let mut made = self.text.clone();
        made.replace_range(range, text);
        let refused = || Trouble::at(at, "a place that cannot be edited without changing others");
        if tokens(&made).is_err() || meaning(&made).ok().as_ref() != Some(&wanted) {
            return Err(refused());
        }
        self.text = made;
        Ok(())
    }

    fn part(&self, pointer: &str, found: &[Token]) -> Result<Part, Trouble> {
        let range = of_parts(&self.text)
            .0
            .remove(pointer)
            .ok_or_else(|| Trouble::at(0, format!("there is no `{pointer}`")))?;
        let last = found.iter().rfind(|token| {
            let inside = token.start >= range.start && token.start < range.end;
            inside && !matches!(token.kind, Kind::Comment | Kind::Dash | Kind::Comma)
        });
        Ok(Part {
            start: range.start,
            end: last.map_or(range.start, |token| token.end),
        })
    }

    /// The parts directly below one, in the order of the text.
    fn children(&self, pointer: &str, found: &[Token]) -> Vec<Part> {
        let all = of_parts(&self.text).0;
        let prefix = format!("{pointer}/");
        let direct = all.keys().filter(|key| {
            key.strip_prefix(&prefix)
                .is_some_and(|rest| !rest.contains('/'))
        });
        let mut parts: Vec<Part> = direct
            .filter_map(|key| self.part(key, found).ok())
            .collect();
        parts.sort_by_key(|part| part.start);
        parts
    }

    fn last(&self, pointer: &str, found: &[Token]) -> Result<Part, Trouble> {
        let missing = || Trouble::at(0, format!("there is nothing in `{pointer}`"));
        self.children(pointer, found).pop().ok_or_else(missing)
    }

    fn is_list(&self, pointer: &str) -> bool {
        let said = meaning(&self.text).ok();
        said.is_some_and(|said| said.pointer(pointer).is_some_and(Value::is_array))
    }

    fn line_start(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.rfind('\n').map_or(0, |line| line + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        at + rest.find('\n').unwrap_or(rest.len())
    }
}

/// What a text says.
fn meaning(text: &str) -> Result<Value, Trouble> {
    serde_yaml::from_str(text).map_err(|error| {
        let at = error.location().map_or(0, |place| place.index());
        Trouble::at(at, error.to_string())
    })
}

fn parent(pointer: &str) -> Option<(&str, &str)> {
    pointer.rsplit_once('/')
}

fn below(pointer: &str, key: &str) -> String {
    let mut inner = pointer.to_owned();
    push_step(&mut inner, key);
    inner
}

fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn token_at(found: &[Token], start: usize) -> Option<&Token> {
    found.iter().find(|token| token.start == start)
}

/// The dash of the item that starts here, if it has one.
fn dash_of(found: &[Token], start: usize) -> Option<&Token> {
    let at = found.partition_point(|token| token.start < start);
    let before = at.checked_sub(1).and_then(|before| found.get(before))?;
    (before.kind == Kind::Dash).then_some(before)
}

/// A value on one line.
fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let one =
                |(key, value): (&String, &Value)| format!("{}: {}", scalar(key), inline(value));
            let members: Vec<String> = members.iter().map(one).collect();
            format!("{{{}}}", members.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text without quotes where nothing else could be read into it, else in JSON's, which are YAML's.
fn scalar(text: &str) -> String {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic());
    // Older readers take these for booleans.
    let is_word = ["y", "n", "yes", "no", "on", "off"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word));
    let plain = starts
        && !is_word
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        && serde_yaml::from_str::<Value>(text).is_ok_and(|value| value == text);
    if plain {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;
    use serde_json::json;

    const TEXT: &str = "# top\na: 1 # one\n\nb:\n  - name: x # first\n    c: [p, q] # list\n  # about y\n  - name: y\nd: {e: 1, f: two}\ng:\n  h: |\n    text\n  i: 2\n";

    #[track_caller]
    fn edited(edit: impl FnOnce(&mut Editor) -> Result<(), Trouble>, from: &str, to: &str) {
        let mut editor = Editor::new(TEXT).unwrap();
        edit(&mut editor).unwrap();
        assert!(TEXT.contains(from));
        assert_eq!(editor.text(), TEXT.replacen(from, to, 1));
    }

    #[test]
    fn every_byte_but_the_edit_stays() {
        edited(|e| e.set("/a", &json!("x y")), "a: 1 #", "a: \"x y\" #");
        edited(
            |e| e.set("/b/0/name", &json!("z")),
            "x # first",
            "z # first",
        );
        edited(|e| e.set("/b/0/c/1", &json!(true)), "[p, q]", "[p, true]");
        edited(|e| e.set("/d/f", &json!([1, "a"])), "f: two", "f: [1, a]");
        edited(|e| e.set("/g/h", &json!("t")), "h: |\n    text\n", "h: t\n");
    }

    #[test]
    fn keys_and_items_are_added_where_they_are_asked_for() {
        let one = json!({"k": "v"});
        edited(
            |e| e.insert("", "new", &one, Some("a")),
            "# one\n",
            "# one\nnew: {k: v}\n",
        );
        edited(
            |e| e.insert("/b/0", "new", &json!(1), Some("name")),
            "# first\n",
            "# first\n    new: 1\n",
        );
        edited(
            |e| e.insert("/d", "new", &json!("yes"), None),
            "f: two}",
            "f: two, new: \"yes\"}",
        );
        edited(
            |e| e.insert("/g", "new", &json!(null), Some("h")),
            "text\n",
            "text\n  new: null\n",
        );
        edited(
            |e| e.append("/b", &one),
            "- name: y\n",
            "- name: y\n  - {k: v}\n",
        );
        edited(|e| e.append("/b/0/c", &json!("r")), "q]", "q, r]");
    }

    #[test]
    fn what_is_removed_takes_its_comments_along() {
        edited(|e| e.remove("/a"), "# top\na: 1 # one\n", "");
        edited(|e| e.remove("/b/1"), "  # about y\n  - name: y\n", "");
        edited(|e| e.remove("/b/0/c"), "    c: [p, q] # list\n", "");
        edited(|e| e.remove("/b/0/c/0"), "[p, q]", "[q]");
        edited(|e| e.remove("/d/f"), ", f: two", "");
        edited(|e| e.remove("/g/h"), "  h: |\n    text\n", "");
    }

    #[test]
    fn an_edit_that_would_damage_something_is_refused() {
        let mut editor = Editor::new("a: &x {b: 1}\nc: *x\nd: [1]\n").unwrap();
        let before = editor.clone();
        assert!(editor.set("/a", &json!(1)).is_err());
        assert!(editor.set("/nothing", &json!(1)).is_err());
        assert!(editor.insert("/d", "k", &json!(1), None).is_err());
        assert!(editor.append("/a", &json!(1)).is_err());
        assert!(editor.remove("").is_err());
        assert_eq!(editor, before);
        assert!(Editor::new("a: [1\n").is_err());
        assert!(Editor::new("? a\n: b\n").is_err());
    }
}
