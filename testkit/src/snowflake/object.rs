//! Types of securable objects and the privileges that each takes.
//!
//! Data only: one row per object type, from docs.snowflake.com/en/sql-reference/sql/grant-privilege
//! (syntax of schemaPrivileges, accountObjectPrivileges and schemaObjectPrivileges). Types that the
//! account cannot create are listed too, because future grants name them.

use std::fmt;

/// A type of securable object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectType {
    /// The account itself.
    Account,
    /// A user.
    User,
    /// An account role.
    Role,
    /// A database.
    Database,
    /// A warehouse.
    Warehouse,
    /// A resource monitor.
    ResourceMonitor,
    /// A network policy.
    NetworkPolicy,
    /// An outbound share.
    Share,
    /// An integration of any kind (not modelled, named by grants).
    Integration,
    /// A schema.
    Schema,
    /// A database role.
    DatabaseRole,
    /// A table.
    Table,
    /// A view.
    View,
    /// A tag.
    Tag,
    /// A masking policy.
    MaskingPolicy,
    /// A row access policy.
    RowAccessPolicy,
    /// A dynamic table (not modelled, named by grants).
    DynamicTable,
    /// An external table (not modelled, named by grants).
    ExternalTable,
    /// An Iceberg table (not modelled, named by grants).
    IcebergTable,
    /// An event table (not modelled, named by grants).
    EventTable,
    /// A materialized view (not modelled, named by grants).
    MaterializedView,
    /// A stage (not modelled, named by grants).
    Stage,
    /// A file format (not modelled, named by grants).
    FileFormat,
    /// A sequence (not modelled, named by grants).
    Sequence,
    /// A stream (not modelled, named by grants).
    Stream,
    /// A task (not modelled, named by grants).
    Task,
    /// A pipe (not modelled, named by grants).
    Pipe,
    /// A function (not modelled, named by grants).
    Function,
    /// A procedure (not modelled, named by grants).
    Procedure,
    /// An alert (not modelled, named by grants).
    Alert,
    /// A secret (not modelled, named by grants).
    Secret,
}

/// Where objects of a type live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Directly in the account.
    Account,
    /// In a database.
    Database,
    /// In a schema.
    Schema,
}

/// One row of the table below.
struct Row {
    object: ObjectType,
    singular: &'static str,
    plural: &'static str,
    level: Level,
    privileges: &'static [&'static str],
    /// Whether ON FUTURE may name the plural.
    future: bool,
    /// Whether this account can create such objects.
    modelled: bool,
}

const TABLE_PRIVILEGES: &[&str] = &[
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "TRUNCATE",
    "REFERENCES",
    "EVOLVE SCHEMA",
    "APPLYBUDGET",
];

/// Global privileges: `GRANT ... ON ACCOUNT`.
const GLOBAL: &[&str] = &[
    "APPLY AGGREGATION POLICY",
    "APPLY AUTHENTICATION POLICY",
    "APPLY MASKING POLICY",
    "APPLY PACKAGES POLICY",
    "APPLY PASSWORD POLICY",
    "APPLY PROJECTION POLICY",
    "APPLY ROW ACCESS POLICY",
    "APPLY SESSION POLICY",
    "APPLY TAG",
    "ATTACH POLICY",
    "AUDIT",
    "BIND SERVICE ENDPOINT",
    "CREATE ACCOUNT",
    "CREATE COMPUTE POOL",
    "CREATE DATABASE",
    "CREATE EXTERNAL VOLUME",
    "CREATE FAILOVER GROUP",
    "CREATE INTEGRATION",
    "CREATE LISTING",
    "CREATE NETWORK POLICY",
    "CREATE REPLICATION GROUP",
    "CREATE ROLE",
    "CREATE SHARE",
    "CREATE USER",
    "CREATE WAREHOUSE",
    "EXECUTE ALERT",
    "EXECUTE DATA METRIC FUNCTION",
    "EXECUTE MANAGED ALERT",
    "EXECUTE MANAGED TASK",
    "EXECUTE TASK",
    "IMPORT SHARE",
    "MANAGE ACCOUNT SUPPORT CASES",
    "MANAGE EVENT SHARING",
    "MANAGE GRANTS",
    "MANAGE WAREHOUSES",
    "MODIFY LOG LEVEL",
    "MODIFY TRACE LEVEL",
    "MONITOR EXECUTION",
    "MONITOR SECURITY",
    "MONITOR USAGE",
    "OVERRIDE SHARE RESTRICTIONS",
    "PURCHASE DATA EXCHANGE LISTING",
    "RESOLVE ALL",
];

