//! Resource ids: how a path splits into scope, provider, types and names.

/// Where a resource hangs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The tenant's root.
    Tenant,
    /// A management group, by its name.
    ManagementGroup(String),
    /// A subscription, by its id.
    Subscription(String),
    /// A resource group: subscription and name.
    Group(String, String),
    /// A resource inside a resource group: subscription, group and the rest of the path.
    Resource(String, String, String),
}

impl Scope {
    /// Reads a scope's path; `None` if it is none.
    pub(crate) fn read(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Some(Self::Tenant),
            [providers, namespace, kind, name]
                if is(providers, "providers")
                    && is(namespace, "Microsoft.Management")
                    && is(kind, "managementGroups") =>
            {
                Some(Self::ManagementGroup((*name).to_owned()))
            }
            [kind, id] if is(kind, "subscriptions") => Some(Self::Subscription((*id).to_owned())),
            [kind, id, groups, name]
                if is(kind, "subscriptions") && is(groups, "resourceGroups") =>
            {
                Some(Self::Group((*id).to_owned(), (*name).to_owned()))
            }
            [kind, id, groups, name, providers, namespace, rest @ ..]
                if is(kind, "subscriptions")
                    && is(groups, "resourceGroups")
                    && is(providers, "providers")
                    && rest.len() >= 2
                    && rest.len().is_multiple_of(2) =>
            {
                Some(Self::Resource(
                    (*id).to_owned(),
                    (*name).to_owned(),
                    format!("{namespace}/{}", rest.join("/")),
                ))
            }
            _ => None,
        }
    }

    /// The subscription that the scope lies in, if it lies in one.
    pub(crate) fn subscription(&self) -> Option<&str> {
        match self {
            Self::Subscription(id) | Self::Group(id, _) | Self::Resource(id, _, _) => Some(id),
            Self::Tenant | Self::ManagementGroup(_) => None,
        }
    }
}

/// A path behind a provider: either one resource or the collection of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResourceId {
    /// The path of the scope, without a slash at the end; empty for the tenant.
    pub(crate) scope: String,
    /// The provider's namespace as it was written.
    pub(crate) namespace: String,
    /// The types, outermost first.
    pub(crate) types: Vec<String>,
    /// The names; one fewer than types for a collection.
    pub(crate) names: Vec<String>,
}

impl ResourceId {
    /// Splits a path at its last provider; `None` if there is none or nothing follows it.
    pub(crate) fn read(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let at = parts.iter().rposition(|part| is(part, "providers"))?;
        let namespace = parts.get(at + 1)?;
        let rest = parts.get(at + 2..).filter(|rest| !rest.is_empty())?;
        Some(Self {
            scope: parts[..at]
                .iter()
                .fold(String::new(), |path, part| path + "/" + part),
            namespace: (*namespace).to_owned(),
            types: rest
                .iter()
                .step_by(2)
                .map(|part| (*part).to_owned())
                .collect(),
            names: rest
                .iter()
                .skip(1)
                .step_by(2)
                .map(|part| (*part).to_owned())
                .collect(),
        })
    }

    /// Whether the path names a collection rather than one resource.
    pub(crate) fn is_collection(&self) -> bool {
        self.types.len() > self.names.len()
    }

    /// The full type, `Microsoft.Storage/storageAccounts/blobServices`.
    pub(crate) fn kind(&self) -> String {
        format!("{}/{}", self.namespace, self.types.join("/"))
    }

    /// The last name, or nothing for a collection.
    pub(crate) fn name(&self) -> &str {
        if self.is_collection() {
            ""
        } else {
            self.names.last().map_or("", String::as_str)
        }
    }

    /// The id as a path.
    pub(crate) fn path(&self) -> String {
        let mut path = format!("{}/providers/{}", self.scope, self.namespace);
        for (at, kind) in self.types.iter().enumerate() {
            path = path + "/" + kind;
            if let Some(name) = self.names.get(at) {
                path = path + "/" + name;
            }
        }
        path
    }

    /// The id of the resource that this one is a child of, if it is a child.
    pub(crate) fn parent(&self) -> Option<Self> {
        (self.types.len() > 1).then(|| {
            let mut parent = self.clone();
            parent.types.pop();
            parent.names.truncate(parent.types.len());
            parent
        })
    }
}

/// Azure compares names, types and namespaces without regard to case.
/// Source: Azure docs, "Naming rules and restrictions": treat all names as case-insensitive.
pub(crate) fn is(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

/// The key under which an id is stored.
pub(crate) fn key(path: &str) -> String {
    let path = path.trim_end_matches('/').to_lowercase();
    if path.starts_with('/') {
        path
    } else {
        format!("/{path}")
    }
}

/// Whether `scope` is `above` or lies below it, by path alone. A management group contains its
/// subscriptions only through the hierarchy, which the directory of the tenant knows.
pub(crate) fn is_at_or_below(scope: &str, above: &str) -> bool {
    let (scope, above) = (key(scope), key(above));
    above == "/" || scope == above || scope.starts_with(&(above + "/"))
}

/// Whether a text is a GUID in the usual form of 8-4-4-4-12 hexadecimal digits.
pub(crate) fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{ResourceId, Scope, is_at_or_below, is_guid};

    #[test]
    fn the_last_provider_splits_the_path() {
        let id = ResourceId::read(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/\
             blobServices/default/containers/c/providers/Microsoft.Authorization/roleAssignments/x",
        )
        .unwrap();
        assert_eq!(id.kind(), "Microsoft.Authorization/roleAssignments");
        assert_eq!(id.name(), "x");
        assert!(id.scope.ends_with("/containers/c"));
        assert!(matches!(Scope::read(&id.scope), Some(Scope::Resource(..))));
    }

    #[test]
    fn a_collection_has_one_name_fewer() {
        let id = ResourceId::read("/providers/Microsoft.Management/managementGroups").unwrap();
        assert!(id.is_collection());
        assert_eq!(id.scope, "");
        assert_eq!(
            id.path(),
            "/providers/Microsoft.Management/managementGroups"
        );
    }

    #[test]
    fn scopes_nest_by_whole_segments() {
        assert!(is_at_or_below(
            "/subscriptions/A/resourceGroups/g",
            "/subscriptions/a"
        ));
        assert!(!is_at_or_below("/subscriptions/ab", "/subscriptions/a"));
        assert!(is_at_or_below("/subscriptions/a", "/"));
    }

    #[test]
    fn a_guid_has_five_groups() {
        assert!(is_guid("acdd72a7-3385-48ef-bd42-f606fba81ae7"));
        assert!(!is_guid("acdd72a7338548efbd42f606fba81ae7"));
        assert!(!is_guid("gcdd72a7-3385-48ef-bd42-f606fba81ae7"));
    }
}
