//! Grants to IAM statements, by the table `data/aws/rights.json`.
//!
//! What can be said in one statement is, since a role's policies have a limit: rights on the same
//! resources under the same conditions, and the same rights on several resources. Both mean exactly
//! what the single ones do; each resource remembers the grant that asked for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;

use super::bucket::arns;
use super::catalogue;
use super::here::{Here, Place};
use super::policy::{Condition, Statement, sid_part};
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

impl Row {
    /// `ReadObjects` → `Read` and `Objects`.
    fn verb_and_noun(&self) -> (&str, &str) {
        let mut rest = self.sid.char_indices().skip(1);
        let noun = rest.find(|(_, c)| c.is_ascii_uppercase());
        self.sid.split_at(noun.map_or(self.sid.len(), |(at, _)| at))
    }
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

/// What tells rights of one row apart: the row, when they end, and where and under whose key they
/// count, as far as that is a condition.
type Slot = (usize, Option<Date>, String);

/// What will be a statement.
#[derive(Debug)]
struct Right {
    verbs: Vec<&'static str>,
    noun: &'static str,
    suffix: String,
    until: Option<Date>,
    actions: Vec<&'static str>,
    resources: Vec<(String, OriginRef)>,
    condition: Condition,
}

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
    let rights = compact(collected.slots.into_values().collect());
    rights.into_iter().filter_map(Right::statement).collect()
}

/// Says in as few statements as possible what many say, and nothing else.
fn compact(rights: Vec<Right>) -> Vec<Right> {
    let by_actions = merge(rights, |one, other| one.actions == other.actions);
    merge(by_actions, Right::same_resources)
}

/// Merges rights that count under the same conditions where they are also alike.
fn merge(rights: Vec<Right>, alike: impl Fn(&Right, &Right) -> bool) -> Vec<Right> {
    let mut merged: Vec<Right> = Vec::new();
    for right in rights {
        match merged
            .iter_mut()
            .find(|known| known.counts_as(&right) && alike(known, &right))
        {
            Some(known) => known.take(right),
            None => merged.push(right),
        }
    }
    merged
}

impl Right {
    /// Whether two rights count under the same conditions.
    fn counts_as(&self, other: &Self) -> bool {
        (self.until, &self.suffix, &self.condition)
            == (other.until, &other.suffix, &other.condition)
    }

    fn same_resources(&self, other: &Self) -> bool {
        let of = |right: &Self| -> BTreeSet<String> {
            right
                .resources
                .iter()
                .map(|(resource, _)| resource.clone())
                .collect()
        };
        of(self) == of(other)
    }

    fn take(&mut self, other: Self) {
        for verb in other.verbs {
            if !self.verbs.contains(&verb) {
                self.verbs.push(verb);
            }
        }
        self.actions.extend(other.actions);
        self.actions
            .sort_by_key(|action| action.to_ascii_lowercase());
        self.actions.dedup();
        for (resource, origin) in other.resources {
            self.add(resource, &origin);
        }
    }

    fn add(&mut self, resource: String, origin: &OriginRef) {
        if !self.resources.iter().any(|(known, _)| *known == resource) {
            self.resources.push((resource, origin.clone()));
        }
    }

    fn when(&mut self, operator: &str, key: &str, value: String) {
        let keys = self.condition.entry(operator.to_owned()).or_default();
        let values = keys.entry(key.to_owned()).or_default();
        if !values.contains(&value) {
            values.push(value);
        }
    }

    fn statement(self) -> Option<Statement> {
        let (_, first) = self.resources.first()?;
        let mut sid = format!("{}{}{}", self.verbs.concat(), self.noun, self.suffix);
        if let Some(until) = self.until {
            sid.push_str(&sid_part(&format!("until-{until}")));
        }
        let mut statement =
            Statement::allow(sid, self.actions.iter().copied(), first).until(self.until);
        for (resource, origin) in &self.resources {
            statement = statement.on_for(resource, origin);
        }
        for (operator, keys) in self.condition {
            for (key, values) in keys {
                statement = statement.when(&operator, &key, values);
            }
        }
        Some(statement)
    }
}

/// Something that a key encrypts: whose key, the service through which it is used, and where.
#[derive(Debug, Clone, Copy)]
struct Encrypted<'k> {
    by: &'k KeyUse,
    through: &'static str,
    place: Place<'k>,
}

