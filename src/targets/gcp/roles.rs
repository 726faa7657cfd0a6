//! Which custom roles stand for which atoms. The table is data; the roles themselves are defined at
//! the organization, per capability and sort of thing, never per product: an organization has 300.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::json;

use super::naming::Physical;
use crate::artifact::{Artifact, Content, Document, Effect};
use crate::mesh::capability::Atom;
use crate::primitive::CellSet;
use crate::targets::terraform::{Part, Root};

/// One role of the table.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    /// Its word in labels and ids.
    pub slug: String,
    #[serde(rename = "verified")]
    _verified: bool,
    title: String,
    atoms: BTreeSet<String>,
    permissions: Vec<String>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Thing {
    means_nothing: BTreeSet<String>,
    roles: Vec<Role>,
}

#[derive(Debug, serde::Deserialize)]
struct Table {
    things: BTreeMap<String, Thing>,
}

static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| {
    // Part of the binary, and read by a test, so that it cannot fail later.
    serde_json::from_str(include_str!("../../../data/gcp/roles.json")).ok()
});

/// What a role is given on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum On {
    /// A bucket.
    Bucket,
    /// A table or view.
    Table,
    /// A topic.
    Topic,
    /// A subscription.
    Subscription,
    /// The project in which queries run.
    Project,
}

impl On {
    const ALL: &'static [Self] = &[
        Self::Bucket,
        Self::Table,
        Self::Topic,
        Self::Subscription,
        Self::Project,
    ];

    /// Its word in the table, in labels and in ids.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::Table => "table",
            Self::Topic => "topic",
            Self::Subscription => "subscription",
            Self::Project => "project",
        }
    }
}

fn thing(on: On) -> Option<&'static Thing> {
    TABLE
        .as_ref()
        .and_then(|table| table.things.get(on.as_str()))
}

/// The fewest roles that have all of these atoms and no other; and the atoms that no role has.
pub(super) fn choose(on: On, atoms: &BTreeSet<Atom>) -> (Vec<&'static Role>, BTreeSet<Atom>) {
    let Some(thing) = thing(on) else {
        return (Vec::new(), atoms.clone());
    };
    let counts = |atom: &&Atom| !thing.means_nothing.contains(atom.as_str());
    let fits = |role: &&Role| {
        role.atoms
            .iter()
            .filter_map(|word| Atom::parse(word))
            .all(|atom| atoms.contains(&atom))
    };
    let mut missing: BTreeSet<Atom> = atoms.iter().filter(counts).copied().collect();
    let mut chosen = Vec::new();
    // The table lists wide roles first, so the first that fits covers the most.
    for role in thing.roles.iter().filter(fits) {
        let before = missing.len();
        missing.retain(|atom| !role.atoms.contains(atom.as_str()));
        if missing.len() < before {
            chosen.push(role);
        }
    }
    (chosen, missing)
}

/// Every role, as `(thing, slug)`.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    On::ALL.iter().flat_map(|on| {
        thing(*on)
            .into_iter()
            .flat_map(|thing| &thing.roles)
            .map(|role| (on.as_str(), role.slug.as_str()))
    })
}

/// The definitions, for `gcloud iam roles create ID --organization O --file`.
pub(super) fn definitions(cell: &CellSet, physical: Physical<'_>) -> Vec<Artifact> {
    let root = Root::new(cell, Part::Above);
    let origin = root
        .origin(
            cell.cloud.span,
            "roles",
            "what capabilities mean on Google Cloud",
        )
        .with_effect(Effect::GrantsAccess);
    let mut artifacts = Vec::new();
    for on in On::ALL {
        for role in thing(*on).into_iter().flat_map(|thing| &thing.roles) {
            // A title has 100 bytes at most, a description 256 (cloud.google.com/iam/quotas).
            let value = json!({
                "title": role.title,
                "description": format!("meshc {} {}: {}", cell.mesh.name, cell.id.env, role.atoms.iter().cloned().collect::<Vec<_>>().join(", ")),
                "stage": "GA",
                "includedPermissions": role.permissions,
            });
            let path = root.path(&format!(
                "roles/{}.yaml",
                physical.role_id(on.as_str(), &role.slug)
            ));
            artifacts.push(Artifact {
                path,
                content: Content::Yaml(Document {
                    value,
                    origin: origin.clone(),
                    parts: Vec::new(),
                }),
            });
        }
    }
    artifacts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;
    use crate::mesh::capability::{Capability, atoms};

    fn slugs(on: On, can: &[Capability]) -> Vec<&'static str> {
        choose(on, &atoms(can))
            .0
            .iter()
            .map(|role| role.slug.as_str())
            .collect()
    }

    #[test]
    fn every_capability_has_roles_on_everything() {
        assert!(TABLE.is_some());
        let mut count = 0;
        for on in On::ALL {
            let thing = thing(*on).unwrap();
            for word in thing
                .roles
                .iter()
                .flat_map(|role| &role.atoms)
                .chain(&thing.means_nothing)
            {
                assert!(Atom::parse(word).is_some(), "{word}");
            }
            let mut seen = BTreeSet::new();
            for role in &thing.roles {
                count += 1;
                assert!(seen.insert(&role.slug), "{} twice", role.slug);
                assert!(role.permissions.is_sorted(), "{}", role.slug);
                assert!(
                    !role
                        .permissions
                        .iter()
                        .any(|one| one.contains("resourcemanager.") || one.contains("IamPolicy")),
                    "{}",
                    role.slug
                );
                let reads = role.permissions.iter().any(|one| {
                    one.ends_with(".objects.get")
                        || one.ends_with(".getData") && one.contains("tables")
                        || one.ends_with(".consume")
                });
                assert_eq!(
                    reads,
                    role.atoms.contains("read-data"),
                    "{on:?} {}",
                    role.slug
                );
            }
        }
        for can in Capability::ALL {
            let own = can.atoms();
            assert!(choose(On::Bucket, own).1.is_empty(), "{can}");
            assert!(choose(On::Table, own).1.is_empty(), "{can}");
            assert!(choose(On::Topic, own).1.is_empty(), "{can}");
        }
        assert!(
            count * 2 < 300,
            "cloud.google.com/iam/quotas: 300 custom roles per organization"
        );
    }

    #[test]
    fn a_grant_gets_the_roles_of_its_atoms_and_no_wider_one() {
        assert_eq!(slugs(On::Bucket, &[Capability::Own]), ["own"]);
        assert_eq!(slugs(On::Bucket, &[Capability::Read]), ["read"]);
        assert_eq!(
            slugs(On::Bucket, &[Capability::Read, Capability::Write]),
            ["read", "write"]
        );
        assert_eq!(slugs(On::Bucket, &[Capability::Steward]), ["look"]);
        assert_eq!(slugs(On::Table, &[Capability::Own]), ["own"]);
        assert_eq!(slugs(On::Table, &[Capability::Steward]), ["steward"]);
        assert_eq!(slugs(On::Topic, &[Capability::Own]), ["write"]);
        assert_eq!(slugs(On::Topic, &[Capability::Read]), ["look"]);
        assert_eq!(slugs(On::Subscription, &[Capability::Read]), ["read"]);
        assert_eq!(slugs(On::Project, &[Capability::Operate]), ["query"]);
        assert_eq!(slugs(On::Project, &[Capability::Read]), Vec::<&str>::new());
    }
}
