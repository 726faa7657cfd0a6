//! Private endpoints: the ways from a cell's subnet to what has no public one.
//!
//! In: what the resources root makes, and the cell's `subnet` and `dns-zones`. Without a subnet nothing
//! is made here, and whoever runs the network adds endpoints without touching these resources.

use serde_json::json;

use super::resources::Draft;
use crate::artifact::OriginRef;
use crate::primitive::Tags;
use crate::targets::terraform::label;

/// A part of a service that an endpoint of its own leads to, and the private DNS zone that finds it.
/// Source: learn.microsoft.com/azure/private-link/private-endpoint-overview (sub-resources) and
/// private-endpoint-dns (zones).
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    kind: &'static str,
    pub(super) part: &'static str,
    zone: &'static str,
}

/// Files of an account with a hierarchical namespace are reached by both, since clients of the second
/// still call the first.
pub(super) const FILES: [Way; 2] = [
    Way {
        kind: "azurerm_storage_account",
        part: "blob",
        zone: "privatelink.blob.core.windows.net",
    },
    Way {
        kind: "azurerm_storage_account",
        part: "dfs",
        zone: "privatelink.dfs.core.windows.net",
    },
];
pub(super) const KEYS: Way = Way {
    kind: "azurerm_key_vault",
    part: "vault",
    zone: "privatelink.vaultcore.azure.net",
};
pub(super) const EVENTS: Way = Way {
    kind: "azurerm_eventhub_namespace",
    part: "namespace",
    zone: "privatelink.servicebus.windows.net",
};

impl Draft<'_, '_> {
    /// An endpoint to a thing, in a resource group, where the cell has a subnet; the endpoint's label.
    /// Its name tells it from others in that group and stays when a product is renamed.
    pub(super) fn endpoint(
        &mut self,
        way: Way,
        (target, name): (&str, &str),
        group: &str,
        tags: &Tags,
        origin: &OriginRef,
    ) -> Option<String> {
        let subnet = self.cell.setting("subnet")?.to_owned();
        let zone = self.cell.setting("dns-zones").map(|group| {
            format!(
                "{group}/providers/Microsoft.Network/privateDnsZones/{}",
                way.zone
            )
        });
        let made = label([target, way.part]);
        let values = json!({
            "label": made, "name": name, "group": group, "location": self.location(None),
            "subnet": subnet, "tags": self.tags(tags), "type": way.kind, "target": target, "part": way.part,
            "zone": zone.unwrap_or_default(),
        });
        self.render(
            "azure/private-endpoint",
            &values,
            &[("azurerm_private_endpoint", &made)],
            &[
                format!("azurerm_resource_group.{group}"),
                format!("{}.{target}", way.kind),
            ],
            origin,
        );
        Some(made)
    }
}
