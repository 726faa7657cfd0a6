//! Ten invented meshes of other industries than the examples', with what examples are too tidy for: one cloud
//! only, missing clouds, one product only, hundreds of groups, names of one and of 63 characters, names with two
//! hyphens or one at their end, labels of their own, sub-domains, the provider's keys.
//!
//! In: nothing. Out: the files of each mesh folder, by path, the same in every run. What they hold follows from
//! the language's documentation alone: each is lawful, so whoever refuses one is wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A mesh and what it is like.
#[derive(Debug, Clone)]
pub struct Invented {
    /// Its name.
    pub name: &'static str,
    /// The files of its folder.
    pub files: BTreeMap<String, String>,
}

/// What a mesh is made from.
struct Profile {
    name: &'static str,
    prefix: &'static str,
    clouds: &'static [&'static str],
    environments: &'static [&'static str],
    domains: &'static [&'static str],
    groups: usize,
    products: usize,
    /// From least to most sensitive; the last one is about people.
    labels: &'static [&'static str],
    masked: bool,
    own_keys: bool,
    edition: &'static str,
}

const PROFILES: &[Profile] = &[
    Profile {
        name: "hospital",
        prefix: "h1",
        clouds: &["azure"],
        environments: &["prod"],
        domains: &["wards", "laboratory", "pharmacy", "x", "billing--old"],
        groups: 24,
        products: 4,
        labels: &["open", "clinical", "patient"],
        masked: true,
        own_keys: true,
        edition: "enterprise",
    },
    Profile {
        name: "airline",
        prefix: "sky",
        clouds: &["aws"],
        environments: &["dev", "prod"],
        domains: &["flights", "crews", "loyalty", "cargo.cold-chain", "cargo"],
        groups: 200,
        products: 5,
        labels: &["public", "internal", "passenger"],
        masked: true,
        own_keys: true,
        edition: "enterprise",
    },
    Profile {
        name: "bank",
        prefix: "vault",
        clouds: &["snowflake"],
        environments: &["test", "uat", "live"],
        domains: &["accounts", "cards", "lending"],
        groups: 40,
        products: 3,
        labels: &["general", "restricted", "secret", "client-data"],
        masked: true,
        own_keys: false,
        edition: "business-critical",
    },
    Profile {
        name: "game-studio",
        prefix: "gg",
        clouds: &["gcp"],
        environments: &["prod"],
        domains: &[
            "matches",
            "shop",
            "telemetry-of-players-who-have-not-been-seen-for-a-whole-season",
        ],
        groups: 9,
        products: 6,
        labels: &["public", "player"],
        masked: true,
        own_keys: true,
        edition: "enterprise",
    },
    Profile {
        name: "farm-coop",
        prefix: "crop",
        clouds: &["snowflake"],
        environments: &["all"],
        domains: &["fields", "machines-"],
        groups: 3,
        products: 2,
        labels: &["any"],
        masked: false,
        own_keys: false,
        edition: "standard",
    },
    Profile {
        name: "university",
        prefix: "uni9",
        clouds: &["azure", "gcp"],
        environments: &["prod"],
        domains: &["students", "students.grades", "students.housing", "library"],
        groups: 16,
        products: 4,
        labels: &["public", "staff", "student"],
        masked: false,
        own_keys: true,
        edition: "enterprise",
    },
    Profile {
        name: "shipping",
        prefix: "sea",
        clouds: &["aws", "snowflake"],
        environments: &["dev", "stage", "prod"],
        domains: &["vessels", "ports", "customs"],
        groups: 21,
        products: 3,
        labels: &["internal", "confidential"],
        masked: false,
        own_keys: true,
        edition: "enterprise",
    },
    Profile {
        name: "telecom",
        prefix: "ring",
        clouds: &["aws", "azure", "gcp", "snowflake"],
        environments: &["prod"],
        domains: &["network", "subscribers", "stores", "roaming"],
        groups: 60,
        products: 7,
        labels: &["public", "internal", "confidential", "subscriber"],
        masked: true,
        own_keys: true,
        edition: "enterprise",
    },
    Profile {
        name: "museum",
        prefix: "mm",
        clouds: &["aws"],
        environments: &["prod"],
        domains: &["objects"],
        groups: 1,
        products: 1,
        labels: &["all"],
        masked: false,
        own_keys: false,
        edition: "enterprise",
    },
    Profile {
        name: "energy",
        prefix: "grid",
        clouds: &["gcp", "snowflake"],
        environments: &["p"],
        domains: &[
            "a",
            "b-",
            "c--c",
            "meters-in-houses-that-were-built-before-the-year-nineteen-sixty",
        ],
        groups: 12,
        products: 5,
        labels: &["open", "household"],
        masked: true,
        own_keys: true,
        edition: "enterprise",
    },
];

