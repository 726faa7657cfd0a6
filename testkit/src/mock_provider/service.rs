//! One provider, answering terraform.
//!
//! In: the calls of plugin protocol 6. Out: answers along the schema, with refusals from the
//! rule tables, replacement from the force-new table and objects in a [`Store`]. It acts on
//! nothing but that store.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value as Json};
use tonic::transport::server::TcpConnectInfo;
use tonic::{Request, Response, Status};

use super::computed::{self, Settings};
use super::plan::{self, ForceNew};
use super::protocol::tfplugin6::attribute_path::{Step as PathStep, step::Selector};
use super::protocol::tfplugin6::diagnostic::Severity;
use super::protocol::tfplugin6::{self as proto, AttributePath, Diagnostic, DynamicValue};
use super::schema::{Block, Nesting, ProviderData, TypeSchema};
use super::store::{Key, Log, Operation, Store};
use super::value::Value;
use super::values::{RuleTable, Step};

/// The provider service of one provider.
#[derive(Debug)]
pub(super) struct Provider {
    data: ProviderData,
    schema: proto::get_provider_schema::Response,
    rules: RuleTable,
    force_new: ForceNew,
    store: Arc<dyn Store>,
    log: Arc<Log>,
    /// Terraform opens a connection for every provider configuration, so that an alias has
    /// its own region and account.
    settings: Mutex<BTreeMap<Option<SocketAddr>, Settings>>,
}

