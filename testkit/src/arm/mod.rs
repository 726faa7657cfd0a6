//! A loopback Azure Resource Manager that the real `az` drives.
//!
//! [`ArmServer::start`] serves HTTPS on 127.0.0.1 and gives the environment in which `az` finds it.
//! It stores policy definitions, sets, assignments and exemptions, role definitions and role
//! assignments, management groups, resource groups and resources, normalises them as the service
//! does, and refuses what the service refuses: every refusal is a row of [`ArmRefusal`] that cites
//! the vendor's rule. It evaluates no policy and enforces no access.

mod catalogue;
mod id;
mod policy;
mod refusal;
mod resource;
mod role;
mod server;
mod service;
mod sign_in;
mod tenant;

pub use refusal::ArmRefusal;
pub use server::ArmServer;
pub use service::Arm;

/// A refusal on its way to the client.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) kind: ArmRefusal,
    pub(crate) message: String,
}

pub(crate) type Outcome<T> = Result<T, Refused>;

pub(crate) fn refuse(kind: ArmRefusal, message: impl Into<String>) -> Refused {
    Refused {
        kind,
        message: message.into(),
    }
}
