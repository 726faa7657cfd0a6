//! The grammar: a statement's text becomes one [`Statement`].
//!
//! Parsing never looks at the account; what a statement means is decided by the engine. The grammar
//! covers what a data mesh needs; anything else is a syntax error here, as it is for the vendor's
//! parser, or is reported as not modelled where we know the command.

mod alter;
mod create;
mod cursor;
mod expr;
mod grant;
mod show;

use super::error::SqlError;
use super::name::Name;
use super::object::ObjectType;
use super::types::DataType;

pub(crate) use cursor::Cursor;
pub(crate) use expr::{
    Binary, Expr, FromItem, JoinKind, Query, Select, SelectItem, SetOperation, Source, Unary,
};

/// A possibly qualified name, as written and folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path(pub(crate) Vec<Name>);

/// How a CREATE treats an object that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    OrReplace,
    IfNotExists,
}

/// A value of a `KEY = value` property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Text(String),
    Number(String),
    Word(String),
    List(Vec<Setting>),
}

impl Setting {
    /// The value as one text, whatever it was written as.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Word(text) => text.clone(),
            Self::List(items) => items.iter().map(Self::text).collect::<Vec<_>>().join(","),
        }
    }
}

/// Properties in the order written.
pub(crate) type Settings = Vec<(String, Setting)>;

/// A tag and the value to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagValue {
    pub(crate) tag: Path,
    pub(crate) value: String,
}

/// A masking policy to set on a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MaskingRef {
    pub(crate) policy: Path,
    pub(crate) using: Vec<Name>,
}

/// A row access policy to set on a table or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowAccessRef {
    pub(crate) policy: Path,
    pub(crate) columns: Vec<Name>,
}

/// A column of CREATE TABLE or ADD COLUMN.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnDef {
    pub(crate) name: Name,
    pub(crate) data_type: DataType,
    pub(crate) not_null: bool,
    pub(crate) primary_key: bool,
    pub(crate) default: Option<Expr>,
    pub(crate) default_text: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) masking: Option<MaskingRef>,
    pub(crate) tags: Vec<TagValue>,
}

/// A column of CREATE VIEW.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ViewColumn {
    pub(crate) name: Name,
    pub(crate) comment: Option<String>,
    pub(crate) masking: Option<MaskingRef>,
    pub(crate) tags: Vec<TagValue>,
}

/// The signature and body of a policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PolicyDef {
    pub(crate) arguments: Vec<(Name, DataType)>,
    pub(crate) returns: DataType,
    pub(crate) body: Expr,
    /// The body as written, for DESCRIBE.
    pub(crate) text: String,
}

/// What a CREATE creates.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Creation {
    Database {
        transient: bool,
    },
    Schema {
        transient: bool,
        managed: bool,
    },
    Table {
        transient: bool,
        columns: Vec<ColumnDef>,
        primary_key: Vec<Name>,
        row_access: Option<RowAccessRef>,
        copy_grants: bool,
        copy_tags: bool,
        query: Option<Query>,
    },
    View {
        secure: bool,
        columns: Vec<ViewColumn>,
        row_access: Option<RowAccessRef>,
        copy_grants: bool,
        copy_tags: bool,
        query: Query,
        /// The whole statement, for SHOW VIEWS.
        text: String,
    },
    Warehouse,
    ResourceMonitor {
        triggers: Vec<(u32, String)>,
    },
    NetworkPolicy,
    Role,
    DatabaseRole,
    User,
    Share,
    Tag {
        allowed: Option<Vec<String>>,
    },
    MaskingPolicy(PolicyDef),
    RowAccessPolicy(PolicyDef),
}

/// A CREATE statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Create {
    pub(crate) mode: Mode,
    pub(crate) object: ObjectType,
    pub(crate) name: Path,
    pub(crate) what: Creation,
    pub(crate) settings: Settings,
    pub(crate) tags: Vec<TagValue>,
}

/// What an ALTER changes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    Rename(Path),
    Set(Settings),
    Unset(Vec<String>),
    SetTags(Vec<TagValue>),
    UnsetTags(Vec<Path>),
    ManagedAccess(bool),
    Secure(bool),
    AddColumns {
        columns: Vec<ColumnDef>,
        if_not_exists: bool,
    },
    DropColumns {
        names: Vec<Name>,
        if_exists: bool,
    },
    RenameColumn {
        from: Name,
        to: Name,
    },
    Column {
        name: Name,
        change: ColumnChange,
    },
    AddRowAccess(RowAccessRef),
    DropRowAccess(Path),
    SwapRowAccess {
        drop: Path,
        add: RowAccessRef,
    },
    DropAllRowAccess,
    SetBody {
        body: Box<Expr>,
        text: String,
    },
    AddAllowedValues(Vec<String>),
    DropAllowedValues(Vec<String>),
    SetAllowedValues(Vec<String>),
    SetTagMasking {
        policies: Vec<Path>,
        force: bool,
    },
    UnsetTagMasking(Vec<Path>),
    Suspend,
    Resume {
        if_suspended: bool,
    },
    AddAccounts(Vec<String>),
    RemoveAccounts(Vec<String>),
    SetAccounts(Vec<String>),
    Triggers(Settings, Vec<(u32, String)>),
}

/// What ALTER TABLE ... MODIFY COLUMN changes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ColumnChange {
    SetMasking { masking: MaskingRef, force: bool },
    UnsetMasking,
    SetTags(Vec<TagValue>),
    UnsetTags(Vec<Path>),
    Comment(String),
    UnsetComment,
    Type(DataType),
    SetNotNull,
    DropNotNull,
    DropDefault,
}

