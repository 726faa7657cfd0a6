//! The narrow waist: a small closed set of cloud-neutral things.
//!
//! Kinds expand products into primitives, targets lower primitives into artifacts; neither knows
//! the other. Adding a variant to [`Primitive`] must break every target until somebody has decided
//! what it means there; a target that cannot do it says so with a diagnostic, never with silence.

mod cell;

pub use cell::{CellSet, DomainInfo, MeshInfo, Move, PrimitiveSet};

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::address::Address;
use crate::artifact::OriginRef;
use crate::blueprint::tree::cloud::Settings;
use crate::blueprint::values::{Duration, LogicalType, Size};
use crate::cell::DomainName;
use crate::ident::Name;
use crate::mesh::capability::Atom;
use crate::mesh::rows::Rows;
use crate::source::Spanned;

/// One cloud-neutral thing in one cell.
#[derive(Debug, Clone)]
pub enum Primitive {
    /// A key that encrypts data of one classification.
    Key(Key),
    /// Rows in one zone of a product, as files or as a warehouse's own table.
    Storage(Storage),
    /// Events in motion.
    Stream(Stream),
    /// Columns of other products' tables, computed whenever they are read.
    View(View),
    /// What runs queries.
    Compute(Compute),
    /// A group as the cell knows it.
    Principal(Principal),
    /// Columns that are hidden from everyone who may not see them in clear.
    Mask(Mask),
    /// One group's right to one storage or stream.
    Grant(Grant),
    /// What somebody outside the mesh may read of one storage or view.
    Share(Share),
    /// Something nobody below may do, in one environment of a cloud.
    Guardrail(Guardrail),
}

impl Primitive {
    /// Why it exists.
    pub fn origin(&self) -> &OriginRef {
        match self {
            Self::Key(it) => &it.origin,
            Self::Storage(it) => &it.origin,
            Self::Stream(it) => &it.origin,
            Self::View(it) => &it.origin,
            Self::Compute(it) => &it.origin,
            Self::Principal(it) => &it.origin,
            Self::Mask(it) => &it.origin,
            Self::Grant(it) => &it.origin,
            Self::Share(it) => &it.origin,
            Self::Guardrail(it) => &it.origin,
        }
    }
}

/// A key that encrypts everything of one classification in a cell.
#[derive(Debug, Clone)]
pub struct Key {
    /// Why it exists.
    pub origin: OriginRef,
    /// The classification it is for.
    pub label: Name,
    /// How often it is rotated.
    pub rotation: Duration,
    /// The tags it carries.
    pub tags: Tags,
}

/// Whose key encrypts a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyUse {
    /// The provider's own.
    Provider,
    /// The cell's key for a classification.
    Own(Name),
    /// A key that was there before and stays its owner's; the cloud's full name of it.
    Existing(Spanned<String>),
}

/// Tags by key; each target spells keys and values as its cloud allows.
pub type Tags = BTreeMap<&'static str, String>;

/// Whether rows lie in files that query engines share, or in a warehouse's own table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Columnar files (Parquet) in object storage, with a catalogue entry where the cloud has one.
    Files,
    /// A table of the warehouse.
    Table,
}

/// Rows in one zone of a product.
#[derive(Debug, Clone)]
pub struct Storage {
    /// Why it exists.
    pub origin: OriginRef,
    /// `domain/product:zone`, without environment.
    pub address: Address,
    /// The product's name.
    pub product: Name,
    /// The zone's name.
    pub zone: Name,
    /// Whether data lands here as it was delivered.
    pub raw: bool,
    /// Files or table.
    pub form: Form,
    /// What it is, on one line for people.
    pub comment: String,
    /// The product's label.
    pub label: Name,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Columns that split it.
    pub partition_by: Vec<String>,
    /// Whose key encrypts it.
    pub key: KeyUse,
    /// Where it lies, if not in the cell's region.
    pub region: Option<Spanned<String>>,
    /// Data is deleted after; kept forever if `None`.
    pub retention: Option<Duration>,
    /// Data is archived after; never if `None`.
    pub archive_after: Option<Duration>,
    /// Replaced and deleted data can be brought back for so long.
    pub undelete: Duration,
    /// The ports that show some of its columns.
    pub ports: Vec<PortView>,
    /// The tags it carries.
    pub tags: Tags,
}

/// A named port of a storage: some of its columns.
#[derive(Debug, Clone)]
pub struct PortView {
    /// The port's name.
    pub name: Name,
    /// Its columns.
    pub columns: Vec<String>,
}

/// A column of a storage or stream.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name, in the source's spelling.
    pub name: String,
    /// What it holds.
    pub logical: LogicalType,
    /// Whether it identifies a row.
    pub key: bool,
    /// Whether it is always there.
    pub required: bool,
    /// Its label.
    pub label: Name,
    /// What it means.
    pub comment: Option<String>,
}

/// Events in motion.
#[derive(Debug, Clone)]
pub struct Stream {
    /// Why it exists.
    pub origin: OriginRef,
    /// `domain/product:zone`, without environment.
    pub address: Address,
    /// The product's name.
    pub product: Name,
    /// The zone's name.
    pub zone: Name,
    /// What it is, on one line for people.
    pub comment: String,
    /// The product's label.
    pub label: Name,
    /// What an event carries.
    pub columns: Vec<Column>,
    /// Whose key encrypts it.
    pub key: KeyUse,
    /// Where it lies, if not in the cell's region.
    pub region: Option<Spanned<String>>,
    /// How long events can be read again, with the line that says so.
    pub replay: Spanned<Duration>,
    /// The column whose value keeps events in order.
    pub ordering_key: Option<String>,
    /// The tags it carries.
    pub tags: Tags,
}

