//! `stream`: events in motion, readable again for a while.

use super::{Kind, ZoneView};
use crate::blueprint::decode::listed;
use crate::blueprint::schema::{self, Field, Shape};
use crate::blueprint::tree::cloud::Settings;
use crate::blueprint::values::{self, Duration};
use crate::cell::TargetId;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::mesh::Product;
use crate::mesh::capability::Capability;
use crate::primitive::{self, Primitive};
use crate::source::Spanned;

/// The kind.
#[derive(Debug)]
pub(super) struct Stream;

const OPTIONS: schema::Table = schema::Table {
    name: "stream options",
    doc: "How events flow.",
    fields: &[
        Field::optional(
            "replay",
            Shape::Leaf(&values::DURATION),
            "How long events can be read again; one day unless said otherwise.",
        ),
        Field::optional(
            "ordering-key",
            Shape::Leaf(&values::COLUMN),
            "The column whose value keeps events in order. Never a column about a person: it stands in clear in the broker.",
        ),
    ],
};

impl Kind for Stream {
    fn name(&self) -> &'static str {
        "stream"
    }

    fn doc(&self) -> &'static str {
        "Events in motion (Kinesis, Event Hubs, Pub/Sub), readable again for a while."
    }

    fn options(&self) -> &'static schema::Table {
        &OPTIONS
    }

    fn targets(&self) -> &'static [TargetId] {
        &[TargetId::Aws, TargetId::Azure, TargetId::Gcp]
    }

    fn capabilities(&self) -> &'static [Capability] {
        // A broker has nothing that deletes single events and no metadata that a steward could set
        // without rights on the stream itself.
        &[
            Capability::Read,
            Capability::Write,
            Capability::Own,
            Capability::Operate,
            Capability::Steward,
            Capability::Unmask,
        ]
    }

    fn check(&self, product: &Product, options: &Settings, out: &mut Diagnostics) {
        if product.zones.len() > 1 {
            let span = product.zones.last().map_or(product.span, |zone| zone.span);
            let message = format!(
                "a stream has one zone, `{}` names {}",
                product.address,
                product.zones.len()
            );
            out.push(
                Diagnostic::new(code::ZONES_NOT_ON_KIND, span, message)
                    .help("remove `zones`; the zone of a stream is `live`"),
            );
        }
        let Some(key) = options.get("ordering-key") else {
            return;
        };
        let Some(column) = product
            .columns
            .iter()
            .find(|column| column.name.value == key.value)
        else {
            let names = || {
                product
                    .columns
                    .iter()
                    .map(|column| column.name.value.as_str())
            };
            let message = format!("the product has no column `{}`", key.value.escape_debug());
            let problem =
                Diagnostic::new(code::UNKNOWN_COLUMN, key.span, message).did_you_mean(key, names());
            out.push(problem.help(format!("its columns are {}", listed(names()))));
            return;
        };
        if column.classification != product.classification.value {
            let message = format!(
                "`{}` is labelled `{}` and would stand in clear in the broker",
                key.value, column.classification
            );
            out.push(
                Diagnostic::new(code::PARTITION_COLUMN_SENSITIVE, key.span, message)
                    .label(column.name.span, "the column")
                    .help("order by a column that is not labelled stricter than the product"),
            );
        }
    }

    fn expand(&self, zone: &ZoneView<'_>) -> Vec<Primitive> {
        let written = zone.options.get("replay");
        let replay = written
            .and_then(|text| Duration::parse(text).ok())
            .unwrap_or(Duration::days(1));
        let span = written.map_or(zone.product.name.span, |text| text.span);
        vec![Primitive::Stream(primitive::Stream {
            origin: zone.origin.clone(),
            address: zone.address.clone(),
            product: zone.product.name.value.clone(),
            zone: zone.zone.clone(),
            comment: zone.comment(),
            label: zone.product.classification.value.clone(),
            columns: zone.columns.clone(),
            key: zone.key.clone(),
            region: zone.region.clone(),
            replay: Spanned::new(replay, span),
            ordering_key: zone.options.text("ordering-key").map(str::to_owned),
            tags: zone.tags.clone(),
        })]
    }
}
