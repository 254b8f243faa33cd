//! Another receptor of the family under a code of HER2: HER1 (EGFR), HER3 and HER4 are not HER2 (fhir/guide.md D2).

use super::codes::names_her2;
use super::wire::Concept;

/// Does the name or a display of a test speak of another receptor, and not of HER2 as well?
pub(super) fn is_of_another_gene(code: &Concept<'_>) -> bool {
    let displays = code.coding.iter().filter_map(|coding| coding.display.as_deref());
    displays.chain(code.text.as_deref()).any(is_name_of_another_gene)
}

/// The same of one text.
pub(super) fn is_name_of_another_gene(name: &str) -> bool {
    names_another(name) && !names_her2(name)
}

/// One of `her`, `erbb`, `egfr` as a word of its own, with the number of another receptor behind it.
fn names_another(name: &str) -> bool {
    let name = name.as_bytes();
    (0..name.len()).any(|at| {
        let is = |part: &[u8]| name.get(at..at + part.len()).is_some_and(|found| found.eq_ignore_ascii_case(part));
        let glued = |at: usize| at.checked_sub(1).is_some_and(|before| name[before].is_ascii_alphanumeric());
        match name[at].to_ascii_lowercase() {
            b'h' => is(b"her") && !glued(at) && is_another_number(&name[at + 3..]),
            b'e' if is(b"erb") => {
                // c-erbB-3 is written in one word too
                let of_c = at.checked_sub(1).is_some_and(|c| name[c].eq_ignore_ascii_case(&b'c') && !glued(c));
                let behind = &name[at + 3..];
                let behind = behind.strip_prefix(b"-").unwrap_or(behind);
                (of_c || !glued(at)) && matches!(behind, [b'b' | b'B', number @ ..] if is_another_number(number))
            }
            b'e' => is(b"egfr") && !glued(at) && !starts_with_a_number(&name[at + 4..]),
            _ => false,
        }
    })
}

/// 1, 3 or 4, and nothing that makes something else of it: "HER 3+" is a score, "her 3rd" a biopsy.
fn is_another_number(behind: &[u8]) -> bool {
    let behind = match behind {
        [b'-' | b' ' | b'_' | b'/', rest @ ..] => rest,
        _ => behind,
    };
    matches!(behind, [b'1' | b'3' | b'4', rest @ ..]
        if !rest.first().is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'+'))
}

/// "EGFR2" and "EGFR-2" are other names of HER2.
fn starts_with_a_number(behind: &[u8]) -> bool {
    matches!(behind, [b'0'..=b'9', ..] | [b'-' | b' ', b'0'..=b'9', ..])
}
