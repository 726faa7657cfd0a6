//! Bodies for tests: random ones, and the promises that every printed body keeps.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

use std::sync::Arc;

use hcl::expr::{Expression, Object, ObjectKey};
use hcl::structure::{Attribute, Block, Structure};
use proptest::prelude::*;

use super::build::{self, expr, resource};
use super::{HclBlock, print, verify};
use crate::address::Address;
use crate::artifact::{Effect, Origin, OriginRef};
use crate::source::{SourceMap, Span};

pub(in crate::artifact) fn origin(address: &str, why: &str) -> OriginRef {
    let file = SourceMap::default().add("domains/sales.yaml", "");
    Arc::new(Origin {
        address: Address::parse(address).unwrap(),
        span: Span {
            file,
            start: 0,
            end: 0,
        },
        maker: "dataset",
        why: why.to_owned(),
        effect: Effect::Plain,
    })
}

fn hostile_text() -> impl Strategy<Value = String> {
    let alphabet = prop::sample::select(vec![
        '$', '%', '{', '}', '\\', '"', '\n', '\t', '\r', '\0', '\u{202e}', '\u{feff}', 'a', '~',
        '#', ' ', 'ü', '数', '🙂', '\'', '/', '*', '<', '-', '\u{7f}', '\u{2028}',
    ]);
    prop::collection::vec(alphabet, 0..8).prop_map(|chars| chars.into_iter().collect())
}

fn name() -> impl Strategy<Value = String> {
    "[a-z_][a-z0-9_-]{0,12}".prop_filter("a value or a keyword", |name| {
        !matches!(
            name.as_str(),
            "true" | "false" | "null" | "for" | "in" | "if"
        )
    })
}

fn number() -> impl Strategy<Value = Expression> {
    prop_oneof![
        any::<i64>().prop_map(Expression::from),
        any::<u64>().prop_map(Expression::from),
        (-1.0e9..1.0e9_f64).prop_map(Expression::from),
        any::<f64>()
            .prop_filter("finite", |f| f.is_finite())
            .prop_map(Expression::from),
    ]
}

fn reference() -> impl Strategy<Value = Expression> {
    prop_oneof![
        prop::collection::vec(name(), 2..4).prop_map(|parts| expr::reference(&parts.join("."))),
        (name(), 0..9_u8).prop_map(|(a, i)| expr::reference(&format!("{a}.b[{i}].c"))),
        name().prop_map(|a| expr::reference(&format!("{a}.b[*].c"))),
    ]
}

fn value() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        Just(Expression::Null),
        any::<bool>().prop_map(Expression::from),
        number(),
        hostile_text().prop_map(Expression::from),
        reference(),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let part = prop_oneof![
            hostile_text().prop_map(expr::Part::Text),
            inner.clone().prop_map(expr::Part::Value),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Expression::Array),
            prop::collection::vec((hostile_text(), inner.clone()), 0..5).prop_map(expr::object),
            prop::collection::vec((name(), inner.clone()), 0..4).prop_map(|entries| {
                let entries = entries.into_iter().map(|(key, value)| {
                    (
                        ObjectKey::Identifier(hcl::Identifier::unchecked(key)),
                        value,
                    )
                });
                Expression::Object(entries.collect::<Object<_, _>>())
            }),
            (name(), prop::collection::vec(inner.clone(), 0..4))
                .prop_map(|(name, arguments)| expr::call(&name, arguments)),
            prop::collection::vec(part, 0..4).prop_map(expr::template),
            (reference(), inner.clone(), inner).prop_map(|(condition, yes, no)| {
                let choice = hcl::expr::Conditional::new(condition, yes, no);
                Expression::Parenthesis(Box::new(choice.into()))
            }),
        ]
    })
}

