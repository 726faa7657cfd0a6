//! Data types of columns and policy arguments.
//!
//! In goes a written type, out comes the type as DESCRIBE prints it, and its family: the part that
//! policies compare. Rule: docs.snowflake.com/en/sql-reference/intro-summary-data-types.

use std::fmt;

use super::error::{SqlError, rules};

/// What a type is, apart from its length and precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    Number,
    Float,
    Text,
    Binary,
    Boolean,
    Date,
    Time,
    TimestampNtz,
    TimestampLtz,
    TimestampTz,
    Variant,
    Object,
    Array,
    Geography,
    Geometry,
}

/// A data type with its parameters filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DataType {
    pub(crate) family: Family,
    /// Length, precision or fractional seconds.
    pub(crate) size: Option<u32>,
    pub(crate) scale: Option<u32>,
}

/// The longest VARCHAR, and its default length.
const MAX_TEXT: u32 = 16_777_216;
/// The longest BINARY, and its default length.
const MAX_BINARY: u32 = 8_388_608;

impl DataType {
    pub(crate) const fn text() -> Self {
        Self {
            family: Family::Text,
            size: Some(MAX_TEXT),
            scale: None,
        }
    }

    pub(crate) const fn number(precision: u32, scale: u32) -> Self {
        Self {
            family: Family::Number,
            size: Some(precision),
            scale: Some(scale),
        }
    }

    pub(crate) const fn plain(family: Family) -> Self {
        Self {
            family,
            size: None,
            scale: None,
        }
    }

    /// The type that `words` and its parenthesised numbers name; `None` for an unknown word.
    pub(crate) fn from_words(words: &str, numbers: &[u32]) -> Result<Option<Self>, SqlError> {
        let family = match words {
            "NUMBER" | "DECIMAL" | "DEC" | "NUMERIC" | "INT" | "INTEGER" | "BIGINT"
            | "SMALLINT" | "TINYINT" | "BYTEINT" => Family::Number,
            "FLOAT" | "FLOAT4" | "FLOAT8" | "DOUBLE" | "DOUBLE PRECISION" | "REAL" => Family::Float,
            "VARCHAR" | "CHAR" | "CHARACTER" | "STRING" | "TEXT" | "NVARCHAR" | "NVARCHAR2"
            | "NCHAR" | "CHAR VARYING" | "NCHAR VARYING" => Family::Text,
            "BINARY" | "VARBINARY" => Family::Binary,
            "BOOLEAN" => Family::Boolean,
            "DATE" => Family::Date,
            "TIME" => Family::Time,
            // TIMESTAMP means what TIMESTAMP_TYPE_MAPPING says, by default TIMESTAMP_NTZ.
            "DATETIME" | "TIMESTAMP" | "TIMESTAMP_NTZ" | "TIMESTAMPNTZ" => Family::TimestampNtz,
            "TIMESTAMP_LTZ" | "TIMESTAMPLTZ" => Family::TimestampLtz,
            "TIMESTAMP_TZ" | "TIMESTAMPTZ" => Family::TimestampTz,
            "VARIANT" => Family::Variant,
            "OBJECT" => Family::Object,
            "ARRAY" => Family::Array,
            "GEOGRAPHY" => Family::Geography,
            "GEOMETRY" => Family::Geometry,
            _ => return Ok(None),
        };
        let refuse = |what: &str| {
            Err(SqlError::own(
                &rules::UNKNOWN_TYPE,
                format!("invalid parameters of data type {words}: {what}."),
            ))
        };
        let integer_alias = matches!(
            words,
            "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "TINYINT" | "BYTEINT"
        );
        let most = match family {
            _ if integer_alias => 0,
            Family::Number => 2,
            Family::Text
            | Family::Binary
            | Family::Time
            | Family::TimestampNtz
            | Family::TimestampLtz
            | Family::TimestampTz => 1,
            _ => 0,
        };
        if numbers.len() > most {
            return refuse("too many");
        }
        let (size, scale) = match family {
            Family::Number => {
                let precision = numbers.first().copied().unwrap_or(38);
                let scale = numbers.get(1).copied().unwrap_or(0);
                if precision == 0 || precision > 38 || scale > precision {
                    return refuse("precision is 1 to 38, scale 0 to precision");
                }
                (Some(precision), Some(scale))
            }
            Family::Text => {
                // CHAR without a length is CHAR(1); the other synonyms are as long as can be.
                let default = if matches!(words, "CHAR" | "CHARACTER" | "NCHAR") {
                    1
                } else {
                    MAX_TEXT
                };
                let length = numbers.first().copied().unwrap_or(default);
                // VARCHAR may be declared up to 128 MB since bundle 2025_03.
                if length == 0 || length > 134_217_728 {
                    return refuse("length is 1 to 134217728");
                }
                (Some(length), None)
            }
            Family::Binary => {
                let length = numbers.first().copied().unwrap_or(MAX_BINARY);
                if length == 0 || length > 67_108_864 {
                    return refuse("length is 1 to 67108864");
                }
                (Some(length), None)
            }
            Family::Time | Family::TimestampNtz | Family::TimestampLtz | Family::TimestampTz => {
                let digits = numbers.first().copied().unwrap_or(9);
                if digits > 9 {
                    return refuse("fractional seconds are 0 to 9 digits");
                }
                (Some(digits), None)
            }
            _ => (None, None),
        };
        Ok(Some(Self {
            family,
            size,
            scale,
        }))
    }

