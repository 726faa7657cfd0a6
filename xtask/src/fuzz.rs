//! `xtask fuzz blueprint`: mutated blueprints through parse, resolve, expand, lower and print, in
//! memory. Asserts that nothing panics, that every run ends within its bound and that memory stays
//! bounded; prints how deep the runs came.
//!
//! Run `i` depends on the seed and on `i` alone, so `--only I` repeats it anywhere. Before each run
//! its number is written to a file: should the process die (a stack overflow cannot be caught),
//! that file names the run.

mod bases;
mod hostile;
mod mutate;
mod random;

use std::io::{Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use meshc::diag::Diagnostics;
use meshc::diag::render::{Human, json};
use meshc::pipeline::{self, Stage};
use meshc::source::SourceMap;
use meshc::template::Templates;

use random::Random;

/// Arguments of `fuzz`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What is fuzzed
    #[arg(value_enum)]
    what: What,
    /// Seed of the mutations
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many runs
    #[arg(long, default_value_t = 20_000)]
    runs: u64,
    /// The first run, to go on where another call ended
    #[arg(long, value_name = "RUN", default_value_t = 0)]
    first: u64,
    /// Only this run
    #[arg(long, value_name = "RUN")]
    only: Option<u64>,
    /// The longest that one run may take, in milliseconds
    #[arg(long, default_value_t = 5_000)]
    bound: u64,
    /// The most memory that the process may have had, in MiB
    #[arg(long, default_value_t = 1_024)]
    memory: u64,
    /// Where inputs of failed runs go
    #[arg(long, default_value = "target/fuzz")]
    dir: PathBuf,
}

/// What can be fuzzed.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// mesh.yaml, domains and mesh.lock
    Blueprint,
}

/// What one run came to.
struct Ran {
    stage: Stage,
    compiled: bool,
    diagnostics: usize,
}

/// Sums over all runs.
#[derive(Debug, Default)]
struct Totals {
    runs: u64,
    stages: std::collections::BTreeMap<Stage, u64>,
    printed: u64,
    diagnostics: u64,
    slowest: (Duration, u64),
    failed: Vec<u64>,
}

/// How often a panic's input is written before the rest is only counted.
const MOST_WRITTEN: usize = 20;

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let What::Blueprint = args.what;
    std::fs::create_dir_all(&args.dir)
        .with_context(|| format!("cannot make {}", args.dir.display()))?;
    let mut current = std::fs::File::create(args.dir.join("current"))?;
    let watch = Watch::start(args);
    let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
    let templates = Templates::embedded(&mut map, &mut out);
    drop(map);
    let bases = bases::all();
    // A panic is reported with its input; its backtrace would only be repeated.
    std::panic::set_hook(Box::new(|_| ()));
    let started = Instant::now();
    let mut totals = Totals::default();
    let runs = match args.only {
        Some(only) => only..only + 1,
        None => args.first..args.first + args.runs,
    };
    for run in runs {
        current.rewind()?;
        write!(current, "{run:<20}")?;
        watch.enter(run);
        let files = input(&bases, args.seed, run);
        if args.only.is_some() {
            keep(&args.dir, args.seed, run, &files, "asked for with --only")?;
        }
        let before = Instant::now();
        // What a panic leaves behind is not used again: the templates are only read.
        let result = catch_unwind(AssertUnwindSafe(|| once(&files, &templates)));
        let took = before.elapsed();
        totals.runs += 1;
        if took > totals.slowest.0 {
            totals.slowest = (took, run);
        }
        match result {
            Ok(ran) => totals.add(&ran),
            Err(panic) => {
                totals.failed.push(run);
                if totals.failed.len() <= MOST_WRITTEN {
                    keep(&args.dir, args.seed, run, &files, &said(panic.as_ref()))?;
                }
            }
        }
        if took > Duration::from_millis(args.bound) {
            totals.failed.push(run);
            keep(&args.dir, args.seed, run, &files, &format!("took {took:?}"))?;
        }
        if totals.runs.is_multiple_of(1_000) {
            let peak = peak_mib();
            if peak.is_some_and(|peak| peak > args.memory) {
                bail!(
                    "memory: {peak:?} MiB after run {run}, at most {} are allowed",
                    args.memory
                );
            }
            if totals.runs.is_multiple_of(50_000) {
                totals.print(args, started.elapsed());
            }
        }
    }
    watch.leave();
    totals.print(args, started.elapsed());
    totals.verdict(args)
}

/// The files of a run.
fn input(bases: &[(bases::Base, usize)], seed: u64, run: u64) -> Vec<(&'static str, Vec<u8>)> {
    let mut random = Random::of_run(seed, run);
    let mut ticket = random.below(100);
    for (base, share) in bases {
        if ticket < *share {
            return mutate::mesh(base, &mut random);
        }
        ticket -= share;
    }
    Vec::new()
}

