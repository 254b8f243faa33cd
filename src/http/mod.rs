//! HTTP: which paths exist, what is refused before anything is parsed, and what every reply carries.

mod answer;
mod body;
mod cors;
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
mod reply;
mod routes;
mod seal_head;
mod server;
mod turns;
mod unread;

pub use answer::Desk;
pub use evidence::{evidence_of, order_stage};
pub use health::{Condition, Health};
pub use labels::LabelMemory;
pub use server::{Limits, Server, start};
pub use turns::Turns;
