//! Things: databases, schemas and tables. Run by [`super::DEPLOY`].
//!
//! `CREATE … IF NOT EXISTS` makes a thing and never looks at one that is there; what may change
//! later is set by a statement of its own, which therefore also holds on the second run.

use std::sync::Arc;

use super::here::Here;
use super::relation::Relation;
use super::{by, column, tags};
use crate::artifact::sql::{Object, SqlString, Statement};
use crate::artifact::{Effect, Origin, SqlStatement};
use crate::diag::Diagnostics;
use crate::primitive::Storage;

/// Databases and schemas.
pub(super) fn places(here: Here<'_>) -> Vec<SqlStatement> {
    let origin = here.origin("database of the domain", Effect::HoldsData);
    let mut statements = vec![by(&origin, Statement::CreateDatabase(here.database()))];
    for relation in here.relations() {
        statements.push(by(
            relation.origin,
            Statement::CreateSchema(here.schema(relation)),
        ));
    }
    statements
}

/// Tables.
pub(super) fn tables(here: Here<'_>, out: &mut Diagnostics) -> Vec<SqlStatement> {
    let mut statements = Vec::new();
    for storage in here.storages() {
        column::check(storage.into(), out);
        statements.extend(table(here, storage, out));
    }
    statements
}

fn table(here: Here<'_>, storage: &Storage, out: &mut Diagnostics) -> Vec<SqlStatement> {
    let holds = noted(storage);
    let plain = holds.with_effect(Effect::Plain);
    let relation = Relation::from(storage);
    let table = here.table(relation);
    let mut statements = vec![by(
        &holds,
        Statement::CreateTable {
            table: table.clone(),
            columns: storage.columns.iter().map(column::definition).collect(),
            primary_key: storage
                .columns
                .iter()
                .filter(|one| one.key)
                .map(|one| column::ident(&one.name))
                .collect(),
        },
    )];
    // A column that was added to the blueprint reaches a table that was there before; a column of
    // the key cannot, since the rows that are there have no value for it.
    for one in storage.columns.iter().filter(|one| !one.key) {
        statements.push(by(
            &holds,
            Statement::AddColumn {
                table: table.clone(),
                column: column::definition(one),
            },
        ));
    }
    statements.push(by(
        &holds,
        Statement::SetRetention {
            table: table.clone(),
            days: time_travel(here, storage),
        },
    ));
    let on = Object::Table(table.clone());
    if !storage.comment.is_empty() {
        statements.push(by(
            &plain,
            Statement::SetComment {
                on: on.clone(),
                comment: SqlString::prose(&storage.comment),
            },
        ));
    }
    for one in &storage.columns {
        if let Some(comment) = &one.comment {
            statements.push(by(
                &plain,
                Statement::SetColumnComment {
                    table: table.clone(),
                    column: column::ident(&one.name),
                    comment: SqlString::prose(comment),
                },
            ));
        }
    }
    let tags = tags::of_relation(here, relation, out);
    if !tags.is_empty() {
        statements.push(by(&plain, Statement::SetTags { on, tags }));
    }
    for one in &storage.columns {
        if let Some(tag) = tags::of_column(here, relation, one) {
            statements.push(by(
                &plain,
                Statement::SetColumnTags {
                    table: table.clone(),
                    column: column::ident(&one.name),
                    tags: vec![tag],
                },
            ));
        }
    }
    statements
}

/// Snowflake deletes no rows by their age; that is said where somebody looks for it.
fn noted(storage: &Storage) -> Arc<Origin> {
    let Some(retention) = storage.retention else {
        return storage.origin.clone();
    };
    let why = format!(
        "{}; rows are kept for {retention}, which the job that loads them sees to",
        storage.origin.why
    );
    Arc::new(Origin {
        why,
        ..Origin::clone(&storage.origin)
    })
}

/// Days of Time Travel: at most one on Standard, 90 above
/// (docs.snowflake.com/en/user-guide/data-time-travel#data-retention-period). Asking for more is
/// no error: after it Snowflake itself can restore for seven days more (Fail-safe).
fn time_travel(here: Here<'_>, storage: &Storage) -> u64 {
    let most = if here.cell.setting("edition") == Some("standard") {
        1
    } else {
        90
    };
    storage.undelete.seconds().div_ceil(86_400).min(most)
}
