//! What things are called on Google Cloud, and their full resource names, which follow from that.

use crate::address::Address;
use crate::cell::CellId;
use crate::naming::{NameRequest, NameRule, Names, Scope};
use crate::primitive::{CellSet, Storage, Stream};
use crate::source::Span;

use super::Things;

const fn rule(
    what: &'static str,
    least: usize,
    most: usize,
    separator: char,
    scope: Scope,
    source: &'static str,
) -> NameRule {
    NameRule {
        what,
        least,
        most,
        separator: Some(separator),
        upper: false,
        scope,
        source,
    }
}

static BUCKET: NameRule = rule(
    "a Cloud Storage bucket",
    3,
    63,
    '-',
    Scope::World,
    "cloud.google.com/storage/docs/buckets#naming",
);
static RING: NameRule = rule(
    "a Cloud KMS key ring",
    1,
    63,
    '-',
    Scope::Account,
    "cloud.google.com/kms/docs/reference/rest, key ring ids",
);
static KEY: NameRule = rule(
    "a Cloud KMS key",
    1,
    63,
    '-',
    Scope::Cell,
    "cloud.google.com/kms/docs/reference/rest, crypto key ids",
);
static DATASET: NameRule = rule(
    "a BigQuery dataset",
    1,
    1024,
    '_',
    Scope::Account,
    "cloud.google.com/bigquery/docs/datasets#dataset-naming",
);
static CONNECTION: NameRule = rule(
    "a BigQuery connection",
    1,
    100,
    '-',
    Scope::Account,
    "cloud.google.com/bigquery/docs/reference/bigqueryconnection/rest",
);
static TOPIC: NameRule = rule(
    "a Pub/Sub topic",
    3,
    255,
    '-',
    Scope::Account,
    "cloud.google.com/pubsub/docs/pubsub-basics#resource_names",
);
static SUBSCRIPTION: NameRule = rule(
    "a Pub/Sub subscription",
    3,
    255,
    '-',
    Scope::Account,
    "cloud.google.com/pubsub/docs/pubsub-basics#resource_names",
);
static TAXONOMY: NameRule = rule(
    "a policy tag taxonomy",
    1,
    200,
    '-',
    Scope::Account,
    "cloud.google.com/data-catalog/docs/reference/rest/v1/projects.locations.taxonomies",
);
static DATA_POLICY: NameRule = rule(
    "a BigQuery data policy",
    1,
    63,
    '_',
    Scope::Account,
    "cloud.google.com/bigquery/docs/reference/bigquerydatapolicy/rest",
);
static ROLE: NameRule = rule(
    "a custom role",
    3,
    64,
    '_',
    Scope::World,
    "cloud.google.com/iam/docs/creating-custom-roles: [a-zA-Z0-9_.]{3,64}",
);

fn parts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

/// Environment and domain.
fn place(cell: &CellSet) -> Vec<String> {
    let domain = cell
        .id
        .domain
        .iter()
        .flat_map(crate::cell::DomainName::parts);
    parts(std::iter::once(cell.id.env.as_str()).chain(domain))
}

/// The mesh's prefix before that.
fn stem(cell: &CellSet) -> Vec<String> {
    std::iter::once(cell.mesh.prefix.to_string())
        .chain(place(cell))
        .collect()
}

fn with(mut stem: Vec<String>, last: &str) -> Vec<String> {
    stem.push(last.to_owned());
    stem
}

fn product_part(address: &Address) -> String {
    let name = address.product.as_ref().map_or("", |name| name.as_str());
    match address.major {
        Some(major) => format!("{name}-v{major}"),
        None => name.to_owned(),
    }
}

/// The product of a zone or port.
pub(super) fn product_of(address: &Address) -> Address {
    Address {
        env: None,
        port: None,
        column: None,
        target: None,
        ..address.clone()
    }
}

/// The domain of a cell.
fn domain_of(cell: &CellSet) -> Address {
    cell.id
        .domain
        .as_ref()
        .map(Address::domain)
        .unwrap_or_default()
}

/// What a role is called that differs by location only where a product lies elsewhere.
fn located(role: &str, location: Option<&str>) -> String {
    location.map_or_else(|| role.to_owned(), |location| format!("{role}-{location}"))
}

/// A zone or view as BigQuery names tables: names have no underscore, so this loses nothing.
pub(super) fn table_id(zone: &str) -> String {
    zone.replace('-', "_")
}

