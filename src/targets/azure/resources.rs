//! The resources root: what products share, then each product's account, containers and hubs.
//!
//! Choices, for whoever asks why:
//! - One storage account per product: its key, location and lifecycle are the product's, and an
//!   account can be taken along when the product is renamed. `ZRS`, never a geo-redundant form,
//!   which would copy data out of the allowed regions. Old data goes to the cold tier, not to the
//!   archive tier: archived blobs are offline, and `ZRS` accounts have no archive.
//! - Nothing has a public endpoint: `public_network_access_enabled = false` leaves private endpoints
//!   (see `endpoints`), which others may add without touching these resources. The key vault keeps its
//!   endpoint behind a firewall that lets nobody in but trusted Azure services and the addresses in
//!   `var.key_vault_clients`, because making a key is a call to the vault itself.
//! - Event Hubs have customer's keys in the Premium tier only (and in dedicated clusters), so a
//!   namespace is Premium where a key is asked for, Standard otherwise.

use std::sync::Arc;

use serde_json::{Value, json};

use super::naming::{Hubs, Physical, product_of};
use super::{Things, endpoints, roles};
use crate::address::Address;
use crate::artifact::hcl::build::{expr, output, resource, variable};
use crate::artifact::{Effect, HclBlock, Origin, OriginRef};
use crate::blueprint::values::Duration;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::{CellSet, Key, KeyUse, Storage, Stream, Tags};
use crate::source::Span;
use crate::targets::Lowering;
use crate::targets::terraform::{Root, label, product_label};
use crate::template::Expected;

/// Labels of what products share. A product's own labels have a suffix and so never are one word.
const SHARED: &str = "shared";
const LOGS: &str = "logs";
const KEYS: &str = "keys";
const ENCRYPTION: &str = "encryption";

/// The variable with the addresses from which keys may be made.
const CLIENTS: &str = "key_vault_clients";

/// What rendering needs.
pub(super) struct Draft<'a, 'o> {
    pub(super) cell: &'a CellSet,
    cx: &'a Lowering<'a>,
    physical: Physical<'a>,
    root: Root<'a>,
    out: &'o mut Diagnostics,
    blocks: Vec<HclBlock>,
}

