//! Who owns places, which roles there are, and what they may. Run by [`super::ACCESS`].
//!
//! Privileges go to database roles, database roles go to the account roles of groups
//! (docs.snowflake.com/en/user-guide/security-access-control-considerations). A group's role is not
//! granted on to SYSADMIN: whoever inherits it would see what the group sees in clear, since masks
//! ask for roles in the session. Administrators manage everything through the owners' roles.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::here::Here;
use super::levels::{Level, levels, levels_of, through_view};
use super::relation::Relation;
use super::{ACCESS, DEPLOY, by, tags, views};
use crate::artifact::sql::{
    Grantee, InDatabase, Object, Privilege, Securable, SqlIdent, SqlString, Statement,
};
use crate::artifact::{Effect, Origin, OriginRef, SqlStatement};
use crate::diag::Diagnostics;
use crate::mesh::capability::Atom;
use crate::primitive::Grant;

fn grant(origin: &OriginRef, privileges: &[Privilege], on: Securable, to: Grantee) -> SqlStatement {
    by(
        origin,
        Statement::Grant {
            privileges: privileges.to_vec(),
            on,
            to,
        },
    )
}

/// Takes databases and schemas over from the role that made them: the owner of a managed access
/// schema may grant in it, and whoever makes things must not.
pub(super) fn ownership(here: Here<'_>, out: &mut Diagnostics) -> Vec<SqlStatement> {
    let mut statements = Vec::new();
    let guards = here.origin(
        "what the domain's things lie in belongs to the role that grants",
        Effect::Guards,
    );
    let database = Object::Database(here.database());
    statements.extend(take_over(
        &guards,
        &database,
        &[Privilege::Usage, Privilege::CreateSchema],
    ));
    for relation in here.relations() {
        let origin = Arc::new(Origin {
            why: "only the role that grants may grant here".to_owned(),
            effect: Effect::Guards,
            ..Origin::clone(relation.origin)
        });
        let schema = Object::Schema(here.schema(relation));
        // Where a view lies nobody makes tables.
        let left: &[Privilege] = match relation.view {
            None => &[Privilege::Usage, Privilege::CreateTable],
            Some(_) => &[Privilege::Usage],
        };
        statements.extend(take_over(&origin, &schema, left));
        let plain = origin.with_effect(Effect::Plain);
        if !relation.comment.is_empty() {
            let comment = SqlString::prose(relation.comment);
            statements.push(by(
                &plain,
                Statement::SetComment {
                    on: schema,
                    comment,
                },
            ));
        }
    }
    let plain = here.origin("what the domain's database is", Effect::Plain);
    if let Some(domain) = &here.cell.domain {
        let comment = SqlString::prose(&domain.title);
        statements.push(by(
            &plain,
            Statement::SetComment {
                on: database.clone(),
                comment,
            },
        ));
    }
    let tags = tags::of_domain(here, out);
    statements.push(by(&plain, Statement::SetTags { on: database, tags }));
    statements
}

fn take_over(origin: &OriginRef, on: &Object, left: &[Privilege]) -> [SqlStatement; 2] {
    let grants = origin.with_effect(Effect::GrantsAccess);
    [
        by(
            origin,
            Statement::GrantOwnership {
                on: on.clone(),
                to: SqlIdent::known(ACCESS),
            },
        ),
        grant(
            &grants,
            left,
            Securable::One(on.clone()),
            Grantee::Role(SqlIdent::known(DEPLOY)),
        ),
    ]
}

/// The account roles of groups and the database roles of zones and views, with their privileges.
pub(super) fn roles(here: Here<'_>) -> Vec<SqlStatement> {
    let mut statements = Vec::new();
    for principal in here.principals() {
        // The identity provider fills these roles with people (SCIM). It usually makes them too;
        // then this changes nothing.
        let Some(role) = principal.identity.text("role") else {
            continue;
        };
        let comment = SqlString::prose(&format!(
            "Group {}, filled by the identity provider",
            principal.group
        ));
        statements.push(by(
            &principal.origin,
            Statement::CreateRole {
                role: SqlIdent::known(role),
                comment,
            },
        ));
    }
    for storage in here.storages() {
        statements.extend(roles_of(here, storage.into()));
    }
    statements
}

/// The database roles of one zone and of its views, with their privileges.
pub(super) fn roles_of(here: Here<'_>, relation: Relation<'_>) -> Vec<SqlStatement> {
    let mut statements = Vec::new();
    for level in levels_of(relation, here.grants()) {
        statements.extend(level_role(here, relation, level));
    }
    let views = views::of(here.cell, relation).into_iter();
    for view in views.filter(|view| !view.shared) {
        let role = here.reader(relation, &view);
        let origin = view.origin.with_effect(Effect::GrantsAccess);
        let to = Grantee::DatabaseRole(role.clone());
        let comment = SqlString::prose(&format!(
            "Reads {} of {}",
            view.about.replace('`', ""),
            relation.address
        ));
        statements.push(by(&origin, Statement::CreateDatabaseRole { role, comment }));
        let schema = Securable::One(Object::Schema(here.schema(relation)));
        statements.push(grant(&origin, &[Privilege::Usage], schema, to.clone()));
        let shown = Securable::One(Object::View(here.view(relation, &view)));
        statements.push(grant(&origin, &[Privilege::Select], shown, to));
    }
    statements
}

