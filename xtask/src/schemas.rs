//! `xtask schemas`: trims full Terraform provider schemas to what meshc embeds.
//!
//! In: a folder of `NAME-VERSION.json.gz` (or `.json`) files, each either the
//! output of `terraform providers schema -json` or one provider's part of it, and
//! `data/provider-schemas/resources.txt`. Out: one compact, sorted file a provider
//! major in `data/provider-schemas/`, with one line a resource type so that a
//! refresh reads well in a diff. It never talks to a registry and never invents a
//! fact: what it changes beyond leaving out is listed in [`corrections`].

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

mod corrections;

/// Arguments of `xtask schemas`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder with the full schemas, `NAME-VERSION.json.gz` each.
    #[arg(long)]
    from: PathBuf,
    /// Folder that holds `resources.txt` and receives the trimmed files.
    #[arg(long, default_value = "data/provider-schemas")]
    to: PathBuf,
}

/// The provider majors that meshc emits for, in the order they are written.
///
/// An older major comes before a newer one of the same provider, because
/// the newer one may take limits from it that its own extraction lost.
const EMBEDDED: &[(&str, u64)] = &[("aws", 5), ("aws", 6), ("azurerm", 4), ("google", 6)];

/// One provider's full schema, as found in the source folder.
struct Source {
    file: String,
    version: String,
    /// Where the schema was taken from, as the source file itself says.
    origin: String,
    provider: Value,
    resources: Map<String, Value>,
    data_sources: Map<String, Value>,
}

/// The names that `resources.txt` asks for.
struct Wanted {
    resources: BTreeSet<String>,
    data_sources: BTreeSet<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let list = args.to.join("resources.txt");
    let wanted = parse_list(
        &fs::read_to_string(&list).with_context(|| format!("reading {}", list.display()))?,
    )?;
    let mut older: BTreeMap<&str, Value> = BTreeMap::new();
    for (name, major) in EMBEDDED {
        let source = find_source(&args.from, name, *major)?;
        let mut trimmed = trim(name, &source, &wanted, older.get(name))?;
        let path = args.to.join(format!("{name}-{major}.json"));
        fs::write(&path, print(&trimmed)?)
            .with_context(|| format!("writing {}", path.display()))?;
        tell(&format!(
            "{}: {} resource types, {} data sources, from {}",
            path.display(),
            member(&trimmed, "resource_schemas").len(),
            member(&trimmed, "data_source_schemas").len(),
            source.file,
        ));
        for missing in absent(name, &wanted, &trimmed) {
            tell(&format!("  not in {name} {}: {missing}", source.version));
        }
        older.insert(name, trimmed.take());
    }
    Ok(())
}

#[allow(
    clippy::print_stdout,
    reason = "what a maintenance command did is its output"
)]
fn tell(line: &str) {
    println!("{line}");
}

fn parse_list(text: &str) -> Result<Wanted> {
    let mut wanted = Wanted {
        resources: BTreeSet::new(),
        data_sources: BTreeSet::new(),
    };
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fresh = match line.strip_prefix("data ") {
            Some(name) => wanted.data_sources.insert(name.trim().to_owned()),
            None => wanted.resources.insert(line.to_owned()),
        };
        ensure!(
            fresh,
            "resources.txt:{}: `{line}` is listed twice",
            number + 1
        );
    }
    Ok(wanted)
}

