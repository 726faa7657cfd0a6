//! What the AWS target makes of a mesh, judged by meaning: each test reads the artifacts as AWS
//! would, not their text.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by unwrapping or panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use meshc::artifact::{Content, HclBlock};
use meshc::diag::{Diagnostic, Diagnostics, Severity};
use meshc::pipeline::{self, Compiled};
use meshc::source::SourceMap;
use meshc::template::Templates;
use serde_json::Value;

/// A mesh in memory: `mesh.yaml` and domains, compiled with the embedded templates.
struct Mesh {
    files: Vec<(String, String)>,
}

/// What came of it.
struct Outcome {
    map: SourceMap,
    compiled: Option<Compiled>,
    diagnostics: Vec<Diagnostic>,
}

impl Mesh {
    /// The example of the README.
    fn minimal() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/minimal");
        let mut files = Vec::new();
        for name in ["mesh.yaml", "domains/sales.yaml", "domains/support.yaml"] {
            files.push((
                name.to_owned(),
                std::fs::read_to_string(folder.join(name)).unwrap(),
            ));
        }
        Self { files }
    }

    /// Replaces text that is there exactly once.
    fn with(mut self, file: &str, old: &str, new: &str) -> Self {
        let (_, text) = self
            .files
            .iter_mut()
            .find(|(name, _)| name == file)
            .unwrap();
        assert_eq!(text.matches(old).count(), 1, "`{old}` in {file}");
        *text = text.replace(old, new);
        self
    }

    fn compile(&self) -> Outcome {
        let (mut map, mut out) = (SourceMap::default(), Diagnostics::default());
        let templates = Templates::embedded(&mut map, &mut out);
        let ids: Vec<_> = self
            .files
            .iter()
            .map(|(name, text)| map.add(name, text.clone()))
            .collect();
        let compiled = pipeline::compile(&map, &ids, None, &templates, &mut out);
        Outcome {
            map,
            compiled,
            diagnostics: out.into_sorted(),
        }
    }
}

impl Outcome {
    fn compiled(&self) -> &Compiled {
        let said: Vec<_> = self
            .diagnostics
            .iter()
            .map(|one| (one.code.id(), &one.message))
            .collect();
        self.compiled.as_ref().unwrap_or_else(|| panic!("{said:?}"))
    }
}

/// The blocks of a file.
fn blocks<'c>(compiled: &'c Compiled, path: &str) -> &'c [HclBlock] {
    match &compiled
        .artifacts
        .get(path)
        .unwrap_or_else(|| panic!("no {path}"))
        .content
    {
        Content::Hcl(blocks) => blocks,
        other => panic!("{path} is {other:?}"),
    }
}

/// The document at a path.
fn document<'c>(compiled: &'c Compiled, path: &str) -> &'c Value {
    match &compiled
        .artifacts
        .get(path)
        .unwrap_or_else(|| panic!("no {path}"))
        .content
    {
        Content::Json(document) => &document.value,
        other => panic!("{path} is {other:?}"),
    }
}

/// `type.label` of every resource of a file.
fn resources(compiled: &Compiled, path: &str) -> BTreeSet<String> {
    let resources = blocks(compiled, path)
        .iter()
        .filter(|one| one.block.identifier.as_str() == "resource");
    resources
        .map(|one| {
            one.block
                .labels
                .iter()
                .map(|label| label.as_str())
                .collect::<Vec<_>>()
                .join(".")
        })
        .collect()
}

/// The statements of a policy document by their `Sid`; every `Sid` is lawful and there once.
fn statements(document: &Value) -> BTreeMap<String, &Value> {
    let list = document["Statement"].as_array().unwrap();
    let by_sid: BTreeMap<String, &Value> = list
        .iter()
        .map(|one| (one["Sid"].as_str().unwrap().to_owned(), one))
        .collect();
    assert_eq!(by_sid.len(), list.len());
    assert!(
        by_sid
            .keys()
            .all(|sid| !sid.is_empty() && sid.chars().all(|c| c.is_ascii_alphanumeric()))
    );
    by_sid
}

/// A list or a single text as a set.
fn set(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().unwrap().to_owned())
            .collect(),
        Value::String(text) => BTreeSet::from([text.clone()]),
        other => panic!("{other}"),
    }
}

