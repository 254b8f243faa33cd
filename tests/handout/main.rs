//! The handouts: every result of every tumour has plain words, nobody is promised or told anything, and a person of twelve
//! can read them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod reading_age;

use herald::domain::finding::{Category, Expression, NextStep};
use herald::domain::ihc::IhcScore;
use herald::domain::tumour::Tumour;
use herald::pages::{Handout, Handouts, PlainResult, handout, handout_address, handouts};
use reading_age::reading_age;

const SOURCE: &str = include_str!("../../src/pages/handout/en.toml");

/// Reading age of the brief for one passage, and the one that the whole sheet should keep.
const OLDEST_OF_A_PASSAGE: f64 = 14.0;
const OLDEST_OF_A_SHEET: f64 = 12.0;

/// Every sheet there is.
fn sheets() -> Vec<(Tumour, PlainResult, Handout<'static>)> {
    let texts = Handouts::embedded();
    let all = Tumour::ALL.iter().flat_map(|tumour| PlainResult::ALL.iter().map(move |result| (*tumour, *result)));
    all.filter_map(|(tumour, result)| Some((tumour, result, texts.handout(tumour, result)?))).collect()
}

/// The passages of a sheet that are read as running text.
fn passages<'t>(sheet: &'t Handout<'t>) -> Vec<String> {
    let blocks = [sheet.what, sheet.result, sheet.about, sheet.again, sheet.not_said];
    let mut passages: Vec<String> = blocks.iter().map(|block| block.join(" ")).collect();
    passages.push(sheet.questions.join(" "));
    passages.push(sheet.words.iter().map(|word| &*word.plain).collect::<Vec<_>>().join(" "));
    passages
}

/// Everything that a classification can be, with the words it leads to.
fn every_case() -> impl Iterator<Item = (Tumour, Category, Expression, PlainResult)> {
    let scores = IhcScore::ALL.iter().copied().map(Some).chain([None]);
    let steps = [
        NextStep::None,
        NextStep::AwaitFinal,
        NextStep::ReflexIsh,
        NextStep::OptionalIshTrialOnly,
        NextStep::ObtainScoringSystem,
        NextStep::ConfirmInvasiveComponent,
    ];
    Tumour::ALL.iter().flat_map(move |tumour| {
        let scores = scores.clone();
        Category::ALL.iter().flat_map(move |category| {
            let scores = scores.clone();
            Expression::ALL.iter().flat_map(move |expression| {
                let scores = scores.clone();
                steps.into_iter().flat_map(move |step| {
                    scores.clone().map(move |score| {
                        let result = PlainResult::of(*tumour, *category, *expression, step, score);
                        (*tumour, *category, *expression, result)
                    })
                })
            })
        })
    })
}

#[test]
fn every_tumour_category_and_expression_has_plain_words() {
    let mut seen = std::collections::HashSet::new();
    for (tumour, category, expression, result) in every_case() {
        let sheet = Handouts::embedded().handout(tumour, result);
        assert!(sheet.is_some_and(|sheet| !sheet.result.is_empty()), "{tumour} {category} {expression}");
        seen.insert((tumour, result));
    }
    let listed: std::collections::HashSet<_> = sheets().iter().map(|(tumour, result, _)| (*tumour, *result)).collect();
    assert_eq!(seen, listed, "and no sheet is offered that no result leads to");
}

#[test]
fn the_words_match_the_category() {
    for (tumour, category, expression, result) in every_case() {
        let sheet = Handouts::embedded().handout(tumour, result).unwrap();
        let text = format!("{} {}", sheet.title, sheet.result.join(" "));
        if result == PlainResult::NotFinal {
            assert!(text.contains("not final"), "{tumour}: {text}");
            continue;
        }
        let says = match category {
            Category::Positive => ["extra HER2", "a lot of HER2", "called positive"].as_slice(),
            Category::Negative => &["HER2 negative"],
            Category::Equivocal => &["borderline", "middle"],
            Category::Indeterminate | Category::Insufficient => &["could not give an answer", "HER2 is not used"],
        };
        assert!(says.iter().any(|words| text.contains(words)), "{tumour} {category} {expression}: {text}");
        assert!(category != Category::Negative || !text.contains("HER2 positive"), "{tumour}: {text}");
    }
}

