//! Stage 2: the resolved model. No string in it means something that was not looked up: names are
//! bound, layers are laid over each other, both sides of every agreement have met.

pub mod capability;
pub mod governance;
pub mod resolve;
pub mod rows;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::address::Address;
use crate::blueprint::tree::cloud::Settings;
use crate::blueprint::tree::product::SlaDecl;
use crate::blueprint::values::{Duration, LogicalType, Version};
use crate::cell::{CellId, DomainName, TargetId};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::source::{FileId, Span, Spanned};
use crate::yaml::NodeId;
use capability::Capability;
use governance::{Classifications, Defaults, Governance};
use rows::Rows;

/// The whole mesh.
#[derive(Debug)]
pub struct Mesh {
    /// Its name.
    pub name: Spanned<Name>,
    /// Its title.
    pub title: Option<String>,
    /// What every globally unique name starts with.
    pub prefix: Name,
    /// The environments in their order.
    pub environments: Vec<Spanned<Name>>,
    /// Settings of each cloud that is used.
    pub clouds: BTreeMap<TargetId, Settings>,
    /// People and workloads.
    pub groups: BTreeMap<Name, Group>,
    /// The labels of data.
    pub classifications: Classifications,
    /// What counts in each environment before any domain tightens it.
    pub governance: BTreeMap<Name, Governance>,
    /// Where state lies.
    pub state: State,
    /// The domains, by name.
    pub domains: BTreeMap<DomainName, Domain>,
}

impl Mesh {
    /// The last day on which anything counts that has an end: a right, a share, a port. After it one day
    /// is like another.
    pub fn last_end(&self) -> Option<Date> {
        let products = self.domains.values().flat_map(|domain| &domain.products);
        products
            .flat_map(|product| {
                let rights = product.rights.iter().filter_map(|right| right.until);
                let shares = product.shares.iter().map(|share| share.until);
                let rights_and_shares = rights.chain(shares).map(|until| until.value);
                rights_and_shares.chain(product.ports.iter().filter_map(|port| port.sunset))
            })
            .max()
    }

    /// Warns about every right that no longer counts on a day. It stays in the artifacts, with its
    /// condition where the cloud has one; a plan leaves it out and revokes it.
    pub fn report_expired(&self, day: Date, out: &mut Diagnostics) {
        let rights = self
            .domains
            .values()
            .flat_map(|domain| &domain.products)
            .flat_map(|product| product.rights.iter().map(move |right| (product, right)));
        for (product, right) in rights {
            let Some(until) = right.until.filter(|until| until.value < day) else {
                continue;
            };
            let message = format!(
                "the right of `{}` to `{}:{}` expired on {}",
                right.group, product.address, right.port, until.value
            );
            out.push(
                Diagnostic::new(code::EXPIRED, until.span, message)
                    .help("renew it, or remove it; the next plan revokes it"),
            );
        }
        let products = self.domains.values().flat_map(|domain| &domain.products);
        for (product, share) in products.flat_map(|one| one.shares.iter().map(move |it| (one, it)))
        {
            if share.until.value < day {
                let message = format!(
                    "the share of `{}:{}` with `{}` expired on {}",
                    product.address, share.port, share.account, share.until.value
                );
                out.push(
                    Diagnostic::new(code::EXPIRED, share.until.span, message)
                        .help("renew it, or remove it; the next plan revokes it"),
                );
            }
        }
    }
}

/// People or workloads.
#[derive(Debug)]
pub struct Group {
    /// Its name.
    pub name: Spanned<Name>,
    /// Its title.
    pub title: Option<String>,
    /// Whether its members are programs.
    pub workload: bool,
    /// Who it is on each cloud.
    pub identities: BTreeMap<TargetId, Settings>,
}

/// Where Terraform's state and meshc's ledger lie.
#[derive(Debug, Clone)]
pub struct State {
    /// `local`, `s3`, `azurerm` or `gcs`.
    pub kind: &'static str,
    /// What the kind needs.
    pub settings: BTreeMap<&'static str, String>,
    /// Where it was declared; `None` for the built-in `local`.
    pub span: Option<Span>,
}

/// A domain.
#[derive(Debug)]
pub struct Domain {
    /// Its name.
    pub name: Spanned<DomainName>,
    /// Its title.
    pub title: Option<String>,
    /// The group that answers for it.
    pub owner: Spanned<Name>,
    /// The group that looks after its metadata.
    pub steward: Option<Spanned<Name>>,
    /// Who pays.
    pub cost_center: Option<String>,
    /// The name it had before.
    pub was: Option<Spanned<DomainName>>,
    /// Whether the whole domain is retired.
    pub retired: bool,
    /// Its cells.
    pub cells: BTreeMap<(Name, TargetId), Cell>,
    /// What counts per environment.
    pub governance: BTreeMap<Name, Governance>,
    /// Its products, in the order of the file.
    pub products: Vec<Product>,
    /// The file it was read from.
    pub file: FileId,
    /// Index of its document in the blueprint, where kinds look up options.
    pub source: usize,
}

/// One cell.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Which.
    pub id: CellId,
    /// Account, subscription or project.
    pub settings: Settings,
    /// Where things are made, and the line that says so; `None` where the cloud has no choice.
    pub region: Option<Spanned<String>>,
}

