//! Strings that went through our printers, read back by the programs that they are for: Python's `json` and Terraform.
//!
//! A string that comes back as another one would have become structure, or a secret, somewhere.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail, ensure};
use serde_json::Value;

use super::ask;
use super::terraform::{NO_PROVIDERS, Terraform};
use crate::cases::Bench;
use crate::tools::{Installed, Tool};

/// What Python reads in JSON texts: the value, or why it is none. Duplicate keys, `NaN` and halves of surrogate pairs
/// are refused, which Python would let pass.
pub fn python_reads(tools: &Installed, texts: &[String]) -> Result<Vec<Result<Value, String>>> {
    let read: Vec<BTreeMap<String, Value>> = ask(tools, Tool::JsonSchema, "strings.py", &texts)?;
    ensure!(
        read.len() == texts.len(),
        "{} answers on {} texts",
        read.len(),
        texts.len()
    );
    read.into_iter()
        .map(
            |mut answer| match (answer.remove("value"), answer.remove("error")) {
                (Some(value), None) => Ok(Ok(value)),
                (None, Some(error)) => Ok(Err(error.as_str().unwrap_or_default().to_owned())),
                answer => bail!("neither a value nor an error: {answer:?}"),
            },
        )
        .collect()
}

/// What Terraform makes of HCL expressions: the value, or its error. All of them in one run, each in a file of its
/// own, so that a broken one spoils no other. `local.secret` is there to be found by an expression that should be
/// nothing but text.
pub fn terraform_reads(
    tools: &Installed,
    tool: Tool,
    expressions: &[String],
) -> Result<Vec<Result<Value, String>>> {
    let root = tools.folder("strings")?;
    std::fs::write(root.join("main.tf"), "locals {\n  secret = \"s3cr3t\"\n}\n")?;
    let file = |place: usize| format!("s{place}.tf");
    for (place, expression) in expressions.iter().enumerate() {
        let text = format!("output \"s{place}\" {{\n  value = {expression}\n}}\n");
        std::fs::write(root.join(file(place)), text)?;
    }
    let terraform = Terraform::new(tools, tool, NO_PROVIDERS)?;
    let mut errors: BTreeMap<String, String> = BTreeMap::new();
    // Terraform speaks of references only once everything parses, so it is asked again without what it refused.
    loop {
        let found = terraform.validate(&root)?;
        if found.is_empty() {
            break;
        }
        for diagnostic in found {
            let file = diagnostic.file.clone().unwrap_or_default();
            let known = file
                .strip_prefix('s')
                .and_then(|rest| rest.strip_suffix(".tf"))
                .is_some();
            ensure!(known, "an error in none of the files: {diagnostic:?}");
            if errors
                .insert(file.clone(), diagnostic.to_string())
                .is_none()
            {
                std::fs::remove_file(root.join(&file))?;
            }
        }
    }
    let outputs = outputs(&terraform, &root)?;
    (0..expressions.len())
        .map(|place| {
            match (
                errors.remove(&file(place)),
                outputs.get(format!("s{place}")),
            ) {
                (Some(error), None) => Ok(Err(error)),
                (None, Some(output)) => Ok(Ok(output["value"].clone())),
                _ => bail!("expression {place} has neither a value nor an error"),
            }
        })
        .collect()
}

fn outputs(terraform: &Terraform<'_>, root: &Path) -> Result<Value> {
    terraform
        .call(root, &["apply", "-auto-approve", "-input=false"])?
        .succeed()?;
    terraform
        .call(root, &["output", "-json"])?
        .succeed()?
        .json()
}

/// Judges texts that our JSON printer made of these strings: each text must be that string to Python.
pub fn judge_json(bench: &Bench<'_>, printed: &[(String, String)]) -> Result<()> {
    let texts: Vec<String> = printed.iter().map(|(text, _)| text.clone()).collect();
    let read = python_reads(bench.tools, &texts)?;
    compare("Python", printed, &read)?;
    bench.tally.judged("json", printed.len());
    Ok(())
}

/// Judges expressions that our HCL printer made of these strings: each must be that string to Terraform.
pub fn judge_hcl(bench: &Bench<'_>, printed: &[(String, String)]) -> Result<()> {
    let expressions: Vec<String> = printed.iter().map(|(text, _)| text.clone()).collect();
    let read = terraform_reads(bench.tools, Tool::Terraform, &expressions)?;
    compare("Terraform", printed, &read)?;
    bench.tally.judged("terraform", printed.len());
    Ok(())
}

