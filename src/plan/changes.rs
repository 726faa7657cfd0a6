//! What a step changes, one difference at a time.

use super::StepChange;
use crate::diff::{self, Files};

/// Compares what was applied last with what is applied then.
pub(super) fn between(before: &Files, after: &Files) -> Vec<StepChange> {
    diff::between(before, after)
        .into_iter()
        .map(|one| StepChange {
            action: one.action.as_str().to_owned(),
            what: one.what,
            address: one.address,
            at: one.at,
            risk: one.risk,
        })
        .collect()
}
