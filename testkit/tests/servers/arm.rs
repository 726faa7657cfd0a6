//! Every kind of request that the loopback Azure Resource Manager refuses, driven over HTTPS: the
//! corrupted request is refused as its row says and changes nothing, the valid one is accepted.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::arm::{Arm, ArmRefusal as Kind, ArmServer};

use super::request::{Call, cut, long, set};

/// What is there before the request, the valid request and the corrupted one.
struct Case {
    before: Vec<Call>,
    outside: Box<dyn Fn(&mut Arm)>,
    good: Call,
    bad: Call,
    /// Whether the client carries the token by itself.
    signed_in: bool,
}

impl Case {
    fn new(good: Call, bad: Call) -> Self {
        Self {
            before: Vec::new(),
            outside: Box::new(|_| ()),
            good,
            bad,
            signed_in: true,
        }
    }

    /// The same write with a corrupted body.
    fn body(good: Call, bad: &Value) -> Self {
        let bad = good.clone().json(bad);
        Self::new(good, bad)
    }

    fn after(mut self, before: impl IntoIterator<Item = Call>) -> Self {
        self.before.extend(before);
        self
    }

    fn outside(mut self, work: impl Fn(&mut Arm) + 'static) -> Self {
        self.outside = Box::new(work);
        self
    }
}

const SUB: &str = "/subscriptions/00000000-0000-0000-0000-000000000001";
const OTHER: &str = "/subscriptions/00000000-0000-0000-0000-000000000002";
const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/mesh";
const MG: &str = "/providers/Microsoft.Management/managementGroups/acme";
const AUTH: &str = "providers/Microsoft.Authorization";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const ROLE: &str = "11111111-2222-4333-8444-000000000001";
const GRANT: &str = "11111111-2222-4333-8444-000000000002";
const SALES: &str = "11111111-2222-4333-8444-000000000003";

fn policy_version(kind: &str) -> &'static str {
    if kind == "policyExemptions" {
        "2022-07-01-preview"
    } else {
        "2025-11-01"
    }
}

fn at(scope: &str, kind: &str, name: &str) -> String {
    format!(
        "{scope}/{AUTH}/{kind}/{name}?api-version={}",
        policy_version(kind)
    )
}

fn definition() -> Value {
    json!({"properties": {
        "displayName": "TLS only", "description": "Storage takes HTTPS only", "mode": "Indexed",
        "metadata": {"category": "mesh"},
        "parameters": {"effect": {"type": "String", "allowedValues": ["audit", "deny", "disabled"], "defaultValue": "deny"}},
        "policyRule": {
            "if": {"allOf": [
                {"field": "type", "equals": "Microsoft.Storage/storageAccounts"},
                {"field": "Microsoft.Storage/storageAccounts/supportsHttpsTrafficOnly", "notEquals": "true"},
            ]},
            "then": {"effect": "[parameters('effect')]"},
        },
    }})
}

/// A definition whose effect needs details.
fn acting(effect: &str, details: &Value) -> Value {
    json!({"properties": {
        "mode": "Indexed",
        "policyRule": {"if": {"field": "tags['owner']", "exists": "false"}, "then": {"effect": effect, "details": details}},
    }})
}

fn modify() -> Value {
    acting(
        "modify",
        &json!({
            "roleDefinitionIds": ["/providers/Microsoft.Authorization/roleDefinitions/4a9ae827-6dc8-4573-8ac7-8239d42aa03f"],
            "operations": [{"operation": "addOrReplace", "field": "tags['owner']", "value": "sales"}],
        }),
    )
}

fn deploy() -> Value {
    acting(
        "deployIfNotExists",
        &json!({
            "type": "Microsoft.Insights/diagnosticSettings",
            "roleDefinitionIds": ["/providers/Microsoft.Authorization/roleDefinitions/749f88d5-cbae-40b8-bcfc-e573ddc772fa"],
            "deployment": {"properties": {"mode": "incremental", "template": {"resources": [], "parameters": {"x": {"type": "string"}}, "outputs": {"y": {"value": "[parameters('x')]"}}}}},
        }),
    )
}

fn put_definition(body: &Value) -> Call {
    Call::new("PUT", at(SUB, "policyDefinitions", "tls")).json(body)
}

fn definition_case(bad: &Value) -> Case {
    Case::body(put_definition(&definition()), bad)
}

/// A definition with another condition.
fn condition(condition: Value) -> Case {
    definition_case(&set(definition(), "/properties/policyRule/if", condition))
}

fn then(good: &Value, bad: &Value) -> Case {
    Case::body(put_definition(good), bad)
}

