//! Which medicine a resource names: by RxNorm, ATC or SNOMED CT code, and by its names in display and text.
//!
//! Trastuzumab is part of the name of other medicines. The longest name wins, a word beside it that may name a conjugate leaves
//! it open, and a code and a name that mean different medicines are told as such and not decided here.

use std::rc::Rc;

use crate::domain::medicine::Medicine;

use super::beside::{conjugates_like, is_denied, unread_beside};
use super::table::{Claim, KNOWN, words};
use crate::fhir::codes::{self, System};
use crate::fhir::entries::{Entries, Kind};
use crate::fhir::text::unaccented;
use crate::fhir::wire::{Concept, Raw, concept, items, members, text};

/// A longer text is no name of a medicine.
const LONGEST_TEXT: usize = 512;

/// What a resource says of the medicine that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::fhir) enum Named {
    /// None of [`Medicine`], as far as can be told.
    Other,
    /// All that was sent agrees; several for a fixed combination. In the order of [`Medicine`], each once.
    Medicines(Vec<Medicine>),
    /// Codes and names mean different medicines, trastuzumab stands beside one of its conjugates, an antibody beside a word that
    /// may name one, or a text denies what it names: everything that may be meant. Which one is meant nobody knows.
    Ambiguous(Vec<Medicine>),
}

members! {
    /// The medicine of a MedicationRequest, MedicationAdministration or MedicationStatement, in R4 and in R5.
    MedicationMembers {
        coded: "medicationCodeableConcept",
        referenced: "medicationReference",
        either: "medication",
    }
}

members! {
    CodeableReference {
        concept: "concept",
        reference: "reference",
    }
}

members! {
    /// A Reference with the name that travels with it.
    Pointer {
        reference: "reference",
        display: "display",
    }
}

members! {
    /// What a Medication consists of.
    Substances {
        ingredient: "ingredient",
    }
}

members! {
    Ingredient {
        coded: "itemCodeableConcept",
        referenced: "itemReference",
        either: "item",
    }
}

/// The medicine of the resource at `at`: coded, in a Medication that it refers to or contains, or in an R5
/// CodeableReference.
pub(in crate::fhir) fn medicines(entries: &Entries<'_>, at: usize) -> Named {
    let Some(sent) = MedicationMembers::of(entries.all[at].json) else { return Named::Other };
    let mut claims = Vec::new();
    gather(entries, at, [sent.coded(), sent.referenced(), sent.either()], true, &mut claims);
    together(claims)
}

/// Adds what a concept, a Reference and a CodeableReference say. `ingredients`: those of a Medication are read as well.
fn gather(entries: &Entries<'_>, at: usize, sent: [Raw<'_>; 3], ingredients: bool, claims: &mut Vec<Claim>) {
    let [coded, referenced, either] = sent;
    let either = either.and_then(CodeableReference::of).unwrap_or_default();
    for coded in [coded, either.concept()].into_iter().flatten() {
        of_concept(&concept(Some(coded)), claims);
    }
    for pointer in [referenced, either.reference()].into_iter().flatten().filter_map(Pointer::of) {
        let display = text(pointer.display()).filter(|display| display.len() <= LONGEST_TEXT);
        claims.extend(display.and_then(|display| of_text(&display)));
        let target = text(pointer.reference()).and_then(|target| entries.resolve(&target, at));
        match target.map(|target| (target, entries.all[target].kind)) {
            Some((target, Kind::Medication)) => of_medication(entries, target, ingredients, claims),
            // what a Medication consists of
            Some((target, Kind::Substance)) => {
                of_concept(&concept(entries.all[target].resource.code()), claims);
            }
            _ => {}
        }
    }
}

/// What a Medication says: read once, however many orders refer to it.
#[derive(Debug)]
pub(in crate::fhir) struct Said {
    claims: Vec<Claim>,
    for_the_skin: bool,
}

fn of_medication(entries: &Entries<'_>, at: usize, ingredients: bool, claims: &mut Vec<Claim>) {
    let known = entries.medications.borrow().get(&(at, ingredients)).cloned();
    let said = known.unwrap_or_else(|| {
        let said = Rc::new(read_medication(entries, at, ingredients));
        entries.medications.borrow_mut().insert((at, ingredients), Rc::clone(&said));
        said
    });
    if said.for_the_skin {
        leave_out_the_skin(claims);
    }
    claims.extend(said.claims.iter().cloned());
}

