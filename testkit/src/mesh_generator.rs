//! Meshes of any size, for tests and measurements that need more than an example holds.
//!
//! In: a number of domains and a revision. Out: the files of a mesh folder, by path, the same for the
//! same numbers in every run. A domain has a cell on each of the four clouds and five products of all
//! three kinds, with personal columns, groups of its own and an agreement with its neighbour. Nothing
//! here reads the disk, a clock or a random number.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a mesh is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many domains.
    pub domains: usize,
    /// Another revision is the same mesh after an edit of every domain: other retention, one more column.
    pub revision: usize,
}

/// How many products each domain has.
pub const PRODUCTS: usize = 5;

const AREAS: [&str; 8] = [
    "sales",
    "support",
    "logistics",
    "finance",
    "marketing",
    "risk",
    "people",
    "plants",
];

/// The name of a domain.
pub fn domain(number: usize) -> String {
    format!("{}-{number:04}", AREAS[number % AREAS.len()])
}

/// Every file of the mesh folder, by path below it.
pub fn mesh(size: Size) -> BTreeMap<String, String> {
    let mut files = BTreeMap::from([("mesh.yaml".to_owned(), head(size.domains))]);
    for number in 0..size.domains {
        files.insert(
            format!("domains/{}.yaml", domain(number)),
            domain_file(number, size),
        );
    }
    files
}

fn head(domains: usize) -> String {
    let mut text = HEAD.to_owned();
    for number in 0..domains {
        let name = domain(number);
        let upper = name.to_uppercase().replace('-', "_");
        for (role, at) in [("engineering", 0), ("analysts", 1)] {
            let _ = write!(
                text,
                "  - name: {name}-{role}\n    title: {name} {role}\n    \
                 aws: {{idp: saml-provider/acme-sso, claim: eduPersonAffiliation, value: {name}-{role}}}\n    \
                 azure: 9f2e0c1a-7b1d-4c55-8f3e-{:012x}\n    gcp: {name}-{role}@acme.example\n    \
                 snowflake: {upper}_{}\n",
                number * 2 + at,
                role.to_uppercase(),
            );
        }
    }
    text.push_str(GOVERNANCE);
    text
}