/// Columns of other products' tables, computed whenever they are read. It has no rows of its own.
#[derive(Debug, Clone)]
pub struct View {
    /// Why it exists.
    pub origin: OriginRef,
    /// `domain/product:zone`, without environment.
    pub address: Address,
    /// The product's name.
    pub product: Name,
    /// The zone's name.
    pub zone: Name,
    /// What it is, on one line for people.
    pub comment: String,
    /// The product's label.
    pub label: Name,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What each of its columns shows, in the same order.
    pub from: Vec<ColumnOf>,
    /// The tables that it reads.
    pub tables: Vec<ViewTable>,
    /// Columns that are equal; together they connect all tables.
    pub joins: Vec<[ColumnOf; 2]>,
    /// The ports that show some of its columns.
    pub ports: Vec<PortView>,
    /// The tags it carries.
    pub tags: Tags,
}

impl View {
    /// The last day on which every agreement holds that it rests on.
    pub fn until(&self) -> Option<Date> {
        self.tables.iter().filter_map(|table| table.until).min()
    }
}

/// A table that a view reads.
#[derive(Debug, Clone)]
pub struct ViewTable {
    /// `domain/product:zone` of the storage.
    pub resource: Address,
    /// The zone or port through which it is read.
    pub port: Name,
    /// The view's own domain, where it reads another domain's table by agreement.
    pub consumer: Option<DomainName>,
    /// The last day of that agreement.
    pub until: Option<Date>,
}

/// A column of one of a view's tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnOf {
    /// Which of [`View::tables`].
    pub table: usize,
    /// The column.
    pub column: String,
}

/// What runs queries for a domain in a cell.
#[derive(Debug, Clone)]
pub struct Compute {
    /// Why it exists.
    pub origin: OriginRef,
    /// How long it idles before it stops.
    pub auto_suspend: Duration,
    /// Credits that it may use in a month.
    pub credit_quota: i64,
    /// The most that one query may read.
    pub scan_limit: Size,
    /// The most sensitive label of what it reads: its results are protected like that.
    pub label: Name,
    /// Whose key encrypts its results.
    pub key: KeyUse,
    /// The tags it carries.
    pub tags: Tags,
}

/// A group as one cell knows it.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Why it exists.
    pub origin: OriginRef,
    /// The group.
    pub group: Name,
    /// Whether its members are programs.
    pub workload: bool,
    /// Who it is on this cloud.
    pub identity: Settings,
    /// The domain that it reads from elsewhere, where it is here only by agreement.
    pub foreign: Option<DomainName>,
}

/// Columns of one storage that are hidden from everyone not listed.
#[derive(Debug, Clone)]
pub struct Mask {
    /// Why it exists.
    pub origin: OriginRef,
    /// `domain/product:zone` of the storage or stream.
    pub resource: Address,
    /// The label that asks for it.
    pub label: Name,
    /// The columns.
    pub columns: Vec<Column>,
    /// The groups that see them in clear.
    pub clear_for: BTreeSet<Name>,
}

/// One group's right to one storage or stream.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Why it exists.
    pub origin: OriginRef,
    /// The group.
    pub group: Name,
    /// `domain/product:zone` of the storage or stream.
    pub resource: Address,
    /// The zone or port through which it is used.
    pub port: Name,
    /// What the group may do.
    pub atoms: BTreeSet<Atom>,
    /// The columns it may read; every one if `None`.
    pub columns: Option<Vec<String>>,
    /// The rows it may read.
    pub rows: Rows,
    /// The columns among those that it sees only masked.
    pub masked: Vec<String>,
    /// The last day on which it counts.
    pub until: Option<Spanned<Date>>,
    /// The domain that reads, where two domains agreed.
    pub consumer: Option<DomainName>,
    /// That domain's own cell on this cloud in this environment, if it has one.
    pub consumer_cell: Option<Settings>,
}

impl Grant {
    /// Whether the group may touch the files themselves. Where it may not see every column of every
    /// row in clear it never may: a file has nothing that could be held back.
    pub fn reaches_files(&self) -> bool {
        self.masked.is_empty() && self.columns.is_none() && self.rows.is_everything()
    }

    /// Whether it has an atom.
    pub fn has(&self, atom: Atom) -> bool {
        self.atoms.contains(&atom)
    }
}

/// What somebody outside the mesh may read of one storage or view. Hidden columns are hidden from it,
/// whoever it is: nobody outside has a group.
#[derive(Debug, Clone)]
pub struct Share {
    /// Why it exists.
    pub origin: OriginRef,
    /// Who it is on this cloud.
    pub account: String,
    /// `domain/product:zone` of the storage or view.
    pub resource: Address,
    /// The zone or port through which it is read.
    pub port: Name,
    /// The columns it may read; every one if `None`.
    pub columns: Option<Vec<String>>,
    /// The rows it may read.
    pub rows: Rows,
    /// The last day on which it counts.
    pub until: Date,
}

/// Something nobody below may do.
#[derive(Debug, Clone)]
pub struct Guardrail {
    /// Why it exists.
    pub origin: OriginRef,
    /// What.
    pub rule: GuardrailRule,
}

/// What a guardrail forbids.
#[derive(Debug, Clone)]
pub enum GuardrailRule {
    /// Making things outside these regions.
    Regions(BTreeSet<String>),
    /// Talking to storage without TLS.
    Plaintext,
    /// Opening storage to the public.
    PublicAccess,
}
