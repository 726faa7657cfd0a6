//! What somebody outside the mesh reads: a share per account and zone or port, with a secure view of its
//! own. Run by [`super::ACCESS`], which an account administrator lets make shares.
//!
//! The order is Snowflake's: the database before the schema, every other database that the view reads
//! before the view, and the account last, so that nobody sees a share that is not complete
//! (docs.snowflake.com/en/user-guide/data-sharing-provider, .../data-sharing-multiple-db). The other
//! account has none of the mesh's roles: `IS_ROLE_IN_SESSION` is NULL there
//! (docs.snowflake.com/en/sql-reference/functions/is_role_in_session), so what is masked stays masked.

use std::collections::BTreeSet;

use super::here::Here;
use super::relation::Relation;
use super::{ACCESS, by, views};
use crate::artifact::sql::{
    AccountName, Grantee, Object, Privilege, Securable, SqlIdent, SqlString, Statement,
};
use crate::artifact::{Effect, SqlStatement};
use crate::primitive::Share;

/// The shares of a cell's tables.
pub(super) fn lower(here: Here<'_>) -> Vec<SqlStatement> {
    let storages = here.storages();
    storages
        .flat_map(|storage| over(here, storage.into()))
        .collect()
}

/// The shares of one zone.
pub(super) fn over(here: Here<'_>, relation: Relation<'_>) -> Vec<SqlStatement> {
    let mut statements = Vec::new();
    let mut made = BTreeSet::new();
    for share in here
        .shares()
        .filter(|one| one.resource == *relation.address)
    {
        // Two entries for one account and port are one share; its view shows both.
        if made.insert(views::share_role(share)) {
            statements.extend(one(here, relation, share));
        }
    }
    statements
}

fn one(here: Here<'_>, relation: Relation<'_>, share: &Share) -> Vec<SqlStatement> {
    let Some(account) = AccountName::new(&share.account) else {
        return Vec::new();
    };
    let name = here.share(relation, share);
    let origin = share.origin.with_effect(Effect::GrantsAccess);
    let grant = |privilege, on| Statement::Grant {
        privileges: vec![privilege],
        on: Securable::One(on),
        to: Grantee::Share(name.clone()),
    };
    let mut statements = vec![
        Statement::CreateShare {
            share: name.clone(),
            comment: SqlString::prose(&format!("{} for {}", share.resource, share.account)),
        },
        grant(Privilege::Usage, Object::Database(here.database())),
        grant(Privilege::Usage, Object::Schema(here.schema(relation))),
    ];
    let tables = relation.view.iter().flat_map(|view| &view.tables);
    let databases: BTreeSet<SqlIdent> = tables
        .map(|table| here.source(table))
        .map(|[db, ..]| db)
        .collect();
    let others = databases.into_iter().filter(|one| *one != here.database());
    statements.extend(others.map(|one| grant(Privilege::ReferenceUsage, Object::Database(one))));
    let shown = here.in_schema(relation, &views::share_role(share));
    statements.push(grant(Privilege::Select, Object::View(shown)));
    statements.push(Statement::AddAccount {
        share: name.clone(),
        account,
    });
    let all = statements.into_iter();
    all.map(|statement| by(&origin, statement)).collect()
}

/// What an account administrator does for a domain that shares.
pub(super) fn allowed(here: Here<'_>) -> Vec<SqlStatement> {
    let Some(first) = here.shares().next() else {
        return Vec::new();
    };
    vec![by(
        &first.origin.with_effect(Effect::GrantsAccess),
        Statement::Grant {
            privileges: vec![Privilege::CreateShare],
            on: Securable::Account,
            to: Grantee::Role(SqlIdent::known(ACCESS)),
        },
    )]
}
