//! IAM's policy language as structure: statements that remember who asked for them and for each of
//! their resources. Everything that a policy document says goes through here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::artifact::{Document, OriginRef};

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// The actions that a statement is about.
#[derive(Debug, Clone)]
pub(super) enum Actions {
    /// These.
    Only(Vec<String>),
    /// Every one but these.
    AllBut(Vec<String>),
}

/// Operator → key → values. Sorted, so that the same condition always prints the same.
pub(super) type Condition = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// One statement.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    sid: String,
    effect: Effect,
    principal: Option<Value>,
    actions: Actions,
    resources: Vec<(String, OriginRef)>,
    condition: Condition,
    origin: OriginRef,
}

impl Statement {
    fn new(effect: Effect, sid: impl Into<String>, actions: Actions, origin: &OriginRef) -> Self {
        Self {
            sid: sid.into(),
            effect,
            principal: None,
            actions,
            resources: Vec::new(),
            condition: Condition::new(),
            origin: origin.clone(),
        }
    }

    /// An Allow of single actions; none of them may be a pattern.
    pub(super) fn allow<A: Into<String>>(
        sid: impl Into<String>,
        actions: impl IntoIterator<Item = A>,
        origin: &OriginRef,
    ) -> Self {
        Self::new(
            Effect::Allow,
            sid,
            Actions::Only(actions.into_iter().map(Into::into).collect()),
            origin,
        )
    }

    /// A Deny of actions or patterns.
    pub(super) fn deny<A: Into<String>>(
        sid: impl Into<String>,
        actions: impl IntoIterator<Item = A>,
        origin: &OriginRef,
    ) -> Self {
        Self::new(
            Effect::Deny,
            sid,
            Actions::Only(actions.into_iter().map(Into::into).collect()),
            origin,
        )
    }

    /// A Deny of everything but some actions.
    pub(super) fn deny_all_but<A: Into<String>>(
        sid: impl Into<String>,
        actions: impl IntoIterator<Item = A>,
        origin: &OriginRef,
    ) -> Self {
        Self::new(
            Effect::Deny,
            sid,
            Actions::AllBut(actions.into_iter().map(Into::into).collect()),
            origin,
        )
    }

    /// Who it is about, in a resource's policy.
    pub(super) fn principal(mut self, principal: Value) -> Self {
        self.principal = Some(principal);
        self
    }

    /// Everyone, in a resource's policy; only ever in a Deny.
    pub(super) fn everyone(self) -> Self {
        self.principal(json!({"AWS": "*"}))
    }

    /// Adds a resource that was asked for by the statement's own origin.
    pub(super) fn on(self, resource: impl Into<String>) -> Self {
        let origin = self.origin.clone();
        self.on_for(resource, &origin)
    }

    /// Adds a resource that somebody else asked for; once.
    pub(super) fn on_for(mut self, resource: impl Into<String>, origin: &OriginRef) -> Self {
        let resource = resource.into();
        if !self.resources.iter().any(|(known, _)| *known == resource) {
            self.resources.push((resource, origin.clone()));
        }
        self
    }

    /// Adds a condition; several values of one key count as one of them.
    pub(super) fn when<V: Into<String>>(
        mut self,
        operator: &str,
        key: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let known = self
            .condition
            .entry(operator.to_owned())
            .or_default()
            .entry(key.to_owned())
            .or_default();
        for value in values.into_iter().map(Into::into) {
            if !known.contains(&value) {
                known.push(value);
            }
        }
        self
    }

    /// Ends the right on the last day on which it counts, if there is one.
    pub(super) fn until(self, until: Option<Date>) -> Self {
        match until {
            Some(last) => self.when("DateLessThan", "aws:CurrentTime", [cut_off(last)]),
            None => self,
        }
    }

    fn value(&self) -> Value {
        let mut value = Map::new();
        value.insert("Sid".to_owned(), json!(self.sid));
        value.insert(
            "Effect".to_owned(),
            json!(if self.effect == Effect::Allow {
                "Allow"
            } else {
                "Deny"
            }),
        );
        if let Some(principal) = &self.principal {
            value.insert("Principal".to_owned(), principal.clone());
        }
        match &self.actions {
            Actions::Only(actions) => value.insert("Action".to_owned(), one_or_list(actions)),
            Actions::AllBut(actions) => value.insert("NotAction".to_owned(), one_or_list(actions)),
        };
        let resources: Vec<&String> = self
            .resources
            .iter()
            .map(|(resource, _)| resource)
            .collect();
        if !resources.is_empty() {
            value.insert("Resource".to_owned(), one_or_list(&resources));
        }
        if !self.condition.is_empty() {
            value.insert("Condition".to_owned(), condition_value(&self.condition));
        }
        Value::Object(value)
    }
}

/// The first moment at which a right that counts up to a last day, in UTC, no longer counts.
fn cut_off(last: Date) -> String {
    // A century beyond jiff's last day no blueprint asks for; the last day itself is the safe end.
    let next = last.tomorrow().unwrap_or(last);
    format!("{next}T00:00:00Z")
}

fn condition_value(condition: &Condition) -> Value {
    let keys_of = |keys: &BTreeMap<String, Vec<String>>| {
        let values = keys
            .iter()
            .map(|(key, values)| (key.clone(), one_or_list(values)));
        Value::Object(values.collect::<Map<_, _>>())
    };
    let operators = condition
        .iter()
        .map(|(operator, keys)| (operator.clone(), keys_of(keys)));
    Value::Object(operators.collect())
}

