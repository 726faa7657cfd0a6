//! Grants to IAM statements, by the table `data/aws/rights.json`.
//!
//! Statements of several grants that end on the same day are merged, so that a role's policy stays
//! within its limit; each resource remembers the grant that asked for it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;

use super::bucket::arns;
use super::catalogue;
use super::here::{Here, Place};
use super::policy::{Statement, sid_part};
use super::query;
use crate::artifact::OriginRef;
use crate::ident::Name;
use crate::mesh::capability::Atom;
use crate::primitive::{Grant, KeyUse, Storage, Stream};

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum On {
    Storage,
    Stream,
    Query,
}

/// What a row's actions are allowed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Resource {
    Bucket,
    Objects,
    Database,
    Table,
    StorageKey,
    Stream,
    StreamKey,
    Workgroup,
    Catalogue,
    DefaultDatabase,
    None,
    Results,
    ResultsBucket,
    ResultsLocation,
    ResultsKey,
}

/// One row of the table.
#[derive(Debug, serde::Deserialize)]
struct Row {
    sid: String,
    atom: String,
    on: On,
    #[serde(default)]
    files: bool,
    #[serde(default)]
    partitions: bool,
    resource: Resource,
    actions: Vec<String>,
}

#[derive(serde::Deserialize)]
struct File {
    rows: Vec<Row>,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    // The file is part of the binary and a test reads every row of it, so it cannot fail later.
    serde_json::from_str::<File>(include_str!("../../../data/aws/rights.json"))
        .map(|file| file.rows)
        .unwrap_or_default()
});

/// What tells statements of one row apart: the row, when they end, where, and whose key it is about.
type Slot<'a> = (usize, Option<Date>, Place<'a>, bool);

/// The statements of one group's role.
pub(super) fn statements<'a>(here: Here<'a>, group: &Name, grants: &[&'a Grant]) -> Vec<Statement> {
    let mut collected = Collected {
        here,
        group,
        slots: BTreeMap::new(),
    };
    for grant in grants {
        if let Some(storage) = here.storage(&grant.resource) {
            collected.storage(grant, storage);
        } else if let Some(stream) = here.stream(&grant.resource) {
            collected.stream(grant, stream);
        }
    }
    collected.queries(grants);
    collected.slots.into_values().collect()
}

struct Collected<'a, 'g> {
    here: Here<'a>,
    group: &'g Name,
    slots: BTreeMap<Slot<'a>, Statement>,
}

