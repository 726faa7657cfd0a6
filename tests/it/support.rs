//! What several tests do: compile a folder through the library.

use std::path::Path;

use meshc::diag::Diagnostics;
use meshc::diag::render::Human;
use meshc::pipeline::{self, Compiled};
use meshc::source::SourceMap;
use meshc::source::load::MeshDir;
use meshc::template::Templates;

/// Compiles a mesh folder; what blocks is the panic's message.
pub(crate) fn compile(dir: &Path) -> Compiled {
    let dir = MeshDir {
        path: dir.to_owned(),
        shown: "mesh".into(),
    };
    let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
    let (files, lock) = pipeline::read(&dir, &mut map, &mut out);
    let templates = Templates::embedded(&mut map, &mut out);
    let compiled = pipeline::compile(&map, &files, lock, &templates, &mut out);
    let said = out.into_sorted();
    compiled.unwrap_or_else(|| panic!("{}", Human { color: false }.render(&said, &map)))
}
