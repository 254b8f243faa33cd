//! What was fetched, and how it takes its place beside what was sent.

use crate::cdshooks::{Key, Prefetch};
use crate::json::Document;

/// What came of one question.
pub(super) enum Part {
    /// The answer for a key, and the page behind it.
    Pages(Key, Vec<u8>, Option<Vec<u8>>),
    /// The server knows of no such resource.
    NoData(Key),
    /// Could not be had.
    NotFetched(Key),
    /// The page behind a Bundle that was sent.
    FurtherPage(Key, Vec<u8>),
    /// A Medication that was referred to.
    Medication(Vec<u8>),
    /// It could not be had: what refers to it stays without a name.
    NoMedication,
    /// That page could not be had: the Bundle stays as incomplete as it was.
    NoFurtherPage,
}

/// What an errand brought, as bytes.
#[must_use]
pub struct Fetched(pub(super) Vec<Part>);

/// The same, read.
#[must_use]
#[derive(Default)]
pub struct Documents<'f>(Vec<Read<'f>>);

enum Read<'f> {
    First(Key, Document<'f>),
    Medication(Document<'f>),
    Further(Key, Document<'f>),
    NoData(Key),
    NotFetched(Key),
}

impl Fetched {
    /// What came of each question, for metrics: `fetched`, `no_data` or `failed`.
    pub fn outcomes(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|part| match part {
            Part::Pages(..) | Part::FurtherPage(..) | Part::Medication(_) => "fetched",
            Part::NoData(_) => "no_data",
            Part::NotFetched(_) | Part::NoFurtherPage | Part::NoMedication => "failed",
        })
    }

    /// Have Medications been asked for already?
    pub fn asked_for_medications(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Medication(_) | Part::NoMedication))
    }

    /// What two errands of one request brought.
    pub fn and(mut self, later: Self) -> Self {
        self.0.extend(later.0);
        self
    }

    /// Reads what came. Each page has been found to be JSON before.
    pub fn documents(&self) -> Documents<'_> {
        let mut read = Vec::with_capacity(2 * self.0.len());
        for part in &self.0 {
            match part {
                Part::Pages(key, first, second) => {
                    match Document::parse(first) {
                        Ok(first) => read.push(Read::First(*key, first)),
                        Err(_) => read.push(Read::NotFetched(*key)),
                    }
                    let second = second.as_ref().and_then(|second| Document::parse(second).ok());
                    read.extend(second.map(|second| Read::Further(*key, second)));
                }
                Part::FurtherPage(key, page) => {
                    read.extend(Document::parse(page).ok().map(|page| Read::Further(*key, page)));
                }
                Part::NoData(key) => read.push(Read::NoData(*key)),
                Part::NotFetched(key) => read.push(Read::NotFetched(*key)),
                Part::Medication(medication) => {
                    read.extend(Document::parse(medication).ok().map(Read::Medication));
                }
                Part::NoFurtherPage | Part::NoMedication => {}
            }
        }
        Documents(read)
    }
}

impl<'f> Documents<'f> {
    /// Puts everything where it belongs in `prefetch`.
    pub fn complete(&'f self, prefetch: &mut Prefetch<'f>) {
        for read in &self.0 {
            match read {
                Read::First(key, page) => prefetch.answer(*key, Some(page.root())),
                Read::Medication(medication) => prefetch.add_medication(medication.root()),
                Read::Further(key, page) => prefetch.add_page(*key, page.root()),
                Read::NoData(key) => prefetch.answer(*key, None),
                Read::NotFetched(key) => prefetch.not_fetched(*key),
            }
        }
    }
}
