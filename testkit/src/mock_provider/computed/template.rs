//! The little language of shapes, and what follows from a name where no shape is given.
//!
//! `{name}` is an attribute of the resource, `{block.0.name}` one inside a block, `{a|b|'text'}`
//! the first that is not empty. Made-up parts are `{@uuid}`, `{@hexN}` and `{@digitsN}`, always
//! the same for the same resource; `{@account}`, `{@region}`, `{@subscription}`, `{@tenant}` and
//! `{@project}` come from the provider block. `{last:name}` is what follows the last `/` of an
//! attribute, `{host:name}` an address without its scheme.

use std::collections::BTreeMap;

use super::super::schema::Attribute;
use super::super::value::{Number, Value};
use super::settings::Settings;

/// Everything that a template may refer to.
pub(super) struct Context<'a> {
    provider: &'a str,
    kind: &'a str,
    state: &'a BTreeMap<String, Value>,
    settings: &'a Settings,
    seed: &'a str,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        provider: &'a str,
        kind: &'a str,
        state: &'a BTreeMap<String, Value>,
        settings: &'a Settings,
        seed: &'a str,
    ) -> Self {
        Self {
            provider,
            kind,
            state,
            settings,
            seed,
        }
    }

    pub(super) fn expand(&self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                break;
            };
            let found = name
                .split('|')
                .map(|alternative| self.resolve(alternative))
                .find(|text| !text.is_empty());
            text.push_str(&found.unwrap_or_default());
            rest = after;
        }
        text.push_str(rest);
        text
    }

    fn resolve(&self, name: &str) -> String {
        if let Some(text) = name.strip_prefix('\'') {
            return text.trim_end_matches('\'').to_owned();
        }
        if let Some(name) = name.strip_prefix("last:") {
            let text = self.attribute(name);
            return text.rsplit('/').next().unwrap_or_default().to_owned();
        }
        if let Some(name) = name.strip_prefix("host:") {
            let text = self.attribute(name);
            return text
                .split_once("://")
                .map_or(text.clone(), |(_, host)| host.to_owned());
        }
        let Some(made) = name.strip_prefix('@') else {
            return self.attribute(name);
        };
        match made {
            "account" => self.settings.account.clone(),
            // Since major 6 an AWS resource may name a region of its own.
            "region" => match self.attribute("region") {
                own if own.is_empty() => self.settings.region.clone(),
                own => own,
            },
            "subscription" => self.settings.subscription.clone(),
            "subscription_scope" => format!("/subscriptions/{}", self.settings.subscription),
            "tenant" => self.settings.tenant.clone(),
            "project" => match self.attribute("project") {
                own if own.is_empty() => self.settings.project.clone(),
                own => own,
            },
            // A project has one number, whatever asks for it.
            "project_number" => digits(&self.resolve("@project"), 12, 10),
            "uuid" => self.uuid(),
            // The policy that KMS gives a key without one (KMS developer guide, "Default key
            // policy").
            "default_key_policy" => serde_json::json!({
                "Version": "2012-10-17",
                "Id": "key-default-1",
                "Statement": [{
                    "Sid": "Enable IAM User Permissions",
                    "Effect": "Allow",
                    "Principal": {"AWS": format!("arn:aws:iam::{}:root", self.settings.account)},
                    "Action": "kms:*",
                    "Resource": "*",
                }],
            })
            .to_string(),
            other => self.made_up(other),
        }
    }

    fn made_up(&self, what: &str) -> String {
        let length = |prefix: &str| what.strip_prefix(prefix).and_then(|n| n.parse().ok());
        if let Some(length) = length("hex") {
            return digits(self.seed, length, 16);
        }
        if let Some(length) = length("digits") {
            return digits(self.seed, length, 10);
        }
        String::new()
    }

    fn attribute(&self, path: &str) -> String {
        let mut steps = path.split('.');
        let mut value = steps.next().and_then(|name| self.state.get(name));
        for step in steps {
            value = match value {
                Some(Value::List(items)) => step
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| items.get(index)),
                Some(Value::Map(members)) => members.get(step),
                _ => None,
            };
        }
        match value {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(Number::Integer(number))) => number.to_string(),
            Some(Value::Number(Number::Float(number))) => number.to_string(),
            Some(Value::Bool(value)) => value.to_string(),
            _ => String::new(),
        }
    }

    fn uuid(&self) -> String {
        let hex = digits(self.seed, 32, 16);
        format!(
            "{}-{}-4{}-8{}-{}",
            &hex[0..8],
            &hex[8..12],
            &hex[13..16],
            &hex[17..20],
            &hex[20..32]
        )
    }

    /// A value for an attribute that no row speaks of.
    pub(super) fn generic(&self, path: &str, name: &str, attribute: &Attribute) -> Value {
        if let Some(parts) = attribute.ty.as_array() {
            let is_map = parts.first().and_then(|kind| kind.as_str()) == Some("map");
            return if is_map {
                Value::Map(BTreeMap::new())
            } else if parts.first().and_then(|kind| kind.as_str()) == Some("object") {
                Value::Null
            } else {
                Value::List(Vec::new())
            };
        }
        match attribute.ty.as_str() {
            Some("bool") => return Value::Bool(false),
            Some("number") => return Value::Number(Number::Integer(0)),
            _ => {}
        }
        let seed = format!("{} {path}", self.seed);
        let local = Context {
            seed: &seed,
            ..*self
        };
        let text = match name {
            "id" => format!("{}-{}", self.kind.replace('_', "-"), digits(&seed, 12, 16)),
            "region" => self.settings.region.clone(),
            "project" => self.settings.project.clone(),
            "tenant_id" => self.settings.tenant.clone(),
            "account_id" | "catalog_id" | "owner" | "bucket_account_id" => {
                self.settings.account.clone()
            }
            "name" => format!("terraform-{}", digits(&seed, 26, 10)),
            _ if attribute.optional => String::new(),
            _ if name == "arn" || name.ends_with("_arn") => self.expand(&format!(
                "arn:aws:{}:{{@region}}:{{@account}}:{name}/{}",
                self.kind.split('_').nth(1).unwrap_or("mock"),
                digits(&seed, 12, 16)
            )),
            _ if name.ends_with("_time")
                || name.ends_with("_date")
                || name.starts_with("last_") =>
            {
                "2026-01-01T00:00:00Z".to_owned()
            }
            _ if name.ends_with("_id") || name == "uid" || name == "guid" => local.uuid(),
            _ => format!("{}-{name}-{}", self.provider, digits(&seed, 8, 16)),
        };
        Value::String(text)
    }
}

