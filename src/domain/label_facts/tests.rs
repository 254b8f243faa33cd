//! Each condition of a label against a record: met, not met, unknown.

use super::*;
use crate::domain::decimal::Quantity;
use crate::domain::fixtures::{given, ordered, positive, when};
use crate::domain::history::Treatment;
use crate::domain::when::When;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 28);

fn verdict(fact: Fact, history: &History) -> Verdict {
    let surgery = Surgery { on_record: !history.operations.is_empty(), resected: false };
    Facts::of(history, None, surgery, TODAY).verdict(Some(fact))
}

fn treated(treatments: Vec<Treatment>) -> History {
    History { treatments, ..History::default() }
}

/// Metastatic since 2026-03-01.
fn metastatic(treatments: Vec<Treatment>) -> History {
    let extent = Some(Extent::Metastatic);
    History { extent, metastatic_since: Some(when("2026-03-01")), ..treated(treatments) }
}

const fn met_if(met: bool) -> Verdict {
    if met { Verdict::Met } else { Verdict::Unknown }
}

#[test]
fn an_empty_record_answers_no_condition() {
    for fact in Fact::ALL {
        assert_eq!(verdict(*fact, &History::default()), Verdict::Unknown, "{fact}");
    }
    assert_eq!(Facts::of(&metastatic(vec![]), None, Surgery::default(), TODAY).verdict(None), Verdict::Unknown);
}

#[test]
fn a_result_that_is_on_record_meets_its_condition_or_does_not() {
    let ras = |ras| History { ras: Some(ras), ..History::default() };
    assert_eq!(verdict(Fact::RasWildType, &ras(Ras::WildType)), Verdict::Met);
    assert_eq!(verdict(Fact::RasWildType, &ras(Ras::Mutant)), Verdict::NotMet);
    let receptor = |receptor| History { hormone_receptor: Some(receptor), ..History::default() };
    assert_eq!(verdict(Fact::HormoneReceptorPositive, &receptor(HormoneReceptor::Positive)), Verdict::Met);
    assert_eq!(verdict(Fact::HormoneReceptorPositive, &receptor(HormoneReceptor::Negative)), Verdict::NotMet);
    let cps = |text| History { pd_l1_cps: Some(Quantity::exact(Decimal::parse(text).unwrap())), ..History::default() };
    assert_eq!(verdict(Fact::CpsAtLeastOne, &cps("1")), Verdict::Met);
    assert_eq!(verdict(Fact::CpsAtLeastOne, &cps("0.9")), Verdict::NotMet);
}

/// Metastatic, unresectable or metastatic, adjuvant after an operation, before surgery, stage II or III.
#[test]
fn extent_and_stage_decide_about_the_setting_and_a_stage_three_may_be_unresectable() {
    use Verdict::{Met, NotMet, Unknown};
    let (early, spread) = (Some(Extent::Early), Some(Extent::Metastatic));
    let operation = crate::domain::history::Event { when: None, reference: "Procedure/p1".into() };
    for (extent, stage, expected) in [
        (None, None, [Unknown, Unknown, Unknown, NotMet, Unknown]),
        (None, Some(StageGroup::One), [Unknown, Unknown, Unknown, NotMet, NotMet]),
        (None, Some(StageGroup::Two), [Unknown, Unknown, Unknown, NotMet, Unknown]),
        (early, None, [NotMet, Unknown, Met, NotMet, Unknown]),
        (early, Some(StageGroup::One), [NotMet, NotMet, Met, NotMet, NotMet]),
        (early, Some(StageGroup::Two), [NotMet, NotMet, Met, NotMet, Met]),
        (early, Some(StageGroup::Three), [NotMet, Unknown, Met, NotMet, Met]),
        (spread, None, [Met, Met, NotMet, NotMet, NotMet]),
        (spread, Some(StageGroup::Two), [Met, Met, NotMet, NotMet, NotMet]),
        (spread, Some(StageGroup::Four), [Met, Met, NotMet, NotMet, NotMet]),
    ] {
        let history = History { extent, stage, operations: vec![operation.clone()], ..History::default() };
        let facts = [
            Fact::Metastatic,
            Fact::UnresectableOrMetastatic,
            Fact::Adjuvant,
            Fact::BeforeSurgery,
            Fact::StageTwoOrThree,
        ];
        assert_eq!(facts.map(|fact| verdict(fact, &history)), expected, "{extent:?} {stage:?}");
    }
    let not_operated = History { extent: early, ..History::default() };
    assert_eq!(verdict(Fact::Adjuvant, &not_operated), Verdict::Unknown);
    assert_eq!(verdict(Fact::BeforeSurgery, &not_operated), Verdict::Unknown);
    let resected = Facts::of(&not_operated, None, Surgery { on_record: false, resected: true }, TODAY);
    let of = |fact| resected.verdict(Some(fact));
    assert_eq!([Fact::Adjuvant, Fact::BeforeSurgery].map(of), [Verdict::Unknown, Verdict::NotMet]);
}

