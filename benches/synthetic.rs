//! Meshes of any size for benchmarks and kill tests: five products for each domain, four clouds, one
//! environment, groups, hidden columns, and an agreement with the domain before. Always the same text.

use std::fmt::Write as _;

/// The files of a mesh with so many domains, by their path below the mesh folder.
pub(super) fn files(domains: usize) -> Vec<(String, String)> {
    let mut files = vec![("mesh.yaml".to_owned(), mesh(domains))];
    files.extend((0..domains).map(|number| {
        let path = format!("domains/{}.yaml", name(number));
        (path, domain(number, domains))
    }));
    files
}

/// The name of a domain.
pub(super) fn name(number: usize) -> String {
    format!("d{number:04}")
}

fn guid(number: usize, part: usize) -> String {
    format!("{number:08x}-{part:04x}-4000-8000-000000000000")
}

fn mesh(domains: usize) -> String {
    let mut text = "# A mesh of a benchmark.
apiVersion: meshc/v1
kind: Mesh
name: synthetic
prefix: acme
environments: [prod]
clouds:
  aws: {organization: o-a1b2c3d4e5, ou: ou-ab12-cd34ef56, region: eu-west-1}
  azure:
    tenant: 72f988bf-86f1-41af-91ab-2d7cd011db47
    management-group: acme-mesh
    location: westeurope
  gcp: {organization: \"123456789012\", location: europe-west1}
  snowflake: {organization: ACME, account: RETAIL, edition: enterprise, region: eu-west-1}
governance:
  classifications: [public, internal, confidential, pii]
  retention:
    confidential: {min: 30d, max: 1095d}
  archive-after: 90d
  regions: [eu-west-1, westeurope, europe-west1]
  tags: [owner, cost-center, classification, domain]
  encryption: customer
  masked: [pii]
groups:
"
    .to_owned();
    for number in 0..domains {
        for (kind, part) in [("team", 1), ("readers", 2)] {
            let group = format!("{}-{kind}", name(number));
            let upper = group.to_uppercase().replace('-', "_");
            let _ = write!(
                text,
                "  - name: {group}
    aws: {{idp: saml-provider/acme-sso, claim: eduPersonAffiliation, value: {group}}}
    azure: {}
    gcp: {group}@acme.example
    snowflake: {upper}
",
                guid(number, part)
            );
        }
    }
    text
}

fn domain(number: usize, domains: usize) -> String {
    let (name, before) = (name(number), name((number + domains - 1) % domains));
    let next = self::name((number + 1) % domains);
    let columns = "    columns:
      - {name: id, type: string, key: true}
      - {name: amount, type: \"decimal(12,2)\", description: What it was worth}
      - {name: note, type: string}
      - {name: day, type: date, required: true}
";
    let mut text = format!(
        "apiVersion: meshc/v1
kind: Domain
name: {name}
title: Domain {number}
owner: {name}-team
cost-center: CC-{number:04}
cells:
  prod:
    aws: {{account: \"{:012}\"}}
    azure: {{subscription: {}}}
    gcp: {{project: acme-{name}-prod, number: \"{}\"}}
    snowflake: {{}}
products:
",
        100_000_000_000_u64 + number as u64,
        guid(number, 9),
        100_000_000_000_u64 + number as u64,
    );
    for (product, kind, target, pii) in [
        ("orders", "dataset", "aws", true),
        ("clicks", "stream", "azure", false),
        ("tickets", "dataset", "gcp", false),
        ("revenue", "table", "snowflake", true),
        ("catalogue", "dataset", "aws, azure, gcp", false),
    ] {
        let _ = write!(
            text,
            "  - name: {product}
    title: The {product} of domain {number}
    description: Made for measuring, and read by nobody.
    kind: {kind}
    version: 1.0.0
    classification: {}
    retention: {}
    targets: [{target}]
",
            if kind == "stream" {
                "internal"
            } else {
                "confidential"
            },
            if kind == "stream" { "7d" } else { "365d" },
        );
        text.push_str(columns);
        if pii {
            text.push_str("      - {name: email, type: string, classification: pii}\n");
        }
        let _ = writeln!(
            text,
            "    access:\n      - {{group: {name}-readers, can: [read]}}"
        );
        if product == "revenue" && domains > 1 {
            let _ = writeln!(
                text,
                "    grants:\n      - {{consumer: {next}, columns: [id, amount]}}"
            );
        }
    }
    if domains > 1 {
        let _ = write!(
            text,
            "needs:
  - port: {before}/revenue:curated
    purpose: Totals of the quarter
    ticket: REQ-{number}
    until: 2027-06-30
"
        );
    }
    text
}
