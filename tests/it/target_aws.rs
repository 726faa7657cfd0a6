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
                .map(hcl::BlockLabel::as_str)
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

/// Every document of AWS with its path.
fn documents(compiled: &Compiled) -> Vec<(&str, &Value)> {
    let of_aws = compiled
        .artifacts
        .iter()
        .filter(|artifact| artifact.path.contains("/aws/"));
    of_aws
        .filter_map(|artifact| match &artifact.content {
            Content::Json(document) => Some((artifact.path.as_str(), &document.value)),
            _ => None,
        })
        .collect()
}

/// The block of a resource.
fn resource<'c>(compiled: &'c Compiled, path: &str, kind: &str, label: &str) -> &'c hcl::Block {
    let labels = [kind, label];
    let found = blocks(compiled, path).iter().find(|one| {
        one.block.identifier.as_str() == "resource"
            && one
                .block
                .labels
                .iter()
                .map(hcl::BlockLabel::as_str)
                .eq(labels)
    });
    &found
        .unwrap_or_else(|| panic!("no {kind}.{label} in {path}"))
        .block
}

/// An argument of a block, by its path of nested blocks, as JSON where it is a literal.
fn argument(block: &hcl::Block, path: &str) -> Value {
    let (inner, key) = path.rsplit_once('.').unwrap_or(("", path));
    let mut body = &block.body;
    for name in inner.split('.').filter(|name| !name.is_empty()) {
        body = &body
            .blocks()
            .find(|one| one.identifier.as_str() == name)
            .unwrap_or_else(|| panic!("no {name}"))
            .body;
    }
    let attribute = body.attributes().find(|one| one.key.as_str() == key);
    literal(&attribute.unwrap_or_else(|| panic!("no {path}")).expr)
}

/// A literal as JSON; anything else as its text in Terraform.
fn literal(expression: &hcl::Expression) -> Value {
    match expression {
        hcl::Expression::String(text) => Value::from(text.as_str()),
        hcl::Expression::Bool(value) => Value::from(*value),
        hcl::Expression::Number(number) => serde_json::to_value(number).unwrap(),
        hcl::Expression::Array(items) => Value::Array(items.iter().map(literal).collect()),
        other => Value::from(hcl::format::to_string(other).unwrap()),
    }
}

