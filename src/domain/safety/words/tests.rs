//! Each kind of rule as the person reads it who signs it.

use super::*;
use crate::domain::consideration::{Her2Condition, ResultChoice};
use crate::domain::decimal::Decimal;
use crate::domain::range::Range;
use crate::domain::safety::rules::{LimitSays, LungRule, PregnancyRule, ProductRule, RasRule, Window};

fn ground(label: Option<&str>, cite: &[&str]) -> Ground {
    Ground {
        rule: "order-safety/test".into(),
        because: "a reason".into(),
        where_found: None,
        label: label.map(Into::into),
        cite: cite.iter().map(|one| (*one).into()).collect(),
        unconfirmed: true,
        policy: false,
    }
}

fn window(text: &str) -> Window {
    Window::parse(text).unwrap()
}

fn below(text: &str) -> Option<Range> {
    Some(Range { below: Decimal::parse(text).ok(), ..Range::default() })
}

fn at_least(text: &str) -> Option<Range> {
    Some(Range { at_least: Decimal::parse(text).ok(), ..Range::default() })
}

/// Medicine and lines of each rule under `title`.
fn said(rules: &OrderRules, title: &str) -> Vec<(String, Vec<String>)> {
    let kind = rules.in_words().into_iter().find(|kind| kind.title == title).unwrap();
    assert!(kind.said.starts_with("Said "), "{title}");
    kind.rules.into_iter().map(|rule| (rule.medicine, rule.asks)).collect()
}

fn line(medicine: &str, asks: &[&str]) -> (String, Vec<String>) {
    (medicine.to_owned(), asks.iter().map(|ask| (*ask).to_owned()).collect())
}

#[test]
fn a_source_is_the_label_with_its_date_and_then_trial_and_publication() {
    assert_eq!(ground(Some("2023-02-08"), &["NCT1", "PMID 2"]).sources(), "US label of 2023-02-08; NCT1; PMID 2");
    assert_eq!(ground(None, &["NCT1"]).sources(), "NCT1");
    assert_eq!(ground(None, &[]).sources(), "");
}

#[test]
fn a_her2_rule_names_its_tumours_or_every_tumour_or_every_other_one() {
    let her2 = |agent, tumours: &[Tumour], accepts: &[Her2Condition]| Her2Rule {
        agent,
        tumours: tumours.to_vec(),
        accepts: accepts.to_vec(),
        result: ResultChoice::Lead,
        ground: ground(None, &[]),
    };
    let positive = [Her2Condition::Positive];
    let rules = OrderRules {
        her2: vec![
            her2(Medicine::Trastuzumab, &[Tumour::Breast], &positive),
            her2(Medicine::Trastuzumab, &[], &positive),
            her2(Medicine::Pertuzumab, &[], &positive),
            her2(
                Medicine::Zanidatamab,
                &[Tumour::Biliary, Tumour::OtherSolid],
                &[Her2Condition::Ihc3, Her2Condition::Low],
            ),
        ],
        ..OrderRules::default()
    };
    assert_eq!(
        said(&rules, "HER2"),
        [
            line("trastuzumab", &["breast: HER2-positive"]),
            line("trastuzumab", &["every other tumour: HER2-positive"]),
            line("pertuzumab", &["every tumour: HER2-positive"]),
            line("zanidatamab", &["biliary, other solid: HER2 IHC 3+, or HER2-low"]),
        ]
    );
}