/// The blocks of the resources root.
pub(super) fn blocks(
    cell: &CellSet,
    things: &Things<'_>,
    cx: &Lowering<'_>,
    physical: Physical<'_>,
    root: Root<'_>,
    out: &mut Diagnostics,
) -> Vec<HclBlock> {
    if things.storages.is_empty() && things.streams.is_empty() {
        return Vec::new();
    }
    let mut draft = Draft {
        cell,
        cx,
        physical,
        root,
        out,
        blocks: Vec::new(),
    };
    draft.shared(things);
    let mut products: Vec<Address> = Vec::new();
    for storage in &things.storages {
        let product = product_of(&storage.address);
        if !products.contains(&product) {
            products.push(product);
        }
    }
    for product in &products {
        let zones: Vec<&Storage> = things
            .storages
            .iter()
            .copied()
            .filter(|storage| product_of(&storage.address) == *product)
            .collect();
        draft.product(product, &zones);
    }
    draft.streams(&things.streams);
    draft.blocks
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
        let rendered = self
            .cx
            .templates
            .render(template, values, &expected, origin, self.out);
        self.blocks.extend(rendered.into_iter().map(|one| HclBlock {
            origin: effect_of(&one),
            ..one
        }));
    }

    pub(super) fn location(&self, own: Option<&crate::source::Spanned<String>>) -> String {
        own.or(self.cell.region.as_ref())
            .map(|region| region.value.clone())
            .unwrap_or_default()
    }

    pub(super) fn tags(&self, tags: &Tags) -> Value {
        let mut all: serde_json::Map<String, Value> = tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), json!(value)))
            .collect();
        // Ours, so that what is deployed can be told from what is not.
        all.insert("meshc".to_owned(), json!(self.cell.mesh.name.as_str()));
        Value::Object(all)
    }

    fn shared(&mut self, things: &Things<'_>) {
        let span = self
            .cell
            .domain
            .as_ref()
            .map_or(self.cell.span, |domain| domain.span);
        let root = self.root;
        let because = |why: &str| root.origin(span, "domain", why);
        let origin = because("what the domain's products share");
        let tags = self.tags(&things.tags);
        let location = self.location(None);
        let group = format!("azurerm_resource_group.{SHARED}");
        let values = json!({"label": SHARED, "name": self.physical.shared_group(), "location": location, "tags": tags});
        self.render(
            "azure/resource-group",
            &values,
            &[("azurerm_resource_group", SHARED)],
            &[],
            &origin,
        );
        let values = json!({"label": LOGS, "name": self.physical.workspace(), "group": SHARED, "location": location, "tags": tags});
        self.render(
            "azure/log-workspace",
            &values,
            &[("azurerm_log_analytics_workspace", LOGS)],
            std::slice::from_ref(&group),
            &because("where access is logged"),
        );
        let brought = things
            .key_uses()
            .any(|key| matches!(key, KeyUse::Existing(_)));
        if things.keys.is_empty() && !brought {
            return;
        }
        let origin = because("uses the keys for the domain's accounts and namespaces");
        let values = json!({"label": ENCRYPTION, "name": self.physical.identity(), "group": SHARED, "location": location, "tags": tags});
        self.render(
            "azure/identity",
            &values,
            &[("azurerm_user_assigned_identity", ENCRYPTION)],
            std::slice::from_ref(&group),
            &origin,
        );
        if brought {
            // The key's owner must let this identity use it: we do not manage what was there before.
            let reference = expr::reference(&format!(
                "azurerm_user_assigned_identity.{ENCRYPTION}.principal_id"
            ));
            let text = "Principal that needs Key Vault Crypto Service Encryption User on the keys that were there before.";
            self.blocks.push(
                output("encryption_principal_id", reference)
                    .attr("description", text)
                    .by(&origin),
            );
        }
        if !things.keys.is_empty() {
            self.vault(
                things,
                &location,
                &tags,
                &because("where the domain's keys lie"),
            );
        }
    }

    fn vault(&mut self, things: &Things<'_>, location: &str, tags: &Value, origin: &OriginRef) {
        let guards = origin.with_effect(Effect::HoldsData);
        self.blocks.push(
            variable(CLIENTS)
                .attr("description", "Addresses or ranges from which whoever runs Terraform reaches the key vault, unless through a private endpoint.")
                .attr("type", expr::call("list", [expr::name("string")]))
                .attr("default", expr::list(Vec::<hcl::Expression>::new()))
                .by(origin),
        );
        let values = json!({
            "label": KEYS, "name": self.physical.vault(), "group": SHARED, "location": location,
            "tenant": self.cell.cloud.text("tenant").unwrap_or_default(), "workspace": LOGS, "tags": tags,
        });
        let made = [
            ("azurerm_key_vault", KEYS),
            ("azurerm_monitor_diagnostic_setting", KEYS),
        ];
        let refers = [
            format!("azurerm_resource_group.{SHARED}"),
            format!("azurerm_log_analytics_workspace.{LOGS}"),
            format!("var.{CLIENTS}"),
        ];
        self.render("azure/key-vault", &values, &made, &refers, &guards);
        let endpoint = self.endpoint(endpoints::KEYS, (KEYS, KEYS), SHARED, &things.tags, origin);
        for key in &things.keys {
            self.key(key, endpoint.as_deref());
        }
    }

    fn key(&mut self, key: &Key, endpoint: Option<&str>) {
        let label = label([key.label.as_str()]);
        let days = key.rotation.whole_days().unwrap_or(365);
        let values = json!({
            "label": label, "name": self.physical.key(key.label.as_str()), "vault": KEYS,
            "rotation": format!("P{days}D"), "tags": self.tags(&key.tags), "endpoint": endpoint.unwrap_or_default(),
        });
        let mut refers = vec![format!("azurerm_key_vault.{KEYS}")];
        refers.extend(endpoint.map(|endpoint| format!("azurerm_private_endpoint.{endpoint}")));
        self.render(
            "azure/key",
            &values,
            &[("azurerm_key_vault_key", &label)],
            &refers,
            &key.origin,
        );
        let assignment = resource("azurerm_role_assignment", &key_assignment(&label))
            .attr("scope", self.physical.key_id(key.label.as_str()))
            .attr(
                "role_definition_id",
                format!(
                    "{}/providers/Microsoft.Authorization/roleDefinitions/{}",
                    self.physical.subscription(),
                    roles::key_user()
                ),
            )
            .attr(
                "principal_id",
                expr::reference(&format!(
                    "azurerm_user_assigned_identity.{ENCRYPTION}.principal_id"
                )),
            )
            .attr("principal_type", "ServicePrincipal")
            .attr(
                "description",
                format!(
                    "lets the domain's accounts and namespaces use the key for {} data",
                    key.label
                ),
            )
            .attr(
                "depends_on",
                expr::list([expr::reference(&format!("azurerm_key_vault_key.{label}"))]),
            )
            .by(&key.origin.with_effect(Effect::GrantsAccess));
        self.blocks.push(assignment);
    }

    fn product(&mut self, product: &Address, zones: &[&Storage]) {
        let Some(first) = zones.first() else { return };
        let own = |suffix: &str| product_label_of(product, suffix);
        let origin = product_origin(&first.origin, "what the product's zones lie in");
        let location = self.location(first.region.as_ref());
        let tags = self.tags(&first.tags);
        let group = own("group");
        let values = json!({"label": group, "name": self.physical.group(product), "location": location, "tags": tags});
        self.render(
            "azure/resource-group",
            &values,
            &[("azurerm_resource_group", &group)],
            &[],
            &origin,
        );

        let (account, logs) = (own("account"), own("blobs"));
        let (key, mut refers) = key_values(&first.key);
        let undelete = self.days("undelete", first.undelete, 1..=365, first.origin.span);
        let values = json!({
            "label": account, "name": self.physical.account(product), "group": group, "location": location, "tags": tags,
            "undelete_days": undelete, "key": key, "logs": logs, "workspace": LOGS,
        });
        refers.extend([
            format!("azurerm_resource_group.{group}"),
            format!("azurerm_log_analytics_workspace.{LOGS}"),
        ]);
        let made = [
            ("azurerm_storage_account", account.as_str()),
            ("azurerm_monitor_diagnostic_setting", logs.as_str()),
        ];
        self.render("azure/storage-account", &values, &made, &refers, &origin);
        let reach = product_origin(&first.origin, "how the subnet reaches its files");
        let reach = reach.with_effect(Effect::Plain);
        for way in endpoints::FILES {
            self.endpoint(way, (&account, way.part), &group, &first.tags, &reach);
        }
        for zone in zones {
            self.container(zone, &account);
        }
        self.lifecycle(&own("lifecycle"), zones, &account, &origin);
    }

    fn container(&mut self, storage: &Storage, account: &str) {
        let label = zone_label(&storage.address);
        let values =
            json!({"label": label, "name": self.physical.container(storage), "account": account});
        self.render(
            "azure/storage-container",
            &values,
            &[("azurerm_storage_container", &label)],
            &[format!("azurerm_storage_account.{account}")],
            &storage.origin,
        );
    }

    /// One policy per account, since a second one would overwrite the first
    /// (`azurerm_storage_management_policy`: a storage account has exactly one, `default`).
    fn lifecycle(&mut self, label: &str, zones: &[&Storage], account: &str, origin: &OriginRef) {
        let mut rules = Vec::new();
        for zone in zones {
            let span = zone.origin.span;
            let cold = zone
                .archive_after
                .and_then(|after| self.days("archive-after", after, 0..=99_999, span));
            let delete = zone
                .retention
                .and_then(|kept| self.days("retention", kept, 1..=99_999, span));
            if cold.is_some() || delete.is_some() {
                let name = self.physical.container(zone);
                // The prefix ends with a slash, or it would match a container whose name goes on.
                rules.push(json!({"name": name, "prefix": format!("{name}/"), "cold_days": cold, "delete_days": delete}));
            }
        }
        if rules.is_empty() {
            return;
        }
        let values = json!({"label": label, "account": account, "rules": rules});
        let plain = Arc::new(Origin {
            why: "how its files age".to_owned(),
            effect: Effect::Plain,
            ..Origin::clone(origin)
        });
        self.render(
            "azure/storage-lifecycle",
            &values,
            &[("azurerm_storage_management_policy", label)],
            &[format!("azurerm_storage_account.{account}")],
            &plain,
        );
    }

    fn streams(&mut self, streams: &[&Stream]) {
        let mut made: Vec<Hubs> = Vec::new();
        for stream in streams {
            let hubs = Hubs::of(stream);
            if !made.contains(&hubs) {
                self.namespace(&hubs, stream);
                made.push(hubs.clone());
            }
            self.hub(&hubs, stream);
        }
        for hubs in &made {
            let inside: Vec<&&Stream> = streams
                .iter()
                .filter(|stream| Hubs::of(stream) == *hubs)
                .collect();
            // Azure docs, Event Hubs quotas: 10 hubs per Standard namespace, 100 per Premium unit.
            let most = if inside.iter().any(|stream| stream.key != KeyUse::Provider) {
                100
            } else {
                10
            };
            if let Some(over) = inside.get(most) {
                let message = format!(
                    "{} event hubs share one namespace, it holds {most}",
                    inside.len()
                );
                self.out.push(
                    Diagnostic::new(code::LIMIT_EXCEEDED, over.origin.span, message)
                        .help("put some of them into another domain"),
                );
            }
        }
    }

    fn namespace(&mut self, hubs: &Hubs, stream: &Stream) {
        let label = hubs.label();
        let logs = format!("{label}_hubs");
        let why = match stream.key {
            KeyUse::Provider => "where the domain's streams lie",
            KeyUse::Own(_) => "where the domain's streams with this key lie",
            KeyUse::Existing(_) => "where the product's streams lie, with the key it brings",
        };
        let origin = match hubs.product() {
            Some(_) => product_origin(&stream.origin, why),
            None => self
                .root
                .origin(stream.origin.span, stream.origin.maker, why),
        };
        let origin = origin.with_effect(Effect::HoldsData);
        let (key, mut refers) = key_values(&stream.key);
        let encrypted = stream.key != KeyUse::Provider;
        let values = json!({
            "label": label, "name": self.physical.namespace(hubs), "group": SHARED, "location": self.location(stream.region.as_ref()),
            "sku": if encrypted { "Premium" } else { "Standard" }, "key": key, "logs": logs, "workspace": LOGS,
            "tags": self.tags(&stream.tags),
        });
        let mut made = vec![
            ("azurerm_eventhub_namespace", label.as_str()),
            ("azurerm_monitor_diagnostic_setting", logs.as_str()),
        ];
        if encrypted {
            made.push((
                "azurerm_eventhub_namespace_customer_managed_key",
                label.as_str(),
            ));
        }
        refers.extend([
            format!("azurerm_resource_group.{SHARED}"),
            format!("azurerm_log_analytics_workspace.{LOGS}"),
        ]);
        self.render("azure/event-hubs", &values, &made, &refers, &origin);
        let reach = origin.with_effect(Effect::Plain);
        let name = self.physical.namespace(hubs).to_owned();
        self.endpoint(
            endpoints::EVENTS,
            (&label, &name),
            SHARED,
            &stream.tags,
            &reach,
        );
    }

    fn hub(&mut self, hubs: &Hubs, stream: &Stream) {
        let (label, namespace) = (zone_label(&stream.address), hubs.label());
        let encrypted = stream.key != KeyUse::Provider;
        // Azure docs, Event Hubs quotas: up to 7 days in Standard, 90 days in Premium.
        let most = if encrypted { 90 * 24 } else { 7 * 24 };
        let replay = stream.replay.value;
        let Some(hours) = replay
            .whole_hours()
            .filter(|hours| (1..=most).contains(hours))
        else {
            let message = format!(
                "an event hub keeps events for whole hours, from 1h to {most}h here, not for {replay}"
            );
            let problem = Diagnostic::new(code::OUT_OF_CLOUD_RANGE, stream.replay.span, message);
            self.out.push(
                problem.help("change `replay`, or keep events longer as files of a `dataset`"),
            );
            return;
        };
        let values = json!({"label": label, "name": self.physical.hub(stream), "namespace": namespace, "replay_hours": hours, "encrypted": encrypted});
        let mut refers = vec![format!("azurerm_eventhub_namespace.{namespace}")];
        if encrypted {
            refers.push(format!(
                "azurerm_eventhub_namespace_customer_managed_key.{namespace}"
            ));
        }
        self.render(
            "azure/event-hub",
            &values,
            &[("azurerm_eventhub", &label)],
            &refers,
            &stream.origin,
        );
    }

    /// Azure counts lifecycles in days; a zero means that nothing is asked for.
    fn days(
        &mut self,
        what: &str,
        length: Duration,
        lawful: std::ops::RangeInclusive<u64>,
        span: Span,
    ) -> Option<u64> {
        if length.seconds() == 0 && what == "undelete" {
            return None;
        }
        if let Some(days) = length.whole_days().filter(|days| lawful.contains(days)) {
            return Some(days);
        }
        let message = format!(
            "`{what}` is {length}, Azure storage counts whole days from {} to {}",
            lawful.start(),
            lawful.end()
        );
        self.out.push(
            Diagnostic::new(code::OUT_OF_CLOUD_RANGE, span, message).help(format!(
                "change `{what}` of the product or of the layer it comes from"
            )),
        );
        None
    }
}

