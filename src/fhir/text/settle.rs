//! Weighs what the sentences said: one reading, or the reason for none.

use crate::domain::ihc::{IhcScore, MembranePattern, StainingIntensity};
use crate::domain::ish::IshWord;
use crate::fhir::codes::{Word, plain_score};

use super::grammar::{IshBeside, TextReading, Unread, agree, fits};
use super::sentence::Reader;

impl Reader {
    pub(super) fn finish(mut self) -> TextReading {
        self.tidy();
        self.zero_with_staining();
        self.unknown |= self.scores.iter().any(|score| self.denied_scores.contains(score));
        self.unknown |=
            !self.scores.is_empty() && self.withheld_scores.iter().any(|score| !self.scores.contains(score));
        // "1+ (invalid)"
        self.unknown |= self.not_assessable && !self.scores.is_empty() && self.scores != [IhcScore::Indeterminate];
        let mut reading = TextReading {
            score: self.scores.first().copied(),
            word: self.words.last().copied(),
            ish: self.ish.first().copied(),
            ish_pending: self.ish_pending,
            ihc_pending: self.ihc_pending && self.scores.is_empty() && self.words.is_empty(),
            ratio: self.numbers.ratio.take(),
            her2_copies: self.numbers.her2.take(),
            probe_unnamed: self.numbers.probe_unnamed,
            cep17_copies: self.numbers.cep17.take(),
            cells: self.numbers.cells,
            percent: self.numbers.percent.take(),
            negation: !self.denied_scores.is_empty(),
            names_ihc: self.names_ihc,
            ..TextReading::default()
        };
        self.unknown |= self.awaited_unnamed && reading.ish.is_some();
        // "amplified, group 1" agree; a group without its word is not weighed
        self.unknown |= self.groups.iter().any(|group| group.is_none() || *group != reading.ish);
        self.membrane(&mut reading);
        self.left_over(&mut reading);
        reading.unread = self.refusal(&reading);
        if reading.unread.is_some() {
            // a word in a sentence is free text, the ISH beside it was still understood
            let ish = reading.ish.filter(|_| reading.unread == Some(Unread::WordInSentence) && !self.unknown);
            return TextReading {
                unread: reading.unread,
                word: reading.word,
                ish,
                ish_heard: reading.ish,
                ..TextReading::default()
            };
        }
        reading.word_alone = reading.word.is_some() && reading.score.is_none() && self.sentence_words == 0;
        reading
    }

    fn tidy(&mut self) {
        self.scores.sort_unstable();
        self.scores.dedup();
        self.words.sort_unstable();
        self.words.dedup();
        self.ish.sort_unstable();
        self.ish.dedup();
        self.intensities.sort_unstable();
        self.intensities.dedup();
        self.patterns.sort_unstable();
        self.patterns.dedup();
        if self.scores.is_empty() && self.words.is_empty() && self.no_overexpression {
            self.words.push(Word::Negative);
        }
        if self.scores.is_empty() && self.words.is_empty() && self.not_assessable {
            self.scores.push(IhcScore::Indeterminate);
        }
    }

    /// "0, no staining": a bare 0 beside a statement on staining is the score.
    fn zero_with_staining(&mut self) {
        let said = self.no_staining || self.stained || !self.intensities.is_empty() || !self.patterns.is_empty();
        let bare = &mut self.numbers.bare;
        let zero = bare.first().is_some_and(|bare| bare.comparator.is_none() && bare.number.as_sent() == "0");
        if said && zero && bare.len() == 1 && self.scores.is_empty() {
            bare.clear();
            self.scores.push(IhcScore::Zero);
        }
    }

    /// What is said of the membrane, and whether it can be true of one slide.
    fn membrane(&mut self, reading: &mut TextReading) {
        reading.score = reading.score.or_else(|| self.scores.first().copied());
        let described = !self.intensities.is_empty() || !self.patterns.is_empty();
        let zero = reading.score == Some(IhcScore::Zero);
        self.unknown |= self.intensities.len() > 1 || self.patterns.len() > 1;
        if self.no_staining {
            let some = reading.percent.as_ref().is_some_and(|percent| percent.number.as_sent() != "0");
            self.unknown |= described || some || (reading.score.is_some() && !zero);
        }
        reading.pattern = self.patterns.first().copied();
        reading.intensity = self.intensities.first().copied();
        if zero && self.no_staining {
            (reading.pattern, reading.intensity) = (Some(MembranePattern::None), None);
        } else if zero && self.stained {
            reading.intensity = reading.intensity.or(Some(StainingIntensity::Faint));
        }
    }

    /// A number that belongs to nothing: "ratio 1.8-2.2", "0/1+", "negative 3".
    fn left_over(&mut self, reading: &mut TextReading) {
        let counted = reading.ratio.is_some() || reading.her2_copies.is_some() || reading.cep17_copies.is_some();
        if self.numbers.bare.len() > 1 || (self.numbers.bare.len() == 1 && counted) {
            self.unknown = true;
            return;
        }
        reading.bare = self.numbers.bare.pop();
        let Some(bare) = &reading.bare else { return };
        // "negative (0)" is a score with its word, "negative (3)" is not understood
        let score = plain_score(bare.number.as_sent());
        let fitting = reading.word.is_none_or(|word| score.is_some_and(|score| agree(score, word)));
        let digit = bare.comparator.is_none() && (reading.ish.is_some() || !fitting);
        self.unknown |= reading.score.is_some() || digit;
    }

    /// Two scores, a score against its word, a condition, or anything that was not understood.
    fn refusal(&self, reading: &TextReading) -> Option<Unread> {
        if self.scores.len() > 1 || self.numbers.differ {
            return Some(Unread::Ambiguous);
        }
        if self.ish.len() > 1 || !are_kinds_of_one(&self.words) {
            return Some(Unread::Contradictory);
        }
        let against = |word: &Word| match reading.score {
            Some(score) => !fits(score, *word, IshBeside::of(reading.ish, reading.is_counted())),
            None => matches!(
                (word, reading.ish),
                (Word::Negative, Some(IshWord::Positive)) | (Word::Positive, Some(IshWord::Negative))
            ),
        };
        // "no overexpression (3+)"
        let expressed = self.no_overexpression && reading.score.is_some() && against(&Word::Negative);
        if expressed || self.words.iter().any(against) {
            return Some(Unread::Contradictory);
        }
        if self.not_a_result && reading.is_empty() {
            return Some(if self.unknown { Unread::NotUnderstood } else { Unread::NotAResult });
        }
        if self.unknown {
            let word_only = reading.word.is_some() && reading.score.is_none();
            return Some(if word_only { Unread::WordInSentence } else { Unread::NotUnderstood });
        }
        if reading.word.is_some() && reading.score.is_none() && self.sentence_words > 0 {
            return Some(Unread::WordInSentence);
        }
        None
    }
}

/// Low and ultralow are kinds of negative (clinical guide, 3.3); other words that differ contradict each other.
fn are_kinds_of_one(words: &[Word]) -> bool {
    matches!(words, [] | [_] | [Word::Negative, Word::Low | Word::Ultralow])
}
