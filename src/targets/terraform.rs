//! What the Terraform targets share: where the files of a root go, its backend, its provider pins,
//! labels that stay the same, and blocks that let a renamed or moved product keep its data.
//!
//! In: a cell. Out: artifacts and blocks that know no cloud; each target adds its own resources.
//! Nothing here grants anything.

use std::sync::Arc;

use crate::address::Address;
use crate::artifact::hcl::build::{block, expr, import, moved, removed};
use crate::artifact::{Artifact, Content, Document, Effect, HclBlock, Origin, OriginRef};
use crate::primitive::{CellSet, Move};
use crate::source::Span;
use crate::step::{Call, Draft, Hole, Run, Shape, Wave};

/// The oldest Terraform that understands every block we write: `use_lockfile` of the s3 backend
/// left its trial in 1.11, `removed` came with 1.7 and `import` with 1.5 (Terraform's changelog).
const TERRAFORM: &str = ">= 1.11.0";

/// One of the roots of a cell; each has a state of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Things, and execution roles that only they use.
    Resources,
    /// Everything that names a principal outside its own root.
    Access,
    /// What stands above domains; it has only this one.
    Above,
}

/// A provider and the major version that is written for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pin {
    /// Its local name: `aws`.
    pub name: &'static str,
    /// Where it comes from: `hashicorp/aws`.
    pub source: &'static str,
    /// Its major version.
    pub major: u32,
}

/// One root of a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Root<'c> {
    cell: &'c CellSet,
    part: Part,
}

impl<'c> Root<'c> {
    /// The root of a cell.
    pub(super) fn new(cell: &'c CellSet, part: Part) -> Self {
        Self { cell, part }
    }

    /// Which root it is.
    pub(super) fn part(self) -> Part {
        self.part
    }

    /// The path of one of its files below the output folder.
    pub(super) fn path(self, file: &str) -> String {
        match self.part {
            Part::Resources => format!("{}/resources/{file}", self.cell.id),
            Part::Access => format!("{}/access/{file}", self.cell.id),
            Part::Above => format!("{}/{file}", self.cell.id),
        }
    }

    /// A file of blocks.
    pub(super) fn hcl(self, file: &str, blocks: Vec<HclBlock>) -> Artifact {
        Artifact {
            path: self.path(file),
            content: Content::Hcl(blocks),
        }
    }

    /// A JSON document; its carrier reads it with [`file`].
    pub(super) fn document(self, file: &str, document: Document) -> Artifact {
        Artifact {
            path: self.path(file),
            content: Content::Json(document),
        }
    }

    /// Why something exists that belongs to the root as a whole.
    pub(super) fn origin(self, span: Span, maker: &'static str, why: &str) -> OriginRef {
        let address = self
            .cell
            .id
            .domain
            .as_ref()
            .map(Address::domain)
            .unwrap_or_default();
        let address = address.in_env(&self.cell.id.env);
        Arc::new(Origin {
            address,
            span,
            maker,
            why: why.to_owned(),
            effect: Effect::Plain,
        })
    }

    /// What its state is called: the same in every kind of store.
    fn state_name(self) -> String {
        let root = match self.part {
            Part::Resources => "resources",
            Part::Access => "access",
            Part::Above => "mesh",
        };
        format!("{}/{}/{root}", self.cell.mesh.name, self.cell.id)
    }

    /// `backend.tf`: where the state lies. A local state's path is not known here; whoever runs
    /// Terraform says it with `-backend-config=path=…`.
    pub(super) fn backend(self) -> Artifact {
        let state = &self.cell.mesh.state;
        let setting = |key: &str| state.settings.get(key).cloned().unwrap_or_default();
        let name = self.state_name();
        let backend = block("backend").label(state.kind);
        let backend = match state.kind {
            // https://developer.hashicorp.com/terraform/language/backend/s3
            "s3" => backend
                .attr("bucket", setting("bucket"))
                .attr("key", format!("{name}.tfstate"))
                .attr("region", setting("region"))
                .attr("encrypt", true)
                .attr("use_lockfile", true),
            // https://developer.hashicorp.com/terraform/language/backend/azurerm
            "azurerm" => backend
                .attr_if(
                    "subscription_id",
                    state.settings.get("subscription").cloned(),
                )
                .attr("resource_group_name", setting("resource-group"))
                .attr("storage_account_name", setting("storage-account"))
                .attr("container_name", setting("container"))
                .attr("key", format!("{name}.tfstate"))
                .attr("use_azuread_auth", true),
            // https://developer.hashicorp.com/terraform/language/backend/gcs: the object is
            // PREFIX/WORKSPACE.tfstate.
            "gcs" => backend
                .attr("bucket", setting("bucket"))
                .attr("prefix", name),
            _ => backend,
        };
        let origin = self.origin(
            state.span.unwrap_or(self.cell.span),
            "state",
            "where the state of this root lies",
        );
        self.hcl(
            "backend.tf",
            vec![block("terraform").block(backend).by(&origin)],
        )
    }

