//! CREATE statements.

use super::super::error::{SqlError, rules};
use super::super::object::ObjectType;
use super::expr::{data_type, expr, query};
use super::{
    ColumnDef, Create, Creation, Cursor, MaskingRef, Mode, PolicyDef, RowAccessRef, Settings,
    Statement, TagValue, ViewColumn,
};
use crate::snowflake::name::Name;

const DATABASE_KEYS: &[&str] = &[
    "COMMENT",
    "DATA_RETENTION_TIME_IN_DAYS",
    "DEFAULT_DDL_COLLATION",
    "LOG_LEVEL",
    "MAX_DATA_EXTENSION_TIME_IN_DAYS",
    "TRACE_LEVEL",
];
const SCHEMA_KEYS: &[&str] = DATABASE_KEYS;
const TABLE_KEYS: &[&str] = &[
    "CHANGE_TRACKING",
    "COMMENT",
    "DATA_RETENTION_TIME_IN_DAYS",
    "DEFAULT_DDL_COLLATION",
    "ENABLE_SCHEMA_EVOLUTION",
    "MAX_DATA_EXTENSION_TIME_IN_DAYS",
];
pub(super) const WAREHOUSE_KEYS: &[&str] = &[
    "AUTO_RESUME",
    "AUTO_SUSPEND",
    "COMMENT",
    "ENABLE_QUERY_ACCELERATION",
    "GENERATION",
    "INITIALLY_SUSPENDED",
    "MAX_CLUSTER_COUNT",
    "MAX_CONCURRENCY_LEVEL",
    "MIN_CLUSTER_COUNT",
    "QUERY_ACCELERATION_MAX_SCALE_FACTOR",
    "RESOURCE_CONSTRAINT",
    "RESOURCE_MONITOR",
    "SCALING_POLICY",
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
    "STATEMENT_TIMEOUT_IN_SECONDS",
    "WAREHOUSE_SIZE",
    "WAREHOUSE_TYPE",
    "WAIT_FOR_COMPLETION",
];
pub(super) const MONITOR_KEYS: &[&str] = &[
    "CREDIT_QUOTA",
    "END_TIMESTAMP",
    "FREQUENCY",
    "NOTIFY_USERS",
    "START_TIMESTAMP",
];
pub(super) const USER_KEYS: &[&str] = &[
    "COMMENT",
    "DAYS_TO_EXPIRY",
    "DEFAULT_NAMESPACE",
    "DEFAULT_ROLE",
    "DEFAULT_SECONDARY_ROLES",
    "DEFAULT_WAREHOUSE",
    "DISABLED",
    "DISPLAY_NAME",
    "EMAIL",
    "FIRST_NAME",
    "LAST_NAME",
    "LOGIN_NAME",
    "MUST_CHANGE_PASSWORD",
    "NETWORK_POLICY",
    "PASSWORD",
    "RSA_PUBLIC_KEY",
    "RSA_PUBLIC_KEY_2",
    "TYPE",
];
pub(super) const NETWORK_KEYS: &[&str] = &[
    "ALLOWED_IP_LIST",
    "ALLOWED_NETWORK_RULE_LIST",
    "BLOCKED_IP_LIST",
    "BLOCKED_NETWORK_RULE_LIST",
    "COMMENT",
];

