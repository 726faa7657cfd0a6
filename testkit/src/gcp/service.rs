//! The loopback Google Cloud without a socket: routing, checks that every request passes, and the
//! store. One server answers for all services, because gcloud lets each endpoint be overridden.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::policy::Carrier;
use super::refusal::GcpRefusal;
use super::{
    Outcome, Refused, account, bucket, etag, org_policy, permission, policy, predefined, refuse,
    role,
};
use crate::loopback::{Clock, Fault, Reply, Request, Service, digest};

/// The state of one organization with its projects.
#[derive(Debug)]
pub struct Gcp {
    pub(crate) url: String,
    /// Project id to the organization that it lies in.
    projects: BTreeMap<String, String>,
    organizations: BTreeSet<String>,
    /// Every stored object under its resource name; a policy under `NAME:iamPolicy`.
    pub(crate) store: BTreeMap<String, Value>,
    /// Deleted roles, and the second of their deletion.
    pub(crate) tombstones: BTreeMap<String, i64>,
    /// Addresses that the directory denies knowing.
    pub(crate) strangers: BTreeSet<String>,
    etags: u64,
}

/// The project and the organization that are there from the start.
pub(crate) const PROJECT: &str = "mesh-dev";
pub(crate) const ORGANIZATION: &str = "123456789012";

impl Gcp {
    pub(crate) fn new(url: &str) -> Self {
        let mut gcp = Self {
            url: url.to_owned(),
            projects: BTreeMap::new(),
            organizations: BTreeSet::new(),
            store: BTreeMap::new(),
            tombstones: BTreeMap::new(),
            strangers: BTreeSet::new(),
            etags: 0,
        };
        gcp.add_project(PROJECT, ORGANIZATION);
        gcp
    }

    /// Adds a project to an organization.
    pub fn add_project(&mut self, id: &str, organization: &str) {
        self.organizations.insert(organization.to_owned());
        self.projects.insert(id.to_owned(), organization.to_owned());
    }

    /// Makes the directory deny a user, group or service account by its address.
    pub fn forget_principal(&mut self, address: &str) {
        self.strangers.insert(address.to_lowercase());
    }