fn body(depth: u32) -> BoxedStrategy<Vec<Structure>> {
    let attributes = prop::collection::btree_map(name(), value(), 0..6).prop_map(|entries| {
        let attributes = entries.into_iter().map(|(key, value)| {
            Structure::Attribute(Attribute {
                key: hcl::Identifier::unchecked(key),
                expr: value,
            })
        });
        attributes.collect::<Vec<_>>()
    });
    if depth == 0 {
        return attributes.boxed();
    }
    let blocks = prop::collection::vec((name(), body(depth - 1)), 0..3).prop_map(|blocks| {
        let blocks = blocks.into_iter().map(|(name, body)| {
            Structure::Block(Block {
                identifier: hcl::Identifier::unchecked(name),
                labels: Vec::new(),
                body: body.into_iter().collect(),
            })
        });
        blocks.collect::<Vec<_>>()
    });
    (attributes, blocks, any::<bool>())
        .prop_map(|(attributes, blocks, blocks_first)| {
            if blocks_first {
                [blocks, attributes].concat()
            } else {
                [attributes, blocks].concat()
            }
        })
        .boxed()
}

pub(super) fn file() -> impl Strategy<Value = Vec<HclBlock>> {
    let block = (name(), name(), body(2), hostile_text()).prop_map(|(kind, label, body, why)| {
        let mut block = resource(&kind, &label).build();
        block.body = body.into_iter().collect();
        HclBlock {
            block,
            origin: origin("prod:sales/orders", &why),
        }
    });
    prop::collection::vec(block, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is printed reads back as what was meant, by our comparison and by hcl-rs's own.
    #[test]
    fn printed_blocks_read_back(blocks in file()) {
        let printed = print(&blocks);
        prop_assert_eq!(verify(&blocks, &printed.text), Ok(()), "{}", printed.text);
        let lines: Vec<&str> = printed.text.split_inclusive('\n').collect();
        prop_assert_eq!(printed.ranges.len(), blocks.len());
        for ((range, _), block) in printed.ranges.iter().zip(&blocks) {
            let text: String =
                lines[*range.start() as usize - 1..*range.end() as usize].concat();
            let read = super::parse(&text).unwrap();
            prop_assert_eq!(read.blocks().count(), 1);
            prop_assert_eq!(read.blocks().next().unwrap().labels(), block.block.labels());
        }
    }

    /// A structure is never taken for another one: the comparison sees every small change.
    #[test]
    fn another_body_is_not_the_same(one in file(), other in file()) {
        let equal = one.iter().map(|b| &b.block).eq(other.iter().map(|b| &b.block));
        prop_assert_eq!(verify(&one, &print(&other).text).is_ok(), equal);
    }
}

fn blocks(block: build::BlockBuilder) -> Vec<HclBlock> {
    vec![block.by(&origin("sales/orders", "test"))]
}

#[test]
fn a_changed_text_is_noticed_wherever_it_changes() {
    let file = blocks(
        resource("a_b", "c")
            .attr("text", "x$${y}")
            .attr("number", -5)
            .attr(
                "template",
                expr::template([
                    expr::Part::Value(expr::reference("a.b")),
                    expr::Part::Text("/*".to_owned()),
                ]),
            )
            .attr(
                "object",
                expr::object([("k", expr::list([1, 2])), ("l-m", expr::call("f", ["x"]))]),
            )
            .block(
                build::block("inner")
                    .attr("flag", true)
                    .attr("reference", expr::reference("x.y[0].z")),
            ),
    );
    let text = print(&file).text;
    assert_eq!(verify(&file, &text), Ok(()));
    for (from, to) in [
        ("x$$${y}", "x$${y}"),
        ("= -5", "= 5"),
        ("${a.b}", "${a.c}"),
        ("/*", "/+"),
        ("k     = [1, 2]", "k     = [1]"),
        ("[1, 2]", "[2, 1]"),
        ("\"l-m\"", "\"l-n\""),
        ("f(\"x\")", "g(\"x\")"),
        ("f(\"x\")", "f(x)"),
        ("flag      = true", "flag      = false"),
        ("x.y[0].z", "x.y[1].z"),
        ("x.y[0].z", "x.y[0]"),
        ("inner {", "outer {"),
        ("\"c\"", "\"d\""),
        ("resource", "data"),
        ("  text ", "  next "),
        ("\n}\n", "\n}\nlocals {}\n"),
        ("\n}\n", "\n}\nx = 1\n"),
    ] {
        assert!(text.contains(from), "{from} in\n{text}");
        let changed = text.replacen(from, to, 1);
        assert!(verify(&file, &changed).is_err(), "{from} -> {to}");
    }
}

#[test]
fn what_cannot_be_emitted_is_refused_with_its_path() {
    use hcl::expr::{Heredoc, TemplateExpr, Variable};
    let nested = (0..70).fold(Expression::from(1), |inner, _| {
        Expression::Array(vec![inner])
    });
    let raw = |text: &str| Expression::from(TemplateExpr::QuotedString(text.to_owned()));
    for (value, what) in [
        (
            Heredoc::new(hcl::Identifier::unchecked("E"), "x\n").into(),
            "heredoc",
        ),
        (raw("%{ if a }b%{ endif }"), "directive"),
        (raw("${a}"), "only `${ }`"),
        (raw("a"), "without `${ }`"),
        (raw("${"), "does not parse"),
        (
            Expression::Variable(Variable::unchecked("a\n}\nresource")),
            "not a name",
        ),
        (expr::reference("aws_x.y; b"), "not a name"),
        (expr::reference("größe.a"), "not a name"),
        (expr::call("f(x) ", ["a"]), "not a name"),
        (expr::attribute("a.b", "c d"), "not a name"),
        (Expression::from("e\u{301}"), "normal form C"),
        (expr::object([("e\u{301}", 1)]), "normal form C"),
        (nested, "levels deep"),
    ] {
        let file = blocks(resource("a_b", "c").block(build::block("d").attr("e", value)));
        let text = print(&file).text;
        let error = verify(&file, &text).unwrap_err();
        assert!(error.starts_with("resource.a_b.c.d.e: "), "{error}");
        assert!(error.contains(what), "{error}");
    }
    for (block, what) in [
        (resource("a_b", "c d"), "label"),
        (resource("a_b\" {}\nresource \"x", "c"), "label"),
        (resource("a_b", "c").attr("x y", 1), "not a name"),
        (resource("a_b", "c").attr("x", 1).attr("x", 2), "twice"),
        (build::block("x {}\n y"), "not a name"),
    ] {
        let file = blocks(block);
        let error = verify(&file, &print(&file).text).unwrap_err();
        assert!(error.contains(what), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn the_issue_in_hcl_rs_does_not_reach_terraform() {
    let file = blocks(resource("a_b", "c").attr("x", "${%${local.secret}"));
    let text = print(&file).text;
    assert!(text.contains(r#"  x = "$${%$${local.secret}""#), "{text}");
    assert_eq!(verify(&file, &text), Ok(()));
    let theirs = hcl::to_string(&hcl::Body::from_iter([file[0].block.clone()])).unwrap();
    assert!(
        verify(&file, &format!("# x\n\n{theirs}")).is_err(),
        "{theirs}"
    );
}

/// Committed as Terraform 1.11.4's `fmt` leaves it; run it again when this text changes.
const GOLDEN: &str = include_str!("golden.tf");

#[test]
fn the_layout_is_the_one_that_terraform_fmt_leaves_alone() {
    let one = origin(
        "prod:sales/orders:raw",
        "zone of dataset\nwith a line break",
    );
    let two = origin("sales/orders", "read for sales-analysts until 2027-06-30");
    let text = |text: &str| expr::Part::Text(text.to_owned());
    let long: Vec<String> = (0..12).map(|at| format!("column_{at}")).collect();
    let blocks = [
        build::block("terraform")
            .attr("required_version", ">= 1.9")
            .block(build::block("required_providers").attr(
                "aws",
                expr::object([("source", "hashicorp/aws"), ("version", "~> 5.100")]),
            ))
            .by(&one),
        build::provider("azurerm")
            .block(build::block("features"))
            .by(&one),
        resource("aws_s3_bucket", "orders_raw")
            .attr("bucket", "acme-prod-sales-orders-raw")
            .attr("force_destroy", false)
            .attr(
                "tags",
                expr::object([
                    ("owner", "sales"),
                    ("cost-center", "CC-1"),
                    ("größe cm", "1"),
                ]),
            )
            .attr("provider", expr::reference("aws.west"))
            .block(build::block("lifecycle").attr("prevent_destroy", true))
            .by(&one),
        resource("aws_lakeformation_permissions", "reader")
            .attr("principal", expr::attribute("aws_iam_role.reader", "arn"))
            .attr("permissions", expr::list(["SELECT", "DESCRIBE"]))
            .block(
                build::block("table_with_columns")
                    .attr(
                        "database_name",
                        expr::reference("aws_glue_catalog_database.orders.name"),
                    )
                    .attr("column_names", expr::list(long))
                    .attr("wildcard", false),
            )
            .by(&two),
        resource("aws_iam_policy", "reader")
            .attr("name", "acme-reader")
            .attr(
                "policy",
                expr::call(
                    "replace",
                    [
                        expr::call("file", ["iam/reader.json"]),
                        "@@key_arn@@".into(),
                        expr::reference("var.key_arn"),
                    ],
                ),
            )
            .attr("description", "a\t\"quoted\" ${thing} 100%{ \\ \u{202e}")
            .attr(
                "path",
                expr::template([
                    text("/"),
                    expr::Part::Value(expr::reference("var.env")),
                    text("/$"),
                ]),
            )
            .attr("empty", expr::list::<&str>([]))
            .attr("none", expr::object::<&str, &str>([]))
            .attr(
                "nested",
                expr::list([
                    expr::object([
                        ("a", expr::list([expr::object([("b", Expression::Null)])])),
                        ("longer", 1.5.into()),
                    ]),
                    expr::object([("a", -1)]),
                ]),
            )
            .by(&two),
        build::moved("aws_s3_bucket.a", "aws_s3_bucket.b").by(&two),
        build::removed("aws_s3_bucket.a").by(&two),
        build::variable("key_arn")
            .attr("type", expr::name("string"))
            .by(&two),
        build::output("all", expr::reference("aws_x.y[*].id")).by(&two),
    ];
    let printed = print(&blocks);
    assert_eq!(verify(&blocks, &printed.text), Ok(()));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/artifact/hcl/golden.tf"),
            &printed.text,
        )
        .unwrap();
    } else {
        assert_eq!(printed.text, GOLDEN);
    }
}

/// What a template may hold beyond what builders make; this text is `terraform fmt`'s own too.
const TEMPLATED: &str = r#"# Generated by meshc; edit the blueprint, not this file.

# sales/orders — test
resource "a" "b" {
  choice   = a.b ? [1, 2] : -c.d
  sum      = (1 + a.b) * 2 - -1
  not      = !a.b && c.d != null || !(e.f >= 2)
  list     = [for x in a.b : x.y if x != null]
  map      = { for k, v in a.b : k => v.id... if v != "" }
  call     = provider::aws::arn_build("aws", f(a.b...), { a = 1, b = {} }, [{ c = 1 }])
  splat    = a.b[*].c
  old      = a.b.*.c.0.d
  template = "a-${a.b}/$${c}/${ { d = "${e.f}-" }["d"]}/${- 5 + g.h}${~i.j~}"

  keys = {
    (a.b)       = 1
    "k-${a.b}-" = 2
    plain       = 3
  }
}
"#;

#[test]
fn a_templated_body_is_printed_as_it_was_meant() {
    let body = super::tidy(super::parse(TEMPLATED).unwrap());
    let origin = origin("sales/orders", "test");
    let blocks: Vec<HclBlock> = body
        .into_blocks()
        .map(|block| HclBlock {
            block,
            origin: origin.clone(),
        })
        .collect();
    let printed = print(&blocks);
    assert_eq!(printed.text, TEMPLATED);
    assert_eq!(verify(&blocks, &printed.text), Ok(()));
}
