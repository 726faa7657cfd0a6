//! Meshes in memory with a hostile value in free-text fields: the base of the bad blueprints with
//! every free-text field filled in.

use std::path::Path;

use meshc::diag::{Diagnostic, Diagnostics};
use meshc::pipeline::{self, Compiled};
use meshc::source::SourceMap;
use meshc::template::Templates;

/// What templates, shells, quotes, policies and terminals take for their own.
pub(crate) const VALUES: &[&str] = &[
    "${%${local.secret}",
    "${local.secret}",
    "%{",
    "%{ if true }x%{ endif }",
    "${",
    "$${x} %%{y}",
    "\"",
    "'",
    "it's \"quoted\"",
    "line one\nline two",
    "'; DROP TABLE x; --",
    "*/ ; GRANT ALL /*",
    "\\",
    "\\\\' \\n \\u0041",
    "[parameters('x')]",
    "[[x]]",
    "<% x %>",
    "&x <% y %> &{z}",
    "{{ x }}{% y %}{# z #}",
    "$$ $$",
    "größe 😀 Ω",
    "\u{202e}txt.exe",
    "nul \0 nul",
    "tab\tand\rreturn",
    "zero\u{200b}width",
    "e\u{301}",
];

/// A field: its name, file, the text there, and the text with the field in it.
pub(crate) type Field = (&'static str, &'static str, &'static str, &'static str);

/// Every free-text field: its name, the file, the text it replaces and the same with the field.
/// `@` stands for the value, quoted as YAML.
pub(crate) const FIELDS: &[Field] = &[
    (
        "mesh title",
        "mesh.yaml",
        "prefix: acme\n",
        "prefix: acme\ntitle: @\n",
    ),
    (
        "mesh description",
        "mesh.yaml",
        "prefix: acme\n",
        "prefix: acme\ndescription: @\n",
    ),
    (
        "group title",
        "mesh.yaml",
        "  - name: support-team\n",
        "  - name: support-team\n    title: @\n",
    ),
    ("claim value", "mesh.yaml", "value: analysts}", "value: @}"),
    (
        "domain title",
        "domains/sales.yaml",
        "name: sales\n",
        "name: sales\ntitle: @\n",
    ),
    (
        "domain description",
        "domains/sales.yaml",
        "name: sales\n",
        "name: sales\ndescription: @\n",
    ),
    (
        "cost center",
        "domains/sales.yaml",
        "cost-center: CC-1001",
        "cost-center: @",
    ),
    (
        "cost center on Azure and Google Cloud",
        "domains/support.yaml",
        "cost-center: CC-2002",
        "cost-center: @",
    ),
    (
        "product title",
        "domains/sales.yaml",
        "    version: 1.2.0\n",
        "    version: 1.2.0\n    title: @\n",
    ),
    (
        "product description",
        "domains/sales.yaml",
        "    description: Every order, a row per order.\n",
        "    description: @\n",
    ),
    (
        "product description on Snowflake",
        "domains/sales.yaml",
        "    retention: 730d\n",
        "    retention: 730d\n    description: @\n",
    ),
    (
        "row value on Snowflake",
        "domains/sales.yaml",
        "      - {name: amount, type: \"decimal(18,2)\"}\n    access:\n      - {group: analysts, can: [read]}\n",
        "      - {name: amount, type: \"decimal(18,2)\"}\n      - {name: country, type: string}\n    access:\n      - {group: analysts, can: [read], rows: {country: [@]}}\n",
    ),
    (
        "product description on Google Cloud",
        "domains/support.yaml",
        "    version: 2.0.1\n",
        "    version: 2.0.1\n    description: @\n",
    ),
    (
        "product description of a stream",
        "domains/support.yaml",
        "    version: 1.0.0\n",
        "    version: 1.0.0\n    description: @\n",
    ),
    (
        "column description",
        "domains/sales.yaml",
        "{name: order_id, type: string, key: true}",
        "{name: order_id, type: string, key: true, description: @}",
    ),
    (
        "column description on Snowflake",
        "domains/sales.yaml",
        "{name: day, type: date, key: true}",
        "{name: day, type: date, key: true, description: @}",
    ),
    (
        "column description on Google Cloud",
        "domains/support.yaml",
        "{name: topic, type: string}",
        "{name: topic, type: string, description: @}",
    ),
    (
        "column name on Snowflake",
        "domains/sales.yaml",
        "{name: amount, type",
        "{name: @, type",
    ),
    (
        "column name on AWS",
        "domains/sales.yaml",
        "{name: email, type",
        "{name: @, type",
    ),
    (
        "port description",
        "domains/support.yaml",
        "    version: 2.0.1\n",
        "    version: 2.0.1\n    outputs: [{name: slim, zone: curated, columns: [topic], description: @}]\n",
    ),
    (
        "purpose",
        "domains/support.yaml",
        "purpose: Look up an order",
        "purpose: @",
    ),
    (
        "ticket",
        "domains/support.yaml",
        "ticket: DATA-1042",
        "ticket: @",
    ),
];

