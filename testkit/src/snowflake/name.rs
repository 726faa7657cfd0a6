//! Identifiers: how a written name becomes a stored name, and how a stored name is displayed.
//!
//! In goes an identifier as the tokenizer saw it (quoted or not), out comes the name Snowflake
//! stores and compares. Nothing here looks anything up.
//! Rule: docs.snowflake.com/en/sql-reference/identifiers-syntax. Unquoted identifiers start with a
//! letter or underscore, continue with letters, digits, `_` and `$`, and are stored and resolved in
//! upper case; double-quoted ones may hold any character and keep their case; both have at most 255
//! characters.

use std::fmt;

/// The longest identifier Snowflake accepts, in characters.
pub const MAX_IDENTIFIER: usize = 255;

/// One stored identifier: already folded to upper case if it was written without quotes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The name stored for an unquoted identifier.
    pub fn folded(written: &str) -> Self {
        Self(written.to_uppercase())
    }

    /// The name stored for a quoted identifier, its doubled quotes already undone.
    pub fn exact(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The stored characters, never quoted.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this name can be written without quotes and still mean itself.
    pub fn is_plain(&self) -> bool {
        let mut chars = self.0.chars();
        chars
            .next()
            .is_some_and(|c| c.is_ascii_uppercase() || c == '_')
            && chars.all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_' || c == '$')
    }
}

impl fmt::Display for Name {
    /// Quoted only when the name needs it, as SHOW GRANTS and DESCRIBE print names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_plain() {
            f.write_str(&self.0)
        } else {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        }
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::exact(text)
    }
}

/// A dotted display of several names, each quoted only when it needs it.
pub(crate) fn dotted(parts: &[Name]) -> String {
    parts
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(".")
}

/// A dotted display without any quotes: how error messages and most SHOW columns print names.
pub(crate) fn dotted_raw(parts: &[Name]) -> String {
    parts
        .iter()
        .map(|part| part.as_str().to_owned())
        .collect::<Vec<_>>()
        .join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unquoted_names_fold_and_quoted_names_stay() {
        assert_eq!(Name::folded("mytable"), Name::exact("MYTABLE"));
        assert_ne!(Name::exact("mytable"), Name::exact("MYTABLE"));
    }

    #[test]
    fn display_quotes_only_when_needed() {
        assert_eq!(Name::exact("ACME_DEV$1").to_string(), "ACME_DEV$1");
        assert_eq!(Name::exact("acme").to_string(), "\"acme\"");
        assert_eq!(Name::exact("A B").to_string(), "\"A B\"");
        assert_eq!(Name::exact("1A").to_string(), "\"1A\"");
        assert_eq!(Name::exact("a\"b").to_string(), "\"a\"\"b\"");
        assert_eq!(Name::exact("").to_string(), "\"\"");
    }
}
