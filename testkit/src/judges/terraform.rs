//! Terraform as a judge of roots: format, validity, plans. The same for the executable on PATH and for the library
//! behind our launcher; with the real AWS provider from a mirror on this machine, or with whatever the caller's CLI
//! configuration and environment name. Nothing is ever downloaded.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use serde_json::Value;

use crate::cases::Bench;
use crate::tools::{Installed, Launch, Tool, aws_provider};

/// A CLI configuration with which no provider is to be had but the builtin ones.
pub const NO_PROVIDERS: &str = "disable_checkpoint = true\n\nprovider_installation {\n  filesystem_mirror {\n    \
                                path = \"/nonexistent\"\n  }\n}\n";

/// Terraform with one CLI configuration.
#[derive(Debug)]
pub struct Terraform<'a> {
    tools: &'a Installed,
    tool: Tool,
    config: PathBuf,
    env: Vec<(String, String)>,
}

/// An error or a warning of `terraform validate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file within the root.
    pub file: Option<String>,
    /// Its line, from 1.
    pub line: Option<u64>,
    /// In one sentence.
    pub summary: String,
    /// In several.
    pub detail: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(file), Some(line)) = (&self.file, self.line) {
            write!(f, "{file}:{line}: ")?;
        }
        write!(f, "{}: {}", self.summary, self.detail)
    }
}

impl<'a> Terraform<'a> {
    /// Terraform (`Tool::Terraform` or `Tool::TerraformLib`) with the text of a CLI configuration.
    pub fn new(tools: &'a Installed, tool: Tool, cli_config: &str) -> Result<Self> {
        let config = tools.folder("terraform")?.join("terraform.rc");
        std::fs::write(&config, cli_config)?;
        Ok(Self {
            tools,
            tool,
            config,
            env: Vec::new(),
        })
    }

    /// Adds a variable to the environment of every call, such as `TF_REATTACH_PROVIDERS`.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A call in a root.
    pub fn call(&self, root: &Path, args: &[&str]) -> Result<Launch> {
        let launch = self
            .tools
            .launch(self.tool, "terraform")?
            .args(args)
            .cwd(root);
        let launch = launch
            .env("TF_CLI_CONFIG_FILE", &self.config)
            .env("TF_IN_AUTOMATION", "1");
        let launch = launch.envs(self.env.iter().map(|(name, value)| (name, value)));
        Ok(launch.patience(Duration::from_secs(600)))
    }

    /// The files below a folder that `terraform fmt` would change.
    pub fn unformatted(&self, folder: &Path) -> Result<Vec<String>> {
        let finished = self
            .call(folder, &["fmt", "-check", "-recursive", "-list=true"])?
            .run()?;
        // 0: nothing to do; 3: there are files to change; anything else: a file cannot be read.
        match finished.code {
            Some(0 | 3) => Ok(finished.out().lines().map(str::to_owned).collect()),
            _ => bail!("{finished}"),
        }
    }

    /// `terraform init`, without a backend.
    pub fn init(&self, root: &Path) -> Result<()> {
        self.call(root, &["init", "-input=false", "-backend=false"])?
            .succeed()?;
        Ok(())
    }

    /// The errors that `terraform validate` finds in a root.
    pub fn validate(&self, root: &Path) -> Result<Vec<Diagnostic>> {
        let finished = self.call(root, &["validate", "-json"])?.run()?;
        let answer = finished.json()?;
        let all = answer["diagnostics"]
            .as_array()
            .ok_or_else(|| anyhow!("no diagnostics: {finished}"))?;
        let errors: Vec<Diagnostic> = all
            .iter()
            .filter(|it| it["severity"] == "error")
            .map(diagnostic)
            .collect();
        ensure!(
            answer["valid"] == Value::Bool(errors.is_empty()),
            "valid or not? {finished}"
        );
        Ok(errors)
    }
}

fn diagnostic(value: &Value) -> Diagnostic {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Diagnostic {
        file: text(&value["range"]["filename"]),
        line: value["range"]["start"]["line"].as_u64(),
        summary: text(&value["summary"]).unwrap_or_default(),
        detail: text(&value["detail"]).unwrap_or_default(),
    }
}

const ROOT: &str = r#"resource "terraform_data" "orders" {
  input = "first"
}

output "orders" {
  value = terraform_data.orders.output
}
"#;

