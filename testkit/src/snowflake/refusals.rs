//! Kinds of corrupted requests: each with the rule it breaks and a valid twin beside it.
//!
//! The table is data. [`drive`] runs one row on fresh accounts: the corrupted statement must be
//! refused under the row's rule and change nothing, the twin must be accepted. A judge that would
//! refuse everything, or nothing, fails here.

use super::engine::Account;
use super::error::SqlError;
use super::{Edition, Options};

/// One kind of corrupted request.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    /// What is corrupted, in a few words; unique.
    pub kind: &'static str,
    /// The id of the vendor rule that refuses it.
    pub rule: &'static str,
    /// The account's edition.
    pub edition: Edition,
    /// The role that runs both statements.
    pub role: &'static str,
    /// Statements that come before, run by an account administrator with all roles active.
    pub prepare: &'static [&'static str],
    /// The corrupted statement.
    pub refused: &'static str,
    /// The valid twin.
    pub accepted: &'static str,
}

/// What came of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The refusal of the corrupted statement, or `None` if it was accepted.
    pub refused: Option<SqlError>,
    /// Whether the corrupted statement changed the account.
    pub changed: bool,
    /// The refusal of the twin, or `None` if it was accepted.
    pub twin: Option<SqlError>,
}

impl Verdict {
    /// Whether the judge judged right.
    pub fn is_right(&self, refusal: &Refusal) -> bool {
        self.refused
            .as_ref()
            .is_some_and(|error| error.rule.id == refusal.rule)
            && self.twin.is_none()
            && (!self.changed || refusal.rule == "grant-partially-executed")
    }
}

/// What every row finds: a deployer that owns things, a granter with MANAGE GRANTS, two readers.
const WORLD: &[&str] = &[
    "CREATE ROLE DEPLOYER",
    "CREATE ROLE GRANTER",
    "CREATE ROLE ANALYST",
    "CREATE ROLE ENGINEER",
    "CREATE ROLE STEWARD",
    "GRANT ROLE DEPLOYER TO USER ADMIN",
    "GRANT ROLE GRANTER TO USER ADMIN",
    "GRANT ROLE ANALYST TO USER ADMIN",
    "GRANT ROLE STEWARD TO USER ADMIN",
    "GRANT CREATE DATABASE ON ACCOUNT TO ROLE DEPLOYER",
    "GRANT CREATE WAREHOUSE ON ACCOUNT TO ROLE DEPLOYER",
    "GRANT CREATE SHARE ON ACCOUNT TO ROLE DEPLOYER",
    "GRANT CREATE NETWORK POLICY ON ACCOUNT TO ROLE DEPLOYER",
    "GRANT MANAGE GRANTS ON ACCOUNT TO ROLE GRANTER",
    "USE ROLE DEPLOYER",
    "CREATE WAREHOUSE LOAD WAREHOUSE_SIZE = XSMALL INITIALLY_SUSPENDED = TRUE",
    "CREATE DATABASE OTHER",
    "CREATE TABLE OTHER.PUBLIC.RATES (CURRENCY VARCHAR, RATE NUMBER(10,4))",
    "CREATE DATABASE ROLE OTHER.READER",
    "CREATE DATABASE SALES",
    "CREATE SCHEMA SALES.CURATED WITH MANAGED ACCESS",
    "CREATE SCHEMA SALES.OPEN",
    "CREATE TABLE SALES.CURATED.ORDERS (ID NUMBER(38,0) NOT NULL, EMAIL VARCHAR(320), AMOUNT NUMBER(10,2), REGION VARCHAR)",
    "CREATE TABLE SALES.OPEN.ORDERS (ID NUMBER(38,0) NOT NULL, EMAIL VARCHAR(320), AMOUNT NUMBER(10,2), REGION VARCHAR)",
    "CREATE VIEW SALES.OPEN.PLAIN AS SELECT ID, AMOUNT FROM SALES.OPEN.ORDERS",
    "CREATE SECURE VIEW SALES.OPEN.SAFE AS SELECT ID, AMOUNT FROM SALES.OPEN.ORDERS",
    "CREATE SECURE VIEW SALES.OPEN.WIDE AS SELECT O.ID, R.RATE FROM SALES.OPEN.ORDERS O JOIN OTHER.PUBLIC.RATES R ON R.CURRENCY = O.REGION",
    "CREATE DATABASE ROLE SALES.READER",
    "CREATE DATABASE ROLE SALES.WRITER",
    "CREATE TAG SALES.OPEN.CLASS ALLOWED_VALUES 'public', 'pii'",
    "CREATE SHARE OUT",
    "USE ROLE ACCOUNTADMIN",
];

/// Policies for the rows that need them.
const POLICIES: &[&str] = &[
    "USE ROLE DEPLOYER",
    "CREATE MASKING POLICY SALES.OPEN.MASK AS (VAL VARCHAR) RETURNS VARCHAR -> CASE WHEN IS_ROLE_IN_SESSION('ANALYST') THEN VAL ELSE '***' END",
    "CREATE MASKING POLICY SALES.OPEN.MASK2 AS (VAL VARCHAR) RETURNS VARCHAR -> '***'",
    "CREATE MASKING POLICY SALES.OPEN.ZERO AS (VAL NUMBER) RETURNS NUMBER -> 0",
    "CREATE ROW ACCESS POLICY SALES.OPEN.REGIONS AS (R VARCHAR) RETURNS BOOLEAN -> R = 'EU'",
    "CREATE ROW ACCESS POLICY SALES.OPEN.ALL_REGIONS AS (R VARCHAR) RETURNS BOOLEAN -> TRUE",
];

const NONE: &[&str] = &[];

macro_rules! refusals {
    ($($kind:literal, $rule:literal, $role:literal, $prepare:expr, no $refused:literal, yes $accepted:literal;)*) => {
        /// All kinds, on an Enterprise account.
        const ENTERPRISE: &[Refusal] = &[$(Refusal {
            kind: $kind,
            rule: $rule,
            edition: Edition::Enterprise,
            role: $role,
            prepare: $prepare,
            refused: $refused,
            accepted: $accepted,
        }),*];
    };
}

