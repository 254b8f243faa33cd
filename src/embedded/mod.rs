//! A private PostgreSQL under the data directory, for the start without any configuration.
//!
//! It is a whole server with full durability, made from the binaries that the machine has. It listens on one socket in
//! a directory of its own and on no network address.

mod account;
mod binaries;
mod cluster;
mod error;
mod initdb;
mod place;
mod postmaster;

pub use binaries::server_version;
pub use cluster::{Cluster, Revived, is_made, running, start};
pub use error::EmbeddedError;
