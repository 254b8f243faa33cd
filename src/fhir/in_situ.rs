//! Is a report about carcinoma in situ and nothing else? Said only where the report leaves no other reading: whoever is not sure
//! says nothing, since an invasive cancer that is called in situ loses its HER2 status.

use super::text::named;

/// "DCIS, no invasive carcinoma": carcinoma in situ is named, nothing else that may be a tumour is, unless it is denied, and
/// nothing is remembered from before.
pub(super) fn is_of_in_situ_alone(report: &str) -> bool {
    let report = report.to_lowercase();
    if !["cis", "dis", "ductal", "situ", "intra"].iter().any(|part| report.contains(part)) {
        return false;
    }
    // forms that were pasted into one line keep their columns apart by blanks
    let report = report.replace("  ", "\n");
    let clauses = report.split(['.', ';', ',', '\n', '\r', '\t', '|', '(', ')', '[', ']', '/']);
    let mut report = Clause::default();
    for clause in clauses.map(named) {
        let words: Vec<&str> = clause.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let Some(clause) = Clause::of(&words) else { return false };
        report.in_situ |= clause.in_situ;
        report.may_be_either |= clause.may_be_either;
        report.denies_invasion |= clause.denies_invasion;
    }
    report.in_situ && (report.denies_invasion || !report.may_be_either)
}

/// What a clause says.
#[derive(Debug, Clone, Copy, Default)]
struct Clause {
    /// Carcinoma in situ was found.
    in_situ: bool,
    /// Paget's disease or a papillary lesion, which may be invasive: the report says whether it is, or nobody knows.
    may_be_either: bool,
    denies_invasion: bool,
}

impl Clause {
    /// `None` where something else may have been found, now or before.
    fn of(words: &[&str]) -> Option<Self> {
        let mut clause = Self::default();
        let mut rest = words;
        let mut denied = false;
        let elsewhere = words.iter().any(|word| is_left_over(word));
        while let [word, behind @ ..] = rest {
            let phrase = in_situ_phrase(rest);
            if phrase > 0 {
                rest = &rest[phrase..];
                if denied || is_denial_behind(rest) || is_absent(rest) {
                    // "no DCIS": what was found is something else
                    return None;
                }
                clause.in_situ = true;
                continue;
            }
            if is_of_a_tumour(word) || is_of_another_time(word) {
                // "no residual invasive carcinoma", "no invasive carcinoma at the margin": it was, or is, elsewhere
                let denied_here = !elsewhere && (denied || is_denial_behind(behind));
                if !denied_here && !is_of_either_kind(word) {
                    return None;
                }
                clause.may_be_either |= !denied_here;
                clause.denies_invasion |= denied_here && (word.contains("invasi") || word.contains("infiltr"));
            }
            denied = (denied && !ends_a_denial(word)) || denies(word, behind.first().copied());
            rest = behind;
        }
        Some(clause)
    }
}

fn is_left_over(word: &str) -> bool {
    word.starts_with("margin") || matches!(word, "residual" | "further" | "cavity" | "rand" | "marge" | "margen")
}

/// "DCIS: nil", "CDIS no se observa": nothing of it was found.
fn is_absent(behind: &[&str]) -> bool {
    let found = |word: &str| matches!(word, "observa" | "aanwezig" | "identificado" | "retrouve" | "present");
    let not = |word: &str| matches!(word, "no" | "niet" | "non" | "not");
    let at_end = matches!(behind, [word] if not(word));
    let absent = |word: &&str| {
        matches!(
            *word,
            "absent" | "nil" | "negative" | "negativ" | "ausgeschlossen" | "excluded" | "fehlt" | "ausente" | "0"
        )
    };
    at_end
        || behind.first().is_some_and(absent)
        || (behind.iter().take(WORDS_BEFORE_A_DENIAL).any(|word| not(word))
            && behind.iter().take(WORDS_BEFORE_A_DENIAL).any(|word| found(word)))
}

fn is_of_either_kind(word: &str) -> bool {
    word.starts_with("paget") || word.starts_with("papillar")
}

