//! The steps of a plan, wave by wave; the cells of a wave side by side.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::error::ApplyError;
use super::journal::{self, Line, Word};
use super::root::{self, Ended, must, said};
use super::store::{self, Store};
use super::{refuse, retry};
use crate::address::Address;
use crate::plan::ledger::{Applied, Ledger};
use crate::plan::{Carried, Doing, Plan, Step};
use crate::runner::Runner;
use crate::step::{Call, Find, ID, Run, Settle, Upsert};

/// What is run, and with what.
pub struct Job<'a> {
    /// The approved plan.
    pub plan: &'a Plan,
    /// What every cell carries now; its hashes are the plan's.
    pub carried: &'a BTreeMap<String, BTreeMap<String, Carried>>,
    /// What was applied last.
    pub ledgers: BTreeMap<String, Ledger>,
    /// The state folder.
    pub store: &'a Store,
    /// What runs calls.
    pub runner: &'a dyn Runner,
    /// The time, in UTC.
    pub now: &'a (dyn Fn() -> String + Sync),
    /// What `--allow` named.
    pub allow: &'a [Address],
    /// How many cells are worked on at once.
    pub parallel: usize,
    /// Told what happens.
    pub tell: &'a (dyn Fn(Event<'_>) + Sync),
}

impl std::fmt::Debug for Job<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job")
            .field("parallel", &self.parallel)
            .finish_non_exhaustive()
    }
}

/// What happens, as it happens.
#[derive(Debug, Clone, Copy)]
pub enum Event<'e> {
    /// A step begins.
    Started(&'e Step),
    /// A step has ended.
    Ended(&'e Step, &'e Status),
    /// Something is on the disk: a test may end the process here.
    Written(&'e Step),
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It was run.
    Done,
    /// It was run, and found that nothing was left to do.
    Unchanged,
    /// It was done by the apply that this one goes on from.
    DoneBefore,
    /// It failed: why.
    Failed(String),
    /// It was not run: why.
    NotDone(String),
}

impl Status {
    /// Whether the step's files are what the cloud has now.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Done | Self::Unchanged | Self::DoneBefore)
    }
}

/// How every step ended, in the plan's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// By step.
    pub steps: Vec<(String, Status)>,
}

impl Report {
    /// Whether every step is done.
    pub fn is_good(&self) -> bool {
        self.steps.iter().all(|(_, status)| status.is_good())
    }

    /// How many steps ended in a certain way.
    pub fn count(&self, is: impl Fn(&Status) -> bool) -> usize {
        self.steps.iter().filter(|(_, status)| is(status)).count()
    }
}

/// What several threads share.
struct Shared<'a> {
    job: &'a Job<'a>,
    plan: String,
    ledgers: Mutex<BTreeMap<String, Ledger>>,
    ended: Mutex<BTreeMap<String, Status>>,
    /// Cells in which a step failed, and branches in which one above domains did.
    stopped: Mutex<BTreeMap<String, String>>,
    broken: Mutex<Option<ApplyError>>,
}

/// Runs a plan. With `done`, steps of which that is true are left out.
pub fn run(job: &Job<'_>, done: &BTreeSet<String>) -> Result<Report, ApplyError> {
    let cells: BTreeSet<&str> = job.plan.steps().map(|step| step.cell.as_str()).collect();
    // Every cell is taken before the first step runs, in the same order by everybody.
    let _held = cells
        .iter()
        .map(|cell| job.store.hold(cell))
        .collect::<Result<Vec<_>, _>>()?;
    let shared = Shared {
        job,
        plan: job.plan.hash(),
        ledgers: Mutex::new(job.ledgers.clone()),
        ended: Mutex::default(),
        stopped: Mutex::default(),
        broken: Mutex::new(None),
    };
    for wave in &job.plan.waves {
        let mut cells: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
        for step in &wave.steps {
            if done.contains(&step.id) {
                shared.end(step, Status::DoneBefore);
            } else {
                cells.entry(&step.cell).or_default().push(step);
            }
        }
        shared.wave(cells.into_values().collect());
    }
    if let Some(error) = take(&shared.broken) {
        return Err(error);
    }
    let ended = take(&shared.ended);
    let steps = job.plan.steps().map(|step| {
        let status = ended.get(&step.id).cloned();
        let status = status.unwrap_or(Status::NotDone("the apply ended before it".to_owned()));
        (step.id.clone(), status)
    });
    Ok(Report {
        steps: steps.collect(),
    })
}

