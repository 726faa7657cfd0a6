//! Google Cloud: projects, locations, and members.

use super::{CloudTables, check_chars, leaf};
use crate::blueprint::schema::{Field, Leaf, Shape, Table};

const ORGANIZATION: Leaf = leaf(
    "a Google Cloud organization id",
    "123456789012",
    "^[0-9]{1,19}$",
    |text| check_chars(text, 1, 19, |c| c.is_ascii_digit(), "digits"),
);

// Resource Manager: 6-30 lower-case letters, digits and hyphens, a letter first, no hyphen last.
const PROJECT: Leaf = leaf(
    "a project id",
    "acme-support-dev",
    "^[a-z][a-z0-9-]{4,28}[a-z0-9]$",
    |text| {
        check_chars(
            text,
            6,
            30,
            |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
            "lower-case letters, digits and `-`",
        )?;
        if text.starts_with(|c: char| c.is_ascii_lowercase()) && !text.ends_with('-') {
            Ok(())
        } else {
            Err("it starts with a letter and does not end with `-`".to_owned())
        }
    },
);

const NUMBER: Leaf = leaf(
    "a project number",
    "123456789012",
    "^[0-9]{1,19}$",
    |text| check_chars(text, 1, 19, |c| c.is_ascii_digit(), "digits"),
);

const LOCATION: Leaf = leaf(
    "a Google Cloud location",
    "europe-west1",
    "^[a-z]+(-[a-z]+[0-9]+)?[0-9]?$",
    |text| {
        check_chars(
            text,
            2,
            40,
            |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
            "lower-case letters, digits and `-`, as `europe-west1`",
        )
    },
);

const EMAIL: Leaf = leaf(
    "an e-mail address of a group or service account",
    "sales-analysts@acme.example",
    "^[^@\\s]+@[^@\\s]+$",
    |text| {
        let (local, host) = text.split_once('@').ok_or("the `@` is missing")?;
        check_chars(
            local,
            1,
            64,
            |c| c.is_ascii_alphanumeric() || "._+-".contains(c),
            "letters, digits, `.`, `_`, `+` and `-` before the `@`",
        )?;
        check_chars(
            host,
            1,
            190,
            |c| c.is_ascii_alphanumeric() || ".-".contains(c),
            "letters, digits, `.` and `-` after the `@`",
        )
    },
);

const KEY_NAME: Leaf = leaf(
    "a Cloud KMS key's name",
    "projects/acme-keys/locations/europe-west1/keyRings/mesh/cryptoKeys/support",
    "^projects/[a-z0-9-]+/locations/[a-z0-9-]+/keyRings/[A-Za-z0-9_-]{1,63}/cryptoKeys/[A-Za-z0-9_-]{1,63}$",
    |text| {
        let parts: Vec<&str> = text.split('/').collect();
        let [
            "projects",
            project,
            "locations",
            location,
            "keyRings",
            ring,
            "cryptoKeys",
            key,
        ] = parts[..]
        else {
            return Err(
                "it looks like `projects/P/locations/L/keyRings/R/cryptoKeys/K`".to_owned(),
            );
        };
        (PROJECT.check)(project)?;
        (LOCATION.check)(location)?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        check_chars(
            ring,
            1,
            63,
            allowed,
            "letters, digits, `_` and `-` in the ring's name",
        )?;
        check_chars(
            key,
            1,
            63,
            allowed,
            "letters, digits, `_` and `-` in the key's name",
        )
    },
);

pub(super) const TABLES: CloudTables = CloudTables {
    mesh: &Table {
        name: "Google Cloud settings",
        doc: "What the whole mesh needs to know about Google Cloud.",
        fields: &[
            Field::required(
                "organization",
                Shape::Leaf(&ORGANIZATION),
                "The organization's numeric id, quoted; custom roles are defined there.",
            ),
            Field::required(
                "location",
                Shape::Leaf(&LOCATION),
                "Where things are made unless a cell or product says otherwise.",
            ),
            Field::optional(
                "provider",
                Shape::Choice(&["6"]),
                "Major version of the Terraform provider `hashicorp/google`.",
            ),
        ],
    },
    cell: &Table {
        name: "Google Cloud cell",
        doc: "One project per cell.",
        fields: &[
            Field::required("project", Shape::Leaf(&PROJECT), "The project's id."),
            Field::required(
                "number",
                Shape::Leaf(&NUMBER),
                "The project's number, quoted: service agents are named after it, and nothing is looked up at build.",
            ),
            Field::optional(
                "location",
                Shape::Leaf(&LOCATION),
                "The cell's location, if it differs from the mesh's.",
            ),
        ],
    },
    identity: &Table {
        name: "Google Cloud identity",
        doc: "A group or service account.",
        fields: &[
            Field::required("email", Shape::Leaf(&EMAIL), "Its e-mail address."),
            Field::optional(
                "type",
                Shape::Choice(&["group", "service-account"]),
                "What the address is; a group for people, a service account for workloads unless said otherwise.",
            ),
        ],
    },
    short_identity: Some((&EMAIL, "email")),
    existing: &Table {
        name: "existing Google Cloud things",
        doc: "Things that were there before meshc and stay outside it.",
        fields: &[Field::optional(
            "key",
            Shape::Leaf(&KEY_NAME),
            "The Cloud KMS key that encrypts the product, by its full name.",
        )],
    },
};
