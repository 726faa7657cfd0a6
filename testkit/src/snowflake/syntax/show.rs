//! SHOW, DESCRIBE and USE statements.

use super::super::error::SqlError;
use super::super::object::{Level, ObjectType};
use super::{Cursor, GranteeRef, Scope, SecondaryRoles, Show, Statement, Use};

pub(super) fn show(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    cursor.expect(&["SHOW"])?;
    if cursor.eat(&["FUTURE", "GRANTS"]) {
        return future_grants(cursor);
    }
    if cursor.eat(&["GRANTS"]) {
        return grants(cursor);
    }
    if cursor.eat(&["PARAMETERS"]) {
        while !cursor.at_end() && !cursor.at_symbol(";") {
            cursor.advance();
        }
        return Ok(Statement::Show(Show::Parameters));
    }
    let terse = cursor.eat(&["TERSE"]);
    if cursor.eat(&["COLUMNS"]) {
        let scope = scope(cursor, true)?;
        return Ok(Statement::Show(Show::Columns(scope)));
    }
    let object = cursor.object_types()?;
    if object == ObjectType::Account || !object.is_modelled() {
        return Err(SqlError::not_modelled(format!("SHOW {}", object.plural())));
    }
    cursor.eat(&["HISTORY"]);
    let like = if cursor.eat(&["LIKE"]) {
        Some(cursor.text()?)
    } else {
        None
    };
    let scope = if object.level() == Level::Account {
        Scope::Account
    } else {
        scope(cursor, false)?
    };
    let starts_with = if cursor.eat(&["STARTS", "WITH"]) {
        Some(cursor.text()?)
    } else {
        None
    };
    let limit = limit(cursor)?;
    Ok(Statement::Show(Show::Objects {
        object,
        terse,
        like,
        scope,
        starts_with,
        limit,
    }))
}

fn limit(cursor: &mut Cursor<'_>) -> Result<Option<usize>, SqlError> {
    if !cursor.eat(&["LIMIT"]) {
        return Ok(None);
    }
    let limit = cursor.integer()? as usize;
    if cursor.at(&["FROM"]) {
        return Err(SqlError::not_modelled("SHOW ... LIMIT ... FROM"));
    }
    Ok(Some(limit))
}

fn scope(cursor: &mut Cursor<'_>, tables: bool) -> Result<Scope, SqlError> {
    if !cursor.eat(&["IN"]) {
        return Ok(Scope::Session);
    }
    if cursor.eat(&["ACCOUNT"]) {
        return Ok(Scope::Account);
    }
    let bare = |cursor: &Cursor<'_>| {
        cursor.at_end() || cursor.at_symbol(";") || cursor.at(&["STARTS"]) || cursor.at(&["LIMIT"])
    };
    if cursor.eat(&["DATABASE"]) {
        let name = if bare(cursor) {
            None
        } else {
            Some(cursor.path(1)?)
        };
        return Ok(Scope::Database(name));
    }
    if cursor.eat(&["SCHEMA"]) {
        let name = if bare(cursor) {
            None
        } else {
            Some(cursor.path(2)?)
        };
        return Ok(Scope::Schema(name));
    }
    if tables && (cursor.eat(&["TABLE"]) || cursor.eat(&["VIEW"])) {
        return Ok(Scope::Table(cursor.path(3)?));
    }
    // `IN name` means a schema if dotted and a database if not.
    let name = cursor.path(2)?;
    Ok(if name.0.len() == 1 {
        Scope::Database(Some(name))
    } else {
        Scope::Schema(Some(name))
    })
}

fn grants(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    if cursor.at(&["LIKE"]) {
        return Err(SqlError::not_modelled("SHOW GRANTS LIKE"));
    }
    let show = if cursor.eat(&["ON"]) {
        if cursor.eat(&["ACCOUNT"]) {
            Show::GrantsOnAccount
        } else {
            let object = cursor.object_type()?;
            let name = cursor.path_of(object)?;
            if !object.is_modelled() {
                return Err(SqlError::not_modelled(format!("SHOW GRANTS ON {object}")));
            }
            Show::GrantsOn(object, name)
        }
    } else if cursor.eat(&["TO"]) {
        Show::GrantsTo(explicit(cursor)?)
    } else if cursor.eat(&["OF"]) {
        Show::GrantsOf(explicit(cursor)?)
    } else {
        Show::GrantsOfMine
    };
    limit(cursor)?;
    Ok(Statement::Show(show))
}

/// A grantee whose type must be written.
fn explicit(cursor: &mut Cursor<'_>) -> Result<GranteeRef, SqlError> {
    let written = cursor.at(&["ROLE"])
        || cursor.at(&["DATABASE", "ROLE"])
        || cursor.at(&["USER"])
        || cursor.at(&["SHARE"]);
    if !written {
        return cursor.unexpected();
    }
    cursor.grantee()
}

fn future_grants(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    let show = if cursor.eat(&["IN"]) {
        if cursor.eat(&["DATABASE"]) {
            Show::FutureGrantsIn(ObjectType::Database, cursor.path(1)?)
        } else {
            cursor.expect(&["SCHEMA"])?;
            Show::FutureGrantsIn(ObjectType::Schema, cursor.path(2)?)
        }
    } else {
        cursor.expect(&["TO"])?;
        Show::FutureGrantsTo(explicit(cursor)?)
    };
    limit(cursor)?;
    Ok(Statement::Show(show))
}

pub(super) fn describe(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    if !cursor.eat(&["DESC"]) {
        cursor.expect(&["DESCRIBE"])?;
    }
    let object = cursor.object_type()?;
    if !object.is_modelled() || object == ObjectType::Account {
        return Err(SqlError::not_modelled(format!("DESCRIBE {object}")));
    }
    let name = cursor.path_of(object)?;
    if object == ObjectType::Table && cursor.eat(&["TYPE"]) {
        cursor.expect_symbol("=")?;
        cursor.expect(&["COLUMNS"])?;
    }
    Ok(Statement::Describe { object, name })
}

pub(super) fn use_(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    cursor.expect(&["USE"])?;
    let what = if cursor.eat(&["SECONDARY", "ROLES"]) {
        if cursor.eat(&["ALL"]) {
            Use::SecondaryRoles(SecondaryRoles::All)
        } else if cursor.eat(&["NONE"]) {
            Use::SecondaryRoles(SecondaryRoles::None)
        } else {
            let mut roles = vec![cursor.name()?];
            while cursor.eat_symbol(",") {
                roles.push(cursor.name()?);
            }
            Use::SecondaryRoles(SecondaryRoles::These(roles))
        }
    } else if cursor.at(&["DATABASE", "ROLE"]) {
        return Err(SqlError::compilation(
            &super::super::error::rules::DATABASE_ROLE_NOT_ACTIVATED,
            "syntax error line 1 at position 4 unexpected 'DATABASE'.",
        ));
    } else if cursor.eat(&["ROLE"]) {
        Use::Role(cursor.path(2)?)
    } else if cursor.eat(&["WAREHOUSE"]) {
        Use::Warehouse(cursor.path(1)?)
    } else if cursor.eat(&["DATABASE"]) {
        Use::Database(cursor.path(1)?)
    } else if cursor.eat(&["SCHEMA"]) {
        Use::Schema(cursor.path(2)?)
    } else {
        let name = cursor.path(2)?;
        if name.0.len() == 1 {
            Use::Database(name)
        } else {
            Use::Schema(name)
        }
    };
    Ok(Statement::Use(what))
}
