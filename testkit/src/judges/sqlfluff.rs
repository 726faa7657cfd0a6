//! sqlfluff's Snowflake grammar: whether a statement is one that Snowflake would read.
//!
//! It is a grammar and no more: names, rights and types are not looked up.

use anyhow::{Result, bail, ensure};
use serde::Deserialize;

use super::ask;
use crate::cases::{Bench, Exception};
use crate::tools::{Installed, Tool};

/// What sqlfluff says about one statement.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It has parsed, to its end.
    Parsed,
    /// It has not, and an exception of this id says that sqlfluff is wrong about such statements.
    NotJudged(String),
    /// It has not: the parts that could not be read.
    Rejected(String),
}

/// Judges statements one by one, for the parser stops at the first that it cannot read.
pub fn parse(
    tools: &Installed,
    statements: &[String],
    exceptions: &[Exception],
) -> Result<Vec<Verdict>> {
    let exceptions: Vec<_> = exceptions.iter().map(|it| (&it.id, &it.pattern)).collect();
    let question = serde_json::json!({"statements": statements, "exceptions": exceptions});
    let verdicts: Vec<Verdict> = ask(tools, Tool::Sqlfluff, "sqlfluff.py", &question)?;
    ensure!(
        verdicts.len() == statements.len(),
        "{} verdicts on {} statements",
        verdicts.len(),
        statements.len()
    );
    Ok(verdicts)
}

/// Judges statements that meshc made, with the exceptions of `tests/tools.toml`; an error names each rejected one.
pub fn judge(bench: &Bench<'_>, statements: &[String]) -> Result<()> {
    let verdicts = parse(
        bench.tools,
        statements,
        &bench.table.judge("sqlfluff")?.not_judged,
    )?;
    let mut rejected = Vec::new();
    for (statement, verdict) in statements.iter().zip(&verdicts) {
        match verdict {
            Verdict::Parsed => bench.tally.judged("sqlfluff", 1),
            Verdict::NotJudged(id) => bench.tally.not_judged("sqlfluff", id, 1),
            Verdict::Rejected(why) => rejected.push(format!("{statement}\n    {why}")),
        }
    }
    if !rejected.is_empty() {
        bail!(
            "sqlfluff rejects {} of {} statements:\n{}",
            rejected.len(),
            statements.len(),
            rejected.join("\n")
        );
    }
    Ok(())
}

/// Statements as Snowflake documents them.
const GOOD: &[&str] = &[
    "CREATE ROLE IF NOT EXISTS \"ANALYSTS\" COMMENT = 'reads';",
    "CREATE DATABASE ROLE \"SALES\".\"ORDERS_R\";",
    "CREATE TABLE \"SALES\".\"CURATED\".\"ORDERS\" (\"ID\" NUMBER(38, 0) NOT NULL, \"EMAIL\" VARCHAR);",
    "CREATE MASKING POLICY \"S\".\"P\".\"MASK\" AS (v VARCHAR) RETURNS VARCHAR -> CASE WHEN IS_ROLE_IN_SESSION('X') \
     THEN v ELSE '***' END;",
    "ALTER TABLE \"S\".\"C\".\"T\" MODIFY COLUMN \"EMAIL\" SET MASKING POLICY \"S\".\"P\".\"MASK\";",
    "GRANT USAGE ON DATABASE \"SALES\" TO ROLE \"ANALYSTS\";",
    "GRANT SELECT ON FUTURE TABLES IN SCHEMA \"SALES\".\"CURATED\" TO DATABASE ROLE \"SALES\".\"ORDERS_R\";",
    "REVOKE SELECT ON TABLE \"S\".\"C\".\"T\" FROM ROLE \"ANALYSTS\";",
    "SELECT 'it''s \\\\ fine';",
];

/// Each breaks one thing in a statement of the same kind.
const BAD: &[&str] = &[
    "CREATE ROEL \"ANALYSTS\";",
    "CREATE NONSENSE \"X\";",
    "GRANT FLY ON DATABASE \"SALES\" TO ROLE \"ANALYSTS\";",
    "GRANT USAGE ON DATABASE \"SALES\" ROLE \"ANALYSTS\";",
    "CREATE TABLE \"S\".\"C\".\"T\" (\"ID\" NUMBER(38, 0) NOT NULL;",
    "REVOKE SELECT FROM TABLE \"S\" TO ROLE \"ANALYSTS\";",
    "SELECT 'not closed;",
    "GRANT USAGE ON DATABASE \"SALES\" TO ROLE \"ANALYSTS\" SELECT 1;",
];

/// Known verdicts, and that every exception is still needed and covers its own example.
pub fn self_check(bench: &Bench<'_>) -> Result<()> {
    let exceptions = &bench.table.judge("sqlfluff")?.not_judged;
    let examples = exceptions
        .iter()
        .filter_map(|exception| exception.example.as_deref());
    let statements: Vec<String> = GOOD
        .iter()
        .copied()
        .chain(BAD.iter().copied())
        .chain(examples)
        .map(String::from)
        .collect();
    let verdicts = parse(bench.tools, &statements, exceptions)?;
    for (place, (statement, verdict)) in statements.iter().zip(&verdicts).enumerate() {
        let wanted = if place < GOOD.len() {
            matches!(verdict, Verdict::Parsed)
        } else if place < GOOD.len() + BAD.len() {
            matches!(verdict, Verdict::Rejected(_))
        } else {
            matches!(verdict, Verdict::NotJudged(_))
        };
        ensure!(wanted, "sqlfluff gives {verdict:?} on {statement}");
    }
    // Without the exceptions the examples must be rejected, or the exception has outlived its reason.
    ensure!(
        exceptions
            .iter()
            .all(|exception| exception.example.is_some()),
        "an exception of sqlfluff has no example"
    );
    bench.tally.self_check("sqlfluff", statements.len());
    Ok(())
}
