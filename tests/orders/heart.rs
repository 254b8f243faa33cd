//! LVEF: found, recent, not below the limit of the label.

use herald::domain::history::{Extent, TreatmentSource};
use herald::domain::tumour::Tumour;

use super::builder::{breast, of};
use super::situation::{Situation, choosing, signing, tdxd};

#[track_caller]
fn finds(situation: &Situation, expected: &[&str]) {
    assert_eq!(situation.of_the_heart(), expected);
}

#[test]
fn a_missing_lvef_is_a_warning_and_one_that_could_not_be_seen_is_never_called_missing() {
    finds(&tdxd(), &["warning lvef_missing"]);
    finds(&tdxd().unseen("lvef"), &["warning lvef_not_visible"]);
    finds(&tdxd().unseen("echoReports"), &["warning lvef_missing"]);
    finds(&tdxd().unseen("lvef").lvef("60", "2026-11-01"), &[]);
}

#[test]
fn an_older_lvef_is_never_taken_for_the_last_where_a_newer_one_could_not_be_read() {
    finds(&tdxd().lvef("60", "2026-11-01").unread_lvef("2026-11-20"), &["warning lvef_unread"]);
    finds(&tdxd().lvef("60", "2026-11-01").unread_lvef(""), &["warning lvef_unread"]);
    finds(&tdxd().lvef("60", "2026-11-01").unread_lvef("2026-10-20"), &[]);
    finds(&tdxd().lvef("39", "2026-11-01").unread_lvef("2026-11-20"), &["critical lvef_low", "warning lvef_unread"]);
    finds(&tdxd().lvef("60", "2025-11-01").unread_lvef("2026-11-20"), &["warning lvef_unread"]);
    finds(&tdxd().unread_lvef("2026-11-20"), &["warning lvef_unread"]);
}

#[test]
fn an_lvef_older_than_three_months_is_old_to_the_day() {
    finds(&tdxd().lvef("60", "2026-08-26"), &[]);
    finds(&tdxd().lvef("60", "2026-08-25"), &["warning lvef_stale"]);
    finds(&tdxd().lvef("60", "2026-07"), &["warning lvef_stale"]);
    finds(&tdxd().lvef("60", ""), &["warning lvef_stale"]);
}

#[test]
fn the_newest_value_counts_and_of_one_day_the_lowest() {
    finds(&tdxd().lvef("45", "2026-10-01").lvef("60", "2026-11-01"), &[]);
    finds(&tdxd().lvef("60", "2026-11-01").lvef("45", "2026-10-01"), &[]);
    finds(&tdxd().lvef("60", "2026-11-01").lvef("39", "2026-11-01"), &["critical lvef_low"]);
    finds(&tdxd().lvef("39", "2026-11-01").lvef("60", "2026-11-01"), &["critical lvef_low"]);
}

#[test]
fn a_year_or_a_month_that_began_before_the_time_of_the_label_is_never_taken_for_recent() {
    finds(&tdxd().lvef("62", "2026"), &["warning lvef_perhaps_stale"]);
    finds(&tdxd().lvef("62", "2026-08"), &["warning lvef_perhaps_stale"]);
    finds(&tdxd().lvef("62", "2026-09"), &[]);
    finds(&tdxd().lvef("62", "2025"), &["warning lvef_stale"]);
    // how long a low value counts is a time too
    finds(&tdxd().lvef("38", "2025"), &["warning lvef_low", "warning lvef_stale"]);
    finds(&tdxd().lvef("38", "2026"), &["critical lvef_low", "warning lvef_perhaps_stale"]);
}

#[test]
fn under_lapatinib_a_low_value_or_a_fall_is_told_and_neither_waits_for_the_other() {
    let under_way = |before: &str, now: &str| {
        let order = signing("lapatinib").result(breast().ihc("3+")).lvef(before, "2026-05-12");
        order.given("lapatinib", "2026-05-22").lvef(now, "2026-11-23")
    };
    finds(&under_way("47", "38"), &["warning lvef_low"]);
    finds(&under_way("75", "55"), &["warning lvef_fall"]);
    finds(&under_way("65", "55"), &["warning lvef_fall"]);
    finds(&under_way("64", "55"), &[]);
}

#[test]
fn under_margetuximab_a_fall_of_ten_points_to_below_the_lower_limit_is_told() {
    let under_way = |before: &str, now: &str| {
        let order = signing("margetuximab").result(breast().ihc("3+")).lvef(before, "2026-05-12");
        order.given("margetuximab", "2026-05-22").lvef(now, "2026-11-23")
    };
    finds(&under_way("55", "40"), &["warning lvef_fall"]);
    finds(&under_way("55", "39"), &["warning lvef_low"]);
    finds(&under_way("59", "49"), &["warning lvef_fall"]);
    finds(&under_way("58", "49"), &[]);
    finds(&under_way("65", "50"), &[]);
    finds(&under_way("66", "50"), &["warning lvef_fall"]);
}

