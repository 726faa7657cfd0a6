//! Tags: which there are, and which stand on what. A tag on a database counts for everything in it,
//! one on a table for its columns (docs.snowflake.com/en/user-guide/object-tagging/inheritance), so
//! each is set as high as it holds.

use crate::artifact::sql::{InSchema, SqlString};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::primitive::Column;

use super::here::Here;
use super::relation::Relation;

/// Every tag that is made, with what it says.
pub(super) const ALL: &[(&str, &str)] = &[
    ("classification", "How sensitive data is"),
    ("cost-center", "Who pays"),
    ("domain", "The domain that it belongs to"),
    ("environment", "The environment that it belongs to"),
    ("meshc", "The mesh that made it"),
    ("owner", "The group that answers for it"),
    ("product", "The data product that it belongs to"),
];

/// The tags that differ between the tables of a domain.
const OF_TABLES: &[&str] = &["classification", "product"];

/// The longest value (docs.snowflake.com/en/user-guide/object-tagging/introduction).
const LONGEST: usize = 256;

/// The tags of a domain's database; the mesh's own stamp is always among them.
pub(super) fn of_domain(here: Here<'_>, out: &mut Diagnostics) -> Vec<(InSchema, SqlString)> {
    let mut tags = vec![(
        here.tag("meshc"),
        SqlString::prose(here.cell.mesh.name.as_str()),
    )];
    if let Some(relation) = here.relations().next() {
        tags.extend(values(here, relation, |key| !OF_TABLES.contains(&key), out));
    }
    tags.sort();
    tags
}

/// The tags of a table or view that its database does not have.
pub(super) fn of_relation(
    here: Here<'_>,
    relation: Relation<'_>,
    out: &mut Diagnostics,
) -> Vec<(InSchema, SqlString)> {
    values(here, relation, |key| OF_TABLES.contains(&key), out)
}

/// The tag of a column whose label is not its table's.
pub(super) fn of_column(
    here: Here<'_>,
    relation: Relation<'_>,
    column: &Column,
) -> Option<(InSchema, SqlString)> {
    let tagged = relation.tags.contains_key("classification") && column.label != *relation.label;
    tagged.then(|| {
        (
            here.tag("classification"),
            SqlString::prose(column.label.as_str()),
        )
    })
}

fn values(
    here: Here<'_>,
    relation: Relation<'_>,
    wanted: impl Fn(&str) -> bool,
    out: &mut Diagnostics,
) -> Vec<(InSchema, SqlString)> {
    let mut tags = Vec::new();
    for (key, value) in relation.tags.iter().filter(|(key, _)| wanted(key)) {
        let checked = match value.chars().count() {
            length if length > LONGEST => Err(format!(
                "it has {length} characters, Snowflake allows {LONGEST}"
            )),
            _ => SqlString::new(value),
        };
        match checked {
            Ok(value) => tags.push((here.tag(key), value)),
            Err(why) => {
                let message = format!("the tag {key} cannot be set on Snowflake: {why}");
                let problem =
                    Diagnostic::new(code::TEXT_NOT_FOR_CLOUD, relation.origin.span, message);
                out.push(problem.help("shorten or respell its value"));
            }
        }
    }
    tags
}
