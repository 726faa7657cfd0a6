//! `meshc build`: compile, check, write what changed.

use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::options::{Common, Format};
use super::session::{self, Session};
use super::shell::{Shell, counted};
use super::tree::{self, Tree};
use super::unchanged::{Memory, Summary};
use super::{Outcome, findings};
use crate::artifact::write::index::Strays;
use crate::artifact::write::{self, Differs, Plan, RealDisk, Recovery, WriteError};
use crate::check::Suite;
use crate::pipeline::{Keep, Wishes};

/// Arguments of `build`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A build whose findings block writes nothing and exits 2.\n\
    With --env, --domain or --target only those cells are written; all of the mesh is still compiled and checked."
)]
pub(crate) struct Args {
    /// The mesh folder
    #[arg(value_name = "MESH")]
    dir: Option<PathBuf>,
    /// Where the tree goes [default: MESH/generated]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; exit 2 if the tree is not what the blueprint says
    #[arg(long)]
    check: bool,
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
    let tree = tree::folder(&dir, args.out.as_deref());
    match tree::settle(&dir, &tree) {
        Ok(Recovery::Completed) => shell.say("finished a write that had been interrupted\n")?,
        Ok(Recovery::Nothing | Recovery::Cleared) => {}
        Err(problem) => return session::fail(&[problem], shell),
    }
    let inputs = session::read(dir, args.templates.as_deref());
    let memory = Memory::of(&inputs, &tree, common);
    let strays = if args.check {
        Strays::Matter
    } else {
        Strays::Ignored
    };
    let last = memory
        .as_ref()
        .and_then(|memory| memory.last(&inputs, &tree, common.day(), strays));
    if let Some(last) = last {
        let session = inputs.known(last.said);
        shell.diagnostics(&session.said, &session.map)?;
        last.checked.mention(&session, shell)?;
        if args.check {
            return Ok(compare(&[], &tree, shell)?);
        }
        let done = Done::nothing(last.files);
        written(&done, &last.summary, &session, &last.checked, &tree, shell)?;
        return Ok(Outcome::Fine);
    }
    let (session, compiled, checked) = match findings::compile(
        inputs,
        Wishes::keeping(Keep::Text),
        Suite::embedded()?,
        common,
        shell,
    )? {
        Ok(examined) => examined,
        Err(outcome) => return Ok(outcome),
    };
    if checked.blocks() {
        checked.report(&session, shell)?;
        return Ok(Outcome::Different);
    }
    shell.diagnostics(&session.said, &session.map)?;
    checked.mention(&session, shell)?;
    let result: Result<std::io::Result<Outcome>, Vec<WriteError>> =
        tree::wanted(&session, &compiled, &tree, common, |wanted| {
            if args.check {
                let differences = write::check(&RealDisk, wanted)?;
                return Ok(compare(&differences, &tree, shell));
            }
            let plan = write::plan(&RealDisk, wanted)?;
            write::commit(&RealDisk, &plan).map_err(|error| vec![error])?;
            if let Some(memory) = &memory {
                memory.remember(&session, &compiled, &checked, &plan, common.day(), &tree);
            }
            let summary = Summary::of(&compiled);
            let done = Done::of(&plan);
            Ok(written(&done, &summary, &session, &checked, &tree, shell).map(|()| Outcome::Fine))
        });
    match result {
        Ok(outcome) => Ok(outcome?),
        Err(problems) => refuse(&problems, shell),
    }
}

fn refuse(problems: &[WriteError], shell: &mut Shell) -> anyhow::Result<Outcome> {
    let list: Vec<_> = problems.iter().map(tree::diagnostic).collect();
    session::fail(&list, shell)
}

fn compare(
    differences: &[write::Difference],
    tree: &Tree,
    shell: &mut Shell,
) -> std::io::Result<Outcome> {
    let word = |differs| match differs {
        Differs::Missing => "missing",
        Differs::Changed => "changed",
        Differs::Extra => "extra",
    };
    if shell.format() == Format::Json {
        let rows: Vec<_> = differences
            .iter()
            .map(|one| json!({"path": one.path, "differs": word(one.differs)}))
            .collect();
        shell
            .print_json(&json!({"version": 1, "upToDate": rows.is_empty(), "differences": rows}))?;
    } else if differences.is_empty() {
        shell.say(&format!(
            "{} is what the blueprint says\n",
            tree.shown.display()
        ))?;
    } else {
        let rows: String = differences
            .iter()
            .map(|one| format!("  {:8} {}\n", word(one.differs), one.path))
            .collect();
        shell.say(&format!(
            "{} is not what the blueprint says:\n{rows}run `meshc build` to bring it up to date\n",
            tree.shown.display()
        ))?;
    }
    Ok(if differences.is_empty() {
        Outcome::Fine
    } else {
        Outcome::Different
    })
}

