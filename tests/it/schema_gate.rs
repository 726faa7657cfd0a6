//! The embedded provider schemas and the gate over them.
//!
//! Each case is a block as a person might write it, with the problems that the gate must name
//! and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed unwrap or an unexpected shape is a failed test"
)]

use meshc::schema::{
    ForceNewTable, ProblemKind, Provider, ProviderSchema, Type, When, check_block, force_new,
};

fn schema(provider: Provider) -> &'static ProviderSchema {
    let newest = ProviderSchema::majors(provider).last().unwrap();
    ProviderSchema::get(provider, newest).unwrap()
}

/// Checks one block and returns `path: kind` lines, sorted.
fn check(provider: Provider, text: &str) -> Vec<(String, ProblemKind)> {
    let body = hcl::parse(text).unwrap();
    let block = body.blocks().next().unwrap();
    let mut found: Vec<_> = check_block(schema(provider), block)
        .into_iter()
        .map(|problem| (problem.path, problem.kind))
        .collect();
    found.sort();
    found
}

fn aws(body: &str) -> Vec<(String, ProblemKind)> {
    check(Provider::Aws, body)
}

fn one(path: &str, kind: ProblemKind) -> Vec<(String, ProblemKind)> {
    vec![(path.to_owned(), kind)]
}

#[test]
fn every_embedded_schema_parses_and_says_its_version() {
    let mut seen = Vec::new();
    for provider in Provider::ALL {
        for major in ProviderSchema::majors(*provider) {
            let schema = ProviderSchema::get(*provider, major).unwrap();
            assert!(schema.version.starts_with(&format!("{major}.")));
            assert_eq!(
                schema.address(),
                format!("registry.terraform.io/{}", provider.source())
            );
            assert!(schema.resources().count() >= 50, "{provider} {major}");
            seen.push(format!("{provider} {}", schema.version));
        }
    }
    assert_eq!(
        seen,
        [
            "aws 5.100.0",
            "aws 6.45.0",
            "azurerm 4.73.0",
            "google 6.50.0"
        ]
    );
    assert!(ProviderSchema::get(Provider::Google, 7).is_none());
}

#[test]
fn facts_of_the_schemas_are_typed() {
    let bucket = schema(Provider::Aws).resource("aws_s3_bucket").unwrap();
    let tags = &bucket.block.attributes["tags"];
    assert_eq!(tags.ty, Type::Map(Box::new(Type::String)));
    assert!(tags.optional && !tags.required && tags.is_settable());
    assert!(!bucket.block.attributes["arn"].is_settable());
    let key_policy = schema(Provider::Aws)
        .resource("aws_kms_key_policy")
        .unwrap();
    assert!(key_policy.block.attributes["policy"].required);
    let account = schema(Provider::Azurerm)
        .resource("azurerm_storage_account")
        .unwrap();
    assert_eq!(account.block.blocks["network_rules"].limit(), Some(1));
    assert_eq!(
        Provider::of_resource("google_pubsub_topic"),
        Some(Provider::Google)
    );
    assert_eq!(Provider::of_resource("random_id"), None);
}

