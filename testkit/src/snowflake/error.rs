//! What the account answers when it refuses, and the vendor rule behind every refusal.
//!
//! A [`SqlError`] carries Snowflake's code, SQL state and wording, and the [`Rule`] it follows. No
//! refusal exists without a rule. Where the vendor's page states the rule but not the wording, the
//! message is ours and says so by its code ([`OWN_WORDING`]); such texts are never to be matched on.

use std::fmt;

pub(crate) use super::rules;
pub use super::rules::Rule;

/// The code of refusals whose rule is documented but whose code and wording are not known to us.
pub const OWN_WORDING: &str = "099001";

/// The code of statements that this test account does not model; never a verdict on the statement.
pub const NOT_MODELLED: &str = "099999";

/// A refused statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlError {
    /// Six digits, as Snowflake prints them, for example `002003`.
    pub code: &'static str,
    /// Five characters, for example `42S02`.
    pub sqlstate: &'static str,
    /// The message without code and state.
    pub message: String,
    /// The vendor rule that the statement broke.
    pub rule: &'static Rule,
}

impl SqlError {
    pub(crate) fn new(
        rule: &'static Rule,
        code: &'static str,
        sqlstate: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            sqlstate,
            message: message.into(),
            rule,
        }
    }

    /// A statement that cannot be compiled (001003, 42000).
    pub(crate) fn compilation(rule: &'static Rule, text: impl fmt::Display) -> Self {
        Self::new(
            rule,
            "001003",
            "42000",
            format!("SQL compilation error:\n{text}"),
        )
    }

    /// A documented refusal whose vendor wording is not known to us.
    pub(crate) fn own(rule: &'static Rule, text: impl fmt::Display) -> Self {
        Self::new(
            rule,
            OWN_WORDING,
            "42601",
            format!("SQL compilation error:\n{text}"),
        )
    }

    /// Something that Snowflake has and this account does not model.
    pub(crate) fn not_modelled(what: impl fmt::Display) -> Self {
        Self::new(
            &rules::NOT_MODELLED,
            NOT_MODELLED,
            "0A000",
            format!("the test account does not model this: {what}"),
        )
    }

    /// An object that does not exist, or that no active role has any privilege on.
    pub(crate) fn missing(what: &str, name: impl fmt::Display) -> Self {
        let state = if matches!(what, "Object" | "Table" | "View") {
            "42S02"
        } else {
            "02000"
        };
        Self::new(
            &rules::MISSING_OR_NOT_AUTHORIZED,
            "002003",
            state,
            format!("SQL compilation error:\n{what} '{name}' does not exist or not authorized."),
        )
    }

    /// A visible object on which the active roles lack the privilege.
    pub(crate) fn insufficient(
        rule: &'static Rule,
        what: impl fmt::Display,
        name: impl fmt::Display,
    ) -> Self {
        Self::new(
            rule,
            "003001",
            "42501",
            format!(
                "SQL access control error:\nInsufficient privileges to operate on {what} '{name}'"
            ),
        )
    }

    /// A name that is taken.
    pub(crate) fn exists(rule: &'static Rule, name: impl fmt::Display) -> Self {
        Self::new(
            rule,
            "002002",
            "42710",
            format!("SQL compilation error:\nObject '{name}' already exists."),
        )
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.code, self.sqlstate, self.message)
    }
}

impl std::error::Error for SqlError {}
