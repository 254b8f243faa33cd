//! Evidence: what a record says about HER2, read once from FHIR and never re-checked inside.
//!
//! The unit is one specimen. IHC counts protein on the membrane, ISH counts gene copies; guidelines read them together, and
//! each tumour by its own rule, so results are kept with their specimen and every specimen with its tumour.

use smol_str::SmolStr;

use super::history::History;
use super::ihc::Ihc;
use super::ish::Ish;
use super::order::{DraftOrder, OrderStage};
use super::specimen::{Scoring, Side, Site, SpecimenKind};
use super::tumour::{Tumour, TumourClass};
use super::when::{Collected, When};
use super::words::vocabulary;

/// Everything a request shows of one patient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The tumour of the record as a whole; [`Tumour::Unknown`] where it names none, or several.
    pub tumour: Tumour,
    /// What the diagnoses say about that tumour beyond the organ.
    pub class: TumourClass,
    /// In the order in which they were sent.
    pub specimens: Vec<SpecimenEvidence>,
    /// Other results and treatment that labels ask about.
    pub history: History,
    /// Draft orders of medicines, on the ordering hooks.
    pub orders: Vec<DraftOrder>,
    /// Draft orders, just chosen or to be signed, whose medicine could not be read. They stand among the excluded too.
    pub unread_orders: Vec<SmolStr>,
    /// How far the clinician is with them.
    pub order_stage: OrderStage,
    /// Keys of the service that could not be had: what they hold is not visible, never "not done".
    pub unseen: Vec<Box<str>>,
    /// Keys of the service of which only a part may have come: a page was not followed, or a fault stood beside the data.
    pub partial: Vec<Box<str>>,
    /// Results that were noticed and set aside, each by name.
    pub excluded: Vec<Excluded>,
}

/// One specimen and the HER2 results that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecimenEvidence {
    /// The primary tumour it comes from; [`Tumour::Unknown`] if the record does not say.
    pub tumour: Tumour,
    /// What the diagnosis says beyond the organ.
    pub class: TumourClass,
    /// The reference as sent (`Specimen/s1`); for a contained one that of its Observation with `#id`.
    pub reference: Option<SmolStr>,
    /// Collection date, else effective, else issued.
    pub collected: Option<Collected>,
    /// Biopsy, resection or unknown.
    pub kind: SpecimenKind,
    /// Primary or metastatic tissue.
    pub site: Site,
    /// Which of two breast cancers it comes from; None where the record does not hold two.
    pub side: Option<Side>,
    /// The scoring system that the sender stated. None: not stated.
    pub scoring: Option<Scoring>,
    /// `Some(false)` if the sender said in situ only, `Some(true)` if the sender said invasive.
    pub invasive: Option<bool>,
    /// Results that can be used or are pending, in the order in which they were sent.
    pub results: Vec<TestResult>,
    /// Results of this specimen that were excluded, with the reason.
    pub excluded: Vec<ExcludedWhy>,
    /// What results of this specimen read that a later one replaces: shown as what changed, never used.
    pub superseded: Vec<Reading>,
}

/// One result of one test on one specimen. A resource that holds two tests gives two of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// What was read from where, for the reader of the card. At least one.
    pub readings: Vec<Reading>,
    /// How far the result may be used.
    pub status: ResultStatus,
    /// Clinically relevant time of the result.
    pub effective: Option<When>,
    /// Read from free text, with what the text was like. None: coded, or a value that is only the word.
    pub text: Option<TextMarks>,
    /// The value.
    pub value: TestValue,
}

/// What one result says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestValue {
    /// Immunohistochemistry.
    Ihc(Ihc),
    /// In situ hybridisation.
    Ish(Box<Ish>),
    /// An overall word of the laboratory, not bound to one test.
    Overall(OverallWord),
    /// Ordered or begun, without a value yet.
    Pending(TestKind),
    /// One Observation that says two different things; it decides nothing.
    Contradictory(TestKind),
    /// Free text with two different scores.
    AmbiguousText,
    /// A status word inside a sentence, without a score.
    WordInText,
}

vocabulary! {
    /// The two kinds of test.
    TestKind, "kind of test" {
        Ihc = "ihc",
        Ish = "ish",
        /// An overall status (LOINC 48676-1), which names no test.
        Overall = "overall",
    }
}

vocabulary! {
    /// The laboratory's overall word, shown as `labReported`.
    OverallWord, "overall word" {
        Positive = "positive",
        Negative = "negative",
        Equivocal = "equivocal",
        Indeterminate = "indeterminate",
        Low = "low",
        Ultralow = "ultralow",
    }
}

/// How far a result may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResultStatus {
    /// final
    Final,
    /// appended: something was added, so that a reader is told, but nothing was corrected (clinical guide, 8.1)
    Appended,
    /// amended, corrected
    Amended,
    /// preliminary, partial
    Preliminary,
    /// registered, or preliminary without a value
    Pending,
}

/// What free text was like where a result was read from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TextMarks {
    /// A negated score stood beside the one that was read.
    pub negation: bool,
}

/// Where a value was read, in words made from typed values only: never text of the sender.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading {
    /// `Observation/o1`, else the fullUrl, else the place in the request.
    pub reference: SmolStr,
    /// `IHC 2+`, `ISH ratio 1.90`, `HER2 copies 4.2`, `40 cells`, `overall negative`.
    pub reads: SmolStr,
}

vocabulary! {
    /// Why a result that was noticed is not used.
    ExcludedWhy, "reason of exclusion" {
        EnteredInError = "entered_in_error",
        Cancelled = "cancelled",
        UnknownStatus = "unknown_status",
        /// Serum or plasma.
        NotTissue = "not_tissue",
        /// Another gene or a summary of several markers.
        NotHer2 = "not_her2",
        Unreadable = "unreadable",
        /// Replaced by a later result.
        Superseded = "superseded",
        OtherPatient = "other_patient",
        NoValue = "no_value",
        /// One Observation says two different things.
        Contradictory = "contradictory",
    }
}

/// One result that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excluded {
    /// `Observation/o9`, else the fullUrl, else the place (`her2.entry[3]`).
    pub reference: SmolStr,
    /// The reason.
    pub why: ExcludedWhy,
}
