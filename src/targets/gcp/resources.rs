//! The resources root: keys and who may use them, then each product's buckets, dataset, tables,
//! topics and subscriptions.

use serde_json::{Value, json};

use super::naming::{self, Physical, product_of};
use super::{Things, masks, tables, views};
use crate::address::Address;
use crate::artifact::hcl::build::{expr, resource};
use crate::artifact::{Artifact, Effect, HclBlock, Origin, OriginRef};
use crate::blueprint::values::Duration;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::primitive::{CellSet, Form, KeyUse, Storage, Stream, Tags};
use crate::source::Spanned;
use crate::targets::Lowering;
use crate::targets::terraform::{Root, label, product_label};
use crate::template::Expected;

/// What a root is drawn with.
pub(super) struct Draft<'a, 'o> {
    pub cell: &'a CellSet,
    pub things: &'a Things<'a>,
    pub physical: Physical<'a>,
    pub root: Root<'a>,
    pub out: &'o mut Diagnostics,
    pub blocks: Vec<HclBlock>,
    pub documents: Vec<Artifact>,
    cx: &'a Lowering<'a>,
}

/// What came of it.
pub(super) struct Drawn {
    pub blocks: Vec<HclBlock>,
    pub documents: Vec<Artifact>,
}

/// The longest time between two rotations of a key that CIS Google Cloud Platform Foundation Benchmark 1.10 lets pass.
const LONGEST_ROTATION: Duration = Duration::days(90);

/// The service agents that use keys, by what they are for.
/// Source: cloud.google.com/iam/docs/service-agents and the CMEK page of each service.
const STORAGE: &str = "storage";
const BIGQUERY: &str = "bigquery";
const PUBSUB: &str = "pubsub";

fn agent(service: &str, number: &str) -> String {
    match service {
        STORAGE => {
            format!("serviceAccount:service-{number}@gs-project-accounts.iam.gserviceaccount.com")
        }
        BIGQUERY => {
            format!("serviceAccount:bq-{number}@bigquery-encryption.iam.gserviceaccount.com")
        }
        _ => format!("serviceAccount:service-{number}@gcp-sa-pubsub.iam.gserviceaccount.com"),
    }
}

/// Draws the resources root.
pub(super) fn draw(
    cell: &CellSet,
    things: &Things<'_>,
    cx: &Lowering<'_>,
    physical: Physical<'_>,
    root: Root<'_>,
    out: &mut Diagnostics,
) -> Drawn {
    let mut draft = Draft {
        cell,
        things,
        physical,
        root,
        out,
        blocks: Vec::new(),
        documents: Vec::new(),
        cx,
    };
    draft.keys();
    let mut products: Vec<Address> = Vec::new();
    for storage in &things.storages {
        let product = product_of(&storage.address);
        if !products.contains(&product) {
            products.push(product);
        }
    }
    for location in things.lake_places() {
        draft.connection(location);
    }
    let all_views = views::by_product(things);
    for product in &products {
        let zones: Vec<&Storage> = things
            .storages
            .iter()
            .copied()
            .filter(|storage| product_of(&storage.address) == *product)
            .collect();
        draft.product(product, &zones, all_views.get(product));
    }
    for stream in &things.streams {
        draft.stream(stream);
    }
    Drawn {
        blocks: draft.blocks,
        documents: draft.documents,
    }
}

impl Draft<'_, '_> {
    pub(super) fn render(
        &mut self,
        template: &str,
        values: &Value,
        made: &[(&str, &str)],
        refers: &[String],
        origin: &OriginRef,
    ) {
        let expected = refers
            .iter()
            .fold(Expected::resources(made), |expected, one| {
                expected.may_refer_to(one.clone())
            });
        self.blocks.extend(
            self.cx
                .templates
                .render(template, values, &expected, origin, self.out),
        );
    }

    fn location<'l>(&'l self, own: Option<&'l Spanned<String>>) -> &'l str {
        own.or(self.cell.region.as_ref())
            .map(|region| region.value.as_str())
            .unwrap_or_default()
    }

