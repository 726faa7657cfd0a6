//! What one AWS cell knows: its account, regions and partition, and the physical names and ARNs of
//! what lies in it. Nothing here makes output.

use std::collections::BTreeSet;

use super::policy::sid_part;
use crate::address::Address;
use crate::blueprint::tree::cloud::Settings;
use crate::cell::DomainName;
use crate::ident::Name;
use crate::naming::{NameRequest, NameRule, Names, Scope};
use crate::primitive::{
    CellSet, Compute, Grant, Key, KeyUse, Primitive, Principal, Storage, Stream,
};
use crate::source::Spanned;
use crate::targets::terraform;

/// Every IAM role that meshc makes lies under this path, so that other policies can mean them all.
pub(super) const PATH: &str = "/meshc/";

const BUCKET: NameRule = NameRule {
    what: "an S3 bucket",
    least: 3,
    most: 63,
    separator: Some('-'),
    upper: false,
    scope: Scope::World,
    source: "S3 user guide, general purpose bucket naming rules",
};
const DATABASE: NameRule = NameRule {
    what: "a Glue database",
    least: 1,
    most: 255,
    separator: Some('_'),
    upper: false,
    scope: Scope::Account,
    source: "Glue API, Database; Athena user guide: only lower-case letters, digits and underscores",
};
const ALIAS: NameRule = NameRule {
    // `alias/` is part of the limit of 256.
    what: "a KMS alias",
    least: 1,
    most: 250,
    separator: Some('-'),
    upper: false,
    scope: Scope::Account,
    source: "KMS API, CreateAlias",
};
const WORKGROUP: NameRule = NameRule {
    what: "an Athena workgroup",
    least: 1,
    most: 128,
    separator: Some('-'),
    upper: false,
    scope: Scope::Account,
    source: "Athena API, CreateWorkGroup",
};
const STREAM: NameRule = NameRule {
    what: "a Kinesis stream",
    least: 1,
    most: 128,
    separator: Some('-'),
    upper: false,
    scope: Scope::Account,
    source: "Kinesis API, CreateStream",
};
const ROLE: NameRule = NameRule {
    what: "an IAM role",
    least: 1,
    most: 64,
    separator: Some('-'),
    upper: false,
    scope: Scope::Account,
    source: "IAM API, CreateRole",
};

/// One region of a cell and what it is called in labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place<'a> {
    /// `eu-west-1`.
    pub region: &'a str,
    /// Whether it is where the cell's things lie unless they say otherwise.
    pub main: bool,
}

impl Place<'_> {
    /// The alias of its provider; the main region has the provider without one.
    pub(super) fn provider(self) -> Option<String> {
        (!self.main).then(|| terraform::label([self.region]))
    }

    /// A label of something that there is one of in each region.
    pub(super) fn label(self, label: &str) -> String {
        if self.main {
            label.to_owned()
        } else {
            terraform::label([label, self.region])
        }
    }

    /// What tells a statement about it from the same one about the main region.
    pub(super) fn sid(self) -> String {
        if self.main {
            String::new()
        } else {
            format!("In{}", sid_part(self.region))
        }
    }

    /// A role of something that there is one of in each region.
    fn role(self, role: &str) -> String {
        if self.main {
            role.to_owned()
        } else {
            format!("{role}-{}", self.region)
        }
    }
}

/// A domain's cell.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    /// The cell.
    pub cell: &'a CellSet,
    /// The domain.
    pub domain: &'a DomainName,
    /// Every physical name.
    names: &'a Names,
}

macro_rules! each {
    ($(#[$doc:meta] $name:ident: $variant:ident;)*) => {
        $(#[$doc]
        pub(super) fn $name(self) -> impl Iterator<Item = &'a $variant> {
            self.cell.primitives.iter().filter_map(|one| match one {
                Primitive::$variant(one) => Some(one),
                _ => None,
            })
        })*
    };
}