const SCHEMA_PRIVILEGES: &[&str] = &[
    "ADD SEARCH OPTIMIZATION",
    "APPLYBUDGET",
    "CREATE ALERT",
    "CREATE DATA METRIC FUNCTION",
    "CREATE DYNAMIC TABLE",
    "CREATE EVENT TABLE",
    "CREATE EXTERNAL TABLE",
    "CREATE FILE FORMAT",
    "CREATE FUNCTION",
    "CREATE ICEBERG TABLE",
    "CREATE MASKING POLICY",
    "CREATE MATERIALIZED VIEW",
    "CREATE NETWORK RULE",
    "CREATE PIPE",
    "CREATE PROCEDURE",
    "CREATE ROW ACCESS POLICY",
    "CREATE SECRET",
    "CREATE SEQUENCE",
    "CREATE STAGE",
    "CREATE STREAM",
    "CREATE TABLE",
    "CREATE TAG",
    "CREATE TASK",
    "CREATE VIEW",
    "MODIFY",
    "MONITOR",
    "USAGE",
];

macro_rules! rows {
    ($($object:ident $singular:literal $plural:literal $level:ident $privileges:expr, future $future:literal, modelled $modelled:literal;)*) => {
        const ROWS: &[Row] = &[$(Row {
            object: ObjectType::$object,
            singular: $singular,
            plural: $plural,
            level: Level::$level,
            privileges: $privileges,
            future: $future,
            modelled: $modelled,
        }),*];
    };
}

// Longer names come first where one name begins another, so that the parser reads greedily.
rows! {
    Account "ACCOUNT" "ACCOUNTS" Account GLOBAL, future false, modelled true;
    User "USER" "USERS" Account &["MONITOR", "IMPERSONATE"], future false, modelled true;
    Role "ROLE" "ROLES" Account &["USAGE"], future false, modelled true;
    DatabaseRole "DATABASE ROLE" "DATABASE ROLES" Database &["USAGE"], future false, modelled true;
    Database "DATABASE" "DATABASES" Account &["APPLYBUDGET", "CREATE DATABASE ROLE", "CREATE SCHEMA", "IMPORTED PRIVILEGES", "MODIFY", "MONITOR", "REFERENCE_USAGE", "USAGE"], future false, modelled true;
    Warehouse "WAREHOUSE" "WAREHOUSES" Account &["APPLYBUDGET", "MODIFY", "MONITOR", "OPERATE", "USAGE"], future false, modelled true;
    ResourceMonitor "RESOURCE MONITOR" "RESOURCE MONITORS" Account &["MODIFY", "MONITOR"], future false, modelled true;
    NetworkPolicy "NETWORK POLICY" "NETWORK POLICIES" Account &["USAGE"], future false, modelled true;
    Share "SHARE" "SHARES" Account &[], future false, modelled true;
    Integration "INTEGRATION" "INTEGRATIONS" Account &["USAGE", "USE_ANY_ROLE"], future false, modelled false;
    Schema "SCHEMA" "SCHEMAS" Database SCHEMA_PRIVILEGES, future true, modelled true;
    DynamicTable "DYNAMIC TABLE" "DYNAMIC TABLES" Schema &["MONITOR", "OPERATE", "SELECT"], future true, modelled false;
    ExternalTable "EXTERNAL TABLE" "EXTERNAL TABLES" Schema &["REFERENCES", "SELECT"], future true, modelled false;
    IcebergTable "ICEBERG TABLE" "ICEBERG TABLES" Schema &["APPLYBUDGET", "DELETE", "INSERT", "REFERENCES", "SELECT", "TRUNCATE", "UPDATE"], future true, modelled false;
    EventTable "EVENT TABLE" "EVENT TABLES" Schema &["APPLYBUDGET", "DELETE", "INSERT", "REFERENCES", "SELECT", "TRUNCATE"], future true, modelled false;
    Table "TABLE" "TABLES" Schema TABLE_PRIVILEGES, future true, modelled true;
    MaterializedView "MATERIALIZED VIEW" "MATERIALIZED VIEWS" Schema &["APPLYBUDGET", "REFERENCES", "SELECT"], future true, modelled false;
    View "VIEW" "VIEWS" Schema &["REFERENCES", "SELECT"], future true, modelled true;
    Tag "TAG" "TAGS" Schema &["APPLY", "READ"], future false, modelled true;
    MaskingPolicy "MASKING POLICY" "MASKING POLICIES" Schema &["APPLY"], future false, modelled true;
    RowAccessPolicy "ROW ACCESS POLICY" "ROW ACCESS POLICIES" Schema &["APPLY"], future false, modelled true;
    Stage "STAGE" "STAGES" Schema &["READ", "USAGE", "WRITE"], future true, modelled false;
    FileFormat "FILE FORMAT" "FILE FORMATS" Schema &["USAGE"], future true, modelled false;
    Sequence "SEQUENCE" "SEQUENCES" Schema &["USAGE"], future true, modelled false;
    Stream "STREAM" "STREAMS" Schema &["SELECT"], future true, modelled false;
    Task "TASK" "TASKS" Schema &["APPLYBUDGET", "MONITOR", "OPERATE"], future true, modelled false;
    Pipe "PIPE" "PIPES" Schema &["APPLYBUDGET", "MONITOR", "OPERATE"], future true, modelled false;
    Function "FUNCTION" "FUNCTIONS" Schema &["USAGE"], future true, modelled false;
    Procedure "PROCEDURE" "PROCEDURES" Schema &["USAGE"], future true, modelled false;
    Alert "ALERT" "ALERTS" Schema &["MONITOR", "OPERATE"], future true, modelled false;
    Secret "SECRET" "SECRETS" Schema &["READ", "USAGE"], future true, modelled false;
}