fn compare(who: &str, printed: &[(String, String)], read: &[Result<Value, String>]) -> Result<()> {
    let mut wrong = Vec::new();
    for ((text, meant), read) in printed.iter().zip(read) {
        if read.as_ref().ok().and_then(Value::as_str) != Some(meant) {
            wrong.push(format!("{text}\n    means {meant:?}, read as {read:?}"));
        }
    }
    if !wrong.is_empty() {
        bail!(
            "{who} reads {} of {} strings otherwise:\n{}",
            wrong.len(),
            printed.len(),
            wrong.join("\n")
        );
    }
    Ok(())
}

/// Python: texts that mean what they say, and texts that a careless printer would make.
pub fn json_self_check(bench: &Bench<'_>) -> Result<()> {
    let good = [
        (r#""plain""#, "plain"),
        (
            r#""quote \" backslash \\ slash \/""#,
            "quote \" backslash \\ slash /",
        ),
        (r#""\u0000\u001f\n\t""#, "\0\u{1f}\n\t"),
        (
            r#""${local.secret} %{ if } [parameters('x')]""#,
            "${local.secret} %{ if } [parameters('x')]",
        ),
        (r#""\ud83d\ude00 größe \u202e""#, "😀 größe \u{202e}"),
    ];
    let bad = [
        "\"raw \n newline\"",
        "\"raw \0 nul\"",
        r#""open"#,
        r#""a" "b""#,
        r#""\x41""#,
        r#""\ud800""#,
        "NaN",
        r#"{"a": 1, "a": 2}"#,
        "",
    ];
    let texts: Vec<String> = good
        .iter()
        .map(|it| it.0)
        .chain(bad)
        .map(str::to_owned)
        .collect();
    let read = python_reads(bench.tools, &texts)?;
    let owned: Vec<_> = good
        .iter()
        .map(|(text, meant)| ((*text).to_owned(), (*meant).to_owned()))
        .collect();
    compare("Python", &owned, &read[..good.len()])?;
    for (text, read) in bad.iter().zip(&read[good.len()..]) {
        ensure!(read.is_err(), "Python took {text:?} as {read:?}");
    }
    // The comparison itself must be able to fail.
    let wrong = [("\"a\"".to_owned(), "b".to_owned())];
    ensure!(
        compare("Python", &wrong, &[Ok(Value::from("a"))]).is_err(),
        "any string will do"
    );
    bench.tally.self_check("json", texts.len() + 1);
    Ok(())
}

/// Terraform: expressions that mean what they say, and expressions in which a value has become more than text.
pub fn hcl_self_check(bench: &Bench<'_>, tool: Tool) -> Result<()> {
    let good = [
        (r#""plain""#, "plain"),
        (
            r#""quote \" backslash \\ tab \t newline \n""#,
            "quote \" backslash \\ tab \t newline \n",
        ),
        (
            r#""$${local.secret} %%{ if true }""#,
            "${local.secret} %{ if true }",
        ),
        (r#""$${%%{$${local.secret}""#, "${%{${local.secret}"),
        (r#""$ % $$ %% $ {""#, "$ % $$ %% $ {"),
        (r#""\u202e größe \U0001F600""#, "\u{202e} größe 😀"),
        ("\"#{} // /* ${\"\"}\"", "#{} // /* "),
    ];
    let bad = [
        // What came through a printer that skips a character after a marker: live, and so another string.
        (r#""$${%${local.secret}""#, Some("${%s3cr3t")),
        (r#""${local.secret}""#, Some("s3cr3t")),
        (r#""$${local.secret""#, Some("${local.secret")),
        // What does not parse, or names what is not there.
        ("\"open", None),
        ("\"raw \n newline\"", None),
        (r#""\q""#, None),
        (r#""${var.none}""#, None),
        (r#""%{ if true }""#, None),
        ("\"a\"\n}\noutput \"more\" {\n  value = 1", Some("a")),
    ];
    let expressions: Vec<String> = good
        .iter()
        .map(|it| it.0)
        .chain(bad.iter().map(|it| it.0))
        .map(str::to_owned)
        .collect();
    let read = terraform_reads(bench.tools, tool, &expressions)?;
    let owned: Vec<_> = good
        .iter()
        .map(|(text, meant)| ((*text).to_owned(), (*meant).to_owned()))
        .collect();
    compare("Terraform", &owned, &read[..good.len()])?;
    for ((text, value), read) in bad.iter().zip(&read[good.len()..]) {
        let seen = read.as_ref().ok().and_then(Value::as_str);
        ensure!(seen == *value, "{text}: wanted {value:?}, got {read:?}");
    }
    bench.tally.self_check(tool.name(), expressions.len());
    Ok(())
}