/// How many words at the beginning name carcinoma in situ.
fn in_situ_phrase(words: &[&str]) -> usize {
    let carcinoma = |word: &str| matches!(word, "carcinoma" | "karzinom" | "carcinome" | "carcinoom");
    let kind = |word: &str| {
        matches!(
            word,
            "ductal"
                | "lobular"
                | "papillary"
                | "duktales"
                | "lobulares"
                | "canalaire"
                | "lobulaire"
                | "duttale"
                | "lobulare"
                | "ductaal"
                | "lobulair"
        )
    };
    let not = |word: &str| matches!(word, "non" | "nicht" | "niet");
    match words {
        ["dcis" | "lcis" | "ccis" | "cdis", ..] => 1,
        ["intraductal" | "intraduktales" | "intracanalaire" | "intraduttale" | "intraductaal", word, ..]
            if carcinoma(word) =>
        {
            2
        }
        ["in", "situ", one, word, ..] if kind(one) && carcinoma(word) => 4,
        ["in", "situ", word, ..] if carcinoma(word) => 3,
        [one, "in", "situ", word, ..] if kind(one) && carcinoma(word) => 4,
        [one, word, "in", "situ", next @ ..] if kind(one) && carcinoma(word) && !is_hybridised(next) => 4,
        [word, one, "in", "situ", next @ ..] if kind(one) && carcinoma(word) && !is_hybridised(next) => 4,
        [word, "in", "situ", next @ ..] if carcinoma(word) && !is_hybridised(next) => 3,
        [non, invasive, one, word, ..]
            if not(non) && invasive.starts_with("invasi") && kind(one) && carcinoma(word) =>
        {
            4
        }
        _ => 0,
    }
}

fn is_hybridised(next: &[&str]) -> bool {
    next.first().is_some_and(|word| word.starts_with("hybrid"))
}

/// Anything that may be invasive, or lie elsewhere, or a stage of it.
fn is_of_a_tumour(word: &str) -> bool {
    const PARTS: [&str; 17] = [
        "invasi", "infiltr", "envahiss", "metast", "carcino", "karzin", "cancer", "krebs", "tumor", "tumour", "tumeur",
        "sarcom", "lymph", "malign", "paget", "papill", "ductal",
    ];
    let named = PARTS.iter().any(|part| word.contains(part));
    let short = matches!(
        word,
        "idc"
            | "ilc"
            | "cdi"
            | "cli"
            | "cci"
            | "imc"
            | "nst"
            | "tnbc"
            | "inv"
            | "ca"
            | "carc"
            | "adenoca"
            | "mass"
            | "node"
            | "nodes"
            | "nodal"
            | "axilla"
            | "sentinel"
            | "sln"
            | "lvi"
            | "mi"
            | "met"
            | "mets"
            | "macromet"
            | "micromet"
            | "relapse"
            | "nottingham"
            | "elston"
            | "sbr"
            | "lobular"
            | "tubular"
            | "mucinous"
            | "metaplastic"
            | "adenoid"
            | "medullary"
            | "basement"
            | "basale"
            | "c5"
            | "b5b"
    ) || ["microinv", "basalmembran", "stroma"].iter().any(|part| word.contains(part));
    let stage =
        ["t1", "t2", "pt1", "pt2", "pt3", "pt4", "pn1", "pn2", "pn3", "pm1"].iter().any(|stage| word.contains(stage));
    named || short || stage
}

/// What was, and need not be any more.
fn is_of_another_time(word: &str) -> bool {
    const STARTS: [&str; 9] = ["histor", "prior", "previous", "known", "former", "recur", "rezidiv", "anamn", "origin"];
    STARTS.iter().any(|start| word.starts_with(start)) || matches!(word, "status" | "sp" | "zn" | "since" | "now")
}

/// A word that denies what stands behind it in its clause.
fn denies(word: &str, next: Option<&str>) -> bool {
    match word {
        "no" => next != Some("special"),
        "negative" => next == Some("for"),
        "without" | "kein" | "keine" | "keinen" | "keinerlei" | "ohne" | "sans" | "sin" | "pas" | "absence"
        | "ausencia" | "assenza" | "geen" => true,
        _ => false,
    }
}

/// "DCIS without necrosis and invasive carcinoma": what follows may be there.
fn ends_a_denial(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "with"
            | "but"
            | "plus"
            | "yes"
            | "present"
            | "und"
            | "mit"
            | "aber"
            | "et"
            | "avec"
            | "mais"
            | "y"
            | "con"
    )
}

/// A denial stands close behind what it denies; looking further would cost the square of a long text.
const WORDS_BEFORE_A_DENIAL: usize = 6;

