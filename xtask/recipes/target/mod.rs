//! Duck: one document per cell that says which tables there are and who may use them.
//!
//! In: a cell. Out: `resources/tables.json` and `access/grants.json`. Duck hides no columns, so a grant
//! that needs it is refused.

use serde_json::json;

use crate::artifact::{Artifact, Content, Document, Effect, OriginRef};
use crate::cell::TargetId;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::naming::{NameRequest, NameRule, Scope};
use crate::primitive::{CellSet, Grant, Primitive, Storage};
use crate::step::{Call, Draft, Run, Wave};
use crate::targets::{Lowering, Target};

/// The role of a table's name.
const ROLE: &str = "table";

/// A table's name; Duck sets no bounds, so these are our own.
static TABLE: NameRule = NameRule {
    what: "a Duck table",
    least: 1,
    most: 63,
    separator: Some('_'),
    upper: false,
    scope: Scope::Cell,
    source: "chosen here: Duck is made up for this recipe",
};

/// The target.
#[derive(Debug)]
pub(super) struct Duck;

impl Target for Duck {
    fn id(&self) -> TargetId {
        TargetId::Duck
    }

    fn names(&self, cell: &CellSet) -> Vec<NameRequest> {
        let storages = cell.primitives.iter().filter_map(|it| match it {
            Primitive::Storage(storage) => Some(storage),
            _ => None,
        });
        storages
            .map(|storage| NameRequest {
                owner: storage.address.clone(),
                role: ROLE.to_owned(),
                parts: vec![
                    storage.product.as_str().to_owned(),
                    storage.zone.as_str().to_owned(),
                ],
                rule: &TABLE,
                span: storage.origin.span,
            })
            .collect()
    }

    fn lower(&self, cell: &CellSet, cx: &Lowering<'_>, out: &mut Diagnostics) -> Vec<Artifact> {
        let mut tables: Option<(OriginRef, Vec<serde_json::Value>)> = None;
        let mut grants: Option<(OriginRef, Vec<serde_json::Value>)> = None;
        for primitive in &cell.primitives {
            match primitive {
                Primitive::Storage(storage) => {
                    let origin = storage.origin.with_effect(Effect::HoldsData);
                    tables
                        .get_or_insert((origin, Vec::new()))
                        .1
                        .push(table(storage, cx.names.get(&cell.id, &storage.address, ROLE)));
                }
                Primitive::Grant(grant) if grant.reaches_files() => {
                    let origin = grant.origin.with_effect(Effect::GrantsAccess);
                    let row = json!({
                        "user": grant.group.as_str(),
                        "of": grant.resource.to_string(),
                        "atoms": grant.atoms.iter().map(|atom| atom.as_str()).collect::<Vec<_>>(),
                    });
                    grants.get_or_insert((origin, Vec::new())).1.push(row);
                }
                Primitive::Grant(grant) => refuse(grant, out),
                // Nothing of the sort exists here.
                Primitive::Key(_)
                | Primitive::Stream(_)
                | Primitive::Compute(_)
                | Primitive::Principal(_)
                | Primitive::Mask(_)
                | Primitive::View(_)
                | Primitive::Share(_)
                | Primitive::Guardrail(_) => {}
            }
        }
        [
            ("resources/tables.json", tables),
            ("access/grants.json", grants),
        ]
        .into_iter()
        .filter_map(|(path, rows)| {
            let (origin, rows) = rows?;
            Some(Artifact {
                path: format!("{}/{path}", cell.id),
                content: Content::Json(Document {
                    value: json!(rows),
                    origin,
                    parts: Vec::new(),
                }),
            })
        })
        .collect()
    }

    fn steps(&self, cell: &CellSet, artifacts: &[&Artifact]) -> Vec<Draft> {
        let below = format!("{}/", cell.id);
        artifacts
            .iter()
            .filter_map(|artifact| artifact.path.strip_prefix(&below))
            .map(|path| Draft {
                name: path.to_owned(),
                wave: if path.starts_with("access/") {
                    Wave::Access
                } else {
                    Wave::Things
                },
                files: vec![path.to_owned()],
                folder: String::new(),
                call: Call::new(["duck", "load", path]),
                run: Run::Put,
                undo: Vec::new(),
                holes: Vec::new(),
            })
            .collect()
    }
}

fn table(storage: &Storage, name: &str) -> serde_json::Value {
    let columns: Vec<&str> = storage
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    json!({"table": name, "of": storage.address.to_string(), "columns": columns})
}

fn refuse(grant: &Grant, out: &mut Diagnostics) {
    let message = format!("Duck cannot hide columns of `{}`", grant.resource);
    out.push(
        Diagnostic::new(code::MASK_NOT_ENFORCEABLE, grant.origin.span, message)
            .help("leave Duck out of the product's targets, or let the group see every column"),
    );
}
