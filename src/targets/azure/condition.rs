//! Conditions of role assignments (Azure ABAC, version 2.0): until when, and listing without
//! reading.
//!
//! Source: Azure docs, "Azure role assignment condition format and syntax" and "Actions and
//! attributes for Azure role assignment conditions for Azure Blob Storage": conditions exist for
//! roles with blob data actions only; `UtcNow` is an environment attribute of all of them and takes
//! `DateTimeLessThan`; listing is the suboperation `Blob.List` of the read action. Every part is in
//! parentheses, since mixed terms without them are refused.

use jiff::civil::Date;

use super::roles::Role;

/// What an assignment's condition is written in.
pub(super) const VERSION: &str = "2.0";

/// Azure docs, Azure RBAC limits: 8 KB.
#[cfg(test)]
const LONGEST: usize = 8 * 1024;

const READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
const CONTAINER: &str = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]";

/// The condition of a role's assignment, if it needs one.
pub(super) fn of(role: &Role, until: Option<Date>) -> Option<String> {
    let listing = role.lists_only.then(listing_only);
    let expiry = until
        .filter(|_| !role.data_actions.is_empty())
        .map(|last| before(&role.data_actions, last));
    let clauses: Vec<String> = listing.into_iter().chain(expiry).collect();
    match clauses.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        many => Some(
            many.iter()
                .map(|clause| format!("({clause})"))
                .collect::<Vec<_>>()
                .join(" AND "),
        ),
    }
}

/// Reading anything but a list needs a container of an impossible name: it has three characters at
/// least.
fn listing_only() -> String {
    format!(
        "((!(ActionMatches{{'{READ}'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR ({CONTAINER} StringEquals '-'))"
    )
}

/// Every action only before the day after the last day begins, in UTC.
fn before(actions: &[String], last: Date) -> String {
    let others = actions
        .iter()
        .map(|action| format!("!(ActionMatches{{'{action}'}})"))
        .collect::<Vec<_>>();
    let cut = last.tomorrow().unwrap_or(last);
    format!(
        "(({}) OR (@Environment[UtcNow] DateTimeLessThan '{cut}T00:00:00.0Z'))",
        others.join(" AND ")
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;
    use crate::mesh::capability::{Capability, atoms};
    use crate::targets::azure::roles::{On, choose};

    fn condition(can: Capability, until: Option<&str>) -> Option<String> {
        let (roles, _) = choose(On::Files, &atoms(&[can]));
        of(
            roles.first().unwrap(),
            until.map(|day| day.parse().unwrap()),
        )
    }

    #[test]
    fn the_last_day_is_included() {
        let text = condition(Capability::Read, Some("2027-12-31")).unwrap();
        assert_eq!(
            text,
            "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR (@Environment[UtcNow] DateTimeLessThan '2028-01-01T00:00:00.0Z'))"
        );
        assert_eq!(condition(Capability::Read, None), None);
        assert_eq!(condition(Capability::Steward, Some("2027-12-31")), None);
    }

    #[test]
    fn writers_may_list_and_never_read() {
        let text = condition(Capability::Write, None).unwrap();
        assert!(text.contains("NOT SubOperationMatches{'Blob.List'}"));
        let both = condition(Capability::Write, Some("2027-12-31")).unwrap();
        assert!(
            both.contains(&text) && both.contains(" AND (((!(ActionMatches"),
            "{both}"
        );
        for text in [
            text,
            both,
            condition(Capability::Own, Some("2027-12-31")).unwrap(),
        ] {
            assert!(text.len() < LONGEST);
            assert_eq!(text.matches('(').count(), text.matches(')').count());
        }
    }
}
