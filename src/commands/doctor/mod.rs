//! `herald doctor`: what is missing or unsafe in this set-up; `herald doctor fhir`: the strict check of one resource.

mod check;
mod command;
mod database;
mod fhir;
mod finding;

pub(super) use command::{DoctorArguments, run};
