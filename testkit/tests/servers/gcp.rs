//! Every kind of request that the loopback Google Cloud refuses, driven over HTTP: the corrupted
//! request is refused as its row says and changes nothing, the valid one is accepted.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::gcp::{Gcp, GcpRefusal as Kind, GcpServer};
use testkit::loopback::Clock;

use super::request::{Call, cut, long, set};

/// A change behind every client's back, or of the time.
type Outside = Box<dyn Fn(&mut Gcp, &mut Clock)>;

/// What is there before the request, the valid request and the corrupted one.
struct Case {
    before: Vec<Call>,
    outside: Outside,
    good: Call,
    bad: Call,
}

impl Case {
    fn new(good: Call, bad: Call) -> Self {
        Self {
            before: Vec::new(),
            outside: Box::new(|_, _| ()),
            good,
            bad,
        }
    }

    fn body(good: Call, bad: &Value) -> Self {
        let bad = good.clone().json(bad);
        Self::new(good, bad)
    }

    fn after(mut self, before: impl IntoIterator<Item = Call>) -> Self {
        self.before.extend(before);
        self
    }

    fn outside(mut self, work: impl Fn(&mut Gcp, &mut Clock) + 'static) -> Self {
        self.outside = Box::new(work);
        self
    }
}

const ROLES: &str = "/v1/projects/mesh-dev/roles";
const READER: &str = "/v1/projects/mesh-dev/roles/mesh_reader";
const BUCKET: &str = "/storage/v1/b/acme-mesh-orders";
const STALE: &str = "BwYAAAAAAGM=";

fn role() -> Value {
    json!({"roleId": "mesh_reader", "role": {
        "title": "Reader", "description": "Reads", "stage": "GA",
        "includedPermissions": ["storage.objects.get", "storage.objects.list"],
    }})
}

fn create(body: &Value) -> Call {
    Call::new("POST", ROLES).json(body)
}

fn role_case(bad: &Value) -> Case {
    Case::body(create(&role()), bad)
}

fn delete() -> Call {
    Call::new("DELETE", READER)
}

fn undelete() -> Call {
    Call::new("POST", format!("{READER}:undelete")).json(&json!({}))
}

fn patch(mask: &str) -> Call {
    Call::new("PATCH", format!("{READER}?updateMask={mask}")).json(&json!({"title": "Reads more"}))
}

fn policy() -> Value {
    json!({"policy": {"version": 3, "bindings": [
        {"role": "roles/bigquery.jobUser", "members": ["group:sales@acme.example"]},
        {"role": "roles/bigquery.dataViewer", "members": ["user:ann@acme.example"], "condition": {
            "title": "orders", "description": "Orders only", "expression": "resource.name.startsWith('projects/mesh-dev/datasets/orders/')",
        }},
    ]}})
}

fn put_policy(body: &Value) -> Call {
    Call::new("POST", "/v1/projects/mesh-dev:setIamPolicy").json(body)
}

fn policy_case(bad: &Value) -> Case {
    Case::body(put_policy(&policy()), bad)
}

/// The valid policy with another first member.
fn member(member: &str) -> Case {
    policy_case(&set(
        policy(),
        "/policy/bindings/0/members/0",
        json!(member),
    ))
}

/// The valid policy with another first role.
fn bound(role: &str) -> Case {
    policy_case(&set(policy(), "/policy/bindings/0/role", json!(role)))
}

/// The valid policy with another member of its condition.
fn condition(field: &str, value: Value) -> Case {
    policy_case(&set(
        policy(),
        &format!("/policy/bindings/1/condition/{field}"),
        value,
    ))
}

fn members(count: usize, prefix: &str) -> Value {
    json!(
        (0..count)
            .map(|number| format!("{prefix}:m{number}@acme.example"))
            .collect::<Vec<_>>()
    )
}

fn account() -> Value {
    json!({"accountId": "mesh-orders", "serviceAccount": {"displayName": "Orders"}})
}

fn create_account(body: &Value) -> Call {
    Call::new("POST", "/v1/projects/mesh-dev/serviceAccounts").json(body)
}

fn bucket() -> Value {
    json!({"name": "acme-mesh-orders", "location": "europe-west1", "labels": {"owner": "sales"},
        "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": true}, "publicAccessPrevention": "enforced"}})
}

fn create_bucket(body: &Value) -> Call {
    Call::new("POST", "/storage/v1/b?project=mesh-dev").json(body)
}

fn bucket_case(bad: &Value) -> Case {
    Case::body(create_bucket(&bucket()), bad)
}

fn patch_bucket(body: &Value) -> Call {
    Call::new("PATCH", BUCKET).json(body)
}

