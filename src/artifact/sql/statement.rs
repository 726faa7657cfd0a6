//! The statements that exist: one variant per form, nothing free in them but identifiers and
//! strings. What is not a variant cannot be emitted.

use jiff::civil::Date;

use super::ident::{AccountName, InDatabase, InSchema, SqlIdent, SqlString, SqlType};

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statement {
    /// `USE ROLE`.
    UseRole(SqlIdent),
    /// `CREATE DATABASE IF NOT EXISTS`.
    CreateDatabase(SqlIdent),
    /// `CREATE SCHEMA IF NOT EXISTS … WITH MANAGED ACCESS`: owners of objects in it cannot grant.
    CreateSchema(InDatabase),
    /// `CREATE TABLE IF NOT EXISTS`.
    CreateTable {
        /// Its name.
        table: InSchema,
        /// Its columns.
        columns: Vec<ColumnDef>,
        /// The columns that identify a row; informational.
        primary_key: Vec<SqlIdent>,
    },
    /// `ALTER TABLE … ADD COLUMN IF NOT EXISTS`: a table that was there before gets the column too.
    AddColumn {
        /// The table.
        table: InSchema,
        /// The column.
        column: ColumnDef,
    },
    /// `ALTER TABLE … SET DATA_RETENTION_TIME_IN_DAYS`.
    SetRetention {
        /// The table.
        table: InSchema,
        /// Days for which replaced and deleted rows can be brought back.
        days: u64,
    },
    /// `COMMENT ON`.
    SetComment {
        /// What it is on.
        on: Object,
        /// What it says.
        comment: SqlString,
    },
    /// `COMMENT ON COLUMN`.
    SetColumnComment {
        /// The table.
        table: InSchema,
        /// The column.
        column: SqlIdent,
        /// What it says.
        comment: SqlString,
    },
    /// `CREATE WAREHOUSE IF NOT EXISTS … INITIALLY_SUSPENDED`.
    CreateWarehouse(SqlIdent),
    /// `ALTER WAREHOUSE … SET`.
    SetWarehouse {
        /// The warehouse.
        warehouse: SqlIdent,
        /// How large it is.
        size: WarehouseSize,
        /// Seconds of idling after which it stops.
        auto_suspend: u64,
        /// What it is for.
        comment: SqlString,
    },
    /// `ALTER WAREHOUSE … SET RESOURCE_MONITOR`.
    SetWarehouseMonitor {
        /// The warehouse.
        warehouse: SqlIdent,
        /// The monitor.
        monitor: SqlIdent,
    },
    /// `CREATE RESOURCE MONITOR IF NOT EXISTS`, counting by the month.
    CreateMonitor {
        /// The monitor.
        monitor: SqlIdent,
        /// Credits in a month.
        credits: u64,
    },
    /// `ALTER RESOURCE MONITOR … SET CREDIT_QUOTA`, with what happens at which share of it.
    SetMonitor {
        /// The monitor.
        monitor: SqlIdent,
        /// Credits in a month.
        credits: u64,
        /// What happens when.
        triggers: Vec<Trigger>,
    },
    /// `CREATE TAG IF NOT EXISTS`.
    CreateTag {
        /// The tag.
        tag: InSchema,
        /// What it says.
        comment: SqlString,
    },
    /// `ALTER TAG … SET ALLOWED_VALUES`.
    SetTagValues {
        /// The tag.
        tag: InSchema,
        /// The only values that it takes.
        values: Vec<SqlString>,
    },
    /// `CREATE MASKING POLICY IF NOT EXISTS`, closed: it shows nobody anything.
    CreateMaskingPolicy {
        /// The policy.
        policy: InSchema,
        /// The type of the columns that it masks.
        data_type: SqlType,
    },
    /// `ALTER MASKING POLICY … SET BODY`: who sees values in clear.
    SetMaskingBody {
        /// The policy.
        policy: InSchema,
        /// Whether it masks text; other types are masked as `NULL`.
        text: bool,
        /// Who sees values in clear.
        clear_for: Vec<ClearFor>,
    },
    /// `ALTER TABLE … MODIFY COLUMN … SET MASKING POLICY … FORCE`.
    SetColumnMask {
        /// The table.
        table: InSchema,
        /// The column.
        column: SqlIdent,
        /// The policy.
        policy: InSchema,
    },
    /// `ALTER TABLE … MODIFY COLUMN … UNSET MASKING POLICY`.
    UnsetColumnMask {
        /// The table.
        table: InSchema,
        /// The column.
        column: SqlIdent,
    },
    /// `CREATE OR REPLACE SECURE VIEW … COPY GRANTS`: some columns of one table.
    CreateView {
        /// The view.
        view: InSchema,
        /// What it is.
        comment: SqlString,
        /// Its tags; a view that is replaced keeps its grants but loses its tags.
        tags: Vec<(InSchema, SqlString)>,
        /// The columns that it shows.
        columns: Vec<SqlIdent>,
        /// The table.
        table: InSchema,
        /// The rows that it shows: those of any of these; every row if there is none.
        slices: Vec<Slice>,
    },
    /// `CREATE OR REPLACE SECURE VIEW … COPY GRANTS`: columns of several tables. Masks and tags stand
    /// in the statement itself, since a view that is replaced loses what was set on it afterwards.
    CreateJoinedView {
        /// The view.
        view: InSchema,
        /// Its columns.
        columns: Vec<ViewColumn>,
        /// What it is.
        comment: SqlString,
        /// Its tags.
        tags: Vec<(InSchema, SqlString)>,
        /// The tables that it reads, in the order in which they are joined.
        tables: Vec<JoinedTable>,
    },
    /// `CREATE ROLE IF NOT EXISTS`.
    CreateRole {
        /// The role.
        role: SqlIdent,
        /// What it is.
        comment: SqlString,
    },
    /// `CREATE DATABASE ROLE IF NOT EXISTS`.
    CreateDatabaseRole {
        /// The role.
        role: InDatabase,
        /// What it is.
        comment: SqlString,
    },
    /// `CREATE SHARE IF NOT EXISTS`.
    CreateShare {
        /// The share.
        share: SqlIdent,
        /// What it is.
        comment: SqlString,
    },
    /// `ALTER SHARE … ADD ACCOUNTS`.
    AddAccount {
        /// The share.
        share: SqlIdent,
        /// Who reads it.
        account: AccountName,
    },
    /// `ALTER SHARE … REMOVE ACCOUNTS`.
    RemoveAccount {
        /// The share.
        share: SqlIdent,
        /// Who read it.
        account: AccountName,
    },
    /// `ALTER … SET TAG`.
    SetTags {
        /// What they are on.
        on: Object,
        /// Tags and their values.
        tags: Vec<(InSchema, SqlString)>,
    },
    /// `ALTER TABLE … MODIFY COLUMN … SET TAG`.
    SetColumnTags {
        /// The table.
        table: InSchema,
        /// The column.
        column: SqlIdent,
        /// Tags and their values.
        tags: Vec<(InSchema, SqlString)>,
    },
    /// `GRANT … ON … TO`.
    Grant {
        /// What it allows.
        privileges: Vec<Privilege>,
        /// On what.
        on: Securable,
        /// To whom.
        to: Grantee,
    },
    /// `REVOKE … ON … FROM`.
    Revoke {
        /// What it no longer allows.
        privileges: Vec<Privilege>,
        /// On what.
        on: Securable,
        /// From whom.
        from: Grantee,
    },
    /// `GRANT OWNERSHIP … COPY CURRENT GRANTS`.
    GrantOwnership {
        /// Of what.
        on: Object,
        /// To which account role.
        to: SqlIdent,
    },
    /// `GRANT ROLE`.
    GrantRole {
        /// The role.
        role: SqlIdent,
        /// The role that inherits it.
        to: SqlIdent,
    },
    /// `REVOKE ROLE`.
    RevokeRole {
        /// The role.
        role: SqlIdent,
        /// The role that inherited it.
        from: SqlIdent,
    },
    /// `GRANT DATABASE ROLE`.
    GrantDatabaseRole {
        /// The role.
        role: InDatabase,
        /// Who inherits it.
        to: Grantee,
    },
    /// `REVOKE DATABASE ROLE`.
    RevokeDatabaseRole {
        /// The role.
        role: InDatabase,
        /// Who inherited it.
        from: Grantee,
    },
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnDef {
    /// Its name.
    pub name: SqlIdent,
    /// Its type.
    pub data_type: SqlType,
    /// Whether it always has a value.
    pub not_null: bool,
}

/// Rows that a view shows: those that meet every condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slice {
    /// The values that a column may have.
    pub only: Vec<(SqlIdent, Vec<SqlValue>)>,
    /// Only before this day (UTC).
    pub before: Option<Date>,
}

