//! Does the HER2 status of this tumour carry the medicine that is ordered?

use std::borrow::Cow;

use crate::domain::consideration::{Her2Condition, ResultChoice, Verdict};
use crate::domain::evidence::Reading;
use crate::domain::finding::{Basis, Category, Expression, Finding, Flag, NextStep};
use crate::domain::history::{Erbb2Mutation, History, HormoneReceptor};
use crate::domain::ihc::IhcScore;
use crate::domain::label_facts::{hormone_receptor_positive, unresectable_or_metastatic};
use crate::domain::medicine::Medicine;
use crate::domain::neoadjuvant::Neoadjuvant;
use crate::domain::order::DraftOrder;
use crate::domain::over_time::{Record, compare};
use crate::domain::specimen::{Site, SpecimenKind};
use crate::domain::tumour::Tumour;

use super::check::{Situation, finding};
use super::finding::{Check, SafetyFinding, Severity, Told};
use super::rules::Her2Rule;

/// Remarks under which a negative result is not the last word.
const DOUBTS: [Flag; 6] = [
    Flag::LabInterpretationDisagrees,
    Flag::IhcIshDiscordant,
    Flag::PriorPositive,
    Flag::DiscordantOverTime,
    Flag::NewerSpecimenNotEvaluable,
    Flag::NotFinal,
];

/// Whose results answer for the order.
pub(super) enum Subject<'r> {
    /// Those of the tumour that is treated; no lead if nothing can be used. With the places of its findings among all, where it
    /// does not hold all.
    Own(Cow<'r, Record>, Option<Vec<usize>>),
    /// Usable results exist, but only for another tumour than that of the record: their lead and its place.
    OtherOnly(&'r Finding, Option<usize>),
    /// The record names no single tumour, and the specimens come from several: one record for each.
    Several(Vec<Record>),
}

impl<'r> Subject<'r> {
    pub(super) fn of(record: &'r Record, tumour: Tumour) -> Self {
        let usable = || record.findings.iter().filter(|finding| finding.is_usable());
        let whole = || Self::Own(Cow::Borrowed(record), None);
        let Some(lead) = record.lead_finding() else { return whole() };
        if tumour == Tumour::Unknown {
            let mut tumours: Vec<Tumour> = usable().map(|finding| finding.tumour).collect();
            tumours.sort_unstable();
            tumours.dedup();
            return match tumours.as_slice() {
                [_] => whole(),
                several => Self::Several(several.iter().map(|&tumour| of_tumour(record, tumour).0).collect()),
            };
        }
        if usable().all(|finding| finding.tumour == tumour) {
            return whole();
        }
        let (own, places) = of_tumour(record, tumour);
        match own.lead {
            Some(_) => Self::Own(Cow::Owned(own), Some(places)),
            None => Self::OtherOnly(lead, record.lead),
        }
    }

    /// The tumour that is treated: that of the record, else that of its results. Own results are of the tumour of the record
    /// wherever it names one.
    pub(super) fn tumour(&self, of_record: Tumour) -> Tumour {
        match self {
            Self::Own(record, _) => record.lead_finding().map_or(of_record, |lead| lead.tumour),
            Self::OtherOnly(..) | Self::Several(_) => of_record,
        }
    }
}

/// The specimens of one tumour, compared with each other only, and their places among all.
fn of_tumour(record: &Record, tumour: Tumour) -> (Record, Vec<usize>) {
    let of_it = record.findings.iter().enumerate().filter(|(_, finding)| finding.tumour == tumour);
    let (places, findings) = of_it.map(|(at, finding)| (at, finding.clone())).unzip();
    (compare(findings), places)
}

/// Does the HER2 condition of `agent` hold? None if it does, or if the medicine has no rule.
pub(super) fn check<'k>(
    situation: &Situation<'k>,
    subject: &Subject<'_>,
    order: &'k DraftOrder,
    agent: Medicine,
) -> Option<SafetyFinding<'k>> {
    let history = &situation.evidence.history;
    let rule = |tumour| situation.rules.her2_of(agent, tumour);
    match subject {
        Subject::Own(record, places) => {
            let rule = rule(situation.tumour)?;
            let (check, severity) = weigh(rule, record, history)?;
            let place = |at: usize| places.as_ref().map_or(Some(at), |places| places.get(at).copied());
            let before = (check == Check::Her2PositiveBefore).then(|| positive_before(rule, record, history)).flatten();
            let told = match before {
                Some(before) => {
                    record.findings.iter().position(|one| std::ptr::eq(one, before)).and_then(place).map(Told::Before)
                }
                None => told(check, record, history),
            };
            let read = record.lead_finding().into_iter().chain(before).flat_map(|one| &one.evidence);
            let found = finding(check, severity, agent, order, &rule.ground, read.cloned());
            Some(SafetyFinding { result: record.lead.and_then(place), told, ..found })
        }
        Subject::OtherOnly(other, at) => {
            let rule = rule(situation.tumour)?;
            let by_mutation = meets_any(rule, None, history) == Verdict::Met;
            (!by_mutation).then(|| {
                let read = other.evidence.iter().cloned();
                let found = finding(Check::Her2OtherTumour, Severity::Warning, agent, order, &rule.ground, read);
                SafetyFinding { result: *at, ..found }
            })
        }
        Subject::Several(records) => {
            let weighed: Vec<_> = records
                .iter()
                .filter_map(|record| record.lead_finding())
                .filter_map(|lead| Some((lead, rule(lead.tumour)?)))
                .collect();
            let carries = |(lead, rule): &(&Finding, &Her2Rule)| meets_any(rule, Some(*lead), history) == Verdict::Met;
            if weighed.iter().all(carries) {
                return None;
            }
            let (_, rule) = weighed.first()?;
            let read: Vec<Reading> = weighed.iter().flat_map(|(lead, _)| lead.evidence.iter().cloned()).collect();
            Some(finding(Check::Her2OtherTumour, Severity::Warning, agent, order, &rule.ground, read))
        }
    }
}