/// A thread that panicked while it held a lock has told so by its panic; what it left is whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take<T: Default>(mutex: &Mutex<T>) -> T {
    std::mem::take(&mut *lock(mutex))
}

impl Shared<'_> {
    /// The steps of one wave: those of a cell one after the other, cells side by side.
    fn wave(&self, cells: Vec<Vec<&Step>>) {
        if self.job.parallel <= 1 || cells.len() <= 1 {
            for step in cells.iter().flatten() {
                self.step(step);
            }
            return;
        }
        let workers = self.job.parallel.min(cells.len());
        let queue = Mutex::new(VecDeque::from(cells));
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    loop {
                        let next = lock(&queue).pop_front();
                        let Some(steps) = next else { break };
                        for step in steps {
                            self.step(step);
                        }
                    }
                });
            }
        });
    }

    fn step(&self, step: &Step) {
        if lock(&self.broken).is_some() {
            return;
        }
        if let Some(why) = self.is_stopped(step) {
            self.end(step, Status::NotDone(why));
            return;
        }
        (self.job.tell)(Event::Started(step));
        let ended = self
            .write(step, Word::Started, None)
            .and_then(|()| match self.work(step) {
                Ok(ended) => {
                    self.remember(step)?;
                    self.write(step, Word::Done, None)?;
                    Ok(match ended {
                        Ended::Applied => Status::Done,
                        Ended::Unchanged => Status::Unchanged,
                    })
                }
                Err(why) => {
                    self.write(step, Word::Failed, Some(why.clone()))?;
                    Ok(Status::Failed(why))
                }
            });
        match ended {
            Ok(status) => {
                if !status.is_good() {
                    self.stop(step);
                }
                self.end(step, status);
            }
            // What cannot be written down must not be done either: everything ends here.
            Err(error) => *lock(&self.broken) = Some(error),
        }
    }

    fn end(&self, step: &Step, status: Status) {
        (self.job.tell)(Event::Ended(step, &status));
        lock(&self.ended).insert(step.id.clone(), status);
    }

    fn write(&self, step: &Step, word: Word, why: Option<String>) -> Result<(), ApplyError> {
        let line = Line {
            at: (self.job.now)(),
            plan: self.plan.clone(),
            step: step.id.clone(),
            word,
            why,
        };
        self.job.store.journal(&step.cell, &line)?;
        (self.job.tell)(Event::Written(step));
        Ok(())
    }

    fn stop(&self, step: &Step) {
        let mut stopped = lock(&self.stopped);
        stopped.insert(step.cell.clone(), step.id.clone());
        if step.is_above() {
            let (env, target) = step.branch();
            stopped.insert(format!("{env}//{target}"), step.id.clone());
        }
    }

    fn is_stopped(&self, step: &Step) -> Option<String> {
        let (env, target) = step.branch();
        let stopped = lock(&self.stopped);
        stopped
            .get(&step.cell)
            .or_else(|| stopped.get(&format!("{env}//{target}")))
            .map(|failed| format!("`{failed}` failed before it"))
    }

    /// Puts what was applied into the cell's ledger.
    fn remember(&self, step: &Step) -> Result<(), ApplyError> {
        let ledger = {
            let mut ledgers = lock(&self.ledgers);
            let ledger = ledgers
                .entry(step.cell.clone())
                .or_insert_with(|| Ledger::new(&self.job.plan.mesh, &step.cell));
            match step.doing {
                Doing::Remove => {
                    ledger.steps.remove(step.name());
                }
                Doing::Apply => {
                    let carried = self.carried(step);
                    let applied = carried.map(|carried| Applied {
                        draft: carried.draft.clone(),
                        hash: carried.hash.clone(),
                        address: carried.address.clone(),
                        at: (self.job.now)(),
                        meshc: self.job.plan.meshc.clone(),
                        files: carried.files.clone(),
                    });
                    let name = step.name();
                    if self.will_revoke(&step.cell) {
                        let old = ledger.steps.get(name).into_iter();
                        let texts =
                            old.flat_map(|old| old.files.values().map(|file| file.text.clone()));
                        ledger.superseded.extend(texts);
                    }
                    ledger
                        .steps
                        .extend(applied.map(|applied| (name.to_owned(), applied)));
                }
                Doing::Revoke => {
                    ledger.superseded.clear();
                    self.forget_gone(step, ledger);
                }
            }
            ledger.clone()
        };
        self.job.store.write_ledger(&ledger)?;
        (self.job.tell)(Event::Written(step));
        Ok(())
    }

    fn carried(&self, step: &Step) -> Option<&Carried> {
        self.job.carried.get(&step.cell)?.get(step.name())
    }

    fn work(&self, step: &Step) -> Result<Ended, String> {
        let job = self.job;
        let is_root = matches!(step.run, Run::Terraform { .. });
        let root = is_root.then(|| step.name().to_owned());
        let files = match (step.doing, self.carried(step)) {
            (Doing::Apply, Some(carried)) => store::texts(carried),
            (Doing::Remove, _) => self.remains(step, is_root),
            _ => BTreeMap::new(),
        };
        job.store
            .stage(&step.cell, &files, root.as_deref())
            .map_err(|error| error.to_string())?;
        let folder = job.store.path(&step.cwd);
        match (&step.run, step.doing) {
            (Run::Terraform { .. }, _) => {
                let granted = |_: &str| refuse::is_allowed(&step.address, job.allow);
                let holes = self.holes(step)?;
                root::run(step, &holes, job.store, job.runner, &granted)
            }
            (Run::Put, Doing::Apply | Doing::Revoke) => {
                must(job.runner, &step.call(), &folder, &[0]).map(|_| Ended::Applied)
            }
            (Run::Put, Doing::Remove) => {
                for undo in &step.undo {
                    self.settle(undo, None, &folder)?;
                }
                Ok(Ended::Applied)
            }
            (Run::Upsert(how), _) => self.upsert(step, how, &folder),
        }
    }

    /// What a removal still needs of its files: a root its providers and backend, and nothing to make.
    fn remains(&self, step: &Step, is_root: bool) -> BTreeMap<String, String> {
        let ledgers = lock(&self.ledgers);
        let applied = ledgers
            .get(&step.cell)
            .and_then(|ledger| ledger.steps.get(step.name()));
        let files = applied.into_iter().flat_map(|applied| &applied.files);
        files
            .filter(|(path, _)| {
                !is_root || path.ends_with("/providers.tf") || path.ends_with("/backend.tf")
            })
            .map(|(path, file)| (path.clone(), file.text.clone()))
            .collect()
    }

    /// The values of a step's holes, from the roots that give them.
    fn holes(&self, step: &Step) -> Result<BTreeMap<String, String>, String> {
        if step.doing == Doing::Remove {
            return Ok(BTreeMap::new());
        }
        let givers: BTreeSet<&str> = step.holes.iter().map(|hole| hole.from.as_str()).collect();
        let mut values = BTreeMap::new();
        for giver in givers {
            let cell = self.job.carried.get(&step.cell);
            let carried = cell
                .and_then(|cell| cell.get(giver))
                .ok_or_else(|| format!("there is no step `{giver}` in `{}`", step.cell))?;
            self.job
                .store
                .stage(&step.cell, &store::texts(carried), Some(giver))
                .map_err(|error| error.to_string())?;
            values.extend(root::holes(
                step,
                &carried.draft,
                self.job.store,
                self.job.runner,
            )?);
        }
        Ok(values)
    }

    fn settle(&self, settle: &Settle, id: Option<&str>, folder: &Path) -> Result<(), String> {
        let call = with_id(&settle.call, id)?;
        let answer = retry::call(
            self.job.runner,
            &call,
            folder,
            crate::runner::Answer::succeeded,
        )
        .map_err(|error| error.to_string())?;
        if answer.succeeded() || answer.says(&settle.already) {
            Ok(())
        } else {
            Err(said(&call, &answer))
        }
    }

    /// Looks, then makes or changes or takes away.
    fn upsert(&self, step: &Step, how: &Upsert, folder: &Path) -> Result<Ended, String> {
        let Upsert {
            read,
            find,
            revive,
            update,
            then,
        } = how;
        let runner = self.job.runner;
        let there = look(runner, read, find, folder)?;
        if step.doing == Doing::Remove {
            let id = match &there {
                There::No | There::Deleted => return Ok(Ended::Unchanged),
                There::Yes(id) => id.as_deref(),
            };
            for undo in &step.undo {
                self.settle(undo, id, folder)?;
            }
            return Ok(Ended::Applied);
        }
        let id = match there {
            There::No => {
                let made = must(runner, &step.call(), folder, &[0])?;
                id_of(find, &made.stdout)?
            }
            There::Deleted => {
                if let Some(revive) = revive {
                    must(runner, revive, folder, &[0])?;
                }
                must(runner, update, folder, &[0])?;
                None
            }
            There::Yes(id) => {
                must(runner, &with_id(update, id.as_deref())?, folder, &[0])?;
                id
            }
        };
        for next in then {
            self.settle(next, id.as_deref(), folder)?;
        }
        Ok(Ended::Applied)
    }

    /// Whether rights are still to be taken back in a cell: what gave them is remembered until then.
    fn will_revoke(&self, cell: &str) -> bool {
        let mut steps = self.job.plan.steps();
        steps.any(|step| step.cell == cell && step.doing == Doing::Revoke)
    }

    /// Forgets files that are in the blueprint no more, once their rights are taken back.
    fn forget_gone(&self, step: &Step, ledger: &mut Ledger) {
        let cell = self.job.carried.get(&step.cell);
        ledger
            .steps
            .retain(|name, _| cell.is_some_and(|cell| cell.contains_key(name)));
    }
}

