//! What an Observation is about: the most specific of its codes, a refused code before all others, and never a display alone.

use smallvec::SmallVec;

use crate::domain::evidence::ExcludedWhy;

use super::codes::{self, System, Test};
use super::marker_codes::Marker;
use super::other_gene::is_of_another_gene;
use super::test_name;
use super::wire::{Concept, Resource, concept, items};

/// What an Observation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// A HER2 test or a part of one.
    Her2(Test),
    /// HER2 by its looks, but not to be used.
    Refused(ExcludedWhy),
    /// What labels ask about beside HER2, for the history.
    Marker(Marker),
    /// Nothing of ours.
    Foreign,
}

/// Does an Observation on something else, a panel of receptors for one, hold a component with a HER2 code? Its own value is not HER2's.
pub(super) fn holds_her2(observation: &Resource<'_>) -> bool {
    if observation.component().is_none() {
        return false;
    }
    let of_her2 = |test: Test| {
        matches!(test, Test::Ihc | Test::IshResult | Test::Overall | Test::Ratio | Test::Her2Copies | Test::Cep17Copies)
    };
    let code = concept(observation.code());
    !code.text.as_deref().is_some_and(test_name::sets_aside)
        && items(observation.component())
            .filter_map(Resource::of)
            .any(|component| concept(component.code()).coding.iter().filter_map(codes::test).any(of_her2))
}

/// The topic of an Observation.
pub(super) fn topic(observation: &Resource<'_>) -> Topic {
    let code = concept(observation.code());
    let tests: SmallVec<[Test; 2]> = code.coding.iter().filter_map(codes::test).collect();
    if let Some(why) = tests.iter().find_map(|test| if let Test::Refused(why) = test { Some(*why) } else { None }) {
        return Topic::Refused(why);
    }
    let topic = by_codes(observation, &code, &tests);
    // the words beside a code may say that it was not this specimen's tumour that was tested
    match topic {
        Topic::Her2(_) if is_of_another_gene(&code) => Topic::Refused(ExcludedWhy::NotHer2),
        Topic::Her2(test) if test != Test::Narrative && code.text.as_deref().is_some_and(test_name::sets_aside) => {
            Topic::Refused(ExcludedWhy::Unreadable)
        }
        topic => topic,
    }
}

fn by_codes(observation: &Resource<'_>, code: &Concept<'_>, tests: &[Test]) -> Topic {
    match most_specific(tests) {
        Specific::One(Test::Marker(marker)) => Topic::Marker(marker),
        Specific::One(Test::GenericIhc) => match gene_component(observation, Test::Ihc) {
            Topic::Foreign => Topic::Marker(Marker::PdL1),
            topic => topic,
        },
        Specific::One(Test::GenericIsh) => gene_component(observation, Test::IshResult),
        Specific::One(Test::GeneStudied | Test::Detail(_)) => Topic::Foreign,
        Specific::One(test) => Topic::Her2(test),
        Specific::IhcAndIsh if observation.component().is_some() => Topic::Her2(Test::Overall),
        Specific::IhcAndIsh => Topic::Refused(ExcludedWhy::Unreadable),
        Specific::None => by_words(code),
    }
}

enum Specific {
    One(Test),
    IhcAndIsh,
    None,
}

fn most_specific(tests: &[Test]) -> Specific {
    let rank = |test: &Test| match test {
        Test::Ratio | Test::Her2Copies | Test::Cep17Copies | Test::Cells | Test::Percent | Test::IntensePercent => 0,
        Test::Ihc | Test::IshResult => 1,
        Test::IhcOnlyWithScore => 2,
        Test::Panel => 3,
        Test::Overall => 4,
        Test::IhcProcedure | Test::IshProcedure => 5,
        Test::GenericIhc | Test::GenericIsh => 6,
        Test::Narrative | Test::Refused(_) | Test::Detail(_) | Test::GeneStudied | Test::Marker(_) => 7,
    };
    let numbers = tests.iter().any(|test| rank(test) == 0);
    if !numbers && tests.contains(&Test::Ihc) && tests.contains(&Test::IshResult) {
        return Specific::IhcAndIsh;
    }
    tests.iter().min_by_key(|test| rank(test)).map_or(Specific::None, |test| Specific::One(*test))
}

/// A generic method code is HER2 only where a component names the gene ERBB2.
fn gene_component(observation: &Resource<'_>, test: Test) -> Topic {
    let names_erbb2 = items(observation.component()).filter_map(Resource::of).any(|component| {
        let is_gene =
            concept(component.code()).coding.iter().any(|coding| codes::test(coding) == Some(Test::GeneStudied));
        is_gene
            && concept(component.value_codeable_concept()).coding.iter().any(|coding| {
                codes::system(coding.system.as_deref()) == System::Genenames
                    && coding.code.as_deref() == Some("HGNC:3430")
            })
    });
    if names_erbb2 { Topic::Her2(test) } else { Topic::Foreign }
}

/// No known code: a local code is read by its text, an unknown LOINC code that names HER2 is shown and not read.
fn by_words(code: &Concept<'_>) -> Topic {
    let text_names_her2 = code.text.as_deref().is_some_and(codes::names_her2);
    let unknown_loinc = code.coding.iter().any(|coding| {
        codes::system(coding.system.as_deref()) == System::Loinc
            && coding.code.is_some()
            && (text_names_her2 || coding.display.as_deref().is_some_and(codes::names_her2))
    });
    if unknown_loinc {
        return Topic::Refused(ExcludedWhy::Unreadable);
    }
    match code.text.as_deref() {
        Some(text) if codes::names_her2(text) => test_name::topic_of(text),
        _ => Topic::Foreign,
    }
}
