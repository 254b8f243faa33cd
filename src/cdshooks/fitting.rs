//! Fits finished cards to the screens of an EHR: what it cannot show or would show wrongly is left out or written otherwise.
//! The assessment beside the cards is the same for every client.
//!
//! What the vendors show is known from their own texts in part only, and those are of 2021; see the sheet of
//! `herald doctor registration`.

use super::cards::{WHY, without_trials};
use super::profile::{DetailForm, EhrProfile};
use super::quiet::Sifted;
use super::response::{Card, Indicator};
use crate::markdown::{as_html, as_text};

impl Sifted {
    /// The cards for this client, those that are kept back included: they are recorded as they would have been shown.
    #[must_use]
    pub fn fitted(self, profile: EhrProfile, detail: DetailForm) -> Self {
        match profile {
            EhrProfile::Generic | EhrProfile::Athena => self,
            EhrProfile::Epic => self.with_each(|card| for_epic(card, detail)),
            EhrProfile::Cerner => self.with_each(for_cerner),
        }
    }

    fn with_each(mut self, fit: impl Fn(Card) -> Card) -> Self {
        self.shown = self.shown.into_iter().map(&fit).collect();
        for withheld in &mut self.withheld {
            withheld.card = withheld.card.take().map(&fit);
        }
        self
    }
}

/// Suggestions may be taken in any number; each has one action, as the type of a suggestion says.
fn for_epic(mut card: Card, detail: DetailForm) -> Card {
    card.selection_behavior = card.selection_behavior.map(|_| "any");
    match detail {
        DetailForm::Markdown => {}
        DetailForm::Html => {
            card.detail = as_html(&card.detail);
            card.extension.detail_type = Some("text/html");
        }
    }
    card
}

/// No suggestions, plain text, and less of it. What was seen, what is missing and the source stay, and on a critical card why
/// it matters; the number of trials stands in the assessment.
fn for_cerner(mut card: Card) -> Card {
    card.suggestions.clear();
    card.selection_behavior = None;
    card.summary = without_trials(card.summary);
    let stays = |block: &&str| card.indicator == Indicator::Critical || !block.starts_with(WHY);
    let blocks: Vec<&str> = card.detail.split("\n\n").filter(stays).collect();
    card.detail = as_text(&blocks.join("\n\n"));
    card
}
