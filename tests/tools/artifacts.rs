//! What meshc makes of `examples/minimal`, before the judges: the committed golden trees, and trees built
//! on the spot where a judge needs another provider major.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use testkit::cases::{Bench, Case};
use testkit::judges::policy_sentry::{self, Document, Role};
use testkit::judges::sqlfluff;
use testkit::judges::terraform::{NO_PROVIDERS, Terraform};
use testkit::tools::Tool;

use crate::roots::{self, files, repository};

/// Everything that the Snowflake target can do, small.
const WIDE: &str = "tests/meshes/wide-snowflake";

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "terraform/fmt-of-golden-trees",
            &[Tool::Terraform],
            formatted,
        ),
        Case::new("policy_sentry/aws-documents", &[Tool::Iam], |bench| {
            policy_sentry::judge(bench, &documents(&repository().join("generated"))?)
        }),
        Case::new("sqlfluff/every-statement", &[Tool::Sqlfluff], |bench| {
            sqlfluff::judge(bench, &statements(&repository().join("generated"), 40)?)
        }),
        Case::new("sqlfluff/wide-snowflake", &[Tool::Sqlfluff], |bench| {
            let mesh = bench.tools.folder("wide-snowflake")?;
            roots::copy(&repository().join(WIDE), &mesh)?;
            roots::build(&mesh)?;
            sqlfluff::judge(bench, &statements(&mesh.join("generated"), 100)?)
        }),
        Case::new(
            "aws-provider/validates-every-aws-root",
            &[Tool::AwsProvider, Tool::Terraform],
            valid,
        ),
    ]
}

fn formatted(bench: &Bench<'_>) -> Result<()> {
    let trees = repository().join("generated");
    let terraform = Terraform::new(bench.tools, Tool::Terraform, NO_PROVIDERS)?;
    let unformatted = terraform.unformatted(&trees)?;
    ensure!(
        unformatted.is_empty(),
        "terraform would format {unformatted:?}"
    );
    let count = files(&trees, |path| {
        path.extension().is_some_and(|ext| ext == "tf")
    })?
    .len();
    ensure!(count >= 30, "only {count} files were there to judge");
    bench.tally.judged("terraform", count);
    Ok(())
}

/// Every statement of a tree.
fn statements(tree: &Path, at_least: usize) -> Result<Vec<String>> {
    let sql = |path: &Path| path.extension().is_some_and(|ext| ext == "sql");
    let mut statements = Vec::new();
    for path in files(tree, sql)? {
        let text = std::fs::read_to_string(&path)?;
        statements.extend(split(&text).with_context(|| path.display().to_string())?);
    }
    ensure!(
        statements.len() >= at_least,
        "only {} statements were there to judge",
        statements.len()
    );
    Ok(statements)
}

/// The statements of a script; each ends a line with `;`.
pub(crate) fn split(text: &str) -> Result<Vec<String>> {
    let (mut statements, mut open) = (Vec::new(), String::new());
    for line in text.lines().filter(|line| !line.starts_with("--")) {
        open.push_str(line);
        open.push('\n');
        if line.ends_with(';') {
            statements.push(std::mem::take(&mut open).trim().to_owned());
        }
    }
    ensure!(open.trim().is_empty(), "the last statement has no end");
    Ok(statements)
}

/// Every AWS document of a tree, with what it is attached to.
pub(crate) fn documents(trees: &Path) -> Result<Vec<Document>> {
    let aws = |path: &Path| {
        path.components().any(|part| part.as_os_str() == "aws")
            && path.extension().is_some_and(|ext| ext == "json")
    };
    let mut documents = Vec::new();
    for path in files(trees, aws)? {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let role = if name.ends_with(".trust.json") {
            Role::Trust
        } else if name.starts_with("scp-") || name.starts_with("rcp-") {
            Role::Control
        } else if name.starts_with("key-") {
            Role::Key
        } else if path.components().any(|part| part.as_os_str() == "policies") {
            Role::Resource
        } else {
            Role::Identity
        };
        let document = serde_json::from_slice(&std::fs::read(&path)?)?;
        documents.push(Document {
            name: path.strip_prefix(trees)?.display().to_string(),
            role,
            document,
        });
    }
    ensure!(
        documents.len() >= 20,
        "only {} documents were there to judge",
        documents.len()
    );
    Ok(documents)
}

/// The provider that a machine may hold is of major 5, so the meshes are built for that one.
fn valid(bench: &Bench<'_>) -> Result<()> {
    let terraform = Terraform::with_aws(bench.tools)?;
    for (example, least) in [("minimal", 4), ("retail", 8)] {
        let mesh = bench.tools.folder(&format!("{example}-for-aws-5"))?;
        roots::for_aws_5(example, &mesh)?;
        roots::build(&mesh)?;
        let roots = roots::on(&mesh.join("generated"), "aws")?;
        ensure!(
            roots.len() >= least,
            "only {} AWS roots of {example} were there to judge",
            roots.len()
        );
        for root in &roots {
            terraform.init(&root.folder)?;
            let problems = terraform.validate(&root.folder)?;
            ensure!(
                problems.is_empty(),
                "{}: {problems:?}",
                root.folder.display()
            );
        }
        bench.tally.judged("aws-provider", roots.len());
    }
    Ok(())
}
