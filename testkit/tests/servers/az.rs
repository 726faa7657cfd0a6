//! The real `az` against the loopback Azure Resource Manager.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::arm::ArmServer;
use testkit::loopback::Fault;
use testkit::tools::{Finished, Installed, Tool, Tools};

/// A signed-in `az` and the server that it talks to.
struct Az {
    server: ArmServer,
    tools: Installed,
    files: PathBuf,
    count: std::cell::Cell<usize>,
}

impl Az {
    fn start() -> Self {
        let tools = Tools::new().unwrap().ensure(&[Tool::Az]).unwrap();
        let files = tools.folder("az-files").unwrap();
        let az = Self {
            server: ArmServer::start().unwrap(),
            tools,
            files,
            count: std::cell::Cell::new(0),
        };
        az.server.with(|arm, _| {
            arm.add_management_group("acme-mesh", None);
            arm.add_subscription(ArmServer::SUBSCRIPTION, "mesh", Some("acme-mesh"));
        });
        for step in az.server.sign_in_steps() {
            let words: Vec<&str> = step.iter().map(String::as_str).collect();
            az.ok(&words);
        }
        az.server.clear_log();
        az.count.set(0);
        az
    }

    fn run(&self, words: &[&str]) -> Finished {
        self.count.set(self.count.get() + 1);
        self.tools
            .launch(Tool::Az, "az")
            .unwrap()
            .args(words)
            .envs(self.server.env())
            .run()
            .unwrap()
    }

    /// A command that must succeed; its output as JSON.
    fn ok(&self, words: &[&str]) -> Value {
        let finished = self.run(words);
        assert_eq!(
            finished.code,
            Some(0),
            "{finished}\n{:#?}",
            self.server.log().last()
        );
        serde_json::from_slice(&finished.stdout).unwrap_or(Value::Null)
    }

    /// A command that the server must refuse, with a code that `az` shows.
    fn refused(&self, words: &[&str], code: &str) {
        let finished = self.run(words);
        assert_ne!(finished.code, Some(0), "{finished}");
        assert!(finished.err().contains(code), "{finished}");
    }

    fn file(&self, name: &str, value: &Value) -> String {
        let path = self.files.join(name);
        fs::write(&path, value.to_string()).unwrap();
        format!("@{}", path.display())
    }
}

const MG: &str = "/providers/Microsoft.Management/managementGroups/acme-mesh";
const ROLE: &str = "5f0e6d2c-2222-4333-8444-555566667777";
const PRINCIPAL: &str = "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb";