    /// `providers.tf`: which providers in which major version, and their settings.
    pub(super) fn providers(self, pins: &[Pin], settings: Vec<HclBlock>) -> Artifact {
        let required = pins
            .iter()
            .fold(block("required_providers"), |required, pin| {
                let version = format!("~> {}.0", pin.major);
                required.attr(
                    pin.name,
                    expr::object([("source", pin.source), ("version", version.as_str())]),
                )
            });
        let origin = self.origin(
            self.cell.cloud.span,
            "provider",
            "the versions that this root is written for",
        );
        let terraform = block("terraform")
            .attr("required_version", TERRAFORM)
            .block(required)
            .by(&origin);
        self.hcl(
            "providers.tf",
            std::iter::once(terraform).chain(settings).collect(),
        )
    }

    /// Blocks that bind what a product that has another name now was before: `moved` within the
    /// domain, `import` of the thing itself where it comes from another domain's state.
    ///
    /// `blocks` are those of this root; `id` tells how Terraform finds an existing thing of a block,
    /// or nothing where it is simply made anew (a grant to a role that is new, too).
    pub(super) fn arrivals(
        self,
        blocks: &[HclBlock],
        id: impl Fn(&HclBlock) -> Option<String>,
    ) -> Vec<HclBlock> {
        let mut arrivals = Vec::new();
        for moved_in in &self.cell.moved_in {
            let origin = self.moved_origin(moved_in);
            for one in blocks.iter().filter(|one| belongs(one, &moved_in.to)) {
                let Some((kind, label)) = resource_of(one) else {
                    continue;
                };
                let to = format!("{kind}.{label}");
                if moved_in.from.domain == moved_in.to.domain {
                    let from = before(label, moved_in).map(|label| format!("{kind}.{label}"));
                    arrivals.extend(
                        from.filter(|from| *from != to)
                            .map(|from| moved(&from, &to).by(&origin)),
                    );
                } else {
                    arrivals.extend(id(one).map(|id| import(&to, &id).by(&origin)));
                }
            }
        }
        arrivals
    }

    /// Blocks that make this root forget what another domain's root has imported: resources of the
    /// product as `(type, label)`, with the labels that they have now.
    pub(super) fn departures<'b>(
        self,
        moved_out: &Move,
        imported: impl IntoIterator<Item = (&'b str, String)>,
    ) -> Vec<HclBlock> {
        let origin = self.moved_origin(moved_out);
        let forget = |(kind, label): (&str, String)| {
            let from = before(&label, moved_out)?;
            Some(removed(&format!("{kind}.{from}")).by(&origin))
        };
        imported.into_iter().filter_map(forget).collect()
    }

    /// Blocks that make this root forget what it had for the data of a product that went away: by
    /// `(type, label)`, whatever the root has no block for any more.
    pub(super) fn left_behind<'b>(
        self,
        moved_out: &Move,
        blocks: &[HclBlock],
        things: impl IntoIterator<Item = (&'b str, String)>,
    ) -> Vec<HclBlock> {
        let origin = self.moved_origin(moved_out);
        let has = |kind: &str, label: &str| {
            blocks
                .iter()
                .any(|one| resource_of(one) == Some((kind, label)))
        };
        things
            .into_iter()
            .filter(|(kind, label)| !has(kind, label))
            .map(|(kind, label)| removed(&format!("{kind}.{label}")).by(&origin))
            .collect()
    }

    fn moved_origin(self, moved: &Move) -> OriginRef {
        Arc::new(Origin {
            address: moved.to.clone().in_env(&self.cell.id.env),
            span: moved.span,
            maker: "was",
            why: format!("{} was {} before", moved.to, moved.from),
            effect: Effect::Plain,
        })
    }
}

