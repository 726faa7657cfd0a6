//! Stage 5: the policy suite over the finished model and its artifacts.
//!
//! In: everything that was compiled. Out: [`Finding`]s that name the blueprint line and the output
//! line. A rule is two files in `policies/`: Rego and its tests. Nothing here knows a rule by name.

mod engine;
mod input;
pub mod render;
mod suite;

pub use engine::Engine;
pub use input::{CellInput, Place, inputs};
pub use suite::{Rule, RuleSeverity, Suite, SuiteProblem};

use rayon::prelude::*;

use crate::pipeline::Compiled;
use crate::source::{SourceMap, Span};

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
    /// The output line, below the tree.
    pub output: Option<(String, u32)>,
}

/// Runs a suite over a compiled mesh, cell by cell and in parallel.
///
/// The error is a rule that could not be evaluated: a suite that does not run is never a pass.
pub fn check(compiled: &Compiled, suite: &Suite) -> Result<Vec<Finding>, SuiteProblem> {
    let program = engine::compile(suite)?;
    let cells = inputs(compiled);
    let per_cell: Vec<Result<Vec<Finding>, SuiteProblem>> = cells
        .par_iter()
        .map_init(
            || program.engine(),
            |engine, cell| cell_findings(engine, cell, suite),
        )
        .collect();
    let mut findings = Vec::new();
    for found in per_cell {
        findings.extend(found?);
    }
    findings.sort_by(|a, b| {
        (a.blueprint, &a.rule, &a.address, &a.message).cmp(&(
            b.blueprint,
            &b.rule,
            &b.address,
            &b.message,
        ))
    });
    findings.dedup();
    Ok(findings)
}

fn cell_findings(
    engine: &mut Engine,
    cell: &CellInput,
    suite: &Suite,
) -> Result<Vec<Finding>, SuiteProblem> {
    let mut findings = Vec::new();
    engine.set_input(&cell.value);
    for rule in suite.rules() {
        for raw in engine.deny(rule)? {
            let place = raw.at.and_then(|at| cell.places.get(at));
            findings.push(Finding {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                severity: rule.severity,
                message: raw.message,
                remediation: rule.remediation.clone(),
                address: place.map_or_else(|| cell.address.clone(), |place| place.address.clone()),
                blueprint: place.map(|place| place.span),
                output: place.and_then(|place| place.output.clone()),
            });
        }
    }
    Ok(findings)
}

/// The blueprint place of a finding as `file:line:column`.
pub fn blueprint_place(finding: &Finding, map: &SourceMap) -> Option<String> {
    finding.blueprint.map(|span| map.place(span))
}
