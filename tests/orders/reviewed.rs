//! What a clinical reviewer found on the cards at signing, and what they say since.

use herald::cdshooks::{Card, Indicator};
use herald::domain::history::{Erbb2Mutation, Extent, HormoneReceptor, StageGroup};
use herald::domain::specimen::{Side, Site, SpecimenKind};
use herald::domain::tumour::Tumour;

use super::builder::{breast, of};
use super::situation::{Situation, signing, tdxd};
use super::situations::{course, in_situ, residual, residual_of, ultralow};

const B47: &str = "no benefit to chemotherapy";
const CONFIRMING: &str = "has to be confirmed";

#[track_caller]
fn finds(situation: &Situation, expected: &[&str]) {
    assert_eq!(situation.beside_the_heart(), expected, "{:?}", situation.0.orders);
}

#[track_caller]
fn only_card(situation: &Situation) -> Card {
    let mut cards = situation.cards();
    assert_eq!(cards.len(), 1, "{cards:?}");
    cards.remove(0)
}

/// Summary and detail of the only card.
#[track_caller]
fn words(situation: &Situation) -> String {
    let card = only_card(situation);
    format!("{}\n{}", card.summary, card.detail)
}

#[track_caller]
fn says(situation: &Situation, expected: &[&str]) {
    let words = words(situation);
    for part in expected {
        assert!(words.contains(part), "\"{part}\" is not in:\n{words}");
    }
}

#[track_caller]
fn says_nothing_of(situation: &Situation, forbidden: &[&str]) {
    for card in situation.cards() {
        for part in forbidden {
            assert!(!format!("{}{}", card.summary, card.detail).contains(part), "\"{part}\" in:\n{}", card.detail);
        }
    }
}

#[test]
fn residual_disease_after_a_positive_core_carries_adjuvant_treatment_and_is_told_as_information() {
    for order in ["trastuzumab_emtansine", "trastuzumab", "pertuzumab", "trastuzumab, pertuzumab"] {
        let situation = residual(order);
        let told = vec!["info her2_positive_before"; if order.contains(',') { 2 } else { 1 }];
        finds(&situation, &told);
        let card = only_card(&situation);
        assert_eq!(card.indicator, Indicator::Info);
        assert!(card.suggestions.is_empty(), "nothing is offered for removal");
        says(
            &situation,
            &[
                "IHC 3+",
                "IHC 1+",
                "2026-03-10",
                "2026-10-14",
                "result before neoadjuvant treatment counts",
                "consider a joint review",
            ],
        );
        says_nothing_of(&situation, &[B47, "not beyond doubt", "but this tumour is HER2-negative"]);
    }
    // a residual tumour without any staining and one that waits for its ISH
    for score in ["0", "2+"] {
        finds(
            &residual_of("trastuzumab_emtansine", breast().ihc("3+"), breast().ihc(score)),
            &["info her2_positive_before"],
        );
    }
    // trastuzumab deruxtecan has a label for HER2-low at stage III, and for residual disease by the core
    finds(&residual("trastuzumab_deruxtecan"), &[]);
    finds(&residual("trastuzumab_deruxtecan").stage(StageGroup::Two), &["info her2_positive_before"]);
    finds(
        &residual_of("trastuzumab_deruxtecan", breast().ihc("3+"), breast().ihc("0").percent("0")),
        &["info her2_positive_before"],
    );
}

#[test]
fn a_result_before_treatment_carries_no_order_where_it_was_not_positive_or_the_disease_is_no_longer_residual() {
    let order = "trastuzumab_emtansine";
    finds(&residual_of(order, breast().ihc("1+"), breast().ihc("1+")), &["critical her2_negative"]);
    finds(&residual_of(order, breast().ihc("2+"), breast().ihc("1+")), &["critical her2_negative"]);
    // the record shows no such treatment
    let mut untreated = residual(order);
    untreated.0.history.treatments.clear();
    finds(&untreated, &["warning her2_negative_doubted"]);
    finds(&residual(order).extent(Extent::Metastatic), &["warning her2_negative_doubted"]);
    // a recurrence after the operation, in the breast or elsewhere
    for site in [Site::Primary, Site::Metastatic] {
        let mut recurrence = breast().ihc("1+");
        recurrence.specimen.kind = SpecimenKind::Biopsy;
        recurrence.specimen.site = site;
        let mut resection = breast().ihc("1+");
        resection.specimen.kind = SpecimenKind::Resection;
        let record = signing(order).result_on(breast().ihc("3+"), "2024-03-10").result_on(resection, "2024-10-14");
        let later = record.result(recurrence).given("trastuzumab", "2024-04-01");
        finds(&later, &["warning her2_negative_doubted"]);
    }
    // no row but the four lets it count
    finds(&residual("lapatinib"), &["warning her2_negative_doubted"]);
    // the other breast
    let mut other_side = residual(order);
    for (specimen, side) in other_side.0.specimens.iter_mut().zip([Side::Left, Side::Right]) {
        specimen.side = Some(side);
    }
    assert!(!other_side.beside_the_heart().contains(&"info her2_positive_before".to_owned()));
}

