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
use crate::primitive::{CellSet, PrimitiveSet};
use crate::source::load::MeshDir;
use crate::source::{FileId, SourceMap, Span, load};
use crate::targets::{self, Lowering};
use crate::template::Templates;

/// Everything that compiling a mesh makes; nothing has been written yet.
#[derive(Debug)]
pub struct Compiled {
    /// The resolved model.
    pub mesh: Mesh,
    /// What it expands to, if that was to be kept.
    pub primitives: PrimitiveSet,
    /// How many cells the domains have.
    pub domain_cells: usize,
    /// What was left out because it has expired, in words.
    pub expired: Vec<String>,
    /// The physical names, if what they name was to be kept.
    pub names: Names,
    /// The lock to commit.
    pub lock: MeshLock,
    /// The artifacts, if their structure was to be kept.
    pub artifacts: ArtifactSet,
    /// Their text, by path, in the same order; empty if it was not to be kept.
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

/// One artifact and its text.
#[derive(Debug)]
pub struct Made {
    /// Its structure.
    pub artifact: Artifact,
    /// Its text, which was read back.
    pub printed: Printed,
}

/// Looks at a cell that passed every gate, while its structures are still there.
pub type Look<'a> = dyn Fn(&Mesh, &CellSet, &[Made]) + Sync + 'a;

/// What a caller wants of a compile besides its text.
#[derive(Clone, Copy, Default)]
pub struct Wishes<'a> {
    /// Leave out what has expired on that day: what is applied then.
    pub day: Option<Date>,
    /// What is kept of each cell once it is finished.
    pub keep: Keep,
    /// Shown every cell, from several threads and in any order; also those of a mesh that is refused in the end.
    pub look: Option<&'a Look<'a>>,
}

impl Wishes<'_> {
    /// Only that of each cell.
    pub fn keeping(keep: Keep) -> Self {
        Self {
            keep,
            ..Self::default()
        }
    }
}

/// How much of a finished cell is kept. A large mesh has room for its text, not for everything that led to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Keep {
    /// Not even text: somebody only looks on.
    Nothing,
    /// Text.
    Text,
    /// Text, and the primitives that it came from.
    Primitives,
    /// Everything.
    #[default]
    Everything,
}

impl std::fmt::Debug for Wishes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wishes")
            .field("day", &self.day)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}

/// Text to artifacts, in memory. Returns what was made if nothing blocks.
pub fn compile(
    map: &SourceMap,
    files: &[FileId],
    lock: Option<FileId>,
    templates: &Templates,
    out: &mut Diagnostics,
) -> Option<Compiled> {
    compile_as_wished(map, files, lock, templates, &Wishes::default(), out)
}

/// [`compile`] for those who want less than everything, or want to look on.
pub fn compile_as_wished(
    map: &SourceMap,
    files: &[FileId],
    lock: Option<FileId>,
    templates: &Templates,
    wishes: &Wishes<'_>,
    out: &mut Diagnostics,
) -> Option<Compiled> {
    let stage = &mut Stage::default();
    staged(map, files, lock, templates, wishes, out, stage)
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
    staged(map, files, lock, templates, &Wishes::default(), out, stage)
}

