//! HTTP: which paths exist, what is refused before anything is parsed, and what every reply carries.

mod answer;
mod body;
mod certificate;
mod cors;
mod crowd;
mod edge;
mod error;
mod evidence;
mod feedback;
mod form;
mod guarded;
mod handout;
mod health;
mod hooks;
mod labels;
mod media_type;
mod pages;
mod peer;
mod reply;
mod routes;
mod server;
mod tls;
mod turns;
mod unread;

pub use answer::Desk;
pub use crowd::Crowd;
pub use evidence::{evidence_of, order_stage};
pub use health::{Condition, Health};
pub use labels::LabelMemory;
pub use peer::Peer;
pub use server::{Door, Limits, Server, start};
pub use tls::{Tls, TlsError, certificate_end};
pub use turns::Turns;