impl Provider {
    pub(super) fn new(
        data: ProviderData,
        store: Arc<dyn Store>,
        log: Arc<Log>,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            schema: data.to_protocol(),
            rules: RuleTable::of(data.name())?,
            force_new: ForceNew::embedded()?,
            data,
            store,
            log,
            settings: Mutex::default(),
        })
    }

    /// How many value rules there are.
    pub(super) fn rules(&self) -> usize {
        self.rules.len()
    }

    fn settings(&self, peer: Option<SocketAddr>) -> Settings {
        let all = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&peer).cloned().unwrap_or_default()
    }

    fn resource(&self, kind: &str) -> Result<&TypeSchema, Status> {
        self.data
            .resource_schemas
            .get(kind)
            .ok_or_else(|| Status::not_found(format!("no resource type {kind}")))
    }

    fn data_source(&self, kind: &str) -> Result<&TypeSchema, Status> {
        self.data
            .data_source_schemas
            .get(kind)
            .ok_or_else(|| Status::not_found(format!("no data source {kind}")))
    }

    fn key(&self, kind: &str, state: &Value, settings: &Settings) -> Key {
        let id = computed::world_key(self.data.name(), kind, state, settings);
        Key::new(self.data.name(), kind, id)
    }

    /// What is refused about a configuration: arguments that only the provider sets, and the
    /// rows of the rule table.
    fn refusals(&self, kind: &str, block: &Block, config: &Value) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        read_only(block, config, &mut Vec::new(), &mut found);
        for refusal in self.rules.refusals(kind, block, config) {
            found.push(error(
                &refusal.summary,
                format!("The vendor's own words: {}", refusal.says),
                path_of(block, &refusal.path),
            ));
        }
        found
    }

    fn create(
        &self,
        kind: &str,
        block: &Block,
        planned: &Value,
        settings: &Settings,
    ) -> Result<Value, Diagnostic> {
        let provider = self.data.name();
        // What is made up may be taken; what is written may not.
        for attempt in 0..1000 {
            let state = computed::filled(provider, kind, block, planned, settings, attempt);
            let key = self.key(kind, &state, settings);
            let taken = self.store.get(&key).is_some();
            if taken && !computed::overwrites(provider, kind) {
                let next = computed::filled(provider, kind, block, planned, settings, attempt + 1);
                if self.key(kind, &next, settings) == key {
                    return Err(already_exists(provider, &key));
                }
                continue;
            }
            self.store.put(&key, object(&state));
            self.log
                .add(Operation::Create, &key, Map::new(), object(&state));
            return Ok(state);
        }
        Err(error("no free id was found", String::new(), None))
    }

    fn update(
        &self,
        kind: &str,
        block: &Block,
        prior: &Value,
        planned: &Value,
        settings: &Settings,
    ) -> Result<Value, Diagnostic> {
        let key = self.key(kind, prior, settings);
        let Some(before) = self.store.get(&key) else {
            return Err(error(
                &format!("{key} does not exist"),
                "It was removed outside of Terraform.".to_owned(),
                None,
            ));
        };
        let state = computed::filled(self.data.name(), kind, block, planned, settings, 0);
        let renamed = self.key(kind, &state, settings);
        if renamed != key {
            self.store.remove(&key);
        }
        self.store.put(&renamed, object(&state));
        self.log
            .add(Operation::Update, &renamed, before, object(&state));
        Ok(state)
    }

    fn delete(&self, kind: &str, prior: &Value, settings: &Settings) -> Result<(), Diagnostic> {
        let key = self.key(kind, prior, settings);
        if let Some(why) = self.protected(kind, &key, prior) {
            return Err(error(&format!("{key} cannot be deleted"), why, None));
        }
        // Something that is gone already is as wanted.
        if let Some(before) = self.store.remove(&key) {
            self.log.add(Operation::Delete, &key, before, Map::new());
        }
        Ok(())
    }

    /// Why the provider or the service would not delete an object.
    fn protected(&self, kind: &str, key: &Key, prior: &Value) -> Option<String> {
        let holds = |matches: &dyn Fn(&Key) -> bool| {
            self.store
                .keys()
                .into_iter()
                .find(|other| other != key && other.provider == key.provider && matches(other))
                .map(|other| other.to_string())
        };
        match kind {
            // "cannot destroy table … without setting deletion_protection=false and running
            // `terraform apply`"; not set means protected (google docs, bigquery_table).
            "google_bigquery_table"
                if *prior.member("deletion_protection") != Value::Bool(false) =>
            {
                Some("deletion_protection is not false".to_owned())
            }
            // "BucketNotEmpty: The bucket you tried to delete is not empty" (Amazon S3 API,
            // DeleteBucket), unless the provider empties it (`force_destroy`).
            "aws_s3_bucket" if *prior.member("force_destroy") != Value::Bool(true) => {
                holds(&|other| {
                    other.kind == "aws_s3_object" && other.id.starts_with(&format!("{}/", key.id))
                })
                .map(|object| format!("BucketNotEmpty: {object}"))
            }
            // "googleapi: Error 409: The bucket you tried to delete is not empty", unless
            // `force_destroy` (google docs, storage_bucket).
            "google_storage_bucket" if *prior.member("force_destroy") != Value::Bool(true) => {
                holds(&|other| {
                    other.kind == "google_storage_bucket_object"
                        && other.id.starts_with(&format!("{}-", key.id))
                })
                .map(|object| format!("the bucket is not empty: {object}"))
            }
            // "the Resource Group still contains Resources" (azurerm features block,
            // resource_group.prevent_deletion_if_contains_resources, on by default).
            "azurerm_resource_group" => holds(&|other| {
                other
                    .id
                    .to_lowercase()
                    .starts_with(&format!("{}/", key.id.to_lowercase()))
            })
            .map(|resource| format!("the resource group still contains {resource}")),
            _ => None,
        }
    }
}

/// The text differs by provider; the meaning is the same: the object is there already and has
/// to be imported.
fn already_exists(provider: &str, key: &Key) -> Diagnostic {
    let detail = match provider {
        // azurerm, internal/tf, ImportAsExistsError.
        "azurerm" => format!(
            "A resource with the ID \"{}\" already exists - to be managed via Terraform this resource needs to be imported into the State.",
            key.id
        ),
        "google" => format!("googleapi: Error 409: {} already exists", key.id),
        _ => format!("EntityAlreadyExists: {} already exists", key.id),
    };
    error(&format!("creating {key}"), detail, None)
}

fn object(state: &Value) -> Map<String, Json> {
    match state.to_json() {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}

fn error(summary: &str, detail: String, attribute: Option<AttributePath>) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error.into(),
        summary: summary.to_owned(),
        detail,
        attribute,
    }
}

