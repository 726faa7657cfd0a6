//! What a template may not do, whatever it says: add or drop resources, refer to what it was not
//! given, run programs, or write the attributes that grant access.

use ::hcl::structure::{Block, Body};

use super::Expected;
use crate::artifact::hcl;
use crate::diag::{Code, code};

/// Attributes and blocks of resources that bear access. Typed code writes these, in resources of
/// their own; a template that sets one would grant something that no grant asked for.
const AUTHORITY: &[(&str, &str)] = &[
    ("aws_s3_bucket", "acl"),
    ("aws_s3_bucket", "grant"),
    ("aws_s3_bucket", "policy"),
    ("aws_kms_key", "policy"),
    ("aws_kms_key", "bypass_policy_lockout_safety_check"),
    (
        "aws_glue_catalog_database",
        "create_table_default_permission",
    ),
    ("azurerm_key_vault", "access_policy"),
    ("google_bigquery_dataset", "access"),
];

/// Blocks and arguments by which a template could run programs or multiply what it makes.
const META: &[&str] = &[
    "provisioner",
    "connection",
    "count",
    "for_each",
    "provider",
    "dynamic",
];

/// Checks what came back from a template.
pub(super) fn check(body: &Body, expected: &Expected) -> Result<(), (Code, String)> {
    let mut made = Vec::new();
    for structure in body {
        let Some(block) = structure.as_block() else {
            return Err((
                code::TEMPLATE_ADDS_OR_DROPS,
                "it renders an argument outside of any block".to_owned(),
            ));
        };
        let address = address(block);
        if block.identifier() != "resource" || block.labels().len() != 2 {
            let what = format!(
                "it renders a `{}` block, only resources are its business",
                block.identifier()
            );
            return Err((code::TEMPLATE_ADDS_OR_DROPS, what));
        }
        authority(block)?;
        made.push(address);
    }
    made.sort();
    let wanted: Vec<String> = expected.resources.iter().cloned().collect();
    if made != wanted {
        return Err((code::TEMPLATE_ADDS_OR_DROPS, difference(&made, &wanted)));
    }
    references(body, expected)
}

fn address(block: &Block) -> String {
    block
        .labels()
        .iter()
        .map(::hcl::structure::BlockLabel::as_str)
        .collect::<Vec<_>>()
        .join(".")
}

fn authority(block: &Block) -> Result<(), (Code, String)> {
    let kind = block
        .labels()
        .first()
        .map(::hcl::structure::BlockLabel::as_str)
        .unwrap_or_default();
    for name in names_inside(block.body()) {
        if META.contains(&name.as_str()) {
            return Err((
                code::TEMPLATE_ADDS_OR_DROPS,
                format!("it uses `{name}`, which is not available in templates"),
            ));
        }
    }
    let own = block.body().iter().map(name_of);
    for name in own {
        if AUTHORITY.contains(&(kind, name)) {
            return Err((
                code::TEMPLATE_GRANTS_ACCESS,
                format!("it sets `{name}` of `{kind}`, which grants access"),
            ));
        }
    }
    Ok(())
}

fn name_of(structure: &::hcl::Structure) -> &str {
    match structure {
        ::hcl::Structure::Attribute(attribute) => attribute.key(),
        ::hcl::Structure::Block(block) => block.identifier(),
    }
}

fn names_inside(body: &Body) -> Vec<String> {
    let mut names = Vec::new();
    let mut open = vec![body];
    while let Some(body) = open.pop() {
        for structure in body {
            names.push(name_of(structure).to_owned());
            open.extend(structure.as_block().map(Block::body));
        }
    }
    names
}

fn difference(made: &[String], wanted: &[String]) -> String {
    let extra = made.iter().find(|one| !wanted.contains(one));
    let missing = wanted.iter().find(|one| !made.contains(one));
    match (extra, missing) {
        (Some(extra), Some(missing)) => format!("it makes `{extra}` instead of `{missing}`"),
        (Some(extra), None) => format!("it makes `{extra}`, which nobody asked for"),
        (None, Some(missing)) => format!("it does not make `{missing}`"),
        (None, None) => "it makes a resource twice".to_owned(),
    }
}

/// Every reference that came back must have been given to the template: a value that turned into
/// structure cannot reach a secret, a file or another module.
fn references(body: &Body, expected: &Expected) -> Result<(), (Code, String)> {
    let found = hcl::references(body);
    if let Some(function) = found.functions.iter().next() {
        let why = format!("it calls the function `{function}`");
        return Err((code::TEMPLATE_SMUGGLES_REFERENCE, why));
    }
    if found.directives > 0 {
        let why = "it holds a template directive (`%{`)".to_owned();
        return Err((code::TEMPLATE_SMUGGLES_REFERENCE, why));
    }
    for reference in &found.traversals {
        let address: String = reference
            .split(['.', '['])
            .take(2)
            .collect::<Vec<_>>()
            .join(".");
        let known = expected.resources.contains(&address) || expected.references.contains(&address);
        if !known {
            return Err((
                code::TEMPLATE_SMUGGLES_REFERENCE,
                format!("it refers to `{reference}`, which it was not given"),
            ));
        }
    }
    Ok(())
}

/// Places in a template's text where a value is printed without one of the two filters.
///
/// Rendering refuses them as well; this finds all of them at once, with their places.
pub(super) fn unquoted(text: &str) -> Vec<((u32, u32), String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text
        .get(from..)
        .and_then(|rest| rest.find("{{"))
        .map(|at| from + at)
    {
        let Some(end) = text
            .get(start..)
            .and_then(|rest| rest.find("}}"))
            .map(|at| start + at + 2)
        else {
            break;
        };
        let inner = text
            .get(start + 2..end - 2)
            .unwrap_or_default()
            .trim()
            .trim_matches('-')
            .trim();
        let filter = inner.rsplit('|').next().unwrap_or_default().trim();
        let filtered = inner.contains('|') && matches!(filter, "hcl" | "ident");
        let quoted = text
            .get(..start)
            .is_some_and(|before| before.ends_with('"'));
        let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
        if !filtered {
            found.push((
                (offset(start), offset(end)),
                format!("`{inner}` is printed without a filter"),
            ));
        } else if quoted && filter == "hcl" {
            found.push((
                (offset(start), offset(end)),
                format!("`{inner}` brings its own quotes"),
            ));
        }
        from = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_without_a_filter_are_found_where_they_stand() {
        let text = "a = {{ a | hcl }}\nb = {{ b }}\nc = \"{{ c | hcl }}\"\n{{ d ~ e | ident }}";
        let places: Vec<u32> = unquoted(text)
            .into_iter()
            .map(|((start, _), _)| start)
            .collect();
        assert_eq!(places, vec![22, 35]);
    }
}
