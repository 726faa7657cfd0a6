//! What most commands start with: find the mesh, finish an interrupted write, compile.

use std::path::{Path, PathBuf};

use super::Outcome;
use super::options::{Common, Format};
use super::shell::Shell;
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::pipeline::{self, Compiled, Keep, Wishes};
use crate::source::load::{self, MeshDir};
use crate::source::{FileId, SourceMap};
use crate::template::Templates;

/// A mesh that was found, and everything that was said about it so far.
#[derive(Debug)]
pub(crate) struct Session {
    /// The folder.
    pub(crate) dir: MeshDir,
    /// The files that were read.
    pub(crate) map: SourceMap,
    /// What was said.
    pub(crate) said: Vec<Diagnostic>,
}

/// A compiled mesh, or the outcome of a command that could not compile it.
pub(crate) type Opened = Result<(Session, Compiled), Outcome>;

/// Finds the mesh of a command.
pub(crate) fn find(
    named: Option<&Path>,
    common: &Common,
    shell: &mut Shell,
) -> anyhow::Result<Result<MeshDir, Outcome>> {
    let current = std::env::current_dir()?;
    match load::find(named.or(common.mesh.as_deref()), &current) {
        Ok(dir) => Ok(Ok(dir)),
        Err(problem) => {
            let map = SourceMap::default();
            report(&[problem], &map, shell)?;
            Ok(Err(Outcome::Failed))
        }
    }
}

/// Everything that a compile reads, read.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// The folder.
    pub(crate) dir: MeshDir,
    /// The files: blueprint, lock and templates. What is not here does not reach a compile.
    pub(crate) map: SourceMap,
    /// The lock, if there is one.
    pub(crate) lock: Option<FileId>,
    /// The folder with templates that was named, on top of the mesh's own.
    pub(crate) own_templates: Option<PathBuf>,
    files: Vec<FileId>,
    templates: Templates,
    out: Diagnostics,
}

impl Inputs {
    /// Whether reading gave no message.
    pub(crate) fn is_clean(&self) -> bool {
        self.out.is_empty()
    }

    /// A session in which nothing had to be compiled, with what is to be said about it.
    pub(crate) fn known(self, said: Vec<Diagnostic>) -> Session {
        Session {
            dir: self.dir,
            map: self.map,
            said,
        }
    }

    /// Compiles; shows what is wrong if it cannot be done.
    pub(crate) fn compile(
        mut self,
        wishes: &Wishes<'_>,
        common: &Common,
        shell: &mut Shell,
    ) -> anyhow::Result<Opened> {
        let compiled = pipeline::compile_as_wished(
            &self.map,
            &self.files,
            self.lock,
            &self.templates,
            wishes,
            &mut self.out,
        );
        if let Some(compiled) = &compiled {
            compiled.mesh.report_expired(common.day(), &mut self.out);
        }
        let said = self.out.into_sorted();
        match compiled.filter(|_| !blocks(&said)) {
            Some(compiled) => {
                let (dir, map) = (self.dir, self.map);
                Ok(Ok((Session { dir, map, said }, compiled)))
            }
            None => {
                report(&said, &self.map, shell)?;
                Ok(Err(Outcome::Failed))
            }
        }
    }
}

/// Reads a mesh that was found, and the templates that are in force.
pub(crate) fn read(dir: MeshDir, templates: Option<&Path>) -> Inputs {
    let mut map = SourceMap::default();
    let mut out = Diagnostics::default();
    let (files, lock) = pipeline::read(&dir, &mut map, &mut out);
    let own = dir.path.join("templates");
    let folders: Vec<&Path> = std::iter::once(own.as_path()).chain(templates).collect();
    let own_templates = templates.map(Path::to_owned);
    let templates = Templates::load(&folders, &mut map, &mut out);
    Inputs {
        dir,
        map,
        lock,
        own_templates,
        files,
        templates,
        out,
    }
}

/// Compiles a mesh that was found to text; shows what is wrong if it cannot be compiled.
pub(crate) fn open(
    dir: MeshDir,
    templates: Option<&Path>,
    common: &Common,
    shell: &mut Shell,
) -> anyhow::Result<Opened> {
    read(dir, templates).compile(&Wishes::keeping(Keep::Primitives), common, shell)
}

/// Shows messages that no blueprint line is to blame for, and fails.
pub(crate) fn fail(list: &[Diagnostic], shell: &mut Shell) -> anyhow::Result<Outcome> {
    report(list, &SourceMap::default(), shell)?;
    Ok(Outcome::Failed)
}

/// Whether anything blocks.
pub(crate) fn blocks(list: &[Diagnostic]) -> bool {
    list.iter().any(|one| one.severity == Severity::Error)
}

/// Shows diagnostics in the form that was asked for.
pub(crate) fn report(
    list: &[Diagnostic],
    map: &SourceMap,
    shell: &mut Shell,
) -> std::io::Result<()> {
    if shell.format() == Format::Json {
        let diagnostics = Shell::diagnostics_json(list, map);
        return shell.print_json(&serde_json::json!({"version": 1, "diagnostics": diagnostics}));
    }
    shell.diagnostics(list, map)
}
