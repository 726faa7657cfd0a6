//! Stage 1: text to a syntax tree. Parsing never stops early: it returns what it could read and
//! everything that was wrong.

pub mod decode;
pub mod json_schema;
pub mod schema;
pub mod tree;
pub mod values;

use crate::diag::{Diagnostic, Diagnostics, code};
use crate::source::{FileId, SourceMap, Span};
use crate::yaml::{self, Yaml};
use tree::domain::DomainFile;
use tree::mesh::MeshFile;

/// Everything that the files of a mesh folder say.
#[derive(Debug)]
pub struct Blueprint<'a> {
    /// `mesh.yaml`.
    pub mesh: MeshFile,
    /// The domains in the order of their files.
    pub domains: Vec<DomainSource<'a>>,
}

/// A domain's tree with the document it came from, in which kinds still look up their options.
#[derive(Debug)]
pub struct DomainSource<'a> {
    /// The tree.
    pub tree: DomainFile,
    /// The document.
    pub yaml: Yaml<'a>,
    /// The file.
    pub file: FileId,
}

/// One parsed file, before it is known whether the mesh is whole.
#[derive(Debug)]
pub enum Parsed<'a> {
    /// `mesh.yaml`.
    Mesh(FileId, Box<MeshFile>),
    /// A domain.
    Domain(Box<DomainSource<'a>>),
}

/// Parses one file of a mesh folder.
pub fn parse<'a>(map: &'a SourceMap, file: FileId, out: &mut Diagnostics) -> Option<Parsed<'a>> {
    let yaml = yaml::parse(map, file, out)?;
    match tree::decode(&yaml, out)? {
        tree::File::Mesh(mesh) => Some(Parsed::Mesh(file, mesh)),
        tree::File::Domain(tree) => Some(Parsed::Domain(Box::new(DomainSource {
            tree: *tree,
            yaml,
            file,
        }))),
    }
}

/// Takes a `Mesh` document; there is one, and it is `mesh.yaml`.
pub fn place_mesh(
    map: &SourceMap,
    file: FileId,
    tree: MeshFile,
    mesh: &mut Option<MeshFile>,
    out: &mut Diagnostics,
) {
    let path = map.file(file).path();
    if path.file_name().is_some_and(|name| name == "mesh.yaml") && mesh.is_none() {
        *mesh = Some(tree);
        return;
    }
    let span = Span {
        end: tree.name.span.start,
        ..tree.name.span
    };
    let problem = Diagnostic::new(code::WRONG_DOCUMENT, span, "a second `Mesh` document");
    out.push(problem.help(
        "the mesh is described in mesh.yaml, and only there; a file in `domains` is a `Domain`",
    ));
}

/// Takes a `Domain` document; its file is named after it, so that a domain is found by its name.
pub fn place_domain<'a>(
    map: &SourceMap,
    source: DomainSource<'a>,
    domains: &mut Vec<DomainSource<'a>>,
    out: &mut Diagnostics,
) {
    let name = &source.tree.name;
    let stem = map
        .file(source.file)
        .path()
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    if stem != name.as_str() {
        let message = format!(
            "the domain `{}` is in a file named `{}`",
            name.value,
            stem.escape_debug()
        );
        let problem = Diagnostic::new(code::MISPLACED_DOMAIN, name.span, message);
        out.push(problem.help(format!("rename the file to domains/{}.yaml", name.value)));
    }
    domains.push(source);
}