/// Arguments that a configuration sets although the provider decides them: the SDK says "Value
/// for unconfigurable attribute", and "Invalid or unknown key" for the reserved `id`.
fn read_only(block: &Block, config: &Value, path: &mut Vec<Step>, found: &mut Vec<Diagnostic>) {
    let at_top = path.is_empty();
    for (name, attribute) in &block.attributes {
        let reserved = at_top && name == "id" && attribute.optional && attribute.computed;
        if (!attribute.is_settable() || reserved) && !config.member(name).is_null() {
            path.push(Step::Name(name.clone()));
            found.push(error(
                "Value for unconfigurable attribute",
                format!("Can't configure a value for \"{name}\": its value will be decided automatically."),
                Some(path_of_steps(path)),
            ));
            path.pop();
        }
    }
    for (name, nested) in &block.blocks {
        path.push(Step::Name(name.clone()));
        match config.member(name) {
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(Step::Index(index));
                    read_only(&nested.block, item, path, found);
                    path.pop();
                }
            }
            value @ Value::Map(_) => read_only(&nested.block, value, path, found),
            _ => {}
        }
        path.pop();
    }
}

fn path_of_steps(steps: &[Step]) -> AttributePath {
    let steps = steps
        .iter()
        .map(|step| PathStep {
            selector: Some(match step {
                Step::Name(name) => Selector::AttributeName(name.clone()),
                Step::Index(index) => {
                    Selector::ElementKeyInt(i64::try_from(*index).unwrap_or_default())
                }
            }),
        })
        .collect();
    AttributePath { steps }
}

/// The path as far as terraform can follow it: items of a set have no index.
fn path_of(block: &Block, steps: &[Step]) -> Option<AttributePath> {
    let mut block = Some(block);
    let mut kept = Vec::new();
    let mut in_set = false;
    for step in steps {
        match step {
            Step::Index(_) if in_set => break,
            Step::Index(_) => {}
            Step::Name(name) => {
                let nested = block.and_then(|block| block.blocks.get(name));
                in_set = match nested {
                    Some(nested) => nested.nesting == Nesting::Set,
                    None => {
                        let attribute = block.and_then(|block| block.attributes.get(name));
                        let kind = attribute.and_then(|attribute| attribute.ty.get(0));
                        kind.and_then(Json::as_str) != Some("list")
                    }
                };
                block = nested.map(|nested| &nested.block);
            }
        }
        kept.push(step.clone());
    }
    (!kept.is_empty()).then(|| path_of_steps(&kept))
}

fn peer<T>(request: &Request<T>) -> Option<SocketAddr> {
    request
        .extensions()
        .get::<TcpConnectInfo>()
        .and_then(TcpConnectInfo::remote_addr)
}

fn decode(value: Option<&DynamicValue>) -> Result<Value, Status> {
    Value::decode(value).map_err(|error| Status::invalid_argument(format!("{error:#}")))
}

fn encode(value: &Value) -> Result<Option<DynamicValue>, Status> {
    value
        .encode()
        .map(Some)
        .map_err(|error| Status::internal(format!("{error:#}")))
}

#[tonic::async_trait]
impl proto::provider_server::Provider for Provider {
    async fn get_metadata(
        &self,
        _: Request<proto::get_metadata::Request>,
    ) -> Result<Response<proto::get_metadata::Response>, Status> {
        let names =
            |types: &BTreeMap<String, TypeSchema>| types.keys().cloned().collect::<Vec<_>>();
        Ok(Response::new(proto::get_metadata::Response {
            resources: names(&self.data.resource_schemas)
                .into_iter()
                .map(|type_name| proto::get_metadata::ResourceMetadata { type_name })
                .collect(),
            data_sources: names(&self.data.data_source_schemas)
                .into_iter()
                .map(|type_name| proto::get_metadata::DataSourceMetadata { type_name })
                .collect(),
            ..Default::default()
        }))
    }

    async fn get_provider_schema(
        &self,
        _: Request<proto::get_provider_schema::Request>,
    ) -> Result<Response<proto::get_provider_schema::Response>, Status> {
        Ok(Response::new(self.schema.clone()))
    }

    async fn validate_provider_config(
        &self,
        _: Request<proto::validate_provider_config::Request>,
    ) -> Result<Response<proto::validate_provider_config::Response>, Status> {
        Ok(Response::new(
            proto::validate_provider_config::Response::default(),
        ))
    }

