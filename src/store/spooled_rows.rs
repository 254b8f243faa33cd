//! Decisions and feedback as bytes, for the time they lie in the spool. Numbers are big-endian, texts carry their length.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::feedback::{FeedbackEvent, FeedbackOutcome, OverrideReason};
use super::packing::{Content, PACKING};
use super::{DecisionRow, StoreError};

const DECISION: u8 = 1;
const FEEDBACK: u8 = 2;
/// A decision on a token that nobody but this process could check.
const DECISION_CHECKED_HERE: u8 = 3;

/// Something that waits to be stored.
#[derive(Debug, Clone)]
pub enum SpooledRow {
    /// A decision.
    Decision(Box<DecisionRow>),
    /// One event of feedback.
    Feedback(Box<FeedbackEvent>),
}

impl DecisionRow {
    /// For the spool.
    #[must_use]
    pub fn to_spool(&self) -> Vec<u8> {
        let is_checked_here = self.checked_here || self.token.is_some();
        let mut bytes = vec![if is_checked_here { DECISION_CHECKED_HERE } else { DECISION }];
        bytes.extend_from_slice(&PACKING.to_be_bytes());
        for part in
            [&*self.tenant, &*self.service, &*self.hook_instance, &*self.hook, &*self.category, &*self.next_step]
        {
            put(&mut bytes, part.as_bytes());
        }
        bytes.extend_from_slice(self.decision_id.as_bytes());
        put_instant(&mut bytes, self.client_at);
        put_instant(&mut bytes, Some(self.received_at));
        bytes.extend_from_slice(&self.pseudonym_key);
        put(&mut bytes, self.patient_ref.as_ref().map_or(&[][..], |hash| &hash[..]));
        put(&mut bytes, self.user_ref.as_ref().map_or(&[][..], |hash| &hash[..]));
        for hash in [&self.request_hash, &self.rules_digest, &self.record_hash] {
            bytes.extend_from_slice(hash);
        }
        put(&mut bytes, &self.card_ids.iter().flat_map(|id| *id.as_bytes()).collect::<Vec<u8>>());
        put(&mut bytes, self.content.as_slice());
        bytes
    }
}

impl FeedbackEvent {
    /// For the spool.
    #[must_use]
    pub fn to_spool(&self) -> Vec<u8> {
        let mut bytes = vec![FEEDBACK, u8::from(self.outcome == FeedbackOutcome::Accepted)];
        for part in [&*self.tenant, &*self.service, &*self.card] {
            put(&mut bytes, part.as_bytes());
        }
        put_instant(&mut bytes, Some(self.outcome_at));
        put_instant(&mut bytes, Some(self.received_at));
        for part in [&self.reason.system, &self.reason.code, &self.reason.display, &self.comment] {
            bytes.push(u8::from(part.is_some()));
            put(&mut bytes, part.as_deref().unwrap_or_default().as_bytes());
        }
        self.suggestions.iter().for_each(|suggestion| put(&mut bytes, suggestion.as_bytes()));
        bytes
    }
}

impl SpooledRow {
    /// As it was written, or packed anew where the version before wrote it.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] where the bytes are not what this version writes, or the one before it wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, StoreError> {
        Reading(bytes).row().ok_or(StoreError::Inconsistent("spooled row"))
    }
}

fn put(to: &mut Vec<u8>, part: &[u8]) {
    to.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    to.extend_from_slice(part);
}

/// Nanoseconds since 1970; the least number for none.
fn put_instant(to: &mut Vec<u8>, instant: Option<Timestamp>) {
    to.extend_from_slice(&instant.map_or(i128::MIN, Timestamp::as_nanosecond).to_be_bytes());
}

struct Reading<'b>(&'b [u8]);

