//! What Terraform would refuse, refused before anything is written.
//!
//! In: the artifacts of a mesh. Out: diagnostics at the blueprint line that asked for the block. Two
//! gates: every block fits its provider's schema ([`provider_schema`]), and every reference resolves
//! inside its root ([`references`]). A message from here is a defect of meshc or of a template.

mod provider_schema;
mod references;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::artifact::{ArtifactSet, Content, HclBlock};
use crate::cell::TargetId;
use crate::diag::Diagnostics;
use crate::primitive::PrimitiveSet;

/// One Terraform root: every block of its folder.
pub(crate) struct Root<'a> {
    /// The folder, below the tree.
    path: &'a str,
    /// Its blocks.
    blocks: Vec<&'a HclBlock>,
}

/// Checks every root.
pub fn check(artifacts: &ArtifactSet, primitives: &PrimitiveSet, out: &mut Diagnostics) {
    let majors: BTreeMap<String, u64> = primitives
        .cells
        .values()
        .filter_map(|cell| Some((cell.id.to_string(), provider_schema::major(cell)?)))
        .collect();
    let found: Vec<Diagnostics> = roots(artifacts)
        .par_iter()
        .map(|root| {
            let mut own = Diagnostics::default();
            let cell = root
                .path
                .rsplit_once('/')
                .map_or(root.path, |(cell, _)| cell);
            let target = cell.rsplit('/').next().and_then(TargetId::parse);
            if let (Some(target), Some(major)) = (target, majors.get(cell)) {
                provider_schema::check(root, target, *major, &mut own);
            }
            references::check(root, &mut own);
            own
        })
        .collect();
    for own in found {
        out.append(own);
    }
}

fn roots(artifacts: &ArtifactSet) -> Vec<Root<'_>> {
    let mut roots: BTreeMap<&str, Vec<&HclBlock>> = BTreeMap::new();
    for artifact in artifacts.iter() {
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
