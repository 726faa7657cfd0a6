//! Buckets: one for each storage, one for access logs and one for query results in each region.
//! Their policies are in the access root ([`super::bucket_policy`]).

use serde_json::json;

use super::here::{Here, Place, key_label};
use super::shape::Shape;
use super::tags;
use crate::artifact::{HclBlock, OriginRef};
use crate::blueprint::values::Duration;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::{KeyUse, Storage, Tags};
use crate::source::Span;
use crate::targets::{Lowering, terraform};

/// Where archived objects go: they can still be read at once, so that every query keeps working
/// (S3 user guide, storage classes: Athena does not read Glacier Flexible Retrieval).
const ARCHIVE: &str = "GLACIER_IR";

/// Access logs are kept for a year: long enough to look back at an audit.
const KEEP_LOGS: u64 = 365;

/// Results of queries are copies of data; a week is enough to fetch them.
const KEEP_RESULTS: u64 = 7;

/// The label of the bucket for access logs in a region.
pub(super) fn logs_label(place: Place<'_>) -> String {
    place.label("access_logs")
}

/// The label of the bucket for query results in a region.
pub(super) fn results_label(place: Place<'_>) -> String {
    place.label("query_results")
}

/// The label of a storage's bucket.
pub(super) fn storage_label(storage: &Storage) -> String {
    let zone = storage.zone.as_str();
    terraform::label([terraform::product_label(&storage.address).as_str(), zone])
}

/// What Terraform makes for a bucket in the resources root.
pub(super) const KINDS: &[&str] = &[
    "aws_s3_bucket",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_lifecycle_configuration",
];

/// What differs between buckets.
struct Bucket<'a> {
    label: String,
    name: &'a str,
    place: Place<'a>,
    key: &'a KeyUse,
    keep: bool,
    expire_days: Option<u64>,
    archive_days: Option<u64>,
    undelete_days: u64,
    tags: &'a Tags,
    origin: &'a OriginRef,
}

/// The buckets of a region.
pub(super) fn lower(
    here: Here<'_>,
    place: Place<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let mut blocks = Vec::new();
    for storage in here.storages_in(place) {
        let label = storage_label(storage);
        check_existing_key(&storage.key, here, place, out);
        let bucket = Bucket {
            label,
            name: here.bucket(storage),
            place,
            key: &storage.key,
            keep: true,
            expire_days: storage
                .retention
                .and_then(|time| whole_days(time, "retention", storage.origin.span, out)),
            archive_days: storage
                .archive_after
                .and_then(|time| whole_days(time, "archive-after", storage.origin.span, out)),
            undelete_days: whole_days(storage.undelete, "undelete", storage.origin.span, out)
                .unwrap_or(1),
            tags: &storage.tags,
            origin: &storage.origin,
        };
        blocks.extend(render(here, &bucket, cx, out));
    }
    if blocks.is_empty() {
        return blocks;
    }
    blocks.extend(of_domain(here, place, cx, out));
    blocks
}

/// The two buckets that a region has besides those of storages.
fn of_domain(
    here: Here<'_>,
    place: Place<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let Some(domain) = &here.cell.domain else {
        return Vec::new();
    };
    let root = terraform::Root::new(here.cell, terraform::Part::Resources);
    let Some(compute) = here.computes().next() else {
        return Vec::new();
    };
    let logs = root.origin(domain.span, "logging", "who touched which object");
    let mut blocks = render(
        here,
        &Bucket {
            label: logs_label(place),
            name: here.log_bucket(place),
            place,
            // S3 delivers access logs only to buckets that it encrypts with its own keys
            // (S3 user guide, enabling server access logging).
            key: &KeyUse::Provider,
            keep: true,
            expire_days: Some(KEEP_LOGS),
            archive_days: None,
            undelete_days: 7,
            tags: &compute.tags,
            origin: &logs,
        },
        cx,
        out,
    );
    let results = root.origin(domain.span, "compute", "what queries found, for a week");
    blocks.extend(render(
        here,
        &Bucket {
            label: results_label(place),
            name: here.results_bucket(place),
            place,
            key: here.results_key(compute, place),
            keep: false,
            expire_days: Some(KEEP_RESULTS),
            archive_days: None,
            undelete_days: 1,
            tags: &compute.tags,
            origin: &results,
        },
        cx,
        out,
    ));
    blocks
}

