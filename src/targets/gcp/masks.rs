//! Columns that are hidden: a policy tag per zone and label, so that seeing one product's columns in
//! clear says nothing about another's, and a data policy that shows NULL to everybody else.
//!
//! Source: cloud.google.com/bigquery/docs/column-level-security-intro and
//! …/column-data-masking-intro: whoever has neither fine-grained access to a tag nor the masked
//! reader's right on its data policy cannot query the column at all.

use serde_json::json;

use super::naming::{self, product_of};
use super::resources::Draft;
use crate::address::Address;
use crate::artifact::Effect;
use crate::artifact::hcl::build::{block, expr, output, resource};
use crate::ident::Name;
use crate::primitive::{Mask, Storage};
use crate::targets::terraform::{label, product_label};

/// The label of a mask's tag and data policy.
pub(super) fn tag_label(zone: &Address, mask: &Name) -> String {
    let port = zone.port.as_ref().map_or("", |zone| zone.as_str());
    label([product_label(zone).as_str(), port, mask.as_str()])
}

/// The hole for a tag's full name, which only the service knows.
pub(super) fn hole(zone: &Address, mask: &Name) -> String {
    format!("policy_tag_{}", tag_label(zone, mask))
}

/// The mask of a column.
pub(super) fn of_column<'m>(
    storage: &Storage,
    column: &str,
    masks: &[&'m Mask],
) -> Option<&'m Mask> {
    masks.iter().copied().find(|mask| {
        mask.resource == storage.address && mask.columns.iter().any(|one| one.name == column)
    })
}

/// The masks of a product.
fn of_product<'m>(product: &Address, masks: &[&'m Mask], storages: &[&Storage]) -> Vec<&'m Mask> {
    let lies = |mask: &&&Mask| {
        storages
            .iter()
            .any(|storage| storage.address == mask.resource)
    };
    masks
        .iter()
        .filter(lies)
        .copied()
        .filter(|mask| product_of(&mask.resource) == *product)
        .collect()
}

/// Taxonomy, tags and data policies of a product, if it hides anything.
pub(super) fn draw(
    draft: &mut Draft<'_, '_>,
    product: &Address,
    zones: &[&Storage],
    location: &str,
) {
    let masks = of_product(product, &draft.things.masks, &draft.things.storages);
    let (Some(first), Some(zone)) = (masks.first(), zones.first()) else {
        return;
    };
    let taxonomy = label([product_label(product).as_str(), "columns"]);
    let origin =
        super::resources::product_origin(&zone.origin, "what its hidden columns are tagged with")
            .with_effect(Effect::Guards);
    let values = json!({"label": taxonomy, "project": draft.physical.project(), "location": location, "name": draft.physical.taxonomy(product)});
    draft.render(
        "gcp/taxonomy",
        &values,
        &[("google_data_catalog_taxonomy", &taxonomy)],
        &[],
        &origin,
    );
    for mask in &masks {
        let name = tag_label(&mask.resource, &mask.label);
        let zone = mask.resource.port.as_ref().map_or("", |zone| zone.as_str());
        let tag = resource("google_data_catalog_policy_tag", &name)
            .attr(
                "taxonomy",
                expr::reference(&format!("google_data_catalog_taxonomy.{taxonomy}.id")),
            )
            .attr("display_name", format!("{zone} {}", mask.label))
            .attr(
                "description",
                format!("{} columns of {}", mask.label, mask.resource),
            )
            // Without its tag a column is open to everybody who reads the table.
            .block(block("lifecycle").attr("prevent_destroy", true));
        let reference = expr::reference(&format!("google_data_catalog_policy_tag.{name}.name"));
        let policy = resource("google_bigquery_datapolicy_data_policy", &name)
            .attr("project", draft.physical.project())
            .attr("location", location)
            .attr(
                "data_policy_id",
                draft
                    .physical
                    .data_policy(&mask.resource, mask.label.as_str()),
            )
            .attr("policy_tag", reference.clone())
            .attr("data_policy_type", "DATA_MASKING_POLICY")
            .block(block("data_masking_policy").attr("predefined_expression", "ALWAYS_NULL"));
        let shown = output(&hole(&mask.resource, &mask.label), reference)
            .attr("description", "The policy tag, for the access root.");
        draft.blocks.extend([
            tag.by(&mask.origin),
            policy.by(&mask.origin),
            shown.by(&mask.origin.with_effect(Effect::Plain)),
        ]);
    }
    // cloud.google.com/bigquery/quotas: 100 policy tags per taxonomy.
    if masks.len() > 100 {
        let message = format!(
            "`{product}` hides columns of {} zones and labels, a taxonomy holds 100",
            masks.len()
        );
        draft.out.push(
            crate::diag::Diagnostic::new(
                crate::diag::code::LIMIT_EXCEEDED,
                first.origin.span,
                message,
            )
            .help("split the product"),
        );
    }
}

/// The text of a table's schema with the tags' names filled in.
pub(super) fn schema_text(storage: &Storage, masks: &[&Mask], path: &str) -> hcl::Expression {
    let own = masks
        .iter()
        .filter(|mask| mask.resource == storage.address && naming_has(storage, mask));
    own.fold(crate::targets::terraform::file(path), |text, mask| {
        let token = hcl::Expression::String(format!("@@{}@@", hole(&mask.resource, &mask.label)));
        let tag = format!(
            "google_data_catalog_policy_tag.{}.name",
            tag_label(&mask.resource, &mask.label)
        );
        expr::call("replace", [text, token, expr::reference(&tag)])
    })
}

/// Whether a column of the mask is in the schema at all.
fn naming_has(storage: &Storage, mask: &Mask) -> bool {
    super::schema::columns(storage)
        .any(|column| mask.columns.iter().any(|one| one.name == column.name))
}

/// Where a storage lies.
pub(super) fn location_of<'l>(storage: &'l Storage, cell: Option<&'l str>) -> &'l str {
    storage
        .region
        .as_ref()
        .map(|region| region.value.as_str())
        .or(cell)
        .unwrap_or_default()
}

/// The id under which a mask's data policy is granted.
pub(super) fn data_policy_id<'a>(physical: naming::Physical<'a>, mask: &Mask) -> &'a str {
    physical.data_policy(&mask.resource, mask.label.as_str())
}
