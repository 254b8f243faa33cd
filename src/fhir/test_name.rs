//! The name of a HER2 test that has no known code, word by word. A name says what was tested: each of its words has to be one
//! that stands in the name of a tissue test, or the result is set aside. A list of words to refuse would never be complete.

use crate::domain::evidence::ExcludedWhy;

use super::codes::Test;
use super::test_words::{is_ihc, is_ish, is_of_a_tissue_test};
use super::text::named;
use super::topic::Topic;

/// Longer texts are no names.
const LONGEST: usize = 512;

/// What a local test is about, by its name; HER2 is named in it.
pub(super) fn topic_of(text: &str) -> Topic {
    if text.len() > LONGEST {
        return Topic::Foreign;
    }
    let name = named(text);
    let name = without_reflex(&name).replace("0-3+", "");
    let all: Vec<&str> = words(&name).collect();
    let any = |wanted: fn(&str) -> bool| all.iter().any(|word| wanted(word));
    if any(is_of_no_tissue) {
        return Topic::Refused(ExcludedWhy::NotTissue);
    }
    let of_genes = |word: &str| word == "dna" && all.iter().any(|word| is_ish(word));
    if all.iter().any(|word| is_another_test(word) && !of_genes(word)) {
        return Topic::Refused(ExcludedWhy::NotHer2);
    }
    let understood = all.iter().enumerate().all(|(at, word)| {
        let known = is_of_a_tissue_test(word) || is_in_situ_word(word) || of_genes(word);
        known || is_numbered(word, at.checked_sub(1).map_or("", |before| all[before]))
    });
    let both = says_in_situ(&name, false) && any(|word| word.starts_with("invasi"));
    if !understood || both || name.contains('+') {
        return Topic::Refused(ExcludedWhy::Unreadable);
    }
    Topic::Her2(if any(|word| matches!(word, "ratio" | "her2ratio" | "quotient")) {
        Test::Ratio
    } else {
        match (any(is_ihc) || says_immune_stain(&name), any(is_ish)) {
            (true, false) => Test::Ihc,
            (false, true) => Test::IshResult,
            // both, or neither: the laboratory's word for HER2 as a whole
            (true, true) | (false, false) => Test::Overall,
        }
    })
}

/// "IHC with reflex to FISH if 2+" is an IHC: what may follow was not done yet. A "reflex FISH" alone was.
fn without_reflex(name: &str) -> &str {
    let before = name.find("reflex").map_or(name, |at| &name[..at]);
    let names_ihc = words(before).any(is_ihc) || says_immune_stain(before);
    if names_ihc { before } else { name }
}

/// Beside a known code: a control slide, or another specimen than the one that was sent.
pub(super) fn sets_aside(text: &str) -> bool {
    if !holds(text, &["ontr", "prior", "vious", "lier", "vorb", "vorh", "ieur"]) {
        return false;
    }
    let name = named(text);
    let all: Vec<&str> = words(&name).collect();
    (0..all.len()).any(|at| {
        let before = |many: usize| at.checked_sub(many).map_or("", |place| all[place]);
        let behind = all.get(at + 1).copied().unwrap_or_default();
        is_earlier(all[at], before(1), behind) || is_control(all[at], [before(1), before(2)])
    })
}

/// "prior biopsy"; not "prior to treatment" nor "no previous result".
fn is_earlier(word: &str, before: &str, behind: &str) -> bool {
    let german = ["vorbiopsie", "vorbefund", "vorherig", "anterieur"].iter().any(|start| word.starts_with(start));
    let english = matches!(word, "prior" | "previous" | "earlier");
    (german || english) && behind != "to" && !matches!(before, "no" | "without" | "kein" | "keine" | "ohne")
}

