//! Answers to cards that keep the same finding quiet: a bounded memory, asked once for each card.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::FindingKey;

/// Most answers that are remembered. Beyond it the oldest are forgotten, which shows a card once more.
const MOST: usize = 100_000;

/// What became of a card, as far as it matters for showing it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Accepted: done for the patient, whoever looks.
    Accepted,
    /// Overridden for a coded reason: settled for that user.
    Overridden,
    /// Overridden because no trial is wanted or possible: as before, and no trial line for this patient.
    NoTrial,
    /// Overridden without a reason: shown again.
    WithoutReason,
}

/// The latest answer to one card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dismissal {
    /// The card.
    pub card: Uuid,
    /// What it was about.
    pub finding: FindingKey,
    /// Keyed hash of the patient's id.
    pub patient: [u8; 32],
    /// Keyed hash of the id of the user who saw it; None where the client did not say.
    pub user: Option<[u8; 32]>,
    /// What became of it.
    pub answer: Answer,
    /// When it was heard, by our clock.
    pub at: Timestamp,
}

/// Why something is quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuietWhy {
    /// Accepted for this patient.
    Accepted,
    /// Overridden by this user for a reason.
    Overridden,
    /// No trial is wanted or possible for this patient.
    NoTrial,
}

/// Quiet, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// Why.
    pub why: QuietWhy,
    /// From this instant on it is shown again.
    pub until: Timestamp,
}

/// The memory.
#[derive(Debug, Default)]
pub struct Dismissed {
    findings: HashMap<FindingKey, Vec<Dismissal>>,
    no_trial: HashMap<[u8; 32], Vec<(Uuid, Timestamp)>>,
    len: usize,
}

impl Dismissed {
    /// Answers that are remembered.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes in the latest answer to a card, in the place of an earlier one.
    pub fn learn(&mut self, dismissal: Dismissal) {
        self.forget(&dismissal);
        if dismissal.answer == Answer::WithoutReason {
            return;
        }
        if self.len >= MOST {
            self.forget_older_half();
        }
        if dismissal.answer == Answer::NoTrial {
            self.no_trial.entry(dismissal.patient).or_default().push((dismissal.card, dismissal.at));
        }
        self.findings.entry(dismissal.finding).or_default().push(dismissal);
        self.len += 1;
    }

    /// Whether this finding is quiet for this user at `now`, if an answer counts for `quiet_for`.
    #[must_use]
    pub fn finding(
        &self,
        finding: &FindingKey,
        user: Option<&[u8; 32]>,
        now: Timestamp,
        quiet_for: SignedDuration,
    ) -> Option<Quiet> {
        let counts = |dismissal: &Dismissal| {
            let why = match dismissal.answer {
                Answer::Accepted => QuietWhy::Accepted,
                // A user who is not named is nobody in particular: what one of them settled holds for no other.
                Answer::Overridden | Answer::NoTrial if user.is_some() && dismissal.user.as_ref() == user => {
                    QuietWhy::Overridden
                }
                Answer::Overridden | Answer::NoTrial | Answer::WithoutReason => return None,
            };
            still(dismissal.at, now, quiet_for).map(|until| Quiet { why, until })
        };
        self.findings.get(finding)?.iter().filter_map(counts).max_by_key(|quiet| quiet.until)
    }

    /// Whether cards of this patient go without a trial line at `now`.
    #[must_use]
    pub fn trials(&self, patient: &[u8; 32], now: Timestamp, quiet_for: SignedDuration) -> Option<Quiet> {
        let until = self.no_trial.get(patient)?.iter().filter_map(|(_, at)| still(*at, now, quiet_for)).max()?;
        Some(Quiet { why: QuietWhy::NoTrial, until })
    }

    /// A card is about one finding of one patient, so an earlier answer to it lies in the same places.
    fn forget(&mut self, earlier: &Dismissal) {
        if let Some(answers) = self.findings.get_mut(&earlier.finding) {
            let before = answers.len();
            answers.retain(|answer| answer.card != earlier.card);
            self.len -= before - answers.len();
            if answers.is_empty() {
                self.findings.remove(&earlier.finding);
            }
        }
        if let Some(cards) = self.no_trial.get_mut(&earlier.patient) {
            cards.retain(|(card, _)| *card != earlier.card);
            if cards.is_empty() {
                self.no_trial.remove(&earlier.patient);
            }
        }
    }

    fn forget_older_half(&mut self) {
        let mut times: Vec<Timestamp> = self.findings.values().flatten().map(|answer| answer.at).collect();
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        let oldest_kept = *median;
        self.findings.retain(|_, answers| {
            answers.retain(|answer| answer.at > oldest_kept);
            !answers.is_empty()
        });
        self.no_trial.retain(|_, cards| {
            cards.retain(|(_, at)| *at > oldest_kept);
            !cards.is_empty()
        });
        self.len = self.findings.values().map(Vec::len).sum();
    }
}

