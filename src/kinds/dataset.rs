//! `dataset`: rows as files in object storage, one store per zone, in the catalogue where the
//! cloud has one; on a warehouse, one table per zone.

use super::{Kind, ZoneView};
use crate::blueprint::schema;
use crate::blueprint::tree::cloud::Settings;
use crate::cell::TargetId;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::mesh::Product;
use crate::mesh::capability::Capability;
use crate::primitive::{Form, Primitive, Storage};

/// The kind.
#[derive(Debug)]
pub(super) struct Dataset;

impl Kind for Dataset {
    fn name(&self) -> &'static str {
        "dataset"
    }

    fn doc(&self) -> &'static str {
        "Rows as Parquet files in object storage, one store per zone, registered in the cloud's catalogue."
    }

    fn options(&self) -> &'static schema::Table {
        &schema::Table {
            name: "dataset options",
            doc: "A dataset has no options yet.",
            fields: &[],
        }
    }

    fn targets(&self) -> &'static [TargetId] {
        TargetId::ALL
    }

    fn capabilities(&self) -> &'static [Capability] {
        Capability::ALL
    }

    fn check(&self, product: &Product, _: &Settings, out: &mut Diagnostics) {
        needs_columns(product, out);
    }

    fn expand(&self, zone: &ZoneView<'_>) -> Vec<Primitive> {
        vec![Primitive::Storage(storage(zone, Form::Files))]
    }
}

/// Reports a product whose rows nobody described.
pub(super) fn needs_columns(product: &Product, out: &mut Diagnostics) {
    if product.columns.is_empty() {
        let message = format!("`{}` has no columns", product.address);
        let problem = Diagnostic::new(code::COLUMNS_MISSING, product.name.span, message);
        out.push(problem.help(
            "describe them under `columns`: access, masking and the catalogue follow from them",
        ));
    }
}

/// The storage behind one zone.
pub(super) fn storage(zone: &ZoneView<'_>, form: Form) -> Storage {
    Storage {
        origin: zone.origin.clone(),
        address: zone.address.clone(),
        product: zone.product.name.value.clone(),
        zone: zone.zone.clone(),
        raw: Product::is_raw(zone.zone.as_str()),
        form,
        comment: zone.comment(),
        label: zone.product.classification.value.clone(),
        columns: zone.columns.clone(),
        partition_by: zone.product.partition_by.clone(),
        key: zone.key.clone(),
        region: zone.region.clone(),
        retention: zone.retention,
        archive_after: zone.archive_after,
        undelete: zone.defaults.undelete.value,
        ports: zone.ports.clone(),
        tags: zone.tags.clone(),
    }
}