#[test]
fn a_right_block_has_no_problem() {
    let text = r#"resource "aws_s3_bucket_lifecycle_configuration" "orders" {
      bucket = aws_s3_bucket.orders.id
      count  = 1
      rule {
        id     = "retention"
        status = "Enabled"
        filter {}
        expiration { days = "365" }
      }
      rule {
        id     = 7
        status = var.status
        filter { prefix = "raw/${local.x}" }
      }
      depends_on = [aws_s3_bucket.orders]
      provider   = aws.ireland
      lifecycle {
        prevent_destroy = true
        ignore_changes  = [rule]
        postcondition {
          condition     = true
          error_message = "x"
        }
      }
    }"#;
    assert_eq!(aws(text), []);
    assert_eq!(
        check(
            Provider::Azurerm,
            r#"provider "azurerm" {
              alias           = "support"
              subscription_id = "x"
              features {
                key_vault { purge_soft_delete_on_destroy = false }
              }
            }"#
        ),
        []
    );
    assert_eq!(aws(r#"data "aws_caller_identity" "current" {}"#), []);
}

#[test]
fn unknown_names_are_found_with_the_nearest_known_one() {
    let body = hcl::parse(
        r#"resource "aws_s3_bucket" "b" {
          bukcet = "x"
          zzz    = 1
          versionning { enabled = true }
        }"#,
    )
    .unwrap();
    let found = check_block(schema(Provider::Aws), body.blocks().next().unwrap());
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "bukcet: there is no argument `bukcet` here; did you mean `bucket`?",
            "zzz: there is no argument `zzz` here",
            "versionning: there is no block `versionning` here; did you mean `versioning`?",
        ]
    );
    assert_eq!(
        aws(r#"resource "aws_s3_bucket_versionning" "b" {}"#),
        one("", ProblemKind::UnknownType)
    );
    assert_eq!(
        aws(r#"data "aws_caller_identiti" "b" {}"#),
        one("", ProblemKind::UnknownType)
    );
}

#[test]
fn missing_arguments_and_blocks_are_found_where_they_belong() {
    assert_eq!(
        aws(r#"resource "aws_kms_key_policy" "p" { key_id = null }"#),
        [
            (String::new(), ProblemKind::MissingArgument),
            ("key_id".to_owned(), ProblemKind::MissingArgument),
        ]
    );
    assert_eq!(
        aws(r#"resource "aws_s3_bucket_versioning" "v" { bucket = "b" }"#),
        one("", ProblemKind::MissingBlock)
    );
    assert_eq!(
        aws(r#"resource "aws_s3_bucket_versioning" "v" {
              bucket = "b"
              versioning_configuration {}
            }"#),
        one("versioning_configuration", ProblemKind::MissingArgument)
    );
    assert_eq!(
        check(Provider::Azurerm, r#"provider "azurerm" {}"#),
        one("", ProblemKind::MissingBlock)
    );
}

#[test]
fn literals_convert_as_terraform_converts_them() {
    let bucket = |body: &str| aws(&format!("resource \"aws_s3_bucket\" \"b\" {{ {body} }}"));
    // What converts.
    for fits in [
        "bucket = 5",
        "bucket = true",
        "force_destroy = \"true\"",
        "force_destroy = \"0\"",
        "tags = { a = 1, \"b\" = true, (var.c) = \"x\" }",
        "tags = merge(local.a, {})",
        "bucket = var.x ? 1 : 2",
        "bucket = \"${var.x}\"",
        "tags = \"${var.tags}\"",
        "bucket = null",
    ] {
        assert_eq!(bucket(fits), [], "{fits}");
    }
    // What does not.
    for (text, path) in [
        ("bucket = []", "bucket"),
        ("bucket = {}", "bucket"),
        ("force_destroy = 1", "force_destroy"),
        ("force_destroy = \"yes\"", "force_destroy"),
        ("tags = [\"a\"]", "tags"),
        ("tags = \"a\"", "tags"),
        ("tags = \"a-${var.x}\"", "tags"),
        ("tags = { a = [] }", "tags[\"a\"]"),
    ] {
        assert_eq!(bucket(text), one(path, ProblemKind::WrongType), "{text}");
    }
    let stream = |value: &str| {
        aws(&format!(
            "resource \"aws_kinesis_stream\" \"s\" {{\n name = \"s\"\n shard_count = {value}\n}}"
        ))
    };
    assert_eq!(stream("\"2\""), []);
    assert_eq!(stream("\"1e2\""), []);
    assert_eq!(
        stream("\"two\""),
        one("shard_count", ProblemKind::WrongType)
    );
    assert_eq!(stream("true"), one("shard_count", ProblemKind::WrongType));
    assert_eq!(
        aws(r#"resource "aws_kms_grant" "g" {
              key_id            = "k"
              grantee_principal = "p"
              operations        = ["Decrypt", []]
            }"#),
        one("operations[1]", ProblemKind::WrongType)
    );
}

#[test]
fn arguments_and_blocks_are_not_mixed_up() {
    assert_eq!(
        aws(r#"resource "aws_s3_bucket_versioning" "v" {
              bucket                   = "b"
              versioning_configuration = { status = "Enabled" }
            }"#),
        [
            (String::new(), ProblemKind::MissingBlock),
            (
                "versioning_configuration".to_owned(),
                ProblemKind::ArgumentForBlock
            ),
        ]
    );
    assert_eq!(
        aws("resource \"aws_s3_bucket\" \"b\" {\n tags {\n owner = \"x\"\n }\n}"),
        one("tags", ProblemKind::BlockForArgument)
    );
}

#[test]
fn what_the_provider_decides_cannot_be_set() {
    assert_eq!(
        aws(r#"resource "aws_s3_bucket" "b" { arn = "arn:aws:s3:::b" }"#),
        one("arn", ProblemKind::ReadOnly)
    );
    assert_eq!(
        aws(r#"resource "aws_s3_bucket" "b" { id = "b" }"#),
        one("id", ProblemKind::ReadOnly)
    );
}

#[test]
fn counts_of_blocks_are_held() {
    assert_eq!(
        aws(r#"resource "aws_s3_bucket_versioning" "v" {
              bucket = "b"
              versioning_configuration { status = "Enabled" }
              versioning_configuration { status = "Suspended" }
            }"#),
        one("versioning_configuration", ProblemKind::TooManyBlocks)
    );
    assert_eq!(
        check(
            Provider::Google,
            r#"resource "google_storage_bucket" "b" {
              name     = "b"
              location = "EU"
              lifecycle_rule {
                action { type = "Delete" }
                condition { age = 3 }
              }
              lifecycle_rule {
                action { type = "Delete" }
                condition { agee = 3 }
              }
            }"#
        ),
        one(
            "lifecycle_rule[1].condition.agee",
            ProblemKind::UnknownArgument
        )
    );
}

#[test]
fn dynamic_blocks_are_checked_by_their_content() {
    let rule = |content: &str| {
        aws(&format!(
            "resource \"aws_s3_bucket_versioning\" \"v\" {{\n bucket = \"b\"\n dynamic \
             \"versioning_configuration\" {{\n for_each = var.x\n {content}\n }}\n}}"
        ))
    };
    assert_eq!(rule("content {\n status = each.value\n }"), []);
    assert_eq!(
        rule("content {\n statuss = 1\n }"),
        [
            (
                "versioning_configuration".to_owned(),
                ProblemKind::MissingArgument
            ),
            (
                "versioning_configuration.statuss".to_owned(),
                ProblemKind::UnknownArgument
            ),
        ]
    );
    assert_eq!(
        rule(""),
        one("versioning_configuration", ProblemKind::MissingBlock)
    );
}

#[test]
fn meta_arguments_have_their_own_form() {
    let bucket = |body: &str| aws(&format!("resource \"aws_s3_bucket\" \"b\" {{\n{body}\n}}"));
    assert_eq!(
        bucket("depends_on = [\"aws_kms_key.k\"]"),
        one("depends_on", ProblemKind::WrongType)
    );
    assert_eq!(
        bucket("provider = \"aws\""),
        one("provider", ProblemKind::WrongType)
    );
    assert_eq!(
        bucket("lifecycle {\n prevent_destory = true\n}"),
        one("lifecycle.prevent_destory", ProblemKind::UnknownArgument)
    );
    assert_eq!(
        bucket("lifecycle {\n prevent_destroy = var.keep\n}"),
        one("lifecycle.prevent_destroy", ProblemKind::WrongType)
    );
    assert_eq!(
        aws(
            "resource \"aws_s3_bucket_versioning\" \"v\" {\n bucket = \"b\"\n versioning_configuration {\n status = \"Enabled\"\n count = 1\n }\n}"
        ),
        one(
            "versioning_configuration.count",
            ProblemKind::UnknownArgument
        )
    );
}

#[test]
fn other_blocks_and_wrong_labels_are_refused() {
    assert_eq!(aws(r"locals { a = 1 }"), one("", ProblemKind::Shape));
    assert_eq!(
        aws(r#"resource "aws_s3_bucket" { bucket = "b" }"#),
        one("", ProblemKind::Shape)
    );
    assert_eq!(
        aws("resource \"aws_s3_bucket\" \"b\" {\n versioning \"x\" {\n enabled = true\n }\n}"),
        one("versioning", ProblemKind::Shape)
    );
}

#[test]
fn objects_are_held_to_their_members() {
    // An argument that is a list of objects, written as a list and as blocks.
    let subnet = |delegation: &str| {
        check(
            Provider::Azurerm,
            &format!(
                "resource \"azurerm_virtual_network\" \"n\" {{\n name = \"n\"\n location = \"x\"\n \
                 resource_group_name = \"g\"\n address_space = [\"10.0.0.0/16\"]\n {delegation}\n}}"
            ),
        )
    };
    assert_eq!(subnet(""), []);
    let bigquery = |access: &str| {
        check(
            Provider::Google,
            &format!(
                "resource \"google_bigquery_dataset\" \"d\" {{\n dataset_id = \"d\"\n {access}\n}}"
            ),
        )
    };
    assert_eq!(
        bigquery("access {\n role = \"READER\"\n user_by_email = \"a@b.example\"\n}"),
        []
    );
    assert_eq!(
        bigquery("access {\n rolle = \"READER\"\n}"),
        one("access.rolle", ProblemKind::UnknownArgument)
    );
}

#[test]
fn the_force_new_table_speaks_only_of_known_attributes() {
    let table = ForceNewTable::get();
    let mut seen = std::collections::BTreeSet::new();
    for row in table.rows() {
        assert!(
            seen.insert((&row.resource, &row.attribute)),
            "{} {} twice",
            row.resource,
            row.attribute
        );
        let provider = Provider::of_resource(&row.resource).unwrap();
        assert_eq!(provider.name(), row.provider);
        assert!(!row.source.is_empty());
        let mut block = &schema(provider)
            .resource(&row.resource)
            .unwrap_or_else(|| panic!("{} is not in the embedded schema", row.resource))
            .block;
        let mut path = row.attribute.as_str();
        while let Some((outer, inner)) = path.split_once('.') {
            block = &block.blocks[outer].block;
            path = inner;
        }
        assert!(
            path == "*" || block.blocks.contains_key(path) || block.attributes[path].is_settable(),
            "{} {}",
            row.resource,
            row.attribute
        );
        // Losing data needs data: the two statements may not contradict each other.
        assert!(
            !row.destroys_data || table.is_data_bearing(&row.resource),
            "{}",
            row.resource
        );
    }
    for resource in table.data_bearing() {
        let provider = Provider::of_resource(resource).unwrap();
        assert!(schema(provider).resource(resource).is_some(), "{resource}");
    }
}

#[test]
fn force_new_attributes_are_found_by_path() {
    let bucket = force_new("aws_s3_bucket", "bucket").unwrap();
    assert!(bucket.destroys_data && bucket.verified_for(5) && !bucket.verified_for(6));
    assert!(force_new("aws_s3_bucket", "force_destroy").is_none());
    assert!(force_new("aws_s3_bucket", "tags").is_none());
    let kind = force_new("azurerm_storage_account", "account_replication_type").unwrap();
    assert_eq!(kind.when, Some(When::ReplicationFamily));
    // A row of a block covers what is inside it.
    assert!(force_new("azurerm_storage_account", "immutability_policy.state").is_some());
    assert!(force_new("no_such_resource", "x").is_none());
}
