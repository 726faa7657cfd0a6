//! The server around the service: certificate, folders, and the environment for `az`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::tenant::{APPLICATION, SUBSCRIPTION, TENANT};
use super::{Arm, sign_in};
use crate::loopback::{Certificate, Client, Folder, Loopback, Reply, Request};

/// A running loopback Azure. It dereferences to [`Loopback`], where the log and the faults are.
#[derive(Debug)]
pub struct ArmServer {
    loopback: Loopback<Arm>,
    folder: Folder,
    /// The certificate that a client must trust, in PEM.
    pub ca_cert_path: PathBuf,
}

impl Deref for ArmServer {
    type Target = Loopback<Arm>;

    fn deref(&self) -> &Self::Target {
        &self.loopback
    }
}

impl ArmServer {
    /// The tenant's id.
    pub const TENANT: &'static str = TENANT;
    /// The subscription that is there from the start.
    pub const SUBSCRIPTION: &'static str = SUBSCRIPTION;

    /// Starts a server with one tenant, its root management group and one subscription.
    pub fn start() -> Result<Self> {
        let certificate = Certificate::new()?;
        let folder = Folder::new("arm")?;
        let ca_cert_path = folder.path().join("ca.pem");
        fs::write(&ca_cert_path, certificate.pem()).context("cannot write the certificate")?;
        let loopback = Loopback::https(Arm::new, &certificate)?;
        Ok(Self {
            loopback,
            folder,
            ca_cert_path,
        })
    }

    /// A client that carries the token, for raw requests.
    pub fn signed_in(&self) -> Client {
        self.client()
            .with_header("Authorization", &format!("Bearer {}", sign_in::token()))
    }

    /// The token that the server takes.
    pub fn token() -> String {
        sign_in::token()
    }

    /// Answers a signed-in request without the network.
    pub fn ask(&self, method: &str, target: &str, body: Option<&Value>) -> Reply {
        let request = Request::new(method, target, body)
            .with_header("authorization", &format!("Bearer {}", sign_in::token()))
            .with_header("content-type", "application/json");
        self.call(&request)
    }

    /// `az`'s own folder; it holds the registered cloud and the session after [`Self::sign_in_steps`].
    pub fn config_dir(&self) -> PathBuf {
        self.folder.path().join("azure")
    }

    /// The environment for `az`: its own configuration folder, our certificate, no telemetry, no
    /// extensions, and a proxy that refuses every address but loopback.
    pub fn env(&self) -> BTreeMap<String, OsString> {
        let text = |value: &str| OsString::from(value);
        let path = |value: &Path| value.as_os_str().to_owned();
        BTreeMap::from([
            ("AZURE_CONFIG_DIR".to_owned(), path(&self.config_dir())),
            ("AZURE_CORE_COLLECT_TELEMETRY".to_owned(), text("no")),
            ("AZURE_CORE_INSTANCE_DISCOVERY".to_owned(), text("false")),
            ("AZURE_CORE_NO_COLOR".to_owned(), text("true")),
            ("AZURE_CORE_ONLY_SHOW_ERRORS".to_owned(), text("true")),
            ("AZURE_CORE_DISABLE_CONFIRM_PROMPT".to_owned(), text("yes")),
            ("AZURE_CORE_LOGIN_EXPERIENCE_V2".to_owned(), text("off")),
            ("AZURE_CORE_SURVEY_MESSAGE".to_owned(), text("no")),
            ("AZURE_AUTO_UPGRADE_ENABLE".to_owned(), text("no")),
            ("AZURE_EXTENSION_USE_DYNAMIC_INSTALL".to_owned(), text("no")),
            ("REQUESTS_CA_BUNDLE".to_owned(), path(&self.ca_cert_path)),
            ("HTTP_PROXY".to_owned(), text("http://127.0.0.1:9")),
            ("HTTPS_PROXY".to_owned(), text("http://127.0.0.1:9")),
            ("NO_PROXY".to_owned(), text("127.0.0.1,localhost")),
        ])
    }

    /// The `az` arguments that register this server as a cloud and sign in, in order.
    pub fn sign_in_steps(&self) -> Vec<Vec<String>> {
        let step = |line: &[&str]| line.iter().map(|part| (*part).to_owned()).collect();
        vec![
            step(&[
                "cloud",
                "register",
                "-n",
                "Mesh",
                "--endpoint-resource-manager",
                &self.url(),
            ]),
            step(&["cloud", "set", "-n", "Mesh"]),
            step(&[
                "login",
                "--service-principal",
                "-u",
                APPLICATION,
                "-p",
                "loopback-only",
                "--tenant",
                TENANT,
            ]),
        ]
    }
}
