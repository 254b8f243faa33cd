//! What a clinical reviewer of chart-review cards missed: each test is named as a sentence of that review.

use herald::domain::history::{Treatment, TreatmentSource};
use herald::domain::medicine::Medicine;
use herald::domain::specimen::SpecimenKind;
use herald::domain::tumour::TumourClass;

use super::*;

/// Metastatic, with the metastasis found on that day.
fn metastatic_since(day: &str) -> History {
    let since = When::parse(day);
    History { extent: Some(Extent::Metastatic), metastatic_since: since, ..History::default() }
}

#[track_caller]
fn assert_says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "\"{word}\" is missing from: {text}");
    }
}

/// The only card of this specimen, with its lengths checked.
#[track_caller]
fn reviewed(case: Case, day: &str, history: History) -> Card {
    let card = card_of(vec![on(case, day)], history, Vec::new()).unwrap();
    checked(card)
}

#[track_caller]
fn checked(card: Card) -> Card {
    let plain = card.summary.strip_prefix("UNREVIEWED: ").unwrap();
    assert!(plain.chars().count() <= 115, "{} characters: {plain}", plain.chars().count());
    let words = card.detail.split_whitespace().count();
    assert!(words <= 80 && card.detail.split("\n\n").count() <= 4, "{words} words: {}", card.detail);
    card
}

#[track_caller]
fn draft(card: &Card) -> String {
    let Some(Action::Create { resource, .. }) = card.suggestions.first().map(|one| &one.actions[0]) else {
        panic!("no draft: {}\n{}", card.summary, card.detail)
    };
    resource.get().to_owned()
}

#[test]
fn a_new_metastasis_without_a_her2_test_is_not_hidden_by_a_question_about_the_old_core() {
    let old = [
        (breast().ihc("0"), "ask if any membrane staining was seen"),
        (breast().dual("1.20", "2.4"), "an IHC score would show low or ultralow"),
        (breast().ihc("2+"), "consider reflex ISH or a new specimen"),
        (breast().ihc("0").dual("2.50", "6.0"), "consider review by the pathologist"),
        (breast().ihc("2+").dual("1.60", "5.1"), "consider a blinded second count"),
        (breast().ihc("3+").pattern("incomplete"), "consider asking the laboratory to clarify"),
        (breast().single("6.0"), "consider IHC on the same block"),
    ];
    for (case, open) in old {
        let card = reviewed(case, "2023-01-10", metastatic_since("2026-11-02"));
        assert_says(&card.summary, &["46 months old", "a metastasis was recorded 2026-11-02", "testing new tissue"]);
        assert_says(&card.detail, &["2023-01-10", "No HER2 result found since", "Open for that specimen", open]);
        assert_says(&draft(&card), &["HER2 IHC on the next biopsy"]);
    }
}

#[test]
fn an_open_status_stays_a_warning_where_new_tissue_leads() {
    let indicator = |case| reviewed(case, "2023-01-10", metastatic_since("2026-11-02")).indicator.as_str();
    assert_eq!(indicator(breast().ihc("2+")), "warning");
    assert_eq!(indicator(breast().ihc("1+")), "info");
}

#[test]
fn a_metastasis_that_is_newer_than_a_test_of_this_year_is_named_with_a_draft() {
    let at = |case: Case| reviewed(case, "2026-02-10", metastatic_since("2026-11-02"));
    for case in [breast().ihc("0"), breast().ihc("2+"), breast().ihc("0").percent("0")] {
        let card = at(case);
        assert_says(&card.summary, &["last HER2 test (2026-02-10) is older than a metastasis recorded 2026-11-02"]);
        assert_says(&card.summary, &["consider testing new tissue"]);
    }
    for case in [breast().ihc("3+"), breast().ihc("1+"), of(Tumour::Ovarian).ihc("3+")] {
        let card = at(case);
        assert_ne!(card.source.topic.code, "HER2RETEST");
        assert_says(&card.detail, &["a metastasis was recorded (2026-11-02)", "Consider testing new tissue."]);
        assert_says(&draft(&card), &["HER2 IHC on the next biopsy"]);
    }
}

