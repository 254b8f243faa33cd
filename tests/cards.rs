//! Cards of every worked example: short, dated, honest about what is missing, and free of promises.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets bad data fails")]

#[path = "clinical/builder.rs"]
mod builder;
#[path = "cards/chart_review.rs"]
mod chart_review;
#[allow(dead_code, reason = "the expectations are for the clinical tests")]
#[path = "clinical/vectors.rs"]
mod vectors;

use builder::{Case, breast, of};
use herald::assessment::{Knowledge, PrintedLists, assess};
use herald::cdshooks::{Action, Card, HookKey, Indicator, SharedPart, Sifted, SpecVersion, TrialLine, cards, reply};
use herald::domain::evidence::{Evidence, Excluded, ExcludedWhy, ResultStatus, SpecimenEvidence, TestKind};
use herald::domain::history::{Erbb2Mutation, Extent, History, HormoneReceptor, Ras};
use herald::domain::specimen::Site;
use herald::domain::tumour::Tumour;
use herald::domain::when::{Collected, DateSource, When};

/// The day of every assessment here.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 26);

fn knowledge() -> Knowledge {
    let files = herald::rules::embedded_files();
    Knowledge {
        rulebook: herald::rules::load(&files).unwrap(),
        therapies: herald::rules::therapies(&files).unwrap(),
        order_rules: herald::rules::order_rules(&files).unwrap(),
        cohorts: herald::store::sample_trials(),
    }
}

fn key() -> HookKey {
    HookKey { tenant: "local".into(), service: "her2-chart-review", instance: "h1".into() }
}

/// Every card of the worked examples, with the id of its example and the body of the reply.
fn all_cards() -> Vec<(String, Vec<Card>, String)> {
    let knowledge = knowledge();
    vectors::all()
        .into_iter()
        .filter_map(|vector| Some((vector.id.clone(), vector.case()?)))
        .map(|(id, case)| {
            let mut specimen = case.specimen;
            specimen.reference = Some("Specimen/s1".into());
            specimen.collected = When::parse("2026-10-12").map(|when| Collected { when, from: DateSource::Collection });
            let evidence = Evidence {
                tumour: specimen.tumour,
                specimens: vec![specimen],
                history: case.history,
                unseen: vec!["lvef".into(), "medRequests".into()],
                ..Evidence::default()
            };
            let assessment = assess(&knowledge, &evidence, TODAY);
            let shown = cards(&assessment, &knowledge, &key(), "p1", TrialLine::Shown);
            let sifted = Sifted { shown, withheld: Vec::new() };
            let lists = PrintedLists::of(&assessment);
            let reply = reply(&sifted, &assessment, &lists, SpecVersion::V2);
            let (part, at) = reply.shared.unwrap();
            assert_eq!(part, SharedPart::UpToTrials, "{id}: nothing is ordered here");
            assert!(reply.bytes[at..].starts_with(lists.in_one_piece().as_bytes()));
            let body = String::from_utf8(reply.bytes).unwrap();
            (id, sifted.shown, body)
        })
        .collect()
}

#[test]
fn two_patients_with_one_key_of_lists_read_the_same_labels_and_trials() {
    let knowledge = knowledge();
    let mut known = std::collections::HashMap::new();
    let situations = vectors::all().into_iter().filter_map(|vector| Some((vector.id.clone(), vector.case()?)));
    for (id, case) in situations {
        let evidence = Evidence {
            tumour: case.specimen.tumour,
            specimens: vec![case.specimen],
            history: case.history,
            ..Evidence::default()
        };
        let assessment = assess(&knowledge, &evidence, TODAY);
        let printed = PrintedLists::of(&assessment).in_one_piece().to_owned();
        let before = known.entry(assessment.lists_key()).or_insert_with(|| printed.clone());
        assert_eq!(*before, printed, "{id}");
    }
    assert!(known.len() > 10, "only {} pairs of lists", known.len());
}

#[test]
fn every_summary_is_one_short_sentence_that_says_unreviewed_first() {
    let mut shown = 0;
    for (id, cards, _) in all_cards() {
        assert!(cards.len() <= 1, "{id}: at most one card on patient-view");
        for card in cards {
            shown += 1;
            let plain = card.summary.strip_prefix("UNREVIEWED: ").unwrap_or_else(|| panic!("{id}: {}", card.summary));
            assert!(plain.chars().count() <= 115, "{id}: {} characters: {plain}", plain.chars().count());
            assert!(plain.ends_with(['.', '?']) && !plain.contains('\n') && !plain.contains('!'), "{id}: {plain}");
        }
    }
    assert!(shown > 80, "only {shown} cards");
}

