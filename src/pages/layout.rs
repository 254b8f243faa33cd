//! What all pages share: head, foot, the stylesheet and the headers that keep a page to itself.

use maud::{DOCTYPE, Markup, html};

/// The one stylesheet, served at `/assets/herald.css` as `text/css`.
pub const STYLESHEET: &str = include_str!("herald.css");

/// The mark in the browser's tab, served at `/assets/herald.svg` as `image/svg+xml`.
pub const ICON: &str = include_str!("herald.svg");

/// Headers of every page: nothing runs, nothing is fetched from elsewhere, nothing is kept.
pub const SECURITY_HEADERS: &[(&str, &str)] = &[
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
];

/// What the foot of a page has to say.
#[derive(Debug, Clone, Copy)]
pub(super) enum Foot {
    /// It shows an answer about a patient.
    Answer,
    /// It shows rules and their labels.
    Rules,
    /// It shows neither.
    Plain,
}

impl Foot {
    const fn words(self) -> &'static str {
        match self {
            Self::Answer => {
                "For health professionals. Not a diagnosis and not an order. Based only on the data listed; results held \
                 elsewhere may be missed. Does not replace the pathology report. Approval differs by region; label dates as \
                 shown."
            }
            Self::Rules => {
                "For health professionals. Not a diagnosis and not an order. Does not replace the pathology report. Approval \
                 differs by region; label dates as shown."
            }
            Self::Plain => "For professionals. Not for patient care while the rules are unreviewed.",
        }
    }
}

/// A whole document around the content of a page; `head` is what stands under the name of the service.
pub(super) fn page(title: &str, head: &Markup, content: &Markup, foot: Foot) -> String {
    let body = html! {
        a.skip href="#content" { "Skip to content" }
        header.masthead { div.measure {
            p.wordmark { a href="/" { "Herald" } }
            p.purpose { "HER2 decision support over CDS Hooks" }
            (head)
        } }
        main.measure #content { (content) }
        footer.foot { div.measure {
            p { (foot.words()) }
        } }
    };
    document(title, "en", &body)
}

/// A sheet to hand over: it speaks to a patient, so the head and the foot for professionals are left out.
pub(super) fn sheet(title: &str, language: &str, content: &Markup) -> String {
    document(title, language, &html! { main.measure #content { (content) } })
}

fn document(title: &str, language: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" type="image/svg+xml" href="/assets/herald.svg";
                link rel="stylesheet" href="/assets/herald.css";
            }
            body { (body) }
        }
    }
    .into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_is_small_and_loads_nothing() {
        assert!(STYLESHEET.len() < 20_000, "{} bytes", STYLESHEET.len());
        assert!(!STYLESHEET.contains("url(") && !STYLESHEET.contains("@import"));
    }
}
