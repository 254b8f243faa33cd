//! Several specimens of one patient: which of them answers the clinical question today, and where they disagree.
//!
//! The unit stays the specimen: an ISH of another specimen never settles a 2+, and an old positive is never dropped in
//! silence. Policy of this product throughout; it needs a clinician's consent before sign-off.

use std::cmp::Ordering;

use super::finding::{Basis, Category, Finding, Flag};
use super::ihc::IhcScore;
use super::rivals::remarks;
use super::specimen::Site;

/// Specimens collected this many days before the newest one belong to the same episode.
const EPISODE_DAYS: i32 = 90;

/// What the comparison of all specimens says, mirrored from the flags of the lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OverTime {
    /// A specimen was HER2-low, the lead is negative and not low.
    pub ever_low: bool,
    /// Positive and negative specimens at different times or sites.
    pub discordant: bool,
    /// An earlier specimen was positive, the lead is not.
    pub previous_positive: bool,
}

/// All findings of a record, the lead among them, and the comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// One per specimen, in the order in which they were sent; the lead carries the flags of the comparison.
    pub findings: Vec<Finding>,
    /// Index of the specimen that answers the clinical question today.
    pub lead: Option<usize>,
    /// The lead of each primary tumour that has one, the lead of the record first.
    pub leads: Vec<usize>,
    /// The comparison.
    pub over_time: OverTime,
}

impl Record {
    /// The finding that answers the clinical question today.
    #[must_use]
    pub fn lead_finding(&self) -> Option<&Finding> {
        self.lead.and_then(|at| self.findings.get(at))
    }

    /// The lead rests on final results and is classified. A statement about the data, never advice to treat.
    #[must_use]
    pub fn is_actionable(&self) -> bool {
        self.lead_finding().is_some_and(|lead| lead.basis == Basis::Final && lead.category != Category::Insufficient)
    }
}

/// Chooses the lead of each primary tumour, compares the other specimens of that tumour with it, and chooses among these leads
/// the one that answers the clinical question today.
#[must_use]
pub fn compare(findings: Vec<Finding>) -> Record {
    let mut findings = findings;
    let mut leads: Vec<usize> = Vec::with_capacity(1);
    for members in primaries(&findings) {
        let Some(choice) = Choice::among(&findings, &members) else { continue };
        let (flags, steps) = remarks(&findings, &members, &choice);
        let lead = &mut findings[choice.lead];
        lead.flags.extend(flags);
        lead.next_step = steps.into_iter().fold(lead.next_step, Ord::min);
        leads.push(choice.lead);
    }
    let Some(lead) = Choice::among(&findings, &leads).map(|choice| choice.lead) else {
        return Record { findings, ..Record::default() };
    };
    leads.sort_by(|&a, &b| (b == lead).cmp(&(a == lead)).then_with(|| precedence(&findings[a], &findings[b])));
    let flags = findings[lead].flags;
    let over_time = OverTime {
        ever_low: flags.contains(Flag::EverLow),
        discordant: flags.contains(Flag::DiscordantOverTime),
        previous_positive: flags.contains(Flag::PriorPositive),
    };
    Record { findings, lead: Some(lead), leads, over_time }
}

/// The specimens of each primary tumour, as indices: two organs are two primaries, and so are two breasts.
fn primaries(findings: &[Finding]) -> Vec<Vec<usize>> {
    let mut primaries: Vec<Vec<usize>> = Vec::with_capacity(1);
    for (at, finding) in findings.iter().enumerate() {
        let same = |members: &&mut Vec<usize>| {
            members.first().is_some_and(|&first| findings[first].is_of_same_primary(finding))
        };
        match primaries.iter_mut().find(same) {
            Some(members) => members.push(at),
            None => primaries.push(vec![at]),
        }
    }
    primaries
}

/// The lead and the specimens that were considered beside it, as indices.
pub(super) struct Choice {
    pub lead: usize,
    /// Competed with the lead: current episode, metastatic if there is one.
    pub competing: Vec<usize>,
    /// Kept for comparison: final where any is final, classified where any is classified.
    pub kept: Vec<usize>,
    /// Rest on preliminary results while another specimen is final.
    pub not_final: Vec<usize>,
    /// Not classified, while another specimen is: usable, or contradictory.
    pub not_classified: Vec<usize>,
}

