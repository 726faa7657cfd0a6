//! Serves one [`Service`] on a loopback port, keeps the log and lets faults strike.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::exchange::{decode, pairs};
use super::fault::Waiting;
use super::{Certificate, Client, Clock, Entry, Fault, Reply, Request, log};

/// The logic of one cloud, free of sockets.
pub trait Service: Send + 'static {
    /// Answers one request, changing the store if the request asks for it.
    fn answer(&mut self, request: &Request, clock: &mut Clock) -> Reply;

    /// Whether the request is discovery, a token or the like: no fault hits it, it counts as no call.
    fn is_housekeeping(&self, request: &Request) -> bool;

    /// The cloud's own way to report a fault.
    fn fault_reply(&self, fault: &Fault) -> Reply;

    /// Everything that is stored, as one JSON object in a stable order.
    fn snapshot(&self) -> Value;
}

struct Shared<S> {
    service: S,
    clock: Clock,
    log: Vec<Entry>,
    faults: Vec<Waiting>,
}

/// A running server. It stops when it is dropped.
pub struct Loopback<S: Service> {
    shared: Arc<Mutex<Shared<S>>>,
    address: SocketAddr,
    tls: Option<Arc<rustls::ClientConfig>>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl<S: Service> std::fmt::Debug for Loopback<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Loopback")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

impl<S: Service> Loopback<S> {
    /// Serves plain HTTP. The service is made once the address is known, because clouds put their
    /// own address into discovery documents.
    pub fn http(make: impl FnOnce(&str) -> S) -> Result<Self> {
        Self::start(make, None)
    }

    /// Serves HTTPS under a certificate.
    pub fn https(make: impl FnOnce(&str) -> S, certificate: &Certificate) -> Result<Self> {
        Self::start(make, Some(certificate))
    }

    fn start(make: impl FnOnce(&str) -> S, certificate: Option<&Certificate>) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no loopback port")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let url = url_of(address, certificate.is_some());
        let shared = Arc::new(Mutex::new(Shared {
            service: make(&url),
            clock: Clock::default(),
            log: Vec::new(),
            faults: Vec::new(),
        }));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .thread_name("loopback")
            .build()
            .context("no runtime for the server")?;
        let app = Router::new()
            .fallback(handle::<S>)
            .with_state(Arc::clone(&shared));
        let tls = match certificate {
            None => {
                let server = runtime
                    .block_on(async { axum_server::from_tcp(listener) })
                    .context("cannot serve HTTP")?;
                runtime.spawn(server.serve(app.into_make_service()));
                None
            }
            Some(certificate) => {
                let config =
                    axum_server::tls_rustls::RustlsConfig::from_config(certificate.server()?);
                let server = runtime
                    .block_on(async { axum_server::from_tcp_rustls(listener, config) })
                    .context("cannot serve HTTPS")?;
                runtime.spawn(server.serve(app.into_make_service()));
                Some(certificate.client()?)
            }
        };
        Ok(Self {
            shared,
            address,
            tls,
            runtime: Some(runtime),
        })
    }

    /// The base address, without a slash at the end.
    pub fn url(&self) -> String {
        url_of(self.address, self.tls.is_some())
    }

    /// A client for raw requests to this server.
    pub fn client(&self) -> Client {
        Client::new(self.address, self.tls.clone())
    }

    /// Answers a request without the network, by the same path: faults strike, the log grows.
    /// A held answer is not held here, because there is no connection that could wait.
    pub fn call(&self, request: &Request) -> Reply {
        self.lock().take(request).0
    }

    /// Everything that is stored.
    pub fn snapshot(&self) -> Value {
        self.lock().service.snapshot()
    }

    /// Looks at or changes the service itself: a change from outside, behind every client's back.
    pub fn with<T>(&self, work: impl FnOnce(&mut S, &mut Clock) -> T) -> T {
        let mut shared = self.lock();
        let Shared { service, clock, .. } = &mut *shared;
        work(service, clock)
    }