#[test]
fn no_allow_has_patterns_and_only_listed_actions_are_allowed_everywhere() {
    let listed = BTreeSet::from(
        [
            "athena:ListDataCatalogs",
            "athena:ListWorkGroups",
            "lakeformation:GetDataAccess",
        ]
        .map(str::to_owned),
    );
    let outcome = Mesh::minimal().compile();
    let mut seen = 0;
    for (path, document) in documents(outcome.compiled()) {
        for (sid, statement) in statements(document) {
            if statement["Effect"] == "Deny" {
                continue;
            }
            seen += 1;
            assert!(
                statement.get("NotAction").is_none() && statement.get("NotResource").is_none(),
                "{path} {sid}"
            );
            let actions = set(&statement["Action"]);
            assert!(
                actions.iter().all(|action| !action.contains(['*', '?'])),
                "{path} {sid}"
            );
            // In a key's policy, * is the key itself; a trust policy has no resource.
            let whole = statement
                .get("Resource")
                .is_some_and(|resource| set(resource).contains("*"));
            if whole && !path.contains("/policies/key-") {
                assert!(actions.is_subset(&listed), "{path} {sid}: {actions:?}");
            }
        }
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn what_was_agreed_until_a_day_ends_with_that_day() {
    let outcome = Mesh::minimal().compile();
    for env in ["dev", "prod"] {
        let support = document(
            outcome.compiled(),
            &format!("{env}/sales/aws/access/iam/support-team.json"),
        );
        for (sid, statement) in statements(support) {
            // The last day counts, so the end is the first moment of the next one.
            assert_eq!(
                statement["Condition"]["DateLessThan"]["aws:CurrentTime"], "2027-07-01T00:00:00Z",
                "{sid}"
            );
            assert!(sid.ends_with("Until20270630"), "{sid}");
        }
        let analysts = document(
            outcome.compiled(),
            &format!("{env}/sales/aws/access/iam/sales-analysts.json"),
        );
        assert!(
            statements(analysts)
                .values()
                .all(|one| one["Condition"].get("DateLessThan").is_none())
        );
    }
}

#[test]
fn lake_formation_shows_what_is_granted_and_hides_what_is_masked() {
    let outcome = Mesh::minimal().compile();
    let access = format!("{DEV}/access/main.tf");
    for group in ["sales_analysts", "support_team"] {
        let label = format!("orders_curated_columns_{group}");
        let block = resource(
            outcome.compiled(),
            &access,
            "aws_lakeformation_permissions",
            &label,
        );
        assert_eq!(
            argument(block, "permissions"),
            serde_json::json!(["SELECT"])
        );
        let columns = set(&argument(block, "table_with_columns.column_names"));
        assert_eq!(
            columns,
            BTreeSet::from(["order_date", "order_id", "total"].map(str::to_owned))
        );
        assert_eq!(argument(block, "table_with_columns.name"), "curated");
    }
    // No read of the raw zone was granted to anybody but the owner, and nothing lists all columns.
    let made = resources(outcome.compiled(), &access);
    let raw: BTreeSet<_> = made
        .iter()
        .filter(|one| one.contains("permissions.orders_raw"))
        .collect();
    assert_eq!(raw.len(), 2, "{raw:?}");
    assert!(raw.iter().all(|one| one.ends_with("sales_engineering")));
    for one in blocks(outcome.compiled(), &access) {
        let kind = one.block.labels.first().map(hcl::BlockLabel::as_str);
        if kind == Some("aws_lakeformation_permissions") {
            assert!(!set(&argument(&one.block, "permissions")).contains("ALL"));
        }
    }
}

#[test]
fn whoever_sees_every_column_reads_files_and_the_whole_table() {
    let mesh = Mesh::minimal().with(
        SALES,
        "can: [read], on: [curated]}",
        "can: [read, unmask], on: [curated]}",
    );
    let outcome = mesh.compile();
    let prod = |file: &str| format!("prod/sales/aws/access/{file}");
    let analysts = document(outcome.compiled(), &prod("iam/sales-analysts.json"));
    let files = allowed(analysts, "arn:aws:s3:::acme-prod-sales-orders");
    assert_eq!(
        files,
        BTreeSet::from(
            ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"].map(str::to_owned)
        )
    );
    assert_eq!(
        allowed(analysts, "arn:aws:s3:::acme-prod-sales-orders-raw"),
        BTreeSet::new()
    );
    let table = resource(
        outcome.compiled(),
        &prod("main.tf"),
        "aws_lakeformation_permissions",
        "orders_curated_table_sales_analysts",
    );
    assert_eq!(
        argument(table, "permissions"),
        serde_json::json!(["DESCRIBE", "SELECT"])
    );
    // In dev nobody sees masked columns in clear, whatever was granted.
    let analysts = document(
        outcome.compiled(),
        &format!("{DEV}/access/iam/sales-analysts.json"),
    );
    assert_eq!(
        allowed(analysts, "arn:aws:s3:::acme-dev-sales-orders"),
        BTreeSet::new()
    );
}

#[test]
fn every_bucket_is_closed_encrypted_versioned_and_logged_but_the_logs_themselves() {
    let outcome = Mesh::minimal().compile();
    let path = format!("{DEV}/resources/main.tf");
    let made = resources(outcome.compiled(), &path);
    // The policy that lets S3 deliver comes first, so logging is with the policies.
    let logged = resources(outcome.compiled(), &format!("{DEV}/access/main.tf"));
    for label in [
        "orders_raw",
        "orders_curated",
        "access_logs",
        "query_results",
    ] {
        for part in [
            "",
            "_ownership_controls",
            "_public_access_block",
            "_server_side_encryption_configuration",
            "_versioning",
            "_lifecycle_configuration",
        ] {
            assert!(
                made.contains(&format!("aws_s3_bucket{part}.{label}")),
                "{label}{part}"
            );
        }
        assert_eq!(
            logged.contains(&format!("aws_s3_bucket_logging.{label}")),
            label != "access_logs"
        );
        let policy = document(
            outcome.compiled(),
            &format!(
                "{DEV}/access/policies/bucket-{}.json",
                label.replace('_', "-")
            ),
        );
        let by_sid = statements(policy);
        assert_eq!(
            by_sid["DenyPlaintext"]["Condition"]["Bool"]["aws:SecureTransport"],
            "false"
        );
        assert_eq!(
            by_sid["DenyOutside"]["Condition"]["StringNotEqualsIfExists"]["aws:PrincipalOrgID"],
            "o-a1b2c3d4e5"
        );
        assert_eq!(
            by_sid["DenyOutside"]["Condition"]["BoolIfExists"]["aws:PrincipalIsAWSService"],
            "false"
        );
        for (sid, statement) in &by_sid {
            // The only thing that is let in is the delivery of logs.
            assert_eq!(
                statement["Effect"] == "Allow",
                sid == "DeliverAccessLogs",
                "{sid}"
            );
            assert!(
                !sid.starts_with("Deny") || statement["Principal"]["AWS"] == "*",
                "{sid}"
            );
        }
        assert_eq!(
            by_sid.contains_key("DeliverAccessLogs"),
            label == "access_logs"
        );
        assert_eq!(by_sid.contains_key("DenyOtherKeys"), label != "access_logs");
    }
    let logs = document(
        outcome.compiled(),
        &format!("{DEV}/access/policies/bucket-access-logs.json"),
    );
    let deliver = statements(logs)["DeliverAccessLogs"];
    assert_eq!(deliver["Principal"]["Service"], "logging.s3.amazonaws.com");
    assert_eq!(
        deliver["Condition"]["StringEquals"]["aws:SourceAccount"],
        "111122223333"
    );
    assert_eq!(
        set(&deliver["Condition"]["ArnLike"]["aws:SourceArn"]).len(),
        3
    );
}

#[test]
fn our_own_key_is_put_by_its_id_and_an_existing_one_stays_its_owners() {
    let outcome = Mesh::minimal().compile();
    let compiled = outcome.compiled();
    let access = blocks(compiled, &format!("{DEV}/access/main.tf"));
    assert!(
        access
            .iter()
            .any(|one| one.block.identifier.as_str() == "variable"
                && one.block.labels[0].as_str() == "key_confidential_id")
    );
    let resources_root = blocks(compiled, &format!("{DEV}/resources/main.tf"));
    assert!(
        resources_root
            .iter()
            .any(|one| one.block.identifier.as_str() == "output"
                && one.block.labels[0].as_str() == "key_confidential_id")
    );
    let policy = document(
        compiled,
        &format!("{DEV}/access/policies/bucket-orders-raw.json"),
    );
    let key = &statements(policy)["DenyOtherKeys"]["Condition"]["StringNotEquals"]["s3:x-amz-server-side-encryption-aws-kms-key-id"];
    assert_eq!(
        key,
        "arn:aws:kms:eu-west-1:111122223333:key/@@key_confidential_id@@"
    );
    let by_sid = statements(document(
        compiled,
        &format!("{DEV}/access/policies/key-confidential.json"),
    ));
    assert_eq!(
        set(&by_sid["UseThroughServices"]["Action"]),
        BTreeSet::from(["kms:Decrypt", "kms:GenerateDataKey"].map(str::to_owned))
    );
    let groups = "arn:aws:iam::111122223333:role/meshc/*";
    assert_eq!(
        by_sid["Administer"]["Condition"]["ArnNotLike"]["aws:PrincipalArn"],
        groups
    );
    let uses = ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant"].map(str::to_owned);
    assert!(set(&by_sid["Administer"]["Action"]).is_disjoint(&uses.into()));
    // In prod, orders lie under an existing key: no key, alias or policy of ours.
    for artifact in compiled
        .artifacts
        .iter()
        .filter(|artifact| artifact.path.starts_with("prod/sales/aws/"))
    {
        assert!(
            !artifact.path.contains("policies/key-"),
            "{}",
            artifact.path
        );
        if let Content::Hcl(blocks) = &artifact.content {
            let kms = |one: &HclBlock| {
                one.block
                    .labels
                    .first()
                    .is_some_and(|kind| kind.as_str().starts_with("aws_kms"))
            };
            assert!(!blocks.iter().any(kms), "{}", artifact.path);
        }
    }
    let analysts = document(compiled, "prod/sales/aws/access/iam/sales-analysts.json");
    let existing = &statements(analysts)["UseDataByExistingKey"]["Resource"];
    assert_eq!(
        set(existing),
        BTreeSet::from([
            "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
                .to_owned()
        ])
    );
}

#[test]
fn a_product_in_another_region_has_all_that_it_needs_there() {
    let mesh = Mesh::minimal()
        .with(MESH, "regions: [eu-west-1,", "regions: [eu-west-1, eu-central-1,")
        .with(SALES, "    existing:\n      prod:\n        aws: {key: \"arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab\"}\n", "")
        .with(SALES, "    kind: dataset\n", "    kind: dataset\n    region: eu-central-1\n");
    let outcome = mesh.compile();
    let path = format!("{DEV}/resources/main.tf");
    for (kind, label) in [
        ("aws_s3_bucket", "orders_raw"),
        ("aws_s3_bucket", "access_logs_eu_central_1"),
        ("aws_s3_bucket", "query_results_eu_central_1"),
        ("aws_kms_key", "key_confidential_eu_central_1"),
        ("aws_kms_alias", "key_confidential_eu_central_1"),
        ("aws_glue_catalog_database", "orders"),
        ("aws_lakeformation_resource", "orders_raw"),
        ("aws_athena_workgroup", "sales_analysts_eu_central_1"),
    ] {
        let block = resource(outcome.compiled(), &path, kind, label);
        assert_eq!(
            argument(block, "provider"),
            "aws.eu_central_1",
            "{kind}.{label}"
        );
    }
    // Nothing lies in the main region, so nothing is made there.
    assert!(!resources(outcome.compiled(), &path).contains("aws_s3_bucket.access_logs"));
    let analysts = document(
        outcome.compiled(),
        &format!("{DEV}/access/iam/sales-analysts.json"),
    );
    for arn in documents_arns(analysts) {
        let region = arn.split(':').nth(3).unwrap();
        assert!(region.is_empty() || region == "eu-central-1", "{arn}");
    }
    let permission = resource(
        outcome.compiled(),
        &format!("{DEV}/access/main.tf"),
        "aws_lakeformation_permissions",
        "orders_curated_columns_sales_analysts",
    );
    assert_eq!(argument(permission, "provider"), "aws.eu_central_1");
}

/// Every ARN that a document allows something on.
fn documents_arns(document: &Value) -> BTreeSet<String> {
    let all = statements(document)
        .into_values()
        .flat_map(|one| set(&one["Resource"]));
    all.filter(|resource| resource != "*").collect()
}

#[test]
fn guardrails_only_deny_and_know_aws_regions() {
    let outcome = Mesh::minimal().compile();
    let mut seen = 0;
    for (path, document) in documents(outcome.compiled())
        .into_iter()
        .filter(|(path, _)| path.contains("/_mesh/"))
    {
        seen += 1;
        assert!(
            statements(document)
                .values()
                .all(|one| one["Effect"] == "Deny"),
            "{path}"
        );
    }
    assert_eq!(seen, 10);
    let regions = document(
        outcome.compiled(),
        "prod/_mesh/aws/policies/scp-regions.json",
    );
    let deny = statements(regions)["DenyOtherRegions"];
    assert_eq!(
        deny["Condition"]["StringNotEquals"]["aws:RequestedRegion"],
        "eu-west-1"
    );
    assert!(set(&deny["NotAction"]).contains("iam:*"));
    // Without an organizational unit there is nothing to attach them to.
    let outcome = Mesh::minimal()
        .with(MESH, "ou: ou-ab12-cd34ef56, ", "")
        .compile();
    assert!(
        !outcome
            .compiled()
            .artifacts
            .iter()
            .any(|artifact| artifact.path.contains("/_mesh/aws/"))
    );
}

#[test]
fn a_renamed_product_keeps_its_things() {
    let renamed = Mesh::minimal()
        .with(
            SALES,
            "  - name: orders\n",
            "  - name: purchases\n    was: sales/orders\n",
        )
        .with(
            SALES,
            "inputs: [\"sales/orders:curated\"]",
            "inputs: [\"sales/purchases:curated\"]",
        )
        .with(
            "domains/support.yaml",
            "sales/orders:curated",
            "sales/purchases:curated",
        );
    let outcome = renamed.compile();
    let path = format!("{DEV}/resources/main.tf");
    let text = |block: &hcl::Block, key: &str| argument(block, key).as_str().unwrap().to_owned();
    let moves: BTreeMap<String, String> = blocks(outcome.compiled(), &path)
        .iter()
        .filter(|one| one.block.identifier.as_str() == "moved")
        .map(|one| (text(&one.block, "to"), text(&one.block, "from")))
        .collect();
    let made = resources(outcome.compiled(), &path);
    let of_product = made.iter().filter(|one| one.contains(".purchases")).count();
    assert_eq!(moves.len(), of_product);
    assert_eq!(
        moves["aws_s3_bucket.purchases_raw"],
        "aws_s3_bucket.orders_raw"
    );
}

/// Sales with one product on AWS, and commerce, which took `orders` over from it, in an account.
fn taken_over(account: &str) -> Mesh {
    let mut mesh = Mesh::minimal();
    mesh.files.retain(|(name, _)| name == MESH);
    let domain = |name: &str, account: &str, product: &str| {
        let text = format!(
            "apiVersion: meshc/v1\nkind: Domain\nname: {name}\nowner: sales-engineering\ncost-center: CC-1\n\
             cells:\n  dev:\n    aws: {{account: \"{account}\"}}\n\
             products:\n  - name: {product}\n    kind: dataset\n    version: 1.0.0\n    classification: confidential\n    \
             targets: [aws]\n    retention: 365d\n    columns:\n      - {{name: id, type: string, key: true}}\n"
        );
        (format!("domains/{name}.yaml"), text)
    };
    mesh.files.push(domain("sales", "111122223333", "returns"));
    mesh.files
        .push(domain("commerce", account, "orders\n    was: sales/orders"));
    mesh
}

#[test]
fn a_product_that_another_domain_took_over_is_imported_there_and_forgotten_here() {
    let outcome = taken_over("111122223333").compile();
    let compiled = outcome.compiled();
    for (root, least) in [("resources", 8), ("access", 2)] {
        let of_kind = |path: &str, kind: &str, key: &str| -> BTreeSet<String> {
            let found = blocks(compiled, path)
                .iter()
                .filter(|one| one.block.identifier.as_str() == kind);
            found
                .map(|one| argument(&one.block, key).as_str().unwrap().to_owned())
                .collect()
        };
        let imported = of_kind(&format!("dev/commerce/aws/{root}/main.tf"), "import", "to");
        let forgotten = of_kind(&format!("dev/sales/aws/{root}/main.tf"), "removed", "from");
        assert_eq!(imported, forgotten, "{root}");
        assert!(imported.len() >= least, "{imported:?}");
        let path = format!("dev/commerce/aws/{root}/main.tf");
        let ids = of_kind(&path, "import", "id");
        // Names were derived anew here, since this mesh has no lock; what counts is that they are
        // those of the blocks.
        assert!(ids.contains("acme-dev-commerce-orders-curated"), "{ids:?}");
        assert_eq!(
            ids.contains("111122223333:dev_commerce_orders:curated"),
            root == "resources"
        );
    }
}

#[test]
fn a_product_cannot_be_taken_over_into_another_account() {
    let (code, line) = refused(&taken_over("777788889999"));
    assert_eq!((code, line.as_str()), ("E314", "was: sales/orders"));
}

#[test]
fn the_providers_major_is_the_meshes_choice() {
    let outcome = Mesh::minimal()
        .with(
            MESH,
            "ou-ab12-cd34ef56, region",
            "ou-ab12-cd34ef56, provider: \"5\", region",
        )
        .compile();
    for (outcome, version) in [(outcome, "~> 5.0"), (Mesh::minimal().compile(), "~> 6.0")] {
        let providers = &outcome
            .compiled()
            .printed
            .iter()
            .find(|(path, _)| path == "dev/sales/aws/access/providers.tf")
            .unwrap()
            .1;
        assert!(providers.text.contains(version), "{}", providers.text);
        assert!(
            providers
                .text
                .contains("allowed_account_ids = [\"111122223333\"]")
        );
    }
}