/// What a rendered block does where that differs from what its template is for.
fn effect_of(block: &HclBlock) -> OriginRef {
    let kind = block
        .block
        .labels
        .first()
        .map(hcl::structure::BlockLabel::as_str)
        .unwrap_or_default();
    match kind {
        "azurerm_monitor_diagnostic_setting"
        | "azurerm_eventhub_namespace_customer_managed_key" => {
            block.origin.with_effect(Effect::Guards)
        }
        _ => block.origin.clone(),
    }
}

/// What a template needs to know of a key, and what it may refer to for that.
fn key_values(key: &KeyUse) -> (Value, Vec<String>) {
    let identity = format!("azurerm_user_assigned_identity.{ENCRYPTION}");
    match key {
        KeyUse::Provider => (Value::Bool(false), Vec::new()),
        KeyUse::Own(name) => {
            let label = label([name.as_str()]);
            let assignment = key_assignment(&label);
            let refers = vec![
                identity,
                format!("azurerm_key_vault_key.{label}"),
                format!("azurerm_role_assignment.{assignment}"),
            ];
            (
                json!({"label": label, "id": "", "identity": ENCRYPTION, "assignment": assignment}),
                refers,
            )
        }
        KeyUse::Existing(id) => (
            json!({"label": "", "id": id.value, "identity": ENCRYPTION, "assignment": ""}),
            vec![identity],
        ),
    }
}

/// The label of the assignment that lets the identity use a key.
fn key_assignment(key: &str) -> String {
    format!("{ENCRYPTION}_{key}")
}

/// The label of something that a product's zones share.
pub(super) fn product_label_of(address: &Address, suffix: &str) -> String {
    label([product_label(address).as_str(), suffix])
}

/// The label of a zone's container or hub.
pub(super) fn zone_label(address: &Address) -> String {
    let zone = address.port.as_ref().map_or("", |zone| zone.as_str());
    label([product_label(address).as_str(), zone])
}

/// The origin of what a product's zones share.
fn product_origin(zone: &OriginRef, why: &str) -> OriginRef {
    let address = Address {
        port: None,
        ..zone.address.clone()
    };
    Arc::new(Origin {
        address,
        why: why.to_owned(),
        ..Origin::clone(zone)
    })
}
