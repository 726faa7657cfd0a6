//! Every reference resolves inside its root: nothing is looked up in another root's state.

use std::collections::BTreeSet;

use super::Root;
use crate::artifact::hcl;
use crate::diag::{Diagnostic, Diagnostics, code};

/// Roots of traversals that Terraform itself provides.
const BUILT_IN: &[&str] = &["path", "terraform", "each", "count", "self"];

/// Checks the references of one root.
pub(super) fn check(root: &Root<'_>, out: &mut Diagnostics) {
    let declared: BTreeSet<String> = root
        .blocks
        .iter()
        .map(|block| address(&block.block))
        .collect();
    for block in &root.blocks {
        // These name resources as addresses, which may lie in the past or in another root.
        if matches!(block.block.identifier(), "moved" | "removed" | "import") {
            continue;
        }
        for traversal in hcl::references(block.block.body()).traversals {
            let parts: Vec<&str> = traversal.split(['.', '[']).collect();
            let wanted = match parts.as_slice() {
                [first, ..] if BUILT_IN.contains(first) => continue,
                ["data", kind, name, ..] => format!("data.{kind}.{name}"),
                [first, name, ..] => format!("{first}.{name}"),
                _ => continue,
            };
            if !declared.contains(&wanted) {
                let message = format!(
                    "{}: `{traversal}` refers to nothing in this root",
                    root.path
                );
                out.push(
                    Diagnostic::new(code::DANGLING_REFERENCE, block.origin.span, message)
                        .help(code::DEFECT),
                );
            }
        }
    }
}

/// How other blocks refer to a block.
fn address(block: &::hcl::Block) -> String {
    let labels: Vec<&str> = block
        .labels()
        .iter()
        .map(::hcl::structure::BlockLabel::as_str)
        .collect();
    match block.identifier() {
        "resource" => labels.join("."),
        "variable" => format!("var.{}", labels.join(".")),
        "data" => format!("data.{}", labels.join(".")),
        // A provider of another region is meant by its alias: `provider = aws.eu_central_1`.
        "provider" => format!("{}.{}", labels.join("."), alias(block).unwrap_or_default()),
        other => format!("{other}.{}", labels.join(".")),
    }
}

fn alias(block: &::hcl::Block) -> Option<&str> {
    let mut attributes = block.body().attributes();
    match attributes
        .find(|attribute| attribute.key() == "alias")?
        .expr()
    {
        ::hcl::Expression::String(alias) => Some(alias),
        _ => None,
    }
}
