//! The findings of one card: the most urgent of its topic, with the same finding for every other medicine.

use crate::assessment::Assessment;
use crate::domain::finding::{Finding, NextStep};
use crate::domain::medicine::Medicine;
use crate::domain::order::OrderStage;
use crate::domain::safety::{Check, SafetyFinding, Severity};

use super::topic::Topic;

/// What one card says.
pub(super) struct Group<'a, 'k> {
    pub topic: Topic,
    /// The most urgent finding. Its rule is the rule of the card.
    pub first: &'a SafetyFinding<'k>,
    /// The same finding for every medicine and order, the first among them.
    pub all: Vec<&'a SafetyFinding<'k>>,
    /// That no pregnancy test was found either, told on the card of an LVEF that was not found.
    pub also: Vec<&'a SafetyFinding<'k>>,
    /// The specimen that answers, where the card is about the HER2 status.
    pub result: Option<&'a Finding>,
    pub assessment: &'a Assessment<'k>,
    pub stage: OrderStage,
}

/// One group for each topic, the most urgent first.
pub(super) fn groups<'a, 'k>(assessment: &'a Assessment<'k>, stage: OrderStage) -> Vec<Group<'a, 'k>> {
    let mut groups: Vec<Group<'a, 'k>> = Vec::new();
    for finding in &assessment.safety {
        let topic = Topic::of(finding.check);
        match groups.iter_mut().find(|group| group.topic == topic) {
            Some(group) if (group.first.check, group.first.severity) == (finding.check, finding.severity) => {
                group.all.push(finding);
            }
            Some(_) => {}
            None => {
                let result = finding.result.and_then(|at| assessment.record.findings.get(at));
                groups.push(Group {
                    topic,
                    first: finding,
                    all: vec![finding],
                    also: Vec::new(),
                    result,
                    assessment,
                    stage,
                });
            }
        }
    }
    join_what_is_missing(&mut groups);
    groups
}

/// Where neither LVEF nor a pregnancy test was found, or neither could be seen, one card says both.
fn join_what_is_missing(groups: &mut Vec<Group<'_, '_>>) {
    let first_of = |topic| move |group: &Group<'_, '_>| group.topic == topic;
    let Some(heart) = groups.iter().position(first_of(Topic::Heart)) else { return };
    let Some(test) = groups.iter().position(first_of(Topic::Pregnancy)) else { return };
    let same = matches!(
        (groups[heart].first.check, groups[test].first.check),
        (Check::LvefMissing, Check::PregnancyMissing) | (Check::LvefNotVisible, Check::PregnancyNotVisible)
    );
    if same {
        let also = std::mem::take(&mut groups[test].all);
        groups[heart].also = also;
        groups.remove(test);
    }
}

impl<'a, 'k> Group<'a, 'k> {
    fn findings(&self) -> impl Iterator<Item = &'a SafetyFinding<'k>> {
        self.all.iter().chain(&self.also).copied()
    }

    /// The medicines that the card is about, each once.
    pub(super) fn agents(&self) -> Vec<Medicine> {
        let mut agents: Vec<Medicine> = self.findings().map(|finding| finding.agent).collect();
        agents.sort_unstable();
        agents.dedup();
        agents
    }

    /// Nobody can tell which of its medicines is ordered.
    pub(super) fn is_unclear(&self) -> bool {
        let unclear = |order: &&str| {
            let of_it = |finding: &&SafetyFinding<'_>| finding.order == *order;
            self.assessment.safety.iter().filter(of_it).any(|finding| finding.check == Check::ProductUnclear)
        };
        self.orders().iter().all(unclear)
    }

    /// References of the orders that the card is about, each once.
    pub(super) fn orders(&self) -> Vec<&'a str> {
        let mut orders: Vec<&str> = self.findings().map(|finding| finding.order).collect();
        orders.sort_unstable();
        orders.dedup();
        orders
    }

    /// Sorted `reference=reads`: what identifies the evidence of the card.
    pub(super) fn evidence(&self) -> Vec<String> {
        let readings = self.findings().flat_map(|finding| &finding.evidence);
        let mut evidence: Vec<String> =
            readings.map(|reading| format!("{}={}", reading.reference, reading.reads)).collect();
        evidence.sort_unstable();
        evidence.dedup();
        evidence
    }

    /// Does a label of the ordered medicines ask for a mutation alone? No test of the protein answers it.
    pub(super) fn is_by_mutation(&self) -> bool {
        let by_mutation = |agent| matches!(agent, Medicine::Zongertinib | Medicine::Sevabertinib);
        self.agents().into_iter().all(by_mutation)
    }

    /// Would this step of the specimen help with the labels of the ordered medicines? That IHC 3+ is asked for holds for two
    /// of them only.
    pub(super) fn is_helped_by(&self, step: NextStep) -> bool {
        let asks_for_three = |agent| matches!(agent, Medicine::TrastuzumabDeruxtecan | Medicine::Zanidatamab);
        match step {
            NextStep::None => false,
            NextStep::Erbb2MutationTesting => true,
            // the word for ultralow matters to the one medicine that has a label for it
            NextStep::ClarifyMembraneStaining => self.agents().contains(&Medicine::TrastuzumabDeruxtecan),
            NextStep::OptionalIshTrialOnly => self.agents().into_iter().all(asks_for_three),
            _ => !self.is_by_mutation(),
        }
    }

    pub(super) fn is_critical(&self) -> bool {
        self.first.severity == Severity::Critical
    }
}
