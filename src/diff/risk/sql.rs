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

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        reason = "a test may fail by unwrapping or panicking"
    )]
    use super::*;
    use crate::artifact::sql::{Reading, read};

    fn statement(text: &str) -> Statement {
        match read(&format!("{text};")).unwrap().remove(0).what {
            Reading::Known(statement) => statement,
            Reading::Unknown(text) => panic!("{text}"),
        }
    }

    fn risk(before: &str, after: &str) -> Vec<Risk> {
        let found = changes(&statement(before), &statement(after)).unwrap();
        found.into_iter().collect()
    }

    #[test]
    fn fewer_rows_are_narrower_and_more_rows_are_wider() {
        let view = |rows: &str| {
            format!(
                "CREATE OR REPLACE SECURE VIEW D.S.V COPY GRANTS COMMENT = '' AS SELECT A FROM D.S.T{rows}"
            )
        };
        let (all, two, one) = (
            view(""),
            view(" WHERE C IN ('DE', 'AT')"),
            view(" WHERE C IN ('DE')"),
        );
        let ends = view(" WHERE C IN ('DE') AND SYSDATE() < TO_TIMESTAMP_NTZ('2027-01-01')");
        for (wide, narrow) in [(&all, &two), (&two, &one), (&one, &ends), (&all, &ends)] {
            assert_eq!(risk(wide, narrow), [Risk::NarrowsAccess], "{narrow}");
            assert_eq!(risk(narrow, wide), [Risk::WidensAccess], "{narrow}");
        }
        let other = view(" WHERE C IN ('FR')");
        assert_eq!(
            risk(&one, &other),
            [Risk::WidensAccess, Risk::NarrowsAccess]
        );
        let both = view(" WHERE (C IN ('DE')) OR (D IN (1))");
        assert_eq!(risk(&one, &both), [Risk::WidensAccess]);
    }

    #[test]
    fn a_column_or_mask_that_comes_or_goes_in_a_view_is_told() {
        let view = |columns: &str, shown: &str| {
            format!(
                "CREATE OR REPLACE SECURE VIEW D.S.V ({columns}) COPY GRANTS COMMENT = '' AS SELECT {shown} FROM D.S.T AS T1"
            )
        };
        let one = view("A", "T1.A");
        let masked = view("A WITH MASKING POLICY D.S.P", "T1.A");
        assert_eq!(risk(&masked, &one), [Risk::WidensAccess]);
        assert_eq!(risk(&one, &masked), [Risk::NarrowsAccess]);
        assert_eq!(
            risk(&one, &view("A, B", "T1.A, T1.B")),
            [Risk::WidensAccess]
        );
        assert_eq!(
            risk(&one, &view("A", "T1.B")),
            [Risk::WidensAccess, Risk::NarrowsAccess]
        );
        assert_eq!(risk(&one, &one), []);
        // What another table shows cannot be told.
        let other = one.replace("D.S.T", "D.S.U");
        assert!(changes(&statement(&one), &statement(&other)).is_none());
    }
}
