//! `sheet`: a small list that people keep, such as codes and their meaning.

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
pub(super) struct Sheet;

impl Kind for Sheet {
    fn name(&self) -> &'static str {
        "sheet"
    }

    fn doc(&self) -> &'static str {
        "A small list that people keep, such as codes and their meaning."
    }

    fn options(&self) -> &'static schema::Table {
        &schema::Table {
            name: "sheet options",
            doc: "A sheet has no options.",
            fields: &[],
        }
    }

    fn targets(&self) -> &'static [TargetId] {
        &[TargetId::Snowflake]
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