const HEAD: &str = "\
# Made by testkit::mesh_generator.
apiVersion: meshc/v1
kind: Mesh
name: synthetic
title: A synthetic mesh
prefix: acme
environments: [prod]
clouds:
  aws: {organization: o-a1b2c3d4e5, ou: ou-ab12-cd34ef56, region: eu-west-1}
  azure: {tenant: 72f988bf-86f1-41af-91ab-2d7cd011db47, management-group: acme-mesh, location: westeurope}
  gcp: {organization: \"123456789012\", location: europe-west1}
  snowflake: {organization: ACME, account: RETAIL, edition: enterprise, region: eu-west-1}
groups:
";

const GOVERNANCE: &str = "\
governance:
  classifications: [public, internal, confidential, pii]
  retention:
    internal: {min: 1d, max: 1095d}
    confidential: {min: 30d, max: 1095d}
  archive-after: 90d
  regions: [eu-west-1, westeurope, europe-west1]
  tags: [owner, cost-center, classification, domain, environment]
  encryption: customer
  masked: [pii]
";

fn domain_file(number: usize, size: Size) -> String {
    let name = domain(number);
    let days = 365 + number % 30 + size.revision * 40;
    let mut text = format!(
        "apiVersion: meshc/v1\nkind: Domain\nname: {name}\ntitle: The domain {name}\nowner: {name}-engineering\n\
         cost-center: CC-{number:04}\ncells:\n  prod:\n    aws: {{account: \"{:012}\"}}\n    \
         azure: {{subscription: 0a1b2c3d-1111-4222-8333-{number:012x}}}\n    \
         gcp: {{project: acme-{name}, number: \"{:012}\"}}\n    snowflake: {{}}\nproducts:\n",
        100_000_000_000 + number,
        200_000_000_000 + number,
    );
    let added = if size.revision == 0 {
        String::new()
    } else {
        format!("      - {{name: added_{}, type: string}}\n", size.revision)
    };
    let reader = format!("{name}-analysts");
    let _ = write!(
        text,
        "  - name: orders
    title: Orders
    description: Every order of {name}, a row per order.
    kind: dataset
    version: 1.2.0
    classification: confidential
    retention: {days}d
    targets: [aws]
    zones: [raw, curated]
    columns:
      - {{name: order_id, type: string, key: true}}
      - {{name: email, type: string, classification: pii, description: The customer's e-mail address}}
      - {{name: total, type: \"decimal(12,2)\"}}
      - {{name: status, type: string(16)}}
      - {{name: order_date, type: date, required: true}}
{added}    partition-by: [order_date]
    sla: {{freshness: 1h, availability: 99.9%}}
    access:
      - {{group: {reader}, can: [read], on: [curated]}}
  - name: tickets
    title: Tickets
    description: Tickets without personal data.
    kind: dataset
    version: 2.0.1
    classification: internal
    retention: {days}d
    targets: [azure, gcp]
    zones: [raw, curated]
    columns:
      - {{name: ticket_id, type: string, key: true}}
      - {{name: opened_at, type: instant, required: true}}
      - {{name: topic, type: string(64)}}
{added}    access:
      - {{group: {reader}, can: [read], on: [curated]}}
  - name: call-events
    title: Call events
    description: What happens during a call.
    kind: stream
    version: 1.0.0
    classification: internal
    retention: 7d
    targets: [aws, azure, gcp]
    columns:
      - {{name: call_id, type: string, key: true}}
      - {{name: event, type: string, required: true}}
      - {{name: happened_at, type: instant, required: true}}
{added}    options: {{replay: 24h, ordering-key: call_id}}
    access:
      - {{group: {reader}, can: [read]}}
  - name: daily-revenue
    title: Daily revenue
    description: Revenue per day and customer, computed from orders.
    kind: table
    version: 1.0.0
    classification: confidential
    retention: {days}d
    targets: [snowflake]
    inputs: [\"{name}/orders:curated\"]
    sla: {{freshness: 1d}}
    columns:
      - {{name: day, type: date, key: true}}
      - {{name: customer_email, type: string, key: true, classification: pii}}
      - {{name: revenue, type: \"decimal(18,2)\", required: true}}
{added}    access:
      - {{group: {reader}, can: [read]}}
      - {{group: {name}-engineering, can: [read, unmask], until: 2099-06-30}}
"
    );
    if size.domains > 1 {
        let consumer = domain((number + 1) % size.domains);
        let _ = writeln!(
            text,
            "    grants:\n      - {{consumer: {consumer}, columns: [day, revenue]}}"
        );
    }
    let _ = write!(
        text,
        "  - name: forecast
    title: Forecast
    description: Expected revenue, for planning.
    kind: table
    version: 1.1.0
    classification: confidential
    retention: {days}d
    targets: [gcp, snowflake]
    inputs: [\"{name}/daily-revenue\"]
    columns:
      - {{name: day, type: date, key: true}}
      - {{name: expected, type: \"decimal(18,2)\", required: true}}
{added}    access:
      - {{group: {reader}, can: [read]}}
"
    );
    if size.domains > 1 {
        let provider = domain((number + size.domains - 1) % size.domains);
        let _ = write!(
            text,
            "needs:\n  - port: \"{provider}/daily-revenue\"\n    purpose: Compare revenue with the neighbour\n    \
             ticket: DATA-{number:04}\n    until: 2028-06-30\n"
        );
    }
    text
}

/// A mesh with one Snowflake table a domain, which even a slow build compiles at once: for tests that
/// build it a hundred times. In odd revisions each table is shared with the next domain, so that
/// `mesh.lock` changes too.
pub fn tables(size: Size) -> BTreeMap<String, String> {
    let mut files = BTreeMap::from([("mesh.yaml".to_owned(), TABLES.to_owned())]);
    let shared = size.revision % 2 == 1 && size.domains > 1;
    for number in 0..size.domains {
        let name = domain(number);
        let mut text = format!(
            "apiVersion: meshc/v1\nkind: Domain\nname: {name}\nowner: owners\ncost-center: CC-{number:04}\n\
             cells: {{prod: {{snowflake: {{}}}}}}\nproducts:\n  - name: orders\n    title: Orders\n    \
             description: Every order.\n    sla: {{freshness: 1d}}\n    kind: table\n    version: 1.0.{}\n    classification: internal\n    retention: 90d\n    targets: [snowflake]\n    columns:\n      \
             - {{name: id, type: string, key: true}}\n      - {{name: total, type: \"decimal(12,2)\"}}\n    \
             access:\n      - {{group: readers, can: [read]}}\n",
            size.revision,
        );
        if shared {
            let consumer = domain((number + 1) % size.domains);
            let provider = domain((number + size.domains - 1) % size.domains);
            let _ = write!(
                text,
                "    grants:\n      - {{consumer: {consumer}, columns: [id]}}\nneeds:\n  - port: \"{provider}/orders\"\n    \
                 purpose: Compare\n    ticket: DATA-{number:04}\n    until: 2028-06-30\n"
            );
        }
        files.insert(format!("domains/{name}.yaml"), text);
    }
    files
}

const TABLES: &str = "\
# Made by testkit::mesh_generator.
apiVersion: meshc/v1
kind: Mesh
name: tables
prefix: acme
environments: [prod]
clouds:
  snowflake: {organization: ACME, account: RETAIL, edition: enterprise, region: eu-west-1}
groups:
  - {name: owners, snowflake: OWNERS}
  - {name: readers, snowflake: READERS}
governance:
  classifications: [internal]
  regions: [eu-west-1]
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_numbers_give_the_same_files() {
        let size = Size {
            domains: 12,
            revision: 0,
        };
        let files = mesh(size);
        assert_eq!(files, mesh(size));
        assert_eq!(files.len(), 13);
        let edited = mesh(Size {
            revision: 1,
            ..size
        });
        let same = files
            .iter()
            .filter(|(path, text)| edited.get(*path) == Some(*text));
        assert_eq!(same.count(), 1, "only mesh.yaml is the same");
        for (path, text) in files.iter().filter(|(path, _)| *path != "mesh.yaml") {
            assert_eq!(text.matches("\n  - name: ").count(), PRODUCTS, "{path}");
        }
    }
}