/// What stands between the results and the label; None if nothing does.
fn weigh(rule: &Her2Rule, record: &Record, history: &History) -> Option<(Check, Severity)> {
    let lead = record.lead_finding();
    let verdict = meets_any(rule, lead, history);
    // A mutation that is known carries the medicine whatever the protein is.
    let without_protein = meets_any(rule, None, history) == Verdict::Met;
    if without_protein {
        return None;
    }
    let by_protein = rule.accepts.iter().any(|condition| !is_mutation(*condition));
    let open = match (lead, by_protein) {
        (_, false) => match verdict {
            Verdict::Met => return None,
            Verdict::NotMet => Check::Her2ConditionNotMet,
            Verdict::Unknown if has_open_variant(rule, history) => Check::Erbb2VariantOpen,
            Verdict::Unknown => Check::Her2ConditionOpen,
        },
        (None, true) if has_open_variant(rule, history) => Check::Erbb2VariantOpen,
        (None, true) if is_in_situ_only(record) => Check::Her2InSituOnly,
        (None, true) => Check::Her2Unknown,
        (Some(lead), true) if lead.basis != Basis::Final || lead.next_step == NextStep::AwaitFinal => {
            Check::Her2NotFinal
        }
        (Some(_), true) if verdict == Verdict::Met => return None,
        (Some(_), true) if positive_before(rule, record, history).is_some() => {
            return Some((Check::Her2PositiveBefore, Severity::Info));
        }
        (Some(_), true) if verdict == Verdict::Unknown && has_open_variant(rule, history) => Check::Erbb2VariantOpen,
        (Some(lead), true) => match (verdict, lead.category) {
            (Verdict::Met, _) => return None,
            // a label for HER2-low or ultralow exists, but not for this setting
            (Verdict::NotMet, Category::Negative) if is_expressed(rule, lead) => Check::LabelSettingNotMet,
            (Verdict::NotMet, Category::Negative) if is_doubted(lead) => Check::Her2NegativeDoubted,
            // the guideline calls it negative and says that benefit is uncertain or was not studied
            (Verdict::NotMet, Category::Negative) if lead.comment.is_some() => Check::Her2NegativeByComment,
            (Verdict::NotMet, Category::Negative) => return Some((Check::Her2Negative, Severity::Critical)),
            (Verdict::NotMet, Category::Positive) => Check::Her2ConditionNotMet,
            (Verdict::Unknown, Category::Negative) if is_expressed(rule, lead) => Check::LabelReceptorsUnknown,
            (Verdict::Unknown, Category::Positive | Category::Negative) => Check::Her2ConditionOpen,
            (_, Category::Equivocal) => Check::Her2Equivocal,
            (_, Category::Indeterminate | Category::Insufficient) => Check::Her2Unknown,
        },
    };
    Some((open, Severity::Warning))
}

