//! cel-python: a CEL engine that shares no code with the one in meshc, for the conditions of GCP bindings.

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ask;
use crate::cases::Bench;
use crate::tools::{Installed, Tool};

/// What an engine is asked.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// A CEL expression. `extract` is there, as Google Cloud's conditions have it.
    pub expression: String,
    /// Its variables. `{"$timestamp": "2027-01-01T00:00:00Z"}` is an instant.
    pub variables: Value,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A value.
    Value(Value),
    /// The expression is broken, or cannot be evaluated with these variables.
    Error(String),
}

/// Evaluates; one answer each, in order.
pub fn evaluate(tools: &Installed, questions: &[Question]) -> Result<Vec<Answer>> {
    let answers: Vec<Answer> = ask(tools, Tool::Cel, "cel.py", &questions)?;
    ensure!(
        answers.len() == questions.len(),
        "{} answers on {} questions",
        answers.len(),
        questions.len()
    );
    Ok(answers)
}

/// Judges answers of meshc's evaluator: cel-python must give the same. An error names every difference.
pub fn judge(bench: &Bench<'_>, answered: &[(Question, Answer)]) -> Result<()> {
    let questions: Vec<Question> = answered
        .iter()
        .map(|(question, _)| question.clone())
        .collect();
    let mut wrong = Vec::new();
    for ((question, ours), theirs) in answered.iter().zip(evaluate(bench.tools, &questions)?) {
        if *ours == theirs || matches!((ours, &theirs), (Answer::Error(_), Answer::Error(_))) {
            bench.tally.judged("cel", 1);
        } else {
            wrong.push(format!(
                "{} on {}: {ours:?}, but {theirs:?}",
                question.expression, question.variables
            ));
        }
    }
    if !wrong.is_empty() {
        bail!(
            "cel-python answers {} questions otherwise:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
    Ok(())
}

/// Known answers and known errors, on a request as a binding's condition sees it.
pub fn self_check(bench: &Bench<'_>) -> Result<()> {
    let variables = json!({
        "request": {"time": {"$timestamp": "2027-01-01T00:00:00Z"}},
        "resource": {
            "name": "projects/_/buckets/acme-orders/objects/curated/2026/a.parquet",
            "type": "storage.googleapis.com/Object",
        },
    });
    let cases = [
        (
            "request.time < timestamp('2027-06-30T00:00:00Z')",
            Some(json!(true)),
        ),
        (
            "request.time < timestamp('2026-06-30T00:00:00Z')",
            Some(json!(false)),
        ),
        (
            "resource.name.startsWith('projects/_/buckets/acme-orders/objects/curated/')",
            Some(json!(true)),
        ),
        (
            "resource.name.startsWith('projects/_/buckets/acme-orders/objects/raw/')",
            Some(json!(false)),
        ),
        (
            "resource.type != 'storage.googleapis.com/Bucket' || false",
            Some(json!(true)),
        ),
        (
            "resource.name.extract('/objects/{path}/') == 'curated'",
            Some(json!(true)),
        ),
        (
            "resource.name.extract('buckets/{rest}')",
            Some(json!("acme-orders/objects/curated/2026/a.parquet")),
        ),
        (
            "resource.name.extract('/nowhere/{path}/') == ''",
            Some(json!(true)),
        ),
        ("1 + 1 == 2 && 'a' in ['a', 'b']", Some(json!(true))),
        ("resource.name <", None),
        ("resource.nmae == 'x'", None),
        ("resource.name < request.time", None),
        ("unknown(resource.name)", None),
    ];
    let question = |expression: &str| Question {
        expression: expression.to_owned(),
        variables: variables.clone(),
    };
    let questions: Vec<Question> = cases
        .iter()
        .map(|(expression, _)| question(expression))
        .collect();
    for ((expression, wanted), answer) in cases.iter().zip(evaluate(bench.tools, &questions)?) {
        let right = match (wanted, &answer) {
            (Some(wanted), Answer::Value(value)) => wanted == value,
            (None, Answer::Error(_)) => true,
            _ => false,
        };
        ensure!(right, "{expression}: wanted {wanted:?}, got {answer:?}");
    }
    bench.tally.self_check("cel", cases.len());
    Ok(())
}
