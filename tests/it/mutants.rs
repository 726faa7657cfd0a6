//! A small slip for every rule: exactly that rule speaks, and no other.
//!
//! `tests/mutants/<ID>` is a mutant of an example that has no findings. `in:` names what is changed: a
//! file of the blueprint, `tree FILE` of its golden tree, or `input CELL`, what policies see of a cell
//! (for what no file can get wrong by itself). The first place of the `-` text, after the `after:` text
//! where there is one, becomes the `+` text; without `-` the `+` text is put in, at the end unless
//! something is said to come before. `findings:` says how many different messages there are, if not one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use meshc::artifact::read::ReadTree;
use meshc::check::{CellInput, Finding, Suite, foreign, inputs, judge};
use meshc::source::SourceMap;
use rayon::prelude::*;

/// The example that mutants are made of, and its golden tree.
const BASE: &str = "minimal";

/// The day of every judgement.
const DAY: jiff::civil::Date = jiff::civil::date(2026, 11, 25);

/// One place that is changed.
#[derive(Default, Clone)]
struct Edit {
    place: String,
    after: String,
    old: String,
    new: String,
}

struct Mutant {
    rule: String,
    findings: usize,
    edits: Vec<Edit>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn mutants() -> Vec<Mutant> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(root().join("tests/mutants"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    found.sort();
    found.iter().map(|path| mutant(path)).collect()
}

fn mutant(path: &Path) -> Mutant {
    let text = std::fs::read_to_string(path).unwrap();
    let mut mutant = Mutant {
        rule: path.file_name().unwrap().to_string_lossy().into_owned(),
        findings: 1,
        edits: Vec::new(),
    };
    for line in text.lines() {
        if let Some(number) = line.strip_prefix("findings: ") {
            mutant.findings = number.parse().unwrap();
        } else if let Some(place) = line.strip_prefix("in: ") {
            mutant.edits.push(Edit {
                place: place.to_owned(),
                ..Edit::default()
            });
        } else if !line.is_empty() {
            let edit = mutant.edits.last_mut().unwrap();
            let add = |to: &mut String, part: &str| {
                if !to.is_empty() {
                    to.push('\n');
                }
                to.push_str(part);
            };
            match line.split_at(1) {
                ("-", rest) => add(&mut edit.old, rest),
                ("+", rest) => add(&mut edit.new, rest),
                _ => line
                    .strip_prefix("after: ")
                    .unwrap_or_else(|| panic!("{}: `{line}`", path.display()))
                    .clone_into(&mut edit.after),
            }
        }
    }
    mutant
}

/// The text with the edit, if it has the place.
fn edited(text: &str, edit: &Edit) -> Option<String> {
    let from = if edit.after.is_empty() {
        0
    } else {
        text.find(&edit.after)? + edit.after.len()
    };
    let (before, rest) = text.split_at(from);
    if edit.old.is_empty() {
        return Some(if edit.after.is_empty() {
            format!("{text}{}\n", edit.new)
        } else {
            format!("{before}\n{}{rest}", edit.new)
        });
    }
    let at = rest.find(&edit.old)?;
    // A line that goes leaves no empty one behind.
    let end = at + edit.old.len();
    let whole = edit.new.is_empty() && rest[end..].starts_with('\n');
    let end = if whole { end + 1 } else { end };
    Some(format!(
        "{before}{}{}{}",
        &rest[..at],
        edit.new,
        &rest[end..]
    ))
}

fn golden() -> PathBuf {
    root().join("generated").join(BASE)
}

/// Judges the files of the cell that the edits are in, as somebody else's.
fn of_the_tree(mutant: &Mutant, suite: &Suite) -> Vec<Finding> {
    let file = |edit: &Edit| edit.place.strip_prefix("tree ").unwrap().to_owned();
    let cell: PathBuf = Path::new(&file(&mutant.edits[0])).iter().take(3).collect();
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(golden().join(&cell)) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(golden()).unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            files.push((path.to_string_lossy().replace('\\', "/"), text));
        }
    }
    for edit in &mutant.edits {
        let name = file(edit);
        match files.iter_mut().find(|(path, _)| *path == name) {
            Some((_, text)) => {
                *text = edited(text, edit)
                    .unwrap_or_else(|| panic!("{}: no `{}` in {name}", mutant.rule, edit.old));
            }
            None => files.push((name, format!("{}\n", edit.new))),
        }
    }
    let files = files
        .into_iter()
        .map(|(path, text)| (path, text.into_bytes()))
        .collect();
    let tree = ReadTree::from_files(files);
    assert!(
        tree.problems.is_empty(),
        "{}: {:?}",
        mutant.rule,
        tree.problems
    );
    let mut map = SourceMap::default();
    let cells = foreign::inputs(&tree, Path::new("tree"), &mut map, Some(DAY));
    judge(&cells, suite).unwrap()
}