/// Finds the one source file of a provider major and reads it.
fn find_source(folder: &Path, name: &str, major: u64) -> Result<Source> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let Some(file) = path.file_name().and_then(|file| file.to_str()) else {
            continue;
        };
        let Some(stem) = file
            .strip_suffix(".json.gz")
            .or_else(|| file.strip_suffix(".json"))
        else {
            continue;
        };
        let Some(version) = stem.strip_prefix(&format!("{name}-")) else {
            continue;
        };
        if version.split('.').next() == Some(major.to_string().as_str()) {
            found.push((file.to_owned(), version.to_owned(), path));
        }
    }
    found.sort();
    match found.as_slice() {
        [(file, version, path)] => read_source(file, version, path),
        [] => bail!("no {name}-{major}.*.json.gz in {}", folder.display()),
        several => bail!(
            "several schemas of {name} {major}: {}; keep one",
            several
                .iter()
                .map(|(file, _, _)| file.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

fn read_source(file: &str, version: &str, path: &Path) -> Result<Source> {
    let bytes = fs::read(path).with_context(|| format!("reading {file}"))?;
    let mut text = String::new();
    // Every gzip member starts with these two bytes (RFC 1952, section 2.3.1).
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut text)
            .with_context(|| format!("unpacking {file}"))?;
    } else {
        text = String::from_utf8(bytes).with_context(|| format!("{file} is not UTF-8"))?;
    }
    let mut document: Value =
        serde_json::from_str(&text).with_context(|| format!("{file} is not JSON"))?;
    // `terraform providers schema -json` wraps one entry a provider; its own
    // provider block is called `provider`, and the name is the map's key.
    let mut origin = "terraform providers schema -json of the provider binary".to_owned();
    if let Some(Value::Object(providers)) = document.get_mut("provider_schemas").map(Value::take) {
        ensure!(
            providers.len() == 1,
            "{file} holds {} providers, expected one",
            providers.len()
        );
        document = providers
            .into_iter()
            .map(|(_, schema)| schema)
            .next()
            .unwrap_or_default();
    } else if let Some(Value::String(source)) = document.get("source") {
        origin.clone_from(source);
    }
    let provider = match document
        .get("provider_schema")
        .filter(|block| !block.is_null())
    {
        Some(block) if block.get("block").is_none() => json!({ "block": block }),
        Some(schema) => schema.clone(),
        None => document.get("provider").cloned().unwrap_or_default(),
    };
    ensure!(
        provider.get("block").is_some(),
        "{file} has no provider block"
    );
    Ok(Source {
        file: file.to_owned(),
        version: version.to_owned(),
        origin,
        provider,
        resources: member(&document, "resource_schemas"),
        data_sources: member(&document, "data_source_schemas"),
    })
}

fn member(document: &Value, key: &str) -> Map<String, Value> {
    match document.get(key) {
        Some(Value::Object(map)) => map.clone(),
        _ => Map::new(),
    }
}

/// Leaves only the wanted types, with only the facts that meshc or terraform needs.
fn trim(name: &str, source: &Source, wanted: &Wanted, older: Option<&Value>) -> Result<Value> {
    let pick = |all: &Map<String, Value>, names: &BTreeSet<String>| -> Result<Map<String, Value>> {
        let mut kept = Map::new();
        for wanted in names.iter().filter(|wanted| belongs_to(wanted, name)) {
            if let Some(schema) = all.get(wanted) {
                let schema =
                    trim_schema(schema).with_context(|| format!("{}: {wanted}", source.file))?;
                kept.insert(wanted.clone(), schema);
            }
        }
        Ok(kept)
    };
    let mut trimmed = json!({
        "provider": format!("registry.terraform.io/hashicorp/{name}"),
        "version": source.version,
        "source": source.origin,
        "provider_schema": trim_schema(&source.provider)?,
        "resource_schemas": pick(&source.resources, &wanted.resources)?,
        "data_source_schemas": pick(&source.data_sources, &wanted.data_sources)?,
    });
    corrections::apply(name, &mut trimmed, older);
    corrections::refuse_unknown_types(&trimmed)?;
    Ok(trimmed)
}

fn belongs_to(resource: &str, provider: &str) -> bool {
    resource.split('_').next() == Some(provider)
}

fn trim_schema(schema: &Value) -> Result<Value> {
    let version = schema.get("version").and_then(Value::as_u64).unwrap_or(0);
    let block = schema.get("block").context("a schema without a block")?;
    Ok(json!({ "version": version, "block": trim_block(block)? }))
}

/// Object types list their members: sorted, so that equal schemas print equal bytes.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Object(map) => {
            let members: BTreeMap<_, _> = map.iter().collect();
            members
                .into_iter()
                .map(|(key, value)| (key.clone(), sorted(value)))
                .collect()
        }
        other => other.clone(),
    }
}

/// The keys of an attribute that are kept when true.
const FLAGS: &[&str] = &[
    "required",
    "optional",
    "computed",
    "sensitive",
    "write_only",
    "deprecated",
];

fn trim_block(block: &Value) -> Result<Value> {
    let mut attributes = BTreeMap::new();
    for (name, attribute) in &member(block, "attributes") {
        let mut kept = Map::new();
        let kind = attribute.get("type").with_context(|| {
            format!("attribute {name} has no type (nested types are not used by these providers)")
        })?;
        kept.insert("type".to_owned(), sorted(kind));
        for flag in FLAGS {
            if attribute.get(*flag) == Some(&Value::Bool(true)) {
                kept.insert((*flag).to_owned(), Value::Bool(true));
            }
        }
        attributes.insert(name.clone(), Value::Object(kept));
    }
    let mut blocks = BTreeMap::new();
    for (name, nested) in &member(block, "block_types") {
        let mut kept = Map::new();
        let mode = nested
            .get("nesting_mode")
            .with_context(|| format!("block {name} has no nesting mode"))?;
        kept.insert("nesting_mode".to_owned(), mode.clone());
        for limit in ["min_items", "max_items"] {
            if let Some(count) = nested.get(limit).and_then(Value::as_u64).filter(|n| *n > 0) {
                kept.insert(limit.to_owned(), count.into());
            }
        }
        let inner = nested
            .get("block")
            .with_context(|| format!("block {name} has no body"))?;
        kept.insert("block".to_owned(), trim_block(inner)?);
        blocks.insert(name.clone(), Value::Object(kept));
    }
    let mut kept = Map::new();
    kept.insert("attributes".to_owned(), serde_json::to_value(attributes)?);
    if !blocks.is_empty() {
        kept.insert("block_types".to_owned(), serde_json::to_value(blocks)?);
    }
    Ok(Value::Object(kept))
}

