//! The loopback Azure Resource Manager without a socket: routing, the checks that every request
//! passes, and the store.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::id::{ResourceId, Scope, is, key};
use super::policy::{assignment, builtin, definition, exemption, set};
use super::refusal::ArmRefusal;
use super::tenant::{Tenant, group_key};
use super::{Outcome, Refused, catalogue, refuse, resource, role, sign_in};
use crate::loopback::{Clock, Fault, Reply, Request, Service};

/// The state of one Azure tenant.
#[derive(Debug)]
pub struct Arm {
    pub(crate) url: String,
    pub(crate) tenant: Tenant,
    /// Every stored object under its lower-case id.
    pub(crate) store: BTreeMap<String, Value>,
}

impl Arm {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            tenant: Tenant::default(),
            store: BTreeMap::new(),
        }
    }

    /// Adds a subscription below a management group, the tenant's root group by default.
    pub fn add_subscription(&mut self, id: &str, name: &str, group: Option<&str>) {
        self.tenant.add_subscription(id, name, group);
    }

    /// Adds a management group below another, the tenant's root group by default.
    pub fn add_management_group(&mut self, name: &str, parent: Option<&str>) {
        self.tenant.add_group(name, parent);
        self.store
            .insert(group_key(name), group_object(self, name, name));
    }

    /// Teaches the directory a principal: User, Group, `ServicePrincipal`, `ForeignGroup` or Device.
    pub fn add_principal(&mut self, id: &str, kind: &str) {
        self.tenant.add_principal(id, kind);
    }

    /// Makes the directory deny a principal, as after its deletion or before its replication.
    pub fn forget_principal(&mut self, id: &str) {
        self.tenant.forget_principal(id);
    }

    /// A stored object by its id.
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.store.get(&key(id))
    }

    /// Stores an object as it is, unchecked: a change from outside.
    pub fn put(&mut self, id: &str, object: Value) {
        self.store.insert(key(id), object);
    }

    /// Removes an object, unchecked: a change from outside.
    pub fn remove(&mut self, id: &str) -> Option<Value> {
        self.store.remove(&key(id))
    }

    /// The stored ids and objects in the order of their ids.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.store.iter().map(|(id, object)| (id.as_str(), object))
    }

    /// The objects of one kind exactly at a scope.
    pub(crate) fn children<'a>(
        &'a self,
        scope: &str,
        kind: &'a str,
    ) -> impl Iterator<Item = &'a Value> {
        let stem = key(&format!("{scope}/providers/{kind}")) + "/";
        self.store
            .iter()
            .filter(move |(id, _)| {
                id.strip_prefix(&stem)
                    .is_some_and(|name| !name.contains('/'))
            })
            .map(|(_, object)| object)
    }

    /// The id of an assignment or set that names a definition or set.
    pub(crate) fn user_of_definition(&self, path: &str) -> Option<String> {
        self.store.values().find_map(|object| {
            let properties = &object["properties"];
            let names = |value: &Value| value.as_str().is_some_and(|id| key(id) == key(path));
            let uses = names(&properties["policyDefinitionId"])
                || properties["policyDefinitions"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|reference| names(&reference["policyDefinitionId"]));
            uses.then(|| object["id"].as_str().unwrap_or_default().to_owned())
        })
    }

    /// A scope must exist: its subscription, its resource group, its management group.
    pub(crate) fn check_scope(&self, scope: &Scope) -> Outcome<()> {
        match scope {
            Scope::ManagementGroup(name) if self.tenant.has_group(name) => Ok(()),
            Scope::ManagementGroup(name) => Err(refuse(
                ArmRefusal::ManagementGroupUnknown,
                format!(
                    "The client '{}' with object id '{}' does not have authorization to perform the action over scope \
                     '/providers/Microsoft.Management/managementGroups/{name}' or the scope is invalid.",
                    super::tenant::APPLICATION,
                    self.tenant.caller()
                ),
            )),
            Scope::Subscription(id) | Scope::Group(id, _) | Scope::Resource(id, _, _)
                if !self.tenant.has_subscription(id) =>
            {
                Err(refuse(
                    ArmRefusal::SubscriptionUnknown,
                    format!("The subscription '{id}' could not be found."),
                ))
            }
            Scope::Tenant | Scope::Subscription(_) => Ok(()),
            Scope::Group(id, name) | Scope::Resource(id, name, _) => {
                if self
                    .store
                    .contains_key(&key(&format!("/subscriptions/{id}/resourceGroups/{name}")))
                {
                    Ok(())
                } else {
                    Err(resource::group_unknown(name))
                }
            }
        }
    }

    /// A tracked resource that serves as a scope must exist. Children such as containers are not
    /// known to Azure Resource Manager, which asks for the resource that it tracks only.
    pub(crate) fn check_tracked(&self, scope: Option<&Scope>) -> Outcome<()> {
        let Some(Scope::Resource(id, group, rest)) = scope else {
            return Ok(());
        };
        let parts: Vec<&str> = rest.split('/').collect();
        let path = format!(
            "/subscriptions/{id}/resourceGroups/{group}/providers/{}",
            parts[..3].join("/")
        );
        let Some(tracked) = ResourceId::read(&path) else {
            return Ok(());
        };
        if self.store.contains_key(&key(&path)) {
            return Ok(());
        }
        Err(resource::unknown(&tracked))
    }

    fn route(&mut self, request: &Request, clock: &mut Clock) -> Outcome<Reply> {
        if let Some(reply) = sign_in::answer(self, request) {
            return Ok(reply);
        }
        authenticate(request)?;
        if request
            .path
            .to_lowercase()
            .ends_with("/directoryobjects/getbyids")
        {
            // Microsoft Graph has its version in the path.
            return Ok(sign_in::account(self, request).unwrap_or_else(|| Reply::empty(404)));
        }
        let version = version(request)?;
        if let Some(reply) = sign_in::account(self, request).filter(|_| request.method == "GET") {
            return Ok(reply);
        }
        if let Some(reply) = self.groups(request, clock)? {
            return Ok(reply);
        }
        let Some(id) = ResourceId::read(&request.path) else {
            return Err(refuse(
                ArmRefusal::PathMalformed,
                format!("The request URI '{}' is invalid.", request.path),
            ));
        };
        if !catalogue::is_namespace(&id.namespace) {
            return Err(refuse(
                ArmRefusal::NamespaceUnknown,
                format!("The resource namespace '{}' is invalid.", id.namespace),
            ));
        }
        if is(&id.kind(), "Microsoft.Storage/checkNameAvailability") {
            return self.check_name(request);
        }
        let Some(kind) = catalogue::kind(&id.kind()) else {
            return Err(refuse(
                ArmRefusal::TypeUnknown,
                format!(
                    "The resource type '{}' could not be found in the namespace '{}'.",
                    id.types.join("/"),
                    id.namespace
                ),
            ));
        };
        if !kind.versions.is_empty() && !kind.versions.contains(&version.as_str()) {
            return Err(refuse(
                ArmRefusal::ApiVersionUnsupported,
                format!(
                    "No registered resource provider found for location '' and API version '{version}' for type '{}'. The \
                     supported api-versions are '{}'.",
                    id.types.join("/"),
                    kind.versions.join(", ")
                ),
            ));
        }
        let Some(scope) = Scope::read(&id.scope) else {
            return Err(refuse(
                ArmRefusal::PathMalformed,
                format!("The scope '{}' is invalid.", id.scope),
            ));
        };
        self.check_scope(&scope)?;
        precondition(self, &id, request)?;
        match request.method.as_str() {
            "GET" | "HEAD" => self.read(&id, request),
            "PUT" => {
                let body = body(request)?;
                let now = clock.tick();
                self.write(&id, &body, &now)
            }
            "PATCH" => {
                let body = body(request)?;
                let now = clock.tick();
                self.merge(&id, &body, &now)
            }
            "DELETE" => {
                clock.tick();
                self.erase(&id)
            }
            _ => Err(unsupported(request)),
        }
    }

    fn read(&self, id: &ResourceId, request: &Request) -> Outcome<Reply> {
        let filter = request.parameter("$filter");
        match id.kind().to_lowercase().as_str() {
            "microsoft.authorization/roledefinitions" if id.is_collection() => {
                role::definition::list(self, &id.scope, filter)
            }
            "microsoft.authorization/roledefinitions" => role::definition::get(self, id),
            "microsoft.authorization/roleassignments" if id.is_collection() => {
                role::assignment::list(self, &id.scope, filter)
            }
            "microsoft.authorization/roleassignments" => role::assignment::get(self, id),
            "microsoft.authorization/policydefinitions" if !id.is_collection() => {
                definition::find(self, &id.path())
                    .map(|found| Reply::json(200, &found))
                    .ok_or_else(|| {
                        refuse(
                            ArmRefusal::PolicyUnknown,
                            format!("The policy definition '{}' could not be found.", id.name()),
                        )
                    })
            }
            "microsoft.authorization/policysetdefinitions" if !id.is_collection() => {
                set::find(self, &id.path())
                    .map(|found| Reply::json(200, &found))
                    .ok_or_else(|| {
                        refuse(
                            ArmRefusal::SetUnknown,
                            format!(
                                "The policy set definition '{}' could not be found.",
                                id.name()
                            ),
                        )
                    })
            }
            "microsoft.authorization/policyassignments" if !id.is_collection() => self
                .store
                .get(&key(&id.path()))
                .map(|found| Reply::json(200, found))
                .ok_or_else(|| {
                    refuse(
                        ArmRefusal::AssignmentUnknown,
                        format!("The policy assignment '{}' is not found.", id.name()),
                    )
                }),
            _ if id.is_collection() => Ok(self.collection(id)),
            _ => match self.store.get(&key(&id.path())) {
                Some(found) => Ok(Reply::json(200, found)),
                None => Err(resource::unknown(id)),
            },
        }
    }

    /// A collection. Policy lists show what is at the scope and above; every other one its children.
    /// Source: REST, Policy Assignments - List For Resource Group; Policy Definitions - List.
    fn collection(&self, id: &ResourceId) -> Reply {
        let kind = id.kind();
        let policy = [
            definition::KIND,
            set::KIND,
            assignment::KIND,
            exemption::KIND,
        ]
        .iter()
        .any(|known| is(known, &kind));
        let value: Vec<Value> = if policy {
            let line = self.tenant.line(&id.scope);
            let stored = self.store.values().filter(|object| {
                let path = object["id"].as_str().unwrap_or_default();
                object["type"]
                    .as_str()
                    .is_some_and(|known| is(known, &kind))
                    && ResourceId::read(path).is_some_and(|read| line.contains(&key(&read.scope)))
            });
            let built_in = is(&kind, definition::KIND)
                .then(builtin::all)
                .into_iter()
                .flatten();
            stored.cloned().chain(built_in).collect()
        } else {
            let stem = key(&id.path()) + "/";
            let depth = stem.matches('/').count();
            self.store
                .iter()
                .filter(|(path, _)| path.starts_with(&stem) && path.matches('/').count() == depth)
                .map(|(_, object)| object.clone())
                .collect()
        };
        Reply::json(200, &json!({ "value": value }))
    }

    fn write(&mut self, id: &ResourceId, body: &Value, now: &str) -> Outcome<Reply> {
        if id.is_collection() {
            return Err(refuse(
                ArmRefusal::MethodUnsupported,
                "A collection cannot be written.",
            ));
        }
        match id.kind().to_lowercase().as_str() {
            "microsoft.authorization/policydefinitions" => definition::put(self, id, body, now),
            "microsoft.authorization/policysetdefinitions" => set::put(self, id, body, now),
            "microsoft.authorization/policyassignments" => assignment::put(self, id, body, now),
            "microsoft.authorization/policyexemptions" => exemption::put(self, id, body, now),
            "microsoft.authorization/roledefinitions" => role::definition::put(self, id, body, now),
            "microsoft.authorization/roleassignments" => role::assignment::put(self, id, body, now),
            "microsoft.management/managementgroups" => Ok(self.put_management_group(id, body)),
            "microsoft.management/managementgroups/subscriptions" => Ok(self.move_subscription(id)),
            _ => resource::put(self, id, body, now),
        }
    }

    fn merge(&mut self, id: &ResourceId, body: &Value, now: &str) -> Outcome<Reply> {
        // Policy and role objects other than assignments know no PATCH.
        if is(&id.namespace, "Microsoft.Authorization") && !is(&id.kind(), assignment::KIND) {
            return Err(refuse(
                ArmRefusal::MethodUnsupported,
                "The resource type does not support PATCH.",
            ));
        }
        resource::patch(self, id, body, now)
    }

    fn erase(&mut self, id: &ResourceId) -> Outcome<Reply> {
        match id.kind().to_lowercase().as_str() {
            "microsoft.authorization/policydefinitions" => definition::delete(self, id),
            "microsoft.authorization/policysetdefinitions" => set::delete(self, id),
            "microsoft.authorization/policyassignments" => Ok(assignment::delete(self, id)),
            "microsoft.authorization/roledefinitions" => role::definition::delete(self, id),
            "microsoft.authorization/roleassignments" => Ok(role::assignment::delete(self, id)),
            _ => Ok(resource::delete(self, id)),
        }
    }

    /// Resource groups, lists of resources, locations, providers and polls: paths without a provider
    /// that owns them.
    fn groups(&mut self, request: &Request, clock: &mut Clock) -> Outcome<Option<Reply>> {
        let parts: Vec<&str> = request
            .path
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        let [head, subscription, rest @ ..] = parts.as_slice() else {
            return Ok(None);
        };
        if !is(head, "subscriptions") {
            return Ok(None);
        }
        let under = Scope::Subscription((*subscription).to_owned());
        match rest {
            [] => {
                self.check_scope(&under)?;
                Ok(None)
            }
            [kind] if is(kind, "resourceGroups") => {
                self.check_scope(&under)?;
                let value: Vec<&Value> = self
                    .of_type(subscription, "Microsoft.Resources/resourceGroups")
                    .collect();
                Ok(Some(Reply::json(200, &json!({ "value": value }))))
            }
            [kind] if is(kind, "resources") => {
                self.check_scope(&under)?;
                Ok(Some(
                    self.resources(&format!("/subscriptions/{subscription}/")),
                ))
            }
            [kind, group, last] if is(kind, "resourceGroups") && is(last, "resources") => {
                self.check_scope(&Scope::Group(
                    (*subscription).to_owned(),
                    (*group).to_owned(),
                ))?;
                Ok(Some(self.resources(&format!(
                    "/subscriptions/{subscription}/resourceGroups/{group}/"
                ))))
            }
            [kind] if is(kind, "locations") => {
                self.check_scope(&under)?;
                let value: Vec<Value> = catalogue::REGIONS
                    .iter()
                    .map(|name| json!({"id": format!("/subscriptions/{subscription}/locations/{name}"), "name": name, "displayName": name}))
                    .collect();
                Ok(Some(Reply::json(200, &json!({ "value": value }))))
            }
            [kind, _] if is(kind, "operationresults") => Ok(Some(Reply::empty(200))),
            [kind] if is(kind, "providers") => {
                let value: Vec<Value> = catalogue::namespaces().map(provider).collect();
                Ok(Some(Reply::json(200, &json!({ "value": value }))))
            }
            [kind, namespace] if is(kind, "providers") && request.method == "GET" => {
                catalogue::namespaces()
                    .find(|known| is(known, namespace))
                    .map_or_else(
                        || {
                            Err(refuse(
                                ArmRefusal::NamespaceUnknown,
                                format!("The resource namespace '{namespace}' is invalid."),
                            ))
                        },
                        |known| Ok(Some(Reply::json(200, &provider(known)))),
                    )
            }
            [kind, namespace, verb] if is(kind, "providers") && is(verb, "register") => {
                Ok(Some(Reply::json(200, &provider(namespace))))
            }
            [kind, group] if is(kind, "resourceGroups") => {
                self.check_scope(&under)?;
                self.group(request, subscription, group, clock).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn group(
        &mut self,
        request: &Request,
        subscription: &str,
        group: &str,
        clock: &mut Clock,
    ) -> Outcome<Reply> {
        let path = key(&format!(
            "/subscriptions/{subscription}/resourceGroups/{group}"
        ));
        match request.method.as_str() {
            "PUT" => {
                let body = body(request)?;
                clock.tick();
                resource::put_group(self, subscription, group, &body)
            }
            "GET" => self
                .store
                .get(&path)
                .map(|found| Reply::json(200, found))
                .ok_or_else(|| resource::group_unknown(group)),
            // HEAD asks whether the group exists: 204 or 404. Source: REST, Check Existence.
            "HEAD" => Ok(Reply::empty(if self.store.contains_key(&path) {
                204
            } else {
                404
            })),
            "DELETE" => {
                clock.tick();
                resource::delete_group(self, subscription, group)
            }
            _ => Err(unsupported(request)),
        }
    }

    fn of_type<'a>(&'a self, subscription: &str, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        let stem = key(&format!("/subscriptions/{subscription}")) + "/";
        self.store
            .iter()
            .filter(move |(id, object)| id.starts_with(&stem) && object["type"] == kind)
            .map(|(_, object)| object)
    }

    /// Tracked resources below a path.
    fn resources(&self, stem: &str) -> Reply {
        let stem = stem.to_lowercase();
        let value: Vec<&Value> = self
            .store
            .iter()
            .filter(|(id, object)| {
                id.starts_with(&stem)
                    && object["type"]
                        .as_str()
                        .and_then(catalogue::kind)
                        .is_some_and(|kind| kind.tracked)
            })
            .map(|(_, object)| object)
            .collect();
        Reply::json(200, &json!({ "value": value }))
    }

    fn check_name(&self, request: &Request) -> Outcome<Reply> {
        let body = body(request)?;
        let name = body["name"].as_str().unwrap_or_default();
        let taken = self.store.values().any(|object| {
            object["type"] == "Microsoft.Storage/storageAccounts" && object["name"] == name
        });
        let answer = if !resource::is_storage_name(name) {
            json!({"nameAvailable": false, "reason": "AccountNameInvalid", "message": format!("{name} is not a valid storage account name.")})
        } else if taken {
            json!({"nameAvailable": false, "reason": "AlreadyExists", "message": format!("The storage account named {name} is already taken.")})
        } else {
            json!({"nameAvailable": true})
        };
        Ok(Reply::json(200, &answer))
    }

    fn put_management_group(&mut self, id: &ResourceId, body: &Value) -> Reply {
        let parent = body["properties"]["details"]["parent"]["id"]
            .as_str()
            .and_then(|path| path.rsplit('/').next());
        self.tenant.add_group(id.name(), parent);
        let display = body["properties"]["displayName"]
            .as_str()
            .unwrap_or_else(|| id.name())
            .to_owned();
        let object = group_object(self, id.name(), &display);
        self.store.insert(group_key(id.name()), object.clone());
        // The service answers 202 and works on; 200 is its answer when it is done at once.
        Reply::json(200, &object)
    }

    fn move_subscription(&mut self, id: &ResourceId) -> Reply {
        let name = self
            .tenant
            .subscriptions()
            .find(|(known, _)| is(known, id.name()))
            .map_or_else(|| id.name().to_owned(), |(_, name)| name.to_owned());
        let group = id.names.first().cloned().unwrap_or_default();
        self.tenant.add_subscription(id.name(), &name, Some(&group));
        Reply::json(
            200,
            &json!({"id": id.path(), "name": id.name(), "type": "Microsoft.Management/managementGroups/subscriptions"}),
        )
    }
}

impl Service for Arm {
    fn answer(&mut self, request: &Request, clock: &mut Clock) -> Reply {
        match self.route(request, clock) {
            Ok(reply) => reply,
            Err(Refused { kind, message }) => {
                let row = kind.row();
                let mut reply = error(row.status, row.code, &message);
                reply.refusal = Some(row.id);
                if row.status == 401 {
                    reply = reply.with_header(
                        "WWW-Authenticate",
                        &format!(
                            "Bearer authorization_uri=\"{}/{}\"",
                            self.url,
                            self.tenant.id()
                        ),
                    );
                }
                reply
            }
        }
    }

    fn is_housekeeping(&self, request: &Request) -> bool {
        sign_in::is_housekeeping(request)
    }

    /// Source: Azure docs, "Throttling Resource Manager requests" and "Common REST error codes".
    fn fault_reply(&self, fault: &Fault) -> Reply {
        match fault {
            Fault::TooManyRequests { retry_after } => error(
                429,
                "TooManyRequests",
                "The request is being throttled as the limit has been reached for operation type.",
            )
            .with_header("Retry-After", &retry_after.to_string()),
            Fault::ServerError => error(
                500,
                "InternalServerError",
                "Encountered internal server error.",
            ),
            Fault::Unavailable => error(
                503,
                "ServerTimeout",
                "The request timed out. Try again later.",
            ),
            Fault::Timeout { .. } | Fault::LostAnswer { .. } => error(
                504,
                "GatewayTimeout",
                "The gateway did not receive a response from the resource provider within the specified time period.",
            ),
            Fault::EtagConflict => error(
                409,
                "AnotherOperationInProgress",
                "Another operation on this or dependent resource is in progress.",
            ),
            Fault::Rubbish => Reply::text(
                200,
                "text/html",
                "<html><body>Welcome to the guest network</body></html>",
            ),
        }
    }

    fn snapshot(&self) -> Value {
        Value::Object(
            self.store
                .iter()
                .map(|(id, object)| (id.clone(), object.clone()))
                .collect(),
        )
    }
}

/// The error body of Azure Resource Manager.
fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({"error": {"code": code, "message": message}}),
    )
}