/// Whether a thing is there.
enum There {
    No,
    Deleted,
    Yes(Option<String>),
}

fn look(runner: &dyn Runner, read: &Call, find: &Find, folder: &Path) -> Result<There, String> {
    match find {
        Find::Exit { absent, deleted } => {
            let fine = |answer: &crate::runner::Answer| answer.succeeded() || answer.says(absent);
            let answer =
                retry::call(runner, read, folder, fine).map_err(|error| error.to_string())?;
            if !answer.succeeded() {
                return if answer.says(absent) {
                    Ok(There::No)
                } else {
                    Err(said(read, &answer))
                };
            }
            let Some(field) = deleted else {
                return Ok(There::Yes(None));
            };
            let value = json(read, &answer.stdout)?;
            let is_deleted = value.get(field) == Some(&Value::Bool(true));
            Ok(if is_deleted {
                There::Deleted
            } else {
                There::Yes(None)
            })
        }
        Find::Listed {
            list,
            field,
            name,
            id,
            ..
        } => {
            let answer = must(runner, read, folder, &[0])?;
            let value = json(read, &answer.stdout)?;
            let entries = value
                .pointer(list)
                .and_then(Value::as_array)
                .ok_or_else(|| format!("`{}` printed no list", read.argv.join(" ")))?;
            let own = entries
                .iter()
                .find(|entry| entry.get(field).and_then(Value::as_str) == Some(name));
            match own {
                None => Ok(There::No),
                Some(own) => match own.get(id).and_then(Value::as_str) {
                    Some(id) => Ok(There::Yes(Some(id.to_owned()))),
                    None => Err(format!("`{name}` has no id")),
                },
            }
        }
    }
}