/// How many paths of one sort are listed before the rest is only counted.
const LISTED: usize = 24;

/// What was done to a tree.
#[derive(Debug, Default)]
struct Done<'a> {
    added: &'a [String],
    changed: &'a [String],
    removed: &'a [String],
    unchanged: usize,
    lock_changed: bool,
    nothing: bool,
}

impl<'a> Done<'a> {
    fn of(plan: &'a Plan<'_>) -> Self {
        Self {
            added: &plan.added,
            changed: &plan.changed,
            removed: &plan.removed,
            unchanged: plan.unchanged,
            lock_changed: plan.changes_lock(),
            nothing: plan.is_empty(),
        }
    }

    fn nothing(unchanged: usize) -> Self {
        Self {
            unchanged,
            nothing: true,
            ..Self::default()
        }
    }
}

fn written(
    done: &Done<'_>,
    summary: &Summary,
    session: &Session,
    checked: &findings::Checked,
    tree: &Tree,
    shell: &mut Shell,
) -> std::io::Result<()> {
    if shell.format() == Format::Json {
        let diagnostics = Shell::diagnostics_json(&session.said, &session.map);
        return shell.print_json(&json!({
            "version": 1,
            "out": tree.shown.to_string_lossy(),
            "added": done.added,
            "changed": done.changed,
            "removed": done.removed,
            "unchanged": done.unchanged,
            "lockChanged": done.lock_changed,
            "findings": checked.json(&session.map),
            "diagnostics": diagnostics,
        }));
    }
    let mut text = format!(
        "{}: {}, {}, {} in {}\n",
        shell.paint(Style::new().bold(), &summary.mesh),
        counted(summary.domains, "domain"),
        counted(summary.products, "product"),
        counted(summary.cells, "cell"),
        counted(summary.environments, "environment"),
    );
    text.push_str(&checked.line());
    for (sign, paths) in [
        (("+", AnsiColor::Green), done.added),
        (("~", AnsiColor::Yellow), done.changed),
        (("-", AnsiColor::Red), done.removed),
    ] {
        list(&mut text, sign, paths, shell);
    }
    if done.nothing {
        text.push_str(&format!(
            "nothing to write: {} is up to date ({})\n",
            tree.shown.display(),
            counted(done.unchanged, "file")
        ));
    } else {
        text.push_str(&format!(
            "wrote {}: {} new, {} changed, {} removed, {} unchanged\n",
            tree.shown.display(),
            done.added.len(),
            done.changed.len(),
            done.removed.len(),
            done.unchanged
        ));
        if done.lock_changed {
            text.push_str("mesh.lock changed: commit it, it keeps every physical name\n");
        }
    }
    shell.say(&text)
}

/// Paths by environment and domain, with how many there are on each cloud, so that a first build of
/// hundreds of files still fits on a screen.
fn list(text: &mut String, sign: (&str, AnsiColor), paths: &[String], shell: &Shell) {
    let sign = shell.paint(sign.1.on_default(), sign.0);
    let mut folders: indexmap::IndexMap<String, indexmap::IndexMap<&str, usize>> =
        indexmap::IndexMap::new();
    for path in paths {
        let mut parts = path.splitn(4, '/');
        let (env, domain, cloud) = (parts.next(), parts.next(), parts.next());
        let folder = match (env, domain) {
            (Some(env), Some(domain)) => format!("{env}/{domain}"),
            _ => path.clone(),
        };
        *folders
            .entry(folder)
            .or_default()
            .entry(cloud.unwrap_or_default())
            .or_default() += 1;
    }
    let listed = || folders.iter().take(LISTED);
    let width = listed().map(|(folder, _)| folder.len()).max().unwrap_or(0);
    for (folder, clouds) in listed() {
        let each: Vec<String> = clouds
            .iter()
            .map(|(cloud, count)| format!("{cloud} {count}"))
            .collect();
        let folder = shell.paint(Style::new().bold(), &format!("{folder:width$}"));
        let all = counted(clouds.values().sum(), "file");
        let each = shell.paint(Style::new().dimmed(), each.join(", ").trim());
        text.push_str(&format!("  {sign} {folder}  {all:>9}  {each}\n"));
    }
    if folders.len() > LISTED {
        text.push_str(&format!(
            "  {sign} and {} more\n",
            counted(folders.len() - LISTED, "folder")
        ));
    }
}