fn render(
    here: Here<'_>,
    bucket: &Bucket<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    check_name(bucket.name, bucket.origin.span, out);
    let (own_key, existing_key) = key_values(bucket.key, bucket.place);
    let values = json!({
        "label": bucket.label,
        "bucket": bucket.name,
        "tags": tags::stamped(here, bucket.tags),
        "keep": bucket.keep,
        "own_key": own_key,
        "existing_key": existing_key,
        "expire_days": bucket.expire_days,
        "archive_days": bucket.archive_days,
        "archive_class": ARCHIVE,
        "undelete_days": bucket.undelete_days,
    });
    let mut shape = Shape::new("aws/bucket", bucket.place, bucket.origin);
    for kind in KINDS {
        shape = shape.makes(kind, &bucket.label);
    }
    shape = shape.refers_to_key(own_key.as_deref());
    shape.render(&values, cx, out)
}

/// The label of our key and the name of an existing one, as templates take them.
pub(super) fn key_values(key: &KeyUse, place: Place<'_>) -> (Option<String>, Option<String>) {
    match key {
        KeyUse::Own(label) => (Some(key_label(label, place)), None),
        KeyUse::Existing(arn) => (None, Some(arn.value.clone())),
        KeyUse::Provider => (None, None),
    }
}

/// A time that S3 counts in whole days, at least one (S3 API, `LifecycleExpiration`).
fn whole_days(time: Duration, what: &str, span: Span, out: &mut Diagnostics) -> Option<u64> {
    match time.whole_days() {
        Some(days) if days > 0 => Some(days),
        _ => {
            let message = format!("S3 counts `{what}` in whole days, this is {time}");
            let up = time.seconds().div_ceil(86_400).max(1);
            out.push(
                Diagnostic::new(code::OUT_OF_CLOUD_RANGE, span, message)
                    .help(format!("write {up}d")),
            );
            None
        }
    }
}

/// Reports an existing key that lies elsewhere than what it encrypts (S3 user guide, SSE-KMS: the
/// key and the bucket lie in the same region; Kinesis alike).
pub(super) fn check_existing_key(
    key: &KeyUse,
    here: Here<'_>,
    place: Place<'_>,
    out: &mut Diagnostics,
) {
    let KeyUse::Existing(arn) = key else { return };
    let mut parts = arn.value.split(':').skip(1);
    let (partition, region) = (
        parts.next().unwrap_or_default(),
        parts.nth(1).unwrap_or_default(),
    );
    if region == place.region && partition == here.partition() {
        return;
    }
    let message = format!(
        "the key lies in {region}, what it encrypts in {}",
        place.region
    );
    let problem = Diagnostic::new(code::OUT_OF_CLOUD_RANGE, arn.span, message);
    out.push(problem.help("S3 and Kinesis take only keys of their own region; name one there, or leave the key to meshc"));
}

/// What the rule for names cannot say: forms that S3 keeps for itself (S3 user guide, general
/// purpose bucket naming rules).
fn check_name(name: &str, span: Span, out: &mut Diagnostics) {
    let starts = ["xn--", "sthree-", "amzn-s3-demo-"]
        .into_iter()
        .find(|start| name.starts_with(start));
    let ends = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"]
        .into_iter()
        .find(|end| name.ends_with(end));
    let reserved = starts
        .map(|part| ("starts", part))
        .or(ends.map(|part| ("ends", part)));
    if let Some((how, part)) = reserved {
        let message = format!(
            "the bucket would be called `{name}`, and S3 keeps names for itself that {} with `{part}`",
            &how[..how.len() - 1]
        );
        out.push(
            Diagnostic::new(code::TEXT_NOT_FOR_CLOUD, span, message)
                .help("give the product or zone another name"),
        );
    }
}

/// The ARNs of a bucket and of everything in it.
pub(super) fn arns(here: Here<'_>, name: &str) -> (String, String) {
    let bucket = here.bucket_arn(name);
    let objects = format!("{bucket}/*");
    (bucket, objects)
}