impl Choice {
    fn among(findings: &[Finding], members: &[usize]) -> Option<Self> {
        let usable: Vec<usize> = members.iter().copied().filter(|&at| findings[at].is_usable()).collect();
        let (considered, not_final) = prefer(&usable, |at| findings[at].basis == Basis::Final);
        let (kept, mut not_classified) = prefer(&considered, |at| {
            matches!(findings[at].category, Category::Positive | Category::Negative | Category::Equivocal)
        });
        // what contradicts itself leads nothing, and is said where it is newer
        let contradictory =
            |at: &usize| !findings[*at].is_usable() && findings[*at].category == Category::Indeterminate;
        not_classified.extend(members.iter().copied().filter(contradictory));
        let newest = kept.iter().copied().max_by(|&a, &b| by_age(&findings[a], &findings[b]))?;
        let episode: Vec<usize> =
            kept.iter().copied().filter(|&at| in_episode(&findings[at], &findings[newest])).collect();
        let (competing, _) = prefer(&episode, |at| findings[at].site == Site::Metastatic);
        let lead = competing.iter().copied().min_by(|&a, &b| precedence(&findings[a], &findings[b]).then(a.cmp(&b)))?;
        Some(Self { lead, competing, kept, not_final, not_classified })
    }
}

/// Those that fulfil `condition` and those that do not; if none does, all of them and nobody.
fn prefer(all: &[usize], condition: impl Fn(usize) -> bool) -> (Vec<usize>, Vec<usize>) {
    let (preferred, others): (Vec<usize>, Vec<usize>) = all.iter().copied().partition(|&at| condition(at));
    if preferred.is_empty() { (others, Vec::new()) } else { (preferred, others) }
}

/// Older first; a specimen without any date is older than every dated one.
pub(super) fn by_age(a: &Finding, b: &Finding) -> Ordering {
    match (&a.collected, &b.collected) {
        (Some(a), Some(b)) => a.when.chronological(&b.when),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
    }
}

fn in_episode(finding: &Finding, newest: &Finding) -> bool {
    match (&finding.collected, &newest.collected) {
        (Some(collected), Some(newest)) => {
            let age = newest.when.first_day().since(collected.when.first_day());
            age.is_ok_and(|span| span.get_days() <= EPISODE_DAYS)
        }
        (None, None) => true,
        _ => false,
    }
}

/// Order of precedence for the lead: category, then the newer, then the higher IHC score.
fn precedence(a: &Finding, b: &Finding) -> Ordering {
    let newer = match (&a.collected, &b.collected) {
        (Some(a), Some(b)) => b.when.total_order(&a.when),
        _ => by_age(b, a),
    };
    rank(a.category).cmp(&rank(b.category)).then(newer).then_with(|| score(b).cmp(&score(a)))
}

const fn rank(category: Category) -> u8 {
    match category {
        Category::Positive => 0,
        Category::Equivocal => 1,
        Category::Indeterminate => 2,
        Category::Negative => 3,
        Category::Insufficient => 4,
    }
}