/// All ten.
pub fn all() -> Vec<Invented> {
    PROFILES
        .iter()
        .map(|profile| Invented {
            name: profile.name,
            files: profile.files(),
        })
        .collect()
}

/// Names of products, some of them odd.
const PRODUCTS: &[&str] = &[
    "p",
    "entries-2",
    "measurements-that-somebody-gave-a-name-of-sixty-three-character",
    "events",
    "old--entries",
    "list-",
    "z9",
];

impl Profile {
    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::from([("mesh.yaml".to_owned(), self.mesh())]);
        for (number, domain) in self.domains.iter().enumerate() {
            files.insert(
                format!("domains/{domain}.yaml"),
                self.domain(number, domain),
            );
        }
        files
    }

    fn has(&self, cloud: &str) -> bool {
        self.clouds.contains(&cloud)
    }

    fn group(&self, number: usize) -> String {
        format!(
            "{}-{}",
            ["team", "readers", "g"][number % 3],
            number % self.groups
        )
    }

    fn mesh(&self) -> String {
        let mut text = format!(
            "apiVersion: meshc/v1\nkind: Mesh\nname: {}\nprefix: {}\nenvironments: [{}]\nclouds:\n",
            self.name,
            self.prefix,
            self.environments.join(", ")
        );
        for cloud in self.clouds {
            text.push_str(match *cloud {
                "aws" => "  aws: {organization: o-a1b2c3d4e5, ou: ou-ab12-cd34ef56, region: us-east-1}\n",
                "azure" => {
                    "  azure: {tenant: 72f988bf-86f1-41af-91ab-2d7cd011db47, management-group: mg, location: northeurope}\n"
                }
                "gcp" => "  gcp: {organization: \"123456789012\", location: us-central1}\n",
                _ => "",
            });
        }
        if self.has("snowflake") {
            let _ = writeln!(
                text,
                "  snowflake: {{organization: ORG9, account: A1, edition: {}, region: us-east-1}}",
                self.edition
            );
        }
        text.push_str("groups:\n");
        let mut known = std::collections::BTreeSet::new();
        for number in 0..self.groups * 3 {
            let name = self.group(number);
            if !known.insert(name.clone()) {
                continue;
            }
            let _ = writeln!(text, "  - name: {name}");
            for cloud in self.clouds {
                let _ = match *cloud {
                    "aws" => writeln!(
                        text,
                        "    aws: {{idp: oidc-provider/id.example.org/{}, claim: sub, value: \"{name}:*odd 'value' ${{x}}\"}}",
                        self.name
                    ),
                    "azure" => writeln!(text, "    azure: 9f2e0c1a-7b1d-4c55-8f3e-{number:012x}"),
                    "gcp" => writeln!(text, "    gcp: {name}@{}.example.org", self.name),
                    _ => writeln!(
                        text,
                        "    snowflake: {}",
                        name.to_uppercase().replace('-', "_")
                    ),
                };
            }
        }
        let _ = write!(
            text,
            "governance:\n  classifications: [{}]\n  archive-after: 200d\n  regions: [us-east-1, northeurope, us-central1]\n  \
             tags: [owner, domain]\n  encryption: {}\n",
            self.labels.join(", "),
            if self.own_keys {
                "customer"
            } else {
                "provider"
            }
        );
        text.push_str("  retention:\n");
        for label in self.labels {
            let _ = writeln!(text, "    {label}: {{max: 4000d}}");
        }
        if self.masked {
            let _ = writeln!(text, "  masked: [{}]", self.person());
        }
        text
    }

    fn person(&self) -> &'static str {
        self.labels[self.labels.len() - 1]
    }

    fn domain(&self, number: usize, name: &str) -> String {
        let mut text = format!(
            "apiVersion: meshc/v1\nkind: Domain\nname: {name}\nowner: {}\ncost-center: \"{number}\"\n",
            self.group(number * 3)
        );
        let is_below = name
            .split_once('.')
            .is_some_and(|(parent, _)| self.domains.contains(&parent));
        if !is_below {
            text.push_str("cells:\n");
            for (place, environment) in self.environments.iter().enumerate() {
                let _ = writeln!(text, "  {environment}:");
                for cloud in self.clouds {
                    let id = number * 10 + place;
                    let _ = match *cloud {
                        "aws" => writeln!(
                            text,
                            "    aws: {{account: \"{:012}\"}}",
                            100_000_000_000 + id
                        ),
                        "azure" => writeln!(
                            text,
                            "    azure: {{subscription: 0a1b2c3d-1111-4222-8333-{id:012x}}}"
                        ),
                        "gcp" => writeln!(
                            text,
                            "    gcp: {{project: proj-{id}x, number: \"{:012}\"}}",
                            200_000_000_000 + id
                        ),
                        _ => writeln!(text, "    snowflake: {{}}"),
                    };
                }
            }
        }
        text.push_str("products:\n");
        for place in 0..self.products {
            self.product(&mut text, number, place);
        }
        text
    }

    /// One product: kinds in turn, each on the clouds of the mesh that it can lie on.
    fn product(&self, text: &mut String, domain: usize, place: usize) {
        let streams: Vec<&str> = self
            .clouds
            .iter()
            .copied()
            .filter(|cloud| *cloud != "snowflake")
            .collect();
        let tables: Vec<&str> = self
            .clouds
            .iter()
            .copied()
            .filter(|cloud| matches!(*cloud, "gcp" | "snowflake"))
            .collect();
        let (kind, targets) = match place % 3 {
            1 if !streams.is_empty() => ("stream", streams),
            2 if !tables.is_empty() => ("table", tables),
            _ => ("dataset", self.clouds.to_vec()),
        };
        let on = |cloud: &str| targets.contains(&cloud);
        let name = PRODUCTS[place % PRODUCTS.len()];
        let label = self.labels[(domain + place) % self.labels.len()];
        // Where columns about people are hidden, a product that is all about people shows nobody anything.
        let label = if self.masked && label == self.person() {
            self.labels[0]
        } else {
            label
        };
        // Files on Azure and events anywhere show everything or nothing, so no column there is about people.
        let hides = self.masked && (kind == "stream" || on("azure"));
        let _ = write!(
            text,
            "  - name: {name}\n    kind: {kind}\n    version: {}.0.0\n    classification: {label}\n    targets: [{}]\n    retention: {}\n",
            1 + place % 2,
            targets.join(", "),
            if kind == "stream" {
                "3d".to_owned()
            } else {
                format!("{}d", 30 + 97 * place)
            },
        );
        if kind == "dataset" {
            let zones = [
                &["raw", "curated"][..],
                &["landing", "silver", "gold"],
                &["all"],
            ][place % 3];
            let _ = writeln!(text, "    zones: [{}]", zones.join(", "));
        }
        text.push_str("    columns:\n      - {name: id, type: string, key: true}\n      - {name: seen_on, type: date, required: true}\n");
        if !hides && self.masked {
            let _ = writeln!(
                text,
                "      - {{name: who, type: \"string(40)\", classification: {}}}",
                self.person()
            );
        }
        if !on("aws") && !on("gcp") {
            text.push_str("      - {name: \"größe cm\", type: \"decimal(9,3)\", description: \"Ω \\\"quoted\\\" ${x} '; --\"}\n      - {name: Select, type: boolean}\n");
        }
        if kind == "dataset" {
            text.push_str("    partition-by: [seen_on]\n");
        }
        if kind == "stream" {
            text.push_str("    options: {replay: 24h}\n");
        }
        self.rights(text, domain, place);
    }

    /// Some groups read; many do where a mesh has many.
    fn rights(&self, text: &mut String, domain: usize, place: usize) {
        let readers = (self.groups / 8).clamp(1, 12);
        text.push_str("    access:\n");
        for reader in 0..readers {
            let group = self.group((domain * 31 + place * 7 + reader) * 3 + 1);
            let until = if reader % 4 == 3 {
                ", until: 2099-12-31"
            } else {
                ""
            };
            let _ = writeln!(text, "      - {{group: {group}, can: [read]{until}}}");
        }
    }
}
