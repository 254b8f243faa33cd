//! The file of the order checks: refused with file and line where it is wrong.

use herald::domain::consideration::Her2Condition;
use herald::domain::medicine::Medicine;
use herald::domain::tumour::Tumour;
use herald::rules::{RuleFile, embedded_files, load, order_rules};

const FILE: &str = "order-safety.toml";

/// The rule files with one change in the first place where it can be made.
fn changed(from: &str, to: &str) -> Vec<RuleFile> {
    let mut files = embedded_files();
    let target = files.iter_mut().find(|file| file.name == FILE).unwrap();
    assert!(target.text.contains(from), "{FILE} does not contain {from}");
    target.text = target.text.replacen(from, to, 1);
    files
}

#[track_caller]
fn refused(from: &str, to: &str, message: &str) {
    let files = changed(from, to);
    for said in [order_rules(&files).map(drop).unwrap_err(), load(&files).map(drop).unwrap_err()] {
        let said = said.to_string();
        assert!(said.contains(message) && said.contains(FILE), "expected {message:?} in:\n{said}");
    }
}

#[test]
fn a_wrong_row_is_refused_with_file_line_and_reason() {
    refused("agent   = \"pertuzumab\"", "agent   = \"pertuzumap\"", "\"pertuzumap\" is not a medicine");
    refused("agent   = \"pertuzumab\"", "agemt   = \"pertuzumab\"", "unknown field `agemt`");
    refused("accepts = [\"positive\"]", "accepts = [\"psitive\"]", "\"psitive\" is not a HER2 condition");
    refused("accepts = [\"positive\"]", "accepts = []", "row her2-trastuzumab-breast accepts nothing");
    refused("tumours = [\"breast\"]", "tumours = [\"brest\"]", "\"brest\" is not a tumour");
    refused("status  = \"unconfirmed\"", "status  = \"unsure\"", "unknown variant `unsure`");
    refused("{ below = \"55\" }", "{ below = 55 }", "expected a string");
    refused("{ below = \"55\" }", "{ below = \"5O\" }", "\"5O\" is not a decimal number");
    refused("before_start = \"3 months\"", "before_start = \"a quarter\"", "\"a quarter\" is no time");
    refused("recent  = \"42 weeks\"", "recent  = \"42\"", "\"42\" is no time");
    refused("fall = { at_least = \"16\" }", "extent = \"early\"", "a limit without a value and without a fall");
    refused("label   = \"2021-02-02\"", "label   = \"2021-02-30\"", "needs the date of its label, or a citation");
    refused("row     = \"her2-pertuzumab\"", "row     = \"her2-tdm1\"", "row id her2-tdm1 is used twice");
    refused("id         = \"order-safety\"", "id         = \"orders\"", "\"orders\" is not the name of the file");
    refused("extent = \"metastatic\"", "extent = \"late\"", "\"late\" is not a extent of disease");
}

#[test]
fn a_fault_of_a_row_names_its_line() {
    let files = changed("row     = \"her2-pertuzumab\"", "row     = \"her2-tdm1\"");
    let said = order_rules(&files).unwrap_err().to_string();
    let text = &files.iter().find(|file| file.name == FILE).unwrap().text;
    let second = text.match_indices("[[her2]]\nrow     = \"her2-tdm1\"").nth(1).unwrap().0;
    let line = text[..second].matches('\n').count() + 1;
    assert!(said.contains(&format!("{FILE}:{line}: ")), "{said}");
}

#[test]
fn two_rows_for_one_tumour_and_a_medicine_without_a_condition_are_refused() {
    refused(
        "tumours = [\"gastroesophageal\"]",
        "tumours = [\"breast\"]",
        "trastuzumab_deruxtecan has two rows for one tumour",
    );
    refused(
        "agent   = \"neratinib\"\naccepts",
        "agent   = \"neratinib\"\ntumours = [\"breast\"]\naccepts",
        "neratinib has no HER2 condition for every other tumour",
    );
}