#[test]
fn the_trial_of_low_expression_is_never_named_where_an_earlier_result_of_the_tumour_was_positive() {
    let healthy = |situation: Situation| situation.lvef("61", "2026-11-01");
    let negative = || healthy(signing("trastuzumab").result(breast().ihc("1+")));
    says(&negative(), &[B47]);
    let positive_before =
        healthy(signing("trastuzumab").result_on(breast().ihc("3+"), "2023-03-07").result(breast().ihc("1+")));
    says_nothing_of(&positive_before, &[B47]);
    let mut equivocal = residual_of("trastuzumab", breast().ihc("3+"), breast().ihc("2+"));
    says_nothing_of(&equivocal, &[B47]);
    equivocal.0.history.treatments.clear();
    says_nothing_of(&equivocal, &[B47]);
    says_nothing_of(&healthy(signing("trastuzumab").result(breast().ihc("1+").dual("2.2", "3.3"))), &[B47]);
}

#[test]
fn a_negative_by_the_comment_of_the_guideline_is_a_warning_with_its_group_its_numbers_and_the_comment() {
    for (case, group, numbers, comment) in [
        (breast().ihc("1+").dual("2.2", "3.3"), "group 2", "ratio 2.2, 3.3 copies", "little evidence"),
        (breast().ihc("1+").dual("1.5", "6.5"), "group 3", "ratio 1.5, 6.5 copies", "data are lacking"),
        (breast().ihc("0").dual("1.6", "5.1"), "group 4", "ratio 1.6, 5.1 copies", "benefit is uncertain"),
    ] {
        let situation = signing("trastuzumab").result(case).lvef("61", "2026-11-01");
        finds(&situation, &["warning her2_negative_by_comment"]);
        let card = only_card(&situation);
        assert!(card.summary.contains(group) && card.summary.contains(numbers), "{}", card.summary);
        assert!(card.detail.contains(comment) && card.detail.contains("2026-10-14"), "{}", card.detail);
        assert!(card.suggestions.is_empty());
    }
    // group 5 is no matter of a comment, and its numbers are shown
    let group_five = signing("trastuzumab").result(breast().ihc("2+").dual("1.2", "2.4")).lvef("61", "2026-11-01");
    finds(&group_five, &["critical her2_negative"]);
    says(&group_five, &["ratio 1.2, 2.4 copies"]);
    // for trastuzumab deruxtecan 1+ in group 2 is HER2-low
    finds(&signing("trastuzumab_deruxtecan").result(breast().ihc("1+").dual("2.2", "3.3")), &[]);
}

#[test]
fn an_lvef_of_35_before_trastuzumab_is_called_below_every_limit_also_where_it_was_low_before() {
    let situation = signing("trastuzumab").result(breast().ihc("3+")).lvef("35", "2026-11-01");
    assert_eq!(situation.of_the_heart(), ["warning lvef_low"]);
    says(&situation, &["below every limit of the label of trastuzumab: consider a cardiology review first"]);
    says_nothing_of(&situation, &["may be below"]);
    // a fall of 7 points alone would be no limit of the label
    assert_eq!(course("trastuzumab", "42", "35").of_the_heart(), ["warning lvef_low"]);
    assert_eq!(course("pertuzumab", "42", "35").extent(Extent::Early).of_the_heart(), ["warning lvef_low"]);
    assert_eq!(course("trastuzumab", "47", "40").of_the_heart(), [""; 0]);
    let open = signing("trastuzumab").result(breast().ihc("3+")).lvef("45", "2026-11-01");
    assert_eq!(open.of_the_heart(), ["warning lvef_perhaps_low"]);
    says(
        &open,
        &[
            "LVEF 45 % (2026-11-01) may meet",
            "the fall is not known",
            "institution's limit (here 50 %) with a fall of 10 points or more",
        ],
    );
}

