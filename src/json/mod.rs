//! JSON at the edge: one linear scan of a document before anything is parsed, and text that borrows where it can.
//!
//! serde_json enforces depth, UTF-8 and lone surrogates only where it builds values: members that are skipped or kept as
//! `RawValue` pass unseen, and of two equal keys the last one wins in silence. The scan here looks at every byte.

mod repeated;
mod scan;
mod text;

pub use repeated::has_repeated_member;
pub use scan::{Malformed, check};
pub use text::Text;
