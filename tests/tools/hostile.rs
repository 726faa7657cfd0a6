//! Hostile values in every free-text field, read back by the programs that they are for: Terraform reads every string
//! of every root, Python every JSON document, sqlfluff every statement.
//!
//! That nothing but these strings has changed is `tests/it/hostile.rs`' claim; here the strings themselves are judged
//! by readers that are not ours.

#![allow(clippy::print_stdout, reason = "a case prints its counts")]

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use meshc::pipeline::Compiled;
use serde_json::Value;
use testkit::cases::{Bench, Case};
use testkit::judges::terraform::{NO_PROVIDERS, Terraform};
use testkit::judges::{sqlfluff, strings};
use testkit::tools::Tool;

use crate::artifacts;
use crate::hostile_mesh::{self, HARMLESS, VALUES, forms, is_label};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("terraform/hostile-values", &[Tool::Terraform], terraform),
        Case::new("json/hostile-values", &[Tool::JsonSchema], json),
        Case::new("sqlfluff/hostile-values", &[Tool::Sqlfluff], sql),
    ]
}

/// A file with the harmless value and the same with a hostile one.
struct Pair {
    value: &'static str,
    path: String,
    was: String,
    is: String,
}

/// Every pair of files of a kind in which a value has made a difference. A value that is refused among others is
/// there with each field alone that takes it.
fn pairs(extension: &str) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    let mut accepted = BTreeSet::new();
    for group in hostile_mesh::groups() {
        let base = compiled(&group, HARMLESS)?.context("a harmless value is refused")?;
        for value in VALUES {
            if let Some(hostile) = compiled(&group, value)? {
                accepted.insert(value);
                pairs.extend(changed(extension, value, &base, &hostile)?);
                continue;
            }
            for field in &group {
                let alone = [*field];
                if let Some(hostile) = compiled(&alone, value)? {
                    let base =
                        compiled(&alone, HARMLESS)?.context("a harmless value is refused")?;
                    accepted.insert(value);
                    pairs.extend(changed(extension, value, &base, &hostile)?);
                }
            }
        }
    }
    ensure!(
        accepted.len() >= VALUES.len() / 2,
        "only {accepted:?} are accepted anywhere"
    );
    ensure!(!pairs.is_empty(), "no value reaches a file of .{extension}");
    Ok(pairs)
}

/// What comes of a value, or `None` where it is refused at a place.
fn compiled(fields: &[hostile_mesh::Field], value: &str) -> Result<Option<Compiled>> {
    let outcome = hostile_mesh::compile(fields, value);
    if outcome.compiled.is_none() {
        let label = outcome
            .diagnostics
            .first()
            .and_then(|first| first.primary.as_ref());
        let place = label.map(|label| outcome.map.place(label.span));
        ensure!(
            place.is_some(),
            "{value:?} is refused nowhere: {:?}",
            outcome.diagnostics
        );
    }
    Ok(outcome.compiled)
}

fn changed(
    extension: &str,
    value: &'static str,
    base: &Compiled,
    hostile: &Compiled,
) -> Result<Vec<Pair>> {
    let old: BTreeMap<&str, &str> = base
        .printed
        .iter()
        .map(|(path, printed)| (path.as_str(), printed.text.as_str()))
        .collect();
    let mut pairs = Vec::new();
    for (path, is) in &hostile.printed {
        let was = *old
            .get(path.as_str())
            .with_context(|| format!("{path} is new"))?;
        if path.ends_with(extension) && was != is.text {
            pairs.push(Pair {
                value,
                path: path.clone(),
                was: was.to_owned(),
                is: is.text.clone(),
            });
        }
    }
    Ok(pairs)
}

impl Pair {
    /// Whether a string may stand where the harmless file has another.
    fn may_be(&self, was: &str, is: &str) -> bool {
        forms(was, self.value).iter().any(|form| form == is)
            || is_label(&self.path, was, is)
            // ARM reads a string that starts with `[` as an expression; `[[` starts a text.
            || (self.path.contains("/azure/") && is.starts_with('[') && self.may_be(was, &is[1..]))
    }

    /// Both lists of strings, one by one.
    fn compare(&self, was: &[String], is: &[String]) -> Result<usize> {
        let what = || format!("{} with {:?}", self.path, self.value);
        ensure!(
            was.len() == is.len(),
            "{}: {} strings were {}",
            what(),
            is.len(),
            was.len()
        );
        for (was, is) in was.iter().zip(is) {
            ensure!(self.may_be(was, is), "{}: {was:?} became {is:?}", what());
        }
        Ok(was
            .iter()
            .filter(|it| it.to_lowercase().contains(HARMLESS))
            .count())
    }
}

