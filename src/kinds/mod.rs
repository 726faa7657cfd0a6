//! Stage 3: kinds of product. Each is one file that says which options it reads, what it needs,
//! and into which primitives it expands; it knows no cloud.

mod dataset;
mod expand;
mod stream;
mod table;
mod view;

pub use expand::expand;

use crate::address::Address;
use crate::artifact::OriginRef;
use crate::blueprint::schema::Table;
use crate::blueprint::tree::cloud::Settings;
use crate::blueprint::values::Duration;
use crate::cell::TargetId;
use crate::diag::Diagnostics;
use crate::ident::Name;
use crate::mesh::capability::Capability;
use crate::mesh::governance::Defaults;
use crate::mesh::{Domain, Mesh, Product};
use crate::primitive::{Column, KeyUse, PortView, Primitive, Tags};
use crate::source::Spanned;

/// A kind of data product.
pub trait Kind: Sync {
    /// Its name in blueprints.
    fn name(&self) -> &'static str;

    /// One sentence for people.
    fn doc(&self) -> &'static str;

    /// The keys that it reads under `options:`.
    fn options(&self) -> &'static Table;

    /// The targets it can lie on.
    fn targets(&self) -> &'static [TargetId];

    /// What can be granted on it.
    fn capabilities(&self) -> &'static [Capability];

    /// Reports what is missing or wrong in a product of this kind, beyond its options' shapes.
    fn check(&self, product: &Product, options: &Settings, out: &mut Diagnostics);

    /// Reports what is wrong between a product of this kind and the rest of the mesh.
    fn check_in_mesh(
        &self,
        _mesh: &Mesh,
        _domain: &Domain,
        _product: &Product,
        _options: &Settings,
        _out: &mut Diagnostics,
    ) {
    }

    /// One zone of a product in one cell, as primitives.
    fn expand(&self, zone: &ZoneView<'_>) -> Vec<Primitive>;
}

/// Every kind, in the order in which they are listed to people.
pub const KINDS: &[&dyn Kind] = &[
    &dataset::Dataset,
    &stream::Stream,
    &table::Table,
    &view::View,
];

/// The kind of that name.
pub fn find(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.name() == name)
}

/// Every kind's name.
pub fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name()).collect()
}

/// What a kind sees of one zone of a product in one cell: everything is looked up and bounded.
#[derive(Debug)]
pub struct ZoneView<'a> {
    /// The mesh, for kinds whose products are made of others.
    pub mesh: &'a Mesh,
    /// The product's domain.
    pub domain: &'a Domain,
    /// The environment of the cell.
    pub env: &'a Name,
    /// The cloud of the cell.
    pub target: TargetId,
    /// The product.
    pub product: &'a Product,
    /// The options, by the kind's own table.
    pub options: &'a Settings,
    /// The zone.
    pub zone: &'a Name,
    /// `domain/product:zone`.
    pub address: Address,
    /// Why it exists.
    pub origin: OriginRef,
    /// The columns.
    pub columns: Vec<Column>,
    /// The ports that show this zone.
    pub ports: Vec<PortView>,
    /// Whose key encrypts it.
    pub key: KeyUse,
    /// Data is deleted after.
    pub retention: Option<Duration>,
    /// Data is archived after.
    pub archive_after: Option<Duration>,
    /// Operational settings.
    pub defaults: &'a Defaults,
    /// The tags.
    pub tags: Tags,
    /// The product's own region.
    pub region: Option<Spanned<String>>,
}

impl ZoneView<'_> {
    /// One line for people, from the product's description or title.
    pub fn comment(&self) -> String {
        let text = self
            .product
            .description
            .as_deref()
            .or(self.product.title.as_deref())
            .unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
