//! What a policy sees: input version 1, one document per cell. `docs/policy-input.md` describes it.
//!
//! Every object that a finding can be about carries `at`, an opaque number that the rule hands
//! back; it stands for the blueprint line and the output line.

mod parts;
mod terraform;

pub(super) use parts::Parts;

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::address::Address;
use crate::artifact::{Artifact, Content, OriginRef, Printed};
use crate::blueprint::values::Duration;
use crate::ident::Name;
use crate::mesh::governance::Governance;
use crate::mesh::rows::{RowValue, Rows};
use crate::mesh::{Mesh, Product};
use crate::pipeline::Compiled;
use crate::primitive::{CellSet, Column, Grant, KeyUse, Primitive, Share, Storage, Stream, View};
use crate::source::{Span, Spanned};

/// Version of the document that policies are written against.
pub(super) const VERSION: u64 = 1;

/// The input of one cell.
#[derive(Debug)]
pub struct CellInput {
    /// The document, in the engine's form.
    pub value: regorus::Value,
    /// The same as JSON, for people and other engines.
    pub json: Value,
    /// What `at` stands for.
    pub places: Vec<Place>,
    /// The cell's own address, for findings without a place.
    pub address: String,
}

/// What an `at` stands for.
#[derive(Debug, Clone)]
pub struct Place {
    /// The thing in the mesh.
    pub address: String,
    /// The blueprint line.
    pub span: Option<Span>,
    /// The place in a file that meshc did not write.
    pub file: Option<Span>,
    /// The output line.
    pub output: Option<(String, u32)>,
}

