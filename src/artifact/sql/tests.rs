//! Every form with hostile words in it: printed, verified, read back; and text that was changed
//! afterwards, which must not pass.
#![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::address::Address;
use crate::artifact::{Effect, Origin, OriginRef, SqlStatement};
use crate::source::{FileId, SourceMap, Span};

/// What people and attackers write, as identifiers and as strings.
const HOSTILE: &[&str] = &[
    "ORDERS",
    "it's",
    "a\"b",
    "'; DROP TABLE x; --",
    "\"; DROP TABLE x; --",
    "a;> b",
    "!source evil.sql",
    "<% x %>",
    "&{ x }",
    "{{ x }}",
    "${x}",
    "$$",
    "-- no comment",
    "/* no comment */",
    "// no comment",
    "größe cm",
    "数据 🙂",
    "select",
    "' '",
    "''",
    "%(x)s",
    "?",
    ":x",
    "a,b)",
];

/// Only strings may hold these.
const STRINGS: &[&str] = &[
    "",
    "a\\",
    "\\'",
    "a\n!source x",
    "\r\n;\n",
    "\t\u{0}\u{7}\u{200d}",
    "\u{202e}",
    "\\u0041",
    "\\n",
];

/// Every text with three of the names.
fn hostile_pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    let texts = HOSTILE.iter().chain(STRINGS).enumerate();
    texts.flat_map(|(at, text)| {
        (0..3).map(move |step| (HOSTILE[(at + step * 7) % HOSTILE.len()], *text))
    })
}

fn origin(why: &str, effect: Effect) -> OriginRef {
    let file: FileId = SourceMap::default().add("mesh.yaml", String::new());
    let span = Span {
        file,
        start: 0,
        end: 0,
    };
    Arc::new(Origin {
        address: Address::parse("prod:sales/orders:curated").unwrap(),
        span,
        maker: "test",
        why: why.to_owned(),
        effect,
    })
}

fn of(statements: Vec<Statement>) -> Vec<SqlStatement> {
    let origin = origin("a test", Effect::Plain);
    statements
        .into_iter()
        .map(|statement| SqlStatement {
            statement,
            origin: origin.clone(),
        })
        .collect()
}

fn id(name: &str) -> SqlIdent {
    SqlIdent::new(name).unwrap()
}

fn types() -> Vec<SqlType> {
    vec![
        SqlType::Varchar(None),
        SqlType::Varchar(Some(16_777_216)),
        SqlType::Number(38, 0),
        SqlType::Number(12, 2),
        SqlType::Float,
        SqlType::Boolean,
        SqlType::Date,
        SqlType::Time,
        SqlType::TimestampNtz,
        SqlType::TimestampLtz,
        SqlType::Binary,
        SqlType::Array,
        SqlType::Object,
    ]
}

