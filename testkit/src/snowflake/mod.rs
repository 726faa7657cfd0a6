//! A Snowflake account on the loopback interface, for the real `snow` CLI to talk to.
//!
//! [`SnowServer`] speaks the driver's wire protocol and keeps one account in memory: databases,
//! schemas, tables, views, warehouses, resource monitors, roles, users, tags, policies, shares, and
//! all grants among them. Statements are parsed and executed under Snowflake's documented rules, and
//! what breaks a rule is refused with the vendor's code and with the rule's source
//! ([`SqlError::rule`]). [`refusals`] lists one corrupted request per kind beside a valid twin.
//!
//! What is not modelled (procedures, stages, streams, clones, imported shares, dates as more than
//! text) is refused under its own code, [`NOT_MODELLED`], never accepted in silence.
//!
//! It never opens another interface than 127.0.0.1 and never writes outside the folder that
//! [`SnowServer::write_config`] is given.

mod connection;
mod engine;
mod error;
mod fault;
mod login;
mod name;
mod object;
mod refusals;
mod result;
pub mod rules;
mod server;
mod syntax;
mod token;
mod types;

pub use connection::Login;
pub use error::{NOT_MODELLED, OWN_WORDING, Rule, SqlError};
pub use fault::{Fault, FaultAt};
pub use name::{MAX_IDENTIFIER, Name};
pub use object::{Level, ObjectType};
pub use refusals::{REFUSALS, Refusal, Verdict, drive};
pub use result::{ResultColumn, ResultSet};
pub use rules::ALL as RULES;
pub use server::{QueryRecord, SnowServer};

/// The edition decides which features exist (docs.snowflake.com/en/user-guide/intro-editions).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// No masking and row access policies, one day of Time Travel.
    Standard,
    /// Everything that this account models.
    #[default]
    Enterprise,
}

/// How a user proves who it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A password.
    Password(String),
    /// A programmatic access token or an OAuth access token.
    Token(String),
    /// The public half of an RSA key pair, as PEM.
    PublicKey(String),
}

impl std::fmt::Debug for Secret {
    /// Secrets are never printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(…)",
            Self::Token(_) => "Token(…)",
            Self::PublicKey(_) => "PublicKey(…)",
        })
    }
}

/// A user that exists from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserOptions {
    /// The user's name, folded to upper case.
    pub name: String,
    /// How it logs in.
    pub secret: Secret,
    /// Its system roles; the first one is its default role.
    pub roles: Vec<String>,
}

/// How the account begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The organization's name.
    pub organization: String,
    /// The account's name in it.
    pub account: String,
    /// What `CURRENT_REGION()` says.
    pub region: String,
    /// The account's edition.
    pub edition: Edition,
    /// Users that exist from the start; the first one serves [`SnowServer::admin`].
    pub users: Vec<UserOptions>,
    /// Whether SHOW GRANTS OF DATABASE ROLE prints database roles with their database, as before
    /// bundle `2026_06` (docs.snowflake.com/en/release-notes/bcr-bundles/2026_06/bcr-2371).
    pub qualified_database_roles: bool,
    /// What `SYSDATE()` says, `YYYY-MM-DD HH:MI:SS` in UTC: a clock that a test sets.
    pub now: String,
}

impl Default for Options {
    /// An Enterprise account `ACME.RETAIL` with one account administrator, `ADMIN`.
    fn default() -> Self {
        Self {
            organization: "ACME".into(),
            account: "RETAIL".into(),
            region: "AWS_EU_CENTRAL_1".into(),
            edition: Edition::Enterprise,
            users: vec![UserOptions {
                name: "ADMIN".into(),
                secret: Secret::Password("loopback only".into()),
                roles: vec!["ACCOUNTADMIN".into()],
            }],
            qualified_database_roles: false,
            now: "2026-11-25 12:00:00".into(),
        }
    }
}
