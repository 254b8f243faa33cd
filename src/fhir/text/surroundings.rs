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

/// The place, the kind and the part of a tissue, and the titles of reports.
pub(super) fn is_of_the_tissue(word: &str) -> bool {
    is_place(word) || is_tumour(word) || is_piece(word) || is_title(word)
}

fn is_place(word: &str) -> bool {
    let side = matches!(
        word,
        "left"
            | "right"
            | "links"
            | "rechts"
            | "linke"
            | "rechte"
            | "linken"
            | "rechten"
            | "gauche"
            | "droit"
            | "droite"
            | "izquierda"
            | "derecha"
            | "sinistra"
            | "destra"
    );
    let organ = matches!(
        word,
        "breast"
            | "mamma"
            | "sein"
            | "mama"
            | "mammella"
            | "borst"
            | "liver"
            | "leber"
            | "foie"
            | "lung"
            | "lunge"
            | "bone"
            | "brain"
            | "skin"
            | "stomach"
            | "gastric"
            | "colon"
            | "colorectal"
            | "ovarian"
            | "uterine"
            | "endometrial"
            | "gallbladder"
            | "axillary"
            | "axilla"
    );
    side || organ
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
            | "metastasis"
            | "metastatic"
            | "metastase"
            | "primary"
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

fn is_piece(word: &str) -> bool {
    matches!(
        word,
        "biopsy"
            | "biopsie"
            | "biopsia"
            | "stanze"
            | "stanzbiopsie"
            | "core"
            | "excision"
            | "resection"
            | "resektat"
            | "mastectomy"
            | "lumpectomy"
            | "part"
            | "component"
            | "komponente"
            | "composante"
            | "componente"
    )
}

fn is_title(word: &str) -> bool {
    matches!(
        word,
        "addendum"
            | "nachtrag"
            | "nachbericht"
            | "report"
            | "diagnosis"
            | "final"
            | "evaluation"
            | "assessment"
            | "analysis"
            | "reliably"
    )
}

/// A lymph node: a piece of its own where it is told of behind a result.
pub(super) fn is_node(word: &str) -> bool {
    matches!(word, "lymph" | "node" | "nodes" | "nodal" | "lymphknoten" | "ganglion" | "ganglio" | "linfonodo")
}

/// Does a report tell of more than one piece of tissue? Two tests of two pieces must never become one result.
pub(super) fn tells_of_several_pieces(plain: &str) -> bool {
    const LEFT: [&str; 7] = ["left", "links", "linke", "linken", "gauche", "izquierda", "sinistra"];
    const RIGHT: [&str; 7] = ["right", "rechts", "rechte", "rechten", "droit", "derecha", "destra"];
    const PIECE: [&str; 16] = [
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
