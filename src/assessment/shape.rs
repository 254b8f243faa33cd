//! The JSON of `herald.assessment/1`: member names and their order are fixed by the contract, nulls and empty arrays included.

use serde::{Serialize, Serializer};
use smol_str::SmolStr;

use super::assess::Assessment;
use super::printed::PrintedLists;
use crate::domain::consideration::Consideration;
use crate::domain::decimal::Quantity;
use crate::domain::evidence::{Excluded, Reading};
use crate::domain::finding::{Finding, Flip, IshShown};
use crate::domain::ihc::Ihc;
use crate::domain::ish::Recount;
use crate::domain::safety::SafetyFinding;
use crate::trials::Prompt;

impl Serialize for Assessment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        AssessmentShape::of(self, Considerations(self), Trials(self)).serialize(serializer)
    }
}

/// The considerations of an assessment: an array.
pub(super) struct Considerations<'a, 'k>(pub &'a Assessment<'k>);

impl Serialize for Considerations<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.considerations.iter().map(ConsiderationShape::of))
    }
}

/// The trial prompts of an assessment: an array.
pub(super) struct Trials<'a, 'k>(pub &'a Assessment<'k>);

impl Serialize for Trials<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.trials.iter().map(TrialShape::of))
    }
}

/// An assessment of which two lists are printed already.
#[derive(Clone, Copy)]
pub struct WithPrinted<'a, 'k> {
    /// The assessment.
    pub assessment: &'a Assessment<'k>,
    /// Its lists.
    pub lists: &'a PrintedLists,
}

impl Serialize for WithPrinted<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PrintedLists { considerations, trials, .. } = self.lists;
        AssessmentShape::of(self.assessment, considerations, trials).serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssessmentShape<'a, C, T> {
    schema: &'static str,
    tumour: &'static str,
    specimens: Vec<SpecimenShape<'a>>,
    lead: Option<usize>,
    excluded: Vec<ExcludedShape<'a>>,
    over_time: OverTimeShape,
    actionable: bool,
    considerations: C,
    safety: Vec<SafetyShape<'a>>,
    trials: T,
    unseen: &'a [Box<str>],
    rules: RulesShape<'a>,
}

