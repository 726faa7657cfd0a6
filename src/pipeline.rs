//! The whole compiler, read top to bottom. Stages only, no logic.

use jiff::civil::Date;
use rayon::prelude::*;

use crate::artifact::{self, Artifact, ArtifactSet, Printed};
use crate::blueprint::{self, Blueprint, Parsed};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::gate;
use crate::kinds;
use crate::mesh::{Mesh, resolve};
use crate::naming::{self, MeshLock, Names};
use crate::primitive::PrimitiveSet;
use crate::source::load::MeshDir;
use crate::source::{FileId, SourceMap, Span, load};
use crate::targets::{self, Lowering};
use crate::template::Templates;

/// Everything that compiling a mesh makes; nothing has been written yet.
#[derive(Debug)]
pub struct Compiled {
    /// The resolved model.
    pub mesh: Mesh,
    /// What it expands to.
    pub primitives: PrimitiveSet,
    /// What was left out because it has expired, in words.
    pub expired: Vec<String>,
    /// The physical names.
    pub names: Names,
    /// The lock to commit.
    pub lock: MeshLock,
    /// The artifacts.
    pub artifacts: ArtifactSet,
    /// Their text, by path, in the same order.
    pub printed: Vec<(String, Printed)>,
}

/// Reads a mesh folder: files, then the lock beside them.
pub fn read(
    dir: &MeshDir,
    map: &mut SourceMap,
    out: &mut Diagnostics,
) -> (Vec<FileId>, Option<FileId>) {
    let files = load::read(dir, map, out);
    let lock = load::read_lock(dir, map, out);
    (files, lock)
}

/// How far a compile came; what stopped it is in the diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Stage {
    /// Files are being parsed.
    #[default]
    Parse,
    /// Names are being bound.
    Resolve,
    /// Products are being expanded by their kinds.
    Expand,
    /// Cells are being lowered by their targets.
    Lower,
    /// Artifacts are being checked, printed and read back.
    Print,
}

/// Text to artifacts, in memory. Returns what was made if nothing blocks.
pub fn compile(
    map: &SourceMap,
    files: &[FileId],
    lock: Option<FileId>,
    templates: &Templates,
    out: &mut Diagnostics,
) -> Option<Compiled> {
    staged(
        map,
        files,
        lock,
        templates,
        None,
        out,
        &mut Stage::default(),
    )
}

/// The same without what has expired on a day: what is applied then.
pub fn compile_without_expired(
    map: &SourceMap,
    files: &[FileId],
    lock: Option<FileId>,
    templates: &Templates,
    day: Option<Date>,
    out: &mut Diagnostics,
) -> Option<Compiled> {
    staged(map, files, lock, templates, day, out, &mut Stage::default())
}

/// [`compile`] for those who want to know how far it came.
pub fn compile_watched(
    map: &SourceMap,
    files: &[FileId],
    lock: Option<FileId>,
    templates: &Templates,
    out: &mut Diagnostics,
    stage: &mut Stage,
) -> Option<Compiled> {
    staged(map, files, lock, templates, None, out, stage)
}

fn staged(
    map: &SourceMap,
    files: &[FileId],
    lock: Option<FileId>,
    templates: &Templates,
    day: Option<Date>,
    out: &mut Diagnostics,
    stage: &mut Stage,
) -> Option<Compiled> {
    let blueprint = parse(map, files, out)?;
    *stage = Stage::Resolve;
    let mesh = resolve::resolve(&blueprint, &kinds::names(), out)?;
    let lock = read_lock(map, lock, &mesh, out)?;
    *stage = Stage::Expand;
    let mut primitives = kinds::expand(&mesh, &blueprint, out);
    let expired = day.map_or_else(Vec::new, |day| primitives.leave_out_expired(day));
    if out.has_errors() {
        return None;
    }
    *stage = Stage::Lower;
    let requests = |cell: &_| targets::names(cell);
    let (names, lock) = naming::assign(&primitives, &mesh, &lock, requests, out);
    let artifacts = lower(
        &primitives,
        &Lowering {
            names: &names,
            templates,
        },
        out,
    );
    if out.has_errors() {
        return None;
    }
    *stage = Stage::Print;
    gate::check(&artifacts, &primitives, out);
    let printed = print_and_verify(&artifacts, out);
    (!out.has_errors()).then_some(Compiled {
        mesh,
        primitives,
        expired,
        names,
        lock,
        artifacts,
        printed,
    })
}

