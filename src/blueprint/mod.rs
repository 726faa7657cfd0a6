//! Stage 1: text to a syntax tree. Parsing never stops early: it returns what it could read and
//! everything that was wrong.

pub mod decode;
pub mod schema;
pub mod tree;
pub mod values;
pub mod yaml;

use crate::diag::Diagnostics;
use crate::source::{FileId, SourceMap};
use tree::domain::DomainFile;
use tree::mesh::MeshFile;
use yaml::Yaml;

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
        tree::File::Domain(tree) => Some(Parsed::Domain(Box::new(DomainSource { tree: *tree, yaml, file }))),
    }
}
