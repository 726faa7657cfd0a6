//! The catalogue: a Glue database for each product, a table for each of its zones, and the
//! registration of their buckets with Lake Formation, which reaches the files with a role of its own.
//!
//! Lake Formation's settings (its administrators, and that new tables are not open to everybody
//! whom IAM lets in) belong to the whole account and are put as a whole: a domain's root that put
//! them would throw out the administrators of everybody else. So none does; the mesh sets them up
//! once per account and region. Databases made here say for themselves what new tables in them
//! start with.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::bucket::{arns, storage_label};
use super::here::{Here, PATH, Place, product_of};
use super::limits;
use super::policy::{self, Statement};
use super::shape::{Shape, in_place};
use super::tags;
use crate::artifact::hcl::build::{block, resource};
use crate::artifact::hcl::expr;
use crate::artifact::{Artifact, Effect, HclBlock, OriginRef};
use crate::blueprint::values::LogicalType;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::{Column, KeyUse, Storage};
use crate::targets::Lowering;
use crate::targets::terraform::{self, Root};

/// What Athena reads partitions of days from without being told about each one. The range is wide,
/// since a day outside of it would silently be missing (Athena user guide, partition projection).
const DAYS: &str = "1970-01-01,NOW+1YEARS";

/// The label of Lake Formation's role.
const LAKE: &str = "lake_formation";

/// The label of a storage's database.
pub(super) fn database_label(storage: &Storage) -> String {
    terraform::product_label(&storage.address)
}

/// The name of a storage's table in its database: the zone, in the characters that Athena takes.
pub(super) fn table_name(storage: &Storage) -> String {
    storage.zone.as_str().replace('-', "_")
}

/// A column's name as Glue and Athena know it: they fold case.
pub(super) fn column_name(name: &str) -> String {
    name.to_lowercase()
}

/// Whether every partition of a storage is derived, so that nobody has to register any.
pub(super) fn is_projected(storage: &Storage) -> bool {
    let by_day = |name: &String| {
        storage
            .columns
            .iter()
            .any(|column| column.name == *name && column.logical == LogicalType::Date)
    };
    storage.partition_by.iter().all(by_day)
}

/// The catalogue of a region.
pub(super) fn lower(
    here: Here<'_>,
    place: Place<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let mut blocks = Vec::new();
    let mut databases = BTreeSet::new();
    for storage in here.storages_in(place) {
        if databases.insert(product_of(&storage.address)) {
            blocks.extend(database(here, storage, place, cx, out));
        }
        blocks.extend(table(here, storage, place, cx, out));
        blocks.push(registration(storage, place));
    }
    blocks
}

fn database(
    here: Here<'_>,
    storage: &Storage,
    place: Place<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let label = database_label(storage);
    let values = json!({
        "label": label,
        "database": here.database(storage),
        "description": line(&storage.comment, 2048),
        "tags": tags::stamped(here, &storage.tags),
    });
    let shape = Shape::new("aws/database", place, &storage.origin)
        .makes("aws_glue_catalog_database", &label);
    let mut blocks = shape.render(&values, cx, out);
    for block in &mut blocks {
        starts_closed(block);
    }
    blocks
}

/// New tables of a database start with what it says here; without it they would start with the
/// account's default, which on most accounts opens them to everybody whom IAM lets in (Lake
/// Formation developer guide, changing the default settings). Lake Formation's own role may read
/// the files anyway, so this gives nobody anything.
fn starts_closed(database: &mut HclBlock) {
    let permission = block("create_table_default_permission")
        .attr("permissions", expr::list(["SELECT"]))
        .block(block("principal").attr(
            "data_lake_principal_identifier",
            expr::reference(&format!("aws_iam_role.{LAKE}.arn")),
        ))
        .build();
    let mut body = std::mem::take(&mut database.block.body).into_inner();
    body.push(hcl::Structure::Block(permission));
    database.block.body = body.into();
}

fn table(
    here: Here<'_>,
    storage: &Storage,
    place: Place<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    check_columns(storage, out);
    let label = storage_label(storage);
    let database = database_label(storage);
    let by = |name: &String| storage.partition_by.contains(name);
    let partitions: Vec<&Column> = storage
        .partition_by
        .iter()
        .filter_map(|name| storage.columns.iter().find(|column| column.name == *name))
        .collect();
    let columns: Vec<Value> = storage
        .columns
        .iter()
        .filter(|column| !by(&column.name))
        .map(column_values)
        .collect();
    let values = json!({
        "label": label,
        "table": table_name(storage),
        "database": database,
        "description": line(&storage.comment, 2048),
        "parameters": parameters(storage, &partitions),
        "location": location(here, storage),
        "partitions": partitions.iter().map(|column| column_values(column)).collect::<Vec<_>>(),
        "columns": columns,
    });
    let shape = Shape::new("aws/table", place, &storage.origin)
        .makes("aws_glue_catalog_table", &label)
        .refers_to(&format!("aws_glue_catalog_database.{database}"));
    shape.render(&values, cx, out)
}

