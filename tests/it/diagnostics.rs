//! Bad blueprints and the whole of what the real binary says about them.
//!
//! `tests/diagnostics/<CODE>-<situation>/` is a case: the mesh in `tests/diagnostics/base` with a
//! `patch` laid over it (or whole files put into it), the `command` to run where it is not `build`,
//! and `stderr.txt`, which standard error must equal byte for byte; its last line is the exit code.
//! `UPDATE=1` rewrites `stderr.txt`: read it as a user would before committing it.
//!
//! A patch is blocks of `--- FILE`, lines that start with `-` (found exactly once, one after the
//! other) and lines that start with `+` (put in their place; at the end of the file if no line
//! goes). `* 100 [` is a line of a hundred brackets.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use meshc::diag::code;
use rayon::prelude::*;

/// Codes that no case can have, and why.
const WITHOUT_CASE: &[(&str, &str)] = &[
    (
        "E141",
        "needs a file that the user may not read, and tests may run as root; tests/it/diagnostics.rs has a dangling link",
    ),
    (
        "E309",
        "needs hundreds of grants; tests/it/target_aws.rs and src/targets/aws/limits.rs",
    ),
    (
        "E314",
        "needs a lock of an older tree; tests/it/target_aws.rs, target_azure.rs, target_gcp.rs",
    ),
    (
        "E315",
        "needs a lock of an older tree; src/targets/snowflake",
    ),
    ("E320", "a template, not a blueprint; src/template"),
    ("E321", "a template, not a blueprint; src/template"),
    ("E322", "a template, not a blueprint; src/template"),
    ("E323", "a template, not a blueprint; src/template"),
    ("E324", "a template, not a blueprint; src/template"),
    ("E325", "a template, not a blueprint; src/template"),
    ("E326", "a template, not a blueprint; src/template"),
    ("V401", "a defect of meshc; src/artifact"),
    ("V402", "a defect of meshc; tests/it/schema_gate.rs"),
    ("V403", "a defect of meshc; src/gate"),
    ("V404", "a defect of meshc; src/pipeline.rs"),
    (
        "W606",
        "needs a policy of thousands of characters; src/targets/aws/limits.rs",
    ),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

fn cases() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name != "base")
        .collect();
    names.sort();
    names
}

fn copy(from: &Path, to: &Path, skip: &[&str]) {
    for entry in walkdir::WalkDir::new(from).min_depth(1) {
        let entry = entry.unwrap();
        let relative = entry.path().strip_prefix(from).unwrap();
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(to.join(relative)).unwrap();
        } else if !skip.iter().any(|name| relative == Path::new(name)) {
            std::fs::copy(entry.path(), to.join(relative)).unwrap();
        }
    }
}

/// Lays a patch over a folder; every block must fit in exactly one place.
fn patch(text: &str, dir: &Path) {
    for block in text.split("--- ").filter(|block| !block.trim().is_empty()) {
        let (file, body) = block.split_once('\n').unwrap();
        let (mut old, mut new) = (String::new(), String::new());
        for line in body.lines() {
            if let Some(line) = line.strip_prefix('-') {
                writeln!(old, "{line}").unwrap();
            } else if let Some(line) = line.strip_prefix('+') {
                writeln!(new, "{line}").unwrap();
            } else if let Some(repeated) = line.strip_prefix("* ") {
                let (times, what) = repeated.split_once(' ').unwrap();
                writeln!(new, "{}", what.repeat(times.parse().unwrap())).unwrap();
            } else {
                assert!(line.is_empty(), "`{line}` is no line of a patch");
            }
        }
        let path = dir.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let text = if old.is_empty() {
            text + &new
        } else {
            // Lines may be named by their beginning: then the rest of the last one stays.
            let (old, new) = match text.matches(&old).count() {
                0 => (old.trim_end_matches('\n'), new.trim_end_matches('\n')),
                _ => (old.as_str(), new.as_str()),
            };
            assert_eq!(text.matches(old).count(), 1, "`{old}` in {file}");
            text.replace(old, new)
        };
        std::fs::write(path, text).unwrap();
    }
}

