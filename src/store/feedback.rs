//! What clinicians did with a card: every event is kept, in whatever order it comes.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::postgres::PgBindIterExt;

use super::instants::to_stored;
use super::{Store, StoreError};
use crate::seal::to_hex;

/// Longest card id and suggestion id that is kept, in bytes. Both stand in an index, whose rows are bounded.
const LONGEST_ID: usize = 256;
/// What stays of a longer card id before its digest, which has 74 bytes with the words that mark it.
const KEPT_OF_LONG_CARD: usize = LONGEST_ID - 74;
const MOST_SUGGESTIONS: usize = 4;
const LONGEST_TEXT: usize = 8_192;

/// What the user did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackOutcome {
    /// A suggestion was taken.
    Accepted,
    /// The card was dismissed.
    Overridden,
}

impl FeedbackOutcome {
    /// The word of CDS Hooks.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Overridden => "overridden",
        }
    }
}

/// The coded reason for dismissing a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OverrideReason {
    /// Code system.
    pub system: Option<String>,
    /// Code.
    pub code: Option<String>,
    /// Words, where the client sent them.
    pub display: Option<String>,
}

/// One entry of a feedback request.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedbackEvent {
    /// The tenant; never empty.
    pub tenant: Arc<str>,
    /// The CDS service that showed the card.
    pub service: Cow<'static, str>,
    /// The card, as the client names it; [`Self::fitted`] bounds its length.
    pub card: String,
    /// Accepted or overridden.
    pub outcome: FeedbackOutcome,
    /// Ids of the accepted suggestions, in any order.
    pub suggestions: Vec<String>,
    /// The client's clock.
    pub outcome_at: Timestamp,
    /// Our clock.
    pub received_at: Timestamp,
    /// Why it was overridden.
    pub reason: OverrideReason,
    /// Free text of the user: may hold patient data.
    pub comment: Option<String>,
}

// Card ids and outcomes may be logged; a comment never.
impl std::fmt::Debug for FeedbackEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeedbackEvent").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl FeedbackEvent {
    /// Whether this event can be kept: ids within the bounds of an index, and no NUL, which PostgreSQL refuses in text.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let card = |text: &str| text.len() <= LONGEST_ID && !text.contains('\0');
        let id = |text: &str| !text.is_empty() && card(text);
        let text = |text: &Option<String>| text.as_ref().is_none_or(|t| t.len() <= LONGEST_TEXT && !t.contains('\0'));
        !self.tenant.is_empty()
            && card(&self.card)
            && self.suggestions.len() <= MOST_SUGGESTIONS
            && self.suggestions.iter().all(|suggestion| id(suggestion))
            && [&self.reason.system, &self.reason.code, &self.reason.display, &self.comment].into_iter().all(text)
    }

    /// With what stands beside the outcome cut to what is kept: that a card was taken or set aside is never lost for the length of
    /// the words about it. The end of words that were cut is marked by an ellipsis. Any string may name a card; one that is
    /// longer than any of ours is kept as its beginning and the SHA-256 of the whole, so that two of them stay two.
    #[must_use]
    pub fn fitted(mut self) -> Self {
        let words = [&mut self.reason.system, &mut self.reason.code, &mut self.reason.display, &mut self.comment];
        for text in words.into_iter().flatten().filter(|text| text.len() > LONGEST_TEXT) {
            const ELLIPSIS: char = '…';
            text.truncate(text.floor_char_boundary(LONGEST_TEXT - ELLIPSIS.len_utf8()));
            text.push(ELLIPSIS);
        }
        if self.card.len() > LONGEST_ID {
            let digest = to_hex(&Sha256::digest(&self.card));
            self.card.truncate(self.card.floor_char_boundary(KEPT_OF_LONG_CARD));
            self.card.push_str(&format!("…sha256:{digest}"));
        }
        // no card of ours has more suggestions, or one with a longer id
        self.suggestions.retain(|id| !id.is_empty() && id.len() <= LONGEST_ID);
        self.suggestions.truncate(MOST_SUGGESTIONS);
        self
    }

    /// The card in the form in which Herald writes its own ids, so that letter case never hides a match.
    fn card_key(&self) -> String {
        uuid::Uuid::try_parse(&self.card).map_or_else(|_| self.card.clone(), |id| id.to_string())
    }

    fn sorted_suggestions(&self) -> Vec<String> {
        let mut sorted = self.suggestions.clone();
        sorted.sort_unstable();
        sorted.dedup();
        sorted
    }
}

