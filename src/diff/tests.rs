//! One table of changes and their risks; and what must hold for every pair.
#![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]

use super::*;

fn file(text: &str, effect: Effect) -> File {
    let entry = Entry {
        lines: (1, 999),
        address: "prod:sales/orders".to_owned(),
        at: "domains/sales.yaml:9:5".to_owned(),
        maker: "dataset".to_owned(),
        why: "because".to_owned(),
        effect,
    };
    File {
        text: text.to_owned(),
        entries: vec![entry],
    }
}

fn files(path: &str, text: &str, effect: Effect) -> Files {
    if text.is_empty() {
        return Files::new();
    }
    Files::from([(path.to_owned(), file(text, effect))])
}

const TF: &str = "prod/sales/aws/resources/main.tf";
const JSON: &str = "prod/sales/aws/access/policies/x.json";
const SQL: &str = "prod/sales/snowflake/access/50-grants.sql";

/// `action what: risks`.
fn said(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .map(|one| {
            let risks: Vec<String> = one
                .risk
                .iter()
                .map(|risk| serde_json::json!(risk).as_str().unwrap().to_owned())
                .collect();
            format!("{} {}: {}", one.action.as_str(), one.what, risks.join(" "))
        })
        .collect()
}

fn bucket(lines: &str) -> String {
    format!("resource \"aws_s3_bucket\" \"raw\" {{\n{lines}\n}}\n")
}

fn allow(actions: &str) -> String {
    format!(
        "{{\"Version\": \"2012-10-17\", \"Statement\": [{{\"Sid\": \"A\", \"Effect\": \"Allow\", \"Action\": {actions}, \"Resource\": \"r\"}}]}}"
    )
}

fn deny(actions: &str) -> String {
    allow(actions).replace("Allow", "Deny")
}

#[test]
fn every_sort_of_change_has_its_risk() {
    use Effect::{GrantsAccess, Guards, HoldsData, Plain};
    let grant = "USE ROLE \"R\";\nGRANT SELECT ON TABLE \"D\".\"S\".\"T\" TO ROLE \"A\";\n";
    let wider = "USE ROLE \"R\";\nGRANT SELECT, INSERT ON TABLE \"D\".\"S\".\"T\" TO ROLE \"A\";\n";
    let rows: Vec<(&str, String, String, Effect, &[&str])> = vec![
        (
            TF,
            String::new(),
            bucket("bucket = \"a\""),
            HoldsData,
            &["create aws_s3_bucket.raw: "],
        ),
        (
            TF,
            bucket("bucket = \"a\""),
            String::new(),
            HoldsData,
            &["delete aws_s3_bucket.raw: loses-data"],
        ),
        (
            TF,
            bucket("bucket = \"a\""),
            bucket("bucket = \"b\""),
            HoldsData,
            &["replace aws_s3_bucket.raw: loses-data replaces"],
        ),
        (
            TF,
            bucket("force_destroy = false"),
            bucket("force_destroy = true"),
            HoldsData,
            &["update aws_s3_bucket.raw: "],
        ),
        (
            TF,
            bucket("expiration { days = 30 }"),
            bucket("expiration { days = 7 }"),
            Plain,
            &["update aws_s3_bucket.raw: loses-data"],
        ),
        (
            TF,
            bucket("role = \"a\""),
            bucket("role = \"b\""),
            GrantsAccess,
            &["update aws_s3_bucket.raw: widens-access narrows-access"],
        ),
        (
            TF,
            bucket("x = 1"),
            String::new(),
            Guards,
            &["delete aws_s3_bucket.raw: weakens-guard"],
        ),
        (
            TF,
            bucket("x = 1"),
            bucket("x = 2"),
            Guards,
            &["update aws_s3_bucket.raw: narrows-access weakens-guard"],
        ),
        (
            TF,
            bucket("description = \"a\""),
            bucket("description = \"b\""),
            Guards,
            &["update aws_s3_bucket.raw: "],
        ),
        (
            JSON,
            allow("[\"a\"]"),
            allow("[\"a\", \"b\"]"),
            GrantsAccess,
            &["update prod/sales/aws/access/policies/x.json: widens-access"],
        ),
        (
            JSON,
            allow("[\"b\", \"a\"]"),
            allow("\"a\""),
            GrantsAccess,
            &["update prod/sales/aws/access/policies/x.json: narrows-access"],
        ),
        (
            JSON,
            deny("[\"a\", \"b\"]"),
            deny("[\"a\"]"),
            GrantsAccess,
            &["update prod/sales/aws/access/policies/x.json: weakens-guard"],
        ),
        (
            JSON,
            deny("[\"a\"]"),
            deny("[\"a\", \"b\"]"),
            GrantsAccess,
            &["update prod/sales/aws/access/policies/x.json: narrows-access"],
        ),
        (
            JSON,
            allow("[\"a\"]"),
            allow("[\"a\"], \"Condition\": {\"Bool\": {}}"),
            GrantsAccess,
            &["update prod/sales/aws/access/policies/x.json: widens-access narrows-access"],
        ),
        (
            SQL,
            grant.to_owned(),
            wider.to_owned(),
            GrantsAccess,
            &["create INSERT on TABLE \"D\".\"S\".\"T\" for ROLE \"A\": widens-access"],
        ),
        (
            SQL,
            wider.to_owned(),
            grant.to_owned(),
            GrantsAccess,
            &["delete INSERT on TABLE \"D\".\"S\".\"T\" for ROLE \"A\": narrows-access"],
        ),
    ];
    for (path, before, after, effect, wanted) in rows {
        let found = between(&files(path, &before, effect), &files(path, &after, effect));
        assert_eq!(said(&found), wanted, "{before}\n→\n{after}");
    }
}