/// "Invasive carcinoma: not identified", "invasion: none".
fn is_denial_behind(words: &[&str]) -> bool {
    let filler = |word: &str| is_of_a_tumour(word) || matches!(word, "is" | "are" | "component");
    let from = words.iter().take(WORDS_BEFORE_A_DENIAL).take_while(|word| filler(word)).count();
    match &words[from..] {
        ["not" | "nicht", word, ..] => {
            matches!(*word, "identified" | "seen" | "present" | "found" | "detected" | "nachweisbar" | "vorhanden")
        }
        ["none", word] => matches!(*word, "identified" | "seen" | "found"),
        [word] => matches!(*word, "none" | "absent" | "no" | "nein" | "keine"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_of_in_situ_alone;

    #[test]
    fn carcinoma_in_situ_and_nothing_else_is_told_in_many_words() {
        for report in [
            "DCIS. HER2 3+.",
            "Ductal carcinoma in situ, no invasive carcinoma. HER2 IHC 3+.",
            "DCIS with no invasive component. HER2 3+",
            "DCIS ohne Hinweis auf Invasion. HER2 Score 3+.",
            "DCIS, high grade. Invasive carcinoma: not identified. Invasion: none. HER2 3+",
            "DCIS, pTis. Negative for invasive carcinoma. HER2 2+",
            "No definite evidence of stromal invasion. DCIS, grade 3. HER2 3+.",
            "Lobular carcinoma in situ; HER2 1+",
            "Carcinome canalaire in situ, sans infiltration. HER2 3+",
            "Carcinome canalaire in situ de haut grade. HER2 3+. Pas d'infiltration.",
            "CCIS pur, HER2 score 2+",
            "Carcinoma duttale in situ (DCIS) G3, HER2 3+. Assenza di infiltrazione.",
            "DCIS graad 3, HER2 3+. Geen invasieve groei.",
            "CDIS, HER2 0. No se observa invasión.",
            "Solid papillary carcinoma in situ. HER2 0",
            "In situ ductal carcinoma. HER2 3+",
            "Duktales In-situ-Karzinom, HER2 3+",
            "Non-invasive ductal carcinoma (DCIS). HER2 3+",
            "Paget disease of the nipple with underlying DCIS. HER2 3+. No invasion seen.",
        ] {
            assert!(is_of_in_situ_alone(report), "{report}");
        }
    }

    #[test]
    fn whatever_may_be_invasive_or_elsewhere_or_from_before_leaves_it_open() {
        for report in [
            "Invasive ductal carcinoma with DCIS. HER2 3+.",
            "IDC with DCIS. HER2 3+.",
            "ILC, classic type, with LCIS. HER2 1+",
            "Carcinoma, no DCIS. HER2 3+.",
            "Mucinous carcinoma. DCIS: not identified. HER2 negative.",
            "DCIS: not identified. HER2 3+",
            "Margins negative. Invasive ductal carcinoma with DCIS. HER2 IHC 3+.",
            "ER: Negative\nPR: Negative\nInvasive ductal carcinoma and DCIS\nHER2: Positive (3+)",
            "Carcinoma of no special type (invasive ductal), grade 2, with DCIS. HER2 3+",
            "PR negative invasive ductal carcinoma with DCIS. HER2 3+",
            "Mammakarzinom NST, G3, pT2, mit DCIS-Anteil. HER2 3+",
            "Carcinoma. In situ hybridization for HER2: amplified.",
            "Ductal carcinoma, in situ hybridization HER2 ratio 4.0, HER2 copies 9.0.",
            "Ductal carcinoma in situ hybridisation: HER2 amplified",
            "DCIS, pT1mi. HER2 3+",
            "DCIS and nodal micrometastasis (pN1mi). HER2 3+",
            "History of DCIS. Carcinoma, HER2 3+",
            "Recurrence after DCIS. HER2 3+",
            "Right breast: DCIS. Left breast: carcinoma NST grade 2. HER2 3+",
            "Gastric carcinoma, tubular, with carcinoma in situ at the margin. HER2 3+.",
            "Liver metastasis; intraductal component in the breast. HER2 3+.",
            "DCIS. Microinvasion present. HER2 3+",
            "DCIS without necrosis and invasive carcinoma. HER2 3+",
            "DCIS: present  Necrosis: no  Invasion: present  HER2: 3+",
            "Paget disease of the nipple with underlying DCIS. HER2 3+.",
            "Papillary carcinoma and DCIS, HER2 3+. No necrosis.",
            "DCIS with papillary carcinoma, invasive. HER2 3+. No lymphovascular invasion.",
            "Pas de CCIS. Carcinome infiltrant, HER2 3+",
            "HER2 3+",
            &format!("DCIS. {}none. HER2 3+", "tumor ".repeat(150_000)),
        ] {
            assert!(!is_of_in_situ_alone(report), "{report}");
        }
    }
}
