//! rego-cpp, through its Python package: a Rego engine that shares no code with the one in meshc.

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ask, excuses};
use crate::cases::Bench;
use crate::tools::{Installed, Tool};

/// What an engine is asked.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// Rego modules: name and text.
    pub modules: Vec<(String, String)>,
    /// `input`.
    pub input: Value,
    /// `data`, beside what the modules define.
    pub data: Value,
    /// A path such as `data.mesh.deny`.
    pub query: String,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A value; a set is an array.
    Value(Value),
    /// Nothing is known under that path.
    Undefined,
    /// The policy is broken.
    Error(String),
}

/// Evaluates; one answer each, in order.
pub fn evaluate(tools: &Installed, questions: &[Question]) -> Result<Vec<Answer>> {
    let answers: Vec<Answer> = ask(tools, Tool::Regopy, "regopy.py", &questions)?;
    ensure!(
        answers.len() == questions.len(),
        "{} answers on {} questions",
        answers.len(),
        questions.len()
    );
    Ok(answers)
}

/// Whether two values are the same where sets have become arrays in an order of their maker's choice.
pub fn same(left: &Value, right: &Value) -> bool {
    sorted(left) == sorted(right)
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> =
                fields.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(fields.into_iter().collect())
        }
        // 2 and 2.0 are one number in Rego.
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), Value::from),
        _ => value.clone(),
    }
}

/// Judges answers of meshc's engine: rego-cpp must give the same. The exceptions of `tests/tools.toml` are regular
/// expressions over an error of ours that rego-cpp does not see. An error names every other difference.
pub fn judge(bench: &Bench<'_>, answered: &[(Question, Answer)]) -> Result<()> {
    let questions: Vec<Question> = answered
        .iter()
        .map(|(question, _)| question.clone())
        .collect();
    let answers = evaluate(bench.tools, &questions)?;
    let mut wrong = Vec::new();
    let mut errors = Vec::new();
    for ((question, ours), theirs) in answered.iter().zip(&answers) {
        if agree(ours, theirs) {
            bench.tally.judged("regopy", 1);
            continue;
        }
        wrong.push(format!(
            "{} on {}: ours {ours:?}, theirs {theirs:?}",
            question.query, question.input
        ));
        errors.push(match ours {
            Answer::Error(why) => why.clone(),
            Answer::Value(_) | Answer::Undefined => String::new(),
        });
    }
    let exceptions = &bench.table.judge("regopy")?.not_judged;
    let mut unexcused = Vec::new();
    for (difference, excuse) in
        wrong
            .into_iter()
            .zip(excuses(bench.tools, Tool::Regopy, &errors, exceptions)?)
    {
        match excuse {
            Some(id) => bench.tally.not_judged("regopy", &id, 1),
            None => unexcused.push(difference),
        }
    }
    if !unexcused.is_empty() {
        bail!(
            "rego-cpp answers {} questions otherwise:\n{}",
            unexcused.len(),
            unexcused.join("\n")
        );
    }
    Ok(())
}

fn agree(ours: &Answer, theirs: &Answer) -> bool {
    match (ours, theirs) {
        (Answer::Value(ours), Answer::Value(theirs)) => same(ours, theirs),
        (Answer::Undefined, Answer::Undefined) | (Answer::Error(_), Answer::Error(_)) => true,
        _ => false,
    }
}

const POLICY: &str = r#"package mesh

import rego.v1

deny contains message if {
    some product in input.products
    product.public
    message := sprintf("%s is public", [product.name])
}

count_of := count(input.products)

strict if not data.settings.lax
"#;

/// Known answers, undefined ones, and broken policies.
pub fn self_check(bench: &Bench<'_>) -> Result<()> {
    let ask = |module: &str, query: &str, data: Value| Question {
        modules: vec![("mesh.rego".to_owned(), module.to_owned())],
        input: json!({"products": [{"name": "b", "public": true}, {"name": "a", "public": true}, {"name": "c"}]}),
        data,
        query: query.to_owned(),
    };
    let none = json!({});
    let cases = [
        (
            ask(POLICY, "data.mesh.deny", none.clone()),
            Some(Answer::Value(json!(["b is public", "a is public"]))),
        ),
        (
            ask(POLICY, "data.mesh.count_of", none.clone()),
            Some(Answer::Value(json!(3))),
        ),
        (
            ask(POLICY, "data.mesh.strict", none.clone()),
            Some(Answer::Value(json!(true))),
        ),
        (
            ask(
                POLICY,
                "data.mesh.strict",
                json!({"settings": {"lax": true}}),
            ),
            Some(Answer::Undefined),
        ),
        (
            ask(POLICY, "data.mesh.nothing", none.clone()),
            Some(Answer::Undefined),
        ),
        // Not closed, an unknown function, one name with two values: errors, in whatever words. (A variable that
        // nothing binds is one to OPA and to meshc's engine; rego-cpp takes it for undefined.)
        (
            ask(
                &POLICY.replace("some product in", "some product in ("),
                "data.mesh.deny",
                none.clone(),
            ),
            None,
        ),
        (
            ask(
                &POLICY.replace("sprintf(", "sprintff("),
                "data.mesh.deny",
                none.clone(),
            ),
            None,
        ),
        (
            ask(
                &format!("{POLICY}\ncount_of := 7\n"),
                "data.mesh.count_of",
                none,
            ),
            None,
        ),
    ];
    let questions: Vec<Question> = cases.iter().map(|(question, _)| question.clone()).collect();
    for ((question, wanted), answer) in cases.iter().zip(evaluate(bench.tools, &questions)?) {
        let right = match (wanted, &answer) {
            (Some(Answer::Value(wanted)), Answer::Value(value)) => same(wanted, value),
            (Some(Answer::Undefined), Answer::Undefined) | (None, Answer::Error(_)) => true,
            _ => false,
        };
        ensure!(
            right,
            "{}: wanted {wanted:?}, got {answer:?} from\n{}",
            question.query,
            question.modules[0].1
        );
    }
    ensure!(
        !same(&json!(["a"]), &json!(["b"])) && same(&json!([1, 2]), &json!([2.0, 1])),
        "the comparison is blind"
    );
    bench.tally.self_check("regopy", cases.len() + 2);
    Ok(())
}