impl<'a> Here<'a> {
    /// A domain's cell; nothing for what stands above domains.
    pub(super) fn new(cell: &'a CellSet, names: &'a Names) -> Option<Self> {
        cell.domain.as_ref().map(|domain| Self {
            cell,
            domain: &domain.name,
            names,
        })
    }

    each! {
        /// Keys.
        keys: Key;
        /// Storages.
        storages: Storage;
        /// Streams.
        streams: Stream;
        /// What runs queries.
        computes: Compute;
        /// Groups.
        principals: Principal;
        /// Rights.
        grants: Grant;
    }

    /// The account's id.
    pub(super) fn account(self) -> &'a str {
        self.cell.settings.text("account").unwrap_or_default()
    }

    /// The region in which things lie that do not say otherwise.
    pub(super) fn main(self) -> Place<'a> {
        Place {
            region: main_region(self.cell),
            main: true,
        }
    }

    /// The region of something that may say so itself.
    pub(super) fn place(self, own: Option<&'a Spanned<String>>) -> Place<'a> {
        match own {
            Some(own) if own.value != self.main().region => Place {
                region: &own.value,
                main: false,
            },
            _ => self.main(),
        }
    }

    /// Every region that something lies in; the main one is always among them and comes first.
    pub(super) fn places(self) -> Vec<Place<'a>> {
        let storages = self.storages().map(|one| one.region.as_ref());
        let streams = self.streams().map(|one| one.region.as_ref());
        // What went to another domain is forgotten through the provider of its region.
        let moved_out = self.cell.moved_out.iter().flat_map(|one| &one.things);
        let moved_out = moved_out.filter_map(|thing| match thing {
            Primitive::Storage(storage) => Some(storage.region.as_ref()),
            Primitive::Stream(stream) => Some(stream.region.as_ref()),
            _ => None,
        });
        let others: BTreeSet<Place<'a>> = storages
            .chain(streams)
            .chain(moved_out)
            .map(|region| self.place(region))
            .filter(|place| !place.main)
            .collect();
        std::iter::once(self.main()).chain(others).collect()
    }

    /// The storages in a region.
    pub(super) fn storages_in(self, place: Place<'a>) -> impl Iterator<Item = &'a Storage> {
        self.storages()
            .filter(move |storage| self.place(storage.region.as_ref()) == place)
    }

    /// The storage of that address.
    pub(super) fn storage(self, address: &Address) -> Option<&'a Storage> {
        self.storages().find(|storage| storage.address == *address)
    }

    /// The stream of that address.
    pub(super) fn stream(self, address: &Address) -> Option<&'a Stream> {
        self.streams().find(|stream| stream.address == *address)
    }

    fn owner(self) -> Address {
        Address::domain(self.domain)
    }

    fn of_domain(self, role: &str) -> &'a str {
        self.names.get(&self.cell.id, &self.owner(), role)
    }

    /// A storage's bucket.
    pub(super) fn bucket(self, storage: &Storage) -> &'a str {
        self.names.get(&self.cell.id, &storage.address, "bucket")
    }

    /// The Glue database of a storage's product.
    pub(super) fn database(self, storage: &Storage) -> &'a str {
        self.names
            .get(&self.cell.id, &product_of(&storage.address), "database")
    }

    /// A Kinesis stream.
    pub(super) fn stream_name(self, stream: &Stream) -> &'a str {
        self.names.get(&self.cell.id, &stream.address, "stream")
    }

    /// The bucket that takes the access logs of a region.
    pub(super) fn log_bucket(self, place: Place<'_>) -> &'a str {
        self.of_domain(&place.role("log-bucket"))
    }

    /// The bucket that takes the results of queries in a region.
    pub(super) fn results_bucket(self, place: Place<'_>) -> &'a str {
        self.of_domain(&place.role("results-bucket"))
    }

    /// The workgroup of a group, the same in every region.
    pub(super) fn workgroup(self, group: &Name) -> &'a str {
        self.of_domain(&format!("workgroup-{group}"))
    }

    /// The IAM role of a group.
    pub(super) fn role(self, group: &Name) -> &'a str {
        self.of_domain(&format!("role-{group}"))
    }

    /// The IAM role with which Lake Formation reaches the files.
    pub(super) fn lake_role(self) -> &'a str {
        self.of_domain("lake-role")
    }

    /// The alias of the key for a label, the same in every region.
    pub(super) fn alias(self, label: &Name) -> String {
        format!("alias/{}", self.of_domain(&format!("key-alias-{label}")))
    }

    /// The partition that a region lies in. Everything of a cell lies in one.
    pub(super) fn partition(self) -> &'static str {
        let region = self.main().region;
        if region.starts_with("cn-") {
            "aws-cn"
        } else if region.starts_with("us-gov-") {
            "aws-us-gov"
        } else {
            "aws"
        }
    }

    /// An ARN in this account.
    pub(super) fn arn(self, service: &str, region: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}:{region}:{}:{resource}",
            self.partition(),
            self.account()
        )
    }

    /// The ARN of a bucket, which names neither region nor account.
    pub(super) fn bucket_arn(self, bucket: &str) -> String {
        format!("arn:{}:s3:::{bucket}", self.partition())
    }

    /// The ARN of something of IAM, which has no region.
    pub(super) fn iam_arn(self, resource: &str) -> String {
        self.arn("iam", "", resource)
    }

    /// The host by which a service calls another one, as `kms:ViaService` sees it.
    pub(super) fn via(self, service: &str, place: Place<'_>) -> String {
        let suffix = if self.partition() == "aws-cn" {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        format!("{service}.{}.{suffix}", place.region)
    }

    /// The key with which the results of queries in a region are encrypted.
    ///
    /// An existing key serves only its own region; elsewhere it is the key of what lies there.
    pub(super) fn results_key(self, compute: &'a Compute, place: Place<'a>) -> &'a KeyUse {
        if place.main {
            return &compute.key;
        }
        let mut there: Vec<&Storage> = self.storages_in(place).collect();
        there.sort_by_key(|storage| {
            (
                storage.label != compute.label,
                storage.key == KeyUse::Provider,
            )
        });
        there.first().map_or(&compute.key, |storage| &storage.key)
    }

    /// The groups that query in a region: those that read something there.
    pub(super) fn readers_in(self, place: Place<'a>) -> BTreeSet<&'a Name> {
        let reads = |grant: &&Grant| grant.has(crate::mesh::capability::Atom::ReadData);
        let here = |grant: &&Grant| {
            self.storage(&grant.resource)
                .is_some_and(|storage| self.place(storage.region.as_ref()) == place)
        };
        self.grants()
            .filter(reads)
            .filter(here)
            .map(|grant| &grant.group)
            .collect()
    }

    /// Which labels need a key of ours in a region.
    pub(super) fn labels_in(self, place: Place<'a>) -> BTreeSet<&'a Name> {
        let storages = self.storages_in(place).map(|one| &one.key);
        let streams = self
            .streams()
            .filter(|one| self.place(one.region.as_ref()) == place)
            .map(|one| &one.key);
        let results = self
            .computes()
            .filter(|_| !self.readers_in(place).is_empty())
            .map(|one| self.results_key(one, place));
        let keys = storages.chain(streams).chain(results);
        keys.filter_map(|key| match key {
            KeyUse::Own(label) => Some(label),
            KeyUse::Provider | KeyUse::Existing(_) => None,
        })
        .collect()
    }
}

/// The Terraform label of the key for a label in a region.
pub(super) fn key_label(label: &Name, place: Place<'_>) -> String {
    place.label(&terraform::label(["key", label.as_str()]))
}

/// A product's address, of one of its zones.
pub(super) fn product_of(zone: &Address) -> Address {
    Address {
        port: None,
        ..zone.clone()
    }
}

/// The region in which a cell's things lie; the cloud's if the cell does not say.
pub(super) fn main_region(cell: &CellSet) -> &str {
    cell.region
        .as_ref()
        .map(|region| region.value.as_str())
        .or_else(|| setting(&cell.cloud, "region"))
        .unwrap_or_default()
}

fn setting<'s>(settings: &'s Settings, key: &str) -> Option<&'s str> {
    settings.text(key)
}