/// Compiles once, and renders what was said as people and programs would see it.
fn once(files: &[(&'static str, Vec<u8>)], templates: &Templates) -> Ran {
    let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
    let (mut ids, mut lock) = (Vec::new(), None);
    for (path, bytes) in files {
        // The loader refuses what is not UTF-8 before any of this; here it becomes U+FFFD.
        let id = map.add(*path, String::from_utf8_lossy(bytes).into_owned());
        if *path == "mesh.lock" {
            lock = Some(id);
        } else {
            ids.push(id);
        }
    }
    let mut stage = Stage::default();
    let compiled =
        pipeline::compile_watched(&map, &ids, lock, templates, &mut out, &mut stage).is_some();
    let list = out.into_sorted();
    let shown = list.get(..list.len().min(8)).unwrap_or_default();
    let text = Human { color: false }.render(shown, &map);
    let rows = json::diagnostics(shown, &map);
    assert_eq!(rows.as_array().map(Vec::len), Some(shown.len()));
    assert_eq!(text.is_empty(), shown.is_empty());
    assert!(compiled || !list.is_empty(), "refused without a word");
    assert!(
        !list.iter().any(|one| one.code.id().starts_with('V')),
        "a defect of meshc: {text}"
    );
    Ran {
        stage,
        compiled,
        diagnostics: list.len(),
    }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without a text".to_owned())
}

/// Writes a run's files as a mesh folder, so that `meshc build` can be tried on it.
fn keep(
    dir: &Path,
    seed: u64,
    run: u64,
    files: &[(&'static str, Vec<u8>)],
    why: &str,
) -> anyhow::Result<()> {
    let folder = dir.join(format!("seed-{seed}-run-{run}"));
    std::fs::create_dir_all(folder.join("domains"))?;
    for (path, bytes) in files {
        std::fs::write(folder.join(path), bytes)?;
    }
    std::fs::write(folder.join("why.txt"), format!("{why}\n"))?;
    say(&format!(
        "run {run} of seed {seed}: {why} (input in {})",
        folder.display()
    ));
    Ok(())
}

/// A thread that ends the process when a run does not end.
struct Watch {
    state: std::sync::Arc<AtomicU64>,
}

/// No run is under way.
const IDLE: u64 = u64::MAX;

impl Watch {
    fn start(args: &Args) -> Self {
        let state = std::sync::Arc::new(AtomicU64::new(IDLE));
        let (seen, bound) = (state.clone(), args.bound);
        std::thread::spawn(move || {
            let (mut last, mut since) = (IDLE, Instant::now());
            loop {
                std::thread::sleep(Duration::from_millis(200));
                let now = seen.load(Ordering::Relaxed);
                if now != last {
                    (last, since) = (now, Instant::now());
                } else if now != IDLE && since.elapsed() > Duration::from_millis(bound * 4) {
                    say(&format!(
                        "run {now} hangs: no end after {:?}",
                        since.elapsed()
                    ));
                    std::process::abort();
                }
            }
        });
        Self { state }
    }

    fn enter(&self, run: u64) {
        self.state.store(run, Ordering::Relaxed);
    }

    fn leave(&self) {
        self.state.store(IDLE, Ordering::Relaxed);
    }
}

/// The most memory that the process ever had resident, in MiB; Linux only.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

impl Totals {
    fn add(&mut self, ran: &Ran) {
        *self.stages.entry(ran.stage).or_default() += 1;
        self.printed += u64::from(ran.compiled);
        self.diagnostics += u64::try_from(ran.diagnostics).unwrap_or(0);
    }

    fn reached(&self, stage: Stage) -> u64 {
        self.stages.range(stage..).map(|(_, count)| count).sum()
    }

    fn print(&self, args: &Args, took: Duration) {
        let share = |count: u64| {
            let tenths = count * 1_000 / self.runs.max(1);
            format!("{}.{} %", tenths / 10, tenths % 10)
        };
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
        say(&format!(
            "seed {}, {} runs in {}.{} s ({} a second): resolved {}, reached lowering {}, printed {}; \
             {} diagnostics; slowest {:?} (run {}); peak memory {}; {} failed",
            args.seed,
            self.runs,
            millis / 1_000,
            millis % 1_000 / 100,
            self.runs * 1_000 / millis,
            share(self.reached(Stage::Resolve)),
            share(self.reached(Stage::Lower)),
            share(self.printed),
            self.diagnostics,
            self.slowest.0,
            self.slowest.1,
            peak_mib().map_or_else(|| "unknown".to_owned(), |mib| format!("{mib} MiB")),
            self.failed.len(),
        ));
    }

    fn verdict(&self, args: &Args) -> anyhow::Result<()> {
        if !self.failed.is_empty() {
            bail!(
                "{} runs failed: {:?}",
                self.failed.len(),
                self.failed.iter().take(40).collect::<Vec<_>>()
            );
        }
        if let Some(peak) = peak_mib().filter(|peak| *peak > args.memory) {
            bail!("{peak} MiB of memory, at most {} are allowed", args.memory);
        }
        if args.only.is_none() && self.reached(Stage::Lower) * 10 < self.runs {
            bail!("fewer than 10 % of the runs reached lowering: the mutations are too wild");
        }
        Ok(())
    }
}

#[allow(clippy::print_stdout, reason = "xtask is a command line of its own")]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn a_run_depends_on_seed_and_number_alone() {
        let bases = bases::all();
        for run in [0, 1, 7, 500, 999_999] {
            assert_eq!(input(&bases, 1, run), input(&bases, 1, run));
        }
        let differ = (0..50).filter(|run| input(&bases, 1, *run) != input(&bases, 2, *run));
        assert!(differ.count() > 40, "the seed matters");
    }

    #[test]
    fn every_base_compiles_and_a_short_run_finds_nothing() {
        let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
        let templates = Templates::embedded(&mut map, &mut out);
        for (base, _) in bases::all() {
            let files: Vec<_> = base
                .files
                .iter()
                .map(|(path, text)| (*path, text.clone().into_bytes()))
                .collect();
            let ran = once(&files, &templates);
            assert!(ran.compiled, "a base does not compile: {:?}", ran.stage);
        }
        let bases = bases::all();
        let mut totals = Totals::default();
        for run in 0..60 {
            totals.runs += 1;
            totals.add(&once(&input(&bases, 1, run), &templates));
        }
        assert!(totals.reached(Stage::Lower) * 10 >= totals.runs);
    }
}
