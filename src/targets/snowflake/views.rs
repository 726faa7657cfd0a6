//! Secure views: the only way to some columns of a table, and the only way for another domain.
//!
//! Snowflake has no privilege on a column. A view runs with its owner's rights, so its readers need
//! none on the table, and the table's masks still look at the reader's own roles. It lists its
//! columns: one that is added to the table later is not shown by itself. A view that was made for one
//! consumer or group shows nothing once their right has ended: Snowflake's grants have no end of
//! their own.
//!
//! Rows are held back by the `WHERE` of such a view too. A row access policy would need the
//! Enterprise edition, would hold for whoever loads and owns the table as well, and takes columns
//! that then cannot be masked (docs.snowflake.com/en/user-guide/security-row-intro).

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::artifact::sql::{
    Grantee, Privilege, Securable, Slice, SqlIdent, SqlString, SqlValue, Statement,
};
use crate::artifact::{Effect, Origin, OriginRef, SqlStatement};
use crate::cell::DomainName;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::mesh::capability::Atom;
use crate::mesh::rows::{RowValue, Rows};
use crate::primitive::{CellSet, Grant, PortView, Primitive, Share};
use crate::source::Span;

use super::here::Here;
use super::levels::{is_partial, through_view};
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
    /// The rows that it shows: those of any of these; every row if there is none.
    pub slices: Vec<Slice>,
    /// Whether it is for somebody outside the mesh, who has no role here.
    pub shared: bool,
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
    let is_whole = |port: &PortView| grant.columns.as_ref() == Some(&port.columns);
    if grant.rows.is_everything() && port.is_some_and(is_whole) {
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
            slices: vec![EVERYTHING],
            shared: false,
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
                view.slices.push(slice(grant));
            }
            None => views.push(View {
                role,
                parts,
                columns,
                slices: vec![slice(grant)],
                shared: false,
                about,
                origin: grant.origin.clone(),
            }),
        }
    }
    add_shares(cell, relation, &mut views);
    for view in &mut views {
        let shown = std::mem::take(&mut view.columns);
        let names = relation.columns.iter().map(|column| &column.name);
        view.columns = names.filter(|name| shown.contains(name)).cloned().collect();
        view.slices = widest(&view.slices);
    }
    views
}

/// One view per zone or port and account outside the mesh.
fn add_shares(cell: &CellSet, relation: Relation<'_>, views: &mut Vec<View>) {
    let shares = cell.primitives.iter().filter_map(|one| match one {
        Primitive::Share(share) if share.resource == *relation.address => Some(share),
        _ => None,
    });
    for share in shares {
        let role = share_role(share);
        let all = || relation.columns.iter().map(|column| column.name.clone());
        let columns = share.columns.clone().unwrap_or_else(|| all().collect());
        let slice = share_slice(share);
        match views.iter_mut().find(|view| view.role == role) {
            Some(view) => {
                view.columns.extend(columns);
                view.slices.push(slice);
            }
            None => views.push(View {
                role,
                parts: [share.port.to_string(), "for".to_owned()]
                    .into_iter()
                    .chain(account_parts(share))
                    .collect(),
                columns,
                slices: vec![slice],
                shared: true,
                about: format!("`{}` for {}", share.port, share.account),
                origin: share.origin.clone(),
            }),
        }
    }
}

/// The role of the view that an account outside the mesh reads.
pub(super) fn share_role(share: &Share) -> String {
    format!("view-{}-for-account-{}", share.port, share.account)
}

/// An account as parts of a name.
pub(super) fn account_parts(share: &Share) -> impl Iterator<Item = String> + '_ {
    let parts = share.account.split(['.', '_']);
    ["account".to_owned()]
        .into_iter()
        .chain(parts.map(str::to_ascii_lowercase))
}

/// Every row, for ever.
const EVERYTHING: Slice = Slice {
    only: Vec::new(),
    before: None,
};

/// The rows that a right shows, and until when.
fn slice(grant: &Grant) -> Slice {
    slice_of(&grant.rows, cut_off(grant))
}

fn share_slice(share: &Share) -> Slice {
    slice_of(&share.rows, share.until.tomorrow().ok())
}

fn slice_of(rows: &Rows, before: Option<Date>) -> Slice {
    let value = |value: &RowValue| match value {
        // What cannot stand in a string was reported by `refuse_texts`.
        RowValue::Text(text) => {
            SqlValue::Text(SqlString::plain(text).unwrap_or_else(|_| SqlString::prose(text)))
        }
        RowValue::Integer(number) => SqlValue::Integer(*number),
        RowValue::Date(day) => SqlValue::Date(*day),
        RowValue::Boolean(value) => SqlValue::Boolean(*value),
    };
    let columns = rows.iter();
    Slice {
        only: columns
            .map(|(name, values)| (column::ident(name), values.iter().map(value).collect()))
            .collect(),
        before,
    }
}

