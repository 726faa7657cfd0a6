//! `meshc diff`: what the blueprint changes, beside a tree, another mesh folder or a git revision.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::options::{Common, Format};
use super::session::{self, Session};
use super::shell::Shell;
use super::{Outcome, tree};
use crate::artifact::write::{self, MANIFEST, Manifest, PROVENANCE, Provenance};
use crate::cell::CellId;
use crate::diag::{Diagnostic, code};
use crate::diff::{self, Action, Change, File, Files, Risk};
use crate::pipeline::Compiled;
use crate::runner::{Real, Runner as _};
use crate::source::SourceMap;
use crate::source::load::MeshDir;
use crate::step::Call;

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --against the tree on disk is compared, as `build` would change it.\n\
    Exit codes: 0 no difference, 2 differences, 1 failure.\n\
    \n\
    meshc diff                           what the next build changes\n\
    meshc diff --against main            what this branch changes\n\
    meshc diff --against ../other-mesh   beside another mesh folder or tree"
)]
pub(crate) struct Args {
    /// The mesh folder
    #[arg(value_name = "MESH")]
    dir: Option<PathBuf>,
    /// Compare with a tree, a mesh folder, or a git revision of the mesh; a folder wins over a revision
    #[arg(long, value_name = "DIR|REV")]
    against: Option<String>,
    /// The tree to compare with [default: MESH/generated]
    #[arg(long, value_name = "DIR", conflicts_with = "against")]
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
    let tree = tree::folder(&dir, args.out.as_deref());
    if let Err(problem) = tree::settle(&dir, &tree) {
        return session::fail(&[problem], shell);
    }
    let templates = args.templates.as_deref();
    let (session, compiled) = match session::open(dir, templates, common, shell)? {
        Ok(opened) => opened,
        Err(outcome) => return Ok(outcome),
    };
    shell.diagnostics(&session.said, &session.map)?;
    let before = match &args.against {
        None => on_disk(&tree.path)?,
        Some(against) => match other(against, &session.dir, templates, common, shell)? {
            Ok(files) => files,
            Err(outcome) => return Ok(outcome),
        },
    };
    let after = fresh(&session.map, &session.dir, &compiled);
    let in_scope = |path: &String| {
        !common.is_scoped() || CellId::of_path(path).is_some_and(|cell| common.in_scope(&cell))
    };
    let keep = |files: Files| -> Files {
        files
            .into_iter()
            .filter(|(path, _)| in_scope(path))
            .collect()
    };
    let changes = diff::between(&keep(before), &keep(after));
    show(&changes, shell)?;
    Ok(if changes.is_empty() {
        Outcome::Fine
    } else {
        Outcome::Different
    })
}

/// What is compiled now.
fn fresh(map: &SourceMap, dir: &MeshDir, compiled: &Compiled) -> Files {
    let place = |span| tree::below_mesh(map, dir, span);
    compiled
        .printed
        .iter()
        .map(|(path, printed)| {
            let file = File {
                text: printed.text.clone(),
                entries: write::entries(printed, &place),
            };
            (path.clone(), file)
        })
        .collect()
}

/// The files of a tree of ours, as they are on the disk; none if it was never built.
fn on_disk(tree: &Path) -> anyhow::Result<Files> {
    let Ok(manifest) = std::fs::read(tree.join(MANIFEST)) else {
        return Ok(Files::new());
    };
    let manifest = Manifest::parse(&manifest).map_err(|why| {
        anyhow::anyhow!("`{}` cannot be read: {why}", tree.join(MANIFEST).display())
    })?;
    let provenance = std::fs::read(tree.join(PROVENANCE))
        .ok()
        .and_then(|bytes| Provenance::parse(&bytes).ok())
        .unwrap_or_default();
    let mut files = Files::new();
    for path in manifest.files.keys() {
        // A file that somebody removed is one that the build brings back.
        if let Ok(text) = std::fs::read_to_string(tree.join(path)) {
            let entries = provenance.files.get(path).cloned().unwrap_or_default();
            files.insert(path.clone(), File { text, entries });
        }
    }
    Ok(files)
}

