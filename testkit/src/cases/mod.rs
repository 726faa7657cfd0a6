//! The runner of the tests that need real tools (`cargo test --test tools`).
//!
//! In: [`Case`]s and the table of judges (`tests/tools.toml`). Out: a line per case, a table of what was judged and
//! what was not and why, and a closing line that counts. It understands the arguments of Rust's own test harness as
//! far as people and tools use them. It never skips in silence: a required tool that cannot be had fails the cases
//! that want it, and an optional one shows up in the table.

mod arguments;
mod report;
mod table;
mod tally;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

pub use table::{Exception, Judge, Table};
pub use tally::Tally;

use crate::tools::{Installed, Tool, Tools};
use arguments::{Arguments, Wanted};

/// What a case is given.
#[derive(Debug)]
pub struct Bench<'a> {
    /// The tools that the cases of this run asked for.
    pub tools: &'a Installed,
    /// The table of judges.
    pub table: &'a Table,
    /// Where a case says how much it had judged.
    pub tally: &'a Tally,
}

type Run = Box<dyn Fn(&Bench<'_>) -> Result<()> + Send + Sync>;

/// One test.
pub struct Case {
    name: String,
    tools: Vec<Tool>,
    run: Run,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case")
            .field("name", &self.name)
            .field("tools", &self.tools)
            .finish_non_exhaustive()
    }
}

impl Case {
    /// A case called `group/name` that wants these tools. Cases of one group run one after another in the order in
    /// which they are given; groups run side by side.
    pub fn new(
        name: impl Into<String>,
        tools: &[Tool],
        run: impl Fn(&Bench<'_>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            tools: tools.to_vec(),
            run: Box::new(run),
        }
    }

    fn group(&self) -> &str {
        self.name.split('/').next().unwrap_or(&self.name)
    }
}

/// How a case ended.
#[derive(Debug)]
enum Outcome {
    Passed,
    Failed(String),
    /// An optional tool is absent.
    Skipped(String),
}

/// Runs what the command line asks for. The whole `main` of a test binary.
pub fn main(cases: &[Case]) -> ExitCode {
    let stdout = std::io::stdout();
    let result =
        Arguments::parse(std::env::args().skip(1)).and_then(|arguments| match arguments.wanted {
            Wanted::List => {
                let mut out = stdout.lock();
                for case in arguments.select(cases, |case| &case.name) {
                    writeln!(out, "{}: test", case.name)?;
                }
                Ok(true)
            }
            Wanted::Nothing => Ok(true),
            Wanted::Run => run(cases, &arguments),
        });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nowhere is left to report to if this fails.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cases: &[Case], arguments: &Arguments) -> Result<bool> {
    let started = Instant::now();
    let table = Table::embedded()?;
    let selected = arguments.select(cases, |case| &case.name);
    say(&format!(
        "\nrunning {} cases with real tools",
        selected.len()
    ));
    let wanted: BTreeSet<Tool> = selected
        .iter()
        .flat_map(|case| case.tools.iter().copied())
        .collect();
    let tools = Tools::new()?;
    let absent = install(&tools, &wanted);
    let present: Vec<Tool> = wanted
        .iter()
        .copied()
        .filter(|tool| !absent.contains_key(tool))
        .collect();
    let installed = tools.ensure(&present)?;
    let tally = Tally::default();
    let bench = Bench {
        tools: &installed,
        table: &table,
        tally: &tally,
    };
    let outcomes = run_groups(&selected, &bench, &absent, arguments.threads, &say);
    let mut failures = report::failures(&outcomes);
    // Of a run that a filter or a failure has cut down, nobody expects that every judge had something to do.
    if arguments.is_whole() && failures.is_empty() {
        failures.extend(report::idle(&table, &tally, &absent));
    }
    say(&report::table(&table, &tally, &absent));
    for (name, why) in &failures {
        say(&format!("---- {name}\n{why}\n"));
    }
    let count = |wanted: fn(&Outcome) -> bool| {
        outcomes
            .values()
            .filter(|(outcome, _)| wanted(outcome))
            .count()
    };
    let passed = count(|outcome| matches!(outcome, Outcome::Passed));
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
    say(&format!(
        "tools: finished in {:.1} s\n",
        started.elapsed().as_secs_f64()
    ));
    say(&format!(
        "{passed} passed, {} failed, {skipped} skipped",
        failures.len()
    ));
    Ok(failures.is_empty())
}

/// Installs tools side by side and returns why the absent ones are absent.
fn install(tools: &Tools, wanted: &BTreeSet<Tool>) -> BTreeMap<Tool, String> {
    let absent = Mutex::new(BTreeMap::new());
    let queue = Mutex::new(wanted.iter().copied().collect::<VecDeque<_>>());
    std::thread::scope(|scope| {
        // Downloads and unpacking share the time well; more than this only fight over the disk.
        for _ in 0..wanted.len().min(3) {
            scope.spawn(|| {
                while let Some(tool) = queue.lock().ok().and_then(|mut queue| queue.pop_front()) {
                    match tools.ensure(&[tool]) {
                        Ok(installed) => {
                            if let Some(took) = installed.installed_in(tool) {
                                say(&format!(
                                    "installed {} in {:.1} s",
                                    tool.name(),
                                    took.as_secs_f64()
                                ));
                            }
                        }
                        Err(error) => {
                            say(&format!("no {}: {error:#}", tool.name()));
                            if let Ok(mut absent) = absent.lock() {
                                absent.insert(tool, format!("{error:#}"));
                            }
                        }
                    }
                }
            });
        }
    });
    absent.into_inner().unwrap_or_default()
}