fn staged(
    map: &SourceMap,
    files: &[FileId],
    lock: Option<FileId>,
    templates: &Templates,
    wishes: &Wishes<'_>,
    out: &mut Diagnostics,
    stage: &mut Stage,
) -> Option<Compiled> {
    let blueprint = parse(map, files, out)?;
    *stage = Stage::Resolve;
    let mesh = resolve::resolve(&blueprint, &kinds::names(), out)?;
    let lock = read_lock(map, lock, &mesh, out)?;
    *stage = Stage::Expand;
    let mut primitives = kinds::expand(&mesh, &blueprint, out);
    drop(blueprint);
    let expired = wishes
        .day
        .map_or_else(Vec::new, |day| primitives.leave_out_expired(day));
    if out.has_errors() {
        return None;
    }
    *stage = Stage::Lower;
    let requests = |cell: &_| targets::names(cell);
    let (names, lock) = naming::assign(&primitives, &mesh, &lock, requests, out);
    let lowering = Lowering {
        names: &names,
        templates,
    };
    let domain_cells = primitives
        .cells
        .keys()
        .filter(|cell| cell.domain.is_some())
        .count();
    let keeps_cells = wishes.keep >= Keep::Primitives;
    let done: Vec<Done> = if keeps_cells {
        let cells: Vec<&CellSet> = primitives.cells.values().collect();
        cells
            .into_par_iter()
            .map(|cell| one_cell(&mesh, cell, &lowering, wishes))
            .collect()
    } else {
        let cells: Vec<CellSet> = std::mem::take(&mut primitives.cells)
            .into_values()
            .collect();
        cells
            .into_par_iter()
            .map(|cell| one_cell(&mesh, &cell, &lowering, wishes))
            .collect()
    };
    let (artifacts, printed) = gathered(done, out, stage)?;
    Some(Compiled {
        mesh,
        primitives,
        domain_cells,
        expired,
        names: if keeps_cells { names } else { Names::default() },
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

/// What became of one cell. No cell needs to know what became of another one, so each is taken to its end before
/// the next is begun, and its structures need not wait for the last one.
struct Done {
    span: Span,
    artifacts: Vec<Artifact>,
    printed: Vec<(String, Printed)>,
    lowering: Diagnostics,
    gates: Diagnostics,
}

/// What became of all cells, in their order. Messages are still those of one stage: what the gates say counts only
/// where lowering went well everywhere.
fn gathered(
    done: Vec<Done>,
    out: &mut Diagnostics,
    stage: &mut Stage,
) -> Option<(ArtifactSet, Vec<(String, Printed)>)> {
    let mut printed = Vec::with_capacity(done.iter().map(|cell| cell.printed.len()).sum());
    let (mut artifacts, mut gates) = (ArtifactSet::default(), Diagnostics::default());
    let mut spans = Vec::with_capacity(printed.capacity());
    for cell in done {
        out.append(cell.lowering);
        gates.append(cell.gates);
        for artifact in cell.artifacts {
            // A second one for the same path is found below.
            let _ = artifacts.insert(artifact);
        }
        spans.resize(spans.len() + cell.printed.len(), cell.span);
        printed.extend(cell.printed);
    }
    let mut order: Vec<usize> = (0..printed.len()).collect();
    order.sort_by(|a, b| printed.get(*a).map(path).cmp(&printed.get(*b).map(path)));
    for pair in order.windows(2) {
        if let [one, other] = pair
            && let (Some(one), Some((path, _)), Some(span)) =
                (printed.get(*one), printed.get(*other), spans.get(*other))
            && one.0 == *path
        {
            let message = format!("two artifacts want the path `{path}`");
            out.push(Diagnostic::new(code::PATH_TWICE, *span, message).help(code::DEFECT));
        }
    }
    if out.has_errors() {
        return None;
    }
    *stage = Stage::Print;
    out.append(gates);
    printed.sort_by(|a, b| path(a).cmp(path(b)));
    (!out.has_errors()).then_some((artifacts, printed))
}

fn path(printed: &(String, Printed)) -> &str {
    &printed.0
}

fn one_cell(mesh: &Mesh, cell: &CellSet, cx: &Lowering<'_>, wishes: &Wishes<'_>) -> Done {
    let (mut lowering, mut gates) = (Diagnostics::default(), Diagnostics::default());
    let mut artifacts = targets::lower(cell, cx, &mut lowering);
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    let mut made = Vec::with_capacity(artifacts.len());
    if !lowering.has_errors() {
        gate::check(cell, &artifacts, &mut gates);
        for artifact in artifacts {
            let printed = print_and_verify(&artifact, &mut gates);
            made.push(Made { artifact, printed });
        }
        if let Some(look) = wishes.look.filter(|_| !gates.has_errors()) {
            look(mesh, cell, &made);
        }
    }
    let mut done = Done {
        span: cell.span,
        artifacts: Vec::new(),
        printed: Vec::with_capacity(made.len()),
        lowering,
        gates,
    };
    for Made { artifact, printed } in made {
        // The path alone tells whether two cells want the same one.
        let text = match wishes.keep {
            Keep::Nothing => Printed {
                text: String::new(),
                ranges: Vec::new(),
            },
            _ => printed,
        };
        done.printed.push((artifact.path.clone(), text));
        if wishes.keep == Keep::Everything {
            done.artifacts.push(artifact);
        }
    }
    done
}

/// Text is made last, and parsed back before anybody sees it.
fn print_and_verify(artifact: &Artifact, out: &mut Diagnostics) -> Printed {
    let printed = artifact::print(artifact);
    if let Err(why) = artifact::verify(artifact, &printed) {
        let span = printed.ranges.first().map(|(_, origin)| origin.span);
        let message = format!(
            "`{}` does not read back as what was meant: {why}",
            artifact.path
        );
        let problem = match span {
            Some(span) => Diagnostic::new(code::NOT_READ_BACK, span, message),
            None => Diagnostic::without_place(code::NOT_READ_BACK, message),
        };
        out.push(problem.help(code::DEFECT));
    }
    printed
}
