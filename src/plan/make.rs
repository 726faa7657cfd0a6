//! Making a plan: what each cell should be beside what was applied there last.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::changes::between as changes;
use super::ledger::{Applied, Ledger};
use super::{
    Doing, Plan, Risk, Scope, Step, StepChange, Steps, VERSION, hash, revoke, work_folder,
};
use crate::artifact::Artifact;
use crate::artifact::write::{self, sha256};
use crate::cell::CellId;
use crate::diff::{File, Files};
use crate::pipeline::Compiled;
use crate::source::Span;
use crate::step::{self, Draft, Run, Wave};
use crate::targets;

/// What a plan is made from.
pub struct Input<'a> {
    /// The mesh, compiled without what has expired.
    pub compiled: &'a Compiled,
    /// The day for which expiry was judged.
    pub as_of: String,
    /// What was applied last, by cell folder.
    pub ledgers: &'a BTreeMap<String, Ledger>,
    /// Which cells the plan may touch.
    pub scope: &'a Scope,
    /// What every cell carries now.
    pub carried: &'a BTreeMap<String, BTreeMap<String, Carried>>,
}

impl std::fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input")
            .field("as_of", &self.as_of)
            .finish_non_exhaustive()
    }
}

/// A draft with the files that it carries.
#[derive(Debug, Clone)]
pub struct Carried {
    /// How it is run.
    pub draft: Draft,
    /// What it is about, in the mesh.
    pub address: String,
    /// Its files, by their path below the cell's folder.
    pub files: Files,
    /// The hash of each file.
    pub hashes: BTreeMap<String, String>,
    /// One hash over files and calls.
    pub hash: String,
}

impl Carried {
    fn new(draft: Draft, address: String, files: Files) -> Self {
        let hashes = files
            .iter()
            .map(|(path, file)| (path.clone(), sha256(file.text.as_bytes())))
            .collect();
        Self {
            hash: hash(&draft, &hashes),
            draft,
            address,
            files,
            hashes,
        }
    }
}

/// What every cell of a compiled mesh carries, by cell folder and step name.
pub fn carried(
    compiled: &Compiled,
    place: &(dyn Fn(Span) -> String + Sync),
) -> BTreeMap<String, BTreeMap<String, Carried>> {
    let texts: BTreeMap<&str, &crate::artifact::Printed> = compiled
        .printed
        .iter()
        .map(|(path, printed)| (path.as_str(), printed))
        .collect();
    let mut by_cell: BTreeMap<String, Vec<&Artifact>> = BTreeMap::new();
    for artifact in compiled.artifacts.iter() {
        let folder: Vec<&str> = artifact.path.splitn(4, '/').take(3).collect();
        by_cell.entry(folder.join("/")).or_default().push(artifact);
    }
    let mut all = BTreeMap::new();
    for (id, cell) in &compiled.primitives.cells {
        let folder = id.to_string();
        let Some(artifacts) = by_cell.get(&folder) else {
            continue;
        };
        let file = |name: &String| {
            let printed = texts.get(format!("{folder}/{name}").as_str())?;
            let entries = write::entries(printed, place);
            let text = printed.text.clone();
            Some((name.clone(), File { text, entries }))
        };
        let step = |draft: Draft| {
            let files: BTreeMap<_, _> = draft.files.iter().filter_map(file).collect();
            let name = draft.name.clone();
            let address = address_of(id, &files);
            (name, Carried::new(draft, address, files))
        };
        let steps = targets::steps(cell, artifacts)
            .into_iter()
            .map(step)
            .collect();
        all.insert(folder.clone(), steps);
    }
    all
}

/// What a step is about: the one address that covers all of its parts, else the cell's.
fn address_of(cell: &CellId, files: &Files) -> String {
    let addresses: BTreeSet<&str> = files
        .values()
        .flat_map(|file| &file.entries)
        .map(|entry| entry.address.as_str())
        .collect();
    match addresses.iter().collect::<Vec<_>>()[..] {
        [only] => (*only).to_owned(),
        _ => {
            let domain = cell.domain.as_ref().map_or("", |domain| domain.as_str());
            format!("{}:{domain}", cell.env)
        }
    }
}

/// Makes the plan, from what every cell carries now (see [`carried`]).
pub fn make(input: &Input<'_>) -> Plan {
    let wanted = input.carried;
    let mut waves: BTreeMap<Wave, Vec<Step>> = BTreeMap::new();
    let mut kept = BTreeSet::new();
    let cells: BTreeSet<&String> = wanted.keys().chain(input.ledgers.keys()).collect();
    for cell in cells {
        let Some(id) = CellId::of_path(cell).filter(|id| input.scope.has(id)) else {
            continue;
        };
        let nothing = BTreeMap::new();
        let now = wanted.get(cell).unwrap_or(&nothing);
        let ledger = input.ledgers.get(cell);
        for (wave, step) in of_cell(&id, cell, now, ledger, &mut kept) {
            waves.entry(wave).or_default().push(step);
        }
    }
    Plan {
        version: VERSION,
        meshc: env!("CARGO_PKG_VERSION").to_owned(),
        mesh: input.compiled.mesh.name.value.to_string(),
        as_of: input.as_of.clone(),
        scope: input.scope.clone(),
        expired: input.compiled.expired.clone(),
        waves: waves
            .into_iter()
            .map(|(wave, mut steps)| {
                steps.sort_by(|a, b| a.id.cmp(&b.id));
                Steps { wave, steps }
            })
            .collect(),
        kept: kept.into_iter().collect(),
    }
}

