//! What every loopback cloud server of the test kit shares: one service behind HTTP or HTTPS on
//! 127.0.0.1, a log of all requests, faults on demand, a clock of its own and a table of refusals.
//!
//! In goes a [`Service`], the pure logic of one cloud: it turns a [`Request`] into a [`Reply`] and
//! never opens a socket. Out comes a [`Loopback`], which serves it on a port that the kernel chose.
//! Nothing here knows a cloud's rules, and nothing listens beyond loopback.

mod client;
mod clock;
mod exchange;
mod fault;
mod folder;
mod log;
mod refusal;
mod server;
mod text;
mod tls;

pub use client::{Answer, Client};
pub use clock::Clock;
pub use exchange::{Reply, Request};
pub use fault::Fault;
pub(crate) use folder::Folder;
pub use log::Entry;
pub use refusal::Row;
pub(crate) use refusal::refusals;
pub use server::{Loopback, Service};
pub(crate) use text::{base64, digest};
pub use tls::Certificate;
