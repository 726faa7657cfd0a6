//! What things are called on Azure, and their resource ids, which follow from the names.
//!
//! Every name that must be unique in the world starts with the mesh's prefix. What belongs to a
//! product is named after the product, its resource group included, so that the product keeps all
//! of it when it is renamed or moves to another domain of the same subscription.

use crate::address::Address;
use crate::naming::{NameRequest, NameRule, Names, Scope};
use crate::primitive::{CellSet, KeyUse, Primitive, Storage, Stream};
use crate::source::Span;
use crate::targets::terraform::{label, product_label};

const RULES: &str = "Azure docs, Naming rules and restrictions for Azure resources";

const fn rule(what: &'static str, least: usize, most: usize, scope: Scope) -> NameRule {
    NameRule {
        what,
        least,
        most,
        separator: Some('-'),
        upper: false,
        scope,
        source: RULES,
    }
}

static GROUP: NameRule = rule("an Azure resource group", 1, 90, Scope::Account);
static ACCOUNT: NameRule = NameRule {
    separator: None,
    ..rule("an Azure storage account", 3, 24, Scope::World)
};
static CONTAINER: NameRule = rule("an Azure blob container", 3, 63, Scope::Cell);
static VAULT: NameRule = rule("an Azure key vault", 3, 24, Scope::World);
static KEY: NameRule = rule("a Key Vault key", 1, 127, Scope::Cell);
static IDENTITY: NameRule = rule("an Azure managed identity", 3, 128, Scope::Account);
static WORKSPACE: NameRule = rule("a Log Analytics workspace", 4, 63, Scope::Account);
static NAMESPACE: NameRule = rule("an Event Hubs namespace", 6, 50, Scope::World);
// Newer pages say 256; the older 50 is lawful under both.
static HUB: NameRule = rule("an event hub", 1, 50, Scope::Cell);
// Terraform provider azurerm, management_group_policy_assignment: at most 24 at a management group.
static ASSIGNMENT: NameRule = rule("an Azure policy assignment", 1, 24, Scope::World);
static DEFINITION: NameRule = rule("an Azure policy definition", 1, 64, Scope::World);

