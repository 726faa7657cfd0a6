//! A Terraform root: initialise, plan, look at the plan, apply that plan.
//!
//! Terraform's plan is looked at because a state may hold what our own comparison does not know of:
//! whatever it would destroy or replace has to be in the approved plan.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::retry;
use super::store::{self, Store};
use crate::plan::{Step, terraform, work_folder};
use crate::runner::{Answer, Runner};
use crate::step::{Call, Draft, Hole};

/// How a root ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The plan was applied.
    Applied,
    /// There was nothing to change.
    Unchanged,
}

/// Runs the root of a step. `granted` says which destructions were given leave beyond the plan's own.
pub(super) fn run(
    step: &Step,
    holes: &BTreeMap<String, String>,
    store: &Store,
    runner: &dyn Runner,
    granted: &dyn Fn(&str) -> bool,
) -> Result<Ended, String> {
    let folder = store.path(&step.cwd);
    let fine = |call: &Call| must(runner, call, &folder, &[0]);
    fine(&terraform::init(&step.run))?;
    let private = Private {
        files: [terraform::HOLES, terraform::SAVED].map(|name| folder.join(name)),
    };
    if !step.holes.is_empty() {
        let values = format!("{:#}\n", serde_json::json!(holes));
        store::put_private(&folder.join(terraform::HOLES), &values)
            .map_err(|error| error.to_string())?;
    }
    // With `-detailed-exitcode` 2 means that there are changes.
    let planned = must(runner, &terraform::plan(step), &folder, &[0, 2])?;
    if planned.code == Some(0) {
        return Ok(Ended::Unchanged);
    }
    let shown = fine(&terraform::show())?;
    let beyond = destroys(&shown.stdout, step)?
        .into_iter()
        .filter(|address| !granted(address))
        .collect::<Vec<_>>();
    if !beyond.is_empty() {
        return Err(format!(
            "Terraform would destroy what the plan does not: {}. Nothing was applied here",
            beyond.join(", ")
        ));
    }
    fine(&terraform::apply())?;
    drop(private);
    Ok(Ended::Applied)
}

/// Files that are removed however the root ends: a saved plan may hold secrets of the state.
struct Private {
    files: [PathBuf; 2],
}

impl Drop for Private {
    fn drop(&mut self) {
        for file in &self.files {
            store::drop_private(file);
        }
    }
}

/// The values that another root of the cell gives, laid out as `giver` says.
pub(super) fn holes(
    step: &Step,
    giver: &Draft,
    store: &Store,
    runner: &dyn Runner,
) -> Result<BTreeMap<String, String>, String> {
    let folder = store.path(&work_folder(&step.cell, &giver.folder));
    must(runner, &terraform::init(&giver.run), &folder, &[0])?;
    let answer = must(runner, &terraform::output(), &folder, &[0])?;
    let outputs: Value = serde_json::from_str(&answer.stdout)
        .map_err(|error| format!("`terraform output -json` printed no JSON: {error}"))?;
    step.holes
        .iter()
        .filter(|hole| hole.from == giver.name)
        .map(|hole| Ok((hole.name.clone(), value_of(hole, &outputs)?)))
        .collect()
}

fn value_of(hole: &Hole, outputs: &Value) -> Result<String, String> {
    let value = outputs
        .get(&hole.name)
        .and_then(|output| output.get("value"))
        .and_then(Value::as_str)
        .ok_or_else(|| format!("`{}` of step `{}` has no value yet", hole.name, hole.from))?;
    if hole.shape.fits(value) {
        Ok(value.to_owned())
    } else {
        Err(format!(
            "`{}` of step `{}` is not what it should look like",
            hole.name, hole.from
        ))
    }
}

/// What a Terraform plan destroys or replaces and the step does not say.
fn destroys(shown: &str, step: &Step) -> Result<Vec<String>, String> {
    let plan: Value = serde_json::from_str(shown)
        .map_err(|error| format!("`terraform show -json` printed no JSON: {error}"))?;
    let changes = plan
        .get("resource_changes")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let said = |address: &str| {
        step.changes.iter().any(|change| {
            change.what == address && matches!(change.action.as_str(), "delete" | "replace")
        })
    };
    Ok(changes
        .iter()
        .filter(|change| {
            let actions = change.pointer("/change/actions").and_then(Value::as_array);
            actions.is_none_or(|actions| actions.iter().any(|action| action == "delete"))
        })
        .map(|change| {
            let address = change.get("address").and_then(Value::as_str);
            address.unwrap_or("a resource without address").to_owned()
        })
        .filter(|address| !said(address))
        .collect())
}

/// A call that has to end with one of these codes.
pub(super) fn must(
    runner: &dyn Runner,
    call: &Call,
    folder: &std::path::Path,
    codes: &[i32],
) -> Result<Answer, String> {
    let fine = |answer: &Answer| answer.code.is_some_and(|code| codes.contains(&code));
    let answer = retry::call(runner, call, folder, fine).map_err(|error| error.to_string())?;
    if fine(&answer) {
        Ok(answer)
    } else {
        Err(said(call, &answer))
    }
}

/// Lines of an error that are shown.
const SHOWN: usize = 30;

/// What a failed call said.
pub(super) fn said(call: &Call, answer: &Answer) -> String {
    let words: Vec<&str> = call.argv.iter().take(3).map(String::as_str).collect();
    let ended = match answer.code {
        Some(code) => format!("ended with {code}"),
        None => "was ended by a signal".to_owned(),
    };
    let text = if answer.stderr.trim().is_empty() {
        &answer.stdout
    } else {
        &answer.stderr
    };
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    let shown = lines
        .iter()
        .rev()
        .take(SHOWN)
        .rev()
        .copied()
        .collect::<Vec<_>>()
        .join("\n");
    format!("`{}` {ended}\n{shown}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Doing, StepChange};
    use crate::step::Run;
    use std::collections::BTreeSet;

    fn step(deletes: &[&str]) -> Step {
        Step {
            id: "dev/sales/aws/resources".to_owned(),
            address: "dev:sales".to_owned(),
            cell: "dev/sales/aws".to_owned(),
            target: "aws".to_owned(),
            doing: Doing::Apply,
            argv: Vec::new(),
            stdin: None,
            cwd: String::new(),
            run: Run::Terraform { state: None },
            files: BTreeMap::new(),
            before: None,
            after: None,
            changes: deletes
                .iter()
                .map(|what| StepChange {
                    action: "delete".to_owned(),
                    what: (*what).to_owned(),
                    address: None,
                    at: None,
                    risk: BTreeSet::new(),
                })
                .collect(),
            risk: BTreeSet::new(),
            undo: Vec::new(),
            origin: BTreeSet::new(),
            holes: Vec::new(),
        }
    }

    #[test]
    fn a_destruction_that_was_not_said_is_found() {
        let plan = serde_json::json!({"resource_changes": [
            {"address": "a.made", "change": {"actions": ["create"]}},
            {"address": "a.gone", "change": {"actions": ["delete"]}},
            {"address": "a.again", "change": {"actions": ["create", "delete"]}},
            {"address": "a.left", "change": {"actions": ["forget"]}},
            {"address": "a.odd", "change": {}},
        ]})
        .to_string();
        let found = destroys(&plan, &step(&["a.gone"]));
        assert_eq!(found, Ok(vec!["a.again".to_owned(), "a.odd".to_owned()]));
        assert!(destroys("nonsense", &step(&[])).is_err());
        assert_eq!(destroys("{}", &step(&[])), Ok(Vec::new()));
    }
}
