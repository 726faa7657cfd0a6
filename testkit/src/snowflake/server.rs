//! The HTTP side: the driver's wire protocol over one in-memory account.
//!
//! Paths and answers are those of the Python connector that `snow` uses: login-request,
//! query-request, result polling, heartbeat, token renewal, abort and session delete. A request id
//! that was seen before is answered from memory and never executed twice, as with Snowflake.

use std::collections::{BTreeMap, VecDeque};
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as UrlPath, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::Options;
use super::connection::{self, Login};
use super::engine::{Account, Secondary, Session};
use super::error::SqlError;
use super::fault::{Fault, FaultAt, Pending};
use super::login::{LoginError, authenticate};
use super::name::Name;
use super::object::ObjectType;
use super::result::ResultSet;
use super::token::split;

/// One statement that reached the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryRecord {
    /// The user of the session.
    pub user: String,
    /// The primary role when the statement began.
    pub role: Option<String>,
    /// The statement as it arrived.
    pub sql: String,
    /// The refusal, if it was refused: code, and the id of the rule.
    pub refused: Option<(String, String)>,
}

struct Connected {
    session: Session,
    user: String,
    token: String,
    master: String,
    expired: bool,
}

struct World {
    account: Account,
    sessions: Vec<Connected>,
    admin: Session,
    queries: Vec<QueryRecord>,
    faults: Vec<Pending>,
    /// Answers by request id, for retries.
    answers: BTreeMap<String, Value>,
    /// Results that are being polled for: polls left, and the answer.
    running: BTreeMap<String, (usize, Value)>,
    statements: usize,
    next: usize,
}

type Shared = Arc<Mutex<World>>;

fn lock(shared: &Shared) -> MutexGuard<'_, World> {
    // A panic in another thread is that test's failure; the account itself stays usable.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A Snowflake account behind HTTP on 127.0.0.1; it ends when it is dropped.
#[derive(Debug)]
pub struct SnowServer {
    port: u16,
    world: Shared,
    runtime: Option<tokio::runtime::Runtime>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("objects", &self.account.objects.len())
            .field("sessions", &self.sessions.len())
            .field("queries", &self.queries.len())
            .finish_non_exhaustive()
    }
}

