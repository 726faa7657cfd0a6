//! What was run in one cell, a JSON line each, in the order in which it happened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What happened to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// It is about to run. Without a later line about it nobody knows whether it has.
    Started,
    /// It has run, and the ledger says so.
    Done,
    /// It has failed.
    Failed,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// When, in UTC.
    pub at: String,
    /// The plan's hash.
    pub plan: String,
    /// The step.
    pub step: String,
    /// What happened.
    pub word: Word,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Reads a journal. Its last line may be cut short, as by a full disk or a killed process: it then
/// says nothing. Any other line that cannot be read is an error, which names it.
pub(super) fn parse(text: &str) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        match serde_json::from_str(line) {
            Ok(line) => lines.push(line),
            Err(_) if !line.ends_with('\n') => {}
            Err(error) => return Err(format!("line {}: {error}", number + 1)),
        }
    }
    Ok(lines)
}

/// The last word about every step of a plan.
pub(super) fn last_words(lines: &[Line], plan: &str) -> BTreeMap<String, Word> {
    lines
        .iter()
        .filter(|line| line.plan == plan)
        .map(|line| (line.step.clone(), line.word))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn a_line_that_was_cut_short_says_nothing() {
        let line = |word| Line {
            at: "2026-11-25T06:00:00Z".to_owned(),
            plan: "p".to_owned(),
            step: "s".to_owned(),
            word,
            why: None,
        };
        let text: String = [Word::Started, Word::Done]
            .iter()
            .map(|word| format!("{}\n", serde_json::json!(line(*word))))
            .collect();
        for cut in 0..=text.len() {
            let words = last_words(&parse(&text[..cut]).unwrap(), "p");
            assert!(cut < text.len() || words["s"] == Word::Done);
            assert!(words.get("s") != Some(&Word::Done) || cut + 1 >= text.len());
        }
        assert!(last_words(&parse(&text).unwrap(), "q").is_empty());
        assert!(parse("x\n").is_err());
    }
}
