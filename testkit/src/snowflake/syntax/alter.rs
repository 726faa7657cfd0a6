//! ALTER, DROP and COMMENT statements.

use super::super::error::SqlError;
use super::super::object::ObjectType;
use super::create::{
    MONITOR_KEYS, NETWORK_KEYS, USER_KEYS, WAREHOUSE_KEYS, body, column, masking_ref,
    row_access_ref, triggers,
};
use super::expr::data_type;
use super::{Change, ColumnChange, Cursor, Path, Statement, TagValue};
use crate::snowflake::name::Name;

pub(super) fn alter(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    cursor.expect(&["ALTER"])?;
    if cursor.eat(&["SESSION"]) {
        // The driver sets session parameters; none of them matters to this account.
        cursor.expect(&["SET"])?;
        while !cursor.at_end() && !cursor.at_symbol(";") {
            cursor.advance();
        }
        return Ok(Statement::AlterSession);
    }
    let object = cursor.object_type()?;
    if object == ObjectType::Account {
        let change = Box::new(account(cursor)?);
        return Ok(Statement::Alter {
            object,
            if_exists: false,
            name: None,
            change,
        });
    }
    if !object.is_modelled() {
        return Err(SqlError::not_modelled(format!("ALTER {object}")));
    }
    let if_exists = cursor.eat(&["IF", "EXISTS"]);
    let name = cursor.path_of(object)?;
    let change = Box::new(change(cursor, object)?);
    Ok(Statement::Alter {
        object,
        if_exists,
        name: Some(name),
        change,
    })
}

fn account(cursor: &mut Cursor<'_>) -> Result<Change, SqlError> {
    if cursor.eat(&["SET", "TAG"]) {
        return Ok(Change::SetTags(tag_values(cursor)?));
    }
    if cursor.eat(&["UNSET", "TAG"]) {
        return Ok(Change::UnsetTags(tag_names(cursor)?));
    }
    let keys = &[
        "NETWORK_POLICY",
        "RESOURCE_MONITOR",
        "DATA_RETENTION_TIME_IN_DAYS",
    ];
    if cursor.eat(&["SET"]) {
        let settings = cursor.settings(keys)?;
        if settings.is_empty() {
            return cursor.unexpected();
        }
        return Ok(Change::Set(settings));
    }
    cursor.expect(&["UNSET"])?;
    Ok(Change::Unset(unset_keys(cursor, keys)?))
}

fn change(cursor: &mut Cursor<'_>, object: ObjectType) -> Result<Change, SqlError> {
    if cursor.eat(&["RENAME", "TO"]) {
        return Ok(Change::Rename(cursor.path_of(object)?));
    }
    if cursor.eat(&["SET", "TAG"]) {
        return Ok(Change::SetTags(tag_values(cursor)?));
    }
    if cursor.eat(&["UNSET", "TAG"]) {
        return Ok(Change::UnsetTags(tag_names(cursor)?));
    }
    match object {
        ObjectType::Schema => {
            if cursor.eat(&["ENABLE", "MANAGED", "ACCESS"]) {
                return Ok(Change::ManagedAccess(true));
            }
            if cursor.eat(&["DISABLE", "MANAGED", "ACCESS"]) {
                return Ok(Change::ManagedAccess(false));
            }
        }
        ObjectType::Table => return table(cursor),
        ObjectType::View => return view(cursor),
        ObjectType::MaskingPolicy | ObjectType::RowAccessPolicy if cursor.eat(&["SET", "BODY"]) => {
            cursor.expect_symbol("->")?;
            let (body, text) = body(cursor)?;
            return Ok(Change::SetBody {
                body: Box::new(body),
                text,
            });
        }
        ObjectType::Tag => {
            if let Some(change) = tag(cursor)? {
                return Ok(change);
            }
        }
        ObjectType::Warehouse => {
            if cursor.eat(&["SUSPEND"]) {
                return Ok(Change::Suspend);
            }
            if cursor.eat(&["RESUME"]) {
                let if_suspended = cursor.eat(&["IF", "SUSPENDED"]);
                return Ok(Change::Resume { if_suspended });
            }
        }
        ObjectType::Share => {
            if let Some(change) = share(cursor)? {
                return Ok(change);
            }
        }
        ObjectType::ResourceMonitor => {
            let set = cursor.eat(&["SET"]);
            let settings = cursor.settings(MONITOR_KEYS)?;
            let triggers = triggers(cursor)?;
            if (settings.is_empty() && triggers.is_empty()) || (!set && !settings.is_empty()) {
                return cursor.unexpected();
            }
            return Ok(Change::Triggers(settings, triggers));
        }
        _ => {}
    }
    let keys = keys(object);
    if cursor.eat(&["SET"]) {
        let settings = cursor.settings(keys)?;
        if settings.is_empty() {
            return cursor.unexpected();
        }
        return Ok(Change::Set(settings));
    }
    if cursor.eat(&["UNSET"]) {
        return Ok(Change::Unset(unset_keys(cursor, keys)?));
    }
    cursor.unexpected()
}