impl SnowServer {
    /// A server with the default options, on a port that the kernel chose.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(Options::default())
    }

    /// A server with other options.
    pub fn start_with(options: Options) -> anyhow::Result<Self> {
        let account = Account::new(options);
        let admin = account.admin_session();
        let world = Arc::new(Mutex::new(World {
            account,
            sessions: Vec::new(),
            admin,
            queries: Vec::new(),
            faults: Vec::new(),
            answers: BTreeMap::new(),
            running: BTreeMap::new(),
            statements: 0,
            next: 1,
        }));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("cannot start the server's runtime")?;
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(SocketAddr::from((
                Ipv4Addr::LOCALHOST,
                0,
            ))))
            .context("cannot listen on 127.0.0.1")?;
        let port = listener.local_addr()?.port();
        let app = Router::new()
            .route("/session/v1/login-request", post(login))
            .route("/queries/v1/query-request", post(query))
            .route("/queries/v1/abort-request", post(fine))
            .route("/queries/{id}/result", get(result))
            .route("/queries/{id}/abort-request", post(fine))
            .route("/session", post(delete_session))
            .route("/session/heartbeat", post(heartbeat))
            .route("/session/token-request", post(renew))
            .route("/telemetry/send", post(fine))
            .route("/telemetry/send/sessionless", post(fine))
            .fallback(nothing)
            .with_state(Arc::clone(&world));
        runtime.spawn(async move {
            // The only error is a listener that is gone, and then the server is, too.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            port,
            world,
            runtime: Some(runtime),
        })
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Writes `config.toml` (mode 600) for snow into the folder; the first login is the default.
    pub fn write_config(&self, directory: &Path, logins: &[Login]) -> anyhow::Result<PathBuf> {
        let account = lock(&self.world).account.options.account.clone();
        connection::write(directory, self.port, &account, logins)
    }

    /// The login of the account's first user.
    pub fn admin_login(&self) -> Login {
        let world = lock(&self.world);
        let user = world.account.options.users.first();
        Login {
            connection: "admin".into(),
            user: user.map(|u| u.name.clone()).unwrap_or_default(),
            secret: user.map_or_else(
                || super::Secret::Password(String::new()),
                |u| u.secret.clone(),
            ),
            role: None,
            warehouse: None,
        }
    }

    /// The environment for a snow process whose files shall stay in the folder.
    pub fn env(directory: &Path) -> BTreeMap<String, String> {
        connection::environment(directory)
    }

    /// The whole account as JSON: objects, grants and future grants, in a stable order.
    pub fn state(&self) -> Value {
        lock(&self.world).account.dump()
    }

    /// Every statement that arrived over HTTP, in order.
    pub fn queries(&self) -> Vec<QueryRecord> {
        lock(&self.world).queries.clone()
    }

    /// Asks for a fault; several may wait at once.
    pub fn fault(&self, at: FaultAt, fault: Fault) {
        let mut world = lock(&self.world);
        let at = match at {
            FaultAt::Login => FaultAt::Login,
            FaultAt::Statement(n) => FaultAt::Statement(world.statements + n),
        };
        world.faults.push(Pending { at, fault });
    }

    /// Faults that have not struck yet.
    pub fn pending_faults(&self) -> usize {
        lock(&self.world).faults.len()
    }

    /// Adds a user that can log in over HTTP; its roles are granted like any other user's.
    pub fn add_login(&self, name: &str, secret: super::Secret) {
        lock(&self.world).account.add_login(name, secret);
    }

    /// Runs a script as a user in a new session, without HTTP, up to its first refusal.
    ///
    /// For bulk cases, where the real client would cost seconds a call.
    pub fn script(&self, user: &str, script: &str) -> Result<Vec<ResultSet>, (String, SqlError)> {
        let account = &mut lock(&self.world).account;
        let missing = || SqlError::missing("User", user);
        let id = account
            .find(ObjectType::User, None, &Name::folded(user))
            .ok_or_else(|| (String::new(), missing()))?;
        let mut session = account.open(id);
        let mut results = Vec::new();
        for sql in split(script).map_err(|error| (script.to_owned(), error))? {
            let result = account
                .execute(&mut session, sql)
                .map_err(|error| (sql.to_owned(), error))?;
            results.push(result);
        }
        Ok(results)
    }

    /// Runs one statement as the account's first user, in a session that lasts, without HTTP.
    ///
    /// For tests that prepare or disturb the account behind the client's back.
    pub fn admin(&self, sql: &str) -> Result<ResultSet, SqlError> {
        let world = &mut *lock(&self.world);
        world.account.execute(&mut world.admin, sql)
    }
}

impl Drop for SnowServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The JSON of a request, unpacked if it was compressed.
fn body_json(headers: &HeaderMap, body: &Bytes) -> Value {
    let packed = headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|encoding| encoding == "gzip");
    let mut text = Vec::new();
    if packed {
        if flate2::read::GzDecoder::new(body.as_ref())
            .read_to_end(&mut text)
            .is_err()
        {
            return Value::Null;
        }
    } else {
        text.extend_from_slice(body);
    }
    serde_json::from_slice(&text).unwrap_or(Value::Null)
}

/// The token of an `Authorization: Snowflake Token="..."` header.
fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let quoted = value.split_once("Token=\"")?.1;
    Some(quoted.trim_end_matches('"').to_owned())
}

fn refusal(code: &str, message: &str) -> Value {
    json!({"data": null, "code": code, "message": message, "success": false})
}

fn success(data: &Value) -> Value {
    json!({"data": data, "code": null, "message": null, "success": true})
}

fn answer(value: &Value) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        value.to_string(),
    )
        .into_response()
}

