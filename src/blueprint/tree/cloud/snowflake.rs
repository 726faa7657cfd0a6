//! Snowflake: one account, its edition, and roles that the identity provider fills.

use super::{CloudTables, check_chars, leaf};
use crate::blueprint::schema::{Field, Leaf, Shape, Table};

const ORGANIZATION: Leaf = leaf(
    "a Snowflake organization name",
    "ACME",
    "^[A-Za-z][A-Za-z0-9]{0,254}$",
    |text| {
        check_chars(
            text,
            1,
            255,
            |c| c.is_ascii_alphanumeric(),
            "letters and digits",
        )
    },
);

const ACCOUNT: Leaf = leaf(
    "a Snowflake account name",
    "RETAIL",
    "^[A-Za-z][A-Za-z0-9_]{0,254}$",
    |text| {
        check_chars(
            text,
            1,
            255,
            |c| c.is_ascii_alphanumeric() || c == '_',
            "letters, digits and `_`",
        )
    },
);

/// Another account: its organization's name and its own
/// (docs.snowflake.com/en/user-guide/admin-account-identifier).
pub const PARTNER: Leaf = leaf(
    "a Snowflake account with its organization",
    "ACME.PARTNER",
    "^[A-Z][A-Z0-9]{0,254}\\.[A-Z][A-Z0-9_]{0,254}$",
    |text| {
        let Some((organization, account)) = text.split_once('.') else {
            return Err("it is written ORGANIZATION.ACCOUNT".to_owned());
        };
        for part in [organization, account] {
            let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            check_chars(part, 1, 255, allowed, "upper-case letters, digits and `_`")?;
            if !part.starts_with(|c: char| c.is_ascii_uppercase()) {
                return Err("its parts start with a letter".to_owned());
            }
        }
        Ok(())
    },
);

// An unquoted identifier: stored upper-case, so the blueprint writes it that way.
const ROLE: Leaf = leaf(
    "a Snowflake role's name in upper case",
    "SALES_ANALYSTS",
    "^[A-Z_][A-Z0-9_$]{0,254}$",
    |text| {
        check_chars(
            text,
            1,
            255,
            |c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_' || c == '$',
            "upper-case letters, digits, `_` and `$`",
        )?;
        if text.starts_with(|c: char| c.is_ascii_digit() || c == '$') {
            return Err("it starts with a letter or `_`".to_owned());
        }
        // Docs "Overview of Access Control": system-defined roles cannot be dropped or regranted freely.
        const SYSTEM: &[&str] = &[
            "ACCOUNTADMIN",
            "SECURITYADMIN",
            "USERADMIN",
            "SYSADMIN",
            "PUBLIC",
            "ORGADMIN",
            "GLOBALORGADMIN",
        ];
        if SYSTEM.contains(&text) {
            Err("it is one of Snowflake's own roles".to_owned())
        } else {
            Ok(())
        }
    },
);

pub(super) const TABLES: CloudTables = CloudTables {
    mesh: &Table {
        name: "Snowflake settings",
        doc: "The account that the mesh uses; environments are databases in it.",
        fields: &[
            Field::required(
                "organization",
                Shape::Leaf(&ORGANIZATION),
                "The organization's name.",
            ),
            Field::required("account", Shape::Leaf(&ACCOUNT), "The account's name."),
            Field::required(
                "edition",
                Shape::Choice(&["standard", "enterprise", "business-critical"]),
                "The account's edition: masking and row access policies need enterprise.",
            ),
            Field::optional(
                "region",
                Shape::Text(64),
                "The cloud region that hosts the account, for the residency rule.",
            ),
        ],
    },
    cell: &Table {
        name: "Snowflake cell",
        doc: "A database per cell, in the mesh's account; nothing needs to be said.",
        fields: &[Field::optional(
            "warehouse-size",
            Shape::Choice(&["XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE"]),
            "The size of the cell's warehouse.",
        )],
    },
    identity: &Table {
        name: "Snowflake identity",
        doc: "A functional role that the identity provider fills (SCIM).",
        fields: &[Field::required(
            "role",
            Shape::Leaf(&ROLE),
            "The role's name.",
        )],
    },
    short_identity: Some((&ROLE, "role")),
    existing: &Table {
        name: "existing Snowflake things",
        doc: "Nothing can be named here yet.",
        fields: &[],
    },
};