impl Slice {
    /// Whether it shows every row for ever.
    pub fn is_everything(&self) -> bool {
        self.only.is_empty() && self.before.is_none()
    }

    /// Whether it shows every row that another one shows.
    pub fn covers(&self, other: &Self) -> bool {
        let lasts = match (self.before, other.before) {
            (None, _) => true,
            (Some(own), Some(other)) => own >= other,
            (Some(_), None) => false,
        };
        let shows = |(column, values): &(SqlIdent, Vec<SqlValue>)| {
            let mut same = other.only.iter().filter(|(name, _)| name == column);
            same.any(|(_, fewer)| fewer.iter().all(|value| values.contains(value)))
        };
        lasts && self.only.iter().all(shows)
    }
}

/// A constant that a column is compared with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SqlValue {
    /// Text.
    Text(SqlString),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A day.
    Date(Date),
}

/// A column of a view of several tables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewColumn {
    /// Its name.
    pub name: SqlIdent,
    /// The policy that masks it.
    pub mask: Option<InSchema>,
    /// Its own tags.
    pub tags: Vec<(InSchema, SqlString)>,
    /// What it means.
    pub comment: Option<SqlString>,
    /// The alias of the table and the column that it shows.
    pub from: InDatabase,
}

/// A table of a view.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JoinedTable {
    /// The table, or a view of it.
    pub table: InSchema,
    /// What it is called in the view.
    pub alias: SqlIdent,
    /// The columns that are equal, as alias and column; none for the first table.
    pub on: Vec<[InDatabase; 2]>,
}

