//! `meshc apply`: runs a plan.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

use serde_json::json;

use super::Outcome;
use super::options::{Common, Format};
use super::plan::{self, Planned};
use super::session;
use super::shell::Shell;
use crate::address::Address;
use crate::apply::{self, Event, Job, Report, Saved, Status};
use crate::diag::{Diagnostic, code};
use crate::plan::{Doing, Plan, Step, terraform};
use crate::runner::Real;
use crate::step::{Call, Run};

/// Arguments of `apply`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Runs terraform, aws, az, gcloud and snow from the PATH, with the credentials that they find themselves.\n\
    What was applied is remembered in MESH/.meshc. A process that is killed loses nothing: run the same again, or --resume.\n\
    \n\
    meshc apply --dry-run                    shows every call\n\
    meshc apply p.json                       runs an approved plan, or refuses\n\
    meshc apply --allow prod:sales/orders    lets go of data that the blueprint no longer has"
)]
pub(crate) struct Args {
    /// A plan file, or the mesh folder
    #[arg(value_name = "PLAN|MESH")]
    what: Option<PathBuf>,
    /// Show every call, run none
    #[arg(long)]
    dry_run: bool,
    /// Go on with the apply that was interrupted
    #[arg(long)]
    resume: bool,
    /// Let data at this address go, or what guards it (repeatable)
    #[arg(long, value_name = "ADDRESS", value_parser = Address::parse)]
    allow: Vec<Address>,
    /// How many cells are worked on at once
    #[arg(long, value_name = "N", default_value_t = 4)]
    parallel: usize,
    /// Templates that override the mesh's and the built-in ones
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, common: &Common, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let file = args.what.as_deref().filter(|path| path.is_file());
    let folder = args.what.as_deref().filter(|_| file.is_none());
    let approved = match file.map(|path| plan::read(path, shell)).transpose()? {
        Some(Err(outcome)) => return Ok(outcome),
        Some(Ok(plan)) => Some(plan),
        None => None,
    };
    let dir = match session::find(folder, common, shell)? {
        Ok(dir) => dir,
        Err(outcome) => return Ok(outcome),
    };
    let saved = match apply::Store::new(&dir.path).saved_plan() {
        Ok(saved) => saved,
        Err(error) => return plan::refuse(&error, shell),
    };
    let (approved, allow) = match (args.resume, approved, saved) {
        (true, None, Some(saved)) => (Some(saved.plan), leave(&saved.allow, &args.allow)),
        (true, Some(plan), Some(saved)) if plan == saved.plan => {
            (Some(plan), leave(&saved.allow, &args.allow))
        }
        (true, _, _) => return nothing_to_resume(shell),
        (false, approved, _) => (approved, args.allow.clone()),
    };
    let scope = match &approved {
        Some(plan) => plan.scope.clone(),
        None => plan::scope(common),
    };
    let planned = match plan::make(dir, args.templates.as_deref(), &scope, common, shell)? {
        Ok(planned) => planned,
        Err(outcome) => return Ok(outcome),
    };
    shell.diagnostics(&planned.session.said, &planned.session.map)?;
    let plan = approved.unwrap_or_else(|| planned.plan.clone());
    if let Some(problems) = refuse(&plan, &planned, &allow, args.resume) {
        return session::fail(&problems, shell);
    }
    if args.dry_run {
        return dry_run(&plan, shell);
    }
    if plan.is_empty() {
        return said(&plan, &Report::default(), shell);
    }
    execute(&plan, planned, &allow, args, shell)
}

fn leave(before: &[String], now: &[Address]) -> Vec<Address> {
    before
        .iter()
        .filter_map(|text| Address::parse(text).ok())
        .chain(now.iter().cloned())
        .collect()
}

fn nothing_to_resume(shell: &mut Shell) -> anyhow::Result<Outcome> {
    let problem = Diagnostic::without_place(
        code::NOTHING_TO_RESUME,
        "no apply of this plan was interrupted",
    )
    .help("run `meshc apply` without `--resume`");
    session::fail(&[problem], shell)
}

