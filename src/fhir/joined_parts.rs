//! A value and the components beside it are one answer: where two of them differ the Observation contradicts itself, and neither wins
//! for having been sent first (fhir/guide.md D9).

use crate::domain::evidence::{OverallWord, TestKind};
use crate::domain::ihc::{Ihc, IhcScore, IhcWord};
use crate::domain::ish::Ish;

use super::observation::Reading;

impl Reading {
    /// Adds what another part of the same Observation says.
    pub(super) fn join(&mut self, part: Self) {
        self.contradictory = self.contradictory.or(part.contradictory);
        if let Some((more, text)) = part.ihc {
            match &mut self.ihc {
                None => self.ihc = Some((more, text)),
                Some((own, marks)) => {
                    if ihc_differs(own, &more) {
                        self.contradictory = self.contradictory.or(Some(TestKind::Ihc));
                    }
                    if own.score.is_none() && more.score.is_some() {
                        *marks = text;
                    }
                    complete_ihc(own, more);
                }
            }
        }
        if let Some((more, text)) = part.ish {
            match &mut self.ish {
                None => self.ish = Some((more, text)),
                Some((own, marks)) => {
                    if ish_differs(own, &more) {
                        self.contradictory = self.contradictory.or(Some(TestKind::Ish));
                    }
                    *marks = marks.or(text);
                    complete_ish(own, more);
                }
            }
        }
        if let (Some(own), Some(more)) = (self.overall, part.overall)
            && !are_kinds_of_one(own, more)
        {
            self.contradictory = self.contradictory.or(Some(TestKind::Overall));
        }
        self.overall = self.overall.max(part.overall);
        self.pending = self.pending.or(part.pending);
        self.ambiguous |= part.ambiguous;
        self.word_in_text |= part.word_in_text;
        self.excluded = self.excluded.or(part.excluded);
        self.part_unread = self.part_unread.or(part.part_unread);
    }
}

/// Two scores, two words, or a score and a word of another class.
fn ihc_differs(own: &Ihc, more: &Ihc) -> bool {
    let class = |ihc: &Ihc| ihc.score.map(IhcScore::class);
    let differ = |a: Option<IhcWord>, b: Option<IhcWord>| a.zip(b).is_some_and(|(a, b)| a != b);
    own.score.zip(more.score).is_some_and(|(own, more)| own != more)
        || differ(own.interpretation, more.interpretation)
        || differ(class(own), more.interpretation)
        || differ(own.interpretation, class(more))
}

fn complete_ihc(own: &mut Ihc, more: Ihc) {
    own.score = own.score.or(more.score);
    own.interpretation = own.interpretation.or(more.interpretation);
    own.percent = own.percent.take().or(more.percent);
    own.pattern = own.pattern.or(more.pattern);
    own.intensity = own.intensity.or(more.intensity);
    own.cluster_cells = own.cluster_cells.or(more.cluster_cells);
    own.cluster_bound = own.cluster_bound.take().or(more.cluster_bound);
}

fn ish_differs(own: &Ish, more: &Ish) -> bool {
    fn differ<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
        a.zip(b).is_some_and(|(a, b)| a != b)
    }
    let (a, b) = (&own.count, &more.count);
    differ(own.interpretation.as_ref(), more.interpretation.as_ref())
        || differ(a.ratio.as_ref(), b.ratio.as_ref())
        || differ(a.her2.as_ref(), b.her2.as_ref())
        || differ(a.cep17.as_ref(), b.cep17.as_ref())
        || differ(a.cells.as_ref(), b.cells.as_ref())
}

fn complete_ish(own: &mut Ish, more: Ish) {
    own.interpretation = own.interpretation.or(more.interpretation);
    let (count, more_count) = (&mut own.count, more.count);
    count.ratio = count.ratio.take().or(more_count.ratio);
    count.her2 = count.her2.take().or(more_count.her2);
    count.cep17 = count.cep17.take().or(more_count.cep17);
    count.cells = count.cells.or(more_count.cells);
}

/// Low and ultralow are kinds of negative (clinical guide, 3.3).
fn are_kinds_of_one(a: OverallWord, b: OverallWord) -> bool {
    let kind = |word| matches!(word, OverallWord::Low | OverallWord::Ultralow);
    a == b || (a == OverallWord::Negative && kind(b)) || (b == OverallWord::Negative && kind(a))
}