/// An account role that sees values in clear.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClearFor {
    /// The role's name, as it is stored.
    pub role: SqlString,
    /// It sees them before this day only (UTC).
    pub before: Option<Date>,
}

/// Something with a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// A database.
    Database(SqlIdent),
    /// A schema.
    Schema(InDatabase),
    /// A table.
    Table(InSchema),
    /// A view.
    View(InSchema),
    /// A warehouse.
    Warehouse(SqlIdent),
    /// A tag.
    Tag(InSchema),
}

impl Object {
    /// Its type's keyword.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Database(_) => "DATABASE",
            Self::Schema(_) => "SCHEMA",
            Self::Table(_) => "TABLE",
            Self::View(_) => "VIEW",
            Self::Warehouse(_) => "WAREHOUSE",
            Self::Tag(_) => "TAG",
        }
    }

    /// The parts of its name.
    pub fn path(&self) -> &[SqlIdent] {
        match self {
            Self::Database(name) | Self::Warehouse(name) => std::slice::from_ref(name),
            Self::Schema(path) => path,
            Self::Table(path) | Self::View(path) | Self::Tag(path) => path,
        }
    }
}

/// What a privilege is on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Securable {
    /// The account.
    Account,
    /// One thing.
    One(Object),
    /// Every table that is in a schema now.
    AllTables(InDatabase),
    /// Every table that will be made in a schema.
    FutureTables(InDatabase),
}

/// Who holds a privilege or a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grantee {
    /// An account role.
    Role(SqlIdent),
    /// A database role.
    DatabaseRole(InDatabase),
    /// A share.
    Share(SqlIdent),
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $words:expr,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = concat!("`", stringify!($variant), "`.")] $variant,)* }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its keywords.
            pub const fn words(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $words,)* }
            }
        }
    };
}

words! {
    /// What may be granted (docs.snowflake.com/en/user-guide/security-access-control-privileges).
    Privilege {
        Apply = &["APPLY"],
        ApplyMaskingPolicy = &["APPLY", "MASKING", "POLICY"],
        CreateDatabase = &["CREATE", "DATABASE"],
        CreateRole = &["CREATE", "ROLE"],
        CreateSchema = &["CREATE", "SCHEMA"],
        CreateShare = &["CREATE", "SHARE"],
        CreateTable = &["CREATE", "TABLE"],
        CreateWarehouse = &["CREATE", "WAREHOUSE"],
        Delete = &["DELETE"],
        Insert = &["INSERT"],
        ManageGrants = &["MANAGE", "GRANTS"],
        Operate = &["OPERATE"],
        References = &["REFERENCES"],
        ReferenceUsage = &["REFERENCE_USAGE"],
        Select = &["SELECT"],
        Truncate = &["TRUNCATE"],
        Update = &["UPDATE"],
        Usage = &["USAGE"],
    }
}

words! {
    /// How large a warehouse is.
    WarehouseSize {
        XSmall = &["XSMALL"],
        Small = &["SMALL"],
        Medium = &["MEDIUM"],
        Large = &["LARGE"],
        XLarge = &["XLARGE"],
    }
}

words! {
    /// What a resource monitor does.
    MonitorAction {
        Notify = &["NOTIFY"],
        Suspend = &["SUSPEND"],
        SuspendImmediate = &["SUSPEND_IMMEDIATE"],
    }
}

/// What a resource monitor does at a share of its quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Trigger {
    /// Percent of the quota.
    pub percent: u64,
    /// What it does then.
    pub action: MonitorAction,
}

impl Statement {
    /// What takes it back, where something does: how a plan revokes what has expired or is gone.
    pub fn undo(&self) -> Option<Self> {
        match self.clone() {
            Self::Grant { privileges, on, to } => Some(Self::Revoke {
                privileges,
                on,
                from: to,
            }),
            Self::GrantRole { role, to } => Some(Self::RevokeRole { role, from: to }),
            Self::GrantDatabaseRole { role, to } => {
                Some(Self::RevokeDatabaseRole { role, from: to })
            }
            Self::AddAccount { share, account } => Some(Self::RemoveAccount { share, account }),
            Self::SetColumnMask { table, column, .. } => {
                Some(Self::UnsetColumnMask { table, column })
            }
            _ => None,
        }
    }
}