#[test]
fn a_heart_rule_names_its_times_and_each_of_its_limits() {
    let limit = |phase, extent, after_anthracycline, lvef, fall| HeartLimit {
        phase,
        extent,
        after_anthracycline,
        lvef,
        fall,
        institution: false,
        says: LimitSays::Interrupt,
        within: None,
    };
    let rule = |during: Option<&str>, limits| HeartRule {
        agent: Medicine::Pertuzumab,
        before_start: window("3 months"),
        during: during.map(window),
        low_holds: window("12 months"),
        limits,
        ground: ground(None, &[]),
    };
    let rules = OrderRules {
        heart: vec![
            rule(
                Some("12 weeks"),
                vec![
                    limit(Phase::Start, Some(Extent::Metastatic), None, below("50"), None),
                    limit(Phase::Start, Some(Extent::Early), Some(true), below("50"), None),
                    limit(Phase::Any, Some(Extent::Early), Some(false), below("55"), at_least("10")),
                    limit(Phase::Any, None, None, None, at_least("16")),
                ],
            ),
            rule(None, Vec::new()),
        ],
        ..OrderRules::default()
    };
    assert_eq!(
        said(&rules, "Heart"),
        [
            line(
                "pertuzumab",
                &[
                    "before the first dose: LVEF of the last 3 months",
                    "under treatment: LVEF of the last 12 weeks",
                    "limit before the first dose, metastatic disease: LVEF (%) below 50: interrupt",
                    "limit before the first dose, early disease, after an anthracycline: LVEF (%) below 50: interrupt",
                    "limit at any time, early disease, without an anthracycline before: LVEF (%) below 55, with fall (points) 10 or more: interrupt",
                    "limit at any time: fall (points) 16 or more: interrupt",
                    "a low value counts for 12 months",
                ],
            ),
            line(
                "pertuzumab",
                &[
                    "before the first dose: LVEF of the last 3 months",
                    "under treatment: the label names no time",
                    "no limit is checked",
                    "a low value counts for 12 months",
                ],
            ),
        ]
    );
}

#[test]
fn the_rules_of_pregnancy_lungs_products_and_markers_say_what_they_ask_for() {
    let agent = Medicine::TrastuzumabDeruxtecan;
    let rules = OrderRules {
        pregnancy: vec![PregnancyRule { agent, recent: window("42 weeks"), ground: ground(None, &[]) }],
        lung: vec![LungRule { agent, under_treatment: false, ground: ground(None, &[]) }],
        products: vec![ProductRule {
            agents: vec![Medicine::Trastuzumab, agent],
            under_way: window("6 weeks"),
            ground: ground(None, &[]),
        }],
        ras: vec![RasRule { agent: Medicine::Tucatinib, tumours: vec![Tumour::Colorectal], ground: ground(None, &[]) }],
        cps: vec![CpsRule {
            agent: Medicine::Pembrolizumab,
            partner: Medicine::Trastuzumab,
            tumours: vec![Tumour::Gastroesophageal],
            cps: at_least("1").unwrap(),
            under_way: window("6 weeks"),
            ground: ground(None, &[]),
        }],
        ..OrderRules::default()
    };
    let conjugate = "trastuzumab deruxtecan";
    assert_eq!(
        said(&rules, "Pregnancy"),
        [line(conjugate, &["a test before the first dose, and no positive one of the last 42 weeks"])]
    );
    assert_eq!(said(&rules, "Lungs"), [line(conjugate, &["no interstitial lung disease or pneumonitis on record"])]);
    assert_eq!(
        said(&rules, "Products that are mistaken for each other"),
        [line(
            "trastuzumab, trastuzumab deruxtecan",
            &["no other of them in the draft orders", "no other of them as the last one used within 6 weeks"]
        )]
    );
    assert_eq!(said(&rules, "RAS"), [line("tucatinib", &["colorectal: RAS wild-type"])]);
    assert_eq!(
        said(&rules, "PD-L1"),
        [line(
            "pembrolizumab with trastuzumab",
            &["gastroesophageal: CPS 1 or more", "a partner that was used within 6 weeks counts as given with it"]
        )]
    );
}

#[test]
fn a_label_for_every_tumour_is_said_as_every_solid_tumour_and_any_other_by_name() {
    let of = |labelled: Vec<Tumour>| {
        let rule = TumourRule { agent: Medicine::Trastuzumab, labelled, ground: ground(None, &[]) };
        said(&OrderRules { tumours: vec![rule], ..OrderRules::default() }, "Tumour of the label")
    };
    let known = || Tumour::ALL.iter().copied().filter(|tumour| *tumour != Tumour::Unknown);
    assert_eq!(of(known().collect()), [line("trastuzumab", &["label for: every solid tumour"])]);
    let all_but_lung = of(known().filter(|tumour| *tumour != Tumour::Lung).collect());
    assert!(all_but_lung[0].1[0].starts_with("label for: breast, gastroesophageal, ovarian"), "{all_but_lung:?}");
    assert_eq!(
        of(vec![Tumour::Breast, Tumour::OtherSolid]),
        [line("trastuzumab", &["label for: breast, other solid"])]
    );
}