    /// A stored object by its resource name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.store.get(name)
    }

    /// Stores an object as it is, unchecked: a change from outside.
    pub fn put(&mut self, name: &str, object: Value) {
        self.store.insert(name.to_owned(), object);
    }

    /// Removes an object, unchecked: a change from outside.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.store.remove(name)
    }

    /// The stored names and objects in the order of their names.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.store
            .iter()
            .map(|(name, object)| (name.as_str(), object))
    }

    pub(crate) fn next_etag(&mut self) -> String {
        self.etags += 1;
        etag::nth(self.etags)
    }

    pub(crate) fn has_project(&self, id: &str) -> bool {
        self.projects.contains_key(id)
    }

    /// A project's number, which depends on nothing but its id.
    #[allow(
        clippy::unused_self,
        reason = "a number is a property of the project in this cloud"
    )]
    pub(crate) fn project_number(&self, id: &str) -> String {
        let number: String = digest(id)
            .bytes()
            .take(11)
            .map(|byte| char::from(b'0' + byte % 10))
            .collect();
        format!("4{number}")
    }

    pub(crate) fn check_project(&self, id: &str) -> Outcome<()> {
        if self.has_project(id) {
            return Ok(());
        }
        Err(refuse(
            GcpRefusal::ProjectUnknown,
            format!("Permission denied on resource project {id} (or it may not exist)."),
        ))
    }

    fn check_parent(&self, kind: &str, id: &str) -> Outcome<()> {
        match kind {
            "projects" => self.check_project(id),
            "organizations" if self.organizations.contains(id) => Ok(()),
            _ => Err(refuse(
                GcpRefusal::OrganizationUnknown,
                format!(
                    "The caller does not have permission on {kind}/{id} (or it may not exist)."
                ),
            )),
        }
    }

    /// Whether a resource lies in a project or organization, `projects/P` or `organizations/O`.
    pub(crate) fn is_within(&self, resource: &str, parent: &str) -> bool {
        let project = if let Some(name) = resource.strip_prefix("buckets/") {
            let number = self
                .store
                .get(&bucket::key(name))
                .map(|bucket| bucket["projectNumber"].clone());
            self.projects
                .keys()
                .find(|id| {
                    number
                        .as_ref()
                        .is_some_and(|number| *number == self.project_number(id))
                })
                .cloned()
        } else {
            resource
                .strip_prefix("projects/")
                .map(|rest| rest.split('/').next().unwrap_or_default().to_owned())
        };
        match (project, parent.strip_prefix("organizations/")) {
            (Some(project), None) => parent == format!("projects/{project}"),
            (Some(project), Some(organization)) => self
                .projects
                .get(&project)
                .is_some_and(|home| home == organization),
            (None, _) => resource == parent,
        }
    }

    fn route(&mut self, request: &Request, clock: &mut Clock) -> Outcome<Reply> {
        let path = request.path.trim_matches('/').to_owned();
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["storage", "v1", rest @ ..] => self.storage(request, rest, clock),
            ["bigquery", "v2", rest @ ..] => self.bigquery(request, rest, clock),
            ["v1", rest @ ..] => self.v1(request, rest, clock),
            ["v2", rest @ ..] => self.v2(request, rest, clock),
            ["v3", rest @ ..] => self.v3(request, rest),
            _ => Err(no_method(request)),
        }
    }

    /// IAM, resource manager, Pub/Sub and Cloud KMS share the prefix v1.
    fn v1(&mut self, request: &Request, rest: &[&str], clock: &mut Clock) -> Outcome<Reply> {
        let method = request.method.as_str();
        match rest {
            ["permissions:queryTestablePermissions"] => self.testable(request),
            ["roles"] if method == "GET" => {
                let roles: Vec<Value> = predefined::all().collect();
                Ok(Reply::json(200, &json!({ "roles": roles })))
            }
            ["roles", id] if method == "GET" => role::get(self, &format!("roles/{id}"), clock),
            ["roles:queryGrantableRoles"] => {
                let roles: Vec<Value> = predefined::all().collect();
                Ok(Reply::json(200, &json!({ "roles": roles })))
            }
            ["folders", _, "roles", ..] => Err(refuse(
                GcpRefusal::RoleParent,
                "Custom roles are not supported at the level of a folder.",
            )),
            [
                kind @ ("projects" | "organizations"),
                id,
                "roles",
                tail @ ..,
            ] => {
                self.check_parent(kind, id)?;
                self.roles(request, &format!("{kind}/{id}"), tail, clock)
            }
            ["projects", id, "serviceAccounts", tail @ ..] => {
                self.accounts(request, id, tail, clock)
            }
            ["projects"] if method == "GET" => {
                let projects: Vec<Value> =
                    self.projects.keys().map(|id| self.project(id)).collect();
                Ok(Reply::json(200, &json!({ "projects": projects })))
            }
            [kind @ ("projects" | "organizations"), last] => {
                self.container(request, kind, last, clock)
            }
            ["projects", id, tail @ ..] => {
                self.check_project(id)?;
                self.other(request, &format!("projects/{id}"), tail, clock)
            }
            _ => Err(no_method(request)),
        }
    }

    /// Organization policies.
    fn v2(&mut self, request: &Request, rest: &[&str], clock: &mut Clock) -> Outcome<Reply> {
        let [kind @ ("projects" | "organizations"), id, what, tail @ ..] = rest else {
            return Err(no_method(request));
        };
        self.check_parent(kind, id)?;
        if *what == "constraints" && request.method == "GET" && tail.is_empty() {
            return Ok(org_policy::constraints(&format!("{kind}/{id}")));
        }
        if *what != "policies" {
            return Err(no_method(request));
        }
        let parent = format!("{kind}/{id}");
        match (request.method.as_str(), tail) {
            ("GET", []) => Ok(org_policy::list(self, &parent)),
            ("POST", []) => {
                let body = body(request)?;
                org_policy::create(self, &parent, &body, clock)
            }
            ("GET", [last]) => match last.strip_suffix(":getEffectivePolicy") {
                Some(constraint) => {
                    org_policy::effective(self, &format!("{parent}/policies/{constraint}"))
                }
                None => org_policy::get(self, &format!("{parent}/policies/{last}")),
            },
            ("PATCH", [last]) => {
                let body = body(request)?;
                org_policy::patch(self, &format!("{parent}/policies/{last}"), &body, clock)
            }
            ("DELETE", [last]) => {
                clock.tick();
                org_policy::delete(self, &format!("{parent}/policies/{last}"))
            }
            _ => Err(no_method(request)),
        }
    }

    /// The newer resource manager, which names a project by `projects/ID`.
    fn v3(&self, request: &Request, rest: &[&str]) -> Outcome<Reply> {
        match rest {
            ["projects", id] if request.method == "GET" => {
                self.check_project(id)?;
                Ok(Reply::json(
                    200,
                    &json!({
                        "name": format!("projects/{}", self.project_number(id)),
                        "projectId": id,
                        "displayName": id,
                        "state": "ACTIVE",
                        "parent": format!("organizations/{}", self.projects.get(*id).cloned().unwrap_or_default()),
                    }),
                ))
            }
            _ => Err(no_method(request)),
        }
    }

    fn testable(&self, request: &Request) -> Outcome<Reply> {
        let body = body(request)?;
        only(&body, &["fullResourceName", "pageToken", "pageSize"], "")?;
        let resource = body["fullResourceName"].as_str().unwrap_or_default();
        // gcloud writes the host of the overridden endpoint where the service's name belongs.
        let own = self.url.split_once("//").map_or("", |(_, host)| host);
        let name = resource
            .strip_prefix("//")
            .and_then(|rest| rest.split_once('/'))
            .filter(|(host, _)| *host == "cloudresourcemanager.googleapis.com" || *host == own)
            .map_or("", |(_, name)| name);
        let (kind, id) = name.split_once('/').unwrap_or(("", ""));
        self.check_parent(kind, id)?;
        let permissions: Vec<Value> = permission::all()
            .filter(|name| kind == "organizations" || !permission::is_organizational(name))
            .map(|name| {
                let mut shown = json!({"name": name, "stage": "GA"});
                if let Some(level) = permission::support(&name).name() {
                    shown["customRolesSupportLevel"] = json!(level);
                }
                shown
            })
            .collect();
        Ok(Reply::json(200, &json!({ "permissions": permissions })))
    }

    fn roles(
        &mut self,
        request: &Request,
        parent: &str,
        tail: &[&str],
        clock: &mut Clock,
    ) -> Outcome<Reply> {
        match (request.method.as_str(), tail) {
            ("POST", []) => {
                let body = body(request)?;
                role::create(self, parent, &body, clock)
            }
            ("GET", []) => Ok(role::list(self, parent, request, clock)),
            ("GET", [id]) => role::get(self, &format!("{parent}/roles/{id}"), clock),
            ("PATCH", [id]) => {
                let body = body(request)?;
                role::patch(self, &format!("{parent}/roles/{id}"), request, &body, clock)
            }
            ("DELETE", [id]) => role::delete(
                self,
                &format!("{parent}/roles/{id}"),
                request.parameter("etag"),
                clock,
            ),
            ("POST", [last]) => match last.strip_suffix(":undelete") {
                Some(id) => {
                    let given = request.json().unwrap_or_default();
                    role::undelete(
                        self,
                        &format!("{parent}/roles/{id}"),
                        given["etag"].as_str(),
                        clock,
                    )
                }
                None => Err(no_method(request)),
            },
            _ => Err(no_method(request)),
        }
    }

    fn accounts(
        &mut self,
        request: &Request,
        project: &str,
        tail: &[&str],
        clock: &mut Clock,
    ) -> Outcome<Reply> {
        if project != "-" {
            self.check_project(project)?;
        }
        match (request.method.as_str(), tail) {
            ("POST", []) => {
                let body = body(request)?;
                clock.tick();
                account::create(self, project, &body)
            }
            ("GET", []) => {
                let stem = format!("projects/{project}/serviceAccounts/");
                let accounts: Vec<&Value> = self
                    .store
                    .iter()
                    .filter(|(name, _)| name.starts_with(&stem) && !name.ends_with(":iamPolicy"))
                    .map(|(_, account)| account)
                    .collect();
                Ok(Reply::json(
                    200,
                    &if accounts.is_empty() {
                        json!({})
                    } else {
                        json!({ "accounts": accounts })
                    },
                ))
            }
            ("GET", [email]) => {
                let name = account::resolve(self, project, email)?;
                Ok(Reply::json(200, &self.store[&name]))
            }
            ("DELETE", [email]) => {
                let name = account::resolve(self, project, email)?;
                clock.tick();
                self.store.remove(&name);
                Ok(Reply::json(200, &json!({})))
            }
            ("POST", [last]) => {
                let (email, verb) = last.split_once(':').unwrap_or((last, ""));
                let name = account::resolve(self, project, email)?;
                self.policy_verb(request, &name, Carrier::Other, verb, clock)
            }
            _ => Err(no_method(request)),
        }
    }

    /// A project or organization itself, or a verb on it.
    fn container(
        &mut self,
        request: &Request,
        kind: &str,
        last: &str,
        clock: &mut Clock,
    ) -> Outcome<Reply> {
        let (id, verb) = last.split_once(':').unwrap_or((last, ""));
        self.check_parent(kind, id)?;
        if verb.is_empty() && request.method == "GET" {
            let shown = if kind == "projects" {
                self.project(id)
            } else {
                json!({"name": format!("organizations/{id}"), "displayName": "mesh.example", "lifecycleState": "ACTIVE"})
            };
            return Ok(Reply::json(200, &shown));
        }
        let carrier = if kind == "projects" {
            Carrier::Project
        } else {
            Carrier::Organization
        };
        self.policy_verb(request, &format!("{kind}/{id}"), carrier, verb, clock)
    }

    fn project(&self, id: &str) -> Value {
        json!({
            "projectNumber": self.project_number(id),
            "projectId": id,
            "lifecycleState": "ACTIVE",
            "name": id,
            "createTime": "2026-01-01T00:00:00Z",
            "parent": {"type": "organization", "id": self.projects.get(id).cloned().unwrap_or_default()},
        })
    }

    /// `getIamPolicy`, `setIamPolicy` and `testIamPermissions` of one resource.
    fn policy_verb(
        &mut self,
        request: &Request,
        resource: &str,
        carrier: Carrier,
        verb: &str,
        clock: &mut Clock,
    ) -> Outcome<Reply> {
        match verb {
            "getIamPolicy" => {
                let body = request.json().unwrap_or_default();
                let requested = body["options"]["requestedPolicyVersion"]
                    .as_i64()
                    .or_else(|| {
                        request
                            .parameter("options.requestedPolicyVersion")
                            .and_then(|version| version.parse().ok())
                    });
                policy::get(self, resource, requested.unwrap_or(1))
                    .map(|policy| Reply::json(200, &policy))
            }
            "setIamPolicy" => {
                let body = body(request)?;
                only(&body, &["policy", "updateMask"], "")?;
                let stored = policy::set(
                    self,
                    resource,
                    carrier,
                    &body["policy"],
                    body["updateMask"].as_str(),
                )?;
                clock.tick();
                Ok(Reply::json(200, &stored))
            }
            "testIamPermissions" => {
                let body = body(request)?;
                Ok(Reply::json(
                    200,
                    &json!({"permissions": body["permissions"]}),
                ))
            }
            _ => Err(no_method(request)),
        }
    }

    /// Topics, subscriptions, key rings and keys: stored as they come, with a policy each.
    fn other(
        &mut self,
        request: &Request,
        stem: &str,
        tail: &[&str],
        clock: &mut Clock,
    ) -> Outcome<Reply> {
        let known = matches!(
            tail,
            ["topics" | "subscriptions", ..] | ["locations", _, "keyRings", ..]
        );
        if !known {
            return Err(no_method(request));
        }
        let full = format!("{stem}/{}", tail.join("/"));
        let (name, verb) = full.split_once(':').unwrap_or((&full, ""));
        if !verb.is_empty() {
            if !self.store.contains_key(name) {
                return Err(not_found(name));
            }
            return self.policy_verb(request, name, Carrier::Other, verb, clock);
        }
        // A collection has an odd number of parts below its stem; Cloud KMS creates through it.
        let collection = tail.len() % 2 == 1;
        match request.method.as_str() {
            "GET" if collection => {
                let stem = format!("{name}/");
                let field = tail.last().copied().unwrap_or_default();
                let items: Vec<&Value> = self
                    .store
                    .iter()
                    .filter(|(key, _)| {
                        key.strip_prefix(&stem)
                            .is_some_and(|rest| !rest.contains('/') && !rest.contains(':'))
                    })
                    .map(|(_, object)| object)
                    .collect();
                Ok(Reply::json(200, &json!({ field: items })))
            }
            "GET" => self
                .store
                .get(name)
                .map(|object| Reply::json(200, object))
                .ok_or_else(|| not_found(name)),
            "PUT" | "POST" => {
                let mut object = body(request)?;
                let id = request
                    .parameter("keyRingId")
                    .or_else(|| request.parameter("cryptoKeyId"));
                let name = id
                    .filter(|_| collection)
                    .map_or_else(|| name.to_owned(), |id| format!("{name}/{id}"));
                object["name"] = json!(name);
                clock.tick();
                self.store.insert(name, object.clone());
                Ok(Reply::json(200, &object))
            }
            "DELETE" => {
                clock.tick();
                self.store.remove(&policy::key(name));
                self.store
                    .remove(name)
                    .map(|_| Reply::json(200, &json!({})))
                    .ok_or_else(|| not_found(name))
            }
            _ => Err(no_method(request)),
        }
    }

    fn storage(&mut self, request: &Request, rest: &[&str], clock: &mut Clock) -> Outcome<Reply> {
        match (request.method.as_str(), rest) {
            ("POST", ["b"]) => {
                let body = body(request)?;
                bucket::insert(self, request, &body, clock)
            }
            ("GET", ["b"]) => bucket::list(self, request),
            ("GET", ["b", name]) => bucket::get(self, name).map(|bucket| Reply::json(200, &bucket)),
            ("PATCH" | "PUT", ["b", name]) => {
                let body = body(request)?;
                bucket::patch(self, name, request, &body, clock)
            }
            ("DELETE", ["b", name]) => {
                clock.tick();
                bucket::delete(self, name, request)
            }
            ("GET", ["b", name, "iam"]) => {
                bucket::get(self, name)?;
                let requested = request
                    .parameter("optionsRequestedPolicyVersion")
                    .and_then(|version| version.parse().ok());
                let shown = policy::get(self, &bucket::key(name), requested.unwrap_or(1))?;
                Ok(Reply::json(200, &bucket::dress(shown, name)))
            }
            ("PUT", ["b", name, "iam"]) => {
                let found = bucket::get(self, name)?;
                let body = body(request)?;
                let stored = policy::set(
                    self,
                    &bucket::key(name),
                    bucket::carrier(&found),
                    &body,
                    None,
                )?;
                clock.tick();
                Ok(Reply::json(200, &bucket::dress(stored, name)))
            }
            ("GET", ["b", name, "o"]) => {
                bucket::get(self, name)?;
                Ok(Reply::json(200, &json!({"kind": "storage#objects"})))
            }
            _ => Err(no_method(request)),
        }
    }

    /// BigQuery datasets: stored as they come; the access list is shown in the requested version.
    fn bigquery(&mut self, request: &Request, rest: &[&str], clock: &mut Clock) -> Outcome<Reply> {
        let ["projects", project, "datasets", tail @ ..] = rest else {
            return Err(no_method(request));
        };
        self.check_project(project)?;
        let stem = format!("projects/{project}/datasets");
        match (request.method.as_str(), tail) {
            ("GET", []) => {
                let stem = format!("{stem}/");
                let datasets: Vec<&Value> = self
                    .store
                    .iter()
                    .filter(|(name, _)| name.starts_with(&stem))
                    .map(|(_, dataset)| dataset)
                    .collect();
                Ok(Reply::json(
                    200,
                    &json!({"kind": "bigquery#datasetList", "datasets": datasets}),
                ))
            }
            ("POST", []) => {
                let mut dataset = body(request)?;
                let id = dataset["datasetReference"]["datasetId"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                let name = format!("{stem}/{id}");
                dataset["kind"] = json!("bigquery#dataset");
                dataset["id"] = json!(format!("{project}:{id}"));
                dataset["datasetReference"]["projectId"] = json!(project);
                dataset["etag"] = json!(self.next_etag());
                dataset["creationTime"] = json!((clock.seconds() * 1_000).to_string());
                clock.tick();
                self.store.insert(name, dataset.clone());
                Ok(Reply::json(200, &dataset))
            }
            ("GET", [id]) => {
                let name = format!("{stem}/{id}");
                self.store
                    .get(&name)
                    .map(|dataset| Reply::json(200, dataset))
                    .ok_or_else(|| not_found(&name))
            }
            ("DELETE", [id]) => {
                let name = format!("{stem}/{id}");
                clock.tick();
                self.store
                    .remove(&name)
                    .map(|_| Reply::empty(204))
                    .ok_or_else(|| not_found(&name))
            }
            _ => Err(no_method(request)),
        }
    }
}