/// Every file to its tree, in parallel; the mesh is whole if one of them is a `Mesh`.
fn parse<'a>(map: &'a SourceMap, files: &[FileId], out: &mut Diagnostics) -> Option<Blueprint<'a>> {
    let parsed: Vec<_> = files
        .par_iter()
        .map(|file| {
            let mut own = Diagnostics::default();
            (blueprint::parse(map, *file, &mut own), own)
        })
        .collect();
    let (mut mesh, mut domains) = (None, Vec::new());
    for (file, own) in parsed {
        out.append(own);
        match file {
            Some(Parsed::Mesh(id, tree)) => blueprint::place_mesh(map, id, *tree, &mut mesh, out),
            Some(Parsed::Domain(source)) => {
                blueprint::place_domain(map, *source, &mut domains, out);
            }
            None => {}
        }
    }
    if out.has_errors() {
        return None;
    }
    mesh.map(|mesh| Blueprint { mesh, domains })
}

fn read_lock(
    map: &SourceMap,
    lock: Option<FileId>,
    mesh: &Mesh,
    out: &mut Diagnostics,
) -> Option<MeshLock> {
    let Some(file) = lock else {
        return Some(MeshLock::new(&mesh.name.value));
    };
    naming::read_lock(map, file, &mesh.name.value)
        .map_err(|problem| out.push(*problem))
        .ok()
}

/// Every cell to its artifacts, in parallel.
fn lower(primitives: &PrimitiveSet, cx: &Lowering<'_>, out: &mut Diagnostics) -> ArtifactSet {
    let cells: Vec<_> = primitives.cells.values().collect();
    let lowered: Vec<(Span, Vec<Artifact>, Diagnostics)> = cells
        .par_iter()
        .map(|cell| {
            let mut own = Diagnostics::default();
            let artifacts = targets::lower(cell, cx, &mut own);
            (cell.span, artifacts, own)
        })
        .collect();
    let mut set = ArtifactSet::default();
    for (span, artifacts, own) in lowered {
        out.append(own);
        for artifact in artifacts {
            if let Err(twice) = set.insert(artifact) {
                let message = format!("two artifacts want the path `{}`", twice.path);
                out.push(Diagnostic::new(code::PATH_TWICE, span, message).help(code::DEFECT));
            }
        }
    }
    set
}

/// Text is made last, and parsed back before anybody sees it.
fn print_and_verify(artifacts: &ArtifactSet, out: &mut Diagnostics) -> Vec<(String, Printed)> {
    let all: Vec<&Artifact> = artifacts.iter().collect();
    let printed: Vec<_> = all
        .par_iter()
        .map(|artifact| {
            let printed = artifact::print(artifact);
            let verdict = artifact::verify(artifact, &printed);
            (artifact.path.clone(), printed, verdict)
        })
        .collect();
    let mut good = Vec::with_capacity(printed.len());
    for (path, text, verdict) in printed {
        if let Err(why) = verdict {
            let span = text.ranges.first().map(|(_, origin)| origin.span);
            let message = format!("`{path}` does not read back as what was meant: {why}");
            let problem = match span {
                Some(span) => Diagnostic::new(code::NOT_READ_BACK, span, message),
                None => Diagnostic::without_place(code::NOT_READ_BACK, message),
            };
            out.push(problem.help(code::DEFECT));
        }
        good.push((path, text));
    }
    good
}