/// An input in which nothing is known yet but the day.
pub(super) fn skeleton(day: Option<Date>) -> Map<String, Value> {
    let none: [Value; 0] = [];
    let empty = json!({
        "version": VERSION,
        "as_of": day.map(|day| day.to_string()),
        "mesh": {"name": null, "prefix": null, "classifications": none},
        "environment": null,
        "target": null,
        "cell": null,
        "domain": null,
        "governance": null,
        "products": none,
        "storages": none,
        "streams": none,
        "views": none,
        "shares": none,
        "grants": none,
    });
    match empty {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The inputs of a compiled mesh, in the order of its cells. Rules that measure time to come have
/// nothing to say without a day.
pub fn inputs(compiled: &Compiled, day: Option<Date>) -> Vec<CellInput> {
    let mut by_cell: HashMap<&str, Vec<File<'_>>> = HashMap::new();
    for (artifact, (_, printed)) in compiled.artifacts.iter().zip(&compiled.printed) {
        let cell = artifact
            .path
            .match_indices('/')
            .nth(2)
            .map_or("", |(at, _)| &artifact.path[..at]);
        by_cell.entry(cell).or_default().push((artifact, printed));
    }
    compiled
        .primitives
        .cells
        .values()
        .map(|cell| {
            let files = by_cell.remove(cell.id.to_string().as_str());
            let document = document(&compiled.mesh, day, cell, &files.unwrap_or_default());
            CellInput {
                value: regorus::Value::from(document.json.clone()),
                json: document.json,
                places: document.places,
                address: document.address,
            }
        })
        .collect()
}

/// One artifact and its text.
pub(super) type File<'a> = (&'a Artifact, &'a Printed);

/// What policies see of a cell, as JSON.
pub(super) struct CellDocument {
    pub json: Value,
    pub places: Vec<Place>,
    pub address: String,
}

/// The document of one cell.
pub(super) fn document(
    mesh: &Mesh,
    day: Option<Date>,
    cell: &CellSet,
    files: &[File<'_>],
) -> CellDocument {
    let mut lines: HashMap<Span, Vec<(&Address, &str, u32)>> = HashMap::new();
    for (artifact, printed) in files {
        for (range, origin) in &printed.ranges {
            lines.entry(origin.span).or_default().push((
                &origin.address,
                &artifact.path,
                *range.start(),
            ));
        }
    }
    Builder {
        mesh,
        day,
        cell,
        files,
        lines,
        places: Vec::new(),
    }
    .build()
}

struct Builder<'a> {
    mesh: &'a Mesh,
    day: Option<Date>,
    cell: &'a CellSet,
    files: &'a [File<'a>],
    /// Where what a blueprint line asked for came out, in the order of files and lines.
    lines: HashMap<Span, Vec<(&'a Address, &'a str, u32)>>,
    places: Vec<Place>,
}

impl Builder<'_> {
    fn build(mut self) -> CellDocument {
        let mesh = self.mesh;
        let domain = self
            .cell
            .domain
            .as_ref()
            .and_then(|info| mesh.domains.get(&info.name));
        let governance = domain
            .map_or(&mesh.governance, |domain| &domain.governance)
            .get(&self.cell.id.env);
        let address = Address {
            env: Some(self.cell.id.env.clone()),
            domain: self.cell.id.domain.clone(),
            ..Address::default()
        };
        let own = self.place(address.to_string(), self.cell.span, None);
        let mut primitives: [Vec<Value>; 5] = Default::default();
        for primitive in &self.cell.primitives {
            match primitive {
                Primitive::Storage(storage) => primitives[0].push(self.storage(storage)),
                Primitive::Stream(stream) => primitives[1].push(self.stream(stream)),
                Primitive::Grant(grant) => primitives[2].push(self.grant(grant)),
                Primitive::View(view) => primitives[3].push(self.view(view)),
                Primitive::Share(share) => primitives[4].push(self.share(share)),
                _ => {}
            }
        }
        let [storages, streams, grants, views, shares] = primitives;
        let domain_value = domain.map(|domain| {
            let at = self.place(domain.name.value.to_string(), domain.owner.span, None);
            let group = |name: &Name| {
                mesh.groups
                    .get(name)
                    .map(|group| json!({"name": name.as_str(), "workload": group.workload}))
            };
            json!({
                "name": domain.name.value.as_str(),
                "owner": group(&domain.owner.value),
                "steward": domain.steward.as_ref().and_then(|steward| group(&steward.value)),
                "cost_center": domain.cost_center,
                "at": at,
            })
        });
        let products: Vec<Value> = domain
            .into_iter()
            .flat_map(|domain| &domain.products)
            .filter(|product| product.targets.contains(&self.cell.id.target))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|product| self.product(product))
            .collect();
        let parts = self.artifacts();
        let mut document = skeleton(self.day);
        let mut set = |key: &str, value: Value| document.insert(key.to_owned(), value);
        set(
            "mesh",
            json!({
                "name": mesh.name.as_str(),
                "prefix": mesh.prefix.as_str(),
                "classifications": mesh.classifications.0.iter().map(Name::as_str).collect::<Vec<_>>(),
            }),
        );
        set("environment", json!(self.cell.id.env.as_str()));
        set("target", json!(self.cell.id.target.as_str()));
        let region = self
            .cell
            .region
            .as_ref()
            .map(|region| region.value.as_str());
        set("cell", json!({"region": region, "at": own}));
        set("domain", json!(domain_value));
        set("governance", json!(governance.map(governance_value)));
        set("products", Value::Array(products));
        set("storages", Value::Array(storages));
        set("streams", Value::Array(streams));
        set("views", Value::Array(views));
        set("shares", Value::Array(shares));
        set("grants", Value::Array(grants));
        parts.put(&mut document);
        CellDocument {
            json: Value::Object(document),
            places: self.places,
            address: address.to_string(),
        }
    }

    fn place(&mut self, address: String, span: Span, output: Option<(String, u32)>) -> usize {
        self.places.push(Place {
            address,
            span: Some(span),
            file: None,
            output,
        });
        self.places.len() - 1
    }

    /// The place of a primitive: its blueprint line, and the first output line that came from it.
    fn at(&mut self, origin: &OriginRef, span: Span) -> usize {
        let lines = self.lines.get(&origin.span);
        let output = lines
            .into_iter()
            .flatten()
            .find(|(address, _, _)| **address == origin.address)
            .map(|(_, path, line)| ((*path).to_owned(), *line));
        self.place(origin.address.to_string(), span, output)
    }

    fn declared(&self, address: &Address) -> Option<&Product> {
        let domain = self.mesh.domains.get(address.domain.as_ref()?)?;
        domain
            .products
            .iter()
            .find(|product| Some(&product.name.value) == address.product.as_ref())
    }

    fn storage(&mut self, storage: &Storage) -> Value {
        let retention = self
            .declared(&storage.address)
            .and_then(|product| product.retention.as_ref())
            .map(|written| written.span);
        let region = storage.region.as_ref().or(self.cell.region.as_ref());
        let (region, region_span) = (
            region.map(|region| region.value.clone()),
            region.map(|region| region.span),
        );
        let span = storage.origin.span;
        let at = self.at(&storage.origin, span);
        let retention_at = self.at(&storage.origin, retention.unwrap_or(span));
        let region_at = self.at(&storage.origin, region_span.unwrap_or(span));
        json!({
            "address": storage.address.to_string(),
            "product": storage.product.as_str(),
            "zone": storage.zone.as_str(),
            "raw": storage.raw,
            "classification": storage.label.as_str(),
            "encryption": key_word(&storage.key),
            "retention_seconds": storage.retention.map(Duration::seconds),
            "archive_after_seconds": storage.archive_after.map(Duration::seconds),
            "region": region,
            "columns": storage.columns.iter().map(column).collect::<Vec<_>>(),
            "partition_by": storage.partition_by,
            "tags": storage.tags,
            "at": at,
            "retention_at": retention_at,
            "region_at": region_at,
        })
    }

    fn stream(&mut self, stream: &Stream) -> Value {
        let region = stream.region.as_ref().or(self.cell.region.as_ref());
        let (region, region_span) = (
            region.map(|region| region.value.clone()),
            region.map(|region| region.span),
        );
        let at = self.at(&stream.origin, stream.origin.span);
        let region_at = self.at(&stream.origin, region_span.unwrap_or(stream.origin.span));
        json!({
            "address": stream.address.to_string(),
            "product": stream.product.as_str(),
            "zone": stream.zone.as_str(),
            "classification": stream.label.as_str(),
            "encryption": key_word(&stream.key),
            "replay_seconds": stream.replay.value.seconds(),
            "region": region,
            "columns": stream.columns.iter().map(column).collect::<Vec<_>>(),
            "ordering_key": stream.ordering_key,
            "tags": stream.tags,
            "at": at,
            "region_at": region_at,
        })
    }

    fn view(&mut self, view: &View) -> Value {
        let at = self.at(&view.origin, view.origin.span);
        let reads = view.tables.iter().map(|table| {
            json!({
                "resource": table.resource.to_string(),
                "port": table.port.as_str(),
                "agreed": table.consumer.is_some(),
                "until": table.until.map(|until| until.to_string()),
            })
        });
        json!({
            "address": view.address.to_string(),
            "product": view.product.as_str(),
            "zone": view.zone.as_str(),
            "classification": view.label.as_str(),
            "columns": view.columns.iter().map(column).collect::<Vec<_>>(),
            "reads": reads.collect::<Vec<_>>(),
            "tags": view.tags,
            "at": at,
        })
    }

    fn share(&mut self, share: &Share) -> Value {
        let at = self.at(&share.origin, share.origin.span);
        json!({
            "account": share.account,
            "resource": share.resource.to_string(),
            "port": share.port.as_str(),
            "columns": share.columns,
            "rows": rows(&share.rows),
            "until": share.until.to_string(),
            "at": at,
        })
    }

    fn grant(&mut self, grant: &Grant) -> Value {
        let at = self.at(&grant.origin, grant.origin.span);
        let zone = grant.resource.port.as_ref().map_or("", Name::as_str);
        let group = self.mesh.groups.get(&grant.group);
        json!({
            "group": grant.group.as_str(),
            "workload": group.is_some_and(|group| group.workload),
            "resource": grant.resource.to_string(),
            "port": grant.port.as_str(),
            "zone": zone,
            "raw": Product::is_raw(zone),
            "atoms": grant.atoms.iter().map(|atom| atom.as_str()).collect::<Vec<_>>(),
            "consumer": grant.consumer.as_ref().map(super::super::cell::DomainName::as_str),
            "columns": grant.columns,
            "rows": rows(&grant.rows),
            "masked": grant.masked,
            "until": grant.until.map(|until| until.value.to_string()),
            "at": at,
        })
    }

    fn product(&mut self, product: &Product) -> Value {
        let at = self.place(product.address.to_string(), product.name.span, None);
        let columns: Vec<Value> = product
            .columns
            .iter()
            .map(|column| {
                let address = format!("{}#{}", product.address, column.name.value);
                let at = self.place(address, column.name.span, None);
                json!({
                    "name": column.name.value,
                    "type": column.logical.to_string(),
                    "classification": column.classification.as_str(),
                    "key": column.key,
                    "required": column.required,
                    "description": column.description,
                    "at": at,
                })
            })
            .collect();
        let inputs: Vec<Value> = product
            .inputs
            .iter()
            .map(|input| self.made_from(input))
            .collect();
        let ports: Vec<Value> = product
            .ports
            .iter()
            .map(|port| {
                let address = format!("{}:{}", product.address, port.name.value);
                let at = self.place(address, port.name.span, None);
                json!({
                    "name": port.name.as_str(),
                    "zone": port.zone.as_str(),
                    "columns": port.columns,
                    "description": port.description,
                    "sunset": port.sunset.map(|day| day.to_string()),
                    "at": at,
                })
            })
            .collect();
        json!({
            "address": product.address.to_string(),
            "name": product.name.as_str(),
            "kind": product.kind.value,
            "version": product.version.value.to_string(),
            "title": product.title,
            "description": product.description,
            "columns": columns,
            "inputs": inputs,
            "ports": ports,
            "status": format!("{:?}", product.status).to_lowercase(),
            "classification": product.classification.as_str(),
            "zones": product.zones.iter().map(|zone| json!({"name": zone.as_str(), "raw": Product::is_raw(zone.as_str())})).collect::<Vec<_>>(),
            "freshness_seconds": product.sla.as_ref().and_then(|sla| sla.freshness.map(|it| it.value.seconds())),
            "at": at,
        })
    }

    /// What a product is made from, as far as this mesh knows it.
    fn made_from(&mut self, input: &Spanned<Address>) -> Value {
        let at = self.place(input.value.to_string(), input.span, None);
        let source = self.declared(&input.value);
        let columns: Vec<Value> = source
            .iter()
            .flat_map(|source| &source.columns)
            .map(|column| {
                json!({
                    "name": column.name.value,
                    "classification": column.classification.as_str(),
                })
            })
            .collect();
        json!({
            "address": input.value.to_string(),
            "classification": source.map(|source| source.classification.as_str()),
            "columns": columns,
            "at": at,
        })
    }

    /// What the cell's files hold, as far as it is plain values.
    fn artifacts(&mut self) -> Parts {
        let mut parts = Parts::default();
        let files = self.files;
        for (artifact, printed) in files {
            let path = &artifact.path;
            match &artifact.content {
                Content::Hcl(blocks) => {
                    let heads = heads(&printed.text);
                    for block in blocks {
                        let line = heads.get(head_of(&block.block).as_str());
                        let line = line.copied().unwrap_or(1);
                        parts.block(&block.block, path, |_| {
                            self.place(
                                block.origin.address.to_string(),
                                block.origin.span,
                                Some((path.clone(), line)),
                            )
                        });
                    }
                }
                Content::Json(document) | Content::Yaml(document) => {
                    let at = self.place(
                        document.origin.address.to_string(),
                        document.origin.span,
                        Some((path.clone(), 1)),
                    );
                    parts.document(path, &document.value, at);
                }
                Content::Sql(statements) => {
                    for one in statements {
                        let line = (printed.ranges.iter())
                            .find(|(_, origin)| *origin == one.origin)
                            .map_or(1, |(lines, _)| *lines.start());
                        let at = self.place(
                            one.origin.address.to_string(),
                            one.origin.span,
                            Some((path.clone(), line)),
                        );
                        parts.statement(path, &one.statement.to_string(), at);
                    }
                }
                Content::Text(_) => {}
            }
        }
        parts
    }
}