fn authenticate(request: &Request) -> Outcome<()> {
    let Some(header) = request.header("authorization") else {
        return Err(refuse(
            ArmRefusal::TokenMissing,
            "Authentication failed. The 'Authorization' header is missing.",
        ));
    };
    if header
        .strip_prefix("Bearer ")
        .is_some_and(|token| token == sign_in::token())
    {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::TokenUnknown,
        "The access token is invalid.",
    ))
}

fn version(request: &Request) -> Outcome<String> {
    let Some(version) = request
        .parameter("api-version")
        .filter(|version| !version.is_empty())
    else {
        return Err(refuse(
            ArmRefusal::ApiVersionMissing,
            "The api-version query parameter (?api-version=) is required for all requests.",
        ));
    };
    if !catalogue::is_version(version) {
        return Err(refuse(
            ArmRefusal::ApiVersionMalformed,
            format!(
                "The api-version '{version}' is invalid. The supported versions are dates, optionally followed by '-preview'."
            ),
        ));
    }
    Ok(version.to_owned())
}

/// The body of a write: one JSON object of a lawful size.
fn body(request: &Request) -> Outcome<Value> {
    let policy = request
        .path
        .to_lowercase()
        .contains("/microsoft.authorization/policy");
    if policy && request.body.len() > 1_048_576 {
        return Err(refuse(
            ArmRefusal::PolicyBodySize,
            "The request body exceeds the limit of 1048576 bytes.",
        ));
    }
    let json = request
        .header("content-type")
        .is_none_or(|kind| kind.to_lowercase().contains("json"));
    if !json && !request.body.is_empty() {
        return Err(refuse(
            ArmRefusal::MediaTypeWrong,
            "The content media type is not supported. Only 'application/json' is.",
        ));
    }
    match request.json() {
        Some(value) if value.is_object() => Ok(value),
        _ => Err(refuse(
            ArmRefusal::JsonMalformed,
            "The request content was invalid and could not be deserialized: 'the body is no JSON object'.",
        )),
    }
}

