//! Which remarks the comparison of two specimens makes, and which it does not make.

use super::*;
use crate::domain::finding::{Basis, IshShown};
use crate::domain::fixtures::{equivocal, low, null, positive};
use crate::domain::ish::Ish;
use crate::domain::over_time::compare;

const OLD: &str = "2024-01-10";
const NEW: &str = "2026-05-02";

/// Flags and step of the lead.
fn said(findings: Vec<Finding>) -> (Vec<&'static str>, NextStep) {
    let record = compare(findings);
    let lead = record.lead_finding().unwrap();
    (lead.flags.iter().map(|flag| flag.as_str()).collect(), lead.next_step)
}

fn expressed(expression: Expression, day: &str) -> Finding {
    Finding { expression, ..null(day) }
}

fn with_ish(finding: Finding) -> Finding {
    let ish = IshShown { ish: Ish::default(), ratio_computed: None, group: None };
    Finding { ish: Some(ish), ..finding }
}

#[test]
fn an_expression_that_is_not_known_differs_from_nothing_and_an_undescribed_zero_only_from_low() {
    use Expression::{Low, NotApplicable, Null, Ultralow, Undetermined, UnknownNoIhc, ZeroUnspecified};
    let differing = [(Low, Ultralow), (Low, Null), (Ultralow, Null), (ZeroUnspecified, Low)];
    for a in [Low, Ultralow, Null, ZeroUnspecified, Undetermined, UnknownNoIhc, NotApplicable] {
        for b in [Low, Ultralow, Null, ZeroUnspecified, Undetermined, UnknownNoIhc, NotApplicable] {
            let expected = differing.contains(&(a, b)) || differing.contains(&(b, a));
            assert_eq!(differs(a, b), expected, "{a} {b}");
        }
    }
}

#[test]
fn an_expression_that_changed_over_time_is_told_and_one_that_did_not_is_not() {
    let of = |old, new| said(vec![expressed(old, OLD), expressed(new, NEW)]).0;
    assert_eq!(of(Expression::Null, Expression::Ultralow), ["expression_changed_over_time"]);
    assert!(of(Expression::Null, Expression::Null).is_empty());
    assert!(of(Expression::ZeroUnspecified, Expression::Null).is_empty());
    assert!(of(Expression::UnknownNoIhc, Expression::Null).is_empty());
    let stomach = |one: Finding| Finding { tumour: Tumour::Gastroesophageal, ..one };
    let outside_breast = vec![stomach(expressed(Expression::Null, OLD)), stomach(expressed(Expression::Ultralow, NEW))];
    assert!(said(outside_breast).0.is_empty());
    assert!(said(vec![expressed(Expression::Null, NEW), expressed(Expression::Ultralow, NEW)]).0.is_empty());
}

#[test]
fn a_sample_that_was_low_is_told_beside_a_negative_lead_that_is_not_low() {
    let (flags, step) = said(vec![low(OLD), null(NEW)]);
    assert_eq!(flags, ["expression_changed_over_time", "ever_low"]);
    assert_eq!(step, NextStep::ClinicianReviewEverLow);
    assert!(said(vec![low(OLD), low(NEW)]).0.is_empty());
    assert!(!said(vec![low(OLD), positive(NEW)]).0.contains(&"ever_low"));
    assert!(said(vec![low(OLD), equivocal(NEW)]).0.is_empty());
}

#[test]
fn an_ish_of_another_specimen_is_told_only_beside_an_equivocal_lead_without_one() {
    let old = || with_ish(low(OLD));
    assert_eq!(said(vec![old(), equivocal(NEW)]).0, ["ish_other_specimen_ignored"]);
    assert!(said(vec![low(OLD), equivocal(NEW)]).0.is_empty());
    assert!(said(vec![old(), with_ish(equivocal(NEW))]).0.is_empty());
    assert!(said(vec![with_ish(positive(OLD)), positive(NEW)]).0.is_empty());
    assert!(said(vec![with_ish(equivocal(NEW))]).0.is_empty());
}

#[test]
fn a_newer_result_that_is_not_final_or_not_classified_is_told_and_an_older_one_is_not() {
    let preliminary = |day| Finding { basis: Basis::Preliminary, ..positive(day) };
    assert_eq!(said(vec![preliminary("2026-06-01"), low(NEW)]), (vec!["not_final"], NextStep::AwaitFinal));
    assert_eq!(said(vec![preliminary(OLD), low(NEW)]), (vec![], NextStep::None));
    assert_eq!(said(vec![preliminary(NEW), low(NEW)]), (vec![], NextStep::None));
    let failed = |day| Finding { category: Category::Indeterminate, ..equivocal(day) };
    assert_eq!(said(vec![failed("2026-06-01"), low(NEW)]).0, ["newer_specimen_not_evaluable"]);
    assert!(said(vec![failed(OLD), low(NEW)]).0.is_empty());
    assert!(said(vec![failed(NEW), low(NEW)]).0.is_empty());
}

#[test]
fn two_kinds_of_tissue_of_one_episode_are_core_and_excision_and_two_of_a_kind_are_foci() {
    use SpecimenKind::{Biopsy, Resection, Unknown};
    for (lead, other, flag) in [
        (Biopsy, Resection, "core_vs_excision_discordant"),
        (Resection, Biopsy, "core_vs_excision_discordant"),
        (Biopsy, Biopsy, "multifocal_discordant"),
        (Resection, Resection, "multifocal_discordant"),
        (Unknown, Resection, "multifocal_discordant"),
    ] {
        let findings = vec![Finding { kind: lead, ..positive(NEW) }, Finding { kind: other, ..low(NEW) }];
        assert_eq!(said(findings), (vec![flag], NextStep::PathologistReview), "{lead} {other}");
    }
    let stomach = |one: Finding| Finding { tumour: Tumour::Gastroesophageal, ..one };
    let both = vec![stomach(positive(NEW)), stomach(null(NEW))];
    assert_eq!(said(both), (vec!["heterogeneous_between_specimens"], NextStep::None));
}

#[test]
fn a_positive_of_another_time_is_never_dropped_and_a_loss_after_trastuzumab_is_told_in_the_stomach_only() {
    let review = NextStep::MultidisciplinaryReview;
    assert_eq!(said(vec![positive(OLD), null(NEW)]), (vec!["discordant_over_time", "prior_positive"], review));
    assert_eq!(said(vec![null(OLD), positive(NEW)]), (vec!["discordant_over_time"], review));
    assert_eq!(said(vec![positive(OLD), equivocal(NEW)]), (vec!["prior_positive"], NextStep::None));
    assert_eq!(said(vec![equivocal(OLD), positive(NEW)]), (vec![], NextStep::None));
    let stomach = |one: Finding| Finding { tumour: Tumour::Gastroesophageal, ..one };
    let lost = ["discordant_over_time", "prior_positive", "post_trastuzumab_loss_possible"];
    assert_eq!(said(vec![stomach(positive(OLD)), stomach(null(NEW))]), (lost.to_vec(), review));
    assert_eq!(said(vec![stomach(null(OLD)), stomach(positive(NEW))]), (vec!["discordant_over_time"], review));
}
