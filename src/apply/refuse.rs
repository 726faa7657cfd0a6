//! Reasons against running a plan, found before anything runs.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::plan::{Plan, Risk, Step, StepChange};

/// Why an approved plan is not the one that would be made now: every difference, in words. With
/// `done`, steps that have run since are expected to be missing.
pub fn stale(approved: &Plan, now: &Plan, done: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut why = Vec::new();
    for (what, a, b) in [
        ("version of meshc", &approved.meshc, &now.meshc),
        ("mesh", &approved.mesh, &now.mesh),
    ] {
        if a != b {
            why.push(format!("the {what} was `{a}` and is `{b}`"));
        }
    }
    let steps = |plan: &'_ Plan| -> BTreeMap<String, Step> {
        plan.steps()
            .map(|step| (step.id.clone(), step.clone()))
            .collect()
    };
    let (approved, now) = (steps(approved), steps(now));
    for (id, step) in &now {
        match approved.get(id) {
            None => why.push(format!("`{id}` is to be run now and was not in the plan")),
            Some(other) if other != step => {
                why.push(format!("`{id}` would do something else now"));
            }
            Some(_) => {}
        }
    }
    for id in approved.keys() {
        if !now.contains_key(id) && !done(id) {
            why.push(format!(
                "`{id}` has nothing left to do: somebody else applied it"
            ));
        }
    }
    why
}

/// Changes that need leave and were given none, each with its step.
pub fn needs_leave<'p>(plan: &'p Plan, allow: &[Address]) -> Vec<(&'p Step, &'p StepChange)> {
    plan.steps()
        .flat_map(|step| step.changes.iter().map(move |change| (step, change)))
        .filter(|(_, change)| change.risk.iter().any(|risk| Risk::needs_leave(*risk)))
        .filter(|(step, change)| {
            let own = change.address.as_deref().unwrap_or(&step.address);
            !is_allowed(own, allow)
        })
        .collect()
}

/// Whether an address that `--allow` named covers one.
pub(super) fn is_allowed(address: &str, allow: &[Address]) -> bool {
    match Address::parse(address) {
        Ok(address) => allow.iter().any(|allowed| allowed.covers(&address)),
        // An address that cannot be read is allowed by nobody.
        Err(_) => false,
    }
}