pub(super) fn create(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    cursor.expect(&["CREATE"])?;
    let replace = cursor.eat(&["OR", "REPLACE"]);
    if cursor.at(&["OR", "ALTER"]) {
        return Err(SqlError::not_modelled("CREATE OR ALTER"));
    }
    let secure = cursor.eat(&["SECURE"]);
    if cursor.at(&["TEMPORARY"]) || cursor.at(&["TEMP"]) || cursor.at(&["VOLATILE"]) {
        return Err(SqlError::not_modelled("temporary objects"));
    }
    let transient = cursor.eat(&["TRANSIENT"]);
    if cursor.at(&["RECURSIVE"]) {
        return Err(SqlError::not_modelled("recursive views"));
    }
    let before = cursor.mark();
    let object = cursor.object_type()?;
    let allowed = match object {
        ObjectType::View => !transient,
        ObjectType::Table | ObjectType::Schema | ObjectType::Database => !secure,
        ObjectType::Account => false,
        _ => !secure && !transient,
    };
    if !allowed {
        cursor.reset(before);
        return cursor.unexpected();
    }
    if !object.is_modelled() {
        return Err(SqlError::not_modelled(format!("CREATE {object}")));
    }
    let if_not_exists = cursor.eat(&["IF", "NOT", "EXISTS"]);
    if replace && if_not_exists {
        return Err(SqlError::compilation(
            &rules::EXCLUSIVE_CLAUSES,
            "options IF NOT EXISTS and OR REPLACE are incompatible.",
        ));
    }
    let mode = match (replace, if_not_exists) {
        (true, _) => Mode::OrReplace,
        (_, true) => Mode::IfNotExists,
        _ => Mode::Plain,
    };
    let name = cursor.path_of(object)?;
    let mut settings = Settings::new();
    let mut tags = Vec::new();
    let what = match object {
        ObjectType::Database => {
            refuse_clone(cursor)?;
            options(cursor, DATABASE_KEYS, &mut settings, &mut tags)?;
            Creation::Database { transient }
        }
        ObjectType::Schema => {
            refuse_clone(cursor)?;
            let managed = cursor.eat(&["WITH", "MANAGED", "ACCESS"]);
            options(cursor, SCHEMA_KEYS, &mut settings, &mut tags)?;
            Creation::Schema { transient, managed }
        }
        ObjectType::Table => table(cursor, transient, &mut settings, &mut tags)?,
        ObjectType::View => view(cursor, secure, &mut settings, &mut tags)?,
        ObjectType::Warehouse => {
            if !cursor.at(&["WITH", "TAG"]) {
                cursor.eat(&["WITH"]);
            }
            options(cursor, WAREHOUSE_KEYS, &mut settings, &mut tags)?;
            Creation::Warehouse
        }
        ObjectType::ResourceMonitor => {
            cursor.eat(&["WITH"]);
            settings = cursor.settings(MONITOR_KEYS)?;
            Creation::ResourceMonitor {
                triggers: triggers(cursor)?,
            }
        }
        ObjectType::NetworkPolicy => {
            options(cursor, NETWORK_KEYS, &mut settings, &mut tags)?;
            Creation::NetworkPolicy
        }
        ObjectType::Role => {
            options(cursor, &["COMMENT"], &mut settings, &mut tags)?;
            Creation::Role
        }
        ObjectType::DatabaseRole => {
            settings = cursor.settings(&["COMMENT"])?;
            Creation::DatabaseRole
        }
        ObjectType::User => {
            options(cursor, USER_KEYS, &mut settings, &mut tags)?;
            Creation::User
        }
        ObjectType::Share => {
            settings = cursor.settings(&["COMMENT", "SECURE_OBJECTS_ONLY"])?;
            Creation::Share
        }
        ObjectType::Tag => {
            let allowed = if cursor.eat(&["ALLOWED_VALUES"]) {
                Some(cursor.texts()?)
            } else {
                None
            };
            settings = cursor.settings(&["MULTI_VALUE", "PROPAGATE", "ON_CONFLICT", "COMMENT"])?;
            if cursor.at(&["ALLOWED_VALUES"]) {
                return Err(SqlError {
                    rule: &rules::TAG_ALLOWED_FIRST,
                    ..match cursor.unexpected::<()>() {
                        Err(error) => error,
                        Ok(()) => SqlError::compilation(&rules::SYNTAX, ""),
                    }
                });
            }
            Creation::Tag { allowed }
        }
        ObjectType::MaskingPolicy => {
            let policy = policy(cursor)?;
            settings = cursor.settings(&["COMMENT", "EXEMPT_OTHER_POLICIES"])?;
            Creation::MaskingPolicy(policy)
        }
        ObjectType::RowAccessPolicy => {
            let policy = policy(cursor)?;
            settings = cursor.settings(&["COMMENT"])?;
            Creation::RowAccessPolicy(policy)
        }
        _ => return Err(SqlError::not_modelled(format!("CREATE {object}"))),
    };
    Ok(Statement::Create(Box::new(Create {
        mode,
        object,
        name,
        what,
        settings,
        tags,
    })))
}

