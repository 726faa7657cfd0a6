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

/// The values of the string literals in statements, in their order, as sqlfluff's lexer finds them. `None` where the
/// statement is not one statement to it.
pub fn literals(tools: &Installed, statements: &[String]) -> Result<Vec<Option<Vec<String>>>> {
    let question = serde_json::json!({"literals": statements});
    let raw: Vec<Option<Vec<String>>> = ask(tools, Tool::Sqlfluff, "sqlfluff.py", &question)?;
    ensure!(
        raw.len() == statements.len(),
        "{} answers on {} statements",
        raw.len(),
        statements.len()
    );
    raw.into_iter()
        .map(|literals| {
            literals
                .map(|all| all.iter().map(|it| value(it)).collect())
                .transpose()
        })
        .collect()
}

/// What a literal means (Snowflake reference, "String & binary data types", single-quoted string constants): a quote
/// is doubled or has a backslash, and a backslash starts an escape.
fn value(literal: &str) -> Result<String> {
    let inner = literal
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    let Some(inner) = inner else {
        bail!("{literal:?} is no string in single quotes")
    };
    let (mut value, mut rest) = (String::new(), inner.chars());
    while let Some(c) = rest.next() {
        match c {
            '\'' => ensure!(rest.next() == Some('\''), "a quote ends {literal:?} early"),
            '\\' => {
                value.push(escaped(rest.next(), literal)?);
                continue;
            }
            _ => {}
        }
        value.push(c);
    }
    Ok(value)
}

/// The escapes of one character; those with digits (`\ooo`, `\xhh`, `\uhhhh`) are none that meshc writes.
fn escaped(c: Option<char>, literal: &str) -> Result<char> {
    Ok(match c {
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some(c) if !c.is_ascii_alphanumeric() => c,
        c => bail!("no reading of the escape {c:?} in {literal:?}"),
    })
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

/// Statements with the strings in them, and statements that a string has broken out of.
const LITERALS: &[(&str, Option<&[&str]>)] = &[
    (
        "CREATE ROLE \"A\" COMMENT = 'it''s \\\\ \\n \"fine\" -- ; $$ {{ x }}';",
        Some(&["it's \\ \n \"fine\" -- ; $$ {{ x }}"]),
    ),
    (
        "CREATE ROLE \"A\" COMMENT = '\\'; DROP DATABASE X; --';",
        Some(&["'; DROP DATABASE X; --"]),
    ),
    (
        "CREATE ROLE \"A\" COMMENT = ''; DROP DATABASE X; --';",
        None,
    ),
    ("CREATE ROLE \"A\" COMMENT = 'a", None),
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
    let read = literals(
        bench.tools,
        &LITERALS
            .iter()
            .map(|it| it.0.to_owned())
            .collect::<Vec<_>>(),
    )?;
    for ((statement, wanted), read) in LITERALS.iter().zip(&read) {
        let wanted = wanted.map(|all| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        ensure!(*read == wanted, "sqlfluff reads {read:?} in {statement}");
    }
    bench
        .tally
        .self_check("sqlfluff", statements.len() + LITERALS.len());
    Ok(())
}