/// An answer that promises more than it sends, so that the client sees a broken connection.
fn broken() -> Response {
    let stream = Body::from_stream(tokio_stream_once());
    Response::builder()
        .status(StatusCode::OK)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, "4096")
        .body(stream)
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// A body of a few bytes and then an error, which closes the connection.
fn tokio_stream_once() -> impl futures_core::Stream<Item = Result<Bytes, std::io::Error>> {
    let mut parts: VecDeque<Result<Bytes, std::io::Error>> = VecDeque::from([
        Ok(Bytes::from_static(b"{\"data\":")),
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
    ]);
    Parts(std::mem::take(&mut parts))
}

struct Parts(VecDeque<Result<Bytes, std::io::Error>>);

impl futures_core::Stream for Parts {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.pop_front())
    }
}

fn rubbish() -> Response {
    (
        [(header::CONTENT_TYPE, "text/html")],
        "<html><body>Bad gateway, but with status 200</body></html>",
    )
        .into_response()
}

fn status(code: u16) -> Response {
    StatusCode::from_u16(code)
        .unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
        .into_response()
}

impl World {
    /// The fault that strikes now, if any. A status fault stays until it has struck often enough.
    fn take_fault(&mut self, at: FaultAt) -> Option<Fault> {
        let index = self.faults.iter().position(|pending| pending.at == at)?;
        if let Fault::Status { times, .. } = &mut self.faults[index].fault
            && *times > 1
        {
            *times -= 1;
            return Some(self.faults[index].fault.clone());
        }
        Some(self.faults.remove(index).fault)
    }

    fn serial(&mut self, prefix: &str) -> String {
        let serial = format!("{prefix}-{:08}", self.next);
        self.next += 1;
        serial
    }

    fn names(&self, session: &Session) -> [Value; 4] {
        [
            session.database,
            session.schema,
            session.warehouse,
            session.role,
        ]
        .map(|id| {
            id.and_then(|id| self.account.get(id))
                .map_or(Value::Null, |object| json!(object.name.as_str()))
        })
    }

