//! What a blueprint says about one cloud: its settings for the mesh, for a cell, for a group's
//! identity, and for things that exist already. One file of tables per cloud, nothing else.

mod aws;
mod azure;
mod gcp;
mod snowflake;

pub use snowflake::PARTNER;

use std::collections::BTreeMap;

use crate::blueprint::decode::Decoder;
use crate::blueprint::schema::{Leaf, Shape, Table};
use crate::cell::TargetId;
use crate::source::{Span, Spanned};
use crate::yaml::{NodeId, Value};

/// The four tables of one cloud.
#[derive(Debug)]
pub struct CloudTables {
    /// Under `clouds:` in `mesh.yaml`.
    pub mesh: &'static Table,
    /// Under `cells: <environment>:` in a domain.
    pub cell: &'static Table,
    /// Under a group, if it is written the long way.
    pub identity: &'static Table,
    /// A group's identity written as one word, and the key of [`CloudTables::identity`] it stands for.
    pub short_identity: Option<(&'static Leaf, &'static str)>,
    /// Under `existing:` in a product: what it may name.
    pub existing: &'static Table,
}

/// The tables of a cloud.
pub const fn tables(target: TargetId) -> &'static CloudTables {
    match target {
        TargetId::Aws => &aws::TABLES,
        TargetId::Azure => &azure::TABLES,
        TargetId::Gcp => &gcp::TABLES,
        TargetId::Snowflake => &snowflake::TABLES,
    }
}

/// Keys and checked values of one of a cloud's tables.
#[derive(Debug, Clone)]
pub struct Settings {
    values: BTreeMap<&'static str, Spanned<String>>,
    rows: BTreeMap<&'static str, Vec<Vec<Spanned<String>>>>,
    /// Where the settings stand.
    pub span: Span,
}

impl Settings {
    /// Settings without any value, as for a cell that needs none.
    pub fn empty(span: Span) -> Self {
        Self {
            values: BTreeMap::new(),
            rows: BTreeMap::new(),
            span,
        }
    }

    /// The rows of a key that holds a list of lists; each row has at least one value.
    pub fn rows(&self, key: &str) -> &[Vec<Spanned<String>>] {
        self.rows.get(key).map_or(&[], Vec::as_slice)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Spanned<String>> {
        self.values.get(key)
    }

    /// The text of a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|value| value.value.as_str())
    }

    /// Every key with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Spanned<String>)> {
        self.values.iter().map(|(key, value)| (*key, value))
    }
}

/// Reads settings by a table.
pub fn decode_settings(
    cx: &mut Decoder<'_, '_>,
    node: NodeId,
    table: &'static Table,
) -> Option<Settings> {
    let object = cx.object(node, table)?;
    let mut settings = Settings::empty(object.span);
    for (key, node) in object.entries() {
        let shape = table.field(key).map(|field| &field.shape)?;
        if let Shape::List(inner) = shape {
            let rows = cx.settings_rows(node, inner);
            settings.rows.insert(key, rows);
            continue;
        }
        if let Some(value) = cx.settings_value(node, shape) {
            settings.values.insert(key, value);
        }
    }
    Some(settings)
}

/// Reads a group's identity on a cloud, the short or the long way.
pub fn decode_identity(
    cx: &mut Decoder<'_, '_>,
    node: NodeId,
    target: TargetId,
) -> Option<Settings> {
    let tables = tables(target);
    match (tables.short_identity, cx.yaml.value(node)) {
        (Some((leaf, key)), Value::Scalar { .. }) => {
            let check = leaf.check;
            let value = cx.leaf(node, leaf, |text| check(text).map(|()| text.to_owned()))?;
            let mut settings = Settings::empty(value.span);
            settings.values.insert(key, value);
            Some(settings)
        }
        _ => decode_settings(cx, node, tables.identity),
    }
}

/// The shape of a group's identity on a cloud, for the schema.
pub const fn identity_shape(tables: &'static CloudTables) -> Shape {
    match tables.short_identity {
        Some((leaf, _)) => Shape::ShortOrLong(leaf, tables.identity),
        None => Shape::Object(tables.identity),
    }
}

/// A leaf that is checked character by character: allowed characters and a length.
const fn leaf(
    name: &'static str,
    example: &'static str,
    pattern: &'static str,
    check: fn(&str) -> Result<(), String>,
) -> Leaf {
    Leaf {
        name,
        example,
        pattern,
        check,
    }
}

/// Whether a text is a lower-case GUID with dashes.
fn check_guid(text: &str) -> Result<(), String> {
    let right = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        });
    if right {
        Ok(())
    } else {
        Err("it has 32 lower-case hexadecimal digits in groups of 8-4-4-4-12".to_owned())
    }
}

/// Whether a text has only the given characters and a length within bounds.
fn check_chars(
    text: &str,
    least: usize,
    most: usize,
    allowed: fn(char) -> bool,
    what: &str,
) -> Result<(), String> {
    if let Some(odd) = text.chars().find(|c| !allowed(*c)) {
        return Err(format!("it has only {what}, not `{}`", odd.escape_debug()));
    }
    let length = text.chars().count();
    if length < least || length > most {
        return Err(format!(
            "it has {}, this has {length}",
            if least == most {
                format!("{most} characters")
            } else {
                format!("{least} to {most} characters")
            }
        ));
    }
    Ok(())
}