#[test]
fn every_detail_has_at_most_80_words_in_4_blocks_and_names_the_date() {
    for (id, cards, _) in all_cards() {
        for card in cards {
            let words = card.detail.split_whitespace().count();
            assert!(words <= 80, "{id}: {words} words\n{}", card.detail);
            assert!(card.detail.split("\n\n").count() <= 4, "{id}");
            assert!(card.detail.contains("2026-10-12"), "{id}: {}", card.detail);
        }
    }
}

#[test]
fn no_card_promises_prescribes_or_calls_a_patient_eligible() {
    let forbidden = ["eligible", "treat with", "start ", "give ", "matches", " mg", "please", "Status: HER2-low"];
    for (id, cards, _) in all_cards() {
        for card in cards {
            let text = format!("{} {}", card.summary, card.detail);
            for word in forbidden {
                assert!(!text.contains(word), "{id}: \"{word}\" in {text}");
            }
        }
    }
}

#[test]
fn every_card_can_be_overridden_for_a_wrong_result_and_is_never_critical() {
    for (id, cards, body) in all_cards() {
        for card in cards {
            assert!((3..=5).contains(&card.override_reasons.len()), "{id}");
            assert!(card.override_reasons.iter().any(|reason| reason.code == "result-wrong"), "{id}");
            assert!(matches!(card.indicator, Indicator::Info | Indicator::Warning), "{id}");
            assert_eq!(card.suggestions.is_empty(), card.selection_behavior.is_none(), "{id}");
        }
        assert!(!body.contains("\"critical\""), "{id}");
    }
}

#[test]
fn an_equivocal_result_opens_no_therapy_line() {
    for (id, cards, body) in all_cards() {
        let reply: serde_json::Value = serde_json::from_str(&body).unwrap();
        let assessment = &reply["extension"]["org.herald-cds.assessment"];
        if assessment["specimens"][0]["category"] == "equivocal" {
            assert_eq!(assessment["considerations"], serde_json::json!([]), "{id}");
            for card in cards {
                assert!(!card.summary.contains("therapy") && !card.summary.contains("T-DXd"), "{id}: {}", card.summary);
            }
        }
    }
}

#[test]
fn a_draft_is_a_draft_for_the_patient_of_the_context() {
    let mut drafts = 0;
    for (id, cards, _) in all_cards() {
        for suggestion in cards.iter().flat_map(|card| &card.suggestions) {
            drafts += 1;
            for action in &suggestion.actions {
                let Action::Create { resource, .. } = action else { panic!("{id}: only ordering cards remove") };
                let resource: serde_json::Value = serde_json::from_str(resource.get()).unwrap();
                assert_eq!(resource["status"], "draft", "{id}");
                assert_eq!(resource["subject"]["reference"], "Patient/p1", "{id}");
                assert!(resource["id"].is_string(), "{id}");
            }
        }
    }
    assert!(drafts > 20, "only {drafts} drafts");
}

/// The assessment of several specimens as a card, in the words of a test: summary and detail.
fn card_of(specimens: Vec<SpecimenEvidence>, history: History, excluded: Vec<Excluded>) -> Option<Card> {
    let knowledge = knowledge();
    let tumour = specimens.first().map_or(Tumour::Breast, |specimen| specimen.tumour);
    let evidence = Evidence { tumour, specimens, history, excluded, ..Evidence::default() };
    let assessment = assess(&knowledge, &evidence, TODAY);
    cards(&assessment, &knowledge, &key(), "p1", TrialLine::Shown).into_iter().next()
}

fn on(case: Case, date: &str) -> SpecimenEvidence {
    let mut specimen = case.specimen;
    specimen.collected = When::parse(date).map(|when| Collected { when, from: DateSource::Collection });
    specimen
}

fn single(case: Case) -> Option<Card> {
    let history = case.history.clone();
    card_of(vec![on(case, "2026-10-12")], history, Vec::new())
}

fn metastasis(mut specimen: SpecimenEvidence) -> SpecimenEvidence {
    specimen.site = Site::Metastatic;
    specimen
}

