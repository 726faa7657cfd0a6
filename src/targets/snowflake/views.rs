//! Secure views: the only way to some columns of a table, and the only way for another domain.
//!
//! Snowflake has no privilege on a column. A view runs with its owner's rights, so its readers need
//! none on the table, and the table's masks still look at the reader's own roles. It lists its
//! columns: one that is added to the table later is not shown by itself. A view that was made for one
//! consumer or group shows nothing once their right has ended: Snowflake's grants have no end of
//! their own.

use jiff::civil::Date;

use crate::artifact::sql::{Grantee, Privilege, Securable, Slice, SqlIdent, SqlString, Statement};
use crate::artifact::{Effect, Origin, OriginRef, SqlStatement};
use crate::cell::DomainName;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::mesh::capability::Atom;
use crate::primitive::{CellSet, Grant, Primitive};

use super::here::Here;
use super::levels::through_view;
use super::relation::Relation;
use super::{ACCESS, by, column, tags};

/// A view of one zone.
#[derive(Debug, Clone)]
pub(super) struct View {
    /// What it is called in `mesh.lock`.
    pub role: String,
    /// The parts of its name, after the product's.
    pub parts: Vec<String>,
    /// Its columns, in the order of the table.
    pub columns: Vec<String>,
    /// It shows rows before this day only (UTC).
    pub before: Option<Date>,
    /// What it is, for people.
    pub about: String,
    /// Why it exists.
    pub origin: OriginRef,
}

/// The role of the view that a right goes through, with the parts of its name.
fn key(relation: Relation<'_>, grant: &Grant) -> (String, Vec<String>, String) {
    let port = relation.ports.iter().find(|port| port.name == grant.port);
    if let Some(consumer) = &grant.consumer {
        let mut parts = vec![grant.port.to_string(), "for".to_owned()];
        parts.extend(consumer.parts().map(str::to_owned));
        return (
            agreement_role(&grant.port, consumer),
            parts,
            format!("`{}` for {consumer}", grant.port),
        );
    }
    if port.is_some_and(|port| grant.columns.as_ref() == Some(&port.columns)) {
        return (
            port_role(&grant.port),
            vec![grant.port.to_string()],
            format!("port {}", grant.port),
        );
    }
    let parts = vec![
        grant.port.to_string(),
        "for".to_owned(),
        "group".to_owned(),
        grant.group.to_string(),
    ];
    (
        format!("view-{}-for-group-{}", grant.port, grant.group),
        parts,
        format!("`{}` for {}", grant.port, grant.group),
    )
}

/// The role of the view that one domain has made for another one.
pub(super) fn agreement_role(port: &Name, consumer: &DomainName) -> String {
    format!("view-{port}-for-domain-{consumer}")
}

fn port_role(port: &Name) -> String {
    format!("view-{port}")
}

/// Every view of a zone: one per port, one per agreement, one per right to columns of its own.
pub(super) fn of(cell: &CellSet, relation: Relation<'_>) -> Vec<View> {
    let mut views: Vec<View> = relation
        .ports
        .iter()
        .map(|port| View {
            role: port_role(&port.name),
            parts: vec![port.name.to_string()],
            columns: port.columns.clone(),
            before: None,
            about: format!("port {}", port.name),
            origin: relation.origin.clone(),
        })
        .collect();
    let grants = cell.primitives.iter().filter_map(|one| match one {
        Primitive::Grant(grant) if grant.resource == *relation.address && through_view(grant) => {
            Some(grant)
        }
        _ => None,
    });
    for grant in grants {
        let (role, parts, about) = key(relation, grant);
        let all = || {
            relation
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect()
        };
        let columns = grant.columns.clone().unwrap_or_else(all);
        match views.iter_mut().find(|view| view.role == role) {
            Some(view) => {
                view.columns.extend(columns);
                view.before = later(view.before, cut_off(grant));
            }
            None => views.push(View {
                role,
                parts,
                columns,
                before: cut_off(grant),
                about,
                origin: grant.origin.clone(),
            }),
        }
    }
    for view in &mut views {
        let shown = std::mem::take(&mut view.columns);
        let names = relation.columns.iter().map(|column| &column.name);
        view.columns = names.filter(|name| shown.contains(name)).cloned().collect();
    }
    views
}

/// The first day on which a right no longer counts. Its last day is inclusive.
pub(super) fn cut_off(grant: &Grant) -> Option<Date> {
    // There is no day after the last one that a blueprint can name, and nobody will ask for it.
    grant.until.and_then(|until| until.value.tomorrow().ok())
}

/// The later of two days, where none means never.
pub(super) fn later(one: Option<Date>, other: Option<Date>) -> Option<Date> {
    Some(one?.max(other?))
}

/// The view that a right goes through.
pub(super) fn for_grant(here: Here<'_>, relation: Relation<'_>, grant: &Grant) -> Option<View> {
    let (role, ..) = key(relation, grant);
    through_view(grant)
        .then(|| {
            of(here.cell, relation)
                .into_iter()
                .find(|view| view.role == role)
        })
        .flatten()
}

/// The views of a cell. Their owner is the role that grants: whoever makes tables could widen them
/// otherwise.
pub(super) fn lower(here: Here<'_>, out: &mut Diagnostics) -> Vec<SqlStatement> {
    for grant in here.grants().filter(|grant| through_view(grant)) {
        refuse_writing(grant, out);
    }
    let storages = here.storages();
    storages
        .flat_map(|storage| over(here, storage.into(), out))
        .collect()
}

/// The views of one zone.
pub(super) fn over(
    here: Here<'_>,
    relation: Relation<'_>,
    out: &mut Diagnostics,
) -> Vec<SqlStatement> {
    let mut statements = Vec::new();
    let views = of(here.cell, relation);
    let (Some(first), table) = (views.first(), here.table(relation)) else {
        return statements;
    };
    // Whoever grants owns a view of its own already.
    if relation.view.is_none() {
        let origin = std::sync::Arc::new(Origin {
            why: "views run with the rights of their owner, who reads the table".to_owned(),
            effect: Effect::GrantsAccess,
            ..Origin::clone(&first.origin)
        });
        statements.push(by(
            &origin,
            Statement::Grant {
                privileges: vec![Privilege::Select],
                on: Securable::One(relation.object(table.clone())),
                to: Grantee::Role(SqlIdent::known(ACCESS)),
            },
        ));
    }
    for view in &views {
        let origin = view.origin.with_effect(Effect::GrantsAccess);
        statements.push(by(
            &origin,
            Statement::CreateView {
                view: here.view(relation, view),
                comment: SqlString::prose(&format!(
                    "{} ({})",
                    relation.comment,
                    view.about.replace('`', "")
                )),
                tags: tags::of_relation(here, relation, out),
                columns: view
                    .columns
                    .iter()
                    .map(|name| column::ident(name))
                    .collect(),
                table: table.clone(),
                slices: Vec::from_iter(view.before.map(|day| Slice {
                    only: Vec::new(),
                    before: Some(day),
                })),
            },
        ));
    }
    statements
}

/// Rows are written through tables; a view of some columns cannot be written through.
fn refuse_writing(grant: &Grant, out: &mut Diagnostics) {
    if !grant.has(Atom::Write) && !grant.has(Atom::Delete) {
        return;
    }
    let message = format!(
        "`{}` cannot write only some columns of `{}` on Snowflake",
        grant.group, grant.resource
    );
    let problem = Diagnostic::new(code::COLUMNS_NOT_ENFORCEABLE, grant.origin.span, message);
    out.push(problem.help("let the group write the whole zone (`on: [zone]` without `columns`), or only read these columns"));
}
