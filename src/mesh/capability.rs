//! What a blueprint grants (capabilities) and what that is made of (atoms).
//!
//! The table from one to the other is data (`data/capabilities.json`), so that the documentation,
//! the compiler and the proof read the same lines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every one, in the order in which people list them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The one with that word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a blueprint grants.
    Capability {
        /// Read rows, masked columns masked.
        Read = "read",
        /// Add and change rows.
        Write = "write",
        /// Look after the product's data: read, write, delete.
        Own = "own",
        /// Look after its metadata, without seeing data.
        Steward = "steward",
        /// Run what moves its data, without seeing data.
        Operate = "operate",
        /// See masked columns in clear.
        Unmask = "unmask",
    }
}

words! {
    /// What capabilities are made of; the proof compares these.
    Atom {
        /// Read rows or objects.
        ReadData = "read-data",
        /// See which rows' containers exist.
        List = "list",
        /// Add or change data.
        Write = "write",
        /// Delete data.
        Delete = "delete",
        /// Read schema and tags.
        ReadMeta = "read-meta",
        /// Change schema descriptions and tags.
        Classify = "classify",
        /// Change who may do what.
        Grant = "grant",
        /// See masked columns in clear.
        Unmask = "unmask",
        /// Run jobs.
        Run = "run",
    }
}

#[derive(serde::Deserialize)]
struct File {
    capabilities: BTreeMap<String, Vec<String>>,
}

static TABLE: LazyLock<BTreeMap<&'static str, BTreeSet<Atom>>> = LazyLock::new(|| {
    // The file is part of the binary and a test reads every line of it, so it cannot fail later.
    let file: Result<File, _> = serde_json::from_str(include_str!("../../data/capabilities.json"));
    let rows = file.map(|file| file.capabilities).unwrap_or_default();
    Capability::ALL
        .iter()
        .map(|one| one.as_str())
        .map(|word| {
            let atoms = rows
                .get(word)
                .into_iter()
                .flatten()
                .filter_map(|atom| Atom::parse(atom))
                .collect();
            (word, atoms)
        })
        .collect()
});

impl Capability {
    /// What it is made of.
    pub fn atoms(self) -> &'static BTreeSet<Atom> {
        static NONE: BTreeSet<Atom> = BTreeSet::new();
        TABLE.get(self.as_str()).unwrap_or(&NONE)
    }
}

/// Every atom of some capabilities.
pub fn atoms<'a>(capabilities: impl IntoIterator<Item = &'a Capability>) -> BTreeSet<Atom> {
    capabilities
        .into_iter()
        .flat_map(|one| one.atoms())
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;

    #[test]
    fn the_table_has_every_capability_and_only_known_atoms() {
        let file: File =
            serde_json::from_str(include_str!("../../data/capabilities.json")).unwrap();
        assert_eq!(file.capabilities.len(), Capability::ALL.len());
        for (word, atoms) in &file.capabilities {
            let capability = Capability::parse(word).unwrap();
            assert_eq!(capability.atoms().len(), atoms.len(), "{word}");
            assert!(!atoms.is_empty());
        }
    }

    #[test]
    fn nobody_who_looks_after_metadata_or_jobs_reads_data() {
        for capability in [
            Capability::Steward,
            Capability::Operate,
            Capability::Unmask,
            Capability::Write,
        ] {
            assert!(
                !capability.atoms().contains(&Atom::ReadData),
                "{capability}"
            );
        }
    }
}