fn of_the_blueprint(mutant: &Mutant, suite: &Suite) -> Vec<Finding> {
    let dir = crate::golden::copy_example(BASE);
    for edit in &mutant.edits {
        let path = dir.path().join(&edit.place);
        let text = std::fs::read_to_string(&path).unwrap();
        let text = edited(&text, edit)
            .unwrap_or_else(|| panic!("{}: no `{}` in {}", mutant.rule, edit.old, edit.place));
        std::fs::write(path, text).unwrap();
    }
    let compiled = crate::support::compile(dir.path());
    judge(&inputs(&compiled, Some(DAY)), suite).unwrap()
}

fn of_the_input(mutant: &Mutant, suite: &Suite) -> Vec<Finding> {
    let dir = crate::golden::copy_example(BASE);
    let compiled = crate::support::compile(dir.path());
    let edit = &mutant.edits[0];
    let cell = edit.place.strip_prefix("input ").unwrap();
    let (environment, target) = (cell.split('/').next(), cell.split('/').next_back());
    let cells: Vec<CellInput> = inputs(&compiled, Some(DAY))
        .into_iter()
        .filter(|cell| cell.json["environment"].as_str() == environment)
        .filter(|cell| cell.json["target"].as_str() == target)
        .filter_map(|cell| {
            let json = edited(&cell.json.to_string(), edit)?;
            let json: serde_json::Value = serde_json::from_str(&json).unwrap();
            Some(CellInput {
                value: regorus::Value::from(json.clone()),
                json,
                ..cell
            })
        })
        .collect();
    assert_eq!(cells.len(), 1, "{}: {cell}", mutant.rule);
    judge(&cells, suite).unwrap()
}

fn verdict(mutant: &Mutant, suite: &Suite) -> Result<(), String> {
    let kind = mutant.edits[0].place.split(' ').next().unwrap();
    let findings = match kind {
        "tree" => of_the_tree(mutant, suite),
        "input" => of_the_input(mutant, suite),
        _ => of_the_blueprint(mutant, suite),
    };
    // What holds in both environments is one finding.
    let said: BTreeSet<(&str, &str)> = findings
        .iter()
        .map(|one| (one.rule.as_str(), one.message.as_str()))
        .collect();
    let others = said.iter().any(|(rule, _)| *rule != mutant.rule);
    if others || said.len() != mutant.findings {
        return Err(format!("{}: {said:?}", mutant.rule));
    }
    Ok(())
}

#[test]
fn each_rule_finds_its_own_slip_and_no_other() {
    let suite = Suite::embedded().unwrap();
    let mutants = mutants();
    let have: BTreeSet<&str> = mutants.iter().map(|one| one.rule.as_str()).collect();
    let want: BTreeSet<&str> = suite.rules().iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(have, want, "tests/mutants has a mutant for every rule");
    let wrong: Vec<String> = mutants
        .par_iter()
        .filter_map(|mutant| verdict(mutant, &suite).err())
        .collect();
    println!("mutants judged: {}", mutants.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_a_slip_no_rule_speaks_about_the_tree() {
    let tree = meshc::artifact::read(&golden()).unwrap();
    assert!(tree.problems.is_empty(), "{:?}", tree.problems);
    let mut map = SourceMap::default();
    let cells = foreign::inputs(&tree, Path::new("tree"), &mut map, Some(DAY));
    assert!(cells.len() > 8, "only {} cells", cells.len());
    let findings = judge(&cells, &Suite::embedded().unwrap()).unwrap();
    assert_eq!(findings, []);
}