fn keys(object: ObjectType) -> &'static [&'static str] {
    match object {
        ObjectType::Database | ObjectType::Schema => &[
            "COMMENT",
            "DATA_RETENTION_TIME_IN_DAYS",
            "DEFAULT_DDL_COLLATION",
            "MAX_DATA_EXTENSION_TIME_IN_DAYS",
        ],
        ObjectType::Warehouse => WAREHOUSE_KEYS,
        ObjectType::User => USER_KEYS,
        ObjectType::NetworkPolicy => NETWORK_KEYS,
        ObjectType::Tag => &["MULTI_VALUE", "PROPAGATE", "ON_CONFLICT", "COMMENT"],
        ObjectType::Share => &["COMMENT", "SECURE_OBJECTS_ONLY"],
        _ => &["COMMENT"],
    }
}

fn unset_keys(cursor: &mut Cursor<'_>, keys: &[&str]) -> Result<Vec<String>, SqlError> {
    let mut list = Vec::new();
    loop {
        match cursor.word() {
            Some(word) if keys.contains(&word.as_str()) => list.push(word),
            _ => return cursor.unexpected(),
        }
        cursor.advance();
        if !cursor.eat_symbol(",") {
            return Ok(list);
        }
    }
}

fn tag_values(cursor: &mut Cursor<'_>) -> Result<Vec<TagValue>, SqlError> {
    let mut tags = vec![cursor.tag_value()?];
    while cursor.eat_symbol(",") {
        tags.push(cursor.tag_value()?);
    }
    Ok(tags)
}

fn tag_names(cursor: &mut Cursor<'_>) -> Result<Vec<Path>, SqlError> {
    let mut tags = vec![cursor.path(3)?];
    while cursor.eat_symbol(",") {
        tags.push(cursor.path(3)?);
    }
    Ok(tags)
}

fn tag(cursor: &mut Cursor<'_>) -> Result<Option<Change>, SqlError> {
    if cursor.eat(&["ADD", "ALLOWED_VALUES"]) {
        return Ok(Some(Change::AddAllowedValues(cursor.texts()?)));
    }
    if cursor.eat(&["DROP", "ALLOWED_VALUES"]) {
        return Ok(Some(Change::DropAllowedValues(cursor.texts()?)));
    }
    if cursor.eat(&["SET", "ALLOWED_VALUES"]) {
        return Ok(Some(Change::SetAllowedValues(cursor.texts()?)));
    }
    if cursor.eat(&["UNSET", "ALLOWED_VALUES"]) {
        return Ok(Some(Change::Unset(vec!["ALLOWED_VALUES".into()])));
    }
    if cursor.at(&["SET", "MASKING", "POLICY"]) {
        cursor.advance();
        let policies = masking_list(cursor)?;
        let force = cursor.eat(&["FORCE"]);
        return Ok(Some(Change::SetTagMasking { policies, force }));
    }
    if cursor.at(&["UNSET", "MASKING", "POLICY"]) {
        cursor.advance();
        return Ok(Some(Change::UnsetTagMasking(masking_list(cursor)?)));
    }
    Ok(None)
}

/// `MASKING POLICY p [, MASKING POLICY q ...]`
fn masking_list(cursor: &mut Cursor<'_>) -> Result<Vec<Path>, SqlError> {
    let mut list = Vec::new();
    loop {
        cursor.expect(&["MASKING", "POLICY"])?;
        list.push(cursor.path(3)?);
        if !cursor.eat_symbol(",") {
            return Ok(list);
        }
    }
}

