//! Lake Formation permissions: which tables and columns a group's queries may see.
//!
//! Its filters hide columns, they do not mask them: whoever may not see a column in clear does not
//! see it at all. Permissions have no end of their own; what ends them is that IAM stops letting the
//! group ask for the table, and the next plan, which revokes them. Where IAM would go on letting it
//! in for another reason, an end cannot be kept and is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::bucket::storage_label;
use super::catalogue::{self, column_name, database_label, table_name};
use super::here::{Here, product_of};
use super::shape::in_place;
use crate::address::Address;
use crate::artifact::hcl::build::{BlockBuilder, block, resource};
use crate::artifact::hcl::expr;
use crate::artifact::{HclBlock, Origin, OriginRef};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::mesh::capability::Atom;
use crate::primitive::{Grant, Storage};
use crate::targets::terraform;

/// What a group has on one table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Permissions {
    table: BTreeSet<&'static str>,
    /// The columns it may read where it may not read all; every one if `SELECT` is on the table.
    columns: BTreeSet<String>,
}

impl Permissions {
    fn of<'g>(grants: impl IntoIterator<Item = &'g Grant>, storage: &Storage) -> Self {
        let mut all = Self::default();
        for grant in grants {
            all.add(grant, storage);
        }
        if all.table.contains("SELECT") {
            all.columns.clear();
        }
        all
    }

    fn add(&mut self, grant: &Grant, storage: &Storage) {
        let reads = grant.has(Atom::ReadData);
        if reads && grant.reaches_files() {
            self.table.insert("SELECT");
        } else if reads {
            self.columns
                .extend(visible(grant, storage).into_iter().map(column_name));
        }
        // SELECT on columns shows those columns; DESCRIBE would show the names of the others, too.
        if grant.has(Atom::ReadMeta) && (!reads || grant.reaches_files()) {
            self.table.insert("DESCRIBE");
        }
        if grant.has(Atom::Write) {
            self.table.insert("INSERT");
            if !catalogue::is_projected(storage) {
                self.table.insert("ALTER");
            }
        }
        if grant.has(Atom::Delete) {
            self.table.insert("DELETE");
        }
        if grant.has(Atom::Classify) {
            self.table.insert("ALTER");
        }
    }
}

/// The columns that a grant shows, in the storage's order.
pub(super) fn visible<'s>(grant: &Grant, storage: &'s Storage) -> Vec<&'s str> {
    let shown = |name: &str| {
        grant
            .columns
            .as_ref()
            .is_none_or(|columns| columns.iter().any(|one| one == name))
            && !grant.masked.iter().any(|one| one == name)
    };
    storage
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| shown(name))
        .collect()
}

/// The permissions of one group.
pub(super) fn lower(
    here: Here<'_>,
    group: &Name,
    grants: &[&Grant],
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let mut by_storage: BTreeMap<&Address, (&Storage, Vec<&Grant>)> = BTreeMap::new();
    for grant in grants {
        if let Some(storage) = here.storage(&grant.resource) {
            by_storage
                .entry(&storage.address)
                .or_insert_with(|| (storage, Vec::new()))
                .1
                .push(grant);
        }
    }
    let mut blocks = Vec::new();
    let mut databases: BTreeSet<Address> = BTreeSet::new();
    for (storage, grants) in by_storage.into_values() {
        check_ends(&grants, storage, out);
        let Some(first) = grants.first() else {
            continue;
        };
        let origin = told(first, &grants, storage);
        let place = here.place(storage.region.as_ref());
        let permissions = Permissions::of(grants.iter().copied(), storage);
        let mut made = Vec::new();
        if databases.insert(product_of(&storage.address)) {
            let label =
                terraform::label([database_label(storage).as_str(), "database", group.as_str()]);
            let database = block("database")
                .attr("catalog_id", here.account())
                .attr("name", here.database(storage));
            made.push(permission(
                &label,
                group,
                ["DESCRIBE"],
                database,
                &first.origin,
            ));
        }
        let named = |name: &str| {
            block(name)
                .attr("catalog_id", here.account())
                .attr("database_name", here.database(storage))
                .attr("name", table_name(storage))
        };
        let label =
            |what: &str| terraform::label([storage_label(storage).as_str(), what, group.as_str()]);
        if !permissions.table.is_empty() {
            made.push(permission(
                &label("table"),
                group,
                permissions.table,
                named("table"),
                &origin,
            ));
        }
        if !permissions.columns.is_empty() {
            let table =
                named("table_with_columns").attr("column_names", expr::list(permissions.columns));
            made.push(permission(
                &label("columns"),
                group,
                ["SELECT"],
                table,
                &origin,
            ));
        }
        for block in &mut made {
            in_place(block, place);
        }
        blocks.extend(made);
    }
    blocks
}

fn permission<'p>(
    label: &str,
    group: &Name,
    permissions: impl IntoIterator<Item = &'p str>,
    on: BlockBuilder,
    origin: &OriginRef,
) -> HclBlock {
    let role = terraform::label([group.as_str()]);
    resource("aws_lakeformation_permissions", label)
        .attr(
            "principal",
            expr::reference(&format!("aws_iam_role.{role}.arn")),
        )
        .attr("permissions", expr::list(permissions))
        .block(on)
        .by(origin)
}

/// Says in the output which columns are hidden.
fn told(first: &Grant, grants: &[&Grant], storage: &Storage) -> OriginRef {
    let hidden: Vec<&str> = storage
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| {
            grants
                .iter()
                .filter(|grant| grant.has(Atom::ReadData))
                .all(|grant| !visible(grant, storage).contains(name))
        })
        .collect();
    if hidden.is_empty() || !grants.iter().any(|grant| grant.has(Atom::ReadData)) {
        return first.origin.clone();
    }
    let why = format!("{}; hidden: {}", first.origin.why, hidden.join(", "));
    Origin {
        why,
        ..Origin::clone(&first.origin)
    }
    .into()
}

/// An end is kept by IAM only if the group has nothing on the table afterwards.
fn check_ends(grants: &[&Grant], storage: &Storage, out: &mut Diagnostics) {
    let all = Permissions::of(grants.iter().copied(), storage);
    for grant in grants {
        let Some(until) = &grant.until else { continue };
        let stays = |other: &&&Grant| {
            other
                .until
                .as_ref()
                .is_none_or(|other| other.value > until.value)
        };
        let after: Vec<&Grant> = grants.iter().filter(stays).copied().collect();
        let Some(longer) = after.first() else {
            continue;
        };
        if Permissions::of(after.iter().copied(), storage) != all {
            let message = format!(
                "Lake Formation cannot end this on {}, since `{}` keeps another right on `{}`",
                until.value, grant.group, storage.address
            );
            let problem = Diagnostic::new(code::EXPIRY_NOT_ENFORCEABLE, grant.origin.span, message)
                .label(longer.origin.span, "the right that stays");
            out.push(problem.help("its permissions have no end, and IAM cannot tell the two rights apart; give what ends to a group of its own"));
        }
    }
}
