//! Which way a change of a statement goes that says who sees what.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::Risk;
use crate::artifact::sql::{ClearFor, Slice, Statement, ViewColumn};

/// What the change does, where the statement is one whose meaning is known in full.
pub(super) fn changes(before: &Statement, after: &Statement) -> Option<BTreeSet<Risk>> {
    let mut risk = BTreeSet::new();
    let mut way = |more: bool, less: bool| {
        if more {
            risk.insert(Risk::WidensAccess);
        }
        if less {
            risk.insert(Risk::NarrowsAccess);
        }
    };
    match (before, after) {
        (
            Statement::SetMaskingBody {
                clear_for: old,
                text: was,
                ..
            },
            Statement::SetMaskingBody {
                clear_for: new,
                text: is,
                ..
            },
        ) if was == is => {
            let (old, new) = (roles(old), roles(new));
            for (role, until) in &new {
                match old.get(role) {
                    None => way(true, false),
                    Some(then) => way(is_longer(*then, *until), is_longer(*until, *then)),
                }
            }
            way(false, old.keys().any(|role| !new.contains_key(role)));
        }
        (
            Statement::CreateView {
                columns: old,
                table: was,
                slices: then,
                ..
            },
            Statement::CreateView {
                columns: new,
                table: is,
                slices: until,
                ..
            },
        ) if was == is => {
            let (old, new): (BTreeSet<_>, BTreeSet<_>) =
                (old.iter().collect(), new.iter().collect());
            way(!new.is_subset(&old), !old.is_subset(&new));
            way(!covers(then, until), !covers(until, then));
        }
        (
            Statement::CreateJoinedView {
                columns: old,
                tables: was,
                ..
            },
            Statement::CreateJoinedView {
                columns: new,
                tables: is,
                ..
            },
        ) if was == is => {
            for column in old.iter().chain(new) {
                let (then, now) = (shown(old, column), shown(new, column));
                match (then, now) {
                    (None, _) => way(true, false),
                    (_, None) => way(false, true),
                    (Some(then), Some(now)) if then.mask != now.mask => {
                        // What another policy shows is told where that policy is set.
                        way(now.mask.is_none(), then.mask.is_none());
                        if then.mask.is_some() && now.mask.is_some() {
                            way(true, true);
                        }
                    }
                    _ => {}
                }
            }
        }
        (Statement::SetRetention { days: old, .. }, Statement::SetRetention { days: new, .. }) => {
            if new < old {
                risk.insert(Risk::LosesData);
            }
        }
        (
            Statement::CreateTable { columns: old, .. },
            Statement::CreateTable { columns: new, .. },
        ) => {
            // A column that is there stays there; another type of it does not fit its values.
            let types: BTreeMap<_, _> = new.iter().map(|one| (&one.name, one.data_type)).collect();
            if old
                .iter()
                .any(|one| types.get(&one.name) != Some(&one.data_type))
            {
                risk.insert(Risk::LosesData);
            }
        }
        _ => return None,
    }
    Some(risk)
}

/// Whether some slices show every row that others show, for as long; no slice at all is every row.
/// Slices are compared one by one, so what only several of them show together counts as not shown.
fn covers(these: &[Slice], those: &[Slice]) -> bool {
    these.is_empty()
        || (!those.is_empty()
            && those
                .iter()
                .all(|that| these.iter().any(|this| this.covers(that))))
}

/// The column of a view that shows the same as another one.
fn shown<'c>(columns: &'c [ViewColumn], like: &ViewColumn) -> Option<&'c ViewColumn> {
    let mut columns = columns.iter();
    columns.find(|one| one.name == like.name && one.from == like.from)
}

fn roles(list: &[ClearFor]) -> BTreeMap<&str, Option<Date>> {
    list.iter()
        .map(|one| (one.role.as_str(), one.before))
        .collect()
}

/// Whether a right lasts longer than it did; without a day it lasts for ever.
fn is_longer(then: Option<Date>, now: Option<Date>) -> bool {
    match (then, now) {
        (Some(then), Some(now)) => now > then,
        (Some(_), None) => true,
        (None, _) => false,
    }
}