struct Collected<'a, 'g> {
    here: Here<'a>,
    group: &'g Name,
    slots: BTreeMap<Slot, Right>,
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
                    let key = Encrypted {
                        by: &storage.key,
                        through: "s3",
                        place,
                    };
                    self.key(at, row, until, &key, &grant.origin);
                    continue;
                }
                _ => continue,
            };
            self.add((at, until, String::new()), row, resources, &grant.origin);
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
                let key = Encrypted {
                    by: &stream.key,
                    through: "kinesis",
                    place,
                };
                self.key(at, row, until, &key, &grant.origin);
            } else {
                let name = self.here.stream_name(stream);
                let arn = self
                    .here
                    .arn("kinesis", place.region, &format!("stream/{name}"));
                self.add((at, until, String::new()), row, vec![arn], &grant.origin);
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
        row: &'static Row,
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
                    let key = Encrypted {
                        by: here.results_key(compute, place),
                        through: "s3",
                        place,
                    };
                    self.key(at, row, until, &key, origin);
                }
                return;
            }
            _ => return,
        };
        let right = self.add((at, until, String::new()), row, resources, origin);
        if row.resource == Resource::ResultsBucket {
            right.when("StringLike", "s3:prefix", format!("{prefix}*"));
        }
    }

    /// A right to use a key through a service: ours by its alias, since its id is not known, an
    /// existing one by its ARN. With the provider's own keys there is nothing to allow.
    fn key(
        &mut self,
        at: usize,
        row: &'static Row,
        until: Option<Date>,
        key: &Encrypted<'_>,
        origin: &OriginRef,
    ) {
        let Encrypted { by, through, place } = *key;
        let via = self.here.via(through, place);
        let region = place.sid();
        let right = match by {
            KeyUse::Own(label) => {
                let keys = self.here.arn("kms", place.region, "key/*");
                let alias = self.here.alias(label);
                let right = self.add((at, until, region), row, vec![keys], origin);
                // KMS developer guide, using aliases to control access: ForAnyValue, since a key may
                // have several aliases and ForAllValues would be true for one without any.
                right.when("ForAnyValue:StringEquals", "kms:ResourceAliases", alias);
                right
            }
            KeyUse::Existing(arn) => {
                let slot = (at, until, format!("{region}ByExistingKey"));
                self.add(slot, row, vec![arn.value.clone()], origin)
            }
            KeyUse::Provider => return,
        };
        right.when("StringEquals", "kms:ViaService", via);
    }

    fn add(
        &mut self,
        slot: Slot,
        row: &'static Row,
        resources: Vec<String>,
        origin: &OriginRef,
    ) -> &mut Right {
        let (_, until, suffix) = slot.clone();
        let right = self.slots.entry(slot).or_insert_with(|| {
            let (verb, noun) = row.verb_and_noun();
            Right {
                verbs: vec![verb],
                noun,
                suffix,
                until,
                actions: row.actions.iter().map(String::as_str).collect(),
                resources: Vec::new(),
                condition: Condition::new(),
            }
        });
        for resource in resources {
            right.add(resource, origin);
        }
        right
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

    fn right(
        sid: &'static str,
        actions: &[&'static str],
        resources: &[&str],
        suffix: &str,
    ) -> Right {
        let file = crate::source::SourceMap::default().add("mesh.yaml", "");
        let span = crate::source::Span {
            file,
            start: 0,
            end: 0,
        };
        let origin: OriginRef = crate::artifact::Origin {
            address: crate::address::Address::default(),
            span,
            maker: "test",
            why: String::new(),
            effect: crate::artifact::Effect::GrantsAccess,
        }
        .into();
        Right {
            verbs: vec![sid],
            noun: "Things",
            suffix: suffix.to_owned(),
            until: None,
            actions: actions.to_vec(),
            resources: resources
                .iter()
                .map(|&one| (one.to_owned(), origin.clone()))
                .collect(),
            condition: Condition::new(),
        }
    }

    /// Every (action, resource, suffix) that rights allow.
    fn meaning(rights: &[Right]) -> BTreeSet<(String, String, String)> {
        let mut all = BTreeSet::new();
        for right in rights {
            for action in &right.actions {
                let pairs = right.resources.iter().map(|(resource, _)| resource.clone());
                all.extend(
                    pairs.map(|resource| ((*action).to_owned(), resource, right.suffix.clone())),
                );
            }
        }
        all
    }

    #[test]
    fn fewer_statements_mean_the_same() {
        let rights = || {
            vec![
                right("Read", &["a"], &["x", "y"], ""),
                right("Write", &["b"], &["x", "y"], ""),
                right("Read", &["a"], &["z"], ""),
                right("Delete", &["c"], &["x"], ""),
                right("Read", &["a"], &["x"], "InOther"),
                right("Find", &["c"], &["y"], ""),
            ]
        };
        let compacted = compact(rights());
        assert_eq!(meaning(&compacted), meaning(&rights()));
        let actions: Vec<_> = compacted
            .iter()
            .map(|right| (right.actions.clone(), right.resources.len()))
            .collect();
        // `a` is on x, y and z, so it shares no statement with `b`; `c` is on x and y as `b` is.
        assert_eq!(
            actions,
            [(vec!["a"], 3), (vec!["b", "c"], 2), (vec!["a"], 1)]
        );
    }
}