/// Until when an answer of `at` counts, if it still does at `now`.
fn still(at: Timestamp, now: Timestamp, quiet_for: SignedDuration) -> Option<Timestamp> {
    at.checked_add(quiet_for).ok().filter(|until| now < *until)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);
    const FINDING: FindingKey = FindingKey([7; 32]);
    const PATIENT: [u8; 32] = [1; 32];
    const ANN: [u8; 32] = [2; 32];
    const BOB: [u8; 32] = [3; 32];

    fn day(day: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day)
    }

    fn said(card: u128, answer: Answer, user: Option<[u8; 32]>) -> Dismissal {
        Dismissal { card: Uuid::from_u128(card), finding: FINDING, patient: PATIENT, user, answer, at: day(0) }
    }

    fn after(dismissals: &[Dismissal]) -> Dismissed {
        let mut memory = Dismissed::default();
        dismissals.iter().for_each(|dismissal| memory.learn(*dismissal));
        memory
    }

    fn why(memory: &Dismissed, user: Option<&[u8; 32]>, on: i64) -> Option<QuietWhy> {
        memory.finding(&FINDING, user, day(on), QUIET_FOR).map(|quiet| quiet.why)
    }

    #[test]
    fn an_accepted_finding_is_quiet_for_everybody_and_an_overridden_one_for_that_user() {
        let accepted = after(&[said(1, Answer::Accepted, Some(ANN))]);
        assert_eq!(why(&accepted, Some(&BOB), 1), Some(QuietWhy::Accepted));
        assert_eq!(why(&accepted, None, 1), Some(QuietWhy::Accepted));
        let overridden = after(&[said(1, Answer::Overridden, Some(ANN))]);
        assert_eq!(why(&overridden, Some(&ANN), 1), Some(QuietWhy::Overridden));
        assert_eq!(why(&overridden, Some(&BOB), 1), None);
        assert_eq!(overridden.finding(&FindingKey([8; 32]), Some(&ANN), day(1), QUIET_FOR), None);
    }

    #[test]
    fn users_who_are_not_named_are_never_taken_for_the_same_user() {
        assert_eq!(why(&after(&[said(1, Answer::Overridden, None)]), None, 1), None);
    }

    #[test]
    fn without_a_reason_it_is_shown_again_also_after_an_earlier_reason() {
        assert!(after(&[said(1, Answer::WithoutReason, Some(ANN))]).is_empty());
        let taken_back = after(&[said(1, Answer::NoTrial, Some(ANN)), said(1, Answer::WithoutReason, Some(ANN))]);
        assert!(taken_back.is_empty() && taken_back.trials(&PATIENT, day(1), QUIET_FOR).is_none());
        let by_another_card =
            after(&[said(1, Answer::Overridden, Some(ANN)), said(2, Answer::WithoutReason, Some(ANN))]);
        assert_eq!(why(&by_another_card, Some(&ANN), 1), Some(QuietWhy::Overridden));
    }

    #[test]
    fn after_the_time_it_is_shown_again() {
        let memory = after(&[said(1, Answer::Accepted, Some(ANN))]);
        assert_eq!(why(&memory, Some(&ANN), 89), Some(QuietWhy::Accepted));
        assert_eq!(why(&memory, Some(&ANN), 90), None);
    }

    #[test]
    fn no_trial_holds_for_the_patient_whoever_looks() {
        let memory = after(&[said(1, Answer::NoTrial, Some(ANN))]);
        assert_eq!(why(&memory, Some(&BOB), 1), None);
        let quiet = memory.trials(&PATIENT, day(89), QUIET_FOR).unwrap();
        assert_eq!((quiet.why, quiet.until), (QuietWhy::NoTrial, day(90)));
        assert_eq!(memory.trials(&[9; 32], day(1), QUIET_FOR), None);
    }

    #[test]
    fn the_memory_is_bounded_and_forgets_the_oldest_first() {
        let mut memory = Dismissed::default();
        for n in 0..=MOST as u64 {
            let mut finding = [0; 32];
            finding[..8].copy_from_slice(&n.to_be_bytes());
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(n.cast_signed());
            let card = Uuid::from_u128(u128::from(n));
            memory.learn(Dismissal { card, finding: FindingKey(finding), at, ..said(0, Answer::Accepted, None) });
        }
        assert!(memory.len() <= MOST, "{}", memory.len());
        let last = MOST as u64;
        let mut finding = [0; 32];
        assert_eq!(memory.finding(&FindingKey(finding), None, day(1), QUIET_FOR), None);
        finding[..8].copy_from_slice(&last.to_be_bytes());
        assert!(memory.finding(&FindingKey(finding), None, day(1), QUIET_FOR).is_some());
    }
}
