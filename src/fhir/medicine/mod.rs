//! Medicines by code and by name.

mod named;
mod table;
#[cfg(test)]
mod tests;

pub(super) use named::{Named, Said, medicines};