fn initiative() -> Value {
    json!({"properties": {
        "displayName": "Baseline",
        "parameters": {"tls": {"type": "String", "defaultValue": "audit"}},
        "policyDefinitionGroups": [{"name": "encryption"}],
        "policyDefinitions": [{
            "policyDefinitionId": format!("{SUB}/{AUTH}/policyDefinitions/tls"),
            "policyDefinitionReferenceId": "tls",
            "groupNames": ["encryption"],
            "parameters": {"effect": {"value": "[parameters('tls')]"}},
        }],
    }})
}

fn put_initiative(body: &Value) -> Call {
    Call::new("PUT", at(SUB, "policySetDefinitions", "base")).json(body)
}

fn initiative_case(bad: &Value) -> Case {
    Case::body(put_initiative(&initiative()), bad).after([put_definition(&definition())])
}

fn assignment() -> Value {
    json!({"properties": {
        "policyDefinitionId": format!("{SUB}/{AUTH}/policyDefinitions/tls"),
        "parameters": {"effect": {"value": "audit"}},
    }})
}

fn put_assignment(body: &Value) -> Call {
    Call::new("PUT", at(SUB, "policyAssignments", "tls")).json(body)
}

fn assignment_case(bad: &Value) -> Case {
    Case::body(put_assignment(&assignment()), bad).after([put_definition(&definition())])
}

