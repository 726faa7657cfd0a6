//! checkov: what somebody else's scanner says about Terraform roots.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::cases::Bench;
use crate::tools::{Installed, Tool};

/// A check that a resource has failed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// Path of the file within the folder that was scanned.
    pub file: String,
    /// The check, such as `CKV_AWS_20`.
    pub check: String,
    /// The address of the resource.
    pub resource: String,
    /// What the check wants.
    pub title: String,
}

/// What a scan has found.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// How many (check, resource) pairs passed.
    pub passed: usize,
    /// Those that failed, in order.
    pub failures: Vec<Failure>,
}

#[derive(Deserialize)]
struct Report {
    results: Results,
}

#[derive(Deserialize)]
struct Results {
    passed_checks: Vec<Check>,
    failed_checks: Vec<Check>,
    parsing_errors: Vec<String>,
}

#[derive(Deserialize)]
struct Check {
    #[serde(rename = "check_id")]
    id: String,
    #[serde(rename = "check_name")]
    title: String,
    file_path: String,
    resource: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    failed: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    check: String,
    resource: String,
    why: String,
}

/// The checks that are known to fail on types of resources, from a table in which each has its reason.
pub fn known(table: &str) -> Result<BTreeSet<(String, String)>> {
    let table: Table = toml::from_str(table)?;
    let mut known = BTreeSet::new();
    for row in table.failed {
        ensure!(row.why.trim().len() > 20, "{} has no reason", row.check);
        let shown = format!("{} on {}", row.check, row.resource);
        ensure!(
            known.insert((row.check, row.resource)),
            "{shown} is there twice"
        );
    }
    Ok(known)
}

/// Scans all Terraform files below a folder, in one run.
pub fn scan(tools: &Installed, folder: &Path) -> Result<Scan> {
    let launch = tools
        .launch(Tool::Checkov, "checkov")?
        .arg("--directory")
        .arg(folder);
    let launch = launch.args(["--framework", "terraform", "--output", "json", "--compact"]);
    // It would ask its maker's servers for guidelines and modules.
    let launch = launch.args([
        "--skip-download",
        "--download-external-modules",
        "false",
        "--soft-fail",
    ]);
    let finished = launch.patience(Duration::from_secs(600)).succeed()?;
    let value = finished.json()?;
    // With nothing to look at it answers with a summary of nothing and no results.
    ensure!(
        value.get("results").is_some(),
        "checkov found no Terraform in {}: {finished}",
        folder.display()
    );
    let report: Report = serde_json::from_value(value).context("the report of checkov")?;
    let results = report.results;
    ensure!(
        results.parsing_errors.is_empty(),
        "checkov cannot read {}",
        results.parsing_errors.join(", ")
    );
    let failure = |check: Check| Failure {
        file: check.file_path.trim_start_matches('/').to_owned(),
        check: check.id,
        resource: check.resource,
        title: check.title,
    };
    let mut failures: Vec<Failure> = results.failed_checks.into_iter().map(failure).collect();
    failures.sort();
    Ok(Scan {
        passed: results.passed_checks.len(),
        failures,
    })
}

/// Judges roots that meshc made. The exceptions of `tests/tools.toml` are regular expressions over
/// `CHECK RESOURCE-ADDRESS`; an error names every other failure.
pub fn judge(bench: &Bench<'_>, folder: &Path) -> Result<()> {
    let scan = scan(bench.tools, folder)?;
    let exceptions = &bench.table.judge("checkov")?.not_judged;
    let subjects: Vec<String> = scan
        .failures
        .iter()
        .map(|it| format!("{} {}", it.check, it.resource))
        .collect();
    let excuses = super::excuses(bench.tools, Tool::Checkov, &subjects, exceptions)?;
    bench.tally.judged("checkov", scan.passed);
    let mut wrong = Vec::new();
    for (failure, excuse) in scan.failures.iter().zip(&excuses) {
        match excuse {
            Some(id) => bench.tally.not_judged("checkov", id, 1),
            None => wrong.push(format!(
                "{}: {} {}: {}",
                failure.file, failure.check, failure.resource, failure.title
            )),
        }
    }
    if !wrong.is_empty() {
        bail!(
            "checkov finds fault {} times:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
    Ok(())
}

const GOOD: &str = r#"resource "aws_s3_bucket" "orders" {
  bucket = "acme-orders"
}

resource "aws_s3_bucket_public_access_block" "orders" {
  bucket                  = aws_s3_bucket.orders.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "orders" {
  bucket = aws_s3_bucket.orders.id
  versioning_configuration {
    status = "Enabled"
  }
}
"#;

const BAD: &str = r#"resource "aws_s3_bucket" "open" {
  bucket = "acme-open"
}

resource "aws_s3_bucket_acl" "open" {
  bucket = aws_s3_bucket.open.id
  acl    = "public-read"
}

resource "aws_iam_policy" "all" {
  name   = "all"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

resource "aws_kms_key" "fixed" {
  enable_key_rotation = false
}
"#;

/// A folder with a good root and a bad one: known checks fail in the bad one only, and broken text is an error.
pub fn self_check(bench: &Bench<'_>) -> Result<()> {
    let folder = bench.tools.folder("checkov")?;
    for (root, text) in [("good", GOOD), ("bad", BAD)] {
        std::fs::create_dir(folder.join(root))?;
        std::fs::write(folder.join(root).join("main.tf"), text)?;
    }
    let scan = scan(bench.tools, &folder)?;
    let mut failed: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for failure in &scan.failures {
        failed
            .entry(&failure.file)
            .or_default()
            .push((&failure.check, &failure.resource));
    }
    let of = |file: &str| failed.get(file).cloned().unwrap_or_default();
    let seeded = [
        // Public access block of a bucket; versioning; an ACL open to the world; `*` on `*`; key rotation.
        ("CKV2_AWS_6", "aws_s3_bucket.open"),
        ("CKV_AWS_21", "aws_s3_bucket.open"),
        ("CKV_AWS_20", "aws_s3_bucket.open"),
        ("CKV_AWS_62", "aws_iam_policy.all"),
        ("CKV_AWS_7", "aws_kms_key.fixed"),
    ];
    for it in seeded {
        ensure!(
            of("bad/main.tf").contains(&it),
            "checkov does not see {it:?}: {:?}",
            of("bad/main.tf")
        );
        ensure!(
            !of("good/main.tf").iter().any(|(check, _)| *check == it.0),
            "checkov sees {it:?} where it is not"
        );
    }
    ensure!(scan.passed > 0, "checkov passed nothing");
    let broken = bench.tools.folder("checkov-broken")?;
    std::fs::write(broken.join("main.tf"), "resource \"aws_kms_key\" \"x\" {")?;
    ensure!(
        self::scan(bench.tools, &broken).is_err(),
        "checkov took broken text"
    );
    bench.tally.self_check("checkov", 2 * seeded.len() + 1);
    Ok(())
}
