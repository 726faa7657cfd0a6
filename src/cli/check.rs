//! `meshc check`: the policy suite over a mesh, over files that meshc did not write, or over a plan
//! of Terraform; nothing is written.

use std::path::{Path, PathBuf};

use super::options::Common;
use super::shell::Shell;
use super::{Outcome, findings, session, tree};
use crate::artifact::read::{self, ReadContent, ReadProblem, ReadTree};
use crate::check::{CellInput, Suite, SuiteProblem, foreign};
use crate::diag::{Diagnostic, code};
use crate::pipeline::{Keep, Wishes};
use crate::source::SourceMap;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Forms: human, json, sarif, junit, github. Exit codes: 0 no blocking finding, 1 the mesh or the input cannot be read, 2 blocking findings.\n\
    \n\
    meshc check                          the mesh around the current folder\n\
    meshc check --input infra            Terraform, JSON, YAML and SQL that meshc did not write\n\
    meshc check --plan-json plan.json    what `terraform show -json` says of a plan\n\
    meshc check --policies rules         with a team's own rules beside the built-in ones"
)]
pub(crate) struct Args {
    /// The mesh folder
    #[arg(value_name = "MESH")]
    dir: Option<PathBuf>,
    /// Judge the files of a folder, or one file, without a mesh
    #[arg(long, value_name = "DIR", conflicts_with_all = ["dir", "mesh"])]
    input: Option<PathBuf>,
    /// Judge the resources of a plan, as `terraform show -json` prints it, without a mesh
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dir", "mesh", "input"])]
    plan_json: Option<PathBuf>,
    /// Use the rules of a folder beside the built-in ones; shared Rego lies in its `lib/`
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, common: &Common, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let mut map = SourceMap::default();
    let suite = match suite(args.policies.as_deref(), &mut map) {
        Ok(suite) => suite,
        Err(problems) => return fail(&problems, &map, shell),
    };
    let judged = match (&args.input, &args.plan_json) {
        (Some(folder), _) => files(folder, common, &mut map),
        (None, Some(file)) => plan(file, common, &mut map).map(|input| vec![input]),
        (None, None) => return mesh(args, suite, &map, common, shell),
    };
    let inputs = match judged {
        Ok(inputs) => inputs,
        Err(problems) => return fail(&problems, &map, shell),
    };
    let checked = match findings::judge(&inputs, suite) {
        Ok(checked) => checked,
        Err(problem) => return fail(&[unusable(&problem, &map)], &map, shell),
    };
    checked.show(&[], &map, shell)?;
    Ok(outcome(&checked))
}

fn mesh(
    args: &Args,
    suite: Suite,
    map: &SourceMap,
    common: &Common,
    shell: &mut Shell,
) -> anyhow::Result<Outcome> {
    let dir = match session::find(args.dir.as_deref(), common, shell)? {
        Ok(dir) => dir,
        Err(outcome) => return Ok(outcome),
    };
    if let Err(problem) = tree::settle(&dir, &tree::folder(&dir, None)) {
        return session::fail(&[problem], shell);
    }
    let inputs = session::read(dir, None);
    let wishes = Wishes::keeping(Keep::Nothing);
    let (session, _, checked) = match findings::compile(inputs, wishes, suite, common, shell) {
        Ok(Ok(examined)) => examined,
        Ok(Err(outcome)) => return Ok(outcome),
        Err(error) => match error.downcast::<SuiteProblem>() {
            Ok(problem) => return fail(&[unusable(&problem, map)], map, shell),
            Err(other) => return Err(other),
        },
    };
    checked.report(&session, shell)?;
    Ok(outcome(&checked))
}

fn outcome(checked: &findings::Checked) -> Outcome {
    if checked.blocks() {
        Outcome::Different
    } else {
        Outcome::Fine
    }
}

fn fail(list: &[Diagnostic], map: &SourceMap, shell: &mut Shell) -> anyhow::Result<Outcome> {
    session::report(list, map, shell)?;
    Ok(Outcome::Failed)
}

/// What an option names, read in full or not at all.
fn read_all(path: &Path, map: &mut SourceMap) -> Result<ReadTree, Vec<Diagnostic>> {
    let tree = read::read(path).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", path.display());
        vec![Diagnostic::without_place(code::UNREADABLE_INPUT, message)]
    })?;
    if tree.problems.is_empty() {
        return Ok(tree);
    }
    Err((tree.problems.iter())
        .map(|problem| unreadable(problem, path, map))
        .collect())
}

