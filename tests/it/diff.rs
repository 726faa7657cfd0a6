//! `meshc diff` from end to end: what it compares, what it says, how it exits.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::golden::copy_example;

fn meshc(dir: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_meshc"))
        .args(words)
        .args(["--as-of", "2026-11-25"])
        .current_dir(dir)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn git(dir: &Path, words: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@t.example"])
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(words)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The changes of a `--format json`, and how it exited.
fn changes(dir: &Path, words: &[&str]) -> (Vec<Value>, Option<i32>) {
    let words: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    let output = meshc(dir, &words);
    let json: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    assert_eq!(json["version"], 1);
    (
        json["changes"].as_array().unwrap().clone(),
        output.status.code(),
    )
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn has_risk(change: &Value, risk: &str) -> bool {
    change["risk"]
        .as_array()
        .unwrap()
        .iter()
        .any(|one| one == risk)
}

#[test]
fn what_was_never_built_is_all_new_and_what_was_built_is_no_difference() {
    let mesh = copy_example("minimal");
    let (all, code) = changes(mesh.path(), &["diff"]);
    assert_eq!(code, Some(2));
    assert!(all.len() > 200, "{}", all.len());
    assert!(all.iter().all(|one| one["action"] == "create"));
    // Every grant of access says what it does, and every thing of ours where it comes from.
    assert!(all.iter().any(|one| has_risk(one, "widens-access")));
    assert!(
        all.iter()
            .all(|one| one["address"].is_string() && one["at"].is_string())
    );

    let (some, _) = changes(mesh.path(), &["diff", "--env", "dev", "--target", "aws"]);
    assert!(!some.is_empty() && some.len() < all.len());
    let inside = |one: &Value| {
        let file = one["file"].as_str().unwrap();
        file.starts_with("dev/") && file.split('/').nth(2) == Some("aws")
    };
    assert!(some.iter().all(inside), "{some:?}");

    assert_eq!(meshc(mesh.path(), &["build"]).status.code(), Some(0));
    let output = meshc(mesh.path(), &["diff"]);
    assert_eq!(said(&output), "no differences\n");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(changes(mesh.path(), &["diff"]), (Vec::new(), Some(0)));
    // The tree is compared, not rebuilt: what somebody took away is what a build brings back.
    std::fs::remove_file(mesh.path().join("generated/dev/sales/aws/access/main.tf")).unwrap();
    let (gone, code) = changes(mesh.path(), &["diff"]);
    assert_eq!(code, Some(2));
    assert!(
        gone.iter()
            .all(|one| one["file"] == "dev/sales/aws/access/main.tf")
    );
}

#[test]
fn a_comment_is_no_difference_and_an_expiry_has_its_direction() {
    let mesh = copy_example("minimal");
    assert_eq!(meshc(mesh.path(), &["build"]).status.code(), Some(0));
    let (sales, support) = (
        mesh.path().join("domains/sales.yaml"),
        mesh.path().join("domains/support.yaml"),
    );
    edit(&sales, "# Sales:", "# Moved down.\n# Sales:");
    let output = meshc(mesh.path(), &["diff"]);
    assert_eq!(said(&output), "no differences\n");

    edit(&support, "until: 2027-06-30", "until: 2027-03-31");
    let (shorter, _) = changes(mesh.path(), &["diff"]);
    assert!(!shorter.is_empty());
    let documents = |list: &[Value]| -> Vec<Value> {
        let is_document = |one: &&Value| {
            one["file"]
                .as_str()
                .unwrap()
                .ends_with("iam/support-team.json")
        };
        list.iter().filter(is_document).cloned().collect()
    };
    let (narrower, touched) = (documents(&shorter), shorter.len());
    assert!(!narrower.is_empty(), "{touched} changes");
    let only = |one: &Value, yes: &str, no: &str| has_risk(one, yes) && !has_risk(one, no);
    let narrows = |one: &Value| only(one, "narrows-access", "widens-access");
    assert!(narrower.iter().all(narrows), "{narrower:?}");
    edit(&support, "until: 2027-03-31", "until: 2028-06-30");
    let longer = documents(&changes(mesh.path(), &["diff"]).0);
    assert_eq!(longer.len(), narrower.len());
    let widens = |one: &Value| only(one, "widens-access", "narrows-access");
    assert!(longer.iter().all(widens), "{longer:?}");
    let output = meshc(mesh.path(), &["diff", "--quiet"]);
    assert_eq!(
        (said(&output).as_str(), output.status.code()),
        ("", Some(2))
    );
    println!("changes of an expiry: {touched}");
}

#[test]
fn masks_columns_and_protection_have_their_risks() {
    let mesh = copy_example("minimal");
    assert_eq!(meshc(mesh.path(), &["build"]).status.code(), Some(0));
    let sales = mesh.path().join("domains/sales.yaml");
    edit(&sales, "until: 2027-06-30", "until: 2028-06-30");
    let (found, _) = changes(
        mesh.path(),
        &["diff", "--target", "snowflake", "--env", "prod"],
    );
    let body = found
        .iter()
        .find(|one| {
            one["what"]
                .as_str()
                .unwrap()
                .starts_with("body of masking policy")
        })
        .unwrap();
    assert!(
        has_risk(body, "widens-access") && !has_risk(body, "narrows-access"),
        "{body}"
    );
    edit(&sales, "until: 2028-06-30", "until: 2027-06-30");

    edit(
        &sales,
        "- {group: sales-analysts, can: [read]}",
        "- {group: sales-analysts, can: [read, write]}",
    );
    let (found, _) = changes(mesh.path(), &["diff", "--target", "snowflake"]);
    assert!(
        found
            .iter()
            .any(|one| one["action"] == "create" && has_risk(one, "widens-access"))
    );
    assert!(
        !found.iter().any(|one| has_risk(one, "narrows-access")),
        "{found:?}"
    );
}

#[test]
fn folders_meshes_and_revisions_can_be_compared_with() {
    let mesh = copy_example("minimal");
    let dir = mesh.path();
    assert_eq!(
        meshc(dir, &["build", "--out", "old"]).status.code(),
        Some(0)
    );
    git(dir, &["init", "--quiet"]);
    git(dir, &["add", "mesh.yaml", "domains", "mesh.lock"]);
    git(dir, &["commit", "--quiet", "-m", "first"]);
    let other = copy_example("minimal");

    let against = |what: &str| changes(dir, &["diff", "--against", what]);
    for what in ["old", other.path().to_str().unwrap(), "HEAD", "main"] {
        assert_eq!(against(what), (Vec::new(), Some(0)), "{what}");
    }
    edit(
        &dir.join("domains/sales.yaml"),
        "retention: 365d",
        "retention: 364d",
    );
    let (first, code) = against("old");
    assert_eq!(code, Some(2));
    assert!(!first.is_empty());
    for what in [other.path().to_str().unwrap(), "HEAD"] {
        assert_eq!(against(what).0.len(), first.len(), "{what}");
    }
    // The revision is read, the work tree is not touched.
    let text = std::fs::read_to_string(dir.join("domains/sales.yaml")).unwrap();
    assert!(text.contains("retention: 364d"));

    // A folder wins over a revision of the same name.
    git(dir, &["branch", "old"]);
    git(dir, &["commit", "--quiet", "-am", "second"]);
    assert_eq!(against("old").0.len(), first.len());
    assert_eq!(against("HEAD"), (Vec::new(), Some(0)));

    for (what, wanted) in [
        ("nowhere", "nowhere"),
        ("--output=x", "--output=x"),
        ("domains", "domains"),
    ] {
        let argument = format!("--against={what}");
        let output = meshc(dir, &["diff", &argument]);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains(wanted), "{}", said(&output));
    }
    assert!(!dir.join("x").exists());
}

#[test]
fn people_see_places_marks_risks_and_a_last_line() {
    let mesh = copy_example("minimal");
    assert_eq!(meshc(mesh.path(), &["build"]).status.code(), Some(0));
    edit(
        &mesh.path().join("domains/sales.yaml"),
        "    access:\n      - {group: sales-analysts, can: [read], on: [curated]} # e-mail addresses stay hidden\n",
        "",
    );
    let output = meshc(mesh.path(), &["diff", "--env", "prod"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("[narrows access]"), "{text}");
    assert!(text.contains("domains/sales.yaml:"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("  - ")), "{text}");
    let last = text.lines().last().unwrap();
    assert!(
        last.contains("to delete") && last.contains("narrows access: "),
        "{last}"
    );
}