/// What `--against` names.
fn other(
    against: &str,
    dir: &MeshDir,
    templates: Option<&Path>,
    common: &Common,
    shell: &mut Shell,
) -> anyhow::Result<Result<Files, Outcome>> {
    let folder = Path::new(against);
    if folder.join(MANIFEST).is_file() {
        return Ok(Ok(on_disk(folder)?));
    }
    if folder.join("mesh.yaml").is_file() {
        let other = MeshDir {
            path: folder.to_owned(),
            shown: folder.to_owned(),
        };
        return compile(other, templates, common, shell);
    }
    if folder.is_dir() {
        let message = format!("`{against}` is neither a tree nor a mesh folder");
        let problem = Diagnostic::without_place(code::NOT_OUR_TREE, message)
            .help("name a folder with `.manifest.json` or `mesh.yaml`, or a git revision");
        return Ok(Err(session::fail(&[problem], shell)?));
    }
    let checkout = match revision(against, dir) {
        Ok(checkout) => checkout,
        Err(why) => {
            let message =
                format!("`{against}` is no folder, and no git revision of the mesh: {why}");
            let problem = Diagnostic::without_place(code::UNKNOWN_REVISION, message)
                .help("name a folder, or a revision that `git log` knows");
            return Ok(Err(session::fail(&[problem], shell)?));
        }
    };
    let other = MeshDir {
        path: checkout.path.clone(),
        shown: PathBuf::from(against),
    };
    compile(other, templates, common, shell)
}

/// Compiles another mesh folder. Its warnings are its own business.
fn compile(
    dir: MeshDir,
    templates: Option<&Path>,
    common: &Common,
    shell: &mut Shell,
) -> anyhow::Result<Result<Files, Outcome>> {
    let (session, compiled): (Session, Compiled) =
        match session::open(dir, templates, common, shell)? {
            Ok(opened) => opened,
            Err(outcome) => return Ok(Err(outcome)),
        };
    Ok(Ok(fresh(&session.map, &session.dir, &compiled)))
}

/// The files of a mesh at a git revision, in a folder that goes with this value.
struct Checkout {
    path: PathBuf,
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Which files of a mesh folder compiling reads.
fn is_read(path: &str) -> bool {
    matches!(path, "mesh.yaml" | "mesh.lock")
        || path.starts_with("templates/")
        || path
            .strip_prefix("domains/")
            .is_some_and(|name| !name.contains('/'))
}

/// Takes the mesh's files out of git, without touching the work tree.
fn revision(rev: &str, dir: &MeshDir) -> Result<Checkout, String> {
    let git = |words: &[&str], stdin: Option<String>| {
        let mut call = Call::new(["git"].iter().chain(words).copied());
        call.stdin = stdin;
        let answer = Real
            .run(&call, &dir.path)
            .map_err(|error| error.to_string())?;
        if answer.succeeded() {
            Ok(answer.stdout)
        } else {
            Err(answer
                .stderr
                .trim()
                .trim_start_matches("fatal: ")
                .to_owned())
        }
    };
    let commit = format!("{rev}^{{commit}}");
    let commit = git(
        &["rev-parse", "--verify", "--end-of-options", &commit],
        None,
    )?;
    let commit = commit.trim();
    let listed = git(
        &["ls-tree", "-r", "-z", "--name-only", commit, "--", "."],
        None,
    )?;
    let paths: Vec<&str> = listed.split('\0').filter(|path| is_read(path)).collect();
    if !paths.contains(&"mesh.yaml") {
        return Err("there was no mesh.yaml in this folder then".to_owned());
    }
    let asked: String = paths
        .iter()
        .map(|path| format!("{commit}:./{path}\n"))
        .collect();
    let answer = git(&["cat-file", "--batch"], Some(asked))?;
    let checkout = Checkout {
        path: std::env::temp_dir().join(format!("meshc-diff-{}", std::process::id())),
    };
    let write = |path: &str, text: &str| {
        let path = checkout.path.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(&checkout.path))
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|error| format!("cannot write `{}`: {error}", path.display()))
    };
    std::fs::create_dir(&checkout.path)
        .map_err(|error| format!("cannot make `{}`: {error}", checkout.path.display()))?;
    let mut rest = answer.as_str();
    for path in paths {
        let (text, after) = blob(rest).ok_or_else(|| format!("`{path}` is not UTF-8 text"))?;
        write(path, text)?;
        rest = after;
    }
    Ok(checkout)
}