/// Outcomes by name of case, each with the time that it took.
type Outcomes = BTreeMap<String, (Outcome, Duration)>;

fn run_groups(
    selected: &[&Case],
    bench: &Bench<'_>,
    absent: &BTreeMap<Tool, String>,
    threads: usize,
    say: &(dyn Fn(&str) + Sync),
) -> Outcomes {
    let mut groups: Vec<(&str, Vec<&Case>)> = Vec::new();
    for case in selected {
        match groups.iter_mut().find(|(name, _)| *name == case.group()) {
            Some((_, cases)) => cases.push(case),
            None => groups.push((case.group(), vec![case])),
        }
    }
    let threads = threads.min(groups.len());
    let queue = Mutex::new(VecDeque::from(groups));
    let outcomes = Mutex::new(Outcomes::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((_, cases)) =
                    queue.lock().ok().and_then(|mut queue| queue.pop_front())
                {
                    for case in cases {
                        let started = Instant::now();
                        let outcome = run_case(case, bench, absent);
                        let took = started.elapsed();
                        say(&report::line(&case.name, &outcome, took));
                        if let Ok(mut outcomes) = outcomes.lock() {
                            outcomes.insert(case.name.clone(), (outcome, took));
                        }
                    }
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_default();
    // Nothing that was selected may fall through a crack of this runner.
    for case in selected {
        outcomes
            .entry(case.name.clone())
            .or_insert_with(|| (Outcome::Failed("was not run".to_owned()), Duration::ZERO));
    }
    outcomes
}

fn run_case(case: &Case, bench: &Bench<'_>, absent: &BTreeMap<Tool, String>) -> Outcome {
    for tool in &case.tools {
        if let Some(why) = absent.get(tool) {
            return if bench.table.is_required(*tool) {
                Outcome::Failed(format!(
                    "the required tool `{}` is not to be had: {why}",
                    tool.name()
                ))
            } else {
                Outcome::Skipped(format!(
                    "the optional tool `{}` is absent: {why}",
                    tool.name()
                ))
            };
        }
    }
    let result = catch_unwind(AssertUnwindSafe(|| (case.run)(bench))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        Err(anyhow!("panicked: {text}"))
    });
    match result {
        Ok(()) => Outcome::Passed,
        Err(error) => Outcome::Failed(format!("{error:#}")),
    }
}

/// Prints whole lines, so that threads do not cut into each other's.
fn say(text: &str) {
    // A closed standard output ends the run some other way.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        reason = "a test may stop at the first surprise"
    )]

    use anyhow::bail;

    use super::*;

    fn outcomes(cases: &[Case], absent: &BTreeMap<Tool, String>) -> BTreeMap<String, String> {
        let root = tempfile::tempdir().unwrap();
        let installed = Tools::at(root.path().to_owned()).ensure(&[]).unwrap();
        let (table, tally) = (Table::embedded().unwrap(), Tally::default());
        let bench = Bench {
            tools: &installed,
            table: &table,
            tally: &tally,
        };
        let selected: Vec<&Case> = cases.iter().collect();
        let outcomes = run_groups(&selected, &bench, absent, 3, &|_| ());
        outcomes
            .into_iter()
            .map(|(name, (outcome, _))| (name, format!("{outcome:?}")))
            .collect()
    }

    #[test]
    fn errors_panics_and_absent_tools_are_told_apart() {
        let cases = [
            Case::new("a/passes", &[], |_| Ok(())),
            Case::new("a/errs", &[], |_| bail!("wrong answer")),
            Case::new("b/panics", &[], |_| panic!("out of range")),
            Case::new("c/required", &[Tool::Az], |_| Ok(())),
            Case::new("c/optional", &[Tool::Gcloud], |_| Ok(())),
        ];
        let absent = [
            (Tool::Az, "offline".to_owned()),
            (Tool::Gcloud, "not on PATH".to_owned()),
        ]
        .into();
        let got = outcomes(&cases, &absent);
        assert_eq!(got["a/passes"], "Passed");
        assert!(
            got["a/errs"].starts_with("Failed") && got["a/errs"].contains("wrong answer"),
            "{got:?}"
        );
        assert!(
            got["b/panics"].starts_with("Failed") && got["b/panics"].contains("out of range"),
            "{got:?}"
        );
        assert!(
            got["c/required"].starts_with("Failed") && got["c/required"].contains("offline"),
            "{got:?}"
        );
        assert!(
            got["c/optional"].starts_with("Skipped") && got["c/optional"].contains("not on PATH"),
            "{got:?}"
        );
    }

    #[test]
    fn a_group_keeps_its_order() {
        static SEEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());
        let cases: Vec<Case> = (0..20)
            .map(|number| {
                Case::new(format!("one/{number}"), &[], move |_| {
                    SEEN.lock().unwrap().push(number);
                    Ok(())
                })
            })
            .collect();
        outcomes(&cases, &BTreeMap::new());
        assert_eq!(*SEEN.lock().unwrap(), (0..20).collect::<Vec<_>>());
    }
}