/// The name of a file below what an option names, which may be the file itself.
fn shown(path: &Path, below: &str) -> PathBuf {
    if path.is_file() {
        path.to_owned()
    } else {
        path.join(below)
    }
}

fn unreadable(problem: &ReadProblem, path: &Path, map: &mut SourceMap) -> Diagnostic {
    let file = shown(path, &problem.path);
    let message = format!("`{}` cannot be judged: {}", file.display(), problem.what);
    let text = std::fs::read(&file).ok().map(String::from_utf8);
    let found = match (problem.at, text) {
        (Some(at), Some(Ok(text))) => {
            let id = map.add(&file, text);
            let at = map.point(id, at.line as usize, at.column as usize);
            Diagnostic::new(code::UNREADABLE_INPUT, at, message)
        }
        _ => Diagnostic::without_place(code::UNREADABLE_INPUT, message),
    };
    found.help("a file that is not read in full is not judged at all: repair it or take it out")
}

fn files(
    folder: &Path,
    common: &Common,
    map: &mut SourceMap,
) -> Result<Vec<CellInput>, Vec<Diagnostic>> {
    let tree = read_all(folder, map)?;
    let base = if folder.is_file() {
        folder.parent().unwrap_or(Path::new(""))
    } else {
        folder
    };
    Ok(foreign::inputs(&tree, base, map, Some(common.day())))
}

fn plan(file: &Path, common: &Common, map: &mut SourceMap) -> Result<CellInput, Vec<Diagnostic>> {
    let not_a_plan = |what: &str| {
        let message = format!("`{}` is not a plan: {what}", file.display());
        let found = Diagnostic::without_place(code::NOT_A_TERRAFORM_PLAN, message);
        vec![found.help("make it with `terraform show -json PLAN > FILE`, where PLAN is what `terraform plan -out PLAN` wrote")]
    };
    let bytes = std::fs::read(file).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", file.display());
        vec![Diagnostic::without_place(code::UNREADABLE_INPUT, message)]
    })?;
    // Whatever the file is called, it is read as JSON.
    let tree = ReadTree::from_files(vec![("plan.json".to_owned(), bytes)]);
    if let Some(problem) = tree.problems.first() {
        let renamed = ReadProblem {
            path: String::new(),
            ..problem.clone()
        };
        return Err(vec![unreadable(&renamed, file, map)]);
    }
    let value = tree.files.values().find_map(|one| match &one.content {
        ReadContent::Json(value) => Some(value),
        _ => None,
    });
    let value = value.ok_or_else(|| not_a_plan("it is empty"))?;
    foreign::planned(value, Some(common.day())).map_err(|why| not_a_plan(&why.to_string()))
}

/// The built-in rules, and those of a folder.
fn suite(folder: Option<&Path>, map: &mut SourceMap) -> Result<Suite, Vec<Diagnostic>> {
    let problem = |problem: SuiteProblem, map: &SourceMap| vec![unusable(&problem, map)];
    let Some(folder) = folder else {
        return Suite::embedded().map_err(|found| problem(found, map));
    };
    let tree = read_all(folder, map)?;
    let mut files = Vec::new();
    for (path, file) in &tree.files {
        if Path::new(path).extension().is_some_and(|end| end == "rego") {
            let name = shown(folder, path);
            map.add(&name, file.text.as_str());
            let name = name.to_string_lossy().replace('\\', "/");
            files.push((name, path.starts_with("lib/"), file.text.clone()));
        }
    }
    let suite = Suite::with(files).map_err(|found| problem(found, map))?;
    match suite.compiles() {
        Ok(()) => Ok(suite),
        Err(found) => Err(problem(found, map)),
    }
}

/// Says what is wrong with a rule, at its place where the engine names one.
fn unusable(problem: &SuiteProblem, map: &SourceMap) -> Diagnostic {
    let message = format!(
        "the rule `{}` cannot be used: {}",
        problem.path, problem.what
    );
    let file = map
        .files()
        .find(|(_, file)| file.path() == Path::new(&problem.path));
    match file {
        Some((id, _)) => {
            // What is wrong with a file as a whole is shown at its start.
            let (line, column) = problem.at.map_or((1, 1), |at| (at.line, at.column));
            let at = map.point(id, line as usize, column as usize);
            Diagnostic::new(code::UNUSABLE_POLICY, at, message)
        }
        None => Diagnostic::without_place(code::UNUSABLE_POLICY, message),
    }
}