/// Where a storage's rows lie.
fn location(here: Here<'_>, storage: &Storage) -> String {
    format!("s3://{}/data/", here.bucket(storage))
}

fn parameters(storage: &Storage, partitions: &[&Column]) -> Value {
    let mut parameters = Map::new();
    let mut set = |key: String, value: &str| parameters.insert(key, json!(value));
    set("classification".to_owned(), "parquet");
    set("EXTERNAL".to_owned(), "TRUE");
    if !partitions.is_empty() && is_projected(storage) {
        set("projection.enabled".to_owned(), "true");
        for column in partitions {
            let name = column_name(&column.name);
            set(format!("projection.{name}.type"), "date");
            set(format!("projection.{name}.format"), "yyyy-MM-dd");
            set(format!("projection.{name}.range"), DAYS);
        }
    }
    Value::Object(parameters)
}

fn column_values(column: &Column) -> Value {
    json!({
        "name": column_name(&column.name),
        "type": hive_type(&column.logical),
        "comment": column.comment.as_deref().map(|text| line(text, 255)),
        "parameters": {"classification": column.label.as_str()},
    })
}

/// The type of a column in Hive's words, which Glue and Athena speak (Athena user guide, data types).
fn hive_type(logical: &LogicalType) -> String {
    match logical {
        // varchar takes lengths up to 65535.
        LogicalType::String(Some(length @ 1..=65_535)) => format!("varchar({length})"),
        // Hive has no type for a time of day; objects are JSON text.
        LogicalType::String(_) | LogicalType::Time | LogicalType::Object => "string".to_owned(),
        LogicalType::Integer => "bigint".to_owned(),
        LogicalType::Number => "double".to_owned(),
        LogicalType::Decimal(precision, scale) => format!("decimal({precision},{scale})"),
        LogicalType::Boolean => "boolean".to_owned(),
        LogicalType::Date => "date".to_owned(),
        // Parquet keeps instants in UTC, and Athena reads them as such.
        LogicalType::Timestamp | LogicalType::Instant => "timestamp".to_owned(),
        LogicalType::Binary => "binary".to_owned(),
        LogicalType::Array(of) => format!("array<{}>", hive_type(of)),
    }
}

/// Text on one line, cut to what Glue takes. The blueprint has it whole.
fn line(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    let head: String = text.chars().take(most - 1).collect();
    format!("{}…", head.trim_end())
}

/// What Athena cannot read, although Glue would take it (Athena user guide, names for tables,
/// databases and columns: lower case, no special characters other than the underscore).
fn check_columns(storage: &Storage, out: &mut Diagnostics) {
    let mut seen: Vec<(String, &str)> = Vec::new();
    for column in &storage.columns {
        let name = column_name(&column.name);
        if let Some(odd) = name
            .chars()
            .find(|c| !c.is_ascii_alphanumeric() && *c != '_')
        {
            let message = format!(
                "the column `{}` has `{}` in its name, and Athena takes only letters, digits and `_`",
                column.name.escape_debug(),
                odd.escape_debug()
            );
            out.push(
                Diagnostic::new(code::TEXT_NOT_FOR_CLOUD, storage.origin.span, message)
                    .help("rename the column, or leave `aws` out of the product's targets"),
            );
        }
        if let Some((_, other)) = seen.iter().find(|(known, _)| *known == name) {
            let message = format!(
                "the columns `{other}` and `{}` are one to Glue, which folds case",
                column.name
            );
            out.push(
                Diagnostic::new(code::TEXT_NOT_FOR_CLOUD, storage.origin.span, message)
                    .help("rename one of them, or leave `aws` out of the product's targets"),
            );
        }
        seen.push((name, &column.name));
    }
    for name in &storage.partition_by {
        let logical = storage
            .columns
            .iter()
            .find(|column| column.name == *name)
            .map(|column| &column.logical);
        if let Some(LogicalType::Array(_) | LogicalType::Object | LogicalType::Binary) = logical {
            let message = format!(
                "`{}` cannot split the files of a table: a path holds no value of its type",
                name.escape_debug()
            );
            out.push(
                Diagnostic::new(code::OUT_OF_CLOUD_RANGE, storage.origin.span, message)
                    .help("partition by a text, a number or a day"),
            );
        }
    }
}

