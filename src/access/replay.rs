//! A token is used once: for one request, and again only for the very same one, when a client repeats it.
//!
//! This is the memory of one process, in front of the table `seen_token` that all of them share.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::caller::Token;

/// How often what is forgotten is taken out.
const SWEEP: Duration = Duration::from_secs(10);

/// What a token is used for: a hash over everything that makes two requests the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenUse(pub [u8; 32]);

impl TokenUse {
    /// A decision: service, hookInstance, and the hash of what the answer was computed from.
    #[must_use]
    pub fn decision(service: &str, instance: &str, content: &[u8; 32]) -> Self {
        Self::over(&[b"decision", service.as_bytes(), instance.as_bytes(), content])
    }

    /// Anything else: its path and its body, byte for byte.
    #[must_use]
    pub fn request(path: &str, body: &[u8]) -> Self {
        Self::over(&[b"request", path.as_bytes(), body])
    }

    fn over(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

/// What is known of a token that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// It was not seen before, or for this very use.
    ForThis,
    /// It was used for something else.
    ForAnother,
}

/// The tokens that this process has seen.
#[derive(Default)]
pub(super) struct Seen(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    uses: HashMap<[u8; 32], Remembered>,
    swept: Option<Instant>,
}

struct Remembered {
    usage: TokenUse,
    forget_at: Timestamp,
    /// By a clock that never jumps.
    forget_after: Instant,
}

impl Seen {
    /// Notes that `token` is used. It is forgotten when both clocks say that nobody would accept it any more: the wall clock
    /// may jump forward and back again.
    pub(super) fn spend(&self, token: &Token, usage: TokenUse, now: Timestamp, tick: Instant) -> Spent {
        // Plain values: a panic elsewhere leaves them usable.
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memory.sweep(now, tick);
        let left = Duration::try_from(token.forget_at.duration_since(now)).unwrap_or_default();
        let remembered = memory.uses.entry(key(token)).or_insert(Remembered {
            usage,
            forget_at: token.forget_at,
            forget_after: tick + left,
        });
        if remembered.usage == usage { Spent::ForThis } else { Spent::ForAnother }
    }

    /// Forgets this use of `token`.
    pub(super) fn take_back(&self, token: &Token, usage: TokenUse) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.uses.get(&key(token)).is_some_and(|remembered| remembered.usage == usage) {
            memory.uses.remove(&key(token));
        }
    }
}

impl Memory {
    fn sweep(&mut self, now: Timestamp, tick: Instant) {
        if self.swept.is_some_and(|swept| tick.saturating_duration_since(swept) < SWEEP) {
            return;
        }
        self.swept = Some(tick);
        self.uses.retain(|_, one| now < one.forget_at || tick < one.forget_after);
    }
}

fn key(token: &Token) -> [u8; 32] {
    let hash = Sha256::new().chain_update(token.client.as_bytes()).chain_update([0]).chain_update(token.id);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    fn token(client: &str, id: u8) -> Token {
        Token { tenant: "t".into(), client: client.into(), id: [id; 32], forget_at: at(360) }
    }

    fn this(content: u8) -> TokenUse {
        TokenUse::decision("her2-chart-review", "i", &[content; 32])
    }

    #[test]
    fn a_token_serves_one_request_and_its_repeats() {
        let (seen, tick) = (Seen::default(), Instant::now());
        assert_eq!(seen.spend(&token("a", 1), this(1), at(0), tick), Spent::ForThis);
        assert_eq!(seen.spend(&token("a", 1), this(1), at(5), tick), Spent::ForThis);
        assert_eq!(seen.spend(&token("a", 1), this(2), at(6), tick), Spent::ForAnother);
        let feedback = TokenUse::request("/cds-services/her2-chart-review/feedback", b"{}");
        assert_eq!(seen.spend(&token("a", 1), feedback, at(6), tick), Spent::ForAnother);
        assert_eq!(seen.spend(&token("b", 1), this(2), at(6), tick), Spent::ForThis, "the same jti of another client");
    }

    #[test]
    fn a_use_that_another_process_refuted_does_not_bar_the_rightful_one() {
        let (seen, tick) = (Seen::default(), Instant::now());
        assert_eq!(seen.spend(&token("a", 1), this(1), at(0), tick), Spent::ForThis);
        seen.take_back(&token("a", 1), this(2));
        assert_eq!(seen.spend(&token("a", 1), this(2), at(0), tick), Spent::ForAnother);
        seen.take_back(&token("a", 1), this(1));
        assert_eq!(seen.spend(&token("a", 1), this(2), at(0), tick), Spent::ForThis);
    }

    #[test]
    fn a_clock_that_jumps_an_hour_forgets_no_token_that_could_still_be_good() {
        let (seen, start) = (Seen::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(seen.spend(&token("a", 1), this(1), at(0), start), Spent::ForThis);
        // Forward by an hour, where everything looks old, and back again.
        assert_eq!(seen.spend(&token("b", 2), this(1), at(HOUR), after(20)), Spent::ForThis);
        assert_eq!(seen.spend(&token("a", 1), this(2), at(40), after(40)), Spent::ForAnother);
        // Back by an hour: the token is good for an hour more, and is remembered for as long.
        assert_eq!(seen.spend(&token("a", 1), this(2), at(400 - HOUR), after(400)), Spent::ForAnother);
        assert_eq!(seen.spend(&token("a", 1), this(2), at(350), after(350 + 3_600)), Spent::ForAnother);
    }

    #[test]
    fn what_nobody_would_accept_any_more_is_forgotten() {
        let (seen, start) = (Seen::default(), Instant::now());
        for id in 0..100 {
            seen.spend(&token("a", id), this(1), at(0), start);
        }
        seen.spend(
            &Token { forget_at: at(900), ..token("a", 200) },
            this(1),
            at(400),
            start + Duration::from_secs(400),
        );
        assert_eq!(seen.0.lock().unwrap().uses.len(), 1);
    }

    #[test]
    fn parts_that_move_from_one_field_to_the_next_are_another_use() {
        assert_ne!(TokenUse::decision("ab", "c", &[0; 32]), TokenUse::decision("a", "bc", &[0; 32]));
        assert_ne!(TokenUse::request("/a", b"b"), TokenUse::request("/ab", b""));
    }
}
