//! Herald: HER2 decision support for CDS Hooks clients.
//!
//! Data flow one way: request → evidence → assessment → cards → record → reply. `docs/ARCHITECTURE.md` is the map.

pub mod domain;
pub mod json;
pub mod pages;
