//! Governance of one place, after its layers were laid over each other: every value knows which
//! layer set it and what it tightened.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::blueprint::values::{Duration, Size};
use crate::cell::DomainName;
use crate::ident::Name;
use crate::source::Span;

/// Where a layer stands, from the widest to the nearest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Built into meshc.
    BuiltIn,
    /// `governance:` or `defaults:` of `mesh.yaml`.
    Mesh,
    /// Of an environment.
    Environment(Name),
    /// Of a domain or its parent.
    Domain(DomainName),
    /// Of a product.
    Product(Name),
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built into meshc"),
            Self::Mesh => f.write_str("mesh"),
            Self::Environment(name) => write!(f, "environment `{name}`"),
            Self::Domain(name) => write!(f, "domain `{name}`"),
            Self::Product(name) => write!(f, "product `{name}`"),
        }
    }
}

/// A value and the layers that had a say in it.
#[derive(Debug, Clone)]
pub struct Layered<T> {
    /// What counts.
    pub value: T,
    /// Every layer that set it, the widest first; the last one counts.
    pub layers: Vec<(Layer, Option<Span>, String)>,
}

impl<T: fmt::Display> Layered<T> {
    /// A value that only one layer has set so far.
    pub fn new(value: T, layer: Layer, span: Option<Span>) -> Self {
        let layers = vec![(layer, span, value.to_string())];
        Self { value, layers }
    }

    /// A nearer layer's value.
    pub fn set(&mut self, value: T, layer: Layer, span: Span) {
        self.layers.push((layer, Some(span), value.to_string()));
        self.value = value;
    }

    /// Where the value that counts was written.
    pub fn span(&self) -> Option<Span> {
        self.layers.iter().rev().find_map(|(_, span, _)| *span)
    }
}

/// A set that prints as people list things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T: Ord>(pub BTreeSet<T>);

impl<T: Ord> Default for Listed<T> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<T: Ord + fmt::Display> fmt::Display for Listed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let items: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&items.join(", "))
    }
}

/// Who holds the keys of storage, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encryption {
    /// The provider's own keys.
    Provider,
    /// Keys that the domain holds.
    Customer,
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Provider => "provider",
            Self::Customer => "customer",
        })
    }
}

/// Whether `unmask` counts, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unmask {
    /// It counts.
    Allowed,
    /// It does not: everyone sees masked values.
    Never,
}

impl fmt::Display for Unmask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allowed => "allowed",
            Self::Never => "never",
        })
    }
}

/// Bounds on retention for one classification.
#[derive(Debug, Clone, Default)]
pub struct Bounds {
    /// At least.
    pub min: Option<Layered<Duration>>,
    /// At most.
    pub max: Option<Layered<Duration>>,
}

/// What counts in one environment of one domain.
#[derive(Debug, Clone)]
pub struct Governance {
    /// Retention bounds by classification.
    pub retention: BTreeMap<Name, Bounds>,
    /// Archived at the latest after.
    pub archive_after: Option<Layered<Duration>>,
    /// Where data may lie; anywhere if no layer says.
    pub regions: Option<Layered<Listed<String>>>,
    /// Tags that every resource carries.
    pub tags: Layered<Listed<&'static str>>,
    /// Who holds the keys.
    pub encryption: Layered<Encryption>,
    /// Classifications that are hidden without `unmask`.
    pub masked: Layered<Listed<Name>>,
    /// Whether `unmask` counts.
    pub unmask: Layered<Unmask>,
}

/// Operational settings that count in one place.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// How long replaced or deleted objects can be brought back.
    pub undelete: Layered<Duration>,
    /// How long an idle warehouse stays up.
    pub auto_suspend: Layered<Duration>,
    /// Credits a warehouse may use in a month.
    pub credit_quota: Layered<i64>,
    /// The most that one query may read.
    pub scan_limit: Layered<Size>,
}

/// The mesh's classifications from least to most sensitive.
#[derive(Debug, Clone, Default)]
pub struct Classifications(pub Vec<Name>);

impl Classifications {
    /// The place of a classification; higher is more sensitive.
    pub fn rank(&self, name: &Name) -> Option<usize> {
        self.0.iter().position(|known| known == name)
    }
}
