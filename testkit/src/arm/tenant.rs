//! The tenant: who calls, which subscriptions and management groups there are and how they nest,
//! and which principals the directory knows.

use std::collections::{BTreeMap, BTreeSet};

use super::id::{Scope, is, is_at_or_below, key};
use crate::loopback::digest;

/// The tenant's id, also the name of its root management group.
pub(crate) const TENANT: &str = "11111111-1111-1111-1111-111111111111";
/// The subscription that is there from the start.
pub(crate) const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000001";
/// The object id of the service principal that signs in.
const CALLER: &str = "22222222-2222-2222-2222-222222222222";
/// Its application id.
pub(crate) const APPLICATION: &str = "33333333-3333-3333-3333-333333333333";

/// The tenant of one server.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    /// Id to display name.
    subscriptions: BTreeMap<String, String>,
    /// Key of a management group or subscription to the key of the group above it.
    above: BTreeMap<String, String>,
    /// Object id to principal type; a principal is learnt at its first use unless it is unknown.
    principals: BTreeMap<String, String>,
    /// Object ids that the directory denies knowing.
    unknown: BTreeSet<String>,
}

impl Default for Tenant {
    fn default() -> Self {
        let root = group_key(TENANT);
        let mut tenant = Self {
            subscriptions: BTreeMap::new(),
            above: BTreeMap::from([(root, "/".to_owned())]),
            principals: BTreeMap::from([(CALLER.to_owned(), "ServicePrincipal".to_owned())]),
            unknown: BTreeSet::new(),
        };
        tenant.add_subscription(SUBSCRIPTION, "mesh", None);
        tenant
    }
}

#[allow(
    clippy::unused_self,
    reason = "callers ask the tenant, whose identity happens to be fixed"
)]
impl Tenant {
    pub(crate) const fn id(&self) -> &'static str {
        TENANT
    }

    /// The object id that the server writes into createdBy.
    pub(crate) const fn caller(&self) -> &'static str {
        CALLER
    }

    pub(crate) fn subscriptions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.subscriptions
            .iter()
            .map(|(id, name)| (id.as_str(), name.as_str()))
    }

    pub(crate) fn has_subscription(&self, id: &str) -> bool {
        self.subscriptions.contains_key(&id.to_lowercase())
    }

    pub(crate) fn has_group(&self, name: &str) -> bool {
        self.above.contains_key(&group_key(name))
    }

    /// Adds a subscription below a management group, the root one by default.
    pub(crate) fn add_subscription(&mut self, id: &str, name: &str, group: Option<&str>) {
        self.subscriptions
            .insert(id.to_lowercase(), name.to_owned());
        self.above.insert(
            key(&format!("/subscriptions/{id}")),
            group_key(group.unwrap_or(TENANT)),
        );
    }

    /// Adds a management group below another, the root one by default.
    pub(crate) fn add_group(&mut self, name: &str, parent: Option<&str>) {
        self.above
            .insert(group_key(name), group_key(parent.unwrap_or(TENANT)));
    }

    /// The key of the group above a management group or subscription.
    pub(crate) fn above(&self, path: &str) -> Option<&str> {
        self.above.get(&key(path)).map(String::as_str)
    }

    /// Whether the scope `upper` contains `lower` or is it.
    pub(crate) fn is_above(&self, upper: &str, lower: &str) -> bool {
        self.line(lower).iter().any(|scope| scope == &key(upper))
    }

    /// The scopes from one up to the root, as keys, itself first.
    pub(crate) fn line(&self, path: &str) -> Vec<String> {
        let mut out = Vec::new();
        let full = key(path);
        let Some(scope) = Scope::read(path) else {
            return vec![full];
        };
        match &scope {
            Scope::Tenant => return vec!["/".to_owned()],
            Scope::ManagementGroup(_) => {}
            Scope::Subscription(_) | Scope::Group(..) | Scope::Resource(..) => {
                // Every prefix that is itself a scope: the resource and its parents, the group, the
                // subscription.
                let mut at = full.clone();
                while at != "/" && !at.is_empty() {
                    let is_scope = Scope::read(&at).is_some_and(|scope| scope != Scope::Tenant);
                    if is_scope {
                        out.push(at.clone());
                    }
                    at.truncate(at.rfind('/').unwrap_or(0));
                }
            }
        }
        let mut next = match scope.subscription() {
            Some(id) => self
                .above
                .get(&key(&format!("/subscriptions/{id}")))
                .cloned(),
            None => Some(full),
        };
        while let Some(scope) = next {
            next = self.above.get(&scope).cloned();
            if out.contains(&scope) {
                break;
            }
            out.push(scope);
        }
        if out.last().is_none_or(|last| last != "/") {
            out.push("/".to_owned());
        }
        out
    }

    /// Whether a stored scope is at or below a scope, through the hierarchy.
    pub(crate) fn is_below(&self, lower: &str, upper: &str) -> bool {
        is_at_or_below(lower, upper) || self.is_above(upper, lower)
    }

    /// The type of a principal, if the directory knows it.
    pub(crate) fn principal(&self, id: &str) -> Option<&str> {
        self.principals.get(&id.to_lowercase()).map(String::as_str)
    }

    pub(crate) fn is_unknown(&self, id: &str) -> bool {
        self.unknown.contains(&id.to_lowercase())
    }

    /// Learns a principal and its type.
    pub(crate) fn add_principal(&mut self, id: &str, kind: &str) {
        self.unknown.remove(&id.to_lowercase());
        self.principals.insert(id.to_lowercase(), kind.to_owned());
    }

    /// Makes a principal unknown.
    pub(crate) fn forget_principal(&mut self, id: &str) {
        self.principals.remove(&id.to_lowercase());
        self.unknown.insert(id.to_lowercase());
    }

    /// Makes a managed identity for a resource; the same resource always gets the same one.
    pub(crate) fn mint_identity(&mut self, path: &str) -> String {
        let id = guid(&format!("identity of {}", key(path)));
        self.add_principal(&id, "ServicePrincipal");
        id
    }
}

