//! Which results belong to one specimen, and how the parts of one ISH count come together.
//!
//! IHC and ISH are joined only where they name the same specimen: the same reference, or the same accession where that is not
//! the number of a case of which several pieces were sent. A result without
//! a specimen takes the only one of the panel or report that lists it. Where no specimen is named at all, or in words alone, the
//! words, body site and day have to agree; else the results stay apart.

use smol_str::SmolStr;

use std::collections::{HashMap, HashSet};

use super::combine::Lists;
use super::entries::{Entries, Kind, tail};
use super::gather::{FromReport, Gathered};
use super::specimen::{self, SpecimenFacts};
use super::wire::{Resource, concept, items, references, text};

/// What tells specimens apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum SpecimenKey {
    Accession(String),
    Entry(usize),
    /// A reference whose target was not sent.
    Reference(String),
    /// No specimen is named but in words: these, body site and day.
    Unnamed {
        display: Option<String>,
        body_site: Option<String>,
        day: Option<String>,
    },
}

/// The results of one specimen, as indices, with what is known of the specimen itself.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub results: Vec<usize>,
    pub facts: Option<SpecimenFacts<'a>>,
    /// The reference as sent; for a contained one that of its Observation with `#id`.
    pub reference: Option<SmolStr>,
    /// Index of the Specimen entry.
    pub entry: Option<usize>,
}

/// Groups of results in the order in which their first result was sent.
pub(super) fn groups<'a>(entries: &Entries<'a>, results: &[Gathered], listed: &Listed) -> Vec<Group<'a>> {
    let mut order: Vec<Group<'a>> = Vec::new();
    let mut known: HashMap<SpecimenKey, usize> = HashMap::new();
    let restated = reports_of_coded_results(results, listed);
    let mut specimens = Specimens::default();
    let named: Vec<Option<Named>> = results
        .iter()
        .map(|result| {
            let is_restated = result.from_report == FromReport::Conclusion && restated.contains(&result.entry);
            (!is_restated).then(|| named_specimen(entries, result.entry, listed))
        })
        .collect();
    named.iter().flatten().filter_map(|named| named.entry).for_each(|entry| specimens.take(entries, entry));
    specimens.tell_cases();
    let origins = Origins::of(results);
    for at in 0..results.len() {
        if named[at].is_none() {
            continue;
        }
        let from = origins.specimen_of(at, &named, results);
        let (Some(named), result) = (&named[from], &results[from]) else { continue };
        let facts = named.entry.and_then(|entry| specimens.facts.get(&entry));
        let key = match (facts, named) {
            (Some(SpecimenFacts { accession: Some(accession), .. }), Named { entry: Some(entry), .. })
                if specimens.cases.contains(&accession.value) =>
            {
                SpecimenKey::Entry(specimens.first_like(*entry, &accession.value))
            }
            (Some(SpecimenFacts { accession: Some(accession), .. }), _)
            | (_, Named { accession: Some(accession), .. }) => SpecimenKey::Accession(accession.value.clone()),
            (_, Named { entry: Some(entry), .. }) => SpecimenKey::Entry(*entry),
            (_, Named { reference: Some(reference), .. }) => {
                SpecimenKey::Reference(tail(reference).unwrap_or(reference).to_owned())
            }
            (_, Named { display, .. }) => unnamed(entries, result, display.clone()),
        };
        let group = *known.entry(key).or_insert_with(|| {
            order.push(Group { results: Vec::new(), facts: None, reference: None, entry: None });
            order.len() - 1
        });
        let group = &mut order[group];
        group.results.push(at);
        if group.facts.is_none() {
            group.facts = facts.cloned();
            group.entry = named.entry;
        }
        if group.reference.is_none() {
            group.reference = named.reference.as_deref().map(Into::into);
        }
    }
    order
}

/// Which results others are derived from: a recount that names no specimen of its own is of the specimen that was counted first
/// (clinical guide, 4.4).
struct Origins {
    of_entry: HashMap<usize, usize>,
}

impl Origins {
    fn of(results: &[Gathered]) -> Self {
        let derived = results.iter().any(|result| !result.derived_from.is_empty());
        let of_entry = results.iter().enumerate().filter(|_| derived).map(|(at, result)| (result.entry, at));
        Self { of_entry: of_entry.collect() }
    }

