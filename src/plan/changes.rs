//! What a step changes, one difference at a time, with what it may do to people's data and rights.

use std::collections::{BTreeMap, BTreeSet};

use super::StepChange;
use super::ledger::AppliedFile;

type Files = BTreeMap<String, AppliedFile>;

/// Compares what was applied last with what is applied then.
pub(super) fn between(before: &Files, after: &Files) -> Vec<StepChange> {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    paths
        .into_iter()
        .filter_map(|path| {
            let (old, new) = (before.get(path), after.get(path));
            let action = match (old, new) {
                (None, _) => "create",
                (_, None) => "delete",
                (Some(old), Some(new)) if old.text != new.text => "update",
                _ => return None,
            };
            let entry = new.or(old).and_then(|file| file.entries.first());
            Some(StepChange {
                action: action.to_owned(),
                what: path.clone(),
                address: entry.map(|entry| entry.address.clone()),
                at: entry.map(|entry| entry.at.clone()),
                risk: BTreeSet::new(),
            })
        })
        .collect()
}
