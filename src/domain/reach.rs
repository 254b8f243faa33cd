//! What the IHC of a specimen can say to a table, asked of the reader that classifies: the proof of a rule file tries
//! every score with every kind of specimen and every detail that its rules tell apart.

use super::columns::IhcColumn;
use super::decimal::{Decimal, Quantity};
use super::ihc::{Ihc, IhcScore, MembranePattern, StainingIntensity};
use super::range::Range;
use super::rulebook::{StainingCondition, StainingRules};
use super::specimen::SpecimenKind;
use super::staining;
use super::thresholds::{just_above, just_below};

/// One IHC result that a laboratory may send.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The score.
    pub score: IhcScore,
    /// How the tissue was taken.
    pub kind: SpecimenKind,
    /// Its details.
    pub ihc: Ihc,
}

impl Tried {
    /// The column that it is read as.
    #[must_use]
    pub fn column(&self, rules: &StainingRules) -> IhcColumn {
        staining::read(rules, &self.ihc, self.score, self.kind).column
    }

    /// Does the condition hold for it?
    #[must_use]
    pub fn fulfils(&self, rules: &StainingRules, condition: &StainingCondition) -> bool {
        staining::holds(rules, &self.ihc, self.score, self.kind, condition)
    }
}

/// Every result that the rules can tell apart: scores, kinds, each percentage and cluster at a threshold and beside it,
/// and of the patterns and intensities that all conditions treat alike one each.
#[must_use]
pub fn every_slide(rules: &StainingRules) -> Vec<Tried> {
    let conditions = conditions(rules);
    let patterns = told_apart(MembranePattern::ALL, &conditions, |condition, pattern| {
        (condition.pattern.contains(pattern), condition.pattern_not.contains(pattern))
    });
    let intensities = told_apart(StainingIntensity::ALL, &conditions, |condition, intensity| {
        (condition.intensity.contains(intensity), condition.intensity_not.contains(intensity))
    });
    let percents = probes(conditions.iter().filter_map(|condition| condition.percent.as_ref()));
    let clusters = probes(conditions.iter().filter_map(|condition| condition.cluster_cells.as_ref()));
    let clusters: Vec<Option<u32>> = clusters.iter().map(|cells| cells.as_ref().and_then(whole)).collect();
    let mut slides = Vec::new();
    for score in IhcScore::ALL {
        for kind in SpecimenKind::ALL {
            for percent in &percents {
                for cluster_cells in &clusters {
                    for pattern in &patterns {
                        slides.extend(intensities.iter().map(|intensity| Tried {
                            score: *score,
                            kind: *kind,
                            ihc: Ihc {
                                score: Some(*score),
                                percent: percent.clone().map(Quantity::exact),
                                pattern: *pattern,
                                intensity: *intensity,
                                cluster_cells: *cluster_cells,
                                cluster_bound: None,
                                interpretation: None,
                            },
                        }));
                    }
                }
            }
        }
    }
    slides
}

fn conditions(rules: &StainingRules) -> Vec<&StainingCondition> {
    let flagged = rules.contradictions.iter().chain(&rules.remarks).map(|(condition, _)| condition);
    let reading = rules.readings.iter().map(|(condition, _)| condition);
    flagged.chain(reading).chain(rules.mild.as_ref().map(|mild| &mild.condition)).collect()
}

/// "Not sent", and of the words that every condition treats alike one each.
fn told_apart<T: Copy>(
    words: &[T],
    conditions: &[&StainingCondition],
    treats: impl Fn(&StainingCondition, &T) -> (bool, bool),
) -> Vec<Option<T>> {
    let mut seen = Vec::new();
    let mut apart = vec![None];
    for word in words {
        let treated: Vec<_> = conditions.iter().map(|condition| treats(condition, word)).collect();
        if !seen.contains(&treated) {
            seen.push(treated);
            apart.push(Some(*word));
        }
    }
    apart
}

/// "Not sent", zero, and each threshold with a number on either side of it.
fn probes<'r>(ranges: impl Iterator<Item = &'r Range>) -> Vec<Option<Decimal>> {
    let mut probes = vec![None, Some(Decimal::from(0))];
    for end in ranges.flat_map(Range::ends) {
        for probe in [just_below(end), Some(end.clone()), just_above(end)] {
            if !probes.contains(&probe) {
                probes.push(probe);
            }
        }
    }
    probes
}

/// The whole number at or beside a threshold of cells.
fn whole(number: &Decimal) -> Option<u32> {
    number.as_sent().split('.').next()?.parse().ok()
}
