//! Canonical evidence: the codes and values from which the assessment can be derived again, in one fixed form of bytes.
//!
//! It is what is stored and what a repeated request is recognised by, so white space, member order and renewed tokens of the
//! request do not matter, and nothing is in it that names a person. Members without a value are left out.

use serde::Serialize;
use smol_str::SmolStr;

use crate::domain::decimal::Quantity;
use crate::domain::evidence::{Evidence, Excluded, Reading, ResultStatus, SpecimenEvidence, TestResult, TestValue};
use crate::domain::ihc::Ihc;
use crate::domain::ish::{Count, Ish, Recount};
use crate::domain::order::OrderStage;
use crate::domain::specimen::Site;
use crate::domain::tumour::TumourClass;

use super::canonical_history::{HistoryForm, OrderForm};

/// The bytes of `evidence`, equal for equal evidence.
#[must_use]
pub fn canonical_evidence(evidence: &Evidence) -> Vec<u8> {
    // Writing strings and numbers to memory cannot fail; an empty record would still be told apart by its hash.
    serde_json::to_vec(&EvidenceForm::of(evidence)).unwrap_or_default()
}

#[derive(Serialize)]
struct EvidenceForm<'a> {
    schema: &'static str,
    tumour: &'static str,
    class: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    specimens: Vec<SpecimenForm<'a>>,
    history: HistoryForm<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    orders: Vec<OrderForm<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_stage: Option<&'static str>,
    #[serde(skip_serializing_if = "slice_is_empty")]
    unread_orders: &'a [SmolStr],
    #[serde(skip_serializing_if = "slice_is_empty")]
    unseen: &'a [Box<str>],
    #[serde(skip_serializing_if = "slice_is_empty")]
    partial: &'a [Box<str>],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    excluded: Vec<(&'a str, &'static str)>,
}

fn slice_is_empty<T>(slice: &&[T]) -> bool {
    slice.is_empty()
}

impl<'a> EvidenceForm<'a> {
    fn of(evidence: &'a Evidence) -> Self {
        let excluded = |one: &'a Excluded| (&*one.reference, one.why.as_str());
        Self {
            schema: "herald.evidence/1",
            tumour: evidence.tumour.as_str(),
            class: class(evidence.class),
            specimens: evidence.specimens.iter().map(SpecimenForm::of).collect(),
            history: HistoryForm::of(&evidence.history),
            orders: evidence.orders.iter().map(OrderForm::of).collect(),
            order_stage: (!evidence.orders.is_empty()).then_some(match evidence.order_stage {
                OrderStage::Select => "select",
                OrderStage::Sign => "sign",
            }),
            unread_orders: &evidence.unread_orders,
            unseen: &evidence.unseen,
            partial: &evidence.partial,
            excluded: evidence.excluded.iter().map(excluded).collect(),
        }
    }
}

const fn class(class: TumourClass) -> &'static str {
    match class {
        TumourClass::Applicable => "applicable",
        TumourClass::NeedsHistology => "needs_histology",
        TumourClass::NotCovered => "not_covered",
        TumourClass::InSituOnly => "in_situ_only",
    }
}

#[derive(Serialize)]
struct SpecimenForm<'a> {
    tumour: &'static str,
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collected: Option<(&'a str, &'static str)>,
    kind: &'static str,
    site: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scoring: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invasive: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    results: Vec<ResultForm<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    excluded: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    superseded: Vec<(&'a str, &'a str)>,
}

impl<'a> SpecimenForm<'a> {
    fn of(specimen: &'a SpecimenEvidence) -> Self {
        let collected = specimen.collected.as_ref();
        Self {
            tumour: specimen.tumour.as_str(),
            class: class(specimen.class),
            reference: specimen.reference.as_deref(),
            collected: collected.map(|collected| (collected.when.shown(), collected.from.as_str())),
            kind: specimen.kind.as_str(),
            site: match specimen.site {
                Site::Primary => "primary",
                Site::Metastatic => "metastatic",
                Site::Unknown => "unknown",
            },
            side: specimen.side.map(|side| side.as_str()),
            scoring: specimen.scoring.map(|scoring| scoring.as_str()),
            invasive: specimen.invasive,
            results: specimen.results.iter().map(ResultForm::of).collect(),
            excluded: specimen.excluded.iter().map(|why| why.as_str()).collect(),
            superseded: specimen.superseded.iter().map(words_of).collect(),
        }
    }
}