#[test]
fn negative_receptors_settle_the_risk_of_adjuvant_trastuzumab_and_positive_ones_leave_it_open() {
    let of = |receptor| {
        let history = History { hormone_receptor: receptor, ..History::default() };
        verdict(Fact::NodePositiveOrHighRisk, &history)
    };
    assert_eq!(of(Some(HormoneReceptor::Negative)), Verdict::Met);
    assert_eq!(of(Some(HormoneReceptor::Positive)), Verdict::Unknown);
    assert_eq!(of(None), Verdict::Unknown);
}

#[test]
fn residual_disease_is_met_only_after_neoadjuvant_treatment_of_an_early_cancer() {
    let before = positive("2026-01-10");
    let of = |extent, with_taxane: Option<bool>| {
        let neoadjuvant = with_taxane.map(|with_taxane| Neoadjuvant { before: &before, with_taxane });
        let facts =
            Facts::of(&History { extent, ..History::default() }, neoadjuvant.as_ref(), Surgery::default(), TODAY);
        [Fact::ResidualDisease, Fact::NeoadjuvantTrastuzumabAndTaxane].map(|fact| facts.verdict(Some(fact)))
    };
    let early = Some(Extent::Early);
    assert_eq!(of(early, Some(true)), [Verdict::Met, Verdict::Met]);
    assert_eq!(of(early, Some(false)), [Verdict::Met, Verdict::Unknown]);
    assert_eq!(of(early, None), [Verdict::Unknown, Verdict::Unknown]);
    assert_eq!(of(None, Some(true)), [Verdict::Unknown, Verdict::Unknown]);
    assert_eq!(of(Some(Extent::Metastatic), Some(true)), [Verdict::NotMet, Verdict::NotMet]);
}

/// Which medicine on record meets which earlier treatment; every other one leaves it unknown.
#[test]
fn an_earlier_treatment_is_met_by_its_own_medicine_and_by_no_other() {
    for medicine in Medicine::ALL {
        let history = treated(vec![given(*medicine, "2025-01-01", "")]);
        for (fact, met) in [
            (Fact::PriorTrastuzumab, *medicine == Medicine::Trastuzumab),
            (Fact::PriorTaxane, *medicine == Medicine::Taxane),
            (Fact::PriorAnthracycline, *medicine == Medicine::Anthracycline),
            (Fact::PriorSystemicTherapy, *medicine != Medicine::EndocrineTherapy),
            (Fact::PriorPlatinum, *medicine == Medicine::OtherPlatinum),
            (Fact::PriorAntiHer2, medicine.is_her2_directed()),
            (Fact::TherapyForMetastases, false),
        ] {
            assert_eq!(verdict(fact, &history), met_if(met), "{fact} {medicine}");
        }
        let order = treated(vec![ordered(*medicine, "2025-01-01")]);
        assert_eq!(verdict(Fact::PriorSystemicTherapy, &order), Verdict::Unknown, "an order of {medicine}");
        let two_tumours = History { tumours_differ: true, ..history };
        assert_eq!(verdict(Fact::PriorSystemicTherapy, &two_tumours), Verdict::Unknown, "{medicine}");
    }
}

/// By kind of medicine, given after metastases were on record.
#[test]
fn treatment_of_metastases_is_counted_by_its_kind() {
    for medicine in Medicine::ALL {
        let history = metastatic(vec![given(*medicine, "2026-03-02", "")]);
        for (fact, met) in [
            (Fact::TherapyForMetastases, *medicine != Medicine::EndocrineTherapy),
            (Fact::AntiHer2ForMetastases, medicine.is_her2_directed()),
            (Fact::ChemotherapyForMetastases, medicine.is_chemotherapy()),
            (Fact::EndocrineTherapyForMetastases, *medicine == Medicine::EndocrineTherapy),
        ] {
            assert_eq!(verdict(fact, &history), met_if(met), "{fact} {medicine}");
        }
        let first_line = if medicine.is_systemic() { Verdict::NotMet } else { Verdict::Unknown };
        assert_eq!(verdict(Fact::FirstLine, &history), first_line, "{medicine}");
    }
}

