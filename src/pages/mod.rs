//! HTML pages, complete without JavaScript. Pure functions from plain views to text: no I/O, and no other room.

mod samples;

pub use samples::{SAMPLES, Sample};