    /// The result whose specimen holds for this one: itself, or the nearest one that it is derived from.
    fn specimen_of(&self, at: usize, named: &[Option<Named>], results: &[Gathered]) -> usize {
        const DEEPEST: usize = 8;
        let mut from = at;
        for _ in 0..DEEPEST {
            let says = named[from].as_ref().is_none_or(Named::is_of_the_record);
            let next = results[from].derived_from.iter().find_map(|origin| self.of_entry.get(origin)).copied();
            match next.filter(|next| !says && *next != from) {
                Some(next) => from = next,
                None => break,
            }
        }
        from
    }
}

/// The Specimens that results name, each read once.
#[derive(Default)]
struct Specimens<'a> {
    facts: HashMap<usize, SpecimenFacts<'a>>,
    of_accession: HashMap<String, Vec<usize>>,
    /// Accessions that several pieces have.
    cases: HashSet<String>,
}

/// No case has more pieces: beyond that each Specimen stands for itself.
const MOST_PIECES: usize = 64;

impl<'a> Specimens<'a> {
    fn take(&mut self, entries: &Entries<'a>, entry: usize) {
        if self.facts.contains_key(&entry) {
            return;
        }
        let facts = specimen::read(&entries.all[entry].resource);
        if let Some(accession) = &facts.accession {
            self.of_accession.entry(accession.value.clone()).or_default().push(entry);
        }
        self.facts.insert(entry, facts);
    }

    /// Finds the accessions that are the number of a case: of which Specimens were sent that differ.
    fn tell_cases(&mut self) {
        let facts = |entry: &usize| self.facts.get(entry);
        let several = |entries: &[usize]| {
            let all: Vec<&SpecimenFacts<'a>> = entries.iter().filter_map(facts).collect();
            all.len() > MOST_PIECES
                || all.iter().enumerate().any(|(at, one)| all[..at].iter().any(|other| one.is_another_than(other)))
        };
        let cases = self.of_accession.iter().filter(|(_, entries)| several(entries));
        self.cases = cases.map(|(accession, _)| accession.clone()).collect();
    }

    /// The first Specimen of the case that says the same as this one: a piece that was sent twice.
    fn first_like(&self, entry: usize, accession: &str) -> usize {
        let of_case = self.of_accession.get(accession).filter(|entries| entries.len() <= MOST_PIECES);
        let own = self.facts.get(&entry);
        let same =
            |other: &&usize| own.zip(self.facts.get(*other)).is_some_and(|(own, other)| own.says_the_same_as(other));
        of_case.and_then(|entries| entries.iter().find(same)).copied().unwrap_or(entry)
    }
}

/// Reports that list a coded result: their conclusion says in words what the result says in codes, and never overrides it.
fn reports_of_coded_results(results: &[Gathered], listed: &Listed) -> HashSet<usize> {
    if results.iter().all(|result| result.from_report == FromReport::No) {
        return HashSet::new();
    }
    let coded = results.iter().filter(|result| {
        result.from_report == FromReport::No && result.withdrawn.is_none() && !result.reading.says_nothing()
    });
    coded.flat_map(|result| listed.parents(result.entry)).collect()
}

fn unnamed(entries: &Entries<'_>, result: &Gathered, display: Option<String>) -> SpecimenKey {
    let site = concept(entries.all[result.entry].resource.body_site());
    let code = site.coding.into_iter().find_map(|coding| coding.code);
    SpecimenKey::Unnamed {
        display,
        body_site: code.or(site.text).map(|site| site.trim().to_ascii_lowercase()),
        day: result.effective.as_ref().map(|when| when.shown().to_owned()),
    }
}

/// The specimen that a result names, itself or through the panel or report that lists it.
struct Named {
    entry: Option<usize>,
    reference: Option<String>,
    accession: Option<specimen::Accession>,
    /// Words for a specimen that is named in no other way.
    display: Option<String>,
}