/// Limits of the labels before the first dose, each with the value just on the other side.
#[test]
fn the_limit_before_the_first_dose_is_that_of_each_label() {
    let table: [(&str, Option<Extent>, &str, &[&str]); 18] = [
        ("trastuzumab_deruxtecan", None, "50", &[]),
        ("trastuzumab_deruxtecan", None, "49.9", &["warning lvef_not_studied"]),
        ("trastuzumab_deruxtecan", None, "<50", &["warning lvef_not_studied"]),
        ("trastuzumab_deruxtecan", None, "<55", &["warning lvef_perhaps_low"]),
        ("trastuzumab_deruxtecan", None, ">55", &[]),
        ("pertuzumab", Some(Extent::Metastatic), "50", &[]),
        ("pertuzumab", Some(Extent::Metastatic), "49", &["critical lvef_low"]),
        ("pertuzumab", Some(Extent::Early), "54", &["warning lvef_perhaps_low"]),
        ("pertuzumab", None, "52", &["warning lvef_perhaps_low"]),
        ("pertuzumab", None, "49", &["critical lvef_low"]),
        ("trastuzumab_emtansine", Some(Extent::Metastatic), "40", &["warning lvef_perhaps_low"]),
        ("trastuzumab_emtansine", Some(Extent::Metastatic), "39", &["critical lvef_low"]),
        ("trastuzumab_emtansine", Some(Extent::Early), "44", &["critical lvef_low"]),
        // the institution's lower limit, and a fall that nobody knows
        ("trastuzumab", None, "49", &["warning lvef_perhaps_low"]),
        ("trastuzumab", None, "50", &[]),
        ("lapatinib", None, "49", &["warning lvef_low"]),
        ("lapatinib", None, "30", &["warning lvef_low"]),
        ("lapatinib", None, "50", &[]),
    ];
    for (medicine, extent, percent, expected) in table {
        let mut situation = signing(medicine).result(breast().ihc("3+")).lvef(percent, "2026-11-01");
        situation.0.history.extent = extent;
        assert_eq!(situation.of_the_heart(), expected, "{medicine} {extent:?} {percent}");
    }
}

#[test]
fn after_an_anthracycline_early_pertuzumab_asks_for_50_and_not_55() {
    let early = |percent| {
        let order = signing("pertuzumab").result(breast().ihc("3+")).lvef(percent, "2026-11-01");
        order.extent(Extent::Early).given("anthracycline", "2026-06-01")
    };
    finds(&early("50"), &[]);
    finds(&early("49"), &["critical lvef_low"]);
}

#[test]
fn a_limit_that_is_not_confirmed_is_never_critical() {
    for medicine in ["margetuximab", "zanidatamab"] {
        let situation = signing(medicine).result(breast().ihc("3+")).lvef("45", "2026-11-20");
        finds(&situation, &["warning lvef_not_studied"]);
        let far_below = signing(medicine).result(breast().ihc("3+")).lvef("35", "2026-11-20");
        finds(&far_below, &["warning lvef_low"]);
    }
}

#[test]
fn under_treatment_the_limits_are_those_of_interruption() {
    let under_way = |percent: &str| tdxd().given("trastuzumab_deruxtecan", "2026-11-05").lvef(percent, "2026-11-20");
    finds(&under_way("46"), &[]);
    finds(&under_way("39"), &["critical lvef_low"]);
    // 40 to 45 % turns on the fall, and the value before treatment is not known
    finds(&under_way("45"), &["warning lvef_perhaps_low"]);
}

#[test]
fn a_fall_is_counted_against_the_last_value_before_treatment_and_is_never_critical() {
    let course = |before: &str, now: &str| {
        tdxd()
            .lvef("70", "2025-01-01")
            .lvef(before, "2026-09-01")
            .given("trastuzumab_deruxtecan", "2026-09-10")
            .lvef(now, "2026-11-20")
    };
    finds(&course("60", "45"), &["warning lvef_fall"]);
    finds(&course("54", "45"), &["info lvef_repeat"]);
    finds(&course("67", "46"), &["warning lvef_fall"]);
    finds(&course("66", "46"), &[]);
    let trastuzumab = |now: &str| {
        let order = signing("trastuzumab").result(breast().ihc("3+")).lvef("66", "2026-09-01");
        order.given("trastuzumab", "2026-09-10").lvef(now, "2026-11-20")
    };
    finds(&trastuzumab("50"), &["warning lvef_fall"]);
    finds(&trastuzumab("50.1"), &[]);
}

#[test]
fn under_treatment_the_age_counts_only_where_the_label_names_a_time() {
    let old = |medicine: &str| {
        let order = signing(medicine).result(breast().ihc("3+")).lvef("60", "2026-05-01");
        order.given(medicine, "2026-05-10").given(medicine, "2026-11-05")
    };
    finds(&old("trastuzumab_deruxtecan"), &[]);
    finds(&old("trastuzumab"), &["warning lvef_stale"]);
    finds(&old("trastuzumab_emtansine"), &["warning lvef_stale"]);
}