/// Every form, with one identifier and one string everywhere.
fn every_form(name: &str, text: &str) -> Vec<Statement> {
    let name = id(name);
    let text = SqlString::new(text).unwrap();
    let table: InSchema = [name.clone(), id("S"), name.clone()];
    let schema: InDatabase = [name.clone(), name.clone()];
    let tags = vec![(table.clone(), text.clone()), (table.clone(), text.clone())];
    let mut all = vec![
        Statement::UseRole(name.clone()),
        Statement::CreateDatabase(name.clone()),
        Statement::CreateSchema(schema.clone()),
        Statement::CreateTable {
            table: table.clone(),
            columns: types()
                .into_iter()
                .zip([true, false].into_iter().cycle())
                .map(|(data_type, not_null)| ColumnDef {
                    name: name.clone(),
                    data_type,
                    not_null,
                })
                .collect(),
            primary_key: vec![name.clone(), name.clone()],
        },
        Statement::CreateTable {
            table: table.clone(),
            columns: vec![ColumnDef {
                name: name.clone(),
                data_type: SqlType::Float,
                not_null: false,
            }],
            primary_key: Vec::new(),
        },
        Statement::AddColumn {
            table: table.clone(),
            column: ColumnDef {
                name: name.clone(),
                data_type: SqlType::Number(3, 2),
                not_null: true,
            },
        },
        Statement::SetRetention {
            table: table.clone(),
            days: 90,
        },
        Statement::SetColumnComment {
            table: table.clone(),
            column: name.clone(),
            comment: text.clone(),
        },
        Statement::CreateWarehouse(name.clone()),
        Statement::SetWarehouse {
            warehouse: name.clone(),
            size: WarehouseSize::XLarge,
            auto_suspend: 60,
            comment: text.clone(),
        },
        Statement::SetWarehouseMonitor {
            warehouse: name.clone(),
            monitor: name.clone(),
        },
        Statement::CreateMonitor {
            monitor: name.clone(),
            credits: 10,
        },
        Statement::SetMonitor {
            monitor: name.clone(),
            credits: 10,
            triggers: MonitorAction::ALL
                .iter()
                .map(|action| Trigger {
                    percent: 80,
                    action: *action,
                })
                .collect(),
        },
        Statement::CreateTag {
            tag: table.clone(),
            comment: text.clone(),
        },
        Statement::SetTagValues {
            tag: table.clone(),
            values: vec![text.clone(), text.clone()],
        },
        Statement::SetMaskingBody {
            policy: table.clone(),
            text: true,
            clear_for: Vec::new(),
        },
        Statement::SetMaskingBody {
            policy: table.clone(),
            text: false,
            clear_for: vec![
                ClearFor {
                    role: text.clone(),
                    before: None,
                },
                ClearFor {
                    role: text.clone(),
                    before: Some(jiff::civil::date(2027, 7, 1)),
                },
                ClearFor {
                    role: text.clone(),
                    before: Some(jiff::civil::date(9999, 12, 31)),
                },
            ],
        },
        Statement::SetColumnMask {
            table: table.clone(),
            column: name.clone(),
            policy: table.clone(),
        },
        Statement::CreateView {
            view: table.clone(),
            comment: text.clone(),
            tags: tags.clone(),
            columns: vec![name.clone(), name.clone()],
            table: table.clone(),
            slices: vec![Slice {
                only: Vec::new(),
                before: Some(jiff::civil::date(2027, 7, 1)),
            }],
        },
        Statement::CreateView {
            view: table.clone(),
            comment: text.clone(),
            tags: tags.clone(),
            columns: vec![name.clone()],
            table: table.clone(),
            slices: vec![
                Slice {
                    only: vec![
                        (name.clone(), vec![SqlValue::Text(text.clone())]),
                        (
                            name.clone(),
                            vec![SqlValue::Integer(i64::MIN), SqlValue::Integer(7)],
                        ),
                    ],
                    before: Some(jiff::civil::date(2027, 7, 1)),
                },
                Slice {
                    only: vec![
                        (
                            name.clone(),
                            vec![SqlValue::Boolean(true), SqlValue::Boolean(false)],
                        ),
                        (
                            name.clone(),
                            vec![SqlValue::Date(jiff::civil::date(2027, 7, 1))],
                        ),
                    ],
                    before: None,
                },
            ],
        },
        Statement::CreateJoinedView {
            view: table.clone(),
            columns: vec![
                ViewColumn {
                    name: name.clone(),
                    mask: Some(table.clone()),
                    tags: tags.clone(),
                    comment: Some(text.clone()),
                    from: schema.clone(),
                },
                ViewColumn {
                    name: name.clone(),
                    mask: None,
                    tags: Vec::new(),
                    comment: None,
                    from: schema.clone(),
                },
            ],
            comment: text.clone(),
            tags: tags.clone(),
            tables: vec![
                JoinedTable {
                    table: table.clone(),
                    alias: name.clone(),
                    on: Vec::new(),
                },
                JoinedTable {
                    table: table.clone(),
                    alias: name.clone(),
                    on: vec![
                        [schema.clone(), schema.clone()],
                        [schema.clone(), schema.clone()],
                    ],
                },
            ],
        },
        Statement::CreateView {
            view: table.clone(),
            comment: text.clone(),
            tags: Vec::new(),
            columns: vec![name.clone()],
            table: table.clone(),
            slices: Vec::new(),
        },
        Statement::CreateRole {
            role: name.clone(),
            comment: text.clone(),
        },
        Statement::CreateShare {
            share: name.clone(),
            comment: text.clone(),
        },
        Statement::AddAccount {
            share: name.clone(),
            account: AccountName::new("ACME.PARTNER_1").unwrap(),
        },
        Statement::RemoveAccount {
            share: name.clone(),
            account: AccountName::new("ACME.PARTNER_1").unwrap(),
        },
        Statement::Grant {
            privileges: vec![Privilege::ReferenceUsage],
            on: Securable::One(Object::Database(name.clone())),
            to: Grantee::Share(name.clone()),
        },
        Statement::CreateDatabaseRole {
            role: schema.clone(),
            comment: text.clone(),
        },
        Statement::SetColumnTags {
            table: table.clone(),
            column: name.clone(),
            tags: tags.clone(),
        },
        Statement::GrantRole {
            role: name.clone(),
            to: name.clone(),
        },
        Statement::GrantDatabaseRole {
            role: schema.clone(),
            to: Grantee::Role(name.clone()),
        },
        Statement::GrantDatabaseRole {
            role: schema.clone(),
            to: Grantee::DatabaseRole(schema.clone()),
        },
    ];
    all.extend(
        types()
            .into_iter()
            .map(|data_type| Statement::CreateMaskingPolicy {
                policy: table.clone(),
                data_type,
            }),
    );
    let objects = [
        Object::Database(name.clone()),
        Object::Schema(schema.clone()),
        Object::Table(table.clone()),
        Object::View(table.clone()),
        Object::Warehouse(name.clone()),
        Object::Tag(table.clone()),
    ];
    for on in objects {
        all.push(Statement::SetComment {
            on: on.clone(),
            comment: text.clone(),
        });
        all.push(Statement::SetTags {
            on: on.clone(),
            tags: tags.clone(),
        });
        all.push(Statement::GrantOwnership {
            on: on.clone(),
            to: name.clone(),
        });
        all.push(Statement::Grant {
            privileges: vec![Privilege::Usage],
            on: Securable::One(on),
            to: Grantee::Role(name.clone()),
        });
    }
    for on in [
        Securable::Account,
        Securable::AllTables(schema.clone()),
        Securable::FutureTables(schema.clone()),
    ] {
        all.push(Statement::Grant {
            privileges: Privilege::ALL.to_vec(),
            on,
            to: Grantee::DatabaseRole(schema.clone()),
        });
    }
    let undone: Vec<Statement> = all.iter().filter_map(Statement::undo).collect();
    all.extend(undone);
    all
}

