//! One HER2 condition of a label against one result.

use super::*;
use crate::domain::fixtures::{breast, equivocal, ground, low, null, positive};
use crate::domain::flags::Flags;
use crate::domain::history::{Extent, HormoneReceptor, StageGroup};

use Her2Condition::{Erbb2KinaseDomainMutation, Erbb2Mutation as AnyMutation, Ihc3, Low, LowOrUltralow, Positive};
use Verdict::{Met, NotMet, Unknown};

fn rule(accepts: &[Her2Condition]) -> Her2Rule {
    Her2Rule {
        agent: Medicine::TrastuzumabDeruxtecan,
        tumours: Vec::new(),
        accepts: accepts.to_vec(),
        result: ResultChoice::Lead,
        ground: ground(),
    }
}

fn early() -> History {
    History { extent: Some(Extent::Early), stage: Some(StageGroup::Two), ..History::default() }
}

fn ultralow() -> Finding {
    Finding { expression: Expression::Ultralow, ..null("2026-05-02") }
}

fn weighed(accepts: &[Her2Condition], lead: Finding, history: &History) -> Option<(Check, Severity)> {
    weigh(&rule(accepts), &compare(vec![lead]), history)
}

const CRITICAL: Option<(Check, Severity)> = Some((Check::Her2Negative, Severity::Critical));

fn warns(check: Check) -> Option<(Check, Severity)> {
    Some((check, Severity::Warning))
}

#[test]
fn a_low_result_at_an_early_stage_is_not_the_setting_of_the_label_and_not_critical() {
    let not_met = warns(Check::LabelSettingNotMet);
    assert_eq!(weighed(&[Low], low("2026-05-02"), &early()), not_met);
    assert_eq!(weighed(&[LowOrUltralow], low("2026-05-02"), &early()), not_met);
    assert_eq!(weighed(&[LowOrUltralow], ultralow(), &early()), not_met);
    assert_eq!(weighed(&[Low], ultralow(), &early()), CRITICAL);
    assert_eq!(weighed(&[Low], null("2026-05-02"), &early()), CRITICAL);
    assert_eq!(weighed(&[Positive], low("2026-05-02"), &early()), CRITICAL);
    assert_eq!(weighed(&[Low], low("2026-05-02"), &History::default()), None);
}

#[test]
fn ultralow_asks_for_hormone_receptors_and_low_does_not() {
    let of =
        |hormone_receptor, lead| meets(LowOrUltralow, Some(&lead), &History { hormone_receptor, ..History::default() });
    assert_eq!(of(Some(HormoneReceptor::Positive), ultralow()), Met);
    assert_eq!(of(Some(HormoneReceptor::Negative), ultralow()), NotMet);
    assert_eq!(of(None, ultralow()), Unknown);
    assert_eq!(of(Some(HormoneReceptor::Negative), low("2026-05-02")), Met);
}

/// Positive, IHC 3+, low, low or ultralow.
#[test]
fn each_protein_condition_is_met_not_met_or_open_by_what_the_result_says() {
    let with = |category, flags| Finding { ihc: None, flags, ..breast("2026-05-02", IhcScore::TwoPlus, category) };
    let expressed = |expression| Finding { expression, ..null("2026-05-02") };
    let ever_low = Finding { flags: Flags::from(Flag::EverLow), ..null("2026-05-02") };
    for (what, lead, expected) in [
        ("IHC 3+", positive("2026-05-02"), [Met, Met, NotMet, NotMet]),
        ("2+ amplified", breast("", IhcScore::TwoPlus, Category::Positive), [Met, NotMet, NotMet, NotMet]),
        ("no score, positive", with(Category::Positive, Flags::NONE), [Met, Unknown, NotMet, NotMet]),
        ("2+ alone", equivocal("2026-05-02"), [Unknown, NotMet, Unknown, Unknown]),
        ("3+ to be confirmed", breast("", IhcScore::ThreePlus, Category::Equivocal), [Unknown; 4]),
        ("failed", breast("", IhcScore::Indeterminate, Category::Indeterminate), [Unknown; 4]),
        ("1+", low("2026-05-02"), [NotMet, NotMet, Met, Met]),
        ("null", null("2026-05-02"), [NotMet; 4]),
        ("null, low once", ever_low, [NotMet, NotMet, Unknown, Unknown]),
        ("0, not described", expressed(Expression::ZeroUnspecified), [NotMet, NotMet, Unknown, Unknown]),
        ("contradicted", expressed(Expression::Undetermined), [NotMet, NotMet, Unknown, Unknown]),
        ("no IHC", expressed(Expression::UnknownNoIhc), [NotMet, NotMet, Unknown, Unknown]),
        ("outside breast", expressed(Expression::NotApplicable), [NotMet; 4]),
    ] {
        let verdicts = [Positive, Ihc3, Low, LowOrUltralow].map(|one| meets(one, Some(&lead), &History::default()));
        assert_eq!(verdicts, expected, "{what}");
    }
    assert_eq!([Positive, Ihc3, Low, LowOrUltralow].map(|one| meets(one, None, &History::default())), [Unknown; 4]);
}

