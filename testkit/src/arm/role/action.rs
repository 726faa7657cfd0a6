//! Action strings of custom roles.
//!
//! Source: AZR, custom-roles: `{provider}/{type}/{action}`, compared without regard to case, with at
//! most one `*`. The data actions below are those of the Azure docs page "Azure permissions for
//! Storage" and its siblings for Event Hubs and Key Vault (state of 2026-02).

use super::super::catalogue;
use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};
use super::operation;

/// Data actions of the providers whose data actions are known in full here.
const DATA: &[&str] = &[
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/read",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/write",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/delete",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/deleteblobversion/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/permanentdelete/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/add/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/filter/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/move/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/manageownership/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/modifypermissions/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/runassuperuser/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/immutablestorage/runassuperuser/action",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/tags/read",
    "microsoft.storage/storageaccounts/blobservices/containers/blobs/tags/write",
    "microsoft.storage/storageaccounts/fileservices/fileshares/files/read",
    "microsoft.storage/storageaccounts/fileservices/fileshares/files/write",
    "microsoft.storage/storageaccounts/fileservices/fileshares/files/delete",
    "microsoft.storage/storageaccounts/fileservices/fileshares/files/modifypermissions/action",
    "microsoft.storage/storageaccounts/fileservices/fileshares/files/actassuperuser/action",
    "microsoft.storage/storageaccounts/fileservices/readfilebackupsemantics/action",
    "microsoft.storage/storageaccounts/fileservices/writefilebackupsemantics/action",
    "microsoft.storage/storageaccounts/fileservices/takeownership/action",
    "microsoft.storage/storageaccounts/queueservices/queues/messages/read",
    "microsoft.storage/storageaccounts/queueservices/queues/messages/write",
    "microsoft.storage/storageaccounts/queueservices/queues/messages/delete",
    "microsoft.storage/storageaccounts/queueservices/queues/messages/add/action",
    "microsoft.storage/storageaccounts/queueservices/queues/messages/process/action",
    "microsoft.storage/storageaccounts/tableservices/tables/entities/read",
    "microsoft.storage/storageaccounts/tableservices/tables/entities/write",
    "microsoft.storage/storageaccounts/tableservices/tables/entities/delete",
    "microsoft.storage/storageaccounts/tableservices/tables/entities/add/action",
    "microsoft.storage/storageaccounts/tableservices/tables/entities/update/action",
    "microsoft.eventhub/namespaces/messages/send/action",
    "microsoft.eventhub/namespaces/messages/receive/action",
    "microsoft.eventhub/namespaces/schemas/read",
    "microsoft.eventhub/namespaces/schemas/write",
    "microsoft.eventhub/namespaces/schemas/delete",
];

/// Providers whose data actions are listed in full.
const DATA_KNOWN: &[&str] = &["microsoft.storage", "microsoft.eventhub"];

/// Checks one action of `actions` or `notActions`.
pub(crate) fn control(action: &str) -> Outcome<()> {
    common(action)?;
    let lower = action.to_lowercase();
    // A data action is none of the operations that actions can name; the service says that it
    // matches nothing.
    let plain = !lower.contains('*');
    let unknown = plain && operation::exists(&lower) == Some(false);
    if unknown || !has_verb(&lower) || (plain && DATA.contains(&lower.as_str())) {
        return Err(unmatched(ArmRefusal::RoleAction, action));
    }
    Ok(())
}

/// Checks one action of `dataActions` or `notDataActions`.
pub(crate) fn data(action: &str) -> Outcome<()> {
    common(action)?;
    let lower = action.to_lowercase();
    let namespace = lower.split('/').next().unwrap_or_default();
    let known = if DATA_KNOWN.contains(&namespace) {
        DATA.iter().any(|known| matches(&lower, known))
    } else {
        has_verb(&lower)
    };
    if known {
        Ok(())
    } else {
        Err(unmatched(ArmRefusal::RoleDataAction, action))
    }
}

/// Whether a pattern with at most one star matches an action.
pub(crate) fn matches(pattern: &str, action: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == action,
        Some((start, end)) => {
            action.len() >= start.len() + end.len()
                && action.starts_with(start)
                && action.ends_with(end)
        }
    }
}

fn common(action: &str) -> Outcome<()> {
    if action.matches('*').count() > 1 {
        return Err(refuse(
            ArmRefusal::RoleActionWildcards,
            format!("'{action}' is not supported: an action has at most one wildcard."),
        ));
    }
    let namespace = action.split('/').next().unwrap_or_default();
    if namespace == "*" || catalogue::is_namespace(namespace) {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::RoleActionProvider,
        "The resource provider referenced in the action is not returned in the list of providers from Azure \
         Resource Manager.",
    ))
}

/// An action ends in read, write, delete or action, or in a wildcard.
fn has_verb(action: &str) -> bool {
    let last = action.rsplit('/').next().unwrap_or_default();
    let verb = matches!(last, "read" | "write" | "delete" | "action") || last.ends_with('*');
    // `Microsoft.Storage/read` names no type: only `*` and `*/read` are that short.
    verb && (action.starts_with('*') || action.split('/').count() >= 3 || last == "*")
}

fn unmatched(kind: ArmRefusal, action: &str) -> super::super::Refused {
    refuse(
        kind,
        format!("'{action}' does not match any of the actions supported by the providers."),
    )
}

#[cfg(test)]
mod tests {
    use super::{control, data, matches};

    #[test]
    fn control_actions() {
        for good in [
            "*",
            "*/read",
            "Microsoft.Storage/*",
            "Microsoft.Storage/*/read",
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            "Microsoft.Storage/storageAccounts/listKeys/action",
            "microsoft.resources/tags/WRITE",
        ] {
            assert!(control(good).is_ok(), "{good}");
        }
        for bad in [
            "Microsoft.Storage/*/blobs/*",
            "Microsoft.Strorage/storageAccounts/read",
            "storage/read",
            "Microsoft.Storage/storageAccounts/fetch",
            "Microsoft.Storage/storageAcounts/read",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
        ] {
            assert!(control(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn data_actions() {
        for good in [
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
            "Microsoft.EventHub/*/send/action",
            "Microsoft.KeyVault/vaults/keys/read",
        ] {
            assert!(data(good).is_ok(), "{good}");
        }
        for bad in [
            "Microsoft.Storage/storageAccounts/read",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/reed",
        ] {
            assert!(data(bad).is_err(), "{bad}");
        }
        assert!(!matches("a*a", "a"));
    }
}
