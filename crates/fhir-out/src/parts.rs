//! Datatypes that several resources share.

use fhirbolt::model::r4::types;
use fhirbolt::serde::SerializeResource;

/// A code in its system: `http://snomed.info/sct`, `434363004`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code<'a> {
    /// The code system, an absolute URI.
    pub system: &'a str,
    /// The code.
    pub code: &'a str,
}

/// What is asked for, in words and, where one exists, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concept<'a> {
    /// The code, if any.
    pub code: Option<Code<'a>>,
    /// The words a person reads.
    pub text: &'a str,
}

/// A primitive that is left out where it would be empty.
pub(crate) fn unless_empty<T: From<String>>(text: &str) -> Option<T> {
    (!text.is_empty()).then(|| T::from(text.to_owned()))
}

pub(crate) fn reference(to: &str) -> types::Reference {
    types::Reference {
        id: None,
        extension: vec![],
        reference: unless_empty(to),
        r#type: None,
        identifier: None,
        display: None,
    }
}

/// References, empty ones left out: FHIR allows no empty object.
pub(crate) fn references(to: &[&str]) -> Vec<types::Reference> {
    to.iter().filter(|to| !to.is_empty()).map(|to| reference(to)).collect()
}

pub(crate) fn concept(concept: Concept<'_>) -> types::CodeableConcept {
    let coding = concept.code.map(|code| types::Coding {
        id: None,
        extension: vec![],
        system: unless_empty(code.system),
        version: None,
        code: unless_empty(code.code),
        display: None,
        user_selected: None,
    });
    types::CodeableConcept {
        id: None,
        extension: vec![],
        coding: coding.into_iter().collect(),
        text: unless_empty(concept.text),
    }
}

/// The compact JSON of a resource.
#[expect(
    clippy::expect_used,
    reason = "writing to memory fails only on an invalid decimal, and no resource here has one"
)]
pub(crate) fn json<R: SerializeResource>(resource: &R) -> String {
    fhirbolt::json::to_string(resource, None).expect("a resource without decimals is written to memory")
}