    async fn validate_resource_config(
        &self,
        request: Request<proto::validate_resource_config::Request>,
    ) -> Result<Response<proto::validate_resource_config::Response>, Status> {
        let request = request.into_inner();
        let block = &self.resource(&request.type_name)?.block;
        let config = decode(request.config.as_ref())?;
        let diagnostics = self.refusals(&request.type_name, block, &config);
        Ok(Response::new(proto::validate_resource_config::Response {
            diagnostics,
        }))
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<proto::validate_data_resource_config::Request>,
    ) -> Result<Response<proto::validate_data_resource_config::Response>, Status> {
        let request = request.into_inner();
        let block = &self.data_source(&request.type_name)?.block;
        let config = decode(request.config.as_ref())?;
        let mut diagnostics = Vec::new();
        read_only(block, &config, &mut Vec::new(), &mut diagnostics);
        Ok(Response::new(
            proto::validate_data_resource_config::Response { diagnostics },
        ))
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<proto::upgrade_resource_state::Request>,
    ) -> Result<Response<proto::upgrade_resource_state::Response>, Status> {
        let request = request.into_inner();
        let block = &self.resource(&request.type_name)?.block;
        let raw = request.raw_state.map(|raw| raw.json).unwrap_or_default();
        let json: Json = serde_json::from_slice(&raw)
            .map_err(|error| Status::invalid_argument(format!("a state is not JSON: {error}")))?;
        let state = conform(block, &Value::from_json(&json));
        Ok(Response::new(proto::upgrade_resource_state::Response {
            upgraded_state: encode(&state)?,
            diagnostics: Vec::new(),
        }))
    }

    async fn configure_provider(
        &self,
        request: Request<proto::configure_provider::Request>,
    ) -> Result<Response<proto::configure_provider::Response>, Status> {
        let peer = peer(&request);
        let config = decode(request.into_inner().config.as_ref())?;
        let mut all = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(peer, Settings::read(&config));
        Ok(Response::new(proto::configure_provider::Response::default()))
    }

    async fn read_resource(
        &self,
        request: Request<proto::read_resource::Request>,
    ) -> Result<Response<proto::read_resource::Response>, Status> {
        let settings = self.settings(peer(&request));
        let request = request.into_inner();
        let block = &self.resource(&request.type_name)?.block;
        let state = decode(request.current_state.as_ref())?;
        let key = self.key(&request.type_name, &state, &settings);
        // What is no longer there is null: terraform then plans to create it again.
        let found = self.store.get(&key).map_or(Value::Null, |object| {
            conform(block, &Value::from_json(&Json::Object(object)))
        });
        Ok(Response::new(proto::read_resource::Response {
            new_state: encode(&found)?,
            diagnostics: Vec::new(),
            private: request.private,
        }))
    }

    async fn plan_resource_change(
        &self,
        request: Request<proto::plan_resource_change::Request>,
    ) -> Result<Response<proto::plan_resource_change::Response>, Status> {
        let settings = self.settings(peer(&request));
        let request = request.into_inner();
        let block = &self.resource(&request.type_name)?.block;
        let prior = decode(request.prior_state.as_ref())?;
        let proposed = decode(request.proposed_new_state.as_ref())?;
        let mut planned = plan::planned(block, &prior, &proposed);
        settings.merge_tags(&mut planned);
        let replacing = if prior.is_null() || planned.is_null() {
            Vec::new()
        } else {
            self.force_new
                .replacing(&request.type_name, block, &prior, &planned)
        };
        Ok(Response::new(proto::plan_resource_change::Response {
            planned_state: encode(&planned)?,
            requires_replace: replacing
                .into_iter()
                .map(|name| path_of_steps(&[Step::Name(name)]))
                .collect(),
            planned_private: request.prior_private,
            ..Default::default()
        }))
    }

    async fn apply_resource_change(
        &self,
        request: Request<proto::apply_resource_change::Request>,
    ) -> Result<Response<proto::apply_resource_change::Response>, Status> {
        let settings = self.settings(peer(&request));
        let request = request.into_inner();
        let kind = &request.type_name;
        let block = &self.resource(kind)?.block;
        let prior = decode(request.prior_state.as_ref())?;
        let planned = decode(request.planned_state.as_ref())?;
        let result = match (prior.is_null(), planned.is_null()) {
            (_, true) => self.delete(kind, &prior, &settings).map(|()| Value::Null),
            (true, false) => self.create(kind, block, &planned, &settings),
            (false, false) => self.update(kind, block, &prior, &planned, &settings),
        };
        // After a failure the state is what it was before.
        let (state, diagnostics) = match result {
            Ok(state) => (state, Vec::new()),
            Err(diagnostic) => (prior, vec![diagnostic]),
        };
        Ok(Response::new(proto::apply_resource_change::Response {
            new_state: encode(&state)?,
            private: request.planned_private,
            diagnostics,
            ..Default::default()
        }))
    }

