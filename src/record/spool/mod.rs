//! The spool: decisions on the local disk for the time in which the database is away.

mod chunk;
mod disk;
mod files;
mod index;
mod key;
mod leftover;
mod poison;

pub(super) use chunk::Spooled;
pub(super) use disk::{Disk, Errand};
pub(super) use files::Files;
pub use files::SpoolError;
pub(super) use index::{Index, Place, mark};
pub(super) use key::SpoolKey;
pub(super) use leftover::Found;
pub use poison::Released;
