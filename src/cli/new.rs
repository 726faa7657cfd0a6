//! `meshc new DIR`: a mesh to start from.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;
use include_dir::{Dir, include_dir};

use super::Outcome;
use super::shell::Shell;

static STARTERS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/blueprints");

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder to make; it must not exist yet, or be empty
    dir: PathBuf,
    /// What to start from
    #[arg(long, value_enum, default_value_t = Starter::Minimal)]
    from: Starter,
}

/// What to start from.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Starter {
    /// Two domains on four clouds, small enough to read in five minutes
    Minimal,
    /// Nine domains of a retailer on four clouds, with everything that meshc knows
    Retail,
}

/// Runs the command.
pub(crate) fn run(args: &Args, shell: &mut Shell) -> anyhow::Result<Outcome> {
    let name = match args.from {
        Starter::Minimal => "minimal",
        Starter::Retail => "retail",
    };
    let starter = STARTERS
        .get_dir(name)
        .context("the starter is missing from this binary")?;
    let shown = args.dir.display();
    if args.dir.exists()
        && std::fs::read_dir(&args.dir).map_or(true, |mut entries| entries.next().is_some())
    {
        bail!("`{shown}` is there already and not an empty folder; name another one");
    }
    let mut files = Vec::new();
    copy(starter, starter.path(), &args.dir, &mut files)?;
    let list: String = files
        .iter()
        .map(|file| format!("  {}\n", file.display()))
        .collect();
    shell.say(&format!(
        "made a mesh in {shown}:\n{list}next: meshc build {shown}\n"
    ))?;
    Ok(Outcome::Fine)
}

fn copy(dir: &Dir<'_>, root: &Path, to: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for file in dir.files() {
        let path = to.join(file.path().strip_prefix(root).unwrap_or(file.path()));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        }
        std::fs::write(&path, file.contents())
            .with_context(|| format!("{} cannot be written", path.display()))?;
        files.push(path);
    }
    for inner in dir.dirs() {
        copy(inner, root, to, files)?;
    }
    Ok(())
}
