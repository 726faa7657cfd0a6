//! Masks: a policy per zone, label and type, set on the columns themselves.
//!
//! A tag could carry policies too, but only one per type
//! (docs.snowflake.com/en/user-guide/tag-based-masking-policies), while who sees values in clear
//! differs from product to product; and a policy on a tag is gone from a column as soon as somebody
//! takes the tag off, which whoever makes tables may do. A policy on the column needs APPLY on it
//! or APPLY MASKING POLICY to come off, and counts before any tag's.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::by;
use super::column::{self, type_of};
use super::here::Here;
use super::views::{cut_off, later};
use crate::artifact::SqlStatement;
use crate::artifact::sql::{ClearFor, SqlString, SqlType, Statement};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::mesh::capability::Atom;
use crate::primitive::{Column, Mask};

/// The masks of a cell.
pub(super) fn lower(here: Here<'_>, out: &mut Diagnostics) -> Vec<SqlStatement> {
    let mut statements = Vec::new();
    for mask in here.masks() {
        // docs.snowflake.com/en/user-guide/intro-editions: column-level security is Enterprise.
        if here.cell.setting("edition") == Some("standard") {
            refuse(here, mask, out);
            continue;
        }
        statements.extend(one(here, mask));
    }
    statements
}

fn one(here: Here<'_>, mask: &Mask) -> Vec<SqlStatement> {
    let Some(relation) = here.relation(&mask.resource) else {
        return Vec::new();
    };
    let clear_for = clear_for(here, mask);
    let mut by_type: BTreeMap<SqlType, Vec<&Column>> = BTreeMap::new();
    for column in &mask.columns {
        by_type
            .entry(type_of(&column.logical))
            .or_default()
            .push(column);
    }
    let mut statements = Vec::new();
    for (data_type, columns) in by_type {
        let policy = here.policy(relation, &mask.label, data_type);
        let body = Statement::SetMaskingBody {
            policy: policy.clone(),
            text: data_type.is_text(),
            clear_for: clear_for.clone(),
        };
        statements.push(by(
            &mask.origin,
            Statement::CreateMaskingPolicy {
                policy: policy.clone(),
                data_type,
            },
        ));
        statements.push(by(&mask.origin, body));
        // A view takes its policies along when it is made: one that is replaced has lost them.
        for column in columns.iter().filter(|_| relation.view.is_none()) {
            let (table, column) = (here.table(relation), column::ident(&column.name));
            statements.push(by(
                &mask.origin,
                Statement::SetColumnMask {
                    table,
                    column,
                    policy: policy.clone(),
                },
            ));
        }
    }
    statements
}

/// Who sees values in clear, and until when: a policy can ask for the time, a grant cannot.
fn clear_for(here: Here<'_>, mask: &Mask) -> Vec<ClearFor> {
    let mut roles: BTreeMap<&str, Option<Date>> = BTreeMap::new();
    for group in &mask.clear_for {
        let Some(role) = here.role(group) else {
            continue;
        };
        let rights = here.grants().filter(|right| {
            right.group == *group && right.resource == mask.resource && right.has(Atom::Unmask)
        });
        for before in rights.map(cut_off) {
            let known = roles.entry(role).or_insert(before);
            *known = later(*known, before);
        }
    }
    let sorted = roles.into_iter();
    sorted
        .map(|(role, before)| ClearFor {
            role: SqlString::prose(role),
            before,
        })
        .collect()
}

fn refuse(here: Here<'_>, mask: &Mask, out: &mut Diagnostics) {
    let names: Vec<&str> = mask
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let message = format!(
        "`{}` hides {} on Snowflake, whose Standard edition has no masking",
        mask.resource,
        names.join(", ")
    );
    let span = here
        .relation(&mask.resource)
        .map_or(mask.origin.span, |relation| relation.origin.span);
    let mut problem = Diagnostic::new(code::EDITION_TOO_LOW, span, message)
        .label(mask.origin.span, "asked for here");
    if let Some(edition) = here.cell.cloud.get("edition") {
        problem = problem.label(edition.span, "the edition");
    }
    out.push(
        problem
            .help("write `edition: enterprise` if the account has it")
            .help("or leave these columns out of the product on Snowflake"),
    );
}
