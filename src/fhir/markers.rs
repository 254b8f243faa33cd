//! Results beside HER2 that rules and labels ask about: hormone receptors, RAS, ERBB2 mutation. Read only where a code says
//! it plainly; otherwise the record does not say.

use crate::domain::history::{Erbb2Mutation, History, HormoneReceptor, Ras};
use crate::domain::when::When;

use super::claims::{Interpretation, claims};
use super::codes::{self, System, Test, Word};
use super::measured::{has_value, observed};
use super::wire::{Resource, concept, items, text};

/// Everything that was found, before it is weighed.
#[derive(Debug, Default)]
pub(super) struct Markers {
    oestrogen: Vec<Word>,
    progesterone: Vec<Word>,
    ras: Vec<(Ras, Option<When>)>,
    /// KRAS alone is wild type.
    kras_wild_type: bool,
    /// A result on RAS that was not understood, or a variant of one of its genes whose meaning is not known here: nothing older is
    /// taken for wild type beside it.
    ras_in_doubt: bool,
    variants: Vec<Erbb2Mutation>,
}

impl Markers {
    pub(super) fn add_oestrogen(&mut self, observation: &Resource<'_>) {
        self.oestrogen.extend(status_word(observation));
    }

    pub(super) fn add_progesterone(&mut self, observation: &Resource<'_>) {
        self.progesterone.extend(status_word(observation));
    }

    pub(super) fn add_ras(&mut self, observation: &Resource<'_>) {
        let ras = ras(observation);
        self.ras_in_doubt |= ras.is_none() && has_value(observation);
        self.ras.extend(ras.map(|ras| (ras, observed(observation))));
    }

    /// KRAS alone is never wild-type RAS.
    pub(super) fn add_kras(&mut self, observation: &Resource<'_>) {
        let ras = ras(observation);
        self.ras_in_doubt |= ras.is_none() && has_value(observation);
        self.kras_wild_type |= ras == Some(Ras::WildType);
        self.ras.extend(ras.filter(|ras| *ras == Ras::Mutant).map(|ras| (ras, observed(observation))));
    }

    /// A preliminary result settles nothing, but what is no wild type puts an older one in doubt.
    pub(super) fn add_preliminary_ras(&mut self, observation: &Resource<'_>) {
        self.ras_in_doubt |= ras(observation) != Some(Ras::WildType) && has_value(observation);
    }

    pub(super) fn add_variant(&mut self, observation: &Resource<'_>) {
        let components: Vec<Resource<'_>> = items(observation.component()).filter_map(Resource::of).collect();
        if names_gene(&components, &[ERBB2]) && !components.iter().any(counts_copies) {
            self.variants.extend(erbb2(observation, &components));
        }
        let absent = || matches!(detected(observation), Some(Detected::No));
        self.ras_in_doubt |= names_gene(&components, &[KRAS, NRAS]) && !absent() && has_value(observation);
    }

    /// A mutation, unless a wild type may be the newer one; wild type only where nothing speaks against it.
    fn ras_status(&self) -> Option<Ras> {
        let of = |wanted| self.ras.iter().filter(move |(ras, _)| *ras == wanted).map(|(_, when)| when.as_ref());
        let is_older = |wild: Option<&When>| {
            of(Ras::Mutant).any(|mutant| matches!((mutant, wild), (Some(m), Some(w)) if m.is_surely_after(w)))
        };
        match (of(Ras::Mutant).next(), of(Ras::WildType).next()) {
            (Some(_), _) => of(Ras::WildType).all(is_older).then_some(Ras::Mutant),
            (None, Some(_)) => (!self.ras_in_doubt).then_some(Ras::WildType),
            (None, None) => None,
        }
    }

    /// Receptors count as positive if either is, and as negative only if both are.
    pub(super) fn history(&self) -> History {
        let hormone_receptor = match (of_receptor(&self.oestrogen), of_receptor(&self.progesterone)) {
            (Some(HormoneReceptor::Positive), _) | (_, Some(HormoneReceptor::Positive)) => {
                Some(HormoneReceptor::Positive)
            }
            (Some(HormoneReceptor::Negative), Some(HormoneReceptor::Negative)) => Some(HormoneReceptor::Negative),
            _ => None,
        };
        let ras = self.ras_status();
        History {
            ras,
            ras_open: ras.is_none() && (self.ras_in_doubt || self.kras_wild_type || !self.ras.is_empty()),
            erbb2_mutation: self.variants.iter().copied().min(),
            hormone_receptor,
            ..History::default()
        }
    }
}

/// One receptor. Results that differ leave it open: an older sample is not the tumour of today, nor is one focus the other.
fn of_receptor(results: &[Word]) -> Option<HormoneReceptor> {
    agreed(results).map(|word| match word {
        Word::Positive => HormoneReceptor::Positive,
        _ => HormoneReceptor::Negative,
    })
}

