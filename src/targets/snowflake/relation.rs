//! What has rows in a cell, whether they lie in a table or are computed by a view: the parts that both
//! have, so that names, tags, roles, masks and ports are written once.

use crate::address::Address;
use crate::artifact::OriginRef;
use crate::artifact::sql::{InSchema, Object};
use crate::ident::Name;
use crate::primitive::{CellSet, Column, PortView, Primitive, Storage, Tags, View};

/// One zone of a product.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relation<'a> {
    /// Why it exists.
    pub origin: &'a OriginRef,
    /// `domain/product:zone`, without environment.
    pub address: &'a Address,
    /// The product's name.
    pub product: &'a Name,
    /// The zone's name.
    pub zone: &'a Name,
    /// What it is, for people.
    pub comment: &'a str,
    /// The product's label.
    pub label: &'a Name,
    /// Its columns.
    pub columns: &'a [Column],
    /// The ports that show some of its columns.
    pub ports: &'a [PortView],
    /// The tags it carries.
    pub tags: &'a Tags,
    /// The view, where it is one.
    pub view: Option<&'a View>,
}

impl<'a> Relation<'a> {
    /// Every one of a cell, in the order of the blueprint.
    pub(super) fn all(cell: &'a CellSet) -> impl Iterator<Item = Self> {
        cell.primitives.iter().filter_map(|one| match one {
            Primitive::Storage(storage) => Some(Self::from(storage)),
            Primitive::View(view) => Some(Self::from(view)),
            _ => None,
        })
    }

    /// What its name is called in `mesh.lock`.
    pub(super) const fn role(self) -> &'static str {
        if self.view.is_some() { "view" } else { "table" }
    }

    /// The object that has the rows.
    pub(super) fn object(self, name: InSchema) -> Object {
        if self.view.is_some() {
            Object::View(name)
        } else {
            Object::Table(name)
        }
    }
}

impl<'a> From<&'a Storage> for Relation<'a> {
    fn from(it: &'a Storage) -> Self {
        Self {
            origin: &it.origin,
            address: &it.address,
            product: &it.product,
            zone: &it.zone,
            comment: &it.comment,
            label: &it.label,
            columns: &it.columns,
            ports: &it.ports,
            tags: &it.tags,
            view: None,
        }
    }
}

impl<'a> From<&'a View> for Relation<'a> {
    fn from(it: &'a View) -> Self {
        Self {
            origin: &it.origin,
            address: &it.address,
            product: &it.product,
            zone: &it.zone,
            comment: &it.comment,
            label: &it.label,
            columns: &it.columns,
            ports: &it.ports,
            tags: &it.tags,
            view: Some(it),
        }
    }
}