#[test]
fn a_metastasis_of_the_same_episode_as_the_test_is_not_called_new() {
    let card = reviewed(breast().ihc("0"), "2026-09-20", metastatic_since("2026-11-02"));
    assert_says(&card.summary, &["ask if any membrane staining was seen"]);
    assert!(!card.detail.contains("new tissue"), "{}", card.detail);
}

#[test]
fn a_metastasis_at_another_site_is_new_although_an_older_one_is_on_record() {
    let history = History { newest_metastasis: When::parse("2026-11-02"), ..metastatic_since("2022-03-01") };
    let card = reviewed(breast().ihc("2+"), "2023-01-10", history);
    assert_says(&card.summary, &["a metastasis was recorded 2026-11-02"]);
}

#[test]
fn a_discordance_keeps_the_summary_and_names_the_newer_metastasis_with_a_draft() {
    let specimens = vec![on(breast().ihc("3+"), "2020-01-10"), on(breast().ihc("1+"), "2023-01-10")];
    let card = checked(card_of(specimens, metastatic_since("2026-11-02"), Vec::new()).unwrap());
    assert_says(&card.summary, &["HER2 differs"]);
    assert_says(&card.detail, &["a metastasis was recorded (2026-11-02)", "Consider testing new tissue."]);
    assert_says(&draft(&card), &["HER2 IHC on the next biopsy"]);
}

/// A lung cancer of which only sequencing is on record.
fn sequenced(found: Erbb2Mutation, class: TumourClass, extent: Option<Extent>) -> (Vec<String>, Option<Card>) {
    let history = History { erbb2_mutation: Some(found), extent, ..History::default() };
    let evidence = Evidence { tumour: Tumour::Lung, class, history, ..Evidence::default() };
    let knowledge = knowledge();
    let assessment = assess(&knowledge, &evidence, TODAY);
    let ids = assessment.considerations.iter().map(|one| one.rule.id.to_string()).collect();
    (ids, cards(&assessment, &knowledge, &key(), "p1", TrialLine::Shown).into_iter().next().map(checked))
}

#[test]
fn sequencing_without_ihc_opens_the_labels_for_an_erbb2_mutation_in_lung_cancer() {
    let metastatic = Some(Extent::Metastatic);
    let (ids, card) = sequenced(Erbb2Mutation::KinaseDomainActivating, TumourClass::Applicable, metastatic);
    for id in ["tdxd_lung_mutation", "zongertinib", "sevabertinib"] {
        assert!(ids.iter().any(|found| found == id), "{id} is missing from {ids:?}");
    }
    let card = card.unwrap();
    assert_eq!((card.source.topic.code, card.indicator.as_str()), ("HER2MUTATION", "info"));
    assert_says(
        &card.summary,
        &["Activating ERBB2 mutation on record", "no usable HER2 IHC found", "a labelled option can be considered"],
    );
    assert_says(&card.detail, &["Protein and mutation are two biomarkers", "US label of"]);
    assert_eq!(card.extension.basis.evidence, ["record=ERBB2 tkd_activating"]);
    let (_, unclassified) = sequenced(Erbb2Mutation::Unclassified, TumourClass::Applicable, metastatic);
    assert_says(&unclassified.unwrap().summary, &["ERBB2 variant on record", "ask if the variant is activating"]);
}

