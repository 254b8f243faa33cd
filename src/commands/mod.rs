//! One function for each command of the command line.

pub mod rules;
