//! Silence that a site asked for: a kind of card, a rule, a rule set, or every card of a client.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// Longest name of what is silenced.
const LONGEST: usize = 128;
/// Stands for every card.
const EVERYTHING: &str = "*";

/// What is silenced: a topic code, a rule, a rule set, or `*` for every card.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject(Box<str>);

/// A text that names nothing that could be silenced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names nothing to silence: give a topic code (HER2LOW), a rule (set/row), a rule set, or * for every card"
)]
pub struct NotASubject(pub String);

impl Subject {
    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Every card of the client: shadow mode.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        &*self.0 == EVERYTHING
    }
}

impl FromStr for Subject {
    type Err = NotASubject;

    fn from_str(text: &str) -> Result<Self, NotASubject> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'-');
        let names = (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain);
        if names || text == EVERYTHING { Ok(Self(text.into())) } else { Err(NotASubject(text.to_owned())) }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One silence that was not taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Whose data.
    pub tenant: Box<str>,
    /// Which client of theirs; `local` without configured clients.
    pub client: Box<str>,
    /// What is not shown.
    pub what: Subject,
    /// From when on, by the clock of the database.
    pub since: Timestamp,
    /// The planned end; None: until it is taken back.
    pub until: Option<Timestamp>,
    /// Who asked for it.
    pub by: Box<str>,
    /// Why.
    pub why: Box<str>,
}

impl Silence {
    fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct Silences {
    listed: Vec<Silence>,
    /// Places in the list, by what is silenced.
    by_subject: HashMap<Box<str>, Vec<usize>>,
}

impl Silences {
    /// Puts them in order.
    #[must_use]
    pub fn of(listed: Vec<Silence>) -> Self {
        let mut by_subject: HashMap<_, Vec<usize>> = HashMap::new();
        for (place, silence) in listed.iter().enumerate() {
            by_subject.entry(silence.what.0.clone()).or_default().push(place);
        }
        Self { listed, by_subject }
    }

    /// Those that hold at `now`.
    pub fn holding(&self, now: Timestamp) -> impl Iterator<Item = &Silence> {
        self.listed.iter().filter(move |silence| silence.holds(now))
    }

    /// None at all, whatever the time.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// The silence under which a card of this kind and rule is not shown to this client. Shadow mode is asked for apart.
    #[must_use]
    pub fn card(&self, tenant: &str, client: &str, topic: &str, rule: &str, now: Timestamp) -> Option<&Silence> {
        let set = rule.split('/').next().unwrap_or_default();
        [topic, rule, set].into_iter().find_map(|name| self.named(tenant, client, name, now))
    }

    /// The silence that puts this client into shadow mode.
    #[must_use]
    pub fn shadow(&self, tenant: &str, client: &str, now: Timestamp) -> Option<&Silence> {
        self.named(tenant, client, EVERYTHING, now)
    }

    fn named(&self, tenant: &str, client: &str, name: &str, now: Timestamp) -> Option<&Silence> {
        let named = self.by_subject.get(name)?.iter().map(|place| &self.listed[*place]);
        named.into_iter().find(|one| &*one.tenant == tenant && &*one.client == client && one.holds(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silence(what: &str, until: Option<i64>) -> Silence {
        Silence {
            tenant: "local".into(),
            client: "local".into(),
            what: what.parse().unwrap(),
            since: Timestamp::UNIX_EPOCH,
            until: until.map(|second| Timestamp::from_second(second).unwrap()),
            by: "A. Doe".into(),
            why: "fires on every 0".into(),
        }
    }

    fn is_silent(silences: &Silences, client: &str, second: i64) -> bool {
        let now = Timestamp::from_second(second).unwrap();
        silences.card("local", client, "HER2LOW", "breast-asco-cap-2018/IHC-1plus", now).is_some()
    }

    #[test]
    fn a_kind_of_card_a_rule_and_a_rule_set_are_each_silenced_by_their_name() {
        for what in ["HER2LOW", "breast-asco-cap-2018/IHC-1plus", "breast-asco-cap-2018"] {
            assert!(is_silent(&Silences::of(vec![silence(what, None)]), "local", 1), "{what}");
        }
        for what in ["HER2", "her2low", "breast", "IHC-1plus", "*"] {
            assert!(!is_silent(&Silences::of(vec![silence(what, None)]), "local", 1), "{what}");
        }
    }

    #[test]
    fn a_silence_is_for_one_client_and_ends_at_its_time() {
        let silences = Silences::of(vec![silence("HER2LOW", Some(10))]);
        assert!(is_silent(&silences, "local", 9) && !is_silent(&silences, "local", 10));
        assert!(!is_silent(&silences, "main-ehr", 9));
        let longer = Silences::of(vec![silence("HER2LOW", Some(10)), silence("HER2LOW", None)]);
        assert!(is_silent(&longer, "local", 11));
        assert_eq!(longer.holding(Timestamp::from_second(11).unwrap()).count(), 1);
    }

    #[test]
    fn shadow_mode_is_a_silence_of_everything() {
        let silences = Silences::of(vec![silence("*", None)]);
        assert!(silences.shadow("local", "local", Timestamp::UNIX_EPOCH).is_some());
        assert!(silences.shadow("local", "main-ehr", Timestamp::UNIX_EPOCH).is_none());
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in ["", "**", "HER2 LOW", "HER2LOW;", "a\u{e9}", &"x".repeat(LONGEST + 1)] {
            assert!(text.parse::<Subject>().is_err(), "{text}");
        }
    }
}
