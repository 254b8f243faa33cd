//! The Markdown of card details in other forms: as HTML in which nothing can act, and as plain text.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// Markdown as HTML. Raw HTML becomes visible text, links and images keep only their words, headings become paragraphs
/// (whoever shows a detail has an order of headings of its own).
#[must_use]
pub fn as_html(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len() * 5 / 4);
    html::push_html(&mut out, Parser::new_ext(markdown, Options::empty()).filter_map(harmless));
    out
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

/// Markdown as plain text: the words, with an empty line between paragraphs.
#[must_use]
pub fn as_text(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, Options::empty()) {
        match event {
            Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => {
                out.push_str(&words);
            }
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => out.push_str("\n\n"),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bold_words_and_lists_are_shown_as_such() {
        assert_eq!(
            as_html("**Missing:** ratio\n\n- one").replace('\n', ""),
            "<p><strong>Missing:</strong> ratio</p><ul><li>one</li></ul>"
        );
    }

    #[test]
    fn raw_html_in_a_detail_is_read_and_never_run() {
        for hostile in
            ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<style>*{display:none}</style>"]
        {
            let html = as_html(hostile);
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<style"), "{html}");
            assert!(html.contains("&lt;"), "{html}");
        }
    }

    #[test]
    fn a_link_keeps_its_words_and_loses_its_address() {
        let html = as_html("[PMID](javascript:alert(1)) ![scan](https://example.org/x.png) <https://example.org>");
        assert!(html.contains("PMID") && html.contains("scan"));
        assert!(!html.contains("href") && !html.contains("src") && !html.contains("<a") && !html.contains("<img"));
    }

    #[test]
    fn a_heading_in_a_detail_does_not_enter_the_outline_of_the_page() {
        assert_eq!(as_html("# Large").trim(), "<p>Large</p>");
    }

    #[test]
    fn plain_text_keeps_every_word_and_no_mark() {
        assert_eq!(
            as_text("**Seen:** IHC 2+, a < b.\n\n*Basis:* `x` (PMID 1)."),
            "Seen: IHC 2+, a < b.\n\nBasis: x (PMID 1)."
        );
    }
}
