//! Key policies. Whoever uses a key does so through the services that keep data with it, and as its
//! role says; whoever looks after a key never comes from a group.

use serde_json::json;

use super::here::{Here, PATH, Place, key_label};
use super::policy::{self, Statement};
use super::shape::in_place;
use super::{key, limits};
use crate::artifact::hcl::build::{resource, variable};
use crate::artifact::hcl::expr;
use crate::artifact::{Artifact, Effect, HclBlock};
use crate::diag::Diagnostics;
use crate::primitive::Key;
use crate::targets::terraform::{self, Root};

/// What using data needs (S3 user guide, SSE-KMS; Kinesis developer guide, server-side encryption).
const USE: &[&str] = &["kms:Decrypt", "kms:GenerateDataKey"];

/// What looking after a key needs. Without `CreateGrant`: a grant would let somebody use the key past
/// this policy.
const ADMINISTER: &[&str] = &[
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
];

/// The variables that the runner fills from the resources root's outputs.
pub(super) fn variables(here: Here<'_>, place: Place<'_>) -> Vec<HclBlock> {
    key::needed(here, place)
        .map(|key| {
            variable(&key::hole(key, place))
                .attr("type", expr::name("string"))
                .attr(
                    "description",
                    format!("Id of the key for {} data in {}", key.label, place.region),
                )
                .by(&key.origin.with_effect(Effect::Plain))
        })
        .collect()
}

/// The policies of the keys of a region, and their documents.
pub(super) fn lower(
    here: Here<'_>,
    place: Place<'_>,
    root: Root<'_>,
    out: &mut Diagnostics,
) -> (Vec<HclBlock>, Vec<Artifact>) {
    let (mut blocks, mut documents) = (Vec::new(), Vec::new());
    for key in key::needed(here, place) {
        let label = key_label(&key.label, place);
        let origin = key.origin.with_effect(Effect::GrantsAccess);
        let document = policy::document(&statements(here, key, place), &origin);
        limits::KEY_POLICY.check(
            &document,
            &format!("{} data", key.label),
            key.origin.span,
            out,
        );
        let file = format!("policies/{}.json", label.replace('_', "-"));
        let mut block = resource("aws_kms_key_policy", &label)
            .attr(
                "key_id",
                expr::reference(&format!("var.{}", key::hole(key, place))),
            )
            .attr("policy", terraform::file(&file))
            .by(&origin);
        in_place(&mut block, place);
        blocks.push(block);
        documents.push(root.document(&file, document));
    }
    (blocks, documents)
}

/// In a key's policy, `*` is the key itself, and the account's root stands for whoever IAM allows it
/// (KMS developer guide, key policies). Groups are kept from looking after keys here, whatever
/// their roles should come to say.
fn statements(here: Here<'_>, key: &Key, place: Place<'_>) -> Vec<Statement> {
    let origin = key.origin.with_effect(Effect::GrantsAccess);
    let account = json!({"AWS": here.iam_arn("root")});
    let groups = here.iam_arn(&format!("role{PATH}*"));
    let services = ["kinesis", "s3"].map(|service| here.via(service, place));
    vec![
        Statement::allow("UseThroughServices", USE.iter().copied(), &origin)
            .principal(account.clone())
            .on("*")
            .when("StringEquals", "kms:ViaService", services),
        Statement::allow("Administer", ADMINISTER.iter().copied(), &origin)
            .principal(account)
            .on("*")
            .when("ArnNotLike", "aws:PrincipalArn", [groups]),
    ]
}
