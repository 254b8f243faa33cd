//! Looking up in a rulebook: signatures to the day, rows by their cell, reasons by their name.

use jiff::civil::date;

use super::*;

fn row(id: &str) -> Row {
    Row {
        id: id.into(),
        category: Category::Insufficient,
        expression: None,
        provisional: None,
        next: NextStep::None,
        flags: Vec::new(),
        comment: None,
    }
}

fn source() -> RuleSource {
    RuleSource {
        guideline: "a guideline".into(),
        cite: Vec::new(),
        because: "a reason".into(),
        unconfirmed: false,
        policy: false,
        review_due: date(2027, 6, 1),
    }
}

fn rulebook() -> Rulebook {
    let mut systems = vec![Vec::new(); Tumour::ALL.len()];
    systems[Tumour::Endometrial as usize] = vec![(Scoring::EndometrialTrial, 0), (Scoring::Gastric, 1)];
    Rulebook {
        edition: "2026.11".into(),
        digest: "sha256:1f".into(),
        unsigned: Vec::new(),
        review_due: date(2027, 6, 1),
        numbers: NumberChecks {
            fewest_cells: 20,
            consistency: Decimal::from(0),
            most_copies: Decimal::from(100),
            near_ratio: Vec::new(),
            near_copies: Vec::new(),
        },
        cases: Case::ALL.iter().map(|case| row(case.as_str())).collect(),
        sets: Vec::new(),
        systems,
        sources: BTreeMap::from([("breast/row".into(), source())]),
    }
}

#[test]
fn rules_are_signed_off_up_to_the_day_of_their_review_and_only_if_every_file_is_signed() {
    let signed = rulebook();
    assert!(signed.signed_off(date(2026, 11, 26)));
    assert!(signed.signed_off(date(2027, 6, 1)), "on the day itself");
    assert!(!signed.signed_off(date(2027, 6, 2)));
    let unsigned = Rulebook { unsigned: vec!["breast.toml".into()], ..signed };
    assert!(!unsigned.signed_off(date(2026, 11, 26)));
    assert!(!unsigned.signed_off(date(2027, 6, 2)));
}

#[test]
fn a_rulebook_names_its_edition_its_digest_and_the_reason_of_a_row() {
    let rules = rulebook();
    assert_eq!((rules.edition(), rules.digest()), ("2026.11", "sha256:1f"));
    assert_eq!(rules.source_of("breast/row"), Some(&source()));
    assert_eq!(rules.source_of("breast/other"), None);
}

#[test]
fn each_case_without_a_table_has_its_own_row_and_each_tumour_its_own_systems() {
    let rules = rulebook();
    for case in Case::ALL {
        assert_eq!(&*rules.case(*case).id, case.as_str());
    }
    let of = |tumour| rules.systems_of(tumour).iter().map(|(system, at)| (*system, *at)).collect::<Vec<_>>();
    assert_eq!(of(Tumour::Endometrial), [(Scoring::EndometrialTrial, 0), (Scoring::Gastric, 1)]);
    assert!(of(Tumour::Breast).is_empty());
}

#[test]
fn every_cell_of_a_table_is_a_place_of_its_own() {
    let mut cells = Cells::empty();
    let mut next = 0;
    for ihc in IhcColumn::ALL {
        for ish in IshColumn::ALL {
            for recount in RecountColumn::ALL {
                assert_eq!(cells.put(*ihc, *ish, *recount, next), None, "{ihc} {ish} {recount}");
                assert_eq!(cells.get(*ihc, *ish, *recount), Some(next));
                next += 1;
            }
        }
    }
    let first = (IhcColumn::ALL[0], IshColumn::ALL[0], RecountColumn::ALL[0]);
    assert_eq!(cells.put(first.0, first.1, first.2, 7), Some(0), "what stood there before is told");
}

#[test]
fn a_row_of_words_is_found_by_the_word_and_the_tumour() {
    let word = |word, tumours: &[Tumour], id: &str| WordRow { word, tumours: tumours.to_vec(), row: row(id) };
    let mut expressions = vec![None; IhcColumn::ALL.len()];
    let low = LabelTerm { expression: Expression::Low, next: NextStep::LabClarification, unconfirmed: false };
    expressions[IhcColumn::One as usize] = Some(low);
    let mut cells = Cells::empty();
    cells.put(IhcColumn::Two, IshColumn::Group1, RecountColumn::Missing, 1);
    let set = RuleSet {
        id: "set".into(),
        title: "Set".into(),
        staining: StainingRules::default(),
        ish: IshRules {
            bands: Vec::new(),
            thresholds: Vec::new(),
            equivocal_word: Flag::ObsoleteIshEquivocal,
            second_count: SecondCount::Unused,
        },
        rows: vec![row("first"), row("second")],
        cells,
        words: vec![
            word(OverallWord::Positive, &[Tumour::Breast], "breast positive"),
            word(OverallWord::Positive, &[Tumour::Lung], "lung positive"),
            word(OverallWord::Negative, &[Tumour::Lung], "lung negative"),
        ],
        expressions,
        additions: Vec::new(),
    };
    let of = |word, tumour| set.word_row(word, tumour).map(|row| &*row.id);
    assert_eq!(of(OverallWord::Positive, Tumour::Lung), Some("lung positive"));
    assert_eq!(of(OverallWord::Negative, Tumour::Lung), Some("lung negative"));
    assert_eq!(of(OverallWord::Negative, Tumour::Breast), None);
    assert_eq!(set.expression(IhcColumn::One), Some((Expression::Low, NextStep::LabClarification)));
    assert_eq!(set.expression(IhcColumn::Two), None);
    let cell = set.row(IhcColumn::Two, IshColumn::Group1, RecountColumn::Missing);
    assert_eq!(cell.map(|row| &*row.id), Some("second"));
    assert!(set.row(IhcColumn::Two, IshColumn::Group2, RecountColumn::Missing).is_none());
}
