//! Columns as BigQuery knows them: the schema document of a table.
//!
//! Source: cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema (types, modes,
//! numbers as text) and `cloud.google.com/bigquery/docs/schemas#column_names`.

use serde_json::{Map, Value, json};

use super::masks;
use super::naming::Physical;
use crate::artifact::Document;
use crate::blueprint::values::LogicalType;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::{Column, Form, Mask, Storage};

/// Names that BigQuery keeps for itself, in lower case.
const RESERVED: &[&str] = &[
    "_table_",
    "_file_",
    "_partition",
    "_row_timestamp",
    "__root__",
    "_colidentifier",
    "_change_sequence_number",
    "_change_type",
    "_change_timestamp",
];

/// Where the schema of a table lies in its root.
pub(super) fn path(physical: Physical<'_>, storage: &Storage) -> String {
    let product = super::naming::product_of(&storage.address);
    format!(
        "schemas/{}-{}.json",
        physical.dataset(&product),
        super::naming::table_id(storage.zone.as_str())
    )
}

/// The schema; columns that split files are not part of it, since they lie in the paths.
pub(super) fn document(storage: &Storage, all_masks: &[&Mask], out: &mut Diagnostics) -> Document {
    let mut fields = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for column in columns(storage) {
        if let Some(why) = name_problem(&column.name) {
            report(storage, column, &why, out);
        }
        let lower = column.name.to_lowercase();
        if seen.contains(&lower) {
            report(
                storage,
                column,
                "another column differs in case only, which BigQuery does not tell apart",
                out,
            );
        }
        seen.push(lower);
        match field(storage, column, all_masks) {
            Ok(field) => fields.push(field),
            Err(why) => report(storage, column, why, out),
        }
    }
    Document {
        value: Value::Array(fields),
        origin: storage.origin.clone(),
        parts: Vec::new(),
    }
}

/// The columns of the table itself.
pub(super) fn columns(storage: &Storage) -> impl Iterator<Item = &Column> {
    let in_paths = storage.form == Form::Files;
    storage
        .columns
        .iter()
        .filter(move |column| !(in_paths && storage.partition_by.contains(&column.name)))
}

fn report(storage: &Storage, column: &Column, why: &str, out: &mut Diagnostics) {
    let message = format!(
        "column `{}` cannot be in BigQuery: {why}",
        column.name.escape_debug()
    );
    out.push(
        Diagnostic::new(code::TEXT_NOT_FOR_CLOUD, storage.origin.span, message)
            .help("change the column, or leave `gcp` out of the product's `targets`"),
    );
}

fn name_problem(name: &str) -> Option<String> {
    let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !first || !rest || name.len() > 300 {
        return Some(
            "its name has up to 300 letters, digits and `_`, and starts with no digit".to_owned(),
        );
    }
    let lower = name.to_lowercase();
    RESERVED
        .iter()
        .find(|word| lower.starts_with(**word))
        .map(|word| format!("names that start with `{word}` are BigQuery's own"))
}

fn field(storage: &Storage, column: &Column, all_masks: &[&Mask]) -> Result<Value, &'static str> {
    let (kind, repeated) = match &column.logical {
        LogicalType::Array(inner) => (inner.as_ref(), true),
        other => (other, false),
    };
    if matches!(kind, LogicalType::Array(_)) {
        return Err("an array of arrays is not a type there");
    }
    let native = storage.form == Form::Table;
    let mut field = Map::new();
    field.insert("name".to_owned(), json!(column.name));
    field.insert("type".to_owned(), json!(type_name(kind, native)));
    // Files are written by others, so a table over them promises nothing about missing values.
    let mode = match (repeated, native && column.required) {
        (true, _) => "REPEATED",
        (false, true) => "REQUIRED",
        (false, false) => "NULLABLE",
    };
    field.insert("mode".to_owned(), json!(mode));
    match kind {
        LogicalType::Decimal(precision, scale) if native => {
            field.insert("precision".to_owned(), json!(precision.to_string()));
            field.insert("scale".to_owned(), json!(scale.to_string()));
        }
        LogicalType::String(Some(length)) if native => {
            field.insert("maxLength".to_owned(), json!(length.to_string()));
        }
        _ => {}
    }
    if let Some(comment) = &column.comment {
        field.insert("description".to_owned(), json!(comment));
    }
    if let Some(mask) = masks::of_column(storage, &column.name, all_masks) {
        let token = format!("@@{}@@", masks::hole(&storage.address, &mask.label));
        field.insert("policyTags".to_owned(), json!({"names": [token]}));
    }
    Ok(Value::Object(field))
}

/// The names under which the service answers, so that no plan sees a difference.
fn type_name(kind: &LogicalType, native: bool) -> &'static str {
    match kind {
        LogicalType::Integer => "INTEGER",
        LogicalType::Number => "FLOAT",
        // NUMERIC has 29 digits before and 9 after the point.
        LogicalType::Decimal(precision, scale) if *scale <= 9 && precision - scale <= 29 => {
            "NUMERIC"
        }
        LogicalType::Decimal(..) => "BIGNUMERIC",
        LogicalType::Boolean => "BOOLEAN",
        LogicalType::Date => "DATE",
        LogicalType::Time => "TIME",
        LogicalType::Timestamp => "DATETIME",
        LogicalType::Instant => "TIMESTAMP",
        LogicalType::Binary => "BYTES",
        // Parquet has no JSON type that BigQuery reads as one.
        LogicalType::Object if native => "JSON",
        LogicalType::String(_) | LogicalType::Object | LogicalType::Array(_) => "STRING",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_bigquery_does_not_take_are_found() {
        for bad in [
            "größe cm",
            "1st",
            "a-b",
            "_PARTITIONTIME",
            "",
            &"a".repeat(301),
        ] {
            assert!(name_problem(bad).is_some(), "{bad}");
        }
        for good in ["order_id", "_x", "E2"] {
            assert_eq!(name_problem(good), None);
        }
    }

    #[test]
    fn decimals_go_where_they_fit() {
        for (precision, scale, expected) in [
            (12, 2, "NUMERIC"),
            (38, 9, "NUMERIC"),
            (38, 10, "BIGNUMERIC"),
            (38, 0, "BIGNUMERIC"),
            (29, 0, "NUMERIC"),
        ] {
            assert_eq!(
                type_name(&LogicalType::Decimal(precision, scale), true),
                expected,
                "{precision},{scale}"
            );
        }
    }
}
