//! When new tissue is worth a thought, to the day, and when nothing is said.

use jiff::civil::date;

use super::*;
use crate::domain::fixtures::{equivocal, given, low, ordered, positive, when};
use crate::domain::history::{Event, Treatment};
use crate::domain::over_time::compare;

const TODAY: Date = date(2026, 11, 26);

fn progressed(on: &str) -> History {
    let event = Event { when: When::parse(on), reference: "Observation/p1".into() };
    History { progressions: vec![event], ..History::default() }
}

fn treated(treatments: Vec<Treatment>) -> History {
    History { treatments, ..History::default() }
}

fn of(findings: Vec<Finding>, history: &History) -> Option<Retest> {
    Retest::of(&compare(findings), history, TODAY)
}

/// Months since the test and what the course was, where the test is old at progression.
fn old(findings: Vec<Finding>, history: &History) -> Option<(i32, &'static str, String)> {
    match of(findings, history)?.why {
        RetestWhy::OldAtProgression { months, course } => Some((months, course.what, course.when.shown().to_owned())),
        RetestWhy::NewMetastasis { .. } | RetestWhy::BeforeTrastuzumab { .. } => None,
    }
}

/// First use of trastuzumab and the course since, where the test is from before it.
fn before_trastuzumab(findings: Vec<Finding>, history: &History) -> Option<(String, Option<String>)> {
    match of(findings, history)?.why {
        RetestWhy::BeforeTrastuzumab { begun, course } => {
            Some((begun.shown().to_owned(), course.map(|course| course.when.shown().to_owned())))
        }
        RetestWhy::OldAtProgression { .. } | RetestWhy::NewMetastasis { .. } => None,
    }
}

fn stomach(finding: Finding) -> Finding {
    Finding { tumour: Tumour::Gastroesophageal, ..finding }
}

#[test]
fn a_test_is_old_once_two_years_are_over_and_not_on_the_day_itself() {
    let history = progressed("2026-10-01");
    assert_eq!(old(vec![positive("2024-11-25")], &history), Some((24, "progression", "2026-10-01".into())));
    assert_eq!(old(vec![positive("2024-11-26")], &history), None);
    assert_eq!(old(vec![low("2023-01-10")], &history), Some((46, "progression", "2026-10-01".into())));
    assert_eq!(old(vec![positive("2024")], &history), None, "it may be of the last day of that year");
    assert_eq!(old(vec![positive("2024-10")], &history), Some((24, "progression", "2026-10-01".into())));
}

#[test]
fn an_old_test_alone_is_no_reason_and_neither_is_a_course_before_it() {
    assert_eq!(old(vec![positive("2023-01-10")], &History::default()), None);
    for day in ["2023-01-09", "2023-01-10", "2023", "2026-11-27", ""] {
        assert_eq!(old(vec![positive("2023-01-10")], &progressed(day)), None, "{day}");
    }
    assert!(old(vec![positive("2023-01-10")], &progressed("2026-11-26")).is_some());
}

#[test]
fn the_latest_event_is_told_a_metastasis_among_them() {
    let mut history = progressed("2025-10-01");
    history.metastatic_since = Some(when("2026-02-03"));
    assert_eq!(old(vec![positive("2023-01-10")], &history), Some((46, "a metastasis", "2026-02-03".into())));
    history.progressions.push(Event { when: Some(when("2026-06-01")), reference: "Observation/p2".into() });
    let found = of(vec![positive("2023-01-10")], &history).unwrap();
    assert_eq!(found.tested, when("2023-01-10"));
    let course = found.course().unwrap();
    assert_eq!((course.what, course.reference.as_deref()), ("progression", Some("Observation/p2")));
}

#[test]
fn a_question_about_old_tissue_hides_no_newer_event_and_nothing_is_said_of_what_is_not_final_or_has_no_rule() {
    let history = progressed("2026-10-01");
    let settled = || positive("2023-01-10");
    assert!(of(vec![settled()], &history).is_some());
    let with = |next_step| of(vec![Finding { next_step, ..settled() }], &history);
    for step in [NextStep::PathologistReview, NextStep::ClarifyMembraneStaining, NextStep::ObtainIhcForLowUltralow] {
        assert!(with(step).is_some(), "{step}");
    }
    let two_plus = Finding { next_step: NextStep::ReflexIshOrNewSpecimen, ..equivocal("2023-01-10") };
    assert!(of(vec![two_plus], &history).is_some());
    for step in [NextStep::AwaitFinal, NextStep::ObtainTumorType, NextStep::ConfirmInvasiveComponent] {
        assert!(with(step).is_none(), "{step}");
    }
    assert!(of(vec![Finding { basis: Basis::Preliminary, ..settled() }], &history).is_none());
    let no_rule = Finding { category: Category::Insufficient, next_step: NextStep::None, ..settled() };
    assert!(of(vec![no_rule], &history).is_none());
    assert!(of(vec![], &history).is_none());
    assert!(of(vec![settled()], &History { tumours_differ: true, ..history }).is_none());
}

