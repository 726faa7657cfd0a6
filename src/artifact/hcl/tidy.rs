//! From rendered text to a body that can be emitted.
//!
//! In: text (a rendered template). Out: a body in the forms that the printer writes. Only spellings
//! change, never meaning: `"${x}"` and `x` are the same value to Terraform, and so on. What has no
//! such form stays, and [`super::verify()`] refuses it.

use hcl::expr::{Expression, TemplateExpr};
use hcl::structure::{BlockLabel, Body, Structure};
use hcl::template::{Element, Strip, Template};

use super::same::Difference;
use super::{same, walk};

/// Parses text into hcl-rs structures; the error has line and column in front.
///
/// hcl-rs keeps a template as text that it escapes itself, and loses marker characters doing so.
/// What it read is therefore compared with what stands there, and a template that it would change
/// is refused: a string inside of `${ }` must not come alive on the way.
pub fn parse(text: &str) -> Result<Body, String> {
    let read = hcl_edit::parser::parse_body(text).map_err(|error| located(&error))?;
    from_edit(&read).map_err(|difference| difference.located(text))
}

/// The same for a body that hcl-edit has parsed.
pub(in crate::artifact) fn from_edit(read: &hcl_edit::structure::Body) -> Result<Body, Difference> {
    let body = Body::from(read.clone());
    same::body(&body, read)?;
    Ok(body)
}

/// `line L, column C: what is wrong`, without the excerpt that hcl-edit would add.
pub(super) fn located(error: &hcl_edit::parser::Error) -> String {
    let at = error.location();
    format!(
        "line {}, column {}: {}",
        at.line(),
        at.column(),
        error.message()
    )
}

/// Rewrites what has another spelling into the one that is printed.
#[must_use]
pub fn tidy(body: Body) -> Body {
    body.into_iter()
        .map(|structure| match structure {
            Structure::Attribute(mut attribute) => {
                tidy_expression(&mut attribute.expr);
                Structure::Attribute(attribute)
            }
            Structure::Block(mut block) => {
                for label in &mut block.labels {
                    // `terraform fmt` quotes labels.
                    *label = BlockLabel::String(label.as_str().to_owned());
                }
                block.body = tidy(block.body);
                Structure::Block(block)
            }
        })
        .collect()
}

/// A template that is only an interpolation is that expression (so says `terraform fmt`), one
/// without any is a string.
fn tidy_expression(value: &mut Expression) {
    if let Expression::TemplateExpr(template) = value
        && let TemplateExpr::QuotedString(_) = **template
        && let Ok(parsed) = Template::from_expr(template)
    {
        match parsed.elements() {
            [] => *value = Expression::String(String::new()),
            [Element::Literal(text)] => *value = Expression::String(text.clone()),
            [Element::Interpolation(only)] if only.strip == Strip::None => {
                *value = only.expr.clone();
                return tidy_expression(value);
            }
            _ => {}
        }
    }
    walk::children_mut(value, &mut tidy_expression);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn other_spellings_become_the_printed_one() {
        let same = |written: &str, meant: &str| {
            assert_eq!(
                tidy(parse(written).unwrap()),
                tidy(parse(meant).unwrap()),
                "{written}"
            );
        };
        same("resource a b {\n}\n", "resource \"a\" \"b\" {}\n");
        same("a = \"${b.c}\"\n", "a = b.c\n");
        same("a = \"${\"${b}\"}\"\n", "a = b\n");
        same(
            "a = [f(\"${b}\"), { c = \"${d}\" }]\n",
            "a = [f(b), { c = d }]\n",
        );
    }

    #[test]
    fn meaning_is_left_alone() {
        for text in [
            "a = \"x${b}\"\n",
            "a = \"$${b}\"\n",
            "a = \"${~b}\"\n",
            "a = <<E\n${b}\nE\n",
        ] {
            let parsed = parse(text).unwrap();
            assert_eq!(tidy(parsed.clone()), parsed, "{text}");
        }
    }

    #[test]
    fn a_string_does_not_come_alive_inside_a_template() {
        let text = "a = 1\nb = \"x${f(\"$${%$${local.secret}\")}\"\n";
        let body = Body::from(hcl_edit::parser::parse_body(text).unwrap());
        let theirs = crate::artifact::hcl::references(&body);
        assert!(
            theirs.traversals.contains("local.secret"),
            "hcl-rs has mended it: {theirs:?}"
        );
        assert_eq!(
            parse(text).unwrap_err(),
            "line 2: a value came back as another"
        );
    }

    #[test]
    fn an_error_has_its_place() {
        assert!(
            parse("a = 1\nb = = 2\n")
                .unwrap_err()
                .starts_with("line 2, column 5: ")
        );
    }
}
