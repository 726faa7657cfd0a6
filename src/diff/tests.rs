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
            &["update aws_s3_bucket.raw: weakens-guard"],
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
            &["update prod/sales/aws/access/policies/x.json: narrows-access"],
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

/// The risks of a change of one file, as words.
fn risks(path: &str, before: &str, after: &str, effect: Effect) -> String {
    let found = between(&files(path, before, effect), &files(path, after, effect));
    let risk: BTreeSet<Risk> = found.into_iter().flat_map(|one| one.risk).collect();
    let words: Vec<&str> = risk
        .iter()
        .map(|risk| match risk {
            Risk::WidensAccess => "widens",
            Risk::NarrowsAccess => "narrows",
            Risk::LosesData => "loses",
            Risk::Replaces => "replaces",
            Risk::WeakensGuard => "weakens",
        })
        .collect();
    words.join(" ")
}

/// `before → after: there / back`, over statements of an IAM document.
#[test]
fn the_way_of_a_statement_is_told_from_its_parts() {
    let document = |effect: &str, rest: &str| {
        format!("{{\"Statement\": [{{\"Sid\": \"A\", \"Effect\": \"{effect}\", {rest}}}]}}")
    };
    let until = |day: &str| {
        format!("\"Condition\": {{\"DateLessThan\": {{\"aws:CurrentTime\": \"{day}T00:00:00Z\"}}}}")
    };
    let (soon, late) = (until("2026-07-01"), until("2027-07-01"));
    let any = |values: &str| format!("\"Condition\": {{\"StringEquals\": {{\"k\": {values}}}}}");
    let none =
        |values: &str| format!("\"Condition\": {{\"StringNotEquals\": {{\"k\": {values}}}}}");
    let a = "\"Action\": \"a\"".to_owned();
    let rows = [
        (late.clone(), soon.clone(), "narrows"),
        (a.clone(), format!("{a}, {soon}"), "narrows"),
        (any("\"x\""), any("[\"x\", \"y\"]"), "widens"),
        (none("\"x\""), none("[\"x\", \"y\"]"), "narrows"),
        (any("\"x\""), any("\"*\""), "widens narrows"),
        (any("\"x\""), none("\"x\""), "widens narrows"),
        (a.clone(), "\"Action\": \"*\"".to_owned(), "widens"),
        (
            a.clone(),
            "\"NotAction\": \"b\"".to_owned(),
            "widens narrows",
        ),
        (
            "\"NotAction\": \"a\"".to_owned(),
            "\"NotAction\": [\"a\", \"b\"]".to_owned(),
            "narrows",
        ),
        (
            "\"Principal\": {\"AWS\": \"a\"}".to_owned(),
            "\"Principal\": {\"AWS\": [\"a\", \"b\"]}".to_owned(),
            "widens",
        ),
        (
            "\"Principal\": {\"AWS\": \"a\"}".to_owned(),
            "\"Principal\": \"*\"".to_owned(),
            "widens narrows",
        ),
    ];
    let turn = |words: &str| match words {
        "widens" => "narrows".to_owned(),
        "narrows" => "widens".to_owned(),
        other => other.to_owned(),
    };
    let denied = |words: &str| match words {
        "widens" => "narrows",
        "narrows" => "weakens",
        _ => "narrows weakens",
    };
    for (before, after, wanted) in rows {
        let of = |effect: &str, x: &str, y: &str| {
            risks(
                JSON,
                &document(effect, x),
                &document(effect, y),
                Effect::GrantsAccess,
            )
        };
        assert_eq!(of("Allow", &before, &after), wanted, "{before} → {after}");
        let back = turn(wanted);
        assert_eq!(of("Allow", &after, &before), back, "{after} → {before}");
        assert_eq!(
            of("Deny", &before, &after),
            denied(wanted),
            "{before} → {after}"
        );
        assert_eq!(
            of("Deny", &after, &before),
            denied(&back),
            "{after} → {before}"
        );
    }
    // One word and a list of it are the same; so are two orders of statements.
    let same = document("Allow", "\"Action\": [\"a\"]");
    assert_eq!(
        between(
            &files(JSON, &same, Effect::GrantsAccess),
            &files(JSON, &document("Allow", &a), Effect::GrantsAccess)
        ),
        []
    );
}