fn absent(name: &str, wanted: &Wanted, trimmed: &Value) -> Vec<String> {
    let resources = member(trimmed, "resource_schemas");
    let data_sources = member(trimmed, "data_source_schemas");
    let lost = |names: &BTreeSet<String>, kept: &Map<String, Value>| -> Vec<String> {
        names
            .iter()
            .filter(|wanted| belongs_to(wanted, name) && !kept.contains_key(*wanted))
            .cloned()
            .collect()
    };
    let mut all = lost(&wanted.resources, &resources);
    all.extend(lost(&wanted.data_sources, &data_sources));
    all
}

/// Compact JSON with one line a resource type: small, and a refresh reads well in a diff.
fn print(trimmed: &Value) -> Result<String> {
    let Value::Object(top) = trimmed else {
        bail!("a trimmed schema is an object");
    };
    let mut members = Vec::new();
    for (key, value) in top {
        let key_text = serde_json::to_string(key)?;
        members.push(match value {
            Value::Object(map) if key.ends_with("_schemas") => {
                let sorted: BTreeMap<_, _> = map.iter().collect();
                let lines = sorted
                    .iter()
                    .map(|(name, schema)| {
                        Ok(format!(
                            "{}:{}",
                            serde_json::to_string(name)?,
                            serde_json::to_string(schema)?
                        ))
                    })
                    .collect::<Result<Vec<_>>>()?;
                format!("{key_text}:{{\n{}\n}}", lines.join(",\n"))
            }
            other => format!("{key_text}:{}", serde_json::to_string(other)?),
        });
    }
    Ok(format!("{{\n{}\n}}\n", members.join(",\n")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn source(resources: &Value) -> Source {
        Source {
            file: "aws-5.0.0.json".to_owned(),
            version: "5.0.0".to_owned(),
            origin: "test".to_owned(),
            provider: json!({"block": {"attributes": {}}}),
            resources: member(&json!({ "r": resources }), "r"),
            data_sources: Map::new(),
        }
    }

    #[test]
    fn only_wanted_types_and_only_needed_keys_are_kept() {
        let full = source(&json!({
            "aws_b": {"version": 2, "block": {"description": "x", "attributes": {
                "z": {"type": "string", "optional": true, "computed": false, "description": "y"},
                "a": {"type": ["list", "string"], "required": true},
            }, "block_types": {"n": {"nesting_mode": "list", "min_items": 0, "max_items": 1,
                "block": {"attributes": {}}}}}},
            "aws_unwanted": {"block": {}},
        }));
        let wanted = parse_list("# a comment\naws_b\nazurerm_other\n").unwrap();
        let trimmed = trim("aws", &full, &wanted, None).unwrap();
        assert_eq!(
            serde_json::to_string(&trimmed["resource_schemas"]).unwrap(),
            r#"{"aws_b":{"version":2,"block":{"attributes":{"a":{"type":["list","string"],"required":true},"z":{"type":"string","optional":true}},"block_types":{"n":{"nesting_mode":"list","max_items":1,"block":{"attributes":{}}}}}}}"#
        );
    }

    #[test]
    fn an_unknown_type_is_dropped_with_its_resource_unless_a_correction_knows_it() {
        let full = source(&json!({
            "aws_bad": {"block": {"attributes": {"x": {"type": ["list", "unknown"]}}}},
            "aws_tagged": {"block": {"attributes": {"tags_all": {"type": "unknown", "computed": true}}}},
        }));
        let wanted = parse_list("aws_bad\naws_tagged").unwrap();
        let trimmed = trim("aws", &full, &wanted, None).unwrap();
        assert!(trimmed["resource_schemas"].get("aws_bad").is_none());
        assert_eq!(
            trimmed["resource_schemas"]["aws_tagged"]["block"]["attributes"]["tags_all"]["type"],
            json!(["map", "string"])
        );
    }

    #[test]
    fn limits_that_an_extraction_lost_come_from_the_older_major() {
        let older = json!({"version": "5.0.0", "resource_schemas": {"aws_b": {"version": 1, "block": {
            "attributes": {}, "block_types": {"n": {"nesting_mode": "list", "max_items": 3, "block": {"attributes": {}}}}}}}});
        let full = source(&json!({
            "aws_b": {"block": {"attributes": {}, "block_types": {"n": {"nesting_mode": "list", "block": {"attributes": {}}}}}},
        }));
        let wanted = parse_list("aws_b").unwrap();
        let trimmed = trim("aws", &full, &wanted, Some(&older)).unwrap();
        assert_eq!(trimmed["resource_schemas"]["aws_b"]["version"], 1);
        assert_eq!(
            trimmed["resource_schemas"]["aws_b"]["block"]["block_types"]["n"]["max_items"],
            3
        );
    }

    #[test]
    fn a_name_listed_twice_is_an_error() {
        assert!(parse_list("aws_b\naws_b").is_err());
    }
}