#[test]
fn no_label_opens_for_a_mutation_that_was_not_found_or_in_a_small_cell_carcinoma() {
    let none = Vec::<String>::new();
    let (ids, card) = sequenced(Erbb2Mutation::Negative, TumourClass::Applicable, Some(Extent::Metastatic));
    assert_eq!((ids, card.is_none()), (none.clone(), true));
    let (ids, card) = sequenced(Erbb2Mutation::KinaseDomainActivating, TumourClass::NotCovered, None);
    assert_eq!((ids, card.is_none()), (none.clone(), true));
    let (ids, card) = sequenced(Erbb2Mutation::KinaseDomainActivating, TumourClass::NeedsHistology, None);
    assert_eq!(ids, none);
    assert_says(&card.unwrap().summary, &["the histology is needed (non-small cell or small cell)"]);
    let (_, early) = sequenced(Erbb2Mutation::KinaseDomainActivating, TumourClass::Applicable, Some(Extent::Early));
    assert!(early.is_none(), "an early cancer has no card for it");
}

#[test]
fn a_lung_cancer_without_histology_is_asked_for_it_and_small_cell_carcinoma_has_no_rule() {
    let of_class = |class| {
        let mut case = of(Tumour::Lung).ihc("3+");
        case.specimen.class = class;
        reviewed(case, "2026-10-12", History::default())
    };
    let open = of_class(TumourClass::NeedsHistology);
    assert_says(&open.summary, &["the histology is needed (non-small cell or small cell)"]);
    let small_cell = of_class(TumourClass::NotCovered);
    assert_says(&small_cell.summary, &["there is no HER2 rule for this kind, such as small cell carcinoma"]);
    for word in ["status open", "no step is open"] {
        assert!(!small_cell.summary.contains(word), "{}", small_cell.summary);
    }
}

#[test]
fn a_positive_by_single_probe_alone_says_so_and_asks_for_ihc_on_the_same_block() {
    let card = reviewed(breast().single("6.0"), "2026-10-12", History::default());
    assert_says(&card.summary, &["HER2-positive", "6.0 by single probe", "consider IHC on the same block"]);
    assert_says(&card.detail, &["by single probe", "IHC beside every single-probe result"]);
    assert_says(&draft(&card), &["HER2 IHC on the block of the ISH"]);
}

#[test]
fn a_negative_of_groups_2_to_4_says_in_words_why_it_is_called_negative() {
    let metastatic = || History { extent: Some(Extent::Metastatic), ..History::default() };
    let groups = [
        (breast().ihc("1+").dual("2.50", "3.5"), "Too few such patients were in the trials to show a benefit"),
        (breast().ihc("1+").dual("1.50", "6.5"), "Such patients without overexpression were not in the first trials"),
        (breast().ihc("1+").dual("1.60", "5.1"), "Benefit is uncertain"),
    ];
    for (case, words) in groups {
        let mut history = metastatic();
        history.hormone_receptor = Some(HormoneReceptor::Positive);
        let card = reviewed(case, "2026-10-12", history);
        assert_says(&card.detail, &[words]);
        // the label that the summary names is worth more room
        let named = card.detail.contains("US label of 2022-08-05");
        assert!(named || card.detail.contains("HER2-low in groups 2 to 4 is unconfirmed."), "{}", card.detail);
    }
    // beside two counts there is no room for more than the comment
    let twice = reviewed(breast().ihc("2+").dual("2.50", "3.5").recount("2.40", "3.4"), "2026-10-12", metastatic());
    assert_says(&twice.detail, &["Second count", "without IHC 3+ it is called negative"]);
    // where all of it has no room the label that the summary names stays, and a condition of it
    for case in [
        breast().ihc("1+").dual("2.50", "3.5"),
        breast().ihc("1+").dual("1.50", "6.5"),
        breast().ihc("1+").dual("1.60", "5.1"),
    ] {
        let card = reviewed(case, "2026-10-12", History::default());
        assert_says(&card.detail, &["called negative", "US label of 2022-08-05", "Not assessed"]);
    }
    let zero = reviewed(breast().ihc("0").dual("2.50", "3.5"), "2026-10-12", metastatic());
    assert_says(&zero.detail, &["Too few such patients"]);
    assert!(!zero.detail.contains("HER2-low in groups"), "{}", zero.detail);
}

