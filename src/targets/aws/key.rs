//! Keys: one for each label and region, known by an alias. Their policies are in the access root
//! ([`super::key_policy`]).

use serde_json::json;

use super::here::{Here, Place, key_label};
use super::shape::{Shape, in_place};
use super::tags;
use crate::artifact::hcl::build::{output, resource};
use crate::artifact::hcl::expr;
use crate::artifact::{Effect, HclBlock};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::Key;
use crate::targets::Lowering;

/// The keys of a region that something needs.
pub(super) fn lower(
    here: Here<'_>,
    place: Place<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    needed(here, place)
        .flat_map(|key| key_with_alias(here, key, place, cx, out))
        .collect()
}

/// The keys that are needed in a region.
pub(super) fn needed<'a>(here: Here<'a>, place: Place<'a>) -> impl Iterator<Item = &'a Key> {
    let labels = here.labels_in(place);
    here.keys().filter(move |key| labels.contains(&key.label))
}

fn key_with_alias(
    here: Here<'_>,
    key: &Key,
    place: Place<'_>,
    cx: &Lowering<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    let label = key_label(&key.label, place);
    let values = json!({
        "label": label,
        "description": format!("Encrypts {} data of {} in {}", key.label, here.domain, here.cell.id.env),
        "rotation_days": rotation_days(key, out),
        "tags": tags::stamped(here, &key.tags),
    });
    let shape = Shape::new("aws/key", place, &key.origin).makes("aws_kms_key", &label);
    let mut blocks = shape.render(&values, cx, out);
    // An alias decides which key a right by alias is about, so it is never templated.
    let mut alias = resource("aws_kms_alias", &label)
        .attr("name", here.alias(&key.label))
        .attr(
            "target_key_id",
            expr::reference(&format!("aws_kms_key.{label}.key_id")),
        )
        .by(&key.origin.with_effect(Effect::GrantsAccess));
    in_place(&mut alias, place);
    blocks.push(alias);
    blocks
}

/// The name of the hole for a key's id, which is known only once the key is there: a key's policy
/// can be put by id or ARN only (KMS API, `PutKeyPolicy`), not by alias.
pub(super) fn hole(key: &Key, place: Place<'_>) -> String {
    format!("{}_id", key_label(&key.label, place))
}

/// What the resources root tells the access root about its keys.
pub(super) fn outputs(here: Here<'_>, place: Place<'_>) -> Vec<HclBlock> {
    needed(here, place)
        .map(|key| {
            let label = key_label(&key.label, place);
            let id = expr::reference(&format!("aws_kms_key.{label}.key_id"));
            output(&hole(key, place), id).by(&key.origin.with_effect(Effect::Plain))
        })
        .collect()
}

/// What AWS rotates after by itself (KMS API, `EnableKeyRotation`).
const USUAL_ROTATION: u64 = 365;

/// Days between rotations, if not the usual ones: 90 to 2560 (KMS API, `EnableKeyRotation`).
fn rotation_days(key: &Key, out: &mut Diagnostics) -> Option<u64> {
    match key.rotation.whole_days() {
        Some(USUAL_ROTATION) => None,
        Some(days @ 90..=2560) => Some(days),
        _ => {
            let message = format!(
                "KMS rotates keys every 90 to 2560 days, this is {}",
                key.rotation
            );
            out.push(Diagnostic::new(
                code::OUT_OF_CLOUD_RANGE,
                key.origin.span,
                message,
            ));
            None
        }
    }
}