#[test]
fn data_that_did_not_come_are_named_or_counted_and_the_patient_comes_last() {
    let knowledge = knowledge();
    let detail = |unseen: &[&str], partial: &[&str]| {
        let keys = |names: &[&str]| names.iter().map(|&name| name.into()).collect();
        let specimens = vec![on(breast().ihc("2+"), "2026-10-12")];
        let (unseen, partial) = (keys(unseen), keys(partial));
        let evidence = Evidence { tumour: Tumour::Breast, specimens, unseen, partial, ..Evidence::default() };
        let assessment = assess(&knowledge, &evidence, TODAY);
        let card = cards(&assessment, &knowledge, &key(), "p1", TrialLine::Shown).remove(0);
        assert!(card.detail.split_whitespace().count() <= 80, "{}", card.detail);
        card.detail
    };
    let four = detail(&["patient", "conditions", "lvef", "specimens"], &[]);
    assert!(four.contains("not visible here: diagnoses, LVEF, specimens, patient data."), "{four}");
    let six = detail(&["patient", "conditions", "procedures", "lvef", "pregnancy", "specimens"], &["her2"]);
    let told =
        "may be incomplete: HER2 results; not visible here: diagnoses, procedures, LVEF, pregnancy tests and 2 more.";
    assert!(six.contains(told), "{six}");
    let both = detail(&["lvef"], &["patient", "her2", "pathology", "conditions", "medRequests"]);
    let told = "may be incomplete: HER2 results, pathology reports, diagnoses, medication orders and 1 more; not visible here: LVEF.";
    assert!(both.contains(told), "{both}");
}

#[test]
fn a_discordance_names_both_results_with_their_dates() {
    let old = on(breast().ihc("0"), "2023-03-07");
    let new = metastasis(on(breast().ihc("3+"), "2026-10-12"));
    let card = card_of(vec![old, new], History::default(), Vec::new()).unwrap();
    for text in ["metastasis positive (IHC 3+, 2026-10-12)", "negative (IHC 0, 2023-03-07)"] {
        assert!(card.summary.contains(text), "{}", card.summary);
    }
    assert!(card.summary.chars().count() <= 127, "{}", card.summary);
    assert!(card.detail.split_whitespace().count() <= 80, "{}", card.detail);
}

#[test]
fn an_old_positive_stands_beside_a_new_equivocal_result() {
    let old = on(breast().ihc("3+"), "2023-03-07");
    let new = on(breast().ihc("2+"), "2026-10-12");
    let card = card_of(vec![old, new], History::default(), Vec::new()).unwrap();
    assert!(card.detail.contains("positive (IHC 3+, 2023-03-07)"), "{}", card.detail);
}

#[test]
fn the_card_after_a_withdrawal_names_the_withdrawn_result() {
    let gone = Excluded { reference: "Observation/o9".into(), why: ExcludedWhy::EnteredInError };
    let card = card_of(vec![on(breast().ihc("2+"), "2026-10-12")], History::default(), vec![gone]).unwrap();
    assert!(card.detail.contains("Withdrawn, not used: Observation/o9."), "{}", card.detail);
}

#[test]
fn a_card_after_the_only_result_was_withdrawn_speaks_of_no_word_that_nobody_sent() {
    let why = |case: Case, excluded: ExcludedWhy| {
        let mut specimen = on(case, "2026-10-12");
        specimen.excluded = vec![excluded];
        let gone = Excluded { reference: "Observation/o9".into(), why: excluded };
        let card = card_of(vec![specimen], History::default(), vec![gone]).unwrap();
        let why = card.detail.split("\n\n").find_map(|block| block.strip_prefix("**Why it matters:** "));
        why.unwrap_or_else(|| panic!("{}", card.detail)).to_owned()
    };
    let not_used = "A withdrawn or cancelled result is not used, and no other usable one of this specimen was sent.";
    for tumour in [Tumour::Breast, Tumour::Gastroesophageal, Tumour::Ovarian] {
        for excluded in [ExcludedWhy::EnteredInError, ExcludedWhy::Cancelled] {
            assert_eq!(why(of(tumour).kind("biopsy"), excluded), not_used, "{tumour}");
        }
        let unknown = why(of(tumour).kind("biopsy"), ExcludedWhy::UnknownStatus);
        assert!(unknown.starts_with("A result whose status is not known is not used"), "{unknown}");
    }
    let with_score = why(breast().ihc("2+"), ExcludedWhy::EnteredInError);
    assert!(with_score.starts_with("IHC 2+ alone gives no HER2 status"), "{with_score}");
}

