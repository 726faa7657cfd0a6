//! Columns as Snowflake has them: types and names.

use std::collections::BTreeMap;

use super::relation::Relation;
use crate::artifact::sql::{ColumnDef, SqlIdent, SqlType};
use crate::blueprint::values::LogicalType;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::Column;

/// The type of a logical type (docs.snowflake.com/en/sql-reference/intro-summary-data-types).
pub(super) fn type_of(logical: &LogicalType) -> SqlType {
    match logical {
        LogicalType::String(length) => SqlType::Varchar(*length),
        // 19 digits hold every 64-bit whole number.
        LogicalType::Integer => SqlType::Number(19, 0),
        LogicalType::Number => SqlType::Float,
        LogicalType::Decimal(precision, scale) => SqlType::Number(*precision, *scale),
        LogicalType::Boolean => SqlType::Boolean,
        LogicalType::Date => SqlType::Date,
        LogicalType::Time => SqlType::Time,
        LogicalType::Timestamp => SqlType::TimestampNtz,
        // Stored as UTC and shown in the session's zone: a moment, whoever looks at it.
        LogicalType::Instant => SqlType::TimestampLtz,
        LogicalType::Binary => SqlType::Binary,
        LogicalType::Array(_) => SqlType::Array,
        LogicalType::Object => SqlType::Object,
    }
}

/// A type as part of a name.
pub(super) fn slug(data_type: SqlType) -> String {
    match data_type {
        SqlType::Varchar(Some(length)) => format!("varchar-{length}"),
        SqlType::Number(precision, scale) => format!("number-{precision}-{scale}"),
        other => other.word().to_ascii_lowercase(),
    }
}

/// A column's name in Snowflake. A plain one is written in upper case, as Snowflake reads it in a
/// query without quotes; any other keeps the source's spelling and needs quotes.
fn spelled(name: &str) -> String {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let plain = name.starts_with(first)
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    if plain {
        name.to_ascii_uppercase()
    } else {
        name.to_owned()
    }
}

/// A column's identifier; one that cannot be written was reported with its table.
pub(super) fn ident(name: &str) -> SqlIdent {
    let name = spelled(name);
    SqlIdent::new(&name).unwrap_or_else(|_| SqlIdent::known(&name))
}

/// The definition of a column.
pub(super) fn definition(column: &Column) -> ColumnDef {
    ColumnDef {
        name: ident(&column.name),
        data_type: type_of(&column.logical),
        // The columns of a primary key are never null.
        not_null: column.required || column.key,
    }
}

/// Reports columns that cannot be columns of a Snowflake table.
pub(super) fn check(relation: Relation<'_>, out: &mut Diagnostics) {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for column in relation.columns {
        let name = spelled(&column.name);
        if let Err(why) = SqlIdent::new(&name) {
            let message = format!(
                "the column `{}` cannot be made on Snowflake: {why}",
                column.name.escape_debug()
            );
            let problem = Diagnostic::new(code::TEXT_NOT_FOR_CLOUD, relation.origin.span, message);
            out.push(problem.help("give the column another name"));
        }
        if let Some(other) = taken.insert(name.clone(), &column.name) {
            let message = format!(
                "the columns `{other}` and `{}` are one on Snowflake: both are `{name}`",
                column.name
            );
            let problem = Diagnostic::new(code::TEXT_NOT_FOR_CLOUD, relation.origin.span, message);
            out.push(
                problem
                    .help("rename one of them: Snowflake reads names without quotes in upper case"),
            );
        }
    }
    // docs.snowflake.com/en/sql-reference/sql/create-table: a primary key holds no semi-structured types.
    for column in relation.columns.iter().filter(|column| column.key) {
        if matches!(type_of(&column.logical), SqlType::Array | SqlType::Object) {
            let message = format!(
                "the key column `{}` is an {} on Snowflake, which identifies nothing",
                column.name, column.logical
            );
            let problem = Diagnostic::new(code::OUT_OF_CLOUD_RANGE, relation.origin.span, message);
            out.push(problem.help("use a column of a plain type as key"));
        }
    }
}