fn score(finding: &Finding) -> u8 {
    match finding.ihc.as_ref().and_then(|ihc| ihc.score) {
        None | Some(IhcScore::Indeterminate) => 0,
        Some(IhcScore::Zero) => 1,
        Some(IhcScore::OnePlus) => 2,
        Some(IhcScore::TwoPlus) => 3,
        Some(IhcScore::ThreePlus) => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::NextStep;
    use crate::domain::fixtures::{breast, equivocal, low, null, positive};
    use crate::domain::specimen::{Side, SpecimenKind};
    use crate::domain::tumour::Tumour;

    fn flags(record: &Record) -> Vec<&'static str> {
        record.lead_finding().unwrap().flags.iter().map(|flag| flag.as_str()).collect()
    }

    #[test]
    fn a_record_without_usable_results_has_no_lead_and_is_not_actionable() {
        let record = compare(vec![Finding { basis: Basis::Nothing, ..positive("2026-01-01") }]);
        assert_eq!(record.lead, None);
        assert!(!record.is_actionable());
    }

    #[test]
    fn an_old_positive_is_never_dropped_in_silence() {
        let record = compare(vec![positive("2023-01-01"), low("2026-01-01")]);
        assert_eq!(record.lead, Some(1));
        assert_eq!(flags(&record), ["discordant_over_time", "prior_positive"]);
        assert_eq!(record.lead_finding().unwrap().next_step, NextStep::MultidisciplinaryReview);
        assert!(record.over_time.previous_positive && record.over_time.discordant);
    }

    #[test]
    fn the_metastasis_leads_over_the_primary_of_the_same_episode() {
        let metastasis = Finding { site: Site::Metastatic, ..low("2026-01-01") };
        let record = compare(vec![positive("2026-01-20"), metastasis]);
        assert_eq!(record.lead, Some(1));
        assert_eq!(flags(&record), ["discordant_over_time", "prior_positive"]);
    }

    #[test]
    fn ninety_days_belong_to_the_episode_and_ninety_one_do_not() {
        assert_eq!(compare(vec![positive("2026-01-01"), low("2026-04-01")]).lead, Some(0));
        assert_eq!(compare(vec![positive("2026-01-01"), low("2026-04-02")]).lead, Some(1));
    }

    #[test]
    fn core_and_excision_that_differ_ask_for_the_pathologist() {
        let core = Finding { kind: SpecimenKind::Biopsy, ..low("2026-09-01") };
        let excision = Finding { kind: SpecimenKind::Resection, ..positive("2026-10-10") };
        let record = compare(vec![core, excision]);
        assert_eq!(flags(&record), ["core_vs_excision_discordant"]);
        assert_eq!(record.lead_finding().unwrap().next_step, NextStep::PathologistReview);
    }

    #[test]
    fn a_patient_who_was_once_low_is_shown_as_ever_low() {
        let record = compare(vec![low("2021-01-01"), null("2026-09-01")]);
        assert_eq!(flags(&record), ["expression_changed_over_time", "ever_low"]);
        assert!(record.over_time.ever_low);
    }

    #[test]
    fn a_newer_preliminary_result_makes_the_final_lead_wait() {
        let preliminary = Finding { basis: Basis::Preliminary, ..positive("2026-10-01") };
        let record = compare(vec![low("2026-09-01"), preliminary]);
        assert_eq!(record.lead, Some(0));
        assert_eq!(flags(&record), ["not_final"]);
        assert_eq!(record.lead_finding().unwrap().next_step, NextStep::AwaitFinal);
        assert!(record.is_actionable());
    }

    #[test]
    fn an_undated_specimen_counts_as_older_than_every_dated_one() {
        let record = compare(vec![positive(""), low("2020-01-01")]);
        assert_eq!(record.lead, Some(1));
    }

    #[test]
    fn specimens_without_any_date_are_of_one_episode_and_the_positive_one_leads() {
        assert_eq!(compare(vec![null("")]).lead, Some(0));
        assert_eq!(compare(vec![null(""), positive("")]).lead, Some(1));
        assert_eq!(flags(&compare(vec![null(""), positive("")])), ["multifocal_discordant"]);
    }

    #[test]
    fn positive_leads_before_equivocal_before_negative_and_then_the_higher_score() {
        let day = "2026-05-02";
        assert_eq!(compare(vec![null(day), equivocal(day), positive(day)]).lead, Some(2));
        assert_eq!(compare(vec![null(day), equivocal(day)]).lead, Some(1));
        assert_eq!(compare(vec![null(day), low(day)]).lead, Some(1));
        assert_eq!(compare(vec![low(day), null(day)]).lead, Some(0));
        let failed = breast(day, IhcScore::Indeterminate, Category::Indeterminate);
        let insufficient = Finding { category: Category::Insufficient, ..failed.clone() };
        assert_eq!(compare(vec![insufficient.clone(), failed.clone()]).lead, Some(1));
        assert_eq!(compare(vec![insufficient, failed, null(day)]).lead, Some(2));
        let two = breast(day, IhcScore::TwoPlus, Category::Positive);
        assert_eq!(compare(vec![two, positive(day)]).lead, Some(1));
    }

    #[test]
    fn results_of_two_primaries_are_not_compared_with_each_other() {
        let gastric = Finding { tumour: Tumour::Gastroesophageal, ..low("2020-01-01") };
        let record = compare(vec![gastric, positive("2026-01-01")]);
        assert!(flags(&record).is_empty());
    }

    #[test]
    fn left_and_right_are_not_compared_and_the_lead_of_each_is_kept() {
        let left = Finding { side: Some(Side::Left), ..positive("2020-01-01") };
        let right = Finding { side: Some(Side::Right), ..low("2026-01-01") };
        let unknown = Finding { side: Some(Side::NotKnown), ..null("2023-01-01") };
        let record = compare(vec![left, unknown, right]);
        assert_eq!((record.lead, &*record.leads), (Some(2), &[2, 0, 1][..]));
        assert!(record.findings.iter().all(|finding| finding.flags.is_empty()));
        assert_eq!(record.over_time, OverTime::default());
    }

    #[test]
    fn an_older_result_of_the_same_side_is_compared_beside_a_second_primary() {
        let old = Finding { side: Some(Side::Left), ..positive("2020-01-01") };
        let new = Finding { side: Some(Side::Left), ..low("2026-01-01") };
        let right = Finding { side: Some(Side::Right), ..null("2026-02-01") };
        let record = compare(vec![old, new, right]);
        assert!(record.findings[1].flags.contains(Flag::PriorPositive));
        assert!(record.findings[2].flags.is_empty());
    }

    #[test]
    fn of_specimens_on_one_day_the_lead_is_the_same_in_every_order() {
        let timed = |time: &str, score| breast(&format!("2026-05-02{time}"), score, Category::Negative);
        let day =
            [timed("T08:00:00Z", IhcScore::OnePlus), timed("", IhcScore::Zero), timed("T10:00:00Z", IhcScore::Zero)];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let record = compare(order.iter().map(|&at: &usize| day[at].clone()).collect());
            assert_eq!(record.lead.map(|at| order[at]), Some(2), "{order:?}");
        }
    }
}
