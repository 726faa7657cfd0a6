//! Bucket policies. They only take away: what a group may do is said in its role, which is in the
//! same account. The one thing that is let in is S3 itself, which delivers access logs. That a bucket
//! has its accesses logged is said here, too: S3 refuses it before the policy of the bucket that
//! takes the logs lets it deliver (S3 API, `PutBucketLogging`: `InvalidTargetBucketForLogging`).

use serde_json::json;

use super::bucket::{arns, logs_label, results_label, storage_label};
use super::here::{Here, Place};
use super::key;
use super::limits;
use super::policy::{self, Statement};
use super::shape::in_place;
use crate::artifact::hcl::build::resource;
use crate::artifact::hcl::expr;
use crate::artifact::{Artifact, Effect, HclBlock, OriginRef};
use crate::diag::Diagnostics;
use crate::primitive::KeyUse;
use crate::targets::terraform::{self, Root};

/// A bucket that gets a policy.
struct Subject<'a> {
    label: String,
    name: &'a str,
    place: Place<'a>,
    key: &'a KeyUse,
    origin: OriginRef,
    /// The buckets whose access logs it takes.
    logs_of: Vec<&'a str>,
}

/// The policies of the buckets of a region, and their documents.
pub(super) fn lower(
    here: Here<'_>,
    place: Place<'_>,
    root: Root<'_>,
    out: &mut Diagnostics,
) -> (Vec<HclBlock>, Vec<Artifact>) {
    let (mut blocks, mut documents) = (Vec::new(), Vec::new());
    for subject in subjects(here, place, root) {
        let document = policy::document(&statements(here, &subject), &subject.origin);
        limits::BUCKET_POLICY.check(
            &document,
            &format!("`{}`", subject.name),
            subject.origin.span,
            out,
        );
        let file = format!("policies/bucket-{}.json", subject.label.replace('_', "-"));
        let mut block = resource("aws_s3_bucket_policy", &subject.label)
            .attr("bucket", subject.name)
            .attr(
                "policy",
                terraform::file_with_holes(&file, holes(here, &subject).iter().map(String::as_str)),
            )
            .by(&subject.origin);
        in_place(&mut block, place);
        blocks.push(block);
        documents.push(root.document(&file, document));
        // A bucket never logs to itself: every delivery would be logged again.
        if subject.logs_of.is_empty() {
            blocks.push(logging(&subject));
        }
    }
    (blocks, documents)
}

fn logging(subject: &Subject<'_>) -> HclBlock {
    let policy = format!("aws_s3_bucket_policy.{}", logs_label(subject.place));
    let mut block = resource("aws_s3_bucket_logging", &subject.label)
        .attr("bucket", subject.name)
        .attr("target_bucket", expr::attribute(&policy, "bucket"))
        .attr("target_prefix", format!("{}/", subject.name))
        .by(&subject.origin);
    in_place(&mut block, subject.place);
    block
}

fn subjects<'a>(here: Here<'a>, place: Place<'a>, root: Root<'_>) -> Vec<Subject<'a>> {
    let mut subjects: Vec<Subject<'a>> = here
        .storages_in(place)
        .map(|storage| Subject {
            label: storage_label(storage),
            name: here.bucket(storage),
            place,
            key: &storage.key,
            origin: storage.origin.with_effect(Effect::Guards),
            logs_of: Vec::new(),
        })
        .collect();
    let (Some(domain), Some(compute), false) = (
        &here.cell.domain,
        here.computes().next(),
        subjects.is_empty(),
    ) else {
        return subjects;
    };
    let origin = |maker, why| {
        root.origin(domain.span, maker, why)
            .with_effect(Effect::Guards)
    };
    subjects.push(Subject {
        label: results_label(place),
        name: here.results_bucket(place),
        place,
        key: here.results_key(compute, place),
        origin: origin("compute", "what queries found, for a week"),
        logs_of: Vec::new(),
    });
    let logs_of = subjects.iter().map(|subject| subject.name).collect();
    subjects.push(Subject {
        label: logs_label(place),
        name: here.log_bucket(place),
        place,
        key: &KeyUse::Provider,
        origin: origin("logging", "who touched which object"),
        logs_of,
    });
    subjects
}

