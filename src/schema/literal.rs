//! Whether a literal fits a type, by Terraform's own conversion rules.
//!
//! In: an HCL expression and a [`Type`]. Out: the places where Terraform would say
//! "Inappropriate value for attribute". An expression whose value is known only later (a
//! reference, a function call, a condition) fits every type.

use hcl::Expression;
use hcl::expr::{ObjectKey, TemplateExpr};

use super::cty::Type;

/// One literal that does not fit, with its path below the attribute (`[0].name`).
#[derive(Debug)]
pub(super) struct Misfit {
    pub(super) path: String,
    pub(super) kind: MisfitKind,
}

#[derive(Debug)]
pub(super) enum MisfitKind {
    /// The value has another type; `found` and `wanted` are words for a message.
    Type { found: &'static str, wanted: String },
    /// An object literal lacks a member. Terraform wants every member to be written.
    MissingMember(String),
    /// An object literal has a member too many. Terraform would drop it without a word.
    UnknownMember { name: String, known: Vec<String> },
}

pub(super) fn misfits(value: &Expression, ty: &Type) -> Vec<Misfit> {
    let mut found = Vec::new();
    walk(value, ty, &mut String::new(), &mut found);
    found
}

fn walk(value: &Expression, ty: &Type, path: &mut String, out: &mut Vec<Misfit>) {
    // Without a kind the value is known only when terraform runs.
    let Some(kind) = kind_of(value) else {
        return;
    };
    if kind == "null" {
        return;
    }
    let wrong = |out: &mut Vec<Misfit>, path: &str| {
        out.push(Misfit {
            path: path.to_owned(),
            kind: MisfitKind::Type {
                found: kind,
                wanted: ty.to_string(),
            },
        });
    };
    match (ty, value) {
        (_, Expression::Parenthesis(inner)) => walk(inner, ty, path, out),
        (Type::Dynamic, _)
        | (Type::String, Expression::String(_) | Expression::Number(_) | Expression::Bool(_))
        | (Type::Number, Expression::Number(_))
        | (Type::Bool, Expression::Bool(_))
        // A template with an interpolation is text that is known only later; it may convert
        // to every primitive type, so only the compound types refuse it.
        | (Type::String | Type::Number | Type::Bool, Expression::TemplateExpr(_)) => {}
        (Type::Number, Expression::String(text)) if is_number(text) => {}
        (Type::Bool, Expression::String(text)) if is_bool(text) => {}
        (Type::List(inner) | Type::Set(inner), Expression::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                at(path, &format!("[{index}]"), |path| {
                    walk(item, inner, path, out);
                });
            }
        }
        (Type::Map(inner), Expression::Object(members)) => {
            for (key, item) in members {
                let step = format!("[\"{}\"]", key_text(key).unwrap_or_else(|| "…".to_owned()));
                at(path, &step, |path| walk(item, inner, path, out));
            }
        }
        (Type::Object(wanted), Expression::Object(members)) => {
            let mut computed_key = false;
            let mut present = Vec::new();
            for (key, item) in members {
                let Some(name) = key_text(key) else {
                    computed_key = true;
                    continue;
                };
                match wanted.get(&name) {
                    Some(inner) => at(path, &format!(".{name}"), |path| {
                        walk(item, inner, path, out);
                    }),
                    None => out.push(Misfit {
                        path: path.clone(),
                        kind: MisfitKind::UnknownMember {
                            name: name.clone(),
                            known: wanted.keys().cloned().collect(),
                        },
                    }),
                }
                present.push(name);
            }
            if !computed_key {
                for name in wanted.keys().filter(|name| !present.contains(name)) {
                    out.push(Misfit {
                        path: path.clone(),
                        kind: MisfitKind::MissingMember(name.clone()),
                    });
                }
            }
        }
        _ => wrong(out, path),
    }
}

fn at(path: &mut String, step: &str, inside: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push_str(step);
    inside(path);
    path.truncate(length);
}

/// The word for a literal's type, or `None` for an expression that is known only later.
fn kind_of(value: &Expression) -> Option<&'static str> {
    match value {
        Expression::Null => Some("null"),
        Expression::Bool(_) => Some("bool"),
        Expression::Number(_) => Some("number"),
        Expression::String(_) => Some("string"),
        Expression::TemplateExpr(template) => {
            // `"${x}"` alone is just x, of whatever type.
            (!is_single_interpolation(template)).then_some("string")
        }
        Expression::Array(_) => Some("list"),
        Expression::Object(_) => Some("object"),
        Expression::Parenthesis(inner) => kind_of(inner),
        _ => None,
    }
}

fn is_single_interpolation(template: &TemplateExpr) -> bool {
    // A heredoc ends with a line break, so it is always text.
    let TemplateExpr::QuotedString(text) = template else {
        return false;
    };
    text.starts_with("${") && text.ends_with('}') && text.matches("${").count() == 1
}

/// What cty accepts as a number in text: decimal digits with an optional exponent
/// (go-cty `cty.ParseNumberVal`).
fn is_number(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && text.parse::<f64>().is_ok()
}

/// What cty accepts as a boolean in text (go-cty convert, conversionPrimitive).
fn is_bool(text: &str) -> bool {
    matches!(text, "true" | "false" | "1" | "0")
}

fn key_text(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Identifier(name) => Some(name.to_string()),
        ObjectKey::Expression(Expression::String(text)) => Some(text.clone()),
        ObjectKey::Expression(Expression::Number(number)) => Some(number.to_string()),
        _ => None,
    }
}