/// `length` digits in a base of at most 16 that depend on nothing but the seed (FNV-1a, with
/// one more round a digit).
fn digits(seed: &str, length: usize, base: u32) -> String {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    let mut hash = seed.bytes().fold(OFFSET, step);
    let mut text = String::new();
    for index in 0..length {
        hash = step(hash, u8::try_from(index % 251).unwrap_or_default());
        // The high bits of FNV are the well-mixed ones.
        let digit = u32::try_from((hash >> 40) % u64::from(base)).unwrap_or_default();
        text.push(char::from_digit(digit, base).unwrap_or('0'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(template: &str, seed: &str) -> String {
        let state = BTreeMap::from([
            ("name".to_owned(), Value::String("orders".to_owned())),
            ("path".to_owned(), Value::Null),
            (
                "url".to_owned(),
                Value::String("https://a.example/b".to_owned()),
            ),
            (
                "data".to_owned(),
                Value::List(vec![Value::Map(BTreeMap::from([(
                    "key".to_owned(),
                    Value::String("k".to_owned()),
                )]))]),
            ),
        ]);
        let settings = Settings::default();
        Context::new("aws", "aws_iam_role", &state, &settings, seed).expand(template)
    }

    #[test]
    fn shapes_are_filled_from_attributes_and_settings() {
        assert_eq!(
            expand("arn:aws:iam::{@account}:role{path|'/'}{name}", ""),
            "arn:aws:iam::123456789012:role/orders"
        );
        assert_eq!(expand("{data.0.key}-{missing}{last:url}", ""), "k-b");
        assert_eq!(expand("{host:url}", ""), "a.example/b");
    }

    #[test]
    fn made_up_parts_depend_on_the_seed_alone() {
        let first = expand("{@uuid} {@hex8} {@digits12}", "a");
        assert_eq!(first, expand("{@uuid} {@hex8} {@digits12}", "a"));
        assert_ne!(first, expand("{@uuid} {@hex8} {@digits12}", "b"));
        assert_eq!(
            first.split(' ').map(str::len).collect::<Vec<_>>(),
            [36, 8, 12]
        );
    }
}