/// What became of the events of one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FeedbackStored {
    /// New and durable.
    pub stored: usize,
    /// On the local disk, to be stored when the database is back.
    pub spooled: usize,
    /// Known before: the same event, sent again.
    pub repeated: usize,
    /// Not kept, because they hold a NUL, or were not fitted.
    pub unusable: usize,
}

impl Store {
    /// Stores the usable events of one tenant, all of them or none, and returns after the commit. Safe to repeat.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn store_feedback(&self, events: &[FeedbackEvent]) -> Result<FeedbackStored, StoreError> {
        let usable: Vec<&FeedbackEvent> = events.iter().filter(|event| event.is_usable()).collect();
        let unusable = events.len() - usable.len();
        let Some(tenant) = usable.first().map(|event| &*event.tenant) else {
            return Ok(FeedbackStored { unusable, ..FeedbackStored::default() });
        };
        let suggestions: Vec<Vec<String>> = usable.iter().map(|event| event.sorted_suggestions()).collect();
        let mut end = 0_i32;
        let bounds: Vec<(i32, i32)> = suggestions
            .iter()
            .map(|ids| {
                let first = end + 1;
                end += i32::try_from(ids.len()).unwrap_or(0);
                (first, end)
            })
            .collect();
        let query = sqlx::query(STORE_FEEDBACK)
            .bind(usable.iter().map(|event| &*event.tenant).bind_iter())
            .bind(usable.iter().map(|event| &*event.service).bind_iter())
            .bind(usable.iter().map(|event| event.card_key()).bind_iter())
            .bind(usable.iter().map(|event| event.outcome.as_str()).bind_iter())
            .bind(usable.iter().map(|event| to_stored(event.outcome_at)).bind_iter())
            .bind(usable.iter().map(|event| to_stored(event.received_at)).bind_iter())
            .bind(usable.iter().map(|event| event.reason.system.as_deref()).bind_iter())
            .bind(usable.iter().map(|event| event.reason.code.as_deref()).bind_iter())
            .bind(usable.iter().map(|event| event.reason.display.as_deref()).bind_iter())
            .bind(usable.iter().map(|event| event.comment.as_deref()).bind_iter())
            .bind(bounds.iter().map(|(first, _)| *first).bind_iter())
            .bind(bounds.iter().map(|(_, last)| *last).bind_iter())
            .bind(suggestions.concat());
        let rows = self.of_tenant(tenant).await?.within(query.persistent(false)).await?;
        let row = rows.first().ok_or(StoreError::Inconsistent("feedback"))?;
        let stored = usize::try_from(row.try_get::<i64, _>(0)?).map_err(|_| StoreError::Inconsistent("feedback"))?;
        let repeated = usable.len() - stored.min(usable.len());
        Ok(FeedbackStored { stored, repeated, unusable, ..FeedbackStored::default() })
    }
}

pub(super) const STORE_FEEDBACK: &str = "\
WITH given AS (
    SELECT g.tenant_id, g.service_id, g.card, g.outcome, ($13::text[])[g.id_first:g.id_last] AS suggestions,
           g.outcome_at, g.received_at, g.reason_system, g.reason_code, g.reason_display, g.comment
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                  $7::text[], $8::text[], $9::text[], $10::text[], $11::int4[], $12::int4[])
           AS g (tenant_id, service_id, card, outcome, outcome_at, received_at,
                 reason_system, reason_code, reason_display, comment, id_first, id_last)
), said AS (
    INSERT INTO feedback_comment (tenant_id, service_id, card, outcome, suggestions, outcome_at, comment)
    SELECT tenant_id, service_id, card, outcome, suggestions, outcome_at, comment
      FROM given
     WHERE comment IS NOT NULL
    ON CONFLICT (tenant_id, service_id, card, outcome, suggestions, outcome_at) DO NOTHING
), stored AS (
    INSERT INTO feedback (tenant_id, service_id, card, outcome, suggestions, outcome_at, received_at,
                          reason_system, reason_code, reason_display)
    SELECT tenant_id, service_id, card, outcome, suggestions, outcome_at, received_at,
           reason_system, reason_code, reason_display
      FROM given
    ON CONFLICT (tenant_id, service_id, card, outcome, suggestions, outcome_at) DO NOTHING
    RETURNING 1
)
SELECT count(*) FROM stored";