fn precondition(arm: &Arm, id: &ResourceId, request: &Request) -> Outcome<()> {
    let Some(wanted) = request.header("if-match").filter(|wanted| *wanted != "*") else {
        return Ok(());
    };
    let present = arm
        .store
        .get(&key(&id.path()))
        .and_then(|found| found["etag"].as_str());
    if present == Some(wanted) {
        return Ok(());
    }
    Err(refuse(
        ArmRefusal::EtagStale,
        format!(
            "The condition specified using the HTTP conditional header(s) is not met: '{wanted}'."
        ),
    ))
}

fn unsupported(request: &Request) -> Refused {
    refuse(
        ArmRefusal::MethodUnsupported,
        format!(
            "The requested resource does not support http method '{}'.",
            request.method
        ),
    )
}

fn provider(namespace: &str) -> Value {
    let types: Vec<Value> = catalogue::KINDS
        .iter()
        .filter_map(|kind| {
            let (owner, name) = kind.name.split_once('/')?;
            is(owner, namespace).then(
                || json!({"resourceType": name, "apiVersions": kind.versions, "locations": []}),
            )
        })
        .collect();
    json!({
        "id": format!("/providers/{namespace}"),
        "namespace": namespace,
        "registrationState": "Registered",
        "resourceTypes": types,
    })
}

/// A management group as it is shown. Source: REC, `test_resource_policy_management_group`.
fn group_object(arm: &Arm, name: &str, display: &str) -> Value {
    let path = format!("/providers/Microsoft.Management/managementGroups/{name}");
    let parent = arm.tenant.above(&path).unwrap_or_default().to_owned();
    let parent_name = parent.rsplit('/').next().unwrap_or_default().to_owned();
    json!({
        "id": path,
        "type": "Microsoft.Management/managementGroups",
        "name": name,
        "properties": {
            "tenantId": arm.tenant.id(),
            "displayName": display,
            "details": {"version": 1, "parent": {"id": parent, "name": parent_name}},
        },
    })
}
