//! A part of a table's columns, as a view in a dataset of its own that is authorized on the table's
//! dataset: whoever may read the view needs no right on the table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::Things;
use super::naming::{product_of, table_id};
use super::resources::Draft;
use crate::address::Address;
use crate::mesh::capability::Atom;
use crate::primitive::{Grant, Storage};
use crate::targets::terraform::{label, product_label};

/// A view and what it shows.
#[derive(Debug, Clone)]
pub(super) struct View<'a> {
    /// Its table.
    pub storage: &'a Storage,
    /// Its id in the dataset of views.
    pub id: String,
    /// Its columns, in the table's order.
    pub columns: Vec<&'a str>,
}

impl View<'_> {
    /// Its label.
    pub(super) fn label(&self) -> String {
        label([product_label(&self.storage.address).as_str(), &self.id])
    }
}

/// The view through which a grant reads, if it reads some columns only.
pub(super) fn of_grant<'a>(grant: &Grant, storage: &'a Storage) -> Option<View<'a>> {
    let only = grant
        .columns
        .as_ref()
        .filter(|_| grant.has(Atom::ReadData))?;
    let columns: Vec<&str> = storage
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| only.iter().any(|one| one == name))
        .collect();
    let same = |port: &&crate::primitive::PortView| {
        port.name == grant.port
            && port.columns.len() == columns.len()
            && columns
                .iter()
                .all(|name| port.columns.iter().any(|one| one == name))
    };
    let id = match storage.ports.iter().find(same) {
        Some(port) => table_id(port.name.as_str()),
        // An agreement on some columns of a port: the same columns give the same view.
        None => format!("{}_{}", table_id(grant.port.as_str()), short_hash(&columns)),
    };
    Some(View {
        storage,
        id,
        columns,
    })
}

/// Eight hexadecimal digits that stand for some words.
pub(super) fn short_hash(words: &[&str]) -> String {
    let digest = Sha256::digest(words.join("\u{1f}").as_bytes());
    digest.iter().take(4).fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The views of a cell by product, each once.
pub(super) fn by_product<'a>(things: &Things<'a>) -> BTreeMap<Address, BTreeMap<String, View<'a>>> {
    let mut views: BTreeMap<Address, BTreeMap<String, View<'a>>> = BTreeMap::new();
    for grant in &things.grants {
        let Some(storage) = things.storage(&grant.resource) else {
            continue;
        };
        if let Some(view) = of_grant(grant, storage) {
            views
                .entry(product_of(&storage.address))
                .or_default()
                .insert(view.id.clone(), view);
        }
    }
    views
}

/// The views of a product; their dataset is there already.
pub(super) fn draw(
    draft: &mut Draft<'_, '_>,
    product: &Address,
    views: &BTreeMap<String, View<'_>>,
    dataset: &str,
    labels: &serde_json::Value,
) {
    for view in views.values() {
        let name = view.label();
        let table = super::tables::table_label(view.storage);
        let names: Vec<String> = view
            .columns
            .iter()
            .map(|column| format!("`{column}`"))
            .collect();
        let source = format!(
            "{}.{}.{}",
            draft.physical.project(),
            draft.physical.dataset(product),
            table_id(view.storage.zone.as_str())
        );
        let values = json!({
            "label": name, "project": draft.physical.project(), "dataset": dataset, "name": view.id, "labels": labels,
            "description": format!("{} of {}", view.columns.join(", "), view.storage.address),
            "query": format!("SELECT {} FROM `{source}`", names.join(", ")), "table": table,
        });
        let made = [("google_bigquery_table", name.as_str())];
        let refers = [
            format!("google_bigquery_dataset.{dataset}"),
            format!("google_bigquery_table.{table}"),
        ];
        let origin = view
            .storage
            .origin
            .with_effect(crate::artifact::Effect::Plain);
        draft.render("gcp/view", &values, &made, &refers, &origin);
    }
}
