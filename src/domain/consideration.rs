//! Treatment considerations: labels whose HER2 condition a specimen meets, condition by condition.
//!
//! A consideration is for a professional and never an order. A condition that the record does not answer is *unknown*, which
//! is neither met nor missed; only a final, classified result opens one.

use jiff::civil::Date;

use super::finding::{Category, Expression, Finding, Flag, NextStep};
use super::history::{Erbb2Mutation, History};
use super::ihc::IhcScore;
use super::label_facts::Facts;
pub use super::label_facts::{Fact, Verdict};
use super::neoadjuvant::Neoadjuvant;
use super::over_time::Record;
use super::surgery::Surgery;
use super::tumour::Tumour;
use super::words::vocabulary;

vocabulary! {
    /// The HER2 condition of a label.
    Her2Condition, "HER2 condition" {
        Positive = "positive",
        /// The label asks for the score itself; ISH or a word does not meet it.
        Ihc3 = "ihc3",
        Low = "low",
        LowOrUltralow = "low_or_ultralow",
        /// Sequencing, any activating mutation.
        Erbb2Mutation = "erbb2_mutation",
        /// Sequencing, activating mutation in the kinase domain.
        Erbb2KinaseDomainMutation = "erbb2_kinase_domain_mutation",
    }
}

impl Her2Condition {
    /// As a clinician says it.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Positive => "HER2-positive",
            Self::Ihc3 => "HER2 IHC 3+",
            Self::Low => "HER2-low",
            Self::LowOrUltralow => "HER2-low or HER2-ultralow",
            Self::Erbb2Mutation => "activating ERBB2 mutation",
            Self::Erbb2KinaseDomainMutation => "activating ERBB2 mutation in the kinase domain",
        }
    }
}

vocabulary! {
    /// Which result of the record the HER2 condition of a label is about.
    ResultChoice, "choice of a result" {
        /// The one that answers the clinical question today.
        Lead = "lead",
        /// The last one before neoadjuvant treatment, where the record shows such a treatment; else the lead. *Policy.*
        BeforeNeoadjuvant = "before_neoadjuvant",
    }
}

vocabulary! {
    /// What a label wants to be looked at before and during treatment. Never a dose.
    Monitoring, "monitoring" {
        Lvef = "LVEF",
        PregnancyTest = "pregnancy test",
        LiverValues = "liver values",
        BloodCount = "blood count",
        ChestImaging = "chest imaging",
        OxygenSaturation = "oxygen saturation",
    }
}

vocabulary! {
    /// Where a label holds.
    Region, "region" {
        Us = "us",
        Eu = "eu",
    }
}

/// One condition of a label beside HER2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelCondition {
    /// In words, for the reader.
    pub what: Box<str>,
    /// The fact that answers it, where the record can.
    pub fact: Option<Fact>,
}

/// The label of one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where it holds.
    pub region: Region,
    /// Date of the label, as precise as it is known.
    pub date: Box<str>,
    /// Continued approval may depend on a confirmatory trial.
    pub accelerated: bool,
    /// Conditions that this region adds.
    pub conditions: Vec<LabelCondition>,
}

/// One therapy rule, a row of `rules/considerations.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TherapyRule {
    /// Stable id, `tdxd_low`.
    pub id: Box<str>,
    /// International name.
    pub agent: Box<str>,
    /// Tumours that the label covers.
    pub tumours: Vec<Tumour>,
    /// HER2 condition.
    pub her2: Her2Condition,
    /// Which result that condition is about.
    pub result: ResultChoice,
    /// Further conditions that hold in every region.
    pub conditions: Vec<LabelCondition>,
    /// Labels by region.
    pub labels: Vec<Label>,
    /// Looked at before and during treatment.
    pub monitoring: Vec<Monitoring>,
    /// Rule set and row, `considerations/tdxd_low`.
    pub rule: Box<str>,
    /// Trial and publication.
    pub cite: Vec<Box<str>>,
    /// Not yet compared with the current label.
    pub unconfirmed: bool,
}

/// What a rule makes of the lead in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consideration<'k> {
    /// Place of the rule among all, and of the label among those of the rule: with the verdicts all that tells two
    /// considerations apart.
    pub place: (u16, u16),
    /// The rule.
    pub rule: &'k TherapyRule,
    /// The label.
    pub label: &'k Label,
    /// The verdict on its HER2 condition.
    her2: Verdict,
    /// The verdicts that its further conditions ask for.
    facts: Facts,
    /// Not met if one condition is, else unknown if one is, else met.
    pub verdict: Verdict,
}

impl<'k> Consideration<'k> {
    fn new(place: (u16, u16), rule: &'k TherapyRule, label: &'k Label, her2: Verdict, facts: Facts) -> Self {
        let mut one = Self { place, rule, label, her2, facts, verdict: Verdict::Met };
        one.verdict = one.conditions().map(|(_, verdict)| verdict).fold(Verdict::Met, worse);
        one
    }

    /// What is known of its conditions that turn on earlier treatment.
    pub fn of_the_line(&self) -> impl Iterator<Item = Verdict> {
        let further = self.rule.conditions.iter().chain(&self.label.conditions);
        let facts = further.filter_map(|condition| condition.fact.filter(|fact| fact.is_of_the_line()));
        facts.map(|fact| self.facts.verdict(Some(fact)))
    }

    /// The HER2 condition first, then the further ones, each with its verdict.
    pub fn conditions(&self) -> impl Iterator<Item = (&'k str, Verdict)> {
        let further = self.rule.conditions.iter().chain(&self.label.conditions);
        let further = further.map(|condition| (&*condition.what, self.facts.verdict(condition.fact)));
        std::iter::once((words_of(self.rule), self.her2)).chain(further)
    }
}