/// The holes of a bucket's policy: the id of its own key.
fn holes(here: Here<'_>, subject: &Subject<'_>) -> Vec<String> {
    let KeyUse::Own(label) = subject.key else {
        return Vec::new();
    };
    here.keys()
        .filter(|key| key.label == *label)
        .map(|key| key::hole(key, subject.place))
        .collect()
}

fn statements(here: Here<'_>, subject: &Subject<'_>) -> Vec<Statement> {
    let origin = &subject.origin;
    let (bucket, objects) = arns(here, subject.name);
    let all = |sid: &str| {
        Statement::deny(sid, ["s3:*"], origin)
            .everyone()
            .on(&bucket)
            .on(&objects)
    };
    let puts = |sid: &str| {
        Statement::deny(sid, ["s3:PutObject"], origin)
            .everyone()
            .on(&objects)
    };
    let mut statements = vec![
        all("DenyPlaintext").when("Bool", "aws:SecureTransport", ["false"]),
        all("DenyOldTls").when("NumericLessThan", "s3:TlsVersion", ["1.2"]),
        outside(here, all("DenyOutside")),
        // Objects under keys that a caller brought along could be read by nobody else.
        puts("DenyKeysOfCallers").when(
            "Null",
            "s3:x-amz-server-side-encryption-customer-algorithm",
            ["false"],
        ),
    ];
    if let Some(key) = key_arn(here, subject) {
        // Uploads without the header are encrypted as the bucket says; a negated test alone would
        // deny them, since it is true where the key is missing (IAM user guide, condition operators).
        let header = "s3:x-amz-server-side-encryption";
        statements.push(
            puts("DenyOtherEncryption")
                .when("Null", header, ["false"])
                .when("StringNotEquals", header, ["aws:kms"]),
        );
        // With the header but without a key, S3 takes its own key instead of the bucket's.
        let with_key = puts("DenyOtherKeys").when("StringEquals", header, ["aws:kms"]);
        statements.push(with_key.when(
            "StringNotEquals",
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
            [key],
        ));
    }
    if !subject.logs_of.is_empty() {
        // S3 user guide, permissions for log delivery.
        let deliver = Statement::allow(
            "DeliverAccessLogs",
            ["s3:PutObject"],
            &origin.with_effect(Effect::GrantsAccess),
        )
        .principal(json!({"Service": "logging.s3.amazonaws.com"}))
        .when("StringEquals", "aws:SourceAccount", [here.account()])
        .when(
            "ArnLike",
            "aws:SourceArn",
            subject.logs_of.iter().map(|name| here.bucket_arn(name)),
        );
        statements.push(deliver.on(&objects));
    }
    statements
}

/// Denies whoever is not of the organisation, or of the account where there is none. AWS's own
/// services, as they call for us, have neither (IAM user guide, data perimeters).
fn outside(here: Here<'_>, all: Statement) -> Statement {
    let denied = match here.cell.cloud.text("organization") {
        Some(organization) => all.when(
            "StringNotEqualsIfExists",
            "aws:PrincipalOrgID",
            [organization],
        ),
        None => all.when(
            "StringNotEqualsIfExists",
            "aws:PrincipalAccount",
            [here.account()],
        ),
    };
    denied.when("BoolIfExists", "aws:PrincipalIsAWSService", ["false"])
}

/// The ARN of a bucket's own or existing key; of its own the id is a hole.
fn key_arn(here: Here<'_>, subject: &Subject<'_>) -> Option<String> {
    match subject.key {
        KeyUse::Own(_) => {
            let hole = holes(here, subject).pop()?;
            Some(here.arn("kms", subject.place.region, &format!("key/@@{hole}@@")))
        }
        KeyUse::Existing(arn) => Some(arn.value.clone()),
        KeyUse::Provider => None,
    }
}