#[test]
fn nobody_reads_of_a_biopsy_where_the_laboratory_only_has_to_say_something_and_an_open_step_is_the_one_of_the_card() {
    let sheet = |tumour, category, step| PlainResult::of(tumour, category, Expression::NotApplicable, step, None);
    for step in [NextStep::ObtainTumorType, NextStep::ObtainScoringSystem, NextStep::LabClarification] {
        assert_eq!(sheet(Tumour::Colorectal, Category::Insufficient, step), PlainResult::Incomplete);
    }
    let failed = sheet(Tumour::Breast, Category::Indeterminate, NextStep::RepeatAssayOrNewSpecimen);
    assert_eq!(failed, PlainResult::NoAnswer);
    let in_situ = sheet(Tumour::Breast, Category::Insufficient, NextStep::ConfirmInvasiveComponent);
    assert_eq!(in_situ, PlainResult::InSitu);
    let womb = |step| sheet(Tumour::Endometrial, Category::Equivocal, step);
    assert_eq!(womb(NextStep::OptionalIshTrialOnly), PlainResult::Middle, "no further test is due");
    assert_eq!(womb(NextStep::ReflexIsh), PlainResult::Equivocal);
    for result in [PlainResult::Incomplete, PlainResult::InSitu] {
        let sheet = Handouts::embedded().handout(Tumour::Breast, result).unwrap();
        assert!(!passages(&sheet).join(" ").contains("new biopsy"), "{result}");
    }
}

#[test]
fn low_and_ultralow_are_words_for_breast_cancer_only() {
    for (tumour, result, sheet) in sheets() {
        let text = format!("{} {:?}", passages(&sheet).join(" "), sheet.words).to_lowercase();
        let named = text.contains("ultralow") || text.contains("low,") || sheet.title.contains("low");
        assert_eq!(named, tumour == Tumour::Breast, "{tumour} {result}");
    }
}

#[test]
fn the_ovarian_sheet_says_that_her2_varies_that_new_tissue_can_be_tested_and_asks_about_trials() {
    for (tumour, result, sheet) in sheets() {
        if tumour == Tumour::Ovarian {
            let text = passages(&sheet).join(" ");
            for words in ["only some ovarian cancers", "new sample", "new tissue could be tested", "trials for ovarian"]
            {
                assert!(text.contains(words), "{result}: {words}");
            }
        }
    }
}

#[test]
fn each_tumour_names_what_its_own_patients_have_to_know() {
    for (tumour, words) in [
        (Tumour::Gastroesophageal, "lost after a HER2 medicine"),
        (Tumour::Lung, "change in the gene, called a mutation"),
        (Tumour::Colorectal, "called RAS"),
        (Tumour::Endometrial, "more than one way to score"),
        (Tumour::Pancreatic, "few of them were helped"),
        (Tumour::Unknown, "do not name the kind of cancer"),
    ] {
        let sheet = Handouts::embedded().handout(tumour, PlainResult::Negative).unwrap();
        assert!(passages(&sheet).join(" ").contains(words), "{tumour}");
    }
}

#[test]
fn nobody_is_promised_ordered_or_called_eligible_and_no_medicine_is_named() {
    let forbidden = [
        "eligible",
        "dose",
        " start",
        "cure",
        "guarantee",
        "must ",
        "should take",
        "will work",
        "will help",
        "survival",
        "best ",
        " safe",
        "you need to take",
        "trastuzumab",
        "pertuzumab",
        "t-dxd",
        "tucatinib",
        "herceptin",
        "enhertu",
        "%",
        "!",
    ];
    for (tumour, result, sheet) in sheets() {
        let page = handout(&sheet).to_lowercase();
        let text = page.split("<main").nth(1).unwrap();
        for word in forbidden {
            let found = text.find(word).map(|at| text[at.saturating_sub(40)..].chars().take(80).collect::<String>());
            assert_eq!(found, None, "{tumour} {result}: {word}");
        }
    }
}