/// The last result before neoadjuvant treatment, where the row lets it count, where it was positive and final, and where the
/// result of today is that of the operation on the same tumour. A recurrence or a metastasis is no residual disease.
fn positive_before<'r>(rule: &Her2Rule, record: &'r Record, history: &History) -> Option<&'r Finding> {
    let lead = record.lead_finding().filter(|lead| {
        rule.result == ResultChoice::BeforeNeoadjuvant
            && lead.tumour == Tumour::Breast
            && lead.kind == SpecimenKind::Resection
            && lead.site != Site::Metastatic
    })?;
    let before = Neoadjuvant::of(record, history)?.before;
    let counts = before.category == Category::Positive
        && before.basis == Basis::Final
        && before.next_step != NextStep::AwaitFinal
        && before.is_of_same_primary(lead);
    counts.then_some(before)
}

/// What the check turns on beside the result.
fn told<'k>(check: Check, record: &Record, history: &History) -> Option<Told<'k>> {
    match check {
        Check::LabelSettingNotMet => {
            let early = unresectable_or_metastatic(history) == Verdict::NotMet;
            let ultralow = record.lead_finding().is_some_and(|lead| lead.expression == Expression::Ultralow);
            Some(Told::Setting {
                stage: history.stage.filter(|_| early),
                receptors_negative: ultralow && history.hormone_receptor == Some(HormoneReceptor::Negative),
            })
        }
        Check::Erbb2VariantOpen => history.erbb2_mutation.map(Told::Variant),
        _ => None,
    }
}

/// A variant is on record, and what was sent does not say that it is one of the label.
fn has_open_variant(rule: &Her2Rule, history: &History) -> bool {
    let is_open =
        |condition: &Her2Condition| is_mutation(*condition) && meets(*condition, None, history) == Verdict::Unknown;
    history.erbb2_mutation.is_some() && rule.accepts.iter().any(is_open)
}

/// Everything that was sent is of carcinoma in situ.
fn is_in_situ_only(record: &Record) -> bool {
    !record.findings.is_empty() && record.findings.iter().all(|one| one.flags.contains(Flag::NotInvasive))
}

fn is_doubted(lead: &Finding) -> bool {
    DOUBTS.iter().any(|flag| lead.flags.contains(*flag))
}

const fn is_mutation(condition: Her2Condition) -> bool {
    match condition {
        Her2Condition::Erbb2Mutation | Her2Condition::Erbb2KinaseDomainMutation => true,
        Her2Condition::Positive | Her2Condition::Ihc3 | Her2Condition::Low | Her2Condition::LowOrUltralow => false,
    }
}

/// Met if one condition is, else unknown if one is, else not met.
fn meets_any(rule: &Her2Rule, lead: Option<&Finding>, history: &History) -> Verdict {
    let mut all = Verdict::NotMet;
    for condition in &rule.accepts {
        match meets(*condition, lead, history) {
            Verdict::Met => return Verdict::Met,
            Verdict::Unknown => all = Verdict::Unknown,
            Verdict::NotMet => {}
        }
    }
    all
}

