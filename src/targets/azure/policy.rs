//! Azure Policy above domains: a definition and an assignment per rule, at the management group.
//!
//! Definitions only audit unless told otherwise, so that assigning one by hand breaks nothing; our
//! own assignments say `deny`, because a guardrail is what nobody may do. Each rule looks at the
//! environment's own subscriptions only, whatever else lies below the management group, so that a
//! tighter environment never binds another one.
//!
//! Sources: Azure docs, "Azure Policy definition structure" (a rule tests the type first, then
//! missing and wrong together; mode `Indexed` for what has tags and a location, `All` for resource
//! groups; `deny` and `audit` take no details; an effect parameter stays in one family); the alias
//! names are those of the provider's alias catalogue of 2026-08-22.

use serde_json::{Map, Value, json};

use super::naming::Physical;
use crate::artifact::{Artifact, Document, OriginRef};
use crate::primitive::{CellSet, Guardrail, GuardrailRule, Primitive};
use crate::source::Span;
use crate::targets::terraform::{Part, Root};

/// One definition.
struct Rule {
    slug: &'static str,
    title: &'static str,
    description: &'static str,
    category: &'static str,
    mode: &'static str,
    /// What is tested after the type and the subscription.
    conditions: Vec<Value>,
    /// The locations that its assignment allows.
    locations: Option<Vec<String>>,
    message: String,
}

/// The definitions that a cell has, by slug, and the line that asks for each.
pub(super) fn slugs(cell: &CellSet) -> Vec<(&'static str, Span)> {
    guardrails(cell)
        .flat_map(|guardrail| {
            rules(guardrail, cell)
                .into_iter()
                .map(|rule| (rule.slug, guardrail.origin.span))
        })
        .collect()
}

/// Every definition and its assignment.
pub(super) fn documents(cell: &CellSet, physical: Physical<'_>) -> Vec<Artifact> {
    let root = Root::new(cell, Part::Above);
    let mut artifacts = Vec::new();
    for guardrail in guardrails(cell) {
        for rule in rules(guardrail, cell) {
            let (definition, assignment) = (
                physical.definition(rule.slug),
                physical.assignment(rule.slug),
            );
            let whole = |value, origin: &OriginRef| Document {
                value,
                origin: origin.clone(),
                parts: Vec::new(),
            };
            let value = definition_of(&rule, cell);
            artifacts.push(root.document(
                &format!("policies/{definition}.json"),
                whole(value, &guardrail.origin),
            ));
            let value = assignment_of(&rule, definition, cell);
            artifacts.push(root.document(
                &format!("policies/assign-{assignment}.json"),
                whole(value, &guardrail.origin),
            ));
        }
    }
    artifacts
}

fn guardrails(cell: &CellSet) -> impl Iterator<Item = &Guardrail> {
    cell.primitives
        .iter()
        .filter_map(|primitive| match primitive {
            Primitive::Guardrail(guardrail) => Some(guardrail),
            _ => None,
        })
}

/// A property that is missing or has none of these values.
fn missing_or_not(alias: &str, lawful: &[&str]) -> Value {
    let wrong = match lawful {
        [only] => json!({"field": alias, "notEquals": only}),
        many => json!({"field": alias, "notIn": many}),
    };
    json!({"anyOf": [{"field": alias, "exists": "false"}, wrong]})
}

fn account_alias(property: &str) -> String {
    format!("Microsoft.Storage/storageAccounts/{property}")
}

fn is_account() -> Value {
    json!({"field": "type", "equals": "Microsoft.Storage/storageAccounts"})
}

fn rules(guardrail: &Guardrail, cell: &CellSet) -> Vec<Rule> {
    match &guardrail.rule {
        GuardrailRule::Regions(regions) => location_rules(&locations(regions.iter(), cell)),
        GuardrailRule::Plaintext => vec![Rule {
            slug: "storage-tls",
            title: "Storage accounts take TLS 1.2 or newer only",
            description: "A storage account that takes plain HTTP, or TLS older than 1.2, is denied.",
            category: "Storage",
            mode: "Indexed",
            conditions: vec![
                is_account(),
                json!({"anyOf": [
                    missing_or_not(&account_alias("supportsHttpsTrafficOnly"), &["true"]),
                    missing_or_not(&account_alias("minimumTlsVersion"), &["TLS1_2", "TLS1_3"]),
                ]}),
            ],
            locations: None,
            message: "Storage is reached with TLS 1.2 or newer only.".to_owned(),
        }],
        GuardrailRule::PublicAccess => vec![
            Rule {
                slug: "storage-public",
                title: "Storage accounts are closed to the public",
                description: "A storage account that allows anonymous blobs, or whose endpoint is open to every network, is denied.",
                category: "Storage",
                mode: "Indexed",
                conditions: vec![
                    is_account(),
                    json!({"anyOf": [
                        missing_or_not(&account_alias("allowBlobPublicAccess"), &["false"]),
                        {"allOf": [
                            missing_or_not(&account_alias("publicNetworkAccess"), &["Disabled"]),
                            missing_or_not(&account_alias("networkAcls.defaultAction"), &["Deny"]),
                        ]},
                    ]}),
                ],
                locations: None,
                message: "Nothing is open to the public.".to_owned(),
            },
            Rule {
                slug: "storage-shared-key",
                title: "Storage accounts take no shared keys",
                description: "A storage account that takes shared keys is denied: whoever holds one passes by every role and condition.",
                category: "Storage",
                mode: "Indexed",
                conditions: vec![
                    is_account(),
                    missing_or_not(&account_alias("allowSharedKeyAccess"), &["false"]),
                ],
                locations: None,
                message: "Storage is reached through roles, never with a shared key.".to_owned(),
            },
        ],
    }
}

