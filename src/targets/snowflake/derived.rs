//! Products that are views of several tables, with everything that rests on them. Run by
//! [`super::ACCESS`] after the other files of every domain: what they read of another domain is that
//! domain's own view for this one, which has to be there first.
//!
//! So an agreement stays in one place. The provider's view shows the agreed columns and nothing once
//! the agreement has ended, and an inner join with nothing is nothing
//! (docs.snowflake.com/en/sql-reference/constructs/join). A view runs with its owner's rights, but
//! policies ask for the roles of whoever asks, at every table and view on the way
//! (docs.snowflake.com/en/user-guide/security-column-intro): a value is clear only for somebody who
//! may see it both at its source and here.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::column::{self, type_of};
use super::here::Here;
use super::relation::Relation;
use super::{ACCESS, access, by, shares, tags, views};
use crate::artifact::sql::{
    Grantee, InDatabase, JoinedTable, Object, Privilege, Securable, SqlIdent, SqlString, Statement,
    ViewColumn,
};
use crate::artifact::{Effect, Origin, SqlStatement};
use crate::diag::Diagnostics;
use crate::primitive::{ColumnOf, View};

/// Every view of a cell, who has which role on it, and the views that other groups and domains go through.
pub(super) fn lower(here: Here<'_>, out: &mut Diagnostics) -> Vec<SqlStatement> {
    let mut statements = Vec::new();
    for view in here.derived() {
        let relation = Relation::from(view);
        column::check(relation, out);
        statements.extend(reads(here, view));
        statements.push(create(here, view, out));
        statements.extend(views::over(here, relation, out));
        statements.extend(access::roles_of(here, relation));
    }
    for view in here.derived() {
        let rights = here.grants().filter(|right| right.resource == view.address);
        statements.extend(rights.flat_map(|right| access::roles_held(here, right)));
        statements.extend(shares::over(here, Relation::from(view)));
    }
    statements
}

/// The owner of a view reads the domain's own tables as a reader does; views of other domains are
/// its own already.
fn reads(here: Here<'_>, view: &View) -> Vec<SqlStatement> {
    let origin = Arc::new(Origin {
        why: "views run with the rights of their owner, who reads the table".to_owned(),
        effect: Effect::GrantsAccess,
        ..Origin::clone(&view.origin)
    });
    let own = view.tables.iter().filter(|table| table.consumer.is_none());
    own.map(|table| {
        by(
            &origin,
            Statement::Grant {
                privileges: vec![Privilege::Select],
                on: Securable::One(Object::Table(here.source(table))),
                to: Grantee::Role(SqlIdent::known(ACCESS)),
            },
        )
    })
    .collect()
}

fn create(here: Here<'_>, view: &View, out: &mut Diagnostics) -> SqlStatement {
    let relation = Relation::from(view);
    let columns = view.columns.iter().zip(&view.from);
    let columns = columns.map(|(column, from)| {
        let masks = here.masks().filter(|mask| mask.resource == view.address);
        let mask = masks
            .filter(|mask| mask.columns.iter().any(|one| one.name == column.name))
            .map(|mask| here.policy(relation, &mask.label, type_of(&column.logical)))
            .next();
        ViewColumn {
            name: column::ident(&column.name),
            mask,
            tags: tags::of_column(here, relation, column)
                .into_iter()
                .collect(),
            comment: column.comment.as_deref().map(SqlString::prose),
            from: qualified(from),
        }
    });
    by(
        &view.origin.with_effect(Effect::GrantsAccess),
        Statement::CreateJoinedView {
            view: here.table(relation),
            columns: columns.collect(),
            comment: SqlString::prose(&view.comment),
            tags: tags::of_relation(here, relation, out),
            tables: joined(here, view),
        },
    )
}

/// The name of a table inside the view.
fn alias(table: usize) -> SqlIdent {
    SqlIdent::known(&format!("T{}", table + 1))
}

fn qualified(column: &ColumnOf) -> InDatabase {
    [alias(column.table), column::ident(&column.column)]
}

/// The tables, each after one that it is joined to, with every pair that is complete by then.
fn joined(here: Here<'_>, view: &View) -> Vec<JoinedTable> {
    let mut there: BTreeSet<usize> = BTreeSet::new();
    let mut tables = Vec::new();
    while there.len() < view.tables.len() {
        let connects = |at: &usize| {
            view.joins.iter().any(|[one, other]| {
                (one.table == *at && there.contains(&other.table))
                    || (other.table == *at && there.contains(&one.table))
            })
        };
        let mut left = (0..view.tables.len()).filter(|at| !there.contains(at));
        // The kind has seen to it that the pairs connect all tables, so only the first has no pair.
        let next = if there.is_empty() {
            left.next()
        } else {
            left.find(connects)
        };
        let (Some(next), Some(table)) = (next, next.and_then(|at| view.tables.get(at))) else {
            break;
        };
        there.insert(next);
        let complete = view.joins.iter().filter(|[one, other]| {
            (one.table == next || other.table == next)
                && there.contains(&one.table)
                && there.contains(&other.table)
        });
        tables.push(JoinedTable {
            table: here.source(table),
            alias: alias(next),
            on: complete
                .map(|[one, other]| [qualified(one), qualified(other)])
                .collect(),
        });
    }
    tables
}
