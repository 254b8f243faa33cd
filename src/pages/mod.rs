//! HTML pages, complete without JavaScript. Pure functions from plain views to text: no I/O, and no other room.

mod answer;
mod card;
mod decisions;
mod feedback;
mod findings;
mod layout;
mod markdown;
mod samples;
mod start;
mod view;
mod wording;

pub use feedback::FeedbackForm;
pub use layout::{ICON, SECURITY_HEADERS, STYLESHEET};
pub use samples::{SAMPLES, Sample};
pub use start::{TryForm, start};
pub use view::{Answer, Chosen, DecisionRow, Delivery, FeedbackState, StartView};
