//! Snowflake statements. No target emits any yet.

use super::{Printed, SqlStatement};

/// One statement.
#[derive(Debug, Clone)]
pub enum Statement {}

/// Prints statements in the order in which they run.
pub fn print(statements: &[SqlStatement]) -> Printed {
    match statements.first().map(|first| &first.statement) {
        Some(never) => match *never {},
        None => Printed {
            text: String::new(),
            ranges: Vec::new(),
        },
    }
}

/// Re-tokenises printed text and compares it with the statements.
pub fn verify(statements: &[SqlStatement], text: &str) -> Result<(), String> {
    match statements.first().map(|first| &first.statement) {
        Some(never) => match *never {},
        None if text.is_empty() => Ok(()),
        None => Err("text without a statement".to_owned()),
    }
}