fn meets(condition: Her2Condition, lead: Option<&Finding>, history: &History) -> Verdict {
    match condition {
        Her2Condition::Erbb2Mutation => match history.erbb2_mutation {
            Some(Erbb2Mutation::KinaseDomainActivating | Erbb2Mutation::Activating) => Verdict::Met,
            Some(Erbb2Mutation::Negative) => Verdict::NotMet,
            Some(Erbb2Mutation::Unclassified) | None => Verdict::Unknown,
        },
        Her2Condition::Erbb2KinaseDomainMutation => match history.erbb2_mutation {
            Some(Erbb2Mutation::KinaseDomainActivating) => Verdict::Met,
            Some(Erbb2Mutation::Negative) => Verdict::NotMet,
            Some(Erbb2Mutation::Activating | Erbb2Mutation::Unclassified) | None => Verdict::Unknown,
        },
        Her2Condition::Positive => lead.map_or(Verdict::Unknown, positive),
        Her2Condition::Ihc3 => lead.map_or(Verdict::Unknown, three_plus),
        Her2Condition::Low => lead.map_or(Verdict::Unknown, |lead| labelled(lead, &[Expression::Low], history)),
        Her2Condition::LowOrUltralow => {
            lead.map_or(Verdict::Unknown, |lead| labelled(lead, &[Expression::Low, Expression::Ultralow], history))
        }
    }
}

const fn positive(lead: &Finding) -> Verdict {
    match lead.category {
        Category::Positive => Verdict::Met,
        Category::Negative => Verdict::NotMet,
        Category::Equivocal | Category::Indeterminate | Category::Insufficient => Verdict::Unknown,
    }
}

/// The label asks for the score itself: neither ISH nor a word answers it.
fn three_plus(lead: &Finding) -> Verdict {
    match (lead.category, lead.ihc.as_ref().and_then(|ihc| ihc.score)) {
        (Category::Positive, Some(IhcScore::ThreePlus)) => Verdict::Met,
        (Category::Negative, _) | (_, Some(IhcScore::Zero | IhcScore::OnePlus | IhcScore::TwoPlus)) => Verdict::NotMet,
        (_, Some(IhcScore::ThreePlus | IhcScore::Indeterminate) | None) => Verdict::Unknown,
    }
}

fn is_expressed(rule: &Her2Rule, lead: &Finding) -> bool {
    rule.accepts.iter().any(|condition| match condition {
        Her2Condition::Low => lead.expression == Expression::Low,
        Her2Condition::LowOrUltralow => matches!(lead.expression, Expression::Low | Expression::Ultralow),
        _ => false,
    })
}

/// An expression that is wanted, in the setting in which labels want it: no early stage, and for ultralow hormone receptors.
fn labelled(lead: &Finding, wanted: &[Expression], history: &History) -> Verdict {
    match (expression(lead, wanted), lead.expression) {
        (Verdict::Met, _) if unresectable_or_metastatic(history) == Verdict::NotMet => Verdict::NotMet,
        (Verdict::Met, Expression::Ultralow) => hormone_receptor_positive(history),
        (verdict, _) => verdict,
    }
}

/// Low and ultralow are terms for a breast negative. A sample that was low once leaves the question to the clinician.
fn expression(lead: &Finding, wanted: &[Expression]) -> Verdict {
    let ever_low = lead.flags.contains(Flag::EverLow) && wanted.contains(&Expression::Low);
    match (lead.category, lead.expression) {
        (_, expression) if wanted.contains(&expression) => Verdict::Met,
        (Category::Negative, Expression::ZeroUnspecified | Expression::Undetermined | Expression::UnknownNoIhc) => {
            Verdict::Unknown
        }
        (Category::Negative, _) if ever_low => Verdict::Unknown,
        (Category::Positive | Category::Negative, _) => Verdict::NotMet,
        (Category::Equivocal | Category::Indeterminate | Category::Insufficient, _) => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests;