#[test]
fn a_final_result_beside_a_preliminary_one_is_never_called_not_final() {
    let old = on(breast().ihc("3+"), "2025-01-01");
    let new = on(breast().ihc("1+").status(ResultStatus::Preliminary), "2026-10-12");
    let card = card_of(vec![old, new], History::default(), Vec::new()).unwrap();
    let told = "(IHC 3+) is final; a newer preliminary result is negative: await the final report.";
    assert!(card.summary.ends_with(told), "{}", card.summary);
    assert!(card.detail.contains("Newer, not final: biopsy negative (IHC 1+, 2026-10-12)."), "{}", card.detail);
    let old = on(breast().ihc("3+"), "2025-01-01");
    let new = on(breast().ihc("3+").status(ResultStatus::Preliminary), "2026-10-12");
    let card = card_of(vec![old, new], History::default(), Vec::new()).unwrap();
    assert!(card.summary.contains("a newer preliminary result says the same"), "{}", card.summary);
}

#[test]
fn no_situation_makes_a_summary_of_more_than_115_characters() {
    let knowledge = knowledge();
    let mut longest = 0;
    for tumour in Tumour::ALL {
        for first in results(*tumour) {
            for beside in [None, Some("0"), Some("3+")] {
                for (status, day) in [(ResultStatus::Final, "2023-03-07"), (ResultStatus::Preliminary, "2026-11-20")] {
                    let mut specimens = vec![on(first.clone(), "2026-10-12")];
                    specimens.extend(beside.map(|score| metastasis(on(of(*tumour).ihc(score).status(status), day))));
                    let history = History { extent: Some(Extent::Metastatic), ..History::default() };
                    let evidence = Evidence { tumour: *tumour, specimens, history, ..Evidence::default() };
                    let assessment = assess(&knowledge, &evidence, TODAY);
                    for card in cards(&assessment, &knowledge, &key(), "p1", TrialLine::Shown) {
                        let plain = card.summary.strip_prefix("UNREVIEWED: ").unwrap();
                        assert!(plain.chars().count() <= 115, "{} characters: {plain}", plain.chars().count());
                        longest = longest.max(plain.chars().count());
                    }
                }
            }
        }
    }
    assert!(longest > 100, "the situations are too short to prove anything: {longest}");
}

/// Every kind of result that a summary names, with the longest words and numbers.
fn results(tumour: Tumour) -> Vec<Case> {
    let mut all = Vec::new();
    for score in ["0", "1+", "2+", "3+", "indeterminate"] {
        let case = || of(tumour).ihc(score).kind("biopsy");
        all.extend([case(), case().dual("1.999999", "5.999999"), case().dual("2.600000", "6.400000")]);
        all.extend([case().single("6.000000"), case().ish_word("positive"), case().ish_word("failed")]);
        all.extend([case().overall("positive"), case().overall("negative"), case().pending(TestKind::Ish)]);
        all.push(case().status(ResultStatus::Preliminary));
    }
    for word in ["positive", "negative", "equivocal", "indeterminate"] {
        all.extend([
            of(tumour).ihc_word(word),
            of(tumour).overall(word),
            of(tumour).ihc_word(word).ish_word("negative"),
        ]);
    }
    all.push(of(tumour).dual("1.999999", "5.999999"));
    all
}

#[test]
fn an_early_cancer_with_ihc_0_has_no_card_about_ultralow() {
    let of_extent = |extent| {
        let history = History { extent, ..History::default() };
        card_of(vec![on(breast().ihc("0"), "2026-10-12")], history, Vec::new()).map(|card| card.source.topic.code)
    };
    assert_eq!(of_extent(Some(Extent::Early)), None);
    assert_eq!(of_extent(Some(Extent::Metastatic)), Some("HER2NEGATIVEOPEN"));
    assert_eq!(of_extent(None), Some("HER2NEGATIVEOPEN"));
}

#[test]
fn no_label_opens_while_another_result_is_not_final() {
    let knowledge = knowledge();
    let labels = |specimens| {
        let evidence = Evidence { tumour: Tumour::Breast, specimens, ..Evidence::default() };
        let assessment = assess(&knowledge, &evidence, TODAY);
        assert!(assessment.record.is_actionable());
        assessment.considerations.len()
    };
    let old = || on(breast().ihc("3+"), "2025-01-01");
    let new = on(breast().ihc("1+").status(ResultStatus::Preliminary), "2026-10-12");
    assert!(labels(vec![old()]) > 0);
    assert_eq!(labels(vec![old(), new]), 0);
}

