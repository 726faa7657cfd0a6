//! A few of Azure's built-in definitions, with the parameters that an assignment must give.
//!
//! Source: Azure/azure-policy @f4a50ba, built-in-policies. Their rules are left out: nothing here
//! evaluates a policy, and a built-in's rule is the vendor's own.

use serde_json::{Value, json};

use super::super::id::is;

struct BuiltIn {
    name: &'static str,
    display_name: &'static str,
    effects: &'static [&'static str],
    parameters: &'static [(&'static str, &'static str)],
    /// The effect, if it is no parameter.
    fixed: &'static str,
}

const BUILT_INS: &[BuiltIn] = &[
    BuiltIn {
        name: "404c3081-a854-4457-ae30-26a93ef643f9",
        display_name: "Secure transfer to storage accounts should be enabled",
        effects: &["Audit", "Deny", "Disabled"],
        parameters: &[],
        fixed: "",
    },
    BuiltIn {
        name: "4fa4b6c0-31ca-4c0d-b10d-24b96f62a751",
        display_name: "Storage account public access should be disallowed",
        effects: &["Audit", "Deny", "Disabled"],
        parameters: &[],
        fixed: "",
    },
    BuiltIn {
        name: "e56962a6-4747-49cd-b67b-bf8b01975c4c",
        display_name: "Allowed locations",
        effects: &[],
        parameters: &[("listOfAllowedLocations", "Array")],
        fixed: "deny",
    },
    BuiltIn {
        name: "e765b5de-1225-4ba3-bd56-1ac6695af988",
        display_name: "Allowed locations for resource groups",
        effects: &[],
        parameters: &[("listOfAllowedLocations", "Array")],
        fixed: "deny",
    },
    BuiltIn {
        name: "871b6d14-10aa-478d-b590-94f262ecfa99",
        display_name: "Require a tag on resources",
        effects: &[],
        parameters: &[("tagName", "String")],
        fixed: "deny",
    },
    BuiltIn {
        name: "1e30110a-5ceb-460c-a204-c1c3969c6d62",
        display_name: "Require a tag and its value on resources",
        effects: &[],
        parameters: &[("tagName", "String"), ("tagValue", "String")],
        fixed: "deny",
    },
    BuiltIn {
        name: "4f9dc7db-30c1-420c-b61a-e1d640128d26",
        display_name: "Add a tag to resources",
        effects: &[],
        parameters: &[("tagName", "String"), ("tagValue", "String")],
        fixed: "modify",
    },
    BuiltIn {
        name: "cd3aa116-8754-49c9-a813-ad46512ece54",
        display_name: "Inherit a tag from the resource group",
        effects: &[],
        parameters: &[("tagName", "String")],
        fixed: "modify",
    },
];

/// Every built-in definition, in the shape of a stored one.
pub(crate) fn all() -> impl Iterator<Item = Value> {
    BUILT_INS.iter().map(show)
}

/// A built-in by its name.
pub(crate) fn find(name: &str) -> Option<Value> {
    BUILT_INS
        .iter()
        .find(|built_in| is(built_in.name, name))
        .map(show)
}

fn show(built_in: &BuiltIn) -> Value {
    let mut parameters = serde_json::Map::new();
    if !built_in.effects.is_empty() {
        parameters.insert(
            "effect".to_owned(),
            json!({"type": "String", "allowedValues": built_in.effects, "defaultValue": built_in.effects[0]}),
        );
    }
    for (name, kind) in built_in.parameters {
        parameters.insert((*name).to_owned(), json!({"type": kind}));
    }
    let effect = if built_in.fixed.is_empty() {
        "[parameters('effect')]"
    } else {
        built_in.fixed
    };
    json!({
        "properties": {
            "displayName": built_in.display_name,
            "policyType": "BuiltIn",
            "mode": "Indexed",
            "metadata": {"version": "1.0.0"},
            "parameters": parameters,
            "policyRule": {"if": {"field": "type", "exists": "true"}, "then": {"effect": effect}},
        },
        "id": format!("/providers/Microsoft.Authorization/policyDefinitions/{}", built_in.name),
        "type": "Microsoft.Authorization/policyDefinitions",
        "name": built_in.name,
    })
}
