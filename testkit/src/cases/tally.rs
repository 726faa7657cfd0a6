//! How much each judge has judged in a run, and what it could not judge.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Counts, added to from several threads.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<String, Counts>>);

/// What one judge did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Counts {
    /// Inputs of its self-check: known to be good or bad before it was asked.
    pub(super) self_check: usize,
    /// Things that meshc made.
    pub(super) judged: usize,
    /// Things that meshc made and this judge cannot judge, by the id of an exception in the table of judges.
    pub(super) not_judged: BTreeMap<String, usize>,
}

impl Tally {
    /// A judge has judged `count` things that meshc made.
    pub fn judged(&self, judge: &str, count: usize) {
        self.change(judge, |counts| counts.judged += count);
    }

    /// A judge could not judge `count` things, for the reason that `tests/tools.toml` has under `exception`.
    pub fn not_judged(&self, judge: &str, exception: &str, count: usize) {
        self.change(judge, |counts| {
            *counts.not_judged.entry(exception.to_owned()).or_default() += count;
        });
    }

    /// A judge gave the known verdict on `count` inputs of its self-check.
    pub fn self_check(&self, judge: &str, count: usize) {
        self.change(judge, |counts| counts.self_check += count);
    }

    fn change(&self, judge: &str, change: impl FnOnce(&mut Counts)) {
        // Counts are whole after every change, so those of a thread that died are good.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(judge.to_owned()).or_default());
    }

    pub(super) fn counts(&self) -> BTreeMap<String, Counts> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