/// The metastasis that is newer than a test that is not old.
fn new_metastasis(tested: &str, history: &History) -> Option<String> {
    match of(vec![positive(tested)], history)?.why {
        RetestWhy::NewMetastasis { course } => Some(course.when.shown().to_owned()),
        RetestWhy::OldAtProgression { .. } | RetestWhy::BeforeTrastuzumab { .. } => None,
    }
}

#[test]
fn a_metastasis_is_new_once_it_is_found_more_than_90_days_after_the_test() {
    let history = History { metastatic_since: Some(when("2026-06-30")), ..History::default() };
    assert_eq!(new_metastasis("2026-04-01", &history), None, "90 days");
    assert_eq!(new_metastasis("2026-03-31", &history), Some("2026-06-30".into()));
    assert_eq!(new_metastasis("2026-07-01", &history), None, "tested after it was found");
    let another = History { newest_metastasis: Some(when("2026-11-02")), ..history };
    assert_eq!(new_metastasis("2026-07-01", &another), Some("2026-11-02".into()));
    assert_eq!(new_metastasis("2026-07-01", &progressed("2026-11-02")), None, "a progression of what was tested");
    assert_eq!(old(vec![positive("2022-07-01")], &another), Some((52, "a metastasis", "2026-11-02".into())));
}

#[test]
fn a_newer_specimen_counts_even_while_its_test_is_under_way_and_one_without_a_date_may_be_the_newest() {
    let history = progressed("2026-10-01");
    let under_way = |day: &str| {
        let reading = crate::domain::evidence::Reading { reference: "Observation/o1".into(), reads: "pending".into() };
        Finding { basis: Basis::Nothing, evidence: vec![reading], ..equivocal(day) }
    };
    assert!(of(vec![positive("2023-01-10"), under_way("2026-10-20")], &history).is_none());
    assert!(of(vec![positive("2023-01-10"), under_way("")], &history).is_none());
    let nothing_sent = Finding { evidence: Vec::new(), ..under_way("") };
    assert!(of(vec![positive("2023-01-10"), nothing_sent], &history).is_some());
}

#[test]
fn a_positive_stomach_cancer_may_have_lost_her2_once_trastuzumab_was_used() {
    let history =
        treated(vec![given(Medicine::Trastuzumab, "2026-05-01", ""), given(Medicine::Trastuzumab, "2026-03-01", "")]);
    let tested = "2026-02-10";
    assert_eq!(before_trastuzumab(vec![stomach(positive(tested))], &history), Some(("2026-03-01".into(), None)));
    let told = of(vec![stomach(positive(tested))], &history).unwrap();
    assert!(told.course().is_none());
    let progressed = History { progressions: progressed("2026-09-01").progressions, ..history.clone() };
    assert_eq!(
        before_trastuzumab(vec![stomach(positive(tested))], &progressed),
        Some(("2026-03-01".into(), Some("2026-09-01".into())))
    );
    assert_eq!(before_trastuzumab(vec![positive(tested)], &history), None, "a breast cancer");
    assert_eq!(before_trastuzumab(vec![stomach(low(tested))], &history), None, "a negative stomach cancer");
    assert!(of(vec![positive(tested)], &history).is_none() && of(vec![stomach(low(tested))], &history).is_none());
}

#[test]
fn trastuzumab_before_the_test_ordered_only_or_another_medicine_is_no_reason_for_new_tissue() {
    let tested = || vec![stomach(positive("2026-02-10"))];
    for history in [
        treated(vec![given(Medicine::Trastuzumab, "2026-02-10", "")]),
        treated(vec![given(Medicine::Trastuzumab, "2026-01-01", ""), given(Medicine::Trastuzumab, "2026-03-01", "")]),
        treated(vec![given(Medicine::Trastuzumab, "", "")]),
        treated(vec![ordered(Medicine::Trastuzumab, "2026-03-01")]),
        treated(vec![given(Medicine::Trastuzumab, "2026-12-08", "")]),
        treated(vec![given(Medicine::TrastuzumabDeruxtecan, "2026-03-01", "")]),
    ] {
        assert!(of(tested(), &history).is_none(), "{:?}", history.treatments);
    }
}
