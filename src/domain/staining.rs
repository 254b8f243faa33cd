//! A score held against its own details: never re-scored, only noticed where it contradicts itself.

use super::columns::IhcColumn;
use super::decimal::{Decimal, Quantity};
use super::finding::NextStep;
use super::flags::Flags;
use super::ihc::{Ihc, IhcScore};
use super::range::Range;
use super::rulebook::{Detail, StainingCondition, StainingRules};
use super::specimen::SpecimenKind;

/// What the IHC of a specimen says to the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IhcReading {
    pub column: IhcColumn,
    pub flags: Flags,
    pub next: NextStep,
}

/// The column of a scored IHC.
pub(super) fn read(rules: &StainingRules, ihc: &Ihc, score: IhcScore, kind: SpecimenKind) -> IhcReading {
    let slide = Slide { ihc, score, kind, percent: usable_percent(rules, ihc, score, kind) };
    let contradicted: Flags =
        rules.contradictions.iter().filter(|(condition, _)| slide.fulfils(condition)).map(|(_, flag)| *flag).collect();
    if !contradicted.is_empty() {
        let (column, next) = match &rules.mild {
            Some(mild) if slide.fulfils(&mild.condition) => (mild.column, mild.next),
            _ => (IhcColumn::Contradicted, NextStep::None),
        };
        return IhcReading { column, flags: contradicted, next };
    }
    let column = rules
        .readings
        .iter()
        .find(|(condition, _)| slide.fulfils(condition))
        .map_or_else(|| column_of(score), |(_, column)| *column);
    let flags = rules.remarks.iter().filter(|(condition, _)| slide.fulfils(condition)).map(|(_, flag)| *flag).collect();
    IhcReading { column, flags, next: NextStep::None }
}

/// Does one condition hold for a scored IHC?
pub(super) fn holds(
    rules: &StainingRules,
    ihc: &Ihc,
    score: IhcScore,
    kind: SpecimenKind,
    condition: &StainingCondition,
) -> bool {
    Slide { ihc, score, kind, percent: usable_percent(rules, ihc, score, kind) }.fulfils(condition)
}

const fn column_of(score: IhcScore) -> IhcColumn {
    match score {
        IhcScore::ThreePlus => IhcColumn::Three,
        IhcScore::TwoPlus => IhcColumn::Two,
        IhcScore::OnePlus => IhcColumn::One,
        IhcScore::Zero => IhcColumn::Zero,
        IhcScore::Indeterminate => IhcColumn::Indeterminate,
    }
}

/// A bound ("> 20") is used only where it decides every comparison that the rules make for this score.
fn usable_percent<'i>(
    rules: &StainingRules,
    ihc: &'i Ihc,
    score: IhcScore,
    kind: SpecimenKind,
) -> Option<&'i Quantity> {
    let percent = ihc.percent.as_ref()?;
    let conditions = rules
        .contradictions
        .iter()
        .chain(&rules.remarks)
        .map(|(condition, _)| condition)
        .chain(rules.readings.iter().map(|(condition, _)| condition));
    conditions
        .filter(|condition| condition.is_about(score, kind))
        .filter_map(|condition| condition.percent.as_ref())
        .all(|range| range.holds(percent).is_some())
        .then_some(percent)
}

struct Slide<'i> {
    ihc: &'i Ihc,
    score: IhcScore,
    kind: SpecimenKind,
    percent: Option<&'i Quantity>,
}

impl StainingCondition {
    fn is_about(&self, score: IhcScore, kind: SpecimenKind) -> bool {
        self.score.contains(&score) && (self.kind.is_empty() || self.kind.contains(&kind))
    }
}

impl Slide<'_> {
    /// Certainly so: a bound counts where all of it lies in the range.
    fn cluster_lies_in(&self, range: &Range) -> bool {
        match (self.ihc.cluster_cells, &self.ihc.cluster_bound) {
            (Some(cells), _) => range.contains(&Decimal::from(cells)),
            (None, Some(bound)) => range.holds(bound) == Some(true),
            (None, None) => false,
        }
    }

    fn fulfils(&self, condition: &StainingCondition) -> bool {
        condition.is_about(self.score, self.kind)
            && condition
                .percent
                .as_ref()
                .is_none_or(|range| self.percent.is_some_and(|percent| range.holds(percent) == Some(true)))
            && condition.cluster_cells.as_ref().is_none_or(|range| self.cluster_lies_in(range))
            && is_one_of(&condition.pattern, self.ihc.pattern)
            && is_one_of(&condition.intensity, self.ihc.intensity)
            && self.ihc.pattern.is_none_or(|pattern| !condition.pattern_not.contains(&pattern))
            && self.ihc.intensity.is_none_or(|intensity| !condition.intensity_not.contains(&intensity))
            && condition.not_sent.iter().all(|detail| match detail {
                Detail::Percent => self.percent.is_none(),
                Detail::Pattern => self.ihc.pattern.is_none(),
                Detail::Intensity => self.ihc.intensity.is_none(),
            })
    }
}

/// No value named: any. A value named: it must have been sent.
fn is_one_of<T: PartialEq>(named: &[T], sent: Option<T>) -> bool {
    named.is_empty() || sent.is_some_and(|sent| named.contains(&sent))
}
