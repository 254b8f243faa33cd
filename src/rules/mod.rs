//! Rule files: read, proved, and shown to the people who sign them.

pub mod considerations;