refusals! {
    // Grammar and names.
    "misspelt object type", "syntax", "ACCOUNTADMIN", NONE,
        no "CREATE ROEL X", yes "CREATE ROLE X";
    "unknown privilege", "syntax", "GRANTER", NONE,
        no "GRANT FLY ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST", yes "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST";
    "two statements in one", "syntax", "ACCOUNTADMIN", NONE,
        no "CREATE ROLE X; DROP ROLE ANALYST", yes "CREATE ROLE X;";
    "unescaped quote in a comment", "string-escapes", "ACCOUNTADMIN", NONE,
        no "CREATE ROLE X COMMENT = 'the team's role'", yes "CREATE ROLE X COMMENT = 'the team''s role'";
    "backslash that eats the closing quote", "string-escapes", "ACCOUNTADMIN", NONE,
        no r"CREATE ROLE X COMMENT = 'C:\'", yes r"CREATE ROLE X COMMENT = 'C:\\'";
    "reserved word as a column", "reserved-word", "DEPLOYER", NONE,
        no "CREATE TABLE SALES.OPEN.T (ORDER NUMBER)", yes "CREATE TABLE SALES.OPEN.T (\"ORDER\" NUMBER)";
    "empty identifier", "identifier-length", "ACCOUNTADMIN", NONE,
        no "CREATE ROLE \"\"", yes "CREATE ROLE \"X\"";
    "OR REPLACE with IF NOT EXISTS", "or-replace-if-not-exists", "DEPLOYER", NONE,
        no "CREATE OR REPLACE SCHEMA IF NOT EXISTS SALES.X", yes "CREATE SCHEMA IF NOT EXISTS SALES.X";
    "quoted lower-case name of an upper-case object", "missing-or-not-authorized", "DEPLOYER", NONE,
        no "CREATE SCHEMA \"sales\".\"X\"", yes "CREATE SCHEMA sales.\"X\"";
    "unknown data type", "unknown-type", "DEPLOYER", NONE,
        no "CREATE TABLE SALES.OPEN.T (A STRNIG)", yes "CREATE TABLE SALES.OPEN.T (A STRING)";
    "precision beyond 38", "unknown-type", "DEPLOYER", NONE,
        no "CREATE TABLE SALES.OPEN.T (A NUMBER(39,0))", yes "CREATE TABLE SALES.OPEN.T (A NUMBER(38,0))";
    "two columns of one name", "duplicate-column", "DEPLOYER", NONE,
        no "CREATE TABLE SALES.OPEN.T (A NUMBER, a VARCHAR)", yes "CREATE TABLE SALES.OPEN.T (A NUMBER, \"a\" VARCHAR)";

    // Existence and reach.
    "name that is taken", "name-taken", "DEPLOYER", NONE,
        no "CREATE SCHEMA SALES.OPEN", yes "CREATE SCHEMA IF NOT EXISTS SALES.OPEN";
    "table with a view's name", "name-taken", "DEPLOYER", NONE,
        no "CREATE TABLE SALES.OPEN.PLAIN (A NUMBER)", yes "CREATE TABLE SALES.CURATED.PLAIN (A NUMBER)";
    "grant on a table that does not exist", "missing-or-not-authorized", "GRANTER", NONE,
        no "GRANT SELECT ON TABLE SALES.OPEN.ORDRES TO ROLE ANALYST", yes "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST";
    "grant to a role that does not exist", "missing-or-not-authorized", "GRANTER", NONE,
        no "GRANT USAGE ON DATABASE SALES TO ROLE ANALYTS", yes "GRANT USAGE ON DATABASE SALES TO ROLE ANALYST";
    "object that the role may not see", "missing-or-not-authorized", "ANALYST", &["GRANT USAGE ON DATABASE SALES TO ROLE ANALYST", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ANALYST", "GRANT USAGE ON DATABASE OTHER TO ROLE ANALYST", "GRANT USAGE ON SCHEMA OTHER.PUBLIC TO ROLE ANALYST", "GRANT SELECT ON TABLE OTHER.PUBLIC.RATES TO ROLE ANALYST"],
        no "DESCRIBE TABLE SALES.OPEN.ORDERS", yes "DESCRIBE TABLE OTHER.PUBLIC.RATES";
    "unqualified name without a current database", "no-current-database", "ACCOUNTADMIN", &["CREATE DATABASE GONE", "DROP DATABASE GONE"],
        no "CREATE SCHEMA X", yes "CREATE DATABASE X";
    "SELECT without USAGE on the schema", "parent-privilege", "ANALYST", &["CREATE WAREHOUSE W", "GRANT USAGE ON WAREHOUSE W TO ROLE ANALYST", "GRANT USAGE ON DATABASE SALES TO ROLE ANALYST", "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST", "GRANT SELECT ON TABLE SALES.CURATED.ORDERS TO ROLE ANALYST", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ANALYST"],
        no "SELECT * FROM SALES.CURATED.ORDERS", yes "SELECT * FROM SALES.OPEN.ORDERS";
    "query without a warehouse", "warehouse-needed", "ANALYST", &["GRANT USAGE ON DATABASE SALES TO ROLE ANALYST", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ANALYST", "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST"],
        no "SELECT * FROM SALES.OPEN.ORDERS", yes "SELECT CURRENT_ROLE()";
    "column that the table does not have", "unknown-column", "DEPLOYER", NONE,
        no "CREATE VIEW SALES.OPEN.V AS SELECT MAIL FROM SALES.OPEN.ORDERS", yes "CREATE VIEW SALES.OPEN.V AS SELECT EMAIL FROM SALES.OPEN.ORDERS";
    "view with too few column names", "view-columns", "DEPLOYER", NONE,
        no "CREATE VIEW SALES.OPEN.V (A) AS SELECT ID, AMOUNT FROM SALES.OPEN.ORDERS", yes "CREATE VIEW SALES.OPEN.V (A, B) AS SELECT ID, AMOUNT FROM SALES.OPEN.ORDERS";

    "view with an expression that has no name", "view-column-names", "DEPLOYER", NONE,
        no "CREATE VIEW SALES.OPEN.V AS SELECT ID, AMOUNT * 2 FROM SALES.OPEN.ORDERS", yes "CREATE VIEW SALES.OPEN.V AS SELECT ID, AMOUNT * 2 AS TWICE FROM SALES.OPEN.ORDERS";
    "view of a table that has changed", "view-stale", "DEPLOYER", &["USE ROLE DEPLOYER", "CREATE WAREHOUSE W", "CREATE VIEW SALES.OPEN.V AS SELECT * FROM SALES.OPEN.ORDERS", "ALTER TABLE SALES.OPEN.ORDERS ADD COLUMN X NUMBER"],
        no "SELECT * FROM SALES.OPEN.V", yes "SELECT * FROM SALES.OPEN.PLAIN";

    // Privileges to create, alter and drop.
    "database by a role that may not", "privilege", "ANALYST", &["GRANT USAGE ON WAREHOUSE LOAD TO ROLE ANALYST"],
        no "CREATE DATABASE X", yes "USE WAREHOUSE LOAD";
    "IF NOT EXISTS without the privilege to create", "privilege", "ANALYST", &["GRANT USAGE ON DATABASE SALES TO ROLE ANALYST", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ANALYST"],
        no "CREATE SCHEMA IF NOT EXISTS SALES.OPEN", yes "DESCRIBE SCHEMA SALES.OPEN";
    "creating by a secondary role", "create-by-primary-role", "ANALYST", &["GRANT USAGE ON DATABASE SALES TO ROLE ANALYST", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ANALYST"],
        no "/* secondary */ CREATE TABLE SALES.OPEN.T (A NUMBER)", yes "/* secondary */ DESCRIBE TABLE SALES.OPEN.ORDERS";
    "view on a table that only a secondary role may read", "create-by-primary-role", "ANALYST", &["GRANT USAGE ON DATABASE SALES TO ROLE ANALYST", "GRANT USAGE, CREATE VIEW ON SCHEMA SALES.OPEN TO ROLE ANALYST", "GRANT USAGE ON DATABASE OTHER TO ROLE ANALYST", "GRANT USAGE ON SCHEMA OTHER.PUBLIC TO ROLE ANALYST", "GRANT SELECT ON TABLE OTHER.PUBLIC.RATES TO ROLE ANALYST"],
        no "/* secondary */ CREATE VIEW SALES.OPEN.V AS SELECT ID FROM SALES.OPEN.ORDERS", yes "/* secondary */ CREATE VIEW SALES.OPEN.V AS SELECT RATE FROM OTHER.PUBLIC.RATES";
    "altering a table of another owner", "ownership-needed", "ANALYST", &["GRANT USAGE ON DATABASE SALES TO ROLE ANALYST", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ANALYST", "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST"],
        no "ALTER TABLE SALES.OPEN.ORDERS ADD COLUMN X NUMBER", yes "DESCRIBE TABLE SALES.OPEN.ORDERS";
    "replacing a table of another owner", "replace-needs-ownership", "ENGINEER", &["GRANT ROLE ENGINEER TO USER ADMIN", "GRANT USAGE ON DATABASE SALES TO ROLE ENGINEER", "GRANT USAGE, CREATE TABLE ON SCHEMA SALES.OPEN TO ROLE ENGINEER"],
        no "CREATE OR REPLACE TABLE SALES.OPEN.ORDERS (A NUMBER)", yes "CREATE OR REPLACE TABLE SALES.OPEN.MINE (A NUMBER)";
    "resource monitor by a deployer", "resource-monitor-admin", "DEPLOYER", NONE,
        no "CREATE RESOURCE MONITOR M WITH CREDIT_QUOTA = 10", yes "CREATE WAREHOUSE W WITH WAREHOUSE_SIZE = 'X-SMALL'";
    "assigning a monitor to one's own warehouse", "resource-monitor-admin", "DEPLOYER", &["CREATE RESOURCE MONITOR M WITH CREDIT_QUOTA = 10"],
        no "ALTER WAREHOUSE LOAD SET RESOURCE_MONITOR = M", yes "ALTER WAREHOUSE LOAD SET AUTO_SUSPEND = 60";

    // Roles.
    "activating a role that was not granted", "role-not-assigned", "ANALYST", NONE,
        no "USE ROLE ENGINEER", yes "USE ROLE DEPLOYER";
    "secondary role that was not granted", "role-not-assigned", "ANALYST", NONE,
        no "USE SECONDARY ROLES STEWARD, ENGINEER", yes "USE SECONDARY ROLES STEWARD, DEPLOYER";
    "activating a database role", "database-role-not-activated", "DEPLOYER", NONE,
        no "USE ROLE SALES.READER", yes "USE ROLE ANALYST";
    "creating a reserved role", "system-role", "ACCOUNTADMIN", NONE,
        no "CREATE ROLE ORGADMIN", yes "CREATE ROLE ORG_ADMIN";
    "dropping a system role", "system-role", "ACCOUNTADMIN", NONE,
        no "DROP ROLE SYSADMIN", yes "DROP ROLE ENGINEER";
    "revoking what Snowflake granted", "system-privilege", "ACCOUNTADMIN", NONE,
        no "REVOKE CREATE DATABASE ON ACCOUNT FROM ROLE SYSADMIN", yes "REVOKE CREATE DATABASE ON ACCOUNT FROM ROLE DEPLOYER";
    "dropping the role in use", "drop-current-role", "ANALYST", NONE,
        no "/* secondary */ DROP ROLE ANALYST", yes "/* secondary */ DROP ROLE ENGINEER";
    "dropping the owner of a shared database", "drop-sharing-role", "ACCOUNTADMIN", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT"],
        no "DROP ROLE DEPLOYER", yes "DROP ROLE ENGINEER";
    "role cycle", "role-cycle", "GRANTER", &["GRANT ROLE ANALYST TO ROLE ENGINEER"],
        no "GRANT ROLE ENGINEER TO ROLE ANALYST", yes "GRANT ROLE STEWARD TO ROLE ANALYST";
    "role granted to itself", "role-cycle", "GRANTER", NONE,
        no "GRANT ROLE ANALYST TO ROLE ANALYST", yes "GRANT ROLE ANALYST TO ROLE ENGINEER";
    "granting a role that one does not own", "role-grant-authority", "DEPLOYER", NONE,
        no "GRANT ROLE ANALYST TO ROLE ENGINEER", yes "GRANT DATABASE ROLE SALES.READER TO ROLE ENGINEER";
    "grant option on a role for a user", "role-grant-option-user", "GRANTER", NONE,
        no "GRANT ROLE ANALYST TO USER ADMIN WITH GRANT OPTION", yes "GRANT ROLE ANALYST TO ROLE ENGINEER WITH GRANT OPTION";
    "database role to one of another database", "database-role-same-database", "GRANTER", NONE,
        no "GRANT DATABASE ROLE OTHER.READER TO DATABASE ROLE SALES.WRITER", yes "GRANT DATABASE ROLE SALES.READER TO DATABASE ROLE SALES.WRITER";
    "account role to a database role", "account-role-to-database-role", "GRANTER", NONE,
        no "GRANT ROLE ANALYST TO DATABASE ROLE SALES.READER", yes "GRANT DATABASE ROLE SALES.READER TO ROLE ANALYST";
    "warehouse to a database role", "database-role-scope", "GRANTER", NONE,
        no "GRANT USAGE ON WAREHOUSE LOAD TO DATABASE ROLE SALES.READER", yes "GRANT USAGE ON WAREHOUSE LOAD TO ROLE ANALYST";
    "table of another database to a database role", "database-role-scope", "GRANTER", NONE,
        no "GRANT SELECT ON TABLE OTHER.PUBLIC.RATES TO DATABASE ROLE SALES.READER", yes "GRANT SELECT ON TABLE SALES.CURATED.ORDERS TO DATABASE ROLE SALES.READER";
    "moving a database role to another database", "database-role-rename", "DEPLOYER", NONE,
        no "ALTER DATABASE ROLE SALES.READER RENAME TO OTHER.READER2", yes "ALTER DATABASE ROLE SALES.READER RENAME TO SALES.READER2";

    // Grants.
    "grant by a role without authority", "grant-authority", "ANALYST", &["GRANT USAGE ON DATABASE SALES TO ROLE ANALYST", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ANALYST", "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST", "GRANT REFERENCES ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST WITH GRANT OPTION"],
        no "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ENGINEER", yes "GRANT REFERENCES ON TABLE SALES.OPEN.ORDERS TO ROLE ENGINEER";
    "object owner granting in a managed access schema", "managed-access", "ENGINEER", &["GRANT ROLE ENGINEER TO USER ADMIN", "GRANT USAGE ON DATABASE SALES TO ROLE ENGINEER", "GRANT USAGE, CREATE TABLE ON SCHEMA SALES.CURATED TO ROLE ENGINEER", "GRANT USAGE, CREATE TABLE ON SCHEMA SALES.OPEN TO ROLE ENGINEER", "USE ROLE ENGINEER", "CREATE TABLE SALES.CURATED.MINE (A NUMBER)", "CREATE TABLE SALES.OPEN.MINE (A NUMBER)"],
        no "GRANT SELECT ON TABLE SALES.CURATED.MINE TO ROLE ANALYST", yes "GRANT SELECT ON TABLE SALES.OPEN.MINE TO ROLE ANALYST";
    "privilege that the type does not have", "privilege-for-type", "GRANTER", NONE,
        no "GRANT INSERT ON VIEW SALES.OPEN.PLAIN TO ROLE ANALYST", yes "GRANT SELECT ON VIEW SALES.OPEN.PLAIN TO ROLE ANALYST";
    "USAGE on a table", "privilege-for-type", "GRANTER", NONE,
        no "GRANT USAGE ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST", yes "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ANALYST";
    "ALL on a database grants only in part", "grant-partially-executed", "GRANTER", NONE,
        no "GRANT ALL PRIVILEGES ON DATABASE SALES TO ROLE ANALYST", yes "GRANT ALL PRIVILEGES ON SCHEMA SALES.OPEN TO ROLE ANALYST";
    "REFERENCE_USAGE to a role", "reference-usage-role", "GRANTER", NONE,
        no "GRANT REFERENCE_USAGE ON DATABASE SALES TO ROLE ANALYST", yes "GRANT USAGE ON DATABASE SALES TO ROLE ANALYST";
    "bulk grant on tags", "bulk-types", "GRANTER", NONE,
        no "GRANT APPLY ON ALL TAGS IN SCHEMA SALES.OPEN TO ROLE STEWARD", yes "GRANT APPLY ON TAG SALES.OPEN.CLASS TO ROLE STEWARD";
    "ALL PRIVILEGES on a tag", "all-on-tag", "GRANTER", NONE,
        no "GRANT ALL PRIVILEGES ON TAG SALES.OPEN.CLASS TO ROLE STEWARD", yes "GRANT APPLY ON TAG SALES.OPEN.CLASS TO ROLE STEWARD";
    "revoking OWNERSHIP", "revoke-ownership", "GRANTER", NONE,
        no "REVOKE OWNERSHIP ON TABLE SALES.OPEN.ORDERS FROM ROLE DEPLOYER", yes "REVOKE SELECT ON TABLE SALES.OPEN.ORDERS FROM ROLE DEPLOYER";
    "revoking what was granted on", "revoke-dependent", "DEPLOYER", &["USE ROLE DEPLOYER", "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST WITH GRANT OPTION", "GRANT USAGE ON DATABASE SALES TO ROLE ANALYST", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ANALYST", "USE ROLE ANALYST", "USE SECONDARY ROLES NONE", "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ENGINEER"],
        no "REVOKE SELECT ON TABLE SALES.OPEN.ORDERS FROM ROLE ANALYST", yes "REVOKE SELECT ON TABLE SALES.OPEN.ORDERS FROM ROLE ANALYST CASCADE";

    // Future grants.
    "future grant by an owner in a standard schema", "future-authority", "DEPLOYER", NONE,
        no "GRANT SELECT ON FUTURE TABLES IN SCHEMA SALES.OPEN TO ROLE ANALYST", yes "GRANT SELECT ON FUTURE TABLES IN SCHEMA SALES.CURATED TO ROLE ANALYST";
    "future grant in a database by its owner", "future-authority", "DEPLOYER", NONE,
        no "GRANT SELECT ON FUTURE TABLES IN DATABASE SALES TO ROLE ANALYST", yes "GRANT SELECT ON ALL TABLES IN DATABASE SALES TO ROLE ANALYST";
    "future grant to a database role without USAGE on its database", "future-database-role-usage", "GRANTER", &["GRANT USAGE ON DATABASE OTHER TO ROLE GRANTER"],
        no "GRANT SELECT ON FUTURE TABLES IN SCHEMA SALES.OPEN TO DATABASE ROLE SALES.READER", yes "GRANT SELECT ON FUTURE TABLES IN SCHEMA OTHER.PUBLIC TO DATABASE ROLE OTHER.READER";
    "future grant on masking policies", "future-types", "GRANTER", NONE,
        no "GRANT APPLY ON FUTURE MASKING POLICIES IN SCHEMA SALES.OPEN TO ROLE STEWARD", yes "GRANT SELECT ON FUTURE VIEWS IN SCHEMA SALES.OPEN TO ROLE STEWARD";
    "second future OWNERSHIP of a type", "future-one-ownership", "GRANTER", &["GRANT OWNERSHIP ON FUTURE TABLES IN SCHEMA SALES.OPEN TO ROLE ENGINEER"],
        no "GRANT OWNERSHIP ON FUTURE TABLES IN SCHEMA SALES.OPEN TO ROLE STEWARD", yes "GRANT OWNERSHIP ON FUTURE VIEWS IN SCHEMA SALES.OPEN TO ROLE STEWARD";
    "future grant to a shared database role", "future-shared-database-role", "ACCOUNTADMIN", &["GRANT USAGE ON DATABASE SALES TO ROLE ACCOUNTADMIN", "GRANT USAGE ON DATABASE SALES TO SHARE OUT", "GRANT DATABASE ROLE SALES.READER TO SHARE OUT"],
        no "GRANT SELECT ON FUTURE TABLES IN SCHEMA SALES.OPEN TO DATABASE ROLE SALES.READER", yes "GRANT SELECT ON FUTURE TABLES IN SCHEMA SALES.OPEN TO DATABASE ROLE SALES.WRITER";

    // Ownership.
    "moving an object that has grants", "ownership-outbound", "GRANTER", &["GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST"],
        no "GRANT OWNERSHIP ON TABLE SALES.OPEN.ORDERS TO ROLE ENGINEER", yes "GRANT OWNERSHIP ON TABLE SALES.OPEN.ORDERS TO ROLE ENGINEER COPY CURRENT GRANTS";
    "copying grants to a role that is not active", "ownership-copy-authority", "DEPLOYER", &["GRANT ROLE STEWARD TO ROLE DEPLOYER"],
        no "GRANT OWNERSHIP ON TABLE SALES.OPEN.ORDERS TO ROLE ENGINEER COPY CURRENT GRANTS", yes "GRANT OWNERSHIP ON TABLE SALES.OPEN.ORDERS TO ROLE STEWARD COPY CURRENT GRANTS";
    "owner outside the managed schema's hierarchy", "managed-access-ownership", "GRANTER", &["GRANT ROLE ENGINEER TO ROLE DEPLOYER"],
        no "GRANT OWNERSHIP ON TABLE SALES.CURATED.ORDERS TO ROLE ANALYST", yes "GRANT OWNERSHIP ON TABLE SALES.CURATED.ORDERS TO ROLE ENGINEER";
    "moving a managed schema with open future OWNERSHIP", "managed-access-future-ownership", "GRANTER", &["GRANT ROLE ENGINEER TO ROLE DEPLOYER", "GRANT OWNERSHIP ON FUTURE TABLES IN SCHEMA SALES.CURATED TO ROLE ENGINEER"],
        no "GRANT OWNERSHIP ON SCHEMA SALES.CURATED TO ROLE ENGINEER", yes "GRANT OWNERSHIP ON SCHEMA SALES.OPEN TO ROLE ENGINEER";
    "moving a share", "ownership-types", "GRANTER", NONE,
        no "GRANT OWNERSHIP ON SHARE OUT TO ROLE ENGINEER", yes "GRANT OWNERSHIP ON WAREHOUSE LOAD TO ROLE ENGINEER";
    "revoking the grants of a shared database on transfer", "ownership-shared-database", "GRANTER", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT"],
        no "GRANT OWNERSHIP ON DATABASE SALES TO ROLE ENGINEER REVOKE CURRENT GRANTS", yes "GRANT OWNERSHIP ON DATABASE OTHER TO ROLE ENGINEER REVOKE CURRENT GRANTS";
    "table of another database to a database role's ownership", "database-role-scope", "GRANTER", NONE,
        no "GRANT OWNERSHIP ON TABLE OTHER.PUBLIC.RATES TO DATABASE ROLE SALES.WRITER", yes "GRANT OWNERSHIP ON TABLE SALES.OPEN.ORDERS TO DATABASE ROLE SALES.WRITER";

    // Shares.
    "table before its database is shared", "share-one-database", "DEPLOYER", NONE,
        no "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO SHARE OUT", yes "GRANT USAGE ON DATABASE SALES TO SHARE OUT";
    "second database in a share", "share-one-database", "DEPLOYER", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT"],
        no "GRANT USAGE ON DATABASE OTHER TO SHARE OUT", yes "GRANT REFERENCE_USAGE ON DATABASE OTHER TO SHARE OUT";
    "table before its schema is shared", "share-schema-first", "DEPLOYER", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT"],
        no "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO SHARE OUT", yes "GRANT USAGE ON SCHEMA SALES.OPEN TO SHARE OUT";
    "plain view to a share", "share-secure-view", "DEPLOYER", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT", "GRANT USAGE ON SCHEMA SALES.OPEN TO SHARE OUT"],
        no "GRANT SELECT ON VIEW SALES.OPEN.PLAIN TO SHARE OUT", yes "GRANT SELECT ON VIEW SALES.OPEN.SAFE TO SHARE OUT";
    "view that reads another database", "share-reference-usage-first", "DEPLOYER", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT", "GRANT USAGE ON SCHEMA SALES.OPEN TO SHARE OUT"],
        no "GRANT SELECT ON VIEW SALES.OPEN.WIDE TO SHARE OUT", yes "GRANT REFERENCE_USAGE ON DATABASE OTHER TO SHARE OUT";
    "REFERENCE_USAGE before USAGE", "share-usage-before-reference", "DEPLOYER", NONE,
        no "GRANT REFERENCE_USAGE ON DATABASE OTHER TO SHARE OUT", yes "GRANT USAGE ON DATABASE OTHER TO SHARE OUT";
    "future grant to a share", "share-no-future", "DEPLOYER", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT", "GRANT USAGE ON SCHEMA SALES.OPEN TO SHARE OUT"],
        no "GRANT SELECT ON FUTURE TABLES IN SCHEMA SALES.OPEN TO SHARE OUT", yes "GRANT SELECT ON ALL TABLES IN SCHEMA SALES.OPEN TO SHARE OUT";
    "write privilege to a share", "share-privileges", "DEPLOYER", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT", "GRANT USAGE ON SCHEMA SALES.OPEN TO SHARE OUT"],
        no "GRANT INSERT ON TABLE SALES.OPEN.ORDERS TO SHARE OUT", yes "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO SHARE OUT";
    "database role that may write to a share", "shared-database-role-privileges", "DEPLOYER", &["GRANT INSERT ON TABLE SALES.OPEN.ORDERS TO DATABASE ROLE SALES.WRITER", "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO DATABASE ROLE SALES.READER", "GRANT USAGE ON DATABASE SALES TO SHARE OUT"],
        no "GRANT DATABASE ROLE SALES.WRITER TO SHARE OUT", yes "GRANT DATABASE ROLE SALES.READER TO SHARE OUT";
    "database role with future grants to a share", "future-shared-database-role", "DEPLOYER", &["GRANT USAGE ON DATABASE SALES TO ROLE ACCOUNTADMIN", "GRANT SELECT ON FUTURE TABLES IN SCHEMA SALES.OPEN TO DATABASE ROLE SALES.READER", "GRANT USAGE ON DATABASE SALES TO SHARE OUT"],
        no "GRANT DATABASE ROLE SALES.READER TO SHARE OUT", yes "GRANT DATABASE ROLE SALES.WRITER TO SHARE OUT";
    "database role granted to a shared one", "shared-database-role-hierarchy", "DEPLOYER", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT", "GRANT DATABASE ROLE SALES.READER TO SHARE OUT"],
        no "GRANT DATABASE ROLE SALES.WRITER TO DATABASE ROLE SALES.READER", yes "GRANT DATABASE ROLE SALES.READER TO DATABASE ROLE SALES.WRITER";
    "sharing a database role that inherits another", "shared-database-role-hierarchy", "DEPLOYER", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT", "GRANT DATABASE ROLE SALES.READER TO DATABASE ROLE SALES.WRITER"],
        no "GRANT DATABASE ROLE SALES.WRITER TO SHARE OUT", yes "GRANT DATABASE ROLE SALES.READER TO SHARE OUT";
    "view of several databases through a database role", "share-view-through-database-role", "DEPLOYER", &["GRANT SELECT ON VIEW SALES.OPEN.WIDE TO DATABASE ROLE SALES.READER", "GRANT SELECT ON VIEW SALES.OPEN.SAFE TO DATABASE ROLE SALES.WRITER", "GRANT USAGE ON DATABASE SALES TO SHARE OUT"],
        no "GRANT DATABASE ROLE SALES.READER TO SHARE OUT", yes "GRANT DATABASE ROLE SALES.WRITER TO SHARE OUT";
    "consumer of an empty share", "share-needs-database", "DEPLOYER", &["USE ROLE DEPLOYER", "CREATE SHARE FILLED", "GRANT USAGE ON DATABASE SALES TO SHARE FILLED"],
        no "ALTER SHARE OUT ADD ACCOUNTS = ACME.PARTNER", yes "ALTER SHARE FILLED ADD ACCOUNTS = ACME.PARTNER";

    // Policies.
    "masking policy that returns another type", "masking-return-type", "DEPLOYER", NONE,
        no "CREATE MASKING POLICY SALES.OPEN.M AS (VAL NUMBER) RETURNS VARCHAR -> '***'", yes "CREATE MASKING POLICY SALES.OPEN.M AS (VAL VARCHAR) RETURNS VARCHAR -> '***'";
    "masking policy with a branch of another type", "masking-body-type", "DEPLOYER", NONE,
        no "CREATE MASKING POLICY SALES.OPEN.M AS (VAL NUMBER) RETURNS NUMBER -> CASE WHEN IS_ROLE_IN_SESSION('ANALYST') THEN VAL ELSE '***' END", yes "CREATE MASKING POLICY SALES.OPEN.M AS (VAL NUMBER) RETURNS NUMBER -> CASE WHEN IS_ROLE_IN_SESSION('ANALYST') THEN VAL ELSE NULL END";
    "masking policy on a column of another type", "masking-column-type", "DEPLOYER", POLICIES,
        no "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN AMOUNT SET MASKING POLICY SALES.OPEN.MASK", yes "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN AMOUNT SET MASKING POLICY SALES.OPEN.ZERO";
    "second masking policy on a column", "masking-one-per-column", "DEPLOYER", &["USE ROLE DEPLOYER", "CREATE MASKING POLICY SALES.OPEN.MASK AS (VAL VARCHAR) RETURNS VARCHAR -> '***'", "CREATE MASKING POLICY SALES.OPEN.MASK2 AS (VAL VARCHAR) RETURNS VARCHAR -> '#'", "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN EMAIL SET MASKING POLICY SALES.OPEN.MASK"],
        no "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN EMAIL SET MASKING POLICY SALES.OPEN.MASK2", yes "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN EMAIL SET MASKING POLICY SALES.OPEN.MASK2 FORCE";
    "replacing an attached masking policy", "policy-attached", "DEPLOYER", &["USE ROLE DEPLOYER", "CREATE MASKING POLICY SALES.OPEN.MASK AS (VAL VARCHAR) RETURNS VARCHAR -> '***'", "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN EMAIL SET MASKING POLICY SALES.OPEN.MASK"],
        no "CREATE OR REPLACE MASKING POLICY SALES.OPEN.MASK AS (VAL VARCHAR) RETURNS VARCHAR -> '#'", yes "ALTER MASKING POLICY SALES.OPEN.MASK SET BODY -> '#'";
    "dropping an attached row access policy", "policy-attached", "DEPLOYER", &["USE ROLE DEPLOYER", "CREATE ROW ACCESS POLICY SALES.OPEN.R1 AS (R VARCHAR) RETURNS BOOLEAN -> TRUE", "CREATE ROW ACCESS POLICY SALES.OPEN.R2 AS (R VARCHAR) RETURNS BOOLEAN -> TRUE", "ALTER TABLE SALES.OPEN.ORDERS ADD ROW ACCESS POLICY SALES.OPEN.R1 ON (REGION)"],
        no "DROP ROW ACCESS POLICY SALES.OPEN.R1", yes "DROP ROW ACCESS POLICY SALES.OPEN.R2";
    "policy set by a role without APPLY", "policy-apply", "STEWARD", &["USE ROLE DEPLOYER", "CREATE MASKING POLICY SALES.OPEN.MASK AS (VAL VARCHAR) RETURNS VARCHAR -> '***'", "USE ROLE ACCOUNTADMIN", "GRANT USAGE ON DATABASE SALES TO ROLE STEWARD", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE STEWARD", "GRANT APPLY ON MASKING POLICY SALES.OPEN.MASK TO ROLE STEWARD", "GRANT APPLY TAG ON ACCOUNT TO ROLE STEWARD"],
        no "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN EMAIL SET MASKING POLICY SALES.OPEN.MASK", yes "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN EMAIL SET TAG SALES.OPEN.CLASS = 'pii'";
    "row access policy that returns text", "row-access-boolean", "DEPLOYER", NONE,
        no "CREATE ROW ACCESS POLICY SALES.OPEN.R AS (R VARCHAR) RETURNS VARCHAR -> R", yes "CREATE ROW ACCESS POLICY SALES.OPEN.R AS (R VARCHAR) RETURNS BOOLEAN -> R = 'EU'";
    "second row access policy", "row-access-one", "DEPLOYER", &["USE ROLE DEPLOYER", "CREATE ROW ACCESS POLICY SALES.OPEN.R1 AS (R VARCHAR) RETURNS BOOLEAN -> TRUE", "CREATE ROW ACCESS POLICY SALES.OPEN.R2 AS (R VARCHAR) RETURNS BOOLEAN -> TRUE", "ALTER TABLE SALES.OPEN.ORDERS ADD ROW ACCESS POLICY SALES.OPEN.R1 ON (REGION)"],
        no "ALTER TABLE SALES.OPEN.ORDERS ADD ROW ACCESS POLICY SALES.OPEN.R2 ON (REGION)", yes "ALTER TABLE SALES.OPEN.ORDERS DROP ROW ACCESS POLICY SALES.OPEN.R1, ADD ROW ACCESS POLICY SALES.OPEN.R2 ON (REGION)";
    "row access policy on the wrong number of columns", "row-access-signature", "DEPLOYER", POLICIES,
        no "ALTER TABLE SALES.OPEN.ORDERS ADD ROW ACCESS POLICY SALES.OPEN.REGIONS ON (REGION, EMAIL)", yes "ALTER TABLE SALES.OPEN.ORDERS ADD ROW ACCESS POLICY SALES.OPEN.REGIONS ON (REGION)";
    "masked column in a row access signature", "policy-column-exclusive", "DEPLOYER", &["USE ROLE DEPLOYER", "CREATE MASKING POLICY SALES.OPEN.MASK AS (VAL VARCHAR) RETURNS VARCHAR -> '***'", "CREATE ROW ACCESS POLICY SALES.OPEN.R1 AS (R VARCHAR) RETURNS BOOLEAN -> TRUE", "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN EMAIL SET MASKING POLICY SALES.OPEN.MASK"],
        no "ALTER TABLE SALES.OPEN.ORDERS ADD ROW ACCESS POLICY SALES.OPEN.R1 ON (EMAIL)", yes "ALTER TABLE SALES.OPEN.ORDERS ADD ROW ACCESS POLICY SALES.OPEN.R1 ON (REGION)";
    "schema whose policy protects another schema", "container-in-use", "DEPLOYER", &["USE ROLE DEPLOYER", "CREATE SCHEMA SALES.GOV", "CREATE MASKING POLICY SALES.GOV.MASK AS (VAL VARCHAR) RETURNS VARCHAR -> '***'", "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN EMAIL SET MASKING POLICY SALES.GOV.MASK"],
        no "DROP SCHEMA SALES.GOV", yes "DROP SCHEMA SALES.OPEN";

    "schema whose tag is set in another schema", "container-in-use", "DEPLOYER", &["USE ROLE DEPLOYER", "CREATE SCHEMA SALES.GOV", "CREATE TAG SALES.GOV.T", "ALTER TABLE SALES.OPEN.ORDERS MODIFY COLUMN EMAIL SET TAG SALES.GOV.T = 'x'"],
        no "DROP SCHEMA SALES.GOV", yes "DROP SCHEMA SALES.OPEN";
    "dropping a shared database", "container-shared", "DEPLOYER", &["GRANT USAGE ON DATABASE SALES TO SHARE OUT"],
        no "DROP DATABASE SALES", yes "DROP DATABASE OTHER";

    // Tags.
    "tag value that is not allowed", "tag-allowed-values", "DEPLOYER", NONE,
        no "ALTER TABLE SALES.OPEN.ORDERS SET TAG SALES.OPEN.CLASS = 'secret'", yes "ALTER TABLE SALES.OPEN.ORDERS SET TAG SALES.OPEN.CLASS = 'pii'";
    "allowed values after the comment", "tag-allowed-values-first", "DEPLOYER", NONE,
        no "CREATE TAG SALES.OPEN.T COMMENT = 'x' ALLOWED_VALUES 'a'", yes "CREATE TAG SALES.OPEN.T ALLOWED_VALUES 'a' COMMENT = 'x'";
    "propagating tag by a role without APPLY TAG", "tag-propagate", "DEPLOYER", NONE,
        no "CREATE TAG SALES.OPEN.T PROPAGATE = ON_DEPENDENCY", yes "CREATE TAG SALES.OPEN.T";
    "tag set by a role without APPLY", "tag-apply", "ANALYST", &["GRANT USAGE ON DATABASE SALES TO ROLE ANALYST", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ANALYST", "GRANT APPLY ON TAG SALES.OPEN.CLASS TO ROLE ANALYST", "GRANT CREATE TABLE ON SCHEMA SALES.OPEN TO ROLE ANALYST", "GRANT SELECT ON TABLE SALES.OPEN.ORDERS TO ROLE ANALYST"],
        no "ALTER TABLE SALES.OPEN.ORDERS SET TAG SALES.OPEN.CLASS = 'pii'", yes "CREATE TABLE SALES.OPEN.T (A NUMBER) WITH TAG (SALES.OPEN.CLASS = 'pii')";
    "second policy of one type on a tag", "tag-one-policy-per-type", "ACCOUNTADMIN", &["USE ROLE DEPLOYER", "CREATE MASKING POLICY SALES.OPEN.MASK AS (VAL VARCHAR) RETURNS VARCHAR -> '***'", "CREATE MASKING POLICY SALES.OPEN.MASK2 AS (VAL VARCHAR) RETURNS VARCHAR -> '#'", "CREATE MASKING POLICY SALES.OPEN.ZERO AS (VAL NUMBER) RETURNS NUMBER -> 0", "USE ROLE ACCOUNTADMIN", "GRANT USAGE ON DATABASE SALES TO ROLE ACCOUNTADMIN", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ACCOUNTADMIN", "ALTER TAG SALES.OPEN.CLASS SET MASKING POLICY SALES.OPEN.MASK"],
        no "ALTER TAG SALES.OPEN.CLASS SET MASKING POLICY SALES.OPEN.MASK2", yes "ALTER TAG SALES.OPEN.CLASS SET MASKING POLICY SALES.OPEN.ZERO";
    "policy on a tag without the global privilege", "tag-policy-authority", "DEPLOYER", POLICIES,
        no "ALTER TAG SALES.OPEN.CLASS SET MASKING POLICY SALES.OPEN.MASK", yes "ALTER TAG SALES.OPEN.CLASS SET COMMENT = 'x'";
    "dropping a tag that carries a policy", "tag-drop-with-policy", "DEPLOYER", &["USE ROLE DEPLOYER", "CREATE TAG SALES.OPEN.FREE", "CREATE MASKING POLICY SALES.OPEN.MASK AS (VAL VARCHAR) RETURNS VARCHAR -> '***'", "USE ROLE ACCOUNTADMIN", "GRANT USAGE ON DATABASE SALES TO ROLE ACCOUNTADMIN", "GRANT USAGE ON SCHEMA SALES.OPEN TO ROLE ACCOUNTADMIN", "ALTER TAG SALES.OPEN.CLASS SET MASKING POLICY SALES.OPEN.MASK"],
        no "DROP TAG SALES.OPEN.CLASS", yes "DROP TAG SALES.OPEN.FREE";

    // Settings and rows.
    "91 days of Time Travel", "retention", "DEPLOYER", NONE,
        no "CREATE DATABASE X DATA_RETENTION_TIME_IN_DAYS = 91", yes "CREATE DATABASE X DATA_RETENTION_TIME_IN_DAYS = 90";
    "30 days of Time Travel on a transient table", "retention", "DEPLOYER", NONE,
        no "CREATE TRANSIENT TABLE SALES.OPEN.T (A NUMBER) DATA_RETENTION_TIME_IN_DAYS = 30", yes "CREATE TABLE SALES.OPEN.T (A NUMBER) DATA_RETENTION_TIME_IN_DAYS = 30";
    "warehouse size that does not exist", "setting", "DEPLOYER", NONE,
        no "CREATE WAREHOUSE W WAREHOUSE_SIZE = HUGE", yes "CREATE WAREHOUSE W WAREHOUSE_SIZE = 'X-LARGE'";
    "fewest clusters above most", "setting", "DEPLOYER", NONE,
        no "CREATE WAREHOUSE W MIN_CLUSTER_COUNT = 3 MAX_CLUSTER_COUNT = 2", yes "CREATE WAREHOUSE W MIN_CLUSTER_COUNT = 2 MAX_CLUSTER_COUNT = 3";
    "monitor with two suspend triggers", "setting", "ACCOUNTADMIN", NONE,
        no "CREATE RESOURCE MONITOR M WITH CREDIT_QUOTA = 10 TRIGGERS ON 90 PERCENT DO SUSPEND ON 100 PERCENT DO SUSPEND", yes "CREATE RESOURCE MONITOR M WITH CREDIT_QUOTA = 10 TRIGGERS ON 90 PERCENT DO SUSPEND ON 100 PERCENT DO SUSPEND_IMMEDIATE";
    "address that is none", "network-address", "DEPLOYER", NONE,
        no "CREATE NETWORK POLICY N ALLOWED_IP_LIST = ('10.0.0.256')", yes "CREATE NETWORK POLICY N ALLOWED_IP_LIST = ('10.0.0.0/8')";
    "NULL in a NOT NULL column", "row-shape", "DEPLOYER", NONE,
        no "/* with LOAD */ INSERT INTO SALES.OPEN.ORDERS (ID, EMAIL) VALUES (NULL, 'a@b.c')", yes "/* with LOAD */ INSERT INTO SALES.OPEN.ORDERS (ID, EMAIL) VALUES (1, 'a@b.c')";
}

/// Kinds that only a Standard account has.
const STANDARD: &[Refusal] = &[
    Refusal {
        kind: "masking policy on Standard Edition",
        rule: "edition",
        edition: Edition::Standard,
        role: "DEPLOYER",
        prepare: NONE,
        refused: "CREATE MASKING POLICY SALES.OPEN.M AS (VAL VARCHAR) RETURNS VARCHAR -> '***'",
        accepted: "CREATE TAG SALES.OPEN.T",
    },
    Refusal {
        kind: "row access policy on Standard Edition",
        rule: "edition",
        edition: Edition::Standard,
        role: "DEPLOYER",
        prepare: NONE,
        refused: "CREATE ROW ACCESS POLICY SALES.OPEN.R AS (R VARCHAR) RETURNS BOOLEAN -> TRUE",
        accepted: "CREATE SECURE VIEW SALES.OPEN.V AS SELECT ID FROM SALES.OPEN.ORDERS WHERE REGION = 'EU'",
    },
    Refusal {
        kind: "tag propagation on Standard Edition",
        rule: "edition",
        edition: Edition::Standard,
        role: "DEPLOYER",
        prepare: NONE,
        refused: "CREATE TAG SALES.OPEN.T PROPAGATE = ON_DEPENDENCY",
        accepted: "CREATE TAG SALES.OPEN.T COMMENT = 'by hand'",
    },
    Refusal {
        kind: "multi-cluster warehouse on Standard Edition",
        rule: "edition-clusters",
        edition: Edition::Standard,
        role: "DEPLOYER",
        prepare: NONE,
        refused: "CREATE WAREHOUSE W MAX_CLUSTER_COUNT = 2",
        accepted: "CREATE WAREHOUSE W MAX_CLUSTER_COUNT = 1",
    },
    Refusal {
        kind: "two days of Time Travel on Standard Edition",
        rule: "retention",
        edition: Edition::Standard,
        role: "DEPLOYER",
        prepare: NONE,
        refused: "CREATE DATABASE X DATA_RETENTION_TIME_IN_DAYS = 2",
        accepted: "CREATE DATABASE X DATA_RETENTION_TIME_IN_DAYS = 1",
    },
];

/// Every kind of corrupted request.
pub static REFUSALS: &[&[Refusal]] = &[ENTERPRISE, STANDARD];

/// Runs one row; an error is a preparation that failed, which is a defect of the table.
pub fn drive(refusal: &Refusal) -> Result<Verdict, SqlError> {
    let mut account = Account::new(Options {
        edition: refusal.edition,
        ..Options::default()
    });
    let mut session = account.admin_session();
    for sql in WORLD.iter().chain(refusal.prepare) {
        account.execute(&mut session, sql)?;
    }
    // From here on only what the row says is active, except where it asks for secondary roles.
    let secondary = refusal.refused.starts_with("/* secondary */");
    session = account.admin_session();
    account.execute(&mut session, &format!("USE ROLE {}", refusal.role))?;
    if !secondary {
        account.execute(&mut session, "USE SECONDARY ROLES NONE")?;
    }
    // A row about reading takes any warehouse it may use; the others have none.
    if refusal.refused.starts_with("SELECT") && refusal.rule != "warehouse-needed" {
        account.execute(&mut session, "USE WAREHOUSE W")?;
    }
    if refusal.refused.starts_with("/* with LOAD */") {
        account.execute(&mut session, "USE WAREHOUSE LOAD")?;
    }
    let before = account.dump();
    let mut corrupted = account.clone();
    let refused = corrupted
        .execute(&mut session.clone(), refusal.refused)
        .err();
    let changed = corrupted.dump() != before;
    let twin = account.execute(&mut session, refusal.accepted).err();
    Ok(Verdict {
        refused,
        changed,
        twin,
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::print_stdout,
        clippy::panic,
        reason = "The counts are the test's report, and a panic is its failure message."
    )]
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_corrupted_request_is_refused_and_every_twin_accepted() {
        let mut wrong = Vec::new();
        let mut kinds = BTreeSet::new();
        let mut rules = BTreeSet::new();
        for refusal in REFUSALS.iter().copied().flatten() {
            assert!(kinds.insert(refusal.kind), "twice: {}", refusal.kind);
            assert!(
                super::super::RULES
                    .iter()
                    .any(|rule| rule.id == refusal.rule),
                "{} names no rule",
                refusal.kind
            );
            rules.insert(refusal.rule);
            match drive(refusal) {
                Err(error) => wrong.push(format!("{}: preparation: {error}", refusal.kind)),
                Ok(verdict) if !verdict.is_right(refusal) => wrong.push(format!(
                    "{} [{}]: refused {:?}, changed {}, twin {:?}",
                    refusal.kind,
                    refusal.rule,
                    verdict.refused.map(|e| format!("{} {e}", e.rule.id)),
                    verdict.changed,
                    verdict.twin.map(|e| e.to_string())
                )),
                Ok(_) => {}
            }
        }
        println!(
            "snowflake: {} kinds of corrupted request under {} rules, {} wrong",
            kinds.len(),
            rules.len(),
            wrong.len()
        );
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
        assert!(kinds.len() >= 30);
    }
}
