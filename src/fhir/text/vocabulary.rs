//! The words of a report in English, German, French and Spanish, and the many names of HER2 and of its control probe.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::decimal::Comparator;
use crate::domain::ihc::{MembranePattern, StainingIntensity};
use crate::fhir::codes::Word;

use super::surroundings::{is_guideline, is_node, is_of_the_assay, is_of_the_tissue, place};
use super::token::Token;

/// Lower case without marks, each test under one name.
pub(in crate::fhir) fn named(text: &str) -> String {
    // names first, so that their digits, slashes and hyphens are not read as values
    with_words(unaccented(text), NAMES)
}

/// As above, of a whole report.
pub(super) fn named_in_report(text: &str) -> String {
    with_words(named(text), SAYINGS)
}

fn with_words(mut plain: String, all: &[Names]) -> String {
    for (part, names) in all {
        if plain.contains(part) {
            for (name, word) in *names {
                if plain.contains(name) {
                    plain = plain.replace(name, word);
                }
            }
        }
    }
    plain
}

/// A part that all names of a group share, and each of them with the word that stands for it.
type Names = (&'static str, &'static [(&'static str, &'static str)]);

/// Names of HER2, of its control probe and of other tests, and sayings of more than one word.
const NAMES: &[Names] = &[
    ("c-erb", &[("c-erb-b2", " her2 "), ("c-erb b2", " her2 "), ("c-erbb-2", " her2 "), ("c-erbb2", " her2 ")]),
    ("erb", &[("cerbb2", "her2"), ("cerbb-2", "her2"), ("erbb2", "her2"), ("erbb-2", "her2")]),
    (
        "her",
        &[
            ("her2/neu", "her2 "),
            ("her-2/neu", "her2 "),
            ("her-2-neu", "her2 "),
            ("her2neu", "her2 "),
            ("her-2", "her2"),
            ("her 2", "her2 "),
        ],
    ),
    (
        "17",
        &[
            ("cen17", "cep17"),
            ("cep 17", "cep17"),
            ("cep-17", "cep17"),
            ("cen 17", "cep17"),
            ("cen-17", "cep17"),
            ("chr17", "cep17"),
            ("chr 17", "cep17"),
            ("chr. 17", "cep17"),
            ("chromosome 17", "cep17"),
            ("chromosome-17", "cep17"),
            ("chromosom 17", "cep17"),
            ("chromosom-17", "cep17"),
            ("cromosoma 17", "cep17"),
            ("centromere 17", "cep17"),
            ("centromer 17", "cep17"),
            ("zentromer 17", "cep17"),
            ("d17z1", "cep17"),
        ],
    ),
    (
        "cep17",
        &[
            ("her2/cep17", " her2ratio "),
            ("her2 / cep17", " her2ratio "),
            ("her2:cep17", " her2ratio "),
            ("her2-cep17", " her2ratio "),
            ("her2 to cep17", " her2ratio "),
            ("her2 zu cep17", " her2ratio "),
        ],
    ),
    ("ki-67", &[("ki-67", " ki67 ")]),
    ("d'", &[("d'", " d ")]),
    ("to ", &[("to follow", "ordered"), ("weak to moderate", "weakmoderate")]),
    ("/", &[("weak/moderate", "weakmoderate"), ("/cell", " percell"), ("/nucle", " pernucle"), ("/zell", " perzell")]),
    ("pe", &[("per cell", "percell"), ("per nucle", "pernucle"), ("per tumor cell", "percell")]),
    (
        "p",
        &[
            ("pro zell", "perzell"),
            ("por nucleo", "pernucleus"),
            ("per cellula", "percell"),
            ("par cellule", "percell"),
            ("par noyau", "percell"),
            ("por celula", "percell"),
        ],
    ),
];

/// What only whole reports say.
const SAYINGS: &[Names] = &[
    ("human ep", &[("human epidermal growth factor receptor 2", "her2")]),
    ("to ", &[("according to", "per")]),
    ("will ", &[("will be reported", "ordered"), ("will follow", "ordered")]),
    ("in situ", &[("hybridation in situ", "ish"), ("hibridacion in situ", "ish"), ("ibridazione in situ", "ish")]),
    ("scale", &[("(on a scale of 0-3+)", ""), ("(scale 0 to 3+)", ""), ("(scale 0-3+)", "")]),
    ("cur", &[("en curso", "encours")]),
    ("co", &[("en cours", "encours"), ("in corso", "encours")]),
];

