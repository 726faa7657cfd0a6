//! What a provider block says about where it works: account, region, subscription, project.
//!
//! In: the configuration that terraform sends to `ConfigureProvider`. Out: [`Settings`].
//! What is not configured has a fixed, invented value, so that results stay the same.

use std::collections::BTreeMap;

use super::super::value::Value;

/// Where a configured provider works, and what it adds to every resource.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Settings {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) subscription: String,
    pub(super) tenant: String,
    pub(super) project: String,
    /// AWS `default_tags`, Google `default_labels`.
    default_tags: BTreeMap<String, Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account: "123456789012".to_owned(),
            region: "eu-west-1".to_owned(),
            subscription: "00000000-0000-4000-8000-000000000001".to_owned(),
            tenant: "00000000-0000-4000-8000-000000000002".to_owned(),
            project: "mock-project".to_owned(),
            default_tags: BTreeMap::new(),
        }
    }
}

impl Settings {
    pub(in super::super) fn read(config: &Value) -> Self {
        let mut settings = Self::default();
        let set = |target: &mut String, value: &Value| {
            if let Some(text) = value.as_str() {
                text.clone_into(target);
            }
        };
        set(&mut settings.region, config.member("region"));
        set(&mut settings.project, config.member("project"));
        set(&mut settings.subscription, config.member("subscription_id"));
        set(&mut settings.tenant, config.member("tenant_id"));
        if let Some(account) = account(config) {
            settings.account = account;
        }
        let tags = first(config.member("default_tags")).member("tags");
        let labels = config.member("default_labels");
        for source in [tags, labels] {
            if let Value::Map(members) = source {
                settings.default_tags.extend(members.clone());
            }
        }
        settings
    }

    /// Sets what a provider adds to the tags or labels that were written: `tags_all` in AWS;
    /// `terraform_labels` and `effective_labels` in Google.
    pub(in super::super) fn merge_tags(&self, planned: &mut Value) {
        let Value::Map(members) = planned else {
            return;
        };
        for (written, merged) in [
            ("tags", "tags_all"),
            ("labels", "terraform_labels"),
            ("labels", "effective_labels"),
        ] {
            if !members.contains_key(merged) || !members.contains_key(written) {
                continue;
            }
            let all = match members.get(written) {
                Some(Value::Unknown) => Value::Unknown,
                Some(Value::Map(own)) => {
                    let mut all = self.default_tags.clone();
                    all.extend(own.clone());
                    Value::Map(all)
                }
                _ => Value::Map(self.default_tags.clone()),
            };
            members.insert(merged.to_owned(), all);
        }
    }
}

/// The account that the provider may act in: the only allowed one, or that of the assumed role.
fn account(config: &Value) -> Option<String> {
    if let Value::List(allowed) = config.member("allowed_account_ids")
        && let [only] = allowed.as_slice()
    {
        return only.as_str().map(str::to_owned);
    }
    let role = first(config.member("assume_role"))
        .member("role_arn")
        .as_str()?;
    role.split(':').nth(4).map(str::to_owned)
}

fn first(value: &Value) -> &Value {
    match value {
        Value::List(items) => items.first().unwrap_or(value),
        _ => value,
    }
}
