//! Findings, dates and treatments as the unit tests of this room name them. Compiled for tests only.

use super::evidence::{Reading, ResultStatus, SpecimenEvidence, TestResult, TestValue};
use super::finding::{Basis, Category, Expression, Finding, NextStep};
use super::flags::Flags;
use super::history::{Treatment, TreatmentSource};
use super::ihc::{Ihc, IhcScore};
use super::medicine::Medicine;
use super::safety::Ground;
use super::specimen::{Scoring, Site, SpecimenKind};
use super::tumour::{Tumour, TumourClass};
use super::when::{Collected, DateSource, When};

pub(super) fn when(text: &str) -> When {
    When::parse(text).unwrap()
}

/// A final result of the primary tumour of a breast; an empty day is no date.
pub(super) fn breast(collected: &str, score: IhcScore, category: Category) -> Finding {
    let expression = match (category, score) {
        (Category::Negative, IhcScore::OnePlus) => Expression::Low,
        (Category::Negative, IhcScore::Zero) => Expression::Null,
        _ => Expression::NotApplicable,
    };
    Finding {
        tumour: Tumour::Breast,
        specimen: None,
        collected: When::parse(collected).map(|when| Collected { when, from: DateSource::Collection }),
        kind: SpecimenKind::Unknown,
        site: Site::Primary,
        side: None,
        scoring: Scoring::Breast,
        invasive: None,
        ihc: Some(Ihc { score: Some(score), ..Ihc::default() }),
        ish: None,
        category,
        expression,
        provisional: None,
        next_step: NextStep::None,
        flags: Flags::NONE,
        comment: None,
        rule: "test/row".into(),
        lab_reported: None,
        evidence: Vec::new(),
        before: Vec::new(),
        flips: Vec::new(),
        basis: Basis::Final,
    }
}

pub(super) fn positive(collected: &str) -> Finding {
    breast(collected, IhcScore::ThreePlus, Category::Positive)
}

pub(super) fn equivocal(collected: &str) -> Finding {
    breast(collected, IhcScore::TwoPlus, Category::Equivocal)
}

pub(super) fn low(collected: &str) -> Finding {
    breast(collected, IhcScore::OnePlus, Category::Negative)
}

pub(super) fn null(collected: &str) -> Finding {
    breast(collected, IhcScore::Zero, Category::Negative)
}

/// A medicine that was given from one day to another; an empty day is not known.
pub(super) fn given(medicine: Medicine, from: &str, until: &str) -> Treatment {
    Treatment {
        medicine,
        source: TreatmentSource::Given,
        from: When::parse(from),
        until: When::parse(until),
        ended: false,
        reference: "MedicationAdministration/m1".into(),
    }
}

/// The same medicine, ordered and perhaps never given.
pub(super) fn ordered(medicine: Medicine, from: &str) -> Treatment {
    Treatment { source: TreatmentSource::Ordered, ..given(medicine, from, "") }
}

/// A specimen with these results, which are called `Observation/o1`, `Observation/o2` and so on.
pub(super) fn specimen(tumour: Tumour, results: Vec<TestResult>) -> SpecimenEvidence {
    let named = |(at, result): (usize, TestResult)| {
        let reference = format!("Observation/o{}", at + 1).into();
        TestResult { readings: vec![Reading { reference, reads: "a result".into() }], ..result }
    };
    SpecimenEvidence {
        tumour,
        class: TumourClass::Applicable,
        reference: None,
        collected: None,
        kind: SpecimenKind::Biopsy,
        site: Site::Primary,
        side: None,
        scoring: None,
        invasive: None,
        results: results.into_iter().enumerate().map(named).collect(),
        excluded: Vec::new(),
        superseded: Vec::new(),
    }
}

/// A final, coded result without a date.
pub(super) fn result(value: TestValue) -> TestResult {
    TestResult { readings: Vec::new(), status: ResultStatus::Final, effective: None, text: None, value }
}

/// A final, coded IHC score.
pub(super) fn score(score: IhcScore) -> TestResult {
    result(TestValue::Ihc(Ihc { score: Some(score), ..Ihc::default() }))
}

/// The ground of an order rule that no source supports.
pub(super) fn ground() -> Ground {
    Ground {
        rule: "order-safety/test".into(),
        because: "a reason".into(),
        where_found: None,
        label: None,
        cite: Vec::new(),
        unconfirmed: true,
        policy: false,
    }
}
