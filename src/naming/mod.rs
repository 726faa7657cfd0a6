//! Physical names: derived once, lawful on their cloud, shortened deterministically, and kept in
//! `mesh.lock` from then on. Names are not identity: a product that is renamed keeps them.

mod lock;
mod rule;

pub use lock::{LockProblem, MeshLock};
pub use rule::{NameRule, Scope};

use std::collections::BTreeMap;

use crate::address::Address;
use crate::cell::CellId;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::ident::Name;
use crate::mesh::Mesh;
use crate::primitive::{CellSet, PrimitiveSet};
use crate::source::{FileId, SourceMap, Span};

/// A name that a target needs for something in a cell.
#[derive(Debug, Clone)]
pub struct NameRequest {
    /// What it is for: the mesh, a domain, a product, or one of its zones; without environment.
    pub owner: Address,
    /// What it names there: `bucket`, `database`, `key-alias-confidential`; without spaces.
    pub role: String,
    /// Its parts, joined as the rule says.
    pub parts: Vec<String>,
    /// What is lawful.
    pub rule: &'static NameRule,
    /// The blueprint line that it comes from.
    pub span: Span,
}

/// Every physical name of a build.
#[derive(Debug, Default)]
pub struct Names {
    by_cell: BTreeMap<CellId, BTreeMap<String, String>>,
}

impl Names {
    /// A name that was asked for with the same owner and role.
    ///
    /// Asking for a name that was never requested is a defect of a target: tests stop on it, and a
    /// release build prints an empty name, which no gate lets through.
    pub fn get(&self, cell: &CellId, owner: &Address, role: &str) -> &str {
        let name = self
            .by_cell
            .get(cell)
            .and_then(|names| names.get(&key(owner, role)));
        debug_assert!(
            name.is_some(),
            "no name was requested for {owner} {role} in {cell}"
        );
        name.map_or("", String::as_str)
    }
}

/// How a name is found in the lock: its owner and role, without environment, which the cell has.
fn key(owner: &Address, role: &str) -> String {
    format!("{owner} {role}")
}

/// Derives every name, or takes it from the lock; the lock that comes back is the one to commit.
pub fn assign(
    set: &PrimitiveSet,
    mesh: &Mesh,
    lock: &MeshLock,
    requests: impl Fn(&CellSet) -> Vec<NameRequest>,
    out: &mut Diagnostics,
) -> (Names, MeshLock) {
    let mut names = Names::default();
    let mut next = MeshLock::new(&mesh.name.value);
    let mut taken: BTreeMap<(String, String), Holder> = BTreeMap::new();
    let mut collisions = Collisions::default();
    for (id, cell) in &set.cells {
        let mut own = BTreeMap::new();
        for request in requests(cell) {
            let key = key(&request.owner, &request.role);
            let locked = locked_name(lock, cell, &request, &key);
            let name = locked.map_or_else(|| request.rule.derive(&request.parts), str::to_owned);
            if let Err(why) = request.rule.check(&name) {
                let message = format!(
                    "`{name}` is not a lawful name for {}: {why}",
                    request.rule.what
                );
                out.push(
                    Diagnostic::new(code::NAME_COLLISION, request.span, message)
                        .help("give the product, domain or prefix another name"),
                );
            }
            let scope = (request.rule.scope_of(cell), NameRule::folded(&name));
            let holder = Holder {
                shown: format!("{}:{key}", id.env),
                domain: id.domain.as_ref().map(ToString::to_string),
                owner: request.owner.to_string(),
                span: request.span,
                cell: cell.span,
            };
            if let Some(other) = taken
                .insert(scope, holder.clone())
                .filter(|other| other.shown != holder.shown)
            {
                collisions.add(request.rule.what, &name, &holder, &other);
            }
            next.insert(id, &key, &name);
            own.insert(key, name);
        }
        names.by_cell.insert(id.clone(), own);
    }
    collisions.report(out);
    report_vanished(lock, mesh, out);
    (names, next)
}

/// Who has a physical name.
#[derive(Debug, Clone)]
struct Holder {
    /// `dev:sales/orders bucket`.
    shown: String,
    domain: Option<String>,
    owner: String,
    span: Span,
    cell: Span,
}

/// Names that would be used twice: two domains or products whose names run together collide in
/// everything that is made for them, in every environment, and that is said once.
#[derive(Debug, Default)]
struct Collisions(BTreeMap<(String, String), (Diagnostic, usize)>);