/// One answer of `git cat-file --batch`: a line with the size, the bytes, a line's end.
fn blob(answer: &str) -> Option<(&str, &str)> {
    let (header, rest) = answer.split_once('\n')?;
    let size: usize = header.rsplit(' ').next()?.parse().ok()?;
    Some((rest.get(..size)?, rest.get(size + 1..)?))
}

/// Shows every difference.
fn show(changes: &[Change], shell: &mut Shell) -> std::io::Result<()> {
    if shell.format() == Format::Json {
        return shell.print_json(&json!({"version": 1, "changes": changes}));
    }
    shell.say(&human(changes))
}

/// So many parts of a change are shown.
const PARTS: usize = 8;
/// So much of a value is shown.
const WIDTH: usize = 60;

fn human(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "no differences\n".to_owned();
    }
    let mut text = String::new();
    let mut groups: BTreeMap<(&str, &str), Vec<&Change>> = BTreeMap::new();
    for change in changes {
        let cell = change
            .file
            .splitn(4, '/')
            .take(3)
            .map(str::len)
            .sum::<usize>()
            + 2;
        let cell = change.file.get(..cell).unwrap_or(&change.file);
        groups
            .entry((cell, change.address.as_deref().unwrap_or("")))
            .or_default()
            .push(change);
    }
    for ((cell, address), list) in groups {
        let title = if address.is_empty() { cell } else { address };
        let place = list.iter().find_map(|one| one.at.as_deref());
        let _ = writeln!(
            text,
            "{title}  ({cell}{})",
            place.map_or(String::new(), |at| format!(", {at}"))
        );
        for one in list {
            line(&mut text, one);
        }
    }
    text.push('\n');
    text.push_str(&summary(changes));
    text
}

fn line(text: &mut String, one: &Change) {
    let risks: Vec<&str> = one.risk.iter().map(|risk| risk.words()).collect();
    let risks = if risks.is_empty() {
        String::new()
    } else {
        format!("  [{}]", risks.join(", "))
    };
    let was = one
        .was
        .as_ref()
        .map_or(String::new(), |was| format!(", before {was}"));
    let _ = writeln!(text, "  {} {}{was}{risks}", one.action.mark(), one.what);
    for part in one.parts.iter().take(PARTS) {
        let value = |value: &Option<serde_json::Value>| match value {
            None => "nothing".to_owned(),
            Some(value) => short(&value.to_string()),
        };
        let name = if part.pointer.is_empty() {
            "text"
        } else {
            &part.pointer
        };
        let _ = writeln!(
            text,
            "      {name}: {} → {}",
            value(&part.before),
            value(&part.after)
        );
    }
    if one.parts.len() > PARTS {
        let _ = writeln!(text, "      and {} more", one.parts.len() - PARTS);
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= WIDTH {
        return text.to_owned();
    }
    text.chars().take(WIDTH - 1).chain(['…']).collect()
}

/// `3 to create, 1 to update; widens access: 2`.
fn summary(changes: &[Change]) -> String {
    let mut actions: BTreeMap<Action, usize> = BTreeMap::new();
    let mut risks: BTreeMap<Risk, usize> = BTreeMap::new();
    for change in changes {
        *actions.entry(change.action).or_default() += 1;
        for risk in &change.risk {
            *risks.entry(*risk).or_default() += 1;
        }
    }
    let actions: Vec<String> = actions
        .iter()
        .map(|(action, count)| format!("{count} to {}", action.as_str()))
        .collect();
    let risks: Vec<String> = risks
        .iter()
        .map(|(risk, count)| format!("{}: {count}", risk.words()))
        .collect();
    let tail = if risks.is_empty() {
        String::new()
    } else {
        format!("; {}", risks.join(", "))
    };
    format!("{}{tail}\n", actions.join(", "))
}
