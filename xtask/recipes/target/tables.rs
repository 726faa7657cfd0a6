//! Duck: tables that a program reads from a folder.

use super::CloudTables;
use crate::blueprint::schema::{Field, Shape, Table};

pub(super) const TABLES: CloudTables = CloudTables {
    mesh: &Table {
        name: "Duck settings",
        doc: "What the whole mesh needs to know about Duck.",
        fields: &[],
    },
    cell: &Table {
        name: "Duck cell",
        doc: "One database file per cell.",
        fields: &[],
    },
    identity: &Table {
        name: "Duck identity",
        doc: "The user that a group's members have.",
        fields: &[Field::required(
            "user",
            Shape::Text(64),
            "The user's name.",
        )],
    },
    short_identity: None,
    existing: &Table {
        name: "existing Duck things",
        doc: "Nothing is there before meshc.",
        fields: &[],
    },
};
