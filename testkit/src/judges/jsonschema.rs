//! check-jsonschema: files against a JSON Schema of ours, or against one that it carries, such as those of GitHub's,
//! GitLab's and Azure's pipelines.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::cases::Bench;
use crate::tools::{Installed, Tool};

/// A schema.
#[derive(Debug, Clone, Copy)]
pub enum Schema<'a> {
    /// One that check-jsonschema carries, such as `vendor.github-workflows`.
    Carried(&'a str),
    /// A file.
    File(&'a Path),
}

/// What is wrong in files: nothing, or one text for each fault.
pub fn check(tools: &Installed, schema: Schema<'_>, files: &[PathBuf]) -> Result<Vec<String>> {
    ensure!(!files.is_empty(), "no file to check");
    let launch = tools
        .launch(Tool::JsonSchema, "check-jsonschema")?
        .args(["--output-format", "json"]);
    let launch = match schema {
        Schema::Carried(name) => launch.args(["--builtin-schema", name]),
        Schema::File(path) => launch.arg("--schemafile").arg(path),
    };
    let finished = launch.args(files).run()?;
    let report = finished.json()?;
    let mut faults = Vec::new();
    for error in report["errors"]
        .as_array()
        .context("no errors in the report")?
    {
        faults.push(format!(
            "{}: {}: {}",
            text(&error["filename"]),
            text(&error["path"]),
            text(&error["message"])
        ));
    }
    // There only if there are any.
    for error in report["parse_errors"].as_array().into_iter().flatten() {
        faults.push(format!(
            "{}: {}",
            text(&error["filename"]),
            text(&error["message"])
        ));
    }
    // It exits with 1 on faults, and on calls that it does not understand.
    ensure!(
        (finished.code == Some(0)) == faults.is_empty(),
        "{finished}"
    );
    Ok(faults)
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Judges files that meshc made; an error names every fault.
pub fn judge(bench: &Bench<'_>, schema: Schema<'_>, files: &[PathBuf]) -> Result<()> {
    let faults = check(bench.tools, schema, files)?;
    if !faults.is_empty() {
        bail!(
            "{} faults by {schema:?}:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }
    bench.tally.judged("jsonschema", files.len());
    Ok(())
}

/// Good and bad pipelines by the schemas that it carries, and documents by a schema of ours.
pub fn self_check(bench: &Bench<'_>) -> Result<()> {
    let folder = bench.tools.folder("jsonschema")?;
    let write = |name: &str, text: &str| -> Result<PathBuf> {
        let path = folder.join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    };
    let schema = write(
        "schema.json",
        r#"{"type": "object", "required": ["name"], "additionalProperties": false,
        "properties": {"name": {"type": "string", "pattern": "^[a-z]+$"}}}"#,
    )?;
    let ours = Schema::File(&schema);
    let github =
        "on: push\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n";
    let gitlab = "check:\n  script:\n    - make\n";
    let azure = "steps:\n  - script: make\n";
    let good = [
        (
            Schema::Carried("vendor.github-workflows"),
            "github.yml",
            github.to_owned(),
        ),
        (
            Schema::Carried("vendor.gitlab-ci"),
            "gitlab.yml",
            gitlab.to_owned(),
        ),
        (
            Schema::Carried("vendor.azure-pipelines"),
            "azure.yml",
            azure.to_owned(),
        ),
        (ours, "ours.json", r#"{"name": "mesh"}"#.to_owned()),
    ];
    let bad = [
        (good[0].0, "runs.yml", github.replace("runs-on", "run-on")),
        (
            good[0].0,
            "steps.yml",
            github.replace("- run: make", "- make"),
        ),
        (good[1].0, "script.yml", gitlab.replace("- make", "make: 1")),
        (good[2].0, "script2.yml", azure.replace("script", "scirpt")),
        (ours, "missing.json", "{}".to_owned()),
        (
            ours,
            "more.json",
            r#"{"name": "mesh", "nmae": 1}"#.to_owned(),
        ),
        (ours, "pattern.json", r#"{"name": "Mesh"}"#.to_owned()),
        (ours, "broken.json", r#"{"name": "#.to_owned()),
    ];
    for (schema, name, text) in &good {
        let faults = check(bench.tools, *schema, &[write(name, text)?])?;
        ensure!(faults.is_empty(), "{name}: {faults:?}");
    }
    for (schema, name, text) in &bad {
        ensure!(
            !check(bench.tools, *schema, &[write(name, text)?])?.is_empty(),
            "{name} is taken:\n{text}"
        );
    }
    bench.tally.self_check("jsonschema", good.len() + bad.len());
    Ok(())
}