#[test]
fn a_mutation_outside_the_kinase_domain_leaves_a_label_for_that_domain_open() {
    for (erbb2_mutation, expected) in [
        (None, [Unknown, Unknown]),
        (Some(Erbb2Mutation::Negative), [NotMet, NotMet]),
        (Some(Erbb2Mutation::Activating), [Met, Unknown]),
        (Some(Erbb2Mutation::KinaseDomainActivating), [Met, Met]),
    ] {
        let history = History { erbb2_mutation, ..History::default() };
        let verdicts = [AnyMutation, Erbb2KinaseDomainMutation].map(|one| meets(one, None, &history));
        assert_eq!(verdicts, expected, "{erbb2_mutation:?}");
    }
}

#[test]
fn each_remark_that_doubts_a_negative_result_keeps_it_from_being_critical() {
    for flag in Flag::ALL {
        let lead = Finding { flags: Flags::from(*flag), ..null("2026-05-02") };
        let expected = if DOUBTS.contains(flag) { warns(Check::Her2NegativeDoubted) } else { CRITICAL };
        assert_eq!(weighed(&[Positive], lead, &History::default()), expected, "{flag}");
    }
}

#[test]
fn what_is_not_final_or_not_classified_is_said_as_such() {
    let of = |lead| weighed(&[Positive], lead, &History::default());
    assert_eq!(of(positive("2026-05-02")), None);
    assert_eq!(of(Finding { basis: Basis::Preliminary, ..positive("2026-05-02") }), warns(Check::Her2NotFinal));
    assert_eq!(of(Finding { next_step: NextStep::AwaitFinal, ..positive("2026-05-02") }), warns(Check::Her2NotFinal));
    assert_eq!(of(equivocal("2026-05-02")), warns(Check::Her2Equivocal));
    for category in [Category::Indeterminate, Category::Insufficient] {
        assert_eq!(of(Finding { category, ..equivocal("2026-05-02") }), warns(Check::Her2Unknown));
    }
    assert_eq!(weigh(&rule(&[Positive]), &Record::default(), &History::default()), warns(Check::Her2Unknown));
    let no_score = Finding { ihc: None, ..positive("2026-05-02") };
    assert_eq!(weighed(&[Ihc3], no_score, &History::default()), warns(Check::Her2ConditionOpen));
}

#[test]
fn a_label_of_mutations_alone_is_never_judged_by_the_protein() {
    let of = |erbb2_mutation, lead| {
        weighed(&[Erbb2KinaseDomainMutation], lead, &History { erbb2_mutation, ..History::default() })
    };
    for lead in [positive("2026-05-02"), null("2026-05-02"), equivocal("2026-05-02")] {
        assert_eq!(of(Some(Erbb2Mutation::KinaseDomainActivating), lead.clone()), None);
        assert_eq!(of(Some(Erbb2Mutation::Negative), lead.clone()), warns(Check::Her2ConditionNotMet));
        assert_eq!(of(None, lead), warns(Check::Her2ConditionOpen));
    }
}

#[test]
fn the_tumour_of_an_order_is_that_of_the_record_and_else_that_of_its_only_results() {
    let of = |findings: Vec<Finding>, tumour| {
        let record = compare(findings);
        Subject::of(&record, tumour).tumour(tumour)
    };
    let ovarian = || Finding { tumour: Tumour::Ovarian, ..positive("2026-05-02") };
    assert_eq!(of(vec![low("2026-05-02")], Tumour::Unknown), Tumour::Breast);
    assert_eq!(of(vec![low("2026-05-02")], Tumour::Breast), Tumour::Breast);
    assert_eq!(of(vec![low("2026-05-02")], Tumour::Ovarian), Tumour::Ovarian);
    assert_eq!(of(vec![low("2026-05-02"), ovarian()], Tumour::Breast), Tumour::Breast);
    assert_eq!(of(vec![low("2026-05-02"), ovarian()], Tumour::Ovarian), Tumour::Ovarian);
    assert_eq!(of(vec![low("2026-05-02"), ovarian()], Tumour::Unknown), Tumour::Unknown);
    assert_eq!(of(vec![], Tumour::Lung), Tumour::Lung);
    assert_eq!(of(vec![], Tumour::Unknown), Tumour::Unknown);
}