#[test]
fn where_it_is_not_known_whether_treatment_has_begun_a_value_between_the_limits_is_not_critical() {
    finds(&tdxd().lvef("48", "2026-11-01").unseen("medAdmins"), &["warning lvef_perhaps_low"]);
    finds(&tdxd().lvef("39", "2026-11-01").unseen("medAdmins"), &["critical lvef_low"]);
    let ordered = tdxd().treated("trastuzumab_deruxtecan", "2026-11-01", TreatmentSource::Ordered);
    finds(&ordered.lvef("48", "2026-11-01"), &["warning lvef_perhaps_low"]);
}

/// The reference: without the medicines the rule of the interval is silent.
#[test]
fn where_it_is_not_known_whether_treatment_has_begun_only_a_value_that_is_old_in_any_case_is_called_old() {
    finds(&tdxd().lvef("60", "2025-09-19").unseen("medRequests"), &[]);
    let trastuzumab = |day| signing("trastuzumab").result(breast().ihc("3+")).lvef("60", day).unseen("medRequests");
    finds(&trastuzumab("2026-08-25"), &["warning lvef_stale"]);
    let margetuximab = |day| signing("margetuximab").result(breast().ihc("3+")).lvef("60", day).unseen("medAdmins");
    finds(&margetuximab("2026-10-01"), &[]);
    finds(&margetuximab("2026-08-01"), &["warning lvef_stale"]);
    // doses are shown at signing only: at choosing an order on record may mean a course that goes on
    let on_order = |situation: Situation| {
        let ordered = situation.result(breast().ihc("3+")).lvef("60", "2025-09-19");
        ordered.treated("trastuzumab_deruxtecan", "2026-11-01", TreatmentSource::Ordered)
    };
    finds(&on_order(choosing("trastuzumab_deruxtecan")), &[]);
    finds(&on_order(signing("trastuzumab_deruxtecan")), &["warning lvef_stale"]);
}

#[test]
fn an_anthracycline_that_was_only_ordered_does_not_lower_the_limit() {
    let early = signing("pertuzumab").result(breast().ihc("3+")).lvef("52", "2026-11-01").extent(Extent::Early);
    finds(&early.treated("anthracycline", "2026-06-01", TreatmentSource::Ordered), &["warning lvef_perhaps_low"]);
}

#[test]
fn a_low_value_of_long_ago_is_a_warning() {
    finds(&tdxd().lvef("39", "2026-02-01"), &["critical lvef_low", "warning lvef_stale"]);
    finds(&tdxd().lvef("39", "2025-11-26"), &["critical lvef_low", "warning lvef_stale"]);
    finds(&tdxd().lvef("39", "2025-11-25"), &["warning lvef_low", "warning lvef_stale"]);
}

#[test]
fn medicines_whose_label_has_no_rule_for_the_heart_are_not_asked_for_one() {
    for medicine in ["tucatinib", "neratinib", "sevabertinib", "taxane"] {
        finds(&choosing(medicine).result(breast().ihc("3+")), &[]);
    }
}

#[test]
fn zongertinib_asks_for_an_lvef_before_the_first_dose_and_a_low_one_is_never_critical() {
    let lung = || signing("zongertinib").result(of(Tumour::Lung).ihc("0"));
    finds(&lung(), &["warning lvef_missing"]);
    finds(&lung().lvef("50", "2026-11-01"), &[]);
    finds(&lung().lvef("49", "2026-11-01"), &["warning lvef_not_studied"]);
    // what holds under treatment is not known here
    finds(&lung().lvef("60", "2026-08-01").given("zongertinib", "2026-09-01").lvef("45", "2026-11-20"), &[]);
}

#[test]
fn a_value_with_a_date_in_the_future_is_no_recent_value_and_hides_no_other() {
    assert_eq!(tdxd().lvef("61", "2062-11-01").of_the_heart(), ["warning lvef_stale"]);
    assert_eq!(tdxd().lvef("38", "2026-11-01").lvef("61", "2062-11-01").of_the_heart(), ["critical lvef_low"]);
    assert!(tdxd().lvef("61", "2026-11-27").of_the_heart().is_empty());
}

#[test]
fn the_value_before_treatment_is_that_before_the_first_dose_of_this_medicine_and_no_order_is_a_dose() {
    let course = || {
        let begun = tdxd().lvef("70", "2025-01-01").lvef("54", "2026-09-01");
        begun.given("trastuzumab_deruxtecan", "2026-09-10").lvef("45", "2026-11-20")
    };
    let repeat = ["info lvef_repeat"];
    finds(&course(), &repeat);
    finds(&course().given("pertuzumab", "2025-02-01"), &repeat);
    finds(&course().treated("trastuzumab_deruxtecan", "2025-02-01", TreatmentSource::Ordered), &repeat);
    finds(&course().given("trastuzumab_deruxtecan", "2025-02-01"), &["warning lvef_fall"]);
}
