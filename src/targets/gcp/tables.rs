//! A product's dataset and its tables: over files, or BigQuery's own.

use serde_json::{Value, json};

use super::naming::table_id;
use super::resources::Draft;
use super::{masks, schema};
use crate::artifact::hcl::build::{block, expr, resource};
use crate::artifact::{Effect, HclBlock, OriginRef};
use crate::blueprint::values::LogicalType;
use crate::diag::{Diagnostic, code};
use crate::primitive::Storage;
use crate::targets::terraform::{file, label, product_label};

/// The label of a zone's table.
pub(super) fn table_label(storage: &Storage) -> String {
    label([
        product_label(&storage.address).as_str(),
        storage.zone.as_str(),
    ])
}

/// A dataset, with the one entry in its access list that it must have. BigQuery would otherwise give
/// every project editor and viewer the data; what else is on the list is the access root's business.
pub(super) fn dataset(
    draft: &mut Draft<'_, '_>,
    values: &Value,
    name: &str,
    refers: &[String],
    origin: &OriginRef,
    keeps: bool,
) {
    let before = draft.blocks.len();
    draft.render(
        "gcp/dataset",
        values,
        &[("google_bigquery_dataset", name)],
        refers,
        origin,
    );
    let owners = block("access")
        .attr("role", "OWNER")
        .attr("special_group", "projectOwners")
        .build();
    let lifecycle = block("lifecycle")
        .attr("prevent_destroy", keeps)
        .attr("ignore_changes", expr::list([expr::name("access")]))
        .build();
    for made in draft.blocks.iter_mut().skip(before) {
        let body = std::mem::take(&mut made.block.body).into_iter();
        made.block.body = body
            .chain([owners.clone().into(), lifecycle.clone().into()])
            .collect();
    }
}

/// A table over the files of a bucket: BigQuery reads them with the connection's identity, so that
/// its readers need no right on objects.
pub(super) fn over_files(
    draft: &mut Draft<'_, '_>,
    storage: &Storage,
    dataset: &str,
    connection: &str,
    bucket: &str,
    labels: &Value,
) {
    let name = table_label(storage);
    let reader = label([name.as_str(), "lake"]);
    let identity = expr::reference(&format!(
        "google_bigquery_connection.{connection}.cloud_resource[0].service_account_id"
    ));
    let member = expr::template([
        expr::Part::Text("serviceAccount:".to_owned()),
        expr::Part::Value(identity),
    ]);
    draft.blocks.push(
        resource("google_storage_bucket_iam_member", &reader)
            .attr(
                "bucket",
                expr::reference(&format!("google_storage_bucket.{bucket}.name")),
            )
            .attr("role", "roles/storage.objectViewer")
            .attr("member", member)
            .by(&storage.origin.with_effect(Effect::GrantsAccess)),
    );
    let uri = format!("gs://{}", draft.physical.bucket(storage));
    let values = json!({
        "label": name, "project": draft.physical.project(), "dataset": dataset, "name": table_id(storage.zone.as_str()),
        "description": storage.comment, "labels": labels, "uri": format!("{uri}/*"), "connection": connection,
        "partitions": partitions(draft, storage, &uri), "bucket": bucket, "reader": reader,
    });
    let refers = [
        format!("google_bigquery_dataset.{dataset}"),
        format!("google_bigquery_connection.{connection}"),
        format!("google_storage_bucket.{bucket}"),
        format!("google_storage_bucket_iam_member.{reader}"),
    ];
    // The files hold the data; the table is made again at no loss.
    let origin = storage.origin.with_effect(Effect::Plain);
    render_with_schema(
        draft,
        "gcp/table-over-files",
        &values,
        storage,
        &refers,
        &origin,
    );
}

