//! Which results open a label, and what becomes of its conditions.

use super::*;
use crate::domain::finding::Basis;
use crate::domain::fixtures::{breast, equivocal, given, low, null, positive};
use crate::domain::flags::Flags;
use crate::domain::history::Ras;
use crate::domain::ihc::Ihc;
use crate::domain::medicine::Medicine;
use crate::domain::over_time::compare;
use crate::domain::specimen::SpecimenKind;
use crate::domain::when::When;

const TODAY: Date = jiff::civil::date(2026, 11, 28);

fn rule(her2: Her2Condition) -> TherapyRule {
    let label = Label { region: Region::Us, date: "2024".into(), accelerated: false, conditions: Vec::new() };
    TherapyRule {
        id: "test".into(),
        agent: "test".into(),
        tumours: vec![Tumour::Breast, Tumour::Lung],
        her2,
        result: ResultChoice::Lead,
        conditions: Vec::new(),
        labels: vec![label],
        monitoring: Vec::new(),
        rule: "considerations/test".into(),
        cite: Vec::new(),
        unconfirmed: true,
    }
}

fn asks(what: &str, fact: Option<Fact>) -> LabelCondition {
    LabelCondition { what: what.into(), fact }
}

fn verdicts(rules: &[TherapyRule], findings: Vec<Finding>, history: &History) -> Vec<Verdict> {
    let record = compare(findings);
    consider(rules, &record, history, TODAY).iter().map(|one| one.verdict).collect()
}

#[test]
fn only_a_positive_or_negative_result_opens_a_label_even_where_a_mutation_is_on_record() {
    let mutated = History { erbb2_mutation: Some(Erbb2Mutation::Activating), ..History::default() };
    let rules = [rule(Her2Condition::Erbb2Mutation)];
    for (category, opens) in [
        (Category::Positive, true),
        (Category::Negative, true),
        (Category::Equivocal, false),
        (Category::Indeterminate, false),
        (Category::Insufficient, false),
    ] {
        let lung = Finding { tumour: Tumour::Lung, category, ..positive("2026-05-02") };
        assert_eq!(verdicts(&rules, vec![lung.clone()], &mutated).len(), usize::from(opens), "{category}");
        let waits = Finding { next_step: NextStep::AwaitFinal, ..lung.clone() };
        assert!(verdicts(&rules, vec![waits], &mutated).is_empty(), "{category}");
        let preliminary = Finding { basis: Basis::Preliminary, ..lung };
        assert!(verdicts(&rules, vec![preliminary], &mutated).is_empty(), "{category}");
    }
    let gastric = Finding { tumour: Tumour::Gastroesophageal, ..positive("2026-05-02") };
    assert!(verdicts(&rules, vec![gastric], &mutated).is_empty(), "the label does not name this tumour");
}

#[test]
fn each_her2_condition_is_met_by_its_own_result_and_by_no_other() {
    use Her2Condition::{Ihc3, Low, LowOrUltralow, Positive};
    let no_score = |category, flags| Finding {
        ihc: Some(Ihc::default()),
        flags,
        ..breast("2026-05-02", IhcScore::ThreePlus, category)
    };
    let word = Flags::from(Flag::StatusWordOnly);
    let ultralow = Finding { expression: Expression::Ultralow, ..null("2026-05-02") };
    let (met, unknown) = (Some(Verdict::Met), Some(Verdict::Unknown));
    for (what, lead, expected) in [
        ("IHC 3+", positive("2026-05-02"), [met, met, None, None]),
        ("IHC 2+ amplified", breast("", IhcScore::TwoPlus, Category::Positive), [met, None, None, None]),
        ("IHC 3+ in few cells", breast("", IhcScore::ThreePlus, Category::Negative), [None; 4]),
        ("the word positive", no_score(Category::Positive, word), [met, unknown, None, None]),
        ("the word negative", no_score(Category::Negative, word), [None; 4]),
        ("ISH alone, amplified", no_score(Category::Positive, Flags::NONE), [met, None, None, None]),
        ("no IHC at all", Finding { ihc: None, ..positive("") }, [met, None, None, None]),
        ("IHC 1+", low("2026-05-02"), [None, None, met, met]),
        ("ultralow", ultralow, [None, None, None, met]),
        ("null", null("2026-05-02"), [None; 4]),
        ("IHC 2+ without ISH", equivocal("2026-05-02"), [None; 4]),
    ] {
        let verdicts = [Positive, Ihc3, Low, LowOrUltralow].map(|one| her2_verdict(one, &lead, &History::default()));
        assert_eq!(verdicts, expected, "{what}");
    }
}

