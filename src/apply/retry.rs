//! Errors that go away by themselves, by program: only those that its documents name.

use std::path::Path;
use std::time::Duration;

use crate::runner::{Answer, RunError, Runner};
use crate::step::Call;

/// How often a call is tried in all.
const TRIES: u32 = 6;

/// Texts of passing failures. Sources: AWS Organizations API reference, common errors; Azure Resource
/// Manager, throttling and conflicts; cloud.google.com/iam/docs/retry-strategy.
const PASSING: &[(&str, &[&str])] = &[
    (
        "aws",
        &[
            "ConcurrentModificationException",
            "PolicyChangesInProgressException",
            "TooManyRequestsException",
            "Throttling",
            "ServiceException",
        ],
    ),
    (
        "az",
        &[
            "AnotherOperationInProgress",
            "TooManyRequests",
            "ServerBusy",
            "PrincipalNotFound",
        ],
    ),
    (
        "gcloud",
        &[
            "ABORTED",
            "RESOURCE_EXHAUSTED",
            "UNAVAILABLE",
            "There were concurrent policy changes",
        ],
    ),
];

/// Runs a call; again, after a growing pause, while it fails with an error that passes.
pub(super) fn call(
    runner: &dyn Runner,
    call: &Call,
    folder: &Path,
    is_fine: impl Fn(&Answer) -> bool,
) -> Result<Answer, RunError> {
    let program = call.argv.first().map_or("", String::as_str);
    let passing: Vec<String> = PASSING
        .iter()
        .filter(|(name, _)| *name == program)
        .flat_map(|(_, texts)| texts.iter().map(|text| (*text).to_owned()))
        .collect();
    let mut pause = Duration::from_secs(2);
    for _ in 1..TRIES {
        let answer = runner.run(call, folder)?;
        if is_fine(&answer) || !answer.says(&passing) {
            return Ok(answer);
        }
        runner.pause(pause);
        pause *= 2;
    }
    runner.run(call, folder)
}