    async fn import_resource_state(
        &self,
        request: Request<proto::import_resource_state::Request>,
    ) -> Result<Response<proto::import_resource_state::Response>, Status> {
        let settings = self.settings(peer(&request));
        let request = request.into_inner();
        let kind = &request.type_name;
        let block = &self.resource(kind)?.block;
        let provider = self.data.name();
        let found = self
            .store
            .keys()
            .into_iter()
            .filter(|key| key.provider == provider && key.kind == *kind)
            .filter_map(|key| Some((key.clone(), self.store.get(&key)?)))
            .map(|(key, object)| {
                (
                    key,
                    conform(block, &Value::from_json(&Json::Object(object))),
                )
            })
            .find(|(key, state)| {
                key.id == request.id
                    || computed::import_id(provider, kind, state, &settings) == request.id
                    || state.member("id").as_str() == Some(request.id.as_str())
            });
        let Some((_, state)) = found else {
            return Ok(Response::new(proto::import_resource_state::Response {
                imported_resources: Vec::new(),
                diagnostics: vec![error(
                    "Cannot import non-existent remote object",
                    format!("There is no {kind} with the id \"{}\".", request.id),
                    None,
                )],
            }));
        };
        Ok(Response::new(proto::import_resource_state::Response {
            imported_resources: vec![proto::import_resource_state::ImportedResource {
                type_name: kind.clone(),
                state: encode(&state)?,
                private: Vec::new(),
            }],
            diagnostics: Vec::new(),
        }))
    }

    async fn move_resource_state(
        &self,
        request: Request<proto::move_resource_state::Request>,
    ) -> Result<Response<proto::move_resource_state::Response>, Status> {
        // Moves within one type are terraform's own affair; none of the three providers moves
        // state between the types that are served here.
        let request = request.into_inner();
        Ok(Response::new(proto::move_resource_state::Response {
            diagnostics: vec![error(
                "Move Resource State Not Supported",
                format!(
                    "{} does not accept the state of {}.",
                    request.target_type_name, request.source_type_name
                ),
                None,
            )],
            ..Default::default()
        }))
    }

    async fn read_data_source(
        &self,
        request: Request<proto::read_data_source::Request>,
    ) -> Result<Response<proto::read_data_source::Response>, Status> {
        let settings = self.settings(peer(&request));
        let request = request.into_inner();
        let block = &self.data_source(&request.type_name)?.block;
        let config = decode(request.config.as_ref())?;
        let unknown = plan::planned(block, &Value::Null, &config);
        let state = computed::filled(
            self.data.name(),
            &request.type_name,
            block,
            &unknown,
            &settings,
            0,
        );
        Ok(Response::new(proto::read_data_source::Response {
            state: encode(&state)?,
            diagnostics: Vec::new(),
        }))
    }

    async fn stop_provider(
        &self,
        _: Request<proto::stop_provider::Request>,
    ) -> Result<Response<proto::stop_provider::Response>, Status> {
        Ok(Response::new(proto::stop_provider::Response::default()))
    }
}

/// A state with exactly the members of the schema: what a world keeps beside them is left
/// out, what it lacks is null or an empty list.
fn conform(block: &Block, value: &Value) -> Value {
    let Value::Map(_) = value else {
        return value.clone();
    };
    let attributes = block
        .attributes
        .keys()
        .map(|name| (name.clone(), value.member(name).clone()));
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let inner = match (value.member(name), nested.nesting) {
            (Value::List(items), _) => Value::List(
                items
                    .iter()
                    .map(|item| conform(&nested.block, item))
                    .collect(),
            ),
            (Value::Map(members), Nesting::Map) => Value::Map(
                members
                    .iter()
                    .map(|(key, item)| (key.clone(), conform(&nested.block, item)))
                    .collect(),
            ),
            (value @ Value::Map(_), _) => conform(&nested.block, value),
            (Value::Null, Nesting::List | Nesting::Set) => Value::List(Vec::new()),
            (Value::Null, Nesting::Map) => Value::Map(BTreeMap::new()),
            (value, _) => value.clone(),
        };
        (name.clone(), inner)
    });
    Value::Map(attributes.chain(blocks).collect())
}
