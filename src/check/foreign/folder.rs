//! A folder of files: Terraform, JSON, YAML, SQL and Rego.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use serde_json::Value;

use crate::artifact::read::{ReadContent, ReadFile, ReadTree};
use crate::artifact::sql::Reading;
use crate::check::input::{CellInput, Parts, Place, skeleton};
use crate::source::{FileId, SourceMap, Span};

/// The inputs of a folder, and its files in the map under the folder's name.
///
/// A tree of ours is judged cell by cell, as when it was compiled. Any other folder is one input:
/// what belongs together is found by name and reference.
pub fn inputs(
    tree: &ReadTree,
    shown: &Path,
    map: &mut SourceMap,
    day: Option<Date>,
) -> Vec<CellInput> {
    let mut cells: BTreeMap<&str, Builder> = BTreeMap::new();
    for (path, file) in &tree.files {
        let id = map.add(shown.join(path), file.text.as_str());
        let cell = match &tree.manifest {
            Some(_) => path
                .match_indices('/')
                .nth(2)
                .map_or("", |(at, _)| &path[..at]),
            None => "",
        };
        cells.entry(cell).or_default().file(path, file, id);
    }
    if cells.is_empty() {
        cells.entry("").or_default();
    }
    cells
        .into_iter()
        .map(|(cell, builder)| builder.build(cell, day))
        .collect()
}

#[derive(Default)]
struct Builder {
    parts: Parts,
    places: Vec<Place>,
}

impl Builder {
    fn build(self, cell: &str, day: Option<Date>) -> CellInput {
        let mut document = skeleton(day);
        self.parts.put(&mut document);
        let document = Value::Object(document);
        CellInput {
            value: regorus::Value::from(document.clone()),
            json: document,
            places: self.places,
            address: cell.to_owned(),
        }
    }

    fn file(&mut self, path: &str, file: &ReadFile, id: FileId) {
        let Self { parts, places } = self;
        let mut place = |address: &str, span: Range<usize>| {
            places.push(Place {
                address: address.to_owned(),
                span: None,
                file: Some(head(&file.text, span, id)),
                output: None,
            });
            places.len() - 1
        };
        match &file.content {
            ReadContent::Hcl(blocks) => {
                for (number, one) in blocks.iter().enumerate() {
                    let labels: Vec<&str> = one
                        .block
                        .labels()
                        .iter()
                        .map(hcl::structure::BlockLabel::as_str)
                        .collect();
                    let address = match one.block.identifier() {
                        "resource" => labels.join("."),
                        other => format!("{other}.{}", labels.join(".")),
                    };
                    parts.block(&one.block, path, |pointer| {
                        let span = match pointer {
                            "" => one.span.clone(),
                            inner => file.span(&format!("/{number}{inner}")),
                        };
                        place(&address, span)
                    });
                }
            }
            ReadContent::Json(value) | ReadContent::Yaml(value) => {
                let at = place(path, 0..file.text.len());
                parts.document(path, value, at);
            }
            ReadContent::Sql(found) => {
                let mut starts = vec![0];
                starts.extend(file.text.match_indices('\n').map(|(at, _)| at + 1));
                for one in found {
                    let start = starts.get(one.line.saturating_sub(1) as usize);
                    let start = start.copied().unwrap_or_default();
                    let at = place(path, start..file.text.len());
                    match &one.what {
                        Reading::Known(statement) => {
                            parts.statement(path, &statement.to_string(), at);
                        }
                        Reading::Unknown(text) => parts.statement(path, text, at),
                    }
                }
            }
            ReadContent::Text if is_rego(path) => {
                let at = place(path, 0..file.text.len());
                parts.policy(path, &file.text, at);
            }
            ReadContent::HclValues(_) | ReadContent::Text => {}
        }
    }
}

fn is_rego(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "rego")
}

/// The first line of a part that says something.
fn head(text: &str, span: Range<usize>, file: FileId) -> Span {
    let part = text.get(span.clone()).unwrap_or_default();
    let start = span.start + (part.len() - part.trim_start().len());
    let rest = text.get(start..span.end).unwrap_or_default();
    let end = start + rest.find('\n').unwrap_or(rest.len());
    let small = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span {
        file,
        start: small(start),
        end: small(end),
    }
}
