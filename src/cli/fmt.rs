//! `meshc fmt`: blueprint files in their canonical spelling.

use std::path::PathBuf;

use serde_json::json;

use super::options::{Common, Format};
use super::shell::Shell;
use super::{Outcome, session, tree};
use crate::artifact::write;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::source::load;
use crate::source::{FileId, SourceMap, Span};
use crate::yaml;
use crate::yaml::format::format;

/// Arguments of `fmt`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Only white space and needless single quotes change: comments, order and line breaks stay. A file with\n\
    something that is not understood is left as it is.\n\
    Exit codes: 0 formatted, 1 a file could not be read or formatted, 2 --check found files that would change.\n\
    \n\
    meshc fmt              format mesh.yaml and domains/*.yaml\n\
    meshc fmt --check      for CI: write nothing, list what would change"
)]
pub(crate) struct Args {
    /// The mesh folder
    #[arg(value_name = "MESH")]
    dir: Option<PathBuf>,
    /// Write nothing; exit 2 if a file is not formatted
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args, common: &Common, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let dir = match session::find(args.dir.as_deref(), common, shell)? {
        Ok(dir) => dir,
        Err(outcome) => return Ok(outcome),
    };
    if let Err(problem) = tree::settle(&dir, &tree::folder(&dir, None)) {
        return session::fail(&[problem], shell);
    }
    let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
    let files = load::read(&dir, &mut map, &mut out);
    let (mut changed, mut unchanged) = (Vec::new(), 0usize);
    for id in files {
        let Some(text) = formatted(&map, id, &mut out) else {
            continue;
        };
        let file = map.file(id);
        if text == file.text() {
            unchanged += 1;
            continue;
        }
        let below = file.path().strip_prefix(&dir.shown).unwrap_or(file.path());
        if !args.check
            && let Err(error) = write::replace(&dir.path.join(below), &text)
        {
            let message = format!("`{}` cannot be written: {error}", file.path().display());
            out.push(Diagnostic::without_place(code::CANNOT_WRITE, message));
            continue;
        }
        changed.push(file.path().display().to_string());
    }
    let said = out.into_sorted();
    if shell.format() == Format::Json {
        shell.print_json(&json!({
            "version": 1,
            "written": !args.check,
            "changed": changed,
            "unchanged": unchanged,
            "diagnostics": Shell::diagnostics_json(&said, &map),
        }))?;
    } else {
        let word = if args.check {
            "would change"
        } else {
            "formatted"
        };
        let list: String = changed
            .iter()
            .map(|path| format!("{word} {path}\n"))
            .collect();
        let nothing = changed.is_empty() && said.is_empty();
        shell.say(if nothing {
            "nothing to format\n"
        } else {
            &list
        })?;
        shell.diagnostics(&said, &map)?;
    }
    Ok(if session::blocks(&said) {
        Outcome::Failed
    } else if args.check && !changed.is_empty() {
        Outcome::Different
    } else {
        Outcome::Fine
    })
}

/// A file's canonical spelling, or a message with its place.
fn formatted(map: &SourceMap, id: FileId, out: &mut Diagnostics) -> Option<String> {
    // What no other command could read is reported in the same words here.
    yaml::parse(map, id, out)?;
    let text = map.file(id).text();
    match format(text) {
        Ok(text) => Some(text),
        Err(trouble) => {
            let at = u32::try_from(trouble.at).unwrap_or(u32::MAX);
            let span = Span {
                file: id,
                start: at,
                end: at,
            };
            let message = format!("this file is left as it is: {}", trouble.what);
            out.push(
                Diagnostic::new(code::SPELLING_NOT_FORMATTED, span, message)
                    .help("write this place in the usual form, then format again"),
            );
            None
        }
    }
}