fn refuse_clone(cursor: &Cursor<'_>) -> Result<(), SqlError> {
    if cursor.at(&["CLONE"]) || cursor.at(&["FROM", "SHARE"]) || cursor.at(&["AS", "REPLICA"]) {
        return Err(SqlError::not_modelled(
            "clones, imported databases and replicas",
        ));
    }
    Ok(())
}

/// `KEY = value` pairs and `[WITH] TAG (...)`, in any order.
fn options(
    cursor: &mut Cursor<'_>,
    keys: &[&str],
    settings: &mut Settings,
    tags: &mut Vec<TagValue>,
) -> Result<(), SqlError> {
    loop {
        let more = cursor.settings(keys)?;
        let found = !more.is_empty();
        for (key, value) in more {
            if settings.iter().any(|(known, _)| *known == key) {
                return cursor.unexpected();
            }
            settings.push((key, value));
        }
        if cursor.eat(&["WITH", "TAG"]) || cursor.eat(&["TAG"]) {
            tags.extend(cursor.tag_list()?);
        } else if !found {
            return Ok(());
        }
    }
}

/// `TRIGGERS ON n PERCENT DO action ...`
pub(super) fn triggers(cursor: &mut Cursor<'_>) -> Result<Vec<(u32, String)>, SqlError> {
    let mut list = Vec::new();
    if !cursor.eat(&["TRIGGERS"]) {
        return Ok(list);
    }
    while cursor.eat(&["ON"]) {
        let percent = cursor.integer()?;
        cursor.expect(&["PERCENT", "DO"])?;
        let action = match cursor.word().as_deref() {
            Some(action @ ("NOTIFY" | "SUSPEND" | "SUSPEND_IMMEDIATE")) => action.to_owned(),
            _ => return cursor.unexpected(),
        };
        cursor.advance();
        list.push((percent, action));
    }
    if list.is_empty() {
        return cursor.unexpected();
    }
    Ok(list)
}

fn table(
    cursor: &mut Cursor<'_>,
    transient: bool,
    settings: &mut Settings,
    tags: &mut Vec<TagValue>,
) -> Result<Creation, SqlError> {
    if cursor.at(&["LIKE"]) || cursor.at(&["CLONE"]) || cursor.at(&["USING"]) {
        return Err(SqlError::not_modelled(
            "CREATE TABLE ... LIKE, CLONE, USING TEMPLATE",
        ));
    }
    let mut columns = Vec::new();
    let mut primary_key = Vec::new();
    if cursor.eat_symbol("(") {
        loop {
            let constraint = cursor.at(&["CONSTRAINT"])
                || cursor.at(&["PRIMARY", "KEY"])
                || cursor.at(&["UNIQUE"])
                || cursor.at(&["FOREIGN", "KEY"]);
            if constraint {
                table_constraint(cursor, &mut primary_key)?;
            } else {
                columns.push(column(cursor)?);
            }
            if !cursor.eat_symbol(",") {
                break;
            }
        }
        cursor.expect_symbol(")")?;
    }
    let mut row_access = None;
    let mut copy_grants = false;
    let mut copy_tags = false;
    loop {
        let before = cursor.mark();
        if cursor.eat(&["CLUSTER", "BY"]) {
            cursor.expect_symbol("(")?;
            loop {
                expr(cursor)?;
                if !cursor.eat_symbol(",") {
                    break;
                }
            }
            cursor.expect_symbol(")")?;
        } else if cursor.eat(&["COPY", "GRANTS"]) {
            copy_grants = true;
        } else if cursor.eat(&["COPY", "TAGS"]) {
            copy_tags = true;
        } else if cursor.at(&["WITH", "ROW"]) || cursor.at(&["ROW", "ACCESS"]) {
            cursor.eat(&["WITH"]);
            row_access = Some(row_access_ref(cursor)?);
        } else {
            options(cursor, TABLE_KEYS, settings, tags)?;
        }
        if cursor.mark() == before {
            break;
        }
    }
    let query = if cursor.eat(&["AS"]) {
        Some(query(cursor)?)
    } else {
        None
    };
    if columns.is_empty() && query.is_none() {
        return cursor.unexpected();
    }
    Ok(Creation::Table {
        transient,
        columns,
        primary_key,
        row_access,
        copy_grants,
        copy_tags,
        query,
    })
}