fn level_role(here: Here<'_>, relation: Relation<'_>, level: Level) -> Vec<SqlStatement> {
    let role = here.level(relation, level);
    let origin = Arc::new(Origin {
        why: format!("role that {}", level.about()),
        effect: Effect::GrantsAccess,
        ..Origin::clone(relation.origin)
    });
    let comment = SqlString::prose(&format!("{}: {}", relation.address, level.about()));
    let mut statements = vec![by(
        &origin,
        Statement::CreateDatabaseRole {
            role: role.clone(),
            comment,
        },
    )];
    let to = Grantee::DatabaseRole(role);
    for included in level.includes() {
        let role = here.level(relation, *included);
        statements.push(by(
            &origin,
            Statement::GrantDatabaseRole {
                role,
                to: to.clone(),
            },
        ));
    }
    let schema = here.schema(relation);
    if level == Level::Describe {
        // Every other level includes this one. A database role has USAGE on its database from the
        // start (docs.snowflake.com/en/sql-reference/sql/create-database-role).
        let on = Securable::One(Object::Schema(schema.clone()));
        statements.push(grant(&origin, &[Privilege::Usage], on, to.clone()));
    }
    for on in reach(here, relation, level, schema) {
        statements.push(grant(&origin, level.on_tables(), on, to.clone()));
    }
    statements
}

/// The tables that a level reaches. Where columns are masked it is the one table that has its masks:
/// a table that somebody makes beside it has none. Future grants count at creation only, so what is
/// there already gets its own (docs.snowflake.com/en/sql-reference/sql/grant-privilege).
fn reach(
    here: Here<'_>,
    relation: Relation<'_>,
    level: Level,
    schema: InDatabase,
) -> Vec<Securable> {
    let masked = here.is_masked(relation) && level != Level::Describe;
    if masked || relation.view.is_some() {
        return vec![Securable::One(relation.object(here.table(relation)))];
    }
    vec![
        Securable::AllTables(schema.clone()),
        Securable::FutureTables(schema),
    ]
}

/// Which group has which role, and who may use the warehouse.
pub(super) fn grants(here: Here<'_>, _: &mut Diagnostics) -> Vec<SqlStatement> {
    let on_tables = |right: &&Grant| {
        let relation = here.relation(&right.resource);
        relation.is_some_and(|relation| relation.view.is_none())
    };
    let rights = here.grants().filter(on_tables);
    let mut statements: Vec<_> = rights.flat_map(|right| roles_held(here, right)).collect();
    statements.extend(warehouse(here));
    statements
}

/// The roles that a group has by one right.
pub(super) fn roles_held(here: Here<'_>, right: &Grant) -> Vec<SqlStatement> {
    let (Some(role), Some(relation)) = (here.role(&right.group), here.relation(&right.resource))
    else {
        return Vec::new();
    };
    let to = Grantee::Role(SqlIdent::known(role));
    let origin = right.origin.with_effect(Effect::GrantsAccess);
    let mut held: Vec<InDatabase> = levels(relation, right)
        .into_iter()
        .map(|level| here.level(relation, level))
        .collect();
    if through_view(right) {
        let view = views::for_grant(here, relation, right);
        held.extend(view.map(|view| here.reader(relation, &view)));
    }
    let give = |role| {
        by(
            &origin,
            Statement::GrantDatabaseRole {
                role,
                to: to.clone(),
            },
        )
    };
    held.into_iter().map(give).collect()
}

/// A query needs a warehouse (docs.snowflake.com/en/user-guide/security-access-control-configure).
fn warehouse(here: Here<'_>) -> Vec<SqlStatement> {
    let Some(compute) = here.computes().next() else {
        return Vec::new();
    };
    let mut users: BTreeMap<&str, bool> = BTreeMap::new();
    let uses = |right: &&Grant| {
        [Atom::ReadData, Atom::Write, Atom::Delete, Atom::Run]
            .iter()
            .any(|atom| right.has(*atom))
    };
    for right in here.grants().filter(uses) {
        if let Some(role) = here.role(&right.group) {
            *users.entry(role).or_default() |= right.has(Atom::Run);
        }
    }
    let origin = Arc::new(Origin {
        why: "queries run on the domain's warehouse".to_owned(),
        effect: Effect::GrantsAccess,
        ..Origin::clone(&compute.origin)
    });
    users
        .into_iter()
        .map(|(role, runs)| {
            let privileges: &[Privilege] = if runs {
                &[Privilege::Usage, Privilege::Operate]
            } else {
                &[Privilege::Usage]
            };
            let on = Securable::One(Object::Warehouse(here.warehouse()));
            grant(
                &origin,
                privileges,
                on,
                Grantee::Role(SqlIdent::known(role)),
            )
        })
        .collect()
}
