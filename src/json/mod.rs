//! JSON at the edge: a document is looked at once, as a whole, and its values are then found without reading it again.
//!
//! A parser that builds only what it is asked for leaves depth, lone surrogates and members that stand twice unchecked in
//! all the rest, and every further look at a part reads the text of that part again. Here one pass checks every byte and
//! notes where each value begins and ends; numbers and strings stay the text that was sent.

mod document;
mod malformed;
mod names;
mod reader;
mod string;
mod tag;
mod text;
mod value;

pub use document::Document;
pub use malformed::Malformed;
pub use tag::Tag;
pub use text::Text;
pub use value::{Name, Place, Value};