/// Lower case without accents and zero-width characters, dashes and quotes unified.
pub(in crate::fhir) fn unaccented(text: &str) -> String {
    if text.is_ascii() {
        let lower = text.to_ascii_lowercase();
        return if lower.contains('"') { lower.replace('"', "'") } else { lower };
    }
    text.nfkd()
        .filter(|c| {
            !is_combining_mark(*c) && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{ad}')
        })
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '"' => '\'',
            '≥' => '\u{2265}',
            '≤' => '\u{2264}',
            other => other,
        })
        .collect()
}

/// What a word means, with what stands behind it.
pub(super) fn meaning(word: &str, behind: &str) -> Token {
    match word {
        "her2" => Token::Her2,
        "cep17" => Token::Cep17,
        "her2ratio" => Token::Her2Ratio,
        "ihc"
        | "immunohistochemistry"
        | "immunohistochemie"
        | "immunhistochemie"
        | "immunohistochimie"
        | "immunohistochemical"
        | "immunostain"
        | "inmunohistoquimica"
        | "immunoistochimica"
        | "ihq"
        | "ihk" => Token::Ihc,
        "fish" | "ish" | "cish" | "sish" | "dish" | "ddish" | "hybridisation" | "hybridization" | "hibridacion"
        | "hybridation" | "ibridazione" | "hybridisatie" => Token::Ish,
        "situ" if is_hybridisation(behind) => Token::Filler,
        "score" | "puntuacion" => Token::ScoreLabel,
        "positive" | "pos" | "positiv" | "positif" | "positief" | "positivo" | "positiva" => {
            Token::Word(Word::Positive)
        }
        "negative" | "neg" | "negativ" | "negatif" | "negatief" | "negativo" | "negativa" => {
            Token::Word(Word::Negative)
        }
        "equivocal" | "equiv" | "aquivok" | "aequivok" | "equivoque" | "equivoco" => Token::Word(Word::Equivocal),
        "indeterminate" | "indetermine" | "indeterminado" => Token::Word(Word::Indeterminate),
        "low" => Token::Word(Word::Low),
        "ultralow" => Token::Word(Word::Ultralow),
        "amplified" | "amplifiziert" | "amplifie" | "amplifiee" | "amplificado" | "amplificada" | "amplificato"
        | "amplificata" | "geamplificeerd" => Token::Amplified,
        // "Amplification:" and nothing more is a title
        "amplification" | "amplifikation" | "genamplifikation" | "amplificacion" | "amplificazione"
        | "amplificatie" => {
            if is_title(behind) {
                Token::SentenceWord
            } else {
                Token::Amplification
            }
        }
        "not" | "no" | "none" | "lacks" | "nicht" | "non" | "kein" | "keine" | "without" | "ohne" | "sans" | "sin"
        | "pas" | "cannot" | "absence" | "absent" | "absente" | "ausencia" | "assenza" | "assente" | "geen"
        | "niet" => Token::Not,
        "can" | "could" | "kann" | "konnte" => Token::Can,
        "ratio" | "quotient" | "cociente" => Token::RatioLabel,
        "copies" | "copy" | "kopien" | "kopienzahl" | "genkopien" | "genkopienzahl" | "kopiezahl" | "genkopiezahl"
        | "copias" | "copie" | "kopieen" => Token::CopiesLabel,
        "signals" | "signale" | "signaux" | "senales" | "segnali" => Token::SignalsLabel,
        "cells" | "zellen" | "cellules" | "celulas" | "cellule" | "cellen" | "nuclei" | "noyaux" | "zellkerne" => {
            Token::CellsLabel
        }
        "mean" | "average" | "avg" | "mittlere" | "durchschnittliche" | "durchschnittlich" | "moyenne" | "moyen"
        | "media" | "medio" | "gemiddeld" | "gemiddelde" => Token::Mean,
        "cell" | "nucleus" | "percell" | "pernucleus" | "pernuclei" | "perzelle" | "perzellkern" => Token::PerCell,
        "of" | "de" | "von" => Token::Of,
        "for" | "fur" | "pour" | "para" => Token::For,
        "by" | "mittels" | "par" | "por" => Token::By,
        "pending" | "ausstehend" | "pendiente" | "encours" => Token::Pending,
        "ordered" | "requested" | "sent" | "angefordert" | "veranlasst" | "folgt" | "volgt" | "eingeleitet"
        | "progress" | "demandee" | "solicitado" => Token::Ordered,
        "if" | "falls" | "wenn" | "si" | "should" => Token::Condition,
        "will" | "recommended" | "consider" | "empfohlen" => Token::Advice,
        "previous" | "previously" | "prior" | "earlier" | "vorherige" | "frueher" | "vorbiopsie" | "vorbefund"
        | "anterieur" | "anterieure" | "previo" | "previa" | "eerdere" | "outside" | "history" | "anamnese"
        | "anamnesi" | "antecedent" | "antecedents" | "antecedente" | "antecedentes" | "known" => Token::Previous,
        // "Clinical data:", "Klinische Angaben:"
        "referral" | "referring" | "uberweisung" | "formerly" | "ago" | "past" | "pre" | "before" | "vor"
        | "bekanntes" | "bekannter" | "erstdiagnose" | "anterior" | "presumably" | "expected" | "laut" => {
            Token::Previous
        }
        "mother" | "sister" | "daughter" | "family" | "mutter" | "schwester" | "tochter" | "madre" | "hermana"
        | "sorella" | "moeder" | "zus" => Token::Previous,
        "ancien" | "ancienne" | "vorige" | "vorigen" | "fruhere" | "fruheren" | "damals" | "voorgaande"
        | "precedente" | "initial" | "initially" | "original" | "originally" => Token::Previous,
        "clinical" | "klinische" | "renseignements" | "datos" | "dati" => Token::Previous,
        "control" | "controls" | "kontrolle" | "kontrollen" => Token::Control,
        "void" | "ungultig" | "zuruckgezogen" | "artefact" | "artifact" | "mislukt" | "vervalt" | "anulado" => {
            Token::Doubt
        }
        "disregard" | "error" | "erroneous" | "incorrect" | "wrong" | "withdrawn" | "corrected" | "amended"
        | "revised" | "upgraded" | "downgraded" | "unreliable" | "suboptimal" | "repeat" | "repeated" | "consensus"
        | "korrigiert" | "korrektur" | "fehlerhaft" | "corrige" | "erreur" | "erratum" | "corregido" | "errata"
        | "corretto" => Token::Doubt,
        "dcis" | "lcis" | "ccis" | "cdis" | "situ" => Token::InSitu,
        "defined" | "criteria" | "criterion" | "criterios" | "category" | "patients" | "eligible" | "qualify" => {
            Token::Aside
        }
        // a reference laboratory reports this tumour
        "reference" if is_of_a_scale(behind) => Token::Aside,
        "referenzbereich" => Token::Aside,
        "see" | "siehe" | "voir" => Token::See,
        "serum" | "plasma" | "mutation" | "mutations" | "mutated" | "variant" | "variants" | "sequencing" | "ngs"
        | "foundationone" | "cgh" | "altered" | "exome" | "guardant" | "guardant360" | "tempus" | "oncomine"
        | "caris" | "ctdna" | "liquid" => Token::Elsewhere,
        "faint" => Token::Intensity(StainingIntensity::Faint),
        "weakmoderate" => Token::Intensity(StainingIntensity::WeakModerate),
        "moderate" => Token::Intensity(StainingIntensity::Moderate),
        "strong" => Token::Intensity(StainingIntensity::Strong),
        "intense" => Token::Intensity(StainingIntensity::Intense),
        "incomplete" | "partial" => Token::Pattern(MembranePattern::Incomplete),
        "complete" => Token::Pattern(MembranePattern::Complete),
        "circumferential" => Token::Pattern(MembranePattern::Circumferential),
        "insufficient" | "invalid" | "failed" | "failure" | "fehlgeschlagen" | "qns" | "uninterpretable"
        | "unevaluable" | "inadequate" | "unzureichend" | "insuffisant" | "insuficiente" => Token::NotAssessable,
        "assessable" | "evaluable" | "valid" | "valide" | "verwertbar" | "valorable" | "interpretable"
        | "beurteilbar" | "auswertbar" | "sufficient" => Token::Assessable,
        "assessed" | "evaluated" | "interpreted" | "determined" | "beurteilt" | "ausgewertet" => Token::Assessed,
        "performed" | "done" | "indicated" | "required" | "necessary" | "durchgefuhrt" | "erforderlich" => {
            Token::Performed
        }
        "detected" | "seen" | "identified" | "observed" | "found" | "present" | "yes" | "nachweisbar"
        | "nachgewiesen" | "vorhanden" => Token::Detected,
        "er" | "pr" | "pgr" | "ki67" | "estrogen" | "oestrogen" | "progesterone" | "receptor" | "brca" | "brca1"
        | "brca2" | "her1" | "her3" | "her4" | "egfr" | "pd" | "top2a" | "myc" | "ccnd1" | "fgfr1" | "mdm2" | "p53"
        | "ar" | "androgen" | "gata3" | "cadherin" | "cytokeratin" | "ck5" | "ck7" | "ck20" | "p63" | "smmhc"
        | "calponin" | "cdx2" | "ttf1" | "pax8" | "wt1" | "synaptophysin" | "chromogranin" | "cldn18" | "claudin"
        | "mlh1" | "msh2" | "msh6" | "pms2" | "mmr" | "sox10" | "mammaglobin" | "gcdfp" | "alk" | "met" | "braf"
        | "re" | "rp" => Token::OtherMarker,
        "greater" | "more" => comparative(behind, Comparator::Above),
        "less" | "fewer" => comparative(behind, Comparator::Below),
        "staining" | "stained" => Token::Staining,
        "overexpression" | "overexpressed" | "surexprime" | "uberexpression" | "ueberexpression" | "surexpression" => {
            Token::Overexpression
        }
        "status" | "statut" | "result" | "results" | "ergebnis" | "resultat" | "interpretation" => Token::Status,
        "test" => Token::Test,
        "testing" | "analysis" | "evaluation" | "assessment" => Token::Testing,
        "counted" | "scored" | "analyzed" | "analysed" | "gezahlt" | "ausgezahlt" => Token::Counted,
        "group" | "gruppe" => Token::Group,
        // "however, only 10 cells counted"
        "only" | "nur" if behind.trim_start().starts_with(|c: char| c.is_ascii_digit()) => Token::SentenceWord,
        "gene" | "gen" | "du" | "d" | "the" | "neu" | "reflex" | "than" | "number" | "nombre" | "numero" | "per"
        | "value" | "protein" | "fluorescence" | "chromogenic" | "silver" => Token::Filler,
        "membrane" | "membranous" | "tumor" | "tumour" | "tumors" | "tumours" | "invasive" | "carcinoma" | "la"
        | "le" | "der" | "die" | "das" | "in" | "is" | "was" | "are" | "were" | "evidence" | "and" | "with" | "on"
        | "expression" | "be" | "however" | "a" | "an" | "ist" | "est" | "based" | "that" | "barely"
        | "perceptible" | "quantity" | "has" | "been" | "werden" | "zur" | "nachweis" | "specimen" | "sample"
        | "tissue" | "this" => Token::SentenceWord,
        "rapport" | "rapporto" if behind.trim_start().starts_with("her2ratio") => Token::Filler,
        word if is_node(word) => Token::Node,
        word if is_guideline(word) => Token::Guideline,
        word if is_of_the_assay(word) => Token::Assay,
        word if is_of_the_tissue(word) => Token::SentenceWord,
        word => place(word).map_or(Token::Unknown, Token::Place),
    }
}

fn is_title(behind: &str) -> bool {
    let behind = behind.trim_start_matches([' ', ')']);
    behind.strip_prefix(':').is_some_and(|rest| {
        let rest = rest.trim_start_matches([' ', '\t']);
        rest.is_empty() || rest.starts_with(['.', ';', ',', '\n', '\r'])
    })
}

fn is_of_a_scale(behind: &str) -> bool {
    let next = behind.trim_start();
    next.starts_with(':') || ["range", "interval", "value"].iter().any(|word| next.starts_with(word))
}

fn is_hybridisation(behind: &str) -> bool {
    let next = behind.trim_start_matches([' ', '-']);
    next.starts_with("hybrid") || next.starts_with("hibrid")
}

/// "greater than" is a bound; "greater" alone is not understood.
fn comparative(behind: &str, comparator: Comparator) -> Token {
    if behind.trim_start().starts_with("than") { Token::Comparator(comparator) } else { Token::Unknown }
}