/// Every action that a document allows on a resource whose ARN starts so.
fn allowed(document: &Value, on: &str) -> BTreeSet<String> {
    let allows = document["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["Effect"] == "Allow");
    allows
        .filter(|one| set(&one["Resource"]).iter().any(|arn| arn.starts_with(on)))
        .flat_map(|one| set(&one["Action"]))
        .collect()
}

const DEV: &str = "dev/sales/aws";

#[test]
fn the_example_has_two_roots_in_each_environment_and_guardrails_above() {
    let outcome = Mesh::minimal().compile();
    let compiled = outcome.compiled();
    for env in ["dev", "prod"] {
        for file in [
            "resources/main.tf",
            "resources/providers.tf",
            "resources/backend.tf",
            "access/main.tf",
            "access/providers.tf",
            "access/backend.tf",
        ] {
            assert!(
                compiled
                    .artifacts
                    .get(&format!("{env}/sales/aws/{file}"))
                    .is_some(),
                "{env} {file}"
            );
        }
        for name in [
            "scp-regions",
            "scp-plaintext",
            "rcp-plaintext",
            "scp-public-access",
            "scp-widening",
        ] {
            assert!(
                compiled
                    .artifacts
                    .get(&format!("{env}/_mesh/aws/policies/{name}.json"))
                    .is_some(),
                "{env} {name}"
            );
        }
    }
    // Support has no AWS cell, so it has nothing of its own here.
    assert!(
        !compiled
            .artifacts
            .iter()
            .any(|artifact| artifact.path.contains("/support/aws/"))
    );
}

#[test]
fn a_build_is_the_same_every_time() {
    let text = |outcome: &Outcome| -> Vec<(String, String)> {
        outcome
            .compiled()
            .printed
            .iter()
            .map(|(path, printed)| (path.clone(), printed.text.clone()))
            .collect()
    };
    let first = text(&Mesh::minimal().compile());
    for _ in 0..5 {
        assert_eq!(text(&Mesh::minimal().compile()), first);
    }
}

#[test]
fn nobody_who_may_not_see_every_column_touches_files() {
    let outcome = Mesh::minimal().compile();
    let analysts = document(
        outcome.compiled(),
        &format!("{DEV}/access/iam/sales-analysts.json"),
    );
    assert_eq!(
        allowed(analysts, "arn:aws:s3:::acme-dev-sales-orders"),
        BTreeSet::new()
    );
    // The owner writes and deletes, but reads only through Lake Formation while e-mail is masked.
    let owner = document(
        outcome.compiled(),
        &format!("{DEV}/access/iam/sales-engineering.json"),
    );
    let on_files = allowed(owner, "arn:aws:s3:::acme-dev-sales-orders");
    assert!(on_files.contains("s3:PutObject") && on_files.contains("s3:DeleteObject"));
    assert!(
        on_files
            .iter()
            .all(|action| !action.starts_with("s3:GetObject")),
        "{on_files:?}"
    );
}

/// The one error of a mesh: its code and the line it points at, as written.
fn refused(mesh: &Mesh) -> (&'static str, String) {
    let outcome = mesh.compile();
    assert!(outcome.compiled.is_none(), "it compiled");
    let errors: Vec<_> = outcome
        .diagnostics
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .collect();
    let codes: BTreeSet<_> = errors.iter().map(|one| one.code.id()).collect();
    let messages: Vec<_> = errors.iter().map(|one| &one.message).collect();
    assert_eq!(codes.len(), 1, "{messages:?}");
    let first = errors.first().unwrap();
    assert!(!first.help.is_empty(), "no way out: {}", first.message);
    let place = outcome.map.place(first.primary.as_ref().unwrap().span);
    let (file, rest) = place.split_once(':').unwrap();
    let line: usize = rest.split(':').next().unwrap().parse().unwrap();
    let (_, text) = mesh.files.iter().find(|(name, _)| name == file).unwrap();
    (
        first.code.id(),
        text.lines().nth(line - 1).unwrap().trim().to_owned(),
    )
}

const SALES: &str = "domains/sales.yaml";
const MESH: &str = "mesh.yaml";

/// A stream of sales on AWS with a column of personal data, on which `access` is given.
fn with_stream(options: &str, access: &str) -> Mesh {
    let stream = format!(
        "products:\n  - name: clicks\n    kind: stream\n    version: 1.0.0\n    classification: internal\n    targets: [aws]\n    \
         columns:\n      - {{name: page, type: string}}\n      - {{name: visitor, type: string{}}}\n    \
         options: {{replay: {options}}}\n{access}\n",
        if access.contains("masked") {
            ", classification: pii"
        } else {
            ""
        },
    );
    Mesh::minimal().with(SALES, "products:\n", &stream)
}

#[test]
fn what_aws_cannot_keep_to_is_refused_where_it_is_written() {
    let cases: Vec<(&str, Mesh, (&str, &str))> = vec![
        (
            "a replay that Kinesis cannot do",
            with_stream("12h", ""),
            ("E306", "options: {replay: 12h}"),
        ),
        (
            "a replay of broken hours",
            with_stream("90001s", ""),
            ("E306", "options: {replay: 90001s}"),
        ),
        (
            "the owner would see masked columns of a stream",
            with_stream("24h", "    # masked"),
            ("E303", "owner: sales-engineering"),
        ),
        (
            "some columns of a stream",
            with_stream("24h", "    access:\n      - {group: sales-analysts, can: [read], columns: [page]}"),
            ("E305", "- {group: sales-analysts, can: [read], columns: [page]}"),
        ),
        (
            "a claim that SAML does not have",
            Mesh::minimal().with(MESH, "claim: eduPersonAffiliation, value: sales-analysts", "claim: amr, value: sales-analysts"),
            ("E306", "aws: {idp: saml-provider/acme-sso, claim: amr, value: sales-analysts}"),
        ),
        (
            "a claim that OIDC does not have",
            Mesh::minimal().with(
                MESH,
                "idp: saml-provider/acme-sso, claim: eduPersonAffiliation, value: sales-analysts",
                "idp: oidc-provider/login.acme.example, claim: eduPersonAffiliation, value: sales-analysts",
            ),
            ("E306", "aws: {idp: oidc-provider/login.acme.example, claim: eduPersonAffiliation, value: sales-analysts}"),
        ),
        (
            "a shared provider without its subject",
            Mesh::minimal().with(
                MESH,
                "idp: saml-provider/acme-sso, claim: eduPersonAffiliation, value: sales-analysts",
                "idp: oidc-provider/token.actions.githubusercontent.com, claim: aud, value: sts.amazonaws.com",
            ),
            ("E306", "aws: {idp: oidc-provider/token.actions.githubusercontent.com, claim: aud, value: sts.amazonaws.com}"),
        ),
        (
            "a value that IAM does not take",
            Mesh::minimal().with(MESH, "value: sales-analysts", "value: \"sales — analysts\""),
            ("E310", "aws: {idp: saml-provider/acme-sso, claim: eduPersonAffiliation, value: \"sales — analysts\"}"),
        ),
        (
            "a retention of broken days",
            Mesh::minimal().with(SALES, "retention: 365d", "retention: 8761h"),
            ("E306", "- name: orders"),
        ),
        (
            "a limit on scans below Athena's",
            Mesh::minimal().with(SALES, "cost-center: CC-1001", "cost-center: CC-1001\ndefaults: {scan-limit: 1MiB}"),
            ("E306", "name: sales"),
        ),
        (
            "a column that Athena cannot name",
            Mesh::minimal().with(SALES, "{name: total, type: \"decimal(12,2)\"}", "{name: größe, type: string}\n      - {name: total, type: \"decimal(12,2)\"}"),
            ("E310", "- name: orders"),
        ),
        (
            "columns that differ only in case",
            Mesh::minimal().with(SALES, "{name: total, type: \"decimal(12,2)\"}", "{name: Total, type: string}\n      - {name: total, type: \"decimal(12,2)\"}"),
            ("E310", "- name: orders"),
        ),
        (
            "a tag that AWS does not take",
            Mesh::minimal().with(SALES, "cost-center: CC-1001", "cost-center: \"CC#1001\""),
            ("E310", "name: sales"),
        ),
        (
            "an existing key in another region",
            Mesh::minimal().with(SALES, "arn:aws:kms:eu-west-1:444455556666", "arn:aws:kms:eu-central-1:444455556666"),
            ("E306", "aws: {key: \"arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab\"}"),
        ),
        (
            "nothing but masked columns",
            Mesh::minimal().with(SALES, "can: [read], on: [curated]}", "can: [read], on: [curated], columns: [email]}"),
            ("E303", "- {group: sales-analysts, can: [read], on: [curated], columns: [email]} # e-mail addresses stay hidden"),
        ),
        (
            "an end that Lake Formation cannot keep",
            Mesh::minimal().with(
                SALES,
                "can: [read], on: [curated]}",
                "can: [read], on: [curated], columns: [total]}\n      - {group: sales-analysts, can: [read], on: [curated], until: 2027-01-31}",
            ),
            ("E311", "- {group: sales-analysts, can: [read], on: [curated], until: 2027-01-31} # e-mail addresses stay hidden"),
        ),
        (
            "a consumer in another account",
            Mesh::minimal().with("domains/support.yaml", "  prod:\n    azure:", "  prod:\n    aws: {account: \"777788889999\"}\n    azure:"),
            ("E313", "- {consumer: support, port: curated, columns: [order_id, total, order_date]}"),
        ),
        (
            "a name that S3 keeps for itself",
            Mesh::minimal().with(MESH, "prefix: acme", "prefix: sthree"),
            ("E310", "name: sales"),
        ),
    ];
    for (what, mesh, (code, line)) in cases {
        assert_eq!(refused(&mesh), (code, line.to_owned()), "{what}");
    }
}