#[test]
fn policy_from_definition_to_assignment_and_back() {
    let az = Az::start();
    let rule = az.file(
        "rule.json",
        &json!({
            "if": {"allOf": [
                {"field": "type", "equals": "Microsoft.Storage/storageAccounts"},
                {"field": "Microsoft.Storage/storageAccounts/supportsHttpsTrafficOnly", "notEquals": "true"},
            ]},
            "then": {"effect": "[parameters('effect')]"},
        }),
    );
    let parameters = az.file(
        "parameters.json",
        &json!({"effect": {"type": "string", "allowedValues": ["audit", "deny", "disabled"], "defaultValue": "deny"}}),
    );
    let made = az.ok(&[
        "policy",
        "definition",
        "create",
        "-n",
        "mesh-tls-only",
        "--rules",
        &rule,
        "--params",
        &parameters,
        "-m",
        "Indexed",
        "--display-name",
        "TLS only",
        "--metadata",
        "category=mesh",
        "--management-group",
        "acme-mesh",
    ]);
    assert_eq!(made["policyType"], "Custom");
    assert_eq!(
        made["parameters"]["effect"]["type"], "String",
        "the service writes types in title case"
    );
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(
        id,
        format!("{MG}/providers/Microsoft.Authorization/policyDefinitions/mesh-tls-only")
    );

    let shown = az.ok(&[
        "policy",
        "definition",
        "show",
        "-n",
        "mesh-tls-only",
        "--management-group",
        "acme-mesh",
    ]);
    assert_eq!(shown["metadata"]["category"], "mesh");
    assert!(shown["metadata"]["createdOn"].is_string(), "{shown}");
    assert!(shown["systemData"]["createdAt"].is_string(), "{shown}");

    // az checks no rule; the server must.
    let nonsense = az.file("nonsense.json", &json!({"nonsense": 1}));
    az.refused(
        &[
            "policy",
            "definition",
            "create",
            "-n",
            "nonsense",
            "--rules",
            &nonsense,
        ],
        "InvalidPolicyRule",
    );

    let members = az.file(
        "members.json",
        &json!([{"policyDefinitionId": id, "policyDefinitionReferenceId": "tls", "parameters": {"effect": {"value": "[parameters('effect')]"}}}]),
    );
    let set = az.ok(&[
        "policy",
        "set-definition",
        "create",
        "-n",
        "mesh-baseline",
        "--definitions",
        &members,
        "--params",
        &parameters,
        "--management-group",
        "acme-mesh",
    ]);
    let set_id = set["id"].as_str().unwrap().to_owned();
    let shown = az.ok(&[
        "policy",
        "set-definition",
        "show",
        "-n",
        "mesh-baseline",
        "--management-group",
        "acme-mesh",
    ]);
    assert_eq!(
        shown["policyDefinitions"][0]["policyDefinitionReferenceId"],
        "tls"
    );

    let values = az.file("values.json", &json!({"effect": {"value": "audit"}}));
    let assigned = az.ok(&[
        "policy",
        "assignment",
        "create",
        "-n",
        "mesh-baseline",
        "--scope",
        MG,
        "--policy-set-definition",
        &set_id,
        "-p",
        &values,
        "-e",
        "DoNotEnforce",
    ]);
    assert_eq!(assigned["enforcementMode"], "DoNotEnforce");
    let listed = az.ok(&["policy", "assignment", "list", "--scope", MG]);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    az.refused(
        &[
            "policy",
            "definition",
            "delete",
            "-n",
            "mesh-tls-only",
            "--management-group",
            "acme-mesh",
        ],
        "InvalidDeletePolicyDefinitionRequest",
    );
    az.refused(
        &[
            "policy",
            "assignment",
            "create",
            "-n",
            "a-name-that-is-too-long-for-a-group",
            "--scope",
            MG,
            "--policy",
            &id,
        ],
        "InvalidPolicyAssignmentName",
    );
    az.ok(&[
        "policy",
        "assignment",
        "delete",
        "-n",
        "mesh-baseline",
        "--scope",
        MG,
    ]);
    az.ok(&[
        "policy",
        "set-definition",
        "delete",
        "-n",
        "mesh-baseline",
        "--management-group",
        "acme-mesh",
    ]);
    az.ok(&[
        "policy",
        "definition",
        "delete",
        "-n",
        "mesh-tls-only",
        "--management-group",
        "acme-mesh",
    ]);
    az.refused(
        &[
            "policy",
            "definition",
            "show",
            "-n",
            "mesh-tls-only",
            "--management-group",
            "acme-mesh",
        ],
        "PolicyDefinitionNotFound",
    );
    println!(
        "az policy: {} commands, {} requests",
        az.count.get(),
        az.server.calls()
    );
}

