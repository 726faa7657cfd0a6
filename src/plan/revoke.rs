//! The statements that take back what Snowflake was once given.
//!
//! Snowflake has no state of ours in it: a grant whose statement is gone stays until it is revoked.

use std::collections::BTreeSet;

use crate::artifact::sql::{self, Object, Reading, Securable, Statement};

/// What was there and is no longer: statements that take it back, in an order in which nothing is in
/// their way, and what cannot be taken back by a statement without losing something.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Revocations {
    /// The statements, with the roles that run them.
    pub statements: Vec<Statement>,
    /// Each as people know it.
    pub taken_back: Vec<Statement>,
    /// Left as they are.
    pub kept: Vec<Statement>,
}

/// Compares two states of the files of one step.
pub(super) fn between<'t>(
    before: impl IntoIterator<Item = &'t str>,
    after: impl IntoIterator<Item = &'t str>,
) -> Revocations {
    let still: BTreeSet<Statement> = after
        .into_iter()
        .flat_map(|text| pieces(text).into_iter().map(|(_, one)| one))
        .collect();
    let mut gone: BTreeSet<(Option<Statement>, Statement)> = BTreeSet::new();
    for text in before {
        let pieces = pieces(text).into_iter();
        gone.extend(pieces.filter(|(_, one)| !still.contains(one)));
    }
    let mut found = Revocations::default();
    let mut role: Option<Statement> = None;
    // Sorted, so that a plan that goes on after an interruption has the same statements.
    for (by, statement) in gone {
        let Some(undo) = statement.undo() else {
            if makes_a_thing(&statement) {
                found.kept.push(statement);
            }
            continue;
        };
        if still.contains(&undo) || is_replaced(&statement, &still) {
            continue;
        }
        if by.is_some() && by != role {
            found.statements.extend(by.clone());
            role = by;
        }
        found.statements.push(undo);
        // Taking a right back on every table of a schema takes it back on the one that keeps it.
        found.statements.extend(hit_as_well(&statement, &still));
        found.taken_back.push(statement);
    }
    found
}

/// Whether something that is still there has taken the statement's place: a column has one mask, and
/// taking away the old one would take away the new one.
fn is_replaced(gone: &Statement, still: &BTreeSet<Statement>) -> bool {
    let Statement::SetColumnMask { table, column, .. } = gone else {
        return false;
    };
    still.iter().any(|one| {
        matches!(one, Statement::SetColumnMask { table: t, column: c, .. } if t == table && c == column)
    })
}

/// The rights to single tables that taking back a right to all of them takes away too.
fn hit_as_well<'s>(
    gone: &Statement,
    still: &'s BTreeSet<Statement>,
) -> impl Iterator<Item = Statement> + use<'s> {
    let gone = gone.clone();
    let hit = move |one: &&Statement| match (&gone, one) {
        (
            Statement::Grant {
                privileges,
                on: Securable::AllTables(schema),
                to,
            },
            Statement::Grant {
                privileges: p,
                on: Securable::One(Object::Table(table)),
                to: t,
            },
        ) => p == privileges && t == to && table.starts_with(schema.as_slice()),
        _ => false,
    };
    still.iter().filter(hit).cloned()
}

/// The statements of a file, each with the role that runs it. A grant of several privileges is taken
/// apart, so that one privilege less is a revocation of that one.
fn pieces(text: &str) -> Vec<(Option<Statement>, Statement)> {
    let mut role = None;
    let mut found = Vec::new();
    // Our own files always read; what does not was not ours and is nothing that we granted.
    for one in sql::read(text).unwrap_or_default() {
        let Reading::Known(statement) = one.what else {
            continue;
        };
        match statement {
            Statement::UseRole(_) => role = Some(statement),
            Statement::Grant { privileges, on, to } => {
                found.extend(privileges.into_iter().map(|privilege| {
                    let one = Statement::Grant {
                        privileges: vec![privilege],
                        on: on.clone(),
                        to: to.clone(),
                    };
                    (role.clone(), one)
                }));
            }
            other => found.push((role.clone(), other)),
        }
    }
    found
}