fn words_of(reading: &Reading) -> (&str, &str) {
    (&reading.reference, &reading.reads)
}

#[derive(Serialize)]
struct ResultForm<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_negation: Option<bool>,
    value: ValueForm,
    readings: Vec<(&'a str, &'a str)>,
}

impl<'a> ResultForm<'a> {
    fn of(result: &'a TestResult) -> Self {
        Self {
            status: match result.status {
                ResultStatus::Final => "final",
                ResultStatus::Appended => "appended",
                ResultStatus::Amended => "amended",
                ResultStatus::Preliminary => "preliminary",
                ResultStatus::Pending => "pending",
            },
            effective: result.effective.as_ref().map(|effective| effective.shown()),
            text_negation: result.text.map(|marks| marks.negation),
            value: ValueForm::of(&result.value),
            readings: result.readings.iter().map(words_of).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum ValueForm {
    Ihc(IhcForm),
    Ish(IshForm),
    Overall(&'static str),
    Pending(&'static str),
    Contradictory(&'static str),
    AmbiguousText,
    WordInText,
}

impl ValueForm {
    fn of(value: &TestValue) -> Self {
        match value {
            TestValue::Ihc(ihc) => Self::Ihc(IhcForm::of(ihc)),
            TestValue::Ish(ish) => Self::Ish(IshForm::of(ish)),
            TestValue::Overall(word) => Self::Overall(word.as_str()),
            TestValue::Pending(kind) => Self::Pending(kind.as_str()),
            TestValue::Contradictory(kind) => Self::Contradictory(kind.as_str()),
            TestValue::AmbiguousText => Self::AmbiguousText,
            TestValue::WordInText => Self::WordInText,
        }
    }
}

#[derive(Serialize)]
struct IhcForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intensity: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_cells: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_bound: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interpretation: Option<&'static str>,
}

impl IhcForm {
    fn of(ihc: &Ihc) -> Self {
        Self {
            score: ihc.score.map(|score| score.as_str()),
            percent: ihc.percent.as_ref().map(Quantity::as_sent),
            pattern: ihc.pattern.map(|pattern| pattern.as_str()),
            intensity: ihc.intensity.map(|intensity| intensity.as_str()),
            cluster_cells: ihc.cluster_cells,
            cluster_bound: ihc.cluster_bound.as_ref().map(Quantity::as_sent),
            interpretation: ihc.interpretation.map(|word| word.as_str()),
        }
    }
}

#[derive(Serialize)]
struct IshForm {
    method: &'static str,
    count: CountForm,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent_cells_ratio_ge_2: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interpretation: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    implausible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    recount: Option<RecountForm>,
}

impl IshForm {
    fn of(ish: &Ish) -> Self {
        Self {
            method: ish.method.as_str(),
            count: CountForm::of(&ish.count),
            percent_cells_ratio_ge_2: ish.percent_cells_ratio_ge_2.as_ref().map(Quantity::as_sent),
            interpretation: ish.interpretation.map(|word| word.as_str()),
            implausible: ish.implausible,
            recount: ish.recount.as_ref().map(RecountForm::of),
        }
    }
}

#[derive(Serialize)]
struct CountForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    her2: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cep17: Option<SmolStr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cells: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cells_below: Option<u32>,
}

impl CountForm {
    fn of(count: &Count) -> Self {
        Self {
            ratio: count.ratio.as_ref().map(Quantity::as_sent),
            her2: count.her2.as_ref().map(Quantity::as_sent),
            cep17: count.cep17.as_ref().map(Quantity::as_sent),
            cells: count.cells,
            cells_below: count.cells_below,
        }
    }
}

#[derive(Serialize)]
struct RecountForm {
    count: CountForm,
    #[serde(skip_serializing_if = "Option::is_none")]
    blinded: Option<bool>,
}

impl RecountForm {
    fn of(recount: &Recount) -> Self {
        Self { count: CountForm::of(&recount.count), blinded: recount.blinded }
    }
}