#[test]
fn order_spaces_and_comments_are_no_change() {
    let a = files(
        TF,
        "resource \"a\" \"x\" {\n  p = 1\n  q = 2\n}\nresource \"a\" \"y\" {}\n",
        Effect::GrantsAccess,
    );
    let mut b = files(
        TF,
        "# moved\nresource \"a\" \"y\" {\n}\n",
        Effect::GrantsAccess,
    );
    b.extend(files(
        "prod/sales/aws/resources/other.tf",
        "resource \"a\" \"x\" {\n  q = 2 # two\n  p   = 1\n}\n",
        Effect::GrantsAccess,
    ));
    assert_eq!(said(&between(&a, &b)), [""; 0]);
    let list = |text: &str| files(JSON, &allow(text), Effect::GrantsAccess);
    assert_eq!(
        said(&between(&list("[\"a\", \"b\"]"), &list("[\"b\", \"a\"]"))),
        [""; 0]
    );
}

#[test]
fn a_moved_block_is_the_same_thing_and_a_removed_one_is_left_alone() {
    let old = files(TF, &bucket("bucket = \"a\""), Effect::HoldsData);
    let new = bucket("bucket = \"a\"").replace("\"raw\"", "\"landing\"");
    let moved = "moved {\n  from = aws_s3_bucket.raw\n  to   = aws_s3_bucket.landing\n}\n";
    let with = files(TF, &format!("{moved}{new}"), Effect::HoldsData);
    assert_eq!(
        said(&between(&old, &with)),
        ["move aws_s3_bucket.landing: "]
    );
    let without = files(TF, &new, Effect::HoldsData);
    assert_eq!(
        said(&between(&old, &without)),
        [
            "create aws_s3_bucket.landing: ",
            "delete aws_s3_bucket.raw: loses-data"
        ]
    );
    let removed =
        "removed {\n  from = aws_s3_bucket.raw\n  lifecycle {\n    destroy = false\n  }\n}\n";
    let forgets = files(TF, removed, Effect::Plain);
    assert_eq!(
        said(&between(&old, &forgets)),
        ["forget aws_s3_bucket.raw: "]
    );
}

#[test]
fn the_other_way_round_everything_is_turned_round() {
    let a = files(JSON, &allow("[\"a\"]"), Effect::GrantsAccess);
    let b = files(JSON, &allow("[\"a\", \"b\"]"), Effect::GrantsAccess);
    for (x, y) in [(&a, &b), (&a, &Files::new())] {
        let turn = |risk: &Risk| match risk {
            Risk::WidensAccess => Risk::NarrowsAccess,
            Risk::NarrowsAccess => Risk::WidensAccess,
            other => *other,
        };
        let (there, back) = (between(x, y), between(y, x));
        assert_eq!(there.len(), back.len());
        for (one, other) in there.iter().zip(&back) {
            assert_eq!(
                one.risk.iter().map(turn).collect::<BTreeSet<_>>(),
                other.risk
            );
        }
        assert_eq!(between(x, x), []);
    }
}

#[test]
fn foreign_files_are_judged_by_what_they_are() {
    let foreign = |text: &str| {
        let mut files = files(TF, text, Effect::Plain);
        for file in files.values_mut() {
            file.entries.clear();
        }
        files
    };
    let found = between(&foreign(&bucket("x = 1")), &Files::new());
    assert_eq!(said(&found), ["delete aws_s3_bucket.raw: loses-data"]);
    // What cannot be read is text, and its change is one.
    let found = between(&foreign("resource {{{"), &foreign("resource {{"));
    assert_eq!(found.len(), 1);
}
