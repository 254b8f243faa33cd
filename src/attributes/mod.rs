//! Source attributes: what someone who decides whether to use a service has to know about it, in the 13 points of
//! 45 CFR 170.315(b)(11)(iv)(A) for an evidence-based decision support intervention.
//!
//! The duty to show them lies with the developers of certified records; published here, a site need not type them. No
//! certification is claimed.

mod citations;
mod document;
mod reviewed;
mod texts;

pub use document::{Attribute, Figures, RulesShown, SourceAttributes, as_json, as_markdown, source_attributes};
pub use reviewed::{REVIEWED_ON, REVIEWED_RULES};