    /// Whether a masking policy on `self` may protect a column of `other`: same family.
    pub(crate) fn same_family(&self, other: &Self) -> bool {
        self.family == other.family
    }

    /// The name of the type in the driver's result metadata.
    pub(crate) fn wire(&self) -> &'static str {
        match self.family {
            Family::Number => "fixed",
            Family::Float => "real",
            Family::Text => "text",
            Family::Binary => "binary",
            Family::Boolean => "boolean",
            Family::Date => "date",
            Family::Time => "time",
            Family::TimestampNtz => "timestamp_ntz",
            Family::TimestampLtz => "timestamp_ltz",
            Family::TimestampTz => "timestamp_tz",
            Family::Variant => "variant",
            Family::Object => "object",
            Family::Array => "array",
            Family::Geography => "geography",
            Family::Geometry => "geometry",
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.family {
            Family::Number => "NUMBER",
            Family::Float => "FLOAT",
            Family::Text => "VARCHAR",
            Family::Binary => "BINARY",
            Family::Boolean => "BOOLEAN",
            Family::Date => "DATE",
            Family::Time => "TIME",
            Family::TimestampNtz => "TIMESTAMP_NTZ",
            Family::TimestampLtz => "TIMESTAMP_LTZ",
            Family::TimestampTz => "TIMESTAMP_TZ",
            Family::Variant => "VARIANT",
            Family::Object => "OBJECT",
            Family::Array => "ARRAY",
            Family::Geography => "GEOGRAPHY",
            Family::Geometry => "GEOMETRY",
        };
        match (self.size, self.scale) {
            (Some(size), Some(scale)) => write!(f, "{name}({size},{scale})"),
            (Some(size), None) => write!(f, "{name}({size})"),
            _ => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "A failed unwrap is the test's failure message."
    )]
    use super::*;

    #[test]
    fn synonyms_print_as_describe_table_prints_them() {
        for (words, numbers, printed) in [
            ("STRING", &[][..], "VARCHAR(16777216)"),
            ("VARCHAR", &[20][..], "VARCHAR(20)"),
            ("CHAR", &[][..], "VARCHAR(1)"),
            ("INT", &[][..], "NUMBER(38,0)"),
            ("DECIMAL", &[10, 2][..], "NUMBER(10,2)"),
            ("TIMESTAMP", &[][..], "TIMESTAMP_NTZ(9)"),
            ("DOUBLE PRECISION", &[][..], "FLOAT"),
        ] {
            let parsed = DataType::from_words(words, numbers).unwrap().unwrap();
            assert_eq!(parsed.to_string(), printed);
        }
    }

    #[test]
    fn impossible_parameters_are_refused() {
        for (words, numbers) in [
            ("NUMBER", &[39][..]),
            ("NUMBER", &[5, 6][..]),
            ("INT", &[5][..]),
            ("VARCHAR", &[0][..]),
            ("TIMESTAMP_NTZ", &[10][..]),
            ("BOOLEAN", &[1][..]),
        ] {
            assert!(
                DataType::from_words(words, numbers).is_err(),
                "{words}{numbers:?}"
            );
        }
        assert!(DataType::from_words("STRNIG", &[]).unwrap().is_none());
    }
}