#[test]
fn roles_and_grants() {
    let az = Az::start();
    let subscription = format!("/subscriptions/{}", ArmServer::SUBSCRIPTION);
    az.ok(&[
        "group",
        "create",
        "-n",
        "mesh-sales-dev",
        "-l",
        "West Europe",
        "--tags",
        "owner=sales",
    ]);
    let group = az.ok(&["group", "show", "-n", "mesh-sales-dev"]);
    assert_eq!(
        group["location"], "westeurope",
        "the service writes the canonical name"
    );

    // What a plan does: one PUT of a role whose GUID depends on its name alone.
    let role = json!({"properties": {
        "roleName": "mesh sales orders reader", "description": "Reads orders", "type": "CustomRole",
        "permissions": [{
            "actions": ["Microsoft.Storage/storageAccounts/blobServices/containers/read"],
            "dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],
        }],
        "assignableScopes": [subscription],
    }});
    let url = format!(
        "{subscription}/providers/Microsoft.Authorization/roleDefinitions/{ROLE}?api-version=2022-04-01"
    );
    let body = az.file("role.json", &role);
    let made = az.ok(&["rest", "--method", "put", "--url", &url, "--body", &body]);
    assert_eq!(
        made["properties"]["permissions"][0]["notActions"],
        json!([]),
        "the service fills the lists"
    );
    let read = az.ok(&["rest", "--method", "get", "--url", &url]);
    assert!(read["properties"]["createdBy"].is_string());
    let listed = az.ok(&[
        "role",
        "definition",
        "list",
        "--name",
        "mesh sales orders reader",
        "--custom-role-only",
    ]);
    assert_eq!(listed[0]["name"], ROLE);

    let twin = az.file("twin.json", &json!({
        "Name": "mesh sales orders reader", "Description": "", "Actions": ["*/read"], "AssignableScopes": [subscription],
    }));
    az.refused(
        &["role", "definition", "create", "--role-definition", &twin],
        "RoleDefinitionWithSameNameExists",
    );
    let other = az.file("other.json", &json!({
        "Name": "mesh steward", "Description": "", "Actions": ["Microsoft.Resources/tags/*"], "AssignableScopes": [subscription],
    }));
    az.ok(&["role", "definition", "create", "--role-definition", &other]);

    let account = az.ok(&[
        "storage",
        "account",
        "create",
        "-n",
        "acmesalesdevorders",
        "-g",
        "mesh-sales-dev",
        "-l",
        "westeurope",
        "--sku",
        "Standard_LRS",
    ]);
    let container = format!(
        "{}/blobServices/default/containers/raw",
        account["id"].as_str().unwrap()
    );
    let condition = "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'raw'";
    let grant = |condition: &str| {
        [
            "role",
            "assignment",
            "create",
            "--assignee-object-id",
            PRINCIPAL,
            "--assignee-principal-type",
            "Group",
            "--role",
            ROLE,
            "--scope",
            &container,
            "--condition",
            condition,
            "--condition-version",
            "2.0",
        ]
        .map(str::to_owned)
    };
    let words = |grant: &[String]| {
        grant
            .iter()
            .map(String::as_str)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let run =
        |grant: &[String]| az.ok(&words(grant).iter().map(String::as_str).collect::<Vec<_>>());
    let made = run(&grant(condition));
    // The trap of cloud-facts: az swallows RoleAssignmentExists and prints the old one.
    let again = run(&grant(&condition.replace("raw", "curated")));
    assert_eq!(again["name"], made["name"]);
    assert_eq!(again["condition"], condition);
    assert!(
        az.server
            .log()
            .iter()
            .any(|entry| entry.refusal == Some("grant-exists"))
    );

    let bad = grant(
        "((@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'raw')",
    );
    let bad: Vec<&str> = bad.iter().map(String::as_str).collect();
    az.refused(&bad, "InvalidRoleAssignmentCondition");

    let listed = az.ok(&[
        "role",
        "assignment",
        "list",
        "--scope",
        &container,
        "--include-inherited",
    ]);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["roleDefinitionName"], "mesh sales orders reader");
    assert_eq!(listed[0]["principalType"], "Group");
    az.refused(
        &["rest", "--method", "delete", "--url", &url],
        "RoleDefinitionHasAssignments",
    );
    az.ok(&[
        "role",
        "assignment",
        "delete",
        "--ids",
        made["id"].as_str().unwrap(),
    ]);
    az.ok(&["rest", "--method", "delete", "--url", &url]);
    az.refused(
        &["rest", "--method", "get", "--url", &url],
        "RoleDefinitionDoesNotExist",
    );

    let resources = az.ok(&["resource", "list", "-g", "mesh-sales-dev"]);
    assert_eq!(resources.as_array().unwrap().len(), 1);
    az.ok(&["group", "delete", "-n", "mesh-sales-dev", "--yes"]);
    assert_eq!(
        az.ok(&["group", "exists", "-n", "mesh-sales-dev"]),
        json!(false)
    );
    println!(
        "az roles: {} commands, {} requests",
        az.count.get(),
        az.server.calls()
    );
}

#[test]
fn faults_reach_az() {
    let az = Az::start();
    let group = ["group", "create", "-n", "mesh-faults", "-l", "westeurope"];
    // az waits and tries again by itself when it is told to slow down.
    az.server
        .fail_next(Fault::TooManyRequests { retry_after: 1 });
    az.ok(&group);
    let seen: Vec<u16> = az
        .server
        .writes()
        .iter()
        .map(|entry| entry.status)
        .collect();
    assert_eq!(seen, [429, 201]);
    // A page of some proxy in between is no answer.
    az.server
        .fail_next_matching("GET", "mesh-faults", Fault::Rubbish);
    let finished = az.run(&["group", "show", "-n", "mesh-faults"]);
    assert_ne!(finished.code, Some(0), "{finished}");
    // A lost answer looks like a failure, but the write has happened.
    let hold = std::time::Duration::from_millis(50);
    let url = format!(
        "/subscriptions/{}/resourceGroups/mesh-lost?api-version=2024-11-01",
        ArmServer::SUBSCRIPTION
    );
    az.server
        .fail_next_matching("PUT", "mesh-lost", Fault::LostAnswer { hold });
    let body = az.file("group.json", &json!({"location": "westeurope"}));
    let finished = az.run(&["rest", "--method", "put", "--url", &url, "--body", &body]);
    assert_ne!(finished.code, Some(0), "{finished}");
    assert_eq!(
        az.ok(&["group", "show", "-n", "mesh-lost"])["name"],
        "mesh-lost"
    );
    println!(
        "az faults: {} commands, {} requests",
        az.count.get(),
        az.server.calls()
    );
}