/// The values of each column as text; nothing where every row is meant.
fn rows(rows: &Rows) -> Value {
    if rows.is_everything() {
        return Value::Null;
    }
    let texts = |values: &BTreeSet<RowValue>| values.iter().map(ToString::to_string).collect();
    let columns = rows.iter();
    columns
        .map(|(column, values)| (column.to_owned(), texts(values)))
        .collect::<Map<_, Value>>()
        .into()
}

/// How a block's first line begins: `resource "type" "name"`.
fn head_of(block: &hcl::Block) -> String {
    let mut head = block.identifier().to_owned();
    for label in block.labels() {
        head.push_str(&format!(" \"{}\"", label.as_str()));
    }
    head
}

/// The line of every block of a printed file, from 1, by how it begins.
fn heads(text: &str) -> HashMap<&str, u32> {
    let mut heads = HashMap::new();
    for (line, at) in text.lines().zip(1..) {
        if let Some(head) = line
            .strip_suffix(" {")
            .filter(|head| !head.starts_with(' '))
        {
            heads.entry(head).or_insert(at);
        }
    }
    heads
}

fn key_word(key: &KeyUse) -> &'static str {
    match key {
        KeyUse::Provider => "provider",
        KeyUse::Own(_) => "own",
        KeyUse::Existing(_) => "existing",
    }
}

fn column(column: &Column) -> Value {
    json!({
        "name": column.name,
        "type": column.logical.to_string(),
        "classification": column.label.as_str(),
        "key": column.key,
        "required": column.required,
    })
}

fn governance_value(governance: &Governance) -> Value {
    let retention: Map<String, Value> = governance
        .retention
        .iter()
        .map(|(label, bounds)| {
            let seconds = |bound: &Option<crate::mesh::governance::Layered<Duration>>| {
                bound.as_ref().map(|bound| bound.value.seconds())
            };
            (
                label.to_string(),
                json!({"min_seconds": seconds(&bounds.min), "max_seconds": seconds(&bounds.max)}),
            )
        })
        .collect();
    json!({
        "retention": retention,
        "archive_after_seconds": governance.archive_after.as_ref().map(|after| after.value.seconds()),
        "regions": governance.regions.as_ref().map(|regions| regions.value.0.iter().collect::<Vec<_>>()),
        "tags": governance.tags.value.0.iter().collect::<Vec<_>>(),
        "encryption": governance.encryption.value.to_string(),
        "masked": governance.masked.value.0.iter().map(Name::as_str).collect::<Vec<_>>(),
        "unmask": governance.unmask.value.to_string(),
    })
}