fn bucket_policy(member: &str, conditional: bool) -> Call {
    let mut binding = json!({"role": "roles/storage.objectViewer", "members": [member]});
    if conditional {
        binding["condition"] = json!({"title": "raw", "expression": "resource.name.startsWith('projects/_/buckets/acme-mesh-orders/objects/raw/')"});
    }
    Call::new("PUT", format!("{BUCKET}/iam")).json(&json!({"version": 3, "bindings": [binding]}))
}

fn constraint(name: &str, spec: &Value) -> Value {
    json!({"name": format!("projects/mesh-dev/policies/{name}"), "spec": spec})
}

fn locations() -> Value {
    constraint(
        "gcp.resourceLocations",
        &json!({"rules": [{"values": {"allowedValues": ["in:eu-locations"]}}]}),
    )
}

fn create_policy(body: &Value) -> Call {
    Call::new("POST", "/v2/projects/mesh-dev/policies").json(body)
}

fn constraint_case(bad: &Value) -> Case {
    Case::body(create_policy(&locations()), bad)
}

const LOCATIONS: &str = "/v2/projects/mesh-dev/policies/gcp.resourceLocations";

#[allow(clippy::too_many_lines, reason = "one arm per row of the table")]
fn case(kind: Kind) -> Case {
    let read = |target: &str| Call::new("GET", target);
    match kind {
        Kind::JsonMalformed => Case::new(create(&role()), create(&role()).text("{\"roleId\"")),
        Kind::FieldUnknown => role_case(&set(
            role(),
            "/role/permissions",
            json!(["storage.objects.get"]),
        )),
        Kind::MethodUnknown => Case::new(
            read("/v1/projects/mesh-dev"),
            read("/v1/projects/mesh-dev/datasets"),
        ),
        Kind::ProjectUnknown => Case::new(
            read("/v1/projects/mesh-dev"),
            read("/v1/projects/mesh-lost"),
        ),
        Kind::OrganizationUnknown => Case::new(
            read("/v1/organizations/123456789012/roles"),
            read("/v1/organizations/1/roles"),
        ),
        Kind::ResourceUnknown => Case::new(
            read("/v1/projects/mesh-dev/topics/orders"),
            read("/v1/projects/mesh-dev/topics/lost"),
        )
        .after([Call::new("PUT", "/v1/projects/mesh-dev/topics/orders").json(&json!({}))]),

        Kind::RoleNameForm => {
            Case::new(read(READER), read(&READER.replace('_', "-"))).after([create(&role())])
        }
        Kind::RoleId => role_case(&set(role(), "/roleId", json!("mesh-reader"))),
        Kind::RoleTitle => role_case(&set(role(), "/role/title", long(101))),
        Kind::RoleDescription => role_case(&set(role(), "/role/description", long(301))),
        Kind::RoleStage => role_case(&set(role(), "/role/stage", json!("LIVE"))),
        Kind::RolePermission => role_case(&set(
            role(),
            "/role/includedPermissions/0",
            json!("storage.objects.fetch"),
        )),
        Kind::RolePermissionScope => {
            let body = set(
                role(),
                "/role/includedPermissions/0",
                json!("resourcemanager.projects.list"),
            );
            Case::new(
                Call::new("POST", "/v1/organizations/123456789012/roles").json(&body),
                create(&body),
            )
        }
        Kind::RolePermissionUnsupported => role_case(&set(
            role(),
            "/role/includedPermissions/0",
            json!("bigquery.rowAccessPolicies.getFilteredData"),
        )),
        Kind::RolePermissionCount => role_case(&set(
            role(),
            "/role/includedPermissions",
            json!(vec!["storage.objects.get"; 3_001]),
        )),
        Kind::RoleSize => role_case(&set(
            role(),
            "/role/includedPermissions",
            json!(vec!["bigquery.datasets.listSharedDatasetUsage"; 2_000]),
        )),
        Kind::RoleExists => Case::new(
            create(&set(role(), "/roleId", json!("mesh_other"))),
            create(&role()),
        )
        .after([create(&role())]),
        Kind::RoleTombstone => Case::new(
            create(&set(role(), "/roleId", json!("mesh_other"))),
            create(&role()),
        )
        .after([create(&role()), delete()]),
        Kind::RoleUnknown => Case::new(read(READER), read(&READER.replace("reader", "lost")))
            .after([create(&role())]),
        Kind::RoleDeletedTwice => {
            Case::new(undelete(), delete()).after([create(&role()), delete()])
        }
        Kind::RolePatchedDeleted => {
            Case::new(undelete(), patch("title")).after([create(&role()), delete()])
        }
        Kind::RoleUndeletedLive => Case::new(delete(), undelete()).after([create(&role())]),
        Kind::RoleUndeletedLate => Case::new(read(READER), undelete())
            .after([create(&role()), delete()])
            .outside(|_, clock| clock.advance_days(8)),
        Kind::RoleEtagStale => Case::new(
            patch("title"),
            patch("title").json(&json!({"title": "Reads more", "etag": STALE})),
        )
        .after([create(&role())]),
        Kind::EtagMalformed => Case::new(
            patch("title"),
            patch("title").json(&json!({"title": "Reads more", "etag": "not an etag"})),
        )
        .after([create(&role())]),
        Kind::RoleMask => Case::new(patch("title"), patch("name")).after([create(&role())]),
        Kind::RoleQuota => Case::new(
            Call::new("POST", "/v1/organizations/123456789012/roles").json(&role()),
            create(&role()),
        )
        .outside(|gcp, _| {
            for number in 0..300 {
                let name = format!("projects/mesh-dev/roles/mesh_{number}");
                gcp.put(&name, json!({"name": name}));
            }
        }),
        Kind::RoleParent => Case::new(
            create(&role()),
            Call::new("POST", "/v1/folders/1/roles").json(&role()),
        ),

        Kind::PolicyEtagStale => policy_case(&set(policy(), "/policy/etag", json!(STALE))),
        Kind::PolicyVersion => policy_case(&set(policy(), "/policy/version", json!(2))),
        Kind::PolicyVersionLow => {
            let plain = cut(policy(), "/policy/bindings/1/condition");
            policy_case(&set(plain, "/policy/version", json!(1))).after([put_policy(&policy())])
        }
        Kind::ConditionVersion => policy_case(&set(policy(), "/policy/version", json!(1))),
        Kind::ConditionBasicRole => policy_case(&set(
            policy(),
            "/policy/bindings/1/role",
            json!("roles/viewer"),
        )),
        Kind::ConditionPublic => Case::new(
            bucket_policy("allUsers", false),
            bucket_policy("allUsers", true),
        )
        .after([create_bucket(&set(
            bucket(),
            "/iamConfiguration/publicAccessPrevention",
            json!("inherited"),
        ))]),
        Kind::ConditionTitle => condition("title", json!("")),
        Kind::ConditionDescription => condition("description", long(257)),
        Kind::ConditionExpression => condition("expression", json!("resource.name ==")),
        Kind::ConditionAttribute => condition("expression", json!("resource.colour == 'red'")),
        Kind::ConditionOperators => condition(
            "expression",
            json!(["resource.service == 'x'"; 14].join(" || ")),
        ),
        Kind::BindingShape => policy_case(&set(policy(), "/policy/bindings/0/members", json!([]))),
        Kind::BindingRole => bound("roles/bigquery.dataViewr"),
        Kind::BindingRoleForeign => {
            let foreign = "projects/other/roles/mesh_reader";
            bound(foreign).outside(move |gcp, _| gcp.put(foreign, json!({"name": foreign})))
        }
        Kind::BindingRoleDeleted => {
            bound("projects/mesh-dev/roles/mesh_reader").after([create(&role()), delete()])
        }
        Kind::BindingWithcond => bound("roles/bigquery.dataViewer_withcond_0123456789abcdef0123"),
        Kind::BindingVariants => {
            let one = policy()["policy"]["bindings"][1].clone();
            let many: Vec<Value> = (0..21)
                .map(|day| {
                    set(
                        one.clone(),
                        "/condition/expression",
                        json!(format!(
                            "request.time < timestamp('2027-01-{:02}T00:00:00Z')",
                            day + 1
                        )),
                    )
                })
                .collect();
            policy_case(&set(policy(), "/policy/bindings", json!(many)))
        }
        Kind::MemberPrefix => member("team:sales@acme.example"),
        Kind::MemberForm => member("group:sales"),
        Kind::MemberPublic => member("allUsers"),
        Kind::MemberUnknown => member("serviceAccount:lost@mesh-dev.iam.gserviceaccount.com"),
        Kind::MemberCount => policy_case(&set(
            policy(),
            "/policy/bindings/0/members",
            members(1_500, "user"),
        )),
        Kind::GroupCount => policy_case(&set(
            policy(),
            "/policy/bindings/0/members",
            members(251, "group"),
        )),
        Kind::PolicyMask => policy_case(&set(policy(), "/updateMask", json!("bindings,colour"))),

        Kind::AccountId => Case::body(
            create_account(&account()),
            &set(account(), "/accountId", json!("Mesh")),
        ),
        Kind::AccountDisplayName => Case::body(
            create_account(&account()),
            &set(account(), "/serviceAccount/displayName", long(101)),
        ),
        Kind::AccountExists => Case::new(
            create_account(&set(account(), "/accountId", json!("mesh-stock"))),
            create_account(&account()),
        )
        .after([create_account(&account())]),
        Kind::AccountUnknown => {
            let at = |id: &str| {
                Call::new(
                    "GET",
                    format!(
                        "/v1/projects/mesh-dev/serviceAccounts/{id}@mesh-dev.iam.gserviceaccount.com"
                    ),
                )
            };
            Case::new(at("mesh-orders"), at("mesh-lost")).after([create_account(&account())])
        }

        Kind::BucketName => bucket_case(&set(bucket(), "/name", json!("Acme_Orders"))),
        Kind::BucketTaken => Case::new(
            create_bucket(&set(bucket(), "/name", json!("acme-mesh-stock"))),
            create_bucket(&bucket()),
        )
        .after([create_bucket(&bucket())]),
        Kind::BucketUnknown => Case::new(read(BUCKET), read(&BUCKET.replace("orders", "lost")))
            .after([create_bucket(&bucket())]),
        Kind::BucketProject => Case::new(
            create_bucket(&bucket()),
            Call::new("POST", "/storage/v1/b").json(&bucket()),
        ),
        Kind::BucketLocation => bucket_case(&set(bucket(), "/location", json!("westeurope"))),
        Kind::BucketClass => bucket_case(&set(bucket(), "/storageClass", json!("GLACIER"))),
        Kind::BucketLabel => {
            bucket_case(&set(bucket(), "/labels/owner", json!("ann@acme.example")))
        }
        Kind::BucketSoftDelete => bucket_case(&set(
            bucket(),
            "/softDeletePolicy",
            json!({"retentionDurationSeconds": "86400"}),
        )),
        Kind::BucketImmutable => Case::new(
            patch_bucket(&json!({"labels": {"a": "b"}})),
            patch_bucket(&json!({"location": "US"})),
        )
        .after([create_bucket(&bucket())]),
        Kind::BucketRetentionLocked => Case::new(
            patch_bucket(&json!({"retentionPolicy": {"retentionPeriod": "200"}})),
            patch_bucket(&json!({"retentionPolicy": {"retentionPeriod": "50"}})),
        )
        .after([create_bucket(&set(
            bucket(),
            "/retentionPolicy",
            json!({"retentionPeriod": "100", "isLocked": true}),
        ))]),
        Kind::BucketMetageneration => {
            let at = |count: u32| {
                Call::new("PATCH", format!("{BUCKET}?ifMetagenerationMatch={count}"))
                    .json(&json!({"labels": {"a": "b"}}))
            };
            Case::new(at(1), at(7)).after([create_bucket(&bucket())])
        }
        Kind::BucketCondition => Case::new(
            bucket_policy("user:ann@acme.example", false),
            bucket_policy("user:ann@acme.example", true),
        )
        .after([create_bucket(&cut(bucket(), "/iamConfiguration"))]),
        Kind::BucketPublic => Case::new(
            bucket_policy("user:ann@acme.example", false),
            bucket_policy("allUsers", false),
        )
        .after([create_bucket(&bucket())]),

        Kind::ConstraintUnknown => {
            constraint_case(&constraint("gcp.resourceLocation", &locations()["spec"]))
        }
        Kind::OrgPolicyName => constraint_case(&set(
            locations(),
            "/name",
            json!("projects/other/policies/gcp.resourceLocations"),
        )),
        Kind::OrgPolicyRules => constraint_case(&set(locations(), "/spec", json!({"rules": []}))),
        Kind::OrgPolicyKind => {
            constraint_case(&set(locations(), "/spec/rules/0", json!({"enforce": true})))
        }
        Kind::OrgPolicyReset => constraint_case(&set(locations(), "/spec/reset", json!(true))),
        Kind::OrgPolicyInherit => {
            let spec = json!({"inheritFromParent": true, "rules": [{"enforce": true}]});
            constraint_case(&constraint("storage.uniformBucketLevelAccess", &spec))
        }
        Kind::OrgPolicyExists => {
            let other = constraint(
                "storage.uniformBucketLevelAccess",
                &json!({"rules": [{"enforce": true}]}),
            );
            Case::new(create_policy(&other), create_policy(&locations()))
                .after([create_policy(&locations())])
        }
        Kind::OrgPolicyUnknown => Case::new(
            read(LOCATIONS),
            read(&LOCATIONS.replace("resource", "lost")),
        )
        .after([create_policy(&locations())]),
        Kind::OrgPolicyEtagStale => Case::body(
            Call::new("PATCH", LOCATIONS).json(&locations()),
            &set(locations(), "/spec/etag", json!(STALE)),
        )
        .after([create_policy(&locations())]),
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
        "gcp: {} kinds of bad requests refused, each with its valid twin accepted",
        Kind::ALL.len() - failures.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn drive(kind: Kind) -> Result<(), String> {
    let row = kind.row();
    let case = case(kind);
    let server = GcpServer::start().unwrap();
    let client = server.client();
    for call in &case.before {
        let answer = call.send(&client);
        if answer.status >= 400 {
            return Err(format!(
                "{call:?} of the preparation is refused: {} {}",
                answer.status,
                answer.json()
            ));
        }
    }
    server.with(|gcp, clock| (case.outside)(gcp, clock));
    let before = server.snapshot();
    let answer = case.bad.send(&client);
    let seen = server.log().last().and_then(|entry| entry.refusal);
    let error = &answer.json()["error"];
    // Cloud Storage gives a reason where the newer services give a status.
    let code = error["status"]
        .as_str()
        .or_else(|| error["errors"][0]["reason"].as_str())
        .unwrap_or_default();
    if (answer.status, seen, code) != (row.status, Some(row.id), row.code) {
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
    let ids: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.row().id).collect();
    assert_eq!(ids.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        let row = kind.row();
        assert!((400..=429).contains(&row.status), "{row:?}");
        assert!(
            !row.rule.is_empty() && !row.source.is_empty() && !row.code.is_empty(),
            "{row:?}"
        );
    }
}

#[test]
fn a_deleted_role_ages_and_its_id_comes_back() {
    let server = GcpServer::start().unwrap();
    let status = |call: &Call| call.send(&server.client()).status;
    assert_eq!(status(&create(&role())), 200);
    assert_eq!(status(&delete()), 200);
    let listed = |query: &str| {
        Call::new("GET", format!("{ROLES}{query}"))
            .send(&server.client())
            .json()
    };
    assert_eq!(listed(""), json!({}), "deleted roles are not listed");
    assert_eq!(listed("?showDeleted=true")["roles"][0]["deleted"], true);
    server.with(|_, clock| clock.advance_days(6));
    assert_eq!(status(&undelete()), 200);
    assert_eq!(status(&delete()), 200);
    server.with(|_, clock| clock.advance_days(30));
    assert_eq!((status(&undelete()), status(&create(&role()))), (400, 400));
    server.with(|_, clock| clock.advance_days(8));
    assert_eq!(status(&Call::new("GET", READER)), 404);
    assert_eq!(status(&create(&role())), 200);
}

#[test]
fn policies_are_stored_as_the_service_shows_them() {
    let server = GcpServer::start().unwrap();
    let scrambled = json!({"policy": {"version": 3, "bindings": [
        {"role": "roles/storage.objectViewer", "members": ["user:Zoe@Acme.example"]},
        {"role": "roles/bigquery.dataViewer", "members": ["user:b@acme.example", "user:a@acme.example"]},
        {"role": "roles/storage.objectViewer", "members": ["user:ann@acme.example"]},
    ]}});
    let stored = put_policy(&scrambled).send(&server.client()).json();
    assert_eq!(
        stored["bindings"],
        json!([
            {"role": "roles/bigquery.dataViewer", "members": ["user:a@acme.example", "user:b@acme.example"]},
            {"role": "roles/storage.objectViewer", "members": ["user:ann@acme.example", "user:zoe@acme.example"]},
        ])
    );
    assert_eq!(
        stored["version"], 1,
        "a policy without conditions shows version 1"
    );
    // An etag is good once.
    let with_etag = set(policy(), "/policy/etag", stored["etag"].clone());
    assert_eq!(put_policy(&with_etag).send(&server.client()).status, 200);
    assert_eq!(put_policy(&with_etag).send(&server.client()).status, 409);
    // A read below version 3 hides conditions behind a name that cannot be written back.
    let read = |version: i64| {
        Call::new("POST", "/v1/projects/mesh-dev:getIamPolicy")
            .json(&json!({"options": {"requestedPolicyVersion": version}}))
            .send(&server.client())
            .json()
    };
    assert_eq!(read(3)["bindings"][0]["condition"]["title"], "orders");
    let low = read(1);
    assert!(
        low["bindings"][0]["role"]
            .as_str()
            .unwrap()
            .starts_with("roles/bigquery.dataViewer_withcond_"),
        "{low}"
    );
    assert!(low["bindings"][0].get("condition").is_none());
}
