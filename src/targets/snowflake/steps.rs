//! How statements get to Snowflake: `snow sql` with the files of a folder in their order.
//!
//! Every statement may be repeated (`IF NOT EXISTS`, `ALTER … SET`, `GRANT`), so a folder whose run was
//! cut short is simply run again. Templating is off, since generated text is not a template; SQL errors
//! have an exit code of their own. Source: Snowflake CLI reference, `snow sql`.

use super::DERIVED;
use crate::artifact::sql::Statement;
use crate::artifact::{Artifact, Content};
use crate::primitive::CellSet;
use crate::step::{Call, Draft, Run, Wave};

/// Options of every run.
const OPTIONS: [&str; 7] = [
    "--enable-templating",
    "NONE",
    "--local-only",
    "--enhanced-exit-codes",
    "--format",
    "JSON",
    "--silent",
];

/// The cell's steps.
pub(super) fn of(cell: &CellSet, artifacts: &[&Artifact]) -> Vec<Draft> {
    let below = format!("{}/", cell.id);
    let files: Vec<&str> = artifacts
        .iter()
        .filter(|artifact| matches!(artifact.content, Content::Sql(_)))
        .filter_map(|artifact| artifact.path.strip_prefix(&below))
        .collect();
    let derived = format!("access/{DERIVED}.sql");
    let groups: Vec<(&str, Wave, Vec<&str>)> = if cell.id.domain.is_some() {
        let of = |folder: &str| -> Vec<&str> {
            let inside = |path: &&str| path.split('/').next() == Some(folder);
            files.iter().copied().filter(inside).collect()
        };
        let (last, access) = of("access").into_iter().partition(|file| *file == derived);
        vec![
            ("resources", Wave::Things, of("resources")),
            ("access", Wave::Access, access),
            // What is computed from other domains' tables reads views that they make in their access.
            (&derived, Wave::Derived, last),
        ]
    } else {
        // Budgets are set by an account administrator, and each by itself.
        files
            .iter()
            .map(|file| (*file, Wave::Definitions, vec![*file]))
            .collect()
    };
    groups
        .into_iter()
        .filter(|(_, _, files)| !files.is_empty())
        .map(|(name, wave, files)| {
            let flags = files.iter().flat_map(|file| ["-f", file]);
            let words = ["snow", "sql"].into_iter().chain(flags);
            Draft {
                name: name.to_owned(),
                wave,
                files: files.iter().map(|file| (*file).to_owned()).collect(),
                folder: String::new(),
                call: Call::new(words.chain(OPTIONS)),
                run: Run::Put,
                undo: Vec::new(),
                holes: Vec::new(),
            }
        })
        .collect()
}

/// The call that runs single statements, which it reads from its input.
pub(in crate::targets) fn input(statements: &[Statement]) -> Call {
    let text: String = statements
        .iter()
        .map(|statement| format!("{statement};\n"))
        .collect();
    Call::new(["snow", "sql", "-i"].into_iter().chain(OPTIONS)).with_stdin(text)
}
