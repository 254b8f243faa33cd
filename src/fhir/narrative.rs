//! The HER2 part of a report's conclusion as a reading. Everything in it was read from text.

use crate::domain::evidence::{ExcludedWhy, TestKind, TextMarks};
use crate::domain::ihc::Ihc;
use crate::domain::ish::{Count, Ish};

use super::claims::is_of_both;
use super::in_situ::is_of_in_situ_alone;
use super::observation::{Reading, overall_word};
use super::text::{IshBeside, TextReading, Unread, read_narrative};

impl Reading {
    /// Reads what a conclusion says of HER2. One that names HER2 and is not understood is set aside by name, since a result may
    /// stand in it; one that tells of no result of this specimen is not listed.
    pub(super) fn of_conclusion(text: &str) -> Self {
        let mut reading = Self::from_narrative(&read_narrative(text));
        if reading.invasive.is_none() && !reading.says_nothing() && is_of_in_situ_alone(text) {
            reading.invasive = Some(false);
        }
        reading
    }

    /// Turns what the grammar understood into a reading; what it refused leaves a mark, or is set aside.
    fn from_narrative(words: &TextReading) -> Self {
        let marks = Some(TextMarks { negation: words.negation });
        let mut reading = Self::default();
        match words.unread {
            Some(Unread::Ambiguous) => reading.ambiguous = true,
            Some(Unread::WordInSentence) => reading.word_in_text = true,
            Some(Unread::Contradictory) => reading.contradictory = Some(TestKind::Ihc),
            Some(Unread::NotUnderstood) => reading.excluded = Some(ExcludedWhy::Unreadable),
            None if words.ish_missed => reading.excluded = Some(ExcludedWhy::Unreadable),
            Some(Unread::NotAResult) | None => {}
        }
        if words.score.is_some() {
            let ihc = Ihc {
                score: words.score,
                percent: words.percent.clone(),
                pattern: words.pattern,
                intensity: words.intensity,
                ..Ihc::default()
            };
            reading.ihc = Some((ihc, marks));
        }
        let counted = words.ratio.is_some() || words.her2_copies.is_some() || words.cep17_copies.is_some();
        if words.ish.is_some() || counted {
            let count = Count {
                ratio: words.ratio.clone(),
                her2: words.her2_copies.clone(),
                cep17: words.cep17_copies.clone(),
                cells: words.cells,
                cells_below: None,
            };
            reading.ish = Some((Ish { count, interpretation: words.ish, ..Ish::default() }, marks));
        }
        // the laboratory's word for both tests, to be compared with ours (clinical guide, 2.5 (2))
        let beside = IshBeside::of(words.ish, words.is_counted());
        reading.overall = words.word.filter(|word| is_of_both(words.score, *word, beside)).map(overall_word);
        if words.ish_pending {
            reading.pending = Some(TestKind::Ish);
        }
        reading
    }

    /// Nothing was read, nothing is pending, and nothing contradicts itself.
    pub(super) fn says_nothing(&self) -> bool {
        self.ihc.is_none()
            && self.percent.is_none()
            && self.ish.is_none()
            && self.overall.is_none()
            && self.pending.is_none()
            && self.contradictory.is_none()
            && !self.ambiguous
            && !self.word_in_text
    }

    /// Nothing was read, and nothing was set aside either.
    pub(super) fn is_silent(&self) -> bool {
        self.says_nothing() && self.excluded.is_none()
    }
}
