//! What Terraform would refuse, refused before anything is written.
//!
//! In: the artifacts of a cell. Out: diagnostics at the blueprint line that asked for the block. Two
//! gates: every block fits its provider's schema ([`provider_schema`]), and every reference resolves
//! inside its root ([`references`]). A message from here is a defect of meshc or of a template.

mod provider_schema;
mod references;

use std::collections::BTreeMap;

use crate::artifact::{Artifact, Content, HclBlock};
use crate::diag::Diagnostics;
use crate::primitive::CellSet;

/// One Terraform root: every block of its folder.
pub(crate) struct Root<'a> {
    /// The folder, below the tree.
    path: &'a str,
    /// Its blocks.
    blocks: Vec<&'a HclBlock>,
}

/// Checks every root of a cell.
pub fn check(cell: &CellSet, artifacts: &[Artifact], out: &mut Diagnostics) {
    let major = provider_schema::major(cell);
    for root in roots(artifacts) {
        // What lies deeper than a root of the cell is none of its provider's.
        let own = root
            .path
            .rsplit_once('/')
            .is_some_and(|(folder, _)| folder == cell.id.to_string());
        if let Some(major) = major.filter(|_| own) {
            provider_schema::check(&root, cell.target(), major, out);
        }
        references::check(&root, out);
    }
}

fn roots(artifacts: &[Artifact]) -> Vec<Root<'_>> {
    let mut roots: BTreeMap<&str, Vec<&HclBlock>> = BTreeMap::new();
    for artifact in artifacts {
        if let Content::Hcl(blocks) = &artifact.content {
            let folder = artifact
                .path
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder);
            roots.entry(folder).or_default().extend(blocks);
        }
    }
    roots
        .into_iter()
        .map(|(path, blocks)| Root { path, blocks })
        .collect()
}