fn used(medicine: Medicine, from: &str, until: &str) -> Treatment {
    let (from, until) = (When::parse(from), When::parse(until));
    let ended = until.is_some();
    let reference = "MedicationStatement/m1".into();
    Treatment { medicine, source: TreatmentSource::Stated, from, until, ended, reference }
}

#[test]
fn a_stomach_cancer_with_a_new_metastasis_after_trastuzumab_is_asked_for_a_new_biopsy_in_the_summary() {
    let history = History {
        treatments: vec![used(Medicine::Trastuzumab, "2025-04-01", "2026-09-01")],
        newest_metastasis: When::parse("2026-10-20"),
        ..metastatic_since("2025-03-01")
    };
    let card = reviewed(of(Tumour::Gastroesophageal).ihc("3+"), "2025-03-10", history);
    assert_says(&card.summary, &["tested before trastuzumab: consider a new biopsy before second line"]);
    assert_says(&card.detail, &["2026-10-20", "Second-line trials of T-DXd asked for one"]);
    assert_says(&draft(&card), &["HER2 IHC on the next biopsy"]);
}

#[test]
fn low_is_a_word_for_breast_cancer_alone() {
    for tumour in Tumour::ALL.iter().filter(|tumour| !matches!(tumour, Tumour::Breast | Tumour::Unknown)) {
        let card = card_of(vec![on(of(*tumour).ihc("3+"), "2023-01-10")], metastatic_since("2026-11-02"), Vec::new());
        let card = checked(card.unwrap());
        assert!(!card.detail.contains("low expression"), "{tumour}: {}", card.detail);
    }
}

#[test]
fn many_copies_with_a_low_ratio_in_endometrial_cancer_have_no_rule() {
    let case = of(Tumour::Endometrial).scoring("endometrial_trial").ihc("2+").dual("1.5", "6.5");
    let card = reviewed(case, "2026-10-12", History::default());
    assert_says(&card.summary, &["no rule for many copies with a low ratio"]);
    assert_says(&card.detail, &["Six copies or more with a ratio below 2.0 have no agreed rule"]);
    assert!(!card.detail.contains("opposite directions"), "{}", card.detail);
    assert_says(&draft(&card), &["many copies with a low ratio"]);
    assert!(!card.source.topic.display.contains("differ"), "{}", card.source.topic.display);
}

#[test]
fn a_second_count_that_is_not_stated_to_be_blinded_is_said_to_be_so() {
    let counted = |blinded| {
        let mut case = breast().ihc("2+").dual("1.60", "5.1").recount("1.50", "5.0");
        for result in &mut case.specimen.results {
            if let herald::domain::evidence::TestValue::Ish(ish) = &mut result.value {
                ish.recount.as_mut().unwrap().blinded = blinded;
            }
        }
        reviewed(case, "2026-10-12", History::default())
    };
    let open = counted(None);
    assert_says(&open.summary, &["ask if the second count on record was blinded"]);
    assert_says(&open.detail, &["not stated to be blinded, so not counted", "including the area with IHC 2+"]);
    let not_blinded = counted(Some(false));
    assert_says(&not_blinded.summary, &["consider a blinded second count"]);
    assert_says(&not_blinded.detail, &["not blinded, so not counted"]);
}

#[test]
fn nobody_is_asked_for_staining_where_the_receptors_leave_nothing_for_ultralow() {
    let of_receptor = |hormone_receptor| {
        let history = History { hormone_receptor, extent: Some(Extent::Metastatic), ..History::default() };
        card_of(vec![on(breast().ihc("0"), "2026-10-12")], history, Vec::new())
    };
    assert!(of_receptor(Some(HormoneReceptor::Negative)).is_none());
    for receptor in [None, Some(HormoneReceptor::Positive)] {
        assert_says(&of_receptor(receptor).unwrap().detail, &["so ultralow stays open"]);
    }
}

#[test]
fn it_is_our_reading_that_is_unconfirmed_and_not_the_label() {
    let card = reviewed(breast().ihc("1+"), "2026-10-12", History::default());
    assert_says(&card.detail, &["US label of 2022-08-05 (", "Our reading is unconfirmed."]);
    assert!(!card.detail.contains("2022-08-05, unconfirmed"), "{}", card.detail);
}

