//! The name of a HER2 test that has no known code, word by word. A name says what was tested: each of its words has to be one
//! that stands in the name of a tissue test, or the result is set aside. A list of words to refuse would never be complete.

use crate::domain::evidence::ExcludedWhy;

use super::codes::Test;
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
    let all: Vec<&str> = words(&name).collect();
    let any = |wanted: fn(&str) -> bool| all.iter().any(|word| wanted(word));
    if any(is_of_no_tissue) {
        return Topic::Refused(ExcludedWhy::NotTissue);
    }
    if any(is_another_test) {
        return Topic::Refused(ExcludedWhy::NotHer2);
    }
    let understood = all.iter().all(|word| is_of_a_tissue_test(word) || is_in_situ_word(word));
    let both = says_in_situ(&name) && any(|word| word.starts_with("invasi"));
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

/// Beside a known code: a control slide, or another specimen than the one that was sent.
pub(super) fn sets_aside(text: &str) -> bool {
    const CONTROL: &[&str] = &["control", "kontroll", "positivkontroll", "negativkontroll"];
    const EARLIER: &[&str] = &["prior", "previous", "earlier", "vorbiopsie", "vorbefund", "vorherig", "anterieur"];
    let starts = |word: &str| CONTROL.iter().chain(EARLIER).any(|start| word.starts_with(start));
    holds(text, &["ontr", "prior", "vious", "lier", "vorb", "vorh", "ieur"]) && words(&named(text)).any(starts)
}

/// Carcinoma in situ: no invasive component was tested (clinical guide, 1.8).
pub(super) fn is_in_situ(text: &str) -> bool {
    holds(text, &["cis", "ductal", "situ"]) && says_in_situ(&named(text))
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

fn says_in_situ(name: &str) -> bool {
    let named = words(name).any(|word| matches!(word, "dcis" | "lcis" | "intraductal"));
    // "in situ" is a hybridisation as well
    let situ = words(name).any(|word| word == "situ") && !words(name).any(is_ish);
    named || situ || name.contains("carcinoma in situ") || name.contains("carcinoma in-situ")
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn says_immune_stain(name: &str) -> bool {
    name.contains("immune stain") || name.contains("immunostain")
}

fn is_ihc(word: &str) -> bool {
    word == "ihc" || ["immunohist", "immunhist", "inmunohist"].iter().any(|start| word.starts_with(start))
}

fn is_ish(word: &str) -> bool {
    let hybridisation = ["hybridi", "hybridat", "hibridac"].iter().any(|start| word.starts_with(start));
    hybridisation || matches!(word, "fish" | "cish" | "sish" | "dish" | "ddish" | "ish")
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

fn is_in_situ_word(word: &str) -> bool {
    matches!(word, "dcis" | "lcis" | "intraductal" | "situ" | "ductal" | "lobular")
}

/// Words that may stand in the name of a HER2 test on tissue, in four languages.
fn is_of_a_tissue_test(word: &str) -> bool {
    is_ihc(word)
        || is_ish(word)
        || is_of_the_gene(word)
        || is_of_the_method(word)
        || is_of_the_result(word)
        || is_of_the_tissue(word)
        || is_small(word)
}

fn is_of_the_gene(word: &str) -> bool {
    matches!(
        word,
        "her2"
            | "neu"
            | "c"
            | "cep17"
            | "gene"
            | "gen"
            | "oncogene"
            | "protein"
            | "oncoprotein"
            | "receptor"
            | "ag"
            | "antigen"
            | "human"
            | "epidermal"
            | "growth"
            | "factor"
            | "marker"
            | "biomarker"
            | "recepteur"
            | "rezeptor"
    )
}

fn is_of_the_method(word: &str) -> bool {
    matches!(
        word,
        "immune"
            | "stain"
            | "staining"
            | "stained"
            | "immunostain"
            | "immunostaining"
            | "dual"
            | "single"
            | "probe"
            | "color"
            | "colour"
            | "fluorescence"
            | "fluorescent"
            | "chromogenic"
            | "silver"
            | "brightfield"
            | "method"
            | "assay"
            | "herceptest"
            | "4b5"
            | "clone"
            | "pathway"
            | "pathvysion"
            | "ventana"
            | "dako"
            | "farbung"
            | "faerbung"
            | "anfarbung"
            | "methode"
            | "metodo"
            | "qualitative"
            | "qual"
            | "semiquantitative"
            | "ratio"
            | "her2ratio"
            | "quotient"
            | "reflex"
            | "repeat"
    )
}

fn is_of_the_result(word: &str) -> bool {
    matches!(
        word,
        "score"
            | "status"
            | "result"
            | "results"
            | "interpretation"
            | "presence"
            | "overall"
            | "final"
            | "summary"
            | "finding"
            | "findings"
            | "test"
            | "testing"
            | "amplification"
            | "duplication"
            | "expression"
            | "overexpression"
            | "ergebnis"
            | "befund"
            | "nachweis"
            | "bestimmung"
            | "gesamt"
            | "gesamtstatus"
            | "amplifikation"
            | "uberexpression"
            | "ueberexpression"
            | "resultat"
            | "statut"
            | "surexpression"
            | "resultado"
            | "estado"
            | "expresion"
            | "sobreexpresion"
            | "puntuacion"
            | "amplificacion"
            | "interpretacion"
    )
}

fn is_of_the_tissue(word: &str) -> bool {
    matches!(
        word,
        "tissue"
            | "specimen"
            | "tumor"
            | "tumour"
            | "cancer"
            | "carcinoma"
            | "adenocarcinoma"
            | "breast"
            | "mammary"
            | "gastric"
            | "stomach"
            | "gastroesophageal"
            | "invasive"
            | "component"
            | "primary"
            | "metastasis"
            | "metastatic"
            | "lymph"
            | "node"
            | "biopsy"
            | "core"
            | "needle"
            | "resection"
            | "excision"
            | "block"
            | "cell"
            | "cytology"
            | "aspirate"
            | "fna"
            | "surgical"
            | "paraffin"
            | "ffpe"
            | "left"
            | "right"
            | "axilla"
            | "axillary"
            | "liver"
            | "bone"
            | "lung"
            | "brain"
            | "skin"
            | "ovary"
            | "ovarian"
            | "colon"
            | "colorectal"
            | "endometrial"
            | "endometrium"
            | "esophageal"
            | "oesophageal"
            | "links"
            | "rechts"
            | "gewebe"
            | "mamma"
            | "mammakarzinom"
            | "magenkarzinom"
            | "karzinom"
            | "biopsie"
            | "resektat"
            | "tissu"
            | "sein"
            | "tumeur"
            | "tejido"
            | "mama"
            | "biopsia"
            | "gastrico"
    )
}

fn is_small(word: &str) -> bool {
    matches!(
        word,
        "a" | "by"
            | "of"
            | "in"
            | "the"
            | "and"
            | "or"
            | "to"
            | "with"
            | "on"
            | "from"
            | "im"
            | "am"
            | "der"
            | "des"
            | "von"
            | "mittels"
            | "per"
            | "und"
            | "mit"
            | "du"
            | "de"
            | "le"
            | "la"
            | "par"
            | "el"
            | "en"
            | "por"
            | "d"
            | "l"
    )
}
