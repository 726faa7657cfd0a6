//! Typed form of the embedded provider schemas.
//!
//! In: the JSON of `data/provider-schemas/`. Out: [`ProviderSchema`], parsed at most once
//! a provider major and shared for the life of the process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;

use super::cty::Type;

/// A Terraform provider that meshc emits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provider {
    Aws,
    Azurerm,
    Google,
}

impl Provider {
    pub const ALL: &'static [Self] = &[Self::Aws, Self::Azurerm, Self::Google];

    /// The provider's local name, which is also the prefix of its resource types.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azurerm => "azurerm",
            Self::Google => "google",
        }
    }

    /// The `source` of a `required_providers` entry.
    pub fn source(self) -> &'static str {
        match self {
            Self::Aws => "hashicorp/aws",
            Self::Azurerm => "hashicorp/azurerm",
            Self::Google => "hashicorp/google",
        }
    }

    /// The provider that a resource type belongs to, by its prefix.
    pub fn of_resource(resource: &str) -> Option<Self> {
        let prefix = resource.split('_').next()?;
        Self::ALL
            .iter()
            .copied()
            .find(|provider| provider.name() == prefix)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One major version of a provider, trimmed to the types that a mesh emits.
#[derive(Debug, Clone, Deserialize)]
pub struct ProviderSchema {
    /// The exact version that the facts were taken from, such as `5.100.0`.
    pub version: String,
    /// Where they were taken from.
    pub source: String,
    #[serde(rename = "provider")]
    address: String,
    #[serde(rename = "provider_schema")]
    configuration: ResourceSchema,
    resource_schemas: BTreeMap<String, ResourceSchema>,
    data_source_schemas: BTreeMap<String, ResourceSchema>,
}

/// A resource type, data source or provider block.
#[derive(Debug, Clone, Deserialize)]
pub struct ResourceSchema {
    /// Version of the state's shape, not of the provider.
    #[serde(default)]
    pub version: u64,
    pub block: Block,
}

/// What may stand between a pair of braces.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Block {
    #[serde(default)]
    pub attributes: BTreeMap<String, Attribute>,
    #[serde(default, rename = "block_types")]
    pub blocks: BTreeMap<String, NestedBlock>,
}

/// One argument or exported value.
#[derive(Debug, Clone, Deserialize)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the flags are those of the provider schema's JSON form, each independent of the others"
)]
pub struct Attribute {
    #[serde(rename = "type")]
    pub ty: Type,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub optional: bool,
    #[serde(default)]
    pub computed: bool,
    #[serde(default)]
    pub sensitive: bool,
    #[serde(default)]
    pub write_only: bool,
    #[serde(default)]
    pub deprecated: bool,
}

impl Attribute {
    /// Whether a configuration may set it at all.
    pub fn is_settable(&self) -> bool {
        self.required || self.optional
    }
}

/// A block inside a block.
#[derive(Debug, Clone, Deserialize)]
pub struct NestedBlock {
    #[serde(rename = "nesting_mode")]
    pub nesting: Nesting,
    #[serde(default)]
    pub min_items: u64,
    /// Zero means no limit, as in the protocol.
    #[serde(default)]
    pub max_items: u64,
    pub block: Block,
}

impl NestedBlock {
    /// How often it may be written; `None` means without limit.
    pub fn limit(&self) -> Option<u64> {
        match self.nesting {
            Nesting::Single | Nesting::Group => Some(1),
            _ if self.max_items > 0 => Some(self.max_items),
            _ => None,
        }
    }
}

/// What several blocks of one name become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nesting {
    Single,
    Group,
    List,
    Set,
    Map,
}

impl ProviderSchema {
    /// The embedded schema of a provider's major, or `None` if meshc does not emit for it.
    pub fn get(provider: Provider, major: u64) -> Option<&'static Self> {
        static PARSED: [OnceLock<ProviderSchema>; EMBEDDED.len()] =
            [const { OnceLock::new() }; EMBEDDED.len()];
        let index = EMBEDDED
            .iter()
            .position(|embedded| embedded.provider == provider && embedded.major == major)?;
        Some(PARSED[index].get_or_init(|| {
            // INVARIANT: the text is part of the binary and `tests/it/schema_gate.rs` parses
            // every one of them, so this cannot fail for a user.
            serde_json::from_str(EMBEDDED[index].text).expect("an embedded provider schema parses")
        }))
    }

    /// The majors that are embedded for a provider, oldest first.
    pub fn majors(provider: Provider) -> impl Iterator<Item = u64> {
        EMBEDDED
            .iter()
            .filter(move |embedded| embedded.provider == provider)
            .map(|embedded| embedded.major)
    }

    /// The registry address, such as `registry.terraform.io/hashicorp/aws`.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn resource(&self, kind: &str) -> Option<&ResourceSchema> {
        self.resource_schemas.get(kind)
    }

    pub fn data_source(&self, kind: &str) -> Option<&ResourceSchema> {
        self.data_source_schemas.get(kind)
    }

    pub fn provider_block(&self) -> &Block {
        &self.configuration.block
    }

    /// Every embedded resource type, sorted.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &ResourceSchema)> {
        self.resource_schemas
            .iter()
            .map(|(name, schema)| (name.as_str(), schema))
    }

    /// Every embedded data source, sorted.
    pub fn data_sources(&self) -> impl Iterator<Item = (&str, &ResourceSchema)> {
        self.data_source_schemas
            .iter()
            .map(|(name, schema)| (name.as_str(), schema))
    }
}

struct Embedded {
    provider: Provider,
    major: u64,
    text: &'static str,
}

/// Provider majors are data: a further one is a file and a row here.
const EMBEDDED: [Embedded; 4] = [
    Embedded {
        provider: Provider::Aws,
        major: 5,
        text: include_str!("../../data/provider-schemas/aws-5.json"),
    },
    Embedded {
        provider: Provider::Aws,
        major: 6,
        text: include_str!("../../data/provider-schemas/aws-6.json"),
    },
    Embedded {
        provider: Provider::Azurerm,
        major: 4,
        text: include_str!("../../data/provider-schemas/azurerm-4.json"),
    },
    Embedded {
        provider: Provider::Google,
        major: 6,
        text: include_str!("../../data/provider-schemas/google-6.json"),
    },
];