#[test]
fn the_way_of_other_grants_is_told_from_their_parts() {
    let resource = |kind: &str, rest: &str| format!("resource \"{kind}\" \"x\" {{\n{rest}\n}}\n");
    let member = |rest: &str| resource("google_storage_bucket_iam_member", rest);
    let google = |day: &str| {
        member(&format!(
            "condition {{\n title = \"t\"\n expression = \"request.time < timestamp(\\\"{day}T00:00:00Z\\\")\"\n}}"
        ))
    };
    let assignment =
        |rest: &str| resource("azurerm_role_assignment", &format!("scope = \"s\"\n{rest}"));
    let role = |rest: &str| format!("{{\"properties\": {{\"permissions\": [{{{rest}}}]}}}}");
    let rows: Vec<(&str, String, String, &str)> = vec![
        (TF, google("2027-07-01"), google("2026-07-01"), "narrows"),
        (TF, google("2026-07-01"), google("2027-07-01"), "widens"),
        (TF, google("2027-07-01"), member(""), "widens"),
        (TF, member(""), google("2027-07-01"), "narrows"),
        // Taking a condition away is no shrinking, although there is less text.
        (
            TF,
            assignment("condition = \"c\""),
            assignment(""),
            "widens",
        ),
        (
            TF,
            assignment("condition = \"c\""),
            assignment("condition = \"d\""),
            "widens narrows",
        ),
        (
            TF,
            assignment("role = \"a\""),
            assignment("role = \"b\""),
            "widens narrows",
        ),
        (
            JSON,
            role("\"actions\": [\"a\"]"),
            role("\"actions\": [\"a\", \"b\"]"),
            "widens",
        ),
        (
            JSON,
            role("\"notActions\": [\"a\"]"),
            role("\"notActions\": []"),
            "widens",
        ),
        (
            JSON,
            role("\"notDataActions\": []"),
            role("\"notDataActions\": [\"b\"]"),
            "narrows",
        ),
    ];
    for (path, before, after, wanted) in rows {
        // That most of them are replaced on the way is another table's business.
        let found = risks(path, &before, &after, Effect::GrantsAccess).replace(" replaces", "");
        assert_eq!(found, wanted, "{before} → {after}");
    }
}

#[test]
fn what_keeps_data_safe_is_watched_in_blocks_that_hold_it() {
    let of = |kind: &str, before: &str, after: &str| {
        let text = |rest: &str| format!("resource \"{kind}\" \"x\" {{\n{rest}\n}}\n");
        risks(TF, &text(before), &text(after), Effect::HoldsData)
    };
    let rows = [
        (
            "azurerm_storage_account",
            "public_network_access_enabled = false",
            "public_network_access_enabled = true",
            "widens weakens",
        ),
        (
            "azurerm_storage_account",
            "public_network_access_enabled = true",
            "public_network_access_enabled = false",
            "narrows",
        ),
        (
            "azurerm_storage_account",
            "min_tls_version = \"TLS1_2\"",
            "min_tls_version = \"TLS1_0\"",
            "weakens",
        ),
        (
            "azurerm_storage_account",
            "min_tls_version = \"TLS1_2\"",
            "min_tls_version = \"TLS1_3\"",
            "",
        ),
        (
            "google_storage_bucket",
            "public_access_prevention = \"enforced\"",
            "",
            "widens weakens",
        ),
        (
            "google_storage_bucket",
            "encryption {\n default_kms_key_name = \"k\"\n}",
            "",
            "weakens",
        ),
        (
            "google_storage_bucket",
            "versioning {\n enabled = true\n}",
            "versioning {\n enabled = false\n}",
            "weakens",
        ),
        (
            "google_storage_bucket",
            "lifecycle_rule {\n condition {\n age = 30\n}\n}",
            "lifecycle_rule {\n condition {\n age = 3\n}\n}",
            "loses",
        ),
        (
            "google_pubsub_topic",
            "message_retention_duration = \"604800s\"",
            "message_retention_duration = \"86400s\"",
            "loses",
        ),
        (
            "aws_glue_catalog_table",
            "lifecycle {\n prevent_destroy = true\n}",
            "",
            "weakens",
        ),
    ];
    for (kind, before, after, wanted) in rows {
        assert_eq!(
            of(kind, before, after),
            wanted,
            "{kind}: {before} → {after}"
        );
    }
    // A column that goes, or becomes another.
    let schema = "prod/support/gcp/resources/schemas/t.json";
    let one = "[{\"name\": \"a\", \"type\": \"STRING\"}]";
    let two = "[{\"name\": \"a\", \"type\": \"STRING\"}, {\"name\": \"b\", \"type\": \"DATE\"}]";
    assert_eq!(risks(schema, two, one, Effect::HoldsData), "loses");
    assert_eq!(risks(schema, one, two, Effect::HoldsData), "");
    assert_eq!(
        risks(
            schema,
            one,
            &one.replace("STRING", "DATE"),
            Effect::HoldsData
        ),
        "loses"
    );
}