/// The slide of a control; not controls that were adequate, nor the probe that ISH is counted with.
fn is_control(word: &str, before: [&str; 2]) -> bool {
    let slide = matches!(word, "control" | "kontrolle" | "positivkontrolle" | "negativkontrolle" | "kontrollschnitt");
    slide && !before.iter().any(|word| matches!(*word, "with" | "w" | "cep17" | "mit" | "vs" | "versus"))
}

/// Carcinoma in situ and nothing invasive: no invasive component was tested (clinical guide, 1.8). In the name of an ISH "in situ"
/// is the hybridisation.
pub(super) fn is_in_situ(text: &str, of_ish: bool) -> bool {
    if !holds(text, &["cis", "ductal", "situ"]) {
        return false;
    }
    let name = named(text);
    let other =
        |word: &str| word.starts_with("invasi") || word.starts_with("exclud") || matches!(word, "no" | "without");
    says_in_situ(&name, of_ish) && !words(&name).any(other)
}

/// One of these parts of a word, in any case: most names hold none, and are looked at no further. Their first letters should be
/// rare ones, since a name is looked through once for all of them.
fn holds(text: &str, parts: &[&str]) -> bool {
    let text = text.as_bytes();
    (0..text.len()).any(|at| {
        let first = text[at].to_ascii_lowercase();
        parts.iter().any(|part| {
            let part = part.as_bytes();
            part.first() == Some(&first)
                && text.get(at..at + part.len()).is_some_and(|found| found.eq_ignore_ascii_case(part))
        })
    })
}

fn says_in_situ(name: &str, of_ish: bool) -> bool {
    let named = words(name).any(|word| matches!(word, "dcis" | "lcis" | "intraductal"));
    // "in situ" is a hybridisation as well
    let situ = !of_ish && words(name).any(|word| word == "situ") && !words(name).any(is_ish);
    named || situ || name.contains("carcinoma in situ") || name.contains("carcinoma in-situ")
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn says_immune_stain(name: &str) -> bool {
    name.contains("immune stain") || name.contains("immunostain")
}

fn is_of_no_tissue(word: &str) -> bool {
    matches!(
        word,
        "serum" | "plasma" | "blood" | "ecd" | "shed" | "extracellular" | "ctdna" | "cfdna" | "ctc" | "ctcs" | "liquid"
    ) || matches!(word, "circulating" | "urine" | "csf" | "saliva")
}

/// Other genes, sequencing, expression of RNA, and the tests that are sold under a name.
fn is_another_test(word: &str) -> bool {
    const PARTS: &[&str] = &[
        "her3",
        "her4",
        "her1",
        "egfr",
        "top2a",
        "estrogen",
        "progesterone",
        "triple",
        "mutat",
        "mutant",
        "variant",
        "sequenc",
        "polymorphism",
        "rearrange",
    ];
    let marker = matches!(word, "er" | "pr" | "pgr" | "ki67" | "cep8");
    let sequencing = matches!(word, "ngs" | "snv" | "exon" | "dna");
    let rna = matches!(word, "rna" | "mrna" | "pcr" | "qpcr" | "rtpcr" | "rt" | "oncotype" | "pam50" | "prosigna");
    let profile = matches!(word, "mammaprint" | "blueprint" | "endopredict" | "enriched" | "subtype" | "luminal");
    let immunity = matches!(word, "antibody" | "antibodies" | "autoantibody" | "autoantibodies" | "vaccine");
    marker || sequencing || rna || profile || immunity || PARTS.iter().any(|part| word.contains(part))
}

/// "Block A1", "Part B", "receptor 2": a letter and two digits at most behind what is numbered so.
fn is_numbered(word: &str, before: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let short = word.len() - digits.len() <= 1 && digits.len() <= 2;
    short
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(before, "block" | "part" | "specimen" | "biopsy" | "tissue" | "receptor" | "rezeptor" | "recepteur")
}

fn is_in_situ_word(word: &str) -> bool {
    matches!(word, "dcis" | "lcis" | "intraductal" | "situ" | "ductal" | "lobular")
}