impl<'a> Collected<'a, '_> {
    fn storage(&mut self, grant: &'a Grant, storage: &'a Storage) {
        let place = self.here.place(storage.region.as_ref());
        let until = grant.until.map(|until| until.value);
        let (bucket, objects) = arns(self.here, self.here.bucket(storage));
        let wanted = |row: &Row| {
            row.on == On::Storage
                && Atom::parse(&row.atom).is_some_and(|atom| grant.has(atom))
                && (!row.files || grant.reaches_files())
                && (!row.partitions || !catalogue::is_projected(storage))
        };
        for (at, row) in ROWS.iter().enumerate().filter(|(_, row)| wanted(row)) {
            let resources = match row.resource {
                Resource::Bucket => vec![bucket.clone()],
                Resource::Objects => vec![objects.clone()],
                Resource::Database => self.database(storage, place),
                Resource::Table => self.table(storage, place),
                Resource::Workgroup => self
                    .here
                    .readers_in(place)
                    .into_iter()
                    .map(|group| self.workgroup(group, place))
                    .collect(),
                Resource::StorageKey => {
                    self.key(at, row, until, &storage.key, "s3", place, &grant.origin);
                    continue;
                }
                _ => continue,
            };
            self.add(at, row, until, place, resources, &grant.origin);
        }
    }

    fn stream(&mut self, grant: &'a Grant, stream: &'a Stream) {
        let place = self.here.place(stream.region.as_ref());
        let until = grant.until.map(|until| until.value);
        let wanted = |row: &Row| {
            row.on == On::Stream && Atom::parse(&row.atom).is_some_and(|atom| grant.has(atom))
        };
        for (at, row) in ROWS.iter().enumerate().filter(|(_, row)| wanted(row)) {
            if row.resource == Resource::StreamKey {
                self.key(at, row, until, &stream.key, "kinesis", place, &grant.origin);
            } else {
                let name = self.here.stream_name(stream);
                let arn = self
                    .here
                    .arn("kinesis", place.region, &format!("stream/{name}"));
                self.add(at, row, until, place, vec![arn], &grant.origin);
            }
        }
    }

    /// What whoever reads storage needs to run queries, in each region where it reads. It ends with
    /// the last of the grants that need it.
    fn queries(&mut self, grants: &[&'a Grant]) {
        let mut regions: BTreeMap<Place<'a>, (&'a Grant, Option<Date>)> = BTreeMap::new();
        for grant in grants.iter().filter(|grant| grant.has(Atom::ReadData)) {
            let Some(storage) = self.here.storage(&grant.resource) else {
                continue;
            };
            let until = grant.until.map(|until| until.value);
            let longest = regions
                .entry(self.here.place(storage.region.as_ref()))
                .or_insert((grant, until));
            longest.1 = longest.1.zip(until).map(|(known, this)| known.max(this));
        }
        for (place, (grant, until)) in regions {
            for (at, row) in ROWS
                .iter()
                .enumerate()
                .filter(|(_, row)| row.on == On::Query)
            {
                self.query(at, row, until, place, &grant.origin);
            }
        }
    }

    fn query(
        &mut self,
        at: usize,
        row: &Row,
        until: Option<Date>,
        place: Place<'a>,
        origin: &OriginRef,
    ) {
        let here = self.here;
        let (bucket, _) = arns(here, here.results_bucket(place));
        let prefix = query::prefix(self.group);
        let resources = match row.resource {
            Resource::Workgroup => vec![self.workgroup(self.group, place)],
            Resource::Catalogue => {
                vec![here.arn("athena", place.region, "datacatalog/AwsDataCatalog")]
            }
            Resource::DefaultDatabase => ["catalog", "database/default"]
                .map(|part| here.arn("glue", place.region, part))
                .to_vec(),
            Resource::None => vec!["*".to_owned()],
            Resource::Results => vec![format!("{bucket}/{prefix}*")],
            Resource::ResultsBucket | Resource::ResultsLocation => vec![bucket],
            Resource::ResultsKey => {
                for compute in here.computes() {
                    self.key(
                        at,
                        row,
                        until,
                        here.results_key(compute, place),
                        "s3",
                        place,
                        origin,
                    );
                }
                return;
            }
            _ => return,
        };
        self.add(at, row, until, place, resources, origin);
        if row.resource == Resource::ResultsBucket {
            self.narrow((at, until, place, false), |statement| {
                statement.when("StringLike", "s3:prefix", [format!("{prefix}*")])
            });
        }
    }

    /// A right to use a key through a service: ours by its alias, since its id is not known, an
    /// existing one by its ARN. With the provider's own keys there is nothing to allow.
    #[allow(
        clippy::too_many_arguments,
        reason = "a statement is told apart by all of them"
    )]
    fn key(
        &mut self,
        at: usize,
        row: &Row,
        until: Option<Date>,
        key: &KeyUse,
        service: &str,
        place: Place<'a>,
        origin: &OriginRef,
    ) {
        let via = self.here.via(service, place);
        let slot = (at, until, place, matches!(key, KeyUse::Existing(_)));
        match key {
            KeyUse::Own(label) => {
                let alias = self.here.alias(label);
                self.add_to(
                    slot,
                    row,
                    vec![self.here.arn("kms", place.region, "key/*")],
                    origin,
                );
                // KMS developer guide, using aliases to control access: ForAnyValue, since a key may
                // have several aliases and ForAllValues would be true for one without any.
                self.narrow(slot, |statement| {
                    statement.when("ForAnyValue:StringEquals", "kms:ResourceAliases", [alias])
                });
            }
            KeyUse::Existing(arn) => self.add_to(slot, row, vec![arn.value.clone()], origin),
            KeyUse::Provider => return,
        }
        self.narrow(slot, |statement| {
            statement.when("StringEquals", "kms:ViaService", [via])
        });
    }

    fn add(
        &mut self,
        at: usize,
        row: &Row,
        until: Option<Date>,
        place: Place<'a>,
        resources: Vec<String>,
        origin: &OriginRef,
    ) {
        // A group may have this right in several regions; what has no region is said once.
        let place = if matches!(row.resource, Resource::None) {
            self.here.main()
        } else {
            place
        };
        self.add_to((at, until, place, false), row, resources, origin);
    }

    fn add_to(&mut self, slot: Slot<'a>, row: &Row, resources: Vec<String>, origin: &OriginRef) {
        if resources.is_empty() {
            return;
        }
        let statement = self.slots.remove(&slot).unwrap_or_else(|| {
            let (_, until, place, existing) = slot;
            let mut sid = row.sid.clone();
            if existing {
                sid.push_str("ByExistingKey");
            }
            if !place.main {
                sid.push_str("In");
                sid.push_str(&sid_part(place.region));
            }
            if let Some(until) = until {
                sid.push_str(&sid_part(&format!("until-{until}")).replace('-', ""));
            }
            Statement::allow(sid, row.actions.iter().cloned(), origin).until(until)
        });
        let statement = resources
            .into_iter()
            .fold(statement, |statement, resource| {
                statement.on_for(resource, origin)
            });
        self.slots.insert(slot, statement);
    }

    fn narrow(&mut self, slot: Slot<'a>, change: impl FnOnce(Statement) -> Statement) {
        if let Some(statement) = self.slots.remove(&slot) {
            self.slots.insert(slot, change(statement));
        }
    }

    /// The three ARNs that a call about a table is checked against (Service Authorization Reference).
    fn table(&self, storage: &Storage, place: Place<'_>) -> Vec<String> {
        let table = format!(
            "table/{}/{}",
            self.here.database(storage),
            catalogue::table_name(storage)
        );
        let mut resources = self.database(storage, place);
        resources.push(self.here.arn("glue", place.region, &table));
        resources
    }

    fn database(&self, storage: &Storage, place: Place<'_>) -> Vec<String> {
        let database = format!("database/{}", self.here.database(storage));
        vec![
            self.here.arn("glue", place.region, "catalog"),
            self.here.arn("glue", place.region, &database),
        ]
    }

    fn workgroup(&self, group: &Name, place: Place<'_>) -> String {
        self.here.arn(
            "athena",
            place.region,
            &format!("workgroup/{}", self.here.workgroup(group)),
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use std::collections::BTreeSet;

    use super::*;

    #[derive(serde::Deserialize)]
    struct Nothing {
        atom: String,
        on: On,
        why: String,
    }

    #[derive(serde::Deserialize)]
    struct Whole {
        rows: Vec<Row>,
        nothing: Vec<Nothing>,
    }

    fn whole() -> Whole {
        serde_json::from_str(include_str!("../../../data/aws/rights.json")).unwrap()
    }

    #[test]
    fn every_atom_means_something_on_storage_and_streams_or_says_why_not() {
        let whole = whole();
        for on in [On::Storage, On::Stream] {
            for atom in Atom::ALL {
                let rows = whole
                    .rows
                    .iter()
                    .filter(|row| row.on == on && row.atom == atom.as_str())
                    .count();
                let reasons = whole
                    .nothing
                    .iter()
                    .filter(|one| one.on == on && one.atom == atom.as_str() && !one.why.is_empty())
                    .count();
                assert_eq!(usize::from(rows > 0) + reasons, 1, "{atom} on {on:?}");
            }
        }
    }

    #[test]
    fn rows_name_known_atoms_and_no_patterns_and_have_their_own_sids() {
        let whole = whole();
        let sids: BTreeSet<&str> = whole.rows.iter().map(|row| row.sid.as_str()).collect();
        assert_eq!(sids.len(), whole.rows.len());
        for row in &whole.rows {
            assert!(Atom::parse(&row.atom).is_some(), "{}", row.atom);
            assert!(row.sid.chars().all(|c| c.is_ascii_alphanumeric()));
            assert!(
                !row.actions.is_empty() && row.actions.iter().all(|action| !action.contains('*')),
                "{}",
                row.sid
            );
            assert!(
                row.actions
                    .windows(2)
                    .all(|pair| pair[0].to_lowercase() < pair[1].to_lowercase()),
                "{}",
                row.sid
            );
        }
    }

    #[test]
    fn only_actions_without_a_resource_type_are_allowed_on_everything() {
        #[derive(serde::Deserialize)]
        struct Listed {
            actions: BTreeSet<String>,
        }
        let listed: Listed =
            serde_json::from_str(include_str!("../../../data/aws/no-resource.json")).unwrap();
        let emitted = whole()
            .rows
            .into_iter()
            .filter(|row| row.resource == Resource::None)
            .flat_map(|row| row.actions);
        assert_eq!(emitted.collect::<BTreeSet<_>>(), listed.actions);
    }
}