#[test]
fn a_value_that_was_not_studied_before_the_first_dose_is_a_warning_and_one_that_asks_for_a_pause_is_critical() {
    let tdxd = |percent| tdxd().lvef(percent, "2026-11-01");
    for percent in ["49.9", "48", "45", "40"] {
        assert_eq!(tdxd(percent).of_the_heart(), ["warning lvef_not_studied"], "{percent}");
    }
    says(
        &tdxd("48"),
        &["LVEF 48 % (2026-11-01)", "were not studied", "below 50 % before the first dose was not studied"],
    );
    assert_eq!(tdxd("50").of_the_heart(), [""; 0]);
    assert_eq!(tdxd("39.9").of_the_heart(), ["critical lvef_low"]);
    // the label of pertuzumab asks for a value
    let pertuzumab = signing("pertuzumab").result(breast().ihc("3+")).lvef("48", "2026-11-01");
    assert_eq!(pertuzumab.of_the_heart(), ["critical lvef_low"]);
    says(&pertuzumab, &["asks for LVEF of 50 % or more before the first dose, in metastatic disease"]);
}

#[test]
fn the_limit_that_was_met_is_named_with_the_fall_that_was_measured() {
    let tdm1 = course("trastuzumab_emtansine", "60", "45").extent(Extent::Metastatic);
    assert_eq!(tdm1.of_the_heart(), ["warning lvef_fall"]);
    says(&tdm1, &["fallen by 15 points", "LVEF 40 to 45 % with a fall of 10 points or more", "LVEF 60 %, 2026-06-01"]);
    says_nothing_of(&tdm1, &["interrupt below 40"]);
    let tdxd = course("trastuzumab_deruxtecan", "70", "49");
    assert_eq!(tdxd.of_the_heart(), ["warning lvef_fall"]);
    says(&tdxd, &["fallen by 21 points", "a fall of more than 20 points"]);
    let early = course("trastuzumab_emtansine", "60", "44").extent(Extent::Early);
    assert_eq!(early.of_the_heart(), ["critical lvef_low"]);
    says(&early, &["interrupt at LVEF below 45 % in early disease"]);
}

#[test]
fn a_value_after_which_the_label_goes_on_and_repeats_the_measurement_is_told_as_information() {
    let tdm1 = |before, now, extent| course("trastuzumab_emtansine", before, now).extent(extent);
    let metastatic = tdm1("47", "42", Extent::Metastatic);
    assert_eq!(metastatic.of_the_heart(), ["info lvef_repeat"]);
    says(&metastatic, &["go on and to repeat LVEF within 3 weeks", "a fall of less than 10 points"]);
    assert_eq!(tdm1("54", "46", Extent::Early).of_the_heart(), ["info lvef_repeat"]);
    assert_eq!(tdm1("54", "46", Extent::Metastatic).of_the_heart(), [""; 0]);
    assert_eq!(tdm1("47", "42", Extent::Early).of_the_heart(), ["critical lvef_low"]);
    assert_eq!(course("trastuzumab_deruxtecan", "50", "44").of_the_heart(), ["info lvef_repeat"]);
    assert_eq!(course("trastuzumab_deruxtecan", "60", "46").of_the_heart(), [""; 0]);
}

#[test]
fn the_condition_of_the_label_for_low_and_ultralow_that_is_not_met_is_named() {
    let metastatic = Some(Extent::Metastatic);
    let negative = ultralow(Some(HormoneReceptor::Negative), metastatic);
    finds(&negative, &["warning label_setting_not_met"]);
    says(&negative, &["eceptors are negative"]);
    let early = signing("trastuzumab_deruxtecan").result(breast().ihc("1+")).lvef("61", "2026-11-01");
    let early = early.extent(Extent::Early).stage(StageGroup::One);
    finds(&early, &["warning label_setting_not_met"]);
    says(&early, &["stage I is not the setting of its label for HER2-low"]);
    let both = ultralow(Some(HormoneReceptor::Negative), Some(Extent::Early)).stage(StageGroup::Two);
    says(&both, &["stage II and negative receptors"]);
    for situation in [&negative, &early, &both] {
        says_nothing_of(situation, &["HER2 condition of the label is not met"]);
    }
    let unknown = ultralow(None, metastatic);
    finds(&unknown, &["warning label_receptors_unknown"]);
    says(&unknown, &["ER/PR not found in what was sent; the HER2-ultralow label of T-DXd asks for them"]);
    assert_eq!(only_card(&unknown).suggestions.len(), 1);
    says(&unknown.unseen("biomarkers"), &["ER/PR could not be seen"]);
}