/// `ROW ACCESS POLICY name ON ( columns )`
pub(super) fn row_access_ref(cursor: &mut Cursor<'_>) -> Result<RowAccessRef, SqlError> {
    cursor.expect(&["ROW", "ACCESS", "POLICY"])?;
    let policy = cursor.path(3)?;
    cursor.expect(&["ON"])?;
    Ok(RowAccessRef {
        policy,
        columns: cursor.names_in_parens()?,
    })
}

/// `MASKING POLICY name [USING ( columns )]`
pub(super) fn masking_ref(cursor: &mut Cursor<'_>) -> Result<MaskingRef, SqlError> {
    cursor.expect(&["MASKING", "POLICY"])?;
    let policy = cursor.path(3)?;
    let using = if cursor.eat(&["USING"]) {
        cursor.names_in_parens()?
    } else {
        Vec::new()
    };
    Ok(MaskingRef { policy, using })
}

fn table_constraint(cursor: &mut Cursor<'_>, primary_key: &mut Vec<Name>) -> Result<(), SqlError> {
    if cursor.eat(&["CONSTRAINT"]) {
        cursor.name()?;
    }
    if cursor.eat(&["PRIMARY", "KEY"]) {
        if !primary_key.is_empty() {
            return cursor.unexpected();
        }
        *primary_key = cursor.names_in_parens()?;
    } else if cursor.eat(&["UNIQUE"]) {
        cursor.names_in_parens()?;
    } else {
        cursor.expect(&["FOREIGN", "KEY"])?;
        cursor.names_in_parens()?;
        cursor.expect(&["REFERENCES"])?;
        cursor.path(3)?;
        if cursor.at_symbol("(") {
            cursor.names_in_parens()?;
        }
    }
    constraint_properties(cursor);
    Ok(())
}

fn constraint_properties(cursor: &mut Cursor<'_>) {
    while cursor.eat(&["NOT", "ENFORCED"])
        || cursor.eat(&["ENFORCED"])
        || cursor.eat(&["RELY"])
        || cursor.eat(&["NORELY"])
        || cursor.eat(&["ENABLE"])
        || cursor.eat(&["DISABLE"])
        || cursor.eat(&["NOVALIDATE"])
    {}
}

/// One column definition.
pub(super) fn column(cursor: &mut Cursor<'_>) -> Result<ColumnDef, SqlError> {
    let name = cursor.name()?;
    let data_type = data_type(cursor)?;
    let mut column = ColumnDef {
        name,
        data_type,
        not_null: false,
        primary_key: false,
        default: None,
        default_text: None,
        comment: None,
        masking: None,
        tags: Vec::new(),
    };
    loop {
        if cursor.eat(&["NOT", "NULL"]) {
            column.not_null = true;
        } else if cursor.eat(&["NULL"]) {
            column.not_null = false;
        } else if cursor.eat(&["PRIMARY", "KEY"]) {
            column.primary_key = true;
            constraint_properties(cursor);
        } else if cursor.eat(&["UNIQUE"]) {
            constraint_properties(cursor);
        } else if cursor.eat(&["DEFAULT"]) {
            let start = cursor.offset();
            column.default = Some(expr(cursor)?);
            column.default_text = Some(cursor.text_since(start));
        } else if cursor.eat(&["COLLATE"]) {
            cursor.text()?;
        } else if cursor.at(&["WITH", "MASKING"]) || cursor.at(&["MASKING", "POLICY"]) {
            cursor.eat(&["WITH"]);
            column.masking = Some(masking_ref(cursor)?);
        } else if cursor.eat(&["WITH", "TAG"]) || cursor.eat(&["TAG"]) {
            column.tags.extend(cursor.tag_list()?);
        } else if cursor.eat(&["COMMENT"]) {
            column.comment = Some(cursor.text()?);
        } else if cursor.at(&["AUTOINCREMENT"]) || cursor.at(&["IDENTITY"]) {
            return Err(SqlError::not_modelled("AUTOINCREMENT columns"));
        } else if cursor.at(&["REFERENCES"])
            || cursor.at(&["FOREIGN"])
            || cursor.at(&["CONSTRAINT"])
        {
            return Err(SqlError::not_modelled(
                "inline foreign keys and named constraints",
            ));
        } else {
            return Ok(column);
        }
    }
}