fn role() -> Value {
    json!({"properties": {
        "roleName": "mesh reader", "description": "Reads", "type": "CustomRole", "assignableScopes": [SUB],
        "permissions": [{"actions": ["Microsoft.Storage/storageAccounts/read"], "dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]}],
    }})
}

fn role_at(scope: &str, name: &str) -> String {
    format!("{scope}/{AUTH}/roleDefinitions/{name}?api-version=2022-04-01")
}

fn put_role(body: &Value) -> Call {
    Call::new("PUT", role_at(SUB, ROLE)).json(body)
}

fn role_case(bad: &Value) -> Case {
    Case::body(put_role(&role()), bad)
}

fn grant() -> Value {
    json!({"properties": {
        "roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{READER}"),
        "principalId": SALES, "principalType": "Group",
        "condition": "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'raw'",
        "conditionVersion": "2.0",
    }})
}

fn grant_at(scope: &str, name: &str) -> String {
    format!("{scope}/{AUTH}/roleAssignments/{name}?api-version=2022-04-01")
}

fn put_grant(body: &Value) -> Call {
    Call::new("PUT", grant_at(SUB, GRANT)).json(body)
}

fn grant_case(bad: &Value) -> Case {
    Case::body(put_grant(&grant()), bad)
}

/// A grant with another condition.
fn abac(text: &str) -> Case {
    grant_case(&set(grant(), "/properties/condition", json!(text)))
}

fn group() -> Value {
    json!({"location": "West Europe", "tags": {"owner": "sales"}})
}

fn put_group(body: &Value) -> Call {
    Call::new("PUT", format!("{GROUP}?api-version=2024-11-01")).json(body)
}

fn group_case(bad: &Value) -> Case {
    Case::body(put_group(&group()), bad)
}

fn resource_at(rest: &str) -> String {
    let version = if rest.starts_with("Microsoft.Storage") {
        "2025-01-01"
    } else {
        "2024-01-01"
    };
    format!("{GROUP}/providers/{rest}?api-version={version}")
}

fn account() -> Value {
    json!({"location": "westeurope", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2", "properties": {"isHnsEnabled": true}})
}

const ACCOUNT: &str = "Microsoft.Storage/storageAccounts/acmesales";

fn put_account(body: &Value) -> Call {
    Call::new("PUT", resource_at(ACCOUNT)).json(body)
}

fn account_case(bad: &Value) -> Case {
    Case::body(put_account(&account()), bad).after([put_group(&group())])
}

fn put_container(name: &str, body: &Value) -> Call {
    Call::new(
        "PUT",
        resource_at(&format!("{ACCOUNT}/blobServices/default/containers/{name}")),
    )
    .json(body)
}

fn hub_namespace() -> Call {
    Call::new(
        "PUT",
        resource_at("Microsoft.EventHub/namespaces/acme-sales"),
    )
    .json(&json!({"location": "westeurope"}))
}

/// Copies of a stored object under many names, to reach a quota.
fn fill(arm: &mut Arm, id: &str, count: usize, kind: &str, scope: &str) {
    for number in 0..count {
        let path = id.replace("{}", &format!("{number:08}"));
        arm.put(&path, json!({"id": path, "type": kind, "properties": {"scope": scope, "principalId": "", "roleDefinitionId": ""}}));
    }
}

#[allow(clippy::too_many_lines, reason = "one arm per row of the table")]
fn case(kind: Kind) -> Case {
    let read = |target: String| Call::new("GET", target);
    let group_read = read(format!("{GROUP}?api-version=2024-11-01"));
    let condition_with = |member: &str, value: Value| {
        condition(
            json!({"allOf": [{"field": "type", "equals": "a"}, {"field": "location", member: value}]}),
        )
    };
    match kind {
        Kind::TokenMissing | Kind::TokenUnknown => {
            let good = group_read.clone().header("Authorization", &format!("Bearer {}", ArmServer::token()));
            let bad = if kind == Kind::TokenMissing { group_read } else { group_read.header("Authorization", "Bearer stolen") };
            Case { signed_in: false, ..Case::new(good, bad) }.outside(|arm| arm.put(GROUP, json!({"location": "westeurope"})))
        }
        Kind::ApiVersionMissing => Case::new(group_read, read(GROUP.to_owned())).after([put_group(&group())]),
        Kind::ApiVersionMalformed => Case::new(group_read, read(format!("{GROUP}?api-version=newest"))).after([put_group(&group())]),
        Kind::ApiVersionUnsupported => Case::new(
            read(format!("{SUB}/{AUTH}/policyDefinitions?api-version=2023-04-01")),
            read(format!("{SUB}/{AUTH}/policyDefinitions?api-version=2023-04-02")),
        ),
        Kind::NamespaceUnknown => Case::new(
            read(format!("{SUB}/providers/Microsoft.Storage/storageAccounts?api-version=2025-01-01")),
            read(format!("{SUB}/providers/Microsoft.Strorage/storageAccounts?api-version=2025-01-01")),
        ),
        Kind::TypeUnknown => Case::new(
            read(format!("{SUB}/providers/Microsoft.Storage/storageAccounts?api-version=2025-01-01")),
            read(format!("{SUB}/providers/Microsoft.Storage/accounts?api-version=2025-01-01")),
        ),
        Kind::SubscriptionUnknown => Case::new(put_definition(&definition()), Call::new("PUT", at(OTHER, "policyDefinitions", "tls")).json(&definition())),
        Kind::GroupUnknown => Case::new(group_read, read(format!("{GROUP}x?api-version=2024-11-01"))).after([put_group(&group())]),
        Kind::ManagementGroupUnknown => Case::new(
            Call::new("PUT", at(MG, "policyDefinitions", "tls")).json(&definition()),
            Call::new("PUT", at(&MG.replace("acme", "amce"), "policyDefinitions", "tls")).json(&definition()),
        ),
        Kind::PathMalformed => Case::new(group_read, read("/tennants/x?api-version=2024-11-01".to_owned())).after([put_group(&group())]),
        Kind::MethodUnsupported => Case::new(put_definition(&definition()), Call::new("PATCH", at(SUB, "policyDefinitions", "tls")).json(&definition())),
        Kind::JsonMalformed => Case::new(put_definition(&definition()), put_definition(&definition()).text("{\"properties\": ")),
        Kind::MediaTypeWrong => Case::new(put_definition(&definition()), put_definition(&definition()).content_type("text/plain")),
        Kind::ResourceUnknown => Case::new(read(resource_at(ACCOUNT)), read(resource_at(&ACCOUNT.replace("sales", "lost"))))
            .after([put_group(&group()), put_account(&account())]),
        Kind::ParentUnknown => Case::new(
            put_container("raw", &json!({"properties": {}})),
            Call::new("PUT", resource_at("Microsoft.Storage/storageAccounts/acmelost/blobServices/default/containers/raw")).json(&json!({"properties": {}})),
        )
        .after([put_group(&group()), put_account(&account())]),
        Kind::EtagStale => Case::new(
            put_account(&account()).header("If-Match", "*"),
            put_account(&account()).header("If-Match", "\"0\""),
        )
        .after([put_group(&group()), put_account(&account())]),

        Kind::GroupName => Case::new(put_group(&group()), Call::new("PUT", format!("{GROUP}.?api-version=2024-11-01")).json(&group())),
        Kind::LocationMissing => group_case(&cut(group(), "/location")),
        Kind::LocationUnknown => group_case(&set(group(), "/location", json!("atlantis"))),
        Kind::GroupMoved => group_case(&set(group(), "/location", json!("northeurope"))).after([put_group(&group())]),
        Kind::ResourceMoved => account_case(&set(account(), "/location", json!("northeurope"))).after([put_account(&account())]),
        Kind::TagName => group_case(&set(group(), "/tags", json!({"cost/center": "1"}))),
        Kind::TagLength => group_case(&set(group(), "/tags/owner", long(257))),
        Kind::TagCount => {
            let tags: BTreeMap<String, &str> = (0..51).map(|number| (format!("tag{number}"), "x")).collect();
            group_case(&set(group(), "/tags", json!(tags)))
        }
        Kind::StorageName => Case::new(
            put_account(&account()),
            Call::new("PUT", resource_at("Microsoft.Storage/storageAccounts/Acme_Sales")).json(&account()),
        )
        .after([put_group(&group())]),
        Kind::StorageTaken => {
            let twin = format!("{GROUP}2");
            let target = format!("{twin}/providers/{ACCOUNT}?api-version=2025-01-01");
            Case::new(put_account(&account()), Call::new("PUT", target).json(&account())).after([
                put_group(&group()),
                Call::new("PUT", format!("{twin}?api-version=2024-11-01")).json(&group()),
                put_account(&account()),
            ])
        }
        Kind::StorageSku => account_case(&set(account(), "/sku/name", json!("Gold_LRS"))),
        Kind::StorageHnsChanged => account_case(&set(account(), "/properties/isHnsEnabled", json!(false))).after([put_account(&account())]),
        Kind::ContainerName => Case::new(put_container("raw-1", &json!({})), put_container("raw--1", &json!({})))
            .after([put_group(&group()), put_account(&account())]),
        Kind::ContainerPublic => Case::new(put_container("raw", &json!({})), put_container("raw", &json!({"properties": {"publicAccess": "Blob"}})))
            .after([put_group(&group()), put_account(&account())]),
        Kind::EventHubNamespaceName => Case::new(
            hub_namespace(),
            Call::new("PUT", resource_at("Microsoft.EventHub/namespaces/1acme")).json(&json!({"location": "westeurope"})),
        )
        .after([put_group(&group())]),
        Kind::EventHubPartitions => {
            let hub = Call::new("PUT", resource_at("Microsoft.EventHub/namespaces/acme-sales/eventhubs/orders"));
            let bad = hub.clone().json(&json!({"properties": {"partitionCount": 33}}));
            Case::new(hub.json(&json!({"properties": {"partitionCount": 4}})), bad).after([put_group(&group()), hub_namespace()])
        }

        Kind::PolicyName => Case::new(put_definition(&definition()), Call::new("PUT", at(SUB, "policyDefinitions", "tls.v1")).json(&definition())),
        Kind::PolicyDisplayName => definition_case(&set(definition(), "/properties/displayName", long(129))),
        Kind::PolicyDescription => definition_case(&set(definition(), "/properties/description", long(513))),
        Kind::PolicyMetadata => definition_case(&set(definition(), "/properties/metadata/category", long(1_025))),
        Kind::PolicyBodySize => definition_case(&set(definition(), "/properties/policyRule/if/allOf/0/equals", long(1_048_577))),
        Kind::PolicyProperty => definition_case(&set(definition(), "/properties/colour", json!("red"))),
        Kind::PolicyRuleMissing => definition_case(&cut(definition(), "/properties/policyRule")),
        Kind::PolicyTypeReadOnly => definition_case(&set(definition(), "/properties/policyType", json!("BuiltIn"))),
        Kind::PolicyMode => definition_case(&set(definition(), "/properties/mode", json!("Foo"))),
        Kind::PolicyQuota => {
            let at_group = Call::new("PUT", at(MG, "policyDefinitions", "tls")).json(&definition());
            Case::new(at_group, put_definition(&definition())).outside(|arm| {
                fill(arm, &format!("{SUB}/{AUTH}/policyDefinitions/p{{}}"), 500, "Microsoft.Authorization/policyDefinitions", SUB);
            })
        }
        Kind::PolicyUnknown => Case::new(read(at(SUB, "policyDefinitions", "tls")), read(at(SUB, "policyDefinitions", "tsl")))
            .after([put_definition(&definition())]),
        Kind::PolicyInUse => Case::new(
            Call::new("DELETE", at(SUB, "policyDefinitions", "free")),
            Call::new("DELETE", at(SUB, "policyDefinitions", "tls")),
        )
        .after([
            put_definition(&definition()),
            Call::new("PUT", at(SUB, "policyDefinitions", "free")).json(&definition()),
            put_assignment(&assignment()),
        ]),

        Kind::ParameterShape => definition_case(&set(definition(), "/properties/parameters/effect/value", json!("deny"))),
        Kind::ParameterType => definition_case(&set(definition(), "/properties/parameters/effect/type", json!("text"))),
        Kind::ParameterCount => {
            let many: BTreeMap<String, Value> = (0..21).map(|number| (format!("p{number}"), json!({"type": "String"}))).collect();
            definition_case(&set(definition(), "/properties/parameters", json!(many)))
        }
        Kind::ParameterDefault => definition_case(&set(definition(), "/properties/parameters/effect/defaultValue", json!("modify"))),
        Kind::ParameterUnused => definition_case(&set(definition(), "/properties/policyRule/then/effect", json!("deny"))),
        Kind::ParameterUndeclared => definition_case(&cut(definition(), "/properties/parameters")),
        Kind::ParameterRemoved => {
            let bare = set(cut(definition(), "/properties/parameters"), "/properties/policyRule/then/effect", json!("deny"));
            definition_case(&bare).after([put_definition(&definition())])
        }
        Kind::ParameterAdded => {
            let added = set(definition(), "/properties/parameters/kind", json!({"type": "String"}));
            let added = set(added, "/properties/policyRule/if/allOf/0/equals", json!("[parameters('kind')]"));
            definition_case(&added).after([put_definition(&definition())])
        }

        Kind::RuleMember => definition_case(&set(definition(), "/properties/policyRule", json!({"nonsense": 1}))),
        Kind::RuleCondition => condition(json!({"field": "type", "value": "x", "equals": "y"})),
        Kind::RuleOperator => condition_with("equalz", json!("westeurope")),
        Kind::RuleOperand => condition_with("in", json!("westeurope")),
        Kind::RuleWildcards => condition_with("like", json!("*west*")),
        Kind::RuleField => condition(json!({"field": "colour", "equals": "red"})),
        Kind::RuleAlias => condition(json!({"field": "Microsoft.Storage/storageAccounts/supportsHttpTrafficOnly", "equals": "true"})),
        Kind::RuleCount => condition(json!({"count": {"field": "Microsoft.Storage/storageAccounts/networkAcls.ipRules[*]", "value": []}, "greater": 0})),
        Kind::RuleNesting => condition(json!({"anyOf": vec![json!({"field": "location", "equals": "x"}); 512]})),
        Kind::RuleExpression => condition_with("equals", json!("[concat('a']")),
        Kind::RuleFunction => condition_with("equals", json!("[resourceId('a')]")),
        Kind::EffectMissing => definition_case(&cut(definition(), "/properties/policyRule/then/effect")),
        Kind::EffectUnknown => definition_case(&set(definition(), "/properties/parameters/effect/allowedValues", json!(["deny", "forbid"]))),
        Kind::DetailsMissing => then(&modify(), &cut(modify(), "/properties/policyRule/then/details")),
        Kind::DetailsMember => then(&modify(), &set(modify(), "/properties/policyRule/then/details/colour", json!("red"))),
        Kind::DetailsRoles => then(&modify(), &cut(modify(), "/properties/policyRule/then/details/roleDefinitionIds")),
        Kind::DetailsOperation => then(&modify(), &set(modify(), "/properties/policyRule/then/details/operations/0/operation", json!("merge"))),
        Kind::DetailsDeployment => then(&deploy(), &cut(deploy(), "/properties/policyRule/then/details/deployment/properties/template")),
        Kind::DetailsType => then(&deploy(), &cut(deploy(), "/properties/policyRule/then/details/type")),

        Kind::SetEmpty => initiative_case(&set(initiative(), "/properties/policyDefinitions", json!([]))),
        Kind::SetReference => {
            let one = initiative()["properties"]["policyDefinitions"][0].clone();
            initiative_case(&set(initiative(), "/properties/policyDefinitions", json!([one, one])))
        }
        Kind::SetCount => {
            let one = initiative()["properties"]["policyDefinitions"][0].clone();
            initiative_case(&set(initiative(), "/properties/policyDefinitions", json!(vec![one; 1_001])))
        }
        Kind::SetGroup => initiative_case(&set(initiative(), "/properties/policyDefinitions/0/groupNames", json!(["network"]))),
        Kind::SetScope => {
            let target = at(MG, "policySetDefinitions", "base");
            Case::new(put_initiative(&initiative()), Call::new("PUT", target).json(&initiative())).after([put_definition(&definition())])
        }
        Kind::SetUnknown => Case::new(read(at(SUB, "policySetDefinitions", "base")), read(at(SUB, "policySetDefinitions", "bass")))
            .after([put_definition(&definition()), put_initiative(&initiative())]),
        Kind::SetInUse => Case::new(
            Call::new("DELETE", at(SUB, "policySetDefinitions", "free")),
            Call::new("DELETE", at(SUB, "policySetDefinitions", "base")),
        )
        .after([
            put_definition(&definition()),
            put_initiative(&initiative()),
            Call::new("PUT", at(SUB, "policySetDefinitions", "free")).json(&initiative()),
            put_assignment(&json!({"properties": {"policyDefinitionId": format!("{SUB}/{AUTH}/policySetDefinitions/base")}})),
        ]),

        Kind::AssignmentName => {
            let body = json!({"properties": {"policyDefinitionId": format!("{MG}/{AUTH}/policyDefinitions/tls")}});
            Case::new(
                Call::new("PUT", at(MG, "policyAssignments", &"a".repeat(24))).json(&body),
                Call::new("PUT", at(MG, "policyAssignments", &"a".repeat(25))).json(&body),
            )
            .after([Call::new("PUT", at(MG, "policyDefinitions", "tls")).json(&definition())])
        }
        Kind::AssignmentTarget => assignment_case(&cut(assignment(), "/properties/policyDefinitionId")),
        Kind::AssignmentScope => {
            let target = at(MG, "policyAssignments", "tls");
            Case::new(put_assignment(&assignment()), Call::new("PUT", target).json(&assignment())).after([put_definition(&definition())])
        }
        Kind::AssignmentParameterUndefined => assignment_case(&set(assignment(), "/properties/parameters/colour", json!({"value": "red"}))),
        Kind::AssignmentParameterMissing => {
            let built_in = |parameters: Value| json!({"properties": {
                "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c",
                "parameters": parameters,
            }});
            Case::body(put_assignment(&built_in(json!({"listOfAllowedLocations": {"value": ["westeurope"]}}))), &built_in(json!({})))
        }
        Kind::AssignmentParameterValue => assignment_case(&set(assignment(), "/properties/parameters/effect/value", json!("Audit"))),
        Kind::AssignmentEnforcement => assignment_case(&set(assignment(), "/properties/enforcementMode", json!("Sometimes"))),
        Kind::AssignmentIdentity => {
            let body = set(cut(assignment(), "/properties/parameters"), "/identity", json!({"type": "SystemAssigned"}));
            let body = set(body, "/location", json!("westeurope"));
            Case::body(put_assignment(&body), &cut(body.clone(), "/identity")).after([put_definition(&modify())])
        }
        Kind::AssignmentLocation => {
            let body = set(assignment(), "/identity", json!({"type": "SystemAssigned"}));
            Case::body(put_assignment(&set(body.clone(), "/location", json!("westeurope"))), &body).after([put_definition(&definition())])
        }
        Kind::AssignmentNotScopes => assignment_case(&set(assignment(), "/properties/notScopes", json!([OTHER]))),
        Kind::AssignmentQuota => {
            let elsewhere = Call::new("PUT", at(GROUP, "policyAssignments", "tls")).json(&assignment());
            Case::new(elsewhere, put_assignment(&assignment())).after([put_group(&group()), put_definition(&definition())]).outside(|arm| {
                fill(arm, &format!("{SUB}/{AUTH}/policyAssignments/p{{}}"), 200, "Microsoft.Authorization/policyAssignments", SUB);
            })
        }
        Kind::AssignmentUnknown => Case::new(read(at(SUB, "policyAssignments", "tls")), read(at(SUB, "policyAssignments", "tsl")))
            .after([put_definition(&definition()), put_assignment(&assignment())]),
        Kind::AssignmentRetargeted => {
            let other = set(assignment(), "/properties/policyDefinitionId", json!(format!("{SUB}/{AUTH}/policyDefinitions/other")));
            assignment_case(&other).after([
                Call::new("PUT", at(SUB, "policyDefinitions", "other")).json(&definition()),
                put_assignment(&assignment()),
            ])
        }
        Kind::ExemptionShape => {
            let body = json!({"properties": {"policyAssignmentId": format!("{SUB}/{AUTH}/policyAssignments/tls"), "exemptionCategory": "Waiver"}});
            let put = Call::new("PUT", at(SUB, "policyExemptions", "sales")).json(&body);
            Case::body(put, &set(body, "/properties/exemptionCategory", json!("Favour")))
                .after([put_definition(&definition()), put_assignment(&assignment())])
        }

        Kind::RoleId => Case::new(put_role(&role()), Call::new("PUT", role_at(SUB, "mesh-reader")).json(&role())),
        Kind::RoleName => role_case(&set(role(), "/properties/roleName", json!(""))),
        Kind::RoleNameLength => role_case(&set(role(), "/properties/roleName", long(513))),
        Kind::RoleDescription => role_case(&set(role(), "/properties/description", long(2_049))),
        Kind::RoleNameTaken => {
            let twin = Call::new("PUT", role_at(SUB, GRANT)).json(&role());
            Case::new(put_role(&role()), twin).after([put_role(&role())])
        }
        Kind::RoleBuiltIn => Case::new(put_role(&role()), Call::new("PUT", role_at(SUB, READER)).json(&role())),
        Kind::RoleType => role_case(&set(role(), "/properties/type", json!("BuiltInRole"))),
        Kind::RoleScopesMissing => role_case(&set(role(), "/properties/assignableScopes", json!([]))),
        Kind::RoleScopeInvalid => role_case(&set(role(), "/properties/assignableScopes", json!(["/"]))),
        Kind::RoleScopeGroups => role_case(&set(role(), "/properties/assignableScopes", json!([SUB, MG, MG.replace("acme", "other")]))),
        Kind::RoleScopeForeign => role_case(&set(role(), "/properties/assignableScopes", json!([OTHER]))),
        Kind::RolePermissionsMissing => role_case(&cut(role(), "/properties/permissions")),
        Kind::RoleAction => role_case(&set(role(), "/properties/permissions/0/actions", json!(["Microsoft.Storage/storageAccounts/fetch"]))),
        Kind::RoleActionProvider => role_case(&set(role(), "/properties/permissions/0/actions", json!(["Microsoft.Strorage/storageAccounts/read"]))),
        Kind::RoleActionWildcards => role_case(&set(role(), "/properties/permissions/0/actions", json!(["Microsoft.Storage/*/blobs/*"]))),
        Kind::RoleDataAction => role_case(&set(role(), "/properties/permissions/0/dataActions", json!(["Microsoft.Storage/storageAccounts/read"]))),
        Kind::RoleUnknown => Case::new(read(role_at(SUB, ROLE)), read(role_at(SUB, GRANT))).after([put_role(&role())]),
        Kind::RoleInUse => {
            let body = set(grant(), "/properties/roleDefinitionId", json!(format!("{SUB}/{AUTH}/roleDefinitions/{ROLE}")));
            let free = "11111111-2222-4333-8444-000000000009";
            Case::new(Call::new("DELETE", role_at(SUB, free)), Call::new("DELETE", role_at(SUB, ROLE))).after([
                put_role(&role()),
                Call::new("PUT", role_at(SUB, free)).json(&set(role(), "/properties/roleName", json!("free"))),
                put_grant(&body),
            ])
        }

        Kind::GrantId => Case::new(put_grant(&grant()), Call::new("PUT", grant_at(SUB, "sales-reads")).json(&grant())),
        Kind::GrantBody => grant_case(&cut(grant(), "/properties/principalId")),
        Kind::GrantPrincipal => grant_case(&set(grant(), "/properties/principalId", json!("sales"))),
        Kind::GrantPrincipalType => grant_case(&set(grant(), "/properties/principalType", json!("Team"))),
        Kind::GrantPrincipalUnknown => grant_case(&set(grant(), "/properties/principalId", json!(ROLE))).outside(|arm| arm.forget_principal(ROLE)),
        Kind::GrantPrincipalMismatch => grant_case(&set(grant(), "/properties/principalType", json!("User"))).outside(|arm| arm.add_principal(SALES, "Group")),
        Kind::GrantRoleId => grant_case(&set(grant(), "/properties/roleDefinitionId", json!("Reader"))),
        Kind::GrantExists => Case::new(
            put_grant(&set(grant(), "/properties/description", json!("the same one"))),
            Call::new("PUT", grant_at(SUB, ROLE)).json(&grant()),
        )
        .after([put_grant(&grant())]),
        Kind::GrantImmutable => grant_case(&set(grant(), "/properties/principalId", json!(ROLE))).after([put_grant(&grant())]),
        Kind::GrantRoleScope => {
            let body = set(grant(), "/properties/roleDefinitionId", json!(format!("{SUB}/{AUTH}/roleDefinitions/{ROLE}")));
            let elsewhere = Call::new("PUT", grant_at(MG, GRANT)).json(&body);
            Case::new(put_grant(&body), elsewhere).after([put_role(&set(role(), "/properties/permissions/0/dataActions", json!([])))])
        }
        Kind::GrantDataAtGroup => {
            let body = set(grant(), "/properties/roleDefinitionId", json!(format!("{MG}/{AUTH}/roleDefinitions/{ROLE}")));
            let elsewhere = Call::new("PUT", grant_at(MG, GRANT)).json(&body);
            let at_group = set(role(), "/properties/assignableScopes", json!([MG]));
            Case::new(put_grant(&body), elsewhere).after([Call::new("PUT", role_at(MG, ROLE)).json(&at_group)])
        }
        Kind::GrantDescription => grant_case(&set(grant(), "/properties/description", long(2_049))),
        Kind::GrantQuota => Case::new(put_grant(&grant()), Call::new("PUT", grant_at(MG, GRANT)).json(&grant())).outside(|arm| {
            fill(arm, &format!("{MG}/{AUTH}/roleAssignments/g{{}}"), 500, "Microsoft.Authorization/roleAssignments", MG);
        }),
        Kind::GrantUnknown => Case::new(read(grant_at(SUB, GRANT)), read(grant_at(SUB, ROLE))).after([put_grant(&grant())]),
        Kind::GrantFilter => {
            let list = |filter: &str| read(format!("{SUB}/{AUTH}/roleAssignments?api-version=2022-04-01&$filter={filter}"));
            Case::new(list("atScope()"), list("roleName%20eq%20'Reader'"))
        }
        Kind::ConditionVersion => grant_case(&set(grant(), "/properties/conditionVersion", json!("1.0"))),
        Kind::ConditionLength => abac(&format!("{} StringEquals '{}'", "@Resource[Microsoft.Storage/storageAccounts:name]", "x".repeat(8_192))),
        Kind::ConditionSyntax => abac("(@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'x'"),
        Kind::ConditionOperator => abac("@Resource[Microsoft.Storage/storageAccounts:name] StringSame 'x'"),
        Kind::ConditionAttribute => abac("@Resource[Microsoft.Storage/storageAccounts:colour] StringEquals 'x'"),
    }
}

#[test]
fn every_refusal_is_driven_and_its_valid_twin_accepted() {
    let mut failures = Vec::new();
    for &kind in Kind::ALL {
        if let Err(failure) = drive(kind) {
            failures.push(format!("{}: {failure}", kind.row().id));
        }
    }
    println!(
        "arm: {} kinds of bad requests refused, each with its valid twin accepted",
        Kind::ALL.len() - failures.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn drive(kind: Kind) -> Result<(), String> {
    let row = kind.row();
    let case = case(kind);
    let server = ArmServer::start().unwrap();
    server.with(|arm, _| arm.add_management_group("acme", None));
    server.with(|arm, _| arm.add_subscription(ArmServer::SUBSCRIPTION, "mesh", Some("acme")));
    for call in &case.before {
        let answer = call.send(&server.signed_in());
        if answer.status >= 400 {
            return Err(format!(
                "{call:?} of the preparation is refused: {} {}",
                answer.status,
                answer.json()
            ));
        }
    }
    server.with(|arm, _| (case.outside)(arm));
    let client = if case.signed_in {
        server.signed_in()
    } else {
        server.client()
    };
    let before = server.snapshot();
    let answer = case.bad.send(&client);
    let seen = server.log().last().and_then(|entry| entry.refusal);
    if (answer.status, seen) != (row.status, Some(row.id))
        || answer.json()["error"]["code"] != row.code
    {
        return Err(format!(
            "answered {} {} as {seen:?}",
            answer.status,
            answer.json()
        ));
    }
    if server.snapshot() != before {
        return Err("the refused request has changed the store".to_owned());
    }
    let answer = case.good.send(&client);
    if answer.status >= 400 {
        return Err(format!(
            "the valid twin is refused: {} {}",
            answer.status,
            answer.json()
        ));
    }
    Ok(())
}

#[test]
fn rows_are_unique_and_cite_their_source() {
    let ids: std::collections::BTreeSet<&str> =
        Kind::ALL.iter().map(|kind| kind.row().id).collect();
    assert_eq!(ids.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        let row = kind.row();
        assert!((400..=417).contains(&row.status), "{row:?}");
        assert!(
            !row.rule.is_empty() && !row.source.is_empty() && !row.code.is_empty(),
            "{row:?}"
        );
    }
}

#[test]
fn what_is_stored_is_what_the_service_would_store() {
    let server = ArmServer::start().unwrap();
    let ask = |call: &Call| {
        let answer = call.send(&server.signed_in());
        assert!(answer.status < 400, "{} {}", answer.status, answer.json());
        answer.json()
    };
    // Recordings of the service: types in title case, server metadata, four lists in permissions.
    let made = ask(&put_definition(&set(
        definition(),
        "/properties/parameters/effect/type",
        json!("string"),
    )));
    assert_eq!(made["properties"]["parameters"]["effect"]["type"], "String");
    assert_eq!(made["properties"]["metadata"]["updatedBy"], Value::Null);
    let again = ask(&put_definition(&definition()));
    assert_eq!(
        again["properties"]["metadata"]["createdOn"],
        made["properties"]["metadata"]["createdOn"]
    );
    assert!(again["properties"]["metadata"]["updatedOn"].is_string());
    let made = ask(&put_role(&role()));
    assert_eq!(
        made["properties"]["permissions"][0]["notDataActions"],
        json!([])
    );
    assert_eq!(made["id"], format!("{SUB}/{AUTH}/roleDefinitions/{ROLE}"));
    let made = ask(&put_grant(&grant()));
    assert_eq!(
        made["properties"]["roleDefinitionId"],
        format!("{SUB}/{AUTH}/roleDefinitions/{READER}")
    );
    // Ids are compared without regard to case.
    let shouted = at(&SUB.to_uppercase(), "POLICYDEFINITIONS", "TLS");
    assert_eq!(ask(&Call::new("GET", shouted))["name"], "tls");
    // Two servers that were asked the same thing store the same thing.
    let twin = ArmServer::start().unwrap();
    for call in [
        put_definition(&set(
            definition(),
            "/properties/parameters/effect/type",
            json!("string"),
        )),
        put_definition(&definition()),
        put_role(&role()),
        put_grant(&grant()),
    ] {
        call.send(&twin.signed_in());
    }
    assert_eq!(server.snapshot(), twin.snapshot());
}