impl Reading<'_> {
    fn row(mut self) -> Option<SpooledRow> {
        let row = match self.array::<1>()? {
            [DECISION] => SpooledRow::Decision(Box::new(self.decision()?)),
            [DECISION_CHECKED_HERE] => {
                SpooledRow::Decision(Box::new(DecisionRow { checked_here: true, ..self.decision()? }))
            }
            [FEEDBACK] => return Some(SpooledRow::Feedback(Box::new(self.feedback()?))),
            _ => return None,
        };
        self.0.is_empty().then_some(row)
    }

    fn decision(&mut self) -> Option<DecisionRow> {
        let packing = i16::from_be_bytes(self.array()?);
        Some(DecisionRow {
            tenant: Arc::from(self.text()?),
            service: Cow::Owned(self.text()?),
            hook_instance: self.text()?.into_boxed_str(),
            hook: Cow::Owned(self.text()?),
            category: Cow::Owned(self.text()?),
            next_step: Cow::Owned(self.text()?),
            decision_id: Uuid::from_bytes(self.array()?),
            client_at: self.instant()?,
            received_at: self.instant()??,
            pseudonym_key: self.array()?,
            patient_ref: self.hash_or_none()?,
            user_ref: self.hash_or_none()?,
            request_hash: self.array()?,
            rules_digest: self.array()?,
            record_hash: self.array()?,
            card_ids: self.card_ids()?,
            content: Content::of_spooled(packing, self.part()?).ok()?,
            packed_anew: packing != PACKING,
            // It was spent when the decision was answered; this process remembers it for as long as it is good.
            token: None,
            checked_here: false,
        })
    }

    fn feedback(mut self) -> Option<FeedbackEvent> {
        let outcome = if self.array::<1>()? == [1] { FeedbackOutcome::Accepted } else { FeedbackOutcome::Overridden };
        let (tenant, service, card) = (Arc::from(self.text()?), Cow::Owned(self.text()?), self.text()?);
        let (outcome_at, received_at) = (self.instant()??, self.instant()??);
        let reason =
            OverrideReason { system: self.text_or_none()?, code: self.text_or_none()?, display: self.text_or_none()? };
        let comment = self.text_or_none()?;
        let mut suggestions = Vec::new();
        while !self.0.is_empty() {
            suggestions.push(self.text()?);
        }
        Some(FeedbackEvent { tenant, service, card, outcome, suggestions, outcome_at, received_at, reason, comment })
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn part(&mut self) -> Option<&[u8]> {
        let length = u32::from_be_bytes(self.array()?) as usize;
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.part()?.to_vec()).ok()
    }

    fn text_or_none(&mut self) -> Option<Option<String>> {
        let is_there = self.array::<1>()? == [1];
        let text = self.text()?;
        Some(is_there.then_some(text))
    }

    fn instant(&mut self) -> Option<Option<Timestamp>> {
        match i128::from_be_bytes(self.array()?) {
            i128::MIN => Some(None),
            nanoseconds => Timestamp::from_nanosecond(nanoseconds).ok().map(Some),
        }
    }

    fn hash_or_none(&mut self) -> Option<Option<[u8; 32]>> {
        let part = self.part()?;
        if part.is_empty() { Some(None) } else { part.try_into().ok().map(Some) }
    }

    fn card_ids(&mut self) -> Option<Vec<Uuid>> {
        let (ids, rest) = self.part()?.as_chunks::<16>();
        rest.is_empty().then(|| ids.iter().map(|id| Uuid::from_bytes(*id)).collect())
    }
}

#[cfg(test)]
impl DecisionRow {
    /// One whose hash fits nothing.
    pub(crate) fn for_tests() -> Self {
        Self {
            tenant: Arc::from("north"),
            service: Cow::Borrowed("her2-chart-review"),
            hook_instance: "h-\u{e4}".into(),
            hook: Cow::Borrowed("patient-view"),
            decision_id: Uuid::now_v7(),
            client_at: None,
            received_at: "2026-11-24T10:00:00.000001Z".parse().unwrap(),
            category: Cow::Borrowed("positive"),
            next_step: Cow::Borrowed("none"),
            pseudonym_key: [1; 4],
            patient_ref: Some([2; 32]),
            user_ref: None,
            request_hash: [3; 32],
            rules_digest: [4; 32],
            record_hash: [5; 32],
            card_ids: vec![Uuid::from_u128(7), Uuid::from_u128(8)],
            content: Content::pack(b"{}", b"{\"cards\":[]}", None),
            token: None,
            checked_here: false,
            packed_anew: false,
        }
    }

