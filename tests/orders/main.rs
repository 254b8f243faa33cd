//! Order checks and their cards, from evidence to the words that a clinician reads.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets bad data fails")]

#[path = "../clinical/builder.rs"]
mod builder;
mod cards;
mod heart;
#[path = "../support/knowledge.rs"]
mod knowledge;
mod label_tumour;
mod partners;
mod products;
mod properties;
mod reviewed;
mod rules;
mod situation;
mod situations;
mod status;