    fn log_in(
        &mut self,
        data: &Value,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Value, LoginError> {
        let wrong = || LoginError {
            code: "390100",
            message: "Incorrect username or password was specified.".into(),
        };
        let field = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
        let account = field("ACCOUNT_NAME").to_uppercase();
        let options = &self.account.options;
        let known = [
            options.account.to_uppercase(),
            format!("{}-{}", options.organization, options.account).to_uppercase(),
        ];
        if !known.contains(&account) {
            return Err(wrong());
        }
        let login = Name::folded(field("LOGIN_NAME"));
        let secret = options
            .users
            .iter()
            .find(|user| Name::folded(&user.name) == login)
            .map(|user| user.secret.clone())
            .ok_or_else(wrong)?;
        let user = self
            .account
            .find(ObjectType::User, None, &login)
            .ok_or_else(wrong)?;
        authenticate(data, login.as_str(), &secret)?;
        let mut session = self.account.open(user);
        if let Some(role) = parameters.get("roleName").filter(|r| !r.is_empty()) {
            let found = self
                .account
                .find(ObjectType::Role, None, &connection_name(role))
                .filter(|id| self.account.may_activate(user, *id));
            let Some(id) = found else {
                return Err(LoginError {
                    code: "390189",
                    message: format!(
                        "Role '{role}' specified in the connect string is not granted to this user. \
                         Contact your local system administrator, or attempt to login with another \
                         role, e.g. PUBLIC."
                    ),
                });
            };
            session.role = Some(id);
        }
        match data.get("SECONDARY_ROLES").and_then(Value::as_str) {
            Some("NONE") => session.secondary = Secondary::None,
            Some("ALL") => session.secondary = Secondary::All,
            _ => {}
        }
        // A warehouse, database or schema that is missing or closed is left unset, not refused.
        for (key, word) in [
            ("warehouse", "WAREHOUSE"),
            ("databaseName", "DATABASE"),
            ("schemaName", "SCHEMA"),
        ] {
            if let Some(name) = parameters.get(key).filter(|n| !n.is_empty()) {
                let name = connection_name(name);
                let sql = format!("USE {word} \"{}\"", name.as_str().replace('"', "\"\""));
                let _ = self.account.execute(&mut session, &sql);
            }
        }
        let (token, master) = (self.serial("session"), self.serial("master"));
        let [database, schema, warehouse, role] = self.names(&session);
        self.sessions.push(Connected {
            session,
            user: login.as_str().to_owned(),
            token: token.clone(),
            master: master.clone(),
            expired: false,
        });
        Ok(success(&json!({
            "token": token,
            "masterToken": master,
            "validityInSeconds": 3600,
            "masterValidityInSeconds": 14400,
            "displayUserName": login.as_str(),
            "serverVersion": "10.0.0",
            "firstLogin": false,
            "remMeToken": null,
            "remMeValidityInSeconds": 0,
            "healthCheckInterval": 45,
            "sessionId": self.sessions.len(),
            "parameters": [],
            "sessionInfo": {
                "databaseName": database,
                "schemaName": schema,
                "warehouseName": warehouse,
                "roleName": role,
            },
        })))
    }

    /// Executes a statement for a session and makes its answer.
    fn run(
        &mut self,
        at: usize,
        sql: &str,
        describe_only: bool,
        forced: Option<SqlError>,
    ) -> Value {
        let query_id = self.serial("01b00000-0000-0000-0000");
        let connected = &self.sessions[at];
        let mut session = connected.session.clone();
        let mut record = QueryRecord {
            user: connected.user.clone(),
            role: session
                .role
                .and_then(|role| self.account.get(role))
                .map(|role| role.name.as_str().to_owned()),
            sql: sql.to_owned(),
            refused: None,
        };
        let outcome = match forced {
            Some(error) => Err(error),
            None if describe_only => self.account.clone().execute(&mut session.clone(), sql),
            None => self.account.execute(&mut session, sql),
        };
        let value = match outcome {
            Ok(result) => {
                self.sessions[at].session = session.clone();
                let mut data = result.to_wire();
                let [database, schema, warehouse, role] = self.names(&session);
                data["queryId"] = json!(query_id);
                data["parameters"] = json!([]);
                data["finalDatabaseName"] = database;
                data["finalSchemaName"] = schema;
                data["finalWarehouseName"] = warehouse;
                data["finalRoleName"] = role;
                data["sqlState"] = json!("00000");
                success(&data)
            }
            Err(error) => {
                record.refused = Some((error.code.to_owned(), error.rule.id.to_owned()));
                json!({
                    "data": {
                        "internalError": false,
                        "errorCode": error.code,
                        "age": 0,
                        "sqlState": error.sqlstate,
                        "queryId": query_id,
                        "line": -1,
                        "pos": -1,
                        "type": "COMPILATION",
                    },
                    "code": error.code,
                    "message": error.message,
                    "success": false,
                })
            }
        };
        self.queries.push(record);
        value
    }
}

/// A name in a connection parameter: quoted it is exact, else it folds.
fn connection_name(text: &str) -> Name {
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(inner) => Name::exact(inner.replace("\"\"", "\"")),
        None => Name::folded(text),
    }
}

async fn login(
    State(shared): State<Shared>,
    Query(parameters): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut world = lock(&shared);
    match world.take_fault(FaultAt::Login) {
        Some(Fault::Status { status: code, .. }) => return status(code),
        Some(Fault::Rubbish) => return rubbish(),
        Some(Fault::DropBefore | Fault::DropAfter) => return broken(),
        Some(Fault::Refuse { code, message, .. }) => return answer(&refusal(code, &message)),
        Some(Fault::ExpireSession | Fault::InProgress { .. }) | None => {}
    }
    let request = body_json(&headers, &body);
    let data = request.get("data").cloned().unwrap_or(Value::Null);
    match world.log_in(&data, &parameters) {
        Ok(value) => answer(&value),
        Err(error) => answer(&json!({
            "data": {"nextAction": "", "authnMethod": "USERNAME_PASSWORD", "signInOptions": {}},
            "code": error.code,
            "message": error.message,
            "success": false,
        })),
    }
}