/// A part of a name without the hyphens that key vaults and containers do not take: doubled ones,
/// and one at the end.
fn part(text: &str) -> String {
    text.split('-')
        .filter(|piece| !piece.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

fn parts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    texts.into_iter().map(part).collect()
}

/// Prefix, environment and domain.
fn stem(cell: &CellSet) -> Vec<String> {
    let domain = cell
        .id
        .domain
        .iter()
        .flat_map(crate::cell::DomainName::parts);
    parts(
        [cell.mesh.prefix.as_str(), cell.id.env.as_str()]
            .into_iter()
            .chain(domain),
    )
}

fn with(mut stem: Vec<String>, last: &str) -> Vec<String> {
    stem.push(part(last));
    stem
}

/// The product's name, with its major version where two are there at once.
fn product_part(address: &Address) -> String {
    let name = address.product.as_ref().map_or("", |name| name.as_str());
    match address.major {
        Some(major) => part(&format!("{name}-v{major}")),
        None => part(name),
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
pub(super) fn domain_of(cell: &CellSet) -> Address {
    cell.id
        .domain
        .as_ref()
        .map(Address::domain)
        .unwrap_or_default()
}

/// Whose key encrypts everything in one Event Hubs namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum HubsKey {
    /// Azure's own.
    Azure,
    /// The domain's, for one label.
    Own(String),
    /// One that a product brings along; the namespace is the product's then.
    Brought(Address),
}

/// What one Event Hubs namespace holds: streams with one key in one location.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hubs {
    key: HubsKey,
    /// Where it lies, if not in the cell's location.
    location: Option<String>,
}

impl Hubs {
    /// The namespace of a stream.
    pub(super) fn of(stream: &Stream) -> Self {
        let key = match &stream.key {
            KeyUse::Provider => HubsKey::Azure,
            KeyUse::Own(label) => HubsKey::Own(label.to_string()),
            KeyUse::Existing(_) => HubsKey::Brought(product_of(&stream.address)),
        };
        Self {
            key,
            location: stream.region.as_ref().map(|region| region.value.clone()),
        }
    }

    /// The product that it belongs to, if not to the domain.
    pub(super) fn product(&self) -> Option<&Address> {
        match &self.key {
            HubsKey::Brought(product) => Some(product),
            HubsKey::Azure | HubsKey::Own(_) => None,
        }
    }

    /// Its label.
    pub(super) fn label(&self) -> String {
        let stem = match &self.key {
            HubsKey::Azure => "events".to_owned(),
            HubsKey::Own(key) => key.clone(),
            HubsKey::Brought(product) => format!("{}_hubs", product_label(product)),
        };
        label(std::iter::once(stem.as_str()).chain(self.location.as_deref()))
    }

    /// The words after environment and domain in its name.
    fn words(&self) -> Vec<String> {
        let word = match &self.key {
            HubsKey::Azure => "events".to_owned(),
            HubsKey::Own(key) => key.clone(),
            HubsKey::Brought(product) => product_part(product),
        };
        std::iter::once(word).chain(self.location.clone()).collect()
    }

    /// Who has its name in the lock, and as what.
    fn place(&self, cell: &CellSet) -> (Address, String) {
        let (owner, role) = match &self.key {
            HubsKey::Azure => (domain_of(cell), "event-hubs".to_owned()),
            HubsKey::Own(key) => (domain_of(cell), format!("event-hubs-{key}")),
            HubsKey::Brought(product) => (product.clone(), "event-hubs".to_owned()),
        };
        match &self.location {
            Some(location) => (owner, format!("{role}-{location}")),
            None => (owner, role),
        }
    }
}

/// Every name that a domain's cell needs.
pub(super) fn of_cell(cell: &CellSet) -> Vec<NameRequest> {
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
    ask(
        &domain,
        "resource-group",
        with(stem(cell), "shared"),
        &GROUP,
        span,
    );
    ask(
        &domain,
        "log-workspace",
        with(stem(cell), "logs"),
        &WORKSPACE,
        span,
    );
    ask(
        &domain,
        "encryption-identity",
        with(stem(cell), "encryption"),
        &IDENTITY,
        span,
    );
    ask(&domain, "key-vault", stem(cell), &VAULT, span);
    let mut products = std::collections::BTreeSet::new();
    let mut namespaces = std::collections::BTreeSet::new();
    for primitive in &cell.primitives {
        match primitive {
            Primitive::Key(key) => ask(
                &domain,
                &format!("key-{}", key.label),
                parts([key.label.as_str()]),
                &KEY,
                key.origin.span,
            ),
            Primitive::Storage(storage) => {
                let (product, span) = (product_of(&storage.address), storage.origin.span);
                let name = product_part(&product);
                if products.insert(product.clone()) {
                    ask(
                        &product,
                        "resource-group",
                        with(stem(cell), &name),
                        &GROUP,
                        span,
                    );
                    ask(
                        &product,
                        "storage-account",
                        with(stem(cell), &name),
                        &ACCOUNT,
                        span,
                    );
                }
                ask(
                    &storage.address,
                    "container",
                    parts([name.as_str(), storage.zone.as_str()]),
                    &CONTAINER,
                    span,
                );
            }
            Primitive::Stream(stream) => {
                let hubs = Hubs::of(stream);
                let name = product_part(&stream.address);
                if namespaces.insert(hubs.clone()) {
                    let (owner, role) = hubs.place(cell);
                    let words = hubs
                        .words()
                        .iter()
                        .fold(stem(cell), |stem, word| with(stem, word));
                    ask(&owner, &role, words, &NAMESPACE, stream.origin.span);
                }
                ask(
                    &stream.address,
                    "event-hub",
                    parts([name.as_str(), stream.zone.as_str()]),
                    &HUB,
                    stream.origin.span,
                );
            }
            // A view's kind is refused here.
            Primitive::View(_)
            | Primitive::Share(_)
            | Primitive::Compute(_)
            | Primitive::Principal(_)
            | Primitive::Mask(_)
            | Primitive::Grant(_)
            | Primitive::Guardrail(_) => {}
        }
    }
    requests
}

/// Every name that stands above domains: a definition and an assignment per policy.
pub(super) fn above(
    cell: &CellSet,
    policies: impl IntoIterator<Item = (&'static str, Span)>,
) -> Vec<NameRequest> {
    let request = |role: String, slug: &str, rule, span| NameRequest {
        owner: Address::default(),
        role,
        parts: parts([cell.mesh.name.as_str(), cell.id.env.as_str(), slug]),
        rule,
        span,
    };
    let both = |(slug, span)| {
        [
            request(format!("policy-{slug}"), slug, &DEFINITION, span),
            request(format!("assignment-{slug}"), slug, &ASSIGNMENT, span),
        ]
    };
    policies.into_iter().flat_map(both).collect()
}

/// The names and ids of one cell's things.
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

    fn of_domain(self, role: &str) -> &'a str {
        self.name(&domain_of(self.cell), role)
    }

    /// The resource group of what products share.
    pub(super) fn shared_group(self) -> &'a str {
        self.of_domain("resource-group")
    }

    pub(super) fn workspace(self) -> &'a str {
        self.of_domain("log-workspace")
    }

    pub(super) fn identity(self) -> &'a str {
        self.of_domain("encryption-identity")
    }

    pub(super) fn vault(self) -> &'a str {
        self.of_domain("key-vault")
    }

    pub(super) fn key(self, label: &str) -> &'a str {
        self.of_domain(&format!("key-{label}"))
    }

    /// The resource group of a product.
    pub(super) fn group(self, product: &Address) -> &'a str {
        self.name(product, "resource-group")
    }

    pub(super) fn account(self, product: &Address) -> &'a str {
        self.name(product, "storage-account")
    }

    pub(super) fn container(self, storage: &Storage) -> &'a str {
        self.name(&storage.address, "container")
    }

    pub(super) fn namespace(self, hubs: &Hubs) -> &'a str {
        let (owner, role) = hubs.place(self.cell);
        self.name(&owner, &role)
    }

    pub(super) fn hub(self, stream: &Stream) -> &'a str {
        self.name(&stream.address, "event-hub")
    }

    pub(super) fn definition(self, slug: &str) -> &'a str {
        self.name(&Address::default(), &format!("policy-{slug}"))
    }

    pub(super) fn assignment(self, slug: &str) -> &'a str {
        self.name(&Address::default(), &format!("assignment-{slug}"))
    }

    /// `/subscriptions/…`.
    pub(super) fn subscription(self) -> String {
        format!(
            "/subscriptions/{}",
            self.cell.settings.text("subscription").unwrap_or_default()
        )
    }

    fn group_id(self, group: &str) -> String {
        format!("{}/resourceGroups/{group}", self.subscription())
    }

    /// The id of a product's resource group.
    pub(super) fn product_group_id(self, product: &Address) -> String {
        self.group_id(self.group(product))
    }

    pub(super) fn account_id(self, product: &Address) -> String {
        let group = self.product_group_id(product);
        format!(
            "{group}/providers/Microsoft.Storage/storageAccounts/{}",
            self.account(product)
        )
    }

    /// The scope of a container, the smallest at which Azure assigns roles on blobs.
    pub(super) fn container_id(self, storage: &Storage) -> String {
        let account = self.account_id(&product_of(&storage.address));
        format!(
            "{account}/blobServices/default/containers/{}",
            self.container(storage)
        )
    }

    pub(super) fn hub_id(self, stream: &Stream) -> String {
        let group = self.group_id(self.shared_group());
        let (namespace, hub) = (self.namespace(&Hubs::of(stream)), self.hub(stream));
        format!("{group}/providers/Microsoft.EventHub/namespaces/{namespace}/eventhubs/{hub}")
    }

    pub(super) fn key_id(self, label: &str) -> String {
        let group = self.group_id(self.shared_group());
        format!(
            "{group}/providers/Microsoft.KeyVault/vaults/{}/keys/{}",
            self.vault(),
            self.key(label)
        )
    }
}