fn location_rules(allowed: &[String]) -> Vec<Rule> {
    let outside = json!({"field": "location", "notIn": "[parameters('locations')]"});
    let message = format!("Data stays in {}.", allowed.join(", "));
    vec![
        Rule {
            slug: "locations",
            title: "Resources lie in the allowed locations",
            description: "A resource outside the allowed locations is denied; global resources have no location.",
            category: "General",
            mode: "Indexed",
            conditions: vec![
                outside.clone(),
                json!({"field": "location", "notEquals": "global"}),
                // As in the built-in definition "Allowed locations": a directory's location is a country.
                json!({"field": "type", "notEquals": "Microsoft.AzureActiveDirectory/b2cDirectories"}),
            ],
            locations: Some(allowed.to_vec()),
            message: message.clone(),
        },
        Rule {
            slug: "group-locations",
            title: "Resource groups lie in the allowed locations",
            description: "A resource group outside the allowed locations is denied.",
            category: "General",
            mode: "All",
            conditions: vec![
                json!({"field": "type", "equals": "Microsoft.Resources/subscriptions/resourceGroups"}),
                outside,
            ],
            locations: Some(allowed.to_vec()),
            message,
        },
    ]
}

/// The allowed regions that are Azure's: those without a hyphen, which every region of the other
/// clouds has but for Google's multi-regions.
fn locations<'r>(regions: impl Iterator<Item = &'r String>, cell: &CellSet) -> Vec<String> {
    let google = [
        "asia", "eu", "us", "asia1", "eur4", "eur5", "eur7", "eur8", "nam4",
    ];
    let own = cell.region.iter().map(|region| region.value.clone());
    let mut all: Vec<String> = regions
        .filter(|region| !region.contains('-') && !google.contains(&region.as_str()))
        .cloned()
        .collect();
    if all.is_empty() {
        all.extend(own);
    }
    all
}

fn parameters_of(rule: &Rule) -> Value {
    let mut parameters = Map::new();
    parameters.insert("effect".to_owned(), json!({
        "type": "String",
        "metadata": {"displayName": "Effect", "description": "Audit first where there may be violations, then deny."},
        "allowedValues": ["audit", "deny", "disabled"],
        "defaultValue": "audit",
    }));
    parameters.insert("subscriptions".to_owned(), json!({
        "type": "Array",
        "metadata": {"displayName": "Subscriptions", "description": "The ids of the subscriptions that the rule is for."},
    }));
    if rule.locations.is_some() {
        parameters.insert("locations".to_owned(), json!({
            "type": "Array",
            "metadata": {"displayName": "Allowed locations", "description": "Where resources may lie.", "strongType": "location"},
        }));
    }
    Value::Object(parameters)
}

fn definition_of(rule: &Rule, cell: &CellSet) -> Value {
    let own =
        json!({"value": "[subscription().subscriptionId]", "in": "[parameters('subscriptions')]"});
    // The type comes first where it is tested: that is what makes evaluation cheap.
    let mut all = rule.conditions.clone();
    all.insert(all.len().min(1), own);
    json!({
        "properties": {
            "displayName": format!("{} ({} {})", rule.title, cell.mesh.name, cell.id.env),
            "description": rule.description,
            "policyType": "Custom",
            "mode": rule.mode,
            "metadata": {"version": "1.0.0", "category": rule.category, "meshc": cell.mesh.name.as_str()},
            "parameters": parameters_of(rule),
            "policyRule": {
                "if": {"allOf": all},
                "then": {"effect": "[parameters('effect')]"},
            },
        },
    })
}

fn assignment_of(rule: &Rule, definition: &str, cell: &CellSet) -> Value {
    let group = cell.cloud.text("management-group").unwrap_or_default();
    let above = format!("/providers/Microsoft.Management/managementGroups/{group}");
    let subscriptions: std::collections::BTreeSet<&str> = cell
        .siblings
        .iter()
        .filter_map(|(_, settings)| settings.text("subscription"))
        .collect();
    let mut parameters = Map::new();
    parameters.insert("effect".to_owned(), json!({"value": "deny"}));
    parameters.insert("subscriptions".to_owned(), json!({"value": subscriptions}));
    if let Some(locations) = &rule.locations {
        parameters.insert("locations".to_owned(), json!({"value": locations}));
    }
    json!({
        "properties": {
            "displayName": format!("{} ({} {})", rule.title, cell.mesh.name, cell.id.env),
            "description": rule.description,
            "policyDefinitionId": format!("{above}/providers/Microsoft.Authorization/policyDefinitions/{definition}"),
            "enforcementMode": "Default",
            "parameters": parameters,
            "nonComplianceMessages": [{"message": rule.message}],
            "metadata": {"meshc": cell.mesh.name.as_str()},
        },
    })
}