fn agreed<T: Copy + PartialEq>(all: &[T]) -> Option<T> {
    let first = *all.first()?;
    all.iter().all(|one| *one == first).then_some(first)
}

pub(super) fn status_word(observation: &Resource<'_>) -> Option<Word> {
    let claims = claims(observation);
    let word = claims.word().filter(|_| !claims.contradict(Interpretation::Counts));
    word.filter(|word| matches!(word, Word::Positive | Word::Negative))
}

/// A finding of a mutation is "detected"; not detected is wild type.
fn ras(observation: &Resource<'_>) -> Option<Ras> {
    match detected(observation)? {
        Detected::Yes => Some(Ras::Mutant),
        Detected::No => Some(Ras::WildType),
    }
}

pub(super) enum Detected {
    Yes,
    No,
}

pub(super) fn detected(observation: &Resource<'_>) -> Option<Detected> {
    let value = concept(observation.value_codeable_concept());
    let words = value.coding.iter().filter_map(|coding| coding.code.as_deref());
    let by_code = words.filter_map(|code| match code {
        "LA9633-4" | "LA6576-8" | "LA11882-0" | "10828004" | "260373001" | "52101004" => Some(Detected::Yes),
        "LA9634-2" | "LA6577-6" | "LA11883-8" | "260385009" | "260415000" | "2667000" => Some(Detected::No),
        _ => None,
    });
    let by_word = || {
        let sent = text(observation.value_string()).or_else(|| concept(observation.value_codeable_concept()).text)?;
        match sent.trim().to_ascii_lowercase().as_str() {
            "detected" | "mutated" | "mutant" | "positive" => Some(Detected::Yes),
            "not detected" | "wild type" | "wild-type" | "wildtype" | "negative" => Some(Detected::No),
            _ => None,
        }
    };
    let mut by_code = by_code;
    by_code.next().or_else(by_word)
}

/// Genes by their number in the nomenclature of HUGO.
const ERBB2: &str = "HGNC:3430";
const KRAS: &str = "HGNC:6407";
const NRAS: &str = "HGNC:7989";

/// Is the gene studied one of these?
fn names_gene(components: &[Resource<'_>], genes: &[&str]) -> bool {
    components.iter().any(|component| {
        let is_gene =
            concept(component.code()).coding.iter().any(|coding| codes::test(coding) == Some(Test::GeneStudied));
        is_gene
            && concept(component.value_codeable_concept()).coding.iter().any(|coding| {
                codes::system(coding.system.as_deref()) == System::Genenames
                    && coding.code.as_deref().is_some_and(|code| genes.contains(&code))
            })
    })
}

/// Copies of a gene are no variant of it.
fn counts_copies(component: &Resource<'_>) -> bool {
    let is_number = |code: &str| code.trim() == "82155-3";
    concept(component.code()).coding.iter().any(|coding| coding.code.as_deref().is_some_and(is_number))
}

/// A variant of ERBB2: present or absent, activating only where an interpretation says so.
fn erbb2(observation: &Resource<'_>, components: &[Resource<'_>]) -> Option<Erbb2Mutation> {
    match detected(observation)? {
        Detected::No => Some(Erbb2Mutation::Negative),
        Detected::Yes => Some(says_activating(observation, components).unwrap_or(Erbb2Mutation::Unclassified)),
    }
}

/// "Activating" stands in the interpretation; "kinase domain" beside it narrows it down. A variant alone activates nothing,
/// and a text that says more than what is known here is not guessed: it may deny or doubt.
fn says_activating(observation: &Resource<'_>, components: &[Resource<'_>]) -> Option<Erbb2Mutation> {
    let concepts = super::wire::concepts(observation.interpretation()).into_iter();
    let concepts = concepts.chain(components.iter().map(|component| concept(component.value_codeable_concept())));
    let (mut activating, mut kinase, mut in_doubt) = (false, false, false);
    for concept in concepts {
        for text in concept.coding.into_iter().filter_map(|coding| coding.display).chain(concept.text) {
            let text = text.to_ascii_lowercase();
            kinase |= text.contains("kinase domain") || text.contains("tkd");
            if text.contains("activating") {
                let understood = text.split(|c: char| !c.is_alphanumeric()).all(|word| KNOWN_WORDS.contains(&word));
                activating |= understood;
                in_doubt |= !understood;
            }
        }
    }
    match (activating && !in_doubt, kinase) {
        (false, _) => None,
        (true, true) => Some(Erbb2Mutation::KinaseDomainActivating),
        (true, false) => Some(Erbb2Mutation::Activating),
    }
}

/// The words beside which "activating" means what it says.
const KNOWN_WORDS: [&str; 19] = [
    "",
    "activating",
    "mutation",
    "variant",
    "insertion",
    "known",
    "pathogenic",
    "oncogenic",
    "in",
    "of",
    "the",
    "kinase",
    "domain",
    "tkd",
    "tyrosine",
    "erbb2",
    "her2",
    "exon",
    "20",
];