#[test]
fn which_of_two_counts_of_one_group_is_shown_does_not_depend_on_the_order_of_sending() {
    let knowledge = knowledge();
    let shown = |case: Case| {
        let evidence = Evidence { tumour: Tumour::Breast, specimens: vec![case.specimen], ..Evidence::default() };
        assess(&knowledge, &evidence, TODAY).record.findings[0].ish.clone().unwrap()
    };
    let case = || breast().ihc("2+");
    assert_eq!(
        shown(case().dual("2.4", "6.1").dual("2.6", "5.4")),
        shown(case().dual("2.6", "5.4").dual("2.4", "6.1"))
    );
}

#[test]
fn a_lung_cancer_without_her2_protein_is_told_of_the_label_for_its_mutation() {
    let mutated = |score| {
        let mut case = of(Tumour::Lung).ihc(score);
        case.history.erbb2_mutation = Some(Erbb2Mutation::Activating);
        case
    };
    let card = single(mutated("0")).unwrap();
    assert!(card.summary.contains("an option labelled for ERBB2 mutation can be considered"), "{}", card.summary);
    assert!(card.detail.contains("An activating ERBB2 mutation is on record."), "{}", card.detail);
    assert!(card.detail.contains("systemic therapy before"), "{}", card.detail);
    let mut unclassified = mutated("0");
    unclassified.history.erbb2_mutation = Some(Erbb2Mutation::Unclassified);
    let card = single(unclassified).unwrap();
    assert!(card.summary.contains("ask if the ERBB2 variant on record is activating"), "{}", card.summary);
    assert!(
        card.detail.contains("An ERBB2 variant is on record, and not whether it is activating."),
        "{}",
        card.detail
    );
    let card = single(mutated("2+").dual("2.60", "6.4")).unwrap();
    assert!(!card.summary.contains("asks for IHC 3+"), "{}", card.summary);
    let mut early = mutated("0");
    early.history.extent = Some(Extent::Early);
    assert!(single(early).is_none_or(|card| !card.summary.contains("labelled for ERBB2 mutation")));
}

#[test]
fn the_card_of_a_contradiction_shows_what_contradicts() {
    let card = single(breast().ihc("3+").pattern("incomplete")).unwrap();
    assert!(card.detail.contains("IHC 3+, pattern incomplete"), "{}", card.detail);
    let card = single(of(Tumour::Gastroesophageal).kind("biopsy").ihc("3+").cluster(4)).unwrap();
    assert!(card.detail.contains("cluster of 4 cells"), "{}", card.detail);
}

#[test]
fn a_second_count_stands_on_the_card_beside_the_first() {
    let card = single(breast().ihc("2+").dual("1.80", "6.4").recount("1.75", "6.2")).unwrap();
    assert!(card.summary.contains("HER2-positive"), "{}", card.summary);
    assert!(card.detail.contains("Second count: ratio 1.75, 6.2 HER2 copies per cell"), "{}", card.detail);
}

#[test]
fn six_copies_by_single_probe_against_a_negative_ihc_suggest_a_dual_probe() {
    let suggests =
        |case| single(case).unwrap().detail.contains("A dual-probe ISH could show group 3, which is negative");
    assert!(suggests(breast().ihc("1+").single("6.5")));
    assert!(!suggests(breast().ihc("2+").single("6.5")));
    assert!(!suggests(breast().ihc("3+").single("3.5")), "positive by IHC: a dual probe would not settle it");
}

#[test]
fn a_question_ends_with_its_question_mark_alone() {
    let card = single(of(Tumour::Gastroesophageal).kind("unknown").ihc("3+").percent("5")).unwrap();
    assert!(card.summary.ends_with("was it a biopsy or a resection?"), "{}", card.summary);
}

#[test]
fn an_amplified_2_plus_outside_breast_and_stomach_is_told_that_the_label_asks_for_3_plus() {
    let card = single(of(Tumour::Ovarian).ihc("2+").dual("2.60", "6.4")).unwrap();
    assert!(card.summary.contains("label asks for IHC 3+"), "{}", card.summary);
    assert!(!card.summary.contains("can be considered"), "{}", card.summary);
}

