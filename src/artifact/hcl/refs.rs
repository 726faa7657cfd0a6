//! Everything that a body refers to or calls.
//!
//! In: a body, usually parsed back from a template. Out: the sets that the gates compare with what
//! was declared, so that a value cannot smuggle in `local.secret`.

use std::collections::BTreeSet;

use hcl::expr::{Expression, TemplateExpr, TraversalOperator};
use hcl::structure::{Body, Structure};
use hcl::template::{Directive, Element, Template};

use super::{print::push_inline, walk};

/// What a body depends on, each in the spelling of the printer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// Whole traversals: `aws_s3_bucket.raw.id`, `var.hole`, `each.value["a"]`.
    pub traversals: BTreeSet<String>,
    /// Names that stand alone and are not bound by a `for`: `string` in `type = string`.
    pub variables: BTreeSet<String>,
    /// Functions that are called, with their namespace: `file`, `provider::aws::arn_parse`.
    pub functions: BTreeSet<String>,
    /// How many `${ }` there are, nested ones included.
    pub interpolations: usize,
    /// How many `%{ }` statements there are.
    pub directives: usize,
}

/// Collects the references of a body, nested blocks included.
pub fn references(body: &Body) -> References {
    let mut found = References::default();
    found.body(body);
    found
}

impl References {
    fn body(&mut self, body: &Body) {
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    self.expression(&attribute.expr, &mut Vec::new());
                }
                Structure::Block(block) => self.body(&block.body),
            }
        }
    }

    /// `bound` holds the names that enclosing `for`s have introduced.
    fn expression(&mut self, value: &Expression, bound: &mut Vec<String>) {
        match value {
            Expression::Variable(name) => {
                if !bound.iter().any(|known| known == name.as_str()) {
                    self.variables.insert(name.to_string());
                }
            }
            Expression::Traversal(traversal) => {
                match &traversal.expr {
                    Expression::Variable(root) => {
                        if !bound.iter().any(|known| known == root.as_str()) {
                            let mut text = String::new();
                            push_inline(&mut text, value, 0);
                            self.traversals.insert(text);
                        }
                    }
                    other => self.expression(other, bound),
                }
                for operator in &traversal.operators {
                    if let TraversalOperator::Index(index) = operator {
                        self.expression(index, bound);
                    }
                }
            }
            Expression::FuncCall(call) => {
                self.functions.insert(call.name.to_string());
                call.args
                    .iter()
                    .for_each(|argument| self.expression(argument, bound));
            }
            Expression::ForExpr(each) => {
                self.expression(&each.collection_expr, bound);
                let depth = bound.len();
                bound.extend(
                    each.key_var
                        .iter()
                        .chain([&each.value_var])
                        .map(ToString::to_string),
                );
                let inner = each
                    .key_expr
                    .iter()
                    .chain([&each.value_expr])
                    .chain(&each.cond_expr);
                inner.for_each(|inner| self.expression(inner, bound));
                bound.truncate(depth);
            }
            Expression::TemplateExpr(template) => self.template_expr(template, bound),
            other => walk::children(other, &mut |child| self.expression(child, bound)),
        }
    }

    fn template_expr(&mut self, template: &TemplateExpr, bound: &mut Vec<String>) {
        if let Some(template) = walk::elements(template) {
            self.template(&template, bound);
        }
    }

    fn template(&mut self, template: &Template, bound: &mut Vec<String>) {
        for element in template.elements() {
            match element {
                Element::Literal(_) => {}
                Element::Interpolation(interpolation) => {
                    self.interpolations += 1;
                    self.expression(&interpolation.expr, bound);
                }
                Element::Directive(directive) => {
                    self.directives += 1;
                    match &**directive {
                        Directive::If(choice) => {
                            self.expression(&choice.cond_expr, bound);
                            self.template(&choice.true_template, bound);
                            if let Some(other) = &choice.false_template {
                                self.template(other, bound);
                            }
                        }
                        Directive::For(each) => {
                            self.expression(&each.collection_expr, bound);
                            let depth = bound.len();
                            let names = each.key_var.iter().chain([&each.value_var]);
                            bound.extend(names.map(ToString::to_string));
                            self.template(&each.template, bound);
                            bound.truncate(depth);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    fn of(text: &str) -> References {
        references(&super::super::parse(text).unwrap())
    }

    fn set(items: &[&str]) -> BTreeSet<String> {
        items.iter().map(|&item| item.to_owned()).collect()
    }

    #[test]
    fn nothing_refers_to_nothing() {
        assert_eq!(
            of("a = \"$${local.secret}\"\nb = [1, null, { c = true }]\n"),
            References::default()
        );
    }

    #[test]
    fn references_are_found_wherever_they_hide() {
        let found = of(r#"
resource "x" "y" {
  plain  = local.a
  text   = "a${local.b}c${upper(local.c)}"
  key    = { (local.d) = 1, "k${local.e}" = 2 }
  index  = local.f[local.g]["s"].*.h
  choice = local.i ? local.j : -local.k
  sum    = (local.l + local.m)
  call   = f(local.n, [local.o]...)
  each   = { for k, v in local.p : k => v.q[local.r] if v != local.s }
  inner {
    deep = file(local.t)
  }
  if     = "%{ if local.u }${local.v}%{ else }${local.w}%{ endif }"
  for    = "%{ for x in local.x }${x}${x.y}${local.y}%{ endfor }"
  type   = string
  doc    = <<-EOT
    ${local.z}
  EOT
}
"#);
        let mut expected: Vec<String> = ('a'..='z')
            .filter(|c| !"fhq".contains(*c))
            .map(|c| format!("local.{c}"))
            .collect();
        expected.push("local.f[local.g][\"s\"].*.h".to_owned());
        assert_eq!(found.traversals, expected.into_iter().collect());
        assert_eq!(found.variables, set(&["string"]));
        assert_eq!(found.functions, set(&["f", "file", "upper"]));
        assert_eq!((found.interpolations, found.directives), (9, 2));
    }

    #[test]
    fn a_name_is_bound_only_inside_its_for() {
        let found = of("a = [[for v in w : v], v]\n");
        assert_eq!(found.variables, set(&["v", "w"]));
    }
}
