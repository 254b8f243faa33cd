//! `herald doctor`: what is missing or unsafe in this set-up; `herald doctor fhir`: the strict check of one resource;
//! `herald doctor registration`: the sheet that a site needs to register Herald.

mod check;
mod command;
mod database;
mod fhir;
mod finding;
mod registration;
mod registration_sheet;

pub(super) use command::{DoctorArguments, run};
