//! Primitives by cell, with what their cell knows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::address::Address;
use crate::blueprint::tree::cloud::Settings;
use crate::cell::{CellId, DomainName, TargetId};
use crate::ident::Name;
use crate::mesh::State;
use crate::mesh::capability::Atom;
use crate::source::{Span, Spanned};

use super::{Grant, Primitive};

/// Every primitive of a mesh.
#[derive(Debug, Default)]
pub struct PrimitiveSet {
    /// By cell; what stands above domains is in the cells without a domain.
    pub cells: BTreeMap<CellId, CellSet>,
}

impl PrimitiveSet {
    /// Leaves out every grant whose last day is before a day, who sees values in clear only by such a
    /// grant, and every view that rests on an agreement of which that is true; says in words what was
    /// left out.
    ///
    /// For plans: what is built keeps an expired grant, with its condition where the cloud has one.
    pub fn leave_out_expired(&mut self, day: Date) -> Vec<String> {
        let mut said = Vec::new();
        for (id, cell) in &mut self.cells {
            said.extend(cell.leave_out_views(day));
            let is_over =
                |grant: &Grant| grant.until.as_ref().is_some_and(|until| until.value < day);
            let mut gone: BTreeSet<(Address, Name)> = BTreeSet::new();
            cell.primitives.retain(|primitive| {
                let Primitive::Grant(grant) = primitive else {
                    return true;
                };
                let (true, Some(until)) = (is_over(grant), &grant.until) else {
                    return true;
                };
                said.push(format!(
                    "{}:{} for {}, since {}",
                    id.env, grant.resource, grant.group, until.value
                ));
                if grant.has(Atom::Unmask) {
                    gone.insert((grant.resource.clone(), grant.group.clone()));
                }
                false
            });
            gone.retain(|(resource, group)| {
                !cell.primitives.iter().any(|primitive| {
                    matches!(primitive, Primitive::Grant(grant)
                        if grant.has(Atom::Unmask) && grant.resource == *resource && grant.group == *group)
                })
            });
            for primitive in &mut cell.primitives {
                if let Primitive::Mask(mask) = primitive {
                    let resource = mask.resource.clone();
                    mask.clear_for
                        .retain(|group| !gone.contains(&(resource.clone(), group.clone())));
                }
            }
        }
        said.sort();
        said.dedup();
        said
    }
}

impl CellSet {
    /// Leaves out every view that shows nothing on a day, since an agreement that it rests on has
    /// ended, with all that is about it.
    fn leave_out_views(&mut self, day: Date) -> Vec<String> {
        let mut gone: BTreeSet<Address> = BTreeSet::new();
        let mut said = Vec::new();
        for primitive in &self.primitives {
            let Primitive::View(view) = primitive else {
                continue;
            };
            if let Some(until) = view.until().filter(|until| *until < day) {
                said.push(format!(
                    "{}:{}, whose agreements ended on {until}",
                    self.id.env, view.address
                ));
                gone.insert(view.address.clone());
            }
        }
        self.primitives.retain(|primitive| match primitive {
            Primitive::View(view) => !gone.contains(&view.address),
            Primitive::Mask(mask) => !gone.contains(&mask.resource),
            Primitive::Grant(grant) => !gone.contains(&grant.resource),
            Primitive::Share(share) if share.until < day => {
                said.push(format!(
                    "{}:{} shared with {}, since {}",
                    self.id.env, share.resource, share.account, share.until
                ));
                false
            }
            Primitive::Share(share) => !gone.contains(&share.resource),
            _ => true,
        });
        said
    }
}

/// What every cell of a mesh shares.
#[derive(Debug, Clone)]
pub struct MeshInfo {
    /// The mesh's name.
    pub name: Name,
    /// What every globally unique name starts with.
    pub prefix: Name,
    /// Where state lies.
    pub state: State,
    /// The environments in their order.
    pub environments: Vec<Name>,
    /// The labels of data, from least to most sensitive.
    pub classifications: Vec<Name>,
}

/// What a cell knows of its domain.
#[derive(Debug, Clone)]
pub struct DomainInfo {
    /// Its name.
    pub name: DomainName,
    /// Its title, or its name.
    pub title: String,
    /// The group that answers for it.
    pub owner: Name,
    /// Where it is declared.
    pub span: Span,
}

/// A product that had another address before.
#[derive(Debug, Clone)]
pub struct Move {
    /// The old `domain/product`.
    pub from: Address,
    /// The new one.
    pub to: Address,
    /// The line that says so.
    pub span: Span,
    /// What the product has in its new cell: its storages and streams.
    pub things: Vec<Primitive>,
    /// The settings of its old cell; `None` if its old domain is gone or had no cell there.
    pub old_cell: Option<Settings>,
}

/// One cell and what is in it.
#[derive(Debug)]
pub struct CellSet {
    /// Which.
    pub id: CellId,
    /// What every cell shares.
    pub mesh: MeshInfo,
    /// The domain; `None` above domains.
    pub domain: Option<DomainInfo>,
    /// The cell's own settings; the cloud's above domains.
    pub settings: Settings,
    /// The cloud's settings for the whole mesh.
    pub cloud: Settings,
    /// Where things are made, where the cloud has a choice.
    pub region: Option<Spanned<String>>,
    /// What is in it, in the order of the blueprint.
    pub primitives: Vec<Primitive>,
    /// Products that moved into this cell or within it.
    pub moved_in: Vec<Move>,
    /// Products that moved from this cell to another domain's.
    pub moved_out: Vec<Move>,
    /// Every cell of the same target and environment, for what stands above domains.
    pub siblings: Vec<(DomainName, Settings)>,
    /// Whether the blueprint line of the cell itself is worth pointing at.
    pub span: Span,
}

impl CellSet {
    /// The target.
    pub fn target(&self) -> TargetId {
        self.id.target
    }

    /// A setting of the cell, or of the cloud where the cell does not say.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.text(key).or_else(|| self.cloud.text(key))
    }

    /// The major version of the Terraform provider that is written for.
    pub fn provider_major(&self, default: u32) -> u32 {
        self.cloud
            .text("provider")
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    }
}
