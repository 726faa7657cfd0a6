//! `table`: rows in a warehouse's own table, for what is only ever queried there.

use super::{Kind, ZoneView, dataset};
use crate::blueprint::schema;
use crate::blueprint::tree::cloud::Settings;
use crate::cell::TargetId;
use crate::diag::Diagnostics;
use crate::mesh::Product;
use crate::mesh::capability::Capability;
use crate::primitive::{Form, Primitive};

/// The kind.
#[derive(Debug)]
pub(super) struct Table;

impl Kind for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn doc(&self) -> &'static str {
        "Rows in a warehouse's own table (Snowflake, BigQuery)."
    }

    fn options(&self) -> &'static schema::Table {
        &schema::Table {
            name: "table options",
            doc: "A table has no options yet.",
            fields: &[],
        }
    }

    fn targets(&self) -> &'static [TargetId] {
        &[TargetId::Gcp, TargetId::Snowflake]
    }

    fn capabilities(&self) -> &'static [Capability] {
        Capability::ALL
    }

    fn check(&self, product: &Product, _: &Settings, out: &mut Diagnostics) {
        dataset::needs_columns(product, out);
    }

    fn expand(&self, zone: &ZoneView<'_>) -> Vec<Primitive> {
        vec![Primitive::Storage(dataset::storage(zone, Form::Table))]
    }
}