/// One value stands alone, as AWS gives a policy back.
fn one_or_list<T: serde::Serialize>(values: &[T]) -> Value {
    match values {
        [only] => json!(only),
        several => json!(several),
    }
}

/// A whole document from its statements. `Sid`s that two statements share get a number.
pub(super) fn document(statements: &[Statement], origin: &OriginRef) -> Document {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut parts = Vec::new();
    let mut values = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        let mut value = statement.value();
        let sid = free(&statement.sid, &taken);
        taken.insert(sid.clone());
        if let Some(map) = value.as_object_mut() {
            map.insert("Sid".to_owned(), json!(sid));
        }
        parts.push((format!("/Statement/{at}"), statement.origin.clone()));
        let others = statement
            .resources
            .iter()
            .enumerate()
            .filter(|(_, (_, origin))| *origin != statement.origin);
        let single = statement.resources.len() == 1;
        parts.extend(others.map(|(n, (_, origin))| {
            let pointer = format!("/Statement/{at}/Resource");
            let pointer = if single {
                pointer
            } else {
                format!("{pointer}/{n}")
            };
            (pointer, origin.clone())
        }));
        values.push(value);
    }
    let value = json!({"Version": "2012-10-17", "Statement": values});
    Document {
        value,
        origin: origin.clone(),
        parts,
    }
}

fn free(sid: &str, taken: &BTreeSet<String>) -> String {
    if !taken.contains(sid) {
        return sid.to_owned();
    }
    // There are finitely many taken ones, so a free one is among the first that follow.
    (2..=taken.len() + 2)
        .map(|n| format!("{sid}{n}"))
        .find(|next| !taken.contains(next))
        .unwrap_or_default()
}

/// A name as a part of a `Sid`, which has only letters and digits: `daily-revenue` → `DailyRevenue`.
pub(super) fn sid_part(name: &str) -> String {
    let mut sid = String::with_capacity(name.len());
    let mut upper = true;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            sid.push(if upper { c.to_ascii_uppercase() } else { c });
            upper = false;
        } else {
            upper = true;
        }
    }
    sid
}

/// A value of a blueprint as a condition's value: `${` would start a policy variable there
/// (IAM user guide, policy variables: `${$}` is a dollar sign).
pub(super) fn literal(text: &str) -> String {
    text.replace("${", "${$}{")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by unwrapping")]
    use std::sync::Arc;

    use super::*;
    use crate::address::Address;
    use crate::artifact::{Effect as Does, Origin};
    use crate::source::{SourceMap, Span};

    fn origin(why: &str) -> OriginRef {
        let file = SourceMap::default().add("mesh.yaml", "");
        let span = Span {
            file,
            start: 0,
            end: 0,
        };
        let (address, why) = (Address::default(), why.to_owned());
        Arc::new(Origin {
            address,
            span,
            maker: "test",
            why,
            effect: Does::Plain,
        })
    }

    #[test]
    fn every_resource_remembers_who_asked_for_it() {
        let (first, second) = (origin("first"), origin("second"));
        let two = Statement::allow("Two", ["s3:GetObject"], &first)
            .on("a")
            .on_for("b", &second)
            .on_for("a", &second);
        let one = Statement::allow("One", ["s3:GetObject"], &first).on_for("c", &second);
        let document = document(&[two, one], &first);
        let parts: Vec<(&str, &str)> = document
            .parts
            .iter()
            .map(|(at, origin)| (at.as_str(), origin.why.as_str()))
            .collect();
        assert_eq!(
            parts,
            [
                ("/Statement/0", "first"),
                ("/Statement/0/Resource/1", "second"),
                ("/Statement/1", "first"),
                ("/Statement/1/Resource", "second"),
            ]
        );
        assert!(
            document
                .parts
                .iter()
                .all(|(at, _)| document.value.pointer(at).is_some())
        );
        assert_eq!(
            document.value["Statement"][0]["Resource"],
            json!(["a", "b"])
        );
    }

    #[test]
    fn statements_of_one_name_are_told_apart() {
        let first = origin("");
        let named = |sid: &str| Statement::deny(sid, ["s3:*"], &first);
        let document = document(&[named("A"), named("A2"), named("A"), named("A")], &first);
        let sids: Vec<&Value> = document.value["Statement"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["Sid"])
            .collect();
        assert_eq!(sids, ["A", "A2", "A3", "A4"]);
    }

    #[test]
    fn the_last_day_counts_even_at_the_end_of_a_year_and_of_time() {
        assert_eq!(
            cut_off("2027-06-30".parse().unwrap()),
            "2027-07-01T00:00:00Z"
        );
        assert_eq!(
            cut_off("2027-12-31".parse().unwrap()),
            "2028-01-01T00:00:00Z"
        );
        assert_eq!(cut_off(Date::MAX), "9999-12-31T00:00:00Z");
    }

    #[test]
    fn names_become_parts_of_sids_and_values_stay_literal() {
        assert_eq!(sid_part("daily-revenue"), "DailyRevenue");
        assert_eq!(sid_part("until-2027-06-30"), "Until20270630");
        assert_eq!(literal("a ${aws:username} $ {"), "a ${$}{aws:username} $ {");
    }
}
