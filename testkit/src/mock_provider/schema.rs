//! A provider's schema as the mock serves it.
//!
//! In: the JSON of `data/provider-schemas/`. Out: a tree to walk values along, and the
//! protocol's form of it. A type that terraform does not know is refused at the start:
//! terraform itself would crash on it.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value as Json;

use super::protocol::tfplugin6;

/// One provider, as read from its schema file.
#[derive(Debug, Deserialize)]
pub(super) struct ProviderData {
    /// The registry address.
    pub(super) provider: String,
    pub(super) version: String,
    provider_schema: TypeSchema,
    pub(super) resource_schemas: BTreeMap<String, TypeSchema>,
    #[serde(default)]
    pub(super) data_source_schemas: BTreeMap<String, TypeSchema>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TypeSchema {
    #[serde(default)]
    version: i64,
    pub(super) block: Block,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Block {
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, Attribute>,
    #[serde(default, rename = "block_types")]
    pub(super) blocks: BTreeMap<String, NestedBlock>,
}

#[derive(Debug, Deserialize)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the flags of the provider schema's JSON form"
)]
pub(super) struct Attribute {
    #[serde(rename = "type")]
    pub(super) ty: Json,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default)]
    pub(super) computed: bool,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    write_only: bool,
    #[serde(default)]
    deprecated: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct NestedBlock {
    #[serde(rename = "nesting_mode")]
    pub(super) nesting: Nesting,
    #[serde(default)]
    min_items: i64,
    #[serde(default)]
    max_items: i64,
    pub(super) block: Block,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Nesting {
    Single,
    Group,
    List,
    Set,
    Map,
}

impl ProviderData {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let data: Self = serde_json::from_str(text).context("a provider schema does not parse")?;
        let types = data
            .resource_schemas
            .iter()
            .chain(&data.data_source_schemas);
        for (name, schema) in types {
            schema
                .block
                .check_types()
                .with_context(|| format!("{name} of {}", data.provider))?;
        }
        data.provider_schema.block.check_types()?;
        Ok(data)
    }

    /// The provider's local name: `aws`.
    pub(super) fn name(&self) -> &str {
        self.provider.rsplit('/').next().unwrap_or_default()
    }

    /// The answer to `GetProviderSchema`.
    pub(super) fn to_protocol(&self) -> tfplugin6::get_provider_schema::Response {
        let all = |types: &BTreeMap<String, TypeSchema>| -> HashMap<String, tfplugin6::Schema> {
            types
                .iter()
                .map(|(name, schema)| (name.clone(), schema.to_protocol()))
                .collect()
        };
        tfplugin6::get_provider_schema::Response {
            provider: Some(self.provider_schema.to_protocol()),
            resource_schemas: all(&self.resource_schemas),
            data_source_schemas: all(&self.data_source_schemas),
            ..Default::default()
        }
    }
}

impl TypeSchema {
    fn to_protocol(&self) -> tfplugin6::Schema {
        tfplugin6::Schema {
            version: self.version,
            block: Some(self.block.to_protocol()),
        }
    }
}

impl Block {
    fn check_types(&self) -> Result<()> {
        for (name, attribute) in &self.attributes {
            check_type(&attribute.ty).with_context(|| format!("attribute {name}"))?;
        }
        for (name, nested) in &self.blocks {
            nested
                .block
                .check_types()
                .with_context(|| format!("block {name}"))?;
        }
        Ok(())
    }

    fn to_protocol(&self) -> tfplugin6::schema::Block {
        tfplugin6::schema::Block {
            attributes: self
                .attributes
                .iter()
                .map(|(name, attribute)| attribute.to_protocol(name))
                .collect(),
            block_types: self
                .blocks
                .iter()
                .map(|(name, nested)| nested.to_protocol(name))
                .collect(),
            ..Default::default()
        }
    }
}

impl Attribute {
    pub(super) fn is_settable(&self) -> bool {
        self.required || self.optional
    }

    fn to_protocol(&self, name: &str) -> tfplugin6::schema::Attribute {
        tfplugin6::schema::Attribute {
            name: name.to_owned(),
            r#type: self.ty.to_string().into_bytes(),
            required: self.required,
            optional: self.optional,
            computed: self.computed,
            sensitive: self.sensitive,
            write_only: self.write_only,
            deprecated: self.deprecated,
            ..Default::default()
        }
    }
}

impl NestedBlock {
    fn to_protocol(&self, name: &str) -> tfplugin6::schema::NestedBlock {
        use tfplugin6::schema::nested_block::NestingMode;
        let nesting = match self.nesting {
            Nesting::Single => NestingMode::Single,
            Nesting::Group => NestingMode::Group,
            Nesting::List => NestingMode::List,
            Nesting::Set => NestingMode::Set,
            Nesting::Map => NestingMode::Map,
        };
        tfplugin6::schema::NestedBlock {
            type_name: name.to_owned(),
            block: Some(self.block.to_protocol()),
            nesting: nesting.into(),
            min_items: self.min_items,
            max_items: self.max_items,
        }
    }
}

/// The types of the Terraform language (cty), without the pseudo-type `dynamic`, whose
/// values are encoded in another way.
fn check_type(ty: &Json) -> Result<()> {
    match ty {
        Json::String(name) if matches!(name.as_str(), "string" | "number" | "bool") => Ok(()),
        Json::Array(parts) => match parts.as_slice() {
            [Json::String(kind), inner] if matches!(kind.as_str(), "list" | "set" | "map") => {
                check_type(inner)
            }
            [Json::String(kind), Json::Object(members)] if kind == "object" => {
                members.values().try_for_each(check_type)
            }
            _ => bail!("{ty} is not a type that the mock serves"),
        },
        _ => bail!("{ty} is not a type that the mock serves"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_would_crash_terraform_is_refused() {
        let schema = |ty: &str| {
            ProviderData::parse(&format!(
                r#"{{"provider":"r/h/x","version":"1.0.0","provider_schema":{{"block":{{}}}},
                    "resource_schemas":{{"x_y":{{"block":{{"attributes":{{"a":{{"type":{ty}}}}}}}}}}}}}"#
            ))
        };
        assert!(schema(r#"["list",["object",{"a":"bool"}]]"#).is_ok());
        assert!(schema(r#""unknown""#).is_err());
        assert!(schema(r#"["list","dynamic"]"#).is_err());
    }
}
