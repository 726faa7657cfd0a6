//! Products that came from another domain, or went to one: how Terraform finds what exists already,
//! and what the old root forgets. Within one subscription nothing is copied, since a product's
//! resource group, account and containers keep their names.

use super::Things;
use super::naming::{Physical, product_of};
use super::resources::{product_label_of, zone_label};
use crate::artifact::HclBlock;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::{CellSet, Move, Primitive};

/// Reports what no `import` can bring along: things of another subscription, and event hubs, which
/// cannot leave the namespace of their old domain.
pub(super) fn check(cell: &CellSet, out: &mut Diagnostics) {
    let own = cell.settings.text("subscription").unwrap_or_default();
    let anew = "make it a new product without `was`, copy the data, then retire the old one";
    for moved in cell
        .moved_in
        .iter()
        .filter(|moved| moved.from.domain != moved.to.domain)
    {
        let old = moved
            .old_cell
            .as_ref()
            .and_then(|cell| cell.get("subscription"));
        if let Some(old) = old.filter(|old| old.value != own) {
            let message = format!(
                "`{}` lies in subscription {}, its new domain in {own}",
                moved.from, old.value
            );
            let problem = Diagnostic::new(code::MOVED_ACROSS_ACCOUNTS, moved.span, message);
            out.push(problem.label(old.span, "the old subscription").help(anew));
        } else if moved
            .things
            .iter()
            .any(|thing| matches!(thing, Primitive::Stream(_)))
        {
            let message = format!(
                "`{}` lies in the Event Hubs namespace of its old domain, which an event hub cannot leave",
                moved.from
            );
            out.push(Diagnostic::new(code::MOVED_ACROSS_ACCOUNTS, moved.span, message).help(anew));
        }
    }
}

/// What the new resources root of a moved product imports, as `(type, label)`: exactly the blocks
/// for which [`import_id`] knows an id.
pub(super) fn imported(moved: &Move) -> Vec<(&'static str, String)> {
    let mut all = std::collections::BTreeSet::new();
    for thing in &moved.things {
        if let Primitive::Storage(storage) = thing {
            all.insert((
                "azurerm_resource_group",
                product_label_of(&storage.address, "group"),
            ));
            all.insert((
                "azurerm_storage_account",
                product_label_of(&storage.address, "account"),
            ));
            all.insert(("azurerm_storage_container", zone_label(&storage.address)));
        }
    }
    all.into_iter().collect()
}

/// How Terraform finds a thing of a product that came from another domain's state; nothing for what
/// is simply made anew.
pub(super) fn import_id(
    block: &HclBlock,
    things: &Things<'_>,
    physical: Physical<'_>,
) -> Option<String> {
    let labels: Vec<&str> = block
        .block
        .labels
        .iter()
        .map(hcl::structure::BlockLabel::as_str)
        .collect();
    let product = product_of(&block.origin.address);
    match labels.as_slice() {
        ["azurerm_resource_group", _] => Some(physical.product_group_id(&product)),
        ["azurerm_storage_account", _] => Some(physical.account_id(&product)),
        ["azurerm_storage_container", label] => {
            let storage = things
                .storages
                .iter()
                .find(|storage| zone_label(&storage.address) == **label)?;
            Some(physical.container_id(storage))
        }
        _ => None,
    }
}