#[test]
fn ultralow_is_no_longer_an_if_where_every_condition_is_met() {
    let history = |treatments| History {
        hormone_receptor: Some(HormoneReceptor::Positive),
        treatments,
        ..metastatic_since("2025-01-01")
    };
    let ultralow = || breast().ihc("0").percent("5");
    let met = vec![used(Medicine::EndocrineTherapy, "2025-02-01", "2026-02-01")];
    let card = reviewed(ultralow(), "2025-01-05", history(met));
    assert_says(&card.summary, &["T-DXd is a labelled option that can be considered"]);
    let card = reviewed(ultralow(), "2025-01-05", history(Vec::new()));
    assert_says(&card.summary, &["a label term if HR-positive and metastatic"]);
}

#[test]
fn a_medicine_that_is_on_record_as_given_is_not_told_as_a_new_option() {
    let history = || History {
        treatments: vec![used(Medicine::TrastuzumabDeruxtecan, "2026-03-01", "")],
        ..metastatic_since("2025-01-01")
    };
    let low = reviewed(breast().ihc("1+"), "2025-01-05", history());
    assert_says(&low.summary, &["T-DXd is on record as given"]);
    assert!(!low.summary.contains("labelled"), "{}", low.summary);
    let positive = reviewed(breast().ihc("3+"), "2025-01-05", history());
    assert_says(&positive.detail, &["Trastuzumab deruxtecan is on record as given."]);
}

#[test]
fn a_clarification_names_what_contradicts_what() {
    let why = |case| reviewed(case, "2026-10-12", History::default()).detail;
    assert_says(&why(breast().ihc("1+").percent("10")), &["IHC 1+ needs more than 10 %; 10 % was sent"]);
    assert_says(&why(breast().ihc("3+").pattern("incomplete")), &["IHC 3+ does not fit pattern incomplete as sent"]);
    assert_says(
        &why(breast().ihc("2+").dual("2.50", "6.0").lab_word("negative")),
        &["The laboratory calls the ISH negative, and its numbers read as positive by this rule"],
    );
    assert_says(&why(breast().ihc("3+").overall("negative")), &["The laboratory reports negative"]);
    assert_says(&why(breast().ihc("2+").ihc("3+")), &["Two results of this specimen differ"]);
    let resection = |case: Case| {
        let mut case = case;
        case.specimen.kind = SpecimenKind::Resection;
        case
    };
    let stomach = resection(of(Tumour::Gastroesophageal).ihc("3+").percent("5"));
    assert_says(&why(stomach), &["IHC 3+ on a resection needs 10 % or more; 5 % was sent"]);
    let core = || of(Tumour::Gastroesophageal).kind("biopsy").ihc("3+");
    assert_says(&why(core().cluster(3)), &["On a biopsy IHC 3+ needs a cluster of 5 cells or more; 3 were sent"]);
    let bound = why(core().percent("5").cluster_bound("<5"));
    assert_says(&bound, &["On a biopsy IHC 3+ needs a cluster of 5 cells or more; <5 were sent"]);
    // the cluster is a matter of gastric scoring
    let womb = of(Tumour::Endometrial).scoring("endometrial_trial").kind("biopsy").ihc("3+").percent("20").cluster(12);
    assert_says(&why(womb), &["IHC 3+ needs more than 30 %; 20 % was sent"]);
}

#[test]
fn carcinoma_in_situ_is_said_before_anything_is_asked() {
    let mut case = breast().ihc("3+");
    case.specimen.class = TumourClass::InSituOnly;
    let card = reviewed(case, "2026-10-12", History::default());
    assert_says(&card.summary, &["only in situ disease is on record, consider confirming invasion"]);
    assert_says(&card.detail, &["Only carcinoma in situ is on record, and HER2 is not reported for it."]);
}