/// `gs://bucket/{day:DATE}`: the keys of the paths and their types.
/// Source: cloud.google.com/bigquery/docs/hive-partitioned-queries, custom partition key schema.
fn partitions(draft: &mut Draft<'_, '_>, storage: &Storage, uri: &str) -> Value {
    if storage.partition_by.is_empty() {
        return Value::Bool(false);
    }
    let mut keys = Vec::new();
    for column in storage
        .columns
        .iter()
        .filter(|column| storage.partition_by.contains(&column.name))
    {
        let kind = match &column.logical {
            LogicalType::String(_) => "STRING",
            LogicalType::Integer => "INTEGER",
            LogicalType::Date => "DATE",
            LogicalType::Instant => "TIMESTAMP",
            other => {
                let message = format!(
                    "`{}` is a {other}; tables over files are split by text, whole numbers, days or moments on Google Cloud",
                    column.name
                );
                draft.out.push(
                    Diagnostic::new(code::OUT_OF_CLOUD_RANGE, storage.origin.span, message)
                        .help("split the product by another column"),
                );
                continue;
            }
        };
        keys.push((
            storage
                .partition_by
                .iter()
                .position(|name| *name == column.name),
            format!("{{{}:{kind}}}", column.name),
        ));
    }
    keys.sort();
    let keys: Vec<String> = keys.into_iter().map(|(_, key)| key).collect();
    Value::from(format!("{uri}/{}", keys.join("/")))
}

/// A table of BigQuery's own.
pub(super) fn native(
    draft: &mut Draft<'_, '_>,
    storage: &Storage,
    dataset: &str,
    key: (Value, Vec<String>),
    labels: &Value,
) {
    let name = table_label(storage);
    let by_day = |column: &&crate::primitive::Column| {
        storage.partition_by.first() == Some(&column.name)
            && matches!(
                column.logical,
                LogicalType::Date | LogicalType::Instant | LogicalType::Timestamp
            )
    };
    let field = storage
        .columns
        .iter()
        .find(by_day)
        .map(|column| column.name.clone());
    let clustering: Vec<&String> = storage
        .partition_by
        .iter()
        .filter(|name| field.as_ref() != Some(*name))
        .take(4)
        .collect();
    let keys: Vec<&str> = storage
        .columns
        .iter()
        .filter(|column| column.key)
        .map(|column| column.name.as_str())
        .collect();
    // Rows expire with their partition, so a table whose rows must go has partitions: by its own day
    // where it has one, by the day on which rows came in otherwise.
    let expiration = storage
        .retention
        .map(|retention| retention.seconds() * 1_000);
    let partition = (field.is_some() || expiration.is_some())
        .then(|| json!({"field": field.unwrap_or_default(), "expiration_ms": expiration.unwrap_or_default()}));
    let (key, mut refers) = key;
    let values = json!({
        "label": name, "project": draft.physical.project(), "dataset": dataset, "name": table_id(storage.zone.as_str()),
        "description": storage.comment, "labels": labels, "clustering": clustering, "partition": partition, "primary_key": keys, "key": key,
    });
    refers.push(format!("google_bigquery_dataset.{dataset}"));
    let origin = storage.origin.clone();
    render_with_schema(draft, "gcp/table", &values, storage, &refers, &origin);
}

/// The shape from the template; the schema is a document, which only typed code may read.
fn render_with_schema(
    draft: &mut Draft<'_, '_>,
    template: &str,
    values: &Value,
    storage: &Storage,
    refers: &[String],
    origin: &OriginRef,
) {
    let path = schema::path(draft.physical, storage);
    let document = schema::document(storage, &draft.things.masks, draft.out);
    let text = if document.value.to_string().contains("@@") {
        masks::schema_text(storage, &draft.things.masks, &path)
    } else {
        file(&path)
    };
    draft.documents.push(draft.root.document(&path, document));
    let name = table_label(storage);
    let before = draft.blocks.len();
    draft.render(
        template,
        values,
        &[("google_bigquery_table", &name)],
        refers,
        origin,
    );
    for made in draft.blocks.iter_mut().skip(before) {
        with_schema(made, text.clone());
    }
}

fn with_schema(made: &mut HclBlock, text: hcl::Expression) {
    let body = std::mem::take(&mut made.block.body).into_iter();
    let attribute = hcl::Attribute {
        key: hcl::Identifier::unchecked("schema"),
        expr: text,
    };
    let (arguments, blocks): (Vec<hcl::Structure>, Vec<hcl::Structure>) = body.partition(|one| {
        one.as_attribute()
            .is_some_and(|one| one.key() != "depends_on")
    });
    made.block.body = arguments
        .into_iter()
        .chain([attribute.into()])
        .chain(blocks)
        .collect();
}