/// Every name that a domain's cell needs.
pub(super) fn of_cell(cell: &CellSet) -> Vec<NameRequest> {
    let things = Things::of(cell);
    let mut requests = Vec::new();
    let span = cell.domain.as_ref().map_or(cell.span, |domain| domain.span);
    let mut ask =
        |owner: &Address, role: &str, parts: Vec<String>, rule: &'static NameRule, span: Span| {
            requests.push(NameRequest {
                owner: owner.clone(),
                role: role.to_owned(),
                parts,
                rule,
                span,
            });
        };
    let domain = domain_of(cell);
    for (label, location) in things.key_places() {
        let (ring, key) = (
            located("key-ring", location),
            located(&format!("key-{label}"), location),
        );
        let (mut ring_parts, mut key_parts) = (stem(cell), parts([label.as_str()]));
        ring_parts.extend(location.map(str::to_owned));
        key_parts.extend(location.map(str::to_owned));
        ask(&domain, &ring, ring_parts, &RING, span);
        ask(&domain, &key, key_parts, &KEY, span);
    }
    for location in things.lake_places() {
        let mut words = with(place(cell), "lake");
        words.extend(location.map(str::to_owned));
        ask(
            &domain,
            &located("connection", location),
            words,
            &CONNECTION,
            span,
        );
    }
    let mut products = std::collections::BTreeSet::new();
    for storage in &things.storages {
        let (product, span) = (product_of(&storage.address), storage.origin.span);
        let words = with(place(cell), &product_part(&product));
        if products.insert(product.clone()) {
            ask(&product, "dataset", words.clone(), &DATASET, span);
            ask(
                &product,
                "views",
                with(words.clone(), "views"),
                &DATASET,
                span,
            );
            ask(&product, "taxonomy", words.clone(), &TAXONOMY, span);
        }
        let bucket = with(
            with(stem(cell), &product_part(&product)),
            storage.zone.as_str(),
        );
        ask(&storage.address, "bucket", bucket, &BUCKET, span);
        for mask in things
            .masks
            .iter()
            .filter(|mask| mask.resource == storage.address)
        {
            let words = with(
                with(words.clone(), storage.zone.as_str()),
                mask.label.as_str(),
            );
            ask(
                &storage.address,
                &format!("data-policy-{}", mask.label),
                words,
                &DATA_POLICY,
                span,
            );
        }
    }
    for stream in &things.streams {
        let words = with(
            with(stem(cell), &product_part(&stream.address)),
            stream.zone.as_str(),
        );
        ask(
            &stream.address,
            "topic",
            words.clone(),
            &TOPIC,
            stream.origin.span,
        );
        for group in things.readers(&stream.address) {
            let name = with(words.clone(), group.as_str());
            ask(
                &stream.address,
                &format!("subscription-{group}"),
                name,
                &SUBSCRIPTION,
                stream.origin.span,
            );
        }
    }
    requests
}

/// Every custom role's id.
pub(super) fn above<'r>(
    cell: &CellSet,
    roles: impl IntoIterator<Item = (&'r str, &'r str)>,
) -> Vec<NameRequest> {
    let request = |(thing, slug): (&str, &str)| NameRequest {
        owner: Address::default(),
        role: format!("role-{thing}-{slug}"),
        parts: parts([cell.mesh.name.as_str(), cell.id.env.as_str(), thing, slug]),
        rule: &ROLE,
        span: cell.cloud.span,
    };
    roles.into_iter().map(request).collect()
}

/// What is wrong with a bucket's name beyond its characters.
///
/// cloud.google.com/storage/docs/buckets#naming: no name starts with `goog` or holds `google` or a
/// look-alike.
pub(super) fn bucket_problem(name: &str) -> Option<&'static str> {
    let plain = name.replace('0', "o").replace('1', "l");
    if name.starts_with("goog") {
        return Some("it starts with `goog`");
    }
    plain
        .contains("google")
        .then_some("it holds `google` or something that looks like it")
}

/// The names of one cell's things.
#[derive(Debug, Clone, Copy)]
pub(super) struct Physical<'a> {
    cell: &'a CellSet,
    names: &'a Names,
}

impl<'a> Physical<'a> {
    pub(super) fn new(cell: &'a CellSet, names: &'a Names) -> Self {
        Self { cell, names }
    }

    fn name(self, owner: &Address, role: &str) -> &'a str {
        self.names.get(&self.cell.id, owner, role)
    }

    pub(super) fn project(self) -> &'a str {
        self.cell.settings.text("project").unwrap_or_default()
    }

    pub(super) fn number(self) -> &'a str {
        self.cell.settings.text("number").unwrap_or_default()
    }

    pub(super) fn ring(self, location: Option<&str>) -> &'a str {
        self.name(&domain_of(self.cell), &located("key-ring", location))
    }

    pub(super) fn key(self, label: &str, location: Option<&str>) -> &'a str {
        self.name(
            &domain_of(self.cell),
            &located(&format!("key-{label}"), location),
        )
    }

    pub(super) fn connection(self, location: Option<&str>) -> &'a str {
        self.name(&domain_of(self.cell), &located("connection", location))
    }

    pub(super) fn bucket(self, storage: &Storage) -> &'a str {
        self.name(&storage.address, "bucket")
    }

    pub(super) fn dataset(self, product: &Address) -> &'a str {
        self.name(product, "dataset")
    }

    pub(super) fn views(self, product: &Address) -> &'a str {
        self.name(product, "views")
    }

    pub(super) fn taxonomy(self, product: &Address) -> &'a str {
        self.name(product, "taxonomy")
    }

    pub(super) fn data_policy(self, zone: &Address, label: &str) -> &'a str {
        self.name(zone, &format!("data-policy-{label}"))
    }

    pub(super) fn topic(self, stream: &Stream) -> &'a str {
        self.name(&stream.address, "topic")
    }

    pub(super) fn subscription(self, stream: &Stream, group: &str) -> &'a str {
        self.name(&stream.address, &format!("subscription-{group}"))
    }

    /// A custom role's id, without its organization.
    pub(super) fn role_id(self, thing: &str, slug: &str) -> &'a str {
        let above = CellId {
            domain: None,
            ..self.cell.id.clone()
        };
        self.names
            .get(&above, &Address::default(), &format!("role-{thing}-{slug}"))
    }

    /// A custom role as bindings name it.
    pub(super) fn role(self, thing: &str, slug: &str) -> String {
        let organization = self.cell.cloud.text("organization").unwrap_or_default();
        format!(
            "organizations/{organization}/roles/{}",
            self.role_id(thing, slug)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn googles_own_words_are_found_in_bucket_names() {
        for bad in [
            "goog-x",
            "acme-google-ads",
            "acme-g00gle",
            "acme-goog1e-raw",
        ] {
            assert!(bucket_problem(bad).is_some(), "{bad}");
        }
        assert_eq!(bucket_problem("acme-dev-support-tickets-raw"), None);
    }
}
