//! `.provenance.json`: from a line of the tree back to the line of the blueprint that caused it.
//!
//! Kept beside the tree and not in it: line numbers in generated files would change every file
//! whenever one line is added at the top of a blueprint.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::artifact::{Effect, Printed};
use crate::source::Span;

/// The version of the format that is written, and the only one that is read.
const VERSION: u64 = 1;

/// Some lines of a file and why they are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// First and last line, from 1.
    pub lines: (u32, u32),
    /// The thing in the mesh.
    pub address: String,
    /// The place in the blueprint: `domains/sales.yaml:12:9`, below the mesh folder.
    pub at: String,
    /// The kind, rule or stage that made it.
    pub maker: String,
    /// One phrase for people.
    pub why: String,
    /// What the lines do: a diff judges its risk by this, without knowing clouds.
    #[serde(default = "plain")]
    pub effect: Effect,
}

/// Trees of earlier versions do not say.
fn plain() -> Effect {
    Effect::Plain
}

/// Every file's entries, in the order of their lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// By path below the tree.
    pub files: BTreeMap<String, Vec<Entry>>,
}

#[derive(Deserialize)]
struct File {
    version: u64,
    files: BTreeMap<String, Vec<Entry>>,
}

impl Provenance {
    /// Reads a provenance file; the error is for people.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let file: File = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if file.version != VERSION {
            return Err(format!(
                "it has version {}, this meshc knows version {VERSION}",
                file.version
            ));
        }
        Ok(Self { files: file.files })
    }

    /// What is known about a line, outermost first.
    pub fn line(&self, path: &str, line: u32) -> impl Iterator<Item = &Entry> {
        let entries = self.files.get(path).map(Vec::as_slice).unwrap_or_default();
        entries
            .iter()
            .filter(move |entry| (entry.lines.0..=entry.lines.1).contains(&line))
    }

    /// The text of the file: one line for each entry.
    pub fn print(&self) -> String {
        let files: Vec<_> = self.files.iter().collect();
        let texts: Vec<String> = files
            .into_par_iter()
            .map(|(path, entries)| part(path, entries.iter().map(Line::of)))
            .collect();
        whole(texts)
    }
}

/// The file from what is said about each file of the tree, in their order. What is joined is dropped on the way.
pub(super) fn whole(parts: Vec<String>) -> String {
    let mut text =
        String::with_capacity(128 + parts.iter().map(|part| part.len() + 2).sum::<usize>());
    let is_empty = parts.is_empty();
    let _ = write!(text, "{{\n  \"version\": {VERSION},\n  \"files\": {{");
    for (at, part) in parts.into_iter().enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&part);
    }
    text.push_str(if is_empty { "}\n}\n" } else { "\n  }\n}\n" });
    text
}

/// What is said about one file that was made before.
pub(super) fn known_part(path: &str, entries: &[Entry]) -> String {
    part(path, entries.iter().map(Line::of))
}

/// What is said about one file that was just printed; the same as for its [`entries`], without making them.
pub(super) fn printed_part(
    path: &str,
    printed: &Printed,
    place: &(dyn Fn(Span) -> String + Sync),
) -> String {
    part(
        path,
        printed.ranges.iter().map(|(lines, origin)| Line {
            lines: (*lines.start(), *lines.end()),
            address: origin.address.to_string().into(),
            at: place(origin.span).into(),
            maker: origin.maker,
            why: &origin.why,
            effect: origin.effect,
        }),
    )
}

/// An entry, or what one would be made of.
struct Line<'a> {
    lines: (u32, u32),
    address: Cow<'a, str>,
    at: Cow<'a, str>,
    maker: &'a str,
    why: &'a str,
    effect: Effect,
}

impl<'a> Line<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            lines: entry.lines,
            address: entry.address.as_str().into(),
            at: entry.at.as_str().into(),
            maker: &entry.maker,
            why: &entry.why,
            effect: entry.effect,
        }
    }
}

fn part<'a>(path: &str, lines: impl ExactSizeIterator<Item = Line<'a>>) -> String {
    let is_empty = lines.len() == 0;
    let mut text = String::with_capacity(64 + lines.len() * 224);
    let _ = write!(text, "    {}: [", Value::from(path));
    for (at, line) in lines.enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let quoted = |text: &str| Value::from(text).to_string();
        let _ = write!(
            text,
            "{comma}\n      {{\"lines\": [{}, {}], \"address\": {}, \"at\": {}, \"maker\": {}, \"why\": {}, \"effect\": \"{}\"}}",
            line.lines.0,
            line.lines.1,
            quoted(&line.address),
            quoted(&line.at),
            quoted(line.maker),
            quoted(line.why),
            line.effect.as_str()
        );
    }
    text.push_str(if is_empty { "]" } else { "\n    ]" });
    text.shrink_to_fit();
    text
}

/// The entries of one printed file.
pub(crate) fn entries(printed: &Printed, place: &(dyn Fn(Span) -> String + Sync)) -> Vec<Entry> {
    printed
        .ranges
        .iter()
        .map(|(lines, origin)| Entry {
            lines: (*lines.start(), *lines.end()),
            address: origin.address.to_string(),
            at: place(origin.span),
            maker: origin.maker.to_owned(),
            why: origin.why.clone(),
            effect: origin.effect,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    fn entry(first: u32, last: u32, why: &str) -> Entry {
        Entry {
            lines: (first, last),
            address: "sales/orders#\"größe \"\"cm\"\"\"".to_owned(),
            at: "domains/sales.yaml:12:9".to_owned(),
            maker: "dataset".to_owned(),
            why: why.to_owned(),
            effect: Effect::GrantsAccess,
        }
    }

    #[test]
    fn what_is_printed_is_read() {
        let mut provenance = Provenance::default();
        assert_eq!(
            Provenance::parse(provenance.print().as_bytes()).unwrap(),
            provenance
        );
        provenance.files.insert("a".to_owned(), Vec::new());
        provenance.files.insert(
            "b/c".to_owned(),
            vec![entry(1, 9, "whole\n"), entry(3, 4, "part")],
        );
        assert_eq!(
            Provenance::parse(provenance.print().as_bytes()).unwrap(),
            provenance
        );
    }

    #[test]
    fn the_innermost_entry_of_a_line_is_the_last() {
        let mut provenance = Provenance::default();
        provenance.files.insert(
            "b".to_owned(),
            vec![entry(1, 9, "whole"), entry(3, 4, "part")],
        );
        let why = |line| {
            provenance
                .line("b", line)
                .map(|entry| entry.why.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(why(3), ["whole", "part"]);
        assert_eq!(why(5), ["whole"]);
        assert!(why(10).is_empty());
        assert_eq!(provenance.line("x", 1).count(), 0);
    }
}
