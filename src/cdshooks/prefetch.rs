//! The prefetch of a request: five states for each key (rules 19 to 22).

use std::fmt;

use super::bundle::{Outside, look};
use super::request_error::{Member, RequestError};
use super::service::Service;
use super::templates::Key;
use crate::json::Value;

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
}

impl Supplied<'_> {
    /// The state in one byte, for telling requests apart.
    #[must_use]
    pub const fn state(self) -> [u8; 1] {
        match self {
            Self::Data(_, Completeness::Complete) => [0],
            Self::Data(_, Completeness::MaybeIncomplete) => [1],
            Self::NoData => [2],
            Self::Failed => [3],
            Self::Unusable => [4],
            Self::Absent => [5],
        }
    }

    /// Is the question of this key answered, be it with "none known"?
    #[must_use]
    pub const fn is_answered(self) -> bool {
        match self {
            Self::Data(..) | Self::NoData => true,
            Self::Failed | Self::Unusable | Self::Absent => false,
        }
    }
}

/// The keys of one service, in the order of discovery. Unknown keys were tolerated, whatever their value, and are gone.
#[derive(Clone)]
pub struct Prefetch<'a>(Vec<(Key, Supplied<'a>)>);

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
            let known = keys.iter_mut().find(|(key, _)| key.name() == name);
            if let Some((_, supplied)) = known {
                *supplied = state(value, &mut entries)?;
            }
        }
        Ok(Self(keys))
    }

    /// What was sent for `key`; absent for a key that the service does not ask for.
    #[must_use]
    pub fn get(&self, key: Key) -> Supplied<'a> {
        self.0.iter().find(|(known, _)| *known == key).map_or(Supplied::Absent, |(_, supplied)| *supplied)
    }

    /// The data, in the order of discovery.
    pub fn resources(&self) -> impl Iterator<Item = (Key, Value<'a>)> {
        self.0.iter().filter_map(|(key, supplied)| match supplied {
            Supplied::Data(value, _) => Some((*key, *value)),
            Supplied::NoData | Supplied::Failed | Supplied::Unusable | Supplied::Absent => None,
        })
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
        self.0.iter().filter(|(_, supplied)| !supplied.is_answered()).map(|(key, _)| *key)
    }

    /// Keys whose data may be incomplete, in the order of discovery.
    pub fn partial(&self) -> impl Iterator<Item = Key> {
        self.0
            .iter()
            .filter(|(_, supplied)| matches!(supplied, Supplied::Data(_, Completeness::MaybeIncomplete)))
            .map(|(key, _)| *key)
    }
}

/// Names keys and states, never data.
impl fmt::Debug for Prefetch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(key, supplied)| (key.name(), in_words(*supplied)))).finish()
    }
}

fn state<'a>(value: Value<'a>, entries: &mut usize) -> Result<Supplied<'a>, RequestError> {
    if value.is_null() {
        return Ok(Supplied::NoData);
    }
    Ok(match look(value) {
        Outside::Resource => Supplied::Data(value, Completeness::Complete),
        Outside::Entries { count, maybe_more } => {
            *entries += count;
            if *entries > MOST_ENTRIES {
                return Err(RequestError::TooManyEntries(MOST_ENTRIES));
            }
            let completeness = if maybe_more { Completeness::MaybeIncomplete } else { Completeness::Complete };
            Supplied::Data(value, completeness)
        }
        Outside::Nothing => Supplied::NoData,
        Outside::Failure => Supplied::Failed,
        Outside::OlderFhir => return Err(RequestError::NotR4),
        Outside::Foreign => Supplied::Unusable,
    })
}

const fn in_words(supplied: Supplied<'_>) -> &'static str {
    match supplied {
        Supplied::Data(..) => "was sent",
        Supplied::NoData => "is empty",
        Supplied::Failed => "is an OperationOutcome",
        Supplied::Unusable => "is no FHIR resource",
        Supplied::Absent => "was not sent",
    }
}