/// What has to be done in one cell.
fn of_cell(
    id: &CellId,
    cell: &str,
    now: &BTreeMap<String, Carried>,
    ledger: Option<&Ledger>,
    kept: &mut BTreeSet<String>,
) -> Vec<(Wave, Step)> {
    let applied = |name: &str| ledger.and_then(|ledger| ledger.steps.get(name));
    let mut steps = Vec::new();
    for (name, carried) in now {
        let before = applied(name);
        if before.is_some_and(|before| before.hash == carried.hash) {
            continue;
        }
        let step = apply(id, cell, carried, before);
        steps.push((carried.draft.wave, step));
    }
    steps.extend(revoked(id, cell, now, ledger, kept));
    for (name, before) in ledger.into_iter().flat_map(|ledger| &ledger.steps) {
        if !now.contains_key(name) {
            steps.extend(removal(id, cell, before));
        }
    }
    steps
}

/// A step without anything that only some have.
fn plain(id: &CellId, cell: &str, draft: &Draft, address: &str, doing: Doing) -> Step {
    Step {
        id: step::id(cell, &draft.name),
        address: address.to_owned(),
        cell: cell.to_owned(),
        target: id.target.to_string(),
        doing,
        argv: match draft.run {
            Run::Terraform { .. } => super::terraform::apply().argv,
            _ => draft.call.argv.clone(),
        },
        stdin: draft.call.stdin.clone(),
        cwd: work_folder(cell, &draft.folder),
        run: draft.run.clone(),
        files: BTreeMap::new(),
        before: None,
        after: None,
        changes: Vec::new(),
        risk: BTreeSet::new(),
        undo: draft.undo.clone(),
        origin: BTreeSet::new(),
        holes: draft.holes.clone(),
    }
}

fn apply(id: &CellId, cell: &str, carried: &Carried, before: Option<&Applied>) -> Step {
    let mut step = plain(id, cell, &carried.draft, &carried.address, Doing::Apply);
    step.files = carried.hashes.clone();
    step.before = before.map(|before| before.hash.clone());
    step.after = Some(carried.hash.clone());
    let nothing = BTreeMap::new();
    let old = before.map_or(&nothing, |before| &before.files);
    let mut list = changes(old, &carried.files);
    if carries_statements(&carried.draft) {
        // A statement that is gone takes nothing away by itself: see `revoked`.
        list.retain(|one| one.action != "delete");
    }
    set_changes(&mut step, list);
    step
}

fn set_changes(step: &mut Step, changes: Vec<StepChange>) {
    step.risk = changes.iter().flat_map(|one| one.risk.clone()).collect();
    step.origin = changes.iter().filter_map(|one| one.at.clone()).collect();
    step.changes = changes;
}

/// Rights that statements gave that are gone, and that nothing gives any more.
fn revoked(
    id: &CellId,
    cell: &str,
    now: &BTreeMap<String, Carried>,
    ledger: Option<&Ledger>,
    kept: &mut BTreeSet<String>,
) -> Option<(Wave, Step)> {
    let ledger = ledger?;
    let statements = |draft: &Draft, files: &Files| -> Vec<String> {
        let texts = files.values().map(|file| file.text.clone());
        texts.filter(|_| carries_statements(draft)).collect()
    };
    let before: Vec<String> = ledger
        .steps
        .values()
        .flat_map(|step| statements(&step.draft, &step.files))
        .chain(ledger.superseded.iter().cloned())
        .collect();
    let after: Vec<String> = now
        .values()
        .flat_map(|one| statements(&one.draft, &one.files))
        .collect();
    let found = revoke::between(
        before.iter().map(String::as_str),
        after.iter().map(String::as_str),
    );
    kept.extend(found.kept.iter().map(|one| format!("{cell}: {one}")));
    if found.statements.is_empty() {
        return None;
    }
    let draft = Draft {
        name: "revocations".to_owned(),
        wave: Wave::Revocations,
        files: Vec::new(),
        folder: String::new(),
        call: targets::snowflake_input(&found.statements),
        run: Run::Put,
        undo: Vec::new(),
        holes: Vec::new(),
    };
    let domain = id.domain.as_ref().map_or("", |domain| domain.as_str());
    let address = format!("{}:{domain}", id.env);
    let mut step = plain(id, cell, &draft, &address, Doing::Revoke);
    let changes = found.taken_back.iter().map(|one| {
        let risk = match one {
            crate::artifact::sql::Statement::SetColumnMask { .. } => Risk::WeakensGuard,
            _ => Risk::NarrowsAccess,
        };
        StepChange {
            action: "delete".to_owned(),
            what: one.to_string(),
            address: Some(address.clone()),
            at: None,
            risk: BTreeSet::from([risk]),
        }
    });
    set_changes(&mut step, changes.collect());
    Some((Wave::Revocations, step))
}

/// Whether a step runs statements: what is no longer among them is taken back by others.
fn carries_statements(draft: &Draft) -> bool {
    let is_sql = |file: &String| Path::new(file).extension().is_some_and(|end| end == "sql");
    !draft.files.is_empty() && draft.files.iter().all(is_sql)
}

/// What takes away something that is no longer in the blueprint.
fn removal(id: &CellId, cell: &str, before: &Applied) -> Option<(Wave, Step)> {
    let draft = &before.draft;
    if carries_statements(draft) {
        // They are taken back one by one: see `revoked`.
        return None;
    }
    let wave = match draft.wave {
        Wave::Access | Wave::Derived => Wave::Revocations,
        _ => Wave::Removals,
    };
    let mut step = plain(id, cell, draft, &before.address, Doing::Remove);
    if let Some(first) = draft.undo.first() {
        step.argv.clone_from(&first.call.argv);
    }
    step.before = Some(before.hash.clone());
    set_changes(&mut step, changes(&before.files, &BTreeMap::new()));
    Some((wave, step))
}
