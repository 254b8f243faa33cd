//! Words beside the name of a medicine that change what it names: a denial before it, or letters behind the name of an antibody
//! that may be the rest of the name of a conjugate.
//!
//! Which words leave an antibody plain is a list, and everything else leaves it open: a misspelt conjugate must never be read
//! as the antibody.

use crate::domain::medicine::Medicine;

use super::table::{KNOWN, Word};

/// Letters of the suffix that tells biosimilars apart (`-dkst`). It means nothing by itself.
const SUFFIX: usize = 4;
/// Letters of the shortest word that is held against the names of conjugates.
const SHORTEST_TAIL: usize = 6;
/// Most letters by which a misspelt name differs.
const MOST_SLIPS: usize = 2;
const EMTANSINE: &str = "emtansine";
const DERUXTECAN: &str = "deruxtecan";

/// Forms, routes, makers, suffixes and words of an order that may stand beside the name of an antibody.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    // suffixes of biosimilars and of hyaluronidase, where no hyphen was sent
    "dkst", "pkrb", "dttb", "qyyp", "anns", "strf", "oysk", "zzxf", "cmkb", "hrii", "dpzb",
    // what it is
    "biosimilar", "biosimilars", "reference", "original", "originator", "generic", "antibody", "monoclonal", "mab", "hyaluronidase",
    "hyaluronidasa", "hyaluronidas", "human", "recombinant", "vorhyaluronidase", "alfa", "product", "brand", "containing", "based",
    "hylecta", "preparation",
    // forms and containers
    "injection", "injections", "injectable", "infusion", "infusions", "infusionslosung", "injektion", "injektionslosung",
    "inyeccion", "perfusion", "powder", "pulver", "poudre", "polvo", "polvere", "lyophilized", "lyophilised", "lyophilisate",
    "concentrate", "konzentrat", "solution", "losung", "solucion", "soluzione", "vial", "vials", "flacon", "frasco",
    "durchstechflasche", "multidose", "reconstituted", "premix", "syringe", "bag", "kit",
    // routes
    "intravenous", "intravenously", "intravenos", "intraveineuse", "intravenosa", "subcutaneous", "subcutaneously", "subcutan",
    "subkutan", "sous", "subcutanea", "subq", "intrathecal", "inj", "inf", "oral", "route",
    // strengths
    "mcg", "mgs", "unt", "units", "unit", "int", "kg", "dose", "doses", "dosis", "loading", "maintenance", "fixed", "flat", "weight",
    // time
    "every", "each", "weekly", "week", "weeks", "wks", "day", "days", "hour", "hours", "min", "minutes", "over", "once", "then",
    "cycle", "cycles", "cyc", "course", "alle", "wochen", "woche", "wochentlich", "tage", "zyklus", "semaines", "semanas", "toutes",
    "cada", "since", "from", "until", "seit", "started", "ongoing", "continue", "continued", "first", "second", "line",
    // use
    "monotherapy", "monotherapie", "mono", "therapy", "therapie", "terapia", "treatment", "behandlung", "traitement", "tratamiento",
    "regimen", "protocol", "chemotherapy", "chemotherapie", "chemo", "combination", "combined", "adjuvant", "adjuvante",
    "neoadjuvant", "palliative", "metastatic", "breast", "gastric", "cancer", "her2", "oncology", "hospital", "use", "only", "alone",
    // joining words
    "and", "plus", "with", "und", "mit", "avec", "con", "the", "for", "per", "via", "und", "oder",
    // makers and licence holders
    "roche", "genentech", "sandoz", "hexal", "pfizer", "amgen", "mylan", "viatris", "biocon", "celltrion", "teva", "samsung",
    "bioepis", "organon", "accord", "henlius", "zydus", "prestige", "macrogenics", "jazz", "medac", "stada", "fresenius", "kabi",
    "biogen", "tanvex", "shanghai", "actavis",
];

/// A word that leaves the antibody at `at` open; None where every word beside it leaves it plain. The next word has to be one of
/// the list, a number, a suffix or the name of another medicine; a word farther away only must not look like a conjugate.
pub(super) fn unread_beside<'t>(words: &[Word<'t>], at: usize) -> Option<&'t str> {
    let before = at.checked_sub(1).filter(|_| words[at].hyphenated).map(|before| &words[before]);
    let next = words.get(at + 1).filter(|next| !is_suffix(next));
    let before = before.filter(|before| !is_plain(before.text) && !KNOWN.is_word_of_a_name(before.text));
    let next = next.filter(|next| !is_plain(next.text) && !KNOWN.names.contains_key(next.text));
    let far = || (0..words.len()).find(|far| is_a_tail(words, *far)).map(|far| &words[far]);
    before.or(next).or_else(far).map(|word| word.text)
}

/// The conjugates of trastuzumab that `unread` may be meant for: the one that it is a misspelling of, else each.
pub(super) fn conjugates_like(unread: &str) -> Vec<Medicine> {
    let emtansine = begins_or_is_near(unread, "emtan", EMTANSINE);
    let deruxtecan = begins_or_is_near(unread, "derux", DERUXTECAN);
    match (emtansine, deruxtecan) {
        (true, false) => vec![Medicine::TrastuzumabEmtansine],
        (false, true) => vec![Medicine::TrastuzumabDeruxtecan],
        _ => vec![Medicine::TrastuzumabEmtansine, Medicine::TrastuzumabDeruxtecan],
    }
}

/// Does a word before the last one deny it? "No. 2" counts and denies nothing.
pub(super) fn is_denied(words: &[Word<'_>]) -> bool {
    const DENIALS: &[&str] = &[
        "no", "not", "never", "without", "denies", "denied", "declined", "declines", "refused", "refuses", "kein",
        "keine", "keinen", "ohne", "nie", "nicht", "sans", "pas", "jamais", "aucun", "sin", "nunca", "ningun", "senza",
    ];
    words.windows(2).any(|pair| DENIALS.contains(&pair[0].text) && !is_number(pair[1].text))
}

fn is_suffix(word: &Word<'_>) -> bool {
    word.hyphenated && word.text.len() == SUFFIX && word.text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_plain(word: &str) -> bool {
    word.chars().count() <= 2 || is_number(word) || PLAIN.contains(&word)
}

/// `150`, `6mg`, and with one letter before it `q3w`, `d1`.
fn is_number(word: &str) -> bool {
    let is_digit = |at: usize| word.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    is_digit(0) || is_digit(1)
}

/// The rest of the name of a conjugate, far from the name that it belongs to or misspelt.
fn is_a_tail(words: &[Word<'_>], at: usize) -> bool {
    let word = words[at].text;
    let ends = ["tecan", "tansin", "tansine", "tansina"].iter().any(|end| word.ends_with(end));
    let near = || begins_or_is_near(word, "emtan", EMTANSINE) || begins_or_is_near(word, "derux", DERUXTECAN);
    if !ends && !near() {
        return false;
    }
    if KNOWN.is_word_of_a_name(word) {
        let stands_behind = at.checked_sub(1).is_some_and(|before| words[before].text == "trastuzumab");
        return !stands_behind && matches!(word, EMTANSINE | DERUXTECAN);
    }
    true
}

fn begins_or_is_near(word: &str, beginning: &str, name: &str) -> bool {
    word.starts_with(beginning) || (word.len() >= SHORTEST_TAIL && slips(word, name) <= MOST_SLIPS)
}

/// Letters left out, put in or changed between two words.
fn slips(one: &str, other: &str) -> usize {
    if one.len().abs_diff(other.len()) > MOST_SLIPS {
        return MOST_SLIPS + 1;
    }
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, own) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *own);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}
