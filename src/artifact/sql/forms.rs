//! What each statement is called: its fixed words, with `…` where something else stands.
//! `docs/targets/snowflake.md` lists every one of them with its reason, and a test holds it to that.

use super::statement::Statement;

macro_rules! forms {
    ($($variant:ident = $form:literal,)*) => {
        /// Every form, in the order in which statements are declared.
        pub const FORMS: &[&str] = &[$($form),*];

        impl Statement {
            /// Its form.
            pub const fn form(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $form,)* }
            }
        }
    };
}

forms! {
    UseRole = "USE ROLE",
    CreateDatabase = "CREATE DATABASE IF NOT EXISTS",
    CreateSchema = "CREATE SCHEMA IF NOT EXISTS … WITH MANAGED ACCESS",
    CreateTable = "CREATE TABLE IF NOT EXISTS",
    AddColumn = "ALTER TABLE … ADD COLUMN IF NOT EXISTS",
    SetRetention = "ALTER TABLE … SET DATA_RETENTION_TIME_IN_DAYS",
    SetComment = "COMMENT ON … IS",
    SetColumnComment = "COMMENT ON COLUMN … IS",
    CreateWarehouse = "CREATE WAREHOUSE IF NOT EXISTS … INITIALLY_SUSPENDED = TRUE",
    SetWarehouse = "ALTER WAREHOUSE … SET WAREHOUSE_SIZE = … AUTO_SUSPEND = … AUTO_RESUME = TRUE",
    SetWarehouseMonitor = "ALTER WAREHOUSE … SET RESOURCE_MONITOR =",
    CreateMonitor = "CREATE RESOURCE MONITOR IF NOT EXISTS … FREQUENCY = MONTHLY START_TIMESTAMP = IMMEDIATELY",
    SetMonitor = "ALTER RESOURCE MONITOR … SET CREDIT_QUOTA = … TRIGGERS",
    CreateTag = "CREATE TAG IF NOT EXISTS",
    SetTagValues = "ALTER TAG … SET ALLOWED_VALUES",
    CreateMaskingPolicy = "CREATE MASKING POLICY IF NOT EXISTS",
    SetMaskingBody = "ALTER MASKING POLICY … SET BODY ->",
    SetColumnMask = "ALTER TABLE … MODIFY COLUMN … SET MASKING POLICY … FORCE",
    UnsetColumnMask = "ALTER TABLE … MODIFY COLUMN … UNSET MASKING POLICY",
    CreateView = "CREATE OR REPLACE SECURE VIEW … COPY GRANTS",
    CreateJoinedView = "CREATE OR REPLACE SECURE VIEW … ( … ) … COPY GRANTS … AS SELECT … FROM … AS",
    CreateRole = "CREATE ROLE IF NOT EXISTS",
    CreateDatabaseRole = "CREATE DATABASE ROLE IF NOT EXISTS",
    CreateShare = "CREATE SHARE IF NOT EXISTS",
    AddAccount = "ALTER SHARE … ADD ACCOUNTS =",
    RemoveAccount = "ALTER SHARE … REMOVE ACCOUNTS =",
    SetTags = "ALTER … SET TAG",
    SetColumnTags = "ALTER TABLE … MODIFY COLUMN … SET TAG",
    Grant = "GRANT … ON … TO",
    Revoke = "REVOKE … ON … FROM",
    GrantOwnership = "GRANT OWNERSHIP ON … COPY CURRENT GRANTS",
    GrantRole = "GRANT ROLE … TO ROLE",
    RevokeRole = "REVOKE ROLE … FROM ROLE",
    GrantDatabaseRole = "GRANT DATABASE ROLE … TO",
    RevokeDatabaseRole = "REVOKE DATABASE ROLE … FROM",
}
