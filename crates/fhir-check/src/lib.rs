//! The strict check of one resource against FHIR R4 (4.0.1): names, types, cardinalities, formats and required codes.
//!
//! For a person who hands over a file (`herald doctor fhir`); nothing on the path of a request calls it. What R4 allows
//! stands in `r4.tsv`, made from HL7's definitions by `make_table.py` and read when the first resource is checked. Not
//! checked: invariants, profiles, terminology beyond required codes, and what references point to.

mod check;
mod date;
mod primitive;
mod problem;
mod table;

pub use check::{MOST_PROBLEMS, strict_check};
pub use problem::{Fault, Problem};
