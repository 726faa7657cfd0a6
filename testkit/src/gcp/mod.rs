//! A loopback Google Cloud that the real `gcloud` drives.
//!
//! [`GcpServer::start`] serves plain HTTP on 127.0.0.1 for IAM, resource manager, organization
//! policies, Cloud Storage and, more thinly, Pub/Sub, Cloud KMS and BigQuery datasets. It stores
//! custom roles with their tombstones, allow policies with etags and conditions, service accounts,
//! buckets and organization policies, normalises them as the services do, and refuses what they
//! refuse: every refusal is a row of [`GcpRefusal`] that cites the vendor's rule. It enforces no
//! access.

mod account;
mod bucket;
mod cel;
mod etag;
mod org_policy;
mod permission;
mod policy;
mod predefined;
mod refusal;
mod role;
mod server;
mod service;

pub use refusal::GcpRefusal;
pub use server::GcpServer;
pub use service::Gcp;

/// A refusal on its way to the client.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) kind: GcpRefusal,
    pub(crate) message: String,
}

pub(crate) type Outcome<T> = Result<T, Refused>;

pub(crate) fn refuse(kind: GcpRefusal, message: impl Into<String>) -> Refused {
    Refused {
        kind,
        message: message.into(),
    }
}
