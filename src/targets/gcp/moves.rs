//! Products that came from another domain, or went to one: how Terraform finds what exists already,
//! and what the old root forgets. Within one project nothing is copied.

use super::Things;
use super::naming::{self, Physical, product_of};
use super::resources::{dataset_label, topic_label};
use super::tables::table_label;
use crate::artifact::HclBlock;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::{CellSet, Form, Move, Primitive};

/// Reports a product that comes from another project: it would have to be copied, which no `import`
/// does.
pub(super) fn check(cell: &CellSet, out: &mut Diagnostics) {
    let own = cell.settings.text("project").unwrap_or_default();
    for moved in &cell.moved_in {
        let old = moved.old_cell.as_ref().and_then(|cell| cell.get("project"));
        if let Some(old) = old.filter(|old| old.value != own) {
            let message = format!(
                "`{}` lies in project {}, its new domain in {own}",
                moved.from, old.value
            );
            let problem = Diagnostic::new(code::MOVED_ACROSS_ACCOUNTS, moved.span, message)
                .label(old.span, "the old project");
            out.push(problem.help(
                "make it a new product without `was`, copy the data, then retire the old one",
            ));
        }
    }
}

/// What the new resources root of a moved product imports, as `(type, label)`: exactly the blocks
/// for which [`import_id`] knows an id.
pub(super) fn imported(moved: &Move) -> Vec<(&'static str, String)> {
    let mut all = std::collections::BTreeSet::new();
    for thing in &moved.things {
        match thing {
            Primitive::Storage(storage) => {
                if storage.form == Form::Files {
                    all.insert(("google_storage_bucket", table_label(storage)));
                }
                all.insert(("google_bigquery_dataset", dataset_label(&storage.address)));
                all.insert(("google_bigquery_table", table_label(storage)));
            }
            Primitive::Stream(stream) => {
                all.insert(("google_pubsub_topic", topic_label(stream)));
            }
            _ => {}
        }
    }
    all.into_iter().collect()
}

/// How Terraform finds a thing of a product that came from another domain's state; nothing for what
/// is simply made anew.
pub(super) fn import_id(
    block: &HclBlock,
    things: &Things<'_>,
    physical: Physical<'_>,
) -> Option<String> {
    let labels: Vec<&str> = block
        .block
        .labels
        .iter()
        .map(hcl::structure::BlockLabel::as_str)
        .collect();
    let product = product_of(&block.origin.address);
    let project = physical.project();
    let zone = |label: &str| {
        things
            .storages
            .iter()
            .copied()
            .find(|storage| table_label(storage) == label)
    };
    match labels.as_slice() {
        ["google_storage_bucket", label] => {
            zone(label).map(|storage| format!("{project}/{}", physical.bucket(storage)))
        }
        ["google_bigquery_dataset", label] if **label == dataset_label(&product) => Some(format!(
            "projects/{project}/datasets/{}",
            physical.dataset(&product)
        )),
        ["google_bigquery_table", label] => {
            let table = naming::table_id(zone(label)?.zone.as_str());
            Some(format!(
                "projects/{project}/datasets/{}/tables/{table}",
                physical.dataset(&product)
            ))
        }
        ["google_pubsub_topic", label] => {
            let stream = things
                .streams
                .iter()
                .find(|stream| topic_label(stream) == **label)?;
            Some(format!(
                "projects/{project}/topics/{}",
                physical.topic(stream)
            ))
        }
        _ => None,
    }
}