fn share(cursor: &mut Cursor<'_>) -> Result<Option<Change>, SqlError> {
    let add = cursor.eat(&["ADD", "ACCOUNTS"]);
    let remove = !add && cursor.eat(&["REMOVE", "ACCOUNTS"]);
    let set = !add && !remove && cursor.eat(&["SET", "ACCOUNTS"]);
    if !add && !remove && !set {
        return Ok(None);
    }
    cursor.expect_symbol("=")?;
    let mut accounts = Vec::new();
    loop {
        accounts.push(super::super::name::dotted_raw(&cursor.path(2)?.0));
        if !cursor.eat_symbol(",") {
            break;
        }
    }
    if cursor.eat(&["SHARE_RESTRICTIONS"]) {
        cursor.expect_symbol("=")?;
        if !cursor.eat(&["TRUE"]) {
            cursor.expect(&["FALSE"])?;
        }
    }
    Ok(Some(if add {
        Change::AddAccounts(accounts)
    } else if remove {
        Change::RemoveAccounts(accounts)
    } else {
        Change::SetAccounts(accounts)
    }))
}

fn table(cursor: &mut Cursor<'_>) -> Result<Change, SqlError> {
    if let Some(change) = row_access(cursor)? {
        return Ok(change);
    }
    if cursor.eat(&["ADD"]) {
        cursor.eat(&["COLUMN"]);
        let if_not_exists = cursor.eat(&["IF", "NOT", "EXISTS"]);
        let mut columns = vec![column(cursor)?];
        while cursor.eat_symbol(",") {
            columns.push(column(cursor)?);
        }
        return Ok(Change::AddColumns {
            columns,
            if_not_exists,
        });
    }
    if cursor.eat(&["DROP"]) {
        cursor.eat(&["COLUMN"]);
        let if_exists = cursor.eat(&["IF", "EXISTS"]);
        let mut names = vec![cursor.name()?];
        while cursor.eat_symbol(",") {
            names.push(cursor.name()?);
        }
        return Ok(Change::DropColumns { names, if_exists });
    }
    if cursor.eat(&["RENAME", "COLUMN"]) {
        let from = cursor.name()?;
        cursor.expect(&["TO"])?;
        return Ok(Change::RenameColumn {
            from,
            to: cursor.name()?,
        });
    }
    if cursor.eat(&["MODIFY"]) || cursor.eat(&["ALTER"]) {
        return column_change(cursor);
    }
    if cursor.at(&["SWAP"]) || cursor.at(&["CLUSTER"]) {
        return Err(SqlError::not_modelled(
            "ALTER TABLE ... SWAP WITH, CLUSTER BY",
        ));
    }
    let keys = &[
        "CHANGE_TRACKING",
        "COMMENT",
        "DATA_RETENTION_TIME_IN_DAYS",
        "DEFAULT_DDL_COLLATION",
        "ENABLE_SCHEMA_EVOLUTION",
        "MAX_DATA_EXTENSION_TIME_IN_DAYS",
    ];
    if cursor.eat(&["SET"]) {
        let settings = cursor.settings(keys)?;
        if settings.is_empty() {
            return cursor.unexpected();
        }
        return Ok(Change::Set(settings));
    }
    if cursor.eat(&["UNSET"]) {
        return Ok(Change::Unset(unset_keys(cursor, keys)?));
    }
    cursor.unexpected()
}

fn view(cursor: &mut Cursor<'_>) -> Result<Change, SqlError> {
    if let Some(change) = row_access(cursor)? {
        return Ok(change);
    }
    if cursor.eat(&["SET", "SECURE"]) {
        return Ok(Change::Secure(true));
    }
    if cursor.eat(&["UNSET", "SECURE"]) {
        return Ok(Change::Secure(false));
    }
    if cursor.eat(&["MODIFY"]) || cursor.eat(&["ALTER"]) {
        return column_change(cursor);
    }
    if cursor.eat(&["SET"]) {
        let settings = cursor.settings(&["COMMENT", "CHANGE_TRACKING"])?;
        if settings.is_empty() {
            return cursor.unexpected();
        }
        return Ok(Change::Set(settings));
    }
    if cursor.eat(&["UNSET"]) {
        return Ok(Change::Unset(unset_keys(cursor, &["COMMENT"])?));
    }
    cursor.unexpected()
}

