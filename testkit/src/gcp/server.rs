//! The server around the service, and the environment for `gcloud`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Deref;

use anyhow::Result;
use serde_json::Value;

use super::service::{Gcp, ORGANIZATION, PROJECT};
use crate::loopback::{Folder, Loopback, Reply, Request};

/// A running loopback Google Cloud. It dereferences to [`Loopback`], where the log and the faults are.
#[derive(Debug)]
pub struct GcpServer {
    loopback: Loopback<Gcp>,
    folder: Folder,
}

impl Deref for GcpServer {
    type Target = Loopback<Gcp>;

    fn deref(&self) -> &Self::Target {
        &self.loopback
    }
}

impl GcpServer {
    /// The project that is there from the start.
    pub const PROJECT: &'static str = PROJECT;
    /// The organization that it lies in.
    pub const ORGANIZATION: &'static str = ORGANIZATION;

    /// Starts a server with one organization and one project.
    pub fn start() -> Result<Self> {
        Ok(Self {
            loopback: Loopback::http(Gcp::new)?,
            folder: Folder::new("gcp")?,
        })
    }

    /// Answers a request without the network.
    pub fn ask(&self, method: &str, target: &str, body: Option<&Value>) -> Reply {
        self.call(&Request::new(method, target, body))
    }

    /// The environment for `gcloud`: its own configuration folder, every endpoint on this server, no
    /// credentials, no prompts, and a proxy that refuses every address but loopback.
    pub fn env(&self) -> BTreeMap<String, OsString> {
        let url = self.url();
        let mut env = BTreeMap::from([
            (
                "CLOUDSDK_CONFIG".to_owned(),
                self.folder.path().join("gcloud").into_os_string(),
            ),
            (
                "CLOUDSDK_AUTH_DISABLE_CREDENTIALS".to_owned(),
                "true".into(),
            ),
            ("CLOUDSDK_CORE_DISABLE_PROMPTS".to_owned(), "1".into()),
            (
                "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING".to_owned(),
                "true".into(),
            ),
            (
                "CLOUDSDK_CORE_DISABLE_FILE_LOGGING".to_owned(),
                "true".into(),
            ),
            ("CLOUDSDK_CORE_PROJECT".to_owned(), PROJECT.into()),
            (
                "CLOUDSDK_CORE_CHECK_GCE_METADATA".to_owned(),
                "false".into(),
            ),
            (
                "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK".to_owned(),
                "true".into(),
            ),
            ("HTTP_PROXY".to_owned(), "http://127.0.0.1:9".into()),
            ("HTTPS_PROXY".to_owned(), "http://127.0.0.1:9".into()),
            ("NO_PROXY".to_owned(), "127.0.0.1,localhost".into()),
        ]);
        for service in [
            "IAM",
            "CLOUDRESOURCEMANAGER",
            "ORGPOLICY",
            "PUBSUB",
            "CLOUDKMS",
        ] {
            env.insert(
                format!("CLOUDSDK_API_ENDPOINT_OVERRIDES_{service}"),
                format!("{url}/").into(),
            );
        }
        env.insert(
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE".to_owned(),
            format!("{url}/storage/v1/").into(),
        );
        env.insert(
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY".to_owned(),
            format!("{url}/bigquery/v2/").into(),
        );
        env
    }
}