/// The key of a management group.
pub(crate) fn group_key(name: &str) -> String {
    key(&format!(
        "/providers/Microsoft.Management/managementGroups/{name}"
    ))
}

/// A GUID that depends on nothing but a text.
pub(crate) fn guid(text: &str) -> String {
    let hex = digest(text);
    format!(
        "{}-{}-4{}-8{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

/// Spells a principal type as the service does.
pub(crate) fn principal_type(text: &str) -> Option<&'static str> {
    [
        "User",
        "Group",
        "ServicePrincipal",
        "ForeignGroup",
        "Device",
    ]
    .into_iter()
    .find(|kind| is(kind, text))
}

#[cfg(test)]
mod tests {
    use super::super::id::is_guid;
    use super::{SUBSCRIPTION, TENANT, Tenant, guid};

    #[test]
    fn a_line_goes_up_to_the_root() {
        let mut tenant = Tenant::default();
        tenant.add_group("acme", None);
        tenant.add_group("data", Some("acme"));
        tenant.add_subscription("s2", "two", Some("data"));
        let line = tenant.line(
            "/subscriptions/s2/resourceGroups/G/providers/Microsoft.Storage/storageAccounts/A",
        );
        let group = |name: &str| format!("/providers/microsoft.management/managementgroups/{name}");
        assert_eq!(
            line,
            [
                "/subscriptions/s2/resourcegroups/g/providers/microsoft.storage/storageaccounts/a"
                    .to_owned(),
                "/subscriptions/s2/resourcegroups/g".to_owned(),
                "/subscriptions/s2".to_owned(),
                group("data"),
                group("acme"),
                group(TENANT),
                "/".to_owned(),
            ]
        );
        assert!(tenant.is_above(
            "/providers/Microsoft.Management/managementGroups/ACME",
            "/subscriptions/s2"
        ));
        assert!(!tenant.is_above(
            "/providers/Microsoft.Management/managementGroups/acme",
            &format!("/subscriptions/{SUBSCRIPTION}")
        ));
        assert!(tenant.is_above("", "/subscriptions/s2"));
    }

    #[test]
    fn a_made_guid_is_one_and_is_stable() {
        assert!(is_guid(&guid("x")));
        assert_eq!(guid("x"), guid("x"));
        assert_ne!(guid("x"), guid("y"));
    }
}