/// Whether a block belongs to a product.
fn belongs(block: &HclBlock, product: &Address) -> bool {
    let own = &block.origin.address;
    own.domain == product.domain && own.product == product.product && own.major == product.major
}

/// Kind and label of a `resource` block.
fn resource_of(block: &HclBlock) -> Option<(&str, &str)> {
    let labels: Vec<&str> = block
        .block
        .labels
        .iter()
        .map(hcl::structure::BlockLabel::as_str)
        .collect();
    match (block.block.identifier.as_str(), labels.as_slice()) {
        ("resource", [kind, label]) => Some((kind, label)),
        _ => None,
    }
}

/// The label that a thing of a product had when the product had its old name.
fn before(label: &str, moved: &Move) -> Option<String> {
    let rest = label.strip_prefix(&product_label(&moved.to))?;
    (rest.is_empty() || rest.starts_with('_'))
        .then(|| format!("{}{rest}", product_label(&moved.from)))
}

/// A Terraform label from names: deterministic, and without anything that a person may edit freely.
pub(super) fn label<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| name.replace(['-', '.'], "_"))
        .collect();
    names.join("_")
}

/// What every label of a product's things starts with.
pub(super) fn product_label(address: &Address) -> String {
    let name = address.product.as_ref().map_or("", |name| name.as_str());
    match address.major {
        Some(major) => label([name, &format!("v{major}")]),
        None => label([name]),
    }
}

/// The text of a document of the same root.
pub(super) fn file(path: &str) -> hcl::Expression {
    expr::call("file", [path])
}

/// The text of a document whose holes are filled from variables of the same name.
pub(super) fn file_with_holes<'h>(
    path: &str,
    holes: impl IntoIterator<Item = &'h str>,
) -> hcl::Expression {
    holes.into_iter().fold(file(path), |text, hole| {
        let token = hcl::Expression::String(format!("@@{hole}@@"));
        expr::call(
            "replace",
            [text, token, expr::reference(&format!("var.{hole}"))],
        )
    })
}

/// The steps of the cell's Terraform roots. `shape` says what a value that one root takes from the
/// other looks like.
pub(super) fn steps(
    cell: &CellSet,
    artifacts: &[&Artifact],
    shape: impl Fn(&str) -> Option<Shape>,
) -> Vec<Draft> {
    let below = format!("{}/", cell.id);
    let draft = |name: &str, wave| {
        let own: Vec<(&str, &Artifact)> = artifacts
            .iter()
            .filter_map(|artifact| Some((artifact.path.strip_prefix(&below)?, *artifact)))
            .filter(|(path, _)| path.split('/').next() == Some(name))
            .collect();
        let holes = own
            .iter()
            .flat_map(|(_, artifact)| variables(artifact))
            .filter_map(|name| {
                Some(Hole {
                    shape: shape(&name)?,
                    name,
                    from: "resources".to_owned(),
                })
            })
            .collect();
        // https://developer.hashicorp.com/terraform/language/backend/local
        let local = cell.mesh.state.kind == "local";
        Draft {
            name: name.to_owned(),
            wave,
            files: own.iter().map(|(path, _)| (*path).to_owned()).collect(),
            folder: name.to_owned(),
            call: Call::new(["terraform", "apply"]),
            run: Run::Terraform {
                state: local.then(|| format!("{name}.tfstate")),
            },
            undo: Vec::new(),
            holes,
        }
    };
    [("resources", Wave::Things), ("access", Wave::Access)]
        .into_iter()
        .map(|(name, wave)| draft(name, wave))
        .filter(|draft| !draft.files.is_empty())
        .collect()
}

/// The variables of a file that have no value of their own.
fn variables(artifact: &Artifact) -> Vec<String> {
    let Content::Hcl(blocks) = &artifact.content else {
        return Vec::new();
    };
    blocks
        .iter()
        .filter(|one| one.block.identifier.as_str() == "variable")
        .filter(|one| {
            let mut attributes = one.block.body.attributes();
            attributes.all(|attribute| attribute.key.as_str() != "default")
        })
        .filter_map(|one| one.block.labels.first())
        .map(|label| label.as_str().to_owned())
        .collect()
}