/// Privileges that only read: what a database role may hold and still be shared.
pub(crate) const READ_ONLY: &[&str] = &["USAGE", "SELECT", "REFERENCES", "READ", "MONITOR"];

impl ObjectType {
    fn row(self) -> &'static Row {
        ROWS.iter()
            .find(|row| row.object == self)
            .unwrap_or(&ROWS[0])
    }

    /// All types, in the table's order.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.object)
    }

    /// The words that name one such object, for example `ROW ACCESS POLICY`.
    pub fn singular(self) -> &'static str {
        self.row().singular
    }

    /// The words that name many.
    pub fn plural(self) -> &'static str {
        self.row().plural
    }

    /// The name in SHOW GRANTS: words joined by underscores.
    pub fn shown(self) -> String {
        self.singular().replace(' ', "_")
    }

    /// The name as messages write it, for example `masking policy`.
    pub(crate) fn lower(self) -> String {
        self.singular().to_lowercase()
    }

    /// The name as "does not exist" messages write it, for example `Masking policy`.
    pub(crate) fn capitalised(self) -> String {
        let lower = self.lower();
        let mut chars = lower.chars();
        chars
            .next()
            .map(|c| c.to_uppercase().collect::<String>() + chars.as_str())
            .unwrap_or_default()
    }

    /// Where such objects live.
    pub fn level(self) -> Level {
        self.row().level
    }

    /// The privileges that can be granted on it, OWNERSHIP apart.
    pub fn privileges(self) -> &'static [&'static str] {
        self.row().privileges
    }

    pub(crate) fn allows_future(self) -> bool {
        self.row().future
    }

    pub(crate) fn is_modelled(self) -> bool {
        self.row().modelled
    }

    /// Whether a policy or tag type: governed objects with rules of their own.
    pub(crate) fn is_policy(self) -> bool {
        matches!(self, Self::MaskingPolicy | Self::RowAccessPolicy)
    }
}

impl fmt::Display for ObjectType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.singular())
    }
}

/// Whether any object type takes a privilege of this name.
pub(crate) fn is_privilege(name: &str) -> bool {
    name == "OWNERSHIP" || ROWS.iter().any(|row| row.privileges.contains(&name))
}

/// Whether some privilege begins with these words, so that the parser may read on.
pub(crate) fn begins_privilege(words: &str) -> bool {
    let prefix = format!("{words} ");
    ROWS.iter()
        .flat_map(|row| row.privileges)
        .any(|privilege| privilege.starts_with(&prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_names_are_those_of_show_grants() {
        assert_eq!(ObjectType::RowAccessPolicy.shown(), "ROW_ACCESS_POLICY");
        assert_eq!(ObjectType::MaskingPolicy.capitalised(), "Masking policy");
        assert!(is_privilege("CREATE ROW ACCESS POLICY"));
        assert!(begins_privilege("CREATE ROW"));
        assert!(!is_privilege("FLY"));
    }
}
