//! Levels of access to one zone: what each allows, and which of them a right comes to.
//!
//! Each level is a database role, so that its privileges can never reach beyond the database
//! (docs.snowflake.com/en/user-guide/security-access-control-overview#database-roles).

use std::collections::BTreeSet;

use super::relation::Relation;
use crate::artifact::sql::Privilege;
use crate::mesh::capability::Atom;
use crate::primitive::Grant;

/// How far a right to a zone goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// See which tables and columns there are.
    Describe,
    /// Read rows.
    Read,
    /// Add and change rows.
    Write,
    /// Read, write and delete rows.
    Own,
}

impl Level {
    /// Its word in names.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Describe => "describe",
            Self::Read => "read",
            Self::Write => "write",
            Self::Own => "own",
        }
    }

    /// What it does, for people.
    pub(super) const fn about(self) -> &'static str {
        match self {
            Self::Describe => "sees which tables and columns there are",
            Self::Read => "reads rows",
            Self::Write => "adds and changes rows",
            Self::Own => "reads, adds, changes and deletes rows",
        }
    }

    /// The levels that it includes.
    pub(super) const fn includes(self) -> &'static [Self] {
        match self {
            Self::Describe => &[],
            Self::Read | Self::Write => &[Self::Describe],
            Self::Own => &[Self::Read, Self::Write],
        }
    }

    /// Its own privileges on tables.
    pub(super) const fn on_tables(self) -> &'static [Privilege] {
        match self {
            // REFERENCES shows a table's structure without its data
            // (docs.snowflake.com/en/user-guide/security-access-control-privileges#table-privileges).
            Self::Describe => &[Privilege::References],
            Self::Read => &[Privilege::Select],
            Self::Write => &[Privilege::Insert, Privilege::Update],
            Self::Own => &[Privilege::Delete, Privilege::Truncate],
        }
    }
}

/// Whether a right is to a part of a zone only.
pub(super) fn is_partial(grant: &Grant) -> bool {
    grant.columns.is_some() || !grant.rows.is_everything()
}

/// Whether a right goes through a view: it shows some columns or rows only, or another domain uses it.
pub(super) fn through_view(grant: &Grant) -> bool {
    grant.has(Atom::ReadData) && (is_partial(grant) || grant.consumer.is_some())
}

/// The levels that a right to a whole zone comes to.
pub(super) fn levels(relation: Relation<'_>, grant: &Grant) -> BTreeSet<Level> {
    if through_view(grant) {
        return BTreeSet::new();
    }
    if relation.view.is_some() {
        // Nothing is written through a view, so whoever owns it reads it.
        let reads = grant.has(Atom::ReadData);
        return [if reads { Level::Read } else { Level::Describe }].into();
    }
    if grant.has(Atom::Delete) {
        return [Level::Own].into();
    }
    let mut levels = BTreeSet::new();
    if grant.has(Atom::ReadData) {
        levels.insert(Level::Read);
    }
    if grant.has(Atom::Write) {
        levels.insert(Level::Write);
    }
    if levels.is_empty() {
        levels.insert(Level::Describe);
    }
    levels
}

/// The levels that a zone needs, with those that they include.
pub(super) fn levels_of<'a>(
    relation: Relation<'_>,
    grants: impl Iterator<Item = &'a Grant>,
) -> BTreeSet<Level> {
    let mut found: BTreeSet<Level> = grants
        .filter(|grant| grant.resource == *relation.address)
        .flat_map(|grant| levels(relation, grant))
        .collect();
    let mut open: Vec<Level> = found.iter().copied().collect();
    while let Some(level) = open.pop() {
        open.extend(
            level
                .includes()
                .iter()
                .copied()
                .filter(|one| found.insert(*one)),
        );
    }
    found
}