async fn query(
    State(shared): State<Shared>,
    Query(parameters): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut world = lock(&shared);
    let Some(at) =
        token(&headers).and_then(|token| world.sessions.iter().position(|s| s.token == token))
    else {
        return answer(&refusal(
            "390104",
            "Session no longer exists. New login required to access the service.",
        ));
    };
    if world.sessions[at].expired {
        return answer(&refusal(
            "390112",
            "Your session has expired. Please login again.",
        ));
    }
    let request_id = parameters
        .get("requestId")
        .or_else(|| parameters.get("request_id"))
        .cloned()
        .unwrap_or_default();
    if let Some(known) = world.answers.get(&request_id) {
        return answer(known);
    }
    let request = body_json(&headers, &body);
    let Some(sql) = request.get("sqlText").and_then(Value::as_str) else {
        return answer(&refusal("390400", "Bad request: no sqlText."));
    };
    let nth = world.statements + 1;
    let fault = world.take_fault(FaultAt::Statement(nth));
    match &fault {
        Some(Fault::Status { status: code, .. }) => return status(*code),
        Some(Fault::DropBefore) => return broken(),
        Some(Fault::ExpireSession) => {
            world.sessions[at].expired = true;
            return answer(&refusal(
                "390112",
                "Your session has expired. Please login again.",
            ));
        }
        _ => {}
    }
    world.statements = nth;
    let forced = match &fault {
        Some(Fault::Refuse {
            code,
            sqlstate,
            message,
        }) => Some(SqlError::new(
            &super::error::rules::NOT_MODELLED,
            code,
            sqlstate,
            message.clone(),
        )),
        _ => None,
    };
    let describe_only = request.get("describeOnly").and_then(Value::as_bool) == Some(true);
    let value = world.run(at, sql, describe_only, forced);
    if !request_id.is_empty() {
        world.answers.insert(request_id, value.clone());
    }
    match fault {
        Some(Fault::DropAfter) => broken(),
        Some(Fault::Rubbish) => rubbish(),
        Some(Fault::InProgress { polls }) => {
            let id = world.serial("running");
            let url = format!("/queries/{id}/result");
            world.running.insert(id, (polls, value));
            answer(&in_progress(&url))
        }
        _ => answer(&value),
    }
}

fn in_progress(url: &str) -> Value {
    json!({
        "data": {"getResultUrl": url, "queryId": "", "queryAbortsAfterSecs": 300},
        "code": "333333",
        "message": "Query execution in progress.",
        "success": true,
    })
}

async fn result(State(shared): State<Shared>, UrlPath(id): UrlPath<String>) -> Response {
    let mut world = lock(&shared);
    match world.running.get_mut(&id) {
        Some((polls, _)) if *polls > 1 => {
            *polls -= 1;
            answer(&in_progress(&format!("/queries/{id}/result")))
        }
        Some((_, value)) => answer(value),
        None => answer(&refusal("000709", "Statement not found.")),
    }
}

async fn delete_session(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let mut world = lock(&shared);
    if let Some(token) = token(&headers) {
        world.sessions.retain(|session| session.token != token);
    }
    answer(&success(&Value::Null))
}

async fn heartbeat(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let world = lock(&shared);
    let known = token(&headers).is_some_and(|t| world.sessions.iter().any(|s| s.token == t));
    if known {
        answer(&success(&Value::Null))
    } else {
        answer(&refusal("390104", "Session no longer exists."))
    }
}

/// Renewal: the master token buys a new session token.
async fn renew(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let mut world = lock(&shared);
    let (session, master) = (world.serial("session"), world.serial("master"));
    let Some(connected) =
        token(&headers).and_then(|master| world.sessions.iter_mut().find(|s| s.master == master))
    else {
        return answer(&refusal("390114", "Authentication token has expired."));
    };
    connected.token.clone_from(&session);
    connected.master.clone_from(&master);
    connected.expired = false;
    answer(&success(&json!({
        "sessionToken": session,
        "masterToken": master,
        "validityInSecondsST": 3600,
        "validityInSecondsMT": 14400,
        "sessionId": 1,
    })))
}

async fn fine() -> Response {
    answer(&success(&Value::Null))
}

async fn nothing() -> Response {
    StatusCode::NOT_FOUND.into_response()
}