    /// Tags as labels: cloud.google.com/resource-manager/docs/labels-overview, lower-case letters,
    /// digits, `_` and `-`, 63 at most. What does not fit is spelt with `-`.
    fn labels(&self, tags: &Tags) -> Value {
        let spell = |text: &str| -> String {
            let plain = |c: char| {
                if c.is_ascii_alphanumeric() || c == '_' {
                    c.to_ascii_lowercase()
                } else {
                    '-'
                }
            };
            text.chars().take(63).map(plain).collect()
        };
        let mut all: serde_json::Map<String, Value> = tags
            .iter()
            .map(|(key, value)| (spell(key), json!(spell(value))))
            .collect();
        // Ours, so that what is deployed can be told from what is not.
        all.insert(
            "meshc".to_owned(),
            json!(spell(self.cell.mesh.name.as_str())),
        );
        Value::Object(all)
    }

    fn keys(&mut self) {
        let mut rings = Vec::new();
        for (name, location) in self.things.key_places() {
            let Some(key) = self
                .things
                .keys
                .iter()
                .find(|key| key.label == *name)
                .copied()
            else {
                continue;
            };
            let ring = label(std::iter::once("keys").chain(location));
            let place = location.map_or_else(|| self.location(None).to_owned(), str::to_owned);
            if !rings.contains(&ring) {
                let values = json!({"label": ring, "project": self.physical.project(), "name": self.physical.ring(location), "location": place});
                self.render(
                    "gcp/key-ring",
                    &values,
                    &[("google_kms_key_ring", &ring)],
                    &[],
                    &key.origin,
                );
                rings.push(ring.clone());
            }
            let own = key_label(name, location);
            let values = json!({
                "label": own, "name": self.physical.key(name.as_str(), location), "ring": ring,
                "rotation": format!("{}s", key.rotation.min(LONGEST_ROTATION).seconds()), "labels": self.labels(&key.tags),
            });
            self.render(
                "gcp/key",
                &values,
                &[("google_kms_crypto_key", &own)],
                &[format!("google_kms_key_ring.{ring}")],
                &key.origin,
            );
            for service in self.services(name, location) {
                let binding = resource(
                    "google_kms_crypto_key_iam_member",
                    &label([own.as_str(), service]),
                )
                .attr(
                    "crypto_key_id",
                    expr::reference(&format!("google_kms_crypto_key.{own}.id")),
                )
                .attr("role", "roles/cloudkms.cryptoKeyEncrypterDecrypter")
                .attr("member", agent(service, self.physical.number()));
                self.blocks
                    .push(binding.by(&key.origin.with_effect(Effect::GrantsAccess)));
            }
        }
    }