#[test]
fn a_treatment_is_for_metastases_from_the_day_on_which_they_were_on_record() {
    let of =
        |from: &str| verdict(Fact::AntiHer2ForMetastases, &metastatic(vec![given(Medicine::Trastuzumab, from, "")]));
    for (from, met) in [("2026-02-28", false), ("2026-03-01", true), ("2026-04", true), ("2026", false), ("", false)] {
        assert_eq!(of(from), met_if(met), "{from}");
    }
    let no_date =
        History { metastatic_since: None, ..metastatic(vec![given(Medicine::Trastuzumab, "2026-04-01", "")]) };
    assert_eq!(verdict(Fact::AntiHer2ForMetastases, &no_date), Verdict::Unknown);
}

#[test]
fn two_anti_her2_regimens_are_two_only_where_the_second_began_after_the_first_had_ended() {
    let of = |treatments| verdict(Fact::TwoAntiHer2Regimens, &treated(treatments));
    let first = || given(Medicine::Trastuzumab, "2025-01-01", "2025-06-01");
    let second = |from| given(Medicine::TrastuzumabEmtansine, from, "2026-01-01");
    assert_eq!(of(vec![first(), second("2025-06-02")]), Verdict::Met);
    assert_eq!(of(vec![second("2025-06-02"), first()]), Verdict::Met, "in whatever order they were sent");
    assert_eq!(of(vec![first(), second("2025-06-01")]), Verdict::Unknown, "on the day on which the first ended");
    assert_eq!(of(vec![first(), second("")]), Verdict::Unknown);
    assert_eq!(of(vec![given(Medicine::Trastuzumab, "2025-01-01", ""), second("2025-06-02")]), Verdict::Unknown);
    assert_eq!(of(vec![first()]), Verdict::Unknown);
    assert_eq!(
        of(vec![first(), given(Medicine::Trastuzumab, "2025-09-01", "")]),
        Verdict::Unknown,
        "one medicine twice"
    );
    let goes_on = given(Medicine::Trastuzumab, "2025-08-01", "2025-09-01");
    assert_eq!(
        of(vec![first(), goes_on, second("2025-06-02")]),
        Verdict::Unknown,
        "the first went on beside the second"
    );
}

#[test]
fn other_medicines_neither_make_a_second_anti_her2_regimen_nor_hide_one() {
    let of = |treatments| verdict(Fact::TwoAntiHer2Regimens, &treated(treatments));
    let first = || given(Medicine::Trastuzumab, "2025-01-01", "2025-06-01");
    let taxane = || given(Medicine::Taxane, "2025-07-01", "");
    assert_eq!(of(vec![first(), taxane()]), Verdict::Unknown);
    let second = given(Medicine::TrastuzumabEmtansine, "2025-06-02", "2026-01-01");
    assert_eq!(of(vec![first(), taxane(), second]), Verdict::Met);
}

#[test]
fn three_medicines_of_colorectal_cancer_are_needed_and_two_leave_it_unknown() {
    let all = [Medicine::Fluoropyrimidine, Medicine::Oxaliplatin, Medicine::Irinotecan];
    let of = |medicines: &[Medicine]| {
        let treatments = medicines.iter().map(|medicine| given(*medicine, "2025-01-01", "")).collect();
        verdict(Fact::FluoropyrimidineOxaliplatinIrinotecan, &treated(treatments))
    };
    assert_eq!(of(&all), Verdict::Met);
    for at in 0..3 {
        let two: Vec<Medicine> = all.iter().copied().filter(|medicine| *medicine != all[at]).collect();
        assert_eq!(of(&two), Verdict::Unknown, "without {}", all[at]);
    }
}

