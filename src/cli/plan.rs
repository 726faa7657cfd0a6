//! `meshc plan`: what would have to be run, for people and as a file to approve.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::options::{Common, Format};
use super::session::{self, Session};
use super::shell::{Shell, counted};
use super::{Outcome, findings, tree};
use crate::apply::{ApplyError, Store};
use crate::check::Suite;
use crate::diag::{Diagnostic, code};
use crate::pipeline::Wishes;
use crate::plan::{self, Carried, Doing, Ledger, Plan, Risk, Scope, Step};
use crate::source::load::MeshDir;

/// Arguments of `plan`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Nothing is run, and no cloud is asked: what was applied last stands in the state folder, MESH/.meshc.\n\
    Forms: --format json is the plan itself, --format markdown is for a pull request.\n\
    \n\
    meshc plan --out p.json     then show it to somebody, then\n\
    meshc apply p.json          runs exactly that, or refuses"
)]
pub(crate) struct Args {
    /// The mesh folder
    #[arg(value_name = "MESH")]
    dir: Option<PathBuf>,
    /// Write the plan to a file, for `meshc apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Templates that override the mesh's and the built-in ones
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, common: &Common, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let dir = match session::find(args.dir.as_deref(), common, shell)? {
        Ok(dir) => dir,
        Err(outcome) => return Ok(outcome),
    };
    let templates = args.templates.as_deref();
    let planned = match make(dir, templates, &scope(common), common, shell)? {
        Ok(planned) => planned,
        Err(outcome) => return Ok(outcome),
    };
    shell.diagnostics(&planned.session.said, &planned.session.map)?;
    if let Some(path) = &args.out {
        std::fs::write(path, planned.plan.print())
            .map_err(|error| anyhow::anyhow!("cannot write `{}`: {error}", path.display()))?;
    }
    match shell.format() {
        Format::Json if args.out.is_none() => shell.print(&planned.plan.print())?,
        Format::Markdown => shell.print(&markdown(&planned.plan))?,
        _ => {
            let mut text = human(&planned.plan);
            if let Some(path) = &args.out {
                let _ = writeln!(
                    text,
                    "wrote {}: `meshc apply {}` runs exactly this",
                    path.display(),
                    path.display()
                );
            }
            shell.say(&text)?;
        }
    }
    Ok(Outcome::Fine)
}

/// A plan and what it was made from.
pub(super) struct Planned {
    pub(super) session: Session,
    pub(super) carried: BTreeMap<String, BTreeMap<String, Carried>>,
    pub(super) ledgers: BTreeMap<String, Ledger>,
    pub(super) store: Store,
    pub(super) plan: Plan,
}

/// The scope that the options name.
pub(super) fn scope(common: &Common) -> Scope {
    Scope {
        env: common.env.iter().map(ToString::to_string).collect(),
        domain: common.domain.iter().map(ToString::to_string).collect(),
        target: common.target.iter().map(ToString::to_string).collect(),
    }
}

/// Compiles, checks, and compares with what was applied last.
pub(super) fn make(
    dir: MeshDir,
    templates: Option<&Path>,
    scope: &Scope,
    common: &Common,
    shell: &mut Shell,
) -> anyhow::Result<Result<Planned, Outcome>> {
    let tree = tree::folder(&dir, None);
    if let Err(problem) = tree::settle(&dir, &tree) {
        return Ok(Err(session::fail(&[problem], shell)?));
    }
    let day = common.day();
    // Steps are made from the structure of artifacts, and without what has expired.
    let wishes = Wishes {
        day: Some(day),
        ..Wishes::default()
    };
    let inputs = session::read(dir, templates);
    let (session, compiled, checked) =
        match findings::compile(inputs, wishes, Suite::embedded()?, common, shell)? {
            Ok(examined) => examined,
            Err(outcome) => return Ok(Err(outcome)),
        };
    if checked.blocks() {
        checked.report(&session, shell)?;
        return Ok(Err(Outcome::Different));
    }
    let store = Store::new(&session.dir.path);
    let ledgers = match store.ledgers(compiled.mesh.name.value.as_str()) {
        Ok(ledgers) => ledgers,
        Err(error) => return Ok(Err(refuse(&error, shell)?)),
    };
    let carried = plan::carried(&compiled, &|span| {
        tree::below_mesh(&session.map, &session.dir, span)
    });
    let plan = plan::make(&plan::Input {
        compiled: &compiled,
        as_of: day.to_string(),
        ledgers: &ledgers,
        scope,
        carried: &carried,
    });
    Ok(Ok(Planned {
        session,
        carried,
        ledgers,
        store,
        plan,
    }))
}

/// A state folder that cannot be used.
pub(super) fn refuse(error: &ApplyError, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let problem = Diagnostic::without_place(error.code(), error.to_string()).help(error.help());
    session::fail(&[problem], shell)
}

/// A plan file.
pub(super) fn read(path: &Path, shell: &mut Shell) -> anyhow::Result<Result<Plan, Outcome>> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| anyhow::anyhow!("cannot read `{}`: {error}", path.display()))?;
    match Plan::parse(&text) {
        Ok(plan) => Ok(Ok(plan)),
        Err(why) => {
            let message = format!("`{}` is not a plan: {why}", path.display());
            let problem = Diagnostic::without_place(code::NOT_A_PLAN, message)
                .help("make one with `meshc plan --out FILE`");
            Ok(Err(session::fail(&[problem], shell)?))
        }
    }
}

/// `+` for what is new, `~` for what changes, `-` for what goes.
fn mark(step: &Step) -> char {
    match (step.doing, &step.before) {
        (Doing::Apply, None) => '+',
        (Doing::Apply, Some(_)) => '~',
        (Doing::Revoke | Doing::Remove, _) => '-',
    }
}

