//! The vendor rules that the account enforces, each with the page it was read from.
//!
//! Every refusal of the account points at one of these rows. `verified` is false where the rule was
//! not read on a vendor page but comes from memory or a third party; such rows are stricter than
//! they are certain, and a report may not rest on them alone.

/// One documented rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// A short stable name.
    pub id: &'static str,
    /// What the rule says, in one sentence.
    pub says: &'static str,
    /// The page it was read from.
    pub source: &'static str,
    /// Whether the page itself was read.
    pub verified: bool,
}

macro_rules! rules {
    ($($name:ident = $id:literal, $says:literal, $source:literal, $verified:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`")]
            pub static $name: Rule = Rule { id: $id, says: $says, source: $source, verified: $verified };
        )*
        /// All rules, in the order of this file.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    NOT_MODELLED = "not-modelled",
        "This is a limit of the test account, not a rule of Snowflake.",
        "testkit", true;
    SYNTAX = "syntax",
        "A statement follows the grammar of its command's page.",
        "docs.snowflake.com/en/sql-reference/sql-all", true;
    STRING_ESCAPES = "string-escapes",
        "In a single-quoted constant both the quote and the backslash must be escaped.",
        "docs.snowflake.com/en/sql-reference/data-types-text", true;
    RESERVED_WORD = "reserved-word",
        "Reserved keywords cannot be used as unquoted identifiers.",
        "docs.snowflake.com/en/sql-reference/reserved-keywords", false;
    IDENTIFIER_LENGTH = "identifier-length",
        "An identifier has at most 255 characters and is not empty.",
        "docs.snowflake.com/en/sql-reference/identifiers-syntax", true;
    EXCLUSIVE_CLAUSES = "or-replace-if-not-exists",
        "OR REPLACE and IF NOT EXISTS are mutually exclusive.",
        "docs.snowflake.com/en/sql-reference/sql/create-table#usage-notes", true;
    MISSING_OR_NOT_AUTHORIZED = "missing-or-not-authorized",
        "An object that does not exist and one that no active role may see give the same error.",
        "docs.snowflake.com/en/user-guide/security-column-ddm-intro#troubleshooting-dynamic-data-masking", true;
    PARENT_PRIVILEGE = "parent-privilege",
        "Operating on an object in a schema requires at least one privilege on the parent database and one on the parent schema.",
        "docs.snowflake.com/en/sql-reference/sql/create-table#access-control-requirements", true;
    PRIVILEGE = "privilege",
        "An operation needs the privilege that its command's page lists, held by an active role.",
        "docs.snowflake.com/en/sql-reference/sql/create-table#access-control-requirements", true;
    CREATE_BY_PRIMARY_ROLE = "create-by-primary-role",
        "Every privilege that creating an object needs is held by the primary role or one that it inherits, never by secondary roles.",
        "docs.snowflake.com/en/user-guide/security-access-control-overview", true;
    OWNERSHIP_NEEDED = "ownership-needed",
        "Altering or dropping an object needs OWNERSHIP, unless the page lists another privilege.",
        "docs.snowflake.com/en/sql-reference/sql/alter-tag#access-control-requirements", true;
    EXISTS = "name-taken",
        "A name is unique among the objects of its type in its container; tables and views share one name space.",
        "docs.snowflake.com/en/sql-reference/sql/create-table#usage-notes", true;
    REPLACE_NEEDS_OWNERSHIP = "replace-needs-ownership",
        "CREATE OR REPLACE drops the old object, which only its owner may do.",
        "docs.snowflake.com/en/sql-reference/sql/create-table#usage-notes", true;
    NO_CURRENT_DATABASE = "no-current-database",
        "A name without its database or schema needs a current one in the session.",
        "docs.snowflake.com/en/sql-reference/sql/grant-database-role#parameters", true;
    ROLE_NOT_ASSIGNED = "role-not-assigned",
        "USE ROLE and USE SECONDARY ROLES activate only roles that were granted to the user, directly or through the hierarchy.",
        "docs.snowflake.com/en/user-guide/security-access-control-overview", true;
    DATABASE_ROLE_NOT_ACTIVATED = "database-role-not-activated",
        "A database role cannot be activated in a session; it must be granted to an account role.",
        "docs.snowflake.com/en/user-guide/security-access-control-overview", true;
    SYSTEM_ROLE = "system-role",
        "System-defined roles cannot be dropped, renamed or created, and their names are reserved.",
        "docs.snowflake.com/en/user-guide/security-access-control-overview", true;
    SYSTEM_PRIVILEGE = "system-privilege",
        "Privileges that Snowflake granted to system-defined roles cannot be revoked.",
        "docs.snowflake.com/en/user-guide/security-access-control-overview", true;
    DROP_CURRENT_ROLE = "drop-current-role",
        "The current primary role cannot be dropped.",
        "docs.snowflake.com/en/sql-reference/sql/drop-role#usage-notes", true;
    DROP_SHARING_ROLE = "drop-sharing-role",
        "A role that owns a shared database cannot be dropped.",
        "docs.snowflake.com/en/sql-reference/sql/drop-role#usage-notes", true;
    ROLE_CYCLE = "role-cycle",
        "A role cannot be granted to itself or to a role that it already inherits.",
        "docs.snowflake.com/en/sql-reference/sql/grant-role", false;
    ROLE_GRANT_AUTHORITY = "role-grant-authority",
        "Granting a role needs OWNERSHIP of it, the grant option on it, or MANAGE GRANTS.",
        "docs.snowflake.com/en/sql-reference/sql/grant-role#access-control-requirements", true;
    ROLE_GRANT_OPTION_USER = "role-grant-option-user",
        "GRANT ROLE ... TO USER ... WITH GRANT OPTION is not supported.",
        "docs.snowflake.com/en/sql-reference/sql/grant-role#parameters", true;
    DATABASE_ROLE_SAME_DATABASE = "database-role-same-database",
        "A database role can be granted to account roles, to users, and to database roles of the same database only.",
        "docs.snowflake.com/en/sql-reference/sql/grant-database-role", true;
    ACCOUNT_ROLE_TO_DATABASE_ROLE = "account-role-to-database-role",
        "An account role cannot be granted to a database role.",
        "docs.snowflake.com/en/user-guide/security-access-control-overview", true;
    DATABASE_ROLE_SCOPE = "database-role-scope",
        "All privileges of a database role are limited to its own database and the objects in it.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#required-parameters", true;
    DATABASE_ROLE_RENAME = "database-role-rename",
        "Moving a database role to a different database by RENAME TO is prohibited.",
        "docs.snowflake.com/en/user-guide/data-sharing-provider", true;
    GRANT_AUTHORITY = "grant-authority",
        "A privilege is granted by the object's owner, a holder of its grant option, or a role with MANAGE GRANTS.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#access-control-requirements", true;
    MANAGED_ACCESS = "managed-access",
        "In a managed access schema only the schema owner or a role with MANAGE GRANTS grants privileges; object owners cannot.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#access-control-requirements", true;
    MANAGED_OWNERSHIP = "managed-access-ownership",
        "In a managed access schema OWNERSHIP of an object can only go to a subordinate role of the schema owner.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#usage-notes", true;
    MANAGED_FUTURE_OWNERSHIP = "managed-access-future-ownership",
        "Before a managed access schema changes its owner, all open future grants of OWNERSHIP in it must be revoked.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#restrictions-and-limitations", true;
    FUTURE_AUTHORITY = "future-authority",
        "Future grants need MANAGE GRANTS; in a managed access schema its owner may define them too.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#access-control-requirements", true;
    FUTURE_DATABASE_ROLE_USAGE = "future-database-role-usage",
        "Granting future privileges to a database role also needs USAGE on the database that contains it.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#access-control-requirements", true;
    FUTURE_TYPES = "future-types",
        "Future grants cannot be defined on policies, tags and some other object types.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#restrictions-and-limitations", true;
    FUTURE_ONE_OWNERSHIP = "future-one-ownership",
        "No more than one future grant of OWNERSHIP is allowed on each securable object type.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#restrictions-and-limitations", true;
    FUTURE_SHARED_DATABASE_ROLE = "future-shared-database-role",
        "A shared database role does not support future grants.",
        "docs.snowflake.com/en/sql-reference/sql/grant-database-role-share#usage-notes", true;
    SHARED_DATABASE_ROLE_PRIVILEGES = "shared-database-role-privileges",
        "A database role that holds a DDL or other non-read privilege cannot be granted to a share.",
        "docs.snowflake.com/en/sql-reference/sql/grant-database-role-share#usage-notes", true;
    SHARED_DATABASE_ROLE_HIERARCHY = "shared-database-role-hierarchy",
        "No database role can be granted to one that is granted to a share, nor one that inherits another to a share.",
        "docs.snowflake.com/en/user-guide/security-access-control-overview", true;
    BULK_TYPES = "bulk-types",
        "ALL TAGS and ALL MASKING POLICIES cannot be specified in a bulk grant.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#usage-notes", true;
    ALL_ON_TAG = "all-on-tag",
        "The keyword ALL PRIVILEGES cannot be specified for tags.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#usage-notes", true;
    PRIVILEGE_FOR_TYPE = "privilege-for-type",
        "Each object type has its own list of grantable privileges.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege#syntax", true;
    GRANT_PARTIAL = "grant-partially-executed",
        "A GRANT of several privileges grants what the role may grant and fails, naming the rest.",
        "docs.snowflake.com/en/release-notes/bcr-bundles/2023_02/bcr-944", true;
    REFERENCE_USAGE_ROLE = "reference-usage-role",
        "REFERENCE_USAGE on a database can only be granted to shares.",
        "docs.snowflake.com/en/release-notes/bcr-bundles/2023_02/bcr-944", true;
    REVOKE_OWNERSHIP = "revoke-ownership",
        "OWNERSHIP cannot be revoked, only transferred.",
        "docs.snowflake.com/en/sql-reference/sql/grant-ownership", true;
    REVOKE_DEPENDENT = "revoke-dependent",
        "REVOKE without CASCADE fails if the privilege was granted on to another role.",
        "docs.snowflake.com/en/sql-reference/sql/revoke-privilege#optional-parameters", true;
    OWNERSHIP_OUTBOUND = "ownership-outbound",
        "GRANT OWNERSHIP fails while outbound privileges exist that are neither copied nor revoked.",
        "docs.snowflake.com/en/sql-reference/sql/grant-ownership#usage-notes", true;
    OWNERSHIP_COPY_AUTHORITY = "ownership-copy-authority",
        "COPY CURRENT GRANTS needs MANAGE GRANTS, or the new owner (or a higher role) among the active roles.",
        "docs.snowflake.com/en/sql-reference/sql/grant-ownership#optional-parameters", true;
    OWNERSHIP_TYPES = "ownership-types",
        "OWNERSHIP of a share cannot be transferred.",
        "docs.snowflake.com/en/sql-reference/sql/grant-ownership#usage-notes", true;
    OWNERSHIP_SHARED_DATABASE = "ownership-shared-database",
        "GRANT OWNERSHIP ... REVOKE CURRENT GRANTS is prevented on a shared database.",
        "docs.snowflake.com/en/sql-reference/sql/grant-ownership#usage-notes", true;
    SHARE_ONE_DATABASE = "share-one-database",
        "USAGE on only a single database can be granted to a share; every object must belong to it.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege-share#usage-notes", true;
    SHARE_SCHEMA_FIRST = "share-schema-first",
        "An object is shared after its database and schema: USAGE on both is granted to the share first.",
        "docs.snowflake.com/en/user-guide/data-sharing-provider", true;
    SHARE_SECURE_VIEW = "share-secure-view",
        "By default SELECT can be granted to a share on secure views only.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege-share#usage-notes", true;
    SHARE_REFERENCE_FIRST = "share-reference-usage-first",
        "REFERENCE_USAGE on every other database that a secure view reads must be granted to the share before the view.",
        "docs.snowflake.com/en/user-guide/data-sharing-multiple-db", true;
    SHARE_USAGE_BEFORE_REFERENCE = "share-usage-before-reference",
        "REFERENCE_USAGE needs that USAGE on a database was granted to the share before.",
        "docs.snowflake.com/en/release-notes/bcr-bundles/2025_07/bcr-2136", true;
    SHARE_NO_FUTURE = "share-no-future",
        "Privileges on future objects cannot be granted to a share.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege-share#usage-notes", true;
    SHARE_PRIVILEGES = "share-privileges",
        "A share takes USAGE, REFERENCE_USAGE, SELECT and READ on listed object types only, one object at a time.",
        "docs.snowflake.com/en/sql-reference/sql/grant-privilege-share#syntax", true;
    SHARE_VIEW_THROUGH_ROLE = "share-view-through-database-role",
        "A view that reaches several databases cannot be shared through a database role.",
        "docs.snowflake.com/en/user-guide/data-sharing-multiple-db", true;
    SHARE_NEEDS_DATABASE = "share-needs-database",
        "Accounts can be added to a share only after a database was granted to it.",
        "docs.snowflake.com/en/user-guide/data-sharing-provider", false;
    EDITION = "edition",
        "Masking policies, row access policies and tag propagation need Enterprise Edition or higher.",
        "docs.snowflake.com/en/sql-reference/sql/create-masking-policy", true;
    EDITION_CLUSTERS = "edition-clusters",
        "Multi-cluster warehouses need Enterprise Edition or higher.",
        "docs.snowflake.com/en/user-guide/intro-editions", false;
    RETENTION = "retention",
        "DATA_RETENTION_TIME_IN_DAYS is 0 to 90 for permanent objects on Enterprise, 0 or 1 on Standard and for transient ones.",
        "docs.snowflake.com/en/sql-reference/sql/create-table#optional-parameters", true;
    MASKING_RETURN_TYPE = "masking-return-type",
        "The return data type of a masking policy must match the data type of its first argument.",
        "docs.snowflake.com/en/sql-reference/sql/create-masking-policy#required-parameters", true;
    MASKING_BODY_TYPE = "masking-body-type",
        "The branches of a masking policy's body must have its return type.",
        "docs.snowflake.com/en/user-guide/security-column-ddm-intro#troubleshooting-dynamic-data-masking", true;
    MASKING_COLUMN_TYPE = "masking-column-type",
        "A masking policy is set only on a column whose data type matches its first argument.",
        "docs.snowflake.com/en/sql-reference/sql/create-masking-policy#required-parameters", true;
    MASKING_ONE_PER_COLUMN = "masking-one-per-column",
        "A column takes one masking policy; FORCE replaces it, otherwise it must be unset first.",
        "docs.snowflake.com/en/user-guide/security-column-ddm-intro#troubleshooting-dynamic-data-masking", true;
    POLICY_COLUMN_EXCLUSIVE = "policy-column-exclusive",
        "A column cannot be in a masking policy and in a row access policy signature at the same time.",
        "docs.snowflake.com/en/sql-reference/sql/create-row-access-policy#usage-notes", true;
    POLICY_ATTACHED = "policy-attached",
        "A policy cannot be dropped or replaced while it is associated with a table, view or tag.",
        "docs.snowflake.com/en/user-guide/security-column-ddm-intro#troubleshooting-dynamic-data-masking", true;
    POLICY_APPLY = "policy-apply",
        "Setting a policy needs APPLY on the account, or APPLY on the policy and OWNERSHIP of the object.",
        "docs.snowflake.com/en/user-guide/security-row-intro", true;
    ROW_ACCESS_BOOLEAN = "row-access-boolean",
        "A row access policy RETURNS BOOLEAN.",
        "docs.snowflake.com/en/sql-reference/sql/create-row-access-policy#required-parameters", true;
    ROW_ACCESS_ONE = "row-access-one",
        "A table or view has at most one row access policy.",
        "docs.snowflake.com/en/user-guide/security-row-intro", false;
    ROW_ACCESS_SIGNATURE = "row-access-signature",
        "The columns of ADD ROW ACCESS POLICY must match the policy's signature in number and type.",
        "docs.snowflake.com/en/user-guide/security-row-intro", true;
    TAG_ALLOWED_VALUES = "tag-allowed-values",
        "A tag with ALLOWED_VALUES takes only these values.",
        "docs.snowflake.com/en/sql-reference/sql/create-tag#optional-parameters", true;
    TAG_ALLOWED_FIRST = "tag-allowed-values-first",
        "ALLOWED_VALUES must come before all other parameters, and holds at most 5,000 values.",
        "docs.snowflake.com/en/sql-reference/sql/create-tag#optional-parameters", true;
    TAG_VALUE_LENGTH = "tag-value-length",
        "A tag value has at most 256 characters.",
        "docs.snowflake.com/en/sql-reference/sql/create-table#optional-parameters", true;
    TAG_QUOTA = "tag-quota",
        "At most 50 tags on one object, and 50 different tags on the columns of one table.",
        "docs.snowflake.com/en/user-guide/object-tagging/introduction#tag-quotas", true;
    TAG_APPLY = "tag-apply",
        "Setting a tag needs APPLY TAG on the account, or APPLY on the tag and OWNERSHIP of the object.",
        "docs.snowflake.com/en/user-guide/object-tagging/work", true;
    TAG_PROPAGATE = "tag-propagate",
        "Creating a tag that propagates also needs APPLY TAG on the account.",
        "docs.snowflake.com/en/user-guide/object-tagging/work", true;
    TAG_ONE_POLICY_PER_TYPE = "tag-one-policy-per-type",
        "A tag can have only one masking policy per data type.",
        "docs.snowflake.com/en/sql-reference/sql/alter-tag#usage-notes", true;
    TAG_POLICY_AUTHORITY = "tag-policy-authority",
        "Assigning a masking policy to a tag needs the global APPLY MASKING POLICY privilege.",
        "docs.snowflake.com/en/sql-reference/sql/alter-tag#access-control-requirements", true;
    TAG_DROP_WITH_POLICY = "tag-drop-with-policy",
        "A tag cannot be dropped while a masking policy is assigned to it.",
        "docs.snowflake.com/en/sql-reference/sql/alter-tag#usage-notes", true;
    RESOURCE_MONITOR_ADMIN = "resource-monitor-admin",
        "Only account administrators create resource monitors and assign warehouses to them.",
        "docs.snowflake.com/en/user-guide/resource-monitors", true;
    UNKNOWN_COLUMN = "unknown-column",
        "A query may name only columns that its tables have.",
        "docs.snowflake.com/en/sql-reference/sql/select", false;
    DUPLICATE_COLUMN = "duplicate-column",
        "Column names are unique in a table or view.",
        "docs.snowflake.com/en/sql-reference/sql/create-table", false;
    UNKNOWN_TYPE = "unknown-type",
        "A column has one of Snowflake's data types.",
        "docs.snowflake.com/en/sql-reference-data-types", false;
    ROW_SHAPE = "row-shape",
        "A row has one value per column, of a type that casts to the column's, and NOT NULL holds.",
        "docs.snowflake.com/en/sql-reference/sql/insert", false;
    VIEW_COLUMNS = "view-columns",
        "A view's column list has as many names as its query has columns.",
        "docs.snowflake.com/en/sql-reference/sql/create-view", false;
    VIEW_COLUMN_NAMES = "view-column-names",
        "A view's column that is an expression needs a name.",
        "docs.snowflake.com/en/sql-reference/sql/create-view#optional-parameters", true;
    VIEW_STALE = "view-stale",
        "A view does not follow changes of its tables: querying it then fails.",
        "docs.snowflake.com/en/sql-reference/sql/create-view#usage-notes", true;
    VIEW_LIMITS = "view-limits",
        "A view's definition has at most 1 MB, and views are nested at most 20 levels deep.",
        "docs.snowflake.com/en/sql-reference/sql/create-view#usage-notes", true;
    WAREHOUSE_NEEDED = "warehouse-needed",
        "A query on stored rows needs a current warehouse on which an active role has USAGE.",
        "docs.snowflake.com/en/user-guide/security-access-control-configure", true;
    SETTING = "setting",
        "A property takes only the values its page lists.",
        "docs.snowflake.com/en/sql-reference/parameters", false;
    NETWORK_ADDRESS = "network-address",
        "A network policy lists IPv4 addresses or CIDR ranges.",
        "docs.snowflake.com/en/sql-reference/sql/create-network-policy", false;
    CONTAINER_IN_USE = "container-in-use",
        "A database or schema cannot be dropped while a policy or tag in it is set on objects outside of it.",
        "docs.snowflake.com/en/sql-reference/sql/drop-database#usage-notes", true;
    CONTAINER_SHARED = "container-shared",
        "A database or schema cannot be dropped while it is granted to a share.",
        "docs.snowflake.com/en/sql-reference/sql/drop-database", false;
    AUTHENTICATION = "authentication",
        "A session needs a user's password, programmatic access token or key pair.",
        "docs.snowflake.com/en/developer-guide/snowflake-rest-api/authentication", false;
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique_and_every_rule_says_where_it_comes_from() {
        let ids: BTreeSet<_> = ALL.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for rule in ALL {
            assert!(
                rule.says.ends_with('.') && !rule.source.is_empty(),
                "{}",
                rule.id
            );
        }
    }
}