#[test]
fn without_the_file_no_order_would_be_checked_so_it_is_asked_for() {
    let files: Vec<RuleFile> = embedded_files().into_iter().filter(|file| file.name != FILE).collect();
    assert!(order_rules(&files).unwrap_err().to_string().contains("order-safety.toml: this file is missing"));
}

#[test]
fn a_medicine_without_the_tumours_of_its_labels_is_refused_and_so_is_one_with_two_rows_or_with_none_named() {
    refused(
        "[[tumour]]\nrow      = \"tumour-lapatinib\"\nagent    = \"lapatinib\"",
        "[[tumour]]\nrow      = \"tumour-lapatinib\"\nagent    = \"neratinib\"",
        "no row says for which tumours lapatinib has a label",
    );
    refused(
        "[[tumour]]\nrow      = \"tumour-lapatinib\"\nagent    = \"lapatinib\"",
        "[[tumour]]\nrow      = \"tumour-lapatinib\"\nagent    = \"margetuximab\"",
        "margetuximab has two rows for the tumours of its labels",
    );
    refused("labelled = [\"biliary\"]", "labelled = []", "row tumour-zanidatamab has to name tumours");
    refused("labelled = [\"biliary\"]", "labelled = [\"unknown\"]", "row tumour-zanidatamab has to name tumours");
}

/// A silence names a rule, and the source attributes name what every rule rests on.
#[test]
fn every_row_of_the_order_checks_is_among_the_grounds_once() {
    let files = embedded_files();
    let text = &files.iter().find(|file| file.name == FILE).unwrap().text;
    let rows = text.lines().filter_map(|line| line.strip_prefix("row ")?.split('"').nth(1));
    let mut expected: Vec<String> = rows.map(|row| format!("order-safety/{row}")).collect();
    let rules = order_rules(&files).unwrap();
    let mut told: Vec<String> = rules.grounds().map(|ground| ground.rule.to_string()).collect();
    expected.sort();
    told.sort();
    assert_eq!(told, expected);
}

/// What the clinical reference says of each medicine, beside the file.
#[test]
fn every_her2_directed_medicine_has_the_condition_of_its_label() {
    let rules = order_rules(&embedded_files()).unwrap();
    let accepts = |agent, tumour| rules.her2_of(agent, tumour).unwrap().accepts.as_slice();
    for agent in Medicine::ALL.iter().filter(|agent| agent.is_her2_directed()) {
        for tumour in Tumour::ALL {
            assert!(!accepts(*agent, *tumour).is_empty(), "{agent} {tumour}");
        }
    }
    let tdxd = Medicine::TrastuzumabDeruxtecan;
    assert_eq!(accepts(tdxd, Tumour::Breast), [Her2Condition::Positive, Her2Condition::LowOrUltralow]);
    assert_eq!(accepts(tdxd, Tumour::Lung), [Her2Condition::Ihc3, Her2Condition::Erbb2Mutation]);
    assert_eq!(accepts(tdxd, Tumour::Ovarian), [Her2Condition::Ihc3]);
    assert_eq!(accepts(Medicine::Trastuzumab, Tumour::Endometrial), [Her2Condition::Positive]);
    assert!(rules.her2_of(Medicine::Taxane, Tumour::Breast).is_none());
}

/// No row was compared with the current label; those of the heart were read from the text of the label named.
#[test]
fn only_limits_that_were_read_from_a_label_are_confirmed() {
    let rules = order_rules(&embedded_files()).unwrap();
    assert!(rules.her2.iter().all(|rule| rule.ground.unconfirmed));
    assert!(rules.tumours.iter().all(|rule| rule.ground.unconfirmed));
    assert!(rules.pregnancy.iter().all(|rule| rule.ground.unconfirmed && rule.ground.policy));
    let confirmed: Vec<&str> =
        rules.heart.iter().filter(|rule| !rule.ground.unconfirmed).map(|rule| rule.agent.as_str()).collect();
    assert_eq!(
        confirmed,
        ["trastuzumab", "pertuzumab", "trastuzumab_emtansine", "trastuzumab_deruxtecan", "lapatinib"]
    );
}
