//! The prefetch of a request: five states for each key (rules 19 to 22), and what was fetched where a key was not sent.

use std::fmt;

use super::bundle::{Outside, look, next_link};
use super::request_error::{Member, RequestError};
use super::service::Service;
use super::templates::Key;
use crate::json::{Text, Value};

/// Most prefetch keys that are read, unknown ones included.
const MOST_KEYS: usize = 64;
/// Most Bundle entries that are read, all keys together.
const MOST_ENTRIES: usize = 10_000;

/// Did all the data that the client's server has come along?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// As far as can be seen, yes.
    Complete,
    /// A page was not followed, or the server reported a fault beside the data: to be said, never to be guessed.
    MaybeIncomplete,
}

/// What was sent for one key.
#[derive(Debug, Clone, Copy)]
pub enum Supplied<'a> {
    /// A resource, or a Bundle with entries.
    Data(Value<'a>, Completeness),
    /// `null` or a Bundle without entries: the EHR knows of none.
    NoData,
    /// An OperationOutcome: the client tried and failed. No second query.
    Failed,
    /// A value that is no FHIR resource: as good as absent.
    Unusable,
    /// Not sent.
    Absent,
    /// Not sent, and the client's FHIR server did not give it.
    NotFetched,
}

impl Supplied<'_> {
    /// The state in one byte, for telling requests apart.
    #[must_use]
    pub const fn state(self) -> [u8; 1] {
        match self {
            Self::Data(_, Completeness::Complete) => [0],
            Self::Data(_, Completeness::MaybeIncomplete) => [1],
            Self::NoData => [2],
            // the client tried or we tried: the answer is the same
            Self::Failed | Self::NotFetched => [3],
            Self::Unusable => [4],
            Self::Absent => [5],
        }
    }

    /// Is the question of this key answered, be it with "none known"?
    #[must_use]
    pub const fn is_answered(self) -> bool {
        match self {
            Self::Data(..) | Self::NoData => true,
            Self::Failed | Self::Unusable | Self::Absent | Self::NotFetched => false,
        }
    }
}