/// Reasons against running the plan.
fn refuse(
    plan: &Plan,
    planned: &Planned,
    allow: &[Address],
    resume: bool,
) -> Option<Vec<Diagnostic>> {
    let why = apply::stale(plan, &planned.plan, &|_| resume);
    if !why.is_empty() {
        let shown: Vec<&str> = why.iter().take(8).map(String::as_str).collect();
        let message = format!(
            "the plan is not what would be planned now: {}",
            shown.join("; ")
        );
        return Some(vec![
            Diagnostic::without_place(code::PLAN_STALE, message)
                .help("plan again, look at it, and apply that"),
        ]);
    }
    let problems: Vec<Diagnostic> = apply::needs_leave(plan, allow)
        .into_iter()
        .map(|(step, change)| {
            let words: Vec<&str> = change.risk.iter().map(|risk| risk.words()).collect();
            let address = change.address.as_deref().unwrap_or(&step.address);
            let message = format!(
                "`{}` would {} {}, which {}",
                step.id,
                change.action,
                change.what,
                words.join(" and ")
            );
            Diagnostic::without_place(code::NEEDS_LEAVE, message).help(format!(
                "if that is what you want, say so: `--allow {address}`"
            ))
        })
        .collect();
    (!problems.is_empty()).then_some(problems)
}

/// A call as people would type it; only for reading, never run through a shell.
fn typed(call: &Call) -> String {
    let word = |word: &String| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    call.argv.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The calls of a step, in their order; what only runs in one of two cases says so.
fn calls(step: &Step) -> Vec<(String, Call)> {
    let plain = |call: Call| (String::new(), call);
    match (&step.run, step.doing) {
        (Run::Terraform { .. }, _) => terraform::all(step).into_iter().map(plain).collect(),
        (Run::Put, Doing::Remove) => step
            .undo
            .iter()
            .map(|undo| plain(undo.call.clone()))
            .collect(),
        (Run::Put, _) => vec![plain(step.call())],
        (Run::Upsert(how), Doing::Remove) => std::iter::once(plain(how.read.clone()))
            .chain(
                step.undo
                    .iter()
                    .map(|undo| ("if it is there: ".to_owned(), undo.call.clone())),
            )
            .collect(),
        (Run::Upsert(how), _) => {
            let mut list = vec![
                plain(how.read.clone()),
                ("if it is not there: ".to_owned(), step.call()),
            ];
            list.extend(
                how.revive
                    .clone()
                    .map(|call| ("if it is deleted: ".to_owned(), call)),
            );
            list.push(("if it is there: ".to_owned(), how.update.clone()));
            list.extend(how.then.iter().map(|then| plain(then.call.clone())));
            list
        }
    }
}

fn dry_run(plan: &Plan, shell: &mut Shell) -> anyhow::Result<Outcome> {
    if shell.format() == Format::Json {
        let steps: Vec<_> = plan
            .steps()
            .map(|step| {
                let calls: Vec<_> = calls(step)
                    .into_iter()
                    .map(|(when, call)| json!({"when": when.trim_end_matches(": "), "argv": call.argv, "stdin": call.stdin}))
                    .collect();
                json!({"id": step.id, "cwd": step.cwd, "calls": calls})
            })
            .collect();
        shell.print_json(&json!({"version": 1, "dryRun": true, "steps": steps}))?;
        return Ok(Outcome::Fine);
    }
    let mut text = plan::human(plan);
    for wave in &plan.waves {
        let _ = writeln!(text, "# {}", wave.wave.as_str());
        for step in &wave.steps {
            let _ = writeln!(text, "cd {}", step.cwd);
            for (when, call) in calls(step) {
                let _ = writeln!(text, "  {when}{}", typed(&call));
                for line in call.stdin.iter().flat_map(|text| text.lines()) {
                    let _ = writeln!(text, "    {line}");
                }
            }
        }
    }
    shell.say(&text)?;
    Ok(Outcome::Fine)
}

fn execute(
    plan: &Plan,
    planned: Planned,
    allow: &[Address],
    args: &Args,
    shell: &mut Shell,
) -> anyhow::Result<Outcome> {
    let store = planned.store.clone();
    let unknown = match apply::unknown(&store, plan) {
        Ok(unknown) => unknown,
        Err(error) => return plan::refuse(&error, shell),
    };
    let saved = Saved {
        plan: plan.clone(),
        allow: allow.iter().map(ToString::to_string).collect(),
    };
    if let Err(error) = store.save_plan(&saved) {
        return plan::refuse(&error, shell);
    }
    let now: BTreeSet<String> = planned.plan.steps().map(|step| step.id.clone()).collect();
    let done: BTreeSet<String> = plan
        .steps()
        .map(|step| step.id.clone())
        .filter(|id| !now.contains(id))
        .collect();
    let total = plan.steps().count();
    let report = {
        let printer = Mutex::new((0, &mut *shell));
        let tell = |event: Event<'_>| {
            if let Event::Ended(step, status) = event {
                let mut printer = printer
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                printer.0 += 1;
                let line = format!(
                    "[{:>width$}/{total}] {} {}{}\n",
                    printer.0,
                    step.id,
                    word(status),
                    if unknown.contains(&step.id) {
                        " (had begun before, run again)"
                    } else {
                        ""
                    },
                    width = total.to_string().len()
                );
                // Progress that cannot be shown must not stop an apply half way.
                let _ = printer.1.say(&line);
            }
        };
        let now = || {
            jiff::Timestamp::now()
                .strftime("%Y-%m-%dT%H:%M:%SZ")
                .to_string()
        };
        apply::run(
            &Job {
                plan,
                carried: &planned.carried,
                ledgers: planned.ledgers,
                store: &store,
                runner: &Real,
                now: &now,
                allow,
                parallel: args.parallel.max(1),
                tell: &tell,
            },
            &done,
        )
    };
    let report = match report {
        Ok(report) => report,
        Err(error) => return plan::refuse(&error, shell),
    };
    if report.is_good()
        && let Err(error) = store.forget_plan()
    {
        return plan::refuse(&error, shell);
    }
    said(plan, &report, shell)
}