fn named_specimen(entries: &Entries<'_>, at: usize, listed: &Listed) -> Named {
    let own = specimen_of(entries, at);
    if own.is_named() {
        return own;
    }
    let (mut through, in_words): (Vec<Named>, Vec<Named>) =
        listed.parents(at).map(|parent| specimen_of(entries, parent)).partition(Named::is_named);
    let one = through.len() == 1 || through.windows(2).all(|pair| pair[0].reference == pair[1].reference);
    if let Some(named) = through.pop().filter(|_| one) {
        return named;
    }
    let mut words = in_words.into_iter().filter_map(|named| named.display);
    let first = words.next();
    let display = first.filter(|first| words.all(|other| other == *first));
    Named { display: own.display.or(display), ..own }
}

impl Named {
    const fn is_named(&self) -> bool {
        self.entry.is_some() || self.reference.is_some() || self.accession.is_some()
    }

    /// Named, and not by a contained resource, which no other result can name.
    fn is_of_the_record(&self) -> bool {
        let contained = self.reference.as_ref().is_some_and(|reference| reference.contains('#'));
        self.is_named() && !(contained && self.accession.is_none())
    }
}

/// The only specimen of an Observation or report; several say nothing.
fn specimen_of(entries: &Entries<'_>, at: usize) -> Named {
    let none = Named { entry: None, reference: None, accession: None, display: None };
    let mut all = items(entries.all[at].resource.specimen());
    let (Some(one), None) = (all.next(), all.next()) else { return none };
    if one.repeats_one_of(&["reference", "identifier"]) {
        return none;
    }
    let accession = specimen::accession(one.get("identifier"));
    let Some(reference) = text(one.get("reference")).filter(|reference| !reference.has_control_characters()) else {
        let display = text(one.get("display")).filter(|_| accession.is_none());
        return Named { accession, display: display.and_then(|words| in_plain(&words)), ..none };
    };
    let entry = entries.resolve(&reference, at).filter(|target| entries.all[*target].kind == Kind::Specimen);
    let shown = if reference.starts_with('#') {
        format!("{}{}", entries.all[at].reference, &*reference)
    } else {
        reference.to_string()
    };
    Named { entry, reference: Some(shown), accession, display: None }
}

/// Words without case and with single blanks.
fn in_plain(words: &str) -> Option<String> {
    let plain = words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    (!plain.is_empty()).then_some(plain)
}

/// Which panels and reports list which results.
pub(super) struct Listed {
    parents: HashMap<usize, Vec<usize>>,
    /// How many panels and reports list something.
    lists: usize,
}

impl Listed {
    pub(super) fn of(entries: &Entries<'_>) -> Self {
        let mut parents: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut lists = 0;
        for (at, entry) in entries.all.iter().enumerate() {
            let members = match entry.kind {
                Kind::Observation => entry.resource.has_member(),
                Kind::DiagnosticReport => entry.resource.result(),
                _ => None,
            };
            let members = members.filter(|_| !entry.outdated);
            lists += usize::from(members.is_some());
            for reference in references(members) {
                if let Some(member) = entries.resolve(&reference, at) {
                    let known = parents.entry(member).or_default();
                    // a member that is listed twice is listed
                    if known.last() != Some(&at) {
                        known.push(at);
                    }
                }
            }
        }
        Self { parents, lists }
    }

    /// The panels and reports that list an entry, in order, where there are several that could tell two results apart.
    pub(super) fn that_tell_apart(&self, of: usize) -> Lists {
        if self.lists < 2 { Lists::new() } else { self.parents(of).collect() }
    }

    /// The panels and reports that list an entry, those of its panels included, each once: the nearest ones, to a bounded
    /// depth and number.
    fn parents(&self, of: usize) -> impl Iterator<Item = usize> {
        const DEEPEST: usize = 8;
        const MOST: usize = 64;
        let mut found: Vec<usize> = Vec::new();
        let mut next = vec![of];
        for _ in 0..DEEPEST {
            let mut above: Vec<usize> = Vec::new();
            for parent in next.iter().filter_map(|at| self.parents.get(at)).flatten() {
                if found.len() == MOST {
                    break;
                }
                if *parent != of && !found.contains(parent) {
                    found.push(*parent);
                    above.push(*parent);
                }
            }
            next = above;
        }
        found.sort_unstable();
        found.into_iter()
    }
}

/// Conditions that an Observation or its specimen is about.
pub(super) fn focus(entries: &Entries<'_>, resource: &Resource<'_>, at: usize) -> Vec<usize> {
    references(resource.focus()).iter().filter_map(|reference| entries.resolve(reference, at)).collect()
}