#[test]
fn a_person_of_twelve_can_read_each_sheet_and_one_of_fourteen_each_passage() {
    for (tumour, result, sheet) in sheets() {
        let passages = passages(&sheet);
        for passage in &passages {
            let age = reading_age(passage);
            assert!(age <= OLDEST_OF_A_PASSAGE, "{tumour} {result}: {age:.1} years\n{passage}");
            let longest = passage.split(['.', '?', ':']).map(|part| part.split_whitespace().count()).max().unwrap();
            assert!(longest <= 25, "{tumour} {result}: a sentence of {longest} words\n{passage}");
        }
        let age = reading_age(&passages.join(" "));
        assert!(age <= OLDEST_OF_A_SHEET, "{tumour} {result}: {age:.1} years");
    }
}

#[test]
fn a_sheet_has_every_block_says_that_nobody_reviewed_it_and_names_no_patient() {
    for (_, _, sheet) in sheets() {
        let page = handout(&sheet);
        for block in [
            "What is HER2?",
            "Your result in words",
            "What it does not say",
            "Questions to ask",
            "Words on your report",
            "Who to call",
            "Notes",
            "If the cancer grows or comes back",
        ] {
            assert!(page.contains(block), "{block}");
        }
        assert!(page.contains("UNREVIEWED") && page.contains("To talk over with your team"));
        assert!(page.contains("<html lang=\"en\">") && !page.contains("<script") && !page.contains("style="));
        assert!(page.len() < 100_000);
    }
}

#[test]
fn a_reviewed_text_names_its_reviewers_instead() {
    let reviewed = SOURCE
        .replace("status    = \"unconfirmed\"", "status    = \"confirmed\"")
        .replace("reviewers = []", "reviewers = [\"A. Doe, oncologist, 2027-01-31\"]");
    let texts = Handouts::read(&reviewed).unwrap();
    let page = handout(&texts.handout(Tumour::Breast, PlainResult::Low).unwrap());
    assert!(page.contains("Checked by: A. Doe, oncologist, 2027-01-31") && !page.contains("UNREVIEWED"));
    let unconfirmed = reviewed.replace("\"confirmed\"", "\"unconfirmed\"");
    let page = handout(&Handouts::read(&unconfirmed).unwrap().handout(Tumour::Breast, PlainResult::Low).unwrap());
    assert!(page.contains("UNREVIEWED"), "a name alone confirms nothing");
}

#[test]
fn the_list_leads_to_every_sheet() {
    let list = handouts(Handouts::embedded());
    assert!(list.contains("UNREVIEWED"), "the words of the sheets are not checked, so the list says so");
    assert!(
        list.contains("HER2 positive<span class=\"heard\">: breast cancer</span></a>"),
        "each link is told from the others"
    );
    assert!(!list.contains("pathology report"), "the foot is that of a list");
    for (tumour, result, _) in sheets() {
        assert!(list.contains(&format!("href=\"{}\"", handout_address(tumour, result))), "{tumour} {result}");
    }
}

#[test]
fn a_file_with_a_gap_an_empty_text_or_an_unknown_word_is_refused() {
    for (whole, broken, says) in [
        ("[result.low]", "[result.lower]", "low"),
        ("id        = \"lung\"", "id        = \"lungs\"", "lungs"),
        ("id        = \"lung\"", "id        = \"breast\"", "breast"),
        ("title     = \"HER2 positive\"", "titel     = \"HER2 positive\"", "titel"),
        ("again     = [\"HER2 can be lost", "again     = [\" \", \"HER2 can be lost", "gastroesophageal"),
        ("positive-other = [\n  \"There is extra", "positive-more = [\n  \"There is extra", "positive-more"),
        ("status    = \"unconfirmed\"", "status    = \"fine\"", "fine"),
    ] {
        assert!(SOURCE.contains(whole), "{whole}");
        let refusal = Handouts::read(&SOURCE.replacen(whole, broken, 1)).unwrap_err().to_string();
        assert!(refusal.contains(says), "{broken}: {refusal}");
    }
}
