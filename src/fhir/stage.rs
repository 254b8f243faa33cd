//! The stage group of a cancer and its M category, from codes that are known and from words like "Stage IIIA".

use crate::domain::history::StageGroup;

use super::codes::{self, System};
use super::text::unaccented;
use super::wire::{Coding, Concept};

/// The stage group that a value states; None if it states none, or two.
pub(super) fn stage_group(value: &Concept<'_>) -> Option<StageGroup> {
    let coded = value.coding.iter().filter_map(of_coding);
    let stated: Vec<StageGroup> = coded.chain(value.text.as_deref().and_then(of_text)).collect();
    let first = *stated.first()?;
    stated.iter().all(|stage| *stage == first).then_some(first)
}

fn of_coding(coding: &Coding<'_>) -> Option<StageGroup> {
    let code = coding.code.as_deref().map(str::trim)?;
    let known = match codes::system(coding.system.as_deref()) {
        System::Snomed => snomed(code),
        System::Ajcc => of_token(&unaccented(code)),
        _ => None,
    };
    known.or_else(|| coding.display.as_deref().and_then(of_text))
}

fn snomed(code: &str) -> Option<StageGroup> {
    Some(match code {
        "258215001" | "261634002" => StageGroup::One,
        "1222769001" => StageGroup::Two,
        "258224005" | "261638004" | "1222806003" => StageGroup::Three,
        "1222837003" => StageGroup::Four,
        _ => return None,
    })
}

/// "Stage IIIA", "AJCC stage group IV", "Stadium 2b"; or nothing but the group itself.
fn of_text(text: &str) -> Option<StageGroup> {
    let plain = unaccented(text);
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if let [alone] = words.as_slice() {
        return of_token(alone);
    }
    let label = words.iter().position(|word| matches!(*word, "stage" | "stadium" | "stade" | "estadio"))?;
    let token = words[label + 1..].iter().find(|word| **word != "group")?;
    of_token(token)
}

/// `iiia`, `3a`, `c3a`, `ypii`: prefix, group, letter, digit.
fn of_token(token: &str) -> Option<StageGroup> {
    let bare = token.strip_prefix('y').unwrap_or(token);
    let bare = bare.strip_prefix(['c', 'p']).unwrap_or(bare);
    const GROUPS: [(&str, StageGroup); 8] = [
        ("iv", StageGroup::Four),
        ("iii", StageGroup::Three),
        ("ii", StageGroup::Two),
        ("i", StageGroup::One),
        ("1", StageGroup::One),
        ("2", StageGroup::Two),
        ("3", StageGroup::Three),
        ("4", StageGroup::Four),
    ];
    let (rest, group) = GROUPS.iter().find_map(|(name, group)| Some((bare.strip_prefix(name)?, *group)))?;
    let letter = rest.strip_prefix(['a', 'b', 'c', 'd']);
    let rest = letter.map_or(rest, |rest| rest.strip_prefix(['1', '2', '3']).unwrap_or(rest));
    rest.is_empty().then_some(group)
}

/// Does an M category say that there are distant metastases? M0 and MX say nothing of today.
pub(super) fn is_metastatic_category(value: &Concept<'_>) -> bool {
    let displays = value.coding.iter().filter_map(|coding| coding.display.as_deref());
    let ajcc = value.coding.iter().filter(|coding| codes::system(coding.system.as_deref()) == System::Ajcc);
    let codes = ajcc.filter_map(|coding| coding.code.as_deref());
    let known = value.coding.iter().any(|coding| {
        codes::system(coding.system.as_deref()) == System::Snomed && coding.code.as_deref() == Some("1229916009")
    });
    known || displays.chain(codes).chain(value.text.as_deref()).any(says_m1)
}

fn says_m1(text: &str) -> bool {
    let plain = unaccented(text);
    plain.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let bare = word.trim_start_matches(['y', 'c', 'p']);
        bare.strip_prefix("m1").is_some_and(|rest| matches!(rest, "" | "a" | "b" | "c" | "d"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_group_is_read_in_roman_and_in_arabic_with_its_letters() {
        let cases: [(&str, Option<StageGroup>); 18] = [
            ("Stage IIIA", Some(StageGroup::Three)),
            ("American Joint Committee on Cancer stage IIIC (qualifier value)", Some(StageGroup::Three)),
            ("AJCC stage group IV", Some(StageGroup::Four)),
            ("IVB", Some(StageGroup::Four)),
            ("c3A", Some(StageGroup::Three)),
            ("FIGO Stage IIIA1", Some(StageGroup::Three)),
            ("Stadium 2b", Some(StageGroup::Two)),
            ("1", Some(StageGroup::One)),
            ("Stage IA", Some(StageGroup::One)),
            ("Stage 0", None),
            ("Stage X", None),
            ("Stage group.clinical Cancer", None),
            ("Stage", None),
            ("Limited stage", None),
            ("IV fluids", None),
            ("13", None),
            ("V", None),
            ("", None),
        ];
        for (text, stage) in cases {
            assert_eq!(of_text(text), stage, "{text}");
        }
    }

    #[test]
    fn only_m1_says_that_there_are_metastases() {
        for text in ["M1", "cM1", "pM1b", "American Joint Committee on Cancer pM1 (qualifier value)"] {
            assert!(says_m1(text), "{text}");
        }
        for text in ["M0", "cM0", "MX", "M category", "M10", "Mx1", ""] {
            assert!(!says_m1(text), "{text}");
        }
    }
}
