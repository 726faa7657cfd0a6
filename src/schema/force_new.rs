//! Attributes whose change makes Terraform destroy a resource and make it anew.
//!
//! No provider schema says this, so it is a table of our own: `data/force-new.json`, one row
//! an attribute, each with its source and the provider version on which it was verified. In: a
//! resource type and an attribute's path. Out: the row, if there is one. A missing row means
//! "not known to replace", never "known not to".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;

/// One attribute whose change replaces the resource.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForceNew {
    pub provider: String,
    pub resource: String,
    /// Dotted path below the resource (`encryption.kms_key_id`); `*` means every argument.
    pub attribute: String,
    /// Only some changes of the value replace; without it every change does.
    #[serde(default)]
    pub when: Option<When>,
    /// Where the fact comes from, in words.
    pub source: String,
    /// Whether it was read or executed for `version`, rather than remembered.
    pub verified: bool,
    /// The provider version that the source speaks of; a fact of another major
    /// counts as unverified.
    pub version: String,
    /// The replacement loses data that a person would miss.
    pub destroys_data: bool,
}

/// Which changes of an attribute replace the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Between the zone-redundant and the other replications of a storage account.
    ReplicationFamily,
    /// A JSON object has fewer members than before.
    FewerMembers,
    /// A number becomes smaller.
    Decreases,
    /// The kind of a storage account, except from `Storage` to `StorageV2`.
    AccountKind,
    /// A value that was set is no longer set.
    Removed,
}

impl ForceNew {
    /// Whether the fact was verified on this major of the provider.
    pub fn verified_for(&self, major: u64) -> bool {
        self.verified && self.version.split('.').next() == Some(major.to_string().as_str())
    }
}

/// The whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForceNewTable {
    rows: Vec<ForceNew>,
    /// Resource types whose destruction loses data, whatever replaced them.
    data_bearing: BTreeSet<String>,
    #[serde(skip)]
    by_resource: BTreeMap<String, BTreeMap<String, usize>>,
}

impl ForceNewTable {
    /// The embedded table, parsed once.
    pub fn get() -> &'static Self {
        static TABLE: OnceLock<ForceNewTable> = OnceLock::new();
        TABLE.get_or_init(|| {
            // INVARIANT: the text is part of the binary and a test parses it.
            let mut table: Self = serde_json::from_str(include_str!("../../data/force-new.json"))
                .expect("the embedded force-new table parses");
            for (index, row) in table.rows.iter().enumerate() {
                table
                    .by_resource
                    .entry(row.resource.clone())
                    .or_default()
                    .insert(row.attribute.clone(), index);
            }
            table
        })
    }

    pub fn rows(&self) -> &[ForceNew] {
        &self.rows
    }

    /// The row of an attribute: its own, that of a block around it, or the resource's `*`.
    pub fn find(&self, resource: &str, attribute: &str) -> Option<&ForceNew> {
        let rows = self.by_resource.get(resource)?;
        let mut path = attribute;
        loop {
            if let Some(index) = rows.get(path) {
                return self.rows.get(*index);
            }
            match path.rsplit_once('.') {
                Some((around, _)) => path = around,
                None => break,
            }
        }
        // Outputs such as `arn` are not arguments, but asking for them is harmless: their
        // change follows the replacement and never causes it.
        rows.get("*").and_then(|index| self.rows.get(*index))
    }

    /// Whether destroying a resource of this type loses data.
    pub fn is_data_bearing(&self, resource: &str) -> bool {
        self.data_bearing.contains(resource)
    }

    pub fn data_bearing(&self) -> impl Iterator<Item = &str> {
        self.data_bearing.iter().map(String::as_str)
    }
}

/// The row that says a change of this attribute replaces the resource, if one is known.
pub fn force_new(resource: &str, attribute: &str) -> Option<&'static ForceNew> {
    ForceNewTable::get().find(resource, attribute)
}
