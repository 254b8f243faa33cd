//! `herald doctor registration`: the sheet that a site needs to register Herald.

mod command;
mod registration;
mod registration_sheet;

pub(super) use command::{DoctorArguments, run};