fn view(
    cursor: &mut Cursor<'_>,
    secure: bool,
    settings: &mut Settings,
    tags: &mut Vec<TagValue>,
) -> Result<Creation, SqlError> {
    let mut columns = Vec::new();
    if cursor.eat_symbol("(") {
        loop {
            let mut column = ViewColumn {
                name: cursor.name()?,
                comment: None,
                masking: None,
                tags: Vec::new(),
            };
            loop {
                if cursor.at(&["WITH", "MASKING"]) || cursor.at(&["MASKING", "POLICY"]) {
                    cursor.eat(&["WITH"]);
                    column.masking = Some(masking_ref(cursor)?);
                } else if cursor.eat(&["WITH", "TAG"]) || cursor.eat(&["TAG"]) {
                    column.tags.extend(cursor.tag_list()?);
                } else if cursor.eat(&["COMMENT"]) {
                    column.comment = Some(cursor.text()?);
                } else {
                    break;
                }
            }
            columns.push(column);
            if !cursor.eat_symbol(",") {
                break;
            }
        }
        cursor.expect_symbol(")")?;
    }
    let mut row_access = None;
    let mut copy_grants = false;
    let mut copy_tags = false;
    loop {
        let before = cursor.mark();
        if cursor.eat(&["COPY", "GRANTS"]) {
            copy_grants = true;
        } else if cursor.eat(&["COPY", "TAGS"]) {
            copy_tags = true;
        } else if cursor.at(&["WITH", "ROW"]) || cursor.at(&["ROW", "ACCESS"]) {
            cursor.eat(&["WITH"]);
            row_access = Some(row_access_ref(cursor)?);
        } else {
            options(cursor, &["COMMENT", "CHANGE_TRACKING"], settings, tags)?;
        }
        if cursor.mark() == before {
            break;
        }
    }
    cursor.expect(&["AS"])?;
    let query = query(cursor)?;
    Ok(Creation::View {
        secure,
        columns,
        row_access,
        copy_grants,
        copy_tags,
        query,
        text: cursor.sql().trim_end().trim_end_matches(';').to_owned(),
    })
}

fn policy(cursor: &mut Cursor<'_>) -> Result<PolicyDef, SqlError> {
    cursor.expect(&["AS"])?;
    cursor.expect_symbol("(")?;
    let mut arguments = Vec::new();
    loop {
        let name = cursor.name()?;
        arguments.push((name, data_type(cursor)?));
        if !cursor.eat_symbol(",") {
            break;
        }
    }
    cursor.expect_symbol(")")?;
    cursor.expect(&["RETURNS"])?;
    let returns = data_type(cursor)?;
    cursor.expect_symbol("->")?;
    let (body, text) = body(cursor)?;
    Ok(PolicyDef {
        arguments,
        returns,
        body,
        text,
    })
}

/// A policy body: an expression and its own text.
pub(super) fn body(cursor: &mut Cursor<'_>) -> Result<(super::Expr, String), SqlError> {
    let start = cursor.offset();
    let body = expr(cursor)?;
    Ok((body, cursor.text_since(start)))
}