/// Who receives or loses a privilege.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GranteeRef {
    Role(Path),
    DatabaseRole(Path),
    User(Path),
    Share(Path),
}

/// The object or objects that a GRANT names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Account,
    One(ObjectType, Path),
    All(ObjectType, ObjectType, Path),
    Future(ObjectType, ObjectType, Path),
}

/// The privileges that a GRANT names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Privileges {
    All,
    These(Vec<String>),
}

/// What happens to outbound privileges when ownership moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Current {
    Keep,
    Copy,
    Revoke,
}

/// What a SHOW lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    Objects {
        object: ObjectType,
        terse: bool,
        like: Option<String>,
        scope: Scope,
        starts_with: Option<String>,
        limit: Option<usize>,
    },
    Columns(Scope),
    GrantsOfMine,
    GrantsOnAccount,
    GrantsOn(ObjectType, Path),
    GrantsTo(GranteeRef),
    GrantsOf(GranteeRef),
    FutureGrantsIn(ObjectType, Path),
    FutureGrantsTo(GranteeRef),
    Parameters,
}

/// Where a SHOW looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Session,
    Account,
    Database(Option<Path>),
    Schema(Option<Path>),
    Table(Path),
}

/// The roles of USE SECONDARY ROLES.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecondaryRoles {
    All,
    None,
    These(Vec<Name>),
}

/// What a USE sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Role(Path),
    /// ALL, NONE or the roles named.
    SecondaryRoles(SecondaryRoles),
    Warehouse(Path),
    Database(Path),
    Schema(Path),
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Statement {
    Create(Box<Create>),
    Alter {
        object: ObjectType,
        if_exists: bool,
        name: Option<Path>,
        change: Box<Change>,
    },
    AlterSession,
    Drop {
        object: ObjectType,
        if_exists: bool,
        name: Path,
        restrict: bool,
    },
    Describe {
        object: ObjectType,
        name: Path,
    },
    Show(Show),
    Use(Use),
    Grant {
        privileges: Privileges,
        target: Target,
        to: GranteeRef,
        grant_option: bool,
    },
    Revoke {
        privileges: Privileges,
        target: Target,
        from: GranteeRef,
        option_only: bool,
        cascade: bool,
    },
    GrantRole {
        role: GranteeRef,
        to: GranteeRef,
        grant_option: bool,
    },
    RevokeRole {
        role: GranteeRef,
        from: GranteeRef,
    },
    GrantOwnership {
        target: Target,
        to: GranteeRef,
        current: Current,
    },
    Comment {
        object: ObjectType,
        if_exists: bool,
        name: Path,
        column: Option<Name>,
        text: String,
    },
    Query(Box<Query>),
    Insert {
        table: Path,
        columns: Vec<Name>,
        rows: InsertRows,
    },
    Truncate {
        table: Path,
        if_exists: bool,
    },
    Transaction,
}

/// The rows of an INSERT.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum InsertRows {
    Values(Vec<Vec<Expr>>),
    Query(Box<Query>),
}

/// Parses one statement; a trailing semicolon is allowed, a second statement is not.
pub(crate) fn parse(sql: &str) -> Result<Statement, SqlError> {
    let mut cursor = Cursor::new(sql)?;
    let statement = statement(&mut cursor)?;
    cursor.eat_symbol(";");
    if cursor.at_end() {
        return Ok(statement);
    }
    cursor.unexpected()
}

/// Parses a dotted name that stands in a text, as arguments of functions do.
pub(crate) fn parse_path(text: &str, most: usize) -> Result<Path, SqlError> {
    let mut cursor = Cursor::new(text)?;
    let path = cursor.path(most)?;
    if cursor.at_end() {
        return Ok(path);
    }
    cursor.unexpected()
}

fn statement(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    let Some(first) = cursor.word() else {
        if cursor.at_symbol("(") {
            return Ok(Statement::Query(Box::new(expr::query(cursor)?)));
        }
        return cursor.unexpected();
    };
    match first.as_str() {
        "CREATE" => create::create(cursor),
        "ALTER" => alter::alter(cursor),
        "DROP" => alter::drop(cursor),
        "COMMENT" => alter::comment(cursor),
        "DESC" | "DESCRIBE" => show::describe(cursor),
        "SHOW" => show::show(cursor),
        "USE" => show::use_(cursor),
        "GRANT" => grant::grant(cursor),
        "REVOKE" => grant::revoke(cursor),
        "SELECT" | "WITH" | "VALUES" => Ok(Statement::Query(Box::new(expr::query(cursor)?))),
        "INSERT" => expr::insert(cursor),
        "TRUNCATE" => {
            cursor.expect(&["TRUNCATE"])?;
            cursor.eat(&["TABLE"]);
            let if_exists = cursor.eat(&["IF", "EXISTS"]);
            Ok(Statement::Truncate {
                table: cursor.path(3)?,
                if_exists,
            })
        }
        "BEGIN" | "START" | "COMMIT" | "ROLLBACK" => {
            // DDL commits on its own, so a transaction around it changes nothing here.
            cursor.advance();
            cursor.eat(&["TRANSACTION"]);
            cursor.eat(&["WORK"]);
            Ok(Statement::Transaction)
        }
        "UNDROP" | "CALL" | "COPY" | "PUT" | "GET" | "LIST" | "REMOVE" | "DELETE" | "UPDATE"
        | "MERGE" | "EXECUTE" | "EXPLAIN" | "SET" | "UNSET" => {
            Err(SqlError::not_modelled(format!("the command {first}")))
        }
        _ => cursor.unexpected(),
    }
}