/// Terraform parses every file as a whole, and evaluates every literal that a value has changed.
fn terraform(bench: &Bench<'_>) -> Result<()> {
    let pairs = pairs(".tf")?;
    let folder = bench.tools.folder("hostile-roots")?;
    for (place, pair) in pairs.iter().enumerate() {
        std::fs::write(folder.join(format!("r{place}.tf")), &pair.is)?;
    }
    // `fmt` reads with Terraform's own parser and fails where it cannot.
    let unformatted =
        Terraform::new(bench.tools, Tool::Terraform, NO_PROVIDERS)?.unformatted(&folder)?;
    ensure!(
        unformatted.is_empty(),
        "terraform would format {unformatted:?}"
    );

    let mut wanted: BTreeMap<String, Vec<(String, usize)>> = BTreeMap::new();
    for (place, pair) in pairs.iter().enumerate() {
        let (was, is) = (literals(&pair.was)?, literals(&pair.is)?);
        ensure!(
            was.len() == is.len(),
            "{} with {:?} has other strings",
            pair.path,
            pair.value
        );
        for (was, is) in was.into_iter().zip(is).filter(|(was, is)| was != is) {
            wanted.entry(is).or_default().push((was, place));
        }
    }
    let expressions: Vec<String> = wanted.keys().cloned().collect();
    let read = strings::terraform_reads(bench.tools, Tool::Terraform, &expressions)?;
    let mut strings = 0;
    for ((expression, uses), read) in wanted.iter().zip(&read) {
        let Some(read) = read.as_ref().ok().and_then(Value::as_str) else {
            bail!("{expression} is no string to Terraform: {read:?}");
        };
        for (was, place) in uses {
            // The harmless literal has no escape, so its value is what stands between its quotes.
            let was = was.trim_matches('"');
            ensure!(!was.contains(['\\', '$', '%']), "{was} is not harmless");
            let pair = &pairs[*place];
            ensure!(
                pair.may_be(was, read),
                "{} with {:?}: {was:?} became {read:?}",
                pair.path,
                pair.value
            );
            strings += 1;
        }
    }
    println!(
        "hostile values: Terraform read {} files and {strings} strings ({} distinct)",
        pairs.len(),
        expressions.len()
    );
    bench.tally.judged("terraform", pairs.len() + strings);
    Ok(())
}

/// The string literals of a file as they are written, by HCL's grammar (hcl/hclsyntax/spec.md): a quote that is not
/// escaped ends one, comments and heredocs have none.
fn literals(text: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for line in text.lines() {
        ensure!(!line.contains("<<"), "no reader for heredocs: {line}");
        let mut open: Option<String> = None;
        let mut rest = line.chars();
        while let Some(c) = rest.next() {
            match (&mut open, c) {
                (None, '#') => break,
                (None, '"') => open = Some(String::from('"')),
                (None, _) => {}
                (Some(literal), '\\') => {
                    literal.extend(['\\', rest.next().context("a line ends with a backslash")?]);
                }
                (Some(literal), c) => {
                    literal.push(c);
                    if c == '"' {
                        found.extend(open.take());
                    }
                }
            }
        }
        ensure!(open.is_none(), "a string goes on after its line: {line}");
    }
    Ok(found)
}

fn json(bench: &Bench<'_>) -> Result<()> {
    let pairs = pairs(".json")?;
    let texts: Vec<String> = pairs
        .iter()
        .flat_map(|pair| [pair.was.clone(), pair.is.clone()])
        .collect();
    let read = strings::python_reads(bench.tools, &texts)?;
    let mut strings = 0;
    for (pair, read) in pairs.iter().zip(read.chunks(2)) {
        let [Ok(was), Ok(is)] = read else {
            bail!("{} with {:?}: {read:?}", pair.path, pair.value)
        };
        strings += pair.compare(&all_strings(was), &all_strings(is))?;
    }
    println!(
        "hostile values: Python read {} documents and {strings} strings",
        pairs.len()
    );
    bench.tally.judged("json", pairs.len());
    Ok(())
}

/// Every string of a document, keys too, in its order.
fn all_strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(all_strings).collect(),
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| {
                let mut all = vec![key.clone()];
                all.extend(all_strings(value));
                all
            };
            entries.iter().flat_map(entry).collect()
        }
        _ => Vec::new(),
    }
}

fn sql(bench: &Bench<'_>) -> Result<()> {
    let pairs = pairs(".sql")?;
    let mut questions: BTreeSet<String> = BTreeSet::new();
    let mut uses = Vec::new();
    for pair in &pairs {
        let (was, is) = (artifacts::split(&pair.was)?, artifacts::split(&pair.is)?);
        ensure!(
            was.len() == is.len(),
            "{} with {:?} has other statements",
            pair.path,
            pair.value
        );
        for (was, is) in was.into_iter().zip(is).filter(|(was, is)| was != is) {
            questions.extend([was.clone(), is.clone()]);
            uses.push((pair, was, is));
        }
    }
    let questions: Vec<String> = questions.into_iter().collect();
    let read: BTreeMap<&String, Option<Vec<String>>> = questions
        .iter()
        .zip(sqlfluff::literals(bench.tools, &questions)?)
        .collect();
    let (mut strings, mut unread) = (0, BTreeSet::new());
    for (pair, was, is) in &uses {
        match (&read[was], &read[is]) {
            (Some(was), Some(is)) => strings += pair.compare(was, is)?,
            // A form that sqlfluff does not read with a harmless value either says nothing about a hostile one.
            (None, _) => drop(unread.insert(was)),
            (Some(_), None) => bail!(
                "{} with {:?}: sqlfluff cannot read {is}",
                pair.path,
                pair.value
            ),
        }
    }
    println!(
        "hostile values: sqlfluff read {} statements and {strings} strings; {} forms are none to it",
        uses.len(),
        unread.len()
    );
    ensure!(strings >= VALUES.len(), "only {strings} strings were read");
    bench.tally.judged("sqlfluff", uses.len());
    Ok(())
}
