//! Herald: HER2 decision support for CDS Hooks clients.
//!
//! Data flow one way: request → evidence → assessment → cards → record → reply. `docs/ARCHITECTURE.md` is the map.

pub mod access;
pub mod assessment;
pub mod attributes;
pub mod cdshooks;
pub mod clock;
pub mod commands;
pub mod config;
pub mod domain;
pub mod embedded;
pub mod fhir;
pub mod http;
pub mod journal;
pub mod json;
pub mod markdown;
pub mod metrics;
pub mod noise;
pub mod openapi;
pub mod pages;
pub mod record;
pub mod rules;
pub mod seal;
pub mod secret;
pub mod store;
pub mod telemetry;
pub mod traces;
pub mod trials;
pub mod upstream;
