//! What may be emitted at all, checked on the structure before its text is looked at.
//!
//! In: blocks. Out: the first thing that may not be written, with the path to it. Everything here
//! is narrower than HCL: what no target needs is one way less to be surprised.

use std::collections::BTreeSet;

use hcl::expr::{Expression, ObjectKey, TemplateExpr, TraversalOperator};
use hcl::structure::{Block, BlockLabel, Body, Structure};
use hcl::template::{Element, Strip, Template};

use super::print::MAX_DEPTH;
use super::{HclBlock, walk};

/// Checks every block; the error starts with the path of what is wrong.
pub(super) fn check(blocks: &[HclBlock]) -> Result<(), String> {
    blocks
        .iter()
        .try_for_each(|block| check_block(&block.block, "", 0))
}

fn check_block(block: &Block, outside: &str, depth: usize) -> Result<(), String> {
    let mut path = String::from(outside);
    push_step(&mut path, &block.identifier);
    check_name(&block.identifier).map_err(|why| format!("{path}: {why}"))?;
    for label in &block.labels {
        let label = match label {
            BlockLabel::Identifier(name) => name.as_str(),
            BlockLabel::String(text) => text.as_str(),
        };
        push_step(&mut path, label);
        // Terraform wants identifiers as labels, although HCL takes any string.
        check_name(label).map_err(|why| format!("{path}: label: {why}"))?;
    }
    if depth >= MAX_DEPTH {
        return Err(format!("{path}: nested more than {MAX_DEPTH} levels deep"));
    }
    check_body(&block.body, &path, depth + 1)
}

fn check_body(body: &Body, path: &str, depth: usize) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for structure in body {
        match structure {
            Structure::Block(block) => check_block(block, path, depth)?,
            Structure::Attribute(attribute) => {
                let mut here = String::from(path);
                push_step(&mut here, &attribute.key);
                check_name(&attribute.key)
                    .and_then(|()| {
                        if seen.insert(attribute.key.as_str()) {
                            check_value(&attribute.expr, depth)
                        } else {
                            Err("given twice".to_owned())
                        }
                    })
                    .map_err(|why| format!("{here}: {why}"))?;
            }
        }
    }
    Ok(())
}

/// Paths are for people; a hostile name in them is escaped.
fn push_step(path: &mut String, step: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.extend(step.escape_debug());
}

/// HCL allows letters of any script; which ones depends on the Unicode version of the reader.
fn check_name(name: &str) -> Result<(), String> {
    let mut bytes = name.bytes();
    let starts = bytes
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    if starts && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        Ok(())
    } else {
        Err(format!("`{}` is not a name", name.escape_debug()))
    }
}

fn check_value(value: &Expression, depth: usize) -> Result<(), String> {
    if depth >= MAX_DEPTH {
        return Err(format!("nested more than {MAX_DEPTH} levels deep"));
    }
    match value {
        Expression::Null
        | Expression::Bool(_)
        | Expression::Number(_)
        | Expression::Array(_)
        | Expression::Parenthesis(_)
        | Expression::Conditional(_)
        | Expression::Operation(_) => {}
        Expression::String(text) => check_text(text)?,
        Expression::Object(object) => {
            for key in object.keys() {
                match key {
                    ObjectKey::Identifier(name) => {
                        check_name(name)?;
                        // These are values and a keyword when they stand unquoted as a key.
                        if matches!(name.as_str(), "true" | "false" | "null" | "for") {
                            return Err(format!("the key `{name}` has to be a string"));
                        }
                    }
                    ObjectKey::Expression(
                        Expression::String(_)
                        | Expression::TemplateExpr(_)
                        | Expression::Parenthesis(_),
                    ) => {}
                    _ => return Err("a computed key has to stand in parentheses".to_owned()),
                }
            }
        }
        Expression::TemplateExpr(template) => check_template(template)?,
        Expression::Variable(name) => check_name(name)?,
        Expression::Traversal(traversal) => {
            for operator in &traversal.operators {
                if let TraversalOperator::GetAttr(name) = operator {
                    check_name(name)?;
                }
            }
        }
        Expression::FuncCall(call) => {
            call.name
                .namespace
                .iter()
                .chain([&call.name.name])
                .try_for_each(|part| check_name(part))?;
        }
        Expression::ForExpr(each) => {
            each.key_var
                .iter()
                .chain([&each.value_var])
                .try_for_each(|name| check_name(name))?;
        }
        _ => return Err("an expression of a kind that meshc does not know".to_owned()),
    }
    let mut result = Ok(());
    walk::children(value, &mut |child| {
        if result.is_ok() {
            result = check_value(child, depth + 1);
        }
    });
    result
}

fn check_template(template: &TemplateExpr) -> Result<(), String> {
    if let TemplateExpr::Heredoc(_) = template {
        return Err("a heredoc cannot be emitted; use a quoted string".to_owned());
    }
    let parsed =
        Template::from_expr(template).map_err(|_| "a template that does not parse".to_owned())?;
    for element in parsed.elements() {
        match element {
            Element::Literal(text) => check_text(text)?,
            Element::Interpolation(_) => {}
            Element::Directive(_) => {
                return Err("a `%{ }` directive cannot be emitted; use an expression".to_owned());
            }
        }
    }
    match parsed.elements() {
        [] | [Element::Literal(_)] => Err("a template without `${ }`; use a string".to_owned()),
        // `terraform fmt` would rewrite it.
        [Element::Interpolation(only)] if only.strip == Strip::None => {
            Err("a template that is only `${ }`; use the expression itself".to_owned())
        }
        _ => Ok(()),
    }
}

/// Terraform (cty, seen with 1.11.4) turns every string into Unicode NFC, in literals as well as in
/// what `file()` reads; a string in another form would not arrive as it was written.
fn check_text(text: &str) -> Result<(), String> {
    if unicode_normalization::is_nfc(text) {
        Ok(())
    } else {
        Err(format!(
            "the text `{}` is not in Unicode's normal form C",
            text.escape_unicode()
        ))
    }
}
