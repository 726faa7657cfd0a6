//! Which rows a right shows: values that columns may have, typed like the columns.
//!
//! Every column that is named holds a condition, and a row meets all of them. Nothing named is every
//! row; there is no text of a condition, so fewer rows can be told from more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;

use crate::blueprint::decode::listed;
use crate::blueprint::values::{LogicalType, parse_date};

/// The rows that a right shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rows(BTreeMap<String, BTreeSet<RowValue>>);

/// A value that a column may have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowValue {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A day.
    Date(Date),
    /// True or false.
    Boolean(bool),
}

impl Rows {
    /// Lets a column have some values; the same column twice is a condition less.
    pub fn insert(&mut self, column: &str, values: BTreeSet<RowValue>) {
        self.0.entry(column.to_owned()).or_default().extend(values);
    }

    /// Whether every row is shown.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// The columns and their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &BTreeSet<RowValue>)> {
        self.0.iter().map(|(name, values)| (name.as_str(), values))
    }

    /// Whether every row that `other` shows is shown: fewer rows are narrower.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.iter().all(|(column, values)| {
            let fewer = other.0.get(column);
            fewer.is_some_and(|fewer| fewer.is_subset(values))
        })
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (column, values)) in self.iter().enumerate() {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            let and = if at > 0 { " and " } else { "" };
            write!(f, "{and}{column} is {}", values.join(" or "))?;
        }
        Ok(())
    }
}

impl RowValue {
    /// Reads a value of a type; the error says what is wrong with it, or with the type.
    pub fn parse(logical: &LogicalType, text: &str) -> Result<Self, String> {
        match logical {
            LogicalType::String(most) => {
                let length = text.chars().count();
                match most {
                    Some(most) if length > *most as usize => {
                        Err(format!("it has {length} characters, the column {most}"))
                    }
                    _ => Ok(Self::Text(text.to_owned())),
                }
            }
            LogicalType::Integer => match text.parse::<i64>() {
                Ok(number) if number.to_string() == text => Ok(Self::Integer(number)),
                _ => Err("it is no whole number".to_owned()),
            },
            LogicalType::Date => parse_date(text).map(Self::Date),
            LogicalType::Boolean => match text {
                "true" => Ok(Self::Boolean(true)),
                "false" => Ok(Self::Boolean(false)),
                _ => Err(format!("it is neither {}", listed(["true", "false"]))),
            },
            other => Err(format!(
                "rows are told by columns of type string, integer, date or boolean, not {other}"
            )),
        }
    }
}

impl fmt::Display for RowValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Date(day) => write!(f, "{day}"),
            Self::Boolean(value) => write!(f, "{value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    fn rows(list: &[(&str, &[&str])]) -> Rows {
        let mut rows = Rows::default();
        for (column, values) in list {
            let value = |text: &&str| RowValue::Text((*text).to_owned());
            rows.insert(column, values.iter().map(value).collect());
        }
        rows
    }

    #[test]
    fn fewer_values_and_more_conditions_are_narrower() {
        let all = Rows::default();
        let (two, one) = (rows(&[("c", &["a", "b"])]), rows(&[("c", &["a"])]));
        let both = rows(&[("c", &["a"]), ("d", &["x"])]);
        for (wide, narrow) in [(&all, &two), (&two, &one), (&one, &both), (&two, &both)] {
            assert!(
                wide.covers(narrow) && !narrow.covers(wide),
                "{wide} {narrow}"
            );
        }
        let other = rows(&[("d", &["a"])]);
        assert!(!one.covers(&other) && !other.covers(&one));
        assert!(two.covers(&two));
    }

    #[test]
    fn values_have_the_type_of_their_column() {
        let good = [
            (LogicalType::String(Some(2)), "DE"),
            (LogicalType::Integer, "-7"),
            (LogicalType::Date, "2027-06-30"),
            (LogicalType::Boolean, "false"),
        ];
        for (logical, text) in good {
            assert_eq!(RowValue::parse(&logical, text).unwrap().to_string(), text);
        }
        let bad = [
            (LogicalType::String(Some(2)), "DEU"),
            (LogicalType::Integer, "1.5"),
            (LogicalType::Integer, "007"),
            (LogicalType::Date, "2027-02-30"),
            (LogicalType::Boolean, "yes"),
            (LogicalType::Decimal(5, 2), "1.00"),
            (LogicalType::Object, "x"),
        ];
        for (logical, text) in bad {
            assert!(RowValue::parse(&logical, text).is_err(), "{logical} {text}");
        }
    }
}