fn row_access(cursor: &mut Cursor<'_>) -> Result<Option<Change>, SqlError> {
    if cursor.at(&["ADD", "ROW", "ACCESS"]) {
        cursor.advance();
        return Ok(Some(Change::AddRowAccess(row_access_ref(cursor)?)));
    }
    if cursor.eat(&["DROP", "ALL", "ROW", "ACCESS", "POLICIES"]) {
        return Ok(Some(Change::DropAllRowAccess));
    }
    if cursor.eat(&["DROP", "ROW", "ACCESS", "POLICY"]) {
        let drop = cursor.path(3)?;
        if cursor.eat_symbol(",") {
            cursor.expect(&["ADD"])?;
            return Ok(Some(Change::SwapRowAccess {
                drop,
                add: row_access_ref(cursor)?,
            }));
        }
        return Ok(Some(Change::DropRowAccess(drop)));
    }
    Ok(None)
}

fn column_change(cursor: &mut Cursor<'_>) -> Result<Change, SqlError> {
    let parens = cursor.eat_symbol("(");
    cursor.eat(&["COLUMN"]);
    let name: Name = cursor.name()?;
    let change = if cursor.at(&["SET", "MASKING", "POLICY"]) {
        cursor.advance();
        let masking = masking_ref(cursor)?;
        let force = cursor.eat(&["FORCE"]);
        ColumnChange::SetMasking { masking, force }
    } else if cursor.eat(&["UNSET", "MASKING", "POLICY"]) {
        ColumnChange::UnsetMasking
    } else if cursor.eat(&["SET", "TAG"]) {
        ColumnChange::SetTags(tag_values(cursor)?)
    } else if cursor.eat(&["UNSET", "TAG"]) {
        ColumnChange::UnsetTags(tag_names(cursor)?)
    } else if cursor.eat(&["SET", "NOT", "NULL"]) {
        ColumnChange::SetNotNull
    } else if cursor.eat(&["DROP", "NOT", "NULL"]) {
        ColumnChange::DropNotNull
    } else if cursor.eat(&["DROP", "DEFAULT"]) {
        ColumnChange::DropDefault
    } else if cursor.eat(&["UNSET", "COMMENT"]) {
        ColumnChange::UnsetComment
    } else if cursor.eat(&["COMMENT"]) {
        ColumnChange::Comment(cursor.text()?)
    } else {
        if !cursor.eat(&["SET", "DATA", "TYPE"]) {
            cursor.eat(&["TYPE"]);
        }
        ColumnChange::Type(data_type(cursor)?)
    };
    if parens {
        cursor.expect_symbol(")")?;
    }
    Ok(Change::Column { name, change })
}

pub(super) fn drop(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    cursor.expect(&["DROP"])?;
    let object = cursor.object_type()?;
    if object == ObjectType::Account || !object.is_modelled() {
        return Err(SqlError::not_modelled(format!("DROP {object}")));
    }
    let if_exists = cursor.eat(&["IF", "EXISTS"]);
    let name = cursor.path_of(object)?;
    let container = matches!(
        object,
        ObjectType::Database | ObjectType::Schema | ObjectType::Table
    );
    let restrict = container && cursor.eat(&["RESTRICT"]);
    if container && !restrict {
        cursor.eat(&["CASCADE"]);
    }
    Ok(Statement::Drop {
        object,
        if_exists,
        name,
        restrict,
    })
}

pub(super) fn comment(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    cursor.expect(&["COMMENT"])?;
    let if_exists = cursor.eat(&["IF", "EXISTS"]);
    cursor.expect(&["ON"])?;
    if cursor.eat(&["COLUMN"]) {
        let mut parts = cursor.path(4)?.0;
        let column = parts.pop();
        if parts.is_empty() {
            return cursor.unexpected();
        }
        cursor.expect(&["IS"])?;
        return Ok(Statement::Comment {
            object: ObjectType::Table,
            if_exists,
            name: Path(parts),
            column,
            text: cursor.text()?,
        });
    }
    let object = cursor.object_type()?;
    if object == ObjectType::Account || !object.is_modelled() {
        return Err(SqlError::not_modelled(format!("COMMENT ON {object}")));
    }
    let name = cursor.path_of(object)?;
    cursor.expect(&["IS"])?;
    Ok(Statement::Comment {
        object,
        if_exists,
        name,
        column: None,
        text: cursor.text()?,
    })
}
