//! Terraform providers over any provider schema, in this process.
//!
//! In: schemas as `data/provider-schemas/` holds them, and a [`Store`]. Out: loopback servers
//! that a real terraform drives over `TF_REATTACH_PROVIDERS`: it validates, plans, applies,
//! imports and destroys against them as against the real providers. They refuse what the real
//! ones refuse (`values`), replace what the real ones replace (`data/force-new.json`) and
//! record every change. They reach no network and no cloud.

mod computed;
mod handshake;
mod plan;
#[allow(
    clippy::all,
    clippy::pedantic,
    unreachable_pub,
    dead_code,
    missing_debug_implementations,
    reason = "generated from testkit/protocol"
)]
mod protocol;
mod schema;
mod service;
mod store;
mod value;
mod values;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use protocol::goplugin::grpc_broker_server::GrpcBrokerServer;
use protocol::goplugin::grpc_controller_server::GrpcControllerServer;
use protocol::goplugin::grpc_stdio_server::GrpcStdioServer;
use protocol::tfplugin6::provider_server::ProviderServer;
use schema::ProviderData;
use service::Provider;
use store::Log;
pub use store::{Key, LogEntry, MemoryStore, Operation, Store};

/// The schemas that the repository embeds, by provider and major.
pub mod embedded {
    /// hashicorp/aws 5
    pub const AWS_5: (&str, &str) = (
        "hashicorp/aws",
        include_str!("../../../data/provider-schemas/aws-5.json"),
    );
    /// hashicorp/aws 6
    pub const AWS_6: (&str, &str) = (
        "hashicorp/aws",
        include_str!("../../../data/provider-schemas/aws-6.json"),
    );
    /// hashicorp/azurerm 4
    pub const AZURERM_4: (&str, &str) = (
        "hashicorp/azurerm",
        include_str!("../../../data/provider-schemas/azurerm-4.json"),
    );
    /// hashicorp/google 6
    pub const GOOGLE_6: (&str, &str) = (
        "hashicorp/google",
        include_str!("../../../data/provider-schemas/google-6.json"),
    );
}

/// Running mock providers. They stop when this value is dropped.
#[derive(Debug)]
pub struct MockProviders {
    /// `None` only while dropping.
    runtime: Option<Runtime>,
    stop: watch::Sender<bool>,
    served: Vec<Served>,
    store: Arc<dyn Store>,
    log: Arc<Log>,
}

#[derive(Debug)]
struct Served {
    /// The registry address, such as `registry.terraform.io/hashicorp/aws`.
    address: String,
    version: String,
    rules: usize,
    listens_at: SocketAddr,
}

impl MockProviders {
    /// Serves providers, each given as its source address and its schema, over a new world.
    pub fn start(providers: &[(&str, &str)]) -> Result<Self> {
        Self::start_with(providers, Arc::new(MemoryStore::default()))
    }

    /// Serves the newest embedded major of every provider over a new world.
    pub fn start_all() -> Result<Self> {
        Self::start(&[embedded::AWS_6, embedded::AZURERM_4, embedded::GOOGLE_6])
    }

    /// Serves providers over a world that others share.
    pub fn start_with(providers: &[(&str, &str)], store: Arc<dyn Store>) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .context("starting the mock providers")?;
        let (stop, stopped) = watch::channel(false);
        let log = Arc::new(Log::default());
        let mut served = Vec::new();
        for (source, schema) in providers {
            let data = ProviderData::parse(schema)?;
            ensure!(
                data.provider.ends_with(source),
                "the schema given for {source} is that of {}",
                data.provider
            );
            let address = data.provider.clone();
            let version = data.version.clone();
            let provider = Provider::new(data, store.clone(), log.clone())?;
            let rules = provider.rules();
            let listener = runtime
                .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
                .context("no loopback port for a mock provider")?;
            let listens_at = listener.local_addr()?;
            runtime.spawn(serve(provider, listener, stopped.clone()));
            served.push(Served {
                address,
                version,
                rules,
                listens_at,
            });
        }
        Ok(Self {
            runtime: Some(runtime),
            stop,
            served,
            store,
            log,
        })
    }

    /// The value of `TF_REATTACH_PROVIDERS` with which terraform uses these providers.
    pub fn reattach_env(&self) -> String {
        let providers: serde_json::Map<String, serde_json::Value> = self
            .served
            .iter()
            .map(|served| {
                let entry = serde_json::json!({
                    "Protocol": "grpc",
                    "ProtocolVersion": 6,
                    "Pid": std::process::id(),
                    // Terraform neither stops nor restarts a provider under test.
                    "Test": true,
                    "Addr": {"Network": "tcp", "String": served.listens_at.to_string()},
                });
                (served.address.clone(), entry)
            })
            .collect();
        serde_json::Value::Object(providers).to_string()
    }

    /// Every change so far, in the order in which it was made.
    pub fn log(&self) -> Vec<LogEntry> {
        self.log.entries()
    }

    /// The log as JSON lines.
    pub fn log_lines(&self) -> String {
        let mut text = String::new();
        for entry in self.log() {
            // A log entry is plain data: it always prints.
            text.push_str(&serde_json::to_string(&entry).unwrap_or_default());
            text.push('\n');
        }
        text
    }

    /// The world, to look at or to change behind terraform's back.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// What is served: address, exact version, and the number of value rules.
    pub fn served(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.served.iter().map(|served| {
            (
                served.address.as_str(),
                served.version.as_str(),
                served.rules,
            )
        })
    }
}

impl Drop for MockProviders {
    fn drop(&mut self) {
        // The servers may be gone already; then nobody listens, and that is fine.
        let _ = self.stop.send(true);
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn serve(provider: Provider, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    // A whole provider schema or a large state does not fit into gRPC's usual 4 MiB.
    const LARGEST: usize = 256 * 1024 * 1024;
    let provider = ProviderServer::new(provider)
        .max_decoding_message_size(LARGEST)
        .max_encoding_message_size(LARGEST);
    let result = Server::builder()
        .add_service(provider)
        .add_service(GrpcControllerServer::new(handshake::Controller))
        .add_service(GrpcStdioServer::new(handshake::Stdio))
        .add_service(GrpcBrokerServer::new(handshake::Broker))
        .serve_with_incoming_shutdown(TcpIncoming::from(listener), async move {
            // An error means that the owner is gone, which is the same wish.
            let _ = stopped.wait_for(|stop| *stop).await;
        })
        .await;
    // A server that stops by itself shows as a failing terraform; there is nobody here to tell.
    drop(result);
}
