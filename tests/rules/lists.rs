//! One change in a file that is a list of rules and no table, and the fault that it must be refused with.

use herald::rules::{RuleFile, embedded_files, order_rules, therapies};

use super::mutations::{At, changed, refusal, refused};

const LABELS: &str = "considerations.toml";
const ORDERS: &str = "order-safety.toml";

#[test]
fn a_label_with_an_unknown_key_or_word_is_refused_with_its_line() {
    let keys =
        "`id`, `row`, `agent`, `tumours`, `her2`, `result`, `conditions`, `monitoring`, `labels`, `cite`, `status`";
    let misspelt = format!("unknown field `agnet`, expected one of {keys}");
    for (from, to, line, says) in [
        ("agent   = \"margetuximab", "agnet   = \"margetuximab", "agnet", &*misspelt),
        ("tumours = [\"biliary\"]", "tumours = [\"bile\"]", "\"bile\"", "\"bile\" is not a tumour"),
        ("her2    = \"low\"", "her2    = \"lwo\"", "\"lwo\"", "\"lwo\" is not a HER2 condition"),
        ("fact = \"first_line\"", "fact = \"frist_line\"", "frist_line", "\"frist_line\" is not a fact"),
        ("region = \"eu\"", "region = \"uk\"", "\"uk\"", "\"uk\" is not a region"),
        ("\"blood count\"", "\"blood\"", "\"blood\"", "\"blood\" is not a monitoring"),
        ("\"before_neoadjuvant\"", "\"latest\"", "\"latest\"", "\"latest\" is not a choice of a result"),
        ("accelerated = true", "accelerated = \"yes\"", "\"yes\"", "invalid type: string \"yes\", expected a boolean"),
        (
            "status  = \"unconfirmed\"",
            "status  = \"unsure\"",
            "\"unsure\"",
            "unknown variant `unsure`, expected `confirmed` or `unconfirmed`",
        ),
    ] {
        refused(LABELS, from, to, At::Line(line), says);
    }
}

#[test]
fn a_rule_without_tumour_dated_label_or_citation_is_refused_with_the_line_of_the_rule() {
    let row = At::Entry("margetuximab with chemotherapy");
    let text = "agent   = \"margetuximab with chemotherapy\"\ntumours = [\"breast\"]";
    refused(LABELS, text, &text.replace("\"breast\"", ""), row, "row margetuximab names no tumour");
    let label = "labels  = [{ region = \"us\", date = \"2020-12-16\" }]";
    refused(LABELS, label, "labels  = []", row, "row margetuximab has no label");
    refused(LABELS, label, &label.replace("-16", "-32"), row, "row margetuximab has a label without its date");
    refused(LABELS, &format!("{label}\n"), "", row, "missing field `labels`");
    refused(LABELS, "cite    = [\"NCT02492711\"]", "cite    = []", row, "row margetuximab cites no source");
    refused(LABELS, "cite    = [\"NCT02492711\"]", "cite    = [\" \"]", row, "row margetuximab cites no source");
}

#[test]
fn a_row_id_of_a_list_that_is_used_again_is_refused() {
    refused(
        LABELS,
        "row     = \"trastuzumab-adjuvant\"",
        "row     = \"trastuzumab-metastatic\"",
        At::Entry("adjuvant setting"),
        "row id trastuzumab-metastatic is used twice",
    );
    refused(
        LABELS,
        "id         = \"considerations\"",
        "id         = \"considerations\"\nretired    = [\"tdxd_low\"]",
        At::Entry("id      = \"tdxd_low\""),
        "row id tdxd_low is retired and never used again",
    );
    refused(
        ORDERS,
        "row     = \"ild-tdm1\"",
        "row     = \"her2-tdm1\"",
        At::Entry("Of one that arises under it"),
        "row id her2-tdm1 is used twice",
    );
    refused(
        ORDERS,
        "id         = \"order-safety\"",
        "id         = \"order-safety\"\nretired    = [\"ras-tucatinib\"]",
        At::Entry("row     = \"ras-tucatinib\""),
        "row id ras-tucatinib is retired and never used again",
    );
}

/// A rule is named by file and row, so a file under the name of another would name its rules a second time.
#[test]
fn a_file_that_takes_the_rule_ids_of_another_kind_of_file_is_refused() {
    for (file, own, other) in [
        (LABELS, "id         = \"considerations\"", "order-safety"),
        (ORDERS, "id         = \"order-safety\"", "considerations"),
        (ORDERS, "id         = \"order-safety\"", "breast-asco-cap-2018"),
    ] {
        let taken = format!("id         = \"{other}\"");
        let says = format!("the id \"{other}\" is not the name of the file");
        refused(file, own, &taken, At::Line("id         = "), &says);
    }
    let (table, says) = ("gastric-cap-2016.toml", "the id \"considerations\" is not the name of the file");
    refused(table, "\"gastric-cap-2016\"", "\"considerations\"", At::Line("[ruleset]"), says);
}

#[test]
fn all_faults_of_every_list_are_told_at_once() {
    let mut files = changed(LABELS, "\"biliary\"", "\"bile\"");
    for (file, from, to) in [
        (LABELS, "her2    = \"low\"", "her2    = \"lwo\""),
        (ORDERS, "accepts = [\"ihc3\"]", "accepts = [\"ihc4\"]"),
        (ORDERS, "{ below = \"55\" }", "{ below = 55 }"),
    ] {
        let target = files.iter_mut().find(|candidate| candidate.name == file).unwrap();
        target.text = target.text.replacen(from, to, 1);
    }
    let said = refusal(&files).join("\n");
    for words in ["\"bile\"", "\"lwo\"", "\"ihc4\"", "integer `55`"] {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
    let of_labels = therapies(&files).unwrap_err().to_string();
    assert!(
        of_labels.contains("\"bile\"") && of_labels.contains("\"lwo\"") && !of_labels.contains(ORDERS),
        "{of_labels}"
    );
    let of_orders = order_rules(&files).unwrap_err().to_string();
    assert!(of_orders.contains("\"ihc4\"") && of_orders.contains("integer `55`"), "{of_orders}");
}

#[test]
fn without_its_file_no_label_would_be_told_so_it_is_asked_for() {
    let files: Vec<RuleFile> = embedded_files().into_iter().filter(|file| file.name != LABELS).collect();
    assert!(therapies(&files).unwrap_err().to_string().contains("considerations.toml: this file is missing"));
}
