//! Which Azure roles stand for which atoms: built-in ones where they allow exactly that, custom
//! ones otherwise. The table is data; nothing here decides who gets a role.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::json;

use super::guid;
use crate::artifact::{Artifact, Document, Effect};
use crate::mesh::capability::Atom;
use crate::primitive::CellSet;
use crate::targets::terraform::{Part, Root};

/// One role of the table.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Role {
    /// Its word in labels.
    pub slug: String,
    /// The GUID of a built-in role.
    #[serde(default)]
    built_in: Option<String>,
    #[serde(default)]
    custom: bool,
    #[serde(rename = "verified")]
    _verified: bool,
    /// Its name for people.
    pub title: String,
    description: String,
    atoms: BTreeSet<String>,
    actions: Vec<String>,
    /// What it allows on data.
    pub data_actions: Vec<String>,
    /// Whether its read action may only list, which its assignments must say in a condition.
    #[serde(default)]
    pub lists_only: bool,
}

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Form {
    means_nothing: BTreeSet<String>,
    roles: Vec<Role>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct KeyUser {
    built_in: String,
}

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Table {
    forms: BTreeMap<String, Form>,
    key_user: KeyUser,
}

static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| {
    // Part of the binary, and read by a test, so that it cannot fail later.
    serde_json::from_str(include_str!("../../../data/azure/roles.json")).ok()
});

/// What a role is given on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum On {
    /// A container.
    Files,
    /// An event hub.
    Stream,
}

impl On {
    const ALL: &'static [Self] = &[Self::Files, Self::Stream];

    /// Its word in the table and in names.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Stream => "stream",
        }
    }
}

fn form(on: On) -> Option<&'static Form> {
    TABLE
        .as_ref()
        .and_then(|table| table.forms.get(on.as_str()))
}

/// The fewest roles that have all of these atoms and no other; and the atoms that no role has.
pub(super) fn choose(on: On, atoms: &BTreeSet<Atom>) -> (Vec<&'static Role>, BTreeSet<Atom>) {
    let Some(form) = form(on) else {
        return (Vec::new(), atoms.clone());
    };
    let counts = |atom: &&Atom| !form.means_nothing.contains(atom.as_str());
    let wanted: BTreeSet<Atom> = atoms.iter().filter(counts).copied().collect();
    let has = |role: &Role, atom: &Atom| role.atoms.contains(atom.as_str());
    let fits = |role: &&Role| {
        role.atoms
            .iter()
            .filter_map(|word| Atom::parse(word))
            .all(|atom| atoms.contains(&atom) || !counts(&&atom))
    };
    let mut missing = wanted;
    let mut chosen = Vec::new();
    // The table lists wide roles first, so the first that fits covers the most.
    for role in form.roles.iter().filter(fits) {
        let before = missing.len();
        missing.retain(|atom| !has(role, atom));
        if missing.len() < before {
            chosen.push(role);
        }
    }
    (chosen, missing)
}

/// The GUID of a role in one environment.
pub(super) fn id(cell: &CellSet, on: On, role: &Role) -> String {
    match &role.built_in {
        Some(id) => id.clone(),
        None => guid::of([
            "role",
            cell.mesh.name.as_str(),
            cell.id.env.as_str(),
            on.as_str(),
            &role.slug,
        ]),
    }
}

/// The built-in role of an identity on the key that encrypts for it.
pub(super) fn key_user() -> &'static str {
    TABLE
        .as_ref()
        .map_or("", |table| table.key_user.built_in.as_str())
}

/// The definitions of the custom roles, at the management group, for `az rest --method put`.
pub(super) fn definitions(cell: &CellSet) -> Vec<Artifact> {
    let root = Root::new(cell, Part::Above);
    let group = cell.cloud.text("management-group").unwrap_or_default();
    let origin = root
        .origin(cell.cloud.span, "roles", "what capabilities mean on Azure")
        .with_effect(Effect::GrantsAccess);
    let mut artifacts = Vec::new();
    for on in On::ALL {
        for role in form(*on)
            .into_iter()
            .flat_map(|form| &form.roles)
            .filter(|role| role.custom)
        {
            // One management group at most, and none of the wildcards (Azure docs, custom roles).
            let value = json!({
                "name": id(cell, *on, role),
                "properties": {
                    // Unique in the whole tenant.
                    "roleName": format!("meshc {} {} {}", cell.mesh.name, cell.id.env, role.title),
                    "description": role.description,
                    "type": "CustomRole",
                    "permissions": [{
                        "actions": role.actions,
                        "notActions": [],
                        "dataActions": role.data_actions,
                        "notDataActions": [],
                    }],
                    "assignableScopes": [format!("/providers/Microsoft.Management/managementGroups/{group}")],
                },
            });
            let file = format!("roles/{}-{}.json", on.as_str(), role.slug);
            artifacts.push(root.document(
                &file,
                Document {
                    value,
                    origin: origin.clone(),
                    parts: Vec::new(),
                },
            ));
        }
    }
    artifacts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use super::*;
    use crate::mesh::capability::{Capability, atoms};

    #[test]
    fn every_capability_has_roles_on_everything() {
        let table = TABLE.as_ref().unwrap();
        assert_eq!(table.key_user.built_in.len(), 36);
        for on in On::ALL {
            for capability in Capability::ALL {
                let (_, missing) = choose(*on, capability.atoms());
                assert!(missing.is_empty(), "{on:?} {capability}: {missing:?}");
            }
            let form = form(*on).unwrap();
            for word in form
                .roles
                .iter()
                .flat_map(|role| &role.atoms)
                .chain(&form.means_nothing)
            {
                assert!(Atom::parse(word).is_some(), "{word}");
            }
            for role in &form.roles {
                assert_ne!(role.custom, role.built_in.is_some(), "{}", role.slug);
                // Only one wildcard per action, and none in our own (Azure docs, custom roles).
                let own = role.actions.iter().chain(&role.data_actions);
                assert!(
                    !role.custom || own.clone().all(|action| !action.contains('*')),
                    "{}",
                    role.slug
                );
                assert!(
                    own.clone()
                        .all(|action| !action.to_lowercase().contains("listkeys")),
                    "{}",
                    role.slug
                );
                let reads = role
                    .data_actions
                    .iter()
                    .any(|action| action.ends_with("blobs/read"));
                assert!(
                    !reads || role.lists_only || role.atoms.contains("read-data"),
                    "{}",
                    role.slug
                );
            }
        }
    }

    #[test]
    fn a_grant_gets_the_roles_of_its_atoms_and_no_wider_one() {
        let slugs = |on, can: &[Capability]| -> Vec<&str> {
            choose(on, &atoms(can))
                .0
                .iter()
                .map(|role| role.slug.as_str())
                .collect()
        };
        assert_eq!(slugs(On::Files, &[Capability::Own]), ["own"]);
        assert_eq!(slugs(On::Files, &[Capability::Read]), ["read"]);
        assert_eq!(
            slugs(On::Files, &[Capability::Read, Capability::Write]),
            ["read", "write"]
        );
        assert_eq!(slugs(On::Files, &[Capability::Steward]), ["steward"]);
        assert_eq!(slugs(On::Files, &[Capability::Operate]), ["look"]);
        assert_eq!(slugs(On::Stream, &[Capability::Own]), ["read", "write"]);
        assert_eq!(slugs(On::Stream, &[Capability::Write]), ["write"]);
        assert_eq!(slugs(On::Stream, &[Capability::Operate]), ["operate"]);
        assert_eq!(slugs(On::Stream, &[Capability::Steward]), ["look"]);
    }
}
