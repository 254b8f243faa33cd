//! The pure rooms of Herald as a crate of their own, with the tests that exercise them, so that one mutant is built and
//! tried in seconds. `scripts/mutants.sh` copies the rooms beside this file; the repository itself never compiles it.

#[cfg(test)]
extern crate self as herald;

pub mod assessment;
pub mod cdshooks;
pub mod domain;
pub mod fhir;
pub mod json;
pub mod markdown;
pub mod noise;
pub mod rules;
pub mod trials;

pub mod commands {
    pub mod rules;
}

pub mod store {
    mod sample_trials;
    pub use sample_trials::{SAMPLE_SOURCE, sample_trials};
}

#[cfg(test)]
#[path = "../tests/cards.rs"]
mod test_cards;
#[cfg(test)]
#[path = "../tests/clinical.rs"]
mod test_clinical;
#[cfg(test)]
#[path = "../tests/clinical_fhir.rs"]
mod test_clinical_fhir;
#[cfg(test)]
#[path = "../tests/clinical_lines.rs"]
mod test_clinical_lines;
#[cfg(test)]
#[path = "../tests/considerations.rs"]
mod test_considerations;
#[cfg(test)]
#[path = "../tests/fhir_examples.rs"]
mod test_fhir_examples;
#[cfg(test)]
#[path = "../tests/fhir_rules.rs"]
mod test_fhir_rules;
#[cfg(test)]
#[path = "../tests/noise.rs"]
mod test_noise;
#[cfg(test)]
#[path = "../tests/orders/main.rs"]
mod test_orders;
#[cfg(test)]
#[path = "../tests/over_time.rs"]
mod test_over_time;
#[cfg(test)]
#[path = "../tests/rules/main.rs"]
mod test_rules;