#[test]
fn statements_that_show_values_are_understood() {
    let mask = |who: &str| {
        format!(
            "ALTER MASKING POLICY \"D\".\"S\".\"P\" SET BODY -> CASE WHEN ({who}) THEN VAL ELSE '*' END;\n"
        )
    };
    let role = |name: &str| format!("IS_ROLE_IN_SESSION('{name}')");
    let until =
        |name: &str, day: &str| format!("{} AND SYSDATE() < TO_TIMESTAMP_NTZ('{day}')", role(name));
    let retention = |days: u32| {
        format!("ALTER TABLE \"D\".\"S\".\"T\" SET DATA_RETENTION_TIME_IN_DAYS = {days};\n")
    };
    let rows = [
        (
            mask(&until("A", "2026-07-01")),
            mask(&until("A", "2027-07-01")),
            "widens",
        ),
        (
            mask(&until("A", "2027-07-01")),
            mask(&until("A", "2026-07-01")),
            "narrows",
        ),
        (
            mask(&until("A", "2027-07-01")),
            mask(&until("B", "2027-07-01")),
            "widens narrows",
        ),
        (retention(30), retention(7), "loses"),
        (retention(7), retention(30), ""),
    ];
    for (before, after, wanted) in rows {
        assert_eq!(
            risks(SQL, &before, &after, Effect::Guards),
            wanted,
            "{before} → {after}"
        );
    }
}

#[test]
fn the_order_of_a_list_is_a_change_where_it_has_one() {
    let resource = |kind: &str, rest: &str| {
        files(
            TF,
            &format!("resource \"{kind}\" \"x\" {{\n{rest}\n}}\n"),
            Effect::Plain,
        )
    };
    // A set for the provider, by its schema.
    let one = resource(
        "aws_lakeformation_permissions",
        "permissions = [\"SELECT\", \"ALTER\"]",
    );
    let other = resource(
        "aws_lakeformation_permissions",
        "permissions = [\"ALTER\", \"SELECT\"]",
    );
    assert_eq!(between(&one, &other), []);
    let one = resource("google_bigquery_table", "clustering = [\"a\", \"b\"]");
    let other = resource("google_bigquery_table", "clustering = [\"b\", \"a\"]");
    assert_eq!(between(&one, &other).len(), 1);
    // One more of several blocks is one difference, not a shift of all.
    let config = |kinds: &[&str]| {
        let blocks: String = kinds
            .iter()
            .map(|kind| format!("audit_log_config {{\n log_type = \"{kind}\"\n}}\n"))
            .collect();
        resource("google_project_iam_audit_config", &blocks)
    };
    let found = between(
        &config(&["DATA_READ"]),
        &config(&["ADMIN_READ", "DATA_READ"]),
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found.first().map(|one| one.parts.len()), Some(1));
    assert_eq!(between(&config(&["A", "B"]), &config(&["B", "A"])), []);
}

#[test]
fn a_block_that_is_removed_and_destroyed_is_deleted() {
    let old = files(TF, &bucket("bucket = \"a\""), Effect::HoldsData);
    let removed =
        "removed {\n  from = aws_s3_bucket.raw\n  lifecycle {\n    destroy = true\n  }\n}\n";
    let gone = files(TF, removed, Effect::Plain);
    assert_eq!(
        said(&between(&old, &gone)),
        ["delete aws_s3_bucket.raw: loses-data"]
    );
}

#[test]
fn guards_are_arguments_that_exist() {
    use crate::schema::{Provider, ProviderSchema};
    for guard in guard::rows() {
        assert!(!guard.source.is_empty());
        if guard.resource == "*" {
            continue;
        }
        let provider = Provider::of_resource(&guard.resource).unwrap();
        let exists = ProviderSchema::majors(provider).any(|major| {
            let schema = ProviderSchema::get(provider, major).unwrap();
            let Some(resource) = schema.resource(&guard.resource) else {
                return false;
            };
            let mut block = &resource.block;
            guard.attribute.split('.').all(|step| {
                if let Some(inner) = block.blocks.get(step) {
                    block = &inner.block;
                    return true;
                }
                block.attributes.contains_key(step)
            })
        });
        assert!(exists, "{}.{}", guard.resource, guard.attribute);
    }
}

#[test]
fn a_statement_that_changes_its_name_with_its_expiry_is_the_same_one() {
    let document = |day: &str| {
        let sid = day.replace('-', "");
        format!(
            "{{\"Statement\": [{{\"Sid\": \"ReadUntil{sid}\", \"Effect\": \"Allow\", \"Action\": \"a\", \"Resource\": \"r\", \"Condition\": {{\"DateLessThan\": {{\"aws:CurrentTime\": \"{day}T00:00:00Z\"}}}}}}]}}"
        )
    };
    let (soon, late) = (document("2026-07-01"), document("2027-07-01"));
    assert_eq!(risks(JSON, &late, &soon, Effect::GrantsAccess), "narrows");
    assert_eq!(risks(JSON, &soon, &late, Effect::GrantsAccess), "widens");
}