/// Every physical name that a cell's artifacts ask for.
pub(super) fn requests(cell: &CellSet) -> Vec<NameRequest> {
    // Names are what is asked for here, so none is looked up.
    let none = Names::default();
    let Some(here) = Here::new(cell, &none) else {
        return Vec::new();
    };
    let mut requests = Vec::new();
    let Some(domain) = &cell.domain else {
        return requests;
    };
    let base = |with_prefix: bool| {
        let prefix = with_prefix.then(|| cell.mesh.prefix.to_string());
        prefix
            .into_iter()
            .chain([cell.id.env.to_string(), domain.name.to_string()])
            .collect::<Vec<String>>()
    };
    let mut of_domain = |role: String, rest: &[&str], rule: &'static NameRule, span| {
        let parts = base(true)
            .into_iter()
            .chain(rest.iter().map(|&part| part.to_owned()))
            .collect();
        requests.push(NameRequest {
            owner: Address::domain(&domain.name),
            role,
            parts,
            rule,
            span,
        });
    };
    for key in here.keys() {
        of_domain(
            format!("key-alias-{}", key.label),
            &[key.label.as_str()],
            &ALIAS,
            key.origin.span,
        );
    }
    for principal in here.principals() {
        let (group, span) = (principal.group.as_str(), principal.origin.span);
        of_domain(format!("role-{group}"), &[group], &ROLE, span);
        of_domain(format!("workgroup-{group}"), &[group], &WORKGROUP, span);
    }
    if here.storages().next().is_some() {
        of_domain(
            "lake-role".to_owned(),
            &["lake-formation"],
            &ROLE,
            domain.span,
        );
    }
    for place in here
        .places()
        .into_iter()
        .filter(|place| here.storages_in(*place).next().is_some())
    {
        let region: Vec<&str> = if place.main {
            Vec::new()
        } else {
            vec![place.region]
        };
        for (role, name) in [
            ("log-bucket", "access-logs"),
            ("results-bucket", "query-results"),
        ] {
            let rest: Vec<&str> = std::iter::once(name)
                .chain(region.iter().copied())
                .collect();
            of_domain(place.role(role), &rest, &BUCKET, domain.span);
        }
    }
    let product = |address: &Address| {
        let name = address.product.as_ref().map(ToString::to_string);
        name.into_iter()
            .chain(address.major.map(|major| format!("v{major}")))
            .collect::<Vec<String>>()
    };
    let zone = |address: &Address| address.port.as_ref().map(ToString::to_string);
    let mut databases = BTreeSet::new();
    for storage in here.storages() {
        let (owner, span) = (storage.address.clone(), storage.origin.span);
        let parts = base(true)
            .into_iter()
            .chain(product(&owner))
            .chain(zone(&owner))
            .collect();
        requests.push(NameRequest {
            owner: owner.clone(),
            role: "bucket".to_owned(),
            parts,
            rule: &BUCKET,
            span,
        });
        let owner = product_of(&owner);
        if databases.insert(owner.clone()) {
            let parts = base(false).into_iter().chain(product(&owner)).collect();
            requests.push(NameRequest {
                owner,
                role: "database".to_owned(),
                parts,
                rule: &DATABASE,
                span,
            });
        }
    }
    for stream in here.streams() {
        let (owner, span) = (stream.address.clone(), stream.origin.span);
        let parts = base(true)
            .into_iter()
            .chain(product(&owner))
            .chain(zone(&owner))
            .collect();
        requests.push(NameRequest {
            owner,
            role: "stream".to_owned(),
            parts,
            rule: &STREAM,
            span,
        });
    }
    requests
}
