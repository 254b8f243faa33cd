//! Words around a result that say nothing of it: where the tissue lay, how it was stained, by whose guideline it was read. Only
//! words that stand here are passed over; any other leaves its sentence unread.

/// The names of assays, clones, makers and scoring systems, as in "HER2 (clone 4B5, Ventana): 3+".
pub(super) fn is_of_the_assay(word: &str) -> bool {
    matches!(
        word,
        "clone"
            | "klon"
            | "4b5"
            | "sp3"
            | "cb11"
            | "a0485"
            | "ventana"
            | "roche"
            | "dako"
            | "agilent"
            | "leica"
            | "herceptest"
            | "pathway"
            | "oracle"
            | "benchmark"
            | "hofmann"
            | "ruschoff"
            | "rueschoff"
            | "oncoprotein"
            | "onkoprotein"
            | "antibody"
            | "assay"
            | "probe"
            | "dual"
            | "single"
    )
}

/// A guideline; the year behind it is no number.
pub(super) fn is_guideline(word: &str) -> bool {
    matches!(word, "asco" | "cap" | "guideline" | "guidelines" | "leitlinie")
}

/// The years in which the breast guidelines appeared.
pub(super) fn is_year_of_a_guideline(number: &str) -> bool {
    matches!(number, "2007" | "2013" | "2018" | "2023")
}

/// Where a piece of tissue lay, or which part of the tumour it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Left,
    Right,
    Breast,
    Liver,
    Lung,
    Bone,
    Brain,
    Skin,
    Stomach,
    Bowel,
    Ovary,
    Womb,
    Gallbladder,
    Core,
    Excision,
    Primary,
    Metastasis,
    Component,
}

pub(super) fn place(word: &str) -> Option<Place> {
    Some(match word {
        "left" | "links" | "linke" | "linken" | "gauche" | "izquierda" | "sinistra" => Place::Left,
        "right" | "rechts" | "rechte" | "rechten" | "droit" | "droite" | "derecha" | "destra" => Place::Right,
        "breast" | "mamma" | "sein" | "mama" | "mammella" | "borst" => Place::Breast,
        "liver" | "leber" | "foie" => Place::Liver,
        "lung" | "lunge" => Place::Lung,
        "bone" => Place::Bone,
        "brain" => Place::Brain,
        "skin" => Place::Skin,
        "stomach" | "gastric" => Place::Stomach,
        "colon" | "colorectal" => Place::Bowel,
        "ovarian" => Place::Ovary,
        "uterine" | "endometrial" => Place::Womb,
        "gallbladder" => Place::Gallbladder,
        "biopsy" | "biopsie" | "biopsia" | "stanze" | "stanzbiopsie" | "core" => Place::Core,
        "excision" | "resection" | "resektat" | "mastectomy" | "lumpectomy" => Place::Excision,
        "primary" => Place::Primary,
        "metastasis" | "metastatic" | "metastase" => Place::Metastasis,
        "component" | "komponente" | "composante" | "componente" => Place::Component,
        _ => return None,
    })
}

/// The kind of a tissue, and the titles of reports.
pub(super) fn is_of_the_tissue(word: &str) -> bool {
    is_tumour(word) || is_title(word)
}

fn is_tumour(word: &str) -> bool {
    matches!(
        word,
        "karzinom"
            | "mammakarzinom"
            | "magenkarzinom"
            | "urothelkarzinom"
            | "adenokarzinom"
            | "carcinome"
            | "carcinoom"
            | "adenocarcinoma"
            | "adenocarcinome"
            | "cholangiocarcinoma"
            | "cholangiocarcinome"
            | "ductal"
            | "lobular"
            | "serous"
            | "mucinous"
            | "nst"
            | "invasiv"
            | "invasives"
            | "invasiven"
            | "invasif"
            | "invasieve"
            | "infiltrating"
            | "infiltrant"
            | "cancer"
            | "observers"
            | "infiltrante"
    )
}

fn is_title(word: &str) -> bool {
    matches!(word, "addendum" | "nachtrag" | "nachbericht" | "report" | "diagnosis" | "final" | "reliably")
}

/// A lymph node: a piece of its own where it is told of behind a result.
pub(super) fn is_node(word: &str) -> bool {
    matches!(word, "lymph" | "node" | "nodes" | "nodal" | "lymphknoten" | "ganglion" | "ganglio" | "linfonodo")
}

/// Does a report tell of more than one piece of tissue? Two tests of two pieces must never become one result.
pub(super) fn tells_of_several_pieces(plain: &str) -> bool {
    const LEFT: [&str; 7] = ["left", "links", "linke", "linken", "gauche", "izquierda", "sinistra"];
    const RIGHT: [&str; 7] = ["right", "rechts", "rechte", "rechten", "droit", "derecha", "destra"];
    const PIECE: [&str; 21] = [
        "core",
        "stanze",
        "biopsy",
        "mass",
        "focus",
        "part",
        "specimen",
        "specimens",
        "sample",
        "tumor",
        "tumour",
        "lesion",
        "block",
        "probe",
        "teil",
        "herd",
        "piece",
        "prelevement",
        "muestra",
        "campione",
        "nodulo",
    ];
    let (mut left, mut right, mut before) = (false, false, "");
    for word in plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        left |= LEFT.contains(&word);
        right |= RIGHT.contains(&word);
        let second = PIECE.contains(&before) && matches!(word, "2" | "b" | "ii");
        if (left && right) || second {
            return true;
        }
        before = word;
    }
    // "B." or "(B)" before a paragraph
    plain.match_indices(['b', 'B']).any(|(at, _)| {
        let opens = plain[..at].trim_end_matches([' ', '\t', '(']);
        let first = opens.is_empty() || opens.ends_with(['.', ';', ':', '\n', '\r']);
        first && plain[at + 1..].starts_with(['.', ')', ':'])
    })
}
