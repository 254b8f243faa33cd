//! HER2 results in words: a small grammar that reads what it understands completely and guesses nothing.

mod amplification;
mod clause;
mod denial;
mod digits;
mod grammar;
mod numbers;
mod part;
mod sentence;
mod settle;
mod surroundings;
#[cfg(test)]
mod tests;
mod token;
mod vocabulary;

pub(super) use grammar::{IshBeside, TextReading, Unread, fits, read, read_narrative};
pub(super) use vocabulary::{named, unaccented};