impl Service for Gcp {
    fn answer(&mut self, request: &Request, clock: &mut Clock) -> Reply {
        match self.route(request, clock) {
            Ok(reply) => reply,
            Err(Refused { kind, message }) => {
                let row = kind.row();
                let mut reply = error(request, row.status, row.code, &message);
                reply.refusal = Some(row.id);
                reply
            }
        }
    }

    fn is_housekeeping(&self, request: &Request) -> bool {
        // gcloud asks for the testable permissions before it creates a role.
        request
            .path
            .ends_with("permissions:queryTestablePermissions")
    }

    /// Source: cloud.google.com/apis/design/errors, the table of codes.
    fn fault_reply(&self, fault: &Fault) -> Reply {
        let plain = Request::default();
        match fault {
            Fault::TooManyRequests { retry_after } => error(
                &plain,
                429,
                "RESOURCE_EXHAUSTED",
                "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute'.",
            )
            .with_header("Retry-After", &retry_after.to_string()),
            Fault::ServerError => error(&plain, 500, "INTERNAL", "Internal error encountered."),
            Fault::Unavailable => error(&plain, 503, "UNAVAILABLE", "The service is currently unavailable."),
            Fault::Timeout { .. } | Fault::LostAnswer { .. } => {
                error(&plain, 504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.")
            }
            Fault::EtagConflict => error(
                &plain,
                409,
                "ABORTED",
                "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.",
            ),
            Fault::Rubbish => Reply::text(200, "text/html", "<html><body>Welcome to the guest network</body></html>"),
        }
    }

    fn snapshot(&self) -> Value {
        Value::Object(
            self.store
                .iter()
                .map(|(name, object)| (name.clone(), object.clone()))
                .collect(),
        )
    }
}

/// The error body: a status in the newer services, a list of reasons in Cloud Storage and BigQuery.
fn error(request: &Request, status: u16, code: &str, message: &str) -> Reply {
    let older = request.path.starts_with("/storage/") || request.path.starts_with("/bigquery/");
    let body = if older {
        json!({"error": {"code": status, "message": message, "errors": [{"message": message, "domain": "global", "reason": code}]}})
    } else {
        json!({"error": {"code": status, "message": message, "status": code}})
    };
    Reply::json(status, &body)
}

/// The body of a write: one JSON object.
fn body(request: &Request) -> Outcome<Value> {
    match request.json() {
        Some(value) if value.is_object() => Ok(value),
        _ => Err(refuse(
            GcpRefusal::JsonMalformed,
            "Invalid JSON payload received. The body is no JSON object.",
        )),
    }
}

/// Refuses fields that a message does not have.
pub(crate) fn only(value: &Value, fields: &[&str], place: &str) -> Outcome<()> {
    let foreign = value
        .as_object()
        .into_iter()
        .flatten()
        .find(|(field, _)| !fields.contains(&field.as_str()));
    match foreign {
        None => Ok(()),
        Some((field, _)) => Err(refuse(
            GcpRefusal::FieldUnknown,
            format!(
                "Invalid JSON payload received. Unknown name \"{field}\" at '{place}': Cannot find field."
            ),
        )),
    }
}

fn no_method(request: &Request) -> Refused {
    refuse(
        GcpRefusal::MethodUnknown,
        format!(
            "The requested URL {} was not found on this server for {}.",
            request.path, request.method
        ),
    )
}

fn not_found(name: &str) -> Refused {
    refuse(
        GcpRefusal::ResourceUnknown,
        format!("Resource not found (resource={name})."),
    )
}