#[test]
fn lung_disease_before_trastuzumab_emtansine_is_not_said_to_have_arisen_under_it() {
    let order = || signing("trastuzumab_emtansine").result(breast().ihc("3+")).lvef("61", "2026-11-01");
    let before = order().lung_disease("2025-03");
    says(
        &before,
        &["from before T-DM1: consider a lung review first", "2025-03", "Nothing on record shows that it arose"],
    );
    let later = || order().given("trastuzumab_emtansine", "2026-01-10").lvef("60", "2026-01-01");
    says(&later().lung_disease("2025-03"), &["from before T-DM1"]);
    says(&later().lung_disease("2026-05-02"), &["recorded after the first dose", "stop for good"]);
    says_nothing_of(&later().lung_disease("2026-05-02"), &["from before"]);
    // nobody knows when it arose, or whether a dose was given
    says_nothing_of(&later().lung_disease(""), &["from before", "recorded after the first dose"]);
    says_nothing_of(&before.unseen("medAdmins"), &["from before"]);
}

#[test]
fn that_a_positive_pregnancy_test_has_to_be_confirmed_is_said_of_a_positive_test_only() {
    let order = || tdxd().lvef("61", "2026-11-01");
    says(&order().pregnancy_test(true, "2026-11-20"), &[CONFIRMING]);
    for situation in [
        order().without_pregnancy_test(),
        order().without_pregnancy_test().unseen("pregnancy"),
        order().unread_pregnancy_test("2026-11-20"),
    ] {
        says(&situation, &["harm to an unborn child"]);
        says_nothing_of(&situation, &[CONFIRMING]);
    }
}

#[test]
fn an_erbb2_variant_that_nobody_calls_activating_is_told_and_an_activating_one_is_not() {
    let lung = |order: &str, variant| signing(order).tumour(Tumour::Lung).variant(variant).lvef("61", "2026-11-01");
    let open = "warning erbb2_variant_open";
    for order in ["trastuzumab_deruxtecan", "zongertinib", "sevabertinib"] {
        let situation = lung(order, Erbb2Mutation::Unclassified);
        finds(&situation, &[open]);
        says(&situation, &["ERBB2 variant is on record", "whether it is activating", "molecular pathology"]);
        says_nothing_of(&situation, &["HER2 report", "no usable HER2 result"]);
        finds(&lung(order, Erbb2Mutation::KinaseDomainActivating), &[]);
    }
    finds(&lung("trastuzumab_deruxtecan", Erbb2Mutation::Activating), &[]);
    finds(&lung("zongertinib", Erbb2Mutation::Activating), &[open]);
    says(&lung("zongertinib", Erbb2Mutation::Activating), &["not whether in the kinase domain"]);
    // beside a protein result too, and not where the protein carries the order
    let beside =
        |score| lung("trastuzumab_deruxtecan", Erbb2Mutation::Unclassified).result(of(Tumour::Lung).ihc(score));
    finds(&beside("0"), &[open]);
    finds(&beside("3+"), &[]);
    // no label of breast cancer asks for a mutation
    let breast = signing("trastuzumab").result(breast().ihc("1+")).variant(Erbb2Mutation::Unclassified);
    finds(&breast, &["critical her2_negative"]);
}

#[test]
fn results_of_carcinoma_in_situ_alone_are_called_that() {
    let healthy = |situation: Situation| situation.lvef("61", "2026-11-01");
    for order in ["trastuzumab", "trastuzumab_emtansine", "trastuzumab_deruxtecan"] {
        let situation = healthy(signing(order).result(in_situ("3+")));
        finds(&situation, &["warning her2_in_situ_only"]);
        says(&situation, &["in situ", "consider confirming an invasive component"]);
        says_nothing_of(&situation, &["HER2 report", "no usable HER2 result"]);
    }
    finds(&signing("trastuzumab").result_on(in_situ("3+"), "2026-01-02").result(breast().ihc("3+")), &[]);
    finds(&signing("trastuzumab").tumour(Tumour::Breast), &["warning her2_unknown"]);
}

#[test]
fn a_negative_sample_after_a_positive_one_is_told_as_that() {
    let order = |positive: &str| {
        let record = signing("trastuzumab").result_on(breast().ihc("3+"), positive).result(breast().ihc("0"));
        record.lvef("61", "2026-11-01")
    };
    says(&order("2023-03-07"), &["negative in the newest sample, positive in an earlier one"]);
    says(&order(""), &["negative in the newest sample, positive in an earlier one"]);
    says_nothing_of(&order("2023-03-07"), &["not beyond doubt"]);
    // the metastasis leads although a positive primary was collected later
    let mut metastasis = breast().ihc("0");
    metastasis.specimen.site = Site::Metastatic;
    let later = signing("trastuzumab").result_on(metastasis, "2026-10-01").result(breast().ihc("3+"));
    says(&later.lvef("61", "2026-11-01"), &["negative in the metastasis, positive in another sample"]);
    let laboratory = signing("trastuzumab").result(breast().ihc("1+").overall("positive")).lvef("61", "2026-11-01");
    says(&laboratory, &["the laboratory's word differs"]);
}
