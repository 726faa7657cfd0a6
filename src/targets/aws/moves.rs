//! Products that came from another domain, or went to one: how Terraform finds what exists already,
//! and what the old root forgets. Within one account nothing is copied.

use std::collections::BTreeSet;

use super::here::{Here, key_label};
use super::{bucket, catalogue, stream};
use crate::artifact::HclBlock;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::{KeyUse, Move, Primitive};
use crate::targets::terraform::Part;

/// A product that comes from another account would have to be copied, which no `import` does.
pub(super) fn check_accounts(here: Here<'_>, out: &mut Diagnostics) {
    for moved in &here.cell.moved_in {
        let Some(old) = moved.old_cell.as_ref().and_then(|cell| cell.get("account")) else {
            continue;
        };
        if old.value != here.account() {
            let message = format!(
                "`{}` lies in account {}, its new domain in {}",
                moved.from,
                old.value,
                here.account()
            );
            let problem = Diagnostic::new(code::MOVED_ACROSS_ACCOUNTS, moved.span, message)
                .label(old.span, "the old account");
            out.push(problem.help(
                "make it a new product without `was`, copy the data, then retire the old one",
            ));
        }
    }
}

/// What the new root of a moved product imports of a root, as `(type, label)`: exactly the blocks
/// for which [`import_id`] knows an id.
pub(super) fn imported(moved: &Move, part: Part) -> Vec<(&'static str, String)> {
    let mut all = BTreeSet::new();
    for thing in &moved.things {
        match (thing, part) {
            (Primitive::Storage(storage), Part::Resources) => {
                let label = bucket::storage_label(storage);
                all.extend(bucket::KINDS.iter().map(|kind| (*kind, label.clone())));
                all.insert(("aws_glue_catalog_table", label));
                all.insert((
                    "aws_glue_catalog_database",
                    catalogue::database_label(storage),
                ));
            }
            (Primitive::Storage(storage), Part::Access) => {
                let label = bucket::storage_label(storage);
                all.insert(("aws_s3_bucket_policy", label.clone()));
                all.insert(("aws_s3_bucket_logging", label));
            }
            (Primitive::Stream(stream), Part::Resources) => {
                all.insert(("aws_kinesis_stream", stream::label(stream)));
            }
            _ => {}
        }
    }
    all.into_iter().collect()
}

/// What the old root had for the data of a moved product, as `(type, label)`: the keys that its objects
/// were encrypted with and may still be, and the buckets with its access logs and query results. Data
/// would be lost with them, so a root that needs them no longer forgets them and destroys nothing.
pub(super) fn left_behind<'a>(
    here: Here<'a>,
    moved: &'a Move,
    part: Part,
) -> BTreeSet<(&'static str, String)> {
    let mut all = BTreeSet::new();
    for thing in &moved.things {
        let (key, region) = match thing {
            Primitive::Storage(storage) => (&storage.key, storage.region.as_ref()),
            Primitive::Stream(stream) => (&stream.key, stream.region.as_ref()),
            _ => continue,
        };
        let place = here.place(region);
        if let KeyUse::Own(label) = key {
            let kinds: &[_] = match part {
                Part::Resources => &["aws_kms_key", "aws_kms_alias"],
                Part::Access | Part::Above => &["aws_kms_key_policy"],
            };
            all.extend(kinds.iter().map(|kind| (*kind, key_label(label, place))));
        }
        if matches!(thing, Primitive::Storage(_)) {
            let (kinds, logging) = match part {
                Part::Resources => (bucket::KINDS, None),
                Part::Access | Part::Above => {
                    (&["aws_s3_bucket_policy"][..], Some("aws_s3_bucket_logging"))
                }
            };
            let (logs, results) = (bucket::logs_label(place), bucket::results_label(place));
            all.extend(logging.map(|kind| (kind, results.clone())));
            for label in [logs, results] {
                all.extend(kinds.iter().map(|kind| (*kind, label.clone())));
            }
        }
    }
    all
}

/// The id by which Terraform imports the thing of a block (the import sections of the provider's
/// documentation); nothing for what is simply made anew, since it names roles or settings that are
/// new, too. `all` are the blocks of the root, in which a reference is looked up.
pub(super) fn import_id(here: Here<'_>, block: &HclBlock, all: &[HclBlock]) -> Option<String> {
    let kind = block.block.labels.first()?.as_str();
    match kind {
        "aws_kinesis_stream" => text(block, "name"),
        "aws_glue_catalog_database" => {
            text(block, "name").map(|name| format!("{}:{name}", here.account()))
        }
        "aws_glue_catalog_table" => {
            let database = text(block, "database_name")
                .or_else(|| referred(block, "database_name", "name", all))?;
            Some(format!(
                "{}:{database}:{}",
                here.account(),
                text(block, "name")?
            ))
        }
        _ if kind.starts_with("aws_s3_bucket") => {
            text(block, "bucket").or_else(|| referred(block, "bucket", "bucket", all))
        }
        _ => None,
    }
}

/// An argument that is a text.
fn text(block: &HclBlock, key: &str) -> Option<String> {
    match argument(block, key)? {
        hcl::Expression::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn argument<'b>(block: &'b HclBlock, key: &str) -> Option<&'b hcl::Expression> {
    block
        .block
        .body
        .attributes()
        .find(|attribute| attribute.key.as_str() == key)
        .map(|attribute| &attribute.expr)
}

/// The text of an argument of the block that an argument refers to: `aws_s3_bucket.x.id`.
fn referred(block: &HclBlock, key: &str, there: &str, all: &[HclBlock]) -> Option<String> {
    let hcl::Expression::Traversal(traversal) = argument(block, key)? else {
        return None;
    };
    let hcl::Expression::Variable(kind) = &traversal.expr else {
        return None;
    };
    let hcl::expr::TraversalOperator::GetAttr(label) = traversal.operators.first()? else {
        return None;
    };
    let named = |one: &&HclBlock| {
        let labels: Vec<&str> = one
            .block
            .labels
            .iter()
            .map(hcl::BlockLabel::as_str)
            .collect();
        labels == [kind.as_str(), label.as_str()]
    };
    all.iter().find(named).and_then(|one| text(one, there))
}