#[test]
fn a_label_for_a_mutation_of_the_kinase_domain_is_not_met_by_one_elsewhere() {
    use Her2Condition::{Erbb2KinaseDomainMutation, Erbb2Mutation as AnyMutation};
    let met = Some(Verdict::Met);
    for (mutation, expected) in [
        (None, [None, None]),
        (Some(Erbb2Mutation::Negative), [None, None]),
        (Some(Erbb2Mutation::Unclassified), [Some(Verdict::Unknown); 2]),
        (Some(Erbb2Mutation::Activating), [met, None]),
        (Some(Erbb2Mutation::KinaseDomainActivating), [met, met]),
    ] {
        let history = History { erbb2_mutation: mutation, ..History::default() };
        let verdicts = [AnyMutation, Erbb2KinaseDomainMutation].map(|one| her2_verdict(one, &null(""), &history));
        assert_eq!(verdicts, expected, "{mutation:?}");
    }
}

/// A core, trastuzumab, and the resection with what was left.
fn after_neoadjuvant(core: Finding, residual: Finding) -> Vec<Finding> {
    let core = Finding { kind: SpecimenKind::Biopsy, ..core };
    vec![core, Finding { kind: SpecimenKind::Resection, ..residual }]
}

#[test]
fn a_label_for_residual_disease_asks_the_core_and_the_residual_tumour_where_the_core_is_open() {
    let history =
        History { treatments: vec![given(Medicine::Trastuzumab, "2026-02-01", "2026-05-01")], ..History::default() };
    let of = |result| [TherapyRule { result, ..rule(Her2Condition::Positive) }];
    let before = of(ResultChoice::BeforeNeoadjuvant);
    let core_positive = || after_neoadjuvant(positive("2026-01-10"), null("2026-06-20"));
    assert_eq!(verdicts(&before, core_positive(), &history), [Verdict::Met]);
    assert!(verdicts(&of(ResultChoice::Lead), core_positive(), &history).is_empty());
    assert!(verdicts(&before, core_positive(), &History::default()).is_empty());
    let core_negative = after_neoadjuvant(null("2026-01-10"), positive("2026-06-20"));
    assert!(verdicts(&before, core_negative, &history).is_empty());
    let core_open = after_neoadjuvant(equivocal("2026-01-10"), positive("2026-06-20"));
    assert_eq!(verdicts(&before, core_open, &history), [Verdict::Met]);
}

#[test]
fn one_condition_that_is_not_met_decides_and_else_one_that_is_not_known() {
    let history = History { ras: Some(Ras::Mutant), metastatic_since: When::parse("2026-01-01"), ..History::default() };
    let (mutant, open) = (asks("RAS wild-type", Some(Fact::RasWildType)), asks("no alternative", None));
    for (of_rule, of_label, verdict) in [
        (vec![], vec![], Verdict::Met),
        (vec![open.clone()], vec![], Verdict::Unknown),
        (vec![], vec![open.clone()], Verdict::Unknown),
        (vec![open.clone()], vec![mutant.clone()], Verdict::NotMet),
        (vec![mutant.clone()], vec![open.clone()], Verdict::NotMet),
    ] {
        let mut rule = TherapyRule { conditions: of_rule, ..rule(Her2Condition::Positive) };
        rule.labels[0].conditions = of_label;
        assert_eq!(verdicts(&[rule.clone()], vec![positive("2026-05-02")], &history), [verdict], "{rule:?}");
    }
}

#[test]
fn a_consideration_names_its_rule_its_label_and_every_condition() {
    let mut with_two = TherapyRule { conditions: vec![asks("first", None)], ..rule(Her2Condition::Positive) };
    with_two.result = ResultChoice::BeforeNeoadjuvant;
    let eu = Label { region: Region::Eu, conditions: vec![asks("second", None)], ..with_two.labels[0].clone() };
    with_two.labels.push(eu);
    let rules = [rule(Her2Condition::Low), with_two];
    let record = compare(vec![positive("2026-05-02")]);
    let found = consider(&rules, &record, &History::default(), TODAY);
    let places: Vec<(u16, u16)> = found.iter().map(|one| one.place).collect();
    assert_eq!(places, [(1, 0), (1, 1)]);
    let named: Vec<&str> = found[1].conditions().map(|(what, _)| what).collect();
    assert_eq!(named, ["HER2-positive before neoadjuvant treatment", "first", "second"]);
    assert_eq!(found[1].label.region, Region::Eu);
}

#[test]
fn a_her2_condition_is_said_as_a_clinician_says_it() {
    let words: Vec<&str> = Her2Condition::ALL.iter().map(|condition| condition.in_words()).collect();
    assert_eq!(
        words,
        [
            "HER2-positive",
            "HER2 IHC 3+",
            "HER2-low",
            "HER2-low or HER2-ultralow",
            "activating ERBB2 mutation",
            "activating ERBB2 mutation in the kinase domain",
        ]
    );
}