/// A data product.
#[derive(Debug)]
pub struct Product {
    /// `domain/product`, with the major version only where two are there at once.
    pub address: Address,
    /// Its name.
    pub name: Spanned<Name>,
    /// Its title.
    pub title: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its kind's name.
    pub kind: Spanned<String>,
    /// Its version.
    pub version: Spanned<Version>,
    /// Its life.
    pub status: Status,
    /// The address it had before.
    pub was: Option<Spanned<Address>>,
    /// Its label.
    pub classification: Spanned<Name>,
    /// How long its data is kept, if it says.
    pub retention: Option<Spanned<Duration>>,
    /// When its data is archived, if it says.
    pub archive_after: Option<Spanned<Duration>>,
    /// Where it lies.
    pub targets: BTreeSet<TargetId>,
    /// Its own region, if it says.
    pub region: Option<Spanned<String>>,
    /// Its zones, from raw to refined; never empty.
    pub zones: Vec<Spanned<Name>>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Columns that split its storage.
    pub partition_by: Vec<String>,
    /// Its promises.
    pub sla: Option<SlaDecl>,
    /// What it is made from.
    pub inputs: Vec<Spanned<Address>>,
    /// Its ports besides its zones.
    pub ports: Vec<Port>,
    /// Who may do what.
    pub rights: Vec<Right>,
    /// Who outside the mesh may read.
    pub shares: Vec<Share>,
    /// Things that were there before, by environment and cloud.
    pub existing: BTreeMap<(Name, TargetId), Settings>,
    /// Operational settings per environment.
    pub defaults: BTreeMap<Name, Defaults>,
    /// What its kind's own table reads.
    pub options: Option<NodeId>,
    /// Where it stands.
    pub span: Span,
}

impl Product {
    /// Whether data lands in a zone as it was delivered. Such zones are named `raw` or `landing`.
    pub fn is_raw(zone: &str) -> bool {
        matches!(zone, "raw" | "landing")
    }

    /// The zone behind a zone's or port's name, with the columns it shows.
    pub fn port(&self, name: &str) -> Option<(&Spanned<Name>, Option<&[String]>)> {
        if let Some(zone) = self.zones.iter().find(|zone| zone.as_str() == name) {
            return Some((zone, None));
        }
        let port = self.ports.iter().find(|port| port.name.as_str() == name)?;
        let zone = self.zones.iter().find(|zone| zone.value == port.zone)?;
        Some((zone, port.columns.as_deref()))
    }
}

/// The life of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// In use.
    Active,
    /// In use, on its way out.
    Deprecated,
    /// Access is revoked, data is kept.
    Retired,
    /// Named for destruction.
    Destroyed,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name, in the source's spelling.
    pub name: Spanned<String>,
    /// What it holds.
    pub logical: LogicalType,
    /// Whether it identifies a row.
    pub key: bool,
    /// Whether it is always there.
    pub required: bool,
    /// Its label.
    pub classification: Name,
    /// The column that it is computed from, if it says and that product is in the mesh.
    pub from: Option<Source>,
    /// What it means.
    pub description: Option<String>,
}

/// A column of a product, found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// `domain/product`, as the product itself is called.
    pub product: Address,
    /// The zone or port through which it is read.
    pub port: Name,
    /// The zone behind it.
    pub zone: Name,
    /// The column's name, in the source's spelling.
    pub column: String,
    /// Where it is named.
    pub span: Span,
}

impl Mesh {
    /// The product behind a source, with its domain.
    pub fn source(&self, source: &Source) -> Option<(&Domain, &Product)> {
        let domain = self.domains.get(source.product.domain.as_ref()?)?;
        let product = domain
            .products
            .iter()
            .find(|product| product.address == source.product)?;
        Some((domain, product))
    }
}

/// A named port.
#[derive(Debug, Clone)]
pub struct Port {
    /// Its name.
    pub name: Spanned<Name>,
    /// The zone it shows.
    pub zone: Name,
    /// Its columns; every one if `None`.
    pub columns: Option<Vec<String>>,
    /// What it is for.
    pub description: Option<String>,
    /// The day after which it may go.
    pub sunset: Option<Date>,
}

/// One group's right to one zone or port of a product.
#[derive(Debug, Clone)]
pub struct Right {
    /// The group.
    pub group: Name,
    /// What it may do.
    pub can: BTreeSet<Capability>,
    /// The zone or port.
    pub port: Name,
    /// The columns; every one of the port if `None`.
    pub columns: Option<Vec<String>>,
    /// The rows.
    pub rows: Rows,
    /// The last day on which it counts.
    pub until: Option<Spanned<Date>>,
    /// The environment in which it counts; every one if `None`.
    pub env: Option<Name>,
    /// The clouds on which it counts, among those of the product.
    pub targets: BTreeSet<TargetId>,
    /// Why it is there.
    pub via: Via,
    /// The line that grants it.
    pub span: Span,
}

impl Right {
    /// Whether it counts in an environment on a cloud.
    pub fn counts_in(&self, env: &Name, target: TargetId) -> bool {
        self.env.as_ref().is_none_or(|only| only == env) && self.targets.contains(&target)
    }
}

/// What somebody outside the mesh may read of a product.
#[derive(Debug, Clone)]
pub struct Share {
    /// The cloud.
    pub target: TargetId,
    /// Who it is there.
    pub account: String,
    /// The zone or port.
    pub port: Name,
    /// The columns; every one of the port if `None`.
    pub columns: Option<Vec<String>>,
    /// The rows.
    pub rows: Rows,
    /// What for.
    pub purpose: String,
    /// Where it was approved.
    pub ticket: String,
    /// The last day on which it counts.
    pub until: Spanned<Date>,
    /// The line that shares it.
    pub span: Span,
}

/// Why a right is there.
#[derive(Debug, Clone)]
pub enum Via {
    /// The domain gives it to a group.
    Access,
    /// The domain is owner or steward of its own products.
    Domain,
    /// Two domains agreed.
    Agreement {
        /// The domain that reads.
        consumer: DomainName,
        /// What for.
        purpose: String,
        /// Where it was approved.
        ticket: String,
        /// The line on which the consumer asks.
        need: Span,
    },
}