    /// The services that encrypt with a key in a place.
    fn services(&self, name: &Name, location: Option<&str>) -> Vec<&'static str> {
        let here = |key: &KeyUse, region: Option<&Spanned<String>>| {
            matches!(key, KeyUse::Own(label) if label == name)
                && region.map(|region| region.value.as_str()) == location
        };
        let storages = || {
            self.things
                .storages
                .iter()
                .filter(|storage| here(&storage.key, storage.region.as_ref()))
        };
        let files = storages().any(|storage| storage.form == Form::Files);
        let streams = self
            .things
            .streams
            .iter()
            .any(|stream| here(&stream.key, stream.region.as_ref()));
        let all = [
            (STORAGE, files),
            (BIGQUERY, storages().next().is_some()),
            (PUBSUB, streams),
        ];
        all.into_iter()
            .filter(|(_, used)| *used)
            .map(|(service, _)| service)
            .collect()
    }

    /// What a template needs to know of a key, and what it may refer to for that.
    fn key_values(
        &mut self,
        key: &KeyUse,
        region: Option<&Spanned<String>>,
        service: &str,
    ) -> (Value, Vec<String>) {
        match key {
            KeyUse::Provider => (Value::Bool(false), Vec::new()),
            KeyUse::Own(name) => {
                let own = key_label(name, region.map(|region| region.value.as_str()));
                let agent = label([own.as_str(), service]);
                let refers = vec![
                    format!("google_kms_crypto_key.{own}"),
                    format!("google_kms_crypto_key_iam_member.{agent}"),
                ];
                (json!({"label": own, "id": "", "agent": agent}), refers)
            }
            KeyUse::Existing(id) => {
                self.same_place(id, region);
                (
                    json!({"label": "", "id": id.value, "agent": ""}),
                    Vec::new(),
                )
            }
        }
    }

    /// cloud.google.com/storage/docs/encryption/customer-managed-keys and its twins: a key encrypts
    /// only what lies in its own location.
    fn same_place(&mut self, key: &Spanned<String>, region: Option<&Spanned<String>>) {
        let place = self.location(region).to_owned();
        let of_key = key.value.split('/').nth(3).unwrap_or_default();
        if of_key != place {
            let message = format!("the key lies in `{of_key}`, what it encrypts in `{place}`");
            self.out.push(
                Diagnostic::new(code::OUT_OF_CLOUD_RANGE, key.span, message)
                    .help("name a key of the same location"),
            );
        }
    }

    fn connection(&mut self, location: Option<&str>) {
        let own = lake_label(location);
        let place = location.map_or_else(|| self.location(None).to_owned(), str::to_owned);
        let span = self
            .cell
            .domain
            .as_ref()
            .map_or(self.cell.span, |domain| domain.span);
        let origin = self
            .root
            .origin(span, "domain", "reads files for tables over them");
        let values = json!({"label": own, "project": self.physical.project(), "name": self.physical.connection(location), "location": place});
        self.render(
            "gcp/lake-connection",
            &values,
            &[("google_bigquery_connection", &own)],
            &[],
            &origin,
        );
    }

    fn product(
        &mut self,
        product: &Address,
        zones: &[&Storage],
        own_views: Option<&std::collections::BTreeMap<String, views::View<'_>>>,
    ) {
        let Some(first) = zones.first() else { return };
        let labels = self.labels(&first.tags);
        let location = self.location(first.region.as_ref()).to_owned();
        masks::draw(self, product, zones, &location);
        for zone in zones.iter().filter(|zone| zone.form == Form::Files) {
            self.bucket(zone);
        }
        let (key, refers) = self.key_values(&first.key, first.region.as_ref(), BIGQUERY);
        let dataset = dataset_label(product);
        let values = |name: &str, label: &str| {
            json!({
                "label": label, "project": self.physical.project(), "name": name, "location": location, "description": first.comment,
                "time_travel_hours": time_travel_hours(first), "labels": labels, "key": key,
            })
        };
        let tables_values = values(self.physical.dataset(product), &dataset);
        let views_label = label([product_label(product).as_str(), "views"]);
        let views_values = values(self.physical.views(product), &views_label);
        let origin = product_origin(&first.origin, "dataset of the product");
        tables::dataset(self, &tables_values, &dataset, &refers, &origin, true);
        for zone in zones {
            match zone.form {
                Form::Files => {
                    let connection =
                        lake_label(zone.region.as_ref().map(|region| region.value.as_str()));
                    tables::over_files(
                        self,
                        zone,
                        &dataset,
                        &connection,
                        &tables::table_label(zone),
                        &labels,
                    );
                }
                Form::Table => {
                    // The dataset waits for the agent, and the table for the dataset.
                    let (key, refers) = self.key_values(&zone.key, zone.region.as_ref(), BIGQUERY);
                    tables::native(self, zone, &dataset, (key, refers), &labels);
                }
            }
        }
        if let Some(own_views) = own_views {
            let origin = product_origin(&first.origin, "views that show some columns")
                .with_effect(Effect::Plain);
            tables::dataset(self, &views_values, &views_label, &refers, &origin, false);
            views::draw(self, product, own_views, &views_label, &labels);
        }
    }

    fn bucket(&mut self, storage: &Storage) {
        let name = self.physical.bucket(storage);
        let span = storage.origin.span;
        if let Some(why) = naming::bucket_problem(name) {
            let message =
                format!("`{name}` is not a lawful name for a Cloud Storage bucket: {why}");
            self.out.push(
                Diagnostic::new(code::OUT_OF_CLOUD_RANGE, span, message)
                    .help("give the product, domain or prefix another name"),
            );
        }
        let own = tables::table_label(storage);
        let (soft, versions) = self.undelete(storage);
        let archive = storage
            .archive_after
            .and_then(|after| self.days("archive-after", after, span));
        let delete = storage
            .retention
            .and_then(|kept| self.days("retention", kept, span));
        let (key, refers) = self.key_values(&storage.key, storage.region.as_ref(), STORAGE);
        let values = json!({
            "label": own, "project": self.physical.project(), "name": name,
            // As the service answers.
            "location": self.location(storage.region.as_ref()).to_uppercase(),
            "labels": self.labels(&storage.tags), "soft_delete_seconds": soft, "versions_days": versions,
            "archive_days": archive, "delete_days": delete, "key": key,
        });
        self.render(
            "gcp/bucket",
            &values,
            &[("google_storage_bucket", &own)],
            &refers,
            &storage.origin,
        );
    }

    /// How replaced and deleted objects can be brought back: soft delete from 7 to 90 days, which
    /// nobody can cut short (cloud.google.com/storage/docs/soft-delete), else versions for a while.
    fn undelete(&mut self, storage: &Storage) -> (u64, Option<u64>) {
        match storage.undelete.seconds() {
            0 => (0, None),
            seconds @ 604_800..=7_776_000 => (seconds, None),
            _ => (
                0,
                self.days("undelete", storage.undelete, storage.origin.span),
            ),
        }
    }

    fn days(
        &mut self,
        what: &str,
        length: crate::blueprint::values::Duration,
        span: crate::source::Span,
    ) -> Option<u64> {
        // Zero days would send objects away at once, and a missing age is a zero to the service.
        if let Some(days) = length.whole_days().filter(|days| *days > 0) {
            return Some(days);
        }
        let message = format!("`{what}` is {length}, Cloud Storage counts whole days from 1");
        self.out.push(
            Diagnostic::new(code::OUT_OF_CLOUD_RANGE, span, message).help(format!(
                "change `{what}` of the product or of the layer it comes from"
            )),
        );
        None
    }

    fn stream(&mut self, stream: &Stream) {
        // cloud.google.com/pubsub/docs/replay-overview: 10 minutes to 31 days.
        let replay = stream.replay.value;
        if !(600..=2_678_400).contains(&replay.seconds()) {
            let message = format!("a topic keeps events from 10m to 31d, not for {replay}");
            let problem = Diagnostic::new(code::OUT_OF_CLOUD_RANGE, stream.replay.span, message);
            self.out.push(
                problem.help("change `replay`, or keep events longer as files of a `dataset`"),
            );
            return;
        }
        let own = topic_label(stream);
        let (key, refers) = self.key_values(&stream.key, stream.region.as_ref(), PUBSUB);
        let labels = self.labels(&stream.tags);
        let retention = format!("{}s", replay.seconds());
        let values = json!({
            "label": own, "project": self.physical.project(), "name": self.physical.topic(stream), "retention": retention,
            "location": self.location(stream.region.as_ref()), "labels": labels, "key": key,
        });
        self.render(
            "gcp/topic",
            &values,
            &[("google_pubsub_topic", &own)],
            &refers,
            &stream.origin,
        );
        for group in self.things.readers(&stream.address) {
            let name = label([own.as_str(), group.as_str()]);
            let values = json!({
                "label": name, "project": self.physical.project(), "name": self.physical.subscription(stream, group.as_str()),
                "topic": own, "retention": retention, "labels": labels,
                // Publishers send the column as ordering key; only a subscription can keep the order.
                "ordered": stream.ordering_key.is_some(),
            });
            let plain = stream.origin.with_effect(Effect::Plain);
            self.render(
                "gcp/subscription",
                &values,
                &[("google_pubsub_subscription", &name)],
                &[format!("google_pubsub_topic.{own}")],
                &plain,
            );
        }
    }
}

/// cloud.google.com/bigquery/docs/time-travel: 2 to 7 whole days; what is asked for beyond that is
/// cut to it, since BigQuery has no longer memory.
fn time_travel_hours(storage: &Storage) -> String {
    let days = storage.undelete.seconds().div_ceil(86_400).clamp(2, 7);
    (days * 24).to_string()
}

fn key_label(name: &Name, location: Option<&str>) -> String {
    label(std::iter::once(name.as_str()).chain(location))
}

fn lake_label(location: Option<&str>) -> String {
    label(std::iter::once("lake").chain(location))
}

/// The origin of what a product's zones share.
pub(super) fn product_origin(zone: &OriginRef, why: &str) -> OriginRef {
    let address = Address {
        port: None,
        ..zone.address.clone()
    };
    std::sync::Arc::new(Origin {
        address,
        why: why.to_owned(),
        ..Origin::clone(zone)
    })
}

/// The label of a product's dataset.
pub(super) fn dataset_label(address: &Address) -> String {
    label([product_label(address).as_str(), "tables"])
}

/// The label of a stream's topic.
pub(super) fn topic_label(stream: &Stream) -> String {
    label([
        product_label(&stream.address).as_str(),
        stream.zone.as_str(),
    ])
}