/// The id in the answer of the call that makes a thing.
fn id_of(find: &Find, stdout: &str) -> Result<Option<String>, String> {
    let Find::Listed { made, .. } = find else {
        return Ok(None);
    };
    serde_json::from_str::<Value>(stdout)
        .ok()
        .and_then(|value| value.pointer(made)?.as_str().map(str::to_owned))
        .map(Some)
        .ok_or_else(|| "the answer has no id of what was made".to_owned())
}

fn json(call: &Call, stdout: &str) -> Result<Value, String> {
    serde_json::from_str(stdout)
        .map_err(|error| format!("`{}` printed no JSON: {error}", call.argv.join(" ")))
}

/// A call with the id in its place.
fn with_id(call: &Call, id: Option<&str>) -> Result<Call, String> {
    let needs = call.argv.iter().any(|word| word == ID);
    match id {
        Some(id) if needs => Ok(Call {
            argv: call
                .argv
                .iter()
                .map(|word| {
                    if word == ID {
                        id.to_owned()
                    } else {
                        word.clone()
                    }
                })
                .collect(),
            stdin: call.stdin.clone(),
        }),
        None if needs => Err("the id of what is to be changed is not known".to_owned()),
        _ => Ok(call.clone()),
    }
}

/// The steps of a plan that began and of which nobody knows whether they ended.
pub fn unknown(store: &Store, plan: &Plan) -> Result<BTreeSet<String>, ApplyError> {
    let hash = plan.hash();
    let mut unknown = BTreeSet::new();
    let cells: BTreeSet<&str> = plan.steps().map(|step| step.cell.as_str()).collect();
    for cell in cells {
        let lines = store.read_journal(cell)?;
        let words = journal::last_words(&lines, &hash).into_iter();
        unknown.extend(
            words
                .filter(|(_, word)| *word == Word::Started)
                .map(|(step, _)| step),
        );
    }
    Ok(unknown)
}
