//! Medicines by code and by name.

mod absent;
mod beside;
mod named;
mod table;
#[cfg(test)]
mod tests;

pub use absent::absent_medications;
pub(super) use absent::is_nameless;
pub(super) use named::{Named, Said, medicines};