/// The slices that no other one covers, in an order that follows from what they are; none if one of
/// them is everything.
fn widest(slices: &[Slice]) -> Vec<Slice> {
    let mut kept: Vec<Slice> = Vec::new();
    let sorted: BTreeSet<&Slice> = slices.iter().collect();
    for slice in sorted {
        if kept.iter().any(|one| one.covers(slice)) {
            continue;
        }
        kept.retain(|one| !slice.covers(one));
        kept.push(slice.clone());
    }
    kept.retain(|_| !slices.iter().any(Slice::is_everything));
    kept
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
    for grant in here.grants().filter(|grant| is_partial(grant)) {
        refuse_writing(grant, out);
        refuse_texts(&grant.rows, grant.origin.span, out);
    }
    for share in here.shares() {
        refuse_texts(&share.rows, share.origin.span, out);
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
    refuse_mixtures(here, relation, out);
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
                slices: view.slices.clone(),
            },
        ));
    }
    statements
}

/// A value that nobody who reads the rule would see as it is.
fn refuse_texts(rows: &Rows, span: Span, out: &mut Diagnostics) {
    for (name, values) in rows.iter() {
        for value in values {
            let RowValue::Text(text) = value else {
                continue;
            };
            if let Err(why) = SqlString::plain(text) {
                let message = format!(
                    "rows cannot be told by the value `{}` of `{name}` on Snowflake: {why}",
                    text.escape_debug()
                );
                let problem = Diagnostic::new(code::TEXT_NOT_FOR_CLOUD, span, message);
                out.push(problem.help("name another column or value"));
            }
        }
    }
}

/// One view shows what several rights of one group or consumer show together. It can add up rows, ends
/// or columns, but not rows of which some have other columns than others; and whoever sees values of
/// some rows in clear sees those of all, since a mask asks for the role and not for the right.
fn refuse_mixtures(here: Here<'_>, relation: Relation<'_>, out: &mut Diagnostics) {
    let on_it = |grant: &&Grant| grant.resource == *relation.address && grant.has(Atom::ReadData);
    let rights: Vec<&Grant> = here.grants().filter(on_it).collect();
    let shares = here
        .shares()
        .filter(|one| one.resource == *relation.address);
    let shares: Vec<&Share> = shares.collect();
    for (at, one) in shares.iter().enumerate() {
        let mixed = |other: &&&Share| {
            share_role(one) == share_role(other)
                && one.columns != other.columns
                && share_slice(one) != share_slice(other)
        };
        if let Some(other) = shares.iter().skip(at + 1).find(mixed) {
            let message = format!(
                "`{}` is shared twice with {}, with other columns and other rows or another end",
                relation.address, one.account
            );
            out.push(
                Diagnostic::new(code::RIGHTS_NOT_SEPARABLE, other.origin.span, message)
                    .label(one.origin.span, "the other share")
                    .help("share a port that shows what one of them needs"),
            );
        }
    }
    let views: Vec<Option<String>> = rights
        .iter()
        .map(|one| through_view(one).then(|| key(relation, one).0))
        .collect();
    let mut said = BTreeSet::new();
    for (at, one) in rights.iter().enumerate() {
        for (other, view) in rights.iter().zip(&views).skip(at + 1) {
            let through_one = view.is_some() && views.get(at) == Some(view);
            let columns = through_one && one.columns != other.columns && slice(one) != slice(other);
            let clear = one.group == other.group
                && one.rows != other.rows
                && one.has(Atom::Unmask) != other.has(Atom::Unmask)
                && here.is_masked(relation);
            let what = match (columns, clear) {
                (true, _) => "other columns and other rows or another end",
                (false, true) => "other rows, and only one of them sees hidden columns in clear",
                (false, false) => continue,
            };
            if !said.insert((one.origin.span, other.origin.span)) {
                continue;
            }
            let message = format!(
                "`{}` has two rights to `{}` with {what}, which Snowflake cannot tell apart",
                other.group, relation.address
            );
            out.push(
                Diagnostic::new(code::RIGHTS_NOT_SEPARABLE, other.origin.span, message)
                    .label(one.origin.span, "the other right")
                    .help("give what differs to a group of its own")
                    .help("or let a port show what one of them needs"),
            );
        }
    }
}

/// Rows are written through tables; a view of some columns or rows cannot be written through.
fn refuse_writing(grant: &Grant, out: &mut Diagnostics) {
    if !grant.has(Atom::Write) && !grant.has(Atom::Delete) {
        return;
    }
    if !grant.rows.is_everything() {
        let message = format!(
            "`{}` cannot write only some rows of `{}` on Snowflake",
            grant.group, grant.resource
        );
        let problem = Diagnostic::new(code::ROWS_NOT_ENFORCEABLE, grant.origin.span, message);
        out.push(
            problem
                .help("let the group write the whole zone without `rows`, or only read these rows"),
        );
        return;
    }
    let message = format!(
        "`{}` cannot write only some columns of `{}` on Snowflake",
        grant.group, grant.resource
    );
    let problem = Diagnostic::new(code::COLUMNS_NOT_ENFORCEABLE, grant.origin.span, message);
    out.push(problem.help("let the group write the whole zone (`on: [zone]` without `columns`), or only read these columns"));
}
