//! The rules by which decisions are written, without any I/O: one state machine for batches, spool, probe and replay, and
//! the form of a segment of the spool. The room `record` carries out what the machine decides.

mod actions;
mod bisection;
mod book;
mod breaker;
mod frames;
mod heard;
mod machine;
mod pace;
mod patience;
mod replay;

pub use actions::{Action, Actions, Batch, DiskStep, Event, Fault, KeeperStep, Outcome, Places};
pub use bisection::Bisection;
pub use book::{Limits, Segment, SpoolState, WhenFull};
pub use breaker::Breaker;
pub use frames::{FRAME_OVERHEAD, Frame, Frames, HEADER_BYTES, Header, first_frame, frame, frame_bytes, frame_tag};
pub use heard::DatabaseState;
pub use machine::{Journal, step};
pub use patience::Patience;
