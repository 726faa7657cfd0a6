//! Policy aliases: which `Microsoft.X/type/property` a rule may name as a field.
//!
//! The catalogue is `data/azure-policy-aliases.json.gz`, 9,002 aliases of the types that a data
//! platform uses, from maciejporebski/azure-policy-aliases @92a0371 (2026-08-22). For types that it
//! does not cover, only the form of a name is judged.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::OnceLock;

use serde_json::Value;

/// The catalogue's bytes.
const CATALOGUE: &[u8] = include_bytes!("../../../data/azure-policy-aliases.json.gz");

/// Namespaces of which the catalogue has every type, so that an unknown type is an error.
const COMPLETE: &[&str] = &[
    "microsoft.authorization",
    "microsoft.databricks",
    "microsoft.documentdb",
    "microsoft.eventhub",
    "microsoft.keyvault",
    "microsoft.kusto",
    "microsoft.managedidentity",
    "microsoft.purview",
    "microsoft.storage",
    "microsoft.streamanalytics",
];

struct Catalogue {
    aliases: BTreeSet<String>,
    types: BTreeSet<String>,
}

/// What the catalogue says of a name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The alias exists, or its type is outside the catalogue and its form is right.
    Fine,
    /// Its type is in the catalogue and has no such alias.
    Unknown,
    /// It is no alias at all.
    Malformed,
}

/// Judges a field that is neither a documented field nor a tag.
pub(crate) fn judge(name: &str) -> Verdict {
    let lower = name.to_lowercase();
    let Some((kind, property)) = lower.rsplit_once('/') else {
        return Verdict::Malformed;
    };
    // Old aliases stand directly below their provider, `Microsoft.Compute/imagePublisher`.
    let namespace = kind.split('/').next().unwrap_or_default();
    if !namespace.contains('.') || property.is_empty() || kind.split('/').any(str::is_empty) {
        return Verdict::Malformed;
    }
    let catalogue = catalogue();
    // A single [*] at the end names the array itself; the catalogue lists both forms.
    if catalogue.aliases.contains(&lower) {
        return Verdict::Fine;
    }
    if catalogue.types.contains(kind) || COMPLETE.contains(&namespace) {
        return Verdict::Unknown;
    }
    Verdict::Fine
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE_READ: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE_READ.get_or_init(|| {
        let mut text = String::new();
        let read = flate2::read::GzDecoder::new(CATALOGUE).read_to_string(&mut text);
        let document: Value = match read {
            Ok(_) => serde_json::from_str(&text).unwrap_or_default(),
            Err(_) => Value::Null,
        };
        let mut out = Catalogue {
            aliases: BTreeSet::new(),
            types: BTreeSet::new(),
        };
        for provider in array(&document["value"]) {
            let namespace = provider["namespace"].as_str().unwrap_or_default();
            for kind in array(&provider["resourceTypes"]) {
                let name = kind["resourceType"].as_str().unwrap_or_default();
                out.types
                    .insert(format!("{namespace}/{name}").to_lowercase());
                out.aliases.extend(
                    array(&kind["aliases"])
                        .filter_map(|alias| Some(alias["name"].as_str()?.to_lowercase())),
                );
            }
        }
        out
    })
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::{Verdict, catalogue, judge};

    #[test]
    fn the_catalogue_is_whole() {
        // 9,002 names, of which five differ from another one in case alone.
        assert_eq!(catalogue().aliases.len(), 8_997);
        assert_eq!(catalogue().types.len(), 265);
    }

    #[test]
    fn known_unknown_and_malformed_names() {
        assert_eq!(
            judge("Microsoft.Storage/storageAccounts/supportsHttpsTrafficOnly"),
            Verdict::Fine
        );
        assert_eq!(
            judge("microsoft.storage/STORAGEaccounts/minimumTlsVersion"),
            Verdict::Fine
        );
        assert_eq!(
            judge("Microsoft.Storage/storageAccounts/supportsHttpTrafficOnly"),
            Verdict::Unknown
        );
        assert_eq!(
            judge("Microsoft.Storage/blobServices/containers/publicAccess"),
            Verdict::Unknown
        );
        assert_eq!(
            judge("Microsoft.Compute/virtualMachines/sku.name"),
            Verdict::Fine
        );
        assert_eq!(judge("Microsoft.Compute/imagePublisher"), Verdict::Fine);
        assert_eq!(judge("Microsoft.Storage/sku"), Verdict::Unknown);
        assert_eq!(judge("colour"), Verdict::Malformed);
        assert_eq!(judge("Microsoft.Storage/"), Verdict::Malformed);
    }
}