/// `3 to create, 1 to delete`.
fn summary(step: &Step) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for change in &step.changes {
        *counts.entry(&change.action).or_default() += 1;
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|(action, count)| format!("{count} to {action}"))
        .collect();
    parts.join(", ")
}

fn risks(step: &Step) -> String {
    let words: Vec<&str> = step.risk.iter().map(|risk| Risk::words(*risk)).collect();
    words.join(", ")
}

fn by_cell(wave: &plan::Steps) -> BTreeMap<&str, Vec<&Step>> {
    let mut cells: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
    for step in &wave.steps {
        cells.entry(&step.cell).or_default().push(step);
    }
    cells
}

/// So many steps of one cell in one wave are still listed one by one.
const ONE_BY_ONE: usize = 3;

fn many(text: &mut String, cell: &str, steps: &[&Step], width: usize) {
    let mut marks: BTreeMap<char, usize> = BTreeMap::new();
    for step in steps {
        *marks.entry(mark(step)).or_default() += 1;
    }
    let sign = match marks.keys().collect::<Vec<_>>()[..] {
        [only] => *only,
        _ => '~',
    };
    let counts: Vec<String> = marks
        .iter()
        .map(|(mark, count)| {
            let word = match mark {
                '+' => "new",
                '~' => "changed",
                _ => "gone",
            };
            format!("{count} {word}")
        })
        .collect();
    let risks: std::collections::BTreeSet<&str> = steps
        .iter()
        .flat_map(|step| step.risk.iter().map(|risk| risk.words()))
        .collect();
    let risks = risks.into_iter().collect::<Vec<_>>().join(", ");
    let line = format!("  {sign} {cell:width$}  {}  {risks}", counts.join(", "));
    let _ = writeln!(text, "{}", line.trim_end());
    for step in steps {
        warnings(text, step);
    }
}

fn one(text: &mut String, step: &Step, width: usize) {
    let tail = [summary(step), risks(step)].join("  ");
    let line = format!("  {} {:width$}  {tail}", mark(step), step.id);
    let _ = writeln!(text, "{}", line.trim_end());
    for hole in &step.holes {
        let _ = writeln!(text, "      needs {} from {}", hole.name, hole.from);
    }
    warnings(text, step);
}

/// What `--allow` has to name.
fn warnings(text: &mut String, step: &Step) {
    let notable = step
        .changes
        .iter()
        .filter(|change| change.risk.iter().any(|risk| risk.needs_leave()));
    for change in notable {
        let words: Vec<&str> = change.risk.iter().map(|risk| risk.words()).collect();
        let _ = writeln!(
            text,
            "      ! {} {}: {}",
            change.action,
            change.what,
            words.join(", ")
        );
    }
}

/// A plan for people.
pub(super) fn human(plan: &Plan) -> String {
    let mut text = String::new();
    if plan.is_empty() {
        let _ = writeln!(
            text,
            "{}: nothing to do, everything was applied as it is (as of {})",
            plan.mesh, plan.as_of
        );
    } else {
        let _ = writeln!(
            text,
            "{}: {} in {}, as of {}",
            plan.mesh,
            counted(plan.steps().count(), "step"),
            counted(plan.waves.len(), "wave"),
            plan.as_of
        );
    }
    let waves: Vec<BTreeMap<&str, Vec<&Step>>> = plan.waves.iter().map(by_cell).collect();
    let width = waves
        .iter()
        .flatten()
        .map(
            |(cell, steps)| match steps.iter().map(|step| step.id.len()).max() {
                Some(longest) if steps.len() <= ONE_BY_ONE => longest,
                _ => cell.len(),
            },
        )
        .max()
        .unwrap_or(0);
    for (number, wave) in plan.waves.iter().enumerate() {
        let _ = writeln!(text, "\n{}. {}", number + 1, wave.wave.as_str());
        for (cell, steps) in waves.get(number).into_iter().flatten() {
            // Many small documents of one cell are one line; each is in the plan's other forms.
            if steps.len() > ONE_BY_ONE {
                many(&mut text, cell, steps, width);
            } else {
                for step in steps {
                    one(&mut text, step, width);
                }
            }
        }
    }
    for (title, lines) in [
        (
            "expired, left out and revoked where the cloud does not end it itself",
            &plan.expired,
        ),
        ("no longer in the blueprint, kept all the same", &plan.kept),
    ] {
        if !lines.is_empty() {
            let _ = writeln!(text, "\n{title}:");
            for line in lines {
                let _ = writeln!(text, "  {line}");
            }
        }
    }
    text
}

/// A plan for a pull request.
fn markdown(plan: &Plan) -> String {
    let mut text = format!(
        "### meshc plan: {}, {}\n\nAs of {}.\n",
        plan.mesh,
        counted(plan.steps().count(), "step"),
        plan.as_of
    );
    for wave in &plan.waves {
        let _ = writeln!(
            text,
            "\n**{}**\n\n| | step | changes | risk |\n|---|---|---|---|",
            wave.wave.as_str()
        );
        for step in &wave.steps {
            let _ = writeln!(
                text,
                "| {} | `{}` | {} | {} |",
                mark(step),
                step.id,
                summary(step),
                risks(step)
            );
        }
    }
    for (title, lines) in [("Expired", &plan.expired), ("Kept", &plan.kept)] {
        if !lines.is_empty() {
            let _ = writeln!(text, "\n**{title}**\n");
            for line in lines {
                let _ = writeln!(text, "- `{}`", line.replace('`', "'"));
            }
        }
    }
    text
}
