//! HER2 results in words: a small grammar that reads what it understands completely and guesses nothing.

mod grammar;
#[cfg(test)]
mod tests;
mod token;

pub(super) use grammar::{TextReading, Unread, agree, read, read_narrative};
pub(super) use token::unaccented;