/// One condition that is not met decides, and else one that is not known.
const fn worse(one: Verdict, other: Verdict) -> Verdict {
    match (one, other) {
        (Verdict::NotMet, _) | (_, Verdict::NotMet) => Verdict::NotMet,
        (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
        (Verdict::Met, Verdict::Met) => Verdict::Met,
    }
}

/// The considerations that the lead of a record opens on the day `today`, in the order of the rule file.
#[must_use]
pub fn consider<'k>(
    rules: &'k [TherapyRule],
    record: &Record,
    history: &History,
    today: Date,
) -> Vec<Consideration<'k>> {
    let Some(lead) = record.lead_finding().filter(|lead| record.is_actionable() && may_open(lead)) else {
        return Vec::new();
    };
    let neoadjuvant = Neoadjuvant::of(record, history);
    let facts = Facts::of(history, neoadjuvant.as_ref(), Surgery::of(record, history, lead, today), today);
    let asked = |rule: &TherapyRule| match (rule.result, &neoadjuvant) {
        (ResultChoice::BeforeNeoadjuvant, Some(treatment)) if may_open(treatment.before) => treatment.before,
        _ => lead,
    };
    let mut considerations = Vec::with_capacity(rules.len());
    for (at, rule) in (0..).zip(rules).filter(|(_, rule)| rule.tumours.contains(&lead.tumour)) {
        let Some(her2) = her2_verdict(rule.her2, asked(rule), history) else { continue };
        let labels = (0..).zip(&rule.labels);
        considerations.extend(labels.map(|(nth, label)| Consideration::new((at, nth), rule, label, her2, facts)));
    }
    considerations
}

/// The considerations of a record without a HER2 result of a specimen: those of its `tumour` whose label rests on sequencing
/// alone. In lung cancer the protein is often not tested.
#[must_use]
pub fn consider_sequencing<'k>(
    rules: &'k [TherapyRule],
    tumour: Tumour,
    history: &History,
    today: Date,
) -> Vec<Consideration<'k>> {
    // the facts of every other record are not weighed for nothing
    if history.erbb2_mutation.is_none_or(|mutation| mutation == Erbb2Mutation::Negative) {
        return Vec::new();
    }
    // which tissue an operation would belong to nobody can say without a result
    let facts = Facts::of(history, None, Surgery::default(), today);
    let mut considerations = Vec::new();
    for (at, rule) in (0..).zip(rules).filter(|(_, rule)| rule.tumours.contains(&tumour)) {
        let Some(her2) = sequencing_verdict(rule.her2, history) else { continue };
        let labels = (0..).zip(&rule.labels);
        considerations.extend(labels.map(|(nth, label)| Consideration::new((at, nth), rule, label, her2, facts)));
    }
    considerations
}

/// Only a final classification opens a therapy; a provisional status never does.
fn may_open(lead: &Finding) -> bool {
    lead.next_step != NextStep::AwaitFinal && matches!(lead.category, Category::Positive | Category::Negative)
}

/// Met, or unknown where only a word without a score is known, or a variant that nobody has said to activate anything; None where
/// the condition is not met.
fn her2_verdict(condition: Her2Condition, lead: &Finding, history: &History) -> Option<Verdict> {
    let met_if = |met: bool| met.then_some(Verdict::Met);
    let positive = lead.category == Category::Positive;
    match condition {
        Her2Condition::Positive => met_if(positive),
        Her2Condition::Ihc3 => match lead.ihc.as_ref().and_then(|ihc| ihc.score) {
            Some(score) => met_if(positive && score == IhcScore::ThreePlus),
            None => (positive && lead.flags.contains(Flag::StatusWordOnly)).then_some(Verdict::Unknown),
        },
        Her2Condition::Low => met_if(lead.expression == Expression::Low),
        Her2Condition::LowOrUltralow => met_if(matches!(lead.expression, Expression::Low | Expression::Ultralow)),
        Her2Condition::Erbb2Mutation | Her2Condition::Erbb2KinaseDomainMutation => {
            sequencing_verdict(condition, history)
        }
    }
}

/// The verdict on a condition that sequencing answers; None for one of protein or gene copies.
fn sequencing_verdict(condition: Her2Condition, history: &History) -> Option<Verdict> {
    match condition {
        Her2Condition::Positive | Her2Condition::Ihc3 | Her2Condition::Low | Her2Condition::LowOrUltralow => None,
        Her2Condition::Erbb2Mutation => match history.erbb2_mutation? {
            Erbb2Mutation::KinaseDomainActivating | Erbb2Mutation::Activating => Some(Verdict::Met),
            Erbb2Mutation::Unclassified => Some(Verdict::Unknown),
            Erbb2Mutation::Negative => None,
        },
        Her2Condition::Erbb2KinaseDomainMutation => match history.erbb2_mutation? {
            Erbb2Mutation::KinaseDomainActivating => Some(Verdict::Met),
            Erbb2Mutation::Unclassified => Some(Verdict::Unknown),
            Erbb2Mutation::Activating | Erbb2Mutation::Negative => None,
        },
    }
}

/// The HER2 condition in words.
const fn words_of(rule: &TherapyRule) -> &'static str {
    match (rule.her2, rule.result) {
        (Her2Condition::Positive, ResultChoice::BeforeNeoadjuvant) => "HER2-positive before neoadjuvant treatment",
        (condition, _) => condition.in_words(),
    }
}

#[cfg(test)]
mod tests;