/// What the real binary writes to standard error, and its last exit code.
fn run(case: &Path) -> String {
    let dir = tempfile::tempdir().unwrap();
    copy(&folder().join("base"), dir.path(), &[]);
    copy(case, dir.path(), &["patch", "command", "stderr.txt"]);
    let commands = std::fs::read_to_string(case.join("command")).unwrap_or("build".to_owned());
    let patched = std::fs::read_to_string(case.join("patch")).unwrap_or_default();
    // With several commands the patch comes before the last one: the others see the good mesh.
    let last = commands.lines().count() - 1;
    let (mut text, mut exit) = (String::new(), 0);
    for (index, command) in commands.lines().enumerate() {
        if index == last {
            patch(&patched, dir.path());
        }
        let output = Command::new(env!("CARGO_BIN_EXE_meshc"))
            .args(command.split_whitespace())
            .current_dir(dir.path())
            .env("NO_COLOR", "1")
            .env_remove("COLUMNS")
            .output()
            .unwrap();
        text.push_str(&String::from_utf8(output.stderr).unwrap());
        exit = output.status.code().unwrap();
    }
    format!("{text}[exit {exit}]\n")
}

#[test]
fn every_bad_blueprint_says_exactly_this() {
    let wrong: Vec<String> = cases()
        .par_iter()
        .filter_map(|name| {
            let case = folder().join(name);
            let said = run(&case);
            let expected = case.join("stderr.txt");
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&expected, &said).unwrap();
            }
            let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
            (wanted != said).then(|| format!("{name}: said\n{said}\nwanted\n{wanted}"))
        })
        .collect();
    println!("bad blueprints judged: {}", cases().len());
    assert!(
        wrong.is_empty(),
        "{} cases differ; run with UPDATE=1 and read each\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_base_of_the_cases_is_right() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(dir.path()), "[exit 0]\n", "the base has nothing wrong");
}

/// A file that is there but cannot be read: a link to nothing.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("domains")).unwrap();
    std::os::unix::fs::symlink("nowhere", dir.path().join("domains/lost.yaml")).unwrap();
    let base = tempfile::tempdir().unwrap();
    copy(&folder().join("base"), base.path(), &[]);
    std::os::unix::fs::symlink("nowhere", base.path().join("domains/lost.yaml")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_meshc"))
        .arg("build")
        .current_dir(base.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.starts_with("error[E141]: the file cannot be read: "),
        "{text}"
    );
    assert!(text.contains("domains/lost.yaml:1:1"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn every_code_has_a_case_or_a_reason_why_not() {
    let mut by_code: BTreeMap<String, usize> = BTreeMap::new();
    for name in cases() {
        let code = name.split('-').next().unwrap().to_owned();
        // Findings of rules are cases too; their ids are not codes.
        if code == "RULE" {
            continue;
        }
        let said = std::fs::read_to_string(folder().join(&name).join("stderr.txt")).unwrap();
        assert!(
            said.contains(&format!("[{code}]: ")),
            "{name} does not say {code}"
        );
        *by_code.entry(code).or_default() += 1;
    }
    let mut excused: BTreeSet<&str> = WITHOUT_CASE.iter().map(|(code, _)| *code).collect();
    // Trees, plans and apply have tests of their own (tests/it/write.rs, apply.rs, src/plan).
    let of_commands = code::ALL.iter().map(|code| code.id());
    excused.extend(of_commands.filter(|code| code.starts_with("A5") && *code != "A501"));
    let mut missing = Vec::new();
    for code in code::ALL.iter().map(|code| code.id()) {
        let (has, may_lack) = (by_code.contains_key(code), excused.contains(code));
        assert!(
            !(has && may_lack),
            "{code} has a case and a reason to have none"
        );
        if !has && !may_lack {
            missing.push(code);
        }
    }
    assert!(missing.is_empty(), "no bad blueprint for {missing:?}");
    println!(
        "codes with a bad blueprint: {} of {}",
        by_code.len(),
        code::ALL.len()
    );
    assert!(by_code.len() >= 60);
}

/// What makes a message useful, held for every case: a place with an excerpt, and a way out.
#[test]
fn every_error_has_a_place_and_a_way_out() {
    for name in cases() {
        let said = std::fs::read_to_string(folder().join(&name).join("stderr.txt")).unwrap();
        for message in said.split("\n\n") {
            let Some(head) = message
                .lines()
                .next()
                .filter(|line| line.starts_with("error[") || line.starts_with("warning["))
            else {
                continue;
            };
            let placeless = ["E140", "A5"].iter().any(|code| name.starts_with(code));
            assert!(
                placeless || message.contains("--> "),
                "{name}: no place in `{head}`"
            );
            assert!(message.contains("help: "), "{name}: no way out in `{head}`");
        }
    }
}
