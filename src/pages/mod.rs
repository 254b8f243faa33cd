//! HTML pages, complete without JavaScript. Pure functions from plain views to text: no I/O.

mod answer;
mod attributes;
mod card;
mod decisions;
mod feedback;
mod findings;
mod handout;
mod information;
mod layout;
mod markdown;
mod openapi;
mod rule_lists;
mod rule_table;
mod rule_words;
mod rules;
mod samples;
mod silences;
mod start;
mod view;
mod wording;

pub use attributes::source_attributes;
pub use feedback::FeedbackForm;
pub use handout::{Handout, HandoutError, Handouts, PlainResult, Word, handout, handout_address, handouts};
pub use information::information;
pub use layout::{ICON, SECURITY_HEADERS, STYLESHEET};
pub use openapi::openapi;
pub use rules::{rule_page, rules};
pub use samples::{SAMPLES, Sample};
pub use start::{TryForm, start};
pub use view::{Answer, Chosen, DecisionRow, Delivery, FeedbackState, SilenceRow, StartView};