/// Whether a statement makes something that stays behind when the statement goes.
fn makes_a_thing(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::CreateDatabase(_)
            | Statement::CreateSchema(_)
            | Statement::CreateTable { .. }
            | Statement::CreateView { .. }
            | Statement::CreateJoinedView { .. }
            | Statement::CreateWarehouse(_)
            | Statement::CreateMonitor { .. }
            | Statement::CreateTag { .. }
            | Statement::CreateMaskingPolicy { .. }
            | Statement::CreateRole { .. }
            | Statement::CreateShare { .. }
            | Statement::CreateDatabaseRole { .. }
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    const ROLES: &str = "USE ROLE \"MESHC_ACCESS\";\n";

    fn text(found: &Revocations) -> Vec<String> {
        found.statements.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_grant_that_is_gone_is_revoked_by_the_role_that_gave_it() {
        let before = format!(
            "{ROLES}CREATE ROLE IF NOT EXISTS \"A\" COMMENT = 'a';\nGRANT ROLE \"A\" TO ROLE \"B\";\n\
             GRANT SELECT, INSERT ON TABLE \"D\".\"S\".\"T\" TO ROLE \"A\";\n"
        );
        let after = format!("{ROLES}GRANT INSERT ON TABLE \"D\".\"S\".\"T\" TO ROLE \"A\";\n");
        let found = between([before.as_str()], [after.as_str()]);
        assert_eq!(
            text(&found),
            [
                "USE ROLE \"MESHC_ACCESS\"",
                "REVOKE SELECT ON TABLE \"D\".\"S\".\"T\" FROM ROLE \"A\"",
                "REVOKE ROLE \"A\" FROM ROLE \"B\"",
            ]
        );
        assert_eq!(found.kept.len(), 1);
    }

    #[test]
    fn a_mask_that_took_the_place_of_another_stays() {
        let mask = |policy: &str| {
            format!(
                "{ROLES}ALTER TABLE \"D\".\"S\".\"T\" MODIFY COLUMN \"C\" SET MASKING POLICY \"D\".\"S\".\"{policy}\" FORCE;\n"
            )
        };
        let (old, new) = (mask("OLD"), mask("NEW"));
        assert_eq!(
            between([old.as_str()], [new.as_str()]),
            Revocations::default()
        );
        assert_eq!(text(&between([old.as_str()], [])).len(), 2);
    }

    #[test]
    fn a_right_to_one_table_survives_losing_the_right_to_all() {
        let all = format!(
            "{ROLES}GRANT SELECT ON ALL TABLES IN SCHEMA \"D\".\"S\" TO ROLE \"A\";\nGRANT SELECT ON TABLE \"D\".\"S\".\"T\" TO ROLE \"A\";\n"
        );
        let one = format!("{ROLES}GRANT SELECT ON TABLE \"D\".\"S\".\"T\" TO ROLE \"A\";\n");
        assert_eq!(
            text(&between([all.as_str()], [one.as_str()]))[1..],
            [
                "REVOKE SELECT ON ALL TABLES IN SCHEMA \"D\".\"S\" FROM ROLE \"A\"",
                "GRANT SELECT ON TABLE \"D\".\"S\".\"T\" TO ROLE \"A\"",
            ]
        );
    }

    #[test]
    fn what_only_moved_to_another_file_is_left_alone() {
        let (one, two) = (
            format!("{ROLES}GRANT ROLE \"A\" TO ROLE \"B\";\n"),
            format!("{ROLES}GRANT ROLE \"C\" TO ROLE \"B\";\n"),
        );
        let both = format!("{one}{two}");
        assert_eq!(
            between([both.as_str()], [one.as_str(), two.as_str()]),
            Revocations::default()
        );
        assert_eq!(
            text(&between([one.as_str(), two.as_str()], [two.as_str()])).len(),
            2
        );
    }
}