/// Lake Formation hands out credentials for what is registered, cut to what it was told to grant.
fn registration(storage: &Storage, place: Place<'_>) -> HclBlock {
    let label = storage_label(storage);
    let mut block = resource("aws_lakeformation_resource", &label)
        .attr(
            "arn",
            expr::reference(&format!("aws_s3_bucket.{label}.arn")),
        )
        .attr(
            "role_arn",
            expr::reference(&format!("aws_iam_role.{LAKE}.arn")),
        )
        .attr("use_service_linked_role", false)
        .attr("hybrid_access_enabled", false)
        .attr(
            "depends_on",
            expr::list([expr::reference(&format!("aws_iam_role_policy.{LAKE}"))]),
        )
        .by(&storage.origin.with_effect(Effect::Guards));
    in_place(&mut block, place);
    block
}

/// The role with which Lake Formation reaches the files, and its two documents.
pub(super) fn lake_role(
    here: Here<'_>,
    root: Root<'_>,
    out: &mut Diagnostics,
) -> (Vec<HclBlock>, Vec<Artifact>) {
    let Some(domain) = here
        .cell
        .domain
        .as_ref()
        .filter(|_| here.storages().next().is_some())
    else {
        return (Vec::new(), Vec::new());
    };
    let origin = root
        .origin(
            domain.span,
            "catalogue",
            "how Lake Formation reaches the files",
        )
        .with_effect(Effect::GrantsAccess);
    let (trust_file, policy_file) = ("iam/lake-formation.trust.json", "iam/lake-formation.json");
    let role = resource("aws_iam_role", LAKE)
        .attr("name", here.lake_role())
        .attr("path", PATH)
        .attr(
            "description",
            format!(
                "Lake Formation reaches the files of {} with it",
                here.domain
            ),
        )
        .attr("assume_role_policy", terraform::file(trust_file))
        .attr("max_session_duration", 3600)
        .attr(
            "tags",
            expr::literal(&tags::stamped(here, &tags::of_domain(here))),
        )
        .by(&origin);
    let inline = resource("aws_iam_role_policy", LAKE)
        .attr("name", "files")
        .attr(
            "role",
            expr::reference(&format!("aws_iam_role.{LAKE}.name")),
        )
        .attr("policy", terraform::file(policy_file))
        .by(&origin);
    // https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html; the account keeps
    // Lake Formation from being used by somebody else's (confused deputy).
    let trust = Statement::allow("LakeFormation", ["sts:AssumeRole"], &origin)
        .principal(json!({"Service": "lakeformation.amazonaws.com"}))
        .when("StringEquals", "aws:SourceAccount", [here.account()]);
    let trust = policy::document(&[trust], &origin);
    let policy = policy::document(&lake_statements(here, &origin), &origin);
    limits::ROLE_POLICY.check(&policy, "Lake Formation", domain.span, out);
    let documents = vec![
        root.document(trust_file, trust),
        root.document(policy_file, policy),
    ];
    (vec![role, inline], documents)
}

fn lake_statements(here: Here<'_>, origin: &OriginRef) -> Vec<Statement> {
    let mut objects = Statement::allow(
        "Objects",
        ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        origin,
    );
    let mut buckets = Statement::allow("Buckets", ["s3:ListBucket"], origin);
    let mut keys: Vec<Statement> = Vec::new();
    for storage in here.storages() {
        let (bucket, inside) = arns(here, here.bucket(storage));
        buckets = buckets.on_for(bucket, &storage.origin);
        objects = objects.on_for(inside, &storage.origin);
    }
    for place in here.places() {
        let actions = ["kms:Decrypt", "kms:GenerateDataKey"];
        let suffix = place.sid();
        let mut ours = Statement::allow(format!("Keys{suffix}"), actions, origin);
        let mut others = Statement::allow(format!("ExistingKeys{suffix}"), actions, origin);
        let (mut any_ours, mut any_others) = (false, false);
        for storage in here.storages_in(place) {
            match &storage.key {
                KeyUse::Own(label) => {
                    any_ours = true;
                    ours = ours.when(
                        "ForAnyValue:StringEquals",
                        "kms:ResourceAliases",
                        [here.alias(label)],
                    );
                }
                KeyUse::Existing(arn) => {
                    any_others = true;
                    others = others.on_for(arn.value.clone(), &storage.origin);
                }
                KeyUse::Provider => {}
            }
        }
        let through_s3 = |statement: Statement| {
            statement.when("StringEquals", "kms:ViaService", [here.via("s3", place)])
        };
        if any_ours {
            keys.push(through_s3(ours.on(here.arn("kms", place.region, "key/*"))));
        }
        if any_others {
            keys.push(through_s3(others));
        }
    }
    [objects, buckets].into_iter().chain(keys).collect()
}