    /// The log so far.
    pub fn log(&self) -> Vec<Entry> {
        self.lock().log.clone()
    }

    /// How many calls came, housekeeping left out.
    pub fn calls(&self) -> usize {
        self.lock()
            .log
            .iter()
            .filter(|entry| !entry.housekeeping)
            .count()
    }

    /// The calls that asked for a change.
    pub fn writes(&self) -> Vec<Entry> {
        self.lock()
            .log
            .iter()
            .filter(|entry| entry.is_write())
            .cloned()
            .collect()
    }

    /// Forgets the log.
    pub fn clear_log(&self) {
        self.lock().log.clear();
    }

    /// Lets the next call go wrong.
    pub fn fail_next(&self, fault: Fault) {
        self.lock().faults.push(Waiting {
            fault,
            method: None,
            path: String::new(),
        });
    }

    /// Lets the next call of a method whose path contains a text go wrong.
    pub fn fail_next_matching(&self, method: &str, path: &str, fault: Fault) {
        self.lock().faults.push(Waiting {
            fault,
            method: Some(method.to_owned()),
            path: path.to_owned(),
        });
    }

    /// Faults that no call has met yet.
    pub fn faults_waiting(&self) -> usize {
        self.lock().faults.len()
    }

    fn lock(&self) -> MutexGuard<'_, Shared<S>> {
        lock(&self.shared)
    }
}

impl<S: Service> Drop for Loopback<S> {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Not waiting keeps a drop inside an asynchronous test lawful.
            runtime.shutdown_background();
        }
    }
}

impl<S: Service> Shared<S> {
    /// One request: the fault that strikes it, if any, else the service's answer.
    fn take(&mut self, request: &Request) -> (Reply, Option<Fault>) {
        let housekeeping = self.service.is_housekeeping(request);
        let place = (!housekeeping)
            .then(|| {
                self.faults
                    .iter()
                    .position(|f| f.is_for(&request.method, &request.path))
            })
            .flatten();
        let fault = place.map(|at| self.faults.remove(at).fault);
        let reply = match &fault {
            None => self.service.answer(request, &mut self.clock),
            Some(fault) => {
                if fault.applies() {
                    self.service.answer(request, &mut self.clock);
                }
                self.service.fault_reply(fault)
            }
        };
        self.log.push(Entry {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            body: log::body(&request.body),
            status: reply.status,
            refusal: reply.refusal,
            fault: fault.as_ref().map(Fault::name),
            housekeeping,
        });
        (reply, fault)
    }
}

fn url_of(address: SocketAddr, secure: bool) -> String {
    format!("{}://{address}", if secure { "https" } else { "http" })
}

/// A panic in a service must not hide behind a poisoned lock: the state is still worth looking at.
fn lock<S>(shared: &Mutex<Shared<S>>) -> MutexGuard<'_, Shared<S>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn handle<S: Service>(
    State(shared): State<Arc<Mutex<Shared<S>>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request {
        method: method.as_str().to_uppercase(),
        path: decode(uri.path(), false),
        query: pairs(uri.query().unwrap_or_default()),
        headers: headers
            .iter()
            .filter_map(|(name, value)| {
                Some((
                    name.as_str().to_lowercase(),
                    value.to_str().ok()?.to_owned(),
                ))
            })
            .collect(),
        body: body.to_vec(),
    };
    let (reply, fault) = lock(&shared).take(&request);
    if let Some(fault) = fault {
        tokio::time::sleep(fault.hold()).await;
    }
    respond(reply)
}

fn respond(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, reply.body).into_response();
    let headers = response.headers_mut();
    if let Ok(value) = reply.content_type.parse() {
        headers.insert(axum::http::header::CONTENT_TYPE, value);
    }
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (
            axum::http::HeaderName::try_from(name),
            axum::http::HeaderValue::try_from(value),
        ) {
            headers.insert(name, value);
        }
    }
    response
}
