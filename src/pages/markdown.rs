//! The detail of a card as an EHR shows it: plain Markdown, with everything that could act taken out.

use maud::{Markup, PreEscaped};

use crate::markdown::as_html;

/// Markdown as HTML in which nothing can act.
pub(super) fn detail(markdown: &str) -> Markup {
    PreEscaped(as_html(markdown))
}