/// Format, validity, a plan, an apply and an empty second plan, on a root without providers; and that each can fail.
pub fn self_check(bench: &Bench<'_>, tool: Tool) -> Result<()> {
    let terraform = Terraform::new(bench.tools, tool, NO_PROVIDERS)?;
    let root = bench.tools.folder("root")?;
    let main = root.join("main.tf");
    std::fs::write(&main, ROOT)?;
    terraform.init(&root)?;
    ensure!(
        terraform.unformatted(&root)? == Vec::<String>::new(),
        "{ROOT} is formatted"
    );
    ensure!(terraform.validate(&root)?.is_empty(), "{ROOT} is valid");
    let plan = |wanted: i32| -> Result<()> {
        let args = ["plan", "-input=false", "-detailed-exitcode", "-out=plan"];
        let finished = terraform.call(&root, &args)?.run()?;
        ensure!(finished.code == Some(wanted), "wanted {wanted}: {finished}");
        Ok(())
    };
    plan(2)?;
    let shown = terraform
        .call(&root, &["show", "-json", "plan"])?
        .succeed()?
        .json()?;
    let change = &shown["resource_changes"][0]["change"]["actions"];
    ensure!(
        *change == serde_json::json!(["create"]),
        "the plan as JSON has {change}"
    );
    terraform
        .call(&root, &["apply", "-input=false", "plan"])?
        .succeed()?;
    plan(0)?;
    std::fs::write(&main, ROOT.replace("first", "second"))?;
    plan(2)?;
    std::fs::write(&main, ROOT.replace("  input = ", "  input  = "))?;
    ensure!(
        terraform.unformatted(&root)? == ["main.tf"],
        "two spaces are one too many"
    );
    let wrong = [
        (
            ROOT.replace("  input =", "  inptu ="),
            "Unsupported argument",
            Some(2),
        ),
        (
            ROOT.replace("data.orders.output", "data.odrers.output"),
            "Reference to undeclared resource",
            Some(6),
        ),
        (
            ROOT.replace(
                "terraform_data\" \"orders\" {",
                "terraform_data\" \"orders {",
            ),
            "Invalid multi-line string",
            Some(1),
        ),
        (
            ROOT.replace("terraform_data", "terraform_date"),
            "Invalid resource type",
            Some(1),
        ),
    ];
    for (text, summary, line) in &wrong {
        std::fs::write(&main, text)?;
        let found = terraform.validate(&root)?;
        let hit = found
            .iter()
            .any(|it| it.summary.contains(summary) && it.line == *line);
        ensure!(
            hit,
            "wanted `{summary}` at line {line:?}, got {found:?} in\n{text}"
        );
    }
    std::fs::write(&main, "resource \"x\" {")?;
    ensure!(
        terraform.unformatted(&root).is_err(),
        "broken text has no format"
    );
    std::fs::write(&main, "resource \"aws_s3_bucket\" \"x\" {}\n")?;
    let init = terraform.init(&root).map_err(|error| error.to_string());
    let refused = init
        .as_ref()
        .is_err_and(|error| error.contains("hashicorp/aws"));
    ensure!(refused, "a provider came from somewhere: {init:?}");
    bench.tally.self_check(tool.name(), 8 + wrong.len());
    Ok(())
}

const AWS_ROOT: &str = r#"terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

resource "aws_s3_bucket" "orders" {
  bucket = "acme-orders"
}

resource "aws_s3_bucket_versioning" "orders" {
  bucket = aws_s3_bucket.orders.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_iam_policy" "read" {
  name   = "read"
  policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_iam_role_policy_attachment" "read" {
  role       = "reader"
  policy_arn = "arn:aws:iam::111122223333:policy/read"
}
"#;

/// The real AWS provider knows its resources, and looks at values as no schema can.
pub fn aws_provider_self_check(bench: &Bench<'_>) -> Result<()> {
    let provider = aws_provider()?.context("the AWS provider was there a moment ago")?;
    let terraform = Terraform::new(bench.tools, Tool::Terraform, &provider.cli_config())?;
    let root = bench.tools.folder("aws-root")?;
    std::fs::write(root.join("main.tf"), AWS_ROOT)?;
    terraform.init(&root)?;
    ensure!(terraform.validate(&root)?.is_empty(), "{AWS_ROOT} is valid");
    // In two goes, for a validation costs seconds; an error of one kind hides those of the other in the same block.
    let goes: [&[(&str, &str, &str)]; 2] = [
        &[
            ("\"Enabled\"", "\"Enabledd\"", "expected"),
            (
                "jsonencode({ Version = \"2012-10-17\", Statement = [] })",
                "\"{not json\"",
                "invalid JSON",
            ),
            (
                "\"arn:aws:iam::111122223333:policy/read\"",
                "\"not-an-arn\"",
                "policy_arn",
            ),
        ],
        &[
            (
                "\"aws_iam_policy\"",
                "\"aws_iam_polciy\"",
                "Invalid resource type",
            ),
            (
                "  role       = \"reader\"\n",
                "",
                "Missing required argument",
            ),
        ],
    ];
    for go in goes {
        let mut text = AWS_ROOT.to_owned();
        for (right, replacement, _) in go {
            ensure!(text.contains(right), "{right} is not in the root");
            text = text.replace(right, replacement);
        }
        std::fs::write(root.join("main.tf"), &text)?;
        let found: Vec<String> = terraform
            .validate(&root)?
            .iter()
            .map(ToString::to_string)
            .collect();
        for (right, replacement, wanted) in go {
            ensure!(
                found.iter().any(|it| it.contains(wanted)),
                "{right} became {replacement}: wanted `{wanted}` in {found:#?}"
            );
        }
    }
    bench.tally.self_check(
        "aws-provider",
        1 + goes.iter().map(|go| go.len()).sum::<usize>(),
    );
    Ok(())
}
