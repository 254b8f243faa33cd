//! Left and right: which of two breast cancers a diagnosis or a piece of tissue is about.
//!
//! Breast only (*policy*): two breasts hold two primaries, while both ovaries or both lungs are often one disease.

use crate::domain::specimen::Side;

use super::codes::{self, System};
use super::wire::{Coding, Raw, Resource, concept, extensions, items, members, text};

members! {
    Extended {
        coding: "coding",
        extension: "extension",
    }
}

members! {
    CodedExtension {
        url: "url",
        value_coding: "valueCoding",
    }
}

members! {
    BareCode {
        code: "code",
    }
}

/// The sides that something names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sides {
    left: bool,
    right: bool,
}

const LEFT: Sides = Sides { left: true, right: false };
const RIGHT: Sides = Sides { left: false, right: true };
const BOTH: Sides = Sides { left: true, right: true };

impl Sides {
    /// Those of either.
    pub(super) const fn union(self, other: Self) -> Self {
        Self { left: self.left || other.left, right: self.right || other.right }
    }

    /// Left and right.
    pub(super) const fn are_two(self) -> bool {
        self.left && self.right
    }

    /// The one side; None if none is named, or both are.
    pub(super) const fn only(self) -> Option<Side> {
        match (self.left, self.right) {
            (true, false) => Some(Side::Left),
            (false, true) => Some(Side::Right),
            _ => None,
        }
    }

    /// Does it name all sides of `other`, of which there is at least one?
    pub(super) const fn cover(self, other: Self) -> bool {
        (other.left || other.right) && (self.left || !other.left) && (self.right || !other.right)
    }
}

fn all(sides: impl Iterator<Item = Sides>) -> Sides {
    sides.fold(Sides::default(), Sides::union)
}

/// The sides of a breast cancer: its code, its body site, and the extensions of mCODE and of the German base profiles.
pub(super) fn of_condition(condition: &Resource<'_>) -> Sides {
    let code = concept(condition.code());
    let by_code = all(code.coding.iter().filter_map(of_diagnosis));
    by_code
        .union(of_body_site(condition.body_site()))
        .union(of_qualifier(condition.extension()))
        .union(of_german_coding(condition.code()))
}

/// The sides of the breasts, or of the axillae, that a body site names. Whether it is a breast is asked elsewhere.
pub(super) fn of_body_site(sent: Raw<'_>) -> Sides {
    let one = |site| {
        let coded = concept(Some(site));
        let by_code = all(coded.coding.iter().filter_map(of_site));
        by_code.union(of_qualifier(Extended::of(site).and_then(|site| site.extension())))
    };
    all(items(sent).map(one))
}

/// ICD-10-CM names the side in the last character of C50 (sixth) and D05 (fifth); 9 and 0 are "unspecified". Other editions of
/// ICD-10 stop before it.
fn of_diagnosis(coding: &Coding<'_>) -> Option<Sides> {
    let code = coding.code.as_deref()?.trim();
    match codes::system(coding.system.as_deref()) {
        System::Icd10 => {
            let plain: String = code.chars().filter(|c| *c != '.').collect();
            let has_side = match plain.get(..3)?.to_ascii_uppercase().as_str() {
                "C50" => plain.len() == 6,
                "D05" => plain.len() == 5,
                _ => false,
            };
            match plain.chars().last().filter(|_| has_side)? {
                '1' => Some(RIGHT),
                '2' => Some(LEFT),
                _ => None,
            }
        }
        // primary malignant neoplasm of the left and of the right breast of a woman; the right one seen in one third-party list
        System::Snomed => match code {
            "353431000119107" => Some(LEFT),
            "353511000119101" => Some(RIGHT),
            _ => None,
        },
        _ => None,
    }
}

/// Left, right and both breasts, and the qualifiers for them beside another code.
fn of_site(coding: &Coding<'_>) -> Option<Sides> {
    if !matches!(codes::system(coding.system.as_deref()), System::Snomed | System::Missing) {
        return None;
    }
    match coding.code.as_deref()?.trim() {
        "80248007" | "7771000" => Some(LEFT),
        "73056007" | "24028007" => Some(RIGHT),
        "63762007" | "51440002" => Some(BOTH),
        _ => None,
    }
}

/// mCODE `laterality-qualifier`, `laterality` before its second release.
fn of_qualifier(extension: Raw<'_>) -> Sides {
    let named = |name| extensions(extension, name).into_iter().map(|one| concept(one.value_codeable_concept()));
    let values = named("/mcode-laterality-qualifier").chain(named("/mcode-laterality"));
    all(values.flat_map(|value| value.coding).filter_map(|coding| of_site(&coding)))
}

/// `seitenlokalisation` beside a code of ICD-10-GM, which names no side itself.
fn of_german_coding(code: Raw<'_>) -> Sides {
    let codings = code.and_then(Extended::of).and_then(|code| code.coding());
    let extensions = items(codings).filter_map(Extended::of).flat_map(|coding| items(coding.extension()));
    let sides = extensions.filter_map(CodedExtension::of).filter_map(|extension| {
        let of_side = text(extension.url()).is_some_and(|url| url.ends_with("/seitenlokalisation"));
        let value = extension.value_coding().filter(|_| of_side).and_then(BareCode::of)?;
        match text(value.code())?.trim() {
            "L" => Some(LEFT),
            "R" => Some(RIGHT),
            "B" => Some(BOTH),
            _ => None,
        }
    });
    all(sides)
}