/// The keys of one service, in the order of discovery. Unknown keys were tolerated, whatever their value, and are gone.
#[derive(Clone)]
pub struct Prefetch<'a> {
    keys: Vec<(Key, Supplied<'a>)>,
    /// Second pages that were fetched, each a Bundle.
    further: Vec<(Key, Value<'a>)>,
    /// Bundle entries so far.
    entries: usize,
}

/// Data that the answer needs could not be had: the words of a 412 reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Send the prefetch key {}: {}.", list(.0, " or "), states(.0))]
pub struct MissingPrefetch(Vec<(Key, &'static str)>);

impl MissingPrefetch {
    /// The keys, one of which is needed.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.0.iter().map(|(key, _)| *key)
    }
}

fn list(keys: &[(Key, &str)], between: &str) -> String {
    keys.iter().map(|(key, _)| format!("`{}`", key.name())).collect::<Vec<_>>().join(between)
}

fn states(keys: &[(Key, &str)]) -> String {
    keys.iter().map(|(key, state)| format!("`{}` {state}", key.name())).collect::<Vec<_>>().join(", ")
}

impl<'a> Prefetch<'a> {
    pub(super) fn read(sent: Option<Value<'a>>, service: Service) -> Result<Self, RequestError> {
        if sent.is_some_and(|sent| !sent.is_object()) {
            return Err(RequestError::WrongType(Member::Prefetch, "an object"));
        }
        if sent.is_some_and(|sent| sent.members().nth(MOST_KEYS).is_some()) {
            return Err(RequestError::TooManyKeys(MOST_KEYS));
        }
        if sent.is_some_and(Value::repeats) {
            return Err(RequestError::RepeatedIn(Member::Prefetch));
        }
        let mut keys: Vec<(Key, Supplied<'a>)> = service.keys().iter().map(|&key| (key, Supplied::Absent)).collect();
        let mut entries = 0;
        for (name, value) in sent.into_iter().flat_map(Value::members) {
            let known = keys.iter_mut().find(|(key, _)| name.is(key.name()));
            if let Some((_, supplied)) = known {
                *supplied = state(value, &mut entries)?;
            }
        }
        Ok(Self { keys, further: Vec::new(), entries })
    }

    /// What was sent for `key`; absent for a key that the service does not ask for.
    #[must_use]
    pub fn get(&self, key: Key) -> Supplied<'a> {
        self.keys.iter().find(|(known, _)| *known == key).map_or(Supplied::Absent, |(_, supplied)| *supplied)
    }

    /// The data, in the order of discovery, a second page behind its first.
    pub fn resources(&self) -> impl Iterator<Item = (Key, Value<'a>)> {
        self.keys.iter().flat_map(|(key, supplied)| {
            let first = match supplied {
                Supplied::Data(value, _) => Some((*key, *value)),
                Supplied::NoData | Supplied::Failed | Supplied::Unusable | Supplied::Absent | Supplied::NotFetched => {
                    None
                }
            };
            first.into_iter().chain(self.further.iter().filter(move |(further, _)| further == key).copied())
        })
    }

    /// Keys that may be asked of the client's FHIR server: not sent, or sent as something that is no FHIR. What the client
    /// answered with "none", or tried in vain, is not asked again (rule 19).
    pub fn missing(&self) -> impl Iterator<Item = Key> {
        let is_missing = |supplied: &Supplied<'_>| matches!(supplied, Supplied::Absent | Supplied::Unusable);
        self.keys.iter().filter(move |(_, supplied)| is_missing(supplied)).map(|(key, _)| *key)
    }

    /// The addresses of next pages that nobody has read yet, as sent (rule 20).
    pub fn next_pages(&self) -> impl Iterator<Item = (Key, Text<'a>)> {
        self.keys.iter().filter_map(|(key, supplied)| match supplied {
            Supplied::Data(bundle, Completeness::MaybeIncomplete) => Some((*key, next_link(*bundle)?)),
            _ => None,
        })
    }

    /// Puts `page`, which the FHIR server gave for `key`, in the place of what was not sent; none: it knows of no such
    /// resource. What no search or read of this key can give counts as not fetched, so that it is never told as "none".
    pub fn answer(&mut self, key: Key, page: Option<Value<'a>>) {
        let supplied = match page {
            None => Supplied::NoData,
            Some(page) if is_of_type(page, key.gives()) => {
                let counted = self.entries;
                match state(page, &mut self.entries) {
                    Ok(Supplied::Unusable) => Supplied::NotFetched,
                    Ok(supplied) => supplied,
                    Err(_) => {
                        self.entries = counted;
                        Supplied::NotFetched
                    }
                }
            }
            Some(_) => Supplied::NotFetched,
        };
        self.put(key, supplied);
    }

    /// Notes that `key` could not be fetched.
    pub fn not_fetched(&mut self, key: Key) {
        self.put(key, Supplied::NotFetched);
    }

    /// Adds the page behind the Bundle of `key`. Where it cannot be used the first page stays as incomplete as it was.
    pub fn add_page(&mut self, key: Key, page: Value<'a>) {
        let Supplied::Data(first, _) = self.get(key) else { return };
        let Outside::Entries { fault_beside, .. } = look(first) else { return };
        let (count, page_is_whole) = match look(page) {
            Outside::Nothing => (0, true),
            Outside::Entries { count, fault_beside, next } => (count, !fault_beside && !next),
            Outside::Resource | Outside::Failure | Outside::OlderFhir | Outside::Foreign => return,
        };
        if self.entries + count > MOST_ENTRIES {
            return;
        }
        self.entries += count;
        self.further.push((key, page));
        let whole = page_is_whole && !fault_beside;
        self.put(
            key,
            Supplied::Data(first, if whole { Completeness::Complete } else { Completeness::MaybeIncomplete }),
        );
    }

    /// Adds a Medication that orders or treatments refer to and that the FHIR server gave: it stands beside the orders.
    pub fn add_medication(&mut self, medication: Value<'a>) {
        if is_of_type(medication, "Medication") && self.entries < MOST_ENTRIES {
            self.entries += 1;
            self.further.push((Key::MedRequests, medication));
        }
    }

    fn put(&mut self, key: Key, supplied: Supplied<'a>) {
        if let Some((_, place)) = self.keys.iter_mut().find(|(known, _)| *known == key) {
            *place = supplied;
        }
    }

    /// Checks that one of the keys which the service cannot do without is answered.
    ///
    /// # Errors
    /// Names the keys (412).
    pub fn check_required(&self, service: Service) -> Result<(), MissingPrefetch> {
        let needed = service.one_of();
        if needed.iter().any(|&key| self.get(key).is_answered()) {
            return Ok(());
        }
        Err(MissingPrefetch(needed.iter().map(|&key| (key, in_words(self.get(key)))).collect()))
    }

    /// Keys whose data are not visible to this service, in the order of discovery: what they would hold is "not visible",
    /// never "not done".
    pub fn unseen(&self) -> impl Iterator<Item = Key> {
        self.keys.iter().filter(|(_, supplied)| !supplied.is_answered()).map(|(key, _)| *key)
    }

    /// Keys whose data may be incomplete, in the order of discovery.
    pub fn partial(&self) -> impl Iterator<Item = Key> {
        self.keys
            .iter()
            .filter(|(_, supplied)| matches!(supplied, Supplied::Data(_, Completeness::MaybeIncomplete)))
            .map(|(key, _)| *key)
    }
}

/// Names keys and states, never data.
impl fmt::Debug for Prefetch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.keys.iter().map(|(key, supplied)| (key.name(), in_words(*supplied)))).finish()
    }
}

fn state<'a>(value: Value<'a>, entries: &mut usize) -> Result<Supplied<'a>, RequestError> {
    if value.is_null() {
        return Ok(Supplied::NoData);
    }
    Ok(match look(value) {
        Outside::Resource => Supplied::Data(value, Completeness::Complete),
        Outside::Entries { count, fault_beside, next } => {
            *entries += count;
            if *entries > MOST_ENTRIES {
                return Err(RequestError::TooManyEntries(MOST_ENTRIES));
            }
            let maybe_more = fault_beside || next;
            let completeness = if maybe_more { Completeness::MaybeIncomplete } else { Completeness::Complete };
            Supplied::Data(value, completeness)
        }
        Outside::Nothing => Supplied::NoData,
        Outside::Failure => Supplied::Failed,
        Outside::OlderFhir => return Err(RequestError::NotR4),
        Outside::Foreign => Supplied::Unusable,
    })
}

fn is_of_type(value: Value<'_>, wanted: &str) -> bool {
    value.get("resourceType").and_then(Value::text).is_some_and(|sent| &*sent == wanted)
}

const fn in_words(supplied: Supplied<'_>) -> &'static str {
    match supplied {
        Supplied::Data(..) => "was sent",
        Supplied::NoData => "is empty",
        Supplied::Failed => "is an OperationOutcome",
        Supplied::Unusable => "is no FHIR resource",
        Supplied::Absent => "was not sent",
        Supplied::NotFetched => "was not sent and could not be fetched",
    }
}