fn word(status: &Status) -> &'static str {
    match status {
        Status::Done => "done",
        Status::Unchanged => "done, nothing had to change",
        Status::DoneBefore => "done before",
        Status::Failed(_) => "FAILED",
        Status::NotDone(_) => "not done",
    }
}

/// What came of it.
fn said(plan: &Plan, report: &Report, shell: &mut Shell) -> anyhow::Result<Outcome> {
    if shell.format() == Format::Json {
        let steps: Vec<_> = report
            .steps
            .iter()
            .map(|(id, status)| {
                let why = match status {
                    Status::Failed(why) | Status::NotDone(why) => Some(why),
                    _ => None,
                };
                json!({"id": id, "status": word(status), "why": why})
            })
            .collect();
        shell.print_json(&json!({"version": 1, "done": report.is_good(), "steps": steps}))?;
    } else if plan.is_empty() {
        shell.say(&plan::human(plan))?;
    }
    if report.is_good() {
        let done = report.count(Status::is_good);
        if done > 0 {
            shell.say(&format!("applied: {done} of {done} steps done\n"))?;
        }
        return Ok(Outcome::Fine);
    }
    let failed = |status: &Status| matches!(status, Status::Failed(_));
    let skipped = |status: &Status| matches!(status, Status::NotDone(_));
    let problems: Vec<Diagnostic> = report
        .steps
        .iter()
        .filter_map(|(id, status)| match status {
            Status::Failed(why) => Some(
                Diagnostic::without_place(code::STEP_FAILED, format!("step `{id}` failed: {why}"))
                    .help("repair it and go on with `meshc apply --resume`, or change the blueprint and plan again"),
            ),
            _ => None,
        })
        .collect();
    let outcome = if shell.format() == Format::Json {
        Outcome::Failed
    } else {
        session::fail(&problems, shell)?
    };
    shell.say(&format!(
        "{} done, {} failed, {} not done\n",
        report.count(Status::is_good),
        report.count(failed),
        report.count(skipped)
    ))?;
    Ok(outcome)
}