impl Collisions {
    fn add(&mut self, what: &str, name: &str, one: &Holder, other: &Holder) {
        let pair = match (&one.domain, &other.domain) {
            (Some(a), Some(b)) if a != b => (a.clone(), b.clone()),
            _ => (one.owner.clone(), other.owner.clone()),
        };
        if let Some((_, more)) = self.0.get_mut(&pair) {
            *more += 1;
            return;
        }
        let message = format!(
            "{what} `{name}` would be used twice: for `{}` and for `{}`",
            one.shown, other.shown
        );
        // What both have from the mesh does not tell them apart; their domains do.
        let (here, there) = if one.span == other.span {
            (one.cell, other.cell)
        } else {
            (one.span, other.span)
        };
        let problem = Diagnostic::new(code::NAME_COLLISION, here, message)
            .label(there, "the other one")
            .help("rename one of them; names are joined with `-`, so `a-b` + `c` and `a` + `b-c` are the same");
        self.0.insert(pair, (problem, 0));
    }

    fn report(self, out: &mut Diagnostics) {
        for (problem, more) in self.0.into_values() {
            out.push(match more {
                0 => problem,
                1 => problem.help("one more name of theirs collides in the same way"),
                _ => problem.help(format!(
                    "{more} more names of theirs collide in the same way"
                )),
            });
        }
    }
}

/// Reads the lock of a mesh; another mesh's lock is refused, since its names are not ours.
pub fn read_lock(map: &SourceMap, file: FileId, mesh: &Name) -> Result<MeshLock, Box<Diagnostic>> {
    let lock = MeshLock::parse(map.file(file).text()).map_err(|problem| {
        let at = map.point(file, problem.line, problem.column);
        let message = format!("mesh.lock cannot be read: {}", problem.what);
        Box::new(Diagnostic::new(code::UNREADABLE_LOCK, at, message).help(
            "restore it from version control; without it every physical name would be derived anew",
        ))
    })?;
    if lock.mesh() != mesh.as_str() {
        let message = format!(
            "this is the lock of the mesh `{}`, not of `{mesh}`",
            lock.mesh().escape_debug()
        );
        let problem = Diagnostic::new(
            code::OTHER_MESHS_LOCK,
            Span {
                file,
                start: 0,
                end: 0,
            },
            message,
        );
        return Err(Box::new(problem.help("a mesh keeps its name; restore it, or remove mesh.lock only if nothing was ever deployed")));
    }
    Ok(lock)
}

/// The locked name of a thing, looked up under the address it had before if it moved.
fn locked_name<'l>(
    lock: &'l MeshLock,
    cell: &CellSet,
    request: &NameRequest,
    own_key: &str,
) -> Option<&'l str> {
    if let Some(name) = lock.get(&cell.id, own_key) {
        return Some(name);
    }
    let product = request.owner.product.as_ref()?;
    let moved = cell.moved_in.iter().find(|moved| {
        moved.to.product.as_ref() == Some(product) && moved.to.domain == request.owner.domain
    })?;
    let old_cell = CellId {
        domain: moved.from.domain.clone(),
        ..cell.id.clone()
    };
    let old_owner = Address {
        domain: moved.from.domain.clone(),
        product: moved.from.product.clone(),
        major: moved.from.major,
        ..request.owner.clone()
    };
    lock.get(&old_cell, &key(&old_owner, &request.role))
}

/// A product that the lock knows must be in the blueprint: renamed, retired or destroyed, but
/// never simply gone, since its data would go with it.
fn report_vanished(lock: &MeshLock, mesh: &Mesh, out: &mut Diagnostics) {
    let mut known: std::collections::BTreeSet<Address> = std::collections::BTreeSet::new();
    for domain in mesh.domains.values() {
        for product in &domain.products {
            let plain = |address: &Address| Address {
                major: None,
                port: None,
                ..address.clone()
            };
            known.insert(plain(&product.address));
            known.extend(product.was.as_ref().map(|was| plain(&was.value)));
            known.extend(
                domain
                    .was
                    .as_ref()
                    .map(|was| Address::product(&was.value, &product.name.value)),
            );
        }
    }
    let mut gone: std::collections::BTreeSet<Address> = std::collections::BTreeSet::new();
    for owner in lock.owners().filter(|owner| owner.product.is_some()) {
        let plain = Address {
            major: None,
            port: None,
            column: None,
            env: None,
            target: None,
            ..owner
        };
        if !known.contains(&plain) {
            gone.insert(plain);
        }
    }
    for address in gone {
        let message = format!("`{address}` is in mesh.lock but no longer in the blueprint");
        // The domain's file, if it is still there, is where the product would be put back.
        let place = address
            .domain
            .as_ref()
            .and_then(|domain| mesh.domains.get(domain))
            .map_or(mesh.name.span, |domain| domain.name.span);
        let problem = Diagnostic::new(code::VANISHED, place, message);
        out.push(
            problem
                .help(format!("if it was renamed or moved, write `was: {address}` on the product that it became"))
                .help("if it is no longer served, put it back with `status: retired`: access is revoked, its data stays")
                .help("to delete its data, put it back with `status: destroyed` and apply with `--allow` and its address"),
        );
    }
}