#[test]
fn two_regimens_for_metastases_are_two_that_began_after_them_and_an_adjuvant_one_is_neither() {
    let of = |treatments| verdict(Fact::TwoAntiHer2RegimensForMetastases, &metastatic(treatments));
    let first = |from, until| given(Medicine::Trastuzumab, from, until);
    let second = || given(Medicine::TrastuzumabEmtansine, "2026-07-01", "2026-09-01");
    assert_eq!(of(vec![first("2026-03-01", "2026-06-01"), second()]), Verdict::Met);
    assert_eq!(of(vec![first("2018-03-01", "2019-03-01"), second()]), Verdict::Unknown, "adjuvant");
    let adjuvant = || first("2018-03-01", "2026-02-28");
    assert_eq!(
        of(vec![adjuvant(), first("2026-03-01", "2026-06-01"), second()]),
        Verdict::Met,
        "beside an adjuvant use"
    );
    assert_eq!(of(vec![first("2026-02-01", "2026-06-01"), second()]), Verdict::Unknown, "begun before");
    let undated = first("", "");
    assert_eq!(of(vec![undated, first("2026-03-01", "2026-06-01"), second()]), Verdict::Unknown, "an undated use");
    let both = vec![first("2026-03-01", "2026-06-01"), second()];
    let no_date = History { metastatic_since: None, ..metastatic(both.clone()) };
    assert_eq!(verdict(Fact::TwoAntiHer2RegimensForMetastases, &no_date), Verdict::Unknown);
    assert_eq!(verdict(Fact::TwoAntiHer2Regimens, &no_date), Verdict::Met);
}

#[test]
fn trastuzumab_for_metastases_has_failed_only_where_progression_is_on_record_since() {
    let of = |medicine, from: &str, progression: Option<&str>| {
        let event = |day| crate::domain::history::Event { when: Some(when(day)), reference: "Observation/p".into() };
        let progressions = progression.map(event).into_iter().collect();
        let history = History { progressions, ..metastatic(vec![given(medicine, from, "")]) };
        verdict(Fact::ProgressionAfterTrastuzumabForMetastases, &history)
    };
    assert_eq!(of(Medicine::Trastuzumab, "2026-04-01", Some("2026-09-01")), Verdict::Met);
    assert_eq!(of(Medicine::Trastuzumab, "2026-04-01", Some("2026-04-01")), Verdict::Unknown);
    assert_eq!(of(Medicine::Trastuzumab, "2026-04-01", None), Verdict::Unknown);
    assert_eq!(of(Medicine::Trastuzumab, "2019-04-01", Some("2026-09-01")), Verdict::Unknown, "adjuvant");
    assert_eq!(of(Medicine::TrastuzumabEmtansine, "2026-04-01", Some("2026-09-01")), Verdict::Unknown);
}

#[test]
fn adjuvant_trastuzumab_has_ended_only_after_the_last_operation_and_where_nothing_like_it_may_run() {
    let of = |operations: &[&str], treatments: Vec<Treatment>| {
        let event =
            |day: &&str| crate::domain::history::Event { when: When::parse(day), reference: "Procedure/p1".into() };
        let operations = operations.iter().map(event).collect();
        verdict(
            Fact::AdjuvantTrastuzumabEnded,
            &History { extent: Some(Extent::Early), operations, ..treated(treatments) },
        )
    };
    let used = |from, until| given(Medicine::Trastuzumab, from, until);
    let year = || used("2025-02-01", "2026-01-20");
    assert_eq!(of(&["2025-01-10"], vec![year()]), Verdict::Met);
    assert_eq!(of(&["2025-01-10"], vec![used("2024-08-01", "2026-01-20")]), Verdict::Met, "begun before, ended after");
    assert_eq!(of(&["2025-01-10"], vec![used("2024-08-01", "2024-12-20")]), Verdict::Unknown, "before it only");
    assert_eq!(of(&["2025-01-10", "2026-02-10"], vec![year()]), Verdict::Unknown, "operated on again since");
    assert_eq!(of(&["2025-01-10", ""], vec![year()]), Verdict::Unknown, "an operation without a date");
    assert_eq!(of(&[], vec![year()]), Verdict::Unknown);
    assert_eq!(of(&["2025-01-10"], vec![year(), used("2026-11-10", "2026-11-10")]), Verdict::Unknown, "it runs");
    assert_eq!(of(&["2025-01-10"], vec![year(), used("", "")]), Verdict::Unknown, "a use without a date");
    let beside = |medicine| of(&["2025-01-10"], vec![year(), given(medicine, "2026-11-10", "2026-11-10")]);
    assert_eq!(beside(Medicine::TrastuzumabEmtansine), Verdict::Unknown);
    assert_eq!(beside(Medicine::Neratinib), Verdict::Met, "it is what follows");
    assert_eq!(beside(Medicine::EndocrineTherapy), Verdict::Met);
    assert_eq!(of(&["2025-01-10"], vec![given(Medicine::Pertuzumab, "2025-02-01", "2026-01-20")]), Verdict::Unknown);
    let spread = History { extent: Some(Extent::Metastatic), ..treated(vec![year()]) };
    assert_eq!(verdict(Fact::AdjuvantTrastuzumabEnded, &spread), Verdict::NotMet);
}