fn read_medication(entries: &Entries<'_>, at: usize, ingredients: bool) -> Said {
    let medication = &entries.all[at];
    let mut claims = Vec::new();
    let for_the_skin = of_concept(&concept(medication.resource.code()), &mut claims);
    let substances = Substances::of(medication.json).filter(|_| ingredients).unwrap_or_default();
    let mut whole = Claim::default();
    for ingredient in items(substances.ingredient()).filter_map(Ingredient::of) {
        let mut said = Vec::new();
        gather(entries, at, [ingredient.coded(), ingredient.referenced(), ingredient.either()], false, &mut said);
        match together(said) {
            Named::Other => {}
            Named::Medicines(found) => whole.medicines.extend(found),
            Named::Ambiguous(found) => {
                whole.medicines.extend(found);
                whole.another = true;
            }
        }
    }
    claims.extend(whole.settled());
    claims.sort_unstable();
    claims.dedup();
    Said { claims, for_the_skin }
}

/// Every code, display and text of a concept is one claim of its own. Says whether it is for the skin.
fn of_concept(concept: &Concept<'_>, claims: &mut Vec<Claim>) -> bool {
    for coding in &concept.coding {
        let system = codes::system(coding.system.as_deref());
        let code = coding.code.as_deref().map(str::trim);
        claims.extend(code.and_then(|code| of_code(system, code)));
    }
    let displays = concept.coding.iter().filter_map(|coding| coding.display.as_deref());
    let texts = || displays.clone().chain(concept.text.as_deref()).filter(|text| text.len() <= LONGEST_TEXT);
    claims.extend(texts().filter_map(of_text));
    let for_the_skin = texts().any(is_for_the_skin);
    if for_the_skin {
        leave_out_the_skin(claims);
    }
    for_the_skin
}

fn leave_out_the_skin(claims: &mut [Claim]) {
    for claim in claims {
        claim.medicines.retain(|medicine| *medicine != Medicine::Fluoropyrimidine);
    }
}

fn of_code(system: System, code: &str) -> Option<Claim> {
    let table = match system {
        System::RxNorm => &KNOWN.rxnorm,
        System::Atc => &KNOWN.atc,
        System::Snomed => &KNOWN.snomed,
        _ => return None,
    };
    match table.get(code) {
        Some(claim) => Some(claim.clone()),
        None => table.get(code.to_ascii_uppercase().as_str()).cloned(),
    }
}

/// The medicines that a text names; None if it names none. The longest name at a place wins.
pub(super) fn of_text(text: &str) -> Option<Claim> {
    let plain = unaccented(text);
    let words = words(&plain);
    let mut claim = Claim::default();
    let mut first = None;
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        let longest = KNOWN.names.get(rest[0].text).and_then(|names| names.iter().find(|name| name.begins(rest)));
        let Some(name) = longest else {
            at += 1;
            continue;
        };
        claim.medicines.extend(&name.claim.medicines);
        claim.another |= name.claim.another;
        if name.is_an_antibody_alone()
            && let Some(unread) = unread_beside(&words, at)
        {
            claim.another = true;
            if name.claim.medicines == [Medicine::Trastuzumab] {
                claim.medicines.extend(conjugates_like(unread));
            }
        }
        first = first.or(Some(at));
        at += name.words.len();
    }
    // what a text denies it does not name; whether it names anything else nobody knows
    claim.another |= first.is_some_and(|first| is_denied(&words[..=first]));
    claim.settled()
}

/// Fluorouracil on the skin is no treatment of a cancer that HER2 is asked about.
fn is_for_the_skin(text: &str) -> bool {
    const SKIN: &[&str] = &[
        "cream",
        "creme",
        "crema",
        "salbe",
        "ointment",
        "topical",
        "topisch",
        "topique",
        "efudex",
        "efudix",
        "actikerall",
    ];
    let plain = unaccented(text);
    words(&plain).iter().any(|word| SKIN.contains(&word.text))
}

/// What several claims mean together.
pub(super) fn together(claims: Vec<Claim>) -> Named {
    const NEVER_CONFUSED: [Medicine; 3] =
        [Medicine::Trastuzumab, Medicine::TrastuzumabEmtansine, Medicine::TrastuzumabDeruxtecan];
    let mut all: Vec<Medicine> = claims.iter().flat_map(|claim| &claim.medicines).copied().collect();
    all.sort_unstable();
    all.dedup();
    if all.is_empty() {
        return Named::Other;
    }
    let one_says_all = claims.iter().any(|claim| claim.medicines == all);
    let confused = NEVER_CONFUSED.iter().filter(|one| all.contains(one)).count() > 1;
    let another = claims.iter().any(|claim| claim.another);
    if one_says_all && !confused && !another { Named::Medicines(all) } else { Named::Ambiguous(all) }
}