impl<'a, C, T> AssessmentShape<'a, C, T> {
    fn of(assessment: &'a Assessment<'_>, considerations: C, trials: T) -> Self {
        let record = &assessment.record;
        Self {
            schema: "herald.assessment/1",
            tumour: assessment.tumour.as_str(),
            specimens: record.findings.iter().map(SpecimenShape::of).collect(),
            lead: record.lead,
            excluded: assessment.excluded.iter().map(ExcludedShape::of).collect(),
            over_time: OverTimeShape {
                ever_low: record.over_time.ever_low,
                discordant: record.over_time.discordant,
                previous_positive: record.over_time.previous_positive,
            },
            actionable: record.is_actionable(),
            considerations,
            safety: assessment.safety.iter().map(SafetyShape::of).collect(),
            trials,
            unseen: assessment.unseen,
            rules: RulesShape {
                edition: assessment.rules.edition,
                digest: assessment.rules.digest,
                signed_off: assessment.rules.signed_off,
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SpecimenShape<'a> {
    tumour: &'static str,
    specimen: Option<&'a str>,
    collected: Option<&'a str>,
    kind: &'static str,
    scoring: &'static str,
    collected_from: Option<&'static str>,
    /// False only if the sender said in situ only; otherwise null.
    invasive: Option<bool>,
    ihc: Option<IhcShape>,
    ish: Option<IshShape<'a>>,
    category: &'static str,
    expression: &'static str,
    provisional: Option<&'static str>,
    next_step: &'static str,
    flags: Vec<&'static str>,
    comment: Option<&'static str>,
    rule: &'a str,
    lab_reported: Option<&'static str>,
    evidence: Vec<ReadingShape<'a>>,
    flips: Vec<FlipShape<'a>>,
}

impl<'a> SpecimenShape<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            tumour: finding.tumour.as_str(),
            specimen: finding.specimen.as_deref(),
            collected: finding.collected.as_ref().map(|collected| collected.when.shown()),
            kind: finding.kind.as_str(),
            scoring: finding.scoring.as_str(),
            collected_from: finding.collected.as_ref().map(|collected| collected.from.as_str()),
            invasive: finding.invasive.filter(|invasive| !invasive),
            ihc: finding.ihc.as_ref().map(IhcShape::of),
            ish: finding.ish.as_ref().map(IshShape::of),
            category: finding.category.as_str(),
            expression: finding.expression.as_str(),
            provisional: finding.provisional.map(|provisional| provisional.as_str()),
            next_step: finding.next_step.as_str(),
            flags: finding.flags.iter().map(|flag| flag.as_str()).collect(),
            comment: finding.comment.map(|comment| comment.as_str()),
            rule: &finding.rule,
            lab_reported: finding.lab_reported.map(|word| word.as_str()),
            evidence: finding.evidence.iter().map(ReadingShape::of).collect(),
            flips: finding.flips.iter().map(FlipShape::of).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IhcShape {
    score: Option<&'static str>,
    percent: Option<SmolStr>,
    pattern: Option<&'static str>,
    intensity: Option<&'static str>,
    cluster_cells: Option<u32>,
    interpretation: Option<&'static str>,
}

impl IhcShape {
    fn of(ihc: &Ihc) -> Self {
        Self {
            score: ihc.score.map(|score| score.as_str()),
            percent: sent(ihc.percent.as_ref()),
            pattern: ihc.pattern.map(|pattern| pattern.as_str()),
            intensity: ihc.intensity.map(|intensity| intensity.as_str()),
            cluster_cells: ihc.cluster_cells,
            interpretation: ihc.interpretation.map(|word| word.as_str()),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IshShape<'a> {
    method: &'static str,
    ratio: Option<SmolStr>,
    ratio_computed: Option<&'a str>,
    her2: Option<SmolStr>,
    cep17: Option<SmolStr>,
    cells: Option<u32>,
    group: Option<u8>,
    interpretation: Option<&'static str>,
    percent_cells_ratio_ge2: Option<SmolStr>,
    recount: Option<RecountShape>,
}

impl<'a> IshShape<'a> {
    fn of(shown: &'a IshShown) -> Self {
        let ish = &shown.ish;
        Self {
            method: ish.method.as_str(),
            ratio: sent(ish.count.ratio.as_ref()),
            ratio_computed: shown.ratio_computed.as_ref().map(|ratio| ratio.as_sent()),
            her2: sent(ish.count.her2.as_ref()),
            cep17: sent(ish.count.cep17.as_ref()),
            cells: ish.count.cells,
            group: shown.group,
            interpretation: ish.interpretation.map(|word| word.as_str()),
            percent_cells_ratio_ge2: sent(ish.percent_cells_ratio_ge_2.as_ref()),
            recount: ish.recount.as_ref().map(RecountShape::of),
        }
    }
}

#[derive(Serialize)]
struct RecountShape {
    ratio: Option<SmolStr>,
    her2: Option<SmolStr>,
    cep17: Option<SmolStr>,
    cells: Option<u32>,
    blinded: Option<bool>,
}

impl RecountShape {
    fn of(recount: &Recount) -> Self {
        Self {
            ratio: sent(recount.count.ratio.as_ref()),
            her2: sent(recount.count.her2.as_ref()),
            cep17: sent(recount.count.cep17.as_ref()),
            cells: recount.count.cells,
            blinded: recount.blinded,
        }
    }
}

fn sent(quantity: Option<&Quantity>) -> Option<SmolStr> {
    quantity.map(Quantity::as_sent)
}

#[derive(Serialize)]
struct ReadingShape<'a> {
    reference: &'a str,
    reads: &'a str,
}

impl<'a> ReadingShape<'a> {
    fn of(reading: &'a Reading) -> Self {
        Self { reference: &reading.reference, reads: &reading.reads }
    }
}

#[derive(Serialize)]
struct FlipShape<'a> {
    change: &'a str,
    category: &'static str,
    rule: &'a str,
}

impl<'a> FlipShape<'a> {
    fn of(flip: &'a Flip) -> Self {
        Self { change: &flip.change, category: flip.category.as_str(), rule: &flip.rule }
    }
}

#[derive(Serialize)]
struct ExcludedShape<'a> {
    reference: &'a str,
    why: &'static str,
}

impl<'a> ExcludedShape<'a> {
    fn of(excluded: &'a Excluded) -> Self {
        Self { reference: &excluded.reference, why: excluded.why.as_str() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OverTimeShape {
    ever_low: bool,
    discordant: bool,
    previous_positive: bool,
}

#[derive(Serialize)]
struct ConsiderationShape<'a> {
    id: &'a str,
    region: &'static str,
    label: LabelShape<'a>,
    conditions: Vec<ConditionShape<'a>>,
    verdict: &'static str,
    unconfirmed: bool,
    rule: &'a str,
    cite: &'a [Box<str>],
}

impl<'a> ConsiderationShape<'a> {
    fn of(consideration: &'a Consideration<'_>) -> Self {
        let conditions = consideration.conditions();
        Self {
            id: &consideration.rule.id,
            region: consideration.label.region.as_str(),
            label: LabelShape { date: &consideration.label.date, accelerated: consideration.label.accelerated },
            conditions: conditions.map(|(what, verdict)| ConditionShape { what, verdict: verdict.as_str() }).collect(),
            verdict: consideration.verdict.as_str(),
            unconfirmed: consideration.rule.unconfirmed,
            rule: &consideration.rule.rule,
            cite: &consideration.rule.cite,
        }
    }
}

#[derive(Serialize)]
struct LabelShape<'a> {
    date: &'a str,
    accelerated: bool,
}

#[derive(Serialize)]
struct ConditionShape<'a> {
    what: &'a str,
    verdict: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SafetyShape<'a> {
    id: &'static str,
    indicator: &'static str,
    agent: &'static str,
    order: &'a str,
    rule: &'a str,
    evidence: Vec<ReadingShape<'a>>,
    /// Further orders of which the same is found: present only where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    more_orders: Option<usize>,
}

impl<'a> SafetyShape<'a> {
    fn of(finding: &'a SafetyFinding<'_>) -> Self {
        Self {
            id: finding.check.as_str(),
            indicator: finding.severity.as_str(),
            agent: finding.agent.as_str(),
            order: finding.order,
            rule: &finding.ground.rule,
            evidence: finding.evidence.iter().map(ReadingShape::of).collect(),
            more_orders: (finding.more > 0).then_some(finding.more),
        }
    }
}

#[derive(Serialize)]
struct TrialShape<'a> {
    nct: &'a str,
    cohort: &'a str,
    verdict: &'static str,
    failed: Option<&'a str>,
    needs: Vec<NeedShape<'a>>,
    status: &'static str,
    verified: &'a str,
}

impl<'a> TrialShape<'a> {
    fn of(prompt: &'a Prompt<'_>) -> Self {
        let cohort = prompt.cohort;
        Self {
            nct: &cohort.nct,
            cohort: &cohort.cohort,
            verdict: prompt.verdict(),
            failed: None,
            needs: cohort.needs.iter().map(|need| NeedShape { what: &need.what, cost: need.cost }).collect(),
            status: cohort.status.as_str(),
            verified: &cohort.verified,
        }
    }
}

#[derive(Serialize)]
struct NeedShape<'a> {
    what: &'a str,
    cost: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RulesShape<'a> {
    edition: &'a str,
    digest: &'a str,
    signed_off: bool,
}
