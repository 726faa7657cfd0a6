//! Result sets and their form on the wire.
//!
//! In goes what the engine computed, out comes the JSON row set of the driver's protocol: every
//! value is a string or null, and `rowtype` says what it means.

use serde_json::{Value, json};

use super::types::{DataType, Family};

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultColumn {
    /// The name the client sees.
    pub name: String,
    pub(crate) data_type: DataType,
    pub(crate) nullable: bool,
}

/// What a statement answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultSet {
    /// The columns.
    pub columns: Vec<ResultColumn>,
    /// The rows, each value as the wire carries it.
    pub rows: Vec<Vec<Option<String>>>,
    /// The driver's number for the kind of statement.
    pub(crate) statement: u32,
}

/// Kinds of statements that the driver tells apart (snowflake.connector.cursor, constants).
const SELECT: u32 = 0x1000;
const INSERT: u32 = 0x3000 + 0x100;
const DDL: u32 = 0x6000;

impl ResultSet {
    /// One text column with one row: what DDL answers.
    pub(crate) fn status(text: impl Into<String>) -> Self {
        Self {
            columns: vec![ResultColumn {
                name: "status".into(),
                data_type: DataType::text(),
                nullable: true,
            }],
            rows: vec![vec![Some(text.into())]],
            statement: DDL,
        }
    }

    /// The answer of statements that have nothing to say.
    pub(crate) fn done() -> Self {
        Self::status("Statement executed successfully.")
    }

    /// A table of texts, as SHOW and DESCRIBE answer. A column called `created_on` is a timestamp.
    pub(crate) fn table(names: &[&str]) -> Self {
        Self {
            columns: names
                .iter()
                .map(|name| ResultColumn {
                    name: (*name).to_owned(),
                    data_type: if name.ends_with("_on")
                        && *name != "granted_on"
                        && *name != "grant_on"
                    {
                        DataType {
                            family: Family::TimestampLtz,
                            size: Some(3),
                            scale: None,
                        }
                    } else {
                        DataType::text()
                    },
                    nullable: true,
                })
                .collect(),
            rows: Vec::new(),
            statement: SELECT,
        }
    }

    /// Rows of a query.
    pub(crate) fn query(columns: Vec<(String, DataType)>, rows: Vec<Vec<Option<String>>>) -> Self {
        Self {
            columns: columns
                .into_iter()
                .map(|(name, data_type)| ResultColumn {
                    name,
                    data_type,
                    nullable: true,
                })
                .collect(),
            rows,
            statement: SELECT,
        }
    }

    /// The answer of INSERT.
    pub(crate) fn inserted(count: usize) -> Self {
        Self {
            columns: vec![ResultColumn {
                name: "number of rows inserted".into(),
                data_type: DataType::number(18, 0),
                nullable: false,
            }],
            rows: vec![vec![Some(count.to_string())]],
            statement: INSERT,
        }
    }

    pub(crate) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row.into_iter().map(Some).collect());
    }

    /// The value of a named column in a row, if it is there and not null.
    pub fn cell(&self, row: usize, column: &str) -> Option<&str> {
        let at = self.columns.iter().position(|c| c.name == column)?;
        self.rows.get(row)?.get(at)?.as_deref()
    }

    /// The `data` object of a query response.
    pub(crate) fn to_wire(&self) -> Value {
        let rowtype: Vec<Value> = self
            .columns
            .iter()
            .map(|column| {
                let (precision, scale, length) = match column.data_type.family {
                    Family::Number => (
                        column.data_type.size.map(i64::from),
                        column.data_type.scale.map(i64::from),
                        None,
                    ),
                    Family::Text | Family::Binary => {
                        (None, None, column.data_type.size.map(i64::from))
                    }
                    Family::Time
                    | Family::TimestampNtz
                    | Family::TimestampLtz
                    | Family::TimestampTz => (Some(0), column.data_type.size.map(i64::from), None),
                    _ => (None, None, None),
                };
                json!({
                    "name": column.name,
                    "database": "",
                    "schema": "",
                    "table": "",
                    "nullable": column.nullable,
                    "type": column.data_type.wire(),
                    "byteLength": length,
                    "length": length,
                    "scale": scale,
                    "precision": precision,
                    "collation": null,
                })
            })
            .collect();
        json!({
            "rowtype": rowtype,
            "rowset": self.rows,
            "total": self.rows.len(),
            "returned": self.rows.len(),
            "queryResultFormat": "json",
            "statementTypeId": self.statement,
        })
    }
}
