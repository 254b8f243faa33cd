//! The detail of a card as an EHR shows it: plain Markdown, with everything that could act taken out.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// Markdown as HTML. Raw HTML becomes visible text, links and images keep only their words, headings become paragraphs
/// (the page has its own order of headings).
pub(super) fn detail(markdown: &str) -> Markup {
    let mut out = String::with_capacity(markdown.len() * 5 / 4);
    html::push_html(&mut out, Parser::new_ext(markdown, Options::empty()).filter_map(harmless));
    PreEscaped(out)
}

fn harmless(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::Link { .. } | Tag::Image { .. }) | Event::End(TagEnd::Link | TagEnd::Image) => None,
        Event::Start(Tag::Heading { .. } | Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::Heading(_) | TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(markdown: &str) -> String {
        detail(markdown).into_string()
    }

    #[test]
    fn bold_words_and_lists_are_shown_as_such() {
        assert_eq!(
            shown("**Missing:** ratio\n\n- one").replace('\n', ""),
            "<p><strong>Missing:</strong> ratio</p><ul><li>one</li></ul>"
        );
    }

    #[test]
    fn raw_html_in_a_detail_is_read_and_never_run() {
        for hostile in
            ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<style>*{display:none}</style>"]
        {
            let html = shown(hostile);
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<style"), "{html}");
            assert!(html.contains("&lt;"), "{html}");
        }
    }

    #[test]
    fn a_link_keeps_its_words_and_loses_its_address() {
        let html = shown("[PMID](javascript:alert(1)) ![scan](https://example.org/x.png) <https://example.org>");
        assert!(html.contains("PMID") && html.contains("scan"));
        assert!(!html.contains("href") && !html.contains("src") && !html.contains("<a") && !html.contains("<img"));
    }

    #[test]
    fn a_heading_in_a_detail_does_not_enter_the_outline_of_the_page() {
        assert_eq!(shown("# Large").trim(), "<p>Large</p>");
    }
}