#[test]
fn a_pancreatic_3_plus_is_told_how_few_responded() {
    let card = single(of(Tumour::Pancreatic).ihc("3+")).unwrap();
    assert!(card.detail.contains("about 4 %"), "{}", card.detail);
    assert!(card.detail.split_whitespace().count() <= 80, "{}", card.detail);
}

#[test]
fn a_ras_mutant_colorectal_cancer_is_not_told_of_tucatinib() {
    let mut case = of(Tumour::Colorectal).scoring("heracles").ihc("3+").percent("80");
    case.history.ras = Some(Ras::Mutant);
    let card = single(case).unwrap();
    assert!(!card.detail.contains("tucatinib"), "{}", card.detail);
}

#[test]
fn ultralow_without_hormone_receptors_has_no_card() {
    let mut case = breast().ihc("0").percent("5");
    case.history.hormone_receptor = Some(HormoneReceptor::Negative);
    assert!(single(case).is_none());
}

#[test]
fn a_low_result_with_an_open_count_leads_with_the_gap() {
    let card = single(breast().overall("low")).unwrap();
    assert!(card.summary.contains("needed") && !card.summary.contains("T-DXd"), "{}", card.summary);
}

#[test]
fn an_equivocal_breast_result_says_that_no_ish_was_found() {
    let card = single(breast().ihc("2+")).unwrap();
    assert!(card.detail.contains("No ISH result found in what was sent"), "{}", card.detail);
}

/// Situations of the patient-view, each with the whole card as a clinician reads it. A change of wording shows in the snapshot.
#[test]
fn an_equivocal_result_beside_one_that_was_not_read_never_says_that_no_ish_was_found() {
    let set_aside = |why| Excluded { reference: "Observation/ish".into(), why };
    let detail = |excluded| {
        let two_plus = on(breast().ihc("2+"), "2026-10-12");
        card_of(vec![two_plus], History::default(), excluded).unwrap().detail
    };
    let one = detail(vec![set_aside(ExcludedWhy::Unreadable)]);
    assert!(
        one.contains("No ISH result could be read: one HER2 entry could not be used, see the report first."),
        "{one}"
    );
    let two = detail(vec![set_aside(ExcludedWhy::Unreadable), set_aside(ExcludedWhy::Contradictory)]);
    assert!(two.contains("2 HER2 entries could not be used"), "{two}");
    let serum = detail(vec![set_aside(ExcludedWhy::NotTissue)]);
    assert!(serum.contains("No ISH result found in what was sent."), "{serum}");
}

#[test]
fn the_cards_of_the_sample_situations_read_as_reviewed() {
    let one = |case: Case| vec![on(case, "2026-10-12")];
    let situations: [(&str, Vec<SpecimenEvidence>); 12] = [
        ("breast IHC 2+, no ISH", one(breast().ihc("2+"))),
        ("breast IHC 3+", one(breast().ihc("3+"))),
        ("breast IHC 1+", one(breast().ihc("1+"))),
        ("breast IHC 0, faint staining in 5 %", one(breast().ihc("0").percent("5"))),
        ("breast ISH group 4, IHC 2+", one(breast().ihc("2+").dual("1.60", "5.1"))),
        ("ovarian IHC 3+", one(of(Tumour::Ovarian).ihc("3+"))),
        ("ovarian IHC 1+", one(of(Tumour::Ovarian).ihc("1+"))),
        ("gastric IHC 2+, no ISH", one(of(Tumour::Gastroesophageal).ihc("2+"))),
        (
            "primary negative, metastasis positive",
            vec![on(breast().ihc("0"), "2023-03-07"), metastasis(on(breast().ihc("3+"), "2026-10-12"))],
        ),
        ("breast positive by word only", one(breast().ihc_word("positive"))),
        ("breast preliminary IHC 3+", one(breast().ihc("3+").status(ResultStatus::Preliminary))),
        ("pancreatic IHC 3+", one(of(Tumour::Pancreatic).ihc("3+"))),
    ];
    let mut text = String::new();
    for (name, specimens) in situations {
        let card = card_of(specimens, History::default(), Vec::new());
        let card = card.map_or_else(|| "null".to_owned(), |card| serde_json::to_string_pretty(&card).unwrap());
        text.push_str(&format!("# {name}\n{card}\n\n"));
    }
    insta::assert_snapshot!("sample_situations", text);
}