/// A value that means nothing to anybody.
pub(crate) const HARMLESS: &str = "harmless";

/// Fields whose value has rules of its own, so that it is often refused where others are not.
const STRICT: &[&str] = &[
    "claim value",
    "cost center",
    "column name on Snowflake",
    "column name on AWS",
];

/// The fields in groups that are filled in together: each strict one alone, then all others.
pub(crate) fn groups() -> Vec<Vec<Field>> {
    let (strict, free): (Vec<Field>, Vec<Field>) =
        FIELDS.iter().partition(|field| STRICT.contains(&field.0));
    strict
        .into_iter()
        .map(|one| vec![one])
        .chain([free])
        .collect()
}

/// What a string with the harmless value in it may be with a hostile one: the same, in upper case,
/// prose, or a policy's own way to write a dollar.
pub(crate) fn forms(was: &str, value: &str) -> [String; 4] {
    [
        was.replace(HARMLESS, value),
        was.replace(&HARMLESS.to_uppercase(), value),
        // Prose for people is one line everywhere: breaks, tabs and what cannot be seen become a
        // space.
        was.replace(HARMLESS, &one_line(value)),
        // IAM user guide, "policy variables": `${$}` is a dollar.
        was.replace(HARMLESS, &value.replace("${", "${$}{")),
    ]
}

/// A Google Cloud label has letters, digits, `-` and `_`; the rest becomes `-`.
pub(crate) fn is_label(path: &str, was: &str, is: &str) -> bool {
    let lawful = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    path.contains("/gcp/") && was == HARMLESS && is.chars().all(lawful)
}

/// The value on one line, without what cannot be seen.
fn one_line(value: &str) -> String {
    let seen: String = value
        .chars()
        .map(|c| {
            if c.is_whitespace() || c == '\u{200b}' {
                ' '
            } else {
                c
            }
        })
        .collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What came of a mesh with one value in one field.
pub(crate) struct Outcome {
    pub(crate) map: SourceMap,
    pub(crate) compiled: Option<Compiled>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Compiles the base with a value in each of some fields.
pub(crate) fn compile(fields: &[Field], value: &str) -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/base");
    let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
    let templates = Templates::embedded(&mut map, &mut out);
    // A JSON string is a YAML string in double quotes.
    let quoted = serde_json::to_string(value).unwrap();
    let mut ids = Vec::new();
    for path in ["mesh.yaml", "domains/sales.yaml", "domains/support.yaml"] {
        let mut text = std::fs::read_to_string(folder.join(path)).unwrap();
        // One environment is enough, and half the time.
        text = text.replace("environments: [dev, prod]", "environments: [dev]");
        if let (Some(from), Some(to)) = (text.find("  prod:\n"), text.find("products:\n")) {
            text.replace_range(from..to, "");
        }
        for (name, file, old, new) in fields {
            if path == *file {
                assert!(text.contains(old), "{name}: `{old}` in {path}");
                text = text.replacen(old, &new.replace('@', &quoted), 1);
            }
        }
        ids.push(map.add(path, text));
    }
    let compiled = pipeline::compile(&map, &ids, None, &templates, &mut out);
    Outcome {
        map,
        compiled,
        diagnostics: out.into_sorted(),
    }
}
