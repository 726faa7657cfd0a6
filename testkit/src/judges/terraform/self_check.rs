//! Whether the judge can say yes and no: on a root without providers, and with the real AWS provider.

use anyhow::{Context as _, Result, ensure};

use super::{NO_PROVIDERS, Terraform};
use crate::cases::Bench;
use crate::tools::{Tool, aws_provider};

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