    /// As the version before spooled one with the content of [`Self::for_tests`].
    pub(crate) fn to_spool_as_before(&self) -> Vec<u8> {
        let (packing, content) = Content::packed_before(b"{}", b"{\"cards\":[]}");
        let mut spooled = self.to_spool();
        spooled[1..3].copy_from_slice(&packing.to_be_bytes());
        spooled.truncate(spooled.len() - 4 - self.content.as_slice().len());
        put(&mut spooled, &content);
        spooled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision() -> DecisionRow {
        DecisionRow::for_tests()
    }

    fn feedback() -> FeedbackEvent {
        FeedbackEvent {
            tenant: Arc::from("north"),
            service: Cow::Borrowed("her2-order-sign"),
            card: "c1".to_owned(),
            outcome: FeedbackOutcome::Overridden,
            suggestions: vec!["b".to_owned(), String::new()],
            outcome_at: "1969-07-20T20:17:40Z".parse().unwrap(),
            received_at: "2026-11-24T10:00:00Z".parse().unwrap(),
            reason: OverrideReason { system: None, code: Some(String::new()), display: Some("Seen".to_owned()) },
            comment: None,
        }
    }

    #[test]
    fn a_decision_comes_back_from_the_spool_member_for_member() {
        let row = decision();
        let Ok(SpooledRow::Decision(read)) = SpooledRow::read(&row.to_spool()) else { panic!("not read") };
        assert_eq!(read.to_spool(), row.to_spool());
        assert_eq!((read.decision_id, read.patient_ref, read.user_ref), (row.decision_id, row.patient_ref, None));
        assert_eq!((&read.card_ids, read.received_at), (&row.card_ids, row.received_at));
        assert!(read.content == row.content && !read.packed_anew);
    }

    #[test]
    fn a_decision_that_the_version_before_spooled_comes_back_and_is_packed_anew() {
        let row = decision();
        let mut spooled = row.to_spool_as_before();
        let Ok(SpooledRow::Decision(read)) = SpooledRow::read(&spooled) else { panic!("not read") };
        assert_eq!(read.to_spool(), row.to_spool());
        assert!(read.packed_anew, "its hash has to be made again");
        spooled[1..3].copy_from_slice(&3_i16.to_be_bytes());
        assert!(SpooledRow::read(&spooled).is_err(), "an older one is put aside");
    }

    #[test]
    fn a_decision_on_a_token_comes_back_as_one_whose_token_was_checked_here_alone() {
        let token = super::super::SeenToken {
            tenant: Arc::from("north"),
            client: "main-ehr".into(),
            token_hash: [1; 32],
            used_for: [2; 32],
            forget_at: "2026-11-24T10:05:00Z".parse().unwrap(),
        };
        let row = DecisionRow { token: Some(token), ..decision() };
        for _ in 0..2 {
            let Ok(SpooledRow::Decision(read)) = SpooledRow::read(&row.to_spool()) else { panic!("not read") };
            assert!(read.checked_here && read.token.is_none());
            assert_eq!(read.to_spool(), row.to_spool(), "also when it goes to the spool once more");
        }
        let Ok(SpooledRow::Decision(without)) = SpooledRow::read(&decision().to_spool()) else { panic!("not read") };
        assert!(!without.checked_here);
    }

    #[test]
    fn feedback_comes_back_from_the_spool_member_for_member() {
        let Ok(SpooledRow::Feedback(read)) = SpooledRow::read(&feedback().to_spool()) else { panic!("not read") };
        assert!(*read == feedback());
    }

    #[test]
    fn bytes_that_are_cut_are_reported_and_never_guessed() {
        let whole = decision().to_spool();
        assert!((0..whole.len()).all(|length| SpooledRow::read(&whole[..length]).is_err()));
        assert!(SpooledRow::read(&[whole, vec![0]].concat()).is_err());
    }
}
