//! Stage 5: the policy suite over the finished model and its artifacts.
//!
//! In: everything that was compiled. Out: [`Finding`]s that name the blueprint line and the output
//! line. A rule is two files in `policies/`: Rego and its tests. Nothing here knows a rule by name.

mod engine;
pub mod foreign;
mod input;
pub mod render;
mod suite;

pub use engine::Engine;
pub use input::{CellInput, Place, inputs};
pub use suite::{Rule, RuleSeverity, Suite, SuiteProblem};

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::mesh::Mesh;
use crate::pipeline::{Compiled, Made};
use crate::primitive::CellSet;
use crate::source::Span;

/// What a rule has against the mesh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id, for example `MESH-RET-001`.
    pub rule: String,
    /// The rule's title.
    pub title: String,
    /// Whether it blocks.
    pub severity: RuleSeverity,
    /// What is wrong, on one line.
    pub message: String,
    /// What can be done.
    pub remediation: String,
    /// The thing in the mesh.
    pub address: String,
    /// The blueprint line that asked for it.
    pub blueprint: Option<Span>,
    /// The place in a file that meshc did not write.
    pub file: Option<Span>,
    /// The output line, below the tree.
    pub output: Option<(String, u32)>,
}

/// Runs a suite over a compiled mesh with its structures, as of a day. Rules that measure time to
/// come have nothing to say without one.
///
/// The error is a rule that could not be evaluated: a suite that does not run is never a pass.
pub fn check(
    compiled: &Compiled,
    suite: &Suite,
    day: Option<Date>,
) -> Result<Vec<Finding>, SuiteProblem> {
    judge(&inputs(compiled, day), suite)
}

/// Runs a suite over inputs, one by one and in parallel.
pub fn judge(cells: &[CellInput], suite: &Suite) -> Result<Vec<Finding>, SuiteProblem> {
    let run = Run::start(suite, None)?;
    cells.par_iter().for_each(|cell| {
        run.evaluate(&cell.value, &cell.places, &cell.address);
    });
    run.findings()
}

/// A suite that looks at cells as they are finished, from several threads and in any order.
pub struct Run<'s> {
    suite: &'s Suite,
    /// The day as of which cells are looked at.
    day: Option<Date>,
    program: engine::Compiled,
    /// Machines that no thread is using.
    idle: Mutex<Vec<Engine>>,
    /// What was found; the address of its cell tells which of several problems comes first.
    found: Mutex<(Vec<Finding>, BTreeMap<String, SuiteProblem>)>,
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").finish_non_exhaustive()
    }
}

impl<'s> Run<'s> {
    /// Compiles a suite, to look at cells as of a day.
    pub fn start(suite: &'s Suite, day: Option<Date>) -> Result<Self, SuiteProblem> {
        Ok(Self {
            suite,
            day,
            program: engine::compile(suite)?,
            idle: Mutex::default(),
            found: Mutex::default(),
        })
    }

    /// Looks at one finished cell.
    pub fn look(&self, mesh: &Mesh, cell: &CellSet, made: &[Made]) {
        let files: Vec<_> = made
            .iter()
            .map(|one| (&one.artifact, &one.printed))
            .collect();
        let document = input::document(mesh, self.day, cell, &files);
        // The same as `Value::from`, which makes a copy of the document on the way.
        match serde_json::from_value(document.json) {
            Ok(value) => self.evaluate(&value, &document.places, &document.address),
            Err(error) => {
                let problem = SuiteProblem {
                    path: document.address.clone(),
                    at: None,
                    what: format!("what it looks at cannot be handed over: {error}"),
                };
                locked(&self.found).1.insert(document.address, problem);
            }
        }
    }

    fn evaluate(&self, input: &regorus::Value, places: &[Place], address: &str) {
        let idle = locked(&self.idle).pop();
        let mut engine = idle.unwrap_or_else(|| self.program.engine());
        engine.set_input(input);
        let result = cell_findings(&mut engine, places, address, self.suite);
        locked(&self.idle).push(engine);
        let mut found = locked(&self.found);
        match result {
            Ok(findings) => found.0.extend(findings),
            Err(problem) => {
                found.1.insert(address.to_owned(), problem);
            }
        }
    }

    /// What was found in every cell, in an order that no thread decides.
    pub fn findings(self) -> Result<Vec<Finding>, SuiteProblem> {
        let (mut findings, problems) = self
            .found
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(problem) = problems.into_values().next() {
            return Err(problem);
        }
        findings.sort_by(|a, b| {
            let key = |one: &Finding| (one.blueprint, one.file);
            (key(a), &a.rule, &a.address, &a.message, &a.output).cmp(&(
                key(b),
                &b.rule,
                &b.address,
                &b.message,
                &b.output,
            ))
        });
        findings.dedup();
        Ok(findings)
    }
}

/// A thread that panicked has left nothing half-done behind these locks.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cell_findings(
    engine: &mut Engine,
    places: &[Place],
    address: &str,
    suite: &Suite,
) -> Result<Vec<Finding>, SuiteProblem> {
    let mut findings = Vec::new();
    for rule in suite.rules() {
        for raw in engine.deny(rule)? {
            let place = raw.at.and_then(|at| places.get(at));
            findings.push(Finding {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                severity: rule.severity,
                message: raw.message,
                remediation: rule.remediation.clone(),
                address: place.map_or_else(|| address.to_owned(), |place| place.address.clone()),
                blueprint: place.and_then(|place| place.span),
                file: place.and_then(|place| place.file),
                output: place.and_then(|place| place.output.clone()),
            });
        }
    }
    Ok(findings)
}

impl Finding {
    /// The line that a person can edit: of the blueprint, or of a file that meshc did not write.
    pub fn primary(&self) -> Option<Span> {
        self.blueprint.or(self.file)
    }
}