#[test]
fn every_form_with_hostile_words_is_verified_and_read_back() {
    let mut count = 0;
    for (name, text) in hostile_pairs() {
        let meant = every_form(name, text);
        let statements = of(meant.clone());
        let printed = print(&statements);
        verify(&statements, &printed.text).unwrap();
        let found = read(&printed.text).unwrap();
        let read: Vec<_> = found.into_iter().map(|one| one.what).collect();
        let meant: Vec<_> = meant.into_iter().map(Reading::Known).collect();
        assert_eq!(read, meant);
        count += meant.len();
    }
    assert!(count > 6_000, "{count}");
}

#[test]
fn no_line_of_a_file_starts_inside_a_value() {
    for (name, text) in hostile_pairs() {
        let printed = print(&of(every_form(name, text))).text;
        for line in printed.lines() {
            let start = line.trim_start();
            let ours = start.is_empty()
                || start.starts_with("-- ")
                || start.starts_with(|c: char| c.is_ascii_uppercase())
                || start.starts_with(['"', ')']);
            assert!(ours, "{line:?}");
            assert!(
                !line.starts_with('"'),
                "an identifier is never first: {line:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_text_is_read_back(name in "\\PC{1,20}", text in any::<String>(), why in any::<String>()) {
        let (Ok(_), Ok(_)) = (SqlIdent::new(&name), SqlString::new(&text)) else { return Ok(()) };
        let origin = origin(&why, Effect::Plain);
        let statements: Vec<SqlStatement> = every_form(&name, &text)
            .into_iter()
            .map(|statement| SqlStatement { statement, origin: origin.clone() })
            .collect();
        let printed = print(&statements);
        prop_assert_eq!(verify(&statements, &printed.text), Ok(()));
    }
}

#[test]
fn text_that_was_changed_does_not_pass() {
    let statements = of(every_form("ORDERS", "it's"));
    let good = print(&statements).text;
    verify(&statements, &good).unwrap();
    let changes: &[(&str, &str)] = &[
        ("USE ROLE \"ORDERS\";", "USE ROLE \"ORDER\";"),
        ("USE ROLE \"ORDERS\";", "USE ROLE ORDERS;"),
        (
            "USE ROLE \"ORDERS\";",
            "USE ROLE \"ORDERS\"; USE ROLE \"X\";",
        ),
        ("USE ROLE \"ORDERS\";", "USE ROLE \"ORDERS\";;"),
        ("USE ROLE \"ORDERS\";", ""),
        ("USE ROLE", "USE  WAREHOUSE"),
        ("'it''s'", "'its'"),
        ("NUMBER(12, 2)", "NUMBER(12, 3)"),
        (
            "WITH MANAGED ACCESS",
            "WITH MANAGED ACCESS -- and a comment",
        ),
        ("WITH MANAGED ACCESS", "/* x */ WITH MANAGED ACCESS"),
        ("FORCE", ""),
        ("SECURE VIEW", "VIEW"),
        ("-- Generated by meshc", "-- Written by hand"),
        ("USE ROLE", "!source x\nUSE ROLE"),
    ];
    for (old, new) in changes {
        assert!(good.contains(old), "{old}");
        let bad = good.replacen(old, new, 1);
        assert!(verify(&statements, &bad).is_err(), "{old} → {new}");
    }
    let whole = |text: &str| verify(&statements, text).is_err();
    assert!(whole(good.trim_end().trim_end_matches(';')));
    assert!(whole(&format!("{good}SELECT 1")));
    assert!(whole(&format!("{good}'")));
    assert!(whole(""));
}

#[test]
fn what_is_not_understood_is_kept_with_its_line() {
    let text = "-- somebody's\nGRANT SELECT ON TABLE a.b.c TO ROLE r;\n\nGRANT ALL ON DATABASE a TO ROLE r;\n  drop table\n x.y ;";
    let found = read(text).unwrap();
    let table = [id("A"), id("B"), id("C")];
    let grant = Statement::Grant {
        privileges: vec![Privilege::Select],
        on: Securable::One(Object::Table(table)),
        to: Grantee::Role(id("R")),
    };
    assert_eq!(
        found[0],
        Found {
            line: 2,
            what: Reading::Known(grant)
        }
    );
    assert_eq!(
        found[1],
        Found {
            line: 4,
            what: Reading::Unknown("GRANT ALL ON DATABASE a TO ROLE r".to_owned())
        }
    );
    assert_eq!(
        found[2],
        Found {
            line: 5,
            what: Reading::Unknown("drop table\n x.y".to_owned())
        }
    );
    assert!(read("SELECT 'no end").is_err());
    assert!(
        matches!(&read("SELECT größe, 1").unwrap()[0].what, Reading::Unknown(text) if text == "SELECT größe, 1")
    );
}

#[test]
fn a_statement_is_printed_in_its_form_and_every_form_is_tried() {
    let mut tried = std::collections::BTreeSet::new();
    for statement in every_form("X", "y") {
        let printed = statement.to_string();
        let mut rest = printed.as_str();
        for part in statement.form().split(" … ") {
            let at = rest.find(part);
            assert!(at.is_some(), "{printed} is not {}", statement.form());
            rest = &rest[at.unwrap() + part.len()..];
        }
        tried.insert(statement.form());
    }
    assert_eq!(tried, FORMS.iter().copied().collect());
    assert_eq!(tried.len(), FORMS.len());
}

#[test]
fn a_grant_has_an_identity_for_each_privilege() {
    let all = every_form("X", "y");
    let grants = all
        .iter()
        .find(|one| matches!(one, Statement::Grant { privileges, .. } if privileges.len() > 1))
        .unwrap();
    assert_eq!(identities(grants).len(), Privilege::ALL.len());
    for statement in &all {
        assert!(!identities(statement).is_empty(), "{statement}");
    }
    let undone = grants.undo().unwrap();
    assert_eq!(identities(grants), identities(&undone));
}

#[test]
fn a_comment_stands_above_each_origin_and_ranges_know_their_lines() {
    let (one, other) = (
        origin("one", Effect::Plain),
        origin("other\n; DROP", Effect::HoldsData),
    );
    let guard = origin("one", Effect::Guards);
    let statement = |name: &str, origin: &OriginRef| SqlStatement {
        statement: Statement::UseRole(id(name)),
        origin: origin.clone(),
    };
    let statements = vec![
        statement("A", &one),
        statement("B", &one),
        statement("C", &guard),
        statement("D", &other),
    ];
    let printed = print(&statements);
    let expected = "-- Generated by meshc; edit the blueprint, not this file.\n\n\
        -- prod:sales/orders:curated — one\nUSE ROLE \"A\";\nUSE ROLE \"B\";\nUSE ROLE \"C\";\n\n\
        -- prod:sales/orders:curated — other ; DROP\nUSE ROLE \"D\";\n";
    assert_eq!(printed.text, expected);
    let lines: Vec<_> = printed
        .ranges
        .iter()
        .map(|(range, origin)| (*range.start(), *range.end(), origin.effect))
        .collect();
    assert_eq!(
        lines,
        [
            (3, 5, Effect::Plain),
            (6, 6, Effect::Guards),
            (8, 9, Effect::HoldsData)
        ]
    );
    verify(&statements, &printed.text).unwrap();
}
