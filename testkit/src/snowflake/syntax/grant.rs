//! GRANT and REVOKE statements.

use super::super::error::{SqlError, rules};
use super::super::object::{ObjectType, begins_privilege, is_privilege};
use super::{Current, Cursor, GranteeRef, Privileges, Statement, Target};

pub(super) fn grant(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    cursor.expect(&["GRANT"])?;
    if let Some(role) = role(cursor)? {
        cursor.expect(&["TO"])?;
        let to = cursor.grantee()?;
        let grant_option = grant_option(cursor)?;
        return Ok(Statement::GrantRole {
            role,
            to,
            grant_option,
        });
    }
    let privileges = privileges(cursor)?;
    cursor.expect(&["ON"])?;
    let target = target(cursor)?;
    cursor.expect(&["TO"])?;
    let to = cursor.grantee()?;
    if privileges == Privileges::These(vec!["OWNERSHIP".into()]) {
        let current = if cursor.eat(&["COPY", "CURRENT", "GRANTS"]) {
            Current::Copy
        } else if cursor.eat(&["REVOKE", "CURRENT", "GRANTS"]) {
            Current::Revoke
        } else {
            Current::Keep
        };
        return Ok(Statement::GrantOwnership {
            target,
            to,
            current,
        });
    }
    if let Privileges::These(list) = &privileges
        && list.iter().any(|privilege| privilege == "OWNERSHIP")
    {
        // OWNERSHIP has a syntax of its own and cannot share a list.
        return Err(SqlError::compilation(
            &rules::SYNTAX,
            "syntax error: OWNERSHIP is granted by itself.",
        ));
    }
    let grant_option = grant_option(cursor)?;
    Ok(Statement::Grant {
        privileges,
        target,
        to,
        grant_option,
    })
}

pub(super) fn revoke(cursor: &mut Cursor<'_>) -> Result<Statement, SqlError> {
    cursor.expect(&["REVOKE"])?;
    if let Some(role) = role(cursor)? {
        cursor.expect(&["FROM"])?;
        let from = cursor.grantee()?;
        return Ok(Statement::RevokeRole { role, from });
    }
    let option_only = cursor.eat(&["GRANT", "OPTION", "FOR"]);
    let privileges = privileges(cursor)?;
    cursor.expect(&["ON"])?;
    let target = target(cursor)?;
    cursor.expect(&["FROM"])?;
    let from = cursor.grantee()?;
    let cascade = cursor.eat(&["CASCADE"]);
    if !cascade {
        cursor.eat(&["RESTRICT"]);
    }
    Ok(Statement::Revoke {
        privileges,
        target,
        from,
        option_only,
        cascade,
    })
}

/// `ROLE r` or `DATABASE ROLE d.r`, as the thing that is granted.
fn role(cursor: &mut Cursor<'_>) -> Result<Option<GranteeRef>, SqlError> {
    if cursor.eat(&["DATABASE", "ROLE"]) {
        return Ok(Some(GranteeRef::DatabaseRole(cursor.path(2)?)));
    }
    if cursor.eat(&["ROLE"]) {
        return Ok(Some(GranteeRef::Role(cursor.path(1)?)));
    }
    Ok(None)
}

fn grant_option(cursor: &mut Cursor<'_>) -> Result<bool, SqlError> {
    if cursor.eat(&["WITH"]) {
        cursor.expect(&["GRANT", "OPTION"])?;
        return Ok(true);
    }
    Ok(false)
}

fn privileges(cursor: &mut Cursor<'_>) -> Result<Privileges, SqlError> {
    if cursor.eat(&["ALL"]) {
        cursor.eat(&["PRIVILEGES"]);
        return Ok(Privileges::All);
    }
    let mut list = Vec::new();
    loop {
        list.push(privilege(cursor)?);
        if !cursor.eat_symbol(",") {
            return Ok(Privileges::These(list));
        }
    }
}

/// One privilege name; a word that begins no known privilege is a syntax error where it stands.
fn privilege(cursor: &mut Cursor<'_>) -> Result<String, SqlError> {
    let mut name = String::new();
    loop {
        let Some(word) = cursor.word() else {
            return cursor.unexpected();
        };
        let longer = if name.is_empty() {
            word
        } else {
            format!("{name} {word}")
        };
        if !is_privilege(&longer) && !begins_privilege(&longer) {
            return cursor.unexpected();
        }
        cursor.advance();
        name = longer;
        let next = cursor.word().map(|word| format!("{name} {word}"));
        let goes_on = next.is_some_and(|next| is_privilege(&next) || begins_privilege(&next));
        if !goes_on {
            return if is_privilege(&name) {
                Ok(name)
            } else {
                cursor.unexpected()
            };
        }
    }
}

fn target(cursor: &mut Cursor<'_>) -> Result<Target, SqlError> {
    if cursor.eat(&["ACCOUNT"]) {
        return Ok(Target::Account);
    }
    let all = cursor.eat(&["ALL"]);
    let future = !all && cursor.eat(&["FUTURE"]);
    if all || future {
        let object = cursor.object_types()?;
        cursor.expect(&["IN"])?;
        let (container, name) = if cursor.eat(&["DATABASE"]) {
            (ObjectType::Database, cursor.path(1)?)
        } else {
            cursor.expect(&["SCHEMA"])?;
            (ObjectType::Schema, cursor.path(2)?)
        };
        return Ok(if all {
            Target::All(object, container, name)
        } else {
            Target::Future(object, container, name)
        });
    }
    let object = cursor.object_type()?;
    let name = cursor.path_of(object)?;
    if !object.is_modelled() {
        return Err(SqlError::not_modelled(format!("a grant on one {object}")));
    }
    Ok(Target::One(object, name))
}
