//! Messages and servers of the plugin protocol, generated from `testkit/protocol`.

pub mod goplugin;
pub mod tfplugin6;
